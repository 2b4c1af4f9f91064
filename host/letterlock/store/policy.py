"""What the organisation decides for everybody on this computer: one file, written by its administrator.

    {"anchors": ["/etc/letterlock/authority.pem"], "mozilla": false}

`anchors` are certificate files (PEM, DER, PKCS#7) that are trusted for mail on the organisation's word; `mozilla`
says whether Mozilla's roots are, whatever the user set. Both may be missing. A file that cannot be understood is not
passed over: the reader would believe that the organisation's wish is done.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

from letterlock import limits
from letterlock.store.failures import PolicyUnusable


class Policy(NamedTuple):
    """The organisation's decisions; the defaults decide nothing."""

    anchors: tuple[Path, ...] = ()
    mozilla: bool | None = None


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
    if not isinstance(said, dict) or not said.keys() <= {"anchors", "mozilla"}:
        raise PolicyUnusable(str(path), "anchors, mozilla")
    anchors, mozilla = said.get("anchors", []), said.get("mozilla")
    if not isinstance(anchors, list) or not all(isinstance(each, str) for each in anchors):
        raise PolicyUnusable(str(path), "anchors")
    if mozilla is not None and not isinstance(mozilla, bool):
        raise PolicyUnusable(str(path), "mozilla")
    # Relative to the policy's own folder, so that an administrator can copy the folder as it is.
    return Policy(tuple(path.parent / each for each in anchors), mozilla)
