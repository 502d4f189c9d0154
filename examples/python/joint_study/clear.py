"""The same figures in the clear, by a different road: all rows in one place, numpy's own functions, no sums.

Only the report uses this, to have something to compare with. In a real study nobody could run it.
"""

import numpy as np

from study import COLUMNS, DIABETES, ColumnFigures, Regression, Rows, design


def pool(hospitals: list[Rows]) -> Rows:
    """The rows of several hospitals in one pile."""
    return {name: [row for rows in hospitals for row in rows[name]] for name in hospitals[0]}


def survey_figures(rows: Rows) -> dict[str, ColumnFigures]:
    """Count, mean, variance, standard error and histogram of each column, by numpy."""
    figures = {}
    for column in COLUMNS:
        values = column.values(rows[column.table])
        variance = float(values.var(ddof=1))
        figures[column.key] = ColumnFigures(
            float(len(values)),
            float(values.mean()),
            variance,
            float(np.sqrt(variance / len(values))),
            np.histogram(values, bins=column.public.edges)[0].astype(float).tolist(),
        )
    return figures


def regression(rows: Rows) -> Regression:
    """The regression by QR decomposition of the rows."""
    matrix, outcome = design(rows[DIABETES])
    count, size = matrix.shape
    basis, triangle = np.linalg.qr(matrix)
    coefficients = np.linalg.solve(triangle, basis.T @ outcome)
    residual = float(((outcome - matrix @ coefficients) ** 2).sum())
    errors = np.sqrt(residual / (count - size) * (np.linalg.inv(triangle) ** 2).sum(axis=1))
    total = float(((outcome - outcome.mean()) ** 2).sum())
    return Regression(float(count), coefficients.tolist(), errors.tolist(), 1 - residual / total)
