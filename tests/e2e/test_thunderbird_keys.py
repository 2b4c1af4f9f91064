"""Thunderbird's own S/MIME takes the exported PKCS#12 file: it imports the key and decrypts with it."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from letterlock.cms import EnvelopedWriter, recipient_for
from letterlock.keystore.pkcs12_write import Exported, Form, write
from tests.e2e.processes import free_port
from tests.e2e.thunderbird.client import Thunderbird
from tests.interop.people import Person, authority, person
from tests.needs import require_program

PASSPHRASE = "Tür auf, 1001 Nächte"


@pytest.fixture(scope="module")
def thunderbird(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Thunderbird]:
    """As installed, without our add-on."""
    require_program("thunderbird", "thunderbird")
    started = Thunderbird(tmp_path_factory.mktemp("home"), free_port(), "nobody")
    try:
        yield started
    finally:
        started.quit()


def encrypted(who: Person) -> bytes:
    """A mail to a person."""
    content = f"Content-Type: text/plain\r\n\r\nFor {who.kind} alone.\r\n".encode()
    out = bytearray()
    writer = EnvelopedWriter(out.extend, [recipient_for(who.certificate)], "AES-256-CBC")
    writer.write(content)
    writer.close()
    headers = (
        f"From: clara@example.org\r\nTo: {who.address}\r\nSubject: {who.kind}\r\nMIME-Version: 1.0\r\n"
        "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    return headers.encode() + base64.encodebytes(out).replace(b"\n", b"\r\n")


@pytest.mark.parametrize(("form", "kind"), [(Form.MODERN, "RSA"), (Form.COMPATIBLE, "P-256")])
def test_thunderbird_imports_the_key_and_decrypts(thunderbird: Thunderbird, form: Form, kind: str) -> None:
    """Imported as its certificate manager does it; then a mail to the certificate is shown in clear."""
    who, root = person(kind), authority()[1].public_bytes(Encoding.DER)
    exported = Exported(who.key, who.certificate.public_bytes(Encoding.DER), f"{kind} of Änne")
    made = write([exported], [root], PASSPHRASE, form)
    names = thunderbird.run_async(
        """
        const [octets, passphrase] = given;
        const file = Services.dirsvc.get("TmpD", Ci.nsIFile);
        file.append("letterlock-test.p12");
        file.createUnique(Ci.nsIFile.NORMAL_FILE_TYPE, 0o600);
        await IOUtils.write(file.path, Uint8Array.from(atob(octets), octet => octet.charCodeAt(0)));
        const certificates = Cc["@mozilla.org/security/x509certdb;1"].getService(Ci.nsIX509CertDB);
        const failed = certificates.importPKCS12File(file, passphrase);
        await IOUtils.remove(file.path);
        if (failed) throw new Error(`not imported: ${failed}`);
        return certificates.getCerts().map(each => each.emailAddress);
        """,
        base64.b64encode(made).decode(),
        PASSPHRASE,
    )
    assert who.address in names
    thunderbird.select(thunderbird.file(encrypted(who)))
    shown = thunderbird.wait_for(
        """
        const text = gTabmail.currentAboutMessage?.getMessagePaneBrowser()?.contentDocument?.body?.textContent ?? "";
        return text.includes(arguments[0]) ? text : "";
        """,
        f"For {kind} alone.",
    )
    assert f"For {kind} alone." in shown
