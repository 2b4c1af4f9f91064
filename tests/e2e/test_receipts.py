"""Signed receipts in the webmail: whoever is asked for one is told, and whoever gets one sees what it proves."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from letterlock.cms import PrivateSigningKey
from letterlock.keystore.vault import Vault
from letterlock.operations import protect, trust
from letterlock.operations.protect import Wish
from tests.e2e.conftest import Desk
from tests.e2e.roundcube import Roundcube
from tests.installed_host import InstalledHost
from tests.signed_mail import ANNA, BERT, CARLA, DemoMail, Identity

TEXT = b"Content-Type: text/plain\r\n\r\nPlease confirm.\r\n"


def sent_by_bert(host: InstalledHost, mail: DemoMail) -> bytes:
    """Signed on this computer with a key that is not in the vault, and entered in the journal; it asks."""
    bert = mail._person(BERT, "bert", mail._issuing)
    key = PrivateSigningKey(
        x509.load_pem_x509_certificate(bert.certificate.read_bytes()),
        load_pem_private_key(bert.key.read_bytes(), None),  # type: ignore[arg-type]
    )
    database = host.home / "data" / "letterlock.sqlite"
    now = datetime.now(UTC)
    own = protect.Desk(Vault.at(database), database, trust.settings(database), now, cards=[key])
    incoming = protect.Incoming()
    incoming.feed(f"From: {BERT}\r\nTo: {CARLA}\r\nSubject: Order\r\n".encode() + TEXT)
    (made,) = protect.plan(incoming.close(), Wish(sign=True, receipt=True), own).make()
    octets = made.octets.read(0, len(made.octets))
    made.octets.close()
    return octets


def receipt_by(who: Identity, question: bytes, folder: Path) -> bytes:
    """As OpenSSL makes it."""
    (folder / "question").write_bytes(question)
    (folder / "along").write_bytes(b"".join(each.read_bytes() for each in who.along[1:]))
    subprocess.run(
        ["openssl", "cms", "-sign_receipt", "-in", "question", "-signer", who.certificate, "-inkey", who.key,
         "-certfile", "along", "-out", "answer"],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    head = f"From: {CARLA}\r\nTo: {BERT}\r\nSubject: Receipt\r\n".encode()
    return head + (folder / "answer").read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def test_one_who_is_asked_is_told(desk: Desk, webmail: Roundcube, mail: DemoMail) -> None:
    """Without a click, below the calm line, and the line stays calm."""
    asking = ("-receipt_request_all", "-receipt_request_to", ANNA.address)
    desk.reader.open_message(webmail.deliver(mail.sign("Please confirm", TEXT, *asking)))
    shown = desk.panel.words()
    assert desk.panel.status() == "valid", shown
    assert f"Anna Muster asks for a signed receipt, to be sent to {ANNA.address}" in shown


def test_a_receipt_says_what_it_proves(desk: Desk, webmail: Roundcube, mail: DemoMail, tmp_path: Path) -> None:
    """That Carla got Bert's message; and one for a message that was never sent from here says that."""
    question = sent_by_bert(desk.host, mail)
    answer = receipt_by(mail.carla, question, tmp_path)
    desk.reader.open_message(webmail.deliver(answer))
    shown = desk.panel.words()
    assert desk.panel.status() == "valid", shown
    assert "Carla Conti confirms your message of" in shown
    desk.keep_screenshot("receipt")
    asking = ("-receipt_request_all", "-receipt_request_to", ANNA.address)
    stray = receipt_by(mail.carla, mail.sign("Never sent from here", TEXT, *asking), tmp_path)
    desk.reader.open_message(webmail.deliver(stray))
    assert "not in the journal of this computer" in desk.panel.words()
