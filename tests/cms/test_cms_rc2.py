"""RC2: the vectors of its standard, and files of the library with the one key length that it has."""

from __future__ import annotations

import os

import pytest
from cryptography.hazmat.decrepit.ciphers.algorithms import RC2
from cryptography.hazmat.primitives.ciphers import Cipher, modes

from letterlock.cms.rc2 import _expand, decrypt_block, decrypt_cbc


@pytest.mark.parametrize(
    ("bits", "key", "plain", "encrypted"),
    [
        (63, "0000000000000000", "0000000000000000", "ebb773f993278eff"),
        (64, "ffffffffffffffff", "ffffffffffffffff", "278b27e42e2f0d49"),
        (64, "3000000000000000", "1000000000000001", "30649edf9be7d2c2"),
        (64, "88", "0000000000000000", "61a8a244adacccf0"),
        (64, "88bca90e90875a", "0000000000000000", "6ccf4308974c267f"),
        (64, "88bca90e90875a7f0f79c384627bafb2", "0000000000000000", "1a807d272bbe5db1"),
        (128, "88bca90e90875a7f0f79c384627bafb2", "0000000000000000", "2269552ab0f85ca6"),
        (
            129,
            "88bca90e90875a7f0f79c384627bafb216f80a6f85920584c42fceb0be255daf1e",
            "0000000000000000",
            "5b78d3a43dfff1f1",
        ),
    ],
)
def test_vectors_of_the_standard(bits: int, key: str, plain: str, encrypted: str) -> None:
    """RFC 2268 §5, all of them."""
    assert decrypt_block(_expand(bytes.fromhex(key), bits), bytes.fromhex(encrypted)).hex() == plain


def test_long_texts_agree_with_the_library() -> None:
    """Blocks are chained as another implementation chains them."""
    key, iv, text = os.urandom(16), os.urandom(8), os.urandom(800)
    context = Cipher(RC2(key), modes.CBC(iv)).encryptor()
    assert decrypt_cbc(key, 128, iv, context.update(text) + context.finalize()) == text
