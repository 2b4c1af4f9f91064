"""What the errors of JMAP mean for a message that is to be sent (RFC 8620 §§3.6, 5.3; RFC 8621 §§4.8, 7.5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from letterlock.errors import LetterlockError
from letterlock.net import mail_failures as failures
from letterlock.net.smtp import Envelope, Refusals

CORE = "urn:ietf:params:jmap:core"
MAIL = "urn:ietf:params:jmap:mail"
SUBMISSION = "urn:ietf:params:jmap:submission"

_LATER = ("rateLimit", "overQuota", "serverUnavailable", "serverFail")
_NOT_ALLOWED = ("forbidden", "forbiddenToSend", "accountReadOnly", "accountNotSupportedByMethod")


def method_error(server: str, said: Mapping[str, Any], *, critical: bool) -> failures.MailFailure:
    """A call that was answered by `error` (RFC 8620 §3.6.2): but for `serverPartialFail`, it did nothing."""
    kind, shown = _said(said)
    if kind == "serverPartialFail" and critical:
        return failures.MailFateUnknown(server)
    if kind in _NOT_ALLOWED:
        return failures.MailNotAllowed(server, "", shown)
    if kind in _LATER:
        return failures.MailRefusedForNow(server, shown)
    return failures.MailRefused(server, shown)


def not_imported(server: str, said: Mapping[str, Any]) -> failures.MailFailure:
    """An `Email/import` that made nothing."""
    kind, shown = _said(said)
    return failures.MailRefusedForNow(server, shown) if kind in _LATER else failures.MailRefused(server, shown)


def not_submitted(server: str, envelope: Envelope, said: Mapping[str, Any]) -> LetterlockError:
    """A submission that was not made (RFC 8621 §7.5)."""
    kind, shown = _said(said)
    if kind == "invalidRecipients":
        named = said.get("invalidRecipients")
        bad = {each for each in named if isinstance(each, str)} if isinstance(named, list) else set()
        refused = [each for each in envelope.recipients if each in bad] or list(envelope.recipients)
        return Refusals({each: failures.RecipientRefused(server, each, shown) for each in refused})
    if kind in ("forbiddenFrom", "forbiddenMailFrom"):
        return failures.SenderRefused(server, envelope.sender, shown)
    if kind in _NOT_ALLOWED:
        return failures.MailNotAllowed(server, "", shown)
    return failures.MailRefusedForNow(server, shown) if kind in _LATER else failures.MailRefused(server, shown)


def _said(said: Mapping[str, Any]) -> tuple[str, str]:
    kind = str(said.get("type", ""))
    return kind, f"{kind} {said.get('description', '')}".strip()[:200]
