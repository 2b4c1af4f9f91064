"""What the host says, as frames ready to be written.

Plain objects, not models: the host's hello goes out before anything heavy is imported, and a frame that we make
ourselves needs no check at run time (a test holds every one against `models`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from letterlock import __version__, limits
from letterlock.errors import LetterlockError
from letterlock.protocol.version import PROTOCOL
from letterlock.words import say

Frame = dict[str, object]

OPERATIONS = (
    "open",
    "part",
    "close",
    "issuers",
    "vault_status",
    "vault_create",
    "vault_unlock",
    "vault_lock",
    "vault_passphrase",
    "key_list",
    "key_create",
    "key_request",
    "key_certify",
    "key_renew",
    "key_import",
    "key_export",
    "key_default",
    "key_check",
    "key_notices",
    "people_list",
    "people_import",
    "people_remove",
    "people_lookup",
    "recipients",
    "protect",
    "answer",
    "draft_put",
    "draft_attach",
    "draft_detach",
    "draft_list",
    "draft_open",
    "draft_remove",
    "token_list",
    "token_unlock",
    "token_lock",
    "journal_list",
    "journal_verify",
    "receipt_make",
    "receipt_give",
    "evidence_save",
    "trust_list",
    "trust_read",
    "trust_add",
    "trust_remove",
    "trust_change",
    "account_list",
    "account_put",
    "account_remove",
    "account_find",
    "account_check",
    "send",
    "outbox_list",
    "outbox_retry",
    "outbox_forget",
    "way_list",
    "way_put",
    "sign_in_begin",
    "sign_in_finish",
    "sign_in_end",
    "carry_take",
    "carry_told",
    "carry_end",
    "owa_last",
    "settings_list",
    "settings_change",
    "host_report",
)
"""Everything this host can be asked for."""


def hello(operations: Sequence[str] = OPERATIONS) -> Frame:
    """The host's first frame."""
    return {
        "type": "hello",
        "protocol": str(PROTOCOL),
        "product": __version__,
        "operations": list(operations),
        "limits": {
            "frame_in": limits.FRAME_IN_OCTETS,
            "frame_out": limits.FRAME_OUT_OCTETS,
            "chunk": limits.CHUNK_OCTETS,
            "requests": limits.REQUESTS_AT_ONCE,
            "message": limits.MESSAGE_OCTETS,
            "open_messages": limits.OPEN_MESSAGES,
        },
    }


def credit(request: str, octets: int) -> Frame:
    """Lets the client send `octets` more of an upload."""
    return {"type": "credit", "id": request, "octets": octets}


def progress(request: str, done: int, total: int | None) -> Frame:
    """How far a long request is."""
    return {"type": "progress", "id": request, "done": done, "total": total}


def reply(request: str, result: Mapping[str, object]) -> Frame:
    """The answer to a request."""
    return {"type": "reply", "id": request, "result": result}


def update(message: str, result: Mapping[str, object]) -> Frame:
    """The verdict on an opened message was renewed."""
    return {"type": "update", "message": message, "result": result}


def error(request: str | None, failure: LetterlockError, language: str = "en") -> Frame:
    """A failure, with its words in `language`."""
    facts = failure.facts()
    words = say(getattr(failure, "words", failure.code), facts, language)
    return {
        "type": "error",
        "id": request,
        "error": {
            "code": failure.code,
            "sentence": words.sentence,
            "advice": words.advice,
            "fault": failure.fault.value,
            "facts": facts,
        },
    }
