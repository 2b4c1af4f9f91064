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
    """One mailbox: the display name as people read it (may be empty), and the address (`local@domain`).

    Without a display name a comment after the address is the name, as RFC 822 §6.1 had it and mail readers still do.
    """

    name: str
    address: str

    @classmethod
    def parse(cls, text: str) -> Mailbox:
        """The single mailbox that `text` is. Raises `BadAddress` for none or several."""
        found = parse_list(text)
        if len(found) != 1:
            raise BadAddress(text)
        return found[0]


def parse_list(text: str, *, plainly: bool = False) -> tuple[Mailbox, ...]:
    """Every mailbox of an address list, members of groups included, in order.

    Args:
        plainly: refuse what is allowed and what mail readers nevertheless show differently: groups, routes, and
            comments inside an address.
        text: an unfolded field value, encoded words not decoded (they may stand in display names only, and
            decoding first would let an encoded word smuggle in an address: RFC 2047 §5 (3)).

    Raises:
        BadAddress: any part of the list does not follow the grammar.
    """
    return _Parser(text, plainly).address_list()


_Word = tuple[str, str, bool]
"""Kind, text, and whether white space or a comment stands before it."""


class _Parser:
    def __init__(self, text: str, plainly: bool) -> None:
        self._text = text
        self._plainly = plainly
        self._position = 0
        self._comments: list[str] = []
        self._comments_before_word = 0
        """How many comments stood before the first of the latest words."""

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
            return [self._bare_mailbox(words)]
        if self._take(":") and words and not saw_dot and not self._plainly:
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
                members.append(self._bare_mailbox(words))
            else:
                raise self._bad()

    def _bare_mailbox(self, words: list[_Word]) -> Mailbox:
        """What follows the local part and its `@`."""
        self._no_comments_since(self._comments_before_word)
        before = len(self._comments)
        address = f"{self._local_part(words)}@{self._domain()}"
        self._skip()
        return Mailbox(decode_words(" ".join(self._comments[before:])), address)

    def _no_comments_since(self, before: int) -> None:
        """`before`: how many there were."""
        if self._plainly and len(self._comments) > before:
            raise self._bad()

    def _angle_address(self) -> str:
        before = len(self._comments)
        self._skip()
        # obs-route: <@relay,@relay:user@domain>. The route never names the author.
        while self._take("@"):
            if self._plainly:
                raise self._bad()
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
        self._no_comments_since(before)
        return address

    def _words(self) -> tuple[list[_Word], bool]:
        """Atoms, quoted strings and dots: a phrase, or a local part before its `@`."""
        words: list[_Word] = []
        saw_dot = False
        while True:
            before = self._position
            self._skip()
            apart = self._position > before
            if not words:
                self._comments_before_word = len(self._comments)
            if self._take("."):
                saw_dot = True
                words.append(("dot", ".", apart))
            elif self._take('"'):
                words.append(("quoted", self._quoted(), apart))
            else:
                match = _ATOM.match(self._text, self._position)
                if match is None:
                    return words, saw_dot
                self._position = match.end()
                words.append(("atom", match[0], apart))

    def _local_part(self, words: list[_Word]) -> str:
        # local-part = dot-atom / quoted-string / obs-local-part: words with single dots between them.
        if not words or len(words) % 2 == 0:
            raise self._bad()
        for number, (kind, _, _) in enumerate(words):
            if (kind == "dot") != (number % 2 == 1):
                raise self._bad()
        text = "".join(text for _, text, _ in words)
        if all(kind != "quoted" for kind, _, _ in words) or re.fullmatch(r"[^\s()<>\[\]:;@\\,\"\x00-\x1f\x7f]+", text):
            return text
        escaped = text.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'

    def _domain(self) -> str:
        before = len(self._comments)
        self._skip()
        self._no_comments_since(before)
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
            before = len(self._comments)
            self._skip()
            if not self._take("."):
                return ".".join(labels)
            self._no_comments_since(before)

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
        depth = start = 0
        while self._position < len(self._text):
            character = self._text[self._position]
            if character == "(":
                start = start if depth else self._position + 1
                depth += 1
            elif character == ")" and depth:
                depth -= 1
                if not depth:
                    self._comments.append(self._text[start : self._position])
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


def _display(words: list[_Word]) -> str:
    # White space counts: a dot may stand inside an encoded word, which must not fall apart.
    return decode_words("".join(f" {text}" if apart else text for _, text, apart in words).strip(" "))
