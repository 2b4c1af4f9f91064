"""RC2 (RFC 2268), decryption alone: the cryptographic library has it for keys of 128 effective bits only.

It earns its place through PKCS#12 files: most that Windows, Java, NSS and OpenSSL made before 2022 hide their
certificates (which are no secret) under RC2 with 40 bits. Nothing is ever encrypted with it here. Some 25 µs for each
block of 8 octets: enough for files of some thousand octets, and far too slow for anything large.
"""

from __future__ import annotations

BLOCK_OCTETS = 8

# RFC 2268 §2: a permutation made from the digits of π.
_PITABLE = bytes.fromhex(
    "d978f9c419ddb5ed28e9fd794aa0d89dc67e37832b76538e624c6488448bfba2"
    "179a59f587b34f1361456d8d09817d32bd8f40eb86b77b0bf09521225c6b4e82"
    "54d66593ce60b21c7356c014a78cf1dc1275ca1f3bbee4d1423dd430a33cb626"
    "6fbf0eda4669075727f21d9bbc944303f811c7f690ef3ee706c3d52fc8661ed7"
    "08e8eade8052eef784aa72ac354d6a2a961ad2715a1549744b9fd05e0418a4ec"
    "c2e0416e0f51cbcc2491af50a1f47039997c3a8523b8b47afc02365b25559731"
    "2d5dfa98e38a92ae05df2910676cbac9d300e6cfe19ea82c6316013f58e289a9"
    "0d38341bab33ffb0bb480c5fb9b1cd2ec5f3db47e5a59c770aa62068fe7fc1ad"
)


def decrypt_cbc(key: bytes, bits: int, iv: bytes, octets: bytes) -> bytes:
    """The plaintext with its padding, which is for the caller to judge.

    Args:
        key: 1 to 128 octets.
        bits: effective key bits, 1 to 1024.
        octets: whole blocks.
    """
    words = _expand(key, bits)
    out = bytearray()
    before = iv
    for start in range(0, len(octets), BLOCK_OCTETS):
        block = octets[start : start + BLOCK_OCTETS]
        out += bytes(a ^ b for a, b in zip(decrypt_block(words, block), before, strict=True))
        before = block
    return bytes(out)


def _expand(key: bytes, bits: int) -> list[int]:
    """The 64 words of the expanded key (RFC 2268 §2)."""
    octets = list(key)
    for index in range(len(key), 128):
        octets.append(_PITABLE[(octets[index - 1] + octets[index - len(key)]) & 0xFF])
    effective = (bits + 7) // 8
    mask = 0xFF >> (8 * effective - bits)
    octets[128 - effective] = _PITABLE[octets[128 - effective] & mask]
    for index in range(127 - effective, -1, -1):
        octets[index] = _PITABLE[octets[index + 1] ^ octets[index + effective]]
    return [octets[2 * index] | octets[2 * index + 1] << 8 for index in range(64)]


def decrypt_block(words: list[int], block: bytes) -> bytes:
    """One block under an expanded key (RFC 2268 §4)."""
    r = [int.from_bytes(block[at : at + 2], "little") for at in (0, 2, 4, 6)]
    at = 63
    for rounds in (5, 6, 5):
        for _ in range(rounds):
            for index, turn in ((3, 5), (2, 3), (1, 2), (0, 1)):  # §4.1: an r-mixing round
                word = (r[index] >> turn | r[index] << (16 - turn)) & 0xFFFF
                mixed = (r[index - 1] & r[index - 2]) + (~r[index - 1] & r[index - 3])
                r[index] = (word - words[at] - mixed) & 0xFFFF
                at -= 1
        if at > 0:
            for index in (3, 2, 1, 0):  # §4.2: an r-mashing round
                r[index] = (r[index] - words[r[index - 1] & 63]) & 0xFFFF
    return b"".join(word.to_bytes(2, "little") for word in r)
