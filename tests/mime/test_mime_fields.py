"""Header fields, parameters and addresses: what they say, and that nothing is guessed."""

from __future__ import annotations

import email.utils
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letterlock.mime.address import Mailbox, parse_list
from letterlock.mime.failures import BadAddress
from letterlock.mime.fields import decode_words, parse_parameters


@pytest.mark.parametrize(
    ("text", "parameters"),
    [
        ('text/plain; charset="utf-8"', {"charset": "utf-8"}),
        ("text/plain;charset=utf-8;format=flowed", {"charset": "utf-8", "format": "flowed"}),
        ('application/x; name="a\\"b;c.pdf"', {"name": 'a"b;c.pdf'}),
        ("application/x; name=my file.pdf", {"name": "my file.pdf"}),
        ("application/x; name*=utf-8''%C3%A4.pdf", {"name": "ä.pdf"}),
        ("application/x; name*0=ab; name*1=cd", {"name": "abcd"}),
        ("application/x; name*0*=utf-8'de'%C3%A4; name*1=b", {"name": "äb"}),
        ("text/plain; (a comment) charset=us-ascii (another)", {"charset": "us-ascii"}),
        ("text/plain;", {}),
    ],
)
def test_parameters(text: str, parameters: dict[str, str]) -> None:
    """Quoted strings, comments, RFC 2231 and the unquoted names of real mail."""
    found = parse_parameters(text)
    assert found.parameters == parameters
    assert not found.ambiguous


@given(st.text(alphabet=string.printable + "ä\u202e\0", max_size=60))
def test_no_value_crashes_the_parser(text: str) -> None:
    """Whatever stands in a Content-Type field, something comes back."""
    parse_parameters(text)
    decode_words(text)


@pytest.mark.parametrize(
    ("text", "decoded"),
    [
        ("=?utf-8?B?w6Q=?= =?utf-8?Q?=C3=B6_x?=", "äö x"),
        ("plain =?iso-8859-1?q?=E4?= end", "plain ä end"),
        ("=?nonsense?Q?x?=", "=?nonsense?Q?x?="),
        ("=?utf-8*de?Q?x?=", "x"),
        ("=?Windows-1252?Q?=80?= =?KOI8-U?Q?=A4?= =?iso-2022-jp?B?GyRCNEE=?=", "€є漢"),
        (
            "=?punycode?Q?mnchen-3ya?= =?unicode_escape?Q?=5Cx41?=",
            "=?punycode?Q?mnchen-3ya?==?unicode_escape?Q?=5Cx41?=",
        ),
    ],
)
def test_encoded_words(text: str, decoded: str) -> None:
    """RFC 2047, and words that nobody can decode stay as they are."""
    assert decode_words(text) == decoded


@pytest.mark.timeout(20)
def test_a_charset_whose_decoding_takes_long_is_none() -> None:
    """Python's punycode codec takes minutes for a header of a megabyte."""
    word = "=?punycode?Q?" + "a" * 1_000_000 + "?="
    assert decode_words(word) == word


@pytest.mark.parametrize(
    ("text", "mailboxes"),
    [
        ("a@b.example", [("", "a@b.example")]),
        ("Anna <a@b.example>", [("Anna", "a@b.example")]),
        ("a@b.example (Anna) (Muster)", [("Anna Muster", "a@b.example")]),
        ("Anna <a@b.example> (at work)", [("Anna", "a@b.example")]),
        ('"Muster, Anna" <a@b.example>', [("Muster, Anna", "a@b.example")]),
        ("=?utf-8?Q?J=C3=B6rg?= <j@b.example>", [("Jörg", "j@b.example")]),
        ("=?utf-8?Q?Dr._J=C3=B6rg?= Q. Muster <j@b.example>", [("Dr. Jörg Q. Muster", "j@b.example")]),
        ("a@b.example, c@d.example", [("", "a@b.example"), ("", "c@d.example")]),
        ("team: a@b.example, Carl <c@d.example>;", [("", "a@b.example"), ("Carl", "c@d.example")]),
        ("undisclosed:;", []),
        ("a (x <evil@e.example>) @ b.example", [("", "a@b.example")]),
        ('"a b"@c.example', [("", '"a b"@c.example')]),
        ('"ab"@c.example', [("", "ab@c.example")]),
        ("<@relay.example:a@b.example>", [("", "a@b.example")]),
        ("John Q. Public <j@b.example>", [("John Q. Public", "j@b.example")]),
        ("a@[192.0.2.1]", [("", "a@[192.0.2.1]")]),
        ("jörg@müller.example", [("", "jörg@müller.example")]),
    ],
)
def test_addresses(text: str, mailboxes: list[tuple[str, str]]) -> None:
    """RFC 5322 with its obsolete forms, RFC 6532, and display names decoded."""
    assert [(each.name, each.address) for each in parse_list(text)] == mailboxes


@pytest.mark.parametrize(
    "text",
    [
        "anna",
        "a@b@c.example",
        "a@b.example c@d.example",
        "<a@b.example",
        "Anna <a@b.example> <c@d.example>",
        '"a@b.example',
        "a..b@c.example",
        "a@b..example",
        "@b.example",
        "a@",
        "=?utf-8?Q?a=40b.example?=",
        "(a@b.example",
        "a@b.example\0",
    ],
)
def test_what_cannot_be_told_is_refused(text: str) -> None:
    """No address is guessed out of what does not follow the grammar."""
    with pytest.raises(BadAddress):
        parse_list(text)


@pytest.mark.parametrize(
    "text",
    [
        "team: a@b.example;",
        '"x@evil.example": a@b.example;',
        "undisclosed:;",
        "<@relay.example:a@b.example>",
        "a(x)@b.example",
        "a@(x)b.example",
        "a@b(x).example",
        "<a@b.example(> , <x@evil.example)>",
        "Anna <(x)a@b.example>",
    ],
)
def test_what_readers_show_differently_is_refused_where_it_matters(text: str) -> None:
    """Allowed, seen nowhere in honest mail, and shown by some readers as another sender."""
    parse_list(text)
    with pytest.raises(BadAddress):
        parse_list(text, plainly=True)


def test_plain_addresses_are_plain() -> None:
    """Comments around an address, and display names, are what honest mail has."""
    found = parse_list("(mail of) a@b.example (Anna), Carl (the boss) <c@d.example> (at home)", plainly=True)
    assert [(each.name, each.address) for each in found] == [("Anna", "a@b.example"), ("Carl", "c@d.example")]


def test_one_mailbox() -> None:
    """`Mailbox.parse` takes exactly one."""
    assert Mailbox.parse("Anna <a@b.example>").address == "a@b.example"
    with pytest.raises(BadAddress):
        Mailbox.parse("a@b.example, c@d.example")


@given(
    st.text(alphabet=string.ascii_letters + " ,.\"'()<>@\\äß", max_size=20),
    st.from_regex(r"[a-z]{1,8}(\.[a-z]{1,8})?", fullmatch=True),
)
def test_what_the_standard_library_writes_is_read(name: str, local: str) -> None:
    """Any display name that a correct writer puts before an address leaves the address as it is."""
    address = f"{local}@example.org"
    written = email.utils.formataddr((name.strip(), address))
    assert [each.address for each in parse_list(written)] == [address]
