"""Messages with HTML, written by hand, and what the extension's pages show of them."""

from __future__ import annotations

import base64
import json
import struct
import subprocess
import zlib
from typing import Any

from tests.e2e.browsers import Browser, wait_for
from tests.e2e.panel import Panel
from tests.needs import PROJECT, require_program

HEAD = b"From: anna@muster.example\r\nTo: bert@beispiel.example\r\nSubject: The offer\r\nMIME-Version: 1.0\r\n"


def picture(red: int, green: int, blue: int, side: int = 40) -> bytes:
    """A PNG of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + bytes((red, green, blue)) * side) * side
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def leaf(kind: str, body: bytes, *fields: str) -> bytes:
    """An entity in base64."""
    head = "".join(f"{field}\r\n" for field in (f"Content-Type: {kind}", "Content-Transfer-Encoding: base64", *fields))
    return head.encode() + b"\r\n" + base64.encodebytes(body).replace(b"\n", b"\r\n")


def multipart(subtype: str, *parts: bytes) -> bytes:
    """An entity of several. Its boundary is in none of them, whatever is nested."""
    boundary = b"=_%s_%d" % (subtype.encode(), len(b"".join(parts)))
    inside = b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts)
    head = b'Content-Type: multipart/%s; boundary="%s"\r\n\r\n' % (subtype.encode(), boundary)
    return head + inside + b"--%s--\r\n" % boundary


def letter(html: str, *along: bytes, plain: str = "The offer, as plain text.\r\n") -> bytes:
    """An entity as mail programs write it: text and HTML with a picture of its own, and files."""
    related = multipart(
        "related",
        leaf("text/html; charset=utf-8", html.encode()),
        leaf(
            "image/png",
            picture(10, 102, 88),
            "Content-ID: <logo@muster.example>",
            'Content-Disposition: inline; filename="logo.png"',
        ),
    )
    text = leaf("text/plain; charset=utf-8; format=flowed", plain.encode())
    return multipart("mixed", multipart("alternative", text, related), *along)


def hostile(address: str) -> list[dict[str, str]]:
    """The hostile documents that the extension's own tests sanitise, with addresses of a server that waits."""
    node = require_program("node", "nodejs")
    script = PROJECT / "extension" / "test" / "support" / "hostile-html.js"
    done = subprocess.run([node, script, address], stdin=subprocess.DEVNULL, capture_output=True, check=True)
    cases: list[dict[str, str]] = json.loads(done.stdout)
    return cases


def wait_for_mail(panel: Panel, words: str, seconds: float = 20) -> dict[str, Any]:
    """What the first frame holds, once it shows `words`."""
    shown: dict[str, Any] = wait_for(lambda: panel.run(_FRAME, words), f"{words!r} in the mail's frame", seconds)
    return shown


def settled(browser: Browser, panel: Panel, frames: int, seconds: float = 60) -> None:
    """Waits until so many frames are filled."""
    wait_for(lambda: panel.run(_FILLED) == frames, f"{frames} filled frames", seconds)


_FILLED = """
    return [...document.querySelectorAll(".part__frame")]
      .filter((frame) => frame.contentDocument?.readyState === "complete" && frame.style.blockSize).length;
"""

_FRAME = """
    const frame = document.querySelector(".part__frame");
    const page = frame?.contentDocument;
    if (!page?.body?.innerText.includes(arguments[0])) return null;
    return {
      words: page.body.innerText,
      height: frame.getBoundingClientRect().height,
      content: page.body.scrollHeight,
      pictures: [...page.images].map(({naturalWidth, src}) => ({drawn: naturalWidth, from: src.split(":")[0]})),
    };
"""
