"""Accounts: what is none, and that a password goes only where it was given for."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from letterlock.keystore.failures import SecretDamaged
from letterlock.net.mail import MailServer
from letterlock.operations import accounts
from letterlock.operations.account_failures import (
    AccountMissing,
    AccountSecretMissing,
    AccountSettingWrong,
)
from letterlock.operations.accounts import Account
from letterlock.store.failures import AccountUnknown
from tests.keystore.vaults import made
from tests.net.mail_tls import Authority
from tests.operations.sending_desk import ANNA, BEA, sending


def test_a_changed_server_does_not_get_the_password(quick_path: Path, mail_authority: Authority) -> None:
    """Neither when somebody edits the database, nor when a client asks for other servers without giving it again."""
    with sending(quick_path, mail_authority) as (sender, _, _):
        elsewhere = replace(sender.account, smtp=MailServer("evil.example", 465, "tls"))
        changed = accounts.put(sender.database, sender.vault, elsewhere)
        assert not changed.has_secret
        with pytest.raises(AccountSecretMissing):
            accounts.login(sender.database, sender.vault, changed)
        account = accounts.put(sender.database, sender.vault, sender.account, "geheim")
        with sqlite3.connect(sender.database) as connection:
            connection.execute("UPDATE account SET settings = replace(settings, 'localhost', 'evil.example')")
        (edited,) = accounts.listed(sender.database)
        assert edited.smtp.host == "evil.example"
        with pytest.raises(SecretDamaged):
            accounts.login(sender.database, sender.vault, edited)
        assert account.id == edited.id


def test_settings_beside_the_servers_keep_the_password(quick_path: Path, mail_authority: Authority) -> None:
    """The folder of copies is changed, and it still sends."""
    with sending(quick_path, mail_authority) as (sender, _, _):
        changed = accounts.put(sender.database, sender.vault, replace(sender.account, folder="Archive"))
        assert accounts.login(sender.database, sender.vault, changed).secret == "geheim"


@pytest.mark.parametrize(
    ("change", "setting"),
    [
        ({"address": "nobody"}, "address"),
        ({"address": "a@b, c@d"}, "address"),
        ({"smtp": MailServer("mail example", 465, "tls")}, "host"),
        ({"smtp": MailServer("", 465, "tls")}, "host"),
        ({"smtp": MailServer("a/b", 465, "tls")}, "host"),
        ({"smtp": MailServer("mail.example", 0, "tls")}, "port"),
        ({"imap": MailServer("mail.example", 70_000, "tls")}, "port"),
        ({"user": "a\nb"}, "user"),
        ({"folder": "a\r\nb"}, "folder"),
    ],
)
def test_settings_that_are_none(change: dict[str, Any], setting: str, quick_path: Path) -> None:
    """Each is named, and nothing is kept."""
    database = quick_path / "letterlock.sqlite"
    with pytest.raises(AccountSettingWrong) as caught:
        accounts.put(
            database, made(database), replace(Account(ANNA, MailServer("mail.example", 465, "tls")), **change), "x"
        )
    assert caught.value.setting == setting
    assert accounts.listed(database) == []


def test_accounts_by_name_address_and_none(quick_path: Path) -> None:
    """Found by what a person types; a host is kept as the DNS has it."""
    database = quick_path / "letterlock.sqlite"
    vault = made(database)
    put = accounts.put(database, vault, Account(ANNA, MailServer("Größe.Example", 465, "tls")), "x")
    assert put.smtp.host == "xn--gre-6ka8i.example"
    assert accounts.one(database, "Anna@Muster.example") == accounts.one(database, put.id) == put
    assert accounts.sending_for(database, ANNA) == put
    with pytest.raises(AccountMissing):
        accounts.sending_for(database, BEA)
    assert accounts.remove(database, ANNA) == put
    for missing in (put.id, ANNA):
        with pytest.raises(AccountUnknown):
            accounts.one(database, missing)
