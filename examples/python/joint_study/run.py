#!/usr/bin/env python3
"""The main job: three hospitals compute a joint study on real patients, and nobody sees another's patients.

Starts every party as a process of its own, compares each joint figure with the same figure in the clear, prints a
report and writes `demo-report.html`. Exit status 0 only when every figure agrees and everything that must
be refused was refused.
"""

import argparse
import dataclasses
import math
import pathlib
import secrets
import sys
import tempfile
import time

import numpy as np
import veilkit as vk

import checks
import report_html
import report_text
import risk
import study
from children import HERE, Child, DemoError, children
from outcome import Check, Outcome, Run, Score, said
from process import facts, peak_memory

sys.path.insert(0, str(study.DATA))
import verify  # noqa: E402  (the data folder's own check)

ROOT = HERE.parents[2]
MEMORY_LIMIT = 200 << 20
LEAVER, LEAVE_AFTER = 3, 2
THRESHOLD = 2


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
    extra: dict[int, tuple[object, ...]] | None = None,
) -> Run:
    """One secure sum: three fresh hospital processes, one plan, one result or one refusal."""
    extra = extra or {}
    begun = time.perf_counter()
    hospitals = {
        party: Child(name, "hospital.py", folder, party, *extra.get(party, ()))
        for party, (name, folder) in enumerate(zip(study.HOSPITALS, folders), 1)
    }
    started += hospitals.values()
    # The identities are compared on another road than the relay: here, over the pipes of this process.
    identities = {party: bytes.fromhex(child.expect("identity")["identity"]) for party, child in hospitals.items()}
    plan = vk.mpc.SumPlan(
        parties=identities,
        threshold=THRESHOLD,
        min_survivors=minimum,
        length=study.VECTOR_LENGTH,
        fraction_bits=study.FRACTION_BITS,
        max_abs=2.0**study.BOUND_BITS,
        purpose=study.purpose(),
    )
    ready = time.perf_counter()
    for child in hospitals.values():
        child.tell(plan=plan.to_bytes().hex(), port=port)
    reports = {party: child.expect("result", "refused", "left") for party, child in hospitals.items()}
    ended = time.perf_counter()
    for party, child in hospitals.items():
        expected = {"result": 0, "refused": 3, "left": 0}[reports[party]["kind"]]
        if (status := child.finish()) != expected:
            raise DemoError(f"{child.name} ended with exit status {status}, not {expected}")
    return Run(
        title, minimum, plan.to_bytes(), plan.explain(), plan.session.hex(), reports, ready - begun, ended - ready
    )


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
    tolerance = 2 * 2.0**-41 * float(np.abs(weights).sum() + np.abs(values).sum() + 1) + checks.ROUNDING * abs(expected)
    return Score(row, room, answer, work, expected, tolerance, time.perf_counter() - begun)


def study_key() -> dict[str, object]:
    """The key of the archived study: two of the three hospitals recover it, and an altered share is named."""
    key = secrets.token_bytes(32)
    shares = vk.shamir.split(key, threshold=2, shares=3)
    pairs = [(0, 1), (0, 2), (1, 2)]
    recovered = all(vk.shamir.combine([shares[i], shares[j]]) == key for i, j in pairs)
    altered = bytearray(shares[1].to_bytes())
    altered[-1] ^= 1
    try:
        vk.shamir.combine([shares[0], vk.shamir.Share.from_bytes(bytes(altered)), shares[2]])
        refusal = None
    except vk.VeilkitError as error:
        refusal = facts(error)
    return {"recovered": recovered, "refusal": refusal}


def plaintexts_in(capture: bytes, hospitals: list[study.Rows], values: np.ndarray) -> dict[str, int]:
    """How many plaintext encodings of the hospitals' sums and of the patient's row occur in the captured bytes.

    Looked for: the fixed-point words and the doubles in both byte orders, and decimal texts of five characters or more.
    """
    numbers = {float(v) for rows in hospitals for v in study.local_vector(rows) if abs(v) > 1}
    numbers |= {float(v) for v in values if abs(v) > 1}
    needles = set()
    for number in numbers:
        word = round(number * 2**study.FRACTION_BITS)
        needles |= {word.to_bytes(8, "little", signed=True), word.to_bytes(8, "big", signed=True)}
        needles |= {np.float64(number).tobytes(), np.float64(number).tobytes()[::-1]}
        if len(text := f"{number:.10g}") >= 5:
            needles.add(text.encode())
    # Mostly zeros, as 30 in 64 bits: the public shape of an array looks the same.
    needles = {needle for needle in needles if len(needle) - needle.count(0) >= 3}
    return {"searched": len(needles), "found": sum(needle in capture for needle in needles)}


def demonstrate(folder: pathlib.Path, fault: str | None) -> Outcome:
    """Everything the demo does, in order."""
    begun = time.perf_counter()
    if wrong := verify.check_hashes():
        raise DemoError(f"examples/data differs from SHA256SUMS: {', '.join(wrong)}")
    hospitals = study.split()
    folders = [folder / name.lower() for name in study.HOSPITALS]
    for rows, own in zip(hospitals, folders):
        study.write_rows(rows, own)
    with children() as started:
        relay, port = start_relay(started, folder / "relay")
        liar = {3: ("--alter-input",)} if fault == "input" else {}
        leaver = {LEAVER: ("--leave-after", LEAVE_AFTER)}
        runs = [
            study_run(started, "all three stay", port, folders, 3, liar),
            study_run(started, "West leaves, minimum three", port, folders, 3, leaver),
            study_run(started, "West leaves, minimum two", port, folders, 2, leaver),
        ]
        score = score_run(started, port, folder)
        relay.finish()
        attacked = []
        for lie, title in (
            ("flip", "the relay flips a bit"),
            ("split", "the relay shows two hospitals different things"),
        ):
            bad, bad_port = start_relay(started, folder / lie, "--attack", lie)
            attacked.append(study_run(started, title, bad_port, folders, 2))
            bad.finish()
        curious = Child("curious relay", "curious.py", folder / "relay")
        started.append(curious)
        curious.tell(runs=[{"plan": run.plan.hex(), "room": run.room} for run in (runs[0], runs[2])])
        tried = curious.expect("tried")
        curious.finish()

    capture = (folder / "relay" / "capture.bin").read_bytes()
    outcome = Outcome.assemble(
        hospitals,
        runs,
        attacked,
        score,
        tried,
        study_key(),
        folder / "relay" / "capture.json",
        plaintexts_in(capture, hospitals, risk.features(score.row)),
    )
    if fault == "figure":
        outcome.comparisons[0][0] = dataclasses.replace(
            outcome.comparisons[0][0], joint=math.nextafter(outcome.comparisons[0][0].joint, math.inf) + 1e-6
        )
    outcome.memory["coordinator (all rows, for the comparison)"] = peak_memory()
    outcome.seconds = time.perf_counter() - begun
    outcome.checks = list(verdict(outcome))
    return outcome


def verdict(outcome: Outcome):
    """Every condition of the demo, each with the facts that decided it."""
    for run, comparisons in zip((outcome.runs[0], outcome.runs[2]), outcome.comparisons):
        wrong = [c for c in comparisons if not c.holds]
        yield Check(
            f"every figure equals the one in the clear: {run.title}",
            not wrong,
            f"{len(comparisons) - len(wrong)} of {len(comparisons)}",
        )
    yield Check("all hospitals that stayed got the same vector", outcome.same_everywhere, "bit for bit")
    yield Check("hospitals' patients are disjoint and complete", outcome.disjoint, f"{outcome.patients:,} people")
    stays = outcome.runs[2].reports
    yield Check(
        "the survivors of the third run are North and South",
        all(stays[p].get("survivors") == [1, 2] for p in (1, 2)),
        "parties 1 and 2",
    )
    for run, kinds in ((outcome.runs[1], {"TooFewShares"}), *((run, None) for run in outcome.attacked)):
        yield Check(f"refused, no figure: {run.title}", run.refused_everywhere(kinds), run.refusal_text())
    score = outcome.score
    yield Check(
        "the risk score equals the one in the clear",
        abs(score.difference) <= score.tolerance,
        f"difference {score.difference:+.1e}, tolerance {score.tolerance:.1e}",
    )
    yield Check(
        "the doctor's own key does not open the patient's row",
        score.doctor["refusal"] is not None,
        said(score.doctor["refusal"]),
    )
    for attempt in outcome.tried["attempts"]:
        yield Check(f"the relay cannot {attempt['what']}", attempt["refusal"] is not None, said(attempt["refusal"]))
    yield Check(
        "inputs as sent look uniform (chi-square)",
        outcome.tried["uniformity"]["p"] > 1e-6,
        f"p = {outcome.tried['uniformity']['p']:.2f}, {outcome.tried['inputs']} inputs",
    )
    yield Check(
        "no plaintext in the captured bytes",
        outcome.plaintexts["found"] == 0,
        f"{outcome.plaintexts['searched']:,} encodings searched",
    )
    yield Check("any two hospitals recover the study's key", outcome.key["recovered"], "2 of 3")
    refusal = outcome.key["refusal"]
    yield Check("an altered share is named", refusal is not None and refusal["culprits"] == [2], said(refusal))
    most = max((size for name, size in outcome.memory.items() if name in study.HOSPITALS), default=0)
    yield Check("a hospital's process stays under 200 MB", 0 < most < MEMORY_LIMIT, f"{most / 1e6:.0f} MB")
    yield Check("the demo takes under a minute", outcome.seconds < 60, f"{outcome.seconds:.1f} s")


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
    return 0 if all(check.holds for check in outcome.checks) else 1


if __name__ == "__main__":
    sys.exit(main())
