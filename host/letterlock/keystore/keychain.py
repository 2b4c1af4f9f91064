"""The desktop's keychain, through `keyring` (an optional extra): macOS Keychain, Windows Credential Locker, Secret
Service, KWallet. It keeps a random key that opens one vault's master key, and nothing else of ours.
"""

from __future__ import annotations

from contextlib import suppress

from letterlock.keystore.failures import KeychainUnavailable

SERVICE = "Letterlock vault"


def put(vault: str, key: bytearray) -> None:
    """Keep a key for this vault. Raises `KeychainUnavailable`."""
    import base64

    try:
        import keyring

        keyring.set_password(SERVICE, vault, base64.b64encode(key).decode())
    except Exception as failure:
        raise KeychainUnavailable(_word(failure)) from None


def fetch(vault: str) -> bytearray:
    """The key for this vault. Raises `KeychainUnavailable`."""
    import base64

    try:
        import keyring

        kept = keyring.get_password(SERVICE, vault)
        key = bytearray(base64.b64decode(kept or "", validate=True))
    except Exception as failure:
        raise KeychainUnavailable(_word(failure)) from None
    if len(key) != 32:
        raise KeychainUnavailable("–")
    return key


def remove(vault: str) -> None:
    """Forget the key for this vault, if the keychain has it."""
    with suppress(Exception):
        import keyring

        keyring.delete_password(SERVICE, vault)


def _word(failure: Exception) -> str:
    # The kind of failure and never its text: a backend might repeat what it was given.
    return type(failure).__name__
