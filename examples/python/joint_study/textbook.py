"""Models in the clear, as in a textbook, by numpy: regressions and survival."""

import dataclasses
from collections.abc import Callable

import numpy as np

import distributions

Array = np.ndarray


@dataclasses.dataclass(frozen=True)
class Estimates:
    """Coefficients with their standard errors; Student's t with these degrees of freedom, or the normal for None."""

    values: Array
    errors: Array
    degrees: float | None = None

    def two_sided(self, statistic: float) -> float:
        """How often the statistic of a coefficient that is zero is further from zero."""
        if self.degrees is None:
            return distributions.normal_two_sided(statistic)
        return distributions.t_two_sided(statistic, self.degrees)

    @property
    def statistics(self) -> Array:
        """t or z."""
        return self.values / self.errors

    @property
    def p_values(self) -> list[float]:
        """One for each coefficient."""
        return [self.two_sided(statistic) for statistic in self.statistics]

    @property
    def reach(self) -> float:
        """Half the width of a 95% confidence interval, in standard errors."""
        return distributions.quantile(self.two_sided)


def mean(values: Array) -> Estimates:
    """The mean and its standard error."""
    error = values.std(ddof=1) / np.sqrt(len(values))
    return Estimates(np.array([values.mean()]), np.array([error]), len(values) - 1.0)


@dataclasses.dataclass(frozen=True)
class Linear:
    """Least squares."""

    estimates: Estimates
    r_squared: float
    f_statistic: float
    f_p_value: float


def linear(predictors: Array, outcome: Array) -> Linear:
    """Least squares with an intercept, by QR decomposition of the rows."""
    matrix = np.column_stack([np.ones(len(outcome)), predictors])
    count, size = matrix.shape
    basis, triangle = np.linalg.qr(matrix)
    values = np.linalg.solve(triangle, basis.T @ outcome)
    residual = float(((outcome - matrix @ values) ** 2).sum())
    total = float(((outcome - outcome.mean()) ** 2).sum())
    errors = np.sqrt(residual / (count - size) * (np.linalg.inv(triangle) ** 2).sum(axis=1))
    f = (total - residual) / (size - 1) / (residual / (count - size))
    p = distributions.f_tail(f, size - 1, count - size)
    return Linear(Estimates(values, errors, count - size), 1 - residual / total, f, p)


def _newton(step: Callable[[Array], tuple[Array, Array]], start: Array) -> Estimates:
    """Newton's method: `step` gives gradient and information."""
    values = start
    for _ in range(50):
        gradient, information = step(values)
        move = np.linalg.solve(information, gradient)
        values = values + move
        if np.abs(move).max() < 1e-14 * (1 + np.abs(values).max()):
            break
    errors = np.sqrt(np.diag(np.linalg.inv(step(values)[1])))
    return Estimates(values, errors)


def logistic(predictors: Array, outcome: Array) -> tuple[Estimates, float]:
    """Logistic regression with an intercept, and the logarithm of its likelihood; fitted on centred predictors."""
    centre, scale = predictors.mean(axis=0), predictors.std(axis=0)
    matrix = np.column_stack([np.ones(len(outcome)), (predictors - centre) / scale])

    def step(values: Array) -> tuple[Array, Array]:
        probability = 1 / (1 + np.exp(-matrix @ values))
        weight = probability * (1 - probability)
        return matrix.T @ (outcome - probability), matrix.T @ (matrix * weight[:, None])

    fitted = _newton(step, np.zeros(matrix.shape[1]))
    # Back to the units of the columns: values = turn @ fitted values.
    turn = np.diag(np.concatenate([[1], 1 / scale]))
    turn[0, 1:] = -centre / scale
    covariance = turn @ np.linalg.inv(step(fitted.values)[1]) @ turn.T
    line = matrix @ fitted.values
    likelihood = float((outcome * line - np.logaddexp(0, line)).sum())
    return Estimates(turn @ fitted.values, np.sqrt(np.diag(covariance))), likelihood


def cox(times: Array, events: Array, predictors: Array) -> Estimates:
    """Cox's proportional hazards with Breslow's likelihood for tied times; fitted on centred predictors."""
    scale = predictors.std(axis=0)
    x = (predictors - predictors.mean(axis=0)) / scale

    def step(values: Array) -> tuple[Array, Array]:
        weight = np.exp(x @ values)
        gradient, information = np.zeros(len(values)), np.zeros((len(values), len(values)))
        for time in np.unique(times[events > 0]):
            at_risk, here = times >= time, (times == time) & (events > 0)
            w, z = weight[at_risk], x[at_risk]
            middle = w @ z / w.sum()
            spread = (z * w[:, None]).T @ z / w.sum() - np.outer(middle, middle)
            gradient += x[here].sum(axis=0) - here.sum() * middle
            information += here.sum() * spread
        return gradient, information

    fitted = _newton(step, np.zeros(x.shape[1]))
    return Estimates(fitted.values / scale, fitted.errors / scale)


def rounded_up(times: Array, ends: Array) -> Array:
    """Each time as the end of its interval; infinite behind the last one."""
    return np.append(ends, np.inf)[np.searchsorted(ends + 1e-9, times)]


@dataclasses.dataclass(frozen=True)
class Curve:
    """A survival curve at the ends of intervals."""

    at_risk: Array
    events: Array
    survival: Array
    errors: Array
    median: float


def kaplan_meier(times: Array, events: Array, ends: Array) -> Curve:
    """The product-limit estimate over times that have been rounded up, with Greenwood's standard errors."""
    at_risk = np.array([(times >= end).sum() for end in ends])
    died = np.array([((times == end) & (events > 0)).sum() for end in ends])
    survival = np.cumprod(1 - died / at_risk)
    errors = survival * np.sqrt(np.cumsum(died / (at_risk * (at_risk - died))))
    half = ends[survival <= 0.5]
    return Curve(at_risk, died, survival, errors, float(half[0]) if len(half) else np.inf)


def log_rank(times: Array, events: Array, first: Array) -> float:
    """The log-rank statistic of two groups; `first` says who is in the first one."""
    difference = variance = 0.0
    for time in np.unique(times[events > 0]):
        at_risk, here = times >= time, (times == time) & (events > 0)
        n, d, part = at_risk.sum(), here.sum(), first[at_risk].mean()
        difference += (here & first).sum() - d * part
        if n > 1:
            variance += d * (n - d) / (n - 1) * part * (1 - part)
    return float(difference**2 / variance)
