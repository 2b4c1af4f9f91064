"""`letterlock keys import|export`: keys from and to other programs, as PKCS#12 files (.p12, .pfx)."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from letterlock.cli import vault

FORMS = ("modern", "compatible", "pbmac1")
"""As `keystore.pkcs12_write.Form`; a test compares."""


def register(actions: Any) -> None:
    """Add the verbs."""
    import_ = actions.add_parser("import", help="take the keys of a .p12 or .pfx file, with all certificates in it")
    import_.add_argument("file", type=Path, metavar="FILE")
    import_.set_defaults(run=run_import)
    export = actions.add_parser("export", help="write keys and certificates to a .p12 file for another program")
    export.add_argument(
        "whose", nargs="*", metavar="ADDRESS|KEY", help="which; an address means what it uses (default: every key)"
    )
    export.add_argument("--out", type=Path, required=True, metavar="FILE", help="a new file")
    export.add_argument(
        "--form",
        choices=FORMS,
        default="modern",
        help="modern: AES-256, for today's programs; compatible: 3DES, also for older Windows, macOS, iOS and Android; "
        "pbmac1: RFC 9879",
    )
    export.set_defaults(run=run_export)
    for parser, what in ((import_, "opens the file"), (export, "protects the file")):
        vault.add_options(parser, creates=parser is import_)
        parser.add_argument(
            "--file-passphrase-file", type=Path, metavar="FILE", help=f"whose first line {what} (else you are asked)"
        )
        parser.add_argument("--json", action="store_true", help="for programs")


def run_import(arguments: argparse.Namespace) -> int:
    """Import a file."""
    from letterlock import limits
    from letterlock.cli.show import say_line
    from letterlock.operations import keys_carry
    from letterlock.operations.keys import certificates, described, named

    with arguments.file.open("rb") as file:
        octets = file.read(limits.KEY_FILE_OCTETS + 1)
    secret = vault.passphrase(arguments.file_passphrase_file, f"Passphrase of {arguments.file.name} (empty for none): ")
    # The file first: a wrong passphrase for it should not cost unlocking, or make a vault.
    found = keys_carry.opened(octets, secret)
    done = keys_carry.keep(vault.unlocked(arguments, create=True), found)
    if arguments.json:
        document = {
            "keys": [described(each) for each in done.entries],
            "unread": list(done.unread),
            "has_checksum": done.has_checksum,
        }
        print(json.dumps(document, ensure_ascii=False, indent=2))
        return 0
    for each in done.entries:
        newest = next(iter(certificates(each)), None)
        until = f"good until {newest.not_after:%Y-%m-%d}" if newest else "without a certificate"
        say_line(f"Imported: {named(each)} ({each.algorithm}), {until}, key {each.id[:16]}.")
    for each_unread in done.unread:
        say_line(f"Left out: a key of the kind {each_unread}, which Letterlock does not read.")
    if not done.has_checksum:
        say_line("The file had no checksum: nobody can say whether it was changed on the way.")
    return 0


def run_export(arguments: argparse.Namespace) -> int:
    """Export keys."""
    from letterlock.cli.show import say_line
    from letterlock.keystore.entries import Purpose
    from letterlock.keystore.pkcs12_write import Form
    from letterlock.operations import keys_carry, keys_choose
    from letterlock.operations.authority_files import write_private
    from letterlock.store import location

    opened = vault.unlocked(arguments)
    entries = [each for each in opened.entries() if each.purpose is not Purpose.AUTHORITY]
    if arguments.whose:
        now = datetime.now(UTC)
        wanted = [keys_choose.named_by(opened, location.database(), each, now) for each in arguments.whose]
        entries = list({each.id: each for some in wanted for each in some}.values())
    secret = vault.new_passphrase(arguments.file_passphrase_file, "Passphrase for the file: ")
    write_private(arguments.out, keys_carry.export(opened, entries, secret, Form(arguments.form)))
    if arguments.json:
        print(json.dumps({"file": str(arguments.out), "keys": [each.id for each in entries]}))
    else:
        say_line(f"{len(entries)} keys are in {arguments.out}. Delete it once it is imported elsewhere.")
    return 0
