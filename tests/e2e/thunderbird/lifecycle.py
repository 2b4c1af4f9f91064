"""Thunderbird before and after the add-on: what is compared, and packages that differ from ours in one thing."""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.e2e.thunderbird.client import Thunderbird
from tests.needs import require_path

_STATE = """
    const pages = [window, gTabmail.currentAbout3Pane, gTabmail.currentAboutMessage].filter(Boolean);
    const state = {};
    for (const page of pages) {
        const { document } = page;
        const name = document.location.pathname;
        // Rows come and go with messages.
        const lasting = [...document.querySelectorAll("*:not(#threadTree *)")];
        const named = lasting.map(each => `${each.localName}#${each.id}`).sort();
        const listeners = [page, document, document.documentElement, document.getElementById("msgHeaderView")]
            .filter(Boolean)
            .map(target => Services.els.getListenerInfoFor(target).map(each => each.type).sort());
        state[name] = {
            elements: named,
            sheets: [...document.styleSheets].map(each => each.href).sort(),
            listeners,
        };
    }
    const about = gTabmail.currentAboutMessage;
    state.label = about?.document.getElementById("encryptionTechBtn").checkVisibility();
    state.subject = about?.document.getElementById("expandedsubjectBox").textContent;
    const source = (module, name, key) => ChromeUtils.importESModule(module)[name].prototype[key].toString();
    state.hooks = [
        source("resource:///modules/MimeMessage.sys.mjs", "MimeMessage", "createMessageFile"),
        source("resource:///modules/MessageSend.sys.mjs", "MessageSend", "_createDeliveryFile"),
        source("resource:///modules/PgpMimeHandler.sys.mjs", "PgpMimeHandler", "onStartRequest"),
    ];
    state.preferences = Services.prefs.getChildList("").filter(
        name => /letterlock/i.test(name) || (Services.prefs.getPrefType(name) === Ci.nsIPrefBranch.PREF_STRING
            && !/^(mail|mailnews|ldap)[.]/.test(name) && /letterlock/i.test(Services.prefs.getCharPref(name, ""))));
    state.stored = [...document.querySelectorAll("[item-id*=letterlock]")].length;
    return state;
"""


def state(thunderbird: Thunderbird) -> dict[str, Any]:
    """What an add-on could leave behind: elements, style sheets and listeners of the windows, hooks, preferences."""
    found: dict[str, Any] = thunderbird.run(_STATE)
    return found


def changes(before: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """What is there now and was not before, and the other way round."""
    found: dict[str, Any] = {}
    for place in {*before, *now}:
        old, new = Counter(_each(before.get(place))), Counter(_each(now.get(place)))
        if old != new:
            found[place] = {"gone": dict(old - new), "new": dict(new - old)}
    return found


def _each(value: Any) -> Iterator[str]:
    """What a part of a state is made of, each with where in it that is."""
    if isinstance(value, dict):
        yield from (f"{key} {each}" for key, inside in value.items() for each in _each(inside))
    elif isinstance(value, list):
        for number, inside in enumerate(value):
            yield from (f"{number} {each}" for each in _each(inside)) if isinstance(inside, list) else (str(inside),)
    else:
        yield str(value)


def variant(package: Path, made: Path, changes: Mapping[str, Callable[[str], str]]) -> Path:
    """The package with other text in some of its files."""
    with zipfile.ZipFile(package) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            octets = old.read(name)
            if name in changes:
                text = octets.decode()
                changed = changes[name](text)
                assert changed != text, f"nothing of {name} was changed"
                octets = changed.encode()
            new.writestr(name, octets)
    return made


def idle(made: Path) -> Path:
    """An add-on that only listens to tabs, all through published interfaces.

    After the first of those Thunderbird goes on listening to its tabs, whatever becomes of the add-on.
    """
    gecko = {"gecko": {"id": "idle@letterlock.example"}}
    manifest = {"manifest_version": 3, "name": "Idle", "version": "1", "browser_specific_settings": gecko}
    with zipfile.ZipFile(made, "w") as new:
        new.writestr("manifest.json", json.dumps({**manifest, "background": {"scripts": ["idle.js"]}}))
        events = ("onCreated", "onRemoved", "onActivated")
        new.writestr("idle.js", "".join(f"browser.tabs.{event}.addListener(() => {{}});\n" for event in events))
    return made


def newer(package: Path, made: Path) -> Path:
    """The next version of the package."""

    def raised(manifest: str) -> str:
        return json.dumps({**json.loads(manifest), "version": "9.0.0"})

    return variant(package, made, {"manifest.json": raised})


def tried_with(version: str, package: Path, made: Path) -> Path:
    """The package as if it had been tried with that version of Thunderbird only."""

    def pinned(text: str) -> str:
        return text.replace('{ from: "153.0", to: "153.*" }', f'{{ from: "{version}", to: "{version}" }}')

    return variant(package, made, {"experiment/fit.js": pinned})


def with_policies(folder: Path, policies: Mapping[str, Any]) -> Path:
    """An installation of Thunderbird with an administrator's `policies.json`; the program to start.

    It is the machine's own, by links: only the program itself, which tells by its place where the rest is, is a copy.
    """
    installed = require_path(Path("/usr/lib/thunderbird"), "thunderbird")
    folder.mkdir()
    for each in installed.iterdir():
        if each.name not in ("thunderbird", "thunderbird-bin", "distribution"):
            (folder / each.name).symlink_to(each.resolve())
    program = folder / "thunderbird"
    program.write_bytes((installed / "thunderbird-bin").read_bytes())
    program.chmod(0o755)
    (folder / "distribution").mkdir()
    (folder / "distribution" / "policies.json").write_text(json.dumps({"policies": policies}))
    return program
