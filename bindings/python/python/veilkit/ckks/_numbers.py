"""Plain operands as numpy arrays of real or complex numbers."""

from __future__ import annotations

import math
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from ..errors import error

Numbers: TypeAlias = npt.NDArray[np.float64] | npt.NDArray[np.complex128]


def numbers(values: Any, what: str) -> Numbers:
    """`values` as a C-ordered array of 64-bit floats, or of complex numbers of two of them.

    Integers and booleans become floats.
    """
    # An encrypted array refuses `__array__` with a `TypeError` of its own.
    array = np.asarray(values)
    kind = array.dtype.kind
    if kind in "biu" or (kind == "f" and array.dtype.itemsize <= 8):
        return np.ascontiguousarray(array, dtype=np.float64).reshape(array.shape)
    if kind == "c" and array.dtype.itemsize <= 16:
        return np.ascontiguousarray(array, dtype=np.complex128).reshape(array.shape)
    if kind == "O" and array.size and all(isinstance(value, int) for value in array.flat):
        raise error("OutOfRange", f"{what}: an integer beyond 64 bits")
    raise TypeError(f"{what}: elements must be numbers of at most 64 bits, or complex ones, not {array.dtype}")


def limit(bound: float | None) -> float | None:
    """A declared bound."""
    if bound is None:
        return None
    if isinstance(bound, bool) or not isinstance(bound, (int, float, np.integer, np.floating)):
        raise TypeError("bound: must be a number")
    try:
        declared = float(bound)
    except OverflowError:
        declared = math.inf
    if not 0 < declared < math.inf:
        raise error("OutOfRange", "bound: a positive number")
    return declared


def polynomial(coefficients: Any) -> tuple[list[float], tuple[float, float] | None]:
    """Coefficients, the constant first, and the interval of a Chebyshev basis."""
    interval = None
    if isinstance(coefficients, np.polynomial.Polynomial):
        coefficients = coefficients.convert().coef
    elif isinstance(coefficients, np.polynomial.Chebyshev):
        interval = float(coefficients.domain[0]), float(coefficients.domain[1])
        coefficients = coefficients.convert(domain=interval, window=[-1, 1]).coef
    terms = numbers(coefficients, "coefficients")
    if terms.dtype.kind == "c":
        raise TypeError("coefficients: must be real numbers")
    if terms.ndim != 1:
        raise error("ShapeMismatch", "coefficients: along one axis")
    return terms.tolist(), interval
