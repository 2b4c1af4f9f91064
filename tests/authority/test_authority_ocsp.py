"""OCSP: answers that OpenSSL and our own trust believe, and refusals for everything else."""

from __future__ import annotations

import base64
import http.client
import socket
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp as theirs

from letterlock import limits
from letterlock.authority import exports, keys, ocsp
from letterlock.authority.crl import RevocationReason
from letterlock.authority.ocsp import NotAnswered, Refusal, Request
from letterlock.operations.authority_responder import Responder, serve
from letterlock.trust.anchors import Anchor
from letterlock.trust.certificate import Certificate
from letterlock.trust.path import build
from letterlock.trust.revocation import Evidence, Good, Mode, Revoked
from tests.authority.founded import Founded, founded
from tests.needs import require_program

AT = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def ca(tmp_path: Path) -> Iterator[Founded]:
    with founded(tmp_path, at=AT) as ca:
        yield ca


def responder(ca: Founded) -> ocsp.Responder:
    key = keys.generate("P-256")
    return ocsp.Responder(ca.authority.chain.issuing, ca.authority.responder(key.public, ca.key, ca.at), key)


def request(
    ca: Founded, certificate: Certificate, digest: hashes.HashAlgorithm | None = None, nonce: bytes = b""
) -> bytes:
    builder = theirs.OCSPRequestBuilder().add_certificate(
        x509.load_der_x509_certificate(certificate.der),
        x509.load_der_x509_certificate(ca.authority.chain.issuing.der),
        digest or hashes.SHA1(),
    )
    if nonce:
        builder = builder.add_extension(x509.OCSPNonce(nonce), False)
    return builder.build().public_bytes(Encoding.DER)


@pytest.mark.parametrize("digest", [hashes.SHA1(), hashes.SHA256(), hashes.SHA384(), hashes.SHA512()], ids=str)
def test_answers_are_believed_by_our_own_trust(ca: Founded, digest: hashes.HashAlgorithm) -> None:
    """Good before and revoked after the revocation, by a path search that insists on evidence."""
    anna = ca.issue("anna@muster.example")
    application = Responder(ca.database, responder(ca), lambda: AT)
    crl = ca.authority.make_list(ca.key, AT, root=ca.root)

    def status() -> object:
        answer, _ = application.answer(request(ca, anna, digest))
        chain = ca.authority.chain
        path = build(
            anna,
            [chain.issuing],
            [Anchor(chain.root, "user")],
            AT,
            evidence=Evidence.of([answer, crl]),
            mode=Mode.STRICT,
        )
        return path.revocation[0]

    assert isinstance(status(), Good)
    ca.authority.revoke([anna.serial], RevocationReason.KEY_COMPROMISE, ca.key, AT)
    assert status() == Revoked(AT, "keyCompromise")


def test_nobody_unknown_is_good(ca: Founded) -> None:
    """A serial number that was never issued, and those of the authorities themselves."""
    anna = ca.issue("anna@muster.example")
    answer, _ = Responder(ca.database, responder(ca), lambda: AT).answer(request(ca, ca.authority.chain.root))
    assert answer == ocsp.refused(Refusal.UNAUTHORIZED) or theirs.load_der_ocsp_response(answer).certificate_status is (
        theirs.OCSPCertStatus.UNKNOWN
    )
    with founded(ca.database.parent / "other", at=AT) as other:
        stranger = other.issue("anna@muster.example")
        answer, _ = Responder(ca.database, responder(ca), lambda: AT).answer(request(ca, stranger))
        assert theirs.load_der_ocsp_response(answer).certificate_status is theirs.OCSPCertStatus.UNKNOWN
        answer, _ = Responder(ca.database, responder(ca), lambda: AT).answer(request(other, stranger))
        # Founded with the same keys in tests, so name and key are equal: only the serial number tells them apart.
        assert theirs.load_der_ocsp_response(answer).certificate_status is theirs.OCSPCertStatus.UNKNOWN
    assert anna


def test_a_nonce_comes_back_as_it_was_sent(ca: Founded) -> None:
    """RFC 9654: 1 to 128 octets; an answer to one is not to be kept by anybody."""
    anna = ca.issue("anna@muster.example")
    application = Responder(ca.database, responder(ca), lambda: AT)
    answer, until = application.answer(request(ca, anna, nonce=bytes(range(32))))
    found = theirs.load_der_ocsp_response(answer).extensions.get_extension_for_class(x509.OCSPNonce)
    assert (found.value.nonce, until) == (bytes(range(32)), None)
    answer, _ = application.answer(request(ca, anna, nonce=bytes(200)))
    assert answer == ocsp.refused(Refusal.MALFORMED)


def test_a_responder_whose_certificate_ended_says_so(ca: Founded) -> None:
    """tryLater, and no answer that nobody would believe."""
    anna = ca.issue("anna@muster.example")
    application = Responder(ca.database, responder(ca), lambda: AT + timedelta(days=91))
    assert application.answer(request(ca, anna)) == (ocsp.refused(Refusal.TRY_LATER), None)


def test_damaged_requests_are_malformed_and_nothing_else(ca: Founded) -> None:
    """Truncated anywhere, with any octet changed, with octets behind: a refusal, or another CertID."""
    good = request(ca, ca.issue("anna@muster.example"), nonce=b"12345678")
    assert Request.parse(good).nonce == b"\x04\x0812345678"
    for place in range(len(good)):
        with pytest.raises(NotAnswered):
            Request.parse(good[:place])
        damaged = good[:place] + bytes((good[place] ^ 0x23,)) + good[place + 1 :]
        assert outcome(damaged) in (None, Refusal.MALFORMED)
    with pytest.raises(NotAnswered):
        Request.parse(good + b"\0")
    with pytest.raises(NotAnswered):
        Request.parse(bytes(limits.OCSP_REQUEST_OCTETS + 1))


def outcome(octets: bytes) -> Refusal | None:
    """The refusal, or None for a request that is one."""
    try:
        Request.parse(octets)
    except NotAnswered as refused:
        return refused.refusal
    return None


@pytest.fixture
def served(ca: Founded) -> tuple[Founded, str, int]:
    """The application behind waitress, on a port of its own."""
    found: list[tuple[str, int]] = []
    ready = threading.Event()

    def heard(host: str, port: int) -> None:
        found.append((host, port))
        ready.set()

    application = Responder(ca.database, responder(ca))
    threading.Thread(target=serve, args=(application, "127.0.0.1", 0, heard), daemon=True).start()
    assert ready.wait(60)
    return ca, *found[0]


def asked(host: str, port: int, method: str, path: str, body: bytes = b"", kind: str = "") -> tuple[int, str, bytes]:
    connection = http.client.HTTPConnection(host, port, timeout=60)
    connection.request(method, path, body or None, {"Content-Type": kind} if kind else {})
    response = connection.getresponse()
    octets = response.read()
    connection.close()
    return response.status, response.getheader("Cache-Control") or "", octets


def test_openssl_asks_over_http_and_believes(served: tuple[Founded, str, int], tmp_path: Path) -> None:
    """`openssl ocsp` verifies the answer up to the root: good, then revoked, with and without a nonce."""
    openssl = require_program("openssl", "openssl")
    ca, host, port = served
    root, issuing = ca.write_chain(tmp_path)
    person = tmp_path / "anna.pem"
    anna = ca.issue("anna@muster.example")
    person.write_bytes(exports.pem([anna]))
    for expected in ("good", "revoked"):
        for option in ("-nonce", "-no_nonce"):
            done = subprocess.run(
                [openssl, "ocsp", "-issuer", issuing, "-cert", person, "-CAfile", root, "-verify_other", issuing,
                 "-url", f"http://{host}:{port}/ocsp", option],
                capture_output=True, text=True, check=True,
            )  # fmt: skip
            said = done.stdout + done.stderr
            assert "Response verify OK" in said
            assert f"{person}: {expected}" in said
        if expected == "good":
            ca.authority.revoke([anna.serial], RevocationReason.CESSATION, ca.key, AT)


def test_get_and_post_answer_alike(served: tuple[Founded, str, int]) -> None:
    """RFC 6960 Appendix A; by GET an answer without nonce may be kept by proxies, one with may not."""
    ca, host, port = served
    anna = ca.issue("anna@muster.example")
    plain, fresh = request(ca, anna), request(ca, anna, nonce=b"12345678")
    for octets, kept in ((plain, "max-age="), (fresh, "no-store")):
        text = quote(base64.b64encode(octets).decode(), safe="")
        status, caching, answer = asked(host, port, "GET", f"/ocsp/{text}")
        assert status == 200
        assert caching.startswith(kept)
        assert theirs.load_der_ocsp_response(answer).certificate_status is theirs.OCSPCertStatus.GOOD
        status, _, answer = asked(host, port, "POST", "/ocsp", octets, "application/ocsp-request")
        assert theirs.load_der_ocsp_response(answer).certificate_status is theirs.OCSPCertStatus.GOOD


def test_lists_and_certificates_are_served_where_certificates_say(served: tuple[Founded, str, int]) -> None:
    """The paths in the certificates are those of this server."""
    ca, host, port = served
    made = ca.authority.make_list(ca.key, AT)
    assert asked(host, port, "GET", "/issuing.crl") == (200, "max-age=3600", made)
    assert asked(host, port, "GET", "/root.cer")[2] == ca.authority.chain.root.der
    assert asked(host, port, "GET", "/issuing.cer")[2] == ca.authority.chain.issuing.der
    assert asked(host, port, "GET", "/root.crl")[0] == 404, "none was made yet"


def test_hostile_http_is_refused_and_the_server_lives(served: tuple[Founded, str, int]) -> None:
    """Other paths and types, bodies and addresses that are too long, rubbish, and connections that say nothing."""
    ca, host, port = served
    silent = [socket.create_connection((host, port)) for _ in range(20)]
    assert asked(host, port, "GET", "/../../etc/passwd")[0] == 404
    assert asked(host, port, "GET", "/ocsp/" + "A" * 8000)[0] in (414, 431, 400)
    assert asked(host, port, "POST", "/ocsp", b"x", "text/plain")[0] == 415
    assert asked(host, port, "POST", "/ocsp", bytes(100_000), "application/ocsp-request")[0] in (413, 400)
    assert asked(host, port, "POST", "/ocsp", b"\x30\x80", "application/ocsp-request")[2] == ocsp.refused(
        Refusal.MALFORMED
    )
    assert asked(host, port, "GET", "/ocsp/%00%FF")[2] == ocsp.refused(Refusal.MALFORMED)
    assert asked(host, port, "DELETE", "/ocsp")[0] == 404
    rubbish = socket.create_connection((host, port))
    rubbish.sendall(b"\x16\x03\x01" + bytes(50) + b"\r\n\r\n")
    rubbish.recv(100)
    anna = ca.issue("anna@muster.example")
    answer = asked(host, port, "POST", "/ocsp", request(ca, anna), "application/ocsp-request")[2]
    assert theirs.load_der_ocsp_response(answer).certificate_status is theirs.OCSPCertStatus.GOOD
    for each in (*silent, rubbish):
        each.close()


def test_a_responder_key_is_good_for_answers_only(ca: Founded) -> None:
    """Its certificate signs no mail, and cannot be checked for revocation, so it ends soon."""
    made = x509.load_der_x509_certificate(responder(ca).certificate.der)
    assert made.extensions.get_extension_for_class(x509.OCSPNoCheck)
    assert list(made.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value) == [
        x509.oid.ExtendedKeyUsageOID.OCSP_SIGNING
    ]
    assert made.not_valid_after_utc - AT <= timedelta(days=90)
    assert isinstance(made.public_key(), ec.EllipticCurvePublicKey)
