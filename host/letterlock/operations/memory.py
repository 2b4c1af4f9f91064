"""What this computer remembers of mail: when a signed message was first opened, and with which keys people sign.

The first opening is a time that no sender can choose: a certificate that was good then stays good for this message.
A change of key is said in the verdict, never silently accepted. The authorities between a trusted signer and an anchor
are kept, so that a mail which comes without them can be judged, privately, without asking anybody. All of it lives in
the user's database; what is kept are digests, addresses, and names and certificates of authorities, of no person and
no content. The command line neither reads nor writes it unless told.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from letterlock import limits
from letterlock.errors import LetterlockError, Reason
from letterlock.operations.reasons import FirstContact, SignerKeyChanged, SignerKnown, SignerNewAuthority, SignerRenewed
from letterlock.store import issuers as kept_issuers
from letterlock.store.database import KnownSigner, Store
from letterlock.trust.certificate import Certificate
from letterlock.trust.names import Normal, digest
from letterlock.trust.reasons import CertificateUndecodable

if TYPE_CHECKING:
    from letterlock.operations.signers import SignerResult
    from letterlock.operations.trust import TrustSettings

Answer = TypeVar("Answer")


class Memory:
    """The memory in one database. Every method raises as `Store.open`."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._answers: tuple[object, dict[object, Any]] = (None, {})
        """The database's stamp, and what was answered since it last changed: people read a mail more than once."""

    def first_opened(self, message_sha256: str, now: datetime) -> datetime:
        """When the message was first opened here: `now`, if it is for the first time."""

        def ask() -> datetime:
            with Store.open(self._database) as store:
                return store.first_opened(message_sha256, now)

        return self._answered(message_sha256, ask)

    def contacts(
        self, certificate: Certificate, addresses: Iterable[str], at: datetime, issuers: Sequence[Certificate] = ()
    ) -> list[Reason]:
        """How this signer compares with earlier ones of the same addresses, who is then remembered.

        Args:
            certificate: of a signer who is trusted and whom nothing speaks against.
            addresses: the From addresses that the certificate names.
            at: when the message was first opened. Only what was seen before counts, so that the answer for a message
                stays the same however often it is opened.
            issuers: the authorities between the signer and the anchor, kept for mail that comes without them.
        """
        named = tuple(addresses)

        def ask() -> list[Reason]:
            signer = KnownSigner(hashlib.sha256(certificate.key_der).hexdigest(), certificate.issuer, at)
            said: list[Reason] = []
            with Store.open(self._database) as store:
                for address in named:
                    name = address.lower()
                    before = [each for each in store.signers(name) if each.first < at]
                    said.append(_compared(address, certificate, signer, before))
                    store.remember_signer(name, signer)
                if issuers:
                    kept_issuers.keep(store, ((digest(each.subject_dn.normal), each.der) for each in issuers), at)
            return said

        return self._answered((certificate.sha256, named, at), ask)

    def bearing(self, name: Normal) -> list[Certificate]:
        """The kept authorities of that name. None where the database cannot be read: that is said elsewhere."""

        def ask() -> list[Certificate]:
            with Store.read(self._database) as store:
                found = kept_issuers.bearing(store, digest(name))
            return [certificate for der in found if (certificate := _decoded(der))]

        try:
            return self._answered(("bearing", name), ask)
        except LetterlockError:
            return []

    def learn(self, result: SignerResult, trust: TrustSettings, now: datetime) -> None:
        """Keep what a trusted signer of a valid message offers for answers; raises as `Store.open`."""
        # Only whoever has something to learn pays for it: most signers are known.
        from letterlock.operations import people

        question = ("learned", tuple(result.beside), result.names, now.date())
        self._answered(question, lambda: people.learn(self._database, result, result.beside, trust, now))

    def _answered(self, question: object, ask: Callable[[], Answer]) -> Answer:
        """The answer given before, if nobody wrote into the database since; else a new one. Threads may ask at once."""
        stamp = Store.stamp(self._database)
        if self._answers[0] != stamp or len(self._answers[1]) >= limits.ANSWERS_KEPT:
            self._answers = (stamp, {})
        answers = self._answers[1]
        if question in answers:
            known: Answer = answers[question]
            return known
        answer = ask()
        # An answer that was itself written down is kept the next time it is asked for.
        if Store.stamp(self._database) == stamp:
            answers[question] = answer
        return answer


def _decoded(der: bytes) -> Certificate | None:
    try:
        return Certificate.parse(der)
    except CertificateUndecodable:
        return None


def _compared(address: str, certificate: Certificate, signer: KnownSigner, before: list[KnownSigner]) -> Reason:
    if not before:
        return FirstContact(address)
    same_key = [each for each in before if each.key == signer.key]
    same_issuer = any(each.issuer == signer.issuer for each in before)
    if any(each.issuer == signer.issuer for each in same_key):
        return SignerKnown(address, same_key[0].first)
    if same_key:
        return SignerNewAuthority(address, certificate.issuer_name)
    if same_issuer:
        return SignerRenewed(address, certificate.issuer_name)
    return SignerKeyChanged(address, certificate.issuer_name)
