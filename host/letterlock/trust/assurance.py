"""What a public authority says it checked before it named somebody: the policies of the S/MIME Baseline Requirements.

    {joint-iso-itu-t(2) international-organizations(23) ca-browser-forum(140) certificate-policies(1)
     smime-baseline(5) kind generation}                                                       -- S/MIME BR §7.1.6.1

Such a policy is only the authority's own word, so it is told for valid paths only, and it decides nothing.
"""

from __future__ import annotations

from letterlock.errors import Reason
from letterlock.trust.certificate import Certificate

_SMIME_BASELINE = "2.23.140.1.5."
_GENERATIONS = {"1": "legacy", "2": "multipurpose", "3": "strict"}


class Assurance(Reason):
    """What was checked; `generation` is how strict the rules for the certificate's form are."""

    issuer: str
    subject: str
    generation: str


class MailboxValidated(Assurance):
    """Only that the holder can receive mail at the address."""

    code = "assurance_mailbox"


class OrganisationValidated(Assurance):
    """The organisation, and that the address is its own."""

    code = "assurance_organisation"


class SponsorValidated(Assurance):
    """The organisation, which vouches for the person named."""

    code = "assurance_sponsor"


class IndividualValidated(Assurance):
    """The identity of the person named."""

    code = "assurance_individual"


_KINDS: dict[str, type[Assurance]] = {
    "1": MailboxValidated,
    "2": OrganisationValidated,
    "3": SponsorValidated,
    "4": IndividualValidated,
}


def assurance(certificate: Certificate) -> Assurance | None:
    """What the certificate's policies say; None where they say nothing, or several different things.

    S/MIME BR §7.1.6.1 has exactly one of these policies in a certificate.
    """
    found = [each for each in certificate.extensions.policies or () if each.startswith(_SMIME_BASELINE)]
    if len(found) != 1:
        return None
    kind, _, generation = found[0].removeprefix(_SMIME_BASELINE).partition(".")
    if kind not in _KINDS or generation not in _GENERATIONS:
        return None
    return _KINDS[kind](certificate.issuer_name, certificate.name, _GENERATIONS[generation])
