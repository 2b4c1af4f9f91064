"""Writes the list of roots that Mozilla trusts for mail, from the certificate database of the installed Thunderbird.

    python -m tests.mozilla_roots        (or: make roots)

The database is asked in a fresh profile, so nothing that a person trusts gets in. Roots trusted for servers only are
left out. Mozilla's dates of distrust for mail are not exposed by the database's interface, so none are written.
"""

from __future__ import annotations

import base64
import hashlib
import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from letterlock.trust import mozilla
from letterlock.trust.certificate import Certificate
from tests.e2e.thunderbird.client import Thunderbird

_SCRIPT = """
    const database = Cc["@mozilla.org/security/x509certdb;1"].getService(Ci.nsIX509CertDB);
    const trusted = certificate => database.isCertTrusted(
        certificate, Ci.nsIX509Cert.CA_CERT, Ci.nsIX509CertDB.TRUSTED_EMAIL);
    return {
        version: Services.appinfo.version,
        roots: database.getCerts().filter(trusted).map(each => each.getBase64DERString()),
    };
"""


def ask() -> dict[str, Any]:
    """What the installed Thunderbird answers: its version and the roots, base64 of DER."""
    with tempfile.TemporaryDirectory() as home:
        thunderbird = Thunderbird(Path(home), 9, "nobody")
        try:
            answer: dict[str, Any] = thunderbird.run(_SCRIPT)
        finally:
            thunderbird.quit()
    return answer


def listed(answer: dict[str, Any], now: datetime) -> dict[str, Any]:
    """The list as it is kept: sorted by fingerprint, so that two of them can be compared line by line."""
    roots = []
    for text in answer["roots"]:
        der = base64.b64decode("".join(text.split()))
        roots.append({"sha256": hashlib.sha256(der).hexdigest(), "name": Certificate.parse(der).name, "der": der})
    roots.sort(key=lambda root: str(root["sha256"]))
    for root in roots:
        root["der"] = base64.b64encode(bytes(root["der"])).decode()
    return {
        "source": f"Mozilla's roots trusted for mail, from the certificate database of Thunderbird {answer['version']}",
        "made": f"{now:%Y-%m-%d}",
        "roots": roots,
    }


def main() -> None:
    """Ask, and write."""
    made = listed(ask(), datetime.now(UTC))
    mozilla.FILE.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{len(made['roots'])} roots trusted for mail ({made['source']}, {made['made']}) in {mozilla.FILE}")


if __name__ == "__main__":
    main()
