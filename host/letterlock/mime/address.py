"""Addresses in header fields: RFC 5322 §3.4 with the obsolete forms that mail still has, and RFC 6532 (UTF-8).

Strict on purpose: a From field decides whom a signature must name. `parse_list` yields mailboxes or raises; it
never guesses an address out of a comment, a display name or a quoted string.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from letterlock.mime.failures import BadAddress
from letterlock.mime.fields import decode_words

_ATOM = re.compile(r"[^\s()<>\[\]:;@\\,.\"\x00-\x1f\x7f]+")
_DOMAIN_LITERAL = re.compile(r"\[[^\[\]\\\s\x00-\x1f\x7f]*\]")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One mailbox: the display name as people read it (may be empty), and the address (`local@domain`)."""

    name: str
    address: str

    @classmethod
    def parse(cls, text: str) -> Mailbox:
        """The single mailbox that `text` is. Raises `BadAddress` for none or several."""
        found = parse_list(text)
        if len(found) != 1:
            raise BadAddress(text)
        return found[0]


def parse_list(text: str) -> tuple[Mailbox, ...]:
    """Every mailbox of an address list, members of groups included, in order.

    Args:
        text: an unfolded field value, encoded words not decoded (they may stand in display names only, and
            decoding first would let an encoded word smuggle in an address: RFC 2047 §5 (3)).

    Raises:
        BadAddress: any part of the list does not follow the grammar.
    """
    return _Parser(text).address_list()


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0

    def address_list(self) -> tuple[Mailbox, ...]:
        """address-list, with the empty elements of obs-addr-list."""
        found: list[Mailbox] = []
        while True:
            self._skip()
            if self._at_end():
                return tuple(found)
            if self._take(","):
                continue
            found.extend(self._address())
            self._skip()
            if not self._at_end() and not self._take(","):
                raise self._bad()

    def _address(self) -> list[Mailbox]:
        words, saw_dot = self._words()
        self._skip()
        if self._take("<"):
            return [Mailbox(_display(words), self._angle_address())]
        if self._take("@"):
            return [Mailbox("", f"{self._local_part(words)}@{self._domain()}")]
        if self._take(":") and words and not saw_dot:
            return self._group()
        raise self._bad()

    def _group(self) -> list[Mailbox]:
        members: list[Mailbox] = []
        while True:
            self._skip()
            if self._take(";"):
                return members
            if self._take(","):
                continue
            words, _ = self._words()
            self._skip()
            if self._take("<"):
                members.append(Mailbox(_display(words), self._angle_address()))
            elif self._take("@"):
                members.append(Mailbox("", f"{self._local_part(words)}@{self._domain()}"))
            else:
                raise self._bad()

    def _angle_address(self) -> str:
        self._skip()
        # obs-route: <@relay,@relay:user@domain>. The route never names the author.
        while self._take("@"):
            self._domain()
            self._skip()
            if self._take(","):
                self._skip()
            elif not self._take(":"):
                raise self._bad()
        words, _ = self._words()
        self._skip()
        if not self._take("@"):
            raise self._bad()
        address = f"{self._local_part(words)}@{self._domain()}"
        self._skip()
        if not self._take(">"):
            raise self._bad()
        return address

    def _words(self) -> tuple[list[tuple[str, str]], bool]:
        """Atoms, quoted strings and dots, as (kind, text); a phrase, or a local part before its `@`."""
        words: list[tuple[str, str]] = []
        saw_dot = False
        while True:
            self._skip()
            if self._take("."):
                saw_dot = True
                words.append(("dot", "."))
            elif self._take('"'):
                words.append(("quoted", self._quoted()))
            else:
                match = _ATOM.match(self._text, self._position)
                if match is None:
                    return words, saw_dot
                self._position = match.end()
                words.append(("atom", match[0]))

    def _local_part(self, words: list[tuple[str, str]]) -> str:
        # local-part = dot-atom / quoted-string / obs-local-part: words with single dots between them.
        if not words or len(words) % 2 == 0:
            raise self._bad()
        for number, (kind, _) in enumerate(words):
            if (kind == "dot") != (number % 2 == 1):
                raise self._bad()
        text = "".join(text for _, text in words)
        if all(kind != "quoted" for kind, _ in words) or re.fullmatch(r"[^\s()<>\[\]:;@\\,\"\x00-\x1f\x7f]+", text):
            return text
        escaped = text.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'

    def _domain(self) -> str:
        self._skip()
        literal = _DOMAIN_LITERAL.match(self._text, self._position)
        if literal:
            self._position = literal.end()
            return literal[0]
        labels = []
        while True:
            self._skip()
            match = _ATOM.match(self._text, self._position)
            if match is None:
                raise self._bad()
            labels.append(match[0])
            self._position = match.end()
            self._skip()
            if not self._take("."):
                return ".".join(labels)

    def _quoted(self) -> str:
        kept: list[str] = []
        while self._position < len(self._text):
            character = self._text[self._position]
            self._position += 1
            if character == '"':
                return "".join(kept)
            if character == "\\" and self._position < len(self._text):
                character = self._text[self._position]
                self._position += 1
            kept.append(character)
        raise self._bad()

    def _skip(self) -> None:
        """Skip CFWS: white space and (nested) comments."""
        depth = 0
        while self._position < len(self._text):
            character = self._text[self._position]
            if character == "(":
                depth += 1
            elif character == ")" and depth:
                depth -= 1
            elif character == "\\" and depth:
                self._position += 1
            elif not depth and character not in " \t\r\n":
                return
            self._position += 1
        if depth:
            raise self._bad()

    def _take(self, character: str) -> bool:
        if self._text.startswith(character, self._position):
            self._position += 1
            return True
        return False

    def _at_end(self) -> bool:
        return self._position >= len(self._text)

    def _bad(self) -> BadAddress:
        return BadAddress(self._text)


def _display(words: list[tuple[str, str]]) -> str:
    text = ""
    for kind, word in words:
        text += word if kind == "dot" or not text else f" {word}"
    return decode_words(text)
