#!/usr/bin/env python3
"""The main job: three hospitals compute a joint study on real patients, and nobody sees another's patients.

Starts every party as a process of its own, compares each joint figure with the same figure in the clear, lets a party
cheat in every kind of message, prints a report and writes `demo-report.html`. Exit status 0 only when every figure
agrees and everything that must be refused was refused.
"""

import argparse
import dataclasses
import json
import pathlib
import resource
import secrets
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping

import numpy as np
import veilkit as vk

import columns
import custody
import joint
import report_html
import report_text
import risk
import study
import tally
import wrong_messages
from children import HERE, Child, DemoError, children, run_together
from outcome import Check, Compared, Outcome, Run, Score, said
from statistics_of_bytes import chi_square

sys.path.insert(0, str(study.DATA))
import verify  # noqa: E402  (the data folder's own check)

ROOT = HERE.parents[2]
MEMORY_LIMIT, SECONDS_LIMIT = 200_000_000, 60
LEAVER, LEAVE_AFTER = 3, 2


def start_relay(started: list[Child], folder: pathlib.Path, *arguments: str) -> tuple[Child, int]:
    """A relay, and the port it chose."""
    folder.mkdir()
    relay = Child("relay", "relay.py", folder, *arguments)
    started.append(relay)
    return relay, int(relay.line().removeprefix("PORT "))


def study_run(
    started: list[Child],
    title: str,
    port: int,
    folders: list[pathlib.Path],
    minimum: int,
    question: str = "survey",
    extra: Mapping[int, tuple[object, ...]] | None = None,
) -> Run:
    """One secure sum: three fresh hospital processes, one plan, one result or one refusal."""
    extra = extra or {}
    hospitals = {
        party: Child(name, "hospital.py", question, folder, party, *extra.get(party, ()))
        for party, (name, folder) in enumerate(zip(study.HOSPITALS, folders), 1)
    }

    def agree(identities: dict[int, bytes]) -> tuple[vk.mpc.SumPlan, str]:
        plan = study.plan(question, identities, minimum)
        return plan, plan.to_bytes().hex()

    return Run(title, question, *run_together(started, hospitals, port, agree))


def score_run(started: list[Child], port: int, folder: pathlib.Path) -> Score:
    """The doctor's score on the patient's encrypted row, and the same in the clear."""
    begun = time.perf_counter()
    rows = study.load_table("breast_cancer")
    row = next(row for row in rows if int(row["row"]) == risk.PATIENT_ROW)
    file = folder / "row.csv"
    file.write_text(",".join(row) + "\n" + ",".join(row.values()) + "\n", encoding="ascii")
    patient, doctor = Child("patient", "patient.py", file), Child("doctor", "doctor.py")
    started += [patient, doctor]
    room = secrets.token_bytes(32).hex()
    for child in (patient, doctor):
        child.tell(port=port, room=room)
    answer, work = patient.expect("score"), doctor.expect("scored")
    patient.finish(), doctor.finish()
    weights, values = np.array(work["weights"]), risk.features(row)
    expected = float(values @ weights + work["intercept"])
    # Both factors are rounded to 2^-40, which is 2^-41 either way, and the intercept once.
    tolerance = 2 * 2.0**-41 * float(np.abs(weights).sum() + np.abs(values).sum() + 1)
    return Score(row, room, answer, work, expected, tolerance, time.perf_counter() - begun)


def plaintexts_in(capture: bytes, plan: vk.mpc.SumPlan, sums: list[np.ndarray], row: np.ndarray) -> dict[str, int]:
    """How many plaintext encodings of the hospitals' sums and of the patient's row occur in the captured bytes.

    Looked for: fixed-point words and doubles in both byte orders, and decimal texts of five characters or more.
    """
    numbers = {float(v) for vector in [*sums, row] for v in vector if abs(v) > 1}
    needles = set()
    for number in numbers:
        word = round(number * 2**plan.fraction_bits)
        needles |= {word.to_bytes(8, "little", signed=True), word.to_bytes(8, "big", signed=True)}
        needles |= {np.float64(number).tobytes(), np.float64(number).tobytes()[::-1]}
        if len(text := f"{number:.10g}") >= 5:
            needles.add(text.encode())
    # Not those that are mostly zeros, as 30 in 64 bits: the public shape of an array looks the same.
    needles = {needle for needle in needles if len(needle) - needle.count(0) >= 3}
    return {"searched": len(needles), "found": sum(needle in capture for needle in needles)}


def study_runs(started: list[Child], folder: pathlib.Path, port: int, fault: str | None) -> dict[str, Run]:
    """The runs over the honest relay."""
    folders = [folder / name.lower() for name in study.HOSPITALS]
    liar = {LEAVER: ("--alter-input",)} if fault == "input" else {}
    leaver = {LEAVER: ("--leave-after", LEAVE_AFTER)}
    return {
        "survey": study_run(started, "joint figures", port, folders, 3, extra=liar),
        "regression": study_run(started, "joint regression", port, folders, 3, "regression"),
        "refused": study_run(started, "West leaves, minimum three", port, folders, 3, extra=leaver),
        "kept": study_run(started, "West leaves, minimum two", port, folders, 2, extra=leaver),
    }


def attacked_runs(started: list[Child], folder: pathlib.Path) -> dict[str, Run]:
    """The same survey over two relays that lie."""
    folders = [folder / name.lower() for name in study.HOSPITALS]
    titles = {"flip": "the relay flips a bit", "split": "the relay shows two hospitals different things"}
    runs = {}
    for lie, title in titles.items():
        relay, port = start_relay(started, folder / lie, "--attack", lie)
        runs[lie] = study_run(started, title, port, folders, 2)
        relay.finish()
    return runs


def tally_runs(
    started: list[Child], folder: pathlib.Path, port: int, hospitals: list[study.Rows], fault: str | None
) -> tally.Tally:
    """The counts of diagnoses, over the honest relay and over one that lies."""
    folders = [folder / name.lower() for name in study.HOSPITALS]
    relay, bad_port = start_relay(started, folder / "altered", "--attack", "flip", "--attack-round", "1")
    counts = tally.counts(started, port, bad_port, folders, hospitals, fault)
    relay.finish()
    return counts


def demonstrate(folder: pathlib.Path, fault: str | None) -> Outcome:
    """Everything the demo does, in order."""
    begun, computed = time.perf_counter(), computing()
    if wrong := verify.check_hashes():
        raise DemoError(f"examples/data differs from SHA256SUMS: {', '.join(wrong)}")
    hospitals = study.split()
    for name, rows in zip(study.HOSPITALS, hospitals):
        study.write_rows(rows, folder / name.lower())
    folders = [folder / name.lower() for name in study.HOSPITALS]
    with children() as started, joint.relay() as url:
        studies = joint.run_studies(started, url, folders, hospitals, liar=fault == "input")
        # In the background: who waits for a hospital that has noticed a cheat waits for some time.
        cheats = wrong_messages.Started(started, url, folders, hospitals)
        relay, port = start_relay(started, folder / "relay")
        runs = study_runs(started, folder, port, fault)
        score = score_run(started, port, folder)
        counted = tally_runs(started, folder, port, hospitals, fault)
        linked = columns.linked(started, folder / "columns")
        relay.finish()
        runs |= attacked_runs(started, folder)
        curious = Child("curious relay", "curious.py", folder / "relay")
        started.append(curious)
        curious.tell(plans=[runs[name].plan.to_bytes().hex() for name in ("survey", "kept")])
        tried = curious.expect("tried")
        curious.finish()
        cheated = cheats.finish()

    sums, plan = [study.vector("survey", rows) for rows in hospitals], runs["survey"].plan
    words = [np.round(vector * 2.0**plan.fraction_bits).astype("<i8").tobytes() for vector in [*sums, *sums[:2]]]
    tried |= {"unmasked": chi_square(b"".join(words)), "truth": sums[0].tolist()}
    capture = (folder / "relay" / "capture.bin").read_bytes()
    index = json.loads((folder / "relay" / "capture.json").read_text())
    try:
        compared = {
            "survey": Compared.of(runs["survey"], hospitals),
            "regression": Compared.of(runs["regression"], hospitals),
            "kept": Compared.of(runs["kept"], hospitals[:2]),
        }
    except ValueError as error:
        raise DemoError(str(error)) from None
    if fault == "figure":
        for first in (compared["survey"].comparisons, studies.joint[study.NHEFS].comparisons):
            first[1] = dataclasses.replace(first[1], joint=first[1].joint * (1 + 1e-9))
    outcome = Outcome(
        hospitals=hospitals,
        studies=studies,
        cheats=cheated,
        runs=runs,
        compared=compared,
        score=score,
        tried=tried,
        tally=counted,
        key=custody.study_key(),
        linked=linked,
        plaintexts=plaintexts_in(capture, plan, sums, risk.features(score.row)),
        messages=index["messages"],
        captured=len(capture),
        memory=memory(
            runs, counted, {"relay": index, "patient": score.patient, "doctor": score.doctor, "curious relay": tried}
        )
        | linked.memory()
        | studies.memory(),
    )
    outcome.seconds, outcome.computing = time.perf_counter() - begun, computing() - computed
    outcome.conditions = list(conditions(outcome))
    return outcome


def computing() -> float:
    """Processor time of this process and of its children that have ended, in seconds.

    Among them are those that came before the Python program: a shell that built the package may have become it.
    """
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def memory(runs: dict[str, Run], counted: tally.Tally, reports: dict[str, dict]) -> dict[str, int]:
    """Peak memory of every process, the largest where there were several of a name, in bytes."""
    found = {
        name: max(run.reports[party]["peak_memory"] for run in [*runs.values(), *counted.runs.values()])
        for party, name in enumerate(study.HOSPITALS, 1)
    }
    return found | {name: report["peak_memory"] for name, report in reports.items()}


def conditions(outcome: Outcome) -> Iterator[Check]:
    """Every condition of the demo, each with the facts that decided it."""
    yield from joint.conditions(outcome.studies)
    yield from wrong_messages.conditions(outcome.cheats)
    for compared in outcome.compared.values():
        right, count = compared.right(), len(compared.comparisons)
        yield Check(
            f"every figure equals the one in the clear: {compared.title}", right == count, f"{right} of {count}"
        )
    same = all(compared.same_everywhere for compared in outcome.compared.values())
    yield Check("all hospitals that stayed got the same figures", same, "bit for bit")
    patients, everybody = outcome.patients(), sum(len(study.load_table(name)) for name in study.PATIENT_NUMBER)
    disjoint = len(set(patients)) == len(patients) == everybody
    yield Check("hospitals' patients are disjoint and complete", disjoint, f"{len(patients):,} people")
    stayed = [result["survivors"] for result in outcome.runs["kept"].results()]
    yield Check("the survivors when West leaves are North and South", stayed == [[1, 2], [1, 2]], "parties 1 and 2")
    for name, kinds in (("refused", {"TooFewShares"}), ("flip", None), ("split", {"VerificationFailed"})):
        run = outcome.runs[name]
        yield Check(f"refused, no figure: {run.title}", run.refused_everywhere(kinds), run.refusal_text())
    yield from secrecy(outcome)
    most = max(outcome.memory[name] for name in study.HOSPITALS)
    yield Check("a hospital's process stays under 200 MB", 0 < most < MEMORY_LIMIT, f"{most / 1e6:.0f} MB")
    # By the clock, unless the machine has much else to do.
    quick = min(outcome.seconds, outcome.computing) < SECONDS_LIMIT
    taken = f"{outcome.seconds:.1f} s, {outcome.computing:.1f} s of processor time"
    yield Check("the demo takes under a minute", quick, taken)


def secrecy(outcome: Outcome) -> Iterator[Check]:
    """The conditions about who can read what."""
    score, tried = outcome.score, outcome.tried
    close = abs(score.difference) <= score.tolerance
    detail = f"difference {score.difference:+.1e}, allowed {score.tolerance:.1e}"
    yield Check("the risk score equals the one in the clear", close, detail)
    refusal = score.doctor["refusal"]
    yield Check("the doctor's own key does not open the patient's row", refusal is not None, said(refusal))
    for attempt in tried["attempts"]:
        yield Check(f"the relay cannot {attempt['what']}", attempt["refusal"] is not None, said(attempt["refusal"]))
    # One honest run in a million fails this; the sums themselves do by hundreds of orders of magnitude.
    p = tried["uniformity"]["p"]
    yield Check("inputs as sent look uniform (chi-square)", p > 1e-6, f"p = {p:.2f}, {tried['inputs']} inputs")
    searched, found = outcome.plaintexts["searched"], outcome.plaintexts["found"]
    yield Check("no plaintext in the captured bytes", found == 0, f"{searched:,} encodings searched, {found} found")
    yield from tally.conditions(outcome.tally)
    yield from custody.conditions(outcome.key)
    yield from columns.conditions(outcome.linked)


def main() -> int:
    """Exit status 0 when everything holds, 1 when a check fails, 2 when a process broke."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--html", type=pathlib.Path, default=ROOT / "demo-report.html", help="where the page goes")
    parser.add_argument("--fault", choices=("figure", "input"), help="for tests: alter one joint figure, or one input")
    options = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory(prefix="veilkit-demo-") as folder:
            outcome = demonstrate(pathlib.Path(folder), options.fault)
    except DemoError as error:
        print(f"demo: {error}", file=sys.stderr)
        return 2
    options.html.write_text(report_html.page(outcome), encoding="utf-8")
    print(report_text.text(outcome, options.html))
    return 0 if all(check.holds for check in outcome.conditions) else 1


if __name__ == "__main__":
    sys.exit(main())
