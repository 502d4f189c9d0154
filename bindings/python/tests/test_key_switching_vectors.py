"""Multiplication and key switching of CKKS, computed again from the seed of each vector: the same residues bit for bit."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from blake3 import blake3
from lattice import doubles, slots_of, vectors, words
from switching import Ciphertext, Scheme, SwitchingKey, packed

CIRCUITS = vectors("ckks/circuit")


def scheme_of(test: dict[str, Any]) -> Scheme:
    expected = test["expected"]
    facts = bytes.fromhex(test["inputs"]["ckks_params"])[9:]
    moduli, special = ([int(q) for q in expected[name]] for name in ("moduli", "special_moduli"))
    degree = 1 << facts[0]
    # What the parameters say: sizes, and primes that have roots of unity.
    assert [*facts[6:]] == [q.bit_length() for q in moduli + special]
    assert all(q % (2 * degree) == 1 and pow(3, q - 1, q) == 1 for q in moduli + special)
    digits = [(start, end) for start, end in expected["digits"]]
    return Scheme(degree, moduli, special, digits, words(bytes.fromhex(test["seed"]), 0))


def encoded(key: SwitchingKey, scheme: Scheme) -> bytes:
    return key.seed + b"".join(packed(b, scheme.all) for b, _ in key.digits)


def element(scheme: Scheme, steps: int) -> int:
    return pow(5, steps, 2 * scheme.degree)


def results(scheme: Scheme, expected: dict[str, Any]) -> Iterator[tuple[str, Ciphertext, bytes]]:
    """Each result by its name, with what its encoding ends with."""
    relinearization = scheme.relinearization_key()
    conjugation = 2 * scheme.degree - 1
    elements = sorted([element(scheme, 1), element(scheme, -2), conjugation])
    galois = {g: scheme.galois_key(g) for g in elements}
    keys = b"\x01" + encoded(relinearization, scheme) + len(elements).to_bytes(4, "little")
    keys += b"".join(g.to_bytes(4, "little") + encoded(key, scheme) for g, key in galois.items())
    assert blake3(keys).hex() == expected["evaluation_keys"]["keys_blake3"]

    a, seed = scheme.encrypted_by_secret_key([0.5, -1.25, 3.0])
    yield "by the secret key", a, packed(a.halves[0], scheme.moduli) + seed

    def rotated(x: Ciphertext, steps: int) -> Ciphertext:
        return scheme.permuted(x, element(scheme, steps), galois[element(scheme, steps)])

    b = scheme.encrypted_by_public_key([2.0, 0.125, -1.0])
    product = scheme.multiplied(a, b, relinearization)
    found = {
        "by the public key": b,
        "product": product,
        "square": scheme.multiplied(a, a, relinearization),
        "relinearized": scheme.rescaled(scheme.relinearized(a, b, relinearization)),
        "rotated": rotated(a, 1),
        "rotated twice": rotated(rotated(a, -2), 1),
        "rotated product": rotated(product, 1),
        "conjugated": scheme.permuted(a, conjugation, galois[conjugation]),
        "lowered": scheme.at_level(b, 0),
    }
    if product.level:
        found["product of three"] = scheme.multiplied(product, scheme.at_level(b, product.level), relinearization)
    for name, ciphertext in found.items():
        yield name, ciphertext, b"".join(packed(half, scheme.moduli) for half in ciphertext.halves)


@pytest.mark.parametrize("test", CIRCUITS, ids=[test["comment"] for test in CIRCUITS])
def test_circuits(test: dict[str, Any]) -> None:
    scheme, expected = scheme_of(test), test["expected"]
    names = set()
    for name, ciphertext, end in results(scheme, expected):
        facts = expected[name]
        assert ciphertext.level == facts["level"], name
        assert ciphertext.scale == pytest.approx(doubles(facts["scale"])[0], rel=1e-15), name
        assert blake3(end).hex() == facts["polynomials_blake3"], name
        slots = slots_of(scheme.decrypted(ciphertext).astype(float), range(4)).real / ciphertext.scale
        assert np.abs(slots - doubles(facts["re"])).max() < 1e-9, name
        names.add(name)
    assert names == expected.keys() - {"moduli", "special_moduli", "digits", "evaluation_keys"}
    assert len(names) >= 10


def test_the_vectors_have_digits_of_one_modulus_and_of_more() -> None:
    lengths = {end - start for test in CIRCUITS for start, end in test["expected"]["digits"]}
    assert lengths >= {1, 2} and {len(test["expected"]["special_moduli"]) for test in CIRCUITS} >= {1, 2}
