"""What is claimed of anything that is read about receipts, labels, mailing lists and the journal, and seeds for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime

from letterlock.errors import LetterlockError

_TIME = datetime(2026, 11, 24, tzinfo=UTC)


def ess(data: bytes) -> None:
    """Octets are what RFC 2634 has, or refused; what is read is bounded, and a receipt is written as it was read."""
    from letterlock import limits
    from letterlock.cms import ess as reading
    from letterlock.cms.attributes import Attribute

    with suppress(LetterlockError):
        assert reading.Receipt.parse(data).encode() == data
    with suppress(LetterlockError):
        request = reading.ReceiptRequest.parse(data)
        assert len(request.to) <= limits.RECEIPTS_TO * limits.NAMES_OF_ENTITY
        assert len(request.from_addresses) <= limits.RECEIPTS_FROM * limits.NAMES_OF_ENTITY
        assert not (request.from_everybody and request.from_addresses)
        assert request.from_everybody or not request.first_tier
        if request.to and all(each.isprintable() for each in (*request.to, *request.from_addresses)):
            again = reading.ReceiptRequest.asking(request.identifier, request.to[:16], request.from_addresses)
            assert reading.ReceiptRequest.parse(again.encoded).identifier == request.identifier
    with suppress(LetterlockError):
        label = reading.SecurityLabel.parse(data)
        assert label.classification is None or 0 <= label.classification <= 256
        assert len(label.categories) <= limits.LABEL_CATEGORIES
    for oid in (reading.RECEIPT_REQUEST, reading.SECURITY_LABEL, reading.MAIL_LIST_HISTORY):
        alone, twice = [Attribute(oid, (data,))], [Attribute(oid, (data, data))]
        for read in (reading.receipt_request, reading.security_label, reading.expansions):
            with suppress(LetterlockError):
                read(alone)
            with suppress(LetterlockError):
                assert not read(twice), "which of two values would count?"


def journal(data: bytes) -> None:
    """Whatever stands in the database, the journal is whole or something is said, and nothing is raised."""
    from letterlock.evidence import journal as reading
    from letterlock.evidence.journal import End, Kind
    from letterlock.operations.journal import Details
    from letterlock.store.journal import EntryRow

    end = End.parse(data)
    assert end is None or end.text() == data
    assert Details.decode(data) is None or isinstance(Details.decode(data), Details)
    text = data.decode("utf-8", "replace")
    changed = EntryRow(1, text[:20], text[20:40], text[40:], text[:64], text[:64], data, None)
    reading.facts(changed)
    assert list(reading.check("x", [changed])), "nobody guesses a digest"
    good = reading.row("x", None, _TIME, Kind.SENT, {"signature": "m", "text": text}, "m")
    assert not list(reading.check("x", [good]))
    assert reading.facts(good)["text"] == text
    with_object = good._replace(object=data)
    assert list(reading.check("x", [with_object]))


def seeds() -> Iterator[tuple[str, bytes]]:
    """A receipt, a request of each kind, a label, a history, and an end."""
    from letterlock.cms import der
    from letterlock.cms import ess as writing
    from letterlock.evidence.journal import End

    request = writing.ReceiptRequest.asking(b"identifier", ["anna@muster.example"])
    listed = writing.ReceiptRequest.asking(b"identifier", ["anna@muster.example"], ["bea@muster.example"])
    names = der.value(0x30, der.value(0x81, b"list@muster.example"))
    expansion = der.value(0x04, b"key") + der.value(0x18, b"20261124120000Z") + der.value(0xA1, names)
    category = der.value(0x30, der.value(0x80, b"\x2a\x03") + der.value(0xA1, b"\x05\x00"))
    label = b"\x02\x01\x03" + b"\x06\x03\x2a\x03\x04" + der.value(0x0C, b"for us") + der.value(0x31, category)
    yield "ess-receipt", writing.Receipt("1.2.840.113549.1.7.1", b"identifier", bytes(64)).encode()
    yield "ess-request", request.encoded
    yield "ess-listed", listed.encoded
    yield "ess-label", der.value(0x31, label)
    yield "ess-history", der.value(0x30, der.value(0x30, expansion) * 2)
    yield "journal-end", End("0" * 32, 17, "f" * 64).text()
