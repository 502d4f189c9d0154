"""The report for the terminal: plain text, at most 100 columns."""

import os
import pathlib

import numpy as np
import veilkit as vk

import checks
import risk
import study
from outcome import Check, Compared, Outcome, Run, said
from report_columns_text import columns_lines
from report_studies_text import cheats_lines, studies_lines
from report_tally_text import custody_lines, tally_lines
from text_parts import HEAD, WIDTH, figure_line, paragraph

BARS = " ▁▂▃▄▅▆▇█"


def bars(cells: list[float]) -> str:
    """A histogram in one line."""
    most = max(cells) or 1
    return "".join(BARS[max(1, round(8 * cell / most)) if cell > 0 else 0] for cell in cells)


def survey(compared: Compared) -> list[str]:
    """All figures of the survey."""
    lines = [HEAD]
    for column in study.COLUMNS:
        mine = {c.figure: c for c in compared.comparisons if c.subject == column.key}
        cells = [c for name, c in mine.items() if name.startswith("cell")]
        lines.append(f"  {column.title} ({column.unit})")
        lines += [figure_line(name, mine[name]) for name in ("count", "mean", "variance", "standard error")]
        exact = f"{sum(c.holds for c in cells)} of {len(cells)} cells exact"
        shown = compared.joint[column.key].histogram
        if column.is_share:
            lines.append(f"    {'no, yes':<31}{shown[0]:>17,.0f}{shown[1]:>17,.0f}  {exact}")
        else:
            lines.append(f"    {'histogram':<31}{bars(shown):>17}  {exact}")
    return lines


def means(compared: Compared) -> list[str]:
    """The means only, and how many of all figures agree."""
    lines = [HEAD, *(figure_line(f"{c.subject}: mean", c) for c in compared.comparisons if c.figure == "mean")]
    return [*lines, f"    {compared.right()} of {len(compared.comparisons)} figures of this run agree"]


def refusals(run: Run) -> list[str]:
    """The typed errors of a run, one line a hospital."""
    return [f"    {study.HOSPITALS[party - 1]}: {said(error)}" for party, error in run.refusals().items()]


def steps(run: Run) -> list[str]:
    """Seconds and bytes of each round, the largest of the hospitals."""
    lines = [f"    {'':<30}{'work, ms':>10}{'wait, ms':>10}{'sent, B':>10}{'received, B':>13}"]
    for name, most in run.slowest():
        lines.append(
            f"    {name:<30}{most['work'] * 1e3:>10.2f}{most['wait'] * 1e3:>10.2f}"
            f"{most['sent']:>10,.0f}{most['received']:>13,.0f}"
        )
    return lines


def bytes_seen(outcome: Outcome, run: Run) -> list[str]:
    """Message bytes per hospital and round of one run."""
    table = outcome.bytes_per_round(run)
    lines = [f"  {run.title:<30}" + "".join(f"{f'round {number}':>10}" for number in table)]
    for party, name in enumerate(study.HOSPITALS, 1):
        lines.append(f"    {name:<28}" + "".join(f"{senders.get(party, 0):>10,}" for senders in table.values()))
    return lines


def relay_view(outcome: Outcome) -> list[str]:
    """What went through the relay and what it could make of it."""
    tried, lines = outcome.tried, []
    for name in ("survey", "regression", "refused", "kept"):
        lines += bytes_seen(outcome, outcome.runs[name])
    lines.append(f"  {'North, systolic pressure':<30}{'North has':>14}{'the relay reads':>26}")
    for at, entry in enumerate(("people", "sum, scaled", "sum of squares, scaled")):
        lines.append(f"    {entry:<28}{tried['truth'][at]:>14,.3f}{tried['reading'][at]:>26,.3f}")
    lines.append(f"    {'first bytes':<28}{tried['excerpt'][:64]}")
    lines.append(f"  {'how even the bytes are':<30}{'bytes':>14}{'chi-square':>12}{'p':>9}{'bits/byte':>11}")
    for name, s in (
        ("inputs as the relay has them", tried["uniformity"]),
        ("as many random bytes", tried["random"]),
        ("the sums themselves", tried["unmasked"]),
    ):
        lines.append(f"    {name:<28}{s['bytes']:>14,}{s['statistic']:>12,.0f}{s['p']:>9.3f}{s['entropy']:>11.3f}")
    lines += paragraph(
        f"{outcome.plaintexts['searched']:,} encodings of the hospitals' sums and of the patient's row searched in "
        f"{outcome.captured:,} captured bytes: {outcome.plaintexts['found']} found",
        2,
    )
    for attempt in tried["attempts"]:
        lines += [f"  The relay tries to {attempt['what']}:", f"    {said(attempt['refusal'])}"]
    for run in (outcome.runs["flip"], outcome.runs["split"]):
        lines += [f"  {run.title[0].upper()}{run.title[1:]}:", *refusals(run)]
    return lines


def risk_lines(outcome: Outcome) -> list[str]:
    """The doctor's score."""
    score = outcome.score
    doctor, patient = score.doctor, score.patient
    times = patient["seconds"] | {f"doctor's {name}": seconds for name, seconds in doctor["seconds"].items()}
    return [
        *paragraph(
            f"Row {risk.PATIENT_ROW} of the breast-cancer table, {len(doctor['weights'])} measurements, encrypted "
            f"under the patient's own 3072-bit Paillier key; a logistic regression fitted by the doctor on the other "
            f"{doctor['trained_on']} patients in the clear.",
            2,
        ),
        HEAD.replace("    joint", "decrypted"),
        f"    {'score':<31}{patient['score']:>17.9f}{score.expected:>17.9f}"
        f"  {score.difference:>+9.1e} {score.tolerance:>9.1e}",
        f"    {'risk of malignancy':<31}{patient['risk']:>17.9f}{float(risk.sigmoid(score.expected)):>17.9f}",
        *paragraph(", ".join(f"{name} {seconds:.3f} s" for name, seconds in times.items()), 4),
        f"    the patient sent {patient['sent']:,} bytes and received {patient['received']:,}",
        "  The doctor tries to open the row with a key of its own:",
        f"    {said(doctor['refusal'])}",
    ]


def text(outcome: Outcome, html: pathlib.Path) -> str:
    """The whole report."""
    first, refused, kept = (outcome.runs[name] for name in ("survey", "refused", "kept"))
    memory = ", ".join(f"{name} {size / 1e6:.0f} MB" for name, size in outcome.memory.items())
    off = checks.entry_error(len(study.HOSPITALS), first.plan.fraction_bits)
    lines = [
        "Three hospitals, one study, nobody sees another's patients",
        f"veilkit {vk.__version__}, numpy {np.__version__}, {os.cpu_count()} cores",
        "",
        *paragraph(
            f"Patients (NHEFS + diabetes clinic + breast cancer + GBSG2): {outcome.populations()}; "
            f"{len(outcome.patients()):,} in all, none twice."
        ),
        *paragraph(
            f"For the secure sums each hospital submits one vector of {first.plan.length} scaled sums, rounded to "
            f"2^-{first.plan.fraction_bits}, so an entry of the joint vector is off by at most {off:.1e}; what is "
            "allowed below follows from that (checks.py). Counts and histogram cells must be exact."
        ),
        "",
        "1. Three joint studies, safe against a hospital that cheats",
        *studies_lines(outcome.studies),
        "",
        "2. West cheats in each kind of message",
        *cheats_lines(outcome.cheats),
        "",
        "3. Joint figures of three hospitals by one secure sum",
        *survey(outcome.compared["survey"]),
        "  Progression of diabetes, least squares on scaled measurements, by a second secure sum",
        *(figure_line(c.figure, c) for c in outcome.compared["regression"].comparisons),
        "",
        f"4. West's process ends after round {len(refused.reports[3].get('rounds', []))}",
        "  The signed plan asks for three survivors: no figure.",
        *refusals(refused),
        "  The signed plan asks for two survivors: the figures over North and South.",
        *means(outcome.compared["kept"]),
        *paragraph(
            "With two survivors each can subtract its own sums and has the other's exactly. That is why the minimum is "
            "part of the plan that every hospital signs before it submits anything.",
            2,
        ),
        "",
        "5. A doctor scores a patient's row without reading it",
        *risk_lines(outcome),
        "",
        "6. What the relay saw, in bytes of messages",
        *relay_view(outcome),
        "",
        "7. Main diagnoses, counted from encrypted ballots",
        *tally_lines(outcome.tally),
        "",
        "8. The key of the archived study, in custody under a rule",
        *custody_lines(outcome.key),
        "",
        "9. Two columns of the same people at two hospitals, correlated without being seen",
        *columns_lines(outcome.linked),
        "",
        "10. Seconds, bytes, memory (round by round: the largest of the hospitals)",
        *steps(first),
        f"    plan to result: {first.seconds:.2f} s, {kept.seconds:.2f} s when West leaves; starting three processes: "
        f"{first.set_up:.2f} s",
        *paragraph(f"peak memory: {memory}", 4),
        f"    whole demo: {outcome.seconds:.1f} s, {outcome.computing:.1f} s of processor time",
        "",
        "11. Checks",
        *(line for check in outcome.conditions for line in check_lines(check)),
        "",
        f"The same as a page: {html.name}",
        verdict(outcome),
    ]
    return "\n".join(lines)


def check_lines(check: Check) -> list[str]:
    """One condition; a long finding goes on the next lines."""
    head = f"  {'ok   ' if check.holds else 'WRONG'} {check.what}"
    if len(head) + len(check.detail) + 2 <= WIDTH:
        return [f"{head}: {check.detail}"]
    return [f"{head}:", *paragraph(check.detail, 10)]


def verdict(outcome: Outcome) -> str:
    """The last line."""
    wrong = [check.what for check in outcome.conditions if not check.holds]
    if wrong:
        return f"FAILED: {'; '.join(wrong)}"
    count = len(outcome.comparisons())
    return f"All {len(outcome.conditions)} checks hold; all {count} joint figures agree with the clear."
