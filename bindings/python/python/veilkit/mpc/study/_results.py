"""What a study gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np

_ARRAYS = ("matrix", "quantiles", "values")


class Record(Mapping[str, Any]):
    """Named values, as attributes and as a mapping."""

    __slots__ = ("_fields",)
    _fields: dict[str, Any]

    def __init__(self, fields: Mapping[str, Any]) -> None:
        object.__setattr__(self, "_fields", dict(fields))

    def __getattr__(self, name: str) -> Any:
        try:
            return self._fields[name]
        except KeyError:
            raise AttributeError(name) from None

    def __getitem__(self, name: str) -> Any:
        return self._fields[name]

    def __iter__(self) -> Any:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{name}: a result is not changed")

    def __dir__(self) -> list[str]:
        return sorted(self._fields)

    def __repr__(self) -> str:
        return f"Record({', '.join(f'{name}={value!r}' for name, value in self._fields.items())})"

    def __reduce__(self) -> tuple[Any, ...]:
        return Record, (self._fields,)


@dataclass(frozen=True)
class Outcome:
    """The answer to one function."""

    function: str
    """Its name."""
    columns: tuple[str, ...]
    """The columns that it is about."""
    n: int | None
    """How many rows it is about; None where it is refused or withheld."""
    kind: str
    """What `value` is, such as ``figure`` or ``linear_regression``; ``refused`` by the policy, ``withheld`` from this party, or
    ``undetermined`` by the rows."""
    value: Any
    """A `Record`, an array, or None; for ``undetermined`` the reason."""
    revealed: str
    """What was revealed for it, and to whom."""

    @property
    def frame(self) -> Any:
        """The coefficients of a model as a pandas DataFrame, as its summary would print them."""
        pd = import_module("pandas")
        rows = [dict(coefficient) for coefficient in self.value.coefficients]
        for row in rows:
            row["low"], row["high"] = row.pop("interval")
        return pd.DataFrame(rows).set_index("name")

    @property
    def standard_error(self) -> float | None:
        """The standard error of a single figure; None where there is none."""
        return getattr(self.value, "standard_error", None)

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95% confidence interval of a single figure; None where there is none."""
        return getattr(self.value, "interval", None)

    def __float__(self) -> float:
        return float(self.value.value)


def outcomes(plain: list[dict[str, Any]]) -> list[Outcome]:
    """The results as they come from the core."""
    return [
        Outcome(
            each["function"],
            tuple(each["columns"]),
            each["n"],
            each["kind"],
            np.array(each["value"]) if each["kind"] in _ARRAYS else friendly(each["value"]),
            each["revealed"],
        )
        for each in plain
    ]


def friendly(value: Any) -> Any:
    """Records for dicts, arrays for lists of numbers, tuples for pairs."""
    if isinstance(value, dict):
        return Record({name: _field(name, each) for name, each in value.items()})
    if isinstance(value, list):
        return [friendly(each) for each in value]
    return value


def _field(name: str, value: Any) -> Any:
    if name in ("interval", "degrees") and isinstance(value, list) and value and not isinstance(value[0], list):
        return tuple(value)
    if isinstance(value, list) and _is_numbers(value):
        return np.array(value)
    return friendly(value)


def _is_numbers(value: list[Any]) -> bool:
    leaf = value
    while isinstance(leaf, list):
        if not leaf:
            return False
        leaf = leaf[0]
    return isinstance(leaf, (int, float)) and not _holds_nothing(value)


def _holds_nothing(value: Any) -> bool:
    return any(_holds_nothing(each) for each in value) if isinstance(value, list) else value is None
