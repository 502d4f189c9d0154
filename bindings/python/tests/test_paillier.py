"""Encrypted arrays do what numpy does on the plain ones: round trips, operators, shapes, reductions."""

import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import veilkit as vk
from veilkit.paillier import EncryptedArray, Keypair, PublicKey, SecretKey, concatenate

RNG = np.random.default_rng(7)
TOLERANCE = 1e-9


@pytest.fixture(scope="module")
def encrypt(keys: Keypair) -> Callable[[Any], EncryptedArray]:
    return keys.secret_key.encrypt


@pytest.fixture(scope="module")
def decrypt(keys: Keypair) -> Callable[[EncryptedArray], Any]:
    return keys.secret_key.decrypt


def agree(ours: Any, numpys: Any) -> None:
    assert np.shape(ours) == np.shape(numpys)
    np.testing.assert_allclose(np.asarray(ours, dtype=float), np.asarray(numpys, dtype=float), atol=TOLERANCE, rtol=1e-12)


@pytest.mark.parametrize(
    "plain",
    [
        np.array([120.5, -131.0, 0.0]),
        np.array([[1, -2], [3, 4]]),
        np.float32([1.5, 2.25]),
        np.array([True, False]),
        np.array([1, 2, 255], dtype=np.uint8),
        np.array(7),
        np.array(2.5),
        np.zeros((2, 0)),
        np.zeros((0,), dtype=int),
        [1, 2, 3],
        [[0.5], [1.5]],
        3,
        -2.75,
        np.arange(12.0).reshape(3, 4)[:, ::2],
        np.asfortranarray(np.arange(6).reshape(2, 3)),
    ],
    ids=repr,
)
@pytest.mark.parametrize("by", ["public_key", "secret_key"])
def test_round_trip(keys: Keypair, by: str, plain: npt.ArrayLike) -> None:
    encrypted = getattr(keys, by).encrypt(plain)
    expected = np.asarray(plain)
    assert (encrypted.shape, encrypted.ndim, encrypted.size) == (expected.shape, expected.ndim, expected.size)
    assert encrypted.kind == ("fixed" if expected.dtype.kind == "f" else "int")
    back = keys.secret_key.decrypt(encrypted)
    assert back.dtype == (np.float64 if expected.dtype.kind == "f" else np.int64)
    agree(back, expected)


def test_extreme_integers_come_back_exactly(keys: Keypair) -> None:
    extremes = np.array([np.iinfo(np.int64).min, np.iinfo(np.int64).max, 0, -1])
    assert keys.secret_key.decrypt(keys.public_key.encrypt(extremes)).tolist() == extremes.tolist()


def test_results_beyond_64_bits_are_python_integers(keys: Keypair) -> None:
    large = keys.public_key.encrypt([2**62, -(2**62)]) * 1000
    back = keys.secret_key.decrypt(large)
    assert back.dtype == object
    assert back.tolist() == [1000 * 2**62, -1000 * 2**62]


def test_other_array_types_go_in(keys: Keypair) -> None:
    class Column:
        def __array__(self, dtype: Any = None, copy: Any = None) -> npt.NDArray[np.float64]:
            return np.array([1.5, 2.5])

    agree(keys.secret_key.decrypt(keys.public_key.encrypt(Column())), [1.5, 2.5])


def test_the_type_decides_never_the_value(keys: Keypair) -> None:
    facts = {
        (e.kind, e.scale, e.bound_bits, len(e.to_bytes()))
        for e in (keys.public_key.encrypt([value]) for value in (0.0, 1e-12, 2.0, -1e13))
    }
    assert len(facts) == 1


PLAIN = [
    2,
    -1.5,
    np.float64(0.25),
    np.int32(-3),
    True,
    np.array([1.0, -2.0, 0.5]),
    np.array([[2], [3]]),
    np.array([[1, 2, 3], [4, 5, 6]]),
    [1, 2, 3],
]


@pytest.mark.parametrize("other", PLAIN, ids=repr)
@pytest.mark.parametrize("kind", [float, int])
def test_operators_with_plain_operands(encrypt: Any, decrypt: Any, other: Any, kind: type) -> None:
    plain = np.array([[1, -2, 3], [4, 0, -6]], dtype=kind)
    x, numpys = encrypt(plain), np.asarray(other)
    agree(decrypt(x + other), plain + numpys)
    agree(decrypt(other + x), numpys + plain)
    agree(decrypt(x - other), plain - numpys if numpys.dtype != bool else plain - numpys.astype(int))
    agree(decrypt(other - x), numpys.astype(float) - plain)
    agree(decrypt(x * other), plain * numpys)
    agree(decrypt(other * x), numpys * plain)


def test_operators_between_encrypted_arrays(encrypt: Any, decrypt: Any) -> None:
    a, b = RNG.normal(size=(2, 3)), RNG.integers(-9, 9, size=3)
    x, y = encrypt(a), encrypt(b)
    agree(decrypt(x + y), a + b)
    agree(decrypt(y - x), b - a)
    agree(decrypt(x - x), np.zeros((2, 3)))
    agree(decrypt(-x), -a)
    agree(decrypt(+x), a)
    agree(decrypt((x * 0.5 + y * 2) - 1), a * 0.5 + b * 2 - 1)


def test_division_by_plain_numbers(encrypt: Any, decrypt: Any) -> None:
    agree(decrypt(encrypt([1, 2, 3]) / 4), [0.25, 0.5, 0.75])
    agree(decrypt(encrypt([1.0, 2.0]) / np.array([2, 8])), [0.5, 0.25])
    agree(decrypt(encrypt([1.0]) / 2**30), [2.0**-30])
    for divisor in (1e9, 3e5, 2**50, np.array([1.0, 1e6])):
        with pytest.raises(vk.ParameterError):
            encrypt([1.0, 2.0]) / divisor
    with pytest.raises(ZeroDivisionError):
        encrypt([1]) / 0
    with pytest.raises(TypeError):
        1 / encrypt([1])
    with pytest.raises(TypeError):
        encrypt([1]) / encrypt([1])


def test_matrix_products(encrypt: Any, decrypt: Any) -> None:
    a, w = RNG.normal(size=(3, 4)), RNG.integers(-5, 5, size=4)
    m, left = RNG.normal(size=(4, 2)), RNG.normal(size=(2, 3))
    x = encrypt(a)
    agree(decrypt(x @ w), a @ w)
    agree(decrypt(x @ m), a @ m)
    agree(decrypt(left @ x), left @ a)
    agree(decrypt(w @ x.T), w @ a.T)
    agree(decrypt(x[0] @ w), a[0] @ w)
    agree(decrypt(x.dot(w)), a.dot(w))
    agree(decrypt(x.dot(w, bound=5)), a.dot(w))
    agree(decrypt(x.dot(m, public_weights=True)), a.dot(m))
    agree(decrypt(x.matmul(m)), a @ m)


def test_products_with_declared_or_public_factors(encrypt: Any, decrypt: Any) -> None:
    a, f = RNG.normal(size=5), np.array([3, -1, 0, 2, 7])
    x = encrypt(a)
    agree(decrypt(x.multiply(f, bound=7)), a * f)
    agree(decrypt(x.multiply(f, public=True)), a * f)
    assert x.multiply(f, bound=7).headroom_bits > (x * f).headroom_bits


def test_reductions(encrypt: Any, decrypt: Any) -> None:
    a = RNG.normal(size=(2, 3, 4))
    x = encrypt(a)
    for axis in (None, 0, 1, 2, -1, -3):
        agree(decrypt(x.sum(axis=axis)), a.sum(axis=axis))
        agree(decrypt(x.mean(axis=axis)), a.mean(axis=axis))
    integers = np.array([[1, 2], [3, 5]])
    assert decrypt(encrypt(integers).sum(0)).tolist() == [4, 7]
    assert decrypt(encrypt(np.zeros((0,))).sum()) == 0
    with pytest.raises(vk.ParameterError):
        encrypt(np.zeros((0,))).mean()


def test_functions_of_numpy(encrypt: Any, decrypt: Any) -> None:
    a, b = RNG.normal(size=(2, 3)), np.array([1.0, 2.0, 3.0])
    x: Any = encrypt(a)
    agree(decrypt(np.add(b, x)), b + a)
    agree(decrypt(np.subtract(b, x)), b - a)
    agree(decrypt(np.multiply(x, b)), a * b)
    agree(decrypt(np.divide(x, b)), a / b)
    agree(decrypt(np.negative(x)), -a)
    agree(decrypt(np.matmul(x, b)), a @ b)
    agree(decrypt(np.matmul(np.ones(2), x)), np.ones(2) @ a)
    agree(decrypt(np.dot(x, b)), a @ b)
    agree(decrypt(np.sum(x)), a.sum())
    agree(decrypt(np.sum(x, axis=0)), a.sum(axis=0))
    agree(decrypt(np.mean(x, axis=1)), a.mean(axis=1))
    agree(decrypt(np.concatenate([x, x], axis=1)), np.concatenate([a, a], axis=1))
    agree(decrypt(np.reshape(x, (3, 2))), a.reshape(3, 2))
    agree(decrypt(np.transpose(x)), a.T)
    agree(decrypt(np.ravel(x)), a.ravel())
    assert (np.shape(x), np.ndim(x), np.size(x)) == ((2, 3), 2, 6)


@pytest.mark.parametrize("function", [np.exp, np.sqrt, np.sort, np.max, np.cumsum, np.maximum, np.add.reduce, np.greater])
def test_functions_that_do_not_exist_on_encrypted_numbers(encrypt: Any, function: Any) -> None:
    x = encrypt([1.0, 2.0])
    with pytest.raises(TypeError, match="encrypted"):
        function(x, x) if function in (np.maximum, np.greater) else function(x)


INDICES: list[Any] = [
    0,
    -1,
    np.int64(1),
    slice(None),
    slice(1, None),
    slice(None, None, -1),
    slice(5, 1, -2),
    slice(3, 1),
    (0, 1),
    (slice(None), 1),
    (..., 0),
    (0, ...),
    ...,
    (slice(None), slice(None), slice(0, 3, 2)),
    (0, 1, 2),
    None,
    (slice(None), None, 0),
    (),
]


@pytest.mark.parametrize("index", INDICES, ids=repr)
def test_indexing(encrypt: Any, decrypt: Any, index: Any) -> None:
    a = np.arange(24).reshape(2, 3, 4)
    agree(decrypt(encrypt(a)[index]), a[index])


def test_shapes(encrypt: Any, decrypt: Any) -> None:
    a = np.arange(24).reshape(2, 3, 4)
    x = encrypt(a)
    for shape in [(24,), (4, 6), (-1,), (2, -1), (1, 24, 1)]:
        agree(decrypt(x.reshape(shape)), a.reshape(shape))
        agree(decrypt(x.reshape(*shape)), a.reshape(shape))
    agree(decrypt(x.reshape(-1)), a.reshape(-1))
    agree(decrypt(x.T), a.T)
    agree(decrypt(x.ravel()), a.ravel())
    assert len(x) == 2
    for ours, numpys in zip(x, a, strict=True):
        agree(decrypt(ours), numpys)
    agree(decrypt(concatenate([x, x[:, :1]], axis=1)), np.concatenate([a, a[:, :1]], axis=1))


def test_results_need_no_order_of_keys_and_sums(encrypt: Any, decrypt: Any) -> None:
    rows = [encrypt(RNG.integers(0, 9, size=3)) for _ in range(4)]
    agree(decrypt(sum(rows)), np.sum([decrypt(row) for row in rows], axis=0))


def test_bytes_and_pickles(keys: Keypair, encrypt: Any, decrypt: Any) -> None:
    x = encrypt([[1.5, 2.5]])
    for again in (
        EncryptedArray.from_bytes(bytes(x), keys.public_key),
        EncryptedArray.from_bytes(bytearray(x.to_bytes()), keys.public_key),
        pickle.loads(pickle.dumps(x)),
    ):
        agree(decrypt(again), [[1.5, 2.5]])
        agree(decrypt(again + x), [[3.0, 5.0]])
    public = pickle.loads(pickle.dumps(keys.public_key))
    assert public == keys.public_key and hash(public) == hash(keys.public_key)
    assert PublicKey.from_bytes(bytes(public)).n == keys.public_key.n
    secret = SecretKey.from_bytes(keys.secret_key.to_bytes())
    agree(secret.decrypt(x), [[1.5, 2.5]])
    assert secret.public_key == keys.public_key


def test_what_is_sent_does_not_show_how_it_was_made(keys: Keypair, encrypt: Any) -> None:
    x = encrypt([1, 2])
    assert x.to_bytes() == x.to_bytes()
    assert (x + 1).to_bytes() != (x + 1).to_bytes()
    derived = x + 1
    assert derived.to_bytes() != derived.to_bytes()
    assert derived.to_integers() != derived.to_integers()
    fresh = derived.rerandomize()
    assert fresh.to_bytes() == fresh.to_bytes()
    agree(keys.secret_key.decrypt(fresh), [2, 3])


def test_encryption_is_randomized(keys: Keypair) -> None:
    for key in (keys.public_key, keys.secret_key):
        ciphertexts = key.encrypt([5] * 20).to_integers()
        assert len(set(ciphertexts)) == 20


def test_headroom_ends_in_an_error_and_no_wrong_number(encrypt: Any, decrypt: Any) -> None:
    x, expected = encrypt([3.0]), 3.0
    with pytest.raises(vk.EvaluationError) as caught:
        for _ in range(100):
            left = x.headroom_bits
            x, expected = x * 2.0, expected * 2.0
            assert x.headroom_bits < left
            agree(decrypt(x), [expected])
    assert caught.value.name == "HeadroomExhausted"
    agree(decrypt(x), [expected])


def test_keypair_parameters() -> None:
    keys = vk.paillier.generate_keypair(bits=2048, fraction_bits=16, value_bits=64)
    key = keys.public_key
    assert (key.bits, key.fraction_bits, key.value_bits) == (2048, 16, 64)
    assert key.n.bit_length() == 2048 and key.n % 2 == 1
    p, q = keys.secret_key.factors()
    assert p * q == key.n and p > q
    agree(keys.secret_key.decrypt(key.encrypt([2**-16, 1000.5])), [2**-16, 1000.5])
    assert key.key_id in key.describe() and "112 bits" in key.describe()
    assert keys.secret_key.describe() == key.describe()


def test_pool(keys: Keypair) -> None:
    for pool in (keys.public_key.randomizer_pool(5), keys.secret_key.randomizer_pool(5)):
        x = keys.public_key.encrypt([1.5, 2.5], pool=pool)
        y = keys.secret_key.encrypt([7, 8], pool=pool)
        assert len(pool) == 1 and pool
        agree(keys.secret_key.decrypt(x + y), [8.5, 10.5])
        with pytest.raises(vk.ParameterError):
            keys.public_key.encrypt([1, 2], pool=pool)
        assert len(pool) == 1
        pool.fill(1)
        keys.public_key.encrypt([1, 2], pool=pool)
        assert not pool
