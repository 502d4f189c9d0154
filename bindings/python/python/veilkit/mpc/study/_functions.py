"""What a study may be asked for. Each question is about the rows in which none of its columns is missing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from ..._checks import as_count
from ...errors import error

Fields: TypeAlias = tuple[str, list[int], list[int], list[float], list[int]]
Place: TypeAlias = Callable[[str], int]


class Function(Protocol):
    """A question about columns, which it names."""

    def _fields(self, place: Place) -> Fields: ...


def _single(name: str, columns: Sequence[str], place: Place, **more: list[int]) -> Fields:
    return name, [place(column) for column in columns], more.get("many", []), [], more.get("counts", [])


def _all(columns: Sequence[str], place: Place) -> list[int]:
    return [place(column) for column in columns]


@dataclass(frozen=True)
class Count:
    """How many rows."""

    column: str

    def _fields(self, place: Place) -> Fields:
        return _single("count", [self.column], place)


@dataclass(frozen=True)
class Sum:
    """The sum."""

    column: str

    def _fields(self, place: Place) -> Fields:
        return _single("sum", [self.column], place)


@dataclass(frozen=True)
class Mean:
    """The mean, with its standard error and 95% confidence interval."""

    column: str

    def _fields(self, place: Place) -> Fields:
        return _single("mean", [self.column], place)


@dataclass(frozen=True)
class Variance:
    """The variance with ``n - 1`` in the denominator."""

    column: str

    def _fields(self, place: Place) -> Fields:
        return _single("variance", [self.column], place)


@dataclass(frozen=True)
class Covariance:
    """The covariance matrix."""

    columns: Sequence[str]

    def _fields(self, place: Place) -> Fields:
        return "covariance", [], _all(self.columns, place), [], []


@dataclass(frozen=True)
class Correlation:
    """Pearson's correlation matrix."""

    columns: Sequence[str]

    def _fields(self, place: Place) -> Fields:
        return "correlation", [], _all(self.columns, place), [], []


@dataclass(frozen=True)
class Histogram:
    """How many rows lie in each bin, or have each level of a category."""

    column: str
    edges: Sequence[float] = ()
    """Ascending edges, as in `numpy.histogram`; none for a category."""

    def _fields(self, place: Place) -> Fields:
        return "histogram", [place(self.column)], [], [float(edge) for edge in self.edges], []


@dataclass(frozen=True)
class Quantiles:
    """Quantiles with linear interpolation, as in `numpy.quantile`; the median by default."""

    column: str
    probabilities: Sequence[float] = (0.5,)

    def _fields(self, place: Place) -> Fields:
        return "quantiles", [place(self.column)], [], [float(p) for p in self.probabilities], []


@dataclass(frozen=True)
class Minimum:
    """The smallest value, if the policy allows extremes."""

    column: str

    def _fields(self, place: Place) -> Fields:
        return _single("minimum", [self.column], place)


@dataclass(frozen=True)
class Maximum:
    """The largest value, if the policy allows extremes."""

    column: str

    def _fields(self, place: Place) -> Fields:
        return _single("maximum", [self.column], place)


@dataclass(frozen=True)
class TopK:
    """The `k` largest values in descending order, if the policy allows extremes."""

    column: str
    k: int

    def _fields(self, place: Place) -> Fields:
        return _single("top_k", [self.column], place, counts=[as_count(self.k, "k")])


@dataclass(frozen=True)
class GroupBy:
    """Count, mean and standard error of each group."""

    column: str
    by: str

    def _fields(self, place: Place) -> Fields:
        return _single("group_by", [self.column, self.by], place)


@dataclass(frozen=True)
class Contingency:
    """The table of two categories, its chi-square test, and for two by two levels the odds ratio."""

    row: str
    column: str

    def _fields(self, place: Place) -> Fields:
        return _single("contingency", [self.row, self.column], place)


@dataclass(frozen=True)
class TTest:
    """Student's and Welch's t-test between the two levels of a category."""

    column: str
    by: str

    def _fields(self, place: Place) -> Fields:
        return _single("t_test", [self.column, self.by], place)


@dataclass(frozen=True)
class LinearRegression:
    """Least squares with an intercept: coefficients, standard errors, t, p, R2."""

    outcome: str
    predictors: Sequence[str]

    def _fields(self, place: Place) -> Fields:
        return _single("linear_regression", [self.outcome], place, many=_all(self.predictors, place))


@dataclass(frozen=True)
class LogisticRegression:
    """Logistic regression with an intercept, by Newton's method."""

    outcome: str
    predictors: Sequence[str]
    iterations: int = 12
    """The most steps; fewer are taken when nothing changes any more."""

    def _fields(self, place: Place) -> Fields:
        many, counts = _all(self.predictors, place), [as_count(self.iterations, "iterations")]
        return _single("logistic_regression", [self.outcome], place, many=many, counts=counts)


@dataclass(frozen=True)
class KaplanMeier:
    """Survival curves, and between groups the log-rank test."""

    time: str
    event: str
    by: str | None = None
    bins: int = 50
    """Into how many equal bins time is cut."""

    def _fields(self, place: Place) -> Fields:
        columns = [self.time, self.event] + ([] if self.by is None else [self.by])
        return _single("kaplan_meier", columns, place, counts=[as_count(self.bins, "bins")])


@dataclass(frozen=True)
class Cox:
    """Cox's proportional hazards on binned times."""

    time: str
    event: str
    predictors: Sequence[str]
    bins: int = 50
    iterations: int = 12
    ties: Literal["breslow", "efron"] = "breslow"
    """What is made of events in the same bin. Efron's method is what lifelines has, and nearer to times without ties."""
    most_ties: int = 32
    """For Efron's method: the most events of one bin, of all parties together. It is public, so that how many there are stays
    hidden; each costs as much as all of Breslow's method, and with more events in a bin the result is ``undetermined``."""

    def _fields(self, place: Place) -> Fields:
        counts = [as_count(self.bins, "bins"), as_count(self.iterations, "iterations")]
        if self.ties == "efron":
            counts.append(as_count(self.most_ties, "most_ties"))
        elif self.ties != "breslow":
            raise error("InvalidParams", "ties: breslow or efron")
        return _single("cox", [self.time, self.event], place, many=_all(self.predictors, place), counts=counts)


@dataclass(frozen=True)
class Pca:
    """Principal components of the covariance matrix."""

    columns: Sequence[str]
    components: int = 2

    def _fields(self, place: Place) -> Fields:
        return "pca", [], _all(self.columns, place), [], [as_count(self.components, "components")]
