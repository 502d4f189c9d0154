"""Packed arrays: many values per ciphertext, tracked headroom."""

import pickle
from typing import Any

import numpy as np
import pytest

import veilkit as vk
from veilkit.paillier import Keypair, PackedArray, sum_packed

RNG = np.random.default_rng(8)


@pytest.mark.parametrize(
    ("plain", "bound"),
    [
        (np.arange(200), 200),
        (RNG.normal(size=(3, 50)), 10),
        (np.array([-5, 5]), 5),
        (np.zeros((0,)), 1),
        (np.array(3), 3),
        (np.arange(10.0), None),
    ],
    ids=["integers", "matrix", "negative", "empty", "scalar", "no bound"],
)
@pytest.mark.parametrize("by", ["public_key", "secret_key"])
def test_round_trip(keys: Keypair, by: str, plain: Any, bound: float | None) -> None:
    packed = getattr(keys, by).encrypt(plain, packed=True, bound=bound)
    assert isinstance(packed, PackedArray)
    assert packed.shape == plain.shape and packed.ciphertexts == -(-plain.size // packed.slots)
    np.testing.assert_allclose(keys.secret_key.decrypt(packed), plain, atol=1e-11)
    again = PackedArray.from_bytes(bytes(packed), keys.public_key)
    np.testing.assert_allclose(keys.secret_key.decrypt(again), plain, atol=1e-11)
    np.testing.assert_allclose(keys.secret_key.decrypt(pickle.loads(pickle.dumps(packed))), plain, atol=1e-11)


def test_arithmetic(keys: Keypair) -> None:
    a, b = RNG.normal(size=(2, 40)), RNG.normal(size=(2, 40))
    x = keys.public_key.encrypt(a, packed=True, bound=10)
    y = keys.secret_key.encrypt(b, packed=True, bound=10)
    decrypt = keys.secret_key.decrypt
    for ours, numpys in [
        (x + y, a + b),
        (x - y, a - b),
        (x + a, a + a),
        (b - x, b - a),
        (x + 1.5, a + 1.5),
        (x - np.arange(-5, 5).repeat(4), a - np.arange(-5, 5).repeat(4)),
        (-x, -a),
        (x.multiply(3, bound=3), 3 * a),
        (x.rerandomize(), a),
        (sum_packed([x, y, x]), a + b + a),
        (sum([x, y]), a + b),
    ]:
        np.testing.assert_allclose(decrypt(ours), numpys, atol=1e-9)


def test_headroom_is_kept(keys: Keypair) -> None:
    x = keys.public_key.encrypt([100, -100], packed=True, bound=100, headroom_bits=2)
    four = x + x + x + x
    assert keys.secret_key.decrypt(four).tolist() == [400, -400]
    with pytest.raises(vk.EvaluationError):
        four + four
    with pytest.raises(vk.EvaluationError):
        x * 1000


def test_a_tight_bound_packs_more(keys: Keypair) -> None:
    tight = keys.public_key.encrypt([1], packed=True, bound=100).slots
    wide = keys.public_key.encrypt([1], packed=True).slots
    assert tight > 2 * wide > 2


def test_what_does_not_fit_is_refused(keys: Keypair, other_keys: Keypair) -> None:
    x = keys.public_key.encrypt([1, 2, 3], packed=True, bound=100)
    with pytest.raises(vk.ParameterError):
        x + [1, 2]
    with pytest.raises(vk.ParameterError):
        x + 101
    with pytest.raises(vk.ParameterError):
        x.multiply(np.array([1, 2, 3]), bound=3)  # type: ignore[arg-type]
    with pytest.raises(vk.ParameterError):
        x + keys.public_key.encrypt([1, 2], packed=True, bound=100)
    with pytest.raises(vk.ParameterError):
        x + keys.public_key.encrypt([1, 2, 3], packed=True, bound=1000)
    with pytest.raises(vk.ParameterError):
        x + other_keys.public_key.encrypt([1, 2, 3], packed=True, bound=100)
    with pytest.raises(vk.ParameterError):
        sum_packed([])
    with pytest.raises(TypeError):
        sum_packed([x, 1])  # type: ignore[list-item]
    with pytest.raises(TypeError):
        x + keys.public_key.encrypt([1, 2, 3])
    with pytest.raises(TypeError):
        x * x
    with pytest.raises(vk.ParameterError):
        keys.public_key.encrypt([1], packed=True, pool=keys.public_key.randomizer_pool(1))  # type: ignore[call-overload]


def test_bytes_are_checked(keys: Keypair, other_keys: Keypair) -> None:
    x = keys.public_key.encrypt([1, 2, 3], packed=True, bound=100)
    data = x.to_bytes()
    for length in [0, 1, 8, 9, 30, len(data) - 1]:
        with pytest.raises(vk.EncodingError):
            PackedArray.from_bytes(data[:length], keys.public_key)
    with pytest.raises(vk.EncodingError):
        PackedArray.from_bytes(data + b"\0", keys.public_key)
    with pytest.raises(vk.ParameterError):
        PackedArray.from_bytes(data, other_keys.public_key)
    with pytest.raises(vk.EncodingError):
        PackedArray.from_bytes(keys.public_key.encrypt([1]).to_bytes(), keys.public_key)


def test_no_comparison_truth_or_conversion(keys: Keypair) -> None:
    x = keys.public_key.encrypt([1, 2, 3], packed=True, bound=100)
    for call in (lambda: x == x, lambda: x < 1, lambda: bool(x), lambda: np.asarray(x), lambda: hash(x), lambda: x[0]):
        with pytest.raises(TypeError):
            call()
    assert repr(x).startswith("PackedArray(shape=(3,), kind='int', slots=")
