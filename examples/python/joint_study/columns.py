"""Two columns of the same patients at two hospitals: means, deviations and correlation from ciphertexts (CKKS).

The keeper makes the keys and never sees a patient's ciphertext. Each hospital encrypts its own column. The analyst
computes five sums on the two encrypted columns and can read nothing. The keeper gives the sums away by `release`, which
counts.
"""

import dataclasses
import json
import pathlib
from collections.abc import Iterator

import numpy as np
import veilkit as vk

import checks
import study
from children import Child
from outcome import Check, said


@dataclasses.dataclass(frozen=True)
class Column:
    """A column: who measured it, how to read it, and its public range."""

    hospital: str
    name: str
    title: str
    field: str
    unit: str
    low: float
    high: float

    @property
    def centre(self) -> float:
        """The middle of the range."""
        return (self.low + self.high) / 2

    @property
    def half_width(self) -> float:
        """Half of the range: values are encrypted in this unit, from -1 to 1."""
        return (self.high - self.low) / 2


COLUMNS = (
    Column("North", "pressure", "systolic blood pressure of 1982", "sbp", "mmHg", 50, 300),
    Column("South", "weight", "weight of 1971", "wt71", "kg", 25, 250),
)
# What the analyst computes, in this order: sums of x, of y, of their squares and of their products.
SUMS = ("x", "y", "x x", "y y", "x y")
# Moduli as long as they come: the noise that hides the key in a release costs 17 bits and more.
SIZES = {
    "degree": 16384,
    "moduli_bits": [60, 59, 59, 59, 60, 60],
    "scale_bits": 59,
    "key_moduli": 2,
}
MOST_ERROR = 0.5
"""How far the keeper lets a sum be off, of numbers from -1 to 1."""


def params() -> vk.ckks.Params:
    """The parameters that all agree on."""
    return vk.ckks.Params(**SIZES)


def patients() -> list[dict[str, str]]:
    """Everybody of NHEFS whose two values are known."""
    rows = study.load_table(study.NHEFS)
    return [row for row in rows if all(row[column.field] for column in COLUMNS)]


def scaled(values: np.ndarray, column: Column) -> np.ndarray:
    """Values from -1 to 1."""
    return (values - column.centre) / column.half_width


@dataclasses.dataclass(frozen=True)
class Figures:
    """Mean and standard deviation of each column, and the correlation."""

    means: tuple[float, float]
    deviations: tuple[float, float]
    correlation: float


def figures(sums: list[float], count: int) -> Figures:
    """The figures from the five sums."""
    x, y, xx, yy, xy = sums
    spreads = [xx - x * x / count, yy - y * y / count]
    return Figures(
        tuple(c.centre + c.half_width * s / count for c, s in zip(COLUMNS, (x, y))),
        tuple(c.half_width * float(np.sqrt(s / (count - 1))) for c, s in zip(COLUMNS, spreads)),
        float((xy - x * y / count) / np.sqrt(spreads[0] * spreads[1])),
    )


def clear_figures(rows: list[dict[str, str]]) -> Figures:
    """The same by numpy, all values in one place."""
    values = [np.array([float(row[column.field]) for row in rows]) for column in COLUMNS]
    return Figures(
        tuple(float(v.mean()) for v in values),
        tuple(float(v.std(ddof=1)) for v in values),
        float(np.corrcoef(*values)[0, 1]),
    )


def compare(joint: Figures, clear: Figures, errors: list[float], count: int) -> list[checks.Comparison]:
    """Each figure beside the clear one.

    Allowed is what the errors of the sums can do to it: their first-order bounds, doubled.
    """
    found, relative = [], []
    means = [(mean - column.centre) / column.half_width for mean, column in zip(clear.means, COLUMNS)]
    spreads = [(d / c.half_width) ** 2 * (count - 1) for d, c in zip(clear.deviations, COLUMNS)]
    for i, column in enumerate(COLUMNS):
        first, square = errors[i], errors[2 + i]
        relative.append((square + 2 * abs(means[i]) * first) / spreads[i])
        found += [
            checks.Comparison(
                column.name,
                "mean",
                column.unit,
                joint.means[i],
                clear.means[i],
                2 * column.half_width * first / count,
            ),
            checks.Comparison(
                column.name,
                "standard deviation",
                column.unit,
                joint.deviations[i],
                clear.deviations[i],
                clear.deviations[i] * relative[i],
            ),
        ]
    product = errors[4] + abs(means[0]) * errors[1] + abs(means[1]) * errors[0]
    bound = product / np.sqrt(spreads[0] * spreads[1]) + abs(clear.correlation) * sum(relative) / 2
    found.append(
        checks.Comparison(
            "both",
            "correlation",
            "",
            joint.correlation,
            clear.correlation,
            float(2 * bound),
        )
    )
    return found


@dataclasses.dataclass
class Linked:
    """What came of it: the reports of the keeper, the hospitals and the analyst."""

    count: int
    description: str
    keys: dict
    holders: dict[str, dict]
    computed: dict
    released: dict
    joint: Figures
    clear: Figures

    def comparisons(self) -> list[checks.Comparison]:
        """Each figure beside the clear one."""
        return compare(self.joint, self.clear, self.released["errors"], self.count)

    def steps(self) -> list[tuple[str, float, int]]:
        """What was done, in seconds and in bytes that it put into the shared folder."""
        holders = [(f"{name} encrypts", done["seconds"], done["bytes"]) for name, done in self.holders.items()]
        return [
            ("the keeper makes keys", self.keys["seconds"], self.keys["bytes"]),
            *holders,
            ("the analyst computes", self.computed["seconds"], self.computed["bytes"]),
            ("the keeper releases", self.released["seconds"], 0),
        ]

    def memory(self) -> dict[str, int]:
        """Peak memory of the processes, in bytes."""
        return {
            "keeper": self.released["peak_memory"],
            "analyst": self.computed["peak_memory"],
        }


def linked(started: list[Child], folder: pathlib.Path) -> Linked:
    """All of it, each party as a process of its own that sees its own folder and the shared one."""
    rows = patients()
    shared = folder / "shared"
    shared.mkdir(parents=True)
    keeper = Child("keeper", "column_keeper.py", folder / "keeper", shared)
    started.append(keeper)
    keys = keeper.expect("keys")
    holders = {}
    for column in COLUMNS:
        own = folder / f"{column.hospital.lower()}.json"
        own.write_text(json.dumps([float(row[column.field]) for row in rows]))
        child = Child(column.hospital, "column_hospital.py", column.hospital, own, shared)
        started.append(child)
        holders[column.hospital] = child.expect("encrypted")
        child.finish()
    analyst = Child("analyst", "column_analyst.py", shared)
    started.append(analyst)
    computed = analyst.expect("computed")
    analyst.finish()
    keeper.tell(release=True)
    released = keeper.expect("released")
    keeper.finish()
    return Linked(
        count=len(rows),
        description=params().describe(),
        keys=keys,
        holders=holders,
        computed=computed,
        released=released,
        joint=figures(released["sums"], len(rows)),
        clear=clear_figures(rows),
    )


def conditions(done: Linked) -> Iterator[Check]:
    """The conditions of the demo about the two columns."""
    found = done.comparisons()
    right = sum(c.holds for c in found)
    yield Check(
        "every figure of the two encrypted columns equals the one in the clear",
        right == len(found),
        f"{right} of {len(found)}",
    )
    refusal = done.computed["refusal"]
    yield Check(
        "the analyst's own key does not open an encrypted column",
        refusal is not None,
        said(refusal),
    )
    refusal = done.released["refusal"]
    spent = refusal is not None and refusal["name"] == "HeadroomExhausted" and done.released["left"] == 0
    yield Check(f"the keeper releases {len(SUMS)} sums and no more", spent, said(refusal))
