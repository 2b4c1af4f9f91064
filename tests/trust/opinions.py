"""Programs that nobody here wrote, asked about the same chains: is this signer's certificate good for mail?

Each function gives the words of a refusal, and an empty text for a good chain. They run without network, at the
time the case wants, and know no roots but the chain's own.
"""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from letterlock.errors import LetterlockError
from letterlock.trust.profile import EMAIL_PROTECTION
from letterlock.trust.revocation import Evidence, Mode
from letterlock.trust.revocation_crl import Crl
from tests.needs import require_program
from tests.trust.openssl import pem
from tests.trust.wrong.cases import Wrong


def run(folder: Path, *command: str, at: datetime | None = None) -> subprocess.CompletedProcess[str]:
    if at:
        faketime = str(require_program("faketime", "faketime"))
        command = (faketime, "-f", f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}", *command)
    return subprocess.run(
        command,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
        timeout=30,
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "TZ": "UTC", "GNUPGHOME": str(folder), "LC_ALL": "C"},
    )


def files(folder: Path, chain: Wrong) -> None:
    """The chain as files: leaf, candidates and anchors in PEM."""
    candidates = [each.der for each in chain.candidates]
    (folder / "leaf").write_bytes(pem(chain.leaf.der))
    (folder / "candidates").write_bytes(b"".join(map(pem, candidates)))
    (folder / "chain").write_bytes(b"".join(map(pem, (chain.leaf.der, *candidates))))
    (folder / "anchors").write_bytes(b"".join(pem(anchor.certificate.der) for anchor in chain.anchors))


def openssl(folder: Path, chain: Wrong, at: datetime) -> str:
    """`openssl verify` for the purpose of signing mail, with policies, addresses and lists as the case has them."""
    files(folder, chain)
    evidence = Evidence.of(chain.evidence)
    if evidence.answers:
        return openssl_ocsp(folder, chain, at)
    command = ["openssl", "verify", "-no-CApath", "-no-CAstore", "-partial_chain", "-purpose", "smimesign"]
    command += ["-attime", str(int(at.timestamp())), "-auth_level", "2", "-check_ss_sig"]
    # Without an anchor the file is empty, which OpenSSL refuses: it then knows nobody.
    command += ["-CAfile", "anchors"] if chain.anchors else ["-no-CAfile"]
    command += ["-untrusted", "candidates"] if chain.candidates else []
    command += ["-verify_email", chain.sender] if chain.sender else []
    command += _policy_options(chain)
    if evidence.crls:
        command += _list_options(folder, chain, evidence.crls)
    done = run(folder, *command, "leaf")
    return "" if done.returncode == 0 else done.stderr + done.stdout


def _policy_options(chain: Wrong) -> list[str]:
    # Also "any" must be said: without a set of its own, OpenSSL takes the reader's for empty.
    policies = chain.policies
    options = [part for oid in sorted(policies.acceptable) for part in ("-policy", oid)]
    return options + [
        option
        for option, wanted in (
            ("-explicit_policy", policies.explicit_policy),
            ("-inhibit_map", policies.inhibit_mapping),
            ("-inhibit_any", policies.inhibit_any_policy),
        )
        if wanted
    ]


def _list_options(folder: Path, chain: Wrong, crls: Sequence[Crl]) -> list[str]:
    (folder / "lists").write_bytes(b"".join(pem(crl.der, "X509 CRL") for crl in crls))
    everybody = chain.mode is Mode.STRICT or any(crl.issuer.text == "CN=Root" for crl in crls)
    deltas = ["-use_deltas"] if any(crl.base is not None for crl in crls) else []
    return ["-CRLfile", "lists", "-extended_crl", *deltas, "-crl_check_all" if everybody else "-crl_check"]


def openssl_ocsp(folder: Path, chain: Wrong, at: datetime) -> str:
    """`openssl ocsp` about the answer at hand for the signer's certificate."""
    answers = [each for each in chain.evidence if not _is_list(each)]
    (folder / "answer").write_bytes(answers[0])
    command = ["openssl", "ocsp", "-respin", "answer", "-no_nonce", "-issuer", "candidates", "-cert", "leaf"]
    done = run(folder, *command, "-CAfile", "anchors", "-verify_other", "candidates", "-no-CApath", at=at)
    good = done.returncode == 0 and "Response verify OK" in done.stderr and "leaf: good" in done.stdout
    bad = "WARNING" in done.stdout + done.stderr or "Nonce Verify" in done.stderr
    return "" if good and not bad else done.stderr + done.stdout or "no word"


def _is_list(der: bytes) -> bool:
    try:
        Crl.parse(der)
    except LetterlockError:
        return False
    return True


def gnutls(folder: Path, chain: Wrong, at: datetime) -> str:
    """`certtool --verify` for the purpose of mail."""
    require_program("certtool", "gnutls-bin")
    files(folder, chain)
    command = ["certtool", "--verify", "--load-ca-certificate", "anchors", "--infile", "chain"]
    command += ["--verify-purpose", EMAIL_PROTECTION, "--verify-profile", "medium"]
    command += ["--verify-email", chain.sender] if chain.sender else []
    done = run(folder, *command, at=at)
    return "" if done.returncode == 0 else done.stderr + done.stdout


class Gpgsm:
    """gpgsm's own judgement of the keys in its key box, with the anchors of all chains in trustlist.txt.

    The anchors differ, so none vouches in another's chain. One home and one agent serve all cases, one after another.
    """

    def __init__(self, home: Path, chains: Sequence[Wrong]) -> None:
        require_program("gpgsm", "gpgsm")
        self._home = home
        home.chmod(0o700)
        (home / "gpgsm.conf").write_text("disable-crl-checks\ndisable-dirmngr\nbatch\n")
        anchors = {fingerprint(anchor.certificate.der) for chain in chains for anchor in chain.anchors}
        (home / "trustlist.txt").write_text("".join(f"{each} S relax\n" for each in sorted(anchors)))

    def __call__(self, chain: Wrong, at: datetime) -> str:
        """The words of a refusal."""
        files(self._home, chain)
        (self._home / "pubring.kbx").unlink(missing_ok=True)
        when = ("--faked-system-time", f"{at.astimezone(UTC):%Y%m%dT%H%M%S}")
        run(self._home, "gpgsm", *when, "--import", "anchors", "chain")
        listing = ("--with-colons", "--with-validation", "-k", fingerprint(chain.leaf.der))
        done = run(self._home, "gpgsm", *when, *listing)
        fields = next((line.split(":") for line in done.stdout.splitlines() if line.startswith("crt:")), [""] * 12)
        # "u" is a good chain, "f" one that ends in a known root; "s" says that the key may sign.
        return "" if fields[1] in ("f", "u") and "s" in fields[11] else f"{fields[1]}, may {fields[11]}: {done.stderr}"

    def close(self) -> None:
        """End the agent that gpgsm has started."""
        run(self._home, "gpgconf", "--kill", "all")


def fingerprint(der: bytes) -> str:
    return hashlib.sha1(der, usedforsecurity=False).hexdigest().upper()
