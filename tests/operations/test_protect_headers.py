"""Header protection as written (RFC 9788): what stands outside, what inside, and what other programs get of it."""

from __future__ import annotations

import re
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from letterlock.mime.protecting import Policy
from letterlock.operations.protect import Wish
from tests.operations.writing_desk import BOTH, ENCRYPTED, SIGNED, WritingDesk

FIELDS = {
    "From": "Anna Muster <anna@muster.example>",
    "To": '"Bea B." <bea@muster.example>, Team: Carl <carl@muster.example>;',
    "Cc": "Dora <dora@muster.example>",
    "Subject": "Divorce papers",
    "Date": "Tue, 24 Nov 2026 12:00:00 +0100",
    "Message-ID": "<1@muster.example>",
    "Keywords": "private",
    "Comments": "very",
    "X-Other": "kept",
}
TEXT = "Content-Type: text/plain; charset=utf-8\r\n\r\nGrüße\r\n"
ALTERNATIVE = (
    "Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\nContent-Type: multipart/alternative; boundary=a\r\n\r\n"
    "--a\r\nContent-Type: text/plain\r\n\r\nGreetings\r\n--a\r\nContent-Type: text/html\r\n\r\n"
    "<html><body class=x><p>Greetings</p></body></html>\r\n--a--\r\n--m\r\nContent-Type: text/plain; name=a.txt\r\n"
    "Content-Disposition: attachment; filename=a.txt\r\n\r\nA file\r\n--m--\r\n"
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> WritingDesk:
    return WritingDesk(tmp_path_factory.mktemp("desk"), people=("anna", "bea", "carl", "dora"))


def message(body: str = TEXT, more: str = "") -> bytes:
    return ("".join(f"{name}: {value}\r\n" for name, value in FIELDS.items()) + more + body).encode()


def made(desk: WritingDesk, wish: Wish, raw: bytes) -> tuple[EmailMessage, EmailMessage]:
    """What stands outside, and the cryptographic payload, as Python's parser reads them."""
    whole = desk.protected(raw, wish)
    opened = desk.open(whole)
    try:
        source = opened._bodies[opened.parts[0].id].source
        inside = source.spool.read(0, len(source.spool))
        if b"multipart/signed" in inside.split(b"\r\n\r\n")[0]:
            mark = b"--" + (re.search(rb'boundary="([^"]+)"', inside) or [b"", b""])[1]
            inside = inside.split(mark + b"\r\n")[1]
    finally:
        opened.close()
    found = [message_from_bytes(each, policy=policy.compat32) for each in (whole, inside)]
    return found[0], found[1]  # type: ignore[return-value]


OUTSIDE = {
    Policy.NONE: FIELDS,
    Policy.BASELINE: {
        **{name: value for name, value in FIELDS.items() if name not in ("Keywords", "Comments")}, "Subject": "[...]",
    },
    Policy.SHY: {
        "From": "anna@muster.example", "To": "bea@muster.example, carl@muster.example", "Cc": "dora@muster.example",
        "Subject": "[...]", "Date": "Tue, 24 Nov 2026 11:00:00 +0000", "Message-ID": "<1@muster.example>",
        "X-Other": "kept",
    },
}  # fmt: skip
"""RFC 9788 §3.2.1 to §3.2.3: hcp_no_confidentiality, hcp_baseline, hcp_shy."""


@pytest.mark.parametrize("hidden", Policy)
@pytest.mark.parametrize("sign", [True, False])
def test_each_policy_hides_what_the_standard_says(desk: WritingDesk, hidden: Policy, sign: bool) -> None:
    """Outside what the policy leaves, inside all of it; HP-Outer is what stands outside, field by field."""
    outside, inside = made(desk, replace(BOTH if sign else ENCRYPTED, policy=hidden), message())
    shown = {name: _unfolded(value) for name, value in outside.items() if not name.startswith(("Content-", "MIME-"))}
    assert shown == OUTSIDE[hidden]
    kept = [(name, _unfolded(value)) for name, value in inside.items() if not name.startswith(("Content-", "HP-"))]
    assert kept == list(FIELDS.items())
    outer = [_unfolded(value).partition(": ")[::2] for value in inside.get_all("HP-Outer", [])]
    assert outer == list(OUTSIDE[hidden].items())
    assert inside.get_param("hp") == "cipher"


def test_signed_fields_are_the_same_inside(desk: WritingDesk) -> None:
    """hp="clear" hides nothing, says nothing of what is outside (§2.2), and repeats nothing in the text (§5.2)."""
    outside, inside = made(desk, replace(SIGNED, policy=Policy.SHY), message())
    assert inside.get_param("hp") == "clear"
    assert "HP-Outer" not in inside
    for name, value in FIELDS.items():
        assert (_unfolded(outside[name]), _unfolded(inside[name])) == (value, value)
    assert inside.get_param("hp-legacy-display") is None
    assert inside.get_payload(decode=True) == "Grüße\r\n".encode()


def test_hidden_fields_are_written_into_the_text_once_more(desk: WritingDesk) -> None:
    """§5.2.2: at the head of each main body part, in plain text and in HTML, marked; in no attachment."""
    _, inside = made(desk, BOTH, message(ALTERNATIVE))
    plain, page, file = (part for part in inside.walk() if not part.is_multipart())
    assert plain.get_param("hp-legacy-display") == page.get_param("hp-legacy-display") == "1"
    lines = b"Subject: Divorce papers\r\nKeywords: private\r\nComments: very"
    assert plain.get_payload(decode=True) == lines + b"\r\n\r\nGreetings"
    element = b'<body class=x><div class="header-protection-legacy-display"><pre>' + lines + b"</pre></div><p>"
    assert element in page.get_payload(decode=True)  # type: ignore[operator]
    assert (file.get_param("hp-legacy-display"), file.get_payload(decode=True)) == (None, b"A file")
    raw = desk.protected(message(ALTERNATIVE))
    opened = desk.open(raw)
    texts = {part.type: b"".join(opened.body(part.id)) for part in opened.parts}
    assert texts["text/html"] == b"<html><body class=x><p>Greetings</p></body></html>"
    assert b"".join(opened.body(opened.parts[0].id)) == b"Greetings"
    opened.close()


def test_no_legacy_display_where_it_is_not_wanted(desk: WritingDesk) -> None:
    """Or where nothing is hidden that people see."""
    for wish in (replace(BOTH, legacy=False), replace(BOTH, policy=Policy.NONE)):
        _, inside = made(desk, wish, message())
        assert inside.get_param("hp-legacy-display") is None
        assert inside.get_payload(decode=True) == "Grüße\r\n".encode()


def test_what_a_finished_message_says_of_itself_is_not_believed(desk: WritingDesk) -> None:
    """HP-Outer, `hp` and its forerunner in what another program hands over are taken out: they would be signed lies."""
    lie = 'HP-Outer: Subject: Lunch\r\nHP-Outer: From: boss@muster.example\r\nContent-Type: text/plain; hp="clear"; '
    lie += 'protected-headers="v1"; hp-legacy-display="1"; charset=utf-8\r\n\r\nGrüße\r\n'
    _, inside = made(desk, BOTH, message(lie))
    assert [value for value in inside.get_all("HP-Outer", []) if "Lunch" in value or "boss" in value] == []
    assert inside["Content-Type"].count("hp=") == 1
    assert "protected-headers" not in inside["Content-Type"]
    (made_,) = desk.protect(message(lie))
    opened = desk.open(made_.octets.read(0, len(made_.octets)))
    assert not {each.code for each in opened.verdict.reasons} & {"headers_changed", "from_differs"}
    opened.close()


def _unfolded(value: str) -> str:
    return " ".join(value.split())
