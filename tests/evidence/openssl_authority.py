"""`openssl ts` as a time-stamping authority: called directly, or behind HTTP on this computer.

reply = authority(folder)                          # a function from a question to an answer
with stamping_server(folder) as server:            # the same as a server: server.url, server.requests
    …
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization

from letterlock.evidence.request import Question
from tests.evidence.tokens import stamping
from tests.net import servers
from tests.trust import openssl
from tests.trust.chains import DAY, Issued, issue

TODAY = datetime.now(UTC).replace(microsecond=0)
ROOT = issue("Root", not_after=TODAY + 900 * DAY)
CLOCK = stamping("Clock", ROOT, not_after=TODAY + 30 * DAY)

CONFIG = """
[tsa]
default_tsa = clock
[clock]
serial = {folder}/serial
signer_cert = {folder}/clock.pem
certs = {folder}/root.pem
signer_key = {folder}/clock.key
signer_digest = {digest}
default_policy = 1.2.3.4.1
other_policies = 1.2.3.4.5
digests = sha1, sha256, sha384, sha512
accuracy = secs:1, millisecs:500, microsecs:100
clock_precision_digits = {precision}
ordering = yes
tsa_name = yes
ess_cert_id_chain = {chain}
ess_cert_id_alg = {ess}
"""

Authority = Callable[[Question], bytes]


def authority(
    folder: Path, *, ess: str = "sha256", digest: str = "sha256", chain: str = "no", precision: int = 0
) -> Authority:
    """OpenSSL answering questions in this folder."""
    (folder / "clock.pem").write_bytes(CLOCK.pem)
    (folder / "root.pem").write_bytes(ROOT.pem)
    (folder / "serial").write_text("01")
    (folder / "clock.key").write_bytes(private(CLOCK))
    config = CONFIG.format(folder=folder, ess=ess, digest=digest, chain=chain, precision=precision)
    (folder / "config").write_text(config)

    def reply(question: Question) -> bytes:
        (folder / "question").write_bytes(question.der)
        done = openssl.run("ts", "-reply", "-queryfile", str(folder / "question"), "-config", str(folder / "config"))
        assert done.stdout, done.stderr.decode()
        return done.stdout

    return reply


def private(who: Issued) -> bytes:
    return who.key.private_bytes(  # type: ignore[no-any-return]
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


@contextmanager
def stamping_server(folder: Path, **how: str) -> Iterator[servers.Server]:
    """OpenSSL behind HTTP, as RFC 3161 §3.4 has it; `how` as for `authority`."""
    folder.mkdir(parents=True, exist_ok=True)
    reply = authority(folder, **how)

    def talk(connection: Any, request: bytes) -> None:
        head, _, body = request.partition(b"\r\n\r\n")
        assert head.startswith(b"POST "), head
        assert b"application/timestamp-query" in head
        made = reply(Question(body, b"", 0))
        servers.answer(made, "Content-Type: application/timestamp-reply")(connection, request)

    with servers.serving(talk) as server:
        yield server
