"""Signed and encrypted mail has a badge in the webmail's list; what it is worth is told when it is opened."""

from __future__ import annotations

from tests.e2e.browsers import wait_for
from tests.e2e.conftest import Desk

_BADGES = """
    return Object.fromEntries(arguments[0].map((uid) => {
      const row = document.querySelector(`#messagelist tr.message a[href*="_uid=${uid}&"]`)?.closest("tr");
      const badges = [...row?.querySelectorAll("[data-letterlock-badge]") ?? []];
      return [uid, row ? badges.map((badge) => badge.textContent).join() : "no row"];
    }));
"""


def test_badges(desk: Desk, messages: dict[str, int]) -> None:
    """Whatever will be said of them: good, changed and foreign ones look alike, unsigned ones have none."""
    expected = {
        "good": "signed",
        "changed": "signed",
        "mismatch": "signed",
        "unknown-issuer": "signed",
        "opaque": "S/MIME",
        "unsigned": "",
    }
    uids = [messages[name] for name in expected]
    desk.reader.open_list()

    def badges() -> dict[str, str]:
        found = desk.browser.run(_BADGES, uids)
        return {name: found[str(messages[name])] for name in expected}

    wait_for(lambda: badges() == expected, "the badges", 30)
    desk.keep_screenshot("list-badges")
    # The list is filled anew: no badge is lost, and none comes twice.
    desk.browser.run(
        """
        for (const row of document.querySelectorAll("#messagelist tr.message")) row.dataset.before = "true";
        rcmail.list_mailbox("INBOX", 1);
        """
    )
    anew = """
        const rows = [...document.querySelectorAll("#messagelist tr.message")];
        return rows.length > 0 && rows.every((row) => !row.dataset.before);
    """
    wait_for(lambda: desk.browser.run(anew), "the list, filled anew", 30)
    wait_for(lambda: badges() == expected, "the badges again", 30)
