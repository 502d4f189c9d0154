"""The report as a page: one file, no request to anywhere, light and dark, a table beside every chart."""

import html
import os
import pathlib
import platform

import numpy as np
import veilkit as vk

import checks
import risk
import study
import svg
from outcome import ROUNDS, Outcome, Run

CSS = pathlib.Path(__file__).with_name("report.css")
COLOURS = ("north", "south", "west")
FIGURES = ("count", "mean", "variance", "standard error")
esc = html.escape


def table(caption: str, head: list[str], rows: list[list[str]], kinds: str = "") -> str:
    """A table; the first cell of a row is its heading. `kinds`: one letter a column, `t` for running text."""
    style = [' class="text"' if kind == "t" else "" for kind in kinds.ljust(len(head), "n")]
    heads = "".join(f'<th scope="col"{s}>{esc(name)}</th>' for name, s in zip(head, style))
    lines = []
    for row in rows:
        cells = "".join(f"<td{s}>{cell}</td>" for cell, s in zip(row[1:], style[1:]))
        lines.append(f'<tr><th scope="row"{style[0]}>{row[0]}</th>{cells}</tr>')
    return (f'<div class="scroll"><table><caption>{esc(caption)}</caption><thead><tr>{heads}</tr></thead>'
            f'<tbody>{"".join(lines)}</tbody></table></div>')


def number(value: float) -> str:
    """Nine digits, as in the terminal's report."""
    return f"{value:,.0f}" if float(value).is_integer() and abs(value) < 1e15 else f"{value:.9g}"


def mark(holds: bool, text: str) -> str:
    """A text with a tick or a cross."""
    return f'<span class="{"ok" if holds else "wrong"}">{esc(text)}</span>'


def comparison_rows(found: list[checks.Comparison]) -> list[list[str]]:
    """Rows of joint, clear, difference, allowed."""
    return [
        [esc(c.figure), number(c.joint), number(c.clear), mark(c.holds, f"{c.difference:+.1e}" if c.difference else "0"),
         f"{c.tolerance:.0e}" if c.tolerance else "exact"]
        for c in found
    ]


HEAD = ["", "joint", "in the clear", "difference", "allowed"]


def column_card(column: study.Column, found: list[checks.Comparison], joint: study.Figures, clear: study.Figures) -> str:
    """Histogram, figures and cells of one column."""
    mine = {c.figure: c for c in found if c.subject == column.key}
    a, b = joint.columns[column.key].histogram, clear.columns[column.key].histogram
    names = ["no", "yes"] if column.is_share else column.bin_names()
    chart = svg.share(column.title, a, b) if column.is_share else svg.histogram(column.title, names, column.edges, a, b)
    cells = [[esc(name), number(x), number(y), mark(x == y, number(x - y)), "exact"] for name, x, y in zip(names, a, b)]
    return (
        f'<article class="card"><h3>{esc(column.title)} <span class="unit">{esc(column.unit)}</span></h3>'
        f'<figure>{chart}</figure>{table("", HEAD, comparison_rows([mine[name] for name in FIGURES]))}'
        f'<details><summary>{len(cells)} cells</summary>{table("", ["cell", *HEAD[1:]], cells)}</details></article>'
    )


def figures_section(outcome: Outcome) -> str:
    """The joint figures of the first run."""
    joint, clear = outcome.figures[0]
    found = outcome.comparisons[0]
    cards = "".join(column_card(column, found, joint, clear) for column in study.COLUMNS)
    names = ["intercept", "age", "sex", "body mass index", "blood pressure", "blood glucose"]
    pairs = lambda r: list(zip(r.coefficients, r.standard_errors))  # noqa: E731
    return f"""
<h2 id="figures">Joint figures of three hospitals</h2>
<p>Each hospital adds up its own patients and submits one vector of {study.VECTOR_LENGTH} sums: counts, sums, squares, cells of the
histograms, and the moments of a regression. One secure sum adds the three vectors. From the joint vector come these figures; beside
each stands the same figure computed by numpy on all rows in one place, which no hospital could do.</p>
<p class="legend"><span><i style="background:var(--joint)"></i>joint, by secure sum</span>
<span><i class="tick" style="background:var(--clear)"></i>in the clear</span></p>
<div class="grid">{cards}</div>
<h3>Progression of diabetes, explained by five measurements</h3>
<p class="muted">Least squares over {joint.regression.count:.0f} patients of three hospitals, from joint moments; measurements and outcome in
units of about one standard deviation; bars are 95% intervals; R<sup>2</sup> = {joint.regression.r_squared:.4f}.</p>
<div class="card"><figure class="forest">{svg.forest(names, pairs(joint.regression), pairs(clear.regression))}</figure>
{table("", HEAD, comparison_rows([c for c in found if c.subject == "regression"]))}</div>
"""


def lane(run: Run) -> str:
    """Who sent what in a run in which West leaves."""
    most = max(len(report.get("rounds", [])) for report in run.reports.values())
    sent, ends = [], []
    for party in (1, 2, 3):
        report = run.reports[party]
        sent.append(len([step for step in report.get("rounds", []) if step["sent"]]))
        ends.append({"left": ("gone", False), "refused": (report.get("name", ""), False),
                     "result": (f"sum of {len(report.get('survivors', []))}", True)}[report["kind"]])
    rounds = max(most - 1, max(sent), 3)
    shown = [rounds if end[0] != "gone" and not count else count for count, end in zip(sent, ends)]
    return svg.timeline(study.HOSPITALS, rounds, shown, ends, COLOURS)


def leaving_section(outcome: Outcome) -> str:
    """A hospital that leaves midway, twice."""
    refused, kept = outcome.runs[1], outcome.runs[2]
    errors = "".join(
        f"<li>{esc(study.HOSPITALS[party - 1])}: <code>{esc(r['error'])}</code>: {esc(r['what'])} "
        f"[{esc(r['name'])} {r['code']}]</li>" for party, r in refused.refusals().items()
    )
    found = outcome.comparisons[1]
    rows = [[esc(next(k.title for k in study.COLUMNS if k.key == c.subject)), *row[1:]]
            for c in found if c.figure == "mean" for row in comparison_rows([c])]
    after = len(refused.reports[study.HOSPITALS.index("West") + 1].get("rounds", []))
    return f"""
<h2 id="leaving">A hospital leaves midway</h2>
<p>West's process ends after round {after}, without a word: it has handed out the sealed shares of its masks, and its input never arrives.</p>
<div class="grid">
<article class="card"><h3>The signed plan asks for three survivors: no figure</h3><figure>{lane(refused)}</figure><ul>{errors}</ul></article>
<article class="card"><h3>The signed plan asks for two: a figure</h3><figure>{lane(kept)}</figure>
<p>{sum(c.holds for c in found)} of {len(found)} figures over North and South agree with the clear.</p></article></div>
<div class="card">{table("Means over the two that stayed", HEAD, rows)}</div>
<p class="note">With two survivors each can subtract its own sums from the joint ones and has the other's exactly. That is why the
minimum is part of the plan that every hospital signs before it submits anything. Above three it protects each of them among the others.</p>
"""


def score_section(outcome: Outcome) -> str:
    """The risk score."""
    score = outcome.score
    doctor, patient = score.doctor, score.patient
    clear = float(risk.sigmoid(score.expected))
    rows = [
        ["score", f"{patient['score']:.9f}", f"{score.expected:.9f}",
         mark(abs(score.difference) <= score.tolerance, f"{score.difference:+.1e}"), f"{score.tolerance:.0e}"],
        ["risk", f"{patient['risk']:.9f}", f"{clear:.9f}", f"{patient['risk'] - clear:+.1e}", ""],
    ]
    times = [[esc(who), esc(what), f"{seconds:.3f}"]
             for who, report in (("patient", patient), ("doctor", doctor)) for what, seconds in report["seconds"].items()]
    largest = sorted(zip(doctor["names"], doctor["weights"]), key=lambda item: -abs(item[1] * float(score.row[item[0]])))[:6]
    values = [[esc(name.replace("_", " ")), f"{float(score.row[name]):g}", f"{weight:+.4g}",
               f"{weight * float(score.row[name]):+.3f}"] for name, weight in largest]
    refusal = doctor["refusal"]
    said = f"{refusal['error']}: {refusal['what']} [{refusal['name']} {refusal['code']}]" if refusal else "it could"
    return f"""
<h2 id="score">A doctor scores a patient without reading the row</h2>
<p>The patient encrypts {len(doctor['weights'])} measurements of row {risk.PATIENT_ROW} under a 3072-bit Paillier key of their own. The doctor computes
intercept + weights &middot; measurements on the ciphertexts, with a logistic regression fitted on the other {doctor['trained_on']} patients, and sends back
one re-randomised ciphertext. The patient decrypts the score and turns it into a risk. This patient's mass was
{"malignant" if score.row["target"] == "0" else "benign"}.</p>
<div class="columns"><div class="card"><figure class="narrow">{svg.gauge(patient["risk"], clear)}</figure>{table("", ["", "decrypted", *HEAD[2:]], rows)}</div>
<div class="card">{table("The six measurements that count most, as only this page knows them: the doctor sees no value, the patient no weight",
                         ["", "value", "weight", "product"], values)}</div>
<div class="card">{table("Seconds", ["", "step", "s"], times, "nt")}
<p>The patient sent {patient['sent']:,} bytes and received {patient['received']:,}.</p>
<p>The doctor tries to open the row with a key of its own:<br>{mark(refusal is not None, said)}</p></div></div>
"""


def relay_section(outcome: Outcome) -> str:
    """What the machine in the middle has."""
    tried = outcome.tried
    cards = []
    for run in outcome.runs:
        seen = outcome.bytes_per_round(run.room)
        rows = [(f"round {number}", [senders.get(party, 0) for party in (1, 2, 3)]) for number, senders in seen.items()]
        numbers = [[ROUNDS.get(number, str(number)), *(f"{senders.get(p, 0):,}" for p in (1, 2, 3))] for number, senders in seen.items()]
        cards.append(f'<article class="card"><h3>{esc(run.title[0].upper() + run.title[1:])}</h3><figure>{svg.stacked(rows, study.HOSPITALS, COLOURS)}'
                     f'</figure><details><summary>numbers</summary>{table("Bytes", ["", *study.HOSPITALS], numbers)}</details></article>')
    reading = []
    for column in study.COLUMNS[:3]:
        place = study.place(column.key)
        for entry, offset in (("count", 0), (f"sum of value \N{MINUS SIGN} {column.centre:g}", 1)):
            reading.append([f"{esc(column.title)}: {entry}", f"{outcome.truth[place + offset]:,.2f}", f"{tried['reading'][place + offset]:,.2f}"])
    attempts = [
        [f"The relay tries to {esc(a['what'])}", mark(a["refused"], f"{a['error']}: {a['text']} [{a['name']} {a['code']}]" if a["refused"] else "it could")]
        for a in tried["attempts"]
    ]
    for run in outcome.attacked:
        said = "<br>".join(mark(True, f"{study.HOSPITALS[p - 1]}: {r['error']}: {r['what']} [{r['name']} {r['code']}]") for p, r in run.refusals().items())
        attempts.append([esc(run.title[0].upper() + run.title[1:]), said or mark(False, "not noticed")])
    u, r, plain = tried["uniformity"], tried["random"], outcome.unmasked
    stats = [[esc(name), f"{s['bytes']:,}", f"{s['statistic']:,.0f}", f"{s['p']:.3g}" if s["p"] else "&lt; 1e-300", f"{s['entropy']:.3f}"]
             for name, s in (("masked inputs", u), ("as many random bytes", r), ("the same sums, unmasked", plain))]
    legend = "".join(f'<span><i style="background:var(--{colour})"></i>{name}</span>' for name, colour in zip(study.HOSPITALS, COLOURS))
    excerpt = " ".join(tried["excerpt"][i : i + 16] for i in range(0, len(tried["excerpt"]), 16))
    return f"""
<h2 id="relay">What the relay saw</h2>
<p>Everything went through one relay process, which kept all {outcome.captured:,} bytes. It knows who took part, when, and how many bytes each sent.</p>
<p class="legend">{legend}</p>
<div class="columns">{"".join(cards)}
<article class="card"><h3>The start of North's masked vector</h3><pre>{excerpt}</pre>
{table("North's sums, and what the relay reads at the same places", ["", "North has", "the relay reads"], reading)}
<p>{outcome.plaintexts["searched"]:,} plaintext encodings of the hospitals' sums and the patient's row searched in all captured bytes:
{mark(outcome.plaintexts["found"] == 0, f'{outcome.plaintexts["found"]} found')}</p></article>
<article class="card"><h3>How often each byte value occurs</h3>
<figure>{svg.byte_counts("Masked inputs", u["counts"], "joint")}<figcaption>masked inputs, as the relay has them</figcaption></figure>
<figure>{svg.byte_counts("Unmasked sums", plain["counts"], "west")}<figcaption>the same sums unmasked, for comparison; dashed: all values equally often</figcaption></figure>
{table("Chi-square against equally frequent bytes, 255 degrees of freedom", ["", "bytes", "chi-square", "p", "bits per byte"], stats)}</article>
<article class="card"><h3>Refused attempts</h3>{table("", ["attempt", "answer"], attempts, "tt")}</article></div>
"""


def cost_section(outcome: Outcome) -> str:
    """Seconds, bytes and memory."""
    run = outcome.runs[0]
    rounds = [report["rounds"] for report in run.reports.values() if "rounds" in report]
    rows = []
    for i in range(max(map(len, rounds), default=0)):
        here = [r[i] for r in rounds if i < len(r)]
        most = {key: max(step[key] for step in here) for key in ("work", "wait", "sent", "received")}
        rows.append([ROUNDS.get(i + 1, str(i + 1)), f"{most['work'] * 1e3:.2f}", f"{most['wait'] * 1e3:.2f}", f"{most['sent']:,}", f"{most['received']:,}"])
    memory = [[esc(name), f"{size / 1e6:.0f}"] for name, size in outcome.memory.items()]
    runs = [[esc(r.title), f"{r.set_up:.2f}", f"{r.seconds:.2f}"] for r in outcome.runs + outcome.attacked]
    refusal = outcome.key["refusal"]
    named = f"{refusal['error']}: {refusal['what']}; to blame: {', '.join(map(str, refusal['culprits']))}" if refusal else "accepted"
    checked = [[mark(check.holds, check.what), esc(check.detail)] for check in outcome.checks]
    return f"""
<h2 id="cost">Seconds, bytes, memory</h2>
<div class="columns"><div class="card">{table("The first run, the largest of the three hospitals", ["round", "work, ms", "wait, ms", "sent, B", "received, B"], rows)}</div>
<div class="card">{table("Every run: seconds to start three processes, then from the plan to the result", ["run", "start", "run"], runs)}</div>
<div class="card">{table("Peak memory, MB", ["process", "MB"], memory)}</div>
<div class="card"><h3>The study's key, split 2 of 3</h3><p>Every two hospitals recover it: {mark(outcome.key["recovered"], "yes" if outcome.key["recovered"] else "no")}.
One bit of South's share altered: {mark(refusal is not None, named)}.</p></div></div>
<h2 id="checks">All checks</h2>
<div class="card">{table("", ["condition", "found"], checked, "tt")}</div>
<h2 id="limits">What this does not promise</h2>
<p>A hospital may submit wrong sums and nobody can tell. Sums over almost the same patients, subtracted, say something about the patients by whom they
differ. The relay can stop a run. What the joint figures themselves say is not hidden: cells were chosen wide, so that none holds fewer than
{min(min(c.histogram) for c in outcome.figures[0][0].columns.values()):.0f} people.</p>
<details><summary>The plan of the first run in its own words</summary><pre>{esc(outcome.runs[0].explanation)}</pre></details>
<details><summary>How the tolerances follow</summary><pre>{esc(checks.__doc__ or "")}</pre></details>
"""


def page(outcome: Outcome) -> str:
    """The whole page."""
    good = all(check.holds for check in outcome.checks)
    count = sum(len(found) for found in outcome.comparisons)
    right = sum(c.holds for found in outcome.comparisons for c in found)
    worst = max((abs(c.difference) / c.tolerance for found in outcome.comparisons for c in found if c.tolerance), default=0)
    verdict = f"All {len(outcome.checks)} checks hold" if good else \
        f"{sum(not check.holds for check in outcome.checks)} of {len(outcome.checks)} checks failed"
    populations = "; ".join(
        f"{name} {len(rows[study.NHEFS])} + {len(rows[study.DIABETES])}" for name, rows in zip(study.HOSPITALS, outcome.hospitals))
    facts = "".join(f"<div><strong>{value}</strong><span>{esc(label)}</span></div>" for value, label in (
        (f"{outcome.patients:,}", f"patients, none in two hospitals ({populations})"),
        (f"{right} of {count}", "joint figures equal the clear ones"),
        (f"{worst:.0%}", "of the tolerance is the largest difference"),
        (f"{outcome.captured:,}", "bytes through the relay, none readable"),
        (f"{outcome.seconds:.1f} s", "for everything on this page"),
    ))
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Three hospitals, one study</title><style>{CSS.read_text(encoding="utf-8")}</style></head><body><main>
<header><h1>Three hospitals, one study, nobody sees another's patients</h1>
<p class="lead">Blood pressure, weight, smoking and diabetes of real patients (NHEFS and the diabetes table of scikit-learn), split by a fixed rule
over three hospital processes that talk through one relay.</p>
<p class="verdict {"good" if good else "bad"}">{esc(verdict)}</p>
<nav aria-label="Sections"><a href="#figures">figures</a><a href="#leaving">a hospital leaves</a><a href="#score">risk score</a>
<a href="#relay">the relay</a><a href="#cost">cost</a><a href="#checks">checks</a><a href="#limits">limits</a></nav>
<div class="facts">{facts}</div></header>
{figures_section(outcome)}{leaving_section(outcome)}{score_section(outcome)}{relay_section(outcome)}{cost_section(outcome)}
<footer>veilkit {esc(vk.__version__)}, numpy {esc(np.__version__)}, Python {platform.python_version()}, {os.cpu_count()} cores.
Data: examples/data, with sources and licences.</footer></main></body></html>
"""
