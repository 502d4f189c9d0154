"""What is public about the columns of a joint table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from ..._checks import as_text
from ...errors import error

Fields: TypeAlias = tuple[str, str, str, float, float, float, list[str]]


@dataclass(frozen=True)
class Numeric:
    """A measurement. Values are rounded to `resolution`; by default the range is cut into about a million steps."""

    name: str
    range: tuple[float, float]
    """The lowest and the highest plausible value, from knowledge of the matter."""
    resolution: float | None = None
    """The step to which values are rounded, such as 0.1."""
    unit: str = ""

    def _fields(self) -> Fields:
        low, high = (float(edge) for edge in self.range)
        step = _step(low, high) if self.resolution is None else float(self.resolution)
        return as_text(self.name, "name"), as_text(self.unit, "unit"), "numeric", low, high, step, []


@dataclass(frozen=True)
class Integer:
    """A whole number, such as a count or an age in years."""

    name: str
    range: tuple[int, int]
    """The lowest and the highest plausible value."""
    unit: str = ""

    def _fields(self) -> Fields:
        low, high = (float(edge) for edge in self.range)
        return as_text(self.name, "name"), as_text(self.unit, "unit"), "integer", low, high, 1.0, []


@dataclass(frozen=True)
class Category:
    """One of several levels. Values are the levels themselves, or their positions from 0."""

    name: str
    levels: Sequence[str]
    """The names of the levels, each once."""

    def _fields(self) -> Fields:
        levels = [as_text(level, "level") for level in self.levels]
        return as_text(self.name, "name"), "", "category", 0.0, 0.0, 1.0, levels


@dataclass(frozen=True)
class Time:
    """The time from a start to an event, or to the end of the observation."""

    name: str
    longest: float
    """The longest plausible time."""
    resolution: float = 1.0
    """The step to which times are rounded."""
    unit: str = ""

    def _fields(self) -> Fields:
        longest, step = float(self.longest), float(self.resolution)
        return as_text(self.name, "name"), as_text(self.unit, "unit"), "time", 0.0, longest, step, []


@dataclass(frozen=True)
class Event:
    """Whether the event was seen: 1, or 0 when the observation ended before."""

    name: str

    def _fields(self) -> Fields:
        return as_text(self.name, "name"), "", "event", 0.0, 1.0, 1.0, []


AnyColumn: TypeAlias = Numeric | Integer | Category | Time | Event


def _step(low: float, high: float) -> float:
    """A power of ten that cuts the range into about a million steps."""
    width = high - low
    if not (math.isfinite(width) and width > 0):
        raise error("InvalidParams", "column: range, finite and not empty")
    return float(10.0 ** math.floor(math.log10(width) - 6))
