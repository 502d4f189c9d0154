"""One method for each question that a study over secret shares may be asked."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Literal

from . import study
from .study import Cost, Network, Outcome, Plan
from .study._functions import Function


class Questions(ABC):
    """Questions about joint rows, each answered by the protocol of `veilkit.mpc.study`."""

    @abstractmethod
    def plan(self, *functions: Function) -> Plan:
        """The plan of a study that asks these questions, as its parties would sign it.

        Raises:
            ParameterError: a column that is not there, a range or levels that must be public and were not stated, or a question
                that does not fit its columns.
        """

    @abstractmethod
    def ask(self, *functions: Function) -> list[Outcome]:
        """The answers to several questions of `veilkit.mpc.study`, in one study of all parties.

        Returns:
            What a party sees that receives the results, in the order of the questions. What the policy holds back has the kind
            ``refused``.

        Raises:
            ParameterError: as `plan`; columns of one question of which a party has different numbers of rows.

        >>> from veilkit import mpc
        >>> tables = [{"age": [40 + i, 50 + i, 60 + i], "site": ["a", "b", "a"]} for i in range(5)]
        >>> with mpc.simulate(tables, derive_ranges=True) as joint:
        ...     mean, groups = joint.ask(mpc.study.Mean("age"), mpc.study.GroupBy("age", "site"))
        >>> mean.value.value, [(group.level, group.n) for group in groups.value]
        (52.0, [('a', 10), ('b', 5)])
        """

    @abstractmethod
    def explain(self, *functions: Function) -> str:
        """What such a study computes, what it reveals to whom, against whom it protects, and what it does not promise."""

    @abstractmethod
    def cost(self, *functions: Function, network: Network | None = None) -> Cost:
        """What such a study takes over a network; over that of the simulation if absent."""

    def quantile(self, column: str, probability: float | Sequence[float] = 0.5) -> Outcome:
        """Quantiles with linear interpolation, as in `numpy.quantile`."""
        several = [probability] if isinstance(probability, (int, float)) else probability
        return self._one(study.Quantiles(column, several))

    def median(self, column: str) -> Outcome:
        """The median."""
        return self.quantile(column, 0.5)

    def minimum(self, column: str) -> Outcome:
        """The smallest value, if the policy allows extremes."""
        return self._one(study.Minimum(column))

    def maximum(self, column: str) -> Outcome:
        """The largest value, if the policy allows extremes."""
        return self._one(study.Maximum(column))

    def top_k(self, column: str, k: int) -> Outcome:
        """The `k` largest values in descending order, if the policy allows extremes."""
        return self._one(study.TopK(column, k))

    def covariance(self, columns: Sequence[str]) -> Outcome:
        """The covariance matrix."""
        return self._one(study.Covariance(columns))

    def correlation(self, columns: Sequence[str]) -> Outcome:
        """Pearson's correlation matrix."""
        return self._one(study.Correlation(columns))

    def levels(self, column: str) -> Outcome:
        """How many rows have each level of a category."""
        return self._one(study.Histogram(column))

    def group_by(self, column: str, by: str) -> Outcome:
        """Count, mean and standard error of each group."""
        return self._one(study.GroupBy(column, by))

    def contingency(self, row: str, column: str) -> Outcome:
        """The table of two categories, its chi-square test, and for two by two levels the odds ratio."""
        return self._one(study.Contingency(row, column))

    def t_test(self, column: str, by: str) -> Outcome:
        """Student's and Welch's t-test between the two levels of a category."""
        return self._one(study.TTest(column, by))

    def linear_regression(self, outcome: str, predictors: Sequence[str]) -> Outcome:
        """Least squares with an intercept: coefficients, standard errors, t, p, R2."""
        return self._one(study.LinearRegression(outcome, predictors))

    def logistic_regression(self, outcome: str, predictors: Sequence[str], *, iterations: int = 12) -> Outcome:
        """Logistic regression with an intercept, by Newton's method."""
        return self._one(study.LogisticRegression(outcome, predictors, iterations))

    def kaplan_meier(self, time: str, event: str, by: str | None = None, *, bins: int = 50) -> Outcome:
        """Survival curves, and between groups the log-rank test."""
        return self._one(study.KaplanMeier(time, event, by, bins))

    def cox(
        self,
        time: str,
        event: str,
        predictors: Sequence[str],
        *,
        bins: int = 50,
        iterations: int = 12,
        ties: Literal["breslow", "efron"] = "breslow",
        most_ties: int = 32,
    ) -> Outcome:
        """Cox's proportional hazards on binned times; ties as in `study.Cox`."""
        return self._one(study.Cox(time, event, predictors, bins, iterations, ties, most_ties))

    def pca(self, columns: Sequence[str], components: int = 2) -> Outcome:
        """Principal components of the covariance matrix."""
        return self._one(study.Pca(columns, components))

    def _one(self, function: Function) -> Outcome:
        return self.ask(function)[0]
