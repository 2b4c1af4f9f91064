"""`letterlock evidence`: save a signed message with everything that proves it later; verify, renew and report that."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from letterlock.cli import message, trusting
from letterlock.errors import LetterlockError, MessageTooLarge, NotAMessage
from letterlock.words import LANGUAGES

if TYPE_CHECKING:
    from letterlock.operations.bundle_shapes import Checked
    from letterlock.operations.bundle_verify import Verifying
    from letterlock.operations.timestamps import Authority

EXIT_HOLDS, EXIT_OTHER, EXIT_NO_BUNDLE = 0, 1, 3
_READ_OCTETS = 1024 * 1024


def register(commands: Any) -> None:
    """Add the command `evidence` with what it can do."""
    parser = commands.add_parser("evidence", help="keep a signed message so that it can be proven years later")
    acts = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _register_save(acts)
    _register_verify(acts)
    _register_renew(acts)
    _register_report(acts)
    _register_automatic(acts)


def _register_automatic(acts: Any) -> None:
    automatic = acts.add_parser("automatic", help="keep evidence of every valid mail from chosen senders")
    automatic.set_defaults(run=run_automatic)
    way = automatic.add_mutually_exclusive_group()
    way.add_argument("--add", metavar="SENDER", help="an address, or @ with a domain")
    way.add_argument("--remove", metavar="SENDER", help="keep this sender's mail no more")
    way.add_argument("--folder", type=Path, metavar="DIR", help="where it is kept")


def _register_save(acts: Any) -> None:
    save = acts.add_parser(
        "save",
        help="put a message into an evidence bundle",
        description="Exit code 0: saved. 2: wrong use, or nobody stamped it. 3: the input is no message.",
    )
    save.add_argument("mail", metavar="MAIL", help="a message file (.eml), or - for standard input")
    save.add_argument("-o", "--out", type=Path, required=True, metavar="FILE", help="the bundle to be (.asice)")
    _authority_options(save)
    save.add_argument("--pdf", action="store_true", help="put the report in as PDF, too")
    message.key_options(save)
    trusting.add_options(save, now=True)
    save.set_defaults(run=run_save)


def _register_verify(acts: Any) -> None:
    verify = acts.add_parser(
        "verify",
        help="what a bundle shows, and what it does not; offline",
        description="Exit code 0: the evidence holds. 1: it is limited, not proven, or altered. 2: wrong use. "
        "3: the file is no evidence bundle.",
    )
    _verify_options(verify)
    verify.add_argument("--json", action="store_true", help="print everything for programs")
    verify.set_defaults(run=run_verify)


def _register_renew(acts: Any) -> None:
    renew = acts.add_parser(
        "renew",
        help="one more time-stamp, before the last one ages",
        description="Exit code 0: renewed. 2: wrong use, nobody stamped it, or it is altered. 3: no evidence bundle.",
    )
    renew.add_argument("file", type=Path, metavar="FILE", help="the bundle; it is replaced by the renewed one")
    _authority_options(renew)
    trusting.add_options(renew, now=True)
    renew.set_defaults(run=run_renew)


def _register_report(acts: Any) -> None:
    report = acts.add_parser(
        "report",
        help="what `verify` says, as a page or PDF for people",
        description="Exit code 0: written, whatever it says. 2: wrong use. 3: no evidence bundle.",
    )
    _verify_options(report)
    report.add_argument(
        "-o", "--out", type=Path, required=True, metavar="FILE", help="a name that ends in .html or .pdf"
    )
    report.add_argument("--language", choices=LANGUAGES, default=argparse.SUPPRESS, help="of the report")
    report.set_defaults(run=run_report)


def _authority_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--tsa", action="append", default=[], metavar="URL", help="let this authority stamp it (default: yours)"
    )


def _verify_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="the bundle")
    parser.add_argument(
        "--anchor", type=Path, action="append", required=True, metavar="PEM", help="believe these certificates, only"
    )
    parser.add_argument("--at", type=trusting.time, metavar="TIME", help="as if it were this time (ISO 8601, UTC)")
    parser.add_argument(
        "--evidence", type=Path, action="append", default=[], metavar="DIR", help="further CRLs and OCSP answers"
    )
    message.key_options(parser)


def run_save(arguments: argparse.Namespace) -> int:
    """0 saved, 3 no message."""
    from letterlock.operations import bundle_report, bundle_save
    from letterlock.operations.bundle_files import written
    from letterlock.operations.bundle_save import Saving

    settings = _settings(arguments)
    reports: dict[str, bundle_save.Render] = {"html": bundle_report.html}
    if arguments.pdf:
        from letterlock.operations.bundle_pdf import pdf

        reports["pdf"] = pdf
    try:
        with message.message_input(arguments.mail) as file, trusting.asking(quiet=False) as asking:
            saving = Saving(
                settings,
                _authorities(arguments),
                datetime.now(UTC),
                arguments.language,
                trusting.online(arguments, settings),
                message.decryption_keys(arguments),
                reports,
                asking=asking,
            )
            pieces = iter(lambda: file.read(_READ_OCTETS), b"")
            saved = written(arguments.out, lambda out: bundle_save.save(pieces, out, saving), replace=False)
    except (NotAMessage, MessageTooLarge) as failure:
        return _no(failure, arguments.language)
    saved.opened.close()
    for doubt in saved.doubts:
        _explain(doubt, arguments.language)
    from letterlock.cli.show import say_line

    say_line(f"{arguments.out}: {', '.join(f'{each:%Y-%m-%dT%H:%M:%SZ}' for each in saved.times)}")
    return EXIT_HOLDS


def run_automatic(arguments: argparse.Namespace) -> int:
    """0; without options, whose mail is kept and where."""
    from letterlock.cli.show import say_line
    from letterlock.operations import bundle_automatic
    from letterlock.store import location

    database = location.database()
    if arguments.add:
        bundle_automatic.add(database, arguments.add)
    elif arguments.remove and not bundle_automatic.remove(database, arguments.remove):
        return EXIT_OTHER
    elif arguments.folder:
        bundle_automatic.keep_in(database, arguments.folder)
    kept = bundle_automatic.settings(database)
    say_line(f"{', '.join(kept.senders) or '–'} → {kept.folder}")
    return EXIT_HOLDS


def run_verify(arguments: argparse.Namespace) -> int:
    """0 only if the evidence holds."""
    checked = _checked(arguments)
    if checked is None:
        return EXIT_NO_BUNDLE
    if arguments.json:
        print(checked.model_dump_json(indent=2))
    else:
        from letterlock.cli.show_evidence import show

        show(checked, arguments.language)
    return EXIT_HOLDS if checked.status.value == "holds" else EXIT_OTHER


def run_renew(arguments: argparse.Namespace) -> int:
    """0 renewed by each authority that was named."""
    from letterlock.cli.show import say_line
    from letterlock.evidence.bundle_failures import BundleUnreadable
    from letterlock.evidence.failures import TimeStampFailure
    from letterlock.net.failures import FetchFailure
    from letterlock.operations.bundle_files import written
    from letterlock.operations.bundle_renew import Renewed, Renewing, renew
    from letterlock.operations.bundle_save import NoAuthority
    from letterlock.operations.timestamps import NoTimeStamp

    settings, authorities = _settings(arguments), _authorities(arguments)
    if not authorities:
        raise NoAuthority
    failures: list[tuple[str, LetterlockError]] = []
    renewed = False
    for authority in authorities:
        renewing = Renewing(settings, authority, datetime.now(UTC), trusting.online(arguments, settings))

        def again(out: IO[bytes], renewing: Renewing = renewing) -> Renewed:
            with open(arguments.file, "rb") as source:
                return renew(source, out, renewing)

        try:
            made = written(arguments.file, again, replace=True)
        except BundleUnreadable as failure:
            return _no(failure, arguments.language)
        except (FetchFailure, TimeStampFailure) as failure:
            failures.append((authority.server, failure))
            continue
        renewed = True
        if made.doubt:
            _explain(made.doubt, arguments.language)
        say_line(f"{arguments.file}: {made.time:%Y-%m-%dT%H:%M:%SZ}")
    if not renewed:
        raise NoTimeStamp(failures)
    for _, each in failures:
        _explain(each, arguments.language)
    return EXIT_HOLDS


def run_report(arguments: argparse.Namespace) -> int:
    """0 written, 3 no bundle."""
    render = _render(arguments.out)
    checked = _checked(arguments)
    if checked is None:
        return EXIT_NO_BUNDLE
    arguments.out.write_bytes(render(checked, arguments.language))
    return EXIT_HOLDS


def _render(place: Path) -> Callable[[Checked, str], bytes]:
    if place.suffix == ".pdf":
        from letterlock.operations.bundle_pdf import pdf

        return pdf
    if place.suffix != ".html":
        raise SystemExit(_usage(f"{place}: a report is .html or .pdf"))
    from letterlock.operations.bundle_report import html

    return html


def _checked(arguments: argparse.Namespace) -> Checked | None:
    from letterlock.evidence.bundle_failures import BundleUnreadable
    from letterlock.operations.bundle_verify import verify

    verifying = _verifying(arguments)
    try:
        with open(arguments.file, "rb") as file:
            return verify(file, verifying)
    except BundleUnreadable as failure:
        _no(failure, arguments.language)
        return None


def _verifying(arguments: argparse.Namespace) -> Verifying:
    from letterlock.operations import evidence
    from letterlock.operations.bundle_verify import Verifying
    from letterlock.trust.anchors import Anchor, certificates_of

    anchors = [
        Anchor(each, "argument") for file in arguments.anchor for each in certificates_of(file.read_bytes(), str(file))
    ]
    return Verifying(
        anchors,
        arguments.at or datetime.now(UTC),
        arguments.language,
        evidence.given(arguments.evidence),
        keys=message.decryption_keys(arguments),
    )


def _settings(arguments: argparse.Namespace) -> Any:
    if arguments.revocation is None and not arguments.evidence:
        # Evidence without a word about withdrawal is worth little, and lists tell nobody whose mail is kept.
        arguments.revocation = "crl"
    return trusting.settings(arguments)


def _authorities(arguments: argparse.Namespace) -> tuple[Authority, ...]:
    from letterlock.operations import timestamps
    from letterlock.operations.timestamps import Authority
    from letterlock.store import location

    if arguments.tsa:
        return tuple(Authority.parse(each) for each in arguments.tsa)
    return timestamps.settings(location.database(), location.policy()).authorities


def _no(failure: LetterlockError, language: str) -> int:
    _explain(failure, language)
    return EXIT_NO_BUNDLE


def _explain(failure: LetterlockError, language: str) -> None:
    from letterlock.cli import explain

    explain(failure, language)


def _usage(text: str) -> int:
    print(f"letterlock: {text}", file=sys.stderr)
    return 2
