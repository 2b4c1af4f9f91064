"""What is `valid` here is what another mail reader shows, too: Python's own `email`, which shares no line with ours.

A good message is damaged as an attacker would do it, with the tokens that parsers stumble over. Whatever the damage:
where the signature is still called `valid`, both readers see the same texts and the same sender.
"""

from __future__ import annotations

import email
from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from letterlock.errors import LetterlockError
from letterlock.operations.trust import TrustSettings
from tests.forged_mail import wrap
from tests.opened_mail import boundary, opened, status
from tests.signed_mail import DemoMail

WORDS = b"<p>Please pay</p>"
_made: dict[str, bytes] = {}


def tokens(mark: bytes) -> list[bytes]:
    return [
        b"\r\n", b"\n", b"\r", b"\r\n\r\n", b" ", b"\t", b"\0", b"\x0b", b"\x0c", b"(", b")", b'"', b"\\", b";", b"=",
        b":", b",", b"--", mark, mark + b"--", b"\r\n" + mark + b"\r\n", b"\r\n" + mark + b" \r\n", b"boundary=",
        b"boundary=x", b'boundary="x"', b"boundary*0=", b"boundary*=us-ascii''x", b"Content-Type: text/html\r\n",
        b"Content-Type: text/html\r\n\r\n" + WORDS, b"Content-Type: multipart/mixed; boundary=x\r\n", b"\r\n ",
        b"\r\n--x\r\n\r\n" + WORDS + b"\r\n--x--\r\n", b"From: eve@evil.example\r\n", b"\xc2\xa0", b"\xff", b"\x85",
        b"=?utf-8?q?", b"?=", b"Content-Transfer-Encoding: base64\r\n", b"MIME-Version: 1.0\r\n", b"multipart/",
        b"\r\n\r\n" + WORDS + b"\r\n", b"message/rfc822", b"text/html", b"\xe2\x80\xa8", b"<eve@evil.example>",
        b"eve@evil.example, ",
    ]  # fmt: skip


@st.composite
def damages(draw: st.DrawFn) -> list[tuple[float, int, str, int]]:
    """Where (as a fraction of a zone), in which zone, how, and with which token or how many octets."""
    damage = st.tuples(
        st.floats(0, 1), st.sampled_from((0, 0, 1, 2)), st.sampled_from(("put in", "put in", "put over", "take out")),
        st.integers(0, 60),
    )  # fmt: skip
    return draw(st.lists(damage, min_size=1, max_size=4))


def damaged(raw: bytes, mark: bytes, how: list[tuple[float, int, str, int]]) -> bytes:
    """Everywhere but in the signed part: the header, around the signature, and the end."""
    words = tokens(mark)
    for place, zone, kind, number in how:
        signature = raw.rfind(b"Content-Type: application/pkcs7-s")
        zones = ((0, raw.find(b"Dear")), (max(signature - 60, 0), signature + 250), (len(raw) - 80, len(raw)))
        start, end = zones[zone]
        at = start + int(place * (end - start))
        token = words[number % len(words)]
        if kind == "put in":
            raw = raw[:at] + token + raw[at:]
        elif kind == "put over":
            raw = raw[:at] + token + raw[at + len(token) :]
        else:
            raw = raw[:at] + raw[at + 1 + number % 6 :]
    return raw


def shown_by_python(raw: bytes) -> list[bytes]:
    """Every leaf but the signature; its octets with any line ends."""
    found = []
    for part in email.message_from_bytes(raw).walk():
        octets = part.get_payload(decode=True)
        # A signature that is called something else is a file of its name for both; one with words after it is base64
        # that Python does not decode.
        if not part.is_multipart() and isinstance(octets, bytes) and not octets.startswith((b"0\x82", b"MII")):
            found.append(octets.replace(b"\r\n", b"\n").strip())
    return found


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(how=damages(), form=st.sampled_from(["alone", "wrapped"]))
def test_two_readers_see_the_same(
    demo: DemoMail, trusting: TrustSettings, how: list[tuple[float, int, str, int]], form: str
) -> None:
    """Or it is not `valid`."""
    forms: dict[str, Callable[[bytes], bytes]] = {"alone": bytes, "wrapped": wrap}
    good = _made.setdefault("good", demo.good())
    raw = damaged(forms[form](good), boundary(good), how)
    try:
        message = opened(raw, trusting)
    except LetterlockError:
        return
    if status(message) == "valid":
        ours = [b"".join(message.body(part.id)).replace(b"\r\n", b"\n").strip() for part in message.parts]
        assert shown_by_python(raw) == ours, raw[:1500]
        assert b"Please pay" not in b"".join(ours)
        assert not any("evil" in str(each) for each in email.message_from_bytes(raw).get_all("From", []))
    message.close()


def test_undamaged_they_do(demo: DemoMail, trusting: TrustSettings) -> None:
    """Else the claim above would be empty."""
    for raw in (demo.good(), wrap(demo.good())):
        message = opened(raw, trusting)
        assert status(message) == "valid"
        assert len(shown_by_python(raw)) == len(message.parts) == 1
        message.close()
