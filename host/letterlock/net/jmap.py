"""JMAP: a message is uploaded (RFC 8620 §6.1), put into Drafts (RFC 8621 §4.8), and submitted with an envelope of its
own (RFC 8621 §7.5); the copy for Sent is uploaded and imported alike.

The token goes to the one server that the person named: what its session object names elsewhere is not believed. Only
the submission itself is what must not happen twice; everything before it can be done again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin, urlsplit

from letterlock import limits
from letterlock.errors import LetterlockError
from letterlock.net import api, jmap_failures
from letterlock.net import mail_failures as failures
from letterlock.net.api import Answer, Api, Body
from letterlock.net.jmap_failures import CORE, MAIL, SUBMISSION
from letterlock.net.mail import Login, MailServer
from letterlock.net.smtp import Envelope
from letterlock.net.wire import never

if TYPE_CHECKING:
    import ssl

WELL_KNOWN = "/.well-known/jmap"
USING = [CORE, MAIL, SUBMISSION]
Call = tuple[str, dict[str, Any]]


@contextmanager
def connected(server: MailServer, context: ssl.SSLContext, cancelled: Callable[[], bool] = never) -> Iterator[Session]:
    """A session; nothing is said before `login`."""
    yield Session(Api(server, context, cancelled))


class Session:
    """As `net.smtp.Session` for sending, and `net.imap.Session` for the copy; folders are named as people see them."""

    def __init__(self, asked: Api) -> None:
        self._api = asked
        self._login = Login("none")
        self._account = self._calls = self._upload = ""
        self._folders: dict[str, tuple[str, str | None]] = {}
        """Of each mailbox: its name and its role, by its id."""
        self._identities: list[dict[str, Any]] = []
        self.largest: int | None = None
        self.extensions: dict[str, str] = {}

    @property
    def server(self) -> str:
        """Its name."""
        return self._api.name

    def login(self, login: Login) -> None:
        """Fetch the session object, the identities and the mailboxes (RFC 8620 §2, RFC 8621 §§2, 6).

        Raises:
            MailLoginRefused, MailNotAllowed, MailRefusedForNow, MailAnswerBroken …
        """
        self._login = login
        said = self._session()
        self._account = self._primary(said)
        core = said["capabilities"].get(CORE, {})
        largest = core.get("maxSizeUpload") if isinstance(core, dict) else None
        self.largest = largest if isinstance(largest, int) and not isinstance(largest, bool) else None
        self._calls = self._here(said.get("apiUrl"))
        self._upload = self._here(str(said.get("uploadUrl", "")).replace("{accountId}", quote(self._account, safe="")))
        everything = {"accountId": self._account, "ids": None}
        identities, mailboxes = self._asked(
            ("Identity/get", everything), ("Mailbox/get", {**everything, "properties": ["id", "name", "role"]})
        )
        self._identities = [each for each in _listed(identities) if isinstance(each.get("id"), str)]
        for each in _listed(mailboxes)[: limits.MAIL_FOLDERS]:
            if isinstance(each.get("id"), str) and isinstance(each.get("name"), str):
                self._folders[each["id"]] = each["name"], each.get("role")

    def send(
        self,
        envelope: Envelope,
        pieces: Iterable[bytes],
        before_end: Callable[[], None],
        waiting: Callable[[], bool] = never,
    ) -> str:
        """Send one message to the recipients of its envelope. As `net.smtp.Session.send`; or `MailNotAllowed`."""
        identity = self._identity(envelope.sender)
        drafts = self._with_role("drafts")
        if drafts is None:
            raise failures.MailFolderRefused(self.server, "Drafts", "no mailbox with this role")
        message, ours = self._imported(drafts, {"$draft": True, "$seen": True}, envelope.octets, pieces)
        submission = {
            "identityId": identity,
            "emailId": message,
            "envelope": {
                "mailFrom": {"email": envelope.sender, "parameters": None},
                "rcptTo": [{"email": each, "parameters": None} for each in envelope.recipients],
            },
        }
        asked = {
            "accountId": self._account,
            "create": {"sent": submission},
            "onSuccessDestroyEmail": ["#sent"] if ours else [],
        }
        try:
            (said,) = self._asked(("EmailSubmission/set", asked), before_end=before_end, waiting=waiting)
            created = _of(said, "created", "sent")
            if created is None:
                raise jmap_failures.not_submitted(self.server, envelope, _of(said, "notCreated", "sent") or {})
        except failures.MailFateUnknown:
            raise
        except LetterlockError:
            if ours:
                # It was not sent: it shall not look as if it were about to be.
                with suppress(LetterlockError):
                    self._asked(("Email/set", {"accountId": self._account, "destroy": [message]}))
            raise
        return str(created.get("id", ""))[:100]

    # --- Copies ---

    def sent_folder(self) -> str | None:
        """The name of the mailbox with the role `sent`."""
        found = self._with_role("sent")
        return None if found is None else self._folders[found][0]

    def make_sent_folder(self) -> str:
        """Make one. Raises `MailFolderRefused`."""
        new = {"name": "Sent", "role": "sent", "parentId": None}
        (said,) = self._asked(("Mailbox/set", {"accountId": self._account, "create": {"made": new}}))
        created = _of(said, "created", "made")
        if created is None or not isinstance(created.get("id"), str):
            raise failures.MailFolderRefused(self.server, "Sent", _kind(_of(said, "notCreated", "made")))
        self._folders[created["id"]] = "Sent", "sent"
        return "Sent"

    def has(self, folder: str, message_id: str) -> bool:
        """Whether the folder has a message with this Message-ID (RFC 8621 §4.4.1)."""
        sought = {"inMailbox": self._named(folder), "header": ["Message-ID", message_id]}
        (said,) = self._asked(("Email/query", {"accountId": self._account, "filter": sought, "limit": 1}))
        return bool(said.get("ids"))

    def append(self, folder: str, octets: int, pieces: Iterable[bytes], utf8: bool = False) -> None:
        """Put a message into a folder, as read. `utf8` makes no difference here."""
        self._imported(self._named(folder), {"$seen": True}, octets, pieces)

    # --- Inside ---

    def _session(self) -> dict[str, Any]:
        """The session object. Where it is may be said by a redirection (RFC 8620 §2.2), on this server."""
        target = WELL_KNOWN
        for _ in range(limits.FETCH_REDIRECTIONS + 1):
            answer = self._api.ask("GET", target, api.bearer(self.server, self._login))
            if answer.status not in (301, 302, 307, 308):
                break
            target = self._here(answer.location)
        said = self._good(answer)
        if not isinstance(said.get("capabilities"), dict) or not isinstance(said.get("primaryAccounts"), dict):
            raise failures.MailAnswerBroken(self.server, "no JMAP session")
        return said

    def _primary(self, said: dict[str, Any]) -> str:
        missing = tuple(each for each in USING if each not in said["capabilities"])
        if missing:
            raise failures.MailNotAllowed(self.server, self._login.user, ", ".join(missing)[:200])
        account = said["primaryAccounts"].get(SUBMISSION)
        if not isinstance(account, str) or said["primaryAccounts"].get(MAIL) != account:
            raise failures.MailNotAllowed(self.server, self._login.user, "no account for mail and submission")
        return account

    def _here(self, url: object) -> str:
        """Path and query of a URL on this very server. Raises `MailAnswerBroken`."""
        server = self._api.server
        base = f"https://{server.host}:{server.port}/"
        try:
            parts = urlsplit(urljoin(base, str(url)))
            there = parts.scheme, parts.hostname, parts.port or 443
        except ValueError:
            raise failures.MailAnswerBroken(self.server, "a URL") from None
        if not url or there != ("https", server.host.lower(), server.port):
            raise failures.MailAnswerBroken(self.server, f"a URL on another server: {parts.netloc[:100]}")
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        if not all("!" <= each <= "~" for each in target):
            raise failures.MailAnswerBroken(self.server, "a URL")
        return target

    def _identity(self, sender: str) -> str:
        """The identity that sends from this address (RFC 8621 §6: one may be for all of a domain)."""
        wanted = sender.casefold()
        anybody = "*@" + wanted.rpartition("@")[2]
        for email in (wanted, anybody):
            for each in self._identities:
                if str(each.get("email", "")).casefold() == email:
                    return str(each["id"])
        raise failures.SenderRefused(self.server, sender, "no identity has this address")

    def _with_role(self, role: str) -> str | None:
        return next((each for each, (_, has) in self._folders.items() if has == role), None)

    def _named(self, folder: str) -> str:
        if (sent := self._with_role("sent")) is not None and self._folders[sent][0] == folder:
            return sent
        found = next((each for each, (name, _) in self._folders.items() if name == folder), None)
        if found is None:
            raise failures.MailFolderRefused(self.server, folder, "no such mailbox")
        return found

    def _imported(
        self, mailbox: str, keywords: Mapping[str, bool], octets: int, pieces: Iterable[bytes]
    ) -> tuple[str, bool]:
        """Upload a message and put it into a mailbox; its id, and whether it is ours: a server may say that it has the
        very same message already (RFC 8621 §4.8), which is somebody's mail and not to be removed."""
        if self.largest is not None and octets > self.largest:
            raise failures.MailTooLargeForServer(self.server, octets, self.largest)
        answer = self._api.ask(
            "POST", self._upload, api.bearer(self.server, self._login), Body("message/rfc822", octets, pieces)
        )
        blob = self._good(answer)
        if not isinstance(blob.get("blobId"), str) or blob.get("size") != octets:
            raise failures.MailAnswerBroken(self.server, "an upload of another size")
        email = {"blobId": blob["blobId"], "mailboxIds": {mailbox: True}, "keywords": dict(keywords)}
        (said,) = self._asked(("Email/import", {"accountId": self._account, "emails": {"one": email}}))
        created = _of(said, "created", "one")
        ours = created is not None
        if created is None:
            refused = _of(said, "notCreated", "one") or {}
            created = {"id": refused.get("existingId")} if refused.get("type") == "alreadyExists" else {}
            if not created.get("id"):
                raise jmap_failures.not_imported(self.server, refused)
        if not isinstance(created.get("id"), str):
            raise failures.MailAnswerBroken(self.server, "Email/import")
        return created["id"], ours

    def _asked(
        self,
        *calls: Call,
        before_end: Callable[[], None] | None = None,
        waiting: Callable[[], bool] = never,
    ) -> list[dict[str, Any]]:
        """The arguments of the response to each call, in their order (RFC 8620 §3)."""
        named = [[name, arguments, str(number)] for number, (name, arguments) in enumerate(calls)]
        body = Body.of("application/json", json.dumps({"using": USING, "methodCalls": named}).encode())
        answer = self._api.ask("POST", self._calls, api.bearer(self.server, self._login), body, before_end, waiting)
        said = self._good(answer, critical=before_end is not None)
        responses = said.get("methodResponses")
        found: list[dict[str, Any]] = []
        for number, (name, _) in enumerate(calls):
            # Others may stand between them: what onSuccessDestroyEmail did has the same call id, and another name.
            mine = [
                each for each in (responses if isinstance(responses, list) else ())
                if isinstance(each, list) and len(each) == 3 and each[2] == str(number) and isinstance(each[1], dict)
            ]  # fmt: skip
            right = next((each for each in mine if each[0] in (name, "error")), None)
            if right is None:
                if before_end is not None:
                    raise failures.MailFateUnknown(self.server)
                raise failures.MailAnswerBroken(self.server, name)
            if right[0] == "error":
                raise jmap_failures.method_error(self.server, right[1], critical=before_end is not None)
            found.append(right[1])
        return found

    def _good(self, answer: Answer, *, critical: bool = False) -> dict[str, Any]:
        if answer.good:
            return answer.json()
        said = answer.json()
        detail = f"{str(said.get('type', '')).rpartition(':')[2]} {said.get('detail', '')}".strip()
        raise api.refused(self.server, self._login.user, answer, detail, critical=critical)


def _listed(said: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = said.get("list")
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _of(said: Mapping[str, Any], field: str, name: str) -> dict[str, Any] | None:
    found = said.get(field)
    one = found.get(name) if isinstance(found, dict) else None
    return one if isinstance(one, dict) else None


def _kind(refused: Mapping[str, Any] | None) -> str:
    return str((refused or {}).get("type", ""))[:100]
