"""Chance, transforms and embeddings of lattice schemes, from their definitions. Integers are exact."""

import functools
import itertools
import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

VECTORS = Path(__file__).parents[4] / "vectors"
WORD = (1 << 64) - 1


def vectors(name: str) -> list[dict[str, Any]]:
    found = json.loads((VECTORS / f"{name}.json").read_text())["tests"]
    return [test for test in found if test["result"] == "valid"]


COUNTERS = 512


def blocks(key: bytes, first: int, stream: int) -> bytes:
    """Blocks of ChaCha20 with a counter and a stream number of 64 bits each, side by side."""
    counters = np.arange(first, first + COUNTERS, dtype=np.uint64)
    start = np.empty((16, COUNTERS), dtype=np.uint32)
    constants = struct.unpack("<4I", b"expand 32-byte k") + struct.unpack("<8I", key)
    start[:12] = np.array(constants, dtype=np.uint32)[:, None]
    start[12], start[13] = counters & np.uint64(0xFFFFFFFF), counters >> np.uint64(32)
    start[14], start[15] = stream & 0xFFFFFFFF, stream >> 32
    state = list(start)
    columns = [(0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15)]
    diagonals = [(0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)]
    for a, b, c, d in 10 * (columns + diagonals):
        for x, y, z, shift in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            state[x] = state[x] + state[y]
            mixed = state[z] ^ state[x]
            state[z] = (mixed << np.uint32(shift)) | (mixed >> np.uint32(32 - shift))
    return (np.array(state) + start).T.astype("<u4").tobytes()


def words(seed: bytes, stream: int) -> Iterator[int]:
    for counter in itertools.count(step=COUNTERS):
        yield from struct.unpack(f"<{8 * COUNTERS}Q", blocks(seed, counter, stream & WORD))


def uniform(seed: bytes, stream: int, q: int, count: int) -> list[int]:
    """Words cut to the bits of q; those that are not below q are left out."""
    cut = (word & ((1 << q.bit_length()) - 1) for word in words(seed, stream))
    return list(itertools.islice((word for word in cut if word < q), count))


def ternary(seed: bytes, stream: int, count: int) -> list[int]:
    return [((3 * word) >> 64) - 1 for word in itertools.islice(words(seed, stream), count)]


def errors(seed: bytes, stream: int, count: int) -> list[int]:
    """Twenty-one coins up, twenty-one coins down."""
    coins = (1 << 21) - 1
    drawn = itertools.islice(words(seed, stream), count)
    return [(word & coins).bit_count() - ((word >> 21) & coins).bit_count() for word in drawn]


@functools.cache
def root(q: int, degree: int) -> int:
    """The first of 2^e, 3^e, .. that is a primitive root of order twice the degree."""
    e = (q - 1) // (2 * degree)
    return next(pow(x, e, q) for x in itertools.count(2) if pow(x, e * degree, q) == q - 1)


def place(i: int, degree: int) -> int:
    """Value i is the one at the root to this power: the bits of i in reverse, twice, plus one."""
    bits = degree.bit_length() - 1
    return 2 * int(format(i, f"0{bits}b")[::-1], 2) + 1


def value(coefficients: list[int], point: int, q: int) -> int:
    return functools.reduce(lambda sum_, c: (sum_ * point + c) % q, reversed(coefficients), 0)


@functools.cache
def powers(omega: int, count: int, q: int) -> npt.NDArray[np.object_]:
    found = [1]
    for _ in range(count - 1):
        found.append(found[-1] * omega % q)
    return np.array(found, dtype=object)


def at_powers(part: npt.NDArray[np.object_], omega: int, q: int) -> npt.NDArray[np.object_]:
    """Values of a polynomial at the powers of omega, a root of unity, by splitting into even and odd powers.

    Column r of `found` has the values of the polynomial with every k-th coefficient from r on, k being the number of columns.
    """
    found = part.reshape(1, -1)
    while found.shape[1] > 1:
        length, half = found.shape[0], found.shape[1] // 2
        even, odd = found[:, :half], found[:, half:]
        odd = powers(pow(omega, half, q), length, q)[:, None] * odd % q
        found = np.vstack([even + odd, even - odd]) % q
    return found[:, 0]


@functools.cache
def places(degree: int) -> npt.NDArray[np.int64]:
    """For each value the number k for which it is that at `psi^(2 k + 1)`."""
    return np.array([place(i, degree) // 2 for i in range(degree)])


def transformed(coefficients: npt.NDArray[np.object_], q: int) -> npt.NDArray[np.object_]:
    """All values."""
    degree = len(coefficients)
    psi = root(q, degree)
    twisted = coefficients * powers(psi, degree, q) % q
    return at_powers(twisted, psi * psi % q, q)[places(degree)]


def restored(found: npt.NDArray[np.object_], q: int) -> npt.NDArray[np.object_]:
    """The coefficients of the polynomial with these values."""
    degree = len(found)
    # The transform of the values, read backwards: sum_k v_k x_k^-j with x_k^-1 = psi^(2N - place).
    ordered = np.empty_like(found)
    ordered[places(degree)] = found
    back = at_powers(ordered, pow(root(q, degree), -2, q), q)
    return back * pow(degree, -1, q) * powers(pow(root(q, degree), -1, q), degree, q) % q


def values(coefficients: list[int], q: int) -> list[int]:
    """All values."""
    return transformed(np.array(coefficients, dtype=object), q).tolist()  # type: ignore[no-any-return]


def coefficients_of(found: list[int], q: int) -> list[int]:
    """The centred coefficients of the polynomial with these values."""
    plain = restored(np.array(found, dtype=object), q).tolist()
    return [c - q if c > q // 2 else c for c in plain]


def doubles(text: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.frombuffer(bytes.fromhex(text), dtype="<f8")


def slot_root(degree: int, slots: list[int]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Odd numbers t: slot j is the value at exp(i pi t / N) with t = 5^j."""
    return np.array([pow(5, j, 2 * degree) for j in slots])


def slots_of(coefficients: np.ndarray[Any, Any], slots: list[int]) -> np.ndarray[Any, np.dtype[np.complex128]]:
    """Values of a real polynomial at the roots of these slots, by definition."""
    degree = len(coefficients)
    exponents = np.outer(slot_root(degree, slots), np.arange(degree)) % (2 * degree)
    return np.exp(1j * np.pi * exponents / degree) @ coefficients  # type: ignore[no-any-return]


def embedding(slots: npt.NDArray[Any], count: int) -> npt.NDArray[np.float64]:
    """The first coefficients of the real polynomial with these slots, by definition."""
    degree, held = 2 * len(slots), np.flatnonzero(slots)
    exponents = np.outer(np.arange(count), slot_root(degree, held.tolist())) % (2 * degree)
    return 2 / degree * (np.exp(-1j * np.pi * exponents / degree) @ slots[held]).real  # type: ignore[no-any-return]
