"""The same figures in the clear, by a different road: all rows in one place, numpy's own functions, no sums.

Only the report uses this, to have something to compare with. In a real study nobody could run it.
"""

import numpy as np

from study import COLUMNS, DIABETES, ColumnFigures, Figures, Regression, Rows, design


def pool(hospitals: list[Rows]) -> Rows:
    """The rows of several hospitals in one pile."""
    return {name: [row for rows in hospitals for row in rows[name]] for name in hospitals[0]}


def figures(rows: Rows) -> Figures:
    """Count, mean, variance, standard error and histogram by numpy; the regression by `lstsq`."""
    columns = {}
    for column in COLUMNS:
        values = column.values(rows[column.table])
        variance = float(values.var(ddof=1))
        if column.is_share:
            cells = [np.count_nonzero(values == 0), np.count_nonzero(values == 1)]
        else:
            cells = np.histogram(values, bins=[-np.inf, *column.edges, np.inf])[0]
        columns[column.key] = ColumnFigures(
            float(len(values)),
            float(values.mean()),
            variance,
            float(np.sqrt(variance / len(values))),
            [float(cell) for cell in cells],
        )
    return Figures(columns, _regression(rows))


def _regression(rows: Rows) -> Regression:
    matrix, outcome = design(rows[DIABETES])
    count, size = matrix.shape
    coefficients = np.linalg.lstsq(matrix, outcome, rcond=None)[0]
    residuals = outcome - matrix @ coefficients
    _, triangle = np.linalg.qr(matrix)
    inverse_triangle = np.linalg.inv(triangle)
    variance = residuals @ residuals / (count - size)
    errors = np.sqrt(variance * (inverse_triangle**2).sum(axis=1))
    r_squared = 1 - residuals @ residuals / ((outcome - outcome.mean()) ** 2).sum()
    return Regression(float(count), coefficients.tolist(), errors.tolist(), float(r_squared))
