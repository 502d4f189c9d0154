"""What the study asks: the columns, their public bins, and how one hospital's rows become one vector of sums.

Everything here is public and agreed beforehand. A hospital turns its own rows into `local_vector`; the secure sum adds
the vectors of all hospitals; `figures` turns the joint vector into counts, means, variances, standard errors,
histograms and one linear regression. No row and no hospital's own vector is needed for that.
"""

import csv
import dataclasses
import hashlib
import json
import pathlib
from collections.abc import Callable

import numpy as np

DATA = pathlib.Path(__file__).resolve().parents[2] / "data"

# The plan's number format: sums are rounded to 2^-24 and each hospital's sums stay below 2^30.
FRACTION_BITS = 24
BOUND_BITS = 30


@dataclasses.dataclass(frozen=True)
class Column:
    """One column of the study. `centre` is a public round number: moments are taken around it, so they stay small."""

    key: str
    title: str
    unit: str
    table: str
    read: Callable[[dict[str, str]], float | None]
    centre: float = 0.0
    edges: tuple[float, ...] = ()

    @property
    def is_share(self) -> bool:
        """Whether the column is yes or no, so that its mean is a share."""
        return not self.edges

    @property
    def width(self) -> int:
        """How many entries of the vector the column takes."""
        return 2 if self.is_share else 3 + len(self.edges) + 1

    def values(self, rows: list[dict[str, str]]) -> np.ndarray:
        """The column's values; rows where it is missing are left out."""
        values = (self.read(row) for row in rows)
        return np.array([value for value in values if value is not None], dtype=float)

    def bin_names(self) -> list[str]:
        """Names of the cells: two open ones at the ends, so that no cell shows a single unusual patient."""
        inner = [f"{low:g}\N{EN DASH}{high:g}" for low, high in zip(self.edges, self.edges[1:])]
        return [f"< {self.edges[0]:g}", *inner, f"\N{GREATER-THAN OR EQUAL TO} {self.edges[-1]:g}"]


def _number(name: str) -> Callable[[dict[str, str]], float | None]:
    return lambda row: float(row[name]) if row[name] else None


def _steps(first: float, last: float, step: float) -> tuple[float, ...]:
    return tuple(float(edge) for edge in np.arange(first, last + step / 2, step))


NHEFS, DIABETES = "nhefs", "diabetes"

COLUMNS = (
    Column("sbp", "Systolic blood pressure 1982", "mmHg", NHEFS, _number("sbp"), 130, _steps(100, 180, 10)),
    Column("dbp", "Diastolic blood pressure 1982", "mmHg", NHEFS, _number("dbp"), 80, _steps(60, 100, 5)),
    Column("weight", "Weight 1971", "kg", NHEFS, _number("wt71"), 70, _steps(45, 105, 10)),
    Column("age", "Age 1971", "years", NHEFS, _number("age"), 45, _steps(30, 70, 5)),
    Column("cigarettes", "Cigarettes a day 1971", "per day", NHEFS, _number("smokeintensity"), 20, _steps(5, 40, 5)),
    Column("smokers", "Still smoking in 1982", "share", NHEFS, lambda row: 1.0 - float(row["qsmk"])),
    # Coded 0 never, 1 ever, 2 missing.
    Column(
        "diabetes",
        "Diabetes ever, 1971",
        "share",
        NHEFS,
        lambda row: None if row["diabetes"] == "2" else float(row["diabetes"]),
    ),
    Column("bmi", "Body mass index", "kg/m\N{SUPERSCRIPT TWO}", DIABETES, _number("bmi"), 26, _steps(20, 36, 2)),
    Column("glucose", "Blood glucose", "mg/dl", DIABETES, _number("s6"), 90, _steps(70, 110, 10)),
    Column(
        "progression", "Progression after a year", "score", DIABETES, _number("progression"), 150, _steps(50, 300, 50)
    ),
)

# Progression of diabetes explained by five measurements: title, column, public centre, public scale.
OUTCOME = ("progression", "progression", 150.0, 75.0)
PREDICTORS = (
    ("age", "age", 50.0, 13.0),
    ("sex", "sex", 1.5, 0.5),
    ("body mass index", "bmi", 26.0, 4.5),
    ("blood pressure", "bp", 95.0, 14.0),
    ("blood glucose", "s6", 91.0, 11.5),
)
COEFFICIENTS = ("intercept", *(title for title, *_ in PREDICTORS))
REGRESSION_WIDTH = (len(PREDICTORS) + 1) * (len(PREDICTORS) + 2) // 2 + len(PREDICTORS) + 1 + 1

VECTOR_LENGTH = sum(column.width for column in COLUMNS) + REGRESSION_WIDTH

# The fixed rule that makes three hospitals with disjoint patients: the last digit of the patient's number.
HOSPITALS = ("North", "South", "West")
LAST_DIGITS = ((0, 1, 2, 3), (4, 5, 6), (7, 8, 9))
PATIENT_NUMBER = {NHEFS: "seqn", DIABETES: "row"}

Rows = dict[str, list[dict[str, str]]]


def purpose() -> str:
    """The text in the signed plan: what is summed and how it is laid out, by digest."""
    layout = {
        "columns": [[c.key, c.unit, c.table, c.centre, list(c.edges)] for c in COLUMNS],
        "regression": [OUTCOME, PREDICTORS],
    }
    digest = hashlib.sha256(json.dumps(layout, sort_keys=True).encode()).hexdigest()
    return f"Joint study of blood pressure, weight, smoking and diabetes; layout sha256 {digest}"


def load_table(name: str) -> list[dict[str, str]]:
    """A table of `examples/data`, every row as text."""
    with open(DATA / f"{name}.csv", newline="", encoding="ascii") as file:
        return list(csv.DictReader(file))


def split() -> list[Rows]:
    """The rows of each hospital, by the fixed rule."""
    tables = {name: load_table(name) for name in PATIENT_NUMBER}
    return [
        {
            name: [row for row in table if int(row[PATIENT_NUMBER[name]]) % 10 in digits]
            for name, table in tables.items()
        }
        for digits in LAST_DIGITS
    ]


def write_rows(rows: Rows, folder: pathlib.Path) -> None:
    """Writes one hospital's tables into a folder that only this hospital is given."""
    folder.mkdir(parents=True)
    for name, table in rows.items():
        with open(folder / f"{name}.csv", "w", newline="", encoding="ascii") as file:
            writer = csv.DictWriter(file, fieldnames=list(table[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(table)


def read_rows(folder: pathlib.Path) -> Rows:
    """Reads what `write_rows` wrote."""
    rows: Rows = {}
    for name in PATIENT_NUMBER:
        with open(folder / f"{name}.csv", newline="", encoding="ascii") as file:
            rows[name] = list(csv.DictReader(file))
    return rows


def design(rows: list[dict[str, str]]) -> tuple[np.ndarray, np.ndarray]:
    """The regression's matrix (1, then the predictors) and outcome, centred and scaled by public numbers."""
    columns = [np.ones(len(rows))]
    columns += [
        (np.array([float(row[name]) for row in rows]) - centre) / scale for _, name, centre, scale in PREDICTORS
    ]
    _, name, centre, scale = OUTCOME
    return np.column_stack(columns), (np.array([float(row[name]) for row in rows]) - centre) / scale


def local_vector(rows: Rows) -> np.ndarray:
    """One hospital's input to the secure sum: counts, sums, squares, histogram cells, regression moments.

    Shape `(VECTOR_LENGTH,)`. Kept by the hospital; only its masked form leaves.
    """
    parts: list[np.ndarray] = []
    for column in COLUMNS:
        values = column.values(rows[column.table])
        offsets = values - column.centre
        if column.is_share:
            parts.append(np.array([len(values), offsets.sum()]))
        else:
            cells = np.bincount(np.searchsorted(column.edges, values, side="right"), minlength=len(column.edges) + 1)
            parts.append(np.array([len(values), offsets.sum(), (offsets**2).sum(), *cells]))
    matrix, outcome = design(rows[DIABETES])
    gram = matrix.T @ matrix
    parts += [gram[np.triu_indices(len(gram))], matrix.T @ outcome, np.array([outcome @ outcome])]
    vector = np.concatenate(parts)
    assert vector.shape == (VECTOR_LENGTH,)
    return vector


@dataclasses.dataclass
class ColumnFigures:
    """Count, mean, variance (divisor n - 1), standard error of the mean, and histogram of one column."""

    count: float
    mean: float
    variance: float
    standard_error: float
    histogram: list[float]


@dataclasses.dataclass
class Regression:
    """Least squares with standard errors, in the centred and scaled units of `PREDICTORS`."""

    count: float
    coefficients: list[float]
    standard_errors: list[float]
    r_squared: float


@dataclasses.dataclass
class Figures:
    """All that the study publishes."""

    columns: dict[str, ColumnFigures]
    regression: Regression


def place(key: str) -> int:
    """Where a column's count sits in the vector; its sum is the next entry."""
    start = 0
    for column in COLUMNS:
        if column.key == key:
            return start
        start += column.width
    raise KeyError(key)


@np.errstate(all="ignore")
def figures(vector: np.ndarray) -> Figures:
    """The study's figures from the joint vector alone; what is no sum of patients gives NaN, not an exception."""
    vector = np.asarray(vector, dtype=float)
    columns, start = {}, 0
    for column in COLUMNS:
        part = vector[start : start + column.width]
        start += column.width
        count, total = part[0], part[1]
        squares = total if column.is_share else part[2]
        variance = (squares - total * total / count) / (count - 1)
        histogram = [count - total, total] if column.is_share else list(part[3:])
        columns[column.key] = ColumnFigures(
            float(count),
            float(column.centre + total / count),
            float(variance),
            float(np.sqrt(variance / count)),
            [float(cell) for cell in histogram],
        )
    return Figures(columns, _regression(vector[start:]))


def _regression(moments: np.ndarray) -> Regression:
    size = len(PREDICTORS) + 1
    upper = np.triu_indices(size)
    gram = np.zeros((size, size))
    gram[upper] = moments[: len(upper[0])]
    gram += np.triu(gram, 1).T
    cross, squares = moments[len(upper[0]) : -1], moments[-1]
    count = gram[0, 0]
    try:
        inverse = np.linalg.inv(gram)
    except np.linalg.LinAlgError:
        inverse = np.full_like(gram, np.nan)
    coefficients = inverse @ cross
    residual = squares - coefficients @ cross
    errors = np.sqrt(residual / (count - size) * np.diag(inverse))
    total = squares - cross[0] ** 2 / count
    return Regression(float(count), coefficients.tolist(), errors.tolist(), float(1 - residual / total))
