"""Additive ElGamal: encrypted arrays do what numpy does on the plain ones, within the range that decryption searches."""

import copy
import os
import pickle
import signal
import threading
import time
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import veilkit as vk
from veilkit import elgamal, paillier
from veilkit.elgamal import EncryptedArray, Keypair, PublicKey, SecretKey, concatenate

RNG = np.random.default_rng(11)
BOUND = 64


@pytest.fixture(scope="module")
def eg() -> Keypair:
    return elgamal.generate_keypair()


@pytest.fixture(scope="module")
def other() -> Keypair:
    return elgamal.generate_keypair()


def agree(ours: Any, numpys: Any) -> None:
    assert np.shape(ours) == np.shape(numpys)
    np.testing.assert_array_equal(np.asarray(ours, dtype=float), np.asarray(numpys, dtype=float))


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
def test_round_trip(eg: Keypair, plain: npt.ArrayLike) -> None:
    encrypted = eg.public_key.encrypt(plain)
    expected = np.asarray(plain)
    assert (encrypted.shape, encrypted.ndim, encrypted.size) == (expected.shape, expected.ndim, expected.size)
    assert encrypted.kind == ("fixed" if expected.dtype.kind == "f" else "int")
    for array in (encrypted, EncryptedArray.from_bytes(bytes(encrypted), eg.public_key), pickle.loads(pickle.dumps(encrypted))):
        back = eg.secret_key.decrypt(array)
        assert back.dtype == (np.float64 if expected.dtype.kind == "f" else np.int64)
        agree(back, expected)


def test_the_ends_of_the_range_come_back(eg: Keypair) -> None:
    ends = np.array([2**32, -(2**32), 2**32 - 1, 0])
    agree(eg.secret_key.decrypt(eg.public_key.encrypt(ends, bound=2**32)), ends)
    wide = elgamal.generate_keypair(decode_bits=40)
    ends = np.array([2**40, -(2**40) + 1])
    agree(wide.secret_key.decrypt(wide.public_key.encrypt(ends, bound=2**40)), ends)


PLAIN = [2, -1.5, True, np.array([1, -2, 3]), np.array([[2], [3]]), [1, 2, 3], np.int32(-3), np.array([0.5, -2.0, 1.0])]


@pytest.mark.parametrize("value", PLAIN, ids=repr)
@pytest.mark.parametrize("kind", [float, int])
def test_operators_with_plain_operands(eg: Keypair, value: Any, kind: type) -> None:
    plain = np.array([[1, -2, 3], [4, 0, -6]], dtype=kind)
    x, numpys, decrypt = eg.public_key.encrypt(plain, bound=6), np.asarray(value), eg.secret_key.decrypt
    whole = numpys.astype(float if numpys.dtype.kind == "f" else int)
    agree(decrypt(x + value), plain + whole)
    agree(decrypt(value + x), whole + plain)
    agree(decrypt(x - value), plain - whole)
    agree(decrypt(value - x), whole - plain)
    agree(decrypt(x.multiply(value, bound=3)), plain * whole)
    agree(decrypt(x.multiply(value, public=True)), plain * whole)
    if isinstance(value, (int, float)):
        agree(decrypt(x * value), plain * whole)
        agree(decrypt(value * x), whole * plain)
        agree(decrypt(np.multiply(value, x)), whole * plain)


def test_operators_between_encrypted_arrays(eg: Keypair) -> None:
    decrypt = eg.secret_key.decrypt
    for _ in range(8):
        a, b = RNG.integers(-BOUND, BOUND, size=(2, 3)), RNG.integers(-9, 9, size=3) / 4
        x, y = eg.public_key.encrypt(a, bound=BOUND), eg.public_key.encrypt(b, bound=9)
        agree(decrypt(x + y), a + b)
        agree(decrypt(y - x), b - a)
        agree(decrypt(x - x), np.zeros((2, 3)))
        agree(decrypt(-x), -a)
        agree(decrypt(np.add(x, y)), a + b)
        agree(decrypt((x * 0.5 + y * 2) - 1), a * 0.5 + b * 2 - 1)


@pytest.mark.parametrize(("shape", "weights"), [((3,), (3,)), ((2, 3), (3,)), ((2, 3), (3, 4)), ((3,), (3, 4))])
@pytest.mark.parametrize("public", [False, True])
def test_products_with_weights(
    eg: Keypair, shape: tuple[int, ...], weights: tuple[int, ...], public: bool
) -> None:
    a, w = RNG.integers(-BOUND, BOUND, size=shape), RNG.integers(-5, 5, size=weights)
    x, decrypt = eg.public_key.encrypt(a, bound=BOUND), eg.secret_key.decrypt
    agree(decrypt(x.dot(w, bound=5, public_weights=public)), a @ w)
    small = eg.public_key.encrypt(a, bound=BOUND)
    agree(decrypt(small @ w), a @ w)
    agree(decrypt(w.T @ eg.public_key.encrypt(a.T, bound=BOUND)), w.T @ a.T)


def test_sums_means_and_arrangement(eg: Keypair) -> None:
    a = RNG.integers(-BOUND, BOUND, size=(4, 3, 2))
    x, decrypt = eg.public_key.encrypt(a, bound=BOUND), eg.secret_key.decrypt
    for axis in (None, 0, 1, -1):
        agree(decrypt(x.sum(axis)), a.sum(axis))
        agree(decrypt(np.sum(x, axis=axis)), a.sum(axis))
        agree(decrypt(x.mean(axis)), a.mean(axis))
    agree(decrypt(x[1:, ::-1, 0]), a[1:, ::-1, 0])
    agree(decrypt(x[..., None, 1]), a[..., None, 1])
    agree(decrypt(x.reshape(6, -1)), a.reshape(6, -1))
    agree(decrypt(x.T), a.T)
    agree(decrypt(x.ravel()), a.ravel())
    agree(decrypt(np.concatenate([x, x * 2], axis=1)), np.concatenate([a, a * 2], axis=1))
    agree(decrypt(concatenate(list(x))), np.concatenate(list(a)))
    agree(decrypt(x.rerandomize()), a)
    assert len(x) == 4 and x.bound_bits == 7 and x.headroom_bits == 26


def test_division(eg: Keypair) -> None:
    x = eg.public_key.encrypt([1, 2, 3], bound=3)
    agree(eg.secret_key.decrypt(x / 4), [0.25, 0.5, 0.75])
    with pytest.raises(vk.ParameterError):
        x / 3
    with pytest.raises(ZeroDivisionError):
        x / 0


def test_what_decryption_might_not_find_is_refused(eg: Keypair) -> None:
    x = eg.public_key.encrypt([1, 2], bound=2**31)
    for call in (lambda: x + x + x, lambda: x * 4, lambda: x * np.array([1, 1]), lambda: x.dot([1, 1])):
        with pytest.raises(vk.EvaluationError) as caught:
            call()
        assert caught.value.name == "HeadroomExhausted"


def test_what_is_beyond_the_claimed_bound_is_an_error_and_no_hang(eg: Keypair) -> None:
    data = bytearray(eg.public_key.encrypt([5], bound=10).to_bytes())
    at = data.index((10).to_bytes(8, "little"), 25)
    data[at] = 4
    start = time.monotonic()
    with pytest.raises(vk.ParameterError) as caught:
        eg.secret_key.decrypt(EncryptedArray.from_bytes(data, eg.public_key))
    assert caught.value.name == "OutOfRange" and time.monotonic() - start < 10


def test_computed_arrays_leave_with_fresh_randomness(eg: Keypair) -> None:
    x = eg.public_key.encrypt([1, 2])
    assert x.to_bytes() == x.to_bytes()
    assert (x + 1).to_bytes() != (x + 1).to_bytes()
    fresh = (x + 1).rerandomize()
    assert fresh.to_bytes() == fresh.to_bytes()


def test_ctrl_c_stops_a_long_search() -> None:
    keys = elgamal.generate_keypair(decode_bits=40)
    encrypted = keys.public_key.encrypt(np.full(200, 2**40 - 1), bound=2**40)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    start = time.monotonic()
    try:
        with pytest.raises(KeyboardInterrupt):
            keys.secret_key.decrypt(encrypted)
    finally:
        timer.join()
        signal.signal(signal.SIGINT, before)
    assert time.monotonic() - start < 10


def test_progress_is_told_to_the_end(eg: Keypair) -> None:
    seen: list[tuple[int, int]] = []
    eg.public_key.encrypt(np.zeros(300), progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (300, 300) and seen == sorted(seen)


def test_keys_are_bytes(eg: Keypair, other: Keypair) -> None:
    again = SecretKey.from_bytes(eg.secret_key.to_bytes())
    assert again.public_key == eg.public_key and hash(again.public_key) == hash(eg.public_key)
    for public in (PublicKey.from_bytes(bytes(eg.public_key)), pickle.loads(pickle.dumps(eg.public_key))):
        assert public == eg.public_key and public.key_id == eg.public_key.key_id
        facts = (public.fraction_bits, public.value_bits, public.decode_bits, len(public.point))
        assert facts == (8, 20, 32, 32)
    assert eg.public_key != other.public_key and eg.public_key != "key"
    assert eg.public_key.key_id in eg.public_key.describe()
    for length in range(len(bytes(eg.public_key))):
        with pytest.raises(vk.EncodingError):
            PublicKey.from_bytes(bytes(eg.public_key)[:length])
        with pytest.raises(vk.EncodingError):
            SecretKey.from_bytes(eg.secret_key.to_bytes()[:length])
    with pytest.raises(vk.EncodingError):
        PublicKey.from_bytes(eg.secret_key.to_bytes())
    with pytest.raises(vk.EncodingError):
        SecretKey.from_bytes(bytes(eg.public_key))


@pytest.mark.parametrize(
    "sizes",
    [{"decode_bits": 41}, {"decode_bits": 7}, {"value_bits": 33}, {"fraction_bits": 21}, {"fraction_bits": -1}],
    ids=repr,
)
def test_sizes_that_are_not_allowed(sizes: dict[str, int]) -> None:
    with pytest.raises(vk.ParameterError) as caught:
        elgamal.generate_keypair(**sizes)
    assert caught.value.name == "InvalidParams"


@pytest.mark.parametrize("values", [np.nan, [np.inf], 4096.5, 2**20 + 1, [-(2**21)]], ids=repr)
def test_values_out_of_range(eg: Keypair, values: Any) -> None:
    with pytest.raises(vk.ParameterError) as caught:
        eg.public_key.encrypt(values)
    assert caught.value.name == "OutOfRange"


def test_arguments_of_other_types(eg: Keypair, keys: paillier.Keypair) -> None:
    x = eg.public_key.encrypt([1, 2])
    paillier_array: Any = keys.public_key.encrypt([1, 2])
    for call in (
        lambda: eg.public_key.encrypt("text"),
        lambda: eg.public_key.encrypt([None]),
        lambda: eg.public_key.encrypt([1], bound="two"),  # type: ignore[arg-type]
        lambda: eg.public_key.encrypt([1], progress=7),  # type: ignore[arg-type]
        lambda: eg.secret_key.decrypt([1]),  # type: ignore[arg-type]
        lambda: eg.secret_key.decrypt(paillier_array),
        lambda: keys.secret_key.decrypt(x),  # type: ignore[arg-type]
        lambda: x + paillier_array,
        lambda: paillier_array - x,
        lambda: concatenate([x, paillier_array]),
        lambda: EncryptedArray.from_bytes(bytes(x), keys.public_key),  # type: ignore[arg-type]
        lambda: EncryptedArray.from_bytes("text", eg.public_key),  # type: ignore[arg-type]
        lambda: elgamal.generate_keypair(decode_bits=32.0),  # type: ignore[arg-type]
        lambda: x * x,
        lambda: x @ x,
        lambda: x == x,  # noqa: PLR0124
        lambda: x < 1,
        lambda: bool(x),
        lambda: np.asarray(x),
        lambda: np.sqrt(x),
        lambda: np.sort(x),
        lambda: hash(x),
        lambda: EncryptedArray(),
        lambda: PublicKey(),
        lambda: SecretKey(),
    ):
        with pytest.raises(TypeError):
            call()  # type: ignore[no-untyped-call]


def test_two_keys_do_not_mix(eg: Keypair, other: Keypair) -> None:
    x, y = eg.public_key.encrypt([1]), other.public_key.encrypt([1])
    for call in (
        lambda: x + y,
        lambda: concatenate([x, y]),
        lambda: other.secret_key.decrypt(x),
        lambda: EncryptedArray.from_bytes(bytes(x), other.public_key),
    ):
        with pytest.raises(vk.ParameterError) as caught:
            call()
        assert caught.value.name == "ParamsMismatch"


def test_damaged_bytes(eg: Keypair) -> None:
    data = bytes(eg.public_key.encrypt([1, 2]))
    for length in range(len(data)):
        with pytest.raises(vk.EncodingError):
            EncryptedArray.from_bytes(data[:length], eg.public_key)
    with pytest.raises(vk.EncodingError):
        EncryptedArray.from_bytes(data + b"\0", eg.public_key)


def test_secrets_are_not_shown_pickled_copied_or_compared(eg: Keypair) -> None:
    secret = eg.secret_key.to_bytes()[-32:].hex()
    shown = f"{eg!r} {eg.secret_key!r} {eg.secret_key} {eg.public_key.encrypt([987654])!r}"
    assert secret[:12] not in shown and secret[-12:] not in shown and "987654" not in shown
    for value in (eg, eg.secret_key):
        assert not hasattr(value, "__dict__")
        for call in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(TypeError, match="pickled"):
                call(value)
    with pytest.raises(TypeError):
        eg.secret_key == eg.secret_key  # noqa: B015
    with pytest.raises(TypeError):
        hash(eg.secret_key)
    with pytest.raises(TypeError):
        bytes(eg.secret_key)  # type: ignore[call-overload]
