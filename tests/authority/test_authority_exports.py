"""What clients are given to trust the authority, read as the clients read it."""

from __future__ import annotations

import json
import plistlib
import subprocess
from pathlib import Path

from letterlock.authority import exports
from letterlock.operations import authority
from letterlock.store import policy
from letterlock.trust.anchors import certificates_of
from tests.authority.founded import founded
from tests.needs import require_program


def test_certificates_are_read_by_openssl_and_by_ourselves(tmp_path: Path) -> None:
    """PEM, DER and the chain, the issuing authority first."""
    openssl = require_program("openssl", "openssl")
    with founded(tmp_path) as ca:
        root, issuing = ca.authority.chain.root, ca.authority.chain.issuing
        for form, expected in (("pem", (root,)), ("der", (root,)), ("chain", (issuing, root))):
            octets = authority.exported(ca.authority, form, "")
            assert certificates_of(octets, form) == expected
            encoding = "DER" if form == "der" else "PEM"
            subprocess.run([openssl, "x509", "-inform", encoding, "-noout"], input=octets, check=True)


def test_a_configuration_profile_holds_both_and_replaces_itself(tmp_path: Path) -> None:
    """Apple's format: the root as a root, the issuing authority beside it; the same identifiers each time."""
    with founded(tmp_path) as ca:
        profile = plistlib.loads(authority.exported(ca.authority, "mobileconfig", ""))
        again = plistlib.loads(authority.exported(ca.authority, "mobileconfig", ""))
    kinds = {each["PayloadType"]: each["PayloadContent"] for each in profile["PayloadContent"]}
    assert kinds == {
        "com.apple.security.root": ca.authority.chain.root.der,
        "com.apple.security.pkcs1": ca.authority.chain.issuing.der,
    }
    identifiers = [profile["PayloadUUID"], *(each["PayloadUUID"] for each in profile["PayloadContent"])]
    assert len(set(identifiers)) == 3
    assert again == profile


def test_policies_name_the_file(tmp_path: Path) -> None:
    """Mozilla's in its shape; ours is read back by the reader of policies."""
    path = "/etc/ssl/authority.pem"
    assert json.loads(exports.mozilla_policies(path)) == {"policies": {"Certificates": {"Install": [path]}}}
    file = tmp_path / "policy.json"
    file.write_bytes(exports.letterlock_policy(path))
    assert policy.read(file).anchors == (Path(path),)


def test_the_script_for_windows_has_its_line_ends() -> None:
    """cmd.exe wants CRLF; the root goes to roots, the issuing authority to intermediates."""
    lines = exports.windows("root.cer", "issuing.cer").decode("ascii").split("\r\n")
    assert 'certutil -f -addstore Root "root.cer"' in lines
    assert 'certutil -f -addstore CA "issuing.cer"' in lines
    assert not any("\n" in line for line in lines)
