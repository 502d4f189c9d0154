"""ElGamal beside libsodium's ristretto255: what a second implementation of the curve computes from the same numbers.

`rbcl` is libsodium with this group; nothing of veilkit's arithmetic takes part on its side.
"""

import importlib
import json
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from veilkit import elgamal

# There is no build for Python 3.10; anywhere else its absence is a failure.
rbcl = importlib.import_module("rbcl") if sys.version_info >= (3, 11) else pytest.importorskip("rbcl")

VECTORS = Path(__file__).parents[3] / "vectors" / "elgamal"
ORDER = 2**252 + 27742317777372353535851937790883648493
HEADER, KEY_ID, PARAMS, CIPHERTEXT = 9, 16, 3, 64
NEUTRAL = bytes(32)


def scalar(number: int) -> bytes:
    return (number % ORDER).to_bytes(32, "little")


def times_generator(number: int) -> bytes:
    return rbcl.crypto_scalarmult_ristretto255_base_allow_scalar_zero(scalar(number))


def times(number: int, point: bytes) -> bytes:
    return rbcl.crypto_scalarmult_ristretto255_allow_scalar_zero(scalar(number), point)


plus, minus = rbcl.crypto_core_ristretto255_add, rbcl.crypto_core_ristretto255_sub


def chacha20(key: bytes) -> Iterator[int]:
    """The bytes of the key stream, with a 64-bit counter from 0."""
    words = (*struct.unpack("<4I", b"expand 32-byte k"), *struct.unpack("<8I", key))
    counter = 0
    while True:
        block = start = [*words, counter & 0xFFFFFFFF, counter >> 32, 0, 0]
        block = list(block)
        for _ in range(10):
            for a, b, c, d in (
                *((i, i + 4, i + 8, i + 12) for i in range(4)),
                *((i, (i + 1) % 4 + 4, (i + 2) % 4 + 8, (i + 3) % 4 + 12) for i in range(4)),
            ):
                for x, y, z, turn in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
                    block[x] = (block[x] + block[y]) & 0xFFFFFFFF
                    word = block[z] ^ block[x]
                    block[z] = (word << turn | word >> (32 - turn)) & 0xFFFFFFFF
        yield from struct.pack("<16I", *((p + q) & 0xFFFFFFFF for p, q in zip(block, start, strict=True)))
        counter += 1


def randomizers(seed: str) -> Iterator[int]:
    """Scalars as the generator of a vector gives them: 64 bytes each, reduced."""
    stream = chacha20(bytes.fromhex(seed))
    while True:
        yield int.from_bytes(bytes(next(stream) for _ in range(64)), "little") % ORDER


def valid(name: str) -> list[dict[str, Any]]:
    tests = json.loads((VECTORS / f"{name}.json").read_text())["tests"]
    return [test for test in tests if test["result"] == "valid"]


def ciphertexts(array: bytes) -> list[tuple[bytes, bytes]]:
    """The points of an encoded array."""
    axes = array[HEADER + KEY_ID]
    facts = HEADER + KEY_ID + 1 + 4 * axes + 4 + 8 + 12
    body = array[facts:]
    assert len(body) % CIPHERTEXT == 0
    return [(body[at : at + 32], body[at + 32 : at + 64]) for at in range(0, len(body), CIPHERTEXT)]


def encoded_integers(inputs: dict[str, Any]) -> list[int]:
    """What stands in the exponents: integers, or fixed point at 8 bits."""
    if "integers" in inputs:
        return [int(value) for value in inputs["integers"]]
    return [round(value * 2**8) for value in inputs["values"]]


def keys() -> dict[str, tuple[bytes, int]]:
    """Point and scalar of the keys in the vectors, by the bytes of the public key."""
    made = [test["expected"] for test in valid("additive_keygen")]
    return {
        key["elgamal_additive_public_key"]: (
            bytes.fromhex(key["elgamal_additive_public_key"])[HEADER + PARAMS :],
            int.from_bytes(bytes.fromhex(key["elgamal_additive_secret_key"])[HEADER + PARAMS :], "little"),
        )
        for key in made
    }


def test_public_keys_are_multiples_of_the_generator() -> None:
    for test in valid("additive_keygen"):
        public = test["expected"]["elgamal_additive_public_key"]
        point, secret = keys()[public]
        assert next(randomizers(test["seed"])) == secret
        assert times_generator(secret) == point


@pytest.mark.parametrize("test", valid("additive_encrypt"), ids=lambda test: test["comment"])
def test_ciphertexts_follow_from_their_randomness(test: dict[str, Any]) -> None:
    point, secret = keys()[test["inputs"]["elgamal_additive_public_key"]]
    array = ciphertexts(bytes.fromhex(test["expected"]["elgamal_additive_array"]))
    integers = encoded_integers(test["inputs"])
    assert len(array) == len(integers)
    for (blinder, payload), integer, r in zip(array, integers, randomizers(test["seed"]), strict=False):
        assert blinder == times_generator(r)
        assert payload == plus(times_generator(integer), times(r, point))
        assert minus(payload, times(secret, blinder)) == times_generator(integer)


def test_libsodium_reads_what_veilkit_encrypts() -> None:
    pair = elgamal.generate_keypair()
    secret = int.from_bytes(pair.secret_key.to_bytes()[HEADER + PARAMS :], "little")
    assert pair.public_key.to_bytes()[HEADER + PARAMS :] == times_generator(secret)
    integers = np.array([0, 1, -1, 77, -(2**20), 2**20])
    x = pair.public_key.encrypt(integers, bound=2**20)
    for array, expected in (
        (x, integers),
        (x * 3 - 5, integers * 3 - 5),
        (x[1:] + x[:-1], integers[1:] + integers[:-1]),
    ):
        for (blinder, payload), integer in zip(ciphertexts(array.to_bytes()), expected, strict=True):
            assert minus(payload, times(secret, blinder)) == times_generator(int(integer))


def test_veilkit_reads_what_libsodium_encrypts() -> None:
    pair = elgamal.generate_keypair()
    point = pair.public_key.to_bytes()[HEADER + PARAMS :]
    integers = [0, 1, -1, 1000, -(2**20), 2**20]
    template = pair.public_key.encrypt(np.zeros(len(integers), dtype=int), bound=2**20).to_bytes()
    body = b""
    for integer in integers:
        r = int.from_bytes(rbcl.crypto_core_ristretto255_scalar_random(), "little")
        body += times_generator(r) + plus(times_generator(integer), times(r, point))
    data = template[: -len(body)] + body
    array = elgamal.EncryptedArray.from_bytes(data, pair.public_key)
    np.testing.assert_array_equal(pair.secret_key.decrypt(array), integers)
    np.testing.assert_array_equal(pair.secret_key.decrypt(2 * array.sum()), 2 * sum(integers))
    assert times_generator(0) == NEUTRAL
