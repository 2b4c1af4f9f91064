"""A JMAP server on this computer, from RFC 8620 and RFC 8621: the session, uploads, and of the methods those that
sending needs. Unknown arguments, capabilities that `using` does not name, and ids that there are not, are refused."""

from __future__ import annotations

import email
import email.policy
import json
from collections.abc import Callable
from typing import Any

from tests.net.api_servers import Asked, AuthorizationServer, Delivered, Json, Provider, Said

CORE, MAIL, SUBMISSION = (f"urn:ietf:params:jmap:{each}" for each in ("core", "mail", "submission"))
ACCOUNT = "A13"
_NEEDS = {"Identity": SUBMISSION, "EmailSubmission": SUBMISSION, "Mailbox": MAIL, "Email": MAIL}


class Wrong(Exception):
    """A method-level error (RFC 8620 §3.6.2)."""


class Jmap(Provider):
    """One account with Drafts and, unless `bare`, Sent. `path`: where the session object is; the well-known place leads
    there (RFC 8620 §2.2)."""

    def __init__(self, oauth: AuthorizationServer, address: str, largest: int = 50_000_000, bare: bool = False) -> None:
        super().__init__(oauth)
        self.address, self.largest = address, largest
        self.mailboxes: dict[str, Json] = {"M1": {"id": "M1", "name": "Entwürfe", "role": "drafts"}}
        if not bare:
            self.mailboxes["M2"] = {"id": "M2", "name": "Gesendet", "role": "sent"}
        self.blobs: dict[str, bytes] = {}
        self.emails: dict[str, Json] = {}
        self.elsewhere = ""
        self.refuse: Callable[[Json], Json | None] = lambda _: None
        self.swallow_answer = False

    def session(self) -> Json:
        upload = f"{self.elsewhere}/jmap/upload/{{accountId}}/"
        return {
            "capabilities": {
                CORE: {"maxSizeUpload": self.largest, "maxCallsInRequest": 16, "maxSizeRequest": 10_000_000},
                MAIL: {},
                SUBMISSION: {},
            },
            "accounts": {ACCOUNT: {"name": self.address, "isPersonal": True, "isReadOnly": False}},
            "primaryAccounts": {MAIL: ACCOUNT, SUBMISSION: ACCOUNT},
            "username": self.address,
            "apiUrl": "/jmap/api/",
            "uploadUrl": upload,
            "state": "1",
        }

    def unauthorized(self) -> Json:
        return {"type": "about:blank", "status": 401, "detail": "no token that counts"}

    def answer(self, asked: Asked) -> Said:
        if (asked.method, asked.path) == ("GET", "/.well-known/jmap"):
            return Said(302, None, (("Location", "/jmap/session"),))
        if (asked.method, asked.path) == ("GET", "/jmap/session"):
            return Said(200, self.session())
        if (asked.method, asked.path) == ("POST", f"/jmap/upload/{ACCOUNT}/"):
            if len(asked.body) > self.largest:
                return Said(413, _problem("limit", "maxSizeUpload"))
            blob = f"B{len(self.blobs) + 1}"
            self.blobs[blob] = asked.body
            kind = asked.fields.get("content-type", "")
            return Said(201, {"accountId": ACCOUNT, "blobId": blob, "type": kind, "size": len(asked.body)})
        if (asked.method, asked.path) == ("POST", "/jmap/api/"):
            return self._api(asked)
        return Said(404, _problem("notFound", asked.path))

    # --- Methods ---

    def _api(self, asked: Asked) -> Said:
        if asked.fields.get("content-type") != "application/json":
            return Said(400, _problem("notJSON", "Content-Type"))
        said = json.loads(asked.body)
        if set(said) - {"using", "methodCalls", "createdIds"} or not said.get("using"):
            return Said(400, _problem("notRequest", "members"))
        if set(said["using"]) - {CORE, MAIL, SUBMISSION}:
            return Said(400, _problem("unknownCapability", "using"))
        responses: list[list[Any]] = []
        for name, arguments, call in said["methodCalls"]:
            kind = name.partition("/")[0]
            method = getattr(self, f"_{name.replace('/', '_').lower()}", None)
            try:
                if method is None or _NEEDS.get(kind) not in said["using"] or CORE not in said["using"]:
                    raise Wrong("unknownMethod")
                if arguments.pop("accountId", None) != ACCOUNT:
                    raise Wrong("accountNotFound")
                responses += [[*each, call] for each in method(arguments)]
            except Wrong as error:
                responses.append(["error", {"type": str(error)}, call])
        if self.swallow_answer and "EmailSubmission/set" in asked.body.decode():
            return Said(200, hang_up=True)
        return Said(200, {"methodResponses": responses, "sessionState": "1"})

    def _identity_get(self, arguments: Json) -> list[tuple[str, Json]]:
        _only(arguments, "ids", "properties")
        found = {"id": "I1", "name": "Anna", "email": self.address, "mayDelete": False}
        return [("Identity/get", {"accountId": ACCOUNT, "state": "1", "list": [found], "notFound": []})]

    def _mailbox_get(self, arguments: Json) -> list[tuple[str, Json]]:
        _only(arguments, "ids", "properties")
        found = list(self.mailboxes.values())
        return [("Mailbox/get", {"accountId": ACCOUNT, "state": "1", "list": found, "notFound": []})]

    def _mailbox_set(self, arguments: Json) -> list[tuple[str, Json]]:
        _only(arguments, "create")
        created = {}
        for name, new in arguments["create"].items():
            _only(new, "name", "role", "parentId")
            made = f"M{len(self.mailboxes) + 1}"
            self.mailboxes[made] = {"id": made, "name": new["name"], "role": new["role"]}
            created[name] = {"id": made}
        return [("Mailbox/set", {"accountId": ACCOUNT, "newState": "2", "created": created, "notCreated": None})]

    def _email_import(self, arguments: Json) -> list[tuple[str, Json]]:
        _only(arguments, "emails", "ifInState")
        created: Json = {}
        refused: Json = {}
        for name, new in arguments["emails"].items():
            _only(new, "blobId", "mailboxIds", "keywords", "receivedAt")
            if new["blobId"] not in self.blobs or not new["mailboxIds"] or set(new["mailboxIds"]) - set(self.mailboxes):
                refused[name] = {"type": "invalidProperties"}
                continue
            octets = self.blobs[new["blobId"]]
            same = [each for each in self.emails.values() if each["octets"] == octets]
            if same:
                # RFC 8621 §4.8: a server may refuse a message that it has.
                refused[name] = {"type": "alreadyExists", "existingId": same[0]["id"]}
                continue
            made = f"E{len(self.blobs)}-{len(self.emails) + 1}"
            self.emails[made] = {"id": made, "octets": octets, **new}
            created[name] = {"id": made, "blobId": new["blobId"], "threadId": "T", "size": len(octets)}
        return [
            ("Email/import", {"accountId": ACCOUNT, "newState": "2", "created": created, "notCreated": refused or None})
        ]

    def _email_set(self, arguments: Json) -> list[tuple[str, Json]]:
        _only(arguments, "destroy")
        gone = [each for each in arguments["destroy"] if self.emails.pop(each, None)]
        return [("Email/set", {"accountId": ACCOUNT, "newState": "3", "destroyed": gone, "notDestroyed": None})]

    def _email_query(self, arguments: Json) -> list[tuple[str, Json]]:
        _only(arguments, "filter", "limit")
        _only(arguments["filter"], "inMailbox", "header")
        mailbox, (name, value) = arguments["filter"]["inMailbox"], arguments["filter"]["header"]
        found = [
            each["id"] for each in self.emails.values()
            if mailbox in each["mailboxIds"] and value in (_parsed(each["octets"])[name] or "")
        ]  # fmt: skip
        return [("Email/query", {"accountId": ACCOUNT, "queryState": "1", "ids": found, "position": 0})]

    def _emailsubmission_set(self, arguments: Json) -> list[tuple[str, Json]]:
        _only(arguments, "create", "onSuccessDestroyEmail", "onSuccessUpdateEmail")
        created: Json = {}
        refused: Json = {}
        for name, new in arguments["create"].items():
            _only(new, "identityId", "emailId", "envelope")
            wrong = self._wrong(new) or self.refuse(new)
            if wrong is not None:
                refused[name] = wrong
                continue
            recipients = tuple(each["email"] for each in new["envelope"]["rcptTo"])
            content = self.emails[new["emailId"]]["octets"]
            self.sent.append(Delivered(recipients, content))
            created[name] = {"id": f"S{len(self.sent)}", "undoStatus": "final", "sendAt": "2026-01-01T00:00:00Z"}
        answers: list[tuple[str, Json]] = [
            ("EmailSubmission/set", {"accountId": ACCOUNT, "newState": "4", "created": created, "notCreated": refused})
        ]
        ids = {f"#{name}": arguments["create"][name]["emailId"] for name in created}
        gone = [ids[each] for each in arguments.get("onSuccessDestroyEmail", []) if each in ids]
        if gone:
            # RFC 8621 §7.5: an implicit Email/set follows, with the same method call id.
            answers += self._email_set({"destroy": gone})
        return answers

    def _wrong(self, new: Json) -> Json | None:
        if new["identityId"] != "I1" or new["emailId"] not in self.emails:
            return {"type": "invalidProperties"}
        envelope = new["envelope"]
        if envelope["mailFrom"]["email"] != self.address:
            return {"type": "forbiddenMailFrom"}
        return None if envelope["rcptTo"] else {"type": "noRecipients"}


def _only(arguments: Json, *known: str) -> None:
    if set(arguments) - set(known):
        raise Wrong("invalidArguments")


def _problem(kind: str, detail: str) -> Json:
    return {"type": f"urn:ietf:params:jmap:error:{kind}", "status": 400, "detail": detail, "limit": detail}


def _parsed(octets: bytes) -> Any:
    return email.message_from_bytes(octets, policy=email.policy.SMTP)
