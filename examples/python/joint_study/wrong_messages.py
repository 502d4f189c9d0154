"""West cheats, once in each kind of message of a study's protocol: what the honest hospitals say to it.

North and South are the ordinary processes. West is a program in Rust (`examples/rust/cheating_party`): a party with
its own key and rows, whose messages are well formed, signed and sealed, and in one kind of round not what the
protocol says. All runs are studies of their own over one relay, at the same time. In the first one West tells the
truth: the same program then gives figures.
"""

import dataclasses
import os
import pathlib
from collections.abc import Iterator
from typing import Any

import asked
import beside
import clear
import study
from checks import Comparison
from children import HERE, SECONDS, Child
from outcome import Check, said

PROGRAM = pathlib.Path(
    os.environ.get("VEILKIT_CHEATING_PARTY", HERE.parents[2] / "build" / "relay" / "veilkit-cheating-party")
)
WEST, SILENCE = 3, 20.0

# Every kind of round in which a party of a malicious-secure study speaks, and what it is for.
KINDS = {
    "inputs": "shares of sums over its own rows",
    "multiply": "its part of a product",
    "open": "its share of a masked value",
    "reveal": "its share of a figure",
    "check: coins": "its share of the coins of a check, and what it heard",
    "check: masked sum": "its share of a masked sum of all products",
    "check: zero": "its share of what must be zero",
}
LIES = {
    "wrong": "a wrong number to both",
    "to-one": "a wrong number to one, the right one to the other",
    "short": "a byte too few",
    "no-number": "something that is no number of the field",
}
HANDSHAKE = {
    ("hello", "wrong"): "another key than the one that it signed",
    ("hello", "short"): "a byte too few",
    ("hello", "two-hellos"): "two keys, both signed: one to each",
    ("echo", "wrong"): "a key that it did not hear",
    ("echo", "short"): "a byte too few",
}
CASES = {**HANDSHAKE, **{(kind, lie): what for kind in KINDS for lie, what in LIES.items()}}


@dataclasses.dataclass
class Case:
    """One lie: in which kind of message, which one, and what each honest hospital reported."""

    kind: str
    lie: str
    reports: dict[int, dict[str, Any]]

    @property
    def what(self) -> str:
        """The lie in words."""
        return CASES[self.kind, self.lie]

    def refusals(self) -> dict[int, dict[str, Any]]:
        """The typed errors, by hospital."""
        return {party: report["refusal"] for party, report in self.reports.items() if report["kind"] == "refused"}

    def found(self) -> list[dict[str, Any]]:
        """The errors of those that noticed something, and did not just wait in vain for who had."""
        return [error for error in self.refusals().values() if error["name"] != "MissingMessage"]

    @property
    def named(self) -> set[int]:
        """Who is accused."""
        return {party for error in self.found() for party in error["culprits"]}

    @property
    def is_proof(self) -> bool:
        """Whether the message itself proves the lie: it is none of that kind, or contradicts a signature."""
        if self.kind == "hello":  # who cannot verify a signature does not know whose it is
            return self.lie == "two-hellos"
        return self.kind == "echo" or self.lie in ("short", "no-number")

    @property
    def holds(self) -> bool:
        """Whether nobody got a figure, somebody noticed, nobody but West is accused, and West is where it can be."""
        accused = self.named == {WEST} if self.is_proof else self.named <= {WEST}
        return len(self.refusals()) == len(self.reports) and bool(self.found()) and accused

    def verdict(self) -> str:
        """What those that noticed said."""
        return "; ".join(sorted({said(error) for error in self.found()})) or "NOT NOTICED"


@dataclasses.dataclass
class Cheats:
    """All lies, and the run in which West told the truth."""

    cases: list[Case]
    comparisons: list[Comparison]
    kinds: list[str]

    def named(self) -> int:
        """In how many runs West is named."""
        return sum(case.named == {WEST} for case in self.cases)


class Started:
    """The runs on their way: two honest hospitals and one that cheats, each a process."""

    def __init__(
        self, started: list[Child], url: str, folders: list[pathlib.Path], hospitals: list[study.Rows]
    ) -> None:
        self.hospitals, question = hospitals, asked.SMALL_STUDY
        self.honest = {
            party: Child(study.HOSPITALS[party - 1], "study_party.py", folders[party - 1], party) for party in (1, 2)
        }
        self.west = Child("West, cheating", PROGRAM)
        children = self.honest | {WEST: self.west}
        started += children.values()
        identities = {party: bytes.fromhex(child.expect("identity")["identity"]) for party, child in children.items()}
        runs = [("", "truth", SECONDS), *((kind, lie, SILENCE) for kind, lie in CASES)]
        plans = [question.plan(identities).to_bytes().hex() for _ in runs]
        orders = [{"question": "small", "plan": plan, "silence": silence} for plan, (_, _, silence) in zip(plans, runs)]
        for child in self.honest.values():
            child.tell(url=url, runs=orders, at_once=True)
        table = [column.tolist() for column in question.table(hospitals[WEST - 1]).values()]
        lies = [{"plan": plan, "label": kind, "lie": lie} for plan, (kind, lie, _) in zip(plans, runs)]
        self.west.tell(url=url, party=WEST, silence=SECONDS, table=table, runs=lies)

    def finish(self) -> Cheats:
        """Waits for all runs."""
        reports: dict[int, dict[int, dict[str, Any]]] = {}
        for party, child in self.honest.items():
            for _ in range(len(CASES) + 1):
                report = child.expect("result", "refused")
                reports.setdefault(report["run"], {})[party] = report
            child.finish()
        kinds = self.west.expect("cheated")["labels"]
        # It still waits for the others in studies that they have ended.
        self.west.process.kill()
        truth = reports.pop(0)
        question, found = asked.SMALL_STUDY, []
        table = question.table(clear.pool(self.hospitals))
        for report in truth.values():
            if report["kind"] == "result":
                found += beside.compare(question, table, report["answers"])
        cases = [Case(kind, lie, reports[number]) for number, (kind, lie) in enumerate(CASES, 1)]
        return Cheats(cases, found, kinds)


def conditions(cheats: Cheats) -> Iterator[Check]:
    """What must hold of the runs with a party that cheats."""
    figures = len(cheats.comparisons)
    right = figures > 0 and figures % 2 == 0 and all(c.holds for c in cheats.comparisons)
    yield Check("West's program gives the right figures when it tells the truth", right, f"{figures} figures")
    covered = set(cheats.kinds) == set(KINDS)
    yield Check("West lies in every kind of message that it sends", covered, ", ".join(cheats.kinds))
    wrong = [f"{case.kind}, {case.lie}" for case in cheats.cases if not case.holds]
    detail = "; ".join(wrong) or f"{len(cheats.cases)} runs, West named in {cheats.named()}, nobody else in any"
    yield Check("every lie ends the study with an error and without a figure", not wrong, detail)
