"""What happened in a run of the demo, for the checks and the two reports."""

import collections
import dataclasses
import json
import pathlib

import numpy as np

import checks
import clear
import study
from statistics_of_bytes import chi_square

# What the rounds of the secure sum carry, for people.
ROUNDS = {
    1: "1 local sums, keys",
    2: "2 sealed shares of the masks",
    3: "3 masked input",
    4: "4 what arrived, signed",
    5: "5 shares that unmask the sum",
    6: "6 the sum",
}


def said(error: dict | None) -> str:
    """A typed error in one line."""
    if error is None:
        return "NOT REFUSED"
    blamed = f"; to blame: {', '.join(map(str, error['culprits']))}" if error["culprits"] else ""
    return f"{error['error']}: {error['what']}{blamed} [{error['name']} {error['code']}]"


@dataclasses.dataclass
class Check:
    """One condition of the demo."""

    what: str
    holds: bool
    detail: str


@dataclasses.dataclass
class Run:
    """One secure sum: its plan, and what each hospital reported at the end."""

    title: str
    minimum: int
    plan: bytes
    explanation: str
    room: str
    reports: dict[int, dict]
    set_up: float
    seconds: float

    def totals(self) -> list[np.ndarray]:
        """The joint vector as each hospital that stayed got it."""
        return [np.array(report["total"]) for report in self.reports.values() if report["kind"] == "result"]

    def refusals(self) -> dict[int, dict]:
        """The typed errors, by hospital."""
        return {party: report["refusal"] for party, report in self.reports.items() if report["kind"] == "refused"}

    def refused_everywhere(self, names: set[str] | None) -> bool:
        """Whether nobody got a figure and everybody who stayed got a typed error, of these kinds if given."""
        stayed = [report for report in self.reports.values() if report["kind"] != "left"]
        return bool(stayed) and all(
            report["kind"] == "refused" and (names is None or report["refusal"]["name"] in names) for report in stayed
        )

    def slowest(self) -> list[tuple[str, dict[str, float]]]:
        """Each round's name with the largest of the hospitals' seconds and bytes."""
        rounds = [report["rounds"] for report in self.reports.values() if "rounds" in report]
        found = []
        for i in range(max(map(len, rounds), default=0)):
            here = [steps[i] for steps in rounds if i < len(steps)]
            most = {key: max(step[key] for step in here) for key in ("work", "cpu", "wait", "sent", "received")}
            found.append((ROUNDS.get(i + 1, str(i + 1)), most))
        return found

    def refusal_text(self) -> str:
        """The errors in one line."""
        return "; ".join(sorted({said(error) for error in self.refusals().values()})) or "not refused"


@dataclasses.dataclass
class Score:
    """The risk score of one patient."""

    row: dict[str, str]
    room: str
    patient: dict
    doctor: dict
    expected: float
    tolerance: float
    seconds: float

    @property
    def difference(self) -> float:
        """Decrypted minus clear."""
        return self.patient["score"] - self.expected


@dataclasses.dataclass
class Outcome:
    """All of it."""

    hospitals: list[study.Rows]
    runs: list[Run]
    attacked: list[Run]
    score: Score
    tried: dict
    key: dict
    plaintexts: dict[str, int]
    messages: list[dict]
    events: list[dict]
    figures: list[tuple[study.Figures, study.Figures]]
    comparisons: list[list[checks.Comparison]]
    memory: dict[str, int]
    same_everywhere: bool
    disjoint: bool
    patients: int
    truth: np.ndarray
    captured: int
    unmasked: dict
    seconds: float = 0.0
    checks: list[Check] = dataclasses.field(default_factory=list)

    @classmethod
    def assemble(
        cls,
        hospitals: list[study.Rows],
        runs: list[Run],
        attacked: list[Run],
        score: Score,
        tried: dict,
        key: dict,
        capture: pathlib.Path,
        plaintexts: dict[str, int],
    ) -> "Outcome":
        """Computes the figures, jointly and in the clear, and gathers sizes and memory."""
        index = json.loads(capture.read_text())
        figures, comparisons = [], []
        same = True
        for run, present in ((runs[0], hospitals), (runs[2], hospitals[:2])):
            totals = run.totals()
            same = same and len(totals) == len(present) and all(np.array_equal(total, totals[0]) for total in totals)
            rows = clear.pool(present)
            joint = study.figures(totals[0]) if totals else study.figures(np.full(study.VECTOR_LENGTH, np.nan))
            figures.append((joint, clear.figures(rows)))
            comparisons.append(checks.compare(*figures[-1], rows, len(hospitals)))
        memory: dict[str, int] = {"relay": index["peak_memory"]}
        for run in runs + attacked:
            for party, report in run.reports.items():
                name = study.HOSPITALS[party - 1]
                memory[name] = max(memory.get(name, 0), report["peak_memory"])
        memory |= {
            "patient": score.patient["peak_memory"],
            "doctor": score.doctor["peak_memory"],
            "curious relay": tried["peak_memory"],
        }
        numbers = [
            (name, row[key]) for rows in hospitals for name, key in study.PATIENT_NUMBER.items() for row in rows[name]
        ]
        everybody = sum(len(study.load_table(name)) for name in study.PATIENT_NUMBER)
        return cls(
            hospitals,
            runs,
            attacked,
            score,
            tried,
            key,
            plaintexts,
            index["messages"],
            index["events"],
            figures,
            comparisons,
            memory,
            same,
            len(set(numbers)) == len(numbers) == everybody,
            len(numbers),
            study.local_vector(hospitals[0]),
            capture.with_suffix(".bin").stat().st_size,
            unmasked(hospitals),
        )

    def bytes_per_round(self, room: str) -> dict[int, dict[int, int]]:
        """Bytes of message bodies that the relay saw in a room: round to sender to bytes."""
        table: dict[int, dict[int, int]] = collections.defaultdict(lambda: collections.defaultdict(int))
        for message in self.messages:
            if message["room"] == room:
                table[message["round"]][message["sender"]] += message["length"]
        return {number: dict(senders) for number, senders in sorted(table.items())}


def unmasked(hospitals: list[study.Rows]) -> dict:
    """The control of the uniformity test: the same statistic over the vectors before masking."""
    vectors = [study.local_vector(rows) for rows in hospitals] + [study.local_vector(rows) for rows in hospitals[:2]]
    words = [np.round(vector * 2.0**study.FRACTION_BITS).astype("<i8").tobytes() for vector in vectors]
    return chi_square(b"".join(words))
