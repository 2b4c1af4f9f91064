"""Header fields: unfolding, encoded words, and the parameters of Content-Type and Content-Disposition.

Field values stay octets until somebody asks for text. Where an honest parser has to choose (two Content-Type
fields, two `boundary` parameters), the choice is the first one and `Parameters.ambiguous` says that others may
choose differently.
"""

from __future__ import annotations

import binascii
import encodings
import re
from dataclasses import dataclass, field
from encodings.aliases import aliases

from letterlock import limits

# RFC 5322 §2.2: printable US-ASCII except colon. §4.5 (obs): white space before the colon.
_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:")
_TOKEN = re.compile(r"[^\s()<>@,;:\\\"/\[\]?=]+")
# RFC 2047 §2: an encoded word has no white space inside and at most 75 characters; longer ones exist.
_ENCODED_WORD = re.compile(r"=\?([A-Za-z0-9_.:+-]{1,60})(?:\*[A-Za-z0-9-]*)?\?([BbQq])\?([!->@-~]*)\?=")
# Python's codecs that are charsets. The others are none ("zip", "rot13"), or take time that grows with the square of
# the text (punycode), and each unknown name that Python is asked for stays in its memory.
CHARSETS = (frozenset(aliases.values()) | {"cp720", "cp737", "cp874", "koi8_t", "koi8_u", "utf_8_sig"}) - {
    "base64_codec", "bz2_codec", "hex_codec", "mbcs", "quopri_codec", "rot_13", "uu_codec", "zlib_codec",
}  # fmt: skip
_BETWEEN_WORDS = re.compile(r"(\?=)[ \t\r\n]+(=\?)")
_PARAMETER_NAME = re.compile(r"([^\s*;=]+)(?:\*(\d{1,3}))?(\*)?")
_BOUNDARY = re.compile(r"boundary[*\d]{0,4}[ \t]*=", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Field:
    """One header field as received: `name` in lower case, `value` after the colon, folded, without its line end."""

    name: str
    value: bytes

    @property
    def text(self) -> str:
        """The value unfolded, as Unicode, encoded words left alone (RFC 5322 §2.2.3, RFC 6532)."""
        return decode_octets(self.value.replace(b"\r\n", b"").replace(b"\n", b"")).strip(" \t")


@dataclass(frozen=True, slots=True)
class Parameters:
    """A MIME value with parameters: `text/plain; charset=utf-8`. `value` and names are in lower case.

    `commented`: there are comments, which the grammar allows nearly everywhere and many readers take for text.
    """

    value: str
    parameters: dict[str, str] = field(default_factory=dict)
    ambiguous: bool = False
    commented: bool = False


def parse_line(line: bytes) -> tuple[str, bytes] | None:
    """Name (lower case) and value of a field's first line, or nothing if it is not one."""
    match = _FIELD.match(line)
    if match is None:
        return None
    return match[1].decode("ascii").lower(), line[match.end() :]


def decode_octets(value: bytes) -> str:
    """Header octets as text: UTF-8 (RFC 6532), else Latin-1, which old mailers send unannounced."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def decode_words(text: str) -> str:
    """`text` with its encoded words decoded; one that cannot be decoded stays as it is."""
    if "=?" not in text:
        return text
    # RFC 2047 §6.2: white space between two encoded words is not part of the text.
    return _ENCODED_WORD.sub(_decode_word, _BETWEEN_WORDS.sub(r"\1\2", text))


def _decode_word(match: re.Match[str]) -> str:
    charset, encoding, data = match.groups()
    try:
        if encoding in "Bb":
            octets = binascii.a2b_base64(data + "=" * (-len(data) % 4))
        else:
            octets = binascii.a2b_qp(data.encode("ascii"), header=True)
    except ValueError:
        return match[0]
    text = _text(octets, charset)
    return match[0] if text is None else text


def _text(octets: bytes | bytearray, charset: str) -> str | None:
    """The octets as text, None where the charset is none that we know."""
    name = encodings.normalize_encoding(charset).lower()
    name = aliases.get(name, name)
    if name not in CHARSETS:
        return None
    try:
        return octets.decode(name, "replace")
    except ValueError:
        return None


def parse_parameters(text: str) -> Parameters:
    """A Content-Type or Content-Disposition value (RFC 2045 §5.1, continuations and charsets of RFC 2231).

    Nothing here raises: a malformed tail is ignored, as every mail reader does, and marked ambiguous.
    """
    scanner = _Scanner(text[: limits.PARAMETERS_CHARACTERS])
    value = scanner.until(";").lower()
    single: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    # Some readers look for the boundary with a plain search, wherever it stands: in a quoted string, say.
    ambiguous = len(text) > limits.PARAMETERS_CHARACTERS or len(_BOUNDARY.findall(scanner.text)) > 1
    while scanner.take(";"):
        scanner.skip_white()
        match = _PARAMETER_NAME.match(scanner.text, scanner.position)
        if match is None:
            ambiguous = ambiguous or not scanner.at_separator()
            scanner.until(";")
            continue
        scanner.position = match.end()
        name = match[1].lower()
        scanner.skip_white()
        if not scanner.take("="):
            ambiguous = True
            scanner.until(";")
            continue
        content, loose = scanner.value()
        ambiguous = ambiguous or (loose and name == "boundary") or '"' in name
        scanner.skip_white()
        ambiguous = ambiguous or not scanner.at_separator()
        scanner.until(";")
        section, extended = match[2], bool(match[3])
        if section is None and not extended:
            ambiguous = ambiguous or name in single
            single.setdefault(name, content)
        else:
            pieces.setdefault(name, {}).setdefault(int(section or 0), (content, extended))
    for name, sections in pieces.items():
        # RFC 2231 §3: the extended form is preferred; a `boundary` in two forms is one that readers differ on.
        ambiguous = ambiguous or (name == "boundary")
        single[name] = _join_sections(sections)
    return Parameters(value, single, ambiguous or scanner.unbalanced, scanner.commented)


def _join_sections(sections: dict[int, tuple[str, bool]]) -> str:
    charset, octets = "utf-8", bytearray()
    for number in range(len(sections)):
        if number not in sections:
            break
        content, extended = sections[number]
        if extended and number == 0 and content.count("'") >= 2:
            charset, _, content = content.split("'", 2)
        raw = content.encode("utf-8", "surrogateescape")
        octets += _percent_decode(raw) if extended else raw
    text = _text(octets, charset or "utf-8")
    return octets.decode("utf-8", "replace") if text is None else text


def _percent_decode(raw: bytes) -> bytes:
    return re.sub(rb"%([0-9A-Fa-f]{2})", lambda match: bytes([int(match[1], 16)]), raw)


class _Scanner:
    """A position in a value, with RFC 822 comments skipped as white space."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.commented = False
        self.unbalanced = False
        """Whether a quotation mark stood where none may, or opened a string that does not end: what follows is in
        quotes for some readers and not for others."""

    def take(self, character: str) -> bool:
        if self.text.startswith(character, self.position):
            self.position += 1
            return True
        return False

    def at_separator(self) -> bool:
        return self.position >= len(self.text) or self.text[self.position] == ";"

    def skip_white(self) -> None:
        text = self.text
        while self.position < len(text):
            if text[self.position] in " \t\r\n":
                self.position += 1
            elif text[self.position] == "(":
                self._skip_comment()
            else:
                return

    def _skip_comment(self) -> None:
        self.commented = True
        depth = 0
        while self.position < len(self.text):
            character = self.text[self.position]
            self.position += 1
            if character == "\\":
                self.position += 1
            elif character == "(":
                depth += 1
            elif character == ")":
                depth -= 1
                if depth == 0:
                    return

    def until(self, stop: str) -> str:
        """Everything before the next `stop` that is not inside a comment, trimmed."""
        kept = []
        while self.position < len(self.text):
            character = self.text[self.position]
            if character == stop:
                break
            if character == "(":
                self._skip_comment()
                continue
            kept.append(character)
            self.position += 1
        return "".join(kept).strip(" \t\r\n")

    def value(self) -> tuple[str, bool]:
        """A token or a quoted string, and whether readers may differ on it: neither of the two, or with escapes in it.

        A quote that is not closed ends with the text.
        """
        self.skip_white()
        if not self.take('"'):
            start = self.position
            match = _TOKEN.match(self.text, start)
            if match:
                self.position = match.end()
                self.skip_white()
                if self.at_separator():
                    return match[0], False
            # Real mail has unquoted values with characters that a token forbids ("name=my file.pdf"): take
            # everything up to the next separator, as most readers do.
            self.position = start
            content = self.until(";")
            self.unbalanced |= '"' in content
            return content, True
        kept = []
        escaped = False
        while self.position < len(self.text):
            character = self.text[self.position]
            self.position += 1
            if character == '"':
                break
            if character == "\\" and self.position < len(self.text):
                escaped = True
                character = self.text[self.position]
                self.position += 1
            kept.append(character)
        else:
            self.unbalanced = True
        return "".join(kept), escaped
