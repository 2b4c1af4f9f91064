"""CMS objects that others made, good, bad and hostile, against what their makers say of them.

Mails are not here (`tests/operations` opens them); these are bare objects. Where our answer differs from what the
other project expects, it does so on purpose, and the reason stands in `DIVERGENCES`.
"""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509

from letterlock.cms import SignatureFailure, SignatureNotChecked, SignerInfo, candidates, check, content_type
from letterlock.cms.content_types import SIGNED_DATA
from letterlock.errors import LetterlockError
from tests.cms.builder import identity
from tests.cms.reading import certificates_of, hash_of, read

SETS = ("bc-test-data", "boringssl", "gnupg", "lamps-cms-ml-dsa", "mbedtls", "openssl", "pqc-hackathon-cms")
OPERATIONS = ("verify", "verify-detached", "parse", "certs-only")

SECONDS = 1.0
"""Longest any object here may take; the largest has a few hundred kilobytes."""

DIVERGENCES = {
    "mbedtls/data_files/pkcs7_data_cert_signed_v2.der": (
        "Mbed TLS reads SignedData version 1 alone. The version is 2 here with nothing that asks for it; RFC 5652 §5.1 "
        "has several versions, no decision depends on them, and everybody else reads it."
    ),
    "mbedtls/data_files/pkcs7_data_multiple_certs_signed.der": (
        "Mbed TLS supports one certificate at most. Real mail carries the chain."
    ),
    "mbedtls/data_files/pkcs7_data_cert_signeddata_sha256.der": (
        "A SignedData without the ContentInfo around it. Mbed TLS takes both; RFC 5652 §3 wants the ContentInfo, and "
        "mail always has it."
    ),
    "gnupg/tests/cms/text-1.dsig.pem": (
        "Signed in 2001 without contentType, which RFC 5652 §5.3 requires; OpenSSL refuses it too."
    ),
    "gnupg/tests/cms/text-1.osig.pem": "the same",
    "bc-test-data/rfc4134/4.6.bin": (
        "Of the two signers one has a DSA certificate without parameters, which inherits those of its issuer (RFC 3279 "
        "§2.3.2). The library cannot load such a certificate, and OpenSSL cannot use it; nobody has had one for "
        "twenty years. The other signer is confirmed."
    ),
    "gnupg/tests/cms/text-2.osig.pem": "the same",
}


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
    try:
        signed, inside = read(octets_of(corpora / path))
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


def rows(corpora: Path) -> Iterator[tuple[str, str]]:
    """(path, what its maker says) for each object in scope."""
    for row in json.loads((corpora / "expected.json").read_text()):
        path = row["path"]
        mail = path.endswith((".eml", ".txt", ".message"))
        if path.split("/")[0] in SETS and row["operation"] in OPERATIONS and not mail and row["expected"]:
            yield path, row["expected"]["verdict"]


def test_objects_of_others_get_the_expected_answer(corpora: Path) -> None:
    """What its maker calls good is confirmed, or of a kind we do not check; what is called bad is not confirmed."""
    seen = {"confirmed": 0, "not checked": 0, "refused": 0}
    for path, verdict in rows(corpora):
        answers = outcome(corpora, path)
        bad = verdict.startswith(("reject", "bad", "invalid"))
        good = isinstance(answers, list) and all(each in ("confirmed", "not checked") for each in answers)
        if bad:
            agrees = isinstance(answers, str) or "confirmed" not in answers
        elif "certificates only" in verdict:
            agrees = answers == []
        elif verdict == "no crash":
            agrees = True
        else:
            agrees = good and answers != []
        assert agrees != (path in DIVERGENCES), f"{path}: {verdict}, and we say {answers}"
        if not good:
            seen["refused"] += 1
        elif answers:
            seen["confirmed" if "confirmed" in answers else "not checked"] += 1
    assert min(seen.values()) > 10, seen


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
