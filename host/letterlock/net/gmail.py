"""Gmail's API: `users.messages.send` as an upload (https://developers.google.com/workspace/gmail/api/guides/sending,
…/guides/uploads), with the scope `gmail.send`, which reads nothing.

The message goes out as it is, as `message/rfc822`. There is no envelope: Gmail sends it to everybody whom its To, Cc
and Bcc name (`operations.parcels` sees to it that those are the right ones), and keeps the copy in Sent by itself. An
address in From that is not the account's, or confirmed in Gmail's settings, is replaced by the account's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from letterlock import limits
from letterlock.net import api
from letterlock.net import mail_failures as failures
from letterlock.net.api import Answer, Api, Body
from letterlock.net.mail import MailServer
from letterlock.net.smtp import Envelope
from letterlock.net.wire import never

if TYPE_CHECKING:
    import ssl

SEND = "/upload/gmail/v1/users/me/messages/send?uploadType=media"

_LATER = ("rateLimitExceeded", "userRateLimitExceeded", "dailyLimitExceeded", "quotaExceeded", "backendError")
"""Reasons of a 403 or 429 that pass (…/guides/handle-errors)."""


@contextmanager
def connected(server: MailServer, context: ssl.SSLContext, cancelled: Callable[[], bool] = never) -> Iterator[Session]:
    """A session; nothing is said before the first message."""
    yield Session(Api(server, context, cancelled))


class Session(api.Session):
    """Sends one message after the other."""

    largest = limits.GMAIL_OCTETS

    def send(
        self,
        envelope: Envelope,
        pieces: Iterable[bytes],
        before_end: Callable[[], None],
        waiting: Callable[[], bool] = never,
    ) -> str:
        """Send one message to everybody whom its header names. As `net.smtp.Session.send`.

        Raises:
            MailLoginRefused: the token has run out, or was revoked; a new one may do.
            MailNotAllowed: it does not allow sending.
        """
        if envelope.octets > limits.GMAIL_OCTETS:
            raise failures.MailTooLargeForServer(self.server, envelope.octets, limits.GMAIL_OCTETS)
        body = Body("message/rfc822", envelope.octets, pieces)
        answer = self._api.ask("POST", SEND, api.bearer(self.server, self._login), body, before_end, waiting)
        if answer.good:
            return str(answer.json().get("id", ""))[:100]
        raise self._refused(answer)

    def _refused(self, answer: Answer) -> failures.MailFailure:
        error = answer.json().get("error")
        error = error if isinstance(error, dict) else {}
        said = [each.get("reason") for each in error.get("errors", []) if isinstance(each, dict)]
        reason = next((each for each in said if isinstance(each, str)), "")
        detail = f"{reason} {error.get('message', '')}".strip()
        if answer.status == 403 and reason in _LATER:
            return failures.MailRefusedForNow(self.server, f"403 {detail}"[:200])
        return api.refused(self.server, self._login.user, answer, detail, critical=True)
