"""The operating systems' roots: p11-kit for real, Windows and macOS by the answers their calls give."""

from __future__ import annotations

import hashlib
import os
import plistlib
import subprocess
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from letterlock.operations import system_roots as anchors
from letterlock.operations import trust
from letterlock.store import system_roots
from letterlock.store.failures import SystemRootsUnreadable
from letterlock.store.system_roots import EMAIL_PROTECTION, SystemRoot
from letterlock.trust import reasons as why
from tests.needs import require_program
from tests.trust.chains import DAY, LONG_AGO, NOW, Issued, issue, person

MAIL, SERVER, DISTRUSTED, AGEING = (issue(name) for name in ("Mail", "Server", "Distrusted", "Ageing"))


# --- Linux -----------------------------------------------------------------------------------------------------


@pytest.fixture
def p11_kit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """p11-kit itself, asked about a store of our own: the folder returned."""
    program = require_program("trust", "p11-kit")
    home, roots = tmp_path / "home", tmp_path / "roots"
    (home / "pkcs11/modules").mkdir(parents=True)
    roots.mkdir()
    (home / "pkcs11/pkcs11.conf").write_text("user-config: only\n")
    module = f"module: p11-kit-trust.so\ntrust-policy: yes\nx-init-reserved: paths='{roots}'\n"
    (home / "pkcs11/modules/trust.module").write_text(module)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home))
    if os.getuid() == 0:
        # It reads nobody's configuration as root, so it runs as somebody else, with a temporary folder of its own.
        bin_, temporary = tmp_path / "bin", tmp_path / "temporary"
        bin_.mkdir()
        temporary.mkdir()
        require_program("setpriv", "util-linux")
        (bin_ / "trust").write_text(
            f'#!/bin/sh\nexec setpriv --reuid=65534 --regid=65534 --clear-groups {program} "$@"\n'
        )
        (bin_ / "trust").chmod(0o755)
        monkeypatch.setenv("PATH", f"{bin_}:{os.environ['PATH']}")
        for folder in (tmp_path, *tmp_path.parents):
            if folder.stat().st_uid == os.getuid() and folder != Path("/") and folder != Path("/tmp"):
                folder.chmod(folder.stat().st_mode | 0o755)
        real = system_roots.tempfile.TemporaryDirectory

        def open_to_it(prefix: str) -> object:
            made = real(prefix=prefix, dir=temporary)
            Path(made.name).chmod(0o777)
            return made

        monkeypatch.setattr(system_roots.tempfile, "TemporaryDirectory", open_to_it)
    return roots


def kept(root: Issued, *attributes: str) -> bytes:
    """A file in p11-kit's own form."""
    lines = "\n".join(("[p11-kit-object-v1]", "trusted: true", *attributes, ""))
    return lines.encode() + root.pem


def test_p11_kit_tells_whom_the_computer_trusts_for_mail(p11_kit: Path) -> None:
    """Not whom it trusts for servers only, not whom it distrusts; and until when it believes somebody."""
    (p11_kit / "mail.p11-kit").write_bytes(kept(MAIL))
    purpose = '[p11-kit-object-v1]\nclass: x-certificate-extension\nobject-id: 2.5.29.37\nvalue: "{}"\n{}'
    extension = "".join(f"%{octet:02x}" for octet in bytes.fromhex("0603551d25040c300a06082b06010505070301"))
    public = SERVER.x509.public_key()
    from cryptography.hazmat.primitives import serialization

    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
    value = purpose.format("%30%13" + extension, pem)
    (p11_kit / "server.p11-kit").write_bytes(kept(SERVER) + b"\n" + value.encode())
    distrusted = b"[p11-kit-object-v1]\nx-distrusted: true\n" + DISTRUSTED.pem
    (p11_kit / "distrusted.p11-kit").write_bytes(distrusted)
    (p11_kit / "ageing.p11-kit").write_bytes(kept(AGEING, 'nss-email-distrust-after: "250101000000Z"'))
    found = set(system_roots.read())
    assert found == {SystemRoot(MAIL.der), SystemRoot(AGEING.der, datetime(2025, 1, 1, tzinfo=UTC))}


def test_an_empty_store_trusts_nobody(p11_kit: Path) -> None:
    assert system_roots.read() == ()


def test_this_computers_own_list_can_be_read() -> None:
    """Every certificate of it is one, quickly."""
    require_program("trust", "p11-kit")
    assert len(anchors.anchors()) == len(system_roots.read())
    assert {each.source for each in anchors.anchors()} <= {"system"}


def test_without_p11_kit_the_failure_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemRootsUnreadable) as failure:
        system_roots.read()
    assert "trust" in failure.value.detail


# --- From the list to the verdict ------------------------------------------------------------------------------


def test_the_systems_roots_count_only_on_request(
    p11_kit: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Off by default; on, a path says that this computer vouches; the organisation has the last word."""
    monkeypatch.setattr(anchors, "_kept", None)
    (p11_kit / "mail.p11-kit").write_bytes(kept(MAIL))
    anna, database, policy = person("Anna", MAIL).certificate, tmp_path / "letterlock.sqlite", tmp_path / "policy.json"
    assert not trust.settings(database).path(anna, [], NOW).valid
    trust.use_system(database, True)
    path = trust.settings(database).path(anna, [], NOW)
    assert path.valid
    assert path.anchor is not None
    assert path.anchor.source == "system"
    policy.write_text('{"system": false}')
    assert not trust.settings(database, policy=policy).path(anna, [], NOW).valid
    trust.use_system(database, False)
    policy.write_text('{"system": true}')
    assert trust.settings(database, policy=policy).path(anna, [], NOW).valid


def test_the_list_is_read_once_and_again_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that opens many messages asks the system rarely; a list that cannot be read vouches for nobody."""
    reads: list[float] = []
    clock = [1000.0]

    def read() -> tuple[SystemRoot, ...]:
        reads.append(clock[0])
        if len(reads) == 2:
            raise SystemRootsUnreadable("gone")
        return (SystemRoot(MAIL.der), SystemRoot(b"no certificate"))

    monkeypatch.setattr(anchors, "_kept", None)
    monkeypatch.setattr(system_roots, "read", read)
    monkeypatch.setattr(anchors.time, "monotonic", lambda: clock[0])
    settings = trust.TrustSettings(system=True)
    anna = person("Anna", MAIL).certificate
    assert settings.path(anna, [], NOW).valid
    assert settings.path(anna, [], NOW).valid
    assert len(reads) == 1
    clock[0] += 4000
    assert not settings.path(anna, [], NOW).valid
    clock[0] += 4000
    assert settings.path(anna, [], NOW).valid


@pytest.mark.parametrize(("after", "valid"), [(LONG_AGO - DAY, False), (LONG_AGO, True), (NOW, True)])
def test_after_its_day_an_anchor_is_not_believed_about_new_certificates(
    monkeypatch: pytest.MonkeyPatch, after: datetime, valid: bool
) -> None:
    """What was issued up to that day stays good, whenever it is looked at (as in NSS and Mozilla's store)."""
    monkeypatch.setattr(anchors, "_kept", None)
    monkeypatch.setattr(system_roots, "read", lambda: (SystemRoot(MAIL.der, after),))
    path = trust.TrustSettings(system=True).path(person("Anna", MAIL).certificate, [], NOW)
    assert path.valid is valid
    assert path.reasons == (() if valid else (why.AnchorDistrustedAfter("Anna", "Mail", after),))


# --- Windows: what ssl.enum_certificates gives -----------------------------------------------------------------


def test_windows_roots_are_taken_by_purpose_and_distrust_wins() -> None:
    """Every purpose (True), mail among others, none of these; and the store Disallowed has the last word."""
    stores: dict[str, list[tuple[bytes, str, bool | Iterable[str]]]] = {
        "ROOT": [
            (MAIL.der, "x509_asn", True),
            (AGEING.der, "x509_asn", frozenset({EMAIL_PROTECTION, "1.3.6.1.5.5.7.3.1"})),
            (SERVER.der, "x509_asn", frozenset({"1.3.6.1.5.5.7.3.1"})),
            (SERVER.der, "x509_asn", frozenset()),
            (SERVER.der, "x509_asn", False),
            (b"bundle", "pkcs_7_asn", True),
            (DISTRUSTED.der, "x509_asn", True),
        ],
        "Disallowed": [(DISTRUSTED.der, "x509_asn", True)],
    }
    assert list(system_roots.of_windows(stores.__getitem__)) == [SystemRoot(MAIL.der), SystemRoot(AGEING.der)]


# --- macOS: what /usr/bin/security writes ----------------------------------------------------------------------

SMIME = bytes.fromhex("2a864886f763640108")
SSL = bytes.fromhex("2a864886f763640103")


def security(
    roots: Sequence[Issued], domains: dict[str, dict[str, list[dict[str, object]]]]
) -> Callable[[Sequence[str]], bytes]:
    """The program, with trust settings by domain ("", "-d", "-s") and by fingerprint."""

    def run(command: Sequence[str]) -> bytes:
        assert command[0] == "security"
        if command[1] == "find-certificate":
            assert command[2:4] == ("-a", "-p")
            return b"".join(root.pem for root in roots)
        assert command[1] == "trust-settings-export"
        domain = command[2] if len(command) > 3 else ""
        if domain not in domains:
            raise subprocess.CalledProcessError(1, command, stderr=b"No Trust Settings were found.")
        listed = {name: {"trustSettings": settings} for name, settings in domains[domain].items()}
        Path(command[-1]).write_bytes(plistlib.dumps({"trustVersion": 1, "trustList": listed}))
        return b""

    return run


def fingerprint(root: Issued) -> str:
    return hashlib.sha1(root.der, usedforsecurity=False).hexdigest().upper()


@pytest.mark.parametrize(
    ("user", "system", "trusted"),
    [
        (None, [], True),
        (None, None, False),
        (None, [{"kSecTrustSettingsPolicy": SMIME, "kSecTrustSettingsResult": 1}], True),
        (None, [{"kSecTrustSettingsPolicy": SMIME}], True),
        (None, [{"kSecTrustSettingsPolicy": SSL, "kSecTrustSettingsResult": 1}], False),
        (None, [{"kSecTrustSettingsResult": 2}], True),
        (None, [{"kSecTrustSettingsResult": 3}], False),
        (None, [{"kSecTrustSettingsResult": 4}], False),
        ([{"kSecTrustSettingsPolicy": SMIME, "kSecTrustSettingsResult": 3}], [], False),
        ([{"kSecTrustSettingsPolicy": SSL, "kSecTrustSettingsResult": 3}], [], True),
        ([{"kSecTrustSettingsPolicy": SMIME, "kSecTrustSettingsResult": 4}], [], True),
        ([], None, True),
        (None, [{"kSecTrustSettingsApplication": b"Mail", "kSecTrustSettingsResult": 1}], False),
        (
            None,
            [{"kSecTrustSettingsResult": 1}, {"kSecTrustSettingsPolicy": SMIME, "kSecTrustSettingsResult": 3}],
            False,
        ),
    ],
)
def test_macos_roots_are_taken_by_their_trust_settings(
    user: list[dict[str, object]] | None, system: list[dict[str, object]] | None, trusted: bool
) -> None:
    """For S/MIME or for everything, not refused; the user's word comes before the system's."""
    domains: dict[str, dict[str, list[dict[str, object]]]] = {"-s": {}}
    if system is not None:
        domains["-s"][fingerprint(MAIL)] = system
    if user is not None:
        domains[""] = {fingerprint(MAIL): user}
    found = list(system_roots.of_macos(security([MAIL, MAIL], domains)))
    assert found == ([SystemRoot(MAIL.der)] if trusted else [])


@pytest.mark.parametrize("text", [b"", b"no list", plistlib.dumps({"other": {}})])
def test_macos_settings_that_cannot_be_read_are_a_failure(text: bytes) -> None:
    """Nobody is trusted, or distrusted no more, because a list was damaged."""

    def run(command: Sequence[str]) -> bytes:
        Path(command[-1]).write_bytes(text)
        return b""

    with pytest.raises(ValueError, match="trust-settings-export"):
        list(system_roots.of_macos(run))
