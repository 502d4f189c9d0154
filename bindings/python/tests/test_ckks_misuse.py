"""Bad input of every call of `veilkit.ckks`: a typed error that names the argument, never a wrong answer."""

from typing import Any

import numpy as np
import pytest

import veilkit as vk
from veilkit import ckks
from veilkit.ckks import EncryptedArray, EvaluationKeys, Keys, Params, PublicKey, ReleaseBudget, SecretKey

NOT_NUMBERS: list[Any] = [
    "text",
    ["1", "2"],
    b"bytes",
    None,
    [None],
    object(),
    np.array(["2020-01-01"], dtype="datetime64[D]"),
    np.array([1, "a"], dtype=object),
    {"a": 1},
]
NOT_FINITE = [np.nan, np.inf, -np.inf, [1.0, np.nan], complex(0, np.inf)]


@pytest.fixture(scope="module")
def keys() -> Keys:
    return ckks.generate_keys(Params.depth_2())


@pytest.fixture(scope="module")
def other_keys() -> Keys:
    return ckks.generate_keys(Params.depth_2(), rotations=[], relinearization=False)


@pytest.mark.parametrize("values", NOT_NUMBERS, ids=repr)
def test_what_is_no_number(keys: Keys, values: Any) -> None:
    x = keys.public_key.encrypt([1])
    for call in (
        lambda: keys.public_key.encrypt(values),
        lambda: keys.secret_key.encrypt(values),
        lambda: x + values,
        lambda: values - x,
        lambda: x * values,
        lambda: x @ values,
        lambda: x.dot(values),
        lambda: x.multiply(values),
    ):
        with pytest.raises(TypeError):
            call()


@pytest.mark.parametrize("values", NOT_FINITE, ids=repr)
def test_what_is_not_finite(keys: Keys, values: Any) -> None:
    x = keys.public_key.encrypt([1.0, 1.0])
    for call in (
        lambda: keys.public_key.encrypt(values),
        lambda: keys.secret_key.encrypt(values, bound=10),
        lambda: x + values,
        lambda: values * x,
        lambda: x @ np.broadcast_to(values, 2),
    ):
        with pytest.raises(vk.ParameterError) as caught:
            call()
        assert caught.value.name == "OutOfRange"


def test_values_beyond_the_declared_bound(keys: Keys) -> None:
    for values, bound in (([1.5], 1.0), ([-3], 2.9), ([3 + 4j], 4.9)):
        with pytest.raises(vk.ParameterError) as caught:
            keys.public_key.encrypt(values, bound)
        assert caught.value.name == "OutOfRange" and "bound" in caught.value.what
    with pytest.raises(vk.EvaluationError):
        keys.public_key.encrypt([1.0], bound=2.0**110)
    with pytest.raises(vk.ParameterError):
        keys.public_key.encrypt([1.0]).add([3.0], bound=2)


@pytest.mark.parametrize("bound", [-1, 0, float("nan"), float("inf"), 10**400])
def test_bounds_that_are_none(keys: Keys, bound: float) -> None:
    x = keys.public_key.encrypt([1.0])
    for call in (
        lambda: keys.public_key.encrypt([0.5], bound),
        lambda: x.multiply([0.5], bound=bound),
        lambda: x.add([0.5], bound=bound),
        lambda: keys.secret_key.release(x, keys.secret_key.release_budget(1), at_most_error=bound),
    ):
        with pytest.raises(vk.ParameterError):
            call()
    with pytest.raises(TypeError):
        keys.public_key.encrypt([0.5], bound="1")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        keys.public_key.encrypt([0.5], bound=True)


def test_shapes_that_do_not_fit(keys: Keys) -> None:
    x = keys.public_key.encrypt(np.ones((2, 3)))
    for call in (
        lambda: x + [1.0, 2.0],
        lambda: x * keys.public_key.encrypt([1.0, 1.0]),
        lambda: x @ x,
        lambda: x @ [1.0, 2.0],
        lambda: x.sum(2),
        lambda: x.mean(-3),
        lambda: x.reshape(4),
        lambda: x.broadcast_to((3, 3)),
        lambda: x[:0],
        lambda: keys.public_key.encrypt([]),
        lambda: ckks.concatenate([x, x.T]),
        lambda: ckks.concatenate([]),
    ):
        with pytest.raises(vk.ParameterError) as caught:
            call()
        assert caught.value.name == "ShapeMismatch"
    with pytest.raises(IndexError):
        x[2]
    with pytest.raises(TypeError):
        x[[0, 1]]


def test_running_out_of_levels_names_the_fix(keys: Keys) -> None:
    x = keys.public_key.encrypt(np.full((2, 3), 0.5))
    spent = x * x * x
    assert spent.level == 0
    for call, what in (
        (lambda: spent * spent, "multiply"),
        (lambda: spent * 0.5, "multiply"),
        (lambda: spent.sum(1), "sum"),
        (lambda: spent.mean(), "mean"),
        (lambda: x.square().var(), "var"),
        (lambda: spent[0], "rearrangement"),
    ):
        with pytest.raises(vk.EvaluationError) as caught:
            call()
        assert caught.value.what.startswith(what) and "choose parameters with more moduli" in caught.value.what
    assert (spent * 2 + 1).level == 0 and spent.sum().level == 0


def test_a_missing_key_is_named(keys: Keys, other_keys: Keys) -> None:
    x = other_keys.public_key.encrypt([0.5, 0.25])
    for call in (lambda: x * x, lambda: x * other_keys.public_key.encrypt([1.0]), lambda: x.sum(), lambda: x[1]):
        with pytest.raises(vk.ParameterError) as caught:
            call()
        assert caught.value.name == "MissingKey"
    only = other_keys.secret_key.make_evaluation_keys(rotations=[5])
    with pytest.raises(vk.ParameterError) as caught:
        only.attach(x)[1]
    assert caught.value.step is not None
    bare = EncryptedArray.from_bytes(keys.public_key.encrypt([0.5, 0.25]).to_bytes())
    for call in (lambda: bare * bare, lambda: bare.sum(), lambda: bare[1]):
        with pytest.raises(vk.ParameterError) as caught:
            call()
        assert caught.value.name == "MissingKey" and "evaluation keys" in caught.value.what
    with pytest.raises(vk.ParameterError) as caught:
        (keys.public_key.encrypt([1j])).conj()
    assert caught.value.name == "MissingKey"


def test_objects_of_two_keys(keys: Keys, other_keys: Keys) -> None:
    x, y = keys.public_key.encrypt([0.5]), other_keys.public_key.encrypt([0.5])
    sums = ckks.generate_keys(Params.sums()).public_key.encrypt([0.5])
    for call in (
        lambda: x + y,
        lambda: x - sums,
        lambda: x * y,
        lambda: ckks.concatenate([x, y]),
        lambda: keys.secret_key.decrypt(y),
        lambda: keys.secret_key.decrypt(sums),
        lambda: keys.evaluation_keys.attach(y),
        lambda: EncryptedArray.from_bytes(y.to_bytes(), keys.evaluation_keys),
        lambda: keys.secret_key.release(y, keys.secret_key.release_budget(5), at_most_error=1),
        lambda: keys.secret_key.release(x, other_keys.secret_key.release_budget(5), at_most_error=1),
    ):
        with pytest.raises(vk.ParameterError) as caught:
            call()
        assert caught.value.name == "ParamsMismatch"


def test_what_would_hide_nothing(keys: Keys) -> None:
    x = keys.public_key.encrypt([0.5])
    for call in (lambda: x * 0, lambda: x - x, lambda: x * [0.0]):
        with pytest.raises(vk.ParameterError) as caught:
            call()
        assert caught.value.name == "OutOfRange"


def test_what_encrypted_numbers_cannot_do(keys: Keys) -> None:
    x = keys.public_key.encrypt([0.5, 0.25])
    calls: list[Any] = [
        lambda: x < 1,
        lambda: x == x,
        lambda: bool(x),
        lambda: np.asarray(x),
        lambda: float(x),  # type: ignore[arg-type]
        lambda: 1 / x,
        lambda: x / x,
        lambda: x**0.5,
        lambda: x**-1,
        lambda: x**x,
        lambda: np.sqrt(x),
        lambda: np.sort(x),
        lambda: hash(x),
        lambda: vk.ckks.EncryptedArray(),
        lambda: ckks.PublicKey(),
        lambda: ckks.SecretKey(),
        lambda: ckks.EvaluationKeys(),
        lambda: ckks.ReleaseBudget(),
        lambda: keys.secret_key == keys.secret_key,
        lambda: hash(keys.secret_key),
    ]
    for call in calls:
        with pytest.raises(TypeError):
            call()
    with pytest.raises(ZeroDivisionError):
        x / 0


def test_parameters_that_are_refused() -> None:
    good: dict[str, Any] = {"degree": 8192, "moduli_bits": [60, 40, 40, 60], "scale_bits": 40}
    Params(**good)
    bad: list[dict[str, Any]] = [
        {"degree": 4096},
        {"degree": 8191},
        {"degree": 0},
        {"moduli_bits": []},
        {"moduli_bits": [60]},
        {"moduli_bits": [60, 40, 40, 40, 60, 60]},
        {"moduli_bits": [60, 40, 41, 60]},
        {"moduli_bits": [60, 40, 40, 62]},
        {"scale_bits": 0},
        {"scale_bits": 61},
        {"key_moduli": 0},
        {"key_moduli": 4},
        {"digits": 0},
        {"digits": 9},
        {"security": "none"},
        {"security": "classical-256"},
        {"degree": -1},
        {"degree": 2**40},
    ]
    for change in bad:
        with pytest.raises(vk.ParameterError) as caught:
            Params(**{**good, **change})
        assert caught.value.name == "InvalidParams", change
    for wrong in ({"degree": 8192.0}, {"scale_bits": "40"}, {"security": 128}):
        with pytest.raises(TypeError):
            Params(**{**good, **wrong})
    with pytest.raises(TypeError):
        ckks.generate_keys("depth_2")  # type: ignore[arg-type]


def test_bytes_that_are_not_what_they_should_be(keys: Keys) -> None:
    x = keys.public_key.encrypt([0.5])
    readers: dict[str, tuple[Any, bytes]] = {
        "array": (EncryptedArray.from_bytes, x.to_bytes()),
        "public": (PublicKey.from_bytes, keys.public_key.to_bytes()),
        "secret": (SecretKey.from_bytes, keys.secret_key.to_bytes()),
        "evaluation": (EvaluationKeys.from_bytes, keys.evaluation_keys.to_bytes()),
        "budget": (ReleaseBudget.from_bytes, keys.secret_key.release_budget(3).to_bytes()),
        "params": (Params.from_bytes, keys.public_key.params.to_bytes()),
    }
    for name, (read, good) in readers.items():
        assert read(good).to_bytes() == good
        for bad in (b"", good[:-1], good + b"\0", good[:9], b"VK" + bytes(60), bytes(len(good))):
            with pytest.raises(vk.EncodingError):
                read(bad)
        for other, (_, data) in readers.items():
            if other != name:
                with pytest.raises(vk.EncodingError):
                    read(data)
        with pytest.raises(TypeError):
            read("text")
    with pytest.raises(TypeError):
        EncryptedArray.from_bytes(x.to_bytes(), keys.public_key)  # type: ignore[arg-type]


def test_arguments_of_the_wrong_type(keys: Keys) -> None:
    secret: Any = keys.secret_key
    budget = secret.release_budget(1)
    x = keys.public_key.encrypt([0.5])
    for call in (
        lambda: secret.decrypt([0.5]),
        lambda: secret.release([0.5], budget, at_most_error=1),
        lambda: secret.release(x, None, at_most_error=1),
        lambda: secret.release(x, budget, at_most_error="1"),
        lambda: secret.release(x, budget),
        lambda: keys.evaluation_keys.attach([0.5]),  # type: ignore[arg-type]
        lambda: x.sum(axis=0.5),  # type: ignore[arg-type]
        lambda: x.sum(progress="yes"),  # type: ignore[arg-type]
        lambda: secret.release_budget(1.5),
    ):
        with pytest.raises(TypeError):
            call()
    assert budget.left == 1
    for arguments in ({"releases": 0}, {"releases": 5, "statistical_bits": 29}, {"releases": 5, "statistical_bits": 61}):
        with pytest.raises(vk.ParameterError):
            secret.release_budget(**arguments)


def test_rolls_that_do_not_exist(keys: Keys, other_keys: Keys) -> None:
    x = keys.public_key.encrypt([1.0, 0.5])
    for axis in (1, -2):
        with pytest.raises(vk.ParameterError):
            x.roll(1, axis)
    for shift in (1.5, "1", None):
        with pytest.raises(TypeError):
            x.roll(shift)  # type: ignore[arg-type]
    bare = EncryptedArray.from_bytes(x.to_bytes())
    for array in (bare, other_keys.public_key.encrypt([1.0, 0.5])):
        with pytest.raises(vk.ParameterError) as caught:
            array.roll(1)
        assert caught.value.name == "MissingKey"
    spent = keys.public_key.encrypt([0.1, 0.2, 0.3]) * 0.5 * 0.5
    with pytest.raises(vk.EvaluationError, match="no level left"):
        spent.roll(1)


@pytest.mark.parametrize("matrix", [[1.0], [[[1.0]]], [[0.0]], [[np.nan]], np.ones((4097, 1)), np.ones((0, 3))], ids=repr)
def test_matrices_that_are_none(matrix: Any) -> None:
    with pytest.raises(vk.ParameterError):
        ckks.LinearTransform(matrix, Params.depth_2())


def test_transforms_that_do_not_fit(keys: Keys, other_keys: Keys) -> None:
    params = Params.depth_2()
    for call in (
        lambda: ckks.LinearTransform([["a"]], params),
        lambda: ckks.LinearTransform([[1.0]], "depth_2"),  # type: ignore[arg-type]
        lambda: ckks.MatrixProduct(2.0, params),  # type: ignore[arg-type]
        lambda: ckks.generate_keys(params, transforms=[3]),  # type: ignore[list-item]
    ):
        with pytest.raises(TypeError):
            call()
    for level in (3, 2**40):
        with pytest.raises(vk.ParameterError):
            ckks.LinearTransform([[1.0]], params, level=level)
    with pytest.raises(vk.EvaluationError):
        ckks.LinearTransform([[1.0]], params, level=0)
    for dimension in (0, 3, 128):
        with pytest.raises(vk.ParameterError):
            ckks.MatrixProduct(dimension, Params.depth_4())
    with pytest.raises(vk.EvaluationError):
        ckks.MatrixProduct(2, params)
    transform = ckks.LinearTransform(np.ones((4, 4)), params)
    x = keys.public_key.encrypt(np.ones(4))
    with pytest.raises(TypeError):
        transform @ np.ones(4)  # type: ignore[operator]
    with pytest.raises(TypeError):
        transform.apply(np.ones(4))  # type: ignore[arg-type]
    for array, name in (
        (keys.public_key.encrypt(np.ones(5)), "ShapeMismatch"),
        (keys.public_key.encrypt(np.ones((4, 4))), "ShapeMismatch"),
        (EncryptedArray.from_bytes(x.to_bytes()), "MissingKey"),
        (other_keys.public_key.encrypt(np.ones(4)), "MissingKey"),
    ):
        with pytest.raises(vk.ParameterError) as caught:
            transform @ array
        assert caught.value.name == name
    with pytest.raises(vk.EvaluationError):
        transform @ (x * 0.5)
    foreign = ckks.generate_keys(Params.sums()).public_key.encrypt(np.ones(4))
    with pytest.raises(vk.ParameterError) as caught:
        transform @ foreign
    assert caught.value.name == "ParamsMismatch"


def test_matrix_products_that_do_not_fit() -> None:
    params = Params.depth_4()
    product = ckks.MatrixProduct(4, params)
    keys = ckks.generate_keys(params, rotations=[], transforms=[product])
    square = keys.public_key.encrypt(np.ones((4, 4)))
    for other, name in (
        (keys.public_key.encrypt(np.ones(4)), "ShapeMismatch"),
        (keys.public_key.encrypt(np.ones((3, 4))), "ShapeMismatch"),
        (keys.public_key.encrypt(np.ones((4, 2))), "ShapeMismatch"),
        (keys.public_key.encrypt(np.ones((8, 8))), "ShapeMismatch"),
        (ckks.generate_keys(params, rotations=[]).public_key.encrypt(np.ones((4, 4))), "ParamsMismatch"),
    ):
        with pytest.raises(vk.ParameterError) as caught:
            product.multiply(square, other)
        assert caught.value.name == name
    with pytest.raises(TypeError):
        product.multiply(square, np.ones((4, 4)))  # type: ignore[arg-type]
    with pytest.raises(vk.EvaluationError):
        product.multiply(square * 0.5, square)
    bare = EncryptedArray.from_bytes(square.to_bytes())
    with pytest.raises(vk.ParameterError) as caught:
        product.multiply(bare, bare)
    assert caught.value.name == "MissingKey"


def test_release_errors_that_cannot_be_told() -> None:
    params = Params.depth_2()
    for call in (
        lambda: params.release_error(0),
        lambda: params.release_error(1, statistical_bits=29),
        lambda: params.release_error(1, count=0),
        lambda: params.release_error(1, count=4097),
        lambda: params.release_error(1, multiplications=3),
    ):
        with pytest.raises(vk.ParameterError):
            call()
    with pytest.raises(TypeError):
        params.release_error(1.5)  # type: ignore[arg-type]
