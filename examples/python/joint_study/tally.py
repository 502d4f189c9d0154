"""The counts of diagnoses as the demo runs them, what came of each, and the conditions they must meet."""

import dataclasses
import pathlib
import secrets
from collections.abc import Iterator

import cheat
import checks
import diagnoses
import study
from children import Child, DemoError, run_together
from outcome import Check, said

LIAR = 3
# Enough for every ballot that cheat.py replaces.
FEW = diagnoses.LEAST


@dataclasses.dataclass
class Count:
    """One count: its plan, what each hospital reported, seconds of starting and of running."""

    title: str
    plan: diagnoses.TallyPlan
    reports: dict[int, dict]
    set_up: float
    seconds: float

    @property
    def counts(self) -> list[int] | None:
        """The counts that the first hospital has."""
        return self.reports[1].get("counts")

    @property
    def same_everywhere(self) -> bool:
        """Whether every hospital has these counts."""
        return all(report.get("counts") == self.counts for report in self.reports.values())

    def wrong(self) -> dict[int, dict]:
        """Who is to blame for what, if all hospitals say the same: the typed error by hospital."""
        found = [report["wrong"] for report in self.reports.values()]
        return {int(party): error for party, error in found[0].items()} if found == found[:1] * len(found) else {}

    def refused_everywhere(self) -> bool:
        """Whether no hospital has counts."""
        return all(report["kind"] == "refused" for report in self.reports.values())

    def refusal_text(self) -> str:
        """The errors in one line."""
        refusals = [report.get("refusal") for report in self.reports.values()]
        return "; ".join(sorted({said(error) for error in refusals}))

    def stages(self) -> list[tuple[str, float, int]]:
        """Each stage with the largest of the hospitals' seconds and bytes."""
        found = zip(*(report["stages"] for report in self.reports.values()))
        return [(s[0]["stage"], max(one["seconds"] for one in s), max(one["sent"] for one in s)) for s in found]


@dataclasses.dataclass
class Tally:
    """All counts: `whole`, `spoilt` ballots, a `replayed` decryption share, an `altered` ballot on its way."""

    runs: dict[str, Count]
    clear: list[int]
    """The counts over all patients, in the clear."""
    clear_few: list[int]
    """The same over the first `FEW` of each hospital."""

    @property
    def key(self) -> str:
        """The id of the shared key."""
        return self.runs["whole"].reports[1]["key"]

    @property
    def cast(self) -> int:
        """How many ballots the whole count has."""
        return sum(self.runs["whole"].reports[1]["cast"].values())

    def comparisons(self) -> list[checks.Comparison]:
        """Each cell of the whole count beside the same in the clear."""
        cells = zip(diagnoses.CELLS, self.runs["whole"].counts or [], self.clear, strict=True)
        return [checks.Comparison("diagnoses", cell, "people", a, b, 0.0) for cell, a, b in cells]

    @property
    def attempts(self) -> list[dict]:
        """What North tried with what it had heard."""
        return self.runs["whole"].reports[1]["attempts"]


def count(
    started: list[Child],
    title: str,
    port: int,
    folders: list[pathlib.Path],
    liar: str | None = None,
    key: str = "",
    first: int | None = None,
) -> Count:
    """One count: three fresh processes, one plan. `liar`: what West does."""
    hospitals = {
        party: Child(name, "teller.py", folder, party, *([liar] if liar and party == LIAR else []))
        for party, (name, folder) in enumerate(zip(study.HOSPITALS, folders), 1)
    }

    def agree(identities: dict[int, bytes]) -> tuple[diagnoses.TallyPlan, str]:
        plan = diagnoses.TallyPlan(identities, secrets.token_bytes(32), key, first)
        return plan, plan.to_text()

    return Count(title, *run_together(started, hospitals, port, agree))


def counts(
    started: list[Child],
    port: int,
    bad_port: int,
    folders: list[pathlib.Path],
    rows: list[study.Rows],
    fault: str | None = None,
) -> Tally:
    """All counts; the last over a relay that alters a ballot. `fault`: as that of the demo."""
    whole = count(started, "a ballot for every patient", port, folders, "--alter-input" if fault == "input" else None)
    if any(report["kind"] != "result" for report in whole.reports.values()):
        raise DemoError(f"{whole.title}: no tally: {whole.refusal_text()}")
    key = whole.reports[1]["key"]
    runs = {
        "whole": whole,
        "spoilt": count(started, "West casts wrong ballots", port, folders, "--spoil", key, FEW),
        "replayed": count(started, "West sends an earlier decryption share", port, folders, "--replay-share", key, FEW),
        "altered": count(started, "the relay alters a ballot", bad_port, folders, None, key, FEW),
    }
    clear, few = (
        [sum(cells) for cells in zip(*(diagnoses.counts(mine, first) for mine in rows))] for first in (None, FEW)
    )
    return Tally(runs, clear, few)


def conditions(tally: Tally) -> Iterator[Check]:
    """The conditions of the demo about the counts."""
    whole, spoilt, replayed, altered = (tally.runs[name] for name in ("whole", "spoilt", "replayed", "altered"))
    equal = all(c.holds for c in tally.comparisons()) and whole.same_everywhere and sum(tally.clear) == tally.cast
    yield Check("the tally of diagnoses equals the one in the clear", equal, f"{tally.cast:,} ballots")
    pairs = all(report.get("pairs_agree") is True for report in whole.reports.values())
    yield Check("any two hospitals open the same tally", pairs, f"{len(whole.reports)} pairs at each")
    for attempt in tally.attempts:
        yield Check(f"North cannot {attempt['what']}", attempt["refusal"] is not None, said(attempt["refusal"]))
    wrong = spoilt.wrong()
    ballots = wrong.get(LIAR, {}).get("culprits")
    named = spoilt.refused_everywhere() and set(wrong) == {LIAR} and ballots == list(cheat.REPLACED)
    yield Check("no tally, and all name West's wrong ballots", named, blamed(wrong))
    wrong = replayed.wrong()
    opened = set(wrong) == {LIAR} and replayed.counts == tally.clear_few and replayed.same_everywhere
    yield Check("West's replayed share is named, and the two others open the tally", opened, blamed(wrong))
    errors = [report.get("refusal") for report in altered.reports.values()]
    silent = altered.refused_everywhere() and all(error and not error["culprits"] for error in errors)
    yield Check("no tally, and nobody is blamed, when the relay alters a ballot", silent, altered.refusal_text())


def blamed(wrong: dict[int, dict]) -> str:
    """Each hospital that is to blame, with the error."""
    return "; ".join(f"{study.HOSPITALS[party - 1]}: {said(error)}" for party, error in wrong.items()) or "nobody named"
