"""One certificate by itself, without any mail: is there a path from it to somebody the reader trusts?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from letterlock.operations import describe
from letterlock.operations.online import Found, Online, Undecided
from letterlock.operations.trust import TrustSettings
from letterlock.trust.anchors import certificates_of
from letterlock.trust.path import Path as CertificatePath
from letterlock.verdict import PathResult


def judge(
    certificate: Path,
    settings: TrustSettings,
    intermediates: Iterable[Path] = (),
    at: datetime | None = None,
    language: str = "en",
    online: Online | None = None,
    fetch_issuers: bool = False,
) -> tuple[PathResult, datetime]:
    """The RFC 5280 §6 result for a certificate in a file, and the time for which it holds.

    Args:
        certificate: the file; where it holds several, the first one is meant, and the others may be its issuers.
        settings: whom the reader trusts, and what he has at hand.
        intermediates: files with possible issuers, in any order.
        at: the time that counts; now if not given.
        language: of the sentences.
        online: what was fetched before, and where the settings want it the network.
        fetch_issuers: whether issuers may be fetched from where the certificate says.

    Raises:
        NoCertificateInFile, CertificateUndecodable: as `certificates_of`.
    """
    leaf, *others = certificates_of(certificate.read_bytes(), certificate.name)
    for file in intermediates:
        others += certificates_of(file.read_bytes(), file.name)
    time = at or datetime.now(UTC)

    def rebuilt(found: Found) -> CertificatePath:
        more = settings._replace(issuers=(*settings.issuers, *found.issuers))
        return more.path(leaf, others, time, found.evidence)

    path = rebuilt(Found())
    if online is not None:
        found = Found(issuers=online.issuers_at_hand(Undecided(path, rebuilt)))
        if fetch_issuers:
            found += online.find_issuers(
                [Undecided(rebuilt(found), lambda more: rebuilt(found + more))], settings.network
            )
        found += Found(online.at_hand(rebuilt(found)))
        if settings.online:
            known = found
            undecided = Undecided(rebuilt(known), lambda more: rebuilt(known + more))
            found += online.find([undecided], settings.mode, settings.network)
        path = rebuilt(found)
    return describe.path(path, language), time
