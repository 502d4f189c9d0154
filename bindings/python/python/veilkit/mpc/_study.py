"""A joint study of several parties in one process."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from .._arrays import plain_array
from .._checks import as_count
from ..errors import error
from . import study
from ._questions import Questions
from ._secure_sum import ROUNDS, IdentityKey, SumPlan, run_locally
from ._survey import Column, Summary, Survey, present
from ._tables import Rows, check_fits, columns_of, derived, floats, joined, level, on_grid, raw, roles, stated
from .study import LAN, Cost, Network, Outcome, Plan, Policy
from .study._columns import AnyColumn, Category, Integer, Numeric, Time
from .study._functions import Function


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


class Study(Questions):
    """A joint study of several parties in one process, with the real protocols between them. Made by `simulate`.

    Counts, sums, means, variances and histograms come from a secure sum and are shown whatever the policy says; every other
    question, and all of them through `ask`, from a study over secret shares under its policy.
    """

    def __init__(
        self,
        parties: int,
        threshold: int | None,
        max_rows: int,
        *,
        derive_ranges: bool = False,
        policy: Policy | None = None,
        malicious: bool = True,
        network: Network = LAN,
    ) -> None:
        count = as_count(parties, "parties")
        if not 2 <= count <= 255:
            raise error("InvalidParams", "parties: from 2 to 255")
        self._keys = {number: IdentityKey.generate() for number in range(1, count + 1)}
        self._threshold = count // 2 + 1 if threshold is None else threshold
        self._max_rows = max_rows
        self._derive = derive_ranges
        self._policy, self._malicious, self._network = policy, malicious, network
        self._declared: dict[str, AnyColumn] = {}
        self._columns: dict[str, Column] = {}
        self._stated: dict[str, float | None] = {}
        self._rows: dict[str, dict[int, list[Any]]] = {}
        self._done: dict[tuple[str, tuple[float, ...]], tuple[Summary, SumPlan, str, int]] = {}

    def __enter__(self) -> Study:
        return self

    def __exit__(self, *exception: object) -> None:
        self._rows.clear()
        self._keys.clear()

    def column(self, name: str, range: tuple[float, float], *, unit: str = "", resolution: float | None = None) -> None:
        """States the public range of a column of numbers, before anything is asked about it.

        Args:
            name: its name.
            range: the lowest and the highest plausible value, from knowledge of the matter.
            unit: the unit of measurement.
            resolution: the step to which a study over secret shares rounds; by default as in `study.Numeric`, and 1 for times.

        Raises:
            ParameterError: a range that is none, or a column that was asked about already.
        """
        column = Column(name, range, unit=unit)
        Survey([column])
        if any(asked == name for asked, _ in self._done):
            raise error("InvalidParams", "column: it was asked about already")
        self._columns[name] = column
        self._stated[name] = resolution
        self._declared.pop(name, None)

    def declare(self, *columns: AnyColumn) -> None:
        """Says what is public about columns, as the columns of a `study.Plan`: their types, ranges and levels.

        Raises:
            ParameterError: a value that was submitted and lies beyond; a column that was asked about already.
        """
        for column in columns:
            for values in self._rows.get(column.name, {}).values():
                check_fits(column, values)
            if any(asked == column.name for asked, _ in self._done):
                raise error("InvalidParams", "column: it was asked about already")
            self._declared[column.name] = column
            self._columns.pop(column.name, None)

    def submit(self, party: int, column: str | Rows, values: npt.ArrayLike | None = None) -> None:
        """Gives one party's values of a column, or a table of them. NaN and None are missing. Twice adds more rows.

        Args:
            party: from 0; in plans its number is one more.
            column: the name of a column; or a mapping of names to values, or a DataFrame, whose columns are all submitted.
            values: one axis of numbers or words. Without `column`, `declare` or ``derive_ranges`` a column of numbers has
                `DEFAULT_RANGE`.

        Raises:
            ParameterError: a value beyond the range.
            ProtocolError: a party that does not exist.
        """
        number = operator.index(party) + 1
        if number not in self._keys:
            raise error("UnknownParty", "party: not in the study")
        if isinstance(column, str):
            if values is None:
                raise TypeError("values: one axis of numbers or words")
            table: dict[str, Any] = {column: values}
        elif values is not None:
            raise TypeError("values: a table holds them already")
        else:
            table = {name: column[name] for name in columns_of(column)}
        rows = {name: self._accepted(name, each) for name, each in table.items()}
        if len({len(each) for each in rows.values()}) > 1:
            raise error("ShapeMismatch", "table: columns of one length")
        for name, each in rows.items():
            self._rows.setdefault(name, {}).setdefault(number, []).extend(each)
            self._done = {asked: done for asked, done in self._done.items() if asked[0] != name}

    def _accepted(self, name: str, values: npt.ArrayLike) -> list[Any]:
        """One party's values of a column, checked against what was said of it."""
        plain = raw(values)
        if name in self._declared:
            check_fits(self._declared[name], plain)
        elif name in self._columns or not (self._derive or any(isinstance(value, str) for value in plain)):
            described = self._columns.get(name, Column(name, DEFAULT_RANGE))
            Survey([described]).encode({name: present(floats(plain))})
        return plain

    def plan(self, *functions: Function) -> Plan:
        return self._prepared(functions)[0]

    def ask(self, *functions: Function) -> list[Outcome]:
        plan, tables = self._prepared(functions)
        receivers = self._policy.receivers if self._policy and self._policy.receivers else sorted(self._keys)
        return study.run_locally(plan, self._keys, tables)[receivers[0]]

    def explain(self, *functions: Function) -> str:
        text = self.plan(*functions).explain()
        names = [name for name in joined(roles(functions)) if self._is_derived(name)]
        if not names:
            return text
        listed = ", ".join(repr(name) for name in names)
        return f"{text}\nSimulated. What is public about {listed} was taken from the values; a real study states it before.\n"

    def cost(self, *functions: Function, network: Network | None = None) -> Cost:
        return self.plan(*functions).cost(self._network if network is None else network)

    def _is_derived(self, name: str) -> bool:
        return self._derive and name not in self._declared and name not in self._columns

    def _prepared(self, functions: Sequence[Function]) -> tuple[Plan, dict[int, dict[str, Any]]]:
        """A plan of the columns that are asked about, and each party's rows of them."""
        if not self._keys:
            raise error("SessionPoisoned", "study: it is closed")
        asked = joined(roles(functions))
        columns = [self._column(name, role) for name, role in asked.items()]
        plan = Plan(
            purpose="simulation",
            parties={number: key.identity for number, key in self._keys.items()},
            columns=columns,
            functions=functions,
            policy=self._policy,
            malicious=self._malicious,
            network=self._network,
            max_rows=self._max_rows,
        )
        return plan, {number: self._table(number, columns) for number in self._keys}

    def _column(self, name: str, role: str) -> AnyColumn:
        if name in self._declared:
            return self._declared[name]
        rows = self._rows.get(name)
        if rows is None and name not in self._columns:
            raise error("InvalidParams", f"column {name!r}: nobody submitted or declared it")
        values = [value for each in (rows or {}).values() for value in each]
        described = self._columns.get(name)
        if self._is_derived(name):
            return derived(name, role, values, "")
        if described is not None:
            return stated(name, role, described.range, described.unit, self._stated[name])
        column = stated(name, role, DEFAULT_RANGE if role in ("number", "any") else None, "", None)
        if isinstance(column, Numeric) and not on_grid(column, values):
            raise error("InvalidParams", f"column {name!r}: finer than the default range allows; state its range")
        return column

    def _table(self, number: int, columns: Sequence[AnyColumn]) -> dict[str, Any]:
        table: dict[str, Any] = {}
        for column in columns:
            values = self._rows.get(column.name, {}).get(number, [])
            named = isinstance(column, Category) and column.name not in self._declared
            table[column.name] = (
                np.array([None if value is None else level(value) for value in values], dtype=object)
                if named or any(isinstance(value, str) for value in values)
                else floats(values)
            )
        lengths = {name: len(values) for name, values in table.items()}
        if len(set(lengths.values())) > 1:
            counts = ", ".join(f"{length} of {name!r}" for name, length in lengths.items())
            raise error("ShapeMismatch", f"party {number - 1}: different numbers of rows: {counts}")
        return table

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

    def _describe(self, name: str) -> Column:
        described = self._columns.get(name)
        if described is not None:
            return described
        column = self._declared.get(name)
        if column is None and name not in self._rows:
            raise error("InvalidParams", "column: nobody submitted or declared it")
        if column is None and not self._derive:
            return Column(name, DEFAULT_RANGE)
        column = self._column(name, "number") if column is None else column
        if isinstance(column, (Numeric, Integer)):
            return Column(name, (float(column.range[0]), float(column.range[1])), unit=column.unit)
        if isinstance(column, Category):
            raise error("InvalidParams", "column: a category has no sum; ask a study.Histogram or study.Count")
        return Column(name, (0.0, float(column.longest) if isinstance(column, Time) else 1.0))

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
        inputs = {number: survey.encode({name: present(floats(rows.get(number, [])))}) for number in self._keys}
        sizes: list[int] = []
        outputs = run_locally(plan, self._keys, inputs, watch=lambda _from, _to, data: sizes.append(len(data)))
        output = next(iter(outputs.values()))
        parts = "count, sum and sum of squares" + (" and the counts in the bins" if edges else "")
        revealed = f"Every party learned of the joint column {name!r}: its {parts}. {output.revealed}"
        done = survey.decode(output)[name], plan, revealed, sum(sizes)
        self._done[name, edges] = done
        return done


def simulate(
    parties: int | Sequence[Rows] = 3,
    *,
    columns: Sequence[AnyColumn] = (),
    derive_ranges: bool = False,
    policy: Policy | None = None,
    malicious: bool = True,
    network: Network = LAN,
    threshold: int | None = None,
    max_rows: int = 100_000,
) -> Study:
    """A study of several parties in this process, with the real protocols between them: to try out before it is real.

    Args:
        parties: from 2 to 255; or each party's table, a mapping of names to values or a DataFrame. Studies over secret shares
            have from 3 to 50 parties.
        columns: what is public about the columns, as in a `study.Plan`; `Study.column` and `Study.declare` say it later.
        derive_ranges: take ranges and levels that were not stated from the values of all parties. Only a simulation can do that:
            in a real study it would show the smallest and the largest value, so all parties state them before.
        policy: what may leave a study over secret shares; that of `study.Plan` if absent, which refuses figures about few rows.
        malicious, network: as in `study.Plan`.
        threshold: how many must stay to the end of a secure sum; more than half of them if absent.
        max_rows: a public bound on the rows of one party.

    >>> from veilkit import mpc
    >>> with mpc.simulate(parties=3) as study:
    ...     study.column("sbp", range=(50, 300), unit="mmHg")
    ...     study.submit(0, "sbp", [120.0, 131.0])
    ...     study.submit(1, "sbp", [118.0, float("nan")])
    ...     study.submit(2, "sbp", [142.0])
    ...     study.mean("sbp")
    Result(127.75 mmHg, standard_error=5.54, n=4)

    Every function of `veilkit.mpc.study`, from tables as they are:

    >>> tables = [{"age": [41, 52, 63, 74 + i], "dose": [1.0, 2.5, 3.0, 4.5 + i]} for i in range(3)]
    >>> with mpc.simulate(tables, derive_ranges=True) as joint:
    ...     regression = joint.linear_regression("dose", ["age"])
    >>> regression.n, [round(each.value, 4) for each in regression.value.coefficients]
    (12, [-4.2404, 0.1254])
    """
    tables = tuple(parties) if isinstance(parties, Sequence) else ()
    count = len(parties) if isinstance(parties, Sequence) else parties
    joint = Study(
        count,
        threshold,
        max_rows,
        derive_ranges=derive_ranges,
        policy=policy,
        malicious=malicious,
        network=network,
    )
    joint.declare(*columns)
    for party, table in enumerate(tables):
        joint.submit(party, table)
    return joint
