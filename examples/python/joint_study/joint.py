"""The joint studies as the program sees them that starts the hospitals: three processes, one relay, all figures."""

import contextlib
import dataclasses
import os
import pathlib
import subprocess
import time
from collections.abc import Iterator
from typing import Any

from veilkit.mpc import study as vs

import asked
import beside
import clear
import study
from checks import Comparison
from children import HERE, SECONDS, Child, DemoError
from outcome import Check

RELAY = pathlib.Path(os.environ.get("VEILKIT_RELAY", HERE.parents[2] / "build" / "relay" / "veilkit-relay"))


@contextlib.contextmanager
def relay() -> Iterator[str]:
    """A `veilkit-relay` on this machine for as long as the block lasts; gives its address."""
    if not RELAY.exists():
        raise DemoError(f"{RELAY} is missing: scripts/demo builds it")
    process = subprocess.Popen([RELAY, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield "ws://" + process.stdout.readline().split()[-1]
    finally:
        process.terminate()
        process.communicate()


@dataclasses.dataclass
class Joint:
    """One study: what each hospital reported, and the figures beside the clear ones."""

    question: asked.Asked
    plan: vs.Plan
    cost: vs.Cost | None
    reports: dict[int, dict[str, Any]]
    comparisons: list[Comparison]

    @property
    def answers(self) -> list[dict[str, Any]]:
        """The answers, in the order of the questions, as the first hospital has them."""
        return self.reports[1]["answers"]

    def answer(self, kind: str) -> Any:
        """The value of the first answer of a kind."""
        return next(answer["value"] for answer in self.answers if answer["kind"] == kind)

    def of(self, subject: str) -> list[Comparison]:
        """The figures of the first question whose title begins so."""
        return [c for c in self.comparisons if c.subject.startswith(subject)]

    @property
    def same_everywhere(self) -> bool:
        """Whether all hospitals have the same answers."""
        return all(repr(report["answers"]) == repr(self.answers) for report in self.reports.values())

    @property
    def bytes(self) -> int:
        """What all hospitals sent."""
        return sum(report["sent"] for report in self.reports.values())

    @property
    def seconds(self) -> float:
        """From the plan to the figures, at the slowest hospital."""
        return max(report["wall"] for report in self.reports.values())

    @property
    def cpu(self) -> float:
        """Processor time of all hospitals."""
        return sum(report["cpu"] for report in self.reports.values())


@dataclasses.dataclass
class Studies:
    """All joint studies."""

    joint: dict[str, Joint]
    seconds: float

    def comparisons(self) -> list[Comparison]:
        """Every figure of every study."""
        return [c for joint in self.joint.values() for c in joint.comparisons]

    def memory(self) -> dict[str, int]:
        """The largest peak memory of the hospitals' processes, in bytes."""
        reports = [report for joint in self.joint.values() for report in joint.reports.values()]
        return {"hospital in the studies": max(report["peak_memory"] for report in reports)}


def run_studies(
    started: list[Child], url: str, folders: list[pathlib.Path], hospitals: list[study.Rows], liar: bool
) -> Studies:
    """Three fresh hospitals compute the three studies over the relay; `liar`: the third one counts a patient twice."""
    begun = time.perf_counter()
    extra = {3: ["--alter-input"]} if liar else {}
    parties = {
        party: Child(name, "study_party.py", folder, party, *extra.get(party, []))
        for party, (name, folder) in enumerate(zip(study.HOSPITALS, folders), 1)
    }
    started += parties.values()
    # The identities are compared on another road than the relay: here, over the pipes of this process.
    identities = {party: bytes.fromhex(child.expect("identity")["identity"]) for party, child in parties.items()}
    plans = {name: question.plan(identities) for name, question in asked.STUDIES.items()}
    runs = [{"question": name, "plan": plan.to_bytes().hex(), "silence": SECONDS} for name, plan in plans.items()]
    for child in parties.values():
        child.tell(url=url, runs=runs, at_once=False)
    joint, pooled = {}, clear.pool(hospitals)
    for name, plan in plans.items():
        reports = {party: child.expect("result", "refused") for party, child in parties.items()}
        for party, report in reports.items():
            if report["kind"] == "refused":
                raise DemoError(f"{study.HOSPITALS[party - 1]}, {name}: {report['refusal']}")
        question = asked.STUDIES[name]
        found = beside.compare(question, question.table(pooled), reports[1]["answers"])
        cost = plan.cost(vs.LAN) if name == study.NHEFS else None
        joint[name] = Joint(question, plan, cost, reports, found)
    for child in parties.values():
        child.finish()
    return Studies(joint, time.perf_counter() - begun)


def conditions(studies: Studies) -> Iterator[Check]:
    """What must hold of the joint studies."""
    for joint in studies.joint.values():
        right, count = sum(c.holds for c in joint.comparisons), len(joint.comparisons)
        what = f"every figure equals the one in the clear: {joint.question.title}"
        yield Check(what, right == count > 0, f"{right} of {count}")
        if joint.cost is None:
            continue
        # The bytes follow from the plan: they say nothing about the rows.
        off = abs(joint.bytes / joint.cost.total_bytes - 1)
        detail = f"{joint.bytes:,} bytes, {joint.cost.total_bytes:,} by the plan"
        yield Check(f"the cost is what the plan says: {joint.question.title}", off < 0.1, detail)
    same = all(joint.same_everywhere for joint in studies.joint.values())
    yield Check("all hospitals got the same answers in the joint studies", same, "to the last digit")
