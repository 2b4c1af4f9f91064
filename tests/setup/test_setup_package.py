"""What is handed out: templates inside the package, and policies that name our extensions."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path
from xml.etree import ElementTree

import pytest

from letterlock.clients import manifests
from letterlock.clients.table import BY_ID, Family
from letterlock.native.callers import OURS
from tests.needs import PROJECT, missing

POLICIES = PROJECT / "manifests" / "policies"
CHROMIUM = BY_ID["chromium"].extension


@pytest.mark.parametrize("family", Family)
def test_the_template_names_exactly_the_extensions_that_the_host_serves(family: Family) -> None:
    """Table, template and the host's own check are one."""
    template = json.loads((PROJECT / "manifests" / f"{family.value}.json").read_text())
    served = {manifests.caller(family, extension) for extension in OURS[family.value]}
    assert set(template[manifests.CALLERS_FIELD[family]]) == served
    assert {client.extension for client in BY_ID.values() if client.family is family} == OURS[family.value]


@pytest.mark.parametrize("family", Family)
def test_a_rendered_manifest_is_one_that_clients_accept(tmp_path: Path, family: Family) -> None:
    """Rendered and read back."""
    file = tmp_path / "letterlock.json"
    file.write_bytes(manifests.render(family, tmp_path / "a host"))
    manifest = manifests.read(file, family)
    assert isinstance(manifest, manifests.Manifest)
    assert manifests.admits(manifest, [client for client in BY_ID.values() if client.family is family]) == []


def test_the_extension_s_manifests_state_the_ids_of_the_table() -> None:
    """Firefox and Thunderbird state theirs; Chromium's follows from the key."""
    for platform in ("firefox", "thunderbird"):
        file = PROJECT / "extension/platform" / platform / "manifest.json"
        if not file.exists():
            pytest.skip(f"{file} is not there yet")
        gecko = json.loads(file.read_text())["browser_specific_settings"]["gecko"]
        assert gecko["id"] == BY_ID[platform].extension


def test_chromium_s_policies_install_our_extension_and_allow_our_host() -> None:
    """Both forms, and the update manifest they lead to."""
    settings = json.loads((POLICIES / "chromium.json").read_text())
    assert settings["ExtensionSettings"][CHROMIUM]["installation_mode"] == "force_installed"
    older = json.loads((POLICIES / "chromium-forcelist.json").read_text())
    update_url = settings["ExtensionSettings"][CHROMIUM]["update_url"]
    assert older["ExtensionInstallForcelist"] == [f"{CHROMIUM};{update_url}"]
    assert settings["NativeMessagingAllowlist"] == older["NativeMessagingAllowlist"] == ["letterlock"]
    app = ElementTree.parse(POLICIES / "chromium-updates.xml").getroot()[0]
    assert app.get("appid") == CHROMIUM
    assert app[0].get("version") == metadata.version("letterlock")


@pytest.mark.parametrize("client", ["firefox", "thunderbird"])
def test_mozilla_s_policies_install_our_add_on(client: str) -> None:
    """Under the id that the manifest allows."""
    settings = json.loads((POLICIES / f"{client}.json").read_text())["policies"]["ExtensionSettings"]
    assert list(settings) == [BY_ID[client].extension]
    assert settings[BY_ID[client].extension]["installation_mode"] == "force_installed"


def test_every_file_of_the_folder_is_explained() -> None:
    """README.md names each template."""
    readme = (PROJECT / "manifests/README.md").read_text()
    named = set(re.findall(r"[\w-]+\.(?:json|xml)", readme))
    assert {path.name for path in (PROJECT / "manifests").rglob("*.*") if path.suffix in (".json", ".xml")} <= named


RENDERED = """
from pathlib import Path
from letterlock.clients import manifests
from letterlock.clients.table import Family
assert ".whl" in manifests.__file__, manifests.__file__
for family in Family:
    print(manifests.render(family, Path("/host")).decode())
"""


def test_the_wheel_carries_the_templates(tmp_path: Path) -> None:
    """Built from a copy, and used from the wheel alone: no checkout beside it."""
    source = tmp_path / "source"
    source.mkdir()
    for name in ("pyproject.toml", "LICENSE"):
        shutil.copy(PROJECT / name, source)
    (source / "README.md").touch()  # only its presence matters here
    for name in ("host", "manifests"):
        ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
        shutil.copytree(PROJECT / name, source / name, symlinks=True, ignore=ignored)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path), str(source)]
    if int(metadata.version("setuptools").partition(".")[0]) >= 77:
        command.insert(4, "--no-build-isolation")
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    if "No matching distribution found for setuptools" in built.stderr:
        missing("setuptools 77 or newer", "pip install 'setuptools>=77', or a package index that can be reached")
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert {"letterlock/manifests/chromium.json", "letterlock/manifests/mozilla.json"} <= set(names)
    done = subprocess.run(
        [sys.executable, "-c", RENDERED],
        env={"PYTHONPATH": str(wheel)},
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert '"path": "/host"' in done.stdout
