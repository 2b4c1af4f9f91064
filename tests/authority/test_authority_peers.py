"""Second opinions: programs that nobody here wrote judge what is issued, and their requests are certified."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from letterlock.authority import certificate as writing
from letterlock.authority import exports, profiles
from letterlock.authority.ca import Wanted
from letterlock.authority.crl import RevocationReason
from letterlock.authority.failures import RequestNotUsable
from letterlock.authority.people import CertificateRequest
from letterlock.authority.profiles import Use
from letterlock.trust.addresses import names_address
from letterlock.trust.anchors import Anchor, certificates_of
from letterlock.trust.certificate import Certificate
from letterlock.trust.path import build
from letterlock.trust.profile import check_signer
from tests.authority.founded import Founded, founded, public
from tests.needs import require_program

AT = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture(params=["P-384", "RSA-4096"])
def ca(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Founded]:
    """An authority of each kind that these programs know; Debian's do not know ML-DSA yet."""
    with founded(tmp_path, kind=request.param, at=AT) as ca:
        yield ca


def run(*command: str | Path, fails: bool = False, environment: dict[str, str] | None = None) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert (done.returncode != 0) == fails, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


def pem(folder: Path, certificate: Certificate) -> Path:
    path = folder / f"{certificate.serial[:12]}.pem"
    path.write_bytes(exports.pem([certificate]))
    return path


def both(ca: Founded) -> list[tuple[Certificate, Use]]:
    """One certificate for both uses with each usual key, and one for each use alone."""
    key = ec.generate_private_key(ec.SECP256R1())
    return [
        (ca.issue("anna@muster.example", name="Anna", key=rsa.generate_private_key(65537, 2048)), Use.BOTH),
        (ca.issue("bea@muster.example"), Use.BOTH),
        (ca.issue("carla@muster.example", key=key, use=Use.SIGN), Use.SIGN),
        (ca.issue("carla@muster.example", key=key, use=Use.ENCRYPT), Use.ENCRYPT),
    ]


def test_openssl_believes_what_is_issued_under_its_strictest_check(ca: Founded, tmp_path: Path) -> None:
    """`verify -x509_strict` for signing and for encryption, with the revocation lists of both authorities."""
    openssl = require_program("openssl", "openssl")
    root, issuing = ca.write_chain(tmp_path)
    lists = tmp_path / "lists.pem"
    people = both(ca)
    revoked = ca.issue("dora@muster.example")
    ca.authority.revoke([revoked.serial], RevocationReason.KEY_COMPROMISE, ca.key, AT)
    for number, der in enumerate(
        [ca.authority.make_list(ca.key, AT), ca.authority.make_list(ca.key, AT, root=ca.root)]
    ):
        (tmp_path / f"{number}.crl").write_bytes(der)
        text = run(openssl, "crl", "-inform", "DER", "-in", tmp_path / f"{number}.crl", "-outform", "PEM")
        lists.write_text((lists.read_text() if lists.exists() else "") + text)
    verify = (openssl, "verify", "-x509_strict", "-CAfile", root, "-untrusted", issuing, "-CRLfile", lists)
    checked = ("-crl_check_all", "-attime", str(int((AT + timedelta(seconds=1)).timestamp())))
    for certificate, use in people:
        # OpenSSL wants keyEncipherment of every recipient, which S/MIME BR §7.1.2.3 forbids to EC keys.
        recipient = "keyEncipherment" in (certificate.key_usage or ())
        run(*verify, *checked, "-purpose", "smimesign", pem(tmp_path, certificate), fails=use is Use.ENCRYPT)
        run(*verify, *checked, "-purpose", "smimeencrypt", pem(tmp_path, certificate), fails=not recipient)
    said = run(*verify, *checked, "-purpose", "smimesign", pem(tmp_path, revoked), fails=True)
    assert "certificate revoked" in said


def test_openssl_holds_the_name_constraints(ca: Founded, tmp_path: Path) -> None:
    """The same certificate, signed by the authority's key for a stranger's address behind our checks' back."""
    openssl = require_program("openssl", "openssl")
    root, issuing = ca.write_chain(tmp_path)
    key = public(ec.generate_private_key(ec.SECP256R1()))
    forged = writing.write(
        ca.key, ca.authority.chain.issuing.subject_der, profiles.name("Eve").public_bytes(), key,
        (AT, AT + timedelta(days=1)),
        profiles.person(key, ca.key.public, ["eve@other.example"], Use.BOTH, profiles.Addresses(), ()), 2**100 + 1,
    )  # fmt: skip
    said = run(
        openssl, "verify", "-CAfile", root, "-untrusted", issuing, "-attime", str(int(AT.timestamp()) + 1),
        pem(tmp_path, forged), fails=True,
    )  # fmt: skip
    assert "permitted subtree violation" in said


def test_gnutls_believes_what_is_issued(ca: Founded, tmp_path: Path) -> None:
    """`certtool --verify` for the purpose of mail; and it reads the list."""
    certtool = require_program("certtool", "gnutls-bin")
    root, issuing = ca.write_chain(tmp_path)
    for certificate, _ in both(ca):
        chain = tmp_path / "chain.pem"
        chain.write_bytes(pem(tmp_path, certificate).read_bytes() + issuing.read_bytes())
        said = run(
            certtool, "--verify", "--infile", chain, "--load-ca-certificate", root,
            "--verify-purpose", "1.3.6.1.5.5.7.3.4", "--verify-email", certificate.addresses[0],
        )  # fmt: skip
        assert "Chain verification output: Verified" in said
    crl = tmp_path / "list.crl"
    crl.write_bytes(ca.authority.make_list(ca.key, AT))
    issuing.write_bytes(ca.authority.chain.issuing.der)
    said = run(certtool, "--verify-crl", "--inder", "--infile", crl, "--load-ca-certificate", issuing)
    assert "Verification output: Verified" in said


def test_nss_believes_what_is_issued(ca: Founded, tmp_path: Path) -> None:
    """`certutil -V`, Thunderbird's engine: as a signer and as a recipient of mail."""
    certutil = require_program("certutil", "libnss3-tools")
    root, issuing = ca.write_chain(tmp_path)
    database = f"sql:{tmp_path}"
    run(certutil, "-N", "-d", database, "--empty-password")
    run(certutil, "-A", "-d", database, "-n", "root", "-t", ",C,", "-i", root)
    run(certutil, "-A", "-d", database, "-n", "issuing", "-t", ",,", "-i", issuing)
    for certificate, use in both(ca):
        name = certificate.serial[:12]
        run(certutil, "-A", "-d", database, "-n", name, "-t", ",,", "-i", pem(tmp_path, certificate))
        run(certutil, "-V", "-d", database, "-n", name, "-u", "S", "-e", fails=use is Use.ENCRYPT)
        if use is not Use.SIGN:  # NSS takes any EC key for a recipient's, whatever its key usage says
            run(certutil, "-V", "-d", database, "-n", name, "-u", "R", "-e")


@pytest.mark.parametrize("domains", [(), ("muster.example",)], ids=["unconstrained", "constrained"])
def test_gpgsm_believes_what_an_unconstrained_authority_issues(tmp_path: Path, domains: tuple[str, ...]) -> None:
    """gpgsm knows no name constraints, and refuses whoever has them as RFC 5280 wants of it."""
    gpgsm = require_program("gpgsm", "gpgsm")
    # The agent's socket lies in the home; its path must be short.
    home = Path(tempfile.mkdtemp(prefix="gpgsm"))
    try:
        environment = {**os.environ, "GNUPGHOME": str(home), "LC_ALL": "C"}
        with founded(tmp_path, domains=domains, at=AT) as ca:
            root, issuing = ca.write_chain(home)
            (home / "trustlist.txt").write_text(f"{hashlib.sha1(ca.authority.chain.root.der).hexdigest()} S relax\n")
            (home / "gpgsm.conf").write_text("disable-crl-checks\n")
            for path in (root, issuing):
                run(gpgsm, "--batch", "--import", path, environment=environment)
            for certificate, _ in both(ca)[:2]:
                run(gpgsm, "--batch", "--import", pem(home, certificate), environment=environment)
                look = (gpgsm, "--batch", "--list-keys", "--with-validation", certificate.addresses[0])
                said = run(*look, environment=environment)
                assert ("extension 2.5.29.30 is not supported" if domains else "certificate is good") in said
    finally:
        subprocess.run(["gpgconf", "--kill", "all"], env={**os.environ, "GNUPGHOME": str(home)}, check=False)
        shutil.rmtree(home, ignore_errors=True)


def test_requests_of_other_programs_are_certified(tmp_path: Path) -> None:
    """OpenSSL, GnuTLS and NSS make PKCS#10 requests; each gets a certificate that OpenSSL believes."""
    openssl = require_program("openssl", "openssl")
    certtool = require_program("certtool", "gnutls-bin")
    certutil = require_program("certutil", "libnss3-tools")
    address = "anna@muster.example"
    key = tmp_path / "key.pem"
    requests = [tmp_path / f"{name}.csr" for name in ("openssl", "gnutls", "nss")]
    run(
        openssl, "req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", requests[0],
        "-subj", "/CN=Anna Muster", "-addext", f"subjectAltName=email:{address}",
    )  # fmt: skip
    template = tmp_path / "template"
    template.write_text(f'cn = "Anna Muster"\nemail = "{address}"\nsigning_key\n')
    run(certtool, "--generate-request", "--load-privkey", key, "--template", template, "--outfile", requests[1])
    database, noise = f"sql:{tmp_path}", tmp_path / "noise"
    noise.write_bytes(os.urandom(1000))
    run(certutil, "-N", "-d", database, "--empty-password")
    run(
        certutil, "-R", "-a", "-d", database, "-s", "CN=Anna Muster", "-7", address, "-o", requests[2], "-z", noise,
        "-k", "ec", "-q", "nistp256",
    )  # fmt: skip
    with founded(tmp_path / "ca", at=AT) as ca:
        root, issuing = ca.write_chain(tmp_path)
        for path in requests:
            request = CertificateRequest.parse_all(path.read_bytes())[0]
            assert (request.addresses, request.name) == ((address,), "Anna Muster"), path.name
            made = ca.authority.prepare(Wanted(request.name, request.addresses, request.public), ca.key, AT)
            run(
                openssl, "verify", "-x509_strict", "-purpose", "smimesign", "-CAfile", root, "-untrusted", issuing,
                "-attime", str(int(AT.timestamp()) + 1), pem(tmp_path, made),
            )  # fmt: skip


def test_a_damaged_request_gets_nothing(tmp_path: Path) -> None:
    """Every octet of a request, changed: refused, or the very same key and addresses."""
    openssl = require_program("openssl", "openssl")
    key, out = tmp_path / "key", tmp_path / "csr"
    run(
        openssl, "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key,
        "-outform", "DER", "-out", out, "-subj", "/CN=A", "-addext", "subjectAltName=email:a@muster.example",
    )  # fmt: skip
    good = out.read_bytes()
    expected = CertificateRequest.parse_all(good)[0]
    for place in range(len(good)):
        damaged = good[:place] + bytes((good[place] ^ 0x41,)) + good[place + 1 :]
        with pytest.raises(RequestNotUsable):
            CertificateRequest.parse_all(damaged)
        with pytest.raises(RequestNotUsable):
            CertificateRequest.parse_all(good[:place])
    assert expected.addresses == ("a@muster.example",)


def test_what_other_authorities_issue_is_believed_here(tmp_path: Path) -> None:
    """A root and a person's certificate made by OpenSSL, and by GnuTLS: a valid path, and a signer for the address."""
    openssl = require_program("openssl", "openssl")
    certtool = require_program("certtool", "gnutls-bin")
    person, root = tmp_path / "person.key", tmp_path / "root.key"
    for key in (person, root):
        run(openssl, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key)
    extensions = tmp_path / "extensions"
    extensions.write_text(
        "keyUsage=critical,digitalSignature\nextendedKeyUsage=emailProtection\n"
        "subjectAltName=email:anna@muster.example\nauthorityKeyIdentifier=keyid\n"
    )
    request = tmp_path / "request.csr"
    run(openssl, "req", "-new", "-key", person, "-subj", "/CN=Anna", "-out", request)
    run(
        openssl, "req", "-x509", "-key", root, "-subj", "/CN=Their root", "-days", "30", "-out", tmp_path / "o-root.pem"
    )
    run(
        openssl, "x509", "-req", "-in", request, "-CA", tmp_path / "o-root.pem", "-CAkey", root, "-days", "20",
        "-extfile", extensions, "-out", tmp_path / "o-person.pem",
    )  # fmt: skip
    for name, template in (
        ("root", "cn = Root\nca\ncert_signing_key\nexpiration_days = 30\n"),
        ("person", "cn = Anna\nemail = anna@muster.example\nsigning_key\nemail_protection_key\nexpiration_days = 20\n"),
    ):
        (tmp_path / f"{name}.template").write_text(template)
    run(
        certtool, "--generate-self-signed", "--load-privkey", root, "--template", tmp_path / "root.template",
        "--outfile", tmp_path / "g-root.pem",
    )  # fmt: skip
    run(
        certtool, "--generate-certificate", "--load-request", request, "--load-ca-certificate", tmp_path / "g-root.pem",
        "--load-ca-privkey", root, "--template", tmp_path / "person.template", "--outfile", tmp_path / "g-person.pem",
    )  # fmt: skip
    for maker in "og":
        (leaf,) = certificates_of((tmp_path / f"{maker}-person.pem").read_bytes(), maker)
        (top,) = certificates_of((tmp_path / f"{maker}-root.pem").read_bytes(), maker)
        path = build(leaf, [], [Anchor(top, "user")], datetime.now(UTC) + timedelta(seconds=1))
        assert path.valid, path.reasons
        assert check_signer(leaf, path.chain) == ()
        assert names_address(leaf.addresses, "anna@muster.example")
