"""Parties of a study in this process, and rows to try it on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from veilkit.mpc import IdentityKey, study

Table = dict[str, npt.NDArray[np.float64]]

KEYS = {number: IdentityKey.generate() for number in range(1, 6)}


def plan_of(columns: Sequence[Any], functions: Sequence[Any], parties: int = 3, **fields: Any) -> study.Plan:
    """A plan of the first parties that shows everything, unless `fields` say otherwise."""
    defaults: dict[str, Any] = {
        "purpose": "a test",
        "policy": study.Policy(min_cohort=1, min_parties=1, min_cell=1, allow_extremes=True),
        "max_rows": 10_000,
    }
    members = {number: KEYS[number].identity for number in range(1, parties + 1)}
    return study.Plan(parties=members, columns=columns, functions=functions, **(defaults | fields))


def split(table: Mapping[str, npt.ArrayLike], parties: int = 3) -> dict[int, Table]:
    """Every party's part of a table, in parts of different sizes."""
    columns = {name: np.asarray(values, dtype=np.float64) for name, values in table.items()}
    rows = len(next(iter(columns.values())))
    edges = np.linspace(0, 1, parties + 1) ** 1.3 * rows
    cuts = edges.astype(int)
    return {
        number: {name: values[cuts[number - 1] : cuts[number]] for name, values in columns.items()}
        for number in range(1, parties + 1)
    }


def results(plan: study.Plan, table: Mapping[str, npt.ArrayLike]) -> list[study.Outcome]:
    """The first party's results; all parties have the same."""
    parties = plan.parties
    outputs = study.run_locally(plan, {number: KEYS[number] for number in parties}, split(table, len(parties)))
    first = outputs[1]
    for output in outputs.values():
        assert [repr(outcome) for outcome in output] == [repr(outcome) for outcome in first]
    return first
