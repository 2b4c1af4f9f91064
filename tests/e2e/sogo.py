"""A second webmail nobody here wrote: Debian's SOGo, in front of the mailboxes of the first (`roundcube.py`).

SOGo wants a database, memcached, and a web server before it. All of them run on loopback, in one temporary folder, and
end with `stop`: MariaDB without its own users, and a few lines of Python in Apache's place.
"""

from __future__ import annotations

import http.client
import os
import pwd
import shutil
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path

from tests.e2e.browsers import Browser, wait_for
from tests.e2e.processes import ProcessGroup, free_port, listening
from tests.e2e.roundcube import PASSWORD
from tests.needs import require_path, require_program

_SHIPPED = Path("/usr/lib/GNUstep/SOGo")

_FIRST_TABLES = f"""
CREATE DATABASE sogo;
CREATE TABLE sogo.people (c_uid VARCHAR(60), c_name VARCHAR(60), c_password VARCHAR(60), c_cn TEXT, mail TEXT);
INSERT INTO sogo.people VALUES ('bert', 'bert', '{PASSWORD}', 'Bert Beispiel', 'bert@muster.example');
"""

_PEOPLE = '({ type = sql; id = people; viewURL = "%s/people"; canAuthenticate = YES; userPasswordAlgorithm = none; })'


class Sogo:
    """The running webmail. `url` is its address."""

    def __init__(self, imap_port: int, smtp_port: int) -> None:
        programs = {
            "mariadbd": require_program("mariadbd", "mariadb-server-core"),
            "memcached": require_program("memcached", "memcached"),
            "sogod": require_program("sogod", "sogo"),
        }
        require_path(_SHIPPED / "WebServerResources", "sogo-common")
        self._folder = Path(tempfile.mkdtemp(prefix="letterlock-sogo-"))
        self._folder.chmod(0o755)
        self._groups: list[ProcessGroup] = []
        self._web: ThreadingHTTPServer | None = None
        self._imap, self._smtp = imap_port, smtp_port
        self.url = ""
        try:
            self._start(programs)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Ends the servers and removes every file."""
        if self._web is not None:
            self._web.shutdown()
            self._web.server_close()
        for group in reversed(self._groups):
            group.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self, programs: dict[str, Path]) -> None:
        database, memcached, sogod = free_port(), free_port(), free_port()
        (self._folder / "first.sql").write_text(_FIRST_TABLES.lstrip())
        self._run(
            "database",
            [
                *(str(programs["mariadbd"]), "--no-defaults", f"--datadir={self._folder}/database"),
                *(f"--socket={self._folder}/database/socket", f"--port={database}", "--bind-address=127.0.0.1"),
                # Nobody but the tests is on loopback, and a database without users and InnoDB is there in a moment.
                *("--skip-grant-tables", "--skip-innodb", "--default-storage-engine=MyISAM", "--skip-name-resolve"),
                *(f"--init-file={self._folder}/first.sql", "--skip-log-bin"),
            ],
            database,
        )
        self._run(
            "memcached", [str(programs["memcached"]), "-l", "127.0.0.1", "-p", str(memcached), "-U", "0"], memcached
        )
        self._run("sogo", [str(programs["sogod"]), *self._settings(database, memcached, sogod)], sogod)
        self._web = _web_server(sogod)
        threading.Thread(target=self._web.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._web.server_address[1]}/SOGo/"

    def _run(self, name: str, command: list[str], port: int) -> None:
        """Starts a server in a folder of its own; by root as SOGo's user, who alone may read the package's settings."""
        home = self._folder / name
        home.mkdir(exist_ok=True)
        if os.geteuid() == 0:
            user = pwd.getpwnam("sogo")
            os.chown(home, user.pw_uid, user.pw_gid)
            setpriv = require_program("setpriv", "util-linux")
            command = [str(setpriv), f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", *command]
        environment = {**os.environ, "HOME": str(home)}
        group = ProcessGroup(command, self._folder / f"{name}.log", environment, cwd=home)
        self._groups.append(group)
        group.wait_until(lambda: listening(port), name)

    def _settings(self, database: int, memcached: int, sogod: int) -> list[str]:
        """SOGo's settings, as arguments: they count more than the package's file."""
        tables = f"mysql://sogo:sogo@127.0.0.1:{database}/sogo"
        settings = {
            "SOGoProfileURL": f"{tables}/profiles",
            "OCSFolderInfoURL": f"{tables}/folders",
            "OCSSessionsFolderURL": f"{tables}/sessions",
            "OCSEMailAlarmsFolderURL": f"{tables}/alarms",
            "SOGoUserSources": _PEOPLE % tables,
            "SOGoIMAPServer": f"imap://127.0.0.1:{self._imap}/?tls=NO",
            "SOGoSMTPServer": f"smtp://127.0.0.1:{self._smtp}",
            "SOGoMailingMechanism": "smtp",
            "SOGoMemcachedHost": f"127.0.0.1:{memcached}",
            "SOGoLoginModule": "Mail",
            "SOGoLanguage": "English",
            "SOGoTimeZone": "UTC",
            "WOPort": f"127.0.0.1:{sogod}",
            "WOWorkersCount": "2",
            "WONoDetach": "YES",
            "WOLogFile": "-",
            "WOPidFile": f"{self._folder}/sogo/pid",
        }
        return [word for name, value in settings.items() for word in (f"-{name}", value)]


def _web_server(sogod: int) -> ThreadingHTTPServer:
    """What Apache does in the package's own example: hands out the static files, and passes the rest on."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = self.path.partition("?")[0].replace("/SOGo.woa/", "/SOGo/")
            if not path.startswith("/SOGo/WebServerResources/"):
                return self.do_POST()
            file = _SHIPPED / path.removeprefix("/SOGo/")
            if ".." in file.parts or not file.is_file():
                return self._answer(404, [], b"")
            self._answer(
                200, [("Content-Type", guess_type(file.name)[0] or "application/octet-stream")], file.read_bytes()
            )

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            host = self.headers["Host"]
            passed = {
                name: value
                for name, value in self.headers.items()
                if name.lower() not in ("connection", "accept-encoding")
            }
            passed |= {
                "Connection": "close",
                "x-webobjects-server-port": host.rpartition(":")[2],
                "x-webobjects-server-name": host.partition(":")[0],
                "x-webobjects-server-url": f"http://{host}",
                "x-webobjects-server-protocol": "HTTP/1.0",
            }
            connection = http.client.HTTPConnection("127.0.0.1", sogod, timeout=60)
            try:
                connection.request(self.command, self.path, body, passed)
                answer = connection.getresponse()
                content = answer.read()
            finally:
                connection.close()
            dropped = ("connection", "content-length", "transfer-encoding")
            self._answer(answer.status, [(n, v) for n, v in answer.getheaders() if n.lower() not in dropped], content)

        def _answer(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
            self.send_response_only(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Silence: what goes wrong is in SOGo's own log."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """A browser that left a page hangs up in the middle of what it asked for: that is no error."""

    return Server(("127.0.0.1", 0), Handler)


class SogoReader:
    """Bert, logged in to SOGo: what he does with mouse and keyboard, in either browser."""

    def __init__(self, browser: Browser, webmail: Sogo) -> None:
        self._browser = browser
        browser.open(webmail.url)
        browser.run(
            """
            const [userName, password] = arguments;
            const body = JSON.stringify({userName, password});
            const headers = {"Content-Type": "application/json"};
            fetch("connect", {method: "POST", body, headers}).then(
              ({status}) => { document.title = `logged in: ${status}` });
            """,
            "bert",
            PASSWORD,
        )
        self._until("return document.title === 'logged in: 200'", "the login")
        browser.open(f"{webmail.url}so/bert/Mail/view")
        self._until("return document.querySelector('.sg-message-list-item') !== null", "the list of messages")

    def select_message(self, uid: int) -> None:
        """Goes to a message beside the list, by its address: the page's own script does it, without a reload."""
        self._browser.run("location.hash = `#!/Mail/0/INBOX/${arguments[0]}`", uid)

    def open_window(self) -> None:
        """Opens the message that is open in a window of its own."""
        self._browser.run("document.querySelector('[ng-click=\"viewer.openInPopup()\"]').click()")

    def subject(self) -> str:
        """Of the message that SOGo shows."""
        return str(self._browser.run("return document.querySelector('[ui-view=message] h5').textContent"))

    def own_words(self) -> str:
        """What SOGo itself says of a signature, if it is seen."""
        words: str = self._browser.run(
            """
            const said = document.querySelector('[ng-show="viewer.message.signed"]');
            return said?.checkVisibility() ? said.innerText : "";
            """
        )
        return words.strip()

    def _until(self, question: str, what: str) -> None:
        wait_for(lambda: self._browser.run(question), what, 60)
