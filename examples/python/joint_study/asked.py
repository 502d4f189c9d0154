"""What the three joint studies ask: their columns with public ranges, their questions, their policies.

Everything here is public and agreed beforehand. Each study is one plan of `veilkit.mpc.study` over one table:

- `nhefs`: blood pressure of smokers, with all that is asked about one column, two columns, groups and a linear model;
- `breast_cancer`: cell nuclei of tumours, with extremes, which its policy allows, a logistic model and principal
components;
- `gbsg2`: time to recurrence of breast cancer, with survival curves, the log-rank test and a Cox model.
"""

import dataclasses
from collections.abc import Callable, Mapping

import numpy as np
from veilkit.mpc import study as vs

from study import BREAST_CANCER, GBSG2, NHEFS, Rows
from study import COLUMNS as SURVEYED

MAX_ROWS = 1000
NO_YES = ("no", "yes")
SEX = ("male", "female")
# Half years, and longer ones for the model; the last patient was seen after 2659 days.
LONGEST, CURVE_BINS, COX_BINS = 2700.0, 15, 9
PROBABILITIES = (0.05, 0.25, 0.5, 0.75, 0.95)

Reader = Callable[[dict[str, str]], float]
Table = dict[str, np.ndarray]


def _field(name: str, missing: str = "") -> Reader:
    """Reads a number; an empty field, and one that says so, is a missing value."""
    return lambda row: float("nan") if row[name] in ("", missing) else float(row[name])


def _edges(key: str) -> tuple[float, ...]:
    """The cells of the column of that name in the survey."""
    return next(column.public.edges for column in SURVEYED if column.key == key)


@dataclasses.dataclass(frozen=True)
class Asked:
    """One study: its public columns, how each is read from a row, its questions, its policy."""

    name: str
    title: str
    columns: tuple[tuple[vs.Numeric | vs.Integer | vs.Category | vs.Time | vs.Event, Reader], ...]
    functions: tuple[object, ...]
    policy: vs.Policy

    def table(self, rows: Rows) -> Table:
        """The columns of these rows; NaN where a value is missing."""
        return {
            column.name: np.array([read(row) for row in rows[self.name]], dtype=float) for column, read in self.columns
        }

    def plan(self, parties: Mapping[int, bytes], session: bytes | None = None) -> vs.Plan:
        """The plan. The same arguments give the same plan, so a hospital can check what it is handed."""
        return vs.Plan(
            purpose=self.title,
            parties=parties,
            columns=[column for column, _ in self.columns],
            functions=self.functions,
            policy=self.policy,
            malicious=True,
            max_rows=MAX_ROWS,
            session=session,
        )


# Ranges come from knowledge of the matter, not from the data.
NHEFS_STUDY = Asked(
    NHEFS,
    "blood pressure of people who smoked in 1971",
    (
        (vs.Integer("sbp", (50, 300), unit="mmHg"), _field("sbp")),
        (vs.Integer("dbp", (20, 200), unit="mmHg"), _field("dbp")),
        (vs.Numeric("weight", (25, 250), resolution=0.01, unit="kg"), _field("wt71")),
        (vs.Integer("age", (18, 100), unit="years"), _field("age")),
        (vs.Integer("cigarettes", (0, 200), unit="per day"), _field("smokeintensity")),
        (vs.Category("sex", SEX), _field("sex")),
        (vs.Category("quit", NO_YES), _field("qsmk")),
        (vs.Category("diabetes", NO_YES), _field("diabetes", missing="2")),
    ),
    (
        vs.Count("sbp"),
        vs.Sum("cigarettes"),
        vs.Mean("sbp"),
        vs.Mean("weight"),
        vs.Variance("sbp"),
        vs.Covariance(["age", "weight", "sbp", "dbp"]),
        vs.Correlation(["age", "weight", "sbp", "dbp"]),
        vs.Histogram("sbp", _edges("sbp")),
        vs.Histogram("diabetes"),
        vs.Quantiles("sbp", PROBABILITIES),
        vs.Quantiles("weight", (0.5,)),
        vs.GroupBy("sbp", "sex"),
        vs.Contingency("sex", "quit"),
        vs.TTest("sbp", "sex"),
        vs.LinearRegression("sbp", ["age", "sex", "weight", "cigarettes", "quit"]),
    ),
    vs.Policy(min_cohort=50, min_parties=3, min_cell=5),
)

TUMOUR_STUDY = Asked(
    BREAST_CANCER,
    "cell nuclei of breast tumours",
    (
        (vs.Numeric("radius", (5, 30), resolution=0.001, unit="\N{MICRO SIGN}m"), _field("mean_radius")),
        (vs.Numeric("texture", (5, 45), resolution=0.01), _field("mean_texture")),
        (vs.Numeric("smoothness", (0, 0.3), resolution=0.00001), _field("mean_smoothness")),
        (vs.Category("malignant", NO_YES), lambda row: 1 - float(row["target"])),
    ),
    (
        vs.Minimum("radius"),
        vs.Maximum("radius"),
        vs.TopK("radius", 5),
        vs.LogisticRegression("malignant", ["texture", "smoothness"], iterations=6),
        vs.Pca(["radius", "texture"], 2),
    ),
    vs.Policy(min_cohort=50, min_parties=3, min_cell=5, allow_extremes=True),
)

SURVIVAL_STUDY = Asked(
    GBSG2,
    "time to recurrence of breast cancer",
    (
        (vs.Time("time", LONGEST, resolution=1, unit="days"), _field("time")),
        (vs.Event("recurrence"), _field("cens")),
        (vs.Category("hormones", NO_YES), _field("horTh")),
        (vs.Integer("grade", (1, 3)), _field("tgrade")),
    ),
    (
        vs.KaplanMeier("time", "recurrence", by="hormones", bins=CURVE_BINS),
        vs.Cox("time", "recurrence", ["hormones", "grade"], bins=COX_BINS, iterations=4),
    ),
    vs.Policy(min_cohort=50, min_parties=3, min_cell=5),
)

STUDIES = {asked.name: asked for asked in (NHEFS_STUDY, TUMOUR_STUDY, SURVIVAL_STUDY)}

# Every kind of message in few rounds: for the runs in which a party cheats.
SMALL_STUDY = Asked(
    NHEFS,
    "mean and maximum of the age",
    ((vs.Integer("age", (18, 100), unit="years"), _field("age")),),
    (vs.Mean("age"), vs.Maximum("age")),
    vs.Policy(min_cohort=50, min_parties=3, min_cell=5, allow_extremes=True),
)

QUESTIONS = STUDIES | {"small": SMALL_STUDY}
