"""When the native host is gone, missing or silent, the panel says so, and everything works again once it is mended."""

from __future__ import annotations

from collections.abc import Iterator

import psutil
import pytest

from tests.e2e.browsers import wait_for
from tests.e2e.conftest import Desk
from tests.e2e.processes import living_in


@pytest.fixture
def good_desk(desk: Desk) -> Iterator[Desk]:
    """A desk whose host is whole again for whoever comes next."""
    yield desk
    desk.host.mend()
    _end_host(desk)


def test_killed_while_a_message_is_open(good_desk: Desk, messages: dict[str, int]) -> None:
    """The panel says that the host ended, the verdict stays, and the next message works."""
    desk = good_desk
    desk.reader.select_message(messages["good"])
    assert desk.panel.status() == "valid"
    assert desk.panel.notice() == ""

    assert _end_host(desk), "no host was running"
    wait_for(desk.panel.notice, "the notice")
    assert desk.panel.status() == "valid"
    desk.keep_screenshot("host-killed")

    desk.reader.select_message(messages["changed"])
    assert desk.panel.status() == "invalid"
    assert desk.panel.notice() == ""


def test_missing(good_desk: Desk, messages: dict[str, int]) -> None:
    """The panel says how to install the host, and one press of its button checks again once that is done."""
    desk = good_desk
    desk.host.remove()
    _end_host(desk)
    desk.reader.open_message(messages["good"])
    assert desk.panel.code() == "host_missing"
    assert desk.panel.icon()[0] == "plug"
    assert "letterlock setup" in desk.panel.words()
    desk.keep_screenshot("host-missing")

    desk.host.mend()
    desk.panel.press_button("Check again")
    wait_for(lambda: desk.panel.status() == "valid", "the verdict of the second check")


def test_silent(good_desk: Desk, messages: dict[str, int]) -> None:
    """A host that answers nothing ends in a message, never in endless waiting."""
    desk = good_desk
    desk.host.fall_silent()
    _end_host(desk)
    desk.reader.open_message(messages["good"])
    assert desk.panel.code() == "host_silent"
    desk.keep_screenshot("host-silent")

    desk.host.mend()
    desk.reader.open_message(messages["ecdsa"])
    assert desk.panel.status() == "valid"


def _end_host(desk: Desk) -> int:
    """Kills the hosts that the browser started, as a crash would, and tells how many there were."""
    hosts = living_in("LETTERLOCK_HOME", str(desk.host.home))
    for host in hosts:
        host.kill()
    psutil.wait_procs(hosts, 5)
    return len(hosts)
