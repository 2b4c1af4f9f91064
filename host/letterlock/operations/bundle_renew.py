"""Renew a bundle before what it rests on ages: one more time-stamp, over everything that is in it.

ETSI EN 319 162-1 Annex A.7: the last archive manifest gets a number, and a new one takes its name, with digests of all
that is there: objects, manifests, time-stamps, and what tells today about the certificates of the authority whose
time-stamp was the last. Nothing that is there is changed, so that everything before stays provable.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import IO, NamedTuple

from letterlock.errors import Fault, LetterlockError
from letterlock.evidence import manifest as manifests
from letterlock.evidence.bundle import DIGEST, LAST_RENEWAL, Bundle, Stamped
from letterlock.evidence.container import Sink
from letterlock.evidence.failures import TimeStampFailure
from letterlock.evidence.manifest import Manifest
from letterlock.evidence.timestamp import verify
from letterlock.operations.bundle_save import Again, ObjectWriter, about, stamped_by
from letterlock.operations.online import Online
from letterlock.operations.timestamps import Authority
from letterlock.operations.trust import TrustSettings
from letterlock.trust.path import Allowance
from letterlock.trust.revocation import Evidence


class RenewalRefused(LetterlockError):
    """The bundle is altered; `why` are the objects."""

    code = "bundle_renewal_refused"
    fault = Fault.MAIL
    why: tuple[str, ...]


class Renewing(NamedTuple):
    """Everything that a renewal depends on besides the bundle."""

    trust: TrustSettings
    authority: Authority
    now: datetime
    online: Online | None = None
    digest: str = DIGEST


class Renewed(NamedTuple):
    """When it was stamped, and why that is not believed here, where it is not."""

    time: datetime
    doubt: LetterlockError | None


def renew(source: IO[bytes], sink: Sink, renewing: Renewing) -> Renewed:
    """Write the bundle in `source` into `sink`, with one more time-stamp.

    Raises:
        BundleUnreadable: `source` is no bundle.
        RenewalRefused: it is altered.
        FetchFailure, TimeStampFailure: the authority did not stamp.
    """
    bundle = Bundle.read(source)
    if bundle.alterations:
        raise RenewalRefused(tuple(dict.fromkeys(str(each.facts()["name"]) for each in bundle.alterations)))
    numbered, token = bundle.next_names()
    writer = ObjectWriter(sink, renewing.now, renewing.digest)
    for name in bundle.names:
        renamed = numbered if name == LAST_RENEWAL else name
        writer.add(renamed, Again(partial(bundle.container.pieces, name)), root=name == LAST_RENEWAL)
    for name, octets in _until_now(bundle, renewing).items():
        if name not in writer.sha256:
            writer.add(name, [octets])
    manifest = manifests.encode(Manifest(token, tuple(writer.references)))
    stamped = stamped_by(renewing.authority, manifest, renewing.trust, renewing.now, renewing.online, renewing.digest)
    writer.container.add(LAST_RENEWAL, [manifest])
    writer.container.add(token, [stamped.token])
    for name in sorted(stamped.beside.keys() - writer.sha256.keys()):
        writer.container.add(name, [stamped.beside[name]])
    writer.container.close()
    return Renewed(stamped.time, stamped.doubt)


def _until_now(bundle: Bundle, renewing: Renewing) -> dict[str, bytes]:
    """What is said today about the certificates behind the last time-stamps."""
    last = max(each.renewal for each in bundle.stamped)
    found: dict[str, bytes] = {}
    for stamped in (each for each in bundle.stamped if each.renewal == last):
        found |= _about(bundle, stamped, renewing)
    return found


def _about(bundle: Bundle, stamped: Stamped, renewing: Renewing) -> dict[str, bytes]:
    trust, token = renewing.trust, bundle.token(stamped)
    evidence = Evidence.of(bundle.revocation.values())
    terms = trust.stamping(renewing.now, evidence, Allowance())
    try:
        stamp = verify(token, stamped.octets, terms, bundle.certificates.values())
    except TimeStampFailure:
        # Not believed here, perhaps elsewhere; what is known of it is in the bundle already.
        return {}
    return about(stamp, token, trust, renewing.online)
