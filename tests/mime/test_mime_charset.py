"""Text in any charset that mail uses is read as its sender wrote it, in any pieces, and nothing is refused."""

from __future__ import annotations

import pytest

from letterlock.mime import charset

GRUESSE = "Grüße aus Köln – «ça va»"

SAID = [
    ("utf-8", GRUESSE, GRUESSE.encode()),
    ("UTF-8", GRUESSE, GRUESSE.encode()),
    ("iso-8859-1", "Grüße – “quoted”", "Grüße – “quoted”".encode("cp1252")),
    ("us-ascii", "plain", b"plain"),
    ("us-ascii", GRUESSE, GRUESSE.encode()),
    ("us-ascii", "Grüße", "Grüße".encode("latin-1")),
    ("iso-8859-15", "18 €", "18 €".encode("iso-8859-15")),
    ("windows-1251", "Привет", "Привет".encode("cp1251")),
    ("koi8-r", "Привет", "Привет".encode("koi8-r")),
    ("iso-2022-jp", "日本語", "日本語".encode("iso-2022-jp")),
    ("iso-2022-kr", "한국어", "한국어".encode("iso-2022-kr")),
    ("shift_jis", "①日本", "①日本".encode("cp932")),
    ("x-sjis", "日本", "日本".encode("cp932")),
    ("gb2312", "中文镕", "中文镕".encode("gb18030")),
    ("hz-gb-2312", "中文", "中文".encode("hz")),
    ("big5", "繁體中文", "繁體中文".encode("big5")),
    ("ks_c_5601-1987", "한국어", "한국어".encode("cp949")),
    ("iso-8859-8-i", "שלום", "שלום".encode("iso-8859-8")),
    ("windows-1256", "سلام", "سلام".encode("cp1256")),
    ("utf-16", "ab", "ab".encode("utf-16")),
    ("utf-16", "ab", "ab".encode("utf-16-le")),
    ("utf-16be", "ab", "ab".encode("utf-16-be")),
    ("utf-7", "Grüße", "Grüße".encode("utf-7")),
    ("cp850", "Grüße", "Grüße".encode("cp850")),
    ("macintosh", "Grüße", "Grüße".encode("mac-roman")),
    (None, GRUESSE, GRUESSE.encode()),
    (None, "Grüße", "Grüße".encode("cp1252")),
    ("made-up", "Grüße", "Grüße".encode("cp1252")),
    ("zlib_codec", "plain", b"plain"),
    ("rot13", "plain", b"plain"),
    ("iso-8859-1", "marked", b"\xef\xbb\xbfmarked"),
]


def read(octets: bytes, label: str | None, step: int, html: bool = False) -> str:
    pieces = [octets[at : at + step] for at in range(0, len(octets), step)]
    return b"".join(charset.as_utf8(pieces, label, html)).decode("utf-8")


@pytest.mark.parametrize(("label", "text", "octets"), SAID)
@pytest.mark.parametrize("step", [1, 2, 5000])
def test_what_the_sender_wrote(label: str | None, text: str, octets: bytes, step: int) -> None:
    """Each charset, whole and octet by octet."""
    assert read(octets, label, step) == text


@pytest.mark.parametrize(
    "head", ['<meta charset="windows-1251">', "<META http-equiv=x content='text/html; CHARSET=cp1251'>"]
)
def test_a_document_says_its_charset(head: str) -> None:
    """HTML without a charset in the mail may name its own; text/plain may not, and the mail's own word counts first."""
    octets = (head + "Привет").encode("cp1251")
    assert read(octets, None, 7, html=True).endswith("Привет")
    assert not read(octets, None, 7).endswith("Привет")
    assert not read(octets, "iso-8859-1", 7, html=True).endswith("Привет")


def test_a_document_late_about_its_charset_is_not_believed() -> None:
    """What stands beyond the first 1,024 octets cannot change how they were read."""
    late = b" " * 2_000 + b'<meta charset="utf-16">' + "ü".encode()
    assert read(late, None, 4_000, html=True).endswith("ü")


@pytest.mark.parametrize("label", [None, "utf-8", "iso-2022-jp", "utf-16", "gb18030", "utf-7", "hz"])
def test_octets_of_no_charset_are_shown_as_such(label: str | None) -> None:
    """Nothing raises, nothing grows beyond bounds, and the pieces do not matter."""
    octets = bytes(range(256)) * 4
    whole = read(octets, label, len(octets))
    assert whole == read(octets, label, 1)
    assert len(whole) <= len(octets)


def test_a_character_over_the_guess_is_not_lost() -> None:
    """A character that is cut off at the end of a guessed text is shown."""
    assert read("Ende ü".encode()[:-1], None, 3) == "Ende Ã"
