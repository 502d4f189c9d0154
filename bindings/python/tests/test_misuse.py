"""Bad input of every call of `veilkit.paillier`: a typed error that names the argument, never a wrong answer."""

import copy
import pickle
from typing import Any

import numpy as np
import pytest

import veilkit as vk
from veilkit import paillier
from veilkit.paillier import EncryptedArray, Keypair, PublicKey, RandomizerPool, SecretKey

NOT_NUMBERS: list[Any] = [
    "text",
    ["1", "2"],
    b"bytes",
    None,
    [None],
    object(),
    [1 + 2j],
    np.array(["2020-01-01"], dtype="datetime64[D]"),
    np.array([1, "a"], dtype=object),
    {"a": 1},
]
NOT_FINITE = [np.nan, np.inf, -np.inf, [1.0, np.nan]]


@pytest.mark.parametrize("values", NOT_NUMBERS, ids=repr)
def test_what_is_no_number(keys: Keypair, values: Any) -> None:
    x = keys.public_key.encrypt([1])
    for call in (
        lambda: keys.public_key.encrypt(values),
        lambda: keys.secret_key.encrypt(values, packed=True),
        lambda: x + values,
        lambda: values - x,
        lambda: x * values,
        lambda: x.dot(values),
        lambda: x.multiply(values),
    ):
        with pytest.raises(TypeError):
            call()


@pytest.mark.parametrize("values", NOT_FINITE, ids=repr)
def test_what_is_not_finite(keys: Keypair, values: Any) -> None:
    x = keys.public_key.encrypt([1.0, 2.0])
    for call in (
        lambda: keys.public_key.encrypt(values),
        lambda: keys.secret_key.encrypt(values),
        lambda: keys.public_key.encrypt(values, packed=True, bound=10),
        lambda: x + values,
        lambda: values * x,
        lambda: x @ np.broadcast_to(values, 2),
    ):
        with pytest.raises(vk.ParameterError) as caught:
            call()
        assert caught.value.name == "OutOfRange"


@pytest.mark.parametrize("values", [2.0**47, -1e300, 2**63, [2**64], np.uint64(2**63), -(2**63) - 1])
def test_what_is_out_of_range(keys: Keypair, values: Any) -> None:
    with pytest.raises(vk.ParameterError) as caught:
        keys.public_key.encrypt(values)
    assert caught.value.name == "OutOfRange"


@pytest.mark.parametrize("bound", [-1, float("nan"), float("inf"), 2**70])
def test_bounds_that_are_none(keys: Keypair, bound: float) -> None:
    for values in ([1], [1.0]):
        with pytest.raises(vk.ParameterError):
            keys.public_key.encrypt(values, bound=bound)
        with pytest.raises(vk.ParameterError):
            keys.public_key.encrypt(values).multiply(values, bound=bound)
    with pytest.raises(TypeError):
        keys.public_key.encrypt([1], bound="1")  # type: ignore[call-overload]
    with pytest.raises(TypeError):
        keys.public_key.encrypt([1], bound=True)


def test_values_beyond_the_bound(keys: Keypair) -> None:
    for values, bound in [([1, 11], 10), ([-10.5], 10), ([1.0], 0)]:
        with pytest.raises(vk.ParameterError):
            keys.public_key.encrypt(values, bound=bound)
    with pytest.raises(vk.ParameterError):
        keys.public_key.encrypt([1]).dot([11], bound=10)


def test_shapes_that_do_not_fit(keys: Keypair) -> None:
    x = keys.public_key.encrypt(np.zeros((2, 3)))
    for call in (
        lambda: x + np.zeros(2),
        lambda: x + keys.public_key.encrypt(np.zeros(2)),
        lambda: x * np.zeros((3, 3)),
        lambda: x @ np.zeros(2),
        lambda: np.zeros((2, 3)) @ x,
        lambda: x.reshape(5),
        lambda: x.reshape(-1, -1),
        lambda: x.sum(axis=2),
        lambda: x.mean(axis=-3),
        lambda: paillier.concatenate([x, x[:, :2]]),
        lambda: paillier.concatenate([]),
        lambda: paillier.concatenate([x], axis=2),
        lambda: keys.public_key.encrypt(np.zeros((1,) * 9)),
    ):
        with pytest.raises(vk.ParameterError) as caught:
            call()
        assert caught.value.name == "ShapeMismatch"


@pytest.mark.parametrize("index", [2, -3, (0, 3), (0, 0, 0), (..., ...)], ids=repr)
def test_indices_that_do_not_exist(keys: Keypair, index: Any) -> None:
    with pytest.raises(IndexError):
        keys.public_key.encrypt(np.zeros((2, 3), dtype=int))[index]


@pytest.mark.parametrize("index", ["a", 1.0, [0, 1], np.array([0]), True, (0, [0])], ids=repr)
def test_indices_of_other_types(keys: Keypair, index: Any) -> None:
    with pytest.raises(TypeError):
        keys.public_key.encrypt(np.zeros((2, 3), dtype=int))[index]


def test_an_array_without_axes_has_no_length(keys: Keypair) -> None:
    x = keys.public_key.encrypt(1)
    for call in (lambda: len(x), lambda: list(x)):
        with pytest.raises(TypeError):
            call()
    with pytest.raises(IndexError):
        x[0]


def test_encrypted_numbers_are_not_multiplied_compared_or_converted(keys: Keypair) -> None:
    x = keys.public_key.encrypt([1.0, 2.0])
    for call in (
        lambda: x * x,
        lambda: x @ x,
        lambda: x.dot(x),
        lambda: x.multiply(x),
        lambda: x**2,
        lambda: x == x,
        lambda: x != 1,
        lambda: x < 2,
        lambda: x >= np.zeros(2),
        lambda: np.zeros(2) < x,
        lambda: bool(x),
        lambda: not x,
        lambda: float(x),
        lambda: hash(x),
        lambda: np.asarray(x),
        lambda: np.array([x, x]),
        lambda: 1 in x,
        lambda: paillier.concatenate([x, np.zeros(2)]),
    ):
        with pytest.raises(TypeError):
            call()
    with pytest.raises(TypeError, match="decrypt"):
        np.asarray(x)


def test_two_keys_do_not_mix(keys: Keypair, other_keys: Keypair) -> None:
    x, y = keys.public_key.encrypt([1]), other_keys.public_key.encrypt([1])
    pool = other_keys.public_key.randomizer_pool(1)
    for call in (
        lambda: x + y,
        lambda: x - y,
        lambda: paillier.concatenate([x, y]),
        lambda: other_keys.secret_key.decrypt(x),
        lambda: EncryptedArray.from_bytes(x.to_bytes(), other_keys.public_key),
        lambda: keys.public_key.encrypt([1], pool=pool),
    ):
        with pytest.raises(vk.ParameterError) as caught:
            call()
        assert caught.value.name == "ParamsMismatch"
    assert len(pool) == 1
    assert keys.public_key != other_keys.public_key and keys.public_key != "key"


def test_tampered_bytes(keys: Keypair, other_keys: Keypair) -> None:
    x = keys.public_key.encrypt([1, 2])
    data = x.to_bytes()
    for length in [*range(0, 60), len(data) - 512, len(data) - 1]:
        with pytest.raises(vk.EncodingError):
            EncryptedArray.from_bytes(data[:length], keys.public_key)
    with pytest.raises(vk.EncodingError) as caught:
        EncryptedArray.from_bytes(data + b"\0", keys.public_key)
    assert caught.value.name == "TrailingBytes"
    with pytest.raises(vk.EncodingError) as caught:
        EncryptedArray.from_bytes(data[:2] + b"\x02" + data[3:], keys.public_key)
    assert caught.value.name == "UnsupportedVersion"
    n = keys.public_key.n
    p, _ = keys.secret_key.factors()
    for bad in (0, n, 2 * n, p, n**2, n**2 + 1, 2**4096 - 1):
        tampered = data[:-512] + bad.to_bytes(512, "little")
        with pytest.raises(vk.EncodingError):
            EncryptedArray.from_bytes(tampered, keys.public_key)
    # A huge announced shape takes no memory.
    at = 9 + 16 + 1
    with pytest.raises(vk.EncodingError):
        EncryptedArray.from_bytes(data[:at] + b"\xff\xff\xff\x7f" + data[at + 4 :], keys.public_key)


def test_an_altered_ciphertext_is_not_decrypted_beyond_its_bound(keys: Keypair) -> None:
    data = bytearray(keys.public_key.encrypt([1, 2], bound=3).to_bytes())
    data[-400] ^= 1
    with pytest.raises(vk.CryptoError) as caught:
        keys.secret_key.decrypt(EncryptedArray.from_bytes(data, keys.public_key))
    assert caught.value.name == "DecryptionFailed"


@pytest.mark.parametrize("factor", ["even", "prime", "square", "small factor", "one", "zero"])
def test_moduli_that_are_none(keys: Keypair, factor: str) -> None:
    n = {
        "even": keys.public_key.n - 1,
        "prime": 2**2048 - 1942289,
        "square": (2**1023 + 2**1022 + 1155) ** 2 if False else (keys.secret_key.factors()[0]) ** 2,
        "small factor": (2**2047 + 1) // 3 * 3,
        "one": 1,
        "zero": 0,
    }[factor]
    data = keys.public_key.to_bytes()
    tampered = data[:13] + (n % 2**2048).to_bytes(256, "little") + data[13 + 256 :]
    with pytest.raises(vk.EncodingError):
        PublicKey.from_bytes(tampered)


def test_bytes_of_keys(keys: Keypair) -> None:
    public, secret = keys.public_key.to_bytes(), keys.secret_key.to_bytes()
    for length in [0, 1, 8, 12, 13, 200, len(public) - 1]:
        with pytest.raises(vk.EncodingError):
            PublicKey.from_bytes(public[:length])
        with pytest.raises(vk.EncodingError):
            SecretKey.from_bytes(secret[: min(length, len(secret) - 1)])
    with pytest.raises(vk.EncodingError):
        PublicKey.from_bytes(secret)
    with pytest.raises(vk.EncodingError):
        SecretKey.from_bytes(public)
    tampered = bytearray(secret)
    tampered[20] ^= 2
    with pytest.raises(vk.EncodingError):
        SecretKey.from_bytes(tampered)
    for wrong in (None, 7, "text", [1], object()):
        with pytest.raises(TypeError):
            PublicKey.from_bytes(wrong)  # type: ignore[arg-type]
        with pytest.raises(TypeError):
            SecretKey.from_bytes(wrong)  # type: ignore[arg-type]
        with pytest.raises(TypeError):
            EncryptedArray.from_bytes(wrong, keys.public_key)  # type: ignore[arg-type]
        with pytest.raises(TypeError):
            EncryptedArray.from_bytes(public, wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "arguments",
    [
        {"bits": 1024},
        {"bits": 0},
        {"bits": -2048},
        {"bits": 2049},
        {"bits": 2**40},
        {"bits": 2048, "fraction_bits": 121},
        {"bits": 2048, "fraction_bits": -1},
        {"bits": 2048, "value_bits": 40},
        {"bits": 2048, "value_bits": 200},
    ],
    ids=repr,
)
def test_sizes_that_are_not_allowed(arguments: dict[str, int]) -> None:
    with pytest.raises(vk.ParameterError) as caught:
        paillier.generate_keypair(**arguments)
    assert caught.value.name == "InvalidParams"


def test_sizes_of_other_types() -> None:
    for bits in (2048.0, "2048", None):
        with pytest.raises(TypeError):
            paillier.generate_keypair(bits=bits)  # type: ignore[arg-type]


def test_arguments_of_other_types(keys: Keypair) -> None:
    x = keys.public_key.encrypt([1, 2])
    for call in (
        lambda: keys.secret_key.decrypt([1]),
        lambda: keys.secret_key.decrypt(None),
        lambda: keys.public_key.encrypt([1], pool=7),
        lambda: keys.public_key.encrypt([1], progress=7),
        lambda: keys.public_key.encrypt([1], progress="bar"),
        lambda: keys.public_key.randomizer_pool(1.5),
        lambda: RandomizerPool(7),
        lambda: x.sum(axis=0.5),
        lambda: x.sum(axis=(0,)),
        lambda: x + x.to_bytes(),
        lambda: vk.set_threads("two"),
    ):
        with pytest.raises(TypeError):
            call()
    with pytest.raises(vk.ParameterError):
        keys.public_key.randomizer_pool(-1)


@pytest.mark.parametrize("cls", [PublicKey, SecretKey, EncryptedArray, paillier.PackedArray])
def test_nothing_is_made_by_its_constructor(cls: type) -> None:
    with pytest.raises(TypeError):
        cls()


def test_secrets_are_not_shown_pickled_copied_or_compared(keys: Keypair) -> None:
    p, q = keys.secret_key.factors()
    pool = keys.public_key.randomizer_pool(1)
    shown = "".join(f"{part!r} {part} {part:}" for part in (keys, keys.secret_key, keys.public_key, pool))
    shown += keys.secret_key.describe() + repr(keys.public_key.encrypt([123456789]))
    for secret in (p, q):
        for text in (str(secret), hex(secret)[2:], secret.to_bytes(128, "little").hex()):
            assert text[:12] not in shown and text[-12:] not in shown
    assert "123456789" not in shown
    for value in (keys, keys.secret_key, pool):
        for call in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(TypeError, match="pickled"):
                call(value)
    with pytest.raises(TypeError):
        keys.secret_key == keys.secret_key  # noqa: B015
    with pytest.raises(TypeError):
        hash(keys.secret_key)
    with pytest.raises(TypeError):
        bytes(keys.secret_key)  # type: ignore[call-overload]
    for value in (keys, keys.secret_key, keys.public_key):
        assert not hasattr(value, "__dict__")


def test_error_texts_hold_no_values(keys: Keypair) -> None:
    with pytest.raises(vk.ParameterError) as caught:
        keys.public_key.encrypt([987654321.125], bound=1)
    assert "987654321" not in str(caught.value)
