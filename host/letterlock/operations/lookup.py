"""Look a person's certificates up, in the organisation's directory and in the DNS, and keep them.

Only on request: whoever asks tells the server whom he wants to write to. What is found is kept with where it came
from, and believed only if an authority that the reader trusts vouches for it, like every other certificate.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

from letterlock.errors import Cancelled, LetterlockError
from letterlock.net import directory, smimea
from letterlock.net.directory import Directory
from letterlock.net.rules import DEFAULT, Rules
from letterlock.net.wire import never
from letterlock.operations import people
from letterlock.operations.people import Imported
from letterlock.store.database import Store
from letterlock.trust.addresses import names_address
from letterlock.trust.anchors import certificates_of
from letterlock.trust.certificate import Certificate
from letterlock.trust.reasons import CertificateUndecodable, NoCertificateInFile

DIRECTORIES = "people.directories"
"""The setting with the directories that are asked, a list of URLs."""


class Found(NamedTuple):
    """What one place said: certificates that name the address, or why there are none."""

    place: str
    imported: list[Imported]
    failure: LetterlockError | None = None


def directories(database: Path) -> list[str]:
    """The directories that are asked. Raises as `Store.read`."""
    with Store.read(database) as store:
        kept = store.setting(DIRECTORIES, [])
    return [str(each) for each in kept] if isinstance(kept, list) else []


def set_directories(database: Path, urls: list[str]) -> None:
    """From now on ask these. Raises `LocationForbidden` for what is no directory's URL."""
    for url in urls:
        Directory.parse(url)
    with Store.open(database) as store:
        store.set_setting(DIRECTORIES, urls)


def look_up(
    database: Path,
    address: str,
    *,
    in_dns: bool = True,
    rules: Rules = DEFAULT,
    cancelled: Callable[[], bool] = never,
    ask_dns: Callable[[str], list[bytes]] | None = None,
) -> list[Found]:
    """Ask every directory that is set, and the DNS, one after the other. What is found is kept.

    One place that does not answer keeps no other from being asked.

    Raises:
        Cancelled: as asked.
        StoreDamaged …: as `Store.open`.
    """
    found = []
    for url in directories(database):
        place = Directory.parse(url)
        asking = partial(directory.certificates, address, place, rules, cancelled)
        found.append(_asked(database, address, "ldap", place.host, asking))
    if in_dns:
        in_zone = partial(ask_dns or partial(smimea.certificates, rules=rules, cancelled=cancelled), address)
        found.append(_asked(database, address, "dns", address.rpartition("@")[2], in_zone))
    return found


def _asked(database: Path, address: str, source: str, place: str, ask: Callable[[], list[bytes]]) -> Found:
    try:
        octets = ask()
    except Cancelled:
        raise
    except LetterlockError as failure:
        return Found(place, [], failure)
    # A directory may answer with whatever it likes; what does not name the address is not what was asked for.
    found = [each for der in octets for each in _certificates(der)]
    naming = [each for each in found if names_address(each.addresses, address)]
    if naming:
        people.keep_authorities(database, found, datetime.now(UTC))
    return Found(place, people.keep(database, list(dict.fromkeys(naming)), source, place))


def _certificates(octets: bytes) -> tuple[Certificate, ...]:
    try:
        return certificates_of(octets, "")
    except (CertificateUndecodable, NoCertificateInFile):
        return ()
