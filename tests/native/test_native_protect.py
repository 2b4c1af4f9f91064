"""Signing and encrypting over the real pipe: a finished message goes up, others come down, and OpenSSL reads them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from letterlock.limits import CHUNK_OCTETS
from letterlock.native.client import HostFailed, HostProcess
from tests.keystore.vaults import PASSPHRASE
from tests.needs import require_program
from tests.operations.writing_desk import WritingDesk

NOTE = b"From: Anna <anna@muster.example>\nTo: bea@muster.example\nSubject: Offer\n\nDear Bea\n"
BLIND = NOTE.replace(b"Subject", b"Bcc: carl@muster.example\nSubject")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> WritingDesk:
    folder = tmp_path_factory.mktemp("home") / "data"
    folder.mkdir()
    return WritingDesk(folder, people=("anna", "bea", "carl"))


@contextmanager
def host(desk: WritingDesk, unlocked: bool = True) -> Iterator[HostProcess]:
    """A host on the desk's database."""
    with HostProcess(environment={"LETTERLOCK_HOME": str(desk.database.parent.parent)}) as started:
        if unlocked:
            _answer(started, started.request("vault_unlock", {"way": "passphrase", "secret": PASSPHRASE}))
        yield started


def protect(started: HostProcess, message: bytes, **wish: Any) -> Any:
    """The answer to `protect`; the message goes up in chunks."""
    request = started.request("protect", {"size": len(message), "sign": False, "encrypt": False, **wish})
    for start in range(0, len(message), CHUNK_OCTETS):
        started.send_chunk(request, message[start : start + CHUNK_OCTETS], start + CHUNK_OCTETS >= len(message))
    return _answer(started, request)


def _answer(started: HostProcess, request: str) -> Any:
    while True:
        frame = started.receive()
        if frame["type"] == "error" and frame["id"] == request:
            raise HostFailed(frame["error"])
        if frame["type"] == "reply" and frame["id"] == request:
            return frame["result"]


def _decrypted(openssl: Path, desk: WritingDesk, entry: Any, message: bytes, folder: Path) -> bytes:
    key = folder / "key.pem"
    private = desk.vault.private_key(entry.id)
    key.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))  # type: ignore[union-attr]
    mail = folder / "mail.eml"
    mail.write_bytes(message)
    return subprocess.run(
        [openssl, "cms", "-decrypt", "-in", mail, "-inkey", key], capture_output=True, check=True
    ).stdout


def entries(desk: WritingDesk) -> dict[str, Any]:
    """The key of each person by address."""
    from letterlock.operations.keys import certificates

    return {address: each for each in desk.vault.entries() for one in certificates(each) for address in one.addresses}


def test_each_made_message_is_fetched_and_openssl_decrypts_it_for_its_readers(
    desk: WritingDesk, tmp_path: Path
) -> None:
    """To, Bcc and Sent: each is readable by those that it names as readers, and the signature inside holds."""
    openssl = require_program("openssl", "openssl")
    keys = entries(desk)
    (tmp_path / "root.der").write_bytes(desk.root.der)
    root = ["openssl", "x509", "-inform", "DER", "-in", str(tmp_path / "root.der"), "-out", str(tmp_path / "root.pem")]
    subprocess.run(root, check=True)
    with host(desk) as started:
        answer = protect(started, BLIND, sign=True, encrypt=True)
        assert answer["problems"] == []
        assert "anna@muster.example" in answer["signed_by"]["addresses"]
        assert [(each["role"], each["recipients"]) for each in answer["made"]] == [
            ("everybody", ["bea@muster.example"]),
            ("blind", ["carl@muster.example"]),
            ("sent", []),
        ]
        for made in answer["made"]:
            octets = started.part(answer["message"], made["id"])
            assert len(octets) == made["size"]
            assert b"Dear" not in octets
            for reader in made["readers"]:
                inside = _decrypted(openssl, desk, keys[reader["address"]], octets, tmp_path)
                (tmp_path / "inside.eml").write_bytes(inside)
                verify = [openssl, "cms", "-verify", "-in", tmp_path / "inside.eml", "-CAfile", tmp_path / "root.pem"]
                shown = subprocess.run(verify, capture_output=True, check=True).stdout
                assert b"Dear Bea" in shown
            outside = octets.partition(b"\r\n\r\n")[0]
            assert (b"carl@" in outside) == (made["role"] == "sent")


@pytest.mark.parametrize(
    ("unlocked", "message", "codes"),
    [
        (True, NOTE.replace(b"To: ", b"To: zoe@muster.example, "), ["recipient_without_certificate"]),
        (False, NOTE, ["vault_locked"]),
        (
            False,
            NOTE.replace(b"To: ", b"To: zoe@muster.example, yan@muster.example, "),
            ["vault_locked", "recipient_without_certificate", "recipient_without_certificate"],
        ),
    ],
)
def test_with_anything_missing_nothing_is_made_and_all_of_it_is_said(
    desk: WritingDesk, unlocked: bool, message: bytes, codes: list[str]
) -> None:
    """An answer, with a sentence for each problem; there is no handle."""
    with host(desk, unlocked) as started:
        answer = protect(started, message, sign=True, encrypt=True)
        assert (answer["message"], answer["made"], answer["signed_by"]) == (None, [], None)
        assert [each["code"] for each in answer["problems"]] == codes
        assert all(each["sentence"] for each in answer["problems"])


def test_a_draft_is_encrypted_to_the_writer_while_the_vault_is_locked(desk: WritingDesk) -> None:
    """Saving needs no passphrase; only reading it again does."""
    with host(desk, unlocked=False) as started:
        answer = protect(started, BLIND, sign=True, encrypt=True, draft=True)
        (made,) = answer["made"]
        assert (made["role"], [each["address"] for each in made["readers"]]) == ("draft", ["anna@muster.example"])
        assert b"Dear" not in started.part(answer["message"], made["id"])


def test_a_made_message_has_no_verdict_to_ask_about(desk: WritingDesk) -> None:
    """It is fetched and closed; anything else says that it is unknown, and a part that there is not, too."""
    with host(desk) as started:
        answer = protect(started, NOTE, sign=True)
        handle = answer["message"]
        with pytest.raises(HostFailed, match="unknown_message"):
            _answer(started, started.request("issuers", {"message": handle}))
        with pytest.raises(HostFailed, match="unknown_part"):
            started.part(handle, "2")
        assert _answer(started, started.request("close", {"message": handle})) == {}
        with pytest.raises(HostFailed, match="unknown_message"):
            started.part(handle, "1")


def test_large_messages_and_no_messages(desk: WritingDesk) -> None:
    """More than a chunk goes up and comes down; what is no message is an error."""
    with host(desk) as started:
        body = NOTE + b"0123456789abcdef\n" * 70_000
        answer = protect(started, body, sign=True)
        assert answer["made"][0]["size"] > len(body)
        with pytest.raises(HostFailed, match="not_a_message"):
            protect(started, b"no message", sign=True)
