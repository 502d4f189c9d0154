"""Vectors below CKKS arrays, by a second implementation: from the definitions, in Python, slowly.

The package does not offer these operations by themselves. Integers are exact; embeddings are compared as floats, by the
sum that defines them.
"""

import functools
import itertools
import struct
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from blake3 import blake3
from lattice import (
    coefficients_of,
    doubles,
    embedding,
    errors,
    place,
    root,
    slots_of,
    ternary,
    uniform,
    value,
    values,
    vectors,
    words,
)


def repeated(test: dict[str, Any], size: int) -> np.ndarray[Any, np.dtype[np.complex128]]:
    """The numbers of a test, repeated to fill the slots."""
    re, im = (doubles(test["inputs"][part]) for part in ("re", "im"))
    return np.resize(re, size) + 1j * np.resize(im, size)


def rows(test: dict[str, Any]) -> Iterator[tuple[int, int, bytes, int]]:
    """Row, prime, seed and stream number."""
    inputs = test["inputs"]
    for row, q in enumerate(map(int, inputs["primes"])):
        yield row, q, bytes.fromhex(inputs["seed"]), inputs["stream"] << 16 | row


def hashed(found: list[list[int]]) -> str:
    """Of all rows, each word in eight bytes."""
    return blake3(np.array(found, dtype="<u8").tobytes()).hex()


def test_uniform_rows() -> None:
    for test in vectors("ring/expand_uniform"):
        degree = test["inputs"]["degree"]
        found = [uniform(seed, stream, q, degree) for _, q, seed, stream in rows(test)]
        assert [[int(word) for word in row] for row in test["expected"]["first"]] == [row[:8] for row in found]
        assert hashed(found) == test["expected"]["blake3"]


def test_transforms() -> None:
    compared = 0
    for test in vectors("ring/transform"):
        degree = test["inputs"]["degree"]
        transforms = []
        for row, q, seed, stream in rows(test):
            psi = root(q, degree)
            assert int(test["expected"]["roots"][row]) == psi
            polynomial = uniform(seed, stream, q, degree)
            transforms.append(values(polynomial, q))
            if degree <= 8192:  # by the definition; seconds for more
                expected = [value(polynomial, pow(psi, place(i, degree), q), q) for i in range(8)]
                assert transforms[-1][:8] == expected
                compared += 1
            assert [int(word) for word in test["expected"]["first"][row]] == transforms[-1][:8]
        assert hashed(transforms) == test["expected"]["blake3"]
    assert compared >= 3


@pytest.mark.parametrize(("name", "sampler"), [("ternary", ternary), ("error", errors)])
def test_samples(name: str, sampler: Any) -> None:
    for test in vectors(f"ring/{name}"):
        inputs = test["inputs"]
        numbers = sampler(bytes.fromhex(inputs["seed"]), inputs["stream"], inputs["count"])
        assert np.array(numbers, dtype=np.int8).tobytes().hex() == test["expected"]["numbers"]


def test_embeddings() -> None:
    for test in vectors("ckks/embed"):
        slots = repeated(test, test["inputs"]["degree"] // 2)
        expected = doubles(test["expected"]["coefficients"])
        size = np.abs(slots).max()
        assert np.abs(embedding(slots, 8) - expected).max() < 1e-12 * size
        scale = 2.0 ** test["inputs"]["log2_scale"]
        integers = [int(number) for number in test["expected"]["integers"]]
        assert integers == [round(c * scale) if scale < 2**52 else int(c * scale) for c in map(float, expected)]


def test_projections() -> None:
    for test in vectors("ckks/project"):
        half = test["inputs"]["degree"] // 2
        parts = repeated(test, half)
        found = slots_of(np.concatenate([parts.real, parts.imag]), list(range(8)))
        expected = doubles(test["expected"]["re"]) + 1j * doubles(test["expected"]["im"])
        assert np.abs(found - expected).max() < 1e-12 * np.abs(parts).max() * half


HEADER, PARAMS, NAME = 9, 8, 16
DEGREE = 2048
# The parameters as they stand in encodings: degree 2^11, scale 2^20, one modulus of 26 bits and one for keys.
SMALLEST = "0b14000101011a1a"
FIRST_ERROR_STREAM = 1


@functools.cache
def smallest_prime() -> int:
    """The modulus of the smallest parameters: the second largest prime of 26 bits that is 1 modulo 4096."""
    is_prime = lambda n: all(n % d for d in range(3, int(n**0.5) + 1, 2))
    return [n for n in range((1 << 26) - 4095, 0, -4096)[:200] if is_prime(n)][1]


def unpacked(packed: bytes, q: int) -> list[int]:
    bits, width = int.from_bytes(packed, "little"), q.bit_length()
    return [bits >> (width * k) & ((1 << width) - 1) for k in range(DEGREE)]


def decrypted(ciphertext: bytes, key: bytes) -> tuple[list[int], float]:
    """The coefficients of `c_0 + c_1 s`, and the scale."""
    q = smallest_prime()
    secret = values([c % q for c in ternary(key[HEADER + PARAMS :][:32], 0, DEGREE)], q)
    body = ciphertext[HEADER + PARAMS + NAME :]
    seeded, scale = body[1], struct.unpack_from("<d", body, 2)[0]
    halves = body[34:]
    length = DEGREE * q.bit_length() // 8
    first = unpacked(halves[:length], q)
    second = uniform(halves[length:], 0, q, DEGREE) if seeded else unpacked(halves[length:], q)
    return coefficients_of([(a + b * s) % q for a, b, s in zip(first, second, secret, strict=True)], q), scale


def test_a_transform_and_back_is_nothing() -> None:
    q = smallest_prime()
    polynomial = uniform(bytes(32), 0, q, DEGREE)
    found = values(polynomial, q)
    psi = root(q, DEGREE)
    assert found[:3] == [value(polynomial, pow(psi, place(i, DEGREE), q), q) for i in range(3)]
    assert [c % q for c in coefficients_of(found, q)] == polynomial


def test_decryptions() -> None:
    """Of fresh ciphertexts and of results, as the vectors have them."""
    found = [test for test in vectors("ckks/decrypt") if test["inputs"]["ckks_secret_key"][18:34] == SMALLEST]
    assert len(found) >= 5
    for test in found:
        key, ciphertext = (bytes.fromhex(test["inputs"][f"ckks_{part}"]) for part in ("secret_key", "ciphertext"))
        coefficients, scale = decrypted(ciphertext, key)
        slots = slots_of(np.array(coefficients, dtype=float), list(range(4))) / scale
        expected = doubles(test["expected"]["re"]) + 1j * doubles(test["expected"]["im"])
        assert np.abs(slots - expected).max() < 1e-9


def test_seeded_encryption() -> None:
    """The ciphertext holds the embedded numbers, rounded, and the errors that the seed gives; nothing else."""
    found = [test for test in vectors("ckks/encrypt") if "ckks_secret_key" in test["inputs"]]
    assert found
    for test in found:
        inputs = test["inputs"]
        key, ciphertext = (
            bytes.fromhex(text) for text in (inputs["ckks_secret_key"], test["expected"]["ckks_ciphertext"])
        )
        # The generator of the test gives a seed, and that one the seeds of the uniform half and of the errors.
        seed = struct.pack("<4Q", *itertools.islice(words(bytes.fromhex(test["seed"]), 0), 4))
        both = struct.pack("<8Q", *itertools.islice(words(seed, 0), 8))
        assert ciphertext[-32:] == both[:32]
        coefficients, scale = decrypted(ciphertext, key)
        slots = np.zeros(DEGREE // 2, dtype=complex)
        slots[: len(inputs["re"])] = np.array(inputs["re"]) + 1j * np.array(inputs["im"])
        message = np.rint(embedding(slots, DEGREE) * scale)
        noise = (np.array(coefficients) - message).astype(int).tolist()
        assert noise == errors(both[32:], FIRST_ERROR_STREAM, DEGREE)
