"""What is written for Outlook on the web, in Thunderbird without Letterlock: its own S/MIME finds it good."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509 import load_der_x509_certificate

from tests.dialects.extension import create_smime, initialise
from tests.dialects.office import Office, Outsider, answer, mail
from tests.e2e.processes import free_port
from tests.e2e.thunderbird.client import Thunderbird
from tests.needs import require_program

STATE = """
const shown = window.gTabmail.currentAboutMessage?.document;
const icon = id => {
  const found = shown?.getElementById(id);
  return found && !found.hidden ? (found.getAttribute("src") ?? "") : "";
};
const body = shown?.getElementById("messagepane")?.contentDocument?.body?.textContent ?? "";
return {signed: icon("signedHdrIcon"), encrypted: icon("encryptedHdrIcon"), body};
"""


@pytest.fixture(autouse=True)
def tidy() -> None:
    """This Thunderbird is none of the others'."""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    # Of Thunderbird nobody has said that it reads GCM, and it does not.
    return Outsider(tmp_path_factory.mktemp("outsider"), Office(tmp_path_factory.mktemp("office")))


@pytest.fixture(scope="module")
def thunderbird(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Thunderbird]:
    """Bea's: her key and the authority in its own store, and no add-on."""
    require_program("thunderbird", "thunderbird")
    home = tmp_path_factory.mktemp("home")
    profile = home / "profile"
    profile.mkdir()
    _keys(office, home, profile)
    started = Thunderbird(home, free_port(), "bea")
    try:
        yield started
    finally:
        started.quit()


def _keys(office: Office, folder: Path, profile: Path) -> None:
    certutil, importing = require_program("certutil", "libnss3-tools"), require_program("pk12util", "libnss3-tools")
    _, key, root = office.files("bea")
    file = folder / "bea.p12"
    file.write_bytes(
        pkcs12.serialize_key_and_certificates(
            b"bea",
            serialization.load_pem_private_key(key.read_bytes(), None),  # type: ignore[arg-type]
            load_der_x509_certificate(office.der("bea")),
            None,
            serialization.BestAvailableEncryption(b"bea"),
        )
    )
    database = f"sql:{profile}"
    for command in (
        [certutil, "-N", "-d", database, "--empty-password"],
        [certutil, "-A", "-d", database, "-n", "authority", "-t", "CT,C,C", "-i", root],
        [importing, "-i", file, "-d", database, "-W", "bea", "-K", ""],
    ):
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True)


@pytest.mark.parametrize("clear", [False, True])
@pytest.mark.parametrize("encrypted", [False, True])
def test_thunderbird_opens_it_and_finds_it_good(
    thunderbird: Thunderbird, office: Office, clear: bool, encrypted: bool
) -> None:
    """Opaque and clear, signed, and signed and encrypted."""
    desk = office.owa()
    readers = [office.certificate("bea")] if encrypted else None
    answer(desk, initialise({"OWAClearSign": clear, "OWAEncryptionAlgorithms": "6610"}))
    found = answer(desk, create_smime(mail(), office.certificate("anna"), readers))
    assert found["ErrorCode"] == 0, office.logged
    thunderbird.select(thunderbird.file(found["Data"].encode()))
    good = f"""
        const s = (() => {{ {STATE} }})();
        return s.signed.includes("signed-ok") && s.encrypted.includes("ok") === given && s.body.includes("EUR 18'400");
    """
    thunderbird.wait_for(f"const given = arguments[0]; {good}", encrypted, seconds=60)
