"""Withdrawal over the network: who is asked, who is not, what is kept, and what the verdict says in the end."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp

from letterlock.errors import Cancelled
from letterlock.net.rules import Rules
from letterlock.operations.online import Online
from letterlock.operations.open import OpenedMessage, Opening
from letterlock.operations.trust import TrustSettings
from letterlock.trust.revocation import Mode
from tests.net import servers
from tests.net.servers import Server, answer, redirect
from tests.patience import PAUSE
from tests.published import DAY, HASTY, HERE, NOW, Publisher


@pytest.fixture
def publisher(tmp_path: Path) -> Iterator[Publisher]:
    """Who publishes lists only, as most authorities for mail do."""
    with Publisher(tmp_path / "authority") as running:
        yield running


@pytest.fixture
def online(tmp_path: Path) -> Online:
    return Online(tmp_path / "letterlock.sqlite")


def opened(mail: bytes, settings: TrustSettings, online: Online | None, at: datetime | None = None) -> OpenedMessage:
    opening = Opening(settings, at, online=online)
    opening.feed(mail)
    return opening.close()


def finished(mail: bytes, settings: TrustSettings, online: Online) -> OpenedMessage:
    """Opened, looked for, renewed."""
    message = opened(mail, settings, online)
    message.renew(message.find())
    return message


def codes(message: OpenedMessage) -> list[str]:
    return [reason.code for reason in message.verdict.reasons]


def status(message: OpenedMessage) -> str:
    return message.verdict.signature.status.value


# --- Asked, and answered ---


def test_the_verdict_comes_at_once_and_is_renewed(publisher: Publisher, online: Online) -> None:
    """Opening asks nobody and says that it is being found out; then every certificate is known to be good."""
    message = opened(publisher.mail(), publisher.settings(), online)
    assert (status(message), message.pending) == ("valid", True)
    assert codes(message) == ["revocation_pending"]
    assert publisher.asked() == 0
    message.renew(message.find())
    assert (status(message), message.pending, codes(message)) == ("valid", False, [])
    assert publisher.asked("/ca.crl", "/root.crl") == publisher.asked() == 2


def test_a_withdrawn_certificate_is_noticed(publisher: Publisher, online: Online) -> None:
    """The first verdict was valid; the renewed one says who withdrew it, when and why."""
    publisher.routes["/ca.crl"] = answer(publisher.list(publisher.ca, publisher.anna))
    message = opened(publisher.mail(), publisher.settings(), online)
    assert status(message) == "valid"
    message.renew(message.find())
    assert status(message) == "untrusted"
    assert codes(message)[0] == "certificate_revoked"
    assert "revocation_pending" not in codes(message)
    assert message.parts[0].covered


def test_a_withdrawn_authority_is_noticed(publisher: Publisher, online: Online) -> None:
    """Anna's own certificate is good."""
    publisher.routes["/root.crl"] = answer(publisher.list(publisher.root, publisher.ca))
    assert codes(finished(publisher.mail(), publisher.settings(), online))[0] == "certificate_revoked"


def test_strict_believes_nobody_until_it_is_known(publisher: Publisher, online: Online) -> None:
    """Untrusted, because it is being found out; valid afterwards, or untrusted for what was missing."""
    message = opened(publisher.mail(), publisher.settings(Mode.STRICT), online)
    assert status(message) == "untrusted"
    assert codes(message)[0] == "revocation_pending"
    assert "being found out" in message.verdict.headline.sentence
    message.renew(message.find())
    assert (status(message), codes(message)) == ("valid", [])
    with Publisher(publisher.folder.parent / "other") as other:
        other.routes["/ca.crl"] = answer(b"", status="404 Not Found")
        found = finished(other.mail(), other.settings(Mode.STRICT), online)
        assert status(found) == "untrusted"
        assert codes(found)[0] == "revocation_evidence_missing"
        assert "fetch_refused" in codes(found)


def test_the_certificate_was_good_when_the_mail_was_opened_first(publisher: Publisher, online: Online) -> None:
    """Withdrawn yesterday, first opened a week ago: it stays good, and the later withdrawal is said."""
    publisher.routes["/ca.crl"] = answer(publisher.list(publisher.ca, publisher.anna))
    message = opened(publisher.mail(), publisher.settings(), online, NOW - 7 * DAY)
    message.renew(message.find())
    assert (status(message), codes(message)) == ("valid", ["certificate_revoked_later"])


def test_a_list_made_by_openssl(publisher: Publisher, online: Online) -> None:
    """`openssl ca -gencrl` withdraws Anna's certificate; OpenSSL and we agree on it."""
    folder = publisher.folder
    publisher.mail()
    (folder / "ca.key").write_bytes(publisher._key(publisher.ca))
    (folder / "root.pem").write_bytes(publisher.root.pem)
    serial, until = (
        f"{publisher.anna.x509.serial_number:X}".zfill(4),
        f"{publisher.anna.x509.not_valid_after_utc:%y%m%d%H%M%SZ}",
    )
    withdrawn = f"{NOW - DAY:%y%m%d%H%M%SZ},keyCompromise"
    (folder / "index.txt").write_text(f"R\t{until}\t{withdrawn}\t{serial}\tunknown\t/CN=Anna\n")
    (folder / "ca.conf").write_text(
        "[ca]\ndefault_ca=x\n[x]\ndatabase=index.txt\ncrlnumber=number\ndefault_md=sha256\ndefault_crl_days=7\n"
    )
    (folder / "number").write_text("01\n")
    make = "openssl ca -gencrl -config ca.conf -cert ca.pem -keyfile ca.key -out made.pem"
    subprocess.run(make.split(), cwd=folder, check=True, capture_output=True)
    der = subprocess.run(
        ["openssl", "crl", "-in", "made.pem", "-outform", "DER"], cwd=folder, check=True, capture_output=True
    )
    publisher.routes["/ca.crl"] = answer(der.stdout)
    message = finished(publisher.mail(), publisher.settings(), online)
    assert codes(message)[0] == "certificate_revoked"
    assert message.verdict.reasons[0].facts["reason"] == "keyCompromise"
    check = "openssl verify -crl_check -CAfile root.pem -untrusted ca.pem -CRLfile made.pem anna.pem"
    assert b"certificate revoked" in subprocess.run(check.split(), cwd=folder, capture_output=True, check=False).stderr


# --- Not asked ---


def test_without_an_anchor_nobody_is_asked(publisher: Publisher, online: Online) -> None:
    """Whoever makes a certificate of his own would learn when his mail is opened."""
    for mode in Mode:
        message = opened(publisher.mail(), publisher.settings(mode, anchored=False), online)
        assert not message.pending
        assert message.find().evidence.crls == ()
    assert publisher.asked() == 0


def test_about_a_forged_signature_nobody_is_asked(publisher: Publisher, online: Online) -> None:
    """It is invalid, whatever becomes of the certificate."""
    mail = publisher.mail().replace(b"roof is", b"roof was")
    message = finished(mail, publisher.settings(), online)
    assert (status(message), publisher.asked()) == ("invalid", 0)


def test_about_a_path_that_is_bad_anyway_nobody_is_asked(publisher: Publisher, online: Online) -> None:
    """Expired, for instance."""
    message = opened(publisher.mail(), publisher.settings(), online, NOW + 900 * DAY)
    message.renew(message.find())
    assert (status(message), publisher.asked()) == ("untrusted", 0)


@pytest.mark.parametrize("mode", [Mode.OFF, Mode.AT_HAND])
def test_in_the_quiet_modes_nobody_is_asked(publisher: Publisher, online: Online, mode: Mode) -> None:
    """The verdict says that it was not checked."""
    message = finished(publisher.mail(), publisher.settings(mode), online)
    assert codes(message) == ["revocation_not_checked"]
    assert publisher.asked() == 0


def test_without_permission_this_computer_is_not_asked(publisher: Publisher, online: Online) -> None:
    """A list in the private network: nobody connects, and the remark says so."""
    message = finished(publisher.mail(), publisher.settings(rules=Rules()), online)
    assert status(message) == "valid"
    assert codes(message) == ["revocation_not_checked", "fetch_address_forbidden"]
    assert publisher.asked() == 0


def test_without_a_network_given_nothing_changes(publisher: Publisher) -> None:
    """A caller that has none, as the command line by default."""
    message = opened(publisher.mail(), publisher.settings(), None)
    assert (message.pending, codes(message)) == (False, ["revocation_not_checked"])


def test_a_client_that_could_not_be_told_is_promised_nothing(publisher: Publisher, online: Online) -> None:
    """An older extension."""
    opening = Opening(publisher.settings(), online=online, promise=False)
    opening.feed(publisher.mail())
    message = opening.close()
    assert (message.pending, codes(message)) == (False, ["revocation_not_checked"])


# --- Kept ---


def test_what_was_fetched_is_found_again_without_the_network(publisher: Publisher, tmp_path: Path) -> None:
    """By the same process, by another one, and in a mode that fetches nothing."""
    database = tmp_path / "letterlock.sqlite"
    finished(publisher.mail(), publisher.settings(), Online(database))
    before = publisher.asked()
    for mode in (Mode.CRL, Mode.OCSP, Mode.STRICT, Mode.AT_HAND):
        message = opened(publisher.mail(), publisher.settings(mode), Online(database))
        assert (status(message), message.pending, codes(message)) == ("valid", False, [])
    assert publisher.asked() == before


def test_what_has_run_out_is_fetched_again(publisher: Publisher, tmp_path: Path) -> None:
    """After its next update, and after a week whatever it says."""
    database = tmp_path / "letterlock.sqlite"
    publisher.routes["/root.crl"] = answer(publisher.list(publisher.root, until=NOW + 90 * DAY))
    finished(publisher.mail(), publisher.settings(), Online(database))
    for days, expected in ((0.5, 0), (2, 1), (8, 2)):
        before = publisher.asked()
        later = NOW + timedelta(days=days)
        message = opened(publisher.mail(), publisher.settings(), Online(database, clock=lambda: later))  # noqa: B023
        assert message.pending == bool(expected)
        message.renew(message.find())
        assert publisher.asked() - before == expected


def test_a_database_that_cannot_be_used_costs_a_request_only(publisher: Publisher, tmp_path: Path) -> None:
    """A damaged file: the verdict is the same."""
    database = tmp_path / "letterlock.sqlite"
    database.write_bytes(b"no database at all, but long enough to be looked at" * 100)
    message = finished(publisher.mail(), publisher.settings(), Online(database))
    assert (status(message), codes(message)) == ("valid", [])


def test_what_proves_nothing_is_not_kept(publisher: Publisher, tmp_path: Path) -> None:
    """A list by somebody else under the right name, in force for a hundred years, does not shut the true one out."""
    database = tmp_path / "letterlock.sqlite"
    forged = publisher.list(publisher.ca, signing=publisher.anna.key, until=NOW + 36_500 * DAY)
    publisher.routes["/ca.crl"] = answer(forged)
    message = finished(publisher.mail(), publisher.settings(), Online(database))
    assert codes(message) == ["revocation_not_checked", "fetch_useless"]
    publisher.routes["/ca.crl"] = answer(publisher.list(publisher.ca, publisher.anna))
    assert codes(finished(publisher.mail(), publisher.settings(), Online(database)))[0] == "certificate_revoked"


# --- Hostile ---


@pytest.mark.parametrize(
    ("talk", "code"),
    [
        (servers.silent, "fetch_timed_out"),
        (servers.drip, "fetch_timed_out"),
        (servers.endless(b"HTTP/1.1 200 OK\r\n\r\n"), "fetch_too_large"),
        (answer(b"<html>Sign in to the hotel's network</html>", "Content-Type: text/html"), "fetch_useless"),
        (answer(b""), "fetch_useless"),
        (answer(b"\x30\x80" * 100_000), "fetch_useless"),
        (answer(b"", status="500 Broken"), "fetch_refused"),
        (redirect("file:///etc/passwd"), "fetch_location_forbidden"),
        (redirect("/ca.crl"), "fetch_redirected_too_often"),
        (servers.raw(b"no HTTP"), "fetch_answer_broken"),
    ],
)
@pytest.mark.parametrize("mode", [Mode.CRL, Mode.STRICT])
def test_a_hostile_server_costs_time_and_a_remark(
    publisher: Publisher, online: Online, mode: Mode, talk: servers.Talk, code: str
) -> None:
    """In time, with the right remark, and the next mail does not wait for it again."""
    publisher.routes["/ca.crl"] = talk
    began = time.monotonic()
    message = finished(publisher.mail(), publisher.settings(mode, HASTY), online)
    assert time.monotonic() - began < HASTY.total_seconds + PAUSE
    assert code in codes(message)
    assert status(message) == ("valid" if mode is Mode.CRL else "untrusted")
    before = publisher.asked()
    again = opened(publisher.mail(), publisher.settings(mode), online)
    assert (again.pending, code in codes(again), publisher.asked()) == (False, True, before)


def test_all_servers_together_get_no_more_than_the_total(publisher: Publisher, online: Online) -> None:
    """Each would take its second."""
    publisher.routes["/ca.crl"] = publisher.routes["/root.crl"] = servers.silent
    began = time.monotonic()
    finished(publisher.mail(), publisher.settings(rules=HERE._replace(total_seconds=1.2)), online)
    assert time.monotonic() - began < 1.2 + PAUSE


def test_whoever_closes_the_mail_stops_the_search(publisher: Publisher, online: Online) -> None:
    """At once, whatever the server does."""
    publisher.routes["/ca.crl"] = servers.silent
    message = opened(publisher.mail(), publisher.settings(rules=HERE), online)
    closed = threading.Event()
    threading.Timer(0.2, closed.set).start()
    began = time.monotonic()
    with pytest.raises(Cancelled):
        message.find(closed.is_set)
    assert time.monotonic() - began < PAUSE


# --- Responders ---


@pytest.mark.parametrize(
    ("states", "expected", "code"),
    [("V", "valid", ""), ("R", "untrusted", "certificate_revoked"), ("", "valid", "fetch_useless")],
)
def test_openssl_answers(tmp_path: Path, online: Online, states: str, expected: str, code: str) -> None:
    """A certificate that OpenSSL's responder calls good, withdrawn, or unknown."""
    with Publisher(tmp_path / "authority", lists=False, responder=True) as publisher:
        publisher.answering(*states)
        message = finished(publisher.mail(), publisher.settings(Mode.OCSP), online)
        assert status(message) == expected
        # Nobody publishes anything about the authority's own certificate.
        assert [each for each in codes(message) if each != "revocation_not_checked"] == ([code] if code else [])


def test_an_answer_is_kept_like_a_list(tmp_path: Path) -> None:
    """The second process asks nobody."""
    database = tmp_path / "letterlock.sqlite"
    with Publisher(tmp_path / "authority", responder=True) as publisher:
        publisher.routes["/ca.crl"] = answer(b"", status="404 Not Found")
        publisher.answering("V")
        assert codes(finished(publisher.mail(), publisher.settings(Mode.STRICT), Online(database))) == []
    message = opened(publisher.mail(), publisher.settings(Mode.STRICT), Online(database))
    assert (status(message), message.pending) == ("valid", False)


def test_lists_come_before_responders(tmp_path: Path, online: Online) -> None:
    """Where the list tells, the responder does not learn whose mail is read; in the mode for lists it never does."""
    with Publisher(tmp_path / "authority", responder=True) as publisher:
        watching = Server(servers.silent)
        publisher.responder_port = watching.port
        assert codes(finished(publisher.mail(), publisher.settings(Mode.OCSP), online)) == []
        publisher.routes["/ca.crl"] = answer(b"", status="404 Not Found")
        fresh = Online(tmp_path / "fresh.sqlite")
        assert "fetch_refused" in codes(finished(publisher.mail(), publisher.settings(Mode.CRL), fresh))
        assert watching.connections == 0
        fresh = Online(tmp_path / "fresher.sqlite")
        assert "fetch_timed_out" in codes(finished(publisher.mail(), publisher.settings(Mode.OCSP, HASTY), fresh))
        assert watching.connections == 1
        watching.close()


def ocsp_answer(
    publisher: Publisher, request: ocsp.OCSPRequest, *, nonce: bool | bytes = True, forged: bool = False
) -> bytes:
    """A good word about whatever is asked."""
    builder = ocsp.OCSPResponseBuilder().add_response(
        publisher.anna.x509, publisher.ca.x509, request.hash_algorithm, ocsp.OCSPCertStatus.GOOD,
        NOW - DAY, NOW + DAY, None, None,
    )  # fmt: skip
    if nonce is True:
        nonce = request.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
    if nonce:
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, publisher.ca.x509)
    octets = builder.sign(publisher.ca.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
    # The last octets are those of the signature.
    return octets[:-1] + bytes([octets[-1] ^ 1]) if forged else octets


@pytest.mark.parametrize(
    ("lie", "believed"),
    [
        ({}, True),
        ({"nonce": False}, True),
        ({"nonce": b"a nonce of somebody else's question"}, False),
        ({"forged": True}, False),
    ],
    ids=["honest", "made beforehand", "replayed", "forged"],
)
def test_what_a_responder_may_say(tmp_path: Path, online: Online, lie: dict[str, Any], believed: bool) -> None:
    """With our nonce or none, signed by who may; what is replayed or forged proves nothing."""
    with Publisher(tmp_path / "authority", lists=False, responder=True) as publisher:

        def talk(connection: Any, request: bytes) -> None:
            asked = ocsp.load_der_ocsp_request(request.partition(b"\r\n\r\n")[2])
            answer(ocsp_answer(publisher, asked, **lie))(connection, request)

        responder = Server(talk)
        publisher.responder_port = responder.port
        message = finished(publisher.mail(), publisher.settings(Mode.OCSP), online)
        assert ("fetch_useless" not in codes(message)) == believed
        responder.close()


def test_a_responder_that_wants_sha256_gets_it(tmp_path: Path, online: Online) -> None:
    """It calls the question with SHA-1 malformed."""
    with Publisher(tmp_path / "authority", lists=False, responder=True) as publisher:

        def talk(connection: Any, request: bytes) -> None:
            asked = ocsp.load_der_ocsp_request(request.partition(b"\r\n\r\n")[2])
            modern = isinstance(asked.hash_algorithm, hashes.SHA256)
            answer(ocsp_answer(publisher, asked) if modern else b"\x30\x03\x0a\x01\x01")(connection, request)

        responder = Server(talk)
        publisher.responder_port = responder.port
        message = finished(publisher.mail(), publisher.settings(Mode.OCSP), online)
        assert "fetch_useless" not in codes(message)
        assert responder.connections == 2
        responder.close()


# --- Issuers ---


def test_issuers_are_fetched_only_on_a_persons_wish(tmp_path: Path) -> None:
    """Opening and looking for evidence ask nobody; the wish brings the path to its anchor, and it is kept."""
    database = tmp_path / "letterlock.sqlite"
    with Publisher(tmp_path / "authority", lists=False, issuer=True) as publisher:
        mail, online = publisher.mail(chain=False), Online(database)
        message = finished(mail, publisher.settings(Mode.STRICT), online)
        assert (status(message), codes(message)) == ("untrusted", ["issuer_unknown", "issuer_published"])
        assert publisher.asked() == 0
        message = opened(mail, publisher.settings(), online)
        message.renew(message.find_issuers())
        assert (status(message), codes(message)) == ("valid", ["revocation_not_checked"])
        assert publisher.asked("/ca.cer") == 1
    assert status(opened(mail, publisher.settings(), Online(database))) == "valid"


def test_after_the_issuer_its_list_can_be_asked_for(tmp_path: Path, online: Online) -> None:
    """The renewed verdict is pending again, because the path now reaches an anchor."""
    with Publisher(tmp_path / "authority", issuer=True) as publisher:
        publisher.routes["/ca.crl"] = answer(publisher.list(publisher.ca, publisher.anna))
        message = opened(publisher.mail(chain=False), publisher.settings(), online)
        message.renew(message.find_issuers(), promise=True)
        assert (status(message), message.pending) == ("valid", True)
        message.renew(message.find())
        assert codes(message)[0] == "certificate_revoked"


@pytest.mark.parametrize("body", [b"", b"<html>", b"\x30\x80" * 1000], ids=["nothing", "a page", "nesting"])
def test_a_server_without_an_issuer_changes_nothing(tmp_path: Path, online: Online, body: bytes) -> None:
    """The verdict is as before, and the server is no longer offered."""
    with Publisher(tmp_path / "authority", issuer=True) as publisher:
        publisher.routes["/ca.cer"] = answer(body)
        message = opened(publisher.mail(chain=False), publisher.settings(), online)
        message.renew(message.find_issuers())
        assert (status(message), codes(message)) == ("untrusted", ["issuer_unknown"])


def test_an_issuer_of_somebody_else_changes_nothing(tmp_path: Path, online: Online) -> None:
    """A lying server hands out another authority, which leads to no anchor."""
    with Publisher(tmp_path / "authority", issuer=True) as publisher, Publisher(tmp_path / "other") as other:
        publisher.routes["/ca.cer"] = answer(other.root.der)
        message = opened(publisher.mail(chain=False), publisher.settings(), online)
        message.renew(message.find_issuers())
        assert status(message) == "untrusted"
