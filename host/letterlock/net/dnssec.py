"""What DNSSEC proves (RFC 4033, RFC 4035 §5): records whose signatures lead to the root's key, checked here.

Only that something *is* in the DNS is ever needed here, never that it is not: a denial that cannot be proven and one
that can both end in "nothing was found". So every zone is reached from below, by the signer that a signature names,
and no NSEC record is looked at. Whether a resolver on the way says that it has checked does not matter.

`dnspython` is the library (an optional part): the one kept DNS library in Python, and it checks the single signature.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from letterlock import limits
from letterlock.net.failures import DnsNothingFound, DnsNotProven, DnssecMissing, FetchFailure

Message = Any
RRset = Any
"""dnspython's, which is loaded only when something is asked."""

ROOT_ANCHORS = (
    "20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D",
    "38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16",
)
"""The root zone's key signing keys of 2017 and 2024, as DS records (IANA, root-anchors.xml)."""

Ask = Callable[[Any, Any], Message]
"""Asks somebody who knows for a name and a type, with the signatures; raises `FetchFailure`."""


def library() -> Any:
    """dnspython. Raises `DnssecMissing`."""
    try:
        import dns.dnssec
        import dns.name
        import dns.rdatatype
        import dns.rrset
    except ImportError:
        raise DnssecMissing("DNS") from None
    return dns


class Validator:
    """Finds records and the chain of signatures above them; what was confirmed once is remembered.

    Args:
        ask: how to ask.
        anchors: DS records of zones whose keys are known beforehand, by the zone's name.
        now: seconds since 1970, for the validity of signatures.
    """

    def __init__(self, ask: Ask, anchors: dict[str, Sequence[str]] | None = None, now: float | None = None) -> None:
        self._dns = dns = library()
        self._ask = ask
        self._now = time.time() if now is None else now
        self._anchors = {
            dns.name.from_text(zone): dns.rrset.from_text_list(zone, 0, "IN", "DS", list(records))
            for zone, records in (anchors or {".": ROOT_ANCHORS}).items()
        }
        self._keys: dict[Any, Any] = {}
        self._questions = 0

    def records(self, name: str, kind: str) -> list[Any]:
        """The records of a name, aliases (CNAME) followed, each signed.

        Raises:
            DnsNothingFound: there are none.
            DnsNotProven: what came is not signed as it must be.
            FetchFailure: nobody answered.
        """
        dns = self._dns
        try:
            wanted, type_ = dns.name.from_text(name), dns.rdatatype.from_text(kind)
            for _ in range(limits.DNS_ALIASES + 1):
                answer = self._asked(wanted, type_)
                found = _of(answer, wanted, type_)
                if found is not None:
                    self._confirm(answer, found)
                    return list(found)
                alias = _of(answer, wanted, dns.rdatatype.CNAME)
                if alias is None:
                    break
                self._confirm(answer, alias)
                wanted = alias[0].target
            raise DnsNothingFound(name)
        except FetchFailure:
            raise
        except (dns.exception.DNSException, ValueError, IndexError, AttributeError) as error:
            # Names and records that an attacker wrote, in a library with many ways to say that they are wrong.
            raise DnsNotProven(name, type(error).__name__) from None

    def _asked(self, name: Any, type_: Any) -> Message:
        self._questions += 1
        if self._questions > limits.DNS_QUESTIONS:
            raise DnsNotProven(name.to_text(), "too many zones")
        return self._ask(name, type_)

    def _confirm(self, answer: Message, found: RRset) -> None:
        """That a signature over these records is by the keys of a zone that leads to an anchor."""
        dns = self._dns
        signatures = _of(answer, found.name, dns.rdatatype.RRSIG, found.rdtype)
        if signatures is None:
            raise DnsNotProven(found.name.to_text(), "not signed")
        labels = len(found.name.labels) - 1
        signers = {each.signer for each in signatures if found.name.is_subdomain(each.signer)}
        for signer in sorted(signers):
            own = signer == found.name
            # A parent vouches for a child's keys (DS); everything else a zone signs itself.
            if found.rdtype == dns.rdatatype.DS and own:
                continue
            usable = [each for each in signatures if each.signer == signer and each.labels == labels]
            if not usable:
                # Fewer labels: made from a wildcard, which counts only with a proof that the name itself is not there.
                continue
            chosen = dns.rrset.from_rdata_list(found.name, signatures.ttl, usable[: limits.DNS_SIGNATURES])
            try:
                dns.dnssec.validate(found, chosen, {signer: self._zone(signer)}, now=self._now)
            except dns.dnssec.ValidationFailure:
                continue
            return
        raise DnsNotProven(found.name.to_text(), "the signature does not fit")

    def _zone(self, zone: Any) -> RRset:
        """The keys of a zone, confirmed by its parent or an anchor."""
        if zone in self._keys:
            return self._keys[zone]
        dns = self._dns
        trusted = self._anchors.get(zone)
        if trusted is None:
            if zone == dns.name.root:
                raise DnsNotProven(zone.to_text(), "no anchor")
            answer = self._asked(zone, dns.rdatatype.DS)
            trusted = _of(answer, zone, dns.rdatatype.DS)
            if trusted is None:
                raise DnsNotProven(zone.to_text(), "not signed")
            self._confirm(answer, trusted)
        answer = self._asked(zone, dns.rdatatype.DNSKEY)
        keys = _of(answer, zone, dns.rdatatype.DNSKEY)
        signatures = None if keys is None else _of(answer, zone, dns.rdatatype.RRSIG, dns.rdatatype.DNSKEY)
        if keys is None or signatures is None or len(keys) > limits.DNS_KEYS:
            raise DnsNotProven(zone.to_text(), "no keys")
        vouched = [key for key in keys if any(self._fits(zone, key, each) for each in trusted)]
        if not vouched:
            raise DnsNotProven(zone.to_text(), "the parent vouches for none of its keys")
        entry = dns.rrset.from_rdata_list(zone, keys.ttl, vouched)
        tags = {dns.dnssec.key_id(key) for key in vouched}
        own = [each for each in signatures if each.signer == zone and each.key_tag in tags][: limits.DNS_SIGNATURES]
        if not own:
            raise DnsNotProven(zone.to_text(), "its keys are not signed")
        dns.dnssec.validate(keys, dns.rrset.from_rdata_list(zone, keys.ttl, own), {zone: entry}, now=self._now)
        self._keys[zone] = keys
        return keys

    def _fits(self, zone: Any, key: Any, vouching: Any) -> bool:
        dns = self._dns
        # RFC 4034 §2.1.1: the zone key flag; RFC 5011 §7: a revoked key vouches for nothing.
        if not key.flags & 0x0100 or key.flags & 0x0080 or key.protocol != 3:
            return False
        if dns.dnssec.key_id(key) != vouching.key_tag or key.algorithm != vouching.algorithm:
            return False
        try:
            return bool(dns.dnssec.make_ds(zone, key, vouching.digest_type, validating=True) == vouching)
        except (dns.dnssec.UnsupportedAlgorithm, dns.exception.DNSException):
            return False


def _of(answer: Message, name: Any, type_: Any, covers: Any = None) -> RRset:
    dns = library()
    covered = dns.rdatatype.TYPE0 if covers is None else covers
    return answer.get_rrset(answer.answer, name, dns.rdataclass.IN, type_, covered)
