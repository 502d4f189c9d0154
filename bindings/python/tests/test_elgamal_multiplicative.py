"""Multiplicative ElGamal: products and ratios of integers come out exact, group elements add up, and nothing mixes."""

import copy
import math
import pickle
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import veilkit as vk
from veilkit import elgamal
from veilkit.elgamal.multiplicative import integers, points

RNG = np.random.default_rng(3)


@pytest.fixture(scope="module")
def ints() -> integers.Keypair:
    return integers.generate_keypair(bits=2048)


@pytest.fixture(scope="module")
def pts() -> points.Keypair:
    return points.generate_keypair()


def refused(call: Any, name: str) -> None:
    with pytest.raises(vk.VeilkitError) as caught:
        call()
    assert caught.value.name == name


@pytest.mark.parametrize("bits", [2048, 3072, 4096])
def test_every_group(bits: int) -> None:
    keys = integers.generate_keypair(bits=bits)
    assert (keys.public_key.bits, keys.public_key.plaintext_bits) == (bits, bits // 2 - 2)
    assert keys.secret_key.decrypt(keys.public_key.encrypt(1800, bits=16) * 750) == 1_350_000


def test_products_ratios_and_powers(ints: integers.Keypair) -> None:
    encrypt, decrypt = ints.public_key.encrypt, ints.secret_key.decrypt
    for _ in range(5):
        a, b = (int(number) for number in RNG.integers(1, 2**40, size=2))
        x, y = encrypt(a, bits=40), encrypt(b, bits=40)
        assert decrypt(x * y) == a * b and (x * y).numerator_bits == 80
        assert decrypt(x * b) == decrypt(b * x) == a * b
        assert decrypt(x.multiply(b, bits=64)) == a * b
        assert ints.secret_key.decrypt_ratio(x / y) == Fraction(a, b)
        assert ints.secret_key.decrypt_ratio(x) == a
        assert decrypt(x**5) == a**5 and decrypt(x**1) == a
        assert decrypt(x.rerandomize()) == a
    assert decrypt(math.prod([encrypt(n) for n in range(1, 9)], start=encrypt(1))) == math.factorial(8)
    huge = 2**1000 + 1
    assert decrypt(encrypt(huge, bits=1001)) == huge and decrypt(encrypt(2**64 - 1)) == 2**64 - 1


def test_what_might_not_decode_is_refused(ints: integers.Keypair) -> None:
    x = ints.public_key.encrypt(3, bits=600)
    for call in (lambda: x * x, lambda: x / x, lambda: x**2, lambda: x.multiply(3, bits=500)):
        refused(call, "HeadroomExhausted")
    refused(lambda: ints.public_key.encrypt(1, bits=1023), "HeadroomExhausted")
    refused(lambda: ints.secret_key.decrypt(ints.public_key.encrypt(6) / ints.public_key.encrypt(3)), "ParamsMismatch")


@pytest.mark.parametrize("value", [0, -1, 2**64, 2**5000])
def test_integers_out_of_range(ints: integers.Keypair, value: int) -> None:
    refused(lambda: ints.public_key.encrypt(value), "OutOfRange")
    refused(lambda: ints.public_key.encrypt(1).multiply(value, bits=64), "OutOfRange")
    refused(lambda: ints.public_key.encrypt(1) ** 0, "OutOfRange")


def test_group_elements_add_up(pts: points.Keypair) -> None:
    a, b = (points.hash_to_point(name, context=b"test") for name in (b"a", b"b"))
    x, y = pts.public_key.encrypt(a), pts.public_key.encrypt(b)
    decrypt = pts.secret_key.decrypt
    assert decrypt(x) == a and decrypt(x.rerandomize()) == a and len(a) == 32
    assert decrypt(x + y - x) == b and decrypt(2 * x) == decrypt(x + x) and decrypt(x * -1 + x) == bytes(32)
    assert decrypt(x * (points.ORDER + 3)) == decrypt(x * 3)
    assert points.hash_to_point(b"a", context=b"other") != a
    for wrong in (b"", a[:-1], b"\xff" * 32, b"\1" + bytes(31)):
        refused(lambda wrong=wrong: pts.public_key.encrypt(wrong), "InvalidEncoding")


@pytest.mark.parametrize("scheme", ["integers", "points"])
def test_bytes_of_both(ints: integers.Keypair, pts: points.Keypair, scheme: str) -> None:
    module: Any = {"integers": integers, "points": points}[scheme]
    keys: Any = {"integers": ints, "points": pts}[scheme]
    other = module.generate_keypair(*([2048] if scheme == "integers" else []))
    plain: Any = 42 if scheme == "integers" else points.hash_to_point(b"a", context=b"test")
    x, public = keys.public_key.encrypt(plain), keys.public_key
    for received in (module.Ciphertext.from_bytes(bytes(x), public), pickle.loads(pickle.dumps(x))):
        assert keys.secret_key.decrypt(received) == plain and received.public_key == public
    computed = x * 1
    assert bytes(x) == bytes(x) and bytes(computed) != bytes(computed)
    assert pickle.loads(pickle.dumps(public)) == public and hash(module.PublicKey.from_bytes(bytes(public))) == hash(public)
    assert module.SecretKey.from_bytes(keys.secret_key.to_bytes()).public_key == public
    assert public != other.public_key and len(set(public.key_id)) > 4
    for call in (
        lambda: x * other.public_key.encrypt(plain) if scheme == "integers" else x + other.public_key.encrypt(plain),
        lambda: other.secret_key.decrypt(x),
        lambda: module.Ciphertext.from_bytes(bytes(x), other.public_key),
    ):
        refused(call, "ParamsMismatch")
    for read, data in (
        (module.PublicKey.from_bytes, bytes(public)),
        (module.SecretKey.from_bytes, keys.secret_key.to_bytes()),
        (lambda data: module.Ciphertext.from_bytes(data, public), bytes(x)),
    ):
        for damaged in (b"", data[:8], data[:-1], data + b"\0"):
            with pytest.raises(vk.EncodingError):
                read(damaged)
    secret = keys.secret_key.to_bytes()[-16:].hex()
    assert secret not in f"{keys!r} {keys.secret_key!r}" and "42" not in repr(x).replace(public.key_id[:8], "")
    for value in (keys, keys.secret_key):
        for call in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(TypeError, match="pickled"):
                call(value)
    for call in (
        lambda: keys.secret_key == keys.secret_key,  # noqa: PLR0124
        lambda: hash(keys.secret_key),
        lambda: x == x,  # noqa: PLR0124
        lambda: x < x,  # noqa: PLR0124
        lambda: hash(x),
        lambda: bool(x),
        lambda: x + 1,
        lambda: x - 1,
        lambda: x * 1.5,
        lambda: x * "2",
        lambda: keys.secret_key.decrypt(None),
        lambda: module.Ciphertext.from_bytes(bytes(x), "key"),
        lambda: module.Ciphertext(),
        lambda: module.PublicKey(),
        lambda: module.SecretKey(),
    ):
        with pytest.raises(TypeError):
            call()


def test_schemes_never_mix(ints: integers.Keypair, pts: points.Keypair) -> None:
    a: Any = elgamal.generate_keypair().public_key.encrypt([1])
    b: Any = ints.public_key.encrypt(1)
    c: Any = pts.public_key.encrypt(points.hash_to_point(b"a", context=b"test"))
    for x, y in ((a, b), (b, a), (b, c), (c, b), (a, c), (c, a)):
        for call in (lambda x=x, y=y: x + y, lambda x=x, y=y: x * y, lambda x=x, y=y: x - y, lambda x=x, y=y: x / y):
            with pytest.raises(TypeError):
                call()
    for wrong in (a, c, 1, None):
        with pytest.raises(TypeError):
            ints.secret_key.decrypt(wrong)
    for bits in (1024, 0, 5000):
        refused(lambda bits=bits: integers.generate_keypair(bits=bits), "InvalidParams")
    with pytest.raises(TypeError):
        integers.generate_keypair(bits="2048")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        ints.public_key.encrypt(1.5)  # type: ignore[arg-type]
