"""The installed Chromium starts the host through what `letterlock setup --profile-dir` wrote."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from letterlock import __version__
from letterlock.clients.table import BY_ID
from tests.needs import require_program

pytestmark = pytest.mark.e2e

KEY = (
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAlDlOvJ8S5gaInmrLKu+iKjS8SPwRVogAmSzkOrub5LfNCMTxeGOWWcQhBe7CH7Hn5Z78"
    "IS2Hmes19bswxXWopzd8gbdWFkXMDWv4FElkuMaD4Vb3W/WJQhvx9iRhvV+pEAJOYwZcpWNLbOxvvGAumMWisH1eClBv1YG1jGxwSmfrCqFaRbtE"
    "cDR3IWa93vRGbiAjiy6k4Y1acBoWS+iBYDoBegrFe0hA6kPkcF6g7DH4eFbYe4WgN8KLMgyS0ALEEyrAzD46O2hMOZey68QIlkr83AOCUSa2wisb"
    "XxlAMPfUH+tE8hlX/u7rrUYAHkGkGaxpiNCdbef78oKQvyh8VQIDAQAB"
)
"""The public key in our extension's manifest, which gives it its id."""

ASK = """() => new Promise(resolve => {
    const port = chrome.runtime.connectNative("letterlock");
    port.onMessage.addListener(resolve);
    port.onDisconnect.addListener(() => resolve({error: chrome.runtime.lastError?.message}));
})"""


def extension(folder: Path) -> Path:
    """The least that has our id and may start a host."""
    folder.mkdir()
    manifest = {
        "manifest_version": 3,
        "name": "Least",
        "version": "1",
        "key": KEY,
        "permissions": ["nativeMessaging"],
        "background": {"service_worker": "background.js"},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (folder / "background.js").write_text("")
    return folder


def command_line(home: Path, *arguments: str) -> int:
    command = [sys.executable, "-m", "letterlock", *arguments]
    environment = {**os.environ, "LETTERLOCK_HOME": str(home)}
    return subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, check=False, timeout=60).returncode


def greeting(profile: Path, folder: Path) -> dict[str, object]:
    """The first message that our extension gets from the host, or why Chromium started none."""
    from tests.e2e.browsers.chromium import shared_playwright

    with shared_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=require_program("chromium", "chromium"),
            headless=False,
            args=[
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
                f"--disable-extensions-except={folder}",
                f"--load-extension={folder}",
            ],
        )
        try:
            worker = context.service_workers[0] if context.service_workers else context.wait_for_event("serviceworker")
            assert BY_ID["chromium"].extension in worker.url
            return dict(worker.evaluate(ASK))
        finally:
            context.close()


def test_chromium_finds_the_host_after_set_up_and_not_after_removal(tmp_path: Path) -> None:
    """In a home and a profile whose names a shell would stumble over."""
    require_program("chromium", "chromium")
    home, profile = tmp_path / "Käthe's home", tmp_path / "a profile"
    least = extension(tmp_path / "extension")
    assert command_line(home, "setup", "--yes", "--profile-dir", str(profile)) == 0
    hello = greeting(profile, least)
    assert (hello.get("type"), hello.get("product")) == ("hello", __version__)
    assert command_line(home, "uninstall", "--yes") == 0
    assert "not found" in str(greeting(profile, least).get("error"))
