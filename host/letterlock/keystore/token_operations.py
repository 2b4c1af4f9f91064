"""What one key on a token does, by PKCS#11 (OASIS PKCS #11 v2.40), and its return codes in our words."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from letterlock.cms.key_encryption import OaepParameters
from letterlock.keystore import token_failures as f

if TYPE_CHECKING:
    import pkcs11

T = TypeVar("T")

AskPin = Callable[[str], str]
"""Asks a person for the PIN of the token with this label, each time it is needed. Raises where nobody can be asked."""

LOCK = threading.RLock()
"""One operation at a time: many libraries are not made for threads, and a card has one processor anyway."""


class TokenOperations:
    """`token_key.PrivateOperations` by PKCS#11."""

    def __init__(self, label: str, session: pkcs11.Session, key: Any, ask_pin: AskPin) -> None:
        self._label = label
        self._session = session
        self._key = key
        self._ask_pin = ask_pin

    def rsa_sign(self, digest_info: bytes) -> bytes:
        import pkcs11

        return self._sign(digest_info, pkcs11.Mechanism.RSA_PKCS)

    def pss_sign(self, digest: bytes, algorithm: str) -> bytes:
        import pkcs11

        hashed, mask = self._hash(algorithm)
        return self._sign(digest, pkcs11.Mechanism.RSA_PKCS_PSS, (hashed, mask, len(digest)))

    def ecdsa_sign(self, digest: bytes) -> bytes:
        import pkcs11

        return self._sign(digest, pkcs11.Mechanism.ECDSA)

    def eddsa_sign(self, octets: bytes) -> bytes:
        import pkcs11

        return self._sign(octets, pkcs11.Mechanism.EDDSA)

    def rsa_decrypt(self, encrypted: bytes) -> bytes | None:
        import pkcs11

        return self._decrypt(encrypted, pkcs11.Mechanism.RSA_PKCS)

    def oaep_decrypt(self, encrypted: bytes, parameters: OaepParameters) -> bytes | None:
        import pkcs11

        given = (self._hash(parameters.digest)[0], self._hash(parameters.mask)[1], parameters.label or None)
        asked = f"RSA-OAEP with {parameters.digest}"
        return self._decrypt(encrypted, pkcs11.Mechanism.RSA_PKCS_OAEP, given, asked)

    def ecdh(self, point: bytes) -> bytes | None:
        import pkcs11

        # The agreed secret is for one mail and leaves the token: the derivation of RFC 5753 is done in the host, for
        # few tokens know it.
        template = {
            pkcs11.Attribute.TOKEN: False,
            pkcs11.Attribute.SENSITIVE: False,
            pkcs11.Attribute.EXTRACTABLE: True,
        }

        def derive() -> bytes:
            derived = self._key.derive_key(
                pkcs11.KeyType.GENERIC_SECRET,
                4 * (len(point) - 1),
                mechanism=pkcs11.Mechanism.ECDH1_DERIVE,
                mechanism_param=(pkcs11.KDF.NULL, None, point),
                template=template,
            )
            try:
                return bytes(derived[pkcs11.Attribute.VALUE])
            finally:
                derived.destroy()

        return self._of_mail(derive, pkcs11.Mechanism.ECDH1_DERIVE)

    def _sign(self, data: bytes, mechanism: pkcs11.Mechanism, parameter: Any = None) -> bytes:
        self._must_offer(mechanism)
        with LOCK, coded(self._label, mechanism.name):
            return bytes(self._key.sign(data, mechanism=mechanism, mechanism_param=parameter, pin=self._pin()))

    def _decrypt(
        self, data: bytes, mechanism: pkcs11.Mechanism, parameter: Any = None, asked: str = ""
    ) -> bytes | None:
        def decrypt() -> bytes:
            return bytes(self._key.decrypt(data, mechanism=mechanism, mechanism_param=parameter, pin=self._pin()))

        return self._of_mail(decrypt, mechanism, asked)

    def _of_mail(self, operation: Callable[[], T], mechanism: pkcs11.Mechanism, asked: str = "") -> T | None:
        """Runs what works on octets of a mail; whatever the token finds wrong with these is None.

        Where `asked` names what the parameters ask for, a token that does not like them cannot do that.
        """
        import pkcs11

        self._must_offer(mechanism)
        with LOCK, coded(self._label, asked or mechanism.name):
            try:
                return operation()
            except (pkcs11.ArgumentsBad, pkcs11.MechanismParamInvalid):
                if asked:
                    raise pkcs11.MechanismInvalid from None
                return None
            except _refusals():
                return None

    def _must_offer(self, mechanism: pkcs11.Mechanism) -> None:
        # Asked before, for tokens answer an unknown mechanism and bad octets with the same general error.
        with LOCK, coded(self._label, mechanism.name):
            if mechanism not in self._session.token.slot.get_mechanisms():
                raise f.TokenCannot(self._label, mechanism.name)

    def _hash(self, name: str) -> tuple[pkcs11.Mechanism, pkcs11.MGF]:
        import pkcs11

        found = {
            "SHA-1": (pkcs11.Mechanism.SHA_1, pkcs11.MGF.SHA1),
            "SHA-224": (pkcs11.Mechanism.SHA224, pkcs11.MGF.SHA224),
            "SHA-256": (pkcs11.Mechanism.SHA256, pkcs11.MGF.SHA256),
            "SHA-384": (pkcs11.Mechanism.SHA384, pkcs11.MGF.SHA384),
            "SHA-512": (pkcs11.Mechanism.SHA512, pkcs11.MGF.SHA512),
        }.get(name)
        if found is None:
            raise f.TokenCannot(self._label, name)
        return found

    def _pin(self) -> str | None:
        """The PIN again, for a key that wants it for each use (CKA_ALWAYS_AUTHENTICATE)."""
        import pkcs11

        try:
            again = self._key[pkcs11.Attribute.ALWAYS_AUTHENTICATE]
        except errors():
            again = False  # an older token that does not know the attribute
        return self._ask_pin(self._label) if again else None


def errors() -> type[Exception]:
    import pkcs11

    return pkcs11.PKCS11Error


def _refusals() -> tuple[type[Exception], ...]:
    """What tokens answer to octets that they do not like. Which of them, depends on the maker."""
    import pkcs11

    return (
        pkcs11.DataInvalid,
        pkcs11.DataLenRange,
        pkcs11.EncryptedDataInvalid,
        pkcs11.EncryptedDataLenRange,
        pkcs11.FunctionFailed,
        pkcs11.FunctionRejected,
        pkcs11.GeneralError,
        pkcs11.PublicKeyInvalid,
    )


@contextmanager
def coded(label: str, mechanism: str = "") -> Iterator[None]:
    import pkcs11

    try:
        yield
    except (pkcs11.MechanismInvalid, pkcs11.FunctionNotSupported, pkcs11.MechanismParamInvalid):
        raise f.TokenCannot(label, mechanism) from None
    except pkcs11.PKCS11Error as error:
        raise failure(label, error) from None


def failure(label: str, error: Exception) -> Exception:
    import pkcs11

    match error:
        case (
            pkcs11.DeviceRemoved()
            | pkcs11.TokenNotPresent()
            | pkcs11.TokenNotRecognised()
            | pkcs11.SessionHandleInvalid()
            | pkcs11.SessionClosed()
            | pkcs11.SlotIDInvalid()
            | pkcs11.KeyHandleInvalid()
            | pkcs11.ObjectHandleInvalid()
        ):
            return f.TokenAbsent(label)
        case pkcs11.PinLocked():
            return f.TokenPinLocked(label)
        case pkcs11.PinExpired() | pkcs11.UserPinNotInitialized():
            return f.TokenPinNotSet(label)
        case pkcs11.PinIncorrect() | pkcs11.PinInvalid() | pkcs11.PinLenRange():
            return f.TokenPinWrong(label, False)
        case pkcs11.UserNotLoggedIn():
            return f.TokenPinNeeded(label, "")
    return f.TokenFailed(label, type(error).__name__)
