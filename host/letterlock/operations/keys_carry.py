"""Own keys from and to other programs: PKCS#12 files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from letterlock.keystore import pkcs12, pkcs12_write
from letterlock.keystore.entries import KeyEntry, Purpose
from letterlock.keystore.failures import KeyMissing
from letterlock.keystore.pkcs12 import KeyFile
from letterlock.keystore.pkcs12_write import Form
from letterlock.keystore.vault import Vault
from letterlock.operations.keys import certificates, named
from letterlock.operations.keys_choose import purpose_of
from letterlock.trust.certificate import Certificate
from letterlock.trust.reasons import CertificateUndecodable


@dataclass(frozen=True)
class Imported:
    """Keys that are in the vault now; `unread` are algorithms (numbers) of keys that nothing here reads."""

    entries: tuple[KeyEntry, ...]
    unread: tuple[str, ...]
    has_checksum: bool


def opened(octets: bytes, passphrase: str) -> KeyFile:
    """What is in a PKCS#12 file that has at least one private key.

    Args:
        passphrase: the file's; empty: an empty one or none.

    Raises:
        WrongPassphrase, KeyFileDamaged …: as `pkcs12.read`.
        KeyMissing: there is no private key in it.
    """
    found = pkcs12.read(octets, passphrase)
    if not found.keys:
        raise KeyMissing
    return found


def keep(vault: Vault, found: KeyFile) -> Imported:
    """Keep every key of a file, with all its certificates. Expired ones are welcome: old mail needs them.

    Raises:
        VaultLocked.
    """
    entries = []
    for each in found.keys:
        own = [each.certificate] if each.certificate else []
        entries.append(vault.add(each.key, [*own, *found.others], label=each.name or "", purpose=_purpose(own)))
    return Imported(tuple(entries), found.unread, found.has_checksum)


def export(vault: Vault, entries: Sequence[KeyEntry], passphrase: str, form: Form) -> bytes:
    """A PKCS#12 file with these keys, their certificates (older ones too) and their issuers'.

    Raises:
        PassphraseNeeded: there must be one.
        VaultLocked, KeyDamaged.
    """
    keys, along = [], []
    for entry in entries:
        newest = next(iter(certificates(entry)), None)
        own = newest.der if newest else None
        keys.append(pkcs12_write.Exported(vault.private_key(entry.id), own, named(entry)))
        along += [each for each in (*entry.certificates, *entry.chain) if each != own]
    return pkcs12_write.write(keys, along, passphrase, form)


def _purpose(certificates: Sequence[bytes]) -> Purpose:
    try:
        return purpose_of(Certificate.parse(certificates[0])) if certificates else Purpose.BOTH
    except CertificateUndecodable:
        return Purpose.BOTH
