"""The request of each operation of protocol 1, loaded when the first one comes.

Making all of them would cost a host that was started to open one mail a tenth of its start.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any, Protocol

from letterlock.protocol.shapes import Shape


class Request(Protocol):
    """What every request has."""

    id: str
    operation: str
    params: Any


REQUESTS = {
    "open": ("models", "OpenRequest"),
    "part": ("models", "PartRequest"),
    "close": ("models", "CloseRequest"),
    "issuers": ("models", "IssuersRequest"),
    "vault_status": ("vault_models", "VaultStatusRequest"),
    "vault_create": ("vault_models", "VaultCreateRequest"),
    "vault_unlock": ("vault_models", "VaultUnlockRequest"),
    "vault_lock": ("vault_models", "VaultLockRequest"),
    "vault_passphrase": ("vault_models", "VaultPassphraseRequest"),
    "key_list": ("vault_models", "KeyListRequest"),
    "key_create": ("key_models", "KeyCreateRequest"),
    "key_request": ("key_models", "KeyRequestRequest"),
    "key_certify": ("key_models", "KeyCertifyRequest"),
    "key_renew": ("key_models", "KeyRenewRequest"),
    "key_import": ("key_models", "KeyImportRequest"),
    "key_export": ("key_models", "KeyExportRequest"),
    "key_default": ("key_models", "KeyDefaultRequest"),
    "key_check": ("key_models", "KeyCheckRequest"),
    "key_notices": ("key_models", "KeyNoticesRequest"),
    "people_list": ("people_models", "PeopleListRequest"),
    "people_import": ("people_models", "PeopleImportRequest"),
    "people_remove": ("people_models", "PeopleRemoveRequest"),
    "people_lookup": ("people_models", "PeopleLookupRequest"),
    "recipients": ("people_models", "RecipientsRequest"),
    "protect": ("writing_models", "ProtectRequest"),
    "answer": ("letter_models", "AnswerRequest"),
    "draft_put": ("letter_models", "DraftPutRequest"),
    "draft_attach": ("letter_models", "DraftAttachRequest"),
    "draft_detach": ("letter_models", "DraftDetachRequest"),
    "draft_list": ("letter_models", "DraftListRequest"),
    "draft_open": ("letter_models", "DraftOpenRequest"),
    "draft_remove": ("letter_models", "DraftRemoveRequest"),
    "token_list": ("people_models", "TokenListRequest"),
    "token_unlock": ("people_models", "TokenUnlockRequest"),
    "token_lock": ("people_models", "TokenLockRequest"),
    "journal_list": ("proof_models", "JournalListRequest"),
    "journal_verify": ("proof_models", "JournalVerifyRequest"),
    "receipt_make": ("proof_models", "ReceiptMakeRequest"),
    "receipt_give": ("proof_models", "ReceiptGiveRequest"),
    "evidence_save": ("evidence_models", "EvidenceSaveRequest"),
    "trust_list": ("trust_models", "TrustListRequest"),
    "trust_read": ("trust_models", "TrustReadRequest"),
    "trust_add": ("trust_models", "TrustAddRequest"),
    "trust_remove": ("trust_models", "TrustRemoveRequest"),
    "trust_change": ("trust_models", "TrustChangeRequest"),
    "account_list": ("sending_models", "AccountListRequest"),
    "account_put": ("sending_models", "AccountPutRequest"),
    "account_remove": ("sending_models", "AccountRemoveRequest"),
    "account_find": ("sending_models", "AccountFindRequest"),
    "account_check": ("sending_models", "AccountCheckRequest"),
    "send": ("sending_models", "SendRequest"),
    "outbox_list": ("sending_models", "OutboxListRequest"),
    "outbox_retry": ("sending_models", "OutboxRetryRequest"),
    "outbox_forget": ("sending_models", "OutboxForgetRequest"),
    "way_list": ("ways_models", "WayListRequest"),
    "way_put": ("ways_models", "WayPutRequest"),
    "sign_in_begin": ("ways_models", "SignInBeginRequest"),
    "sign_in_finish": ("ways_models", "SignInFinishRequest"),
    "sign_in_end": ("ways_models", "SignInEndRequest"),
    "carry_take": ("ways_models", "CarryTakeRequest"),
    "carry_told": ("ways_models", "CarryToldRequest"),
    "carry_end": ("ways_models", "CarryEndRequest"),
    "owa_last": ("owa_models", "OwaLastRequest"),
    "settings_list": ("settings_models", "SettingsListRequest"),
    "settings_change": ("settings_models", "SettingsChangeRequest"),
    "host_report": ("settings_models", "HostReportRequest"),
}
"""For each operation the module and the name of its model."""


@cache
def request_model(operation: str) -> type[Shape] | None:
    """The model of an operation's request; None for an operation that there is not."""
    place = REQUESTS.get(operation)
    if place is None:
        return None
    model: type[Shape] = getattr(import_module(f"letterlock.protocol.{place[0]}"), place[1])
    return model
