"""Joint statistics over secret shares: regressions, tests, quantiles and survival curves of rows that stay where they are.

At least three parties agree on a `Plan`: the columns, what is asked, and what may leave. Each enters a `Session` with its own
rows. What leaves a party are shares, from which a minority of the parties learns nothing; what everybody learns is what the
plan says and `Plan.explain` puts in words.

>>> from veilkit.mpc import IdentityKey, study
>>> keys = {number: IdentityKey.generate() for number in (1, 2, 3)}
>>> plan = study.Plan(
...     purpose="blood pressure by age",
...     parties={number: key.identity for number, key in keys.items()},
...     columns=[study.Integer("age", (18, 110)), study.Numeric("sbp", (50, 300), resolution=0.5, unit="mmHg")],
...     functions=[study.Mean("sbp"), study.Quantiles("age"), study.LinearRegression("sbp", ["age"])],
...     policy=study.Policy(min_cohort=5, min_cell=1),
... )
>>> tables = {
...     1: {"age": [40, 52, 61], "sbp": [118, 127.5, 141]},
...     2: {"age": [35, 47], "sbp": [115, 126]},
...     3: {"age": [70, 66, 29], "sbp": [151, 139.5, float("nan")]},
... }
>>> mean, median, regression = study.run_locally(plan, keys, tables)[1]
>>> round(mean.value.value, 4), mean.n
(131.1429, 7)
>>> median.value
array([49.5])
>>> [round(coefficient.value, 3) for coefficient in regression.value.coefficients]
[79.705, 0.971]
"""

from ._columns import Category, Event, Integer, Numeric, Time
from ._functions import (
    Contingency,
    Correlation,
    Count,
    Covariance,
    Cox,
    GroupBy,
    Histogram,
    KaplanMeier,
    LinearRegression,
    LogisticRegression,
    Maximum,
    Mean,
    Minimum,
    Pca,
    Quantiles,
    Sum,
    TopK,
    TTest,
    Variance,
)
from ._ledger import Ledger
from ._plan import LAN, WAN, Cost, Network, Plan, Policy
from ._results import Outcome, Record
from ._session import Session, Step, run_locally

__all__ = [
    "LAN",
    "WAN",
    "Category",
    "Contingency",
    "Correlation",
    "Cost",
    "Count",
    "Covariance",
    "Cox",
    "Event",
    "GroupBy",
    "Histogram",
    "Integer",
    "KaplanMeier",
    "Ledger",
    "LinearRegression",
    "LogisticRegression",
    "Maximum",
    "Mean",
    "Minimum",
    "Network",
    "Numeric",
    "Outcome",
    "Pca",
    "Plan",
    "Policy",
    "Quantiles",
    "Record",
    "Session",
    "Step",
    "Sum",
    "TTest",
    "Time",
    "TopK",
    "Variance",
    "run_locally",
]

# Where users find them: in tracebacks, in help, and in pickles.
for _name in __all__:
    if callable(globals()[_name]):
        globals()[_name].__module__ = __name__
