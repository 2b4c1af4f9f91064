"""CMS objects that others made, good, bad and hostile, against what their makers say of them.

Mails are not here (`tests/operations` opens them); these are bare objects. What we say of each, beside what its maker
says, is in `test_cms_expected.py`; here nothing may crash, hang or be confirmed.
"""

from __future__ import annotations

import base64
import re
import time
from pathlib import Path

import pytest
from cryptography import x509

from letterlock.cms import SignatureFailure, SignatureNotChecked, SignerInfo, candidates, check, content_type
from letterlock.cms.content_types import SIGNED_DATA
from letterlock.errors import LetterlockError
from tests.cms.builder import identity
from tests.cms.reading import certificates_of, hash_of, read

SECONDS = 1.0
"""Longest any object here may take; the largest has a few hundred kilobytes."""


def octets_of(path: Path) -> bytes:
    """The object, out of its PEM armour where it has one."""
    data = path.read_bytes()
    armoured = re.search(rb"-----BEGIN [^-]+-----(.*?)-----END", data, re.DOTALL)
    return base64.b64decode(armoured[1]) if armoured else data


def beside(corpora: Path, path: str) -> tuple[bytes, list[x509.Certificate]]:
    """The detached content and the certificates that belong to an object without them."""
    folder = (corpora / path).parent
    if path.startswith("mbedtls"):
        names = ["pkcs7-rsa-sha256-1.pem", "pkcs7-rsa-sha256-2.pem", "pkcs7-rsa-sha256-3.crt", "pkcs7-rsa-expired.crt"]
        return (folder / "pkcs7_data.bin").read_bytes(), [pem(folder / name) for name in names]
    if path.startswith("boringssl"):
        return b"signed data", [pem(folder / name) for name in ("sign_cert.pem", "sign_cert2.pem")]
    if "rfc4134" in path:
        return (folder / "ExContent.bin").read_bytes(), []
    if "lamps-cms-ml-dsa" in path or "cms/mldsa" in path:
        # The three certificates of RFC 9881's examples have one name and number between them.
        examples = corpora / "lamps-mldsa-certs/examples"
        return b"", [pem(examples / f"ML-DSA-{size}.crt") for size in (44, 65, 87)]
    return b"", []


def pem(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def outcome(corpora: Path, path: str) -> list[str] | str:
    """For each signer "confirmed", "not checked" or a code; one code where the object cannot be read."""
    content, certificates = beside(corpora, path)
    return signatures(octets_of(corpora / path), content, certificates)


def signatures(octets: bytes, content: bytes, certificates: list[x509.Certificate]) -> list[str] | str:
    """The same for octets with their detached content and further certificates."""
    try:
        signed, inside = read(octets)
    except LetterlockError as failure:
        return failure.code
    certificates = [*certificates_of(signed), *certificates]
    answers = []
    for signer in signed.signers:
        # Where the certificate is missing, another one shows at least whether the algorithm is known.
        named = list(candidates(signer, certificates)) or [identity("RSA").certificate]
        answers.append(answer(signer, inside if signed.has_content else content, named))
    return answers


def answer(signer: SignerInfo, content: bytes, certificates: list[x509.Certificate]) -> str:
    failed: SignatureFailure | None = None
    for certificate in certificates:
        try:
            check(signer, certificate, lambda algorithm: hash_of(algorithm, content), lambda octets: content[:octets])
        except SignatureFailure as failure:
            failed = failure
        else:
            return "confirmed"
    if isinstance(failed, SignatureNotChecked):
        return "not checked"
    return failed.code if failed else "no certificate"


@pytest.mark.timeout(900)
@pytest.mark.parametrize("folder", ["fuzz-openssl-cms", "libksba", "gnutls", "asn1crypto", "rustcrypto-cms", "bc-java"])
def test_no_object_of_others_crashes_or_hangs(corpora: Path, folder: str) -> None:
    """Fuzz seeds and odd files: an answer or a coded failure, quickly, the same in small pieces."""
    count = 0
    for path in sorted((corpora / folder).rglob("*")):
        if not path.is_file() or path.stat().st_size > 1_000_000:
            continue
        data = octets_of_anything(path)
        count += 1
        for size in (None, 101):
            start = time.process_time()
            try:
                signed, content = read(data, size)
                assert content_type(data) == SIGNED_DATA
                for signer in signed.signers:
                    answer(signer, content, list(candidates(signer, certificates_of(signed))))
            except LetterlockError:
                pass  # a coded failure is an answer
            assert time.process_time() - start < SECONDS, path
    assert count


def octets_of_anything(path: Path) -> bytes:
    try:
        return octets_of(path)
    except ValueError:
        return path.read_bytes()


def test_no_fuzz_seed_is_confirmed(corpora: Path) -> None:
    """Not one of OpenSSL's fuzz seeds carries a signature that stands."""
    for path in sorted((corpora / "fuzz-openssl-cms" / "cms").iterdir()):
        try:
            signed, content = read(path.read_bytes())
        except LetterlockError:
            continue
        for signer in signed.signers:
            assert answer(signer, content, list(candidates(signer, certificates_of(signed)))) != "confirmed", path
