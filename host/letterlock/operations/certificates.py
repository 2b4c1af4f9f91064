"""One certificate by itself, without any mail: is there a path from it to somebody the reader trusts?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from letterlock.operations import describe
from letterlock.operations.trust import TrustSettings
from letterlock.trust.anchors import certificates_of
from letterlock.verdict import PathResult


def judge(
    certificate: Path,
    settings: TrustSettings,
    intermediates: Iterable[Path] = (),
    at: datetime | None = None,
    language: str = "en",
) -> tuple[PathResult, datetime]:
    """The RFC 5280 §6 result for a certificate in a file, and the time for which it holds.

    Args:
        certificate: the file; where it holds several, the first one is meant, and the others may be its issuers.
        settings: whom the reader trusts, and what he has at hand.
        intermediates: files with possible issuers, in any order.
        at: the time that counts; now if not given.
        language: of the sentences.

    Raises:
        NoCertificateInFile, CertificateUndecodable: as `certificates_of`.
    """
    leaf, *others = certificates_of(certificate.read_bytes(), certificate.name)
    for file in intermediates:
        others += certificates_of(file.read_bytes(), file.name)
    time = at or datetime.now(UTC)
    return describe.path(settings.path(leaf, others, time), language), time
