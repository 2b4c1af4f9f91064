"""Receipts, labels and mailing lists as they are written down (RFC 2634): read whole, in part, damaged, too large."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from letterlock import limits
from letterlock.cms import der, ess
from letterlock.cms.attributes import Attribute
from letterlock.cms.failures import CmsFailure, CmsMalformed
from letterlock.cms.oids import encoded
from tests.fuzz import proof

SEEDS = dict(proof.seeds())
READERS: dict[str, Callable[[bytes], object]] = {
    "ess-receipt": ess.Receipt.parse,
    "ess-request": ess.ReceiptRequest.parse,
    "ess-listed": ess.ReceiptRequest.parse,
    "ess-label": ess.SecurityLabel.parse,
    "ess-history": lambda octets: ess.expansions([Attribute(ess.MAIL_LIST_HISTORY, (octets,))]),
}


def names(*addresses: str) -> bytes:
    return der.value(0x30, b"".join(der.value(0x81, each.encode()) for each in addresses))


def request(*, identifier: bytes = b"id", wanted: bytes = b"\x80\x01\x00", to: bytes = b"") -> bytes:
    return der.value(0x30, der.value(0x04, identifier) + wanted + der.value(0x30, to or names("a@b.example")))


@pytest.mark.parametrize("name", READERS)
def test_what_is_cut_off_is_refused(name: str) -> None:
    """Every start of each, and each with something behind it."""
    octets, read = SEEDS[name], READERS[name]
    assert read(octets)
    for end in range(len(octets)):
        with pytest.raises(CmsFailure):
            read(octets[:end])
    with pytest.raises(CmsFailure):
        read(octets + b"\0")


@pytest.mark.parametrize("name", READERS)
def test_every_other_octet_is_another_meaning_or_refused(name: str) -> None:
    """No change of an octet is passed over, but where the standard has things that nobody is told of."""
    octets, read = SEEDS[name], READERS[name]
    good, same = read(octets), []
    for place in range(len(octets)):
        for bit in (1, 0x20, 0x80):
            changed = octets[:place] + bytes([octets[place] ^ bit]) + octets[place + 1 :]
            try:
                if read(changed) == good:
                    same.append(place)
            except CmsFailure:
                continue
    # A category's value, and which list it was, by the identifier of its key.
    assert len(set(same)) <= 12, same


def test_a_request_as_it_is_read() -> None:
    """From everybody, from those whom no list came between, from some; to several, each with several names."""
    asked = ess.ReceiptRequest.parse(request(to=names("a@b.example", "A@b.example") + names("c@d.example")))
    assert (asked.from_everybody, asked.first_tier) == (True, False)
    assert asked.to == ("a@b.example", "A@b.example", "c@d.example")
    first = ess.ReceiptRequest.parse(request(wanted=b"\x80\x01\x01"))
    assert (first.from_everybody, first.first_tier) == (True, True)
    some = ess.ReceiptRequest.parse(request(wanted=der.value(0xA1, names("e@f.example"))))
    assert (some.from_everybody, some.from_addresses) == (False, ("e@f.example",))
    other = der.value(0x30, der.value(0x82, b"host.example"))
    assert ess.ReceiptRequest.parse(request(to=other)).to == (), "whoever has no mail address gets no mail"


@pytest.mark.parametrize(
    "octets",
    [
        request(wanted=b"\x80\x01\x02"),
        request(wanted=b"\x80\x00"),
        request(wanted=b"\xa2\x00"),
        request(wanted=b"\x80\x02\x00\x00"),
        der.value(0x30, der.value(0x04, b"id") + b"\x80\x01\x00" + der.value(0x30, b"")),
        der.value(0x30, der.value(0x0C, b"id") + b"\x80\x01\x00" + der.value(0x30, names("a@b"))),
        der.value(0x30, der.value(0x04, b"id") + b"\x80\x01\x00"),
        request(to=names(*["a@b.example"] * (limits.NAMES_OF_ENTITY + 1))),
        request(to=names("a@b.example") * (limits.RECEIPTS_TO + 1)),
        request(wanted=der.value(0xA1, names("a@b.example") * (limits.RECEIPTS_FROM + 1))),
        b"\x05\x00",
    ],
)
def test_what_is_no_request(octets: bytes) -> None:
    """Another choice, another type, nobody to send it to, or more than the standard has."""
    with pytest.raises(CmsMalformed):
        ess.ReceiptRequest.parse(octets)


def test_addresses_with_other_letters() -> None:
    """As RFC 9598 has them; another kind of name is left out, a damaged one is refused."""
    ours = ess.ReceiptRequest.asking(b"x", ["jürg@müller.example"], ["anna@muster.example"])
    assert ess.ReceiptRequest.parse(ours.encoded) == ours
    upn = der.value(0xA0, encoded("1.3.6.1.4.1.311.20.2.3") + der.value(0xA0, b"\x0c\x01x"))
    assert ess.ReceiptRequest.parse(request(to=der.value(0x30, upn))).to == ()
    for wrong in (b"", der.value(0xA0, b""), der.value(0xA0, b"\x05\x00")):
        name = der.value(0xA0, encoded("1.3.6.1.5.5.7.8.9") + wrong)
        with pytest.raises(CmsMalformed):
            ess.ReceiptRequest.parse(request(to=der.value(0x30, name)))


@pytest.mark.parametrize("from_", [[], ["bea@muster.example", "carl@muster.example"]])
def test_a_request_of_ours(from_: list[str]) -> None:
    """Is read as it was meant, and stands in the set that OpenSSL reads (`test_receipts`)."""
    ours = ess.ReceiptRequest.asking(b"identifier", ["anna@muster.example"], from_)
    assert ess.ReceiptRequest.parse(ours.encoded) == ours
    assert ours.attribute() == der.value(0x30, encoded(ess.RECEIPT_REQUEST) + der.value(0x31, ours.encoded))


def test_asked_twice_is_not_asked() -> None:
    """Two attributes, or two values: which one would count?"""
    one = Attribute(ess.RECEIPT_REQUEST, (request(),))
    assert ess.receipt_request([one]) is not None
    assert ess.receipt_request([]) is ess.receipt_request(None) is None
    for several in ([one, one], [Attribute(ess.RECEIPT_REQUEST, (request(), request()))], [Attribute(one.oid, ())]):
        with pytest.raises(CmsMalformed):
            ess.receipt_request(several)
    for none in ([], [Attribute(ess.MESSAGE_SIGNATURE_DIGEST, (b"\x05\x00",))]):
        with pytest.raises(CmsMalformed):
            ess.message_signature_digest(none)


def test_lists_on_the_way() -> None:
    """The first one first; a time that is none is left out, a policy that is none is not passed over."""

    def history(*policies: bytes, at: bytes = b"20261124120000Z") -> list[Attribute]:
        lists = [der.value(0x30, der.value(0x04, b"k") + der.value(0x18, at) + each) for each in policies]
        return [Attribute(ess.MAIL_LIST_HISTORY, (der.value(0x30, b"".join(lists)),))]

    added = der.value(0xA2, names("x@y.example"))
    found = ess.expansions(history(b"", b"\x80\x00", der.value(0xA1, names("x@y.example")), added))
    assert [each.policy for each in found] == [None, "none", "instead", "in_addition"]
    assert found[3].addresses == ("x@y.example",)
    assert found[0].at == datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert ess.expansions(history(b"", at=b"yesterday"))[0].at is None
    for wrong in (history(b"\x83\x00"), history(*[b""] * (limits.LIST_EXPANSIONS + 1))):
        with pytest.raises(CmsMalformed):
            ess.expansions(wrong)


def test_a_large_receipt_is_refused_unread() -> None:
    """The longest real one has some five thousand octets."""
    large = ess.Receipt("1.2.840.113549.1.7.1", b"x", bytes(limits.RECEIPT_OCTETS)).encode()
    with pytest.raises(CmsMalformed):
        ess.Receipt.parse(large)


def test_a_mark_is_cut() -> None:
    """It has no bound in the standard."""
    long = der.value(0x31, b"\x06\x01\x2a" + der.value(0x0C, b"x" * 100_000))
    assert len(ess.SecurityLabel.parse(long).mark) == limits.LABEL_MARK_OCTETS
