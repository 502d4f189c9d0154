"""Compares joint figures with figures in the clear, within tolerances that follow from the fixed-point precision.

Each party rounds each entry of its vector to a multiple of 2^-FRACTION_BITS, so an entry of the joint vector is off by
at most e = parties * 2^-(FRACTION_BITS + 1). Counts and histogram cells are whole numbers, so they are exact:
tolerance 0. The others are first-order bounds in e, doubled, plus 10^-12 of the value for the order of floating-point
additions.

With S = sum of (x - centre), n the count, b the coefficients, H the inverse of the Gram matrix, p its size:
    mean             e / n
    variance         e (1 + 2 |S / n|) / (n - 1)
    standard error   variance's bound / (2 n * standard error)
    coefficient j    e (1 + sum |b|) * sum_k |H_jk|
    its error s_j    (RSS/(n - p) * e (sum_k |H_jk|)^2 + H_jj * e (1 + sum |b|)^2 / (n - p)) / (2 s_j)
    R squared        e (1 + sum |b|)^2 / TSS + RSS / TSS^2 * e (1 + 2 |S_y / n|)
"""

import dataclasses

import numpy as np

from study import COEFFICIENTS, COLUMNS, DIABETES, FRACTION_BITS, Figures, Rows, design

ROUNDING = 1e-12


@dataclasses.dataclass(frozen=True)
class Comparison:
    """One figure, joint and in the clear."""

    subject: str
    figure: str
    unit: str
    joint: float
    clear: float
    tolerance: float

    @property
    def difference(self) -> float:
        """Joint minus clear."""
        return self.joint - self.clear

    @property
    def holds(self) -> bool:
        """Whether the two agree within the tolerance; never for NaN."""
        return abs(self.difference) <= self.tolerance


def entry_error(parties: int) -> float:
    """The largest error of one entry of the joint vector."""
    return parties * 2.0 ** -(FRACTION_BITS + 1)


def compare(joint: Figures, clear: Figures, rows: Rows, parties: int) -> list[Comparison]:
    """Every figure of the study beside the same in the clear. `rows` are the pooled rows, for the bounds."""
    e = entry_error(parties)
    found = []
    for column in COLUMNS:
        a, b = joint.columns[column.key], clear.columns[column.key]
        n, offset = b.count, abs(b.mean - column.centre)
        variance = e * (1 + 2 * offset) / (n - 1)
        square = f"({column.unit})\N{SUPERSCRIPT TWO}" if column.unit != "share" else "share\N{SUPERSCRIPT TWO}"
        for figure, unit, x, y, bound in (
            ("mean", column.unit, a.mean, b.mean, e / n),
            ("variance", square, a.variance, b.variance, variance),
            ("standard error", column.unit, a.standard_error, b.standard_error, variance / (2 * n * b.standard_error)),
        ):
            found.append(Comparison(column.key, figure, unit, x, y, 2 * bound + ROUNDING * abs(y)))
        found.append(Comparison(column.key, "count", "people", a.count, b.count, 0.0))
        if len(a.histogram) != len(b.histogram):
            found.append(Comparison(column.key, "cells", "cells", len(a.histogram), len(b.histogram), 0.0))
        for i, (x, y) in enumerate(zip(a.histogram, b.histogram)):
            found.append(Comparison(column.key, f"cell {i + 1}", "people", x, y, 0.0))
    return found + _regression(joint, clear, rows, e)


def _regression(joint: Figures, clear: Figures, rows: Rows, e: float) -> list[Comparison]:
    a, b = joint.regression, clear.regression
    matrix, outcome = design(rows[DIABETES])
    n, p = matrix.shape
    inverse = np.linalg.inv(matrix.T @ matrix)
    coefficients = np.abs(b.coefficients)
    residual = ((outcome - matrix @ b.coefficients) ** 2).sum()
    total = ((outcome - outcome.mean()) ** 2).sum()
    spread, reach = np.abs(inverse).sum(axis=1), 1 + coefficients.sum()
    found = [Comparison("regression", "count", "people", a.count, b.count, 0.0)]
    for j, name in enumerate(COEFFICIENTS):
        error = residual / (n - p) * e * spread[j] ** 2 + inverse[j, j] * e * reach**2 / (n - p)
        for figure, x, y, bound in (
            (f"{name}: coefficient", a.coefficients[j], b.coefficients[j], e * reach * spread[j]),
            (f"{name}: standard error", a.standard_errors[j], b.standard_errors[j], error / (2 * b.standard_errors[j])),
        ):
            found.append(Comparison("regression", figure, "", x, y, float(2 * bound) + ROUNDING * max(1.0, abs(y))))
    bound = e * reach**2 / total + residual / total**2 * e * (1 + 2 * abs(outcome.mean()))
    found.append(Comparison("regression", "R squared", "", a.r_squared, b.r_squared, float(2 * bound) + ROUNDING))
    return found
