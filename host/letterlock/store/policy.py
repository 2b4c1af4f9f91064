"""What the organisation decides for everybody on this computer: one file, written by its administrator.

    {"anchors": ["/etc/letterlock/authority.pem"], "mozilla": false, "system": true,
     "revocation": {"mode": "strict", "private_addresses": true, "request_seconds": 5, "total_seconds": 15},
     "time_stamps": {"authorities": [{"url": "https://time.muster.example/", "policy": "1.2.3.4.1"}], "required": true}}

`anchors` are certificate files (PEM, DER, PKCS#7) that are trusted for mail on the organisation's word; `mozilla`
and `system` say whether Mozilla's roots and those of this computer's operating system are, whatever the user set.
`revocation` says how much has to be known about withdrawal, whether servers in private networks may be asked, and
how long that may take. `time_stamps` names the time-stamping authorities that are asked when something is signed, in
place of the user's, and whether nothing is signed where none of them answers. `sign_in` names, for each provider, the
client id that the organisation has registered there: `{"gmail": "…", "graph": "…"}`.
Each may be missing. A file that cannot be understood is not passed over: the reader would believe that the
organisation's wish is done.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

from letterlock import limits
from letterlock.store.failures import PolicyUnusable


class RevocationPolicy(NamedTuple):
    """Of withdrawal: a mode (or the user's), and the rules of requests."""

    mode: str | None = None
    private_addresses: bool = False
    request_seconds: float = limits.FETCH_REQUEST_SECONDS
    total_seconds: float = limits.FETCH_TOTAL_SECONDS


class NamedAuthority(NamedTuple):
    """A time-stamping authority, and the policy to ask it for."""

    url: str
    policy: str | None = None


class TimeStampPolicy(NamedTuple):
    """Of time-stamps: no authorities leave the user's; None leaves what the user set."""

    authorities: tuple[NamedAuthority, ...] = ()
    required: bool | None = None


MODES = ("off", "at-hand", "crl", "ocsp", "strict")


class Policy(NamedTuple):
    """The organisation's decisions; the defaults decide nothing."""

    anchors: tuple[Path, ...] = ()
    mozilla: bool | None = None
    system: bool | None = None
    revocation: RevocationPolicy = RevocationPolicy()
    time_stamps: TimeStampPolicy = TimeStampPolicy()
    sign_in: tuple[tuple[str, str], ...] = ()


def read(path: Path | None) -> Policy:
    """The policy in a file; nothing decided where there is none. Raises `PolicyUnusable`."""
    if path is None:
        return Policy()
    try:
        with path.open("rb") as file:
            data = file.read(limits.POLICY_OCTETS + 1)
    except FileNotFoundError:
        return Policy()
    except OSError as error:
        raise PolicyUnusable(str(path), error.strerror or str(error)) from error
    if len(data) > limits.POLICY_OCTETS:
        raise PolicyUnusable(str(path), f"> {limits.POLICY_OCTETS}")
    try:
        said = json.loads(data)
    except ValueError as error:
        raise PolicyUnusable(str(path), str(error)[:200]) from None
    if not isinstance(said, dict) or not said.keys() <= set(Policy._fields):
        raise PolicyUnusable(str(path), ", ".join(Policy._fields))
    anchors = said.get("anchors", [])
    if not isinstance(anchors, list) or not all(isinstance(each, str) for each in anchors):
        raise PolicyUnusable(str(path), "anchors")
    for key in ("mozilla", "system"):
        if not isinstance(said.get(key), bool | None):
            raise PolicyUnusable(str(path), key)
    # Relative to the policy's own folder, so that an administrator can copy the folder as it is.
    files = tuple(path.parent / each for each in anchors)
    revocation = _revocation(path, said.get("revocation", {}))
    time_stamps = _time_stamps(path, said.get("time_stamps", {}))
    sign_in = _sign_in(path, said.get("sign_in", {}))
    return Policy(files, said.get("mozilla"), said.get("system"), revocation, time_stamps, sign_in)


def _revocation(path: Path, said: object) -> RevocationPolicy:
    fields = RevocationPolicy._fields
    if not isinstance(said, dict) or not said.keys() <= set(fields):
        raise PolicyUnusable(str(path), "revocation: " + ", ".join(fields))
    if "mode" in said and said["mode"] not in MODES:
        raise PolicyUnusable(str(path), "revocation.mode: " + ", ".join(MODES))
    if not isinstance(said.get("private_addresses", False), bool):
        raise PolicyUnusable(str(path), "revocation.private_addresses")
    for name in ("request_seconds", "total_seconds"):
        seconds = said.get(name, 1)
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds <= 600:
            raise PolicyUnusable(str(path), f"revocation.{name}")
    return RevocationPolicy(**said)


def _time_stamps(path: Path, said: object) -> TimeStampPolicy:
    fields = TimeStampPolicy._fields
    if not isinstance(said, dict) or not said.keys() <= set(fields):
        raise PolicyUnusable(str(path), "time_stamps: " + ", ".join(fields))
    if not isinstance(said.get("required", False), bool):
        raise PolicyUnusable(str(path), "time_stamps.required")
    named = said.get("authorities", [])
    if not isinstance(named, list) or not all(_names_authority(each) for each in named):
        raise PolicyUnusable(str(path), "time_stamps.authorities: " + ", ".join(NamedAuthority._fields))
    return TimeStampPolicy(tuple(NamedAuthority(**each) for each in named), said.get("required"))


def _sign_in(path: Path, said: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(said, dict) or not all(isinstance(each, str) and 0 < len(each) <= 500 for each in said.values()):
        raise PolicyUnusable(str(path), "sign_in")
    return tuple(said.items())


def _names_authority(said: object) -> bool:
    return (
        isinstance(said, dict)
        and "url" in said
        and said.keys() <= set(NamedAuthority._fields)
        and all(isinstance(each, str) for each in said.values())
    )
