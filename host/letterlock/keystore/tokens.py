"""Smart cards and other tokens, through their PKCS#11 libraries (OASIS PKCS #11 v2.40).

    with opened(library_path, "card", ask_pin) as token:
        for key in token.certified_keys(): ...

The library of a card is a program of its maker's that runs inside this process: its path comes from the person at the
computer or the administrator, and never from a mail, a page or the extension. `python-pkcs11` is an optional extra.
Certificates are read without the PIN; the PIN goes to the token and is kept nowhere.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from letterlock.cms import load_certificate
from letterlock.keystore import token_failures as f
from letterlock.keystore import token_pairs
from letterlock.keystore.token_key import TokenKey
from letterlock.keystore.token_operations import LOCK, AskPin, TokenOperations, coded, errors, failure

if TYPE_CHECKING:
    import pkcs11

_PIN_FINAL_TRY = 0x20000
_PIN_LOCKED = 0x40000
_LOGIN_REQUIRED = 0x4
_PIN_INITIALIZED = 0x8
_PIN_PAD = 0x100
"""CK_TOKEN_INFO flags (PKCS #11 v2.40 §3.2)."""


@dataclass(frozen=True)
class Description:
    """A token that is there. `certificates` in DER, those with a private key beside them on the token."""

    library: Path
    label: str
    serial: str
    maker: str
    model: str
    pin_pad: bool
    pin_locked: bool
    certificates: tuple[bytes, ...]


def usual_libraries() -> list[Path]:
    """The PKCS#11 libraries of OpenSC that are installed where its packages put them."""
    if sys.platform == "win32":
        places = [Path(os.environ.get("SYSTEMROOT", r"C:\Windows")) / "System32" / "opensc-pkcs11.dll"]
    elif sys.platform == "darwin":
        places = [Path("/Library/OpenSC/lib/opensc-pkcs11.so"), Path("/opt/homebrew/lib/opensc-pkcs11.so")]
    else:
        roots = [Path("/usr/lib64"), Path("/usr/lib"), *sorted(Path("/usr/lib").glob("*-linux-gnu*"))]
        places = [root / "opensc-pkcs11.so" for root in roots]
    return [place for place in places if place.is_file()]


def tokens(library: Path) -> list[Description]:
    """The tokens that a library sees now, with their certificates.

    Raises:
        TokenSupportMissing, TokenLibraryUnusable: they cannot be asked for.
    """
    with LOCK:
        found = []
        for token in _present(library):
            try:
                with token.open() as session:
                    found.append(_described(library, token, tuple(each for _, each in _certificates(session))))
            except errors():
                continue  # pulled while it was looked at, or of a kind that shows nothing
        return found


@contextmanager
def opened(library: Path, name: str, ask_pin: AskPin, *, write: bool = False) -> Iterator[Token]:
    """The token with this label or serial number, unlocked. Its PIN is asked for once; a pad on the reader asks itself.

    Args:
        write: whether keys are to be made on it.

    Raises:
        TokenAbsent, TokenAmbiguous: none, or several, are called so.
        TokenPinWrong, TokenPinLocked, TokenPinNotSet: it does not open.
        TokenSupportMissing, TokenLibraryUnusable, TokenFailed: it cannot be spoken to.
    """
    with LOCK:
        found = _named(library, name)
        session = _session(library, found, ask_pin, write)
    token = Token(found.label, session, ask_pin)
    try:
        yield token
    finally:
        token.close()


class Token:
    """An unlocked token. Usable from several threads, one after the other."""

    def __init__(self, label: str, session: pkcs11.Session, ask_pin: AskPin) -> None:
        self.label = label
        self._session = session
        self._ask_pin = ask_pin

    def certified_keys(self, *, digest: str | None = None, pss: bool = False) -> list[TokenKey]:
        """Every certificate on the token whose private key is there too; arguments as `TokenKey`.

        Raises:
            TokenAbsent, TokenFailed: as it happens.
        """
        import pkcs11

        def private(identifier: bytes) -> Any:
            wanted = {pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PRIVATE_KEY, pkcs11.Attribute.ID: identifier}
            return next(iter(self._session.get_objects(wanted)), None)

        found = []
        chain: list[bytes] = []
        with LOCK, coded(self.label):
            for identifier, der in _certificates(self._session):
                certificate, key = load_certificate(der), private(identifier)
                if certificate is not None and key is not None:
                    found.append((certificate, TokenOperations(self.label, self._session, key, self._ask_pin)))
                elif certificate is not None:
                    chain.append(der)
        return [TokenKey(each, own, digest=digest, pss=pss, chain=tuple(chain)) for each, own in found]

    def generate(self, kind: str, label: str) -> bytes:
        """A new key that never leaves the token ("P-384" or "RSA-4096"); its SubjectPublicKeyInfo.

        Raises:
            TokenCannot, TokenAbsent, TokenFailed: as the token says, also where it was not opened for writing.
        """
        return token_pairs.generate(self.label, self._session, kind, label)

    def key_named(self, name: str) -> bytes:
        """The key pair with this label or identifier that was made before; its SubjectPublicKeyInfo.

        Raises:
            TokenKeyAbsent: there is none, or none of a kind that is used here. TokenKeyAmbiguous: there are several.
            TokenKeyLeaves: the token would hand out the private key.
        """
        found = token_pairs.named(self.label, self._session, name)
        if len(found) > 1:
            raise f.TokenKeyAmbiguous(self.label, name)
        key = token_pairs.private(self.label, self._session, found[0]) if found else None
        if key is None:
            raise f.TokenKeyAbsent(self.label, name)
        if token_pairs.leaves(self.label, self._session, key):
            raise f.TokenKeyLeaves(self.label, name)
        return found[0]

    def holding(self, public: bytes) -> TokenOperations | None:
        """The private key of this public one (SubjectPublicKeyInfo), if it is there. Raises as `certified_keys`."""
        key = token_pairs.private(self.label, self._session, public)
        return None if key is None else TokenOperations(self.label, self._session, key, self._ask_pin)

    def close(self) -> None:
        """Log out. What was unlocked is locked again."""
        with LOCK:
            try:
                self._session.close()
            except errors():
                pass  # it was pulled, and with it the session


# --- Finding and opening -------------------------------------------------------------------------------------------


def _present(library: Path) -> list[pkcs11.Token]:
    import pkcs11

    with coded(str(library)):
        found = []
        for slot in _loaded(library).get_slots(token_present=True):
            try:
                token = slot.get_token()
            except (pkcs11.TokenNotPresent, pkcs11.TokenNotRecognised, pkcs11.DeviceRemoved):
                continue
            if int(token.flags) & _PIN_INITIALIZED or token.label:
                found.append(token)
        return found


def _loaded(library: Path) -> Any:
    """The library, started. It is executed with all the rights of its user, so not everybody may have written it."""
    try:
        import pkcs11
    except ImportError:
        raise f.TokenSupportMissing from None
    if not library.is_absolute():
        raise f.TokenLibraryUnusable(str(library), "the path is not absolute")
    try:
        file, folder = library.stat(), library.parent.stat()
    except OSError as error:
        raise f.TokenLibraryUnusable(str(library), error.strerror or "it cannot be read") from None
    if not stat.S_ISREG(file.st_mode) or (os.name == "posix" and _changeable_by_others(file, folder)):
        raise f.TokenLibraryUnusable(str(library), "it is not a file that only its owner can change")
    try:
        return pkcs11.lib(str(library))
    except (pkcs11.PKCS11Error, RuntimeError, OSError) as error:
        raise f.TokenLibraryUnusable(str(library), str(error) or type(error).__name__) from None


def _changeable_by_others(file: os.stat_result, folder: os.stat_result) -> bool:
    """Whether somebody else than this user or root could have put that file there, or another in its place."""
    shared = folder.st_mode & stat.S_IWOTH and not folder.st_mode & stat.S_ISVTX
    return bool(file.st_mode & stat.S_IWOTH or shared or file.st_uid not in (0, os.getuid()))


def _named(library: Path, name: str) -> pkcs11.Token:
    present = _present(library)
    found = [each for each in present if _text(each.serial) == name] or [each for each in present if each.label == name]
    if not found:
        raise f.TokenAbsent(name)
    if len(found) > 1:
        raise f.TokenAmbiguous(name, tuple(_text(each.serial) for each in found))
    return found[0]


def _session(library: Path, token: pkcs11.Token, ask_pin: AskPin, write: bool) -> pkcs11.Session:
    import pkcs11

    flags = int(token.flags)
    if flags & _PIN_LOCKED:
        raise f.TokenPinLocked(token.label)
    pin: Any = None
    if flags & _LOGIN_REQUIRED:
        pin = pkcs11.PROTECTED_AUTH if flags & _PIN_PAD else ask_pin(token.label)
    try:
        return token.open(rw=write, user_pin=pin)
    except (pkcs11.PinIncorrect, pkcs11.PinInvalid, pkcs11.PinLenRange):
        flags = next((int(each.flags) for each in _present(library) if each.serial == token.serial), 0)
        if flags & _PIN_LOCKED:
            raise f.TokenPinLocked(token.label) from None
        raise f.TokenPinWrong(token.label, bool(flags & _PIN_FINAL_TRY)) from None
    except pkcs11.PKCS11Error as error:
        raise failure(token.label, error) from None


def _certificates(session: pkcs11.Session) -> list[tuple[bytes, bytes]]:
    """CKA_ID and DER of every X.509 certificate on the token."""
    import pkcs11

    wanted = {
        pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE,
        pkcs11.Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
    }
    return [
        (bytes(each[pkcs11.Attribute.ID]), bytes(each[pkcs11.Attribute.VALUE])) for each in session.get_objects(wanted)
    ]


def _described(library: Path, token: pkcs11.Token, certificates: tuple[bytes, ...]) -> Description:
    flags = int(token.flags)
    return Description(
        library,
        token.label,
        _text(token.serial),
        token.manufacturer_id,
        token.model,
        bool(flags & _PIN_PAD),
        bool(flags & _PIN_LOCKED),
        certificates,
    )


def _text(serial: bytes) -> str:
    return serial.decode("ascii", "replace").strip()
