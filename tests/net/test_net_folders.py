"""Names of folders, and which one holds sent mail."""

from __future__ import annotations

import pytest

from letterlock.net import folders, imap
from letterlock.net.folders import Folder
from letterlock.net.mail import Login
from tests.net.mail_servers import Peer, listening
from tests.net.mail_tls import Authority


@pytest.mark.parametrize(
    ("name", "encoded"),
    [
        ("Sent", "Sent"),
        ("Gesendete Objekte für Größen", "Gesendete Objekte f&APw-r Gr&APYA3w-en"),
        ("A & B", "A &- B"),
        ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
        ("📬", "&2D3c7A-"),
        ("", ""),
    ],
)
def test_names_in_modified_utf7(name: str, encoded: str) -> None:
    """RFC 3501 §5.1.3, with its own example, and beyond the first plane."""
    assert folders.encode(name) == encoded
    assert folders.decode(encoded.encode()) == name


def test_names_in_utf8_and_in_nothing() -> None:
    """Servers that say UTF-8 (RFC 6855), and what is no encoding at all, is shown."""
    assert folders.decode("Größe".encode()) == "Größe"
    assert folders.decode(b"&AAA") == "&AAA"
    assert "\ufffd" in folders.decode(b"\xff&APw-")


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (b'LIST (\\HasNoChildren \\Sent) "/" "Sent"', Folder("Sent", "/", frozenset({"\\hasnochildren", "\\sent"}))),
        (b"LIST () NIL INBOX", Folder("INBOX", "", frozenset())),
        (b'LIST () "." {5}\r\na"b)(', Folder('a"b)(', ".", frozenset())),
        (b'LIST () "/" "a \\"b\\\\"', Folder('a "b\\', "/", frozenset())),
        (b'LIST () "/" "x" (OLDNAME ("y"))', Folder("x", "/", frozenset())),
        (b'LSUB () "/" "x"', None),
        (b"LIST ((", None),
        (b'LIST () "/" {9}\r\nshort', None),
        (b'LIST () "/"', None),
    ],
)
def test_list_responses(line: bytes, found: Folder | None) -> None:
    """Atoms, quoted strings, literals and NIL; what is broken is none."""
    assert folders.folder(line) == found


def _folders(*names: str, delimiter: str = "/") -> list[Folder]:
    marked = [each.split(" ", 1) for each in names]
    return [Folder(each[-1], delimiter, frozenset(each[:1] if len(each) > 1 else [])) for each in marked]


def test_the_folder_of_sent_mail() -> None:
    """The one that says so, whatever it is called; else a usual name, the highest; never one that holds no mail."""
    assert folders.sent(_folders("- Sent", "\\sent Ausgang")) == Folder("Ausgang", "/", frozenset({"\\sent"}))
    found = folders.sent(_folders("- Archive/Sent", "- Gesendet", "- INBOX"))
    assert found is not None
    assert found.name == "Gesendet"
    assert folders.sent(_folders("\\noselect Sent", "- INBOX")) is None


def test_where_a_new_one_goes() -> None:
    """Beside the others: below INBOX where everything is."""
    assert folders.new_sent(_folders("- INBOX", "- Trash")) == "Sent"
    assert folders.new_sent(_folders("- INBOX", "- INBOX.Trash", delimiter=".")) == "INBOX.Sent"
    assert folders.new_sent(_folders("- INBOX")) == "Sent"


def test_a_server_that_speaks_utf8_gets_utf8(mail_authority: Authority) -> None:
    """RFC 6855: names and headers as they are, once it has been enabled; names that cannot be quoted as literals."""
    taken: list[bytes] = []

    def talk(peer: Peer) -> None:
        peer.say("* OK test")
        while True:
            line = peer.line()
            tag, _, command = line.partition(b" ")
            if command.startswith(b"APPEND"):
                peer.say("+ name")
                name = peer.exactly(int(command.rpartition(b"{")[2][:-1]))
                rest = peer.line()
                peer.say("+ message")
                octets = peer.exactly(int(rest.rpartition(b"{")[2][:-1]))
                taken.extend([command, name, rest, octets, peer.line()])
            elif command.startswith(b"LIST"):
                peer.say('* LIST (\\Sent) "/" "Größe"'.encode() + b"\r\n")
            elif command.startswith(b"CAPABILITY"):
                peer.say("* CAPABILITY IMAP4rev1 ENABLE UTF8=ACCEPT AUTH=PLAIN SASL-IR")
            peer.say(tag + b" OK done\r\n")

    message = "Subject: Grüße\r\n\r\n".encode()
    with (
        listening(talk, mail_authority.serving()) as listener,
        imap.connected(listener.server(), mail_authority.trusting()) as session,
    ):
        session.login(Login("password", "anna", "geheim"))
        assert session.sent_folder() == "Größe"
        session.append("Größe", len(message), [message], utf8=True)
    assert taken[0] == b"APPEND {7}"
    assert taken[1:] == ["Größe".encode(), b" (\\Seen) UTF8 (~{%d}" % len(message), message, b")"]
