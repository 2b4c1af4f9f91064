"""A provider on loopback: Debian's Postfix takes submissions and delivers, Debian's Dovecot keeps the mailboxes.

Private instances in a folder of their own, on ports that nobody uses; any address @muster.example has a mailbox.
Postfix must be started by root, as in CI. `stop` ends everything.
"""

from __future__ import annotations

import base64
import contextlib
import imaplib
import os
import pwd
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from string import Template
from typing import Any

from letterlock.net.mail import MailServer
from tests.e2e.processes import ProcessGroup, free_port, listening
from tests.needs import missing, require_path, require_program
from tests.net.mail_tls import Authority
from tests.net.servers import Server, answer

PASSWORD = 'Grüße: "geheim" \\ 1'
PEOPLE = ("anna", "bea", "carl", "refused")
TOKEN = "ya29." + "token" * 200
"""Long, as Microsoft's are."""

_MAIN = Template("""
compatibility_level = 3.6
queue_directory = $folder/spool
data_directory = $folder/data
mail_owner = postfix
setgid_group = postdrop
maillog_file = $folder/mail.log
maillog_file_prefixes = $folder
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = localhost
mydestination =
virtual_mailbox_domains = muster.example
virtual_mailbox_base = $folder/mail
virtual_minimum_uid = 1
virtual_uid_maps = static:$uid
virtual_gid_maps = static:$gid
virtual_mailbox_maps = texthash:$folder/postfix/mailboxes
message_size_limit = 40000000
virtual_mailbox_limit = 0
default_transport = error:no mail leaves this computer
smtpd_tls_chain_files = $folder/tls/server.pem
smtpd_tls_security_level = encrypt
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = $folder/run/postfix-auth
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = check_recipient_access inline:{refused@muster.example=REJECT},
    permit_sasl_authenticated, reject
smtpd_tls_auth_only = yes
smtpd_peername_lookup = no
smtpd_error_sleep_time = 0
""")

_MASTER = Template("""
127.0.0.1:$submission inet n - n - - smtpd
127.0.0.1:$submissions inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
""")

_DOVECOT = Template("""
base_dir = $folder/run
state_dir = $folder/run
log_path = $folder/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <$folder/tls/server.pem
ssl_key = <$folder/tls/server.pem
auth_mechanisms = plain login xoauth2
auth_failure_delay = 0
mail_location = maildir:$folder/mail/%n
first_valid_uid = $uid
passdb {
  driver = passwd-file
  args = scheme=PLAIN $folder/passwords
  mechanisms = plain login
}
passdb {
  driver = oauth2
  mechanisms = xoauth2
  args = $folder/oauth2.conf
}
userdb {
  driver = static
  args = uid=$uid gid=$gid home=$folder/mail/%n
}
service imap-login {
  chroot =
  inet_listener imap {
    address = 127.0.0.1
    port = $imap
  }
  inet_listener imaps {
    address = 127.0.0.1
    port = $imaps
    ssl = yes
  }
}
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service auth {
  unix_listener postfix-auth {
    mode = 0666
  }
}
namespace inbox {
  inbox = yes
  separator = /
  mailbox "Gesendet & alt" {
    auto = create
  }
  mailbox "Gesendete Objekte für Größen" {
    auto = create
    special_use = \\Sent
  }
}
""")


class Provider:
    """The running servers."""

    def __init__(self) -> None:
        if os.geteuid() != 0:
            missing("the right to start Postfix", "run the tests as root")
        postfix, dovecot = require_program("postfix", "postfix"), require_program("dovecot", "dovecot-imapd")
        master = require_path(Path("/usr/lib/postfix/sbin/master"), "postfix")
        self.folder = Path(tempfile.mkdtemp(prefix="letterlock-provider-"))
        self.folder.chmod(0o755)
        self.authority = Authority(self.folder / "tls")
        self._ports = {name: free_port() for name in ("submission", "submissions", "imap", "imaps")}
        self._groups: list[ProcessGroup] = []
        self._tokens = Server(_token)
        try:
            self._lay_out()
            self._start(postfix, master, dovecot)
        except BaseException:
            self.stop()
            raise

    @property
    def submission(self) -> MailServer:
        """With STARTTLS."""
        return MailServer("localhost", self._ports["submission"], "starttls")

    @property
    def submissions(self) -> MailServer:
        """With TLS from the start."""
        return MailServer("localhost", self._ports["submissions"], "tls")

    @property
    def imap(self) -> MailServer:
        """With STARTTLS."""
        return MailServer("localhost", self._ports["imap"], "starttls")

    @property
    def imaps(self) -> MailServer:
        """With TLS from the start."""
        return MailServer("localhost", self._ports["imaps"], "tls")

    @contextlib.contextmanager
    def mailbox(self, user: str) -> Iterator[imaplib.IMAP4_SSL]:
        """A mail program that nobody here wrote, logged in."""
        context = self.authority.trusting()
        with imaplib.IMAP4_SSL("localhost", self._ports["imaps"], ssl_context=context) as session:
            session.authenticate("PLAIN", lambda _: f"\0{user}@muster.example\0{PASSWORD}".encode())
            yield session

    def messages(self, user: str, folder: str = "INBOX", least: int = 0) -> list[bytes]:
        """The messages in a folder (its name as the server writes it), waited for until there are `least`."""
        deadline = time.monotonic() + 30
        while True:
            with self.mailbox(user) as session:
                session.select(f'"{folder}"', readonly=True)
                _, (numbers,) = session.search(None, "ALL")
                if len(numbers.split()) >= least:
                    found = [session.fetch(each.decode(), "(BODY.PEEK[])")[1][0] for each in numbers.split()]
                    return [each[1] for each in found if isinstance(each, tuple)]
            if time.monotonic() > deadline:
                raise AssertionError(f"{least} messages for {user}: {self.log()[-3000:]}")
            time.sleep(0.2)

    def log(self) -> str:
        """What both servers wrote down."""
        files = [self.folder / "mail.log", self.folder / "dovecot.log"]
        return "".join(each.read_text(errors="replace") for each in files if each.exists())

    def stop(self) -> None:
        """Ends the servers and removes every file."""
        for group in reversed(self._groups):
            group.stop()
        self._tokens.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _lay_out(self) -> None:
        owner = pwd.getpwnam("www-data")
        values = {**{name: str(port) for name, port in self._ports.items()}, "folder": str(self.folder)}
        values |= {"uid": str(owner.pw_uid), "gid": str(owner.pw_gid)}
        for name in ("run", "mail", "postfix", "spool", "data"):
            (self.folder / name).mkdir()
        os.chown(self.folder / "mail", owner.pw_uid, owner.pw_gid)
        os.chown(self.folder / "data", pwd.getpwnam("postfix").pw_uid, 0)
        secret = base64.b64encode(PASSWORD.encode()).decode()
        (self.folder / "passwords").write_text(
            "".join(f"{name}@muster.example:{{PLAIN.b64}}{secret}\n" for name in PEOPLE)
        )
        (self.folder / "oauth2.conf").write_text(
            f"tokeninfo_url = http://127.0.0.1:{self._tokens.port}/?access_token=\nusername_attribute = email\n"
        )
        (self.folder / "dovecot.conf").write_text(_DOVECOT.substitute(values))
        (self.folder / "postfix" / "main.cf").write_text(_MAIN.substitute(values))
        (self.folder / "postfix" / "master.cf").write_text(_MASTER.substitute(values))
        (self.folder / "postfix" / "mailboxes").write_text(
            "".join(f"{name}@muster.example {name}/\n" for name in PEOPLE)
        )

    def _start(self, postfix: Path, master: Path, dovecot: Path) -> None:
        imap = ProcessGroup([str(dovecot), "-F", "-c", str(self.folder / "dovecot.conf")], self.folder / "dovecot.out")
        self._groups.append(imap)
        settings = str(self.folder / "postfix")
        check = ProcessGroup([str(postfix), "-c", settings, "check"], self.folder / "check.out")
        self._groups.append(check)
        check.wait_until(lambda: (self.folder / "spool" / "pid").is_dir(), "laying out its queue")
        smtp = ProcessGroup([str(master), "-c", settings, "-d"], self.folder / "postfix.out")
        self._groups.append(smtp)
        imap.wait_until(lambda: listening(self._ports["imap"]) and listening(self._ports["imaps"]), "listening")
        for name in ("submission", "submissions"):
            smtp.wait_until(lambda port=self._ports[name]: listening(port), "listening")  # type: ignore[misc]


def _token(connection: Any, request: bytes) -> None:
    """An authorization server that knows one token."""
    known = f"access_token={TOKEN} ".encode() in request
    said = b'{"email": "anna@muster.example", "expires_in": 600}' if known else b'{"error": "invalid_token"}'
    answer(said, status="200 OK" if known else "401 Unauthorized")(connection, request)


@contextlib.contextmanager
def provider() -> Iterator[Provider]:
    """The servers, for the `with` block."""
    running = Provider()
    try:
        yield running
    finally:
        running.stop()
