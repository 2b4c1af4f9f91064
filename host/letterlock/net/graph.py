"""Microsoft Graph: `POST /me/sendMail` with the message in MIME format
(https://learn.microsoft.com/graph/api/user-sendmail, …/graph/outlook-send-mime-message), which is documented for
S/MIME, with the permission `Mail.Send`, which reads nothing.

The body is the whole message in base64, as `text/plain`. As with Gmail there is no envelope, and Exchange keeps the
copy in Sent Items by itself. The answer to what was taken is 202 without a body.
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

SEND = "/v1.0/me/sendMail"

_SENDER = ("ErrorSendAsDenied", "ErrorSendOnBehalfOfDenied")
_LATER = ("ApplicationThrottled", "ErrorQuotaExceeded", "ErrorExceededMessageLimit", "ErrorServerBusy")
_LARGE = ("ErrorMessageSizeExceeded", "RequestEntityTooLarge", "ErrorContentSizeExceeded")


@contextmanager
def connected(server: MailServer, context: ssl.SSLContext, cancelled: Callable[[], bool] = never) -> Iterator[Session]:
    """A session; nothing is said before the first message."""
    yield Session(Api(server, context, cancelled))


class Session(api.Session):
    """Sends one message after the other."""

    largest = limits.GRAPH_OCTETS

    def send(
        self,
        envelope: Envelope,
        pieces: Iterable[bytes],
        before_end: Callable[[], None],
        waiting: Callable[[], bool] = never,
    ) -> str:
        """Send one message to everybody whom its header names. As `net.gmail.Session.send`."""
        if envelope.octets > limits.GRAPH_OCTETS:
            raise failures.MailTooLargeForServer(self.server, envelope.octets, limits.GRAPH_OCTETS)
        body = Body("text/plain", api.base64_octets(envelope.octets), api.in_base64(pieces))
        answer = self._api.ask("POST", SEND, api.bearer(self.server, self._login), body, before_end, waiting)
        if answer.good:
            return str(answer.status)
        raise self._refused(answer, envelope)

    def _refused(self, answer: Answer, envelope: Envelope) -> failures.MailFailure:
        error = answer.json().get("error")
        error = error if isinstance(error, dict) else {}
        code = str(error.get("code", ""))
        detail = f"{code} {error.get('message', '')}".strip()
        shown = f"{answer.status} {detail}"[:200]
        if code in _SENDER:
            return failures.SenderRefused(self.server, envelope.sender, shown)
        if answer.status == 413 or code in _LARGE:
            return failures.MailRefused(self.server, shown)
        if code in _LATER:
            return failures.MailRefusedForNow(self.server, shown)
        return api.refused(self.server, self._login.user, answer, detail, critical=True)
