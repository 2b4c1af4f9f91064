"""The MIME trees of Apache James mime4j: our reader takes each of its messages apart as that one does, octet for octet.

Its expectations are trees in XML beside the messages, from its own tests and from the MIME-tools of Perl: nested,
damaged, without ends, with doubled boundaries, and worse. Where we read one otherwise, the reason is in the list.
"""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from letterlock.mime.reader import Entity, Reader
from tests.divergences import MIME_TREES

FOLDER = "james-mime4j/core/src/test/resources"
Tree = tuple[str, int, "str | list[Tree]"]
"""`leaf`, `multipart` or `message`; how many header fields; the body, or what is inside."""


def expected(file: Path) -> Tree:
    """The tree in one of their files."""
    # They write octets as the characters of Latin-1, control characters among them, which XML forbids.
    text = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f]", "?", file.read_bytes().decode("latin-1"))
    text = re.sub(r"&#(\d+);|&#x([0-9a-fA-F]+);", "?", text)
    return _theirs(ElementTree.fromstring(text.encode("utf-8")))


def _theirs(node: ElementTree.Element) -> Tree:
    fields = len(node.findall("header/field"))
    multipart, body, message = node.find("multipart"), node.find("body"), node.find("message")
    if multipart is not None:
        return "multipart", fields, [_theirs(each) for each in multipart.findall("body-part")]
    if message is not None:
        return "message", fields, [_theirs(message)]
    return "leaf", fields, _text(body.text or "" if body is not None else "")


def ours(raw: bytes) -> Tree:
    """The tree as our reader has it."""
    reader = Reader()
    reader.feed(raw)
    return _ours(reader.close(), raw)


def _ours(entity: Entity, raw: bytes) -> Tree:
    if entity.type.startswith("multipart/") and "no_boundary" not in entity.oddities:
        return "multipart", len(entity.fields), [_ours(each, raw) for each in entity.children]
    if entity.children:
        return "message", len(entity.fields), [_ours(each, raw) for each in entity.children]
    body = raw[entity.body : entity.end].decode("latin-1")
    return "leaf", len(entity.fields), _text(re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f]", "?", body))


def _text(body: str) -> str:
    """XML makes every line end LF, and their writer adds one in front."""
    return body.replace("\r\n", "\n").replace("\r", "\n").strip("\n")


def test_every_message_has_their_tree(corpora: Path) -> None:
    """All but the listed; and what is listed really differs."""
    seen, differing = 0, set()
    for file in sorted((corpora / FOLDER).rglob("*.msg")):
        trees = file.with_suffix(".xml")
        if not trees.exists():
            continue
        seen += 1
        if ours(file.read_bytes()) != expected(trees):
            differing.add(file.relative_to(corpora / FOLDER).as_posix())
    assert differing == set(MIME_TREES)
    assert seen >= 75


@pytest.mark.parametrize("name", sorted(MIME_TREES))
def test_what_differs_is_marked(corpora: Path, name: str) -> None:
    """Where readers differ, the entity says so: nothing is called signed that another reader shows otherwise."""
    reader = Reader()
    reader.feed((corpora / FOLDER / name).read_bytes())
    assert any(each.oddities for each in reader.close().walk())
