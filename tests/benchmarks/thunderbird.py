"""Reading in Thunderbird: the time to the verdict for message after message, and a large encrypted one.

    python -m tests.benchmarks.thunderbird [--messages 200] [--megabytes 25]

A real Thunderbird with the add-on and the real host. Beside the times stand the host's memory before and after, and for
how long Thunderbird's window stood still at most while the large message was opened.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import psutil

from letterlock.clients.table import Family
from tests.e2e.processes import free_port
from tests.e2e.thunderbird.client import Thunderbird
from tests.e2e.thunderbird.conftest import packed_addon
from tests.e2e.thunderbird.reader import Reader
from tests.e2e.thunderbird.screen import Screen
from tests.installed_host import InstalledHost
from tests.keystore.vaults import PASSPHRASE
from tests.operations.writing_desk import BOTH, ENCRYPTED, WritingDesk

ANNA, BEA = "anna@muster.example", "bea@muster.example"


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--messages", type=int, default=200)
    parser.add_argument("--megabytes", type=int, default=25)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="letterlock-bench-") as name:
        folder = Path(name)
        host = InstalledHost(folder / "host", Family.MOZILLA, folder / "home" / ".mozilla" / "native-messaging-hosts")
        data = host.home / "data"
        data.mkdir(exist_ok=True)
        desk = WritingDesk(data)
        thunderbird = Thunderbird(folder / "home", free_port(), "nobody")
        try:
            thunderbird.install(packed_addon(folder / "extension"))
            thunderbird.marionette.timeout.script = 300
            reader = Reader(thunderbird, Screen(thunderbird))
            _unlock(reader, desk)
            _many(reader, desk, arguments.messages)
            _large(reader, desk, arguments.megabytes)
        finally:
            thunderbird.quit()


def _mail(text: str, attachment: bytes = b"") -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = BEA, ANNA, "Jelly"
    mail.set_content(f"{text}\n")
    if attachment:
        mail.add_attachment(attachment, "application", "octet-stream", filename="large.bin")
    return mail.as_bytes()


def _unlock(reader: Reader, desk: WritingDesk) -> None:
    mail = reader.thunderbird.file(desk.protected(_mail("Unlock"), ENCRYPTED))
    reader.thunderbird.select(mail)
    reader.screen.wait_for_bar("encryption_locked", mail, 60)
    reader.screen.press("unlock")
    usable = "const {disabled, form} = document.getElementById('secret'); return !disabled && !form.hidden"
    while not reader.screen.run_in_window("/ui/unlock.html", usable):
        time.sleep(0.1)
    field = f"const field = document.getElementById('secret'); field.value = {json.dumps(PASSPHRASE)};"
    reader.screen.run_in_window("/ui/unlock.html", field + "field.form.requestSubmit();")
    reader.screen.wait_for_bar("encryption_decrypted", mail, 60)
    reader.thunderbird.tidy()


def _many(reader: Reader, desk: WritingDesk, number: int) -> None:
    """Half of them signed and encrypted, half only encrypted."""
    filed = []
    for at in range(number):
        wish, code = (BOTH, "signature_valid") if at % 2 else (ENCRYPTED, "encryption_decrypted")
        filed.append((reader.thunderbird.file(desk.protected(_mail(f"Letter {at}."), wish)), code, f"Letter {at}."))
    before, verdicts, texts = _memory(reader), [], []
    for uri, code, text in filed:
        started = time.perf_counter()
        reader.thunderbird.select(uri)
        reader.screen.wait_for_bar(code, uri, 60)
        verdicts.append(time.perf_counter() - started)
        reader.wait_for_text(text)
        texts.append(time.perf_counter() - started)
    after = _memory(reader)
    print(f"{number} encrypted messages in a row, from the click:")
    print(
        f"  verdict on screen: median {1000 * statistics.median(verdicts):.0f} ms, worst {1000 * max(verdicts):.0f} ms"
    )
    print(f"  text on screen:    median {1000 * statistics.median(texts):.0f} ms, worst {1000 * max(texts):.0f} ms")
    print(f"  memory of the host: {before / 1e6:.0f} MB before, {after / 1e6:.0f} MB after")


def _large(reader: Reader, desk: WritingDesk, megabytes: int) -> None:
    mail = desk.protected(_mail("The large one.", bytes(range(256)) * (megabytes * 4096)), BOTH)
    uri = reader.thunderbird.file(mail)
    reader.thunderbird.run(
        """
        window.letterlockStill = 0;
        window.letterlockSaid = new Set();
        let last = performance.now();
        window.letterlockClock = setInterval(() => {
            const now = performance.now();
            window.letterlockStill = Math.max(window.letterlockStill, now - last);
            last = now;
            const root = gTabmail.currentAboutMessage?.document.getElementById("letterlock-bar")?.shadowRoot;
            window.letterlockSaid.add(root?.querySelector(".bar:not([hidden]) .headline")?.textContent ?? "");
        }, 10);
        """
    )
    started = time.perf_counter()
    reader.thunderbird.select(uri)
    reader.screen.wait_for_bar("signature_valid", uri, 300)
    verdict = time.perf_counter() - started
    deadline = started + 300
    while "The large one." not in reader.body() and time.perf_counter() < deadline:
        time.sleep(0.05)
    text = time.perf_counter() - started
    still, said = reader.thunderbird.run(
        "clearInterval(window.letterlockClock); return [window.letterlockStill, [...window.letterlockSaid]]"
    )
    print(f"a message of {len(mail) / 1e6:.0f} MB, signed and encrypted:")
    print(
        f"  verdict after {verdict:.1f} s, text after {text:.1f} s; the window stood still for {still:.0f} ms at most"
    )
    print(f"  meanwhile the bar said: {', '.join(sorted(filter(None, said))[:4])} …")


def _memory(reader: Reader) -> int:
    """Of every host that runs, in octets."""
    found = psutil.Process(reader.thunderbird.pid).children(recursive=True)
    return sum(each.memory_info().rss for each in found if "serve" in each.cmdline())


if __name__ == "__main__":
    main()
