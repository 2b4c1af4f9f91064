"""One path, judged: RFC 5280 §6.1 from the anchor down to the signer's certificate.

The signatures were checked by the search, which needs them to find the path at all. Everything else is here, with
the steps of the standard in its order. It does not stop at the first failure: a person wants to know all of them,
and `reasons.RANKING` says which one is told first. Revocation (§6.3) is the business of `path`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from letterlock import limits
from letterlock.errors import Reason
from letterlock.trust.algorithms import Accepted, Strength, weakness
from letterlock.trust.certificate import Certificate
from letterlock.trust.constraints import Constraint, check_names
from letterlock.trust.policies import InitialPolicies, PolicyState
from letterlock.trust.reasons import (
    AnchorExpired,
    AnchorNotYetValid,
    CertificateExpired,
    CertificateMalformed,
    CertificateNotYetValid,
    IssuerMayNotCertify,
    IssuerNotACa,
    KeyUnusable,
    KeyWeak,
    PathLengthExceeded,
    PolicyMappingOfAny,
    PolicyNotAcceptable,
    PublicKeyUnusable,
    SignatureAlgorithmBroken,
    SignatureAlgorithmWeak,
    UnknownCriticalExtension,
)


class Terms(NamedTuple):
    """Everything a judgement depends on besides the certificates."""

    time: datetime
    accepted: Accepted
    policies: InitialPolicies
    spend: Callable[[int], None]
    """Takes the number of name comparisons about to be made; raises when that is too much."""


class Findings:
    """What was found: failures make the path invalid, remarks do not."""

    def __init__(self) -> None:
        self.failures: list[Reason] = []
        self.remarks: list[Reason] = []


def judge(chain: Sequence[Certificate], anchored: bool, terms: Terms) -> Findings:
    """Judge a chain that runs from the signer's certificate upwards.

    Args:
        chain: from the signer's certificate to the anchor, or as far as the search came.
        anchored: whether the last one is an anchor.
        terms: time, and what the reader accepts.
    """
    return _Judgement(terms).run(chain, anchored)


class _Judgement:
    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._found = Findings()
        # §6.1.2 (b) (c): permitted and excluded subtrees. (k): max_path_length, and who set it.
        self._constraints: list[Constraint] = []
        self._max_path_length: int | None = None
        self._path_length_by = ("", 0)

    def run(self, chain: Sequence[Certificate], anchored: bool) -> Findings:
        if anchored and len(chain) == 1:
            # The signer's own certificate is the anchor: a path without links. Its days still count.
            self._dates(chain[0])
            return self._found
        downwards = list(reversed(chain))
        if anchored:
            anchor = downwards.pop(0)
            self._anchor(anchor, downwards[0])
        policies = PolicyState(self._terms.policies, len(downwards))
        policies_hold = True
        for position, certificate in enumerate(downwards):
            last = position == len(downwards) - 1
            self._basics(certificate)
            if last or not certificate.self_issued:
                found = check_names(certificate, self._constraints, self._terms.spend)
                self._found.failures += islice(found, limits.REASONS_OF_A_KIND)
            policies_hold = policies.process(certificate, last=last) and policies_hold
            if last:
                policies_hold = policies.conclude(certificate) and policies_hold
                break
            if not policies.prepare(certificate):
                self._fail(PolicyMappingOfAny(certificate.name))
            self._authority(certificate, downwards[position + 1])
        if not policies_hold:
            self._fail(PolicyNotAcceptable(chain[0].name))
        return self._found

    def _anchor(self, anchor: Certificate, below: Certificate) -> None:
        # RFC 5280 takes only name and key of the anchor. Ours are certificates, and their restrictions are
        # honoured as RFC 5937 §3.2 describes: what its owner forbade to itself, it shall not do for us. Policies
        # are not taken from it.
        if self._terms.time < anchor.not_before:
            self._fail(AnchorNotYetValid(anchor.name, anchor.not_before, self._terms.time))
        elif self._terms.time > anchor.not_after:
            self._fail(AnchorExpired(anchor.name, anchor.not_after, self._terms.time))
        self._understood(anchor)
        self._may_certify(anchor, below)
        self._pass_on(anchor)

    def _basics(self, certificate: Certificate) -> None:
        """§6.1.3 (a) without revocation; §6.1.4 (o) and §6.1.5 (e)."""
        algorithm = certificate.signature_algorithm
        if not certificate.same_algorithm_inside:
            self._fail(CertificateMalformed(certificate.name, "signatureAlgorithm"))
        if algorithm and algorithm.strength is Strength.BROKEN:
            self._fail(SignatureAlgorithmBroken(certificate.name, algorithm.name))
        elif algorithm and algorithm.strength is Strength.WEAK:
            weak = SignatureAlgorithmWeak(certificate.name, algorithm.name)
            (self._found.remarks if self._terms.accepted.weak_algorithms else self._found.failures).append(weak)
        self._dates(certificate)
        self._understood(certificate)

    def _dates(self, certificate: Certificate) -> None:
        # §4.1.2.5: both ends are inclusive.
        time = self._terms.time
        if time < certificate.not_before:
            self._fail(CertificateNotYetValid(certificate.name, certificate.not_before, time))
        elif time > certificate.not_after:
            self._fail(CertificateExpired(certificate.name, certificate.not_after, time))

    def _understood(self, certificate: Certificate) -> None:
        for part in certificate.extensions.malformed[: limits.REASONS_OF_A_KIND]:
            self._fail(CertificateMalformed(certificate.name, part))
        for extension in certificate.extensions.unknown_critical[: limits.REASONS_OF_A_KIND]:
            self._fail(UnknownCriticalExtension(certificate.name, extension))

    def _authority(self, certificate: Certificate, below: Certificate) -> None:
        """§6.1.4 (g) and (k) to (n): `certificate` issued `below`."""
        self._may_certify(certificate, below)
        if not certificate.self_issued and self._max_path_length is not None:  # (l)
            if self._max_path_length <= 0:
                self._fail(PathLengthExceeded(*self._path_length_by))
            self._max_path_length -= 1
        self._pass_on(certificate)

    def _may_certify(self, issuer: Certificate, below: Certificate) -> None:
        # (k) Version 1 and 2 certificates cannot say that they are authorities. RFC 5280 allows to know it by other
        # means; we know none. NOTE: this holds for anchors too, or the holder of any pinned certificate could
        # certify everybody else (test_trust_path: a pinned person is not an authority).
        # An extension that cannot be read has been reported as such, and is not reported as missing too.
        constraints = issuer.basic_constraints
        is_ca = issuer.version == 3 and constraints is not None and constraints.ca
        if not is_ca and "basic_constraints" not in issuer.extensions.malformed:
            self._fail(IssuerNotACa(below.name, issuer.name))
        if issuer.key_usage is not None and "keyCertSign" not in issuer.key_usage:  # (n)
            self._fail(IssuerMayNotCertify(below.name, issuer.name))
        try:
            key = issuer.public_key()
        except PublicKeyUnusable as unusable:
            self._fail(KeyUnusable(unusable.subject, unusable.key))
            return
        minimum = weakness(key, self._terms.accepted)
        if minimum is not None:
            self._fail(KeyWeak(issuer.name, issuer.key, minimum))

    def _pass_on(self, issuer: Certificate) -> None:
        constraints = issuer.basic_constraints
        allowed = constraints.path_length if constraints else None
        if allowed is not None and (self._max_path_length is None or allowed < self._max_path_length):  # (m)
            self._max_path_length = allowed
            self._path_length_by = (issuer.name, allowed)
        if issuer.extensions.name_constraints:  # (g)
            self._constraints.append(Constraint(issuer.name, issuer.extensions.name_constraints))

    def _fail(self, reason: Reason) -> None:
        self._found.failures.append(reason)
