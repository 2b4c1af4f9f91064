"""A person's computer for tests of Outlook on the web: keys, an authority, and somebody who answers windows."""

from __future__ import annotations

import base64
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from letterlock.cms import load_certificate
from letterlock.dialects.owa.desk import OwaDesk
from letterlock.operations import trust
from letterlock.operations.keys import certificates
from letterlock.spool import Spool
from letterlock.verdict import Opened
from tests.dialects import extension
from tests.keystore.vaults import PASSPHRASE
from tests.keystore.vaults import made as made_vault
from tests.operations.writing_desk import AT, WritingDesk

COMMAND = (sys.executable, "-m", "letterlock", "serve", "--owa")

PINENTRY = """#!{python} -S
# Somebody at the window: answers what is in a file, one line a question, and notes what was asked.
import os, sys, urllib.parse
answers, asked = {answers!r}, {asked!r}
def say(line):
    sys.stdout.write(line + "\\n")
    sys.stdout.flush()
say("OK Pleased to meet you")
for line in sys.stdin:
    line = line.rstrip("\\n")
    with open(asked, "a") as file:
        file.write(line + "\\n")
    if line == "GETPIN":
        with open(answers) as file:
            left = file.read().splitlines()
        with open(answers, "w") as file:
            file.write("".join(each + "\\n" for each in left[1:]))
        if not left or left[0] == "-":
            say("ERR 83886179 Operation cancelled")
        else:
            say("D " + left[0].replace("%", "%25"))
            say("OK")
    else:
        say("OK")
"""


class Person:
    """Somebody who answers the window that asks. Also the `Asker` of a desk in the same process."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, str, str]] = []

    def ask(self, what: str, prompt: str, wrong: str = "") -> str:
        from letterlock.dialects.owa.asking import NotAnswered

        self.asked.append((what, prompt, wrong))
        if not self.answers:
            raise NotAnswered
        return self.answers.pop(0)

    def stop(self) -> None:
        pass


class Office(WritingDesk):
    """The home of a host, with keys of some people at muster.example, whose authority is trusted."""

    def __init__(self, folder: Path, kind: str = "RSA-3072", people: Sequence[str] = ("anna", "bea")) -> None:
        self.folder = folder
        (folder / "data").mkdir(parents=True)
        super().__init__(folder / "data", kind, people)
        self.logged: list[str] = []
        self.seen: list[Opened] = []
        self._answers, self._asked = folder / "answers", folder / "asked"

    def environment(self, *answers: str) -> Mapping[str, str]:
        """What the host of this home is started with; its pinentry gives these answers."""
        programs = self.folder / "programs"
        programs.mkdir(exist_ok=True)
        script = programs / "pinentry-mac"  # the first that is looked for
        text = PINENTRY.format(python=sys.executable, answers=str(self._answers), asked=str(self._asked))
        script.write_text(text)
        script.chmod(0o755)
        self._asked.unlink(missing_ok=True)
        self._answers.write_text("".join(f"{each}\n" for each in answers))
        return {
            "LETTERLOCK_HOME": str(self.folder),
            "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', '')}",
            "LC_ALL": "C.UTF-8",
        }

    def asked(self) -> str:
        """What the pinentry was told."""
        return self._asked.read_text() if self._asked.exists() else ""

    def host(self, *answers: str) -> extension.Extension:
        """A host process with Microsoft's extension before it."""
        return extension.Extension(COMMAND, self.environment(*answers))

    def owa(self, person: Person | None = None) -> OwaDesk:
        """The operations in this process."""
        return OwaDesk(
            self.database, None, person or Person(PASSPHRASE), self.logged.append, self.seen.append, language="en",
            clock=lambda: AT,
        )  # fmt: skip

    def der(self, name: str) -> bytes:
        """The certificate of a person."""
        found = [each for entry in self.vault.entries() for each in certificates(entry)]
        return next(each.der for each in found if f"{name}@muster.example" in each.addresses)

    def certificate(self, name: str) -> str:
        """The same as OWA has it."""
        return base64.b64encode(self.der(name)).decode()

    def files(self, name: str) -> tuple[Path, Path, Path]:
        """Certificate and key of a person, and the root, as PEM files for other programs."""
        from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

        entry = next(each for each in self.vault.entries() if self.der(name) in each.certificates)
        parsed = load_certificate(self.der(name))
        assert parsed is not None
        made = self.folder / f"{name}.pem", self.folder / f"{name}.key", self.folder / "root.pem"
        made[0].write_bytes(parsed.public_bytes(Encoding.PEM))
        made[1].write_bytes(
            self.vault.private_key(entry.id).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
        root = load_certificate(self.root.der)
        assert root is not None
        made[2].write_bytes(root.public_bytes(Encoding.PEM))
        return made

    def trusts(self, anchor: Path) -> None:
        """Also believe another authority."""
        trust.add(self.database, anchor)


class Outsider(Office):
    """Another computer of Anna's, where nothing is known of other people's programs: they may read no GCM."""

    def __init__(self, folder: Path, office: Office) -> None:
        (folder / "data").mkdir(parents=True)
        self.folder, self.database = folder, folder / "data" / "letterlock.sqlite"
        self._answers, self._asked = folder / "answers", folder / "asked"
        self.vault, self.root = made_vault(self.database), office.root
        self.logged, self.seen = [], []
        self._office = office
        entry = next(each for each in office.vault.entries() if office.der("anna") in each.certificates)
        self.vault.add(office.vault.private_key(entry.id), [*entry.certificates, *entry.chain])
        trust.add(self.database, self.files("anna")[2])

    def der(self, name: str) -> bytes:
        return self._office.der(name)

    def files(self, name: str) -> tuple[Path, Path, Path]:
        return self._office.files(name)


def answer(desk: OwaDesk, operation: Mapping[str, Any]) -> dict[str, Any]:
    """One operation in this process: its whole result."""
    import json

    text = Spool()
    text.write(json.dumps(operation).encode())
    result = desk.answer(text, lambda: False)
    try:
        return dict(json.loads(result.read(0, len(result))))
    finally:
        result.close()


def data_url(message: bytes) -> str:
    """What OWA hands over of a message: the CMS object alone, or the whole of a signed one."""
    import email
    from email import policy

    parsed = email.message_from_bytes(message, policy=policy.default)
    kind = parsed.get_content_type()
    if kind in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
        smime = parsed.get_param("smime-type", "")
        octets = parsed.get_payload(decode=True)
        assert isinstance(octets, bytes)
        return f"data:{kind};smime-type={smime};base64,{base64.b64encode(octets).decode()}"
    return f"data:{kind};base64,{base64.b64encode(message).decode()}"


def sender(message: bytes) -> dict[str, Any]:
    """The sender as the dialect names people, for a request that carries him."""
    from email import message_from_bytes
    from email.utils import parseaddr

    name, address = "", ""
    with suppress(Exception):
        name, address = parseaddr(str(message_from_bytes(message)["from"]))
    return {"Mailbox": {"Name": name, "EmailAddress": address}}


def mail(**more: Any) -> dict[str, Any]:
    """An `EmailMessage` of Anna to Bea."""
    return {
        "__type": "Message:#Exchange",
        "From": {"Mailbox": {"Name": "Anna Muster", "EmailAddress": "anna@muster.example"}},
        "ToRecipients": [{"Name": "Bea Muster", "EmailAddress": "bea@muster.example"}],
        "CcRecipients": [],
        "BccRecipients": [],
        "Subject": "Grüezi – Offerte № 5 🙂",
        "Body": {"BodyType": "HTML", "Value": "<html><body><p>Die Offerte: <b>EUR 18'400</b></p></body></html>"},
        "Attachments": [],
        "Importance": "Normal",
        "Sensitivity": "Normal",
        **more,
    }
