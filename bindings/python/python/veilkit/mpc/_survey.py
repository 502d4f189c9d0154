"""From rows to the vector that a party submits, and from the sums to the figures."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .. import _native
from .._arrays import plain_array
from .._checks import as_count
from ..errors import error
from ._secure_sum import SumOutput, SumPlan


@dataclass(frozen=True)
class Column:
    """What is public about a column of a survey.

    Args:
        name: its name.
        range: the lowest and the highest plausible value. From knowledge of the matter, never from the data. The tighter,
            the more exact; a value beyond it is an error.
        edges: edges of a histogram, ascending; bins as in `numpy.histogram`. None for no histogram.
        unit: the unit of measurement, for people.
    """

    name: str
    range: tuple[float, float]
    edges: tuple[float, ...] = ()
    unit: str = ""


@dataclass(frozen=True)
class Summary:
    """The joint figures of one column. NaN where there are too few rows."""

    column: Column
    count: int
    """How many values."""
    mean: float
    """Their mean."""
    variance: float
    """Their variance, with ``count - 1`` in the denominator."""
    standard_error: float
    """The standard error of the mean."""
    interval: tuple[float, float]
    """The 95% confidence interval of the mean, by Student's t."""
    histogram: npt.NDArray[np.int64]
    """How many values in each bin."""

    @property
    def sum(self) -> float:
        """The sum of the values."""
        return self.mean * self.count if self.count else 0.0

    @property
    def standard_deviation(self) -> float:
        """The square root of the variance."""
        return math.sqrt(self.variance)


class Survey:
    """Turns each party's rows into the vector that it submits to a secure sum, and the sums into figures.

    All parties make the same survey; its `digest` is part of the plan's purpose, so that nobody sums apples and pears.

    >>> survey = Survey([Column("systolic", (50, 250), edges=(50, 120, 140, 250), unit="mmHg")])
    >>> keys = {number: IdentityKey.generate() for number in (1, 2)}
    >>> plan = survey.plan({n: key.identity for n, key in keys.items()}, max_rows=1000, purpose="blood pressure")
    >>> rows = {1: [118.0, 135.0, float("nan")], 2: [127.0]}
    >>> inputs = {n: survey.encode({"systolic": values}) for n, values in rows.items()}
    >>> figures = survey.decode(run_locally(plan, keys, inputs)[1])["systolic"]
    >>> figures.count, round(figures.mean, 6), figures.histogram
    (3, 126.666667, array([1, 2, 0]))
    """

    __slots__ = ("_handle", "columns")

    def __init__(self, columns: Iterable[Column]) -> None:
        self.columns = tuple(columns)
        """The columns, in the order of the vector."""
        described = [
            (column.name, (float(column.range[0]), float(column.range[1])), [float(edge) for edge in column.edges])
            for column in self.columns
        ]
        self._handle = _native.MpcSurvey(described)

    @property
    def length(self) -> int:
        """The number of entries of the vector."""
        return self._handle.length

    @property
    def digest(self) -> bytes:
        """What the parties must agree on, 32 bytes."""
        return self._handle.digest

    def plan(
        self,
        parties: Mapping[int, bytes],
        *,
        max_rows: int,
        threshold: int | None = None,
        min_survivors: int | None = None,
        purpose: str = "",
        session: bytes | None = None,
    ) -> SumPlan:
        """The plan of a secure sum that fits this survey.

        Args:
            parties: the public identity of each party, by its number.
            max_rows: a public bound on the rows of one party.
            threshold, min_survivors, session: as in `SumPlan`.
            purpose: in words; the digest of the survey is added.

        Raises:
            ParameterError: too many rows or parties, or as `SumPlan`.
        """
        length, max_abs, fraction_bits = self._handle.fit(len(parties), as_count(max_rows, "max_rows"))
        return SumPlan(
            parties=parties,
            length=length,
            max_abs=max_abs,
            threshold=threshold,
            min_survivors=min_survivors,
            fraction_bits=fraction_bits,
            purpose=f"{purpose} [survey {self.digest.hex()}]",
            session=session,
        )

    def encode(self, rows: Mapping[str, npt.ArrayLike]) -> npt.NDArray[np.float64]:
        """One party's vector, from its values of each column. NaN means missing and is left out.

        Args:
            rows: one axis of numbers for each column, by its name; a column that is absent here has no rows.

        Raises:
            ParameterError: a value beyond the column's range; a name that is no column.
        """
        unknown = rows.keys() - {column.name for column in self.columns}
        if unknown:
            raise error("InvalidParams", "rows: a name that is no column of the survey")
        return self._handle.encode([present(rows.get(column.name, ())) for column in self.columns])

    def decode(self, output: SumOutput) -> dict[str, Summary]:
        """The joint figures of each column, by its name.

        Raises:
            ParameterError: sums of another survey.
            CryptoError: sums that no rows can have: some party submitted something else.
        """
        figures = self._handle.decode(output.raw, output.fraction_bits)
        summaries = {}
        for column, (count, mean, variance, standard_error, interval, histogram) in zip(
            self.columns, figures, strict=True
        ):
            counts = np.array(histogram, dtype=np.int64)
            summaries[column.name] = Summary(column, count, mean, variance, standard_error, interval, counts)
        return summaries

    def __repr__(self) -> str:
        return f"Survey({[column.name for column in self.columns]})"


def present(values: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """One axis of floats without those that are NaN."""
    numbers = plain_array(np.asarray(values, dtype=np.float64) if np.size(values) == 0 else values, "values")
    floats = np.ascontiguousarray(numbers, dtype=np.float64)
    if floats.ndim != 1:
        raise error("ShapeMismatch", "values: must have one axis")
    return floats[~np.isnan(floats)]
