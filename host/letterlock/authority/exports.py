"""What an administrator hands to the clients, so that they trust the authority: texts made of its certificates."""

from __future__ import annotations

import base64
import json
import plistlib
import uuid
from collections.abc import Sequence

from letterlock.trust.certificate import Certificate

_NAMESPACE = uuid.UUID("6f9c2a2e-4f6b-5d0c-9f6f-5a4c2c6f1d10")
"""Of the identifiers in profiles: the same certificate gets the same one, so that a new profile replaces the old."""


def pem(certificates: Sequence[Certificate]) -> bytes:
    """The certificates one after another (RFC 7468)."""
    return b"".join(_armoured(each) for each in certificates)


def mobileconfig(organisation: str, root: Certificate, others: Sequence[Certificate]) -> bytes:
    """A configuration profile for macOS and iOS (Apple, Configuration Profile Reference).

    The root is trusted once the user, or the device management, has installed the profile.
    """
    content = [_payload("com.apple.security.root", root)]
    content += [_payload("com.apple.security.pkcs1", each) for each in others]
    return plistlib.dumps(
        {
            "PayloadType": "Configuration",
            "PayloadVersion": 1,
            "PayloadIdentifier": f"letterlock.authority.{root.sha256[:16]}",
            "PayloadUUID": _identifier(root.sha256 + "profile"),
            "PayloadDisplayName": root.name,
            "PayloadOrganization": organisation,
            "PayloadDescription": "S/MIME",
            "PayloadContent": content,
        }
    )


def mozilla_policies(path: str) -> bytes:
    """`policies.json` of Firefox and Thunderbird: `Certificates.Install` takes files.

    Args:
        path: where the certificate lies on each computer.
    """
    return _json({"policies": {"Certificates": {"Install": [path]}}})


def letterlock_policy(path: str) -> bytes:
    """`/etc/letterlock/policy.json`, as `store.policy` reads it."""
    return _json({"anchors": [path]})


def windows(root_file: str, issuing_file: str) -> bytes:
    """A script for Windows: for one computer, and how a group policy does the same for all."""
    lines = (
        "@echo off",
        "rem One computer, as administrator:",
        f'certutil -f -addstore Root "{root_file}"',
        f'certutil -f -addstore CA "{issuing_file}"',
        "rem The whole domain, once, as enterprise administrator:",
        f'rem   certutil -f -dspublish "{root_file}" RootCA',
        f'rem   certutil -f -dspublish "{issuing_file}" SubCA',
        "rem Or by group policy: Computer Configuration, Policies, Windows Settings, Security Settings,",
        "rem   Public Key Policies, Trusted Root Certification Authorities, Import.",
    )
    return "".join(f"{line}\r\n" for line in lines).encode()


def _payload(kind: str, certificate: Certificate) -> dict[str, object]:
    return {
        "PayloadType": kind,
        "PayloadVersion": 1,
        "PayloadIdentifier": f"letterlock.certificate.{certificate.sha256[:16]}",
        "PayloadUUID": _identifier(certificate.sha256),
        "PayloadDisplayName": certificate.name,
        "PayloadContent": certificate.der,
    }


def _identifier(text: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, text)).upper()


def _armoured(certificate: Certificate) -> bytes:
    text = base64.b64encode(certificate.der)
    lines = b"".join(text[start : start + 64] + b"\n" for start in range(0, len(text), 64))
    return b"-----BEGIN CERTIFICATE-----\n" + lines + b"-----END CERTIFICATE-----\n"


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()
