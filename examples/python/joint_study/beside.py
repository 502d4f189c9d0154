"""Every figure of a joint study beside the same in the clear, and how far apart the two may be.

Columns are whole multiples of their resolution, so counts are exact, and so are sums, up to the last digits of
floating point. What is computed on shares is rounded there; `veilkit` declares, in units of a figure's own standard
error s or size:

    count, histogram, table            0
    sum, mean, quantile, extreme       1e-12 of its size (and of the width of the range, for one near zero)
    variance, covariance, components   1e-9 of its size; of the larger variances where it is no variance itself
    correlation                        1e-9
    t-test, chi-square, odds ratio     1e-8 of its size
    coefficients of models             1e-8 s, and the same part of s itself and of F, R squared, likelihood
    survival                           1e-12, its standard error 1e-9 of its size
    p of a statistic z                 1e-8 (1 + |z|)^2 of its size
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

import distributions
import textbook
from asked import CURVE_BINS, LONGEST, Asked, Table
from checks import Comparison

EXACT, FINE, MODEL = 1e-12, 1e-9, 1e-8
Found = Iterator[tuple[str, float, float, float]]
Value = Any


def _p(statistic: float) -> float:
    return MODEL * (1 + abs(statistic)) ** 2


def _each(name: str, joint: Any, clear: Any, allowed: Any) -> Found:
    """Entries of an array, in rows."""
    joint, clear = np.asarray(joint, dtype=float), np.asarray(clear, dtype=float)
    for at in np.ndindex(clear.shape):
        place = " ".join(str(i + 1) for i in at)
        bound = allowed[at] if isinstance(allowed, np.ndarray) else allowed
        yield f"{name} {place}".strip(), float(joint[at]), float(clear[at]), float(bound)


def _estimates(names: list[str], joint: list[Value], clear: textbook.Estimates) -> Found:
    """Coefficients of a model: value, standard error, statistic, p, interval."""
    rows = zip(names, joint, clear.values, clear.errors, clear.p_values, strict=True)
    for name, found, value, error, p in rows:
        z = value / error
        yield f"{name}: coefficient", found["value"], value, MODEL * error
        yield f"{name}: standard error", found["standard_error"], error, MODEL * error
        yield f"{name}: statistic", found["statistic"], z, MODEL * (1 + abs(z))
        yield f"{name}: p", found["p_value"], p, _p(z) * p + 1e-300
        for end, sign in zip(found["interval"], (-1, 1), strict=True):
            bound = value + sign * clear.reach * error
            yield f"{name}: 95% {'low' if sign < 0 else 'high'}", end, bound, 4 * MODEL * error


def _mean(prefix: str, joint: Value, values: np.ndarray) -> Found:
    clear = textbook.mean(values)
    centre, error, reach = float(clear.values[0]), float(clear.errors[0]), clear.reach
    close = EXACT * (abs(centre) + float(np.ptp(values)))
    yield f"{prefix}mean", joint["value"], centre, close
    yield f"{prefix}standard error", joint["standard_error"], error, FINE * error
    yield f"{prefix}95% low", joint["interval"][0], centre - reach * error, close + 2 * FINE * reach * error
    yield f"{prefix}95% high", joint["interval"][1], centre + reach * error, close + 2 * FINE * reach * error


def _t_test(value: Value, groups: list[np.ndarray]) -> Found:
    n, m, v = ([f(g) for g in groups] for f in (len, np.mean, lambda g: g.var(ddof=1)))
    parts = [v[i] / n[i] for i in (0, 1)]
    welch_degrees = sum(parts) ** 2 / sum(part**2 / (k - 1) for part, k in zip(parts, n, strict=True))
    pooled = sum((k - 1) * x for k, x in zip(n, v, strict=True)) / (sum(n) - 2)
    yield "difference of means", value["difference"], m[0] - m[1], EXACT * (abs(m[0]) + abs(m[1]))
    for name, error, degrees in (
        ("welch", np.sqrt(sum(parts)), welch_degrees),
        ("pooled", np.sqrt(pooled * sum(1 / k for k in n)), sum(n) - 2.0),
    ):
        t, found = (m[0] - m[1]) / error, value[name]
        p = distributions.t_two_sided(t, degrees)
        yield f"{name}: t", found["statistic"], t, MODEL * abs(t)
        yield f"{name}: degrees of freedom", found["degrees"], degrees, MODEL * degrees
        yield f"{name}: p", found["p_value"], p, _p(t) * p


def _contingency(value: Value, rows: np.ndarray, columns: np.ndarray) -> Found:
    clear = np.array([[((rows == i) & (columns == j)).sum() for j in (0, 1)] for i in (0, 1)])
    yield from _each("cell", value["counts"], clear, 0)
    expected = np.outer(clear.sum(axis=1), clear.sum(axis=0)) / clear.sum()
    for name, x in (("", np.abs(clear - expected)), ("corrected ", np.abs(clear - expected) - 0.5)):
        statistic = float((x**2 / expected).sum())
        test, key = value["test"], "corrected" if name else "statistic"
        p = distributions.chi_square_tail(statistic, 1)
        yield f"{name}chi-square", test[key], statistic, MODEL * statistic
        yield f"{name}p", test["corrected_p_value" if name else "p_value"], p, _p(np.sqrt(statistic)) * p
    (a, b), (c, d) = clear.tolist()
    odds, error = a * d / (b * c), np.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
    reach = np.exp(distributions.quantile(distributions.normal_two_sided) * error)
    yield "odds ratio", value["odds_ratio"]["value"], odds, MODEL * odds
    for name, end, bound in zip(("low", "high"), value["odds_ratio"]["interval"], (odds / reach, odds * reach)):
        yield f"odds ratio: 95% {name}", end, bound, MODEL * bound


def _survival(value: Value, times: np.ndarray, events: np.ndarray, groups: np.ndarray) -> Found:
    for level, joint in enumerate(value["curves"]):
        ends, own = np.array(joint["times"]), groups == level
        clear = textbook.kaplan_meier(textbook.rounded_up(times[own], ends), events[own], ends)
        prefix = f"hormones {joint['level']}: "
        yield from _each(f"{prefix}at risk, interval", joint["at_risk"], clear.at_risk, 0)
        yield from _each(f"{prefix}events, interval", joint["events"], clear.events, 0)
        yield from _each(f"{prefix}survival, interval", joint["survival"], clear.survival, EXACT)
        yield from _each(f"{prefix}error, interval", joint["standard_error"], clear.errors, FINE * clear.errors)
        median = min(joint["median"], LONGEST), min(clear.median, LONGEST)
        yield (f"{prefix}median", *median, 0)
    binned = textbook.rounded_up(times, np.linspace(0, LONGEST, CURVE_BINS + 1)[1:])
    statistic = textbook.log_rank(binned, events, groups == 0)
    p = distributions.chi_square_tail(statistic, 1)
    yield "log-rank", value["log_rank"]["statistic"], statistic, MODEL * statistic
    yield "log-rank: p", value["log_rank"]["p_value"], p, _p(np.sqrt(statistic)) * p


def _components(value: Value, values: np.ndarray) -> Found:
    variances, vectors = np.linalg.eigh(np.cov(values))
    variances, vectors = variances[::-1], vectors.T[::-1]
    yield from _each("variance", value["variances"], variances, FINE * variances)
    yield from _each("part", value["explained"], variances / variances.sum(), FINE)
    # The sign of a component is free.
    turned = [v * np.sign(v[np.abs(v).argmax()]) for v in vectors]
    yield from _each("component", value["components"], turned, MODEL)


def _figures(asked: Asked, table: Table, function: Any, value: Value) -> Found:
    """Names, joint and clear figures, and what is allowed, of one answer."""
    names = list(dict.fromkeys(_columns(function)))
    kept = np.all([np.isfinite(table[name]) for name in names], axis=0)
    rows = {name: table[name][kept] for name in names}
    first = rows[names[0]]
    match type(function).__name__:
        case "Count":
            yield "count", value["value"], len(first), 0
        case "Sum":
            yield "sum", value["value"], first.sum(), EXACT * np.abs(first).sum()
        case "Mean":
            yield from _mean("", value, first)
        case "Variance":
            yield "variance", value["value"], first.var(ddof=1), FINE * first.var(ddof=1)
        case "Covariance":
            clear = np.cov([rows[name] for name in names])
            spread = np.sqrt(np.diag(clear))
            yield from _each("entry", value, clear, FINE * np.outer(spread, spread))
        case "Correlation":
            yield from _each("entry", value, np.corrcoef([rows[name] for name in names]), FINE)
        case "Histogram":
            edges = function.edges or (-0.5, 0.5, 1.5)
            yield from _each("cell", value["counts"], np.histogram(first, edges)[0], 0)
        case "Quantiles":
            clear = np.quantile(first, function.probabilities)
            for p, a, b in zip(function.probabilities, value, clear, strict=True):
                yield f"quantile {p:g}", a, float(b), EXACT * abs(float(b))
        case "Minimum" | "Maximum" as which:
            clear = float(first.min() if which == "Minimum" else first.max())
            yield which.lower(), value["value"], clear, EXACT * abs(clear)
        case "TopK":
            clear = np.sort(first)[::-1][: function.k]
            yield from _each("place", value, clear, EXACT * clear)
        case "GroupBy":
            for level, group in enumerate(value):
                own = first[rows[names[1]] == level]
                yield f"{group['level']}: count", group["n"], len(own), 0
                yield from _mean(f"{group['level']}: ", group["mean"], own)
        case "Contingency":
            yield from _contingency(value, first, rows[names[1]])
        case "TTest":
            yield from _t_test(value, [first[rows[names[1]] == level] for level in (0, 1)])
        case "LinearRegression":
            clear = textbook.linear(np.column_stack([rows[name] for name in names[1:]]), first)
            yield from _estimates(["intercept", *names[1:]], value["coefficients"], clear.estimates)
            yield "R squared", value["r_squared"], clear.r_squared, MODEL
            yield "F", value["f_statistic"], clear.f_statistic, MODEL * clear.f_statistic
        case "LogisticRegression":
            fitted, likelihood = textbook.logistic(np.column_stack([rows[name] for name in names[1:]]), first)
            yield from _estimates(["intercept", *names[1:]], value["coefficients"], fitted)
            yield "log-likelihood", value["log_likelihood"], likelihood, MODEL * abs(likelihood)
        case "KaplanMeier":
            yield from _survival(value, first, rows[function.event], rows[function.by])
        case "Cox":
            binned = textbook.rounded_up(first, np.linspace(0, LONGEST, function.bins + 1)[1:])
            predictors = np.column_stack([rows[name] for name in function.predictors])
            fitted = textbook.cox(binned, rows[function.event], predictors)
            yield from _estimates(list(function.predictors), value["coefficients"], fitted)
        case "Pca":
            yield from _components(value, np.array([rows[name] for name in names]))
        case other:
            raise ValueError(f"no figures in the clear for {other}")


def _columns(function: Any) -> list[str]:
    """The columns that a question names."""
    single = [getattr(function, name, None) for name in ("outcome", "time", "event", "row", "column", "by")]
    several = [*getattr(function, "columns", ()), *getattr(function, "predictors", ())]
    return [name for name in [*single, *several] if name is not None]


def title(function: Any) -> str:
    """A question in words."""
    name = type(function).__name__
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
    return f"{words}: {', '.join(_columns(function))}"


def compare(asked: Asked, table: Table, answers: list[Mapping[str, Any]]) -> list[Comparison]:
    """Every figure of a study's answers beside the same over the pooled rows."""
    found = []
    for function, answer in zip(asked.functions, answers, strict=True):
        subject = title(function)
        if answer["value"] is None or isinstance(answer["value"], str):
            nothing = Comparison(subject, f"no figure: {answer['kind']}", "", float("nan"), 0.0, 0.0)
            found.append(nothing)
            continue
        for name, joint, clear, allowed in _figures(asked, table, function, answer["value"]):
            found.append(Comparison(subject, name, "", float(joint), float(clear), float(allowed)))
    return found
