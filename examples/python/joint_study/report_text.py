"""The report for the terminal: plain text, at most 100 columns."""

import os
import pathlib

import numpy as np
import veilkit as vk

import checks
import risk
import study
from outcome import ROUNDS, Outcome, Run

BARS = " \N{LOWER ONE EIGHTH BLOCK}\N{LOWER ONE QUARTER BLOCK}\N{LOWER THREE EIGHTHS BLOCK}\N{LOWER HALF BLOCK}" \
       "\N{LOWER FIVE EIGHTHS BLOCK}\N{LOWER THREE QUARTERS BLOCK}\N{LOWER SEVEN EIGHTHS BLOCK}\N{FULL BLOCK}"


def bars(cells: list[float]) -> str:
    """A histogram in one line."""
    most = max(cells) or 1
    return "".join(BARS[max(1, round(8 * cell / most)) if cell else 0] for cell in cells)


def figure_line(name: str, c: checks.Comparison) -> str:
    """One figure: joint, clear, difference, tolerance."""
    mark = "ok" if c.holds else "WRONG"
    allowed = f"{c.tolerance:9.1e}" if c.tolerance else "    exact"
    return f"    {name:<26}{c.joint:>17.9g}{c.clear:>17.9g}  {c.difference:>+9.1e} {allowed}  {mark}"


def figures(comparisons: list[checks.Comparison], joint: study.Figures) -> list[str]:
    """All figures of one run."""
    lines = [f"    {'':<26}{'joint':>17}{'in the clear':>17}  difference  allowed"]
    for column in study.COLUMNS:
        mine = {c.figure: c for c in comparisons if c.subject == column.key}
        cells = [c for name, c in mine.items() if name.startswith("cell")]
        lines.append(f"  {column.title} ({column.unit})")
        lines += [figure_line(name, mine[name]) for name in ("count", "mean", "variance", "standard error")]
        equal = sum(c.holds for c in cells)
        shown = joint.columns[column.key].histogram
        if column.is_share:
            lines.append(f"    {'no / yes':<26}{shown[0]:>17,.0f}{shown[1]:>17,.0f}  {equal} of 2 exact")
        else:
            lines.append(f"    {'histogram':<26}{bars(shown)}  {equal} of {len(cells)} cells exact")
    lines.append("  Progression of diabetes by least squares on scaled measurements")
    lines += [figure_line(c.figure, c) for c in comparisons if c.subject == "regression"]
    return lines


def brief(comparisons: list[checks.Comparison], joint: study.Figures) -> list[str]:
    """The means only, and how many of all figures agree."""
    lines = [f"    {'':<26}{'joint':>17}{'in the clear':>17}  difference  allowed"]
    lines += [
        figure_line(f"{c.subject}: mean", c) for c in comparisons if c.figure == "mean" and c.subject in joint.columns
    ]
    lines.append(f"    and {sum(c.holds for c in comparisons)} of {len(comparisons)} figures of this run agree")
    return lines


def steps(run: Run) -> list[str]:
    """Seconds and bytes of each round, the slowest hospital."""
    lines = [f"    {'round':<30}{'work, ms':>10}{'wait, ms':>10}{'sent, B':>10}{'received, B':>13}   (largest of the hospitals)"]
    rounds = [report["rounds"] for report in run.reports.values() if "rounds" in report]
    for number in range(max(map(len, rounds), default=0)):
        here = [r[number] for r in rounds if number < len(r)]
        most = {key: max(step[key] for step in here) for key in ("work", "wait", "sent", "received")}
        lines.append(f"    {ROUNDS.get(number + 1, f'{number + 1}'):<30}{most['work'] * 1e3:>10.2f}{most['wait'] * 1e3:>10.2f}"
                     f"{most['sent']:>10,}{most['received']:>13,}")
    lines.append(f"    from the plan to the result {run.seconds:.2f} s, after {run.set_up:.2f} s to start the processes")
    return lines


def relay_view(outcome: Outcome) -> list[str]:
    """What went through the relay and what it could make of it."""
    lines = []
    for run in outcome.runs:
        table = outcome.bytes_per_round(run.room)
        lines.append(f"  bytes seen, {run.title}")
        lines.append(f"    {'':<12}" + "".join(f"{f'round {number}':>10}" for number in table))
        for party, name in enumerate(study.HOSPITALS, 1):
            lines.append(f"    {name:<12}" + "".join(f"{senders.get(party, 0):>10,}" for senders in table.values()))
    tried = outcome.tried
    lines.append("  North's sums, and what the relay reads in North's masked vector")
    for key, entry in (("sbp", "people with a systolic value"), ("sbp", "sum of systolic - 130"), ("smokers", "still smoking")):
        place = study.place(key) + (0 if entry.startswith("people") else 1)
        lines.append(f"    {entry:<30}{outcome.truth[place]:>14,.0f}{tried['reading'][place]:>26,.3f}")
    u, r = tried["uniformity"], tried["random"]
    lines += [
        f"    first bytes: {tried['excerpt'][:64]}",
        f"  {u['bytes']:,} masked bytes: chi-square {u['statistic']:.0f} on 255 degrees, p = {u['p']:.2f}, "
        f"entropy {u['entropy']:.3f} bits per byte",
        f"  the same of as many random bytes: {r['statistic']:.0f}, p = {r['p']:.2f}, entropy {r['entropy']:.3f}; "
        f"of the unmasked sums: {outcome.unmasked['statistic']:,.0f}, entropy {outcome.unmasked['entropy']:.3f}",
        f"  {outcome.plaintexts['searched']:,} encodings of the hospitals' sums and the patient's row searched in "
        f"{outcome.captured:,} captured bytes: {outcome.plaintexts['found']} found",
    ]
    for attempt in tried["attempts"]:
        answer = f"{attempt['error']}: {attempt['text']} [{attempt['name']} {attempt['code']}]" if attempt["refused"] else "IT COULD"
        lines += [f"  It tries to {attempt['what']}:", f"    {answer}"]
    for run in outcome.attacked:
        lines.append(f"  {run.title[0].upper()}{run.title[1:]}:")
        lines += [f"    {study.HOSPITALS[party - 1]}: {r['error']}: {r['what']} [{r['name']} {r['code']}]"
                  for party, r in run.refusals().items()]
    return lines


def text(outcome: Outcome, html: pathlib.Path) -> str:
    """The whole report."""
    score = outcome.score
    e = checks.entry_error(len(study.HOSPITALS))
    populations = "; ".join(
        f"{name} {len(rows[study.NHEFS])} + {len(rows[study.DIABETES])}"
        for name, rows in zip(study.HOSPITALS, outcome.hospitals)
    )
    refused = outcome.runs[1]
    lines = [
        "veilkit: three hospitals, one study, nobody sees another's patients",
        f"veilkit {vk.__version__}, numpy {np.__version__}, {os.cpu_count()} cores",
        "",
        f"Patients (NHEFS + diabetes clinic): {populations}; {outcome.patients:,} in all, none twice.",
        f"Each hospital submits one vector of {study.VECTOR_LENGTH} sums, rounded to 2^-{study.FRACTION_BITS}. Three roundings put an "
        f"entry off by at most {e:.1e};",
        "what is allowed below follows from that. Counts and cells are whole numbers and must be exact.",
        "",
        "1. Joint figures of all three hospitals",
        *figures(outcome.comparisons[0], outcome.figures[0][0]),
        "",
        f"2. West's process ends after round {len(refused.reports[3].get('rounds', []))}",
        "  The signed plan asks for three survivors: no figure.",
        *(f"    {study.HOSPITALS[party - 1]}: {r['error']}: {r['what']} [{r['name']} {r['code']}]"
          for party, r in refused.refusals().items()),
        "  The signed plan asks for two survivors: the figures over North and South.",
        *brief(outcome.comparisons[1], outcome.figures[1][0]),
        "    With two survivors each can subtract its own sums and has the other's exactly. That is why the",
        "    minimum is part of the plan that every hospital signs before it submits anything.",
        "",
        "3. A doctor scores a patient's row without reading it",
        f"  Row {risk.PATIENT_ROW} of the breast-cancer table, {len(score.doctor['weights'])} measurements, "
        f"encrypted under the patient's own 3072-bit Paillier key.",
        f"  The model: logistic regression on the other {score.doctor['trained_on']} patients, fitted in the clear by the doctor.",
        f"    {'':<26}{'decrypted':>17}{'in the clear':>17}  difference  allowed",
        f"    {'score':<26}{score.patient['score']:>17.9f}{score.expected:>17.9f}  {score.difference:>+9.1e} {score.tolerance:>9.1e}",
        f"    {'risk of malignancy':<26}{score.patient['risk']:>17.9f}{float(risk.sigmoid(score.expected)):>17.9f}",
        f"  The doctor tries to open the row with a key of its own: {refusal(score.doctor['refusal'])}",
        "    " + ", ".join(f"{name} {seconds:.2f} s" for name, seconds in
                           (score.patient["seconds"] | {f"doctor's {k}": v for k, v in score.doctor["seconds"].items()}).items()),
        f"    the patient sent {score.patient['sent']:,} bytes and received {score.patient['received']:,}",
        "",
        "4. What the relay saw",
        *relay_view(outcome),
        "",
        "5. The study's key, split 2 of 3",
        f"  Every two hospitals recover it: {'yes' if outcome.key['recovered'] else 'NO'}. "
        f"One bit of South's share altered: {refusal(outcome.key['refusal'])}",
        "",
        "6. Seconds, bytes, memory",
        *steps(outcome.runs[0]),
        "    peak memory: " + ", ".join(f"{name} {size / 1e6:.0f} MB" for name, size in outcome.memory.items()),
        f"    whole demo {outcome.seconds:.1f} s",
        "",
        "7. Checks",
        *(f"  {'ok   ' if check.holds else 'WRONG'} {check.what}: {check.detail}" for check in outcome.checks),
        "",
        f"{html.name} shows the same as a page.",
        verdict(outcome),
    ]
    return "\n".join(lines)


def refusal(error: dict | None) -> str:
    """A typed error in one line."""
    if error is None:
        return "IT COULD"
    blamed = f"; to blame: {', '.join(map(str, error['culprits']))}" if error.get("culprits") else ""
    return f"{error['error']}: {error['what']}{blamed} [{error['name']} {error['code']}]"


def verdict(outcome: Outcome) -> str:
    """The last line."""
    wrong = [check.what for check in outcome.checks if not check.holds]
    count = sum(len(comparisons) for comparisons in outcome.comparisons)
    if wrong:
        return f"FAILED: {'; '.join(wrong)}"
    return f"All {len(outcome.checks)} checks hold; all {count} joint figures agree with the clear."
