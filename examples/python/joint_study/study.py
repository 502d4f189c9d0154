"""What the study asks: its columns with their public ranges and bins, its regression, and the split into hospitals.

Everything here is public and agreed beforehand. There are two questions, each answered by one secure sum:

- `survey`: count, mean, variance, standard error and histogram of ten columns, by `veilkit.mpc.Survey`;
- `regression`: a linear regression, by a vector of moments of our own and `veilkit.mpc.SumPlan`.

A hospital turns its own rows into one vector; the joint vector gives the figures. No row leaves a hospital.
"""

import csv
import dataclasses
import hashlib
import json
import pathlib
from collections.abc import Callable, Mapping

import numpy as np
import veilkit as vk

DATA = pathlib.Path(__file__).resolve().parents[2] / "data"

THRESHOLD = 2
MAX_ROWS = 1000


@dataclasses.dataclass(frozen=True)
class Column:
    """One column of the survey: what is public about it, and how to read it from a row (`None` where it is missing)."""

    title: str
    table: str
    read: "Reader"
    public: vk.mpc.Column

    @property
    def key(self) -> str:
        """The short name."""
        return self.public.name

    @property
    def unit(self) -> str:
        """The unit of measurement."""
        return self.public.unit

    @property
    def is_share(self) -> bool:
        """Whether the column is yes or no, so that its mean is a share."""
        return self.public.range == (0, 1)

    @property
    def half_width(self) -> float:
        """Half of the public range: the unit in which the secure sum rounds."""
        low, high = self.public.range
        return (high - low) / 2

    def values(self, rows: list[dict[str, str]]) -> np.ndarray:
        """The column's values; rows where it is missing are left out."""
        values = (self.read(row) for row in rows)
        return np.array([value for value in values if value is not None], dtype=float)

    def cells(self) -> list[str]:
        """Names of the histogram's cells: wide ones at the ends, so that none shows a single unusual patient."""
        if self.is_share:
            return ["no", "yes"]
        inner = self.public.edges[1:-1]
        names = [f"{low:g}\N{EN DASH}{high:g}" for low, high in zip(inner, inner[1:])]
        return [f"< {inner[0]:g}", *names, f"\N{GREATER-THAN OR EQUAL TO} {inner[-1]:g}"]


NHEFS, DIABETES, BREAST_CANCER, GBSG2 = "nhefs", "diabetes", "breast_cancer", "gbsg2"


Reader = Callable[[dict[str, str]], float | None]


def _field(name: str) -> Reader:
    """Reads a number; an empty field is a missing value."""
    return lambda row: float(row[name]) if row[name] else None


def _edges(low: float, first: float, last: float, step: float, high: float) -> tuple[float, ...]:
    """Cells of width `step` from `first` to `last`, and one more at each end."""
    return (low, *np.arange(first, last + step / 2, step).tolist(), high)


def _measured(title: str, table: str, name: str, key: str, unit: str, *cells: float) -> Column:
    edges = _edges(*cells)
    return Column(title, table, _field(name), vk.mpc.Column(key, (edges[0], edges[-1]), edges, unit))


def _share(title: str, key: str, read: Reader) -> Column:
    return Column(title, NHEFS, read, vk.mpc.Column(key, (0, 1), (0, 0.5, 1), "share"))


# Ranges and cells come from knowledge of the matter, not from the data.
COLUMNS = (
    _measured("Systolic blood pressure 1982", NHEFS, "sbp", "sbp", "mmHg", 50, 100, 180, 10, 300),
    _measured("Diastolic blood pressure 1982", NHEFS, "dbp", "dbp", "mmHg", 20, 60, 100, 5, 200),
    _measured("Weight 1971", NHEFS, "wt71", "weight", "kg", 25, 45, 105, 10, 250),
    _measured("Age 1971", NHEFS, "age", "age", "years", 18, 30, 70, 5, 100),
    _measured("Cigarettes a day 1971", NHEFS, "smokeintensity", "cigarettes", "per day", 0, 5, 40, 5, 200),
    _share("Still smoking in 1982", "smokers", lambda row: 1.0 - float(row["qsmk"])),
    # Coded 0 never, 1 ever, 2 missing.
    _share("Diabetes ever, 1971", "diabetes", lambda row: None if row["diabetes"] == "2" else float(row["diabetes"])),
    _measured("Body mass index", DIABETES, "bmi", "bmi", "kg/m\N{SUPERSCRIPT TWO}", 10, 20, 36, 2, 80),
    _measured("Blood glucose", DIABETES, "s6", "glucose", "mg/dl", 30, 70, 110, 10, 500),
    _measured("Progression after a year", DIABETES, "progression", "progression", "score", 0, 50, 300, 50, 400),
)
SURVEY = vk.mpc.Survey(column.public for column in COLUMNS)

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
# Upper triangle of the Gram matrix, products with the outcome, the outcome's square.
UPPER = np.triu_indices(len(COEFFICIENTS))
REGRESSION_LENGTH = len(UPPER[0]) + len(COEFFICIENTS) + 1
REGRESSION_FRACTION_BITS = 40

QUESTIONS = ("survey", "regression")

# The fixed rule that makes three hospitals with disjoint patients: the last digit of the patient's number.
HOSPITALS = ("North", "South", "West")
LAST_DIGITS = ((0, 1, 2, 3), (4, 5, 6), (7, 8, 9))
PATIENT_NUMBER = {NHEFS: "seqn", DIABETES: "row", BREAST_CANCER: "row", GBSG2: "row"}

Rows = dict[str, list[dict[str, str]]]


def plan(question: str, parties: Mapping[int, bytes], minimum: int, session: bytes | None = None) -> vk.mpc.SumPlan:
    """The plan of a question. The same arguments give the same plan, so a hospital can check what it is handed."""
    if question == "survey":
        return SURVEY.plan(
            parties,
            max_rows=MAX_ROWS,
            threshold=THRESHOLD,
            min_survivors=minimum,
            session=session,
            purpose="blood pressure, weight, smoking, diabetes: joint figures of each column",
        )
    layout = hashlib.sha256(json.dumps([OUTCOME, PREDICTORS]).encode()).hexdigest()
    return vk.mpc.SumPlan(
        parties=parties,
        length=REGRESSION_LENGTH,
        max_abs=2.0**16,
        fraction_bits=REGRESSION_FRACTION_BITS,
        threshold=THRESHOLD,
        min_survivors=minimum,
        session=session,
        purpose=f"progression of diabetes: moments of a linear regression [layout {layout}]",
    )


def vector(question: str, rows: Rows) -> np.ndarray:
    """One hospital's input to the secure sum. Kept by the hospital; only its masked and sealed form leaves.

    Shape `(plan.length,)`.
    """
    if question == "survey":
        return SURVEY.encode({column.key: column.values(rows[column.table]) for column in COLUMNS})
    matrix, outcome = design(rows[DIABETES])
    return np.concatenate([(matrix.T @ matrix)[UPPER], matrix.T @ outcome, [outcome @ outcome]])


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


def survey_figures(output: vk.mpc.SumOutput) -> dict[str, ColumnFigures]:
    """The figures of each column from the joint vector alone."""
    return {
        key: ColumnFigures(float(s.count), s.mean, s.variance, s.standard_error, s.histogram.astype(float).tolist())
        for key, s in SURVEY.decode(output).items()
    }


def regression(moments: np.ndarray) -> Regression:
    """The regression from the joint moments alone."""
    size = len(COEFFICIENTS)
    gram = np.zeros((size, size))
    gram[UPPER] = moments[: len(UPPER[0])]
    gram += np.triu(gram, 1).T
    cross, squares = moments[len(UPPER[0]) : -1], moments[-1]
    count = gram[0, 0]
    inverse = np.linalg.inv(gram)
    coefficients = inverse @ cross
    residual = squares - coefficients @ cross
    errors = np.sqrt(residual / (count - size) * np.diag(inverse))
    total = squares - cross[0] ** 2 / count
    return Regression(float(count), coefficients.tolist(), errors.tolist(), float(1 - residual / total))


def design(rows: list[dict[str, str]]) -> tuple[np.ndarray, np.ndarray]:
    """The regression's matrix (1, then the predictors) and outcome, centred and scaled by public numbers."""

    def scaled(public: tuple[str, str, float, float]) -> np.ndarray:
        _, name, centre, scale = public
        return (np.array([float(row[name]) for row in rows]) - centre) / scale

    return np.column_stack([np.ones(len(rows)), *map(scaled, PREDICTORS)]), scaled(OUTCOME)


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
