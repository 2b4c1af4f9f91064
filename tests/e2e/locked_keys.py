"""A person's locked keys, for a host with a home of its own: a vault with Carla's key. Anna's is on a smart card."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric import ec

from letterlock.keystore import pkcs12, requests
from letterlock.keystore.entries import Purpose
from letterlock.keystore.vault import Vault
from tests.installed_host import InstalledHost
from tests.keystore.own_keys import issue
from tests.keystore.vaults import PASSPHRASE
from tests.signed_mail import DemoMail

ENDING = "carla@ends-soon.example"
TEXT = b"Content-Type: text/plain\r\n\r\nThe offer: EUR 18,400.00\r\n"


def fill_vault(host: InstalledHost, mail: DemoMail) -> None:
    """A vault with Carla's key, and another of hers whose certificate ends in ten days; locked everywhere."""
    identity = pkcs12.load(mail.key_file(mail.carla, "correct horse").read_bytes(), "correct horse")
    vault = Vault.at(host.home / "data" / "letterlock.sqlite")
    vault.create(PASSPHRASE)
    vault.add(identity.key, [identity.certificate])
    ending = ec.generate_private_key(ec.SECP256R1())
    asked = requests.create(ending, [ENDING], "Carla Conti", Purpose.BOTH)
    vault.add(ending, issue(requests.to_pem([asked], []), days=10))
    vault.forget()
