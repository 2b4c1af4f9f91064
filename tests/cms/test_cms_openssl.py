"""Messages that OpenSSL's command line signed, and what OpenSSL says of ours."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from letterlock.cms import KeyIdentifier
from letterlock.cms import failures as f
from tests.cms import builder as b
from tests.cms.builder import CONTENT, Identity, Signer, identity, signed_data
from tests.cms.reading import read, verify
from tests.needs import require_program


class OpenSsl:
    """The command, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.program = require_program("openssl", "openssl")
        self.folder = folder
        self.content = folder / "content"
        self.content.write_bytes(CONTENT)

    def run(self, *arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run([self.program, *arguments], capture_output=True, cwd=self.folder, timeout=60)

    def write(self, who: Identity, name: str) -> tuple[Path, Path]:
        """Certificate and key files."""
        certificate, key = self.folder / f"{name}.crt", self.folder / f"{name}.key"
        certificate.write_bytes(who.certificate.public_bytes(serialization.Encoding.PEM))
        key.write_bytes(
            who.key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return certificate, key

    def sign(self, who: Identity, *options: str) -> bytes:
        certificate, key = self.write(who, "signer")
        made = self.run(
            "cms", "-sign", "-binary", "-in", self.content, "-outform", "DER",
            "-signer", certificate, "-inkey", key, *options,
        )  # fmt: skip
        assert made.returncode == 0, made.stderr.decode()
        return made.stdout


@pytest.fixture
def openssl(tmp_path: Path) -> OpenSsl:
    return OpenSsl(tmp_path)


@pytest.mark.parametrize("form", [("-nodetach",), ("-nodetach", "-stream"), ()], ids=["DER", "BER", "detached"])
@pytest.mark.parametrize("attributes", [(), ("-nosmimecap",), ("-noattr",)], ids=["usual", "nosmimecap", "noattr"])
@pytest.mark.parametrize(
    ("kind", "options", "name"),
    [
        ("RSA", (), "RSA with SHA-256"),
        ("RSA", ("-md", "sha384"), "RSA with SHA-384"),
        ("RSA", ("-md", "sha512", "-keyid"), "RSA with SHA-512"),
        ("RSA", ("-keyopt", "rsa_padding_mode:pss"), "RSA-PSS with SHA-256"),
        ("RSA", ("-md", "sha512", "-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:20"),
         "RSA-PSS with SHA-512"),
        ("RSA", ("-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_mgf1_md:sha512"), "RSA-PSS with SHA-256"),
        ("P-256", (), "ECDSA P-256 with SHA-256"),
        ("P-521", ("-md", "sha512", "-keyid"), "ECDSA P-521 with SHA-512"),
        ("brainpoolP384r1", ("-md", "sha384"), "ECDSA brainpoolP384r1 with SHA-384"),
    ],
)  # fmt: skip
def test_signed_by_openssl(
    openssl: OpenSsl, kind: str, options: tuple[str, ...], name: str, attributes: tuple[str, ...], form: tuple[str, ...]
) -> None:
    """What OpenSSL signs is confirmed, in DER and in streamed BER, with and without attributes, opaque and detached."""
    if "-stream" in form and any("pss" in option for option in options):
        form = ("-nodetach",)  # OpenSSL 3.0 cannot stream with RSA-PSS ("illegal zero content")
    octets = openssl.sign(identity(kind), *options, *attributes, *form)
    detached = None if form else CONTENT
    for size in (None, 1, 100):
        (checked,) = verify(octets, detached, size)
        assert checked.signature_algorithm == name
    signed, content = read(octets)
    assert content == (b"" if detached else CONTENT)
    assert isinstance(signed.signers[0].sid, KeyIdentifier) == ("-keyid" in options)


def test_signed_by_openssl_with_ed25519(openssl: OpenSsl) -> None:
    """Ed25519 with SHA-512, as RFC 8419 has it, where this OpenSSL signs with it."""
    certificate, key = openssl.write(identity("Ed25519"), "signer")
    made = openssl.run(
        "cms", "-sign", "-binary", "-in", openssl.content, "-outform", "DER", "-md", "sha512", "-nodetach",
        "-signer", certificate, "-inkey", key,
    )  # fmt: skip
    if made.returncode:
        pytest.skip("this OpenSSL does not sign CMS with Ed25519")
    assert verify(made.stdout)[0].signature_algorithm == "Ed25519"


@pytest.mark.parametrize("restricted", ["", "sha256"], ids=["any", "SHA-256 only"])
def test_key_for_pss_alone(openssl: OpenSsl, restricted: str) -> None:
    """A certificate under id-RSASSA-PSS is honoured: PSS with its own hash passes, anything else does not."""
    options = ["-pkeyopt", "rsa_keygen_bits:2048"]
    if restricted:
        options += ["-pkeyopt", f"rsa_pss_keygen_md:{restricted}", "-pkeyopt", f"rsa_pss_keygen_mgf1_md:{restricted}",
                    "-pkeyopt", "rsa_pss_keygen_saltlen:32"]  # fmt: skip
    assert openssl.run("genpkey", "-algorithm", "RSA-PSS", *options, "-out", "pss.key").returncode == 0
    made = openssl.run("req", "-x509", "-new", "-key", "pss.key", "-subj", "/CN=Anna", "-days", "30", "-out", "pss.crt")
    assert made.returncode == 0, made.stderr.decode()
    certificate = x509.load_pem_x509_certificate((openssl.folder / "pss.crt").read_bytes())
    key = serialization.load_pem_private_key((openssl.folder / "pss.key").read_bytes(), None)
    who = Identity(key, certificate)  # type: ignore[arg-type]

    signed = openssl.run(
        "cms", "-sign", "-binary", "-nodetach", "-in", openssl.content, "-outform", "DER",
        "-signer", "pss.crt", "-inkey", "pss.key",
        # Without the next option OpenSSL 3.0 signs with PSS all the same, but calls it rsaEncryption.
        "-keyopt", "rsa_padding_mode:pss",
    )  # fmt: skip
    assert signed.returncode == 0, signed.stderr.decode()
    assert verify(signed.stdout)[0].signature_algorithm == "RSA-PSS with SHA-256"
    with pytest.raises(f.KeyMismatch):
        verify(signed_data([Signer(who)]))
    for signer in (
        Signer(who, "SHA-512", pss=("SHA-512", 64)),
        Signer(who, pss=("SHA-512", 32)),
        Signer(who, pss=("SHA-256", 31)),
    ):
        if restricted:
            with pytest.raises(f.KeyMismatch):
                verify(signed_data([signer]))
        else:
            assert verify(signed_data([signer]))


@pytest.mark.parametrize(
    "signers",
    [
        pytest.param([Signer(identity("RSA"))], id="RSA"),
        pytest.param([Signer(identity("RSA"), pss=("SHA-256", 32))], id="PSS"),
        pytest.param([Signer(identity("P-256"))], id="ECDSA"),
        pytest.param([Signer(identity("RSA"), attributed=False)], id="no attributes"),
        pytest.param([Signer(identity("RSA")), Signer(identity("P-384"), "SHA-384")], id="two signers"),
    ],
)
def test_openssl_agrees_on_what_the_tests_build(openssl: OpenSsl, signers: list[Signer]) -> None:
    """The builder of these tests makes messages that OpenSSL confirms too: a good one is really good."""
    (openssl.folder / "built").write_bytes(signed_data(signers))
    checked = openssl.run("cms", "-verify", "-noverify", "-binary", "-inform", "DER", "-in", "built")
    assert checked.returncode == 0, checked.stderr.decode()
    assert checked.stdout == CONTENT


def test_openssl_agrees_on_the_signing_certificate(openssl: OpenSsl) -> None:
    """OpenSSL's signingCertificate attributes (v1 by SHA-1, v2 otherwise) name the certificate and are honoured."""
    for digest in ("sha1", "sha256"):
        octets = openssl.sign(identity("RSA"), "-cades", "-nodetach", "-md", digest)
        oids = {each.oid for each in read(octets)[0].signers[0].signed_attributes or ()}
        assert oids & {b.SIGNING_CERTIFICATE, b.SIGNING_CERTIFICATE_V2}
        assert verify(octets)
