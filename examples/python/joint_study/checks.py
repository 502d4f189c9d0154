"""Compares joint figures with figures in the clear, within tolerances that follow from the fixed-point precision.

Each of p parties rounds each entry of its vector to a multiple of 2^-f, so an entry of the joint vector is off by at
most e = p * 2^-(f + 1). Counts and histogram cells are whole numbers, so they are exact: what is allowed is 0.
The others are first-order bounds in e, doubled, plus 2^-46 of the figure's unit for floating point on both sides.

The survey scales a column by the half width w of its public range; n is the count:
    mean             w e / n
    variance         3 w^2 e / (n - 1)
    standard error   the variance's / (2 n * standard error)

The regression has coefficients b, k of them, and the inverse H of the Gram matrix; RSS and TSS are residual and total
sums of squares, y the outcome:
    coefficient j    e (1 + sum |b|) * sum_i |H_ji|
    its error s_j    (RSS / (n - k) * e (sum_i |H_ji|)^2 + H_jj * e (1 + sum |b|)^2 / (n - k)) / (2 s_j)
    R squared        e (1 + sum |b|)^2 / TSS + RSS / TSS^2 * e (1 + 2 |mean y|)
"""

import dataclasses

import numpy as np

from study import COEFFICIENTS, COLUMNS, DIABETES, ColumnFigures, Regression, Rows, design

FLOATING = 2.0**-46
SQUARED = "\N{SUPERSCRIPT TWO}"


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


def entry_error(parties: int, fraction_bits: int) -> float:
    """The largest error of one entry of the joint vector."""
    return parties * 2.0 ** -(fraction_bits + 1)


def compare_survey(
    joint: dict[str, ColumnFigures], clear: dict[str, ColumnFigures], parties: int, fraction_bits: int
) -> list[Comparison]:
    """Every figure of the survey beside the same in the clear."""
    e, found = entry_error(parties, fraction_bits), []
    for column in COLUMNS:
        a, b, w = joint[column.key], clear[column.key], column.half_width
        variance = 6 * w**2 * e / (b.count - 1) + FLOATING * w**2
        for figure, unit, x, y, allowed in (
            ("count", "people", a.count, b.count, 0.0),
            ("mean", column.unit, a.mean, b.mean, 2 * w * e / b.count + FLOATING * w),
            ("variance", f"({column.unit}){SQUARED}", a.variance, b.variance, variance),
            (
                "standard error",
                column.unit,
                a.standard_error,
                b.standard_error,
                variance / (2 * b.count * b.standard_error),
            ),
        ):
            found.append(Comparison(column.key, figure, unit, x, y, allowed))
        for name, x, y in zip(column.cells(), a.histogram, b.histogram, strict=True):
            found.append(Comparison(column.key, f"cell {name}", "people", x, y, 0.0))
    return found


def compare_regression(
    joint: Regression, clear: Regression, rows: Rows, parties: int, fraction_bits: int
) -> list[Comparison]:
    """Every figure of the regression beside the same in the clear. `rows` are the pooled rows, for the bounds."""
    e = entry_error(parties, fraction_bits)
    matrix, outcome = design(rows[DIABETES])
    n, k = matrix.shape
    inverse = np.linalg.inv(matrix.T @ matrix)
    residual = ((outcome - matrix @ clear.coefficients) ** 2).sum()
    total = ((outcome - outcome.mean()) ** 2).sum()
    spread, reach = np.abs(inverse).sum(axis=1), 1 + np.abs(clear.coefficients).sum()
    found = [Comparison("regression", "count", "people", joint.count, clear.count, 0.0)]

    def add(figure: str, x: float, y: float, bound: float) -> None:
        found.append(Comparison("regression", figure, "", x, y, float(2 * bound + FLOATING)))

    for j, name in enumerate(COEFFICIENTS):
        error = residual / (n - k) * e * spread[j] ** 2 + inverse[j, j] * e * reach**2 / (n - k)
        add(f"{name}: coefficient", joint.coefficients[j], clear.coefficients[j], e * reach * spread[j])
        s = clear.standard_errors[j]
        add(f"{name}: standard error", joint.standard_errors[j], s, error / (2 * s))
    bound = e * reach**2 / total + residual / total**2 * e * (1 + 2 * abs(outcome.mean()))
    add("R squared", joint.r_squared, clear.r_squared, bound)
    return found
