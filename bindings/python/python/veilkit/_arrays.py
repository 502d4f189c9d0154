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
    if kind == "O" and any(isinstance(value, int) and value.bit_length() > 63 for value in array.flat):
        raise error("OutOfRange", f"{what}: an integer beyond 64 bits")
    raise TypeError(f"{what}: elements must be integers, booleans or floats of at most 64 bits, not {array.dtype}")


def limit(bound: float | None, plain: PlainArray) -> float | None:
    """A declared bound as the type of what it bounds: an integer for integers, a float for floats."""
    if bound is None:
        return None
    if isinstance(bound, bool) or not isinstance(bound, (int, float, np.integer, np.floating)):
        raise TypeError("bound: must be a number")
    if not 0 <= bound < 2**63:
        raise error("OutOfRange", "bound: negative, not a number or too large")
    return int(bound) if plain.dtype.kind == "i" else float(bound)


Pick: TypeAlias = tuple[int, int | None, int]


def picks(shape: tuple[int, ...], key: Any) -> tuple[list[Pick], list[int]]:
    """What basic indexing with `key` takes of each axis, and the extents of the result.

    A pick is ``(position, None, 0)``, whose axis goes away, or ``(start, count, step)``.
    """
    parts = list(key) if isinstance(key, tuple) else [key]
    dots = [i for i, part in enumerate(parts) if part is Ellipsis]
    used = sum(part is not None and part is not Ellipsis for part in parts)
    if used > len(shape) or len(dots) > 1:
        raise IndexError("index: more than the array has axes")
    whole = [slice(None)] * (len(shape) - used)
    if dots:
        parts[dots[0] : dots[0] + 1] = whole
    else:
        parts += whole

    taken: list[Pick] = []
    extents: list[int] = []
    for part in parts:
        if part is None:
            extents.append(1)
            continue
        extent = shape[len(taken)]
        if isinstance(part, slice):
            positions = range(*part.indices(extent))
            taken.append((positions.start if positions else 0, len(positions), positions.step))
            extents.append(len(positions))
        elif isinstance(part, (int, np.integer)) and not isinstance(part, bool):
            if not -extent <= part < extent:
                raise IndexError(f"index {part} is not in an axis of {extent}")
            taken.append((int(part) % extent, None, 0))
        else:
            raise TypeError("index: only integers, slices, ..., None and tuples of them")
    return taken, extents
