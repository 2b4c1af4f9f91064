"""Whom the reader trusts: load, add, list and remove anchors."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from letterlock.net.rules import DEFAULT as DEFAULT_RULES
from letterlock.net.rules import Rules
from letterlock.operations import system_roots
from letterlock.store import fetched
from letterlock.store import policy as policies
from letterlock.store.database import Store, StoredAnchor
from letterlock.store.failures import PolicyUnusable
from letterlock.trust import mozilla
from letterlock.trust.algorithms import MODERN, Accepted
from letterlock.trust.anchors import Anchor, Anchors, Undecoded, certificates_of
from letterlock.trust.certificate import Certificate
from letterlock.trust.names import digest
from letterlock.trust.path import Allowance, Kept, build
from letterlock.trust.path import Path as CertificatePath
from letterlock.trust.policies import NOTHING_ASKED, InitialPolicies
from letterlock.trust.reasons import CertificateUndecodable
from letterlock.trust.revocation import NOTHING_AT_HAND, Evidence, Mode

if TYPE_CHECKING:
    from letterlock.evidence.timestamp import Terms


class TrustSettings(NamedTuple):
    """Everything a verdict's trust depends on, but the time."""

    anchors: Collection[Anchor] = ()
    """With an index (`Anchors`) where there may be many."""
    mozilla: bool = False
    """Whether Mozilla's roots are anchors too. The list is decoded when the first path is wanted, not before."""
    system: bool = False
    """Whether the roots of the operating system are anchors too. Read when the first path is wanted, likewise."""
    evidence: Evidence = NOTHING_AT_HAND
    mode: Mode = Mode.AT_HAND
    accepted: Accepted = MODERN
    policies: InitialPolicies = NOTHING_ASKED
    online: bool = False
    """Whether what `mode` wants and nobody has at hand may be fetched."""
    network: Rules = DEFAULT_RULES
    issuers: tuple[Certificate, ...] = ()
    """Possible issuers that the reader has at hand, beside those a message brings."""
    kept: Kept | None = None
    """Certificates of authorities from earlier mail; they are asked for where a path does not reach an anchor."""

    @property
    def believed(self) -> Anchors:
        """Everybody whose word counts."""
        believed = Anchors.of(self.anchors)
        if self.mozilla:
            believed += mozilla.roots().anchors
        return believed + system_roots.kept() if self.system else believed

    def path(
        self,
        leaf: Certificate,
        others: Iterable[Certificate],
        at: datetime,
        along: Evidence = NOTHING_AT_HAND,
        allowance: Allowance | None = None,
    ) -> CertificatePath:
        """The best path for a certificate; `along` is evidence that came with it, `allowance` what it may cost."""
        search = partial(
            build,
            leaf,
            (*others, *self.issuers),
            self.believed,
            at,
            accepted=self.accepted,
            policies=self.policies,
            evidence=self.evidence + along,
            mode=self.mode,
            allowance=allowance,
        )
        path = search()
        if path.anchor is not None or self.kept is None:
            return path
        # The middle may be missing: many senders leave it out.
        completed = search(kept=self.kept)
        return completed if completed.anchor is not None else path

    def stamping(self, now: datetime, along: Evidence, allowance: Allowance) -> Terms:
        """What time-stamps are judged by."""
        from letterlock.evidence.timestamp import Terms

        return Terms(now, self.believed, self.evidence + along, self.mode, self.accepted, allowance)


MOZILLA = "trust.mozilla"
"""The setting that says whether Mozilla's roots are trusted; they are unless the user or the organisation says no."""


SYSTEM = "trust.system"
"""The setting that says whether the operating system's roots are trusted; they are only on request."""

REVOCATION = "trust.revocation"
"""The setting that says how much the user wants to know about withdrawal."""

DEFAULT_MODE = Mode.CRL
"""A withdrawn certificate should be noticed without anybody setting anything, and lists tell nobody whose mail is read:
all customers of an authority share one, and it is fetched once for all mail until it runs out."""

FETCHING = (Mode.CRL, Mode.OCSP, Mode.STRICT)
"""The modes in which somebody is asked."""


class OwnAnchors:
    """The user's anchors, decoded again only when there are others: thousands take a noticeable time."""

    def __init__(self) -> None:
        self._known: tuple[int, Anchors] | None = None

    def of(self, store: Store) -> Anchors:
        """Those in a store, always the same one."""
        revision = store.anchors_revision()
        known = self._known
        if known is None or known[0] != revision:
            known = self._known = (revision, Anchors.kept(_own(store), "user"))
        return known[1]


def _own(store: Store) -> Iterable[Undecoded]:
    for kept in store.anchors():
        if kept.subject:
            yield Undecoded(kept.sha256, kept.subject, partial(_anchor, kept))
        elif (found := _anchor(kept)) is not None:
            yield Undecoded(kept.sha256, digest(found.certificate.subject_dn.normal), partial(_anchor, kept))


def _anchor(kept: StoredAnchor) -> Anchor | None:
    certificate = _decoded(kept)
    # A certificate that was kept and cannot be decoded any more vouches for nobody.
    return Anchor(certificate, "user", certificate.name, kept.added) if certificate else None


def settings(
    database: Path, files: Iterable[Path] = (), policy: Path | None = None, own: OwnAnchors | None = None
) -> TrustSettings:
    """Whom the user, the organisation and Mozilla trust, and certificate files given for this one time.

    Args:
        database: with the user's own anchors.
        files: certificates trusted this once.
        policy: the organisation's policy file, where there may be one.
        own: the user's anchors as known from before.

    Raises:
        NoCertificateInFile, CertificateUndecodable: a file holds none, or a damaged one.
        PolicyUnusable: the policy cannot be understood, or names a file that cannot be read.
        StoreDamaged, StoreNewer …: as `Store.read`.
    """
    organisation: list[Anchor] = []
    decided = policies.read(policy)
    with Store.read(database) as store:
        users = (own or OwnAnchors()).of(store)
        wanted = store.setting(MOZILLA, True) is True
        system = store.setting(SYSTEM, False) is True
        mode = _mode(store.setting(REVOCATION), DEFAULT_MODE)
    for file in decided.anchors:
        try:
            data = file.read_bytes()
        except OSError as error:
            raise PolicyUnusable(str(policy), f"{file}: {error.strerror}") from error
        organisation += [Anchor(each, "organisation") for each in certificates_of(data, str(file))]
    mode = _mode(decided.revocation.mode, mode)
    return TrustSettings(
        Anchors(given(files)) + users + Anchors(organisation),
        mozilla=wanted if decided.mozilla is None else decided.mozilla,
        system=system if decided.system is None else decided.system,
        mode=mode,
        online=mode in FETCHING,
        network=Rules(*decided.revocation[1:]),
    )


class KeptSettings:
    """The user's settings for a process that opens many messages: read again only after somebody changed them."""

    def __init__(self, database: Path, policy: Path | None = None) -> None:
        self._database = database
        self._policy = policy
        self._known: tuple[object, TrustSettings] | None = None
        self._own = OwnAnchors()

    def now(self) -> TrustSettings:
        """The settings as they are now. Raises as `settings`; several threads may ask."""
        # Taken before the reading: what is written in between makes the next call read again.
        stamp = (Store.stamp(self._database), _changed(self._policy))
        known = self._known
        if known is None or known[0] != stamp:
            known = self._known = (stamp, settings(self._database, policy=self._policy, own=self._own))
        return known[1]


def use_mozilla(database: Path, use: bool) -> None:
    """From now on, trust Mozilla's roots for mail, or do not."""
    with Store.open(database) as store:
        store.set_setting(MOZILLA, use)


def use_system(database: Path, use: bool) -> None:
    """From now on, trust the roots of this computer's operating system for mail, or do not."""
    with Store.open(database) as store:
        store.set_setting(SYSTEM, use)


def use_revocation(database: Path, mode: Mode) -> None:
    """From now on, want to know as much about withdrawal."""
    with Store.open(database) as store:
        store.set_setting(REVOCATION, mode.value)


def forget_fetched(database: Path) -> int:
    """Throw away what was fetched from the network; how many answers that were."""
    with Store.open(database) as store:
        return fetched.forget(store)


def _mode(value: object, otherwise: Mode) -> Mode:
    return Mode(value) if isinstance(value, str) and value in set(Mode) else otherwise


def given(files: Iterable[Path]) -> list[Anchor]:
    """The anchors in certificate files (PEM, DER, PKCS#7)."""
    return [
        Anchor(certificate, "argument")
        for file in files
        for certificate in certificates_of(file.read_bytes(), file.name)
    ]


def add(database: Path, file: Path, note: str = "", now: datetime | None = None) -> list[tuple[Certificate, bool]]:
    """Keep every certificate of a file as an anchor; with each, whether it is new."""
    certificates = certificates_of(file.read_bytes(), file.name)
    with Store.open(database) as store:
        when = now or datetime.now(UTC)
        return [(each, store.add_anchor(each.der, note, when, digest(each.subject_dn.normal))) for each in certificates]


def kept(database: Path) -> list[tuple[StoredAnchor, Certificate | None]]:
    """The user's anchors, oldest first; no certificate where it cannot be decoded any more."""
    with Store.read(database) as store:
        return [(each, _decoded(each)) for each in store.anchors()]


def remove(database: Path, sha256_prefix: str) -> tuple[StoredAnchor, Certificate | None]:
    """Forget one anchor. Raises `AnchorNotKept` or `AnchorAmbiguous`."""
    with Store.open(database) as store:
        removed = store.remove_anchor(sha256_prefix)
    return removed, _decoded(removed)


def _changed(policy: Path | None) -> tuple[int, int] | None:
    try:
        state = policy.stat() if policy else None
    except OSError:
        return None
    return (state.st_mtime_ns, state.st_size) if state else None


def _decoded(kept: StoredAnchor) -> Certificate | None:
    try:
        return Certificate.parse(kept.der)
    except CertificateUndecodable:
        return None
