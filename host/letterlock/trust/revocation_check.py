"""May the signer of a list or an answer speak about this certificate? And with that: the certificate's status.

A list is signed by the certificate's issuer, by another key of it, or by whom the certificate names (RFC 5280 §6.3.3
f). An answer is signed by the issuer or by a responder it appointed (RFC 6960 §4.2.2.2). Such a signer has a
certificate of its own with a path and a status of its own: the checker then comes back to itself, and a signer that
is already being looked at is not looked at again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from letterlock.trust.algorithms import Accepted, SignatureAlgorithm, Strength
from letterlock.trust.certificate import Certificate
from letterlock.trust.names import Normal
from letterlock.trust.reasons import rank
from letterlock.trust.revocation import Evidence, Good, Mode, NotChecked, Revoked, Status
from letterlock.trust.revocation_crl import Crl
from letterlock.trust.revocation_crl import status as status_by_lists
from letterlock.trust.revocation_ocsp import OcspAnswer
from letterlock.trust.revocation_ocsp import status as status_by_answers
from letterlock.trust.signatures import SignatureUncheckable, SignatureWrong, Signed, check, check_signed

OCSP_SIGNING = "1.3.6.1.5.5.7.3.9"

_Result = TypeVar("_Result")

SignerCheck = Callable[[Certificate, Certificate], bool]
"""Whether a path leads from this certificate to this anchor, nothing on it being withdrawn."""


class Checker:
    """Finds the status of certificates in one path search.

    Args:
        evidence: what is at hand.
        mode: how much the reader wants to know; it also holds for the signers of evidence.
        time: the time that counts.
        accepted: algorithms the reader relies on. Evidence signed with a weaker one is no evidence.
        bearing: everybody known who bears a name.
        spend: called before each signature check; raises when that is too much.
        vouched: whether a path leads from a signer of evidence to an anchor.
    """

    def __init__(
        self,
        evidence: Evidence,
        mode: Mode,
        time: datetime,
        accepted: Accepted,
        bearing: Callable[[Normal], Iterable[Certificate]],
        spend: Callable[[], None],
        vouched: SignerCheck,
    ) -> None:
        self._evidence = evidence
        self._mode = mode
        self._time = time
        self._accepted = accepted
        self._bearing = bearing
        self._spend = spend
        self._vouched = vouched
        self._signed: dict[tuple[bytes, bytes], bool] = {}
        self._looked_at: set[bytes] = set()

    def status(self, certificate: Certificate, above: Sequence[Certificate]) -> Status:
        """The status of `certificate`, given the certificates above it up to the anchor."""
        by_answers = status_by_answers(
            certificate,
            above[0],
            self._evidence.answers,
            self._time,
            lambda answer, vouching: self._answer(answer, above, vouching),
        )
        if isinstance(by_answers, Revoked):
            return by_answers
        by_lists = status_by_lists(certificate, self._evidence.crls, self._time, lambda crl: self._list(crl, above))
        if isinstance(by_lists, Revoked | Good):
            return by_lists
        if isinstance(by_answers, Good):
            return by_answers
        return min(by_answers, by_lists, key=lambda status: rank(status.why))

    def _list(self, crl: Crl, above: Sequence[Certificate]) -> bool:
        """§6.3.3 (f) and (g)."""
        name = crl.issuer.normal
        for signer in (*(each for each in above if each.subject_dn.normal == name), *self._bearing(name)):
            if signer.key_usage is not None and "cRLSign" not in signer.key_usage:
                continue
            if self._made_by(crl.der, crl.signed, crl.algorithm, signer) and self._may_speak(signer, above):
                return True
        return False

    def _may_speak(self, signer: Certificate, above: Sequence[Certificate]) -> bool:
        if any(signer.key_der == each.key_der and signer.subject_dn.normal == each.subject_dn.normal for each in above):
            # Its own certificate is in the path and judged there.
            return True
        if signer.der in self._looked_at:
            # The list that would tell about its own signer. There is nobody else to ask: if it does not name its
            # signer as withdrawn, it holds (NIST PKITS 4.14.30 has such a list).
            return True
        return self._while_looking_at(signer, lambda: self._vouched(signer, above[-1]))

    def _answer(self, answer: OcspAnswer, above: Sequence[Certificate], vouching: bool) -> bool:
        """RFC 6960 §4.2.2.2: signed by the issuer itself, or by somebody it appointed directly.

        The responder's certificate must hold on the day it says it answered, and to vouch for somebody also at the
        time that counts: whoever gets at the old key of a responder (with nocheck nobody can withdraw it) chooses
        that day. A withdrawal is believed all the same; it can only be told too often.
        """
        issuer = above[0]
        if answer.is_from(issuer) and self._made_by(answer.der, answer.signed, answer.algorithm, issuer):
            return True
        return any(
            answer.is_from(responder)
            and not (vouching and self._time > responder.not_after)
            and self._appointed(responder, issuer, answer.produced_at)
            and self._made_by(answer.der, answer.signed, answer.algorithm, responder)
            and self._still_appointed(responder, above)
            for responder in answer.certificates
        )

    def _appointed(self, responder: Certificate, issuer: Certificate, when: datetime) -> bool:
        usage, extensions = responder.key_usage, responder.extensions
        if (
            OCSP_SIGNING not in (responder.purposes or ())
            or (usage is not None and not usage & {"digitalSignature", "nonRepudiation"})
            or extensions.malformed
            or extensions.unknown_critical
            or responder.issuer_dn.normal != issuer.subject_dn.normal
            or not responder.not_before <= when <= responder.not_after
            or not self._strong(responder.signature_algorithm)
        ):
            return False
        self._spend()
        try:
            check(responder, issuer)
        except (SignatureWrong, SignatureUncheckable):
            return False
        return True

    def _still_appointed(self, responder: Certificate, above: Sequence[Certificate]) -> bool:
        """§4.2.2.2.1: a responder with nocheck is trusted for its lifetime; others may be withdrawn themselves."""
        if responder.extensions.no_revocation_check:
            return True
        if responder.der in self._looked_at:
            return False
        status = self._while_looking_at(responder, lambda: self.status(responder, above))
        match status:
            case Revoked(at, _):
                return at > self._time
            case NotChecked():
                return self._mode is not Mode.STRICT
        return True

    def _while_looking_at(self, signer: Certificate, look: Callable[[], _Result]) -> _Result:
        self._looked_at.add(signer.der)
        try:
            return look()
        finally:
            self._looked_at.discard(signer.der)

    def _made_by(self, der: bytes, signed: Signed, algorithm: SignatureAlgorithm | None, signer: Certificate) -> bool:
        if algorithm is None or not self._strong(algorithm):
            return False
        pair = (der, signer.key_der)
        if pair not in self._signed:
            self._spend()
            try:
                check_signed(signed, algorithm, signer, signer.name)
                self._signed[pair] = True
            except (SignatureWrong, SignatureUncheckable):
                self._signed[pair] = False
        return self._signed[pair]

    def _strong(self, algorithm: SignatureAlgorithm | None) -> bool:
        if algorithm is None or algorithm.strength is Strength.BROKEN:
            return False
        return algorithm.strength is Strength.STRONG or self._accepted.weak_algorithms
