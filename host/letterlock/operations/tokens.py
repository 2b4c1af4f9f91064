"""Smart cards and other tokens: which libraries are asked, which tokens are there, and those unlocked in this process.

A token is asked for its certificates only when an encrypted mail names no other key, or somebody wants the list: each
look costs a card some tenths of a second. What is unlocked stays so until it is locked, pulled, or the process ends; in
a host, which lives for days, also until it was idle, the screen is locked, or another process asks (`Tokens.watch`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from letterlock import limits
from letterlock.cms import load_certificate
from letterlock.cms.keys import identifiers_of
from letterlock.cms.recipients import KeyAgreement, KeyTransport, Recipient
from letterlock.errors import LetterlockError
from letterlock.keystore import tokens
from letterlock.keystore.token_failures import TokenAbsent, TokenAmbiguous, TokenPinNeeded
from letterlock.keystore.tokens import Description, Token
from letterlock.keystore.vault import awake, idle_seconds
from letterlock.operations import screen
from letterlock.store.database import Store

if TYPE_CHECKING:
    from letterlock.keystore.token_key import TokenKey
    from letterlock.keystore.token_operations import TokenOperations

LIBRARIES = "tokens.libraries"
"""The setting with the PKCS#11 libraries that are asked, a list of paths. Only the command line writes it."""
_LOCKS = "tokens.locks"
"""The setting that counts how often every process was asked to lock its tokens."""


def libraries(database: Path) -> list[Path]:
    """Those the person has added, and OpenSC's where it is installed. Raises as `Store.read`."""
    with Store.read(database) as store:
        kept = store.setting(LIBRARIES, [])
    added = [Path(str(each)) for each in kept] if isinstance(kept, list) else []
    return list(dict.fromkeys([*added, *tokens.usual_libraries()]))


def add_library(database: Path, library: Path) -> list[Description]:
    """From now on ask this library; the tokens that it sees.

    Raises:
        TokenSupportMissing, TokenLibraryUnusable: it cannot be used, and is not kept.
    """
    found = tokens.tokens(library)
    with Store.open(database) as store:
        kept = [str(each) for each in store.setting(LIBRARIES, [])]
        store.set_setting(LIBRARIES, list(dict.fromkeys([*kept, str(library)])))
    return found


def remove_library(database: Path, library: Path) -> bool:
    """Ask it no more; false if it was not asked."""
    with Store.open(database) as store:
        kept = [str(each) for each in store.setting(LIBRARIES, [])]
        store.set_setting(LIBRARIES, [each for each in kept if each != str(library)])
    return str(library) in kept


def present(database: Path) -> tuple[list[Description], list[LetterlockError]]:
    """The tokens of every library, and why a library could not be asked."""
    found: list[Description] = []
    failures: list[LetterlockError] = []
    for library in libraries(database):
        try:
            found += tokens.tokens(library)
        except LetterlockError as failure:
            failures.append(failure)
    return list({(each.label, each.serial): each for each in found}.values()), failures


def ask_to_lock(database: Path) -> None:
    """Make every process that watches over unlocked tokens lock them. Raises as `Store.open`."""
    if not database.exists():
        return  # then nobody has unlocked anything
    with Store.open(database) as store:
        store.set_setting(_LOCKS, _asked(store) + 1)


def _asked(store: Store) -> int:
    found = store.setting(_LOCKS, 0)
    return found if isinstance(found, int) else 0


class Tokens:
    """The tokens of one process, as one key that opens mail: it finds the token that a mail is for.

    It is a `cms.RecipientKey`. A mail for a token that is there and locked fails with `TokenPinNeeded`, so that the
    person can be asked; one for a token that is not there is for nobody here.
    """

    def __init__(self, database: Path, clock: Callable[[], float] = awake) -> None:
        self._database = database
        self._clock = clock
        self._used = 0.0
        self._locks = 0
        self._watched = False
        self._one = threading.RLock()
        self._open: dict[str, tuple[Token, ExitStack]] = {}
        self._seen: tuple[float, list[Description]] | None = None

    def unlock(self, name: str, pin: str, *, write: bool = False) -> None:
        """Unlock the token with this label or serial number, for this process.

        Raises:
            TokenAbsent, TokenAmbiguous, TokenPinWrong, TokenPinLocked …: as `keystore.tokens.opened`.
        """
        with self._one:
            self.lock(name)
            self._locks = self._asked()
            self._unambiguous(name)
            for library in libraries(self._database):
                stack = ExitStack()
                try:
                    token = stack.enter_context(tokens.opened(library, name, _once(pin), write=write))
                except TokenAbsent:
                    continue
                self._open[name] = (token, stack)
                self._seen = None
                self._used = self._clock()
                return
        raise TokenAbsent(name)

    def _unambiguous(self, name: str) -> None:
        """A label is given by whoever made the token: a PIN goes to none of two that are called alike, in whichever
        libraries they are seen. Raises `TokenAmbiguous`."""
        found, _ = present(self._database)
        if any(each.serial == name for each in found):
            return
        serials = tuple(dict.fromkeys(each.serial for each in found if each.label == name))
        if len(serials) > 1:
            raise TokenAmbiguous(name, serials)

    def watch(
        self,
        screen_locked: Callable[[], bool | None] = screen.locked,
        idle: float | None = None,
        seconds: float = limits.VAULT_WATCH_SECONDS,
    ) -> None:
        """Lock what is unlocked as the vault locks itself: after idleness, with the screen, or when somebody asks.

        `idle` is a number of seconds; None: as many as the person set.
        """
        with self._one:
            if self._watched or not self._open:
                return
            self._watched = True

        def look() -> None:
            pause = threading.Event()
            while True:
                pause.wait(seconds)
                due = screen_locked() or self._idled(idle) or self._asked() != self._locks
                with self._one:
                    if due:
                        self.lock()
                    if not self._open:
                        self._watched = False
                        return

        threading.Thread(target=look, name="tokens", daemon=True).start()

    def _idled(self, seconds: float | None) -> bool:
        if seconds is None:
            try:
                with Store.read(self._database) as store:
                    seconds = idle_seconds(store)
            except LetterlockError:
                return True
        return self._clock() - self._used > seconds

    def _asked(self) -> int:
        """How often everybody was asked to lock; -1 where that cannot be known: then nothing stays open."""
        try:
            with Store.read(self._database) as store:
                return _asked(store)
        except LetterlockError:
            return -1

    def lock(self, name: str | None = None) -> None:
        """Lock one, or all."""
        with self._one:
            for each in [name] if name is not None else list(self._open):
                _, stack = self._open.pop(each, (None, ExitStack()))
                stack.close()

    def unlocked(self) -> list[str]:
        """The names by which tokens were unlocked."""
        return sorted(self._open)

    def keys(self) -> Iterator[TokenKey]:
        """The keys of every unlocked token; one that was pulled has none."""
        with self._one:
            opened = dict(self._open)
            self._used = self._clock()
        for name, (token, _) in opened.items():
            try:
                yield from token.certified_keys()
            except TokenAbsent:
                self.lock(name)

    def generate(self, kind: str, label: str) -> tuple[str, bytes]:
        """A new key on the token that is unlocked for writing: the token's label, and the SubjectPublicKeyInfo."""
        with self._one:
            for token, _ in self._open.values():
                return token.label, token.generate(kind, label)
        raise TokenAbsent("?")

    def key_named(self, name: str) -> tuple[str, bytes]:
        """A key that is on the unlocked token already: the token's label, and the SubjectPublicKeyInfo.

        Raises:
            TokenAbsent: no token is unlocked. TokenKeyAbsent …: as `Token.key_named`.
        """
        with self._one:
            opened = [token for token, _ in self._open.values()]
        for token in opened:
            return token.label, token.key_named(name)
        raise TokenAbsent("?")

    def holding(self, public: bytes) -> TokenOperations | None:
        """The private key of this public one on an unlocked token."""
        with self._one:
            opened = [token for token, _ in self._open.values()]
        return next((found for token in opened if (found := token.holding(public)) is not None), None)

    def unwrap(self, recipient: Recipient, octets: int, *, trying: bool = False) -> bytes | None:
        """As `RecipientKey.unwrap`; entries that name no certificate of a token are never tried."""
        if trying or not isinstance(recipient, KeyTransport | KeyAgreement):
            return None
        for key in self.keys():
            found = key.unwrap(recipient, octets)
            if found is not None:
                return found
        for each in self._descriptions():
            if any(_names(recipient, der) for der in each.certificates):
                raise TokenPinNeeded(each.label, each.serial)
        return None

    def _descriptions(self) -> list[Description]:
        """The tokens that are there, looked at again after some seconds: a mail may have many recipients."""
        with self._one:
            now = self._clock()
            if self._seen is None or now - self._seen[0] > limits.TOKENS_SEEN_SECONDS:
                try:
                    self._seen = (now, present(self._database)[0])
                except LetterlockError:
                    self._seen = (now, [])
            return self._seen[1]


def described(found: Description) -> dict[str, Any]:
    """A token as JSON has it."""
    from letterlock.operations.people import readable

    return {
        "label": found.label,
        "serial": found.serial,
        "maker": found.maker,
        "model": found.model,
        "library": str(found.library),
        "pin_pad": found.pin_pad,
        "pin_locked": found.pin_locked,
        "certificates": [
            {
                "sha256": each.sha256,
                "name": each.name,
                "addresses": list(each.addresses),
                "not_after": f"{each.not_after:%Y-%m-%dT%H:%M:%SZ}",
            }
            for each in readable(found.certificates)
        ],
    }


def _names(recipient: KeyTransport | KeyAgreement, der: bytes) -> bool:
    certificate = load_certificate(der)
    return certificate is not None and recipient.rid in identifiers_of(certificate)


def _once(pin: str) -> Callable[[str], str]:
    """Gives the PIN to the token when it is unlocked, and to nobody later: it is not kept."""
    given: list[str] = [pin]

    def ask(label: str) -> str:
        if not given:
            raise TokenPinNeeded(label, "")
        return given.pop()

    return ask
