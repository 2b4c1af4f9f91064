"""Coverage-guided fuzzing of everything that parses hostile octets: `python -m tests.fuzz [--minutes N] [TARGET …]`.

Each target is a claim that must hold for any input: a coded failure or an answer, never another exception, never
`valid` for a message that was not signed as it stands. Inputs that broke a claim are left in build/fuzz/TARGET/ and
become tests. Seeds are messages signed by OpenSSL, and the corpora where they are at hand.
"""

from __future__ import annotations

import argparse
import base64
import ssl
import subprocess
import sys
from pathlib import Path

from letterlock import limits
from letterlock.keystore.pkcs12_write import Exported, Form, write
from tests.cms.builder import identity
from tests.evidence.tokens import Stamp, stamping
from tests.fuzz import bundles, encrypted, owa, proof, sending
from tests.fuzz.targets import TARGETS
from tests.needs import PROJECT
from tests.signed_mail import DemoMail
from tests.trust import evidence

BUILD = PROJECT / "build" / "fuzz"


def main() -> int:
    """Run the targets one after the other, each for its share of the time; 1 if a claim broke."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", default=sorted(TARGETS), metavar="TARGET", help=", ".join(TARGETS))
    parser.add_argument("--minutes", type=float, default=5.0, help="for all targets together")
    arguments = parser.parse_args()
    seconds = max(int(arguments.minutes * 60 / len(arguments.targets)), 1)
    seeds = write_seeds(BUILD / "seeds")
    broken = 0
    for name in arguments.targets:
        found = BUILD / name
        found.mkdir(parents=True, exist_ok=True)
        print(f"{name}: {seconds} s", flush=True)
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "tests.fuzz.targets",
                name,
                f"-max_total_time={seconds}",
                "-timeout=20",
                "-rss_limit_mb=2048",
                "-max_len=65536",
                "-verbosity=0",
                "-print_final_stats=1",
                f"-artifact_prefix={found}/",
                str(found),
                str(seeds),
            ],
            cwd=PROJECT,
            check=False,
        )
        if done.returncode:
            print(f"{name}: BROKEN; see {found}", flush=True)
            broken = 1
    print("every claim held" if not broken else "some claims broke")
    return broken


def write_seeds(folder: Path) -> Path:
    """Messages to start from."""
    folder.mkdir(parents=True, exist_ok=True)
    mail = DemoMail(BUILD / "keys")
    for kind in ("good", "changed", "opaque", "pss", "ecdsa", "unsigned", "enveloped"):
        (folder / kind).write_bytes(getattr(mail, kind)())
    (folder / "anchor.pem").write_bytes(mail.anchor.read_bytes())
    clock = stamping("Clock", None)
    (folder / "clock.pem").write_bytes(clock.pem)
    (folder / "token").write_bytes(Stamp(clock, nonce=7).encode(b"what was stamped"))
    (folder / "certificate").write_bytes(ssl.PEM_cert_to_DER_cert(mail.anna.certificate.read_text()))
    for kind, before in (("good", b'p7s"\r\n\r\n'), ("opaque", b'p7m"\r\n\r\n'), ("enveloped", b"base64\r\n\r\n")):
        encoded = getattr(mail, kind)().rsplit(before, 1)[1]
        (folder / f"cms-{kind}").write_bytes(base64.b64decode(encoded.split(b"\r\n--")[0]))
    for number, octets in enumerate((evidence.answer(), evidence.crl(evidence.CA, evidence.ANNA))):
        (folder / f"evidence-{number}").write_bytes(octets)
    limits.KEY_FILE_ITERATIONS_WRITTEN = limits.KEY_FILE_ITERATIONS_WRITTEN_MAC = 8
    limits.KEY_FILE_ITERATIONS_COMPATIBLE = 8
    clara = identity("P-256", "Clara")
    for form in Form:
        made = write([Exported(clara.key, clara.der, "Clara")], [], "open sesame", form)
        (folder / f"key-file-{form}").write_bytes(made)
    for name, octets in [*encrypted.seeds(), *proof.seeds(), *bundles.seeds(), *sending.seeds(), *owa.seeds()]:
        (folder / name).write_bytes(octets)
    return folder


if __name__ == "__main__":
    sys.exit(main())
