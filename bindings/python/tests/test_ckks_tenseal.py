"""The same computations in TenSEAL, a second implementation of the scheme, on the same numbers.

TenSEAL brings no code of veilkit's: each library encrypts, computes and decrypts by itself, and both results must agree with
each other and with numpy.
"""

import importlib
import platform
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from veilkit import ckks

# Wheels exist for these; there its absence is a failure.
EXPECTED = sys.platform == "linux" and platform.machine() == "x86_64" and sys.version_info < (3, 13)
tenseal = importlib.import_module("tenseal") if EXPECTED else pytest.importorskip("tenseal")

DEGREE, MODULI, SCALE = 8192, [60, 40, 40, 60], 40


@pytest.fixture(scope="module")
def ours() -> ckks.Keys:
    return ckks.generate_keys(ckks.Params(DEGREE, MODULI, SCALE))


@pytest.fixture(scope="module")
def theirs() -> Any:
    context = tenseal.context(tenseal.SCHEME_TYPE.CKKS, poly_modulus_degree=DEGREE, coeff_mod_bit_sizes=MODULI)
    context.global_scale = 2**SCALE
    context.generate_galois_keys()
    return context


def data(count: int, seed: int) -> Any:
    return np.random.default_rng(seed).uniform(-1, 1, count)


CASES: dict[str, tuple[Callable[[Any, Any, Any], Any], Callable[[Any, Any, Any], Any]]] = {
    "sum": (lambda x, y, w: x + y, lambda x, y, w: x + y),
    "difference": (lambda x, y, w: x - y, lambda x, y, w: x - y),
    "plain sum": (lambda x, y, w: x + w, lambda x, y, w: x + w.tolist()),
    "plain product": (lambda x, y, w: x * w, lambda x, y, w: x * w.tolist()),
    "product": (lambda x, y, w: x * y, lambda x, y, w: x * y),
    "two products": (lambda x, y, w: x * y * x, lambda x, y, w: x * y * x),
    "square": (lambda x, y, w: x**2, lambda x, y, w: x**2),
    "total": (lambda x, y, w: x.sum(), lambda x, y, w: x.sum()),
    "dot": (lambda x, y, w: x @ y, lambda x, y, w: x.dot(y)),
    "plain dot": (lambda x, y, w: x @ w, lambda x, y, w: x.dot(w.tolist())),
}


@pytest.mark.parametrize("count", [100, 4096])
@pytest.mark.parametrize("name", CASES)
def test_both_libraries_agree(ours: ckks.Keys, theirs: Any, name: str, count: int) -> None:
    x, y, w = data(count, 1), data(count, 2), data(count, 3)
    here, there = CASES[name]
    a, b = ours.public_key.encrypt(x), ours.public_key.encrypt(y)
    result = here(a, b, w)
    found = np.atleast_1d(ours.secret_key.decrypt(result))
    other = np.array(there(tenseal.ckks_vector(theirs, x), tenseal.ckks_vector(theirs, y), w).decrypt())
    expected = np.atleast_1d(here(x, y, w))
    assert np.abs(found - expected).max() <= min(result.error_bound, 1e-4 * max(1, count / 100))
    assert np.abs(found - other[: len(found)]).max() <= 1e-4 * max(1, count / 100)


def test_a_matrix_product(ours: ckks.Keys, theirs: Any) -> None:
    x, m = data(16, 1), data(16 * 8, 2).reshape(16, 8)
    found = ours.secret_key.decrypt(ours.public_key.encrypt(x) @ m)
    other = np.array((tenseal.ckks_vector(theirs, x) @ m.tolist()).decrypt())
    assert np.abs(found - x @ m).max() < 1e-4 and np.abs(found - other).max() < 1e-4
