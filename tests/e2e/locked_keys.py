"""A person's locked keys, for a host with a home of its own: a vault with Carla's key. Anna's is on a smart card."""

from __future__ import annotations

from letterlock.keystore import pkcs12
from letterlock.keystore.vault import Vault
from tests.installed_host import InstalledHost
from tests.keystore.vaults import PASSPHRASE
from tests.signed_mail import DemoMail

TEXT = b"Content-Type: text/plain\r\n\r\nThe offer: EUR 18,400.00\r\n"


def fill_vault(host: InstalledHost, mail: DemoMail) -> None:
    """A vault with Carla's key, locked in every process but this one, which forgets it."""
    identity = pkcs12.load(mail.key_file(mail.carla, "correct horse").read_bytes(), "correct horse")
    vault = Vault.at(host.home / "data" / "letterlock.sqlite")
    vault.create(PASSPHRASE)
    vault.add(identity.key, [identity.certificate])
    vault.forget()
