"""What happened in a run of the demo, for the checks and the two reports."""

import collections
import dataclasses
from typing import TYPE_CHECKING, Any

import veilkit as vk

import checks
import clear
import study

if TYPE_CHECKING:
    from columns import Linked
    from custody import Custody
    from joint import Studies
    from tally import Tally
    from wrong_messages import Cheats

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
    """One secure sum: its question and plan, and what each hospital reported at the end."""

    title: str
    question: str
    plan: vk.mpc.SumPlan
    reports: dict[int, dict]
    set_up: float
    seconds: float

    @property
    def room(self) -> str:
        """The name of the run at the relay."""
        return self.plan.session.hex()

    def results(self) -> list[dict]:
        """What the hospitals that stayed to the end reported."""
        return [report for report in self.reports.values() if report["kind"] == "result"]

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
class Compared:
    """The figures of a run beside the same in the clear. Figures are by column, or the regression."""

    title: str
    joint: Any
    clear: Any
    comparisons: list[checks.Comparison]
    same_everywhere: bool

    @classmethod
    def of(cls, run: Run, present: list[study.Rows]) -> "Compared":
        """Compares the figures that the hospitals reported with those over the rows of the hospitals in the sum.

        Raises `ValueError` when no hospital has figures.
        """
        results = run.results()
        if not results:
            raise ValueError(f"{run.title}: no figures: {run.refusal_text()}")
        figures, rows, plan = results[0]["figures"], clear.pool(present), run.plan
        everywhere = len(results) == len(present) and all(
            result["figures"] == figures and result["total"] == results[0]["total"] for result in results
        )
        if run.question == "survey":
            columns = {name: study.ColumnFigures(**column) for name, column in figures.items()}
            truth = clear.survey_figures(rows)
            found = checks.compare_survey(columns, truth, len(plan.parties), plan.fraction_bits)
            return cls(run.title, columns, truth, found, everywhere)
        fitted, line = study.Regression(**figures), clear.regression(rows)
        found = checks.compare_regression(fitted, line, rows, len(plan.parties), plan.fraction_bits)
        return cls(run.title, fitted, line, found, everywhere)

    def right(self) -> int:
        """How many figures agree."""
        return sum(c.holds for c in self.comparisons)


@dataclasses.dataclass
class Outcome:
    """All of it. Runs by name: `survey`, `regression`, `refused`, `kept`, `flip`, `split`."""

    hospitals: list[study.Rows]
    studies: "Studies"
    cheats: "Cheats"
    runs: dict[str, Run]
    compared: dict[str, Compared]
    score: Score
    tried: dict
    tally: "Tally"
    key: "Custody"
    linked: "Linked"
    plaintexts: dict[str, int]
    messages: list[dict]
    captured: int
    memory: dict[str, int]
    seconds: float = 0.0
    computing: float = 0.0
    conditions: list[Check] = dataclasses.field(default_factory=list)

    def comparisons(self) -> list[checks.Comparison]:
        """Every figure of every run."""
        sums = [c for compared in self.compared.values() for c in compared.comparisons]
        joint = [*self.studies.comparisons(), *self.cheats.comparisons]
        return [*joint, *sums, *self.tally.comparisons(), *self.linked.comparisons()]

    def patients(self) -> list[tuple[str, str]]:
        """Table and number of every patient of every hospital."""
        return [
            (name, row[key])
            for rows in self.hospitals
            for name, key in study.PATIENT_NUMBER.items()
            for row in rows[name]
        ]

    def populations(self) -> str:
        """How many patients each hospital has, table by table."""
        return ", ".join(
            f"{name} {' + '.join(str(len(rows[table])) for table in study.PATIENT_NUMBER)}"
            for name, rows in zip(study.HOSPITALS, self.hospitals)
        )

    def bytes_per_round(self, run: Run) -> dict[int, dict[int, int]]:
        """Bytes of messages that the relay saw in a run: round to sender to bytes."""
        table: dict[int, dict[int, int]] = collections.defaultdict(lambda: collections.defaultdict(int))
        for message in self.messages:
            if message["room"] == run.room:
                table[message["round"]][message["sender"]] += message["length"]
        return {number: dict(senders) for number, senders in sorted(table.items())}
