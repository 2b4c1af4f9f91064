"""Evidence about withdrawal that a person has at hand: a folder of revocation lists and OCSP answers, PEM or DER."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from letterlock import limits
from letterlock.trust.anchors import pem_blocks
from letterlock.trust.reasons import CertificateUndecodable, NoEvidenceInFolder
from letterlock.trust.revocation import Evidence

_LABELS = {b"X509 CRL", b"OCSP RESPONSE"}


def given(folders: list[Path]) -> Evidence:
    """The lists and answers in these folders, not in folders below. Files that hold something else are passed over.

    Raises:
        NoEvidenceInFolder: a folder holds none at all, so it is probably the wrong one.
    """
    evidence = Evidence()
    for folder in folders:
        found = Evidence.of(der for file in sorted(folder.iterdir()) if file.is_file() for der in _objects(file))
        if not found:
            raise NoEvidenceInFolder(str(folder))
        evidence += found
    return evidence


def _objects(file: Path) -> Iterator[bytes]:
    if file.stat().st_size > limits.EVIDENCE_OCTETS:
        return
    data = file.read_bytes()
    if data[:1] == b"\x30":
        yield data
        return
    try:
        yield from (der for label, der in pem_blocks(data) if label in _LABELS)
    except CertificateUndecodable:
        return
