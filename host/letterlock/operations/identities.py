"""The identities a message may be opened with: own keys in the vault, and PKCS#12 files given for this one time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from letterlock import limits
from letterlock.cms import CertificateKey, RecipientKey, load_certificate
from letterlock.keystore import pkcs12
from letterlock.keystore.entries import Purpose
from letterlock.keystore.vault import Vault


def given(files: Sequence[Path], passphrase_file: Path | None) -> list[RecipientKey]:
    """The keys of PKCS#12 files, all under the passphrase that is the first line of a file (none: an empty one).

    A passphrase comes from a file and never from an argument, which other users of the computer could read.

    Raises:
        WrongPassphrase, KeyFileDamaged, KeyMissing …: as `pkcs12.load`.
        OSError: a file cannot be read.
    """
    passphrase = ""
    if passphrase_file is not None:
        with passphrase_file.open("rb") as file:
            passphrase = file.readline(limits.PASSPHRASE_OCTETS).decode("utf-8", "replace").rstrip("\r\n")
    keys: list[RecipientKey] = []
    for path in files:
        with path.open("rb") as file:
            keys.append(pkcs12.load(file.read(limits.KEY_FILE_OCTETS + 1), passphrase).recipient_key())
    return keys


def own(vault: Vault) -> list[RecipientKey]:
    """Every key in an unlocked vault that decrypts, with each of its certificates: old ones too.

    Raises:
        VaultLocked, KeyDamaged …: as `Vault.private_key`.
    """
    found: list[RecipientKey] = []
    for entry in vault.entries():
        if entry.purpose in (Purpose.AUTHORITY, Purpose.SIGN):
            continue
        certificates = [load_certificate(each) for each in entry.certificates]
        key = vault.private_key(entry.id)
        found += [CertificateKey(each, key) for each in certificates if each is not None]
    return found
