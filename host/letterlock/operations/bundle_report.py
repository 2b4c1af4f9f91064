"""The report: what `--json` says about a bundle, on pages for somebody who reads neither JSON nor mail.

`sections` arranges; `html` writes it as one page without scripts, links or anything fetched, and `bundle_pdf` as PDF.
All words are those of the answer or of the table of words. What came from the mail is escaped, and cannot leave its
place: no control characters, none that turn the direction of reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import NamedTuple

from letterlock.operations.bundle_shapes import Checked, Statement, TimeStampChecked
from letterlock.verdict import CertificateSummary, Reason, Signer
from letterlock.words import say


class Section(NamedTuple):
    """A heading, sentences (each with what supports it, in small type), and a table of two columns."""

    title: str
    sentences: tuple[tuple[str, str], ...] = ()
    rows: tuple[tuple[str, str], ...] = ()


def sections(checked: Checked, language: str) -> list[Section]:
    """The report, in the order in which a judge would ask: what, who, since when, how checked, what not."""

    def label(name: str) -> str:
        return say(f"report_{name}", {}, language).sentence

    message = checked.message
    found = [
        Section(
            label("message"),
            rows=(
                (label("from"), ", ".join(message.from_)),
                (label("to"), ", ".join(message.to)),
                (label("subject"), message.subject or "–"),
                (label("date"), message.date or "–"),
                (label("size"), str(message.size)),
                ("SHA-256", message.sha256),
            ),
        ),
        Section(label("shown"), tuple(_statements(checked.statements))),
        Section(label("not_proven"), tuple((each.sentence, "") for each in checked.not_proven)),
        Section(
            label("reasons"), tuple(_reasons([*checked.reasons, *(checked.verdict.reasons if checked.verdict else [])]))
        ),
    ]
    if checked.verdict:
        found.append(Section(label("verdict"), ((checked.verdict.headline.sentence, checked.verdict.headline.advice),)))
        found += [_signer(each, label("signer"), language) for each in checked.verdict.signers]
    found += [_time_stamp(each, language) for each in checked.time_stamps]
    if checked.objects:
        rows = tuple(
            (_short(each.name, each.sha256), f"{each.size} · SHA-256 {each.sha256}") for each in checked.objects
        )
        found.append(Section(label("objects"), rows=rows))
    about = [(label("checked_at"), checked.at), (label("existed_by"), checked.existed_by or "–")]
    found.append(Section(label("check"), rows=(*about, (label("renew_by"), checked.renew_by or "–"))))
    return [each for each in found if each.sentences or each.rows]


def title(checked: Checked, language: str) -> tuple[str, str, str]:
    """The title, the one line, and what to do."""
    return say("report_title", {}, language).sentence, checked.headline.sentence, checked.headline.advice


def html(checked: Checked, language: str) -> bytes:
    """One page that needs nothing else."""
    name, headline, advice = title(checked, language)
    body = [
        f"<h1>{_safe(name)}</h1>",
        f'<p class="{checked.status.value}">{_safe(headline)}</p>',
        f"<p>{_safe(advice)}</p>",
    ]
    for section in sections(checked, language):
        body += _section(section)
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8">'
        # Nothing may be loaded, run or sent, whatever stands in the page.
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{_safe(name)}</title><style>{_STYLE}</style></head><body>\n" + "\n".join(body) + "\n</body></html>\n"
    ).encode()


def plain(text: str) -> str:
    """Without characters that could move or hide what stands around them."""
    return "".join(each if each.isprintable() else "·" for each in text)


_STYLE = (
    "body{font:11pt/1.5 sans-serif;max-width:46em;margin:2em auto;padding:0 1em;color:#111;background:#fff}"
    "h1{font-size:1.5em}h2{font-size:1.1em;margin:1.6em 0 .4em}table{border-collapse:collapse;width:100%}"
    "th,td{text-align:left;vertical-align:top;padding:.2em .8em .2em 0;overflow-wrap:anywhere}th{width:11em;"
    "font-weight:normal;color:#555}small{color:#555;overflow-wrap:anywhere}.altered{font-weight:bold;color:#a00}"
    ".holds,.limited,.not_proven,.saved{font-weight:bold}@media print{body{margin:0}}"
)


def _section(section: Section) -> Iterator[str]:
    yield f"<h2>{_safe(section.title)}</h2>"
    if section.sentences:
        yield "<ul>"
        for sentence, support in section.sentences:
            small = f"<br><small>{_safe(support)}</small>" if support else ""
            yield f"<li>{_safe(sentence)}{small}</li>"
        yield "</ul>"
    if section.rows:
        yield "<table>"
        yield from (f"<tr><th>{_safe(name)}</th><td>{_safe(value)}</td></tr>" for name, value in section.rows)
        yield "</table>"


def _short(name: str, sha256: str) -> str:
    # Names that are digests stand beside the digest.
    return name.replace(sha256, f"{sha256[:8]}…")


def _safe(text: str) -> str:
    return escape(plain(text))


def _statements(statements: Iterable[Statement]) -> Iterator[tuple[str, str]]:
    for each in statements:
        yield each.sentence, " · ".join(f"{proof.object} (SHA-256 {proof.sha256})" for proof in each.proof)


def _reasons(reasons: Iterable[Reason]) -> Iterator[tuple[str, str]]:
    for each in reasons:
        yield f"{each.sentence} [{each.code}]", each.advice


def _signer(signer: Signer, heading: str, language: str) -> Section:
    def label(name: str) -> str:
        return say(f"report_{name}", {}, language).sentence

    rows = [(label("algorithms"), f"{signer.signature_algorithm}, {signer.digest_algorithm}")]
    rows.append((label("claimed"), signer.signing_time or "–"))
    for each in signer.path.chain if signer.path else ():
        rows.append((label("certificate"), _certificate(each)))
    name = signer.certificate.name if signer.certificate else "–"
    return Section(f"{heading}: {name}", rows=tuple(rows))


def _time_stamp(stamp: TimeStampChecked, language: str) -> Section:
    def label(name: str) -> str:
        return say(f"report_{name}", {}, language).sentence

    relied = label("yes" if stamp.relied_on else "no")
    rows = [
        (label("time"), stamp.time or "–"),
        (label("authority"), stamp.authority or "–"),
        (label("relied_on"), relied),
        (label("algorithms"), ", ".join(stamp.algorithms) or "–"),
        *((label("certificate"), _certificate(each)) for each in stamp.chain),
    ]
    return Section(f"{label('time_stamp')}: {stamp.object}", tuple(_reasons(stamp.reasons)), tuple(rows))


def _certificate(each: CertificateSummary) -> str:
    return f"{each.name} ({each.key}; {each.not_before} – {each.not_after}; № {each.serial}; SHA-256 {each.sha256})"
