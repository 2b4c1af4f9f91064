"""An authority that publishes: lists over HTTP, a responder, its own certificate; and mail by somebody it certified.

The web server is ours and answers as a test says; the responder is `openssl ocsp`, and `openssl cms` signs the mail.

    with Publisher(tmp_path) as publisher:
        publisher.mail()           # signed by Anna, whose certificate names everything below
        publisher.routes["/ca.crl"] = servers.silent
        publisher.asked("/ca.crl") # how often that was asked for
"""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import AuthorityInformationAccessOID

from letterlock.net.rules import Rules
from letterlock.operations.trust import TrustSettings
from letterlock.trust.anchors import Anchor
from letterlock.trust.revocation import Mode
from tests.needs import require_program
from tests.net.servers import Server, Talk, answer
from tests.signed_mail import ANNA
from tests.trust.chains import Issued, issue, person
from tests.trust.test_trust_revocation import crl

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)
HERE = Rules(private=True, request_seconds=30.0, total_seconds=60.0)
"""The administrator allows this computer, and waits."""
HASTY = Rules(private=True, request_seconds=1.0, total_seconds=3.0)
"""For servers that never answer."""

VALID: dict[str, Any] = {"not_before": NOW - 30 * DAY, "not_after": NOW + 300 * DAY}


class Publisher:
    """The authority. `lists`, `responder` and `issuer` say what certificates name; another `name` is another one."""

    def __init__(
        self,
        folder: Path,
        *,
        name: str = "Publishing",
        lists: bool = True,
        responder: bool = False,
        issuer: bool = False,
    ) -> None:
        require_program("openssl", "openssl")
        self.folder = folder
        self._name = name
        folder.mkdir(parents=True, exist_ok=True)
        self.routes: dict[str, Talk] = {}
        self.web = Server(self._answer)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.responder_port = free.getsockname()[1]
        self._named = (lists, responder, issuer)
        self._responder: subprocess.Popen[bytes] | None = None
        self.routes["/root.crl"] = answer(self.list(self.root))
        self.routes["/ca.crl"] = answer(self.list(self.ca))
        self.routes["/ca.cer"] = answer(self.ca.der)

    # --- Who ---

    @cached_property
    def root(self) -> Issued:
        return issue(f"{self._name} Root", **VALID)

    @cached_property
    def ca(self) -> Issued:
        return issue(f"{self._name} Mail CA", self.root, extensions=self._extensions("root", responder=False), **VALID)

    @cached_property
    def anna(self) -> Issued:
        return person("Anna Muster", self.ca, ANNA.address, extensions=self._extensions("ca"), **VALID)

    def settings(self, mode: Mode = Mode.CRL, rules: Rules = HERE, *, anchored: bool = True) -> TrustSettings:
        """A reader who trusts the root and may ask."""
        anchors = (Anchor(self.root.certificate, "user"),) if anchored else ()
        return TrustSettings(anchors, mode=mode, online=mode not in (Mode.OFF, Mode.AT_HAND), network=rules)

    # --- What ---

    def list(self, issuer: Issued, *revoked: Issued, **deviation: Any) -> bytes:
        """A list in force now."""
        return crl(issuer, *revoked, **({"at": NOW - DAY, "made": NOW - DAY, "until": NOW + DAY} | deviation))

    def mail(self, *, chain: bool = True, text: str = "The roof is ready.") -> bytes:
        """Signed by Anna, an hour after the lists were made; `chain`: with the authority's certificate."""
        files = {"anna.pem": self.anna.pem, "ca.pem": self.ca.pem, "anna.key": self._key(self.anna)}
        for name, octets in files.items():
            (self.folder / name).write_bytes(octets)
        command = ["openssl", "cms", "-sign", "-signer", "anna.pem", "-inkey", "anna.key"]
        command += ["-certfile", "ca.pem"] if chain else []
        content = f"Content-Type: text/plain\r\n\r\n{text}\r\n".encode()
        signed = subprocess.run(command, input=content, capture_output=True, check=True, cwd=self.folder).stdout
        head = f"From: Anna Muster <{ANNA.address}>\r\nTo: bert@beispiel.example\r\nSubject: The roof\r\n"
        return head.encode() + signed.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")

    def answering(self, *states: str) -> None:
        """Starts `openssl ocsp`; `states` are those of Anna's certificate: "V" good, "R" revoked, none unknown."""
        openssl = require_program("openssl", "openssl")
        serial = f"{self.anna.x509.serial_number:X}".zfill(4)
        until = f"{VALID['not_after']:%y%m%d%H%M%SZ}"
        rows = {"V": f"V\t{until}\t\t{serial}\tunknown\t/CN=Anna\n"}
        rows["R"] = f"R\t{until}\t{NOW - DAY:%y%m%d%H%M%SZ},keyCompromise\t{serial}\tunknown\t/CN=Anna\n"
        (self.folder / "index.txt").write_text("".join(rows[state] for state in states))
        (self.folder / "ca.pem").write_bytes(self.ca.pem)
        (self.folder / "ca.key").write_bytes(self._key(self.ca))
        command = [openssl, "ocsp", "-index", "index.txt", "-CA", "ca.pem", "-rsigner", "ca.pem", "-rkey", "ca.key"]
        command += ["-port", str(self.responder_port), "-nmin", "60"]
        self._responder = subprocess.Popen(command, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        # It says that it listens. (A connection to try it would keep it waiting for a request.)
        assert self._responder.stdout is not None
        assert self._responder.stdout.readline().startswith(b"ACCEPT")

    # --- Who asked ---

    def asked(self, *paths: str) -> int:
        """How often any of these paths was asked for; without paths, how often anybody connected."""
        if not paths:
            return self.web.connections
        return sum(request.split(b" ")[1].decode() in paths for request in list(self.web.requests))

    def _answer(self, connection: Any, request: bytes) -> None:
        path = request.split(b" ")[1].decode()
        self.routes.get(path, answer(b"", status="404 Not Found"))(connection, request)

    def _extensions(self, signer: str, responder: bool = True) -> Sequence[tuple[x509.ExtensionType, bool]]:
        lists, asked, issuer = self._named
        access = []
        if asked and responder:
            access.append((AuthorityInformationAccessOID.OCSP, f"http://127.0.0.1:{self.responder_port}/"))
        if issuer and signer == "ca":
            access.append((AuthorityInformationAccessOID.CA_ISSUERS, f"{self.web.url}/ca.cer"))
        found: list[tuple[x509.ExtensionType, bool]] = []
        if lists:
            point = x509.UniformResourceIdentifier(f"{self.web.url}/{signer}.crl")
            points = x509.CRLDistributionPoints([x509.DistributionPoint([point], None, None, None)])
            found.append((points, False))
        if access:
            names = [x509.AccessDescription(method, x509.UniformResourceIdentifier(url)) for method, url in access]
            found.append((x509.AuthorityInformationAccess(names), False))
        return found

    def _key(self, issued: Issued) -> bytes:
        return bytes(
            issued.key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.web.close()
        if self._responder:
            self._responder.kill()
            self._responder.wait()
            assert self._responder.stdout is not None
            self._responder.stdout.close()
