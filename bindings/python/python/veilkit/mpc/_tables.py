"""The rows of a study's parties in one process, and what a plan says about their columns."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from ..errors import error
from .study._columns import AnyColumn, Category, Event, Integer, Numeric, Time
from .study._functions import Contingency, Count, Function, Histogram, LogisticRegression
from .study._plan import is_missing

Rows: TypeAlias = Mapping[str, npt.ArrayLike]
"""A party's rows: a mapping from names to values, or a DataFrame."""

Public: TypeAlias = tuple[float, float]
"""A public range."""

_COLUMN_FIELDS = ("column", "columns", "row", "by", "time", "event", "outcome", "predictors")
_MOST_STEPS = 2**32


def roles(functions: Iterable[Function]) -> Iterator[tuple[str, str]]:
    """Each column that is asked about, with what it is asked as: ``number``, ``category``, ``time``, ``event`` or ``any``."""
    for function in functions:
        for field in _COLUMN_FIELDS:
            asked = getattr(function, field, None)
            for name in [asked] if isinstance(asked, str) else asked or ():
                yield name, _role(function, field)


def _role(function: Function, field: str) -> str:
    if field in ("time", "event"):
        return field
    if isinstance(function, Count):
        return "any"
    grouped = field in ("by", "row") or isinstance(function, Contingency)
    levels = isinstance(function, Histogram) and len(function.edges) == 0
    event = isinstance(function, LogisticRegression) and field == "outcome"
    return "category" if grouped or levels or event else "number"


def joined(asked: Iterable[tuple[str, str]]) -> dict[str, str]:
    """One role for each column: times and events are numbers too, events are categories too.

    Raises:
        ParameterError: a column that is asked as a number and as groups.
    """
    found: dict[str, set[str]] = {}
    for name, role in asked:
        found.setdefault(name, set()).add(role)
    chosen: dict[str, str] = {}
    for name, wanted in found.items():
        special = wanted & {"time", "event"}
        if wanted >= {"number", "category"} and not special:
            raise error("InvalidParams", f"column {name!r}: asked as a number and as groups; declare what it is")
        chosen[name] = next(role for role in ("time", "event", "category", "number", "any") if role in wanted)
    return chosen


def columns_of(table: Rows) -> list[str]:
    """The names of the columns of a mapping or a DataFrame."""
    return [str(name) for name in getattr(table, "columns", table)]


def raw(values: npt.ArrayLike) -> list[Any]:
    """One axis of numbers or words as plain values, missing ones as None.

    Raises:
        TypeError: other elements.
        ParameterError: more than one axis.
    """
    # Lists stay as they are: numpy would make words of the numbers among words.
    array = np.asarray(values, dtype=object) if isinstance(values, (list, tuple)) else np.asarray(values)
    if array.ndim != 1:
        raise error("ShapeMismatch", "values: must have one axis")
    if array.dtype.kind not in "biufOUT":
        raise TypeError(f"values: numbers or words, not {array.dtype}")
    items = (value.item() if isinstance(value, np.generic) else value for value in array.tolist())
    plain = [None if is_missing(value) else value for value in items]
    if not all(value is None or isinstance(value, (bool, int, float, str)) for value in plain):
        raise TypeError("values: numbers or words")
    if len({isinstance(value, str) for value in plain if value is not None}) > 1:
        raise TypeError("values: numbers and words in one column")
    return plain


def floats(values: Sequence[Any]) -> npt.NDArray[np.float64]:
    """Numbers, and NaN for missing ones.

    Raises:
        TypeError: words.
    """
    if any(isinstance(value, str) for value in values):
        raise TypeError("values: numbers are needed, not words")
    return np.array([math.nan if value is None else value for value in values], dtype=np.float64)


def check_fits(column: AnyColumn, values: Sequence[Any]) -> None:
    """Checks a party's values against what was declared of their column.

    Raises:
        ParameterError: a value beyond the range, or a level that was not declared.
    """
    _, _, _, low, high, _, levels = column._fields()
    if levels and any(isinstance(value, str) for value in values):
        if any(value is not None and value not in levels for value in values):
            raise error("OutOfRange", f"column {column.name!r}: a level that was not declared")
        return
    numbers = floats(values)
    top = len(levels) - 1 if levels else high
    if bool(np.any((numbers < low) | (numbers > top))):
        raise error("OutOfRange", f"column {column.name!r}: a value beyond its range")


def stated(name: str, role: str, public: Public | None, unit: str, step: float | None) -> AnyColumn:
    """A column of which a range was stated, or nothing, as what it is asked as.

    Raises:
        ParameterError: what must be stated for such a question was not.
    """
    if role == "event":
        return Event(name)
    if public is None:
        what = "the longest time" if role == "time" else "the levels"
        kind = "Time" if role == "time" else "Category"
        raise error(
            "InvalidParams",
            f"column {name!r}: {what} must be public; declare a study.{kind}, or simulate with derive_ranges=True",
        )
    low, high = public
    if role == "time":
        return Time(name, high, 1.0 if step is None else step, unit)
    if role == "category":
        if low != int(low) or high != int(high) or not 0 < high - low < 256:
            raise error("InvalidParams", f"column {name!r}: its range has no 2 to 256 whole numbers to group by")
        return Category(name, [str(level) for level in range(int(low), int(high) + 1)])
    return Numeric(name, public, step, unit)


def derived(name: str, role: str, values: Sequence[Any], unit: str) -> AnyColumn:
    """A column whose range or levels are those of the values themselves.

    Raises:
        ParameterError: values of which no such column can be made.
        TypeError: words where numbers are needed.
    """
    known = [value for value in values if value is not None]
    if role == "any":
        role = "category" if any(isinstance(value, str) for value in known) else "number"
    if role == "event":
        return Event(name)
    if role == "category":
        texts = {level(value) for value in known}
        numeric = not any(isinstance(value, str) for value in known)
        order = sorted(texts, key=float) if numeric else sorted(texts)
        if not 2 <= len(order) <= 256:
            raise error("InvalidParams", f"column {name!r}: values of 2 to 256 levels are needed to group by")
        return Category(name, order)
    numbers = floats(known)
    if not np.all(np.isfinite(numbers)):
        raise error("OutOfRange", f"column {name!r}: a value that is not finite")
    low, high = (float(numbers.min()), float(numbers.max())) if len(numbers) else (0.0, 1.0)
    if role == "time":
        longest = high if high > 0 else 1.0
        return Time(name, longest, _grid(numbers, 0.0, longest), unit)
    high = high if high > low else low + 1
    if np.all(numbers == np.floor(numbers)) and high - low <= _MOST_STEPS and max(abs(low), abs(high)) <= 2**53:
        return Integer(name, (int(low), int(high)), unit)
    return Numeric(name, (low, high), _grid(numbers, low, high), unit)


def level(value: Any) -> str:
    """A value of a category as the name of its level."""
    if isinstance(value, str):
        return value
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def on_grid(column: AnyColumn, values: Sequence[Any]) -> bool:
    """Whether rounding to the column's resolution changes none of the numbers."""
    _, _, _, _, _, step, _ = column._fields()
    steps = floats(values) / step
    return bool(np.all(np.isnan(steps) | (np.abs(steps - np.round(steps)) < 1e-6)))


def _grid(numbers: npt.NDArray[np.float64], low: float, high: float) -> float:
    """The coarsest power of ten, at most 1, of which all numbers are multiples; else about a millionth of the range."""
    for digits in range(10):
        step = 10.0**-digits
        if (high - low) / step > _MOST_STEPS:
            break
        if step <= high - low and np.all(np.abs(numbers / step - np.round(numbers / step)) < 1e-6):
            return step
    return float(10.0 ** math.floor(math.log10(high - low) - 6))
