"""Encrypted arrays against numpy: the same expression on numbers and on their encryptions, within the tracked bound."""

import copy
import pickle
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import veilkit as vk
from veilkit import ckks
from veilkit.ckks import EncryptedArray, EvaluationKeys, Keys, Params, PublicKey, ReleaseBudget, SecretKey

Reals = npt.NDArray[np.float64]


@pytest.fixture(scope="module")
def keys() -> Keys:
    return ckks.generate_keys(Params.depth_4(), conjugation=True)


def data(*shape: int, seed: int = 1) -> Reals:
    return np.random.default_rng(seed).uniform(-1, 1, shape)


def check(keys: Keys, found: EncryptedArray, expected: Any, most: float = 1e-4) -> None:
    values = keys.secret_key.decrypt(found)
    assert values.shape == np.shape(expected) == found.shape
    assert values.dtype == found.dtype
    assert np.all(np.abs(values - expected) <= found.error_bound)
    assert np.all(np.abs(values - expected) <= most)
    assert np.all(np.abs(expected) <= found.bound * (1 + 1e-9))


@pytest.mark.parametrize("shape", [(), (1,), (5,), (8192,), (8193,), (3, 5), (300, 30), (2, 3, 4)])
def test_round_trips(keys: Keys, shape: tuple[int, ...]) -> None:
    x = data(*shape)
    for key in (keys.public_key, keys.secret_key):
        encrypted = key.encrypt(x)
        check(keys, encrypted, x)
        again = EncryptedArray.from_bytes(encrypted.to_bytes())
        assert again.to_bytes() == encrypted.to_bytes()
        check(keys, again, x)
    assert (encrypted.ndim, encrypted.size) == (x.ndim, x.size)
    assert 2 * len(keys.secret_key.encrypt(x).to_bytes()) < 1.01 * len(keys.public_key.encrypt(x).to_bytes())


@pytest.mark.parametrize("values", [[1, 0], [True, False], np.float32([0.5, 0.25]), np.int8([1, -1]), [0.5 + 0.25j, -1j]])
def test_every_kind_of_number(keys: Keys, values: Any) -> None:
    check(keys, keys.public_key.encrypt(values), np.asarray(values) + 0.0)


OPERATIONS: list[Callable[[Any, Any], Any]] = [
    lambda x, y: x + y,
    lambda x, y: x - y,
    lambda x, y: y - x,
    lambda x, y: x * y,
    lambda x, y: -x * y + 3 * x - 0.5,
    lambda x, y: np.add(y, x) * np.subtract(1, x),
]


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("shapes", [((5,), (5,)), ((), (5,)), ((300, 30), (30,)), ((3, 5), (3, 1)), ((6, 1), (1, 7))])
def test_operators(keys: Keys, operation: Callable[[Any, Any], Any], shapes: tuple[Any, Any]) -> None:
    x, y = data(*shapes[0]), data(*shapes[1], seed=2)
    a, b = keys.public_key.encrypt(x), keys.public_key.encrypt(y)
    check(keys, operation(a, b), operation(x, y))
    check(keys, operation(a, y), operation(x, y))
    if np.shape(x) == np.broadcast(x, y).shape:  # where nothing is stretched, adding and scaling takes no keys
        bare = EncryptedArray.from_bytes(a.to_bytes())
        check(keys, bare + y, x + y)


def test_scalars_and_powers(keys: Keys) -> None:
    x = data(40)
    a = keys.public_key.encrypt(x)
    for scaled, expected in ((a * 7, x * 7), (a / 4, x / 4), (a / [0.5] * 1.5, x * 3), (np.float64(0.1) * a, x / 10)):
        check(keys, scaled, expected)
    assert (a * 7).level == a.level and (a * 0.7).level == a.level - 1
    for power, levels in ((1, 0), (2, 1), (3, 2), (4, 2), (7, 3)):
        found = a**power
        check(keys, found, x**power)
        assert found.level == a.level - levels
    assert (a * a).level == a.square().level == a.level - 1
    check(keys, np.negative(+a), -x)


@pytest.mark.parametrize("axis", [None, 0, 1, -1])
@pytest.mark.parametrize("shape", [(3, 5), (300, 30)])
def test_reductions(keys: Keys, shape: tuple[int, int], axis: int | None) -> None:
    x = data(*shape)
    a = keys.public_key.encrypt(x)
    check(keys, a.sum(axis), x.sum(axis), 1e-2)
    check(keys, np.mean(a, axis), x.mean(axis))
    check(keys, a.var(axis), x.var(axis))
    check(keys, a.var(axis, ddof=1), x.var(axis, ddof=1))
    check(keys, np.sum(a, axis=axis), x.sum(axis), 1e-2)


def test_products(keys: Keys) -> None:
    x, w, v = data(300, 30), data(30, seed=2), data(300, seed=3)
    a, b = keys.public_key.encrypt(x), keys.public_key.encrypt(w)
    check(keys, a @ b, x @ w)
    check(keys, a @ w, x @ w)
    check(keys, v @ a, v @ x, 1e-2)
    check(keys, b.dot(w), w @ w)
    check(keys, b @ b, w @ w)
    check(keys, a.T @ (a @ b), x.T @ (x @ w), 1e-2)
    m, n = data(5, 4), data(4, 3, seed=2)
    check(keys, keys.public_key.encrypt(m) @ keys.public_key.encrypt(n), m @ n)
    check(keys, keys.public_key.encrypt(m) @ n, m @ n)
    check(keys, m @ keys.public_key.encrypt(n), m @ n)


INDICES: list[Any] = [
    3,
    -1,
    slice(2, 5),
    slice(None, None, 2),
    (slice(None), 4),
    (2, 7),
    (slice(10, 2, -3), slice(1, 3)),
    (..., 0),
    (None, slice(1, 3)),
    slice(0, 256),
]


@pytest.mark.parametrize("index", INDICES, ids=repr)
def test_indexing(keys: Keys, index: Any) -> None:
    x = data(300, 30)
    check(keys, keys.public_key.encrypt(x)[index], x[index])


def test_arrangement(keys: Keys) -> None:
    x = data(4, 6)
    a = keys.public_key.encrypt(x)
    check(keys, a.reshape(2, 2, 6), x.reshape(2, 2, 6))
    check(keys, a.ravel(), x.ravel())
    check(keys, a.T, x.T)
    check(keys, np.transpose(a), x.T)
    check(keys, a.broadcast_to((3, 4, 6)), np.broadcast_to(x, (3, 4, 6)))
    check(keys, ckks.concatenate([a, a[:1]]), np.concatenate([x, x[:1]]))
    check(keys, np.concatenate([a, a], axis=1), np.concatenate([x, x], axis=1))
    check(keys, next(iter(a)), x[0])
    assert len(a) == 4 and np.shape(a) == (4, 6)


def test_complex_numbers(keys: Keys) -> None:
    x = data(6) + 1j * data(6, seed=2)
    x /= 2
    a = keys.public_key.encrypt(x)
    check(keys, a, x)
    check(keys, a * a + 1j, x * x + 1j)
    check(keys, a.conj() * a, np.abs(x) ** 2 + 0j)
    check(keys, a * keys.public_key.encrypt(data(6)), x * data(6))
    check(keys, keys.public_key.encrypt(data(6)) * 1j, data(6) * 1j)
    check(keys, a.sum(), x.sum())
    with pytest.raises(vk.ParameterError):
        a.var()


def test_a_step_of_regression(keys: Keys) -> None:
    x, w, y = data(200, 10), data(10, seed=2) / 4, np.sign(data(200, seed=3))
    a, b = keys.public_key.encrypt(x * y[:, None]), keys.public_key.encrypt(w)
    margins = a @ b
    slopes = 0.5 / 200 - (0.197 / 200) * margins
    stepped = b + a.T @ slopes
    m = (x * y[:, None]) @ w
    check(keys, stepped, w + (x * y[:, None]).T @ (0.5 - 0.197 * m) / 200)
    assert stepped.level == 0


def test_polynomials(keys: Keys) -> None:
    x = data(40)
    a = keys.public_key.encrypt(x)
    cubic = [0.5, 0.2, 0, -0.3]
    found = a.polyval(cubic)
    check(keys, found, np.polynomial.polynomial.polyval(x, cubic))
    assert found.level == a.level - 2
    shifted = np.polynomial.Polynomial(cubic, domain=[-2, 2])
    check(keys, a.polyval(shifted), shifted(x))
    sigmoid = np.polynomial.Chebyshev.interpolate(lambda x: 1 / (1 + np.exp(-x)), 7, domain=[-4, 4])
    check(keys, (a * 4).polyval(sigmoid), sigmoid(4 * x))
    aside = np.polynomial.Chebyshev.interpolate(np.sqrt, 5, domain=[0.5, 1.5])
    check(keys, (a * 0.5 + 1).polyval(aside), aside(x / 2 + 1))
    wide = (a + a).within(1.5)
    assert wide.bound == 1.5 and (a + a).bound > 1.5
    for bad in ([], [np.nan, 1], [3.0], [[1, 2]], np.polynomial.Chebyshev([0, 1], domain=[-0.5, 0.5])):
        with pytest.raises(vk.ParameterError):
            a.polyval(bad)
    for wrong in ("12", [1j, 2], None):
        with pytest.raises(TypeError):
            a.polyval(wrong)  # type: ignore[arg-type]
    with pytest.raises(vk.EvaluationError):
        a.polyval(np.ones(33))


def test_levels_align_by_themselves(keys: Keys) -> None:
    x = data(20)
    a = keys.public_key.encrypt(x)
    check(keys, a + a * a * a, x + x**3)
    check(keys, (a * 0.5) * a, x * x / 2)


def test_three_objects_and_files(keys: Keys) -> None:
    public = PublicKey.from_bytes(keys.public_key.to_bytes())
    assert public == keys.public_key and hash(public) == hash(keys.public_key)
    evaluation = EvaluationKeys.from_bytes(bytes(keys.evaluation_keys))
    assert evaluation.to_bytes() == keys.evaluation_keys.to_bytes()
    secret = SecretKey.from_bytes(keys.secret_key.to_bytes())
    assert len({public.key_id, evaluation.key_id, secret.key_id}) == 1
    # A client encrypts, a server computes, the key holder reads.
    sent = public.encrypt([0.5, 0.25]).to_bytes()
    computed = EncryptedArray.from_bytes(sent, evaluation)
    result = (computed * computed).sum().to_bytes()
    check(keys, EncryptedArray.from_bytes(result), 0.3125)
    assert EncryptedArray.from_bytes(sent).evaluation_keys is None
    carried = PublicKey.from_bytes(bytes(public), evaluation).encrypt([0.5]).evaluation_keys
    assert carried is not None and carried.key_id == public.key_id
    for part in (public, keys.evaluation_keys, keys.secret_key, keys, computed):
        assert secret.to_bytes().hex() not in repr(part)
    assert Params.of(sent) == keys.secret_key.params == Params.from_bytes(keys.secret_key.params.to_bytes())
    more = keys.secret_key.make_evaluation_keys(rotations=[3], relinearization=False)
    assert more.rotations == (3,) and not more.has_relinearization and not more.has_conjugation
    check(keys, keys.secret_key.make_public_key().encrypt([0.5]), [0.5])


def test_pickles(keys: Keys) -> None:
    x = keys.public_key.encrypt([0.5])
    check(keys, pickle.loads(pickle.dumps(x)), [0.5])
    assert pickle.loads(pickle.dumps(keys.public_key)) == keys.public_key
    params = keys.public_key.params
    assert pickle.loads(pickle.dumps(params)) == params and hash(copy.copy(params)) == hash(params)
    for secret in (keys, keys.secret_key, keys.secret_key.release_budget(1)):
        for call in (pickle.dumps, copy.deepcopy):
            with pytest.raises(TypeError):
                call(secret)


def test_release_is_counted_and_flooded() -> None:
    # Flooding costs some 25 bits of precision, so the scale is long.
    keys = ckks.generate_keys(Params(16384, [60, 55, 55, 60], 55))
    secret = keys.secret_key
    budget = secret.release_budget(3)
    mean = keys.public_key.encrypt(data(50)).mean()
    exact = data(50).mean()
    first, second = (secret.release(mean, budget, at_most_error=0.05) for _ in range(2))
    assert abs(first.values - exact) <= first.error_bound <= 0.05
    assert first.values != second.values
    assert (budget.left, budget.releases, budget.statistical_bits) == (1, 3, 30)
    with pytest.raises(vk.ParameterError):
        secret.release(mean, budget, at_most_error=1e-12)
    assert budget.left == 1
    stored = ReleaseBudget.from_bytes(budget.to_bytes())
    assert (stored.left, stored.key_id, stored.params) == (1, secret.key_id, secret.params)
    stored.write_off(7)
    for spent in (stored, budget):
        if spent.left:
            many = secret.release(keys.public_key.encrypt([[0.5j, 0.25]]), spent, at_most_error=0.05)
            assert many.values.shape == (1, 2) and many.values.dtype == np.complex128
        with pytest.raises(vk.EvaluationError) as caught:
            secret.release(mean, spent, at_most_error=0.05)
        assert caught.value.name == "HeadroomExhausted"


def test_describe_says_what_it_costs() -> None:
    text = Params.depth_8().describe()
    assert "32768" in text.replace(",", "").replace(" ", "") or "32,768" in text
    assert "rotation" in text and "128" in text


def test_progress_and_threads(keys: Keys) -> None:
    seen: list[tuple[int, int]] = []
    x = keys.public_key.encrypt(data(50_000), progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (x.ciphertexts, x.ciphertexts) and seen == sorted(seen)
    results: list[EncryptedArray] = []
    threads = [threading.Thread(target=lambda: results.append((x * x).mean())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for result in results:
        check(keys, result, (data(50_000) ** 2).mean())


def test_a_stop_is_passed_on(keys: Keys) -> None:
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    for call in (
        lambda: keys.public_key.encrypt(data(50_000), progress=stop),
        lambda: ckks.generate_keys(Params.depth_2(), progress=stop),
        lambda: keys.secret_key.decrypt(keys.public_key.encrypt([0.5]), progress=stop),
    ):
        with pytest.raises(KeyboardInterrupt):
            call()


@pytest.mark.parametrize(
    ("shape", "axis", "free"),
    [((8,), None, True), ((8,), 0, True), ((4, 8), 0, True), ((4, 8), None, True), ((4, 5), 1, False), ((5,), -1, False), ((3, 5), None, False)],
)
def test_roll(keys: Keys, shape: tuple[int, ...], axis: int | None, free: bool) -> None:
    x = data(*shape)
    a = keys.public_key.encrypt(x)
    for shift in (1, -2, 7, 10**30 + 1, -(10**30)):
        ring = x.size if axis is None else shape[axis]
        found = a.roll(shift, axis)
        check(keys, found, np.roll(x, shift % ring, axis))
        assert found.level == a.level - (not free and shift % ring != 0)
    check(keys, np.roll(a, 1, axis=axis), np.roll(x, 1, axis))
    assert a.roll(0, axis).level == a.level


def test_conjugates(keys: Keys) -> None:
    z = data(6) + 1j * data(6, seed=2)
    a = keys.public_key.encrypt(z, bound=2)
    check(keys, a.conj(), z.conj())
    check(keys, np.conj(a), z.conj())
    check(keys, a * a.conj(), z * z.conj())
    check(keys, np.conjugate(keys.public_key.encrypt(data(6))), data(6))


@pytest.mark.parametrize("shape", [(16, 16), (3, 5), (5, 20), (20, 5), (1, 8)])
def test_linear_transforms(keys: Keys, shape: tuple[int, int]) -> None:
    m, x = data(*shape, seed=3), data(shape[1])
    transform = ckks.LinearTransform(m, keys.secret_key.params, level=2)
    assert (transform.shape, transform.level, transform.params) == (shape, 2, keys.secret_key.params)
    own = keys.secret_key.make_evaluation_keys(rotations=[], transforms=[transform], relinearization=False)
    assert len(own.rotations) <= len(transform.rotations) and not own.has_relinearization
    a = own.attach(keys.public_key.encrypt(x))
    found = transform @ a
    check(keys, found, m @ x)
    assert found.level == 1
    seen: list[tuple[int, int]] = []
    check(keys, transform.apply(a, progress=lambda done, total: seen.append((done, total))), m @ x)
    assert seen
    assert f"{len(transform.rotations)} rotation keys" in transform.describe()


def test_complex_linear_transforms(keys: Keys) -> None:
    m, x = data(4, 4) + 1j * data(4, 4, seed=2), data(4)
    transform = ckks.LinearTransform(m, keys.secret_key.params)
    own = keys.secret_key.make_evaluation_keys(rotations=[], transforms=[transform])
    found = transform @ own.attach(keys.public_key.encrypt(x))
    check(keys, found, m @ x)
    assert found.dtype == np.complex128


@pytest.mark.parametrize("shapes", [((4, 4), (4, 4)), ((3, 4), (4, 3)), ((4, 3), (3, 3))])
def test_encrypted_matrices_by_rotations(keys: Keys, shapes: tuple[tuple[int, int], tuple[int, int]]) -> None:
    m, n = data(*shapes[0]), data(*shapes[1], seed=2)
    product = ckks.MatrixProduct(4, keys.secret_key.params)
    own = keys.secret_key.make_evaluation_keys(rotations=[], transforms=[product])
    a, b = (own.attach(keys.public_key.encrypt(values)) for values in (m, n))
    found = product.multiply(a, b)
    check(keys, found, m @ n)
    assert (product.dimension, product.level, found.level) == (4, 4, 1)
    assert "dimension 4" in product.describe() and "MB" in product.describe()
    check(keys, keys.evaluation_keys.attach(a) @ keys.evaluation_keys.attach(b), m @ n)


def test_keys_for_transforms_come_beside_those_for_powers_of_two() -> None:
    params = Params.depth_2()
    transform = ckks.LinearTransform(data(8, 8), params)
    only = ckks.generate_keys(params, rotations=[], transforms=[transform]).evaluation_keys
    assert set(only.rotations) == {step % params.slots for step in transform.rotations}
    both = ckks.generate_keys(params, transforms=[transform]).evaluation_keys
    assert set(both.rotations) == set(only.rotations) | {1 << k for k in range(12)}
    size = params.rotation_key_bytes
    assert abs(len(both.to_bytes()) - size * (len(both.rotations) + 1)) < 0.01 * len(both.to_bytes())


def test_what_a_release_leaves_is_said_before() -> None:
    params = Params.released_sums()
    keys = ckks.generate_keys(params, relinearization=False)
    budget = keys.secret_key.release_budget(100)
    x = keys.public_key.encrypt([0.5])
    released = keys.secret_key.release(x, budget, at_most_error=0.01)
    assert released.error_bound == pytest.approx(params.release_error(100))
    assert abs(released.values[0] - 0.5) <= released.error_bound
    assert params.release_error(400) == pytest.approx(2 * params.release_error(100), rel=1e-3)
    assert params.release_error(1, count=16, statistical_bits=40) > params.release_error(1)
    assert params.release_error(1, multiplications=1) > params.release_error(1)
    assert "bits after the point remain" in params.describe()
    assert "no room" in Params.sums().describe()
    # What a refusal asks for is enough.
    small = ckks.generate_keys(Params(degree=8192, moduli_bits=[60, 60], scale_bits=40), relinearization=False, rotations=[])
    with pytest.raises(vk.ParameterError, match=r"raise scale_bits by \d+,") as caught:
        small.secret_key.release(small.public_key.encrypt([0.5]), small.secret_key.release_budget(100), at_most_error=0.01)
    more = int(caught.value.what.split("raise scale_bits by ")[1].split(",")[0])
    assert Params(degree=8192, moduli_bits=[60, 60], scale_bits=40 + more).release_error(100) <= 0.01
