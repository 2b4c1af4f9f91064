"""The roots that this computer trusts for mail, as its own operating system keeps them.

    Linux     p11-kit: `trust extract --purpose=email`, which leaves out what is distrusted, and `trust dump` for
              the dates after which a root is no longer believed (CKA_NSS_EMAIL_DISTRUST_AFTER)
    Windows   the stores ROOT and Disallowed, with the purposes of each certificate (CertGetEnhancedKeyUsage)
    macOS     the system's keychains with the trust settings of user, administrator and system (`security`)

What is read here is plain data; nobody in it is trusted until the user or the organisation asks for it. Each reader
takes its system call as an argument. The systems do not tell everything: Windows keeps dates of distrust in
properties that Python does not show, macOS keeps them inside its own evaluation.
"""

from __future__ import annotations

import base64
import hashlib
import plistlib
import re
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from letterlock import limits
from letterlock.store.failures import SystemRootsUnreadable

EMAIL_PROTECTION = "1.3.6.1.5.5.7.3.4"


class SystemRoot(NamedTuple):
    """One certificate in DER; certificates issued after `distrust_after` are not believed on its word."""

    der: bytes
    distrust_after: datetime | None = None


Run = Callable[[Sequence[str]], bytes]
"""Runs a program of the system and gives what it wrote."""


def read() -> tuple[SystemRoot, ...]:
    """What this computer trusts for mail. Takes a tenth of a second and more: call it late and keep the answer.

    Raises:
        SystemRootsUnreadable: the system's program is missing, failed, took too long or wrote something else.
    """
    try:
        if sys.platform == "win32":
            return tuple(of_windows(ssl.enum_certificates))
        return tuple(of_macos(run) if sys.platform == "darwin" else of_p11_kit(run))
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise SystemRootsUnreadable(str(error)[:200]) from error


def run(command: Sequence[str]) -> bytes:
    """The output of a program; raises what `subprocess` raises."""
    return subprocess.run(
        command, check=True, capture_output=True, stdin=subprocess.DEVNULL, timeout=limits.SYSTEM_ROOTS_SECONDS
    ).stdout


# --- Linux -----------------------------------------------------------------------------------------------------


def of_p11_kit(run: Run) -> Iterator[SystemRoot]:
    """p11-kit's anchors for mail. Distrust is honoured by its own program, which knows every rule of the store."""
    with tempfile.TemporaryDirectory(prefix="letterlock-") as folder:
        bundle = Path(folder, "anchors.pem")
        run(("trust", "extract", "--format=pem-bundle", "--filter=ca-anchors", "--purpose=email", str(bundle)))
        anchors = bundle.read_bytes()
    dates = dict(_distrust_dates(run(("trust", "dump", "--filter=all")))) if anchors else {}
    for der in _pem(anchors):
        yield SystemRoot(der, dates.get(der))


# [p11-kit-object-v1]
# …
# nss-email-distrust-after: "250101000000Z"           -- UTCTime; "%00" where there is none
# -----BEGIN CERTIFICATE-----
_OBJECT = b"[p11-kit-object-v1]"
_AFTER = re.compile(rb'^nss-email-distrust-after: "(\d{12})Z"', re.MULTILINE)


def _distrust_dates(dump: bytes) -> Iterator[tuple[bytes, datetime]]:
    for entry in dump.split(_OBJECT):
        date = _AFTER.search(entry)
        if date:
            when = datetime.strptime(date[1].decode(), "%y%m%d%H%M%S").replace(tzinfo=UTC)
            for der in _pem(entry):
                yield der, when


_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----\s+([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----")


def _pem(text: bytes) -> list[bytes]:
    return [base64.b64decode(b"".join(body.split()), validate=True) for body in _CERTIFICATE.findall(text)]


# --- Windows ---------------------------------------------------------------------------------------------------

Purposes = bool | Iterable[str]
Enumerate = Callable[[str], Iterable[tuple[bytes, str, Purposes]]]
"""`ssl.enum_certificates`: the octets, their encoding, and True for every purpose or the purposes' identifiers."""


def of_windows(enumerate_: Enumerate) -> Iterator[SystemRoot]:
    """Windows' roots for mail, without those in the store of what must not be trusted."""
    disallowed = {der for der, _, _ in enumerate_("Disallowed")}
    for der, encoding, purposes in enumerate_("ROOT"):
        for_mail = purposes is True or (not isinstance(purposes, bool) and EMAIL_PROTECTION in purposes)
        if encoding == "x509_asn" and for_mail and der not in disallowed:
            yield SystemRoot(der)


# --- macOS -----------------------------------------------------------------------------------------------------

KEYCHAINS = (
    "/System/Library/Keychains/SystemRootCertificates.keychain",
    "/Library/Keychains/System.keychain",
)
# kSecPolicyAppleSMIME, 1.2.840.113635.100.1.8, as the settings have it: the contents of the OBJECT IDENTIFIER.
_SMIME = bytes.fromhex("2a864886f763640108")
# SecTrustSettingsResult. Deny is 3, Unspecified 4.
_TRUST_ROOT, _TRUST_AS_ROOT, _UNSPECIFIED = 1, 2, 4
_DOMAINS = ((), ("-d",), ("-s",))
"""The user's settings, the administrator's, the system's: the first that says something has its way."""


def of_macos(run: Run) -> Iterator[SystemRoot]:
    """The certificates in the system's keychains whose trust settings say that they are roots for S/MIME."""
    settings = [_trust_list(run, options) for options in _DOMAINS]
    for der in dict.fromkeys(_pem(run(("security", "find-certificate", "-a", "-p", *KEYCHAINS)))):
        name = hashlib.sha1(der, usedforsecurity=False).hexdigest().upper()
        results = (_result(entries[name]) for entries in settings if name in entries)
        decided = next((result for result in results if result is not None), None)
        if decided in (_TRUST_ROOT, _TRUST_AS_ROOT):
            yield SystemRoot(der)


def _trust_list(run: Run, options: Sequence[str]) -> Mapping[str, Any]:
    with tempfile.TemporaryDirectory(prefix="letterlock-") as folder:
        file = Path(folder, "settings.plist")
        try:
            run(("security", "trust-settings-export", *options, str(file)))
            found = plistlib.loads(file.read_bytes())["trustList"]
        except subprocess.CalledProcessError:
            # So it says "no trust settings were found" in this domain.
            return {}
        except (OSError, KeyError, plistlib.InvalidFileException) as error:
            raise ValueError(f"trust-settings-export: {error}") from error
    return found if isinstance(found, dict) else {}


def _result(entry: Mapping[str, Any]) -> int | None:
    """What the settings of one certificate say about S/MIME; None for nothing."""
    settings = entry.get("trustSettings")
    if not settings:
        # "An empty array means: always trust this certificate", and so does a missing one.
        return _TRUST_ROOT
    decided = None
    for setting in settings:
        result = setting.get("kSecTrustSettingsResult", _TRUST_ROOT)
        if result == _UNSPECIFIED or setting.get("kSecTrustSettingsPolicy", _SMIME) != _SMIME:
            continue
        if result not in (_TRUST_ROOT, _TRUST_AS_ROOT):
            return int(result)
        # For another program, or for some uses of the key: a trust that we do not have. A refusal counts.
        if not set(setting) & {"kSecTrustSettingsApplication", "kSecTrustSettingsKeyUsage"}:
            decided = int(result)
    return decided
