"""The rig is a whole mail system, so that other tests may trust it."""

from __future__ import annotations

from tests.e2e.browsers import wait_for
from tests.e2e.conftest import Desk
from tests.e2e.roundcube import Roundcube


def test_written_mail_is_submitted_and_arrives(desk: Desk, webmail: Roundcube) -> None:
    """What is written in the webmail leaves over SMTP and is delivered to the rig's own mailboxes."""
    before = len(webmail.sink.received)
    desk.browser.open(f"{webmail.url}?_task=mail&_action=compose&_to=anna@muster.example&_subject=Hello")
    wait_for(lambda: desk.browser.run("return Boolean(window.rcmail?.commands.send && !rcmail.busy)"), "the editor")
    desk.browser.run(
        """
        document.querySelector("#composebody").value = "Written in the webmail.";
        rcmail.command("send", "");
        """
    )
    wait_for(lambda: len(webmail.sink.received) == before + 1, "the submission")
    submitted = webmail.sink.received[-1]
    assert submitted.mail_from == "bert@muster.example"
    assert submitted.rcpt_tos == ["anna@muster.example"]
    wait_for(lambda: webmail.count("anna") == before + 1, "the delivery")
