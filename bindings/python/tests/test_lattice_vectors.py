"""Vectors below CKKS arrays, by a second implementation: from the definitions, in Python, slowly.

The package does not offer these operations by themselves. Integers are exact; embeddings are compared as floats, by the
sum that defines them.
"""

import functools
import itertools
import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

VECTORS = Path(__file__).parents[3] / "vectors"
WORD = (1 << 64) - 1


def vectors(name: str) -> list[dict[str, Any]]:
    found = json.loads((VECTORS / f"{name}.json").read_text())["tests"]
    return [test for test in found if test["result"] == "valid"]


def block(key: bytes, counter: int, stream: int) -> bytes:
    """A block of ChaCha20 with a counter and a stream number of 64 bits each."""
    words = [*struct.unpack("<4I", b"expand 32-byte k"), *struct.unpack("<8I", key)]
    words += struct.unpack("<4I", struct.pack("<2Q", counter, stream))
    state = list(words)
    columns = [(0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15)]
    diagonals = [(0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)]
    for a, b, c, d in 10 * (columns + diagonals):
        for x, y, z, shift in (
            (a, b, d, 16),
            (c, d, b, 12),
            (a, b, d, 8),
            (c, d, b, 7),
        ):
            state[x] = (state[x] + state[y]) & 0xFFFFFFFF
            mixed = state[z] ^ state[x]
            state[z] = ((mixed << shift) | (mixed >> (32 - shift))) & 0xFFFFFFFF
    return struct.pack(
        "<16I", *((a + b) & 0xFFFFFFFF for a, b in zip(state, words, strict=True))
    )


def words(seed: bytes, stream: int) -> Iterator[int]:
    for counter in itertools.count():
        yield from struct.unpack("<8Q", block(seed, counter, stream & WORD))


def uniform(seed: bytes, stream: int, q: int, count: int) -> list[int]:
    """Words cut to the bits of q; those that are not below q are left out."""
    cut = (word & ((1 << q.bit_length()) - 1) for word in words(seed, stream))
    return list(itertools.islice((word for word in cut if word < q), count))


def ternary(seed: bytes, stream: int, count: int) -> list[int]:
    return [
        ((3 * word) >> 64) - 1 for word in itertools.islice(words(seed, stream), count)
    ]


def errors(seed: bytes, stream: int, count: int) -> list[int]:
    """Twenty-one coins up, twenty-one coins down."""
    coins = (1 << 21) - 1
    drawn = itertools.islice(words(seed, stream), count)
    return [
        (word & coins).bit_count() - ((word >> 21) & coins).bit_count()
        for word in drawn
    ]


def root(q: int, degree: int) -> int:
    """The first of 2^e, 3^e, .. that is a primitive root of order twice the degree."""
    e = (q - 1) // (2 * degree)
    return next(
        pow(x, e, q) for x in itertools.count(2) if pow(x, e * degree, q) == q - 1
    )


def place(i: int, degree: int) -> int:
    """Value i is the one at the root to this power: the bits of i in reverse, twice, plus one."""
    bits = degree.bit_length() - 1
    return 2 * int(format(i, f"0{bits}b")[::-1], 2) + 1


def value(coefficients: list[int], point: int, q: int) -> int:
    return functools.reduce(
        lambda sum_, c: (sum_ * point + c) % q, reversed(coefficients), 0
    )


def at_powers(part: list[int], omega: int, q: int) -> list[int]:
    """Values of a polynomial at the powers of omega, a root of unity, by splitting into even and odd powers."""
    if len(part) == 1:
        return part
    even, odd = (
        at_powers(part[::2], omega * omega % q, q),
        at_powers(part[1::2], omega * omega % q, q),
    )
    powers = [pow(omega, k, q) for k in range(len(even))]
    low = [(a + w * b) % q for a, b, w in zip(even, odd, powers, strict=True)]
    high = [(a - w * b) % q for a, b, w in zip(even, odd, powers, strict=True)]
    return low + high


def values(coefficients: list[int], q: int) -> list[int]:
    """All values."""
    degree = len(coefficients)
    psi = root(q, degree)

    twisted = [c * pow(psi, k, q) % q for k, c in enumerate(coefficients)]
    ordered = at_powers(twisted, psi * psi % q, q)  # the value at psi^(2 k + 1) is number k
    return [ordered[place(i, degree) // 2] for i in range(degree)]


def coefficients_of(found: list[int], q: int) -> list[int]:
    """The centred coefficients of the polynomial with these values."""
    degree = len(found)
    # The transform of the values, read backwards: sum_k v_k x_k^-j with x_k^-1 = psi^(2N - place).
    ordered = [0] * degree
    for i, v in enumerate(found):
        ordered[place(i, degree) // 2] = v
    psi, inverse = root(q, degree), pow(degree, -1, q)

    back = at_powers(ordered, pow(psi, -2, q), q)
    plain = [c * inverse * pow(psi, -k, q) % q for k, c in enumerate(back)]
    return [c - q if c > q // 2 else c for c in plain]


def doubles(text: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.frombuffer(bytes.fromhex(text), dtype="<f8")


def slot_root(degree: int, slots: list[int]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Odd numbers t: slot j is the value at exp(i pi t / N) with t = 5^j."""
    return np.array([pow(5, j, 2 * degree) for j in slots])


def slots_of(
    coefficients: np.ndarray[Any, Any], slots: list[int]
) -> np.ndarray[Any, np.dtype[np.complex128]]:
    """Values of a real polynomial at the roots of these slots, by definition."""
    degree = len(coefficients)
    exponents = np.outer(slot_root(degree, slots), np.arange(degree)) % (2 * degree)
    return np.exp(1j * np.pi * exponents / degree) @ coefficients  # type: ignore[no-any-return]


def embedding(
    slots: np.ndarray[Any, Any], count: int
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """The first coefficients of the real polynomial with these slots, by definition."""
    degree = 2 * len(slots)
    exponents = np.outer(
        np.arange(count), slot_root(degree, list(range(len(slots))))
    ) % (2 * degree)
    return 2 / degree * (np.exp(-1j * np.pi * exponents / degree) @ slots).real  # type: ignore[no-any-return]


def repeated(
    test: dict[str, Any], size: int
) -> np.ndarray[Any, np.dtype[np.complex128]]:
    """The numbers of a test, repeated to fill the slots."""
    re, im = (doubles(test["inputs"][part]) for part in ("re", "im"))
    return np.resize(re, size) + 1j * np.resize(im, size)


def rows(test: dict[str, Any]) -> Iterator[tuple[int, int, bytes, int]]:
    """Row, prime, seed and stream number."""
    inputs = test["inputs"]
    for row, q in enumerate(map(int, inputs["primes"])):
        yield row, q, bytes.fromhex(inputs["seed"]), inputs["stream"] << 16 | row


def test_uniform_rows() -> None:
    for test in vectors("ring/expand_uniform"):
        for row, q, seed, stream in rows(test):
            assert list(map(int, test["expected"]["first"][row])) == uniform(
                seed, stream, q, 8
            )


def test_transforms() -> None:
    compared = 0
    for test in vectors("ring/transform"):
        degree = test["inputs"]["degree"]
        if degree > 8192:  # minutes in Python
            continue
        for row, q, seed, stream in rows(test):
            psi = root(q, degree)
            assert int(test["expected"]["roots"][row]) == psi
            polynomial = uniform(seed, stream, q, degree)
            expected = [
                value(polynomial, pow(psi, place(i, degree), q), q) for i in range(8)
            ]
            assert list(map(int, test["expected"]["first"][row])) == expected
            compared += 1
    assert compared >= 3


@pytest.mark.parametrize(("name", "sampler"), [("ternary", ternary), ("error", errors)])
def test_samples(name: str, sampler: Any) -> None:
    for test in vectors(f"ring/{name}"):
        inputs = test["inputs"]
        numbers = sampler(
            bytes.fromhex(inputs["seed"]), inputs["stream"], inputs["count"]
        )
        assert (
            np.array(numbers, dtype=np.int8).tobytes().hex()
            == test["expected"]["numbers"]
        )


def test_embeddings() -> None:
    for test in vectors("ckks/embed"):
        slots = repeated(test, test["inputs"]["degree"] // 2)
        expected = doubles(test["expected"]["coefficients"])
        size = np.abs(slots).max()
        assert np.abs(embedding(slots, 8) - expected).max() < 1e-12 * size
        scale = 2.0 ** test["inputs"]["log2_scale"]
        integers = [int(number) for number in test["expected"]["integers"]]
        assert integers == [
            round(c * scale) if scale < 2**52 else int(c * scale)
            for c in map(float, expected)
        ]


def test_projections() -> None:
    for test in vectors("ckks/project"):
        half = test["inputs"]["degree"] // 2
        parts = repeated(test, half)
        found = slots_of(np.concatenate([parts.real, parts.imag]), list(range(8)))
        expected = doubles(test["expected"]["re"]) + 1j * doubles(
            test["expected"]["im"]
        )
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
    second = (
        uniform(halves[length:], 0, q, DEGREE)
        if seeded
        else unpacked(halves[length:], q)
    )
    return coefficients_of(
        [(a + b * s) % q for a, b, s in zip(first, second, secret, strict=True)], q
    ), scale


def test_a_transform_and_back_is_nothing() -> None:
    q = smallest_prime()
    polynomial = uniform(bytes(32), 0, q, DEGREE)
    found = values(polynomial, q)
    psi = root(q, DEGREE)
    assert found[:3] == [
        value(polynomial, pow(psi, place(i, DEGREE), q), q) for i in range(3)
    ]
    assert [c % q for c in coefficients_of(found, q)] == polynomial


def test_decryptions() -> None:
    """Of fresh ciphertexts and of results, as the vectors have them."""
    found = [
        test
        for test in vectors("ckks/decrypt")
        if test["inputs"]["ckks_secret_key"][18:34] == SMALLEST
    ]
    assert len(found) >= 5
    for test in found:
        key, ciphertext = (
            bytes.fromhex(test["inputs"][f"ckks_{part}"])
            for part in ("secret_key", "ciphertext")
        )
        coefficients, scale = decrypted(ciphertext, key)
        slots = slots_of(np.array(coefficients, dtype=float), list(range(4))) / scale
        expected = doubles(test["expected"]["re"]) + 1j * doubles(
            test["expected"]["im"]
        )
        assert np.abs(slots - expected).max() < 1e-9


def test_seeded_encryption() -> None:
    """The ciphertext holds the embedded numbers, rounded, and the errors that the seed gives; nothing else."""
    found = [
        test for test in vectors("ckks/encrypt") if "ckks_secret_key" in test["inputs"]
    ]
    assert found
    for test in found:
        inputs = test["inputs"]
        key, ciphertext = (
            bytes.fromhex(text)
            for text in (inputs["ckks_secret_key"], test["expected"]["ckks_ciphertext"])
        )
        # The generator of the test gives a seed, and that one the seeds of the uniform half and of the errors.
        seed = struct.pack(
            "<4Q", *itertools.islice(words(bytes.fromhex(test["seed"]), 0), 4)
        )
        both = struct.pack("<8Q", *itertools.islice(words(seed, 0), 8))
        assert ciphertext[-32:] == both[:32]
        coefficients, scale = decrypted(ciphertext, key)
        slots = np.zeros(DEGREE // 2, dtype=complex)
        slots[: len(inputs["re"])] = np.array(inputs["re"]) + 1j * np.array(
            inputs["im"]
        )
        message = np.rint(embedding(slots, DEGREE) * scale)
        noise = (np.array(coefficients) - message).astype(int).tolist()
        assert noise == errors(both[32:], FIRST_ERROR_STREAM, DEGREE)
