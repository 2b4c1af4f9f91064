"""`letterlock open` and `letterlock verify`: a message file to a verdict."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from letterlock.cli import tokens, trusting
from letterlock.errors import LetterlockError

if TYPE_CHECKING:
    from letterlock.cms import RecipientKey
    from letterlock.operations.memory import Memory
    from letterlock.operations.open import OpenedMessage
    from letterlock.operations.receipts import Known

_READ_OCTETS = 1024 * 1024
_NAME_OCTETS = 100
"""Of a part's name; its end is kept, which has the extension. The part's id stands before it."""


def register(commands: Any) -> None:
    """Add the commands `open` and `verify`."""
    open_ = commands.add_parser(
        "open",
        help="open a message: who signed it, and whether to believe it",
        description="Open a message and print its verdict. Exit code 0 with a verdict, 3 if the input is no message.",
    )
    _arguments(open_)
    open_.add_argument("--parts", type=Path, metavar="DIR", help="write the message's parts into this folder")
    open_.add_argument("--mbox", action="store_true", help="MAIL is a mailbox file: open every message in it")
    open_.add_argument("--jobs", type=int, metavar="N", help="with --mbox: in so many processes (default: 1)")
    open_.set_defaults(run=run_open)
    verify = commands.add_parser(
        "verify",
        help="as open, for scripts: exit code 0 only if the signature is valid",
        description="Exit code 0: valid. 1: any other signature status. 2: wrong use. 3: the input is no message.",
    )
    _arguments(verify)
    verify.set_defaults(run=run_verify, parts=None)


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("mail", metavar="MAIL", help="a message file (.eml), or - for standard input")
    parser.add_argument("--json", action="store_true", help="print what the native host would reply")
    key_options(parser)
    parser.add_argument(
        "--remember", action="store_true", help="use and keep the record of first openings and of known signers"
    )
    trusting.add_options(parser)


def key_options(parser: argparse.ArgumentParser) -> None:
    """What may open an encrypted message."""
    parser.add_argument(
        "--identity", type=Path, action="append", default=[], metavar="FILE", help="decrypt with this .p12, this once"
    )
    parser.add_argument("--my-keys", action="store_true", help="decrypt with your own keys")
    parser.add_argument(
        "--passphrase-file", type=Path, metavar="FILE", help="whose first line opens the .p12, or your own keys"
    )
    tokens.add_options(parser)


def run_open(arguments: argparse.Namespace) -> int:
    """Print the verdict; 0, or 3 where the input is no message."""
    if arguments.mbox:
        from letterlock.cli import mailbox

        return mailbox.run(arguments, trusting.settings(arguments), decryption_keys(arguments))
    return 3 if _open(arguments) is None else 0


def run_verify(arguments: argparse.Namespace) -> int:
    """Print the verdict; 0 only for `valid`."""
    status = _open(arguments)
    if status is None:
        return 3
    return 0 if status == "valid" else 1


def _open(arguments: argparse.Namespace) -> str | None:
    """Open and print; the signature's status, or nothing where the input is no message."""
    from letterlock.operations.open import Opening

    settings = trusting.settings(arguments)
    keys = decryption_keys(arguments)
    with message_input(arguments.mail) as file:
        memory, online = _memory(arguments.remember), trusting.online(arguments, settings)
        sent = partial(_sent, arguments)
        opening = Opening(settings, arguments.at, arguments.language, keys, memory, online, sent=sent)
        try:
            for piece in _pieces(file, arguments.json):
                opening.feed(piece)
            opened = opening.close()
        except LetterlockError as failure:
            from letterlock.cli import explain

            explain(failure, arguments.language)
            return None
    try:
        _find_out(opened, arguments)
        files = _write_parts(opened, arguments.parts) if arguments.parts else {}
        if arguments.json:
            _print_json(opened, files)
        else:
            from letterlock.cli.show import show

            show(opened, files)
        return opened.verdict.signature.status.value
    finally:
        opened.close()


def _sent(arguments: argparse.Namespace) -> Known:
    """The journal; receipts that come are entered where memory is wanted."""
    from letterlock.cli import vault
    from letterlock.operations.receipts import Sent
    from letterlock.store import location

    return Sent(location.database(), vault.here, keep=arguments.remember)


def decryption_keys(arguments: argparse.Namespace) -> Iterable[RecipientKey]:
    """The keys of the files given, then the person's own; the vault is not read unless the mail is encrypted."""
    from letterlock.cli import vault
    from letterlock.keystore.own_keys import OwnKeys
    from letterlock.operations import identities

    given = identities.given(arguments.identity, arguments.passphrase_file) if arguments.identity else []
    card = tokens.opened(arguments)
    if card:
        given.append(card)
    asked = arguments.my_keys or (arguments.passphrase_file and not arguments.identity)
    return _InTurn(given, OwnKeys(vault.unlocked(arguments) if asked else vault.here()))


class _InTurn:
    """Several collections one after the other, each time anew: a message may have several encrypted layers."""

    def __init__(self, *collections: Iterable[RecipientKey]) -> None:
        self._collections = collections

    def __iter__(self) -> Iterator[RecipientKey]:
        return chain.from_iterable(self._collections)


def _find_out(opened: OpenedMessage, arguments: argparse.Namespace) -> None:
    """Waits for the network, where the settings want it; the verdict is the last one."""
    with trusting.asking(quiet=arguments.json) as asking:
        if arguments.fetch_issuers:
            opened.renew(opened.find_issuers(asking=asking), promise=True)
        if opened.pending:
            opened.renew(opened.find(asking=asking))


def _memory(wanted: bool) -> Memory | None:
    if not wanted:
        return None
    from letterlock.operations.memory import Memory
    from letterlock.store import location

    return Memory(location.database())


def message_input(name: str) -> IO[bytes]:
    """A message file, or standard input for "-"."""
    # Standard input is duplicated so that closing it here closes nothing of the process's own.
    return open(sys.stdin.fileno(), "rb", closefd=False) if name == "-" else open(name, "rb")


def _pieces(file: IO[bytes], quiet: bool) -> Iterator[bytes]:
    """The file in pieces, with a progress bar for large ones where somebody watches."""
    pieces = iter(lambda: file.read(_READ_OCTETS), b"")
    first = next(pieces, b"")
    yield first
    if len(first) < _READ_OCTETS or quiet or not sys.stderr.isatty():
        yield from pieces
        return
    from letterlock.cli.show import progress

    with progress() as advance:
        advance(len(first))
        for piece in pieces:
            advance(len(piece))
            yield piece


def _print_json(opened: OpenedMessage, files: dict[str, str]) -> None:
    from letterlock.verdict import Opened

    reply = Opened(verdict=opened.verdict, parts=opened.parts, message=None).model_dump(mode="json")
    for part in reply["parts"]:
        if part["id"] in files:
            part["file"] = files[part["id"]]
    print(json.dumps(reply, ensure_ascii=False, indent=2))


def _write_parts(opened: OpenedMessage, folder: Path) -> dict[str, str]:
    """Write every part's body; the file for each part id. Nothing that exists is replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    written = {}
    for part in opened.parts:
        path = folder / _file_name(part.id, part.name, part.type)
        # What was decrypted is for the user alone.
        with open(path, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            for piece in opened.body(part.id):
                file.write(piece)
        written[part.id] = str(path)
    return written


def _file_name(part_id: str, name: str | None, media_type: str) -> str:
    """A name that stays inside the folder: the sender chose `name`, so only harmless characters are kept."""
    if name is None:
        name = {"text/plain": "text.txt", "text/html": "text.html", "message/rfc822": "message.eml"}.get(
            media_type, "part.bin"
        )
    safe = "".join(each if each.isalnum() or each in " ._-" else "_" for each in name).strip(" .") or "part.bin"
    # File systems count octets (255 in ext4 and APFS) or UTF-16 units (255 in NTFS), not characters.
    return f"{part_id.replace(':', '-')} {safe.encode()[-_NAME_OCTETS:].decode(errors='ignore')}"
