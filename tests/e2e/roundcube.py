"""A webmail on loopback: Debian's Roundcube on PHP's built-in server, Dovecot for IMAP, an SMTP sink.

Everything lives in one temporary folder and ends with `stop`. Any user name logs in with `PASSWORD`. Started by root
(as in CI), Dovecot and PHP give up root's rights; started by anybody else, both run as that user.
"""

from __future__ import annotations

import contextlib
import grp
import imaplib
import os
import pwd
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Template

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.e2e.processes import ProcessGroup, free_port, listening
from tests.needs import require_path, require_program

PASSWORD = "demo"
"""Opens every mailbox: the rig holds nothing secret and listens on loopback only."""

_SHARE = Path("/usr/share/roundcube")
_DOCUMENT_ROOT = Path("/var/lib/roundcube/public_html")
_SETTINGS = Path("/etc/roundcube")
_POP3 = Path("/usr/lib/dovecot/pop3")

_DOVECOT = Template("""
base_dir = $folder/run
state_dir = $folder/run
log_path = $folder/dovecot.log
protocols = $protocols
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_internal_user = $internal_user
default_internal_group = $internal_group
default_login_user = $login_user
first_valid_uid = $uid
first_valid_gid = $gid
mail_location = maildir:$folder/mail/%n
passdb {
  driver = static
  args = password=$password
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
    port = 0
  }
}
service pop3-login {
  chroot =
  inet_listener pop3 {
    address = 127.0.0.1
    port = $pop
  }
  inet_listener pop3s {
    port = 0
  }
}
service anvil {
  chroot =
}
namespace inbox {
  inbox = yes
  mailbox Drafts {
    auto = subscribe
    special_use = \\Drafts
  }
  mailbox Sent {
    auto = subscribe
    special_use = \\Sent
  }
  mailbox Trash {
    auto = subscribe
    special_use = \\Trash
  }
}
""")

_ROUNDCUBE = Template("""<?php
$$config = [
    'db_dsnw' => 'sqlite:///$folder/roundcube/roundcube.db?mode=0640',
    'imap_host' => '127.0.0.1:$imap',
    'smtp_host' => '127.0.0.1:$smtp',
    'smtp_user' => '',
    'smtp_pass' => '',
    'mail_domain' => 'muster.example',
    'des_key' => 'a-key-for-loopback-tests',
    'plugins' => [],
    'skin' => ($$_SERVER['HTTP_HOST'] ?? '') === 'localhost:$http' ? 'larry' : 'elastic',
    'language' => 'en_US',
    'enable_installer' => false,
    'log_driver' => 'file',
    'log_dir' => '$folder/roundcube/logs/',
    'temp_dir' => '$folder/roundcube/temp/',
    'create_default_folders' => true,
    // PHP's own sessions are locked while a request uses them; Roundcube's database sessions lose writes in a race.
    'session_storage' => 'php',
    'ip_check' => false,
];
""")


@dataclass(frozen=True)
class Servants:
    """The users that the servers run as."""

    internal: str
    internal_group: str
    login: str
    mail: str
    uid: int
    gid: int

    @classmethod
    def of_this_machine(cls) -> Servants:
        """Debian's users of Dovecot and of web servers for root, else whoever runs the tests."""
        if os.geteuid() == 0:
            web = pwd.getpwnam("www-data")
            return cls("dovecot", "dovecot", "dovenull", web.pw_name, web.pw_uid, web.pw_gid)
        me = pwd.getpwuid(os.geteuid())
        return cls(me.pw_name, grp.getgrgid(me.pw_gid).gr_name, me.pw_name, me.pw_name, me.pw_uid, me.pw_gid)


class SmtpSink:
    """Accepts every submission, keeps it in `received`, and delivers it to the rig's own mailboxes. `refusal`: what it
    says instead, if anything."""

    def __init__(self, rig: Roundcube) -> None:
        self.received: list[Envelope] = []
        self.refusal = ""
        self._rig = rig

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Takes one message."""
        if self.refusal:
            return self.refusal
        content = envelope.content
        assert isinstance(content, bytes)
        self.received.append(envelope)
        for recipient in envelope.rcpt_tos:
            self._rig.deliver(content, user=recipient.partition("@")[0])
        return "250 OK"


class Roundcube:
    """The running webmail. `url` is its address; `deliver` puts a message into a mailbox."""

    def __init__(self) -> None:
        dovecot = require_program("dovecot", "dovecot-imapd")
        php = require_program("php", "php8.2-cli")
        require_path(_DOCUMENT_ROOT / "index.php", "roundcube-core")
        schema = require_path(_SHARE / "SQL" / "sqlite.initial.sql", "roundcube-core roundcube-sqlite3")
        self._folder = Path(tempfile.mkdtemp(prefix="letterlock-webmail-"))
        self._imap, self._http, smtp = free_port(), free_port(), free_port()
        self._groups: list[ProcessGroup] = []
        self._servants = Servants.of_this_machine()
        self.url = f"http://127.0.0.1:{self._http}/"
        self.old_skin_url = f"http://localhost:{self._http}/"
        self.sink = SmtpSink(self)
        self.smtp_port = smtp
        self.pop_port = free_port()
        """Of the same mailboxes, where Dovecot's POP3 is installed."""
        self._submission = Controller(self.sink, hostname="127.0.0.1", port=smtp, data_size_limit=2**26)
        try:
            self._lay_out(schema, smtp)
            self._submission.start()
            self._start_servers(dovecot, php)
        except BaseException:
            self.stop()
            raise

    @property
    def imap_port(self) -> int:
        """Where the IMAP server listens, for mail programs other than the webmail."""
        return self._imap

    def deliver(self, message: bytes, user: str = "bert", mailbox: str = "INBOX") -> int:
        """Puts `message` (CRLF line ends) into a mailbox of `user` and returns its UID there."""
        with self._logged_in(user) as imap:
            _, answer = imap.append(mailbox, "", "", message)
        # RFC 4315 §3: [APPENDUID validity uid]
        told = re.search(rb"APPENDUID \d+ (\d+)", b"".join(answer))
        assert told, f"the IMAP server did not say where the message went: {answer!r}"
        return int(told[1])

    def count(self, user: str, mailbox: str = "INBOX") -> int:
        """How many messages are in a mailbox."""
        with self._logged_in(user) as imap:
            _, (number, *_) = imap.select(mailbox, readonly=True)
            return int(number or 0)

    def last(self, user: str, mailbox: str) -> tuple[bytes, bool]:
        """The newest message in a mailbox, and whether it counts as read."""
        with self._logged_in(user) as imap:
            _, (number, *_) = imap.select(mailbox, readonly=True)
            _, found = imap.fetch((number or b"0").decode(), "(FLAGS BODY.PEEK[])")
        head, octets = next(each for each in found if isinstance(each, tuple))
        flags = head + b"".join(each for each in found if isinstance(each, bytes))
        return octets, b"\\Seen" in flags

    def stop(self) -> None:
        """Ends the servers and removes every file."""
        for group in reversed(self._groups):
            group.stop()
        with contextlib.suppress(AssertionError):  # aiosmtpd's word for "was not started"
            self._submission.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    @contextlib.contextmanager
    def _logged_in(self, user: str) -> Iterator[imaplib.IMAP4]:
        with imaplib.IMAP4("127.0.0.1", self._imap) as imap:
            imap.login(user, PASSWORD)
            yield imap

    def _lay_out(self, schema: Path, smtp: int) -> None:
        servants = self._servants
        values = {
            "folder": str(self._folder),
            "imap": str(self._imap),
            "pop": str(self.pop_port),
            "protocols": "imap pop3" if _POP3.exists() else "imap",
            "smtp": str(smtp),
            "http": str(self._http),
            "password": PASSWORD,
            "internal_user": servants.internal,
            "internal_group": servants.internal_group,
            "login_user": servants.login,
            "uid": str(servants.uid),
            "gid": str(servants.gid),
        }
        for name in ("run", "mail", "settings", "roundcube/logs", "roundcube/temp"):
            (self._folder / name).mkdir(parents=True)
        (self._folder / "dovecot.conf").write_text(_DOVECOT.substitute(values))
        # Roundcube reads the distribution's defaults from the same folder as its settings.
        for name in ("defaults.inc.php", "mimetypes.php"):
            shutil.copy(require_path(_SETTINGS / name, "roundcube-core"), self._folder / "settings" / name)
        (self._folder / "settings" / "config.inc.php").write_text(_ROUNDCUBE.substitute(values))
        with contextlib.closing(sqlite3.connect(self._folder / "roundcube" / "roundcube.db")) as database:
            database.executescript(schema.read_text())
        if os.geteuid() == 0:
            for name in ("mail", "roundcube"):
                for path in (self._folder / name, *(self._folder / name).rglob("*")):
                    os.chown(path, servants.uid, servants.gid)
        self._folder.chmod(0o755)  # mkdtemp lets only its maker in, and the servers run as somebody else

    def _start_servers(self, dovecot: Path, php: Path) -> None:
        servants = self._servants
        imap = ProcessGroup(
            [str(dovecot), "-F", "-c", str(self._folder / "dovecot.conf")], self._folder / "dovecot.out"
        )
        self._groups.append(imap)
        command = [str(php), "-S", f"127.0.0.1:{self._http}", "-t", str(_DOCUMENT_ROOT)]
        for setting in (
            "upload_max_filesize=40M",
            "post_max_size=42M",
            "memory_limit=256M",
            f"session.save_path={self._folder / 'roundcube' / 'temp'}",
        ):
            command += ["-d", setting]
        if os.geteuid() == 0:
            setpriv = require_program("setpriv", "util-linux")
            rights = [f"--reuid={servants.uid}", f"--regid={servants.gid}", "--clear-groups"]
            command = [str(setpriv), *rights, *command]
        environment = {
            **os.environ,
            "ROUNDCUBE_CONFIG_DIR": str(self._folder / "settings"),
            "PHP_CLI_SERVER_WORKERS": "4",
        }
        web = ProcessGroup(command, self._folder / "php.log", environment, cwd=_DOCUMENT_ROOT)
        self._groups.append(web)
        imap.wait_until(lambda: listening(self._imap), "IMAP")
        web.wait_until(lambda: listening(self._http), "webmail")
