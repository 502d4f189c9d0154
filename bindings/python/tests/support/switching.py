"""CKKS in residues by its definitions: keys, encryption, tensor products, key switching, divisions, automorphisms.

A polynomial is a list of rows of values, one for each prime. Integers are exact, so results are those of the library bit for bit.
"""

import struct
from dataclasses import dataclass
from itertools import islice
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt
from lattice import embedding, errors, places, restored, ternary, transformed, uniform, words

Row = npt.NDArray[np.object_]
Poly = list[Row]
Pair = list[Poly]


def integers(numbers: list[int]) -> Row:
    return np.array(numbers, dtype=object)


def centred(row: Row, q: int) -> Row:
    """For odd q the one number of each class between -q/2 and q/2."""
    return (row + q // 2) % q - q // 2


def lifted(rows: Poly, primes: list[int]) -> Row:
    """The centred coefficients modulo the product of the primes, by the remainder theorem."""
    product = prod(primes)
    parts = [
        restored(row, q) * pow(product // q, -1, q) % q * (product // q) for row, q in zip(rows, primes, strict=True)
    ]
    return centred(sum(parts) % product, product)


def values_of(coefficients: Row, primes: list[int]) -> Poly:
    return [transformed(coefficients % q, q) for q in primes]


def divided(rows: Poly, primes: list[int], by_last: int) -> Poly:
    """The exact quotient by the last primes, rounded once."""
    stay, go = primes[:-by_last], primes[-by_last:]
    remainder = values_of(lifted(rows[-by_last:], go), stay)
    return [(a - r) * pow(prod(go), -1, q) % q for a, r, q in zip(rows, remainder, stay, strict=False)]


def moved(row: Row, element: int) -> Row:
    """X to X^element: the value at `x` becomes that at `x^element`."""
    degree = len(row)
    at = np.empty(degree, dtype=np.int64)
    at[places(degree)] = np.arange(degree)
    exponents = (2 * places(degree) + 1) * element % (2 * degree)
    return row[at[exponents // 2]]


def packed(poly: Poly, primes: list[int]) -> bytes:
    """Each residue in as many bits as its prime has, low bits first."""
    out = b""
    for row, q in zip(poly, primes, strict=False):
        bits = "".join(format(residue, f"0{q.bit_length()}b") for residue in reversed(row.tolist()))
        out += int(bits, 2).to_bytes(len(bits) // 8, "little")
    return out


def two_seeds(seed: bytes) -> tuple[bytes, bytes]:
    both = struct.pack("<8Q", *islice(words(seed, 0), 8))
    return both[:32], both[32:]


@dataclass
class Ciphertext:
    halves: Pair
    scale: float

    @property
    def level(self) -> int:
        return len(self.halves[0]) - 1


@dataclass
class SwitchingKey:
    """For each digit a pair `(b, a)` modulo all primes; the second halves come from the seed."""

    seed: bytes
    digits: list[Pair]


class Scheme:
    """Parameters, the secret key, and what is computed with evaluation keys."""

    def __init__(
        self, degree: int, moduli: list[int], special: list[int], digits: list[tuple[int, int]], chance: Any
    ) -> None:
        self.degree, self.moduli, self.special, self.digits = degree, moduli, special, digits
        self.all = moduli + special
        # What a test's generator gives, 32 bytes at a time.
        self.chance = chance
        self.scales = [float(moduli[-1])]
        for q in reversed(moduli[1:]):
            self.scales.insert(0, self.scales[0] * self.scales[0] / float(q))
        self.secret = values_of(integers(ternary(self.seed(), 0, degree)), self.all)

    def seed(self) -> bytes:
        return struct.pack("<4Q", *islice(self.chance, 4))

    def uniform(self, seed: bytes, stream: int, rows: list[int]) -> Poly:
        return [integers(uniform(seed, stream << 16 | i, q, self.degree)) for i, q in enumerate(rows)]

    def message(self, slots: list[float]) -> Row:
        """Numbers at the top scale, the other slots being zero."""
        level = len(self.moduli) - 1
        padded = np.zeros(self.degree // 2)
        padded[: len(slots)] = slots
        return integers([int(c) for c in np.rint(embedding(padded, self.degree) * self.scales[level])])

    def encrypted_by_secret_key(self, slots: list[float]) -> tuple[Ciphertext, bytes]:
        """And the seed of its second half."""
        public, private = two_seeds(self.seed())
        a = self.uniform(public, 0, self.moduli)
        small = values_of(self.message(slots) + integers(errors(private, 1, self.degree)), self.moduli)
        c0 = [(m - x * s) % q for m, x, s, q in zip(small, a, self.secret, self.moduli, strict=False)]
        return Ciphertext([c0, a], self.scales[-1]), public

    def encrypted_by_public_key(self, slots: list[float]) -> Ciphertext:
        """By a new public key, modulo Q and the first special prime, by which the result is divided."""
        primes = self.all[: len(self.moduli) + 1]
        public, private = two_seeds(self.seed())
        a = self.uniform(public, 0, primes)
        noise = values_of(integers(errors(private, 0, self.degree)), primes)
        b = [(e - x * s) % q for e, x, s, q in zip(noise, a, self.secret, primes, strict=False)]
        seed = self.seed()
        mask = values_of(integers(ternary(seed, 0, self.degree)), primes)
        halves = []
        for key, stream in ((b, 1), (a, 2)):
            noise = values_of(integers(errors(seed, stream, self.degree)), primes)
            hidden = [(k * u + e) % q for k, u, e, q in zip(key, mask, noise, primes, strict=True)]
            halves.append(divided(hidden, primes, 1))
        message = values_of(self.message(slots), self.moduli)
        halves[0] = [(c + m) % q for c, m, q in zip(halves[0], message, self.moduli, strict=True)]
        return Ciphertext(halves, self.scales[-1])

    def switching_key(self, old: Poly, new: Poly) -> SwitchingKey:
        """From the secret `old` to `new`: `b = -a new + e + P g old`, where g is 1 on the digit's primes and 0 on others."""
        uniform_seed, private = two_seeds(self.seed())
        digits = []
        for j, (start, end) in enumerate(self.digits):
            a = self.uniform(uniform_seed, j, self.all)
            b = values_of(integers(errors(private, j, self.degree)), self.all)
            for i, q in enumerate(self.all):
                b[i] = (b[i] - a[i] * new[i]) % q
                if start <= i < end:
                    b[i] = (b[i] + prod(self.special) * old[i]) % q
            digits.append([b, a])
        return SwitchingKey(uniform_seed, digits)

    def relinearization_key(self) -> SwitchingKey:
        return self.switching_key([s * s % q for s, q in zip(self.secret, self.all, strict=True)], self.secret)

    def galois_key(self, element: int) -> SwitchingKey:
        inverse = pow(element, -1, 2 * self.degree)
        return self.switching_key(self.secret, [moved(s, inverse) for s in self.secret])

    def switched(self, c: Poly, key: SwitchingKey) -> Pair:
        """The inner product of the digits of c with the key, modulo Q P: it decrypts to `P c old`."""
        level = len(c) - 1
        rows = [*range(level + 1), *range(len(self.moduli), len(self.all))]
        primes = [self.all[i] for i in rows]
        sums = [[integers([0] * self.degree) for _ in primes] for _ in range(2)]
        for (start, end), pair in zip(self.digits, key.digits, strict=True):
            end = min(end, level + 1)
            if start >= end:
                continue
            digit = values_of(lifted(c[start:end], self.moduli[start:end]), primes)
            for total, half in zip(sums, pair, strict=True):
                for k, (i, q) in enumerate(zip(rows, primes, strict=True)):
                    total[k] = (total[k] + digit[k] * half[i]) % q
        return sums

    def tensor(self, a: Ciphertext, b: Ciphertext) -> list[Poly]:
        (a0, a1), (b0, b1) = a.halves, b.halves
        rows = list(zip(a0, a1, b0, b1, self.moduli, strict=False))
        return [
            [x0 * y0 % q for x0, _, y0, _, q in rows],
            [(x0 * y1 + x1 * y0) % q for x0, x1, y0, y1, q in rows],
            [x1 * y1 % q for _, x1, _, y1, q in rows],
        ]

    def multiplied(self, a: Ciphertext, b: Ciphertext, key: SwitchingKey) -> Ciphertext:
        """Relinearized and rescaled by one division by P and the last prime."""
        *pair, last = self.tensor(a, b)
        halves = []
        for half, total in zip(pair, self.switched(last, key), strict=True):
            for i, c in enumerate(half):
                total[i] = (total[i] + prod(self.special) * c) % self.moduli[i]
            primes = self.moduli[: a.level + 1] + self.special
            halves.append(divided(total, primes, len(self.special) + 1))
        return Ciphertext(halves, a.scale * b.scale / float(self.moduli[a.level]))

    def lowered_by_special(self, pair: Pair, level: int) -> Pair:
        return [divided(half, self.moduli[: level + 1] + self.special, len(self.special)) for half in pair]

    def relinearized(self, a: Ciphertext, b: Ciphertext, key: SwitchingKey) -> Ciphertext:
        *pair, last = self.tensor(a, b)
        halves = self.lowered_by_special(self.switched(last, key), a.level)
        halves = [
            [(x + y) % q for x, y, q in zip(c, d, self.moduli, strict=False)] for c, d in zip(pair, halves, strict=True)
        ]
        return Ciphertext(halves, a.scale * b.scale)

    def rescaled(self, a: Ciphertext) -> Ciphertext:
        halves = [divided(half, self.moduli[: a.level + 1], 1) for half in a.halves]
        return Ciphertext(halves, a.scale / float(self.moduli[a.level]))

    def permuted(self, a: Ciphertext, element: int, key: SwitchingKey) -> Ciphertext:
        """Rotated or conjugated: c1 is switched to what the automorphism takes to s."""
        first, second = self.lowered_by_special(self.switched(a.halves[1], key), a.level)
        first = [(x + y) % q for x, y, q in zip(first, a.halves[0], self.moduli, strict=False)]
        return Ciphertext([[moved(row, element) for row in half] for half in (first, second)], a.scale)

    def at_level(self, a: Ciphertext, level: int) -> Ciphertext:
        """With the scale of that level, through a product with an integer above it."""
        if level == a.level:
            return a
        factor = round(self.scales[level] * float(self.moduli[level + 1]) / a.scale)
        halves = [[c * factor % q for c, q in zip(half, self.moduli[: level + 2], strict=False)] for half in a.halves]
        lowered = self.rescaled(Ciphertext(halves, a.scale * factor))
        return Ciphertext(lowered.halves, self.scales[level])

    def decrypted(self, a: Ciphertext) -> Row:
        """Coefficients of the scaled message and its noise."""
        c0, c1 = a.halves
        phase = [(x + y * s) % q for x, y, s, q in zip(c0, c1, self.secret, self.moduli, strict=False)]
        return lifted(phase, self.moduli[: a.level + 1])
