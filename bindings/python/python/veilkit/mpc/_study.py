"""A joint study of several parties in one process."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from .._arrays import plain_array
from .._checks import as_count
from ..errors import error
from ._secure_sum import ROUNDS, IdentityKey, SumPlan, run_locally
from ._survey import Column, Summary, Survey, present


DEFAULT_RANGE = (-10_000.0, 10_000.0)
"""The range of a study's column that was not declared."""


Figure: TypeAlias = tuple[Any, float | None, tuple[float, float] | None]


@dataclass(frozen=True)
class Result:
    """One joint figure of a study."""

    value: Any
    """The figure: an integer, a float, or an array of counts."""
    n: int
    """How many values it is computed from, over all parties."""
    standard_error: float | None
    """Its standard error; None for what is no estimate."""
    interval: tuple[float, float] | None
    """Its 95% confidence interval; None where there is none."""
    unit: str
    """The unit of measurement."""
    revealed: str
    """What every party learned, in words."""
    rounds: int
    """Rounds of messages of the sum behind it."""
    bytes: int
    """Bytes of all its messages."""
    _explanation: str

    def explain(self) -> str:
        """What was computed, what was revealed, and against whom it protects."""
        return self._explanation

    def __float__(self) -> float:
        return float(self.value)

    def __repr__(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        if self.standard_error is None:
            return f"Result({self.value}{unit}, n={self.n})"
        return f"Result({self.value:.6g}{unit}, standard_error={self.standard_error:.3g}, n={self.n})"


class Study:
    """A joint study of several parties in one process, with the real protocol between them. Made by `simulate`."""

    def __init__(self, parties: int, threshold: int | None, max_rows: int) -> None:
        count = as_count(parties, "parties")
        if not 2 <= count <= 255:
            raise error("InvalidParams", "parties: from 2 to 255")
        self._keys = {number: IdentityKey.generate() for number in range(1, count + 1)}
        self._threshold = count // 2 + 1 if threshold is None else threshold
        self._max_rows = max_rows
        self._columns: dict[str, Column] = {}
        self._rows: dict[str, dict[int, list[npt.NDArray[np.float64]]]] = {}
        self._done: dict[tuple[str, tuple[float, ...]], tuple[Summary, SumPlan, str, int]] = {}

    def __enter__(self) -> Study:
        return self

    def __exit__(self, *exception: object) -> None:
        self._rows.clear()
        self._keys.clear()

    def column(self, name: str, range: tuple[float, float], *, unit: str = "") -> None:
        """Declares what is public about a column, before anything is asked about it.

        Args:
            name: its name.
            range: the lowest and the highest plausible value, from knowledge of the matter.
            unit: the unit of measurement.

        Raises:
            ParameterError: a range that is none, or a column that was asked about already.
        """
        column = Column(name, range, unit=unit)
        Survey([column])
        if any(asked == name for asked, _ in self._done):
            raise error("InvalidParams", "column: it was asked about already")
        self._columns[name] = column

    def submit(self, party: int, column: str, values: npt.ArrayLike) -> None:
        """Gives one party's values of a column. NaN means missing and is left out. Twice adds more rows.

        Args:
            party: from 0.
            column: its name; without `Study.column` its range is `DEFAULT_RANGE`.
            values: one axis of numbers.

        Raises:
            ParameterError: a value beyond the range.
            ProtocolError: a party that does not exist.
        """
        number = operator.index(party) + 1
        if number not in self._keys:
            raise error("UnknownParty", "party: not in the study")
        described = self._columns.setdefault(column, Column(column, DEFAULT_RANGE))
        numbers = present(values)
        Survey([described]).encode({column: numbers})
        self._rows.setdefault(column, {}).setdefault(number, []).append(numbers)
        self._done = {asked: done for asked, done in self._done.items() if asked[0] != column}

    def count(self, column: str) -> Result:
        """How many values there are."""
        return self._result(column, lambda s: (s.count, None, None), unit="")

    def sum(self, column: str) -> Result:
        """The sum of the values."""
        return self._result(column, lambda s: (s.sum, None, None))

    def mean(self, column: str) -> Result:
        """The mean, with its standard error and 95% confidence interval."""
        return self._result(column, lambda s: (s.mean, s.standard_error, s.interval))

    def variance(self, column: str) -> Result:
        """The variance with ``n - 1`` in the denominator; its standard error is that for normal values."""

        def figure(s: Summary) -> Figure:
            return s.variance, s.variance * math.sqrt(2 / (s.count - 1)) if s.count > 1 else math.nan, None

        unit = self._describe(column).unit
        return self._result(column, figure, unit=f"({unit})^2" if unit else "")

    def standard_deviation(self, column: str) -> Result:
        """The square root of the variance; its standard error is that for normal values."""

        def figure(s: Summary) -> Figure:
            deviation = s.standard_deviation
            return deviation, deviation / math.sqrt(2 * (s.count - 1)) if s.count > 1 else math.nan, None

        return self._result(column, figure)

    def standard_error(self, column: str) -> Result:
        """The standard error of the mean."""
        return self._result(column, lambda s: (s.standard_error, None, None))

    def histogram(self, column: str, bins: int | npt.ArrayLike) -> Result:
        """How many values lie in each bin.

        Args:
            column: its name.
            bins: a number of bins over the declared range, or their edges, as in `numpy.histogram`.

        Returns:
            `value` is an array of counts.
        """
        if np.ndim(bins) == 0:
            count = as_count(bins, "bins")  # type: ignore[arg-type]
            if not 0 < count <= 1024:
                raise error("InvalidParams", "bins: from 1 to 1,024")
            edges = np.linspace(*self._describe(column).range, count + 1)
        else:
            edges = plain_array(bins, "bins").astype(np.float64).ravel()
        return self._result(column, lambda s: (s.histogram, None, None), tuple(edges.tolist()), unit="")

    def summary(self, column: str) -> Summary:
        """All figures of a column at once."""
        return self._ask(column, ())[0]

    def _describe(self, column: str) -> Column:
        described = self._columns.get(column)
        if described is None:
            raise error("InvalidParams", "column: nobody submitted or declared it")
        return described

    def _result(
        self,
        column: str,
        figure: Callable[[Summary], Figure],
        edges: tuple[float, ...] = (),
        unit: str | None = None,
    ) -> Result:
        summary, plan, revealed, size = self._ask(column, edges)
        value, standard_error, interval = figure(summary)
        explanation = f"{revealed}\n\n{plan.explain()}"
        unit = summary.column.unit if unit is None else unit
        return Result(value, summary.count, standard_error, interval, unit, revealed, ROUNDS, size, explanation)

    def _ask(self, name: str, edges: tuple[float, ...]) -> tuple[Summary, SumPlan, str, int]:
        """One secure sum for each column and each set of bins: what was revealed once is not computed again."""
        done = self._done.get((name, edges))
        if done is not None:
            return done
        if not self._keys:
            raise error("SessionPoisoned", "study: it is closed")
        described = self._describe(name)
        survey = Survey([Column(name, described.range, edges, described.unit)])
        plan = survey.plan(
            {number: key.identity for number, key in self._keys.items()},
            max_rows=self._max_rows,
            threshold=self._threshold,
            min_survivors=len(self._keys),
            purpose=f"study of {name}",
        )
        rows = self._rows.get(name, {})
        inputs = {number: survey.encode({name: np.concatenate([[], *rows.get(number, [])])}) for number in self._keys}
        sizes: list[int] = []
        outputs = run_locally(plan, self._keys, inputs, watch=lambda _from, _to, data: sizes.append(len(data)))
        output = next(iter(outputs.values()))
        parts = "count, sum and sum of squares" + (" and the counts in the bins" if edges else "")
        revealed = f"Every party learned of the joint column {name!r}: its {parts}. {output.revealed}"
        done = survey.decode(output)[name], plan, revealed, sum(sizes)
        self._done[name, edges] = done
        return done


def simulate(parties: int = 3, *, threshold: int | None = None, max_rows: int = 100_000) -> Study:
    """A study of several parties in this process, with the real secure sum between them: to try out before it is real.

    Args:
        parties: from 2 to 255.
        threshold: how many must stay to the end; more than half of them if absent.
        max_rows: a public bound on the rows of one party.

    >>> from veilkit import mpc
    >>> with mpc.simulate(parties=3) as study:
    ...     study.column("sbp", range=(50, 300), unit="mmHg")
    ...     study.submit(0, "sbp", [120.0, 131.0])
    ...     study.submit(1, "sbp", [118.0, float("nan")])
    ...     study.submit(2, "sbp", [142.0])
    ...     study.mean("sbp")
    Result(127.75 mmHg, standard_error=5.54, n=4)
    """
    return Study(parties, threshold, max_rows)
