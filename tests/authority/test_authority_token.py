"""An authority whose issuing key was made on a token and stays there: SoftHSM2, and OpenSSL as the judge."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from letterlock.__main__ import main
from tests.keystore import softhsm
from tests.needs import require_program

pytest.importorskip("pkcs11", reason="python-pkcs11 is missing: pip install 'letterlock[tokens]'")


@pytest.mark.parametrize("kind", ["P-384", "RSA-4096"])
def test_an_authority_on_a_token_issues_revokes_and_is_audited(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """OpenSSL verifies what the token signed; without the token, or with a wrong PIN, nothing is signed."""
    library = softhsm.library()
    if "SOFTHSM2_CONF" not in os.environ:
        softhsm.prepare(tmp_path)
    label = f"CA {kind}"
    softhsm.Card(label)
    monkeypatch.setenv("LETTERLOCK_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    for name, text in (("keys", "correct horse battery staple"), ("pin", softhsm.PIN), ("wrong", "0815")):
        Path(name).write_text(f"{text}\n")
    keys = ["--passphrase-file", "keys"]
    token = [*keys, "--token", label, "--pin-file", "pin"]
    assert main(["tokens", "add", str(library)]) == 0
    assert main(["authority", "init", "Muster AG", "--key", kind, *token]) == 0
    issue = ["authority", "issue", "anna@muster.example", "--keys", "P-256"]
    assert main([*issue, *keys]) == 2
    assert label in capfd.readouterr().err, "the card whose PIN is needed is named"
    assert main([*issue, *keys, "--token", label, "--pin-file", "wrong"]) == 2
    assert main([*issue, "--mine", *token]) == 0
    capfd.readouterr()
    assert main(["authority", "list", "--json"]) == 0
    assert [each["role"] for each in json.loads(capfd.readouterr().out)] == ["root", "issuing", "person"]
    assert main(["authority", "revoke", "anna@muster.example", *token]) == 0
    assert main(["authority", "crl", "--out", "issuing.crl", *token]) == 0
    assert main(["authority", "export", "chain", "--out", "chain.pem"]) == 0
    assert main(["authority", "audit"]) == 0
    openssl = require_program("openssl", "openssl")
    said = subprocess.run([openssl, "crl", "-inform", "DER", "-in", "issuing.crl", "-CAfile", "chain.pem", "-noout"],
                          capture_output=True, text=True, timeout=30)  # fmt: skip
    assert "verify OK" in said.stderr, said.stderr
    capfd.readouterr()
    assert main(["keys", "list", "--json"]) == 0
    assert "authority" not in [
        each["purpose"] for each in json.loads(capfd.readouterr().out) if "Root" not in each["label"]
    ]
