"""Evidence to order: an authority that stamps at any time, and bundles whose only deviation is what a test says.

    with Notary(CLOCK, NOW) as notary:
        octets = bundle(notary)                     # of a mail by Anna, with lists that say nothing bad
        notary.now = NOW + 400 * DAY
        octets = renewed(octets, notary)
    checked(octets, NOW + 500 * DAY).status

The notary answers over HTTP as RFC 3161 §3.4 has it. Its tokens are encoded with the tests' own encoder; those of
`openssl ts` are in the story.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self

from cryptography.hazmat.asn1 import decode_der

from letterlock.evidence.schema import TimeStampReq
from letterlock.operations.bundle_renew import Renewing, renew
from letterlock.operations.bundle_save import Saving, save
from letterlock.operations.bundle_shapes import Checked
from letterlock.operations.bundle_verify import Verifying, verify
from letterlock.operations.timestamps import Authority
from letterlock.operations.trust import TrustSettings
from letterlock.trust.anchors import Anchor
from letterlock.trust.revocation import Evidence
from tests.cms import builder as b
from tests.cms.builder import integer, oid, tlv
from tests.evidence.tokens import Stamp, signed_mail, stamping
from tests.net.servers import Server, answer
from tests.trust.chains import DAY, NOW, Issued, issue, person
from tests.trust.evidence import crl

YEAR = 365 * DAY
ROOT = issue("Root", not_after=NOW + 3 * YEAR)
CA = issue("Mail CA", ROOT, not_after=NOW + 2 * YEAR)
ANNA = person("Anna Muster", CA, not_after=NOW + YEAR)
TIME_ROOT = issue("Time Root", not_after=NOW + 30 * YEAR)
CLOCK = stamping("Clock", TIME_ROOT, not_after=NOW + 4 * YEAR)
ANCHORS = (ROOT, TIME_ROOT)
ACCURACY = timedelta(seconds=1)
MAIL = signed_mail(ANNA, [CA], at=NOW - DAY)


@dataclass(frozen=True)
class _Answer(Stamp):
    """A token about the imprint of a question."""

    question: bytes = b""

    def info(self, stamped: bytes) -> bytes:
        asked = decode_der(TimeStampReq, self.question)
        digest = next(n for n, (number, *_) in b.HASHES.items() if oid(number) == b"\x06" + _oid(asked))
        return tlv(
            0x30,
            integer(1),
            oid("1.2.3.4"),
            tlv(0x30, b.algorithm(b.HASHES[digest][0]), tlv(0x04, asked.imprint.digest)),
            integer(7),
            tlv(0x18, f"{self.time:%Y%m%d%H%M%SZ}".encode()),
            integer(asked.nonce or 0),
        )


def _oid(asked: TimeStampReq) -> bytes:
    data = bytes(asked.imprint.algorithm[0].data)
    return bytes((len(data),)) + data


class Notary:
    """A time-stamping authority whose clock says what a test wants; `how` is as for `Stamp`."""

    def __init__(self, who: Issued = CLOCK, now: datetime = NOW, **how: Any) -> None:
        self.now, self._who, self._how = now, who, how
        self._server = Server(self._talk)

    @property
    def authority(self) -> Authority:
        return Authority(self._server.url)

    def _talk(self, connection: Any, request: bytes) -> None:
        question = request.partition(b"\r\n\r\n")[2]
        token = _Answer(self._who, self.now, question=question, **self._how).encode(b"")
        reply = tlv(0x30, tlv(0x30, integer(0)), token)
        answer(reply, "Content-Type: application/timestamp-reply")(connection, request)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()


def lists(day: datetime = NOW, *revoked: Issued, since: datetime = NOW) -> Evidence:
    """What the authorities of mail and of time say on that day; `revoked` were issued by the mail CA."""
    days: dict[str, Any] = {"made": day - DAY, "until": day + 7 * DAY}
    mine = crl(CA, *revoked, at=since, **days)
    return Evidence.of([mine, crl(ROOT, **days), crl(TIME_ROOT, **days)])


def trust(evidence: Evidence, *anchors: Issued) -> TrustSettings:
    return TrustSettings(tuple(Anchor(each.certificate, "user") for each in anchors or ANCHORS), evidence=evidence)


def bundle(
    *notaries: Notary, mail: bytes = MAIL, evidence: Evidence | None = None, at: datetime | None = None, **saving: Any
) -> bytes:
    """A bundle, saved when the first notary's clock says; with lists of that day."""
    now = at or notaries[0].now
    out = io.BytesIO()
    settings = trust(lists(now) if evidence is None else evidence)
    saved = save([mail], out, Saving(settings, [each.authority for each in notaries], now, **saving))
    saved.opened.close()
    return out.getvalue()


def renewed(octets: bytes, notary: Notary, evidence: Evidence | None = None, **renewing: Any) -> bytes:
    """The bundle, renewed when the notary's clock says."""
    out = io.BytesIO()
    settings = trust(lists(notary.now) if evidence is None else evidence)
    renew(io.BytesIO(octets), out, Renewing(settings, notary.authority, notary.now, **renewing))
    return out.getvalue()


def checked(octets: bytes, at: datetime = NOW, anchors: Sequence[Issued] = ANCHORS, **verifying: Any) -> Checked:
    """What is said about a bundle at a time."""
    trusted = [Anchor(each.certificate, "argument") for each in anchors]
    return verify(io.BytesIO(octets), Verifying(trusted, at, **verifying))


def codes(found: Checked) -> list[str]:
    return [each.code for each in found.reasons]
