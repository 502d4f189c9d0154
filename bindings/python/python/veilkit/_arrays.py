"""Plain operands as numpy arrays: which element types are integers, which are fixed point, which are refused."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from .errors import error

PlainArray: TypeAlias = npt.NDArray[np.int64] | npt.NDArray[np.float64]


def plain_array(values: Any, what: str) -> PlainArray:
    """`values` as a C-ordered array of 64-bit integers or floats, without a copy where it is one already.

    The element type decides, never a value: integers and booleans stay integers, floats become fixed point.
    """
    # An encrypted array refuses `__array__` with a `TypeError` of its own.
    array = np.asarray(values)
    kind = array.dtype.kind
    if kind == "f" and array.dtype.itemsize <= 8:
        return np.ascontiguousarray(array, dtype=np.float64).reshape(array.shape)
    if kind in "bi":
        return np.ascontiguousarray(array, dtype=np.int64).reshape(array.shape)
    if kind == "u":
        if array.dtype.itemsize == 8 and array.size and array.max() > np.iinfo(np.int64).max:
            raise error("OutOfRange", f"{what}: an unsigned integer above 2^63 - 1")
        return np.ascontiguousarray(array, dtype=np.int64).reshape(array.shape)
    if kind == "O" and _is_big_integer(values):
        raise error("OutOfRange", f"{what}: an integer beyond 64 bits")
    raise TypeError(f"{what}: elements must be integers, booleans or floats of at most 64 bits, not {array.dtype}")


def _is_big_integer(values: Any) -> bool:
    return isinstance(values, int) or (isinstance(values, np.ndarray) and all(isinstance(v, int) for v in values.flat))


def flat_indices(shape: tuple[int, ...], key: Any) -> npt.NDArray[np.intp]:
    """The row-major positions that basic indexing with `key` takes out of an array of this shape."""
    for part in key if isinstance(key, tuple) else (key,):
        if part is None or part is Ellipsis or isinstance(part, slice):
            continue
        if isinstance(part, (bool, np.bool_)) or not isinstance(part, (int, np.integer)):
            raise TypeError("index: only integers, slices, ..., None and tuples of them")
    positions: npt.NDArray[np.intp] = np.arange(_size(shape), dtype=np.intp).reshape(shape)
    return np.asarray(positions[key])


def _size(shape: tuple[int, ...]) -> int:
    size = 1
    for extent in shape:
        size *= extent
    return size
