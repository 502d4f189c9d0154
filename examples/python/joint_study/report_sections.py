"""The page's sections, in order. Each is a chapter of what happened."""

import checks
import risk
import study
import svg
from html_parts import HEAD, capital, card, comparison_rows, details, esc, figure, mark, number, table
from outcome import ROUNDS, Compared, Outcome, Run, said

COLOURS = ("north", "south", "west")
FIGURES = ("count", "mean", "variance", "standard error")


def swatches(names: tuple[str, ...], colours: tuple[str, ...]) -> str:
    """A legend of coloured boxes."""
    return "".join(
        f'<span><i style="background:var(--{colour})"></i>{esc(name)}</span>' for name, colour in zip(names, colours)
    )


def column_card(column: study.Column, compared: Compared) -> str:
    """Histogram, figures and cells of one column."""
    mine = {c.figure: c for c in compared.comparisons if c.subject == column.key}
    a, b = compared.joint[column.key].histogram, compared.clear[column.key].histogram
    if column.is_share:
        chart = svg.share(column.title, a, b)
    else:
        chart = svg.histogram(column.title, column.cells(), column.public.edges[1:-1], a, b)
    cells = [
        [esc(name), number(x), number(y), mark(x == y, number(x - y)), "exact"]
        for name, x, y in zip(column.cells(), a, b)
    ]
    return card(
        f'{esc(column.title)} <span class="unit">{esc(column.unit)}</span>',
        figure(chart),
        table("", HEAD, comparison_rows([mine[name] for name in FIGURES])),
        details(f"{len(cells)} cells", table("", ["cell", *HEAD[1:]], cells)),
    )


def figures_section(outcome: Outcome) -> str:
    """The joint figures of all three hospitals."""
    survey, regression = outcome.compared["survey"], outcome.compared["regression"]
    cards = "".join(column_card(column, survey) for column in study.COLUMNS)
    pairs = [list(zip(r.coefficients, r.standard_errors)) for r in (regression.joint, regression.clear)]
    forest = card(
        "",
        figure(svg.forest(study.COEFFICIENTS, *pairs), kind="forest"),
        table("", HEAD, comparison_rows(regression.comparisons)),
    )
    length = outcome.runs["survey"].plan.length
    return f"""
<h2 id="figures">Joint figures of three hospitals</h2>
<p>Each hospital adds up its own patients and submits one vector of {length} sums: counts, sums, squares and cells of
the histograms. One secure sum adds the three vectors. From the joint vector come these figures; beside each stands the
same figure computed by numpy on all rows in one place, which no hospital could do.</p>
<p class="legend">{swatches(("joint, by secure sum",), ("joint",))}
<span><i class="tick" style="background:var(--clear)"></i>in the clear</span></p>
<div class="grid">{cards}</div>
<h3>Progression of diabetes, explained by five measurements</h3>
<p class="muted">Least squares over {regression.joint.count:.0f} patients of three hospitals, from a second secure sum
of {study.REGRESSION_LENGTH} moments; measurements and outcome in units of about one standard deviation; lines are 95%
intervals; R<sup>2</sup> = {regression.joint.r_squared:.4f}.</p>
{forest}
"""


def lane(run: Run) -> str:
    """Who sent what in a run in which West leaves."""
    sent, ends = [], []
    for report in run.reports.values():
        sent.append(sum(step["sent"] > 0 for step in report.get("rounds", [])))
        ends.append(
            {
                "left": ("gone", False),
                "refused": (report.get("refusal", {}).get("name", ""), False),
                "result": (f"sum of {len(report.get('survivors', []))}", True),
            }[report["kind"]]
        )
    return svg.timeline(study.HOSPITALS, max(sent), sent, ends, COLOURS)


def leaving_section(outcome: Outcome) -> str:
    """A hospital that leaves midway, twice."""
    refused, kept, compared = outcome.runs["refused"], outcome.runs["kept"], outcome.compared["kept"]
    errors = "".join(
        f"<li>{esc(study.HOSPITALS[party - 1])}: {esc(said(error))}</li>" for party, error in refused.refusals().items()
    )
    titles = {column.key: column.title for column in study.COLUMNS}
    rows = [[esc(titles[c.subject]), *comparison_rows([c])[0][1:]] for c in compared.comparisons if c.figure == "mean"]
    after = len(refused.reports[study.HOSPITALS.index("West") + 1]["rounds"])
    right = f"{compared.right()} of {len(compared.comparisons)}"
    return f"""
<h2 id="leaving">A hospital leaves midway</h2>
<p>West's process ends after round {after}, without a word: it has handed out the sealed shares of its masks, and its
input never arrives.</p>
<div class="grid">
{card("The signed plan asks for three survivors: no figure", figure(lane(refused)), f"<ul>{errors}</ul>")}
{
        card(
            "The signed plan asks for two: figures",
            figure(lane(kept)),
            f"<p>{right} figures over North and South agree with the clear.</p>",
        )
    }
</div>
{card("", table("Means over the two that stayed", HEAD, rows))}
<p class="note">With two survivors each can subtract its own sums from the joint ones and has the other's exactly. That
is why the minimum is part of the plan that every hospital signs before it submits anything.</p>
"""


def score_section(outcome: Outcome) -> str:
    """The risk score."""
    score = outcome.score
    doctor, patient, clear = score.doctor, score.patient, float(risk.sigmoid(score.expected))
    close = mark(abs(score.difference) <= score.tolerance, f"{score.difference:+.1e}" if score.difference else "0")
    rows = [
        ["score", f"{patient['score']:.9f}", f"{score.expected:.9f}", close, f"{score.tolerance:.0e}"],
        ["risk", f"{patient['risk']:.9f}", f"{clear:.9f}", f"{patient['risk'] - clear:+.1e}", ""],
    ]
    times = [
        [esc(who), esc(what), f"{seconds:.3f}"]
        for who, report in (("patient", patient), ("doctor", doctor))
        for what, seconds in report["seconds"].items()
    ]
    products = sorted(
        ((name, float(score.row[name]), weight) for name, weight in zip(doctor["names"], doctor["weights"])),
        key=lambda item: -abs(item[1] * item[2]),
    )
    terms = [[esc(n.replace("_", " ")), f"{x:g}", f"{w:+.4g}", f"{w * x:+.3f}"] for n, x, w in products[:6]]
    truth = "malignant" if score.row["target"] == "0" else "benign"
    cards = [
        card(
            "", figure(svg.gauge(patient["risk"], clear), kind="narrow"), table("", ["", "decrypted", *HEAD[2:]], rows)
        ),
        card(
            "The six largest terms",
            "<p>Only this page has both columns: the doctor sees no value, the patient no weight.</p>",
            table("", ["", "value", "weight", "product"], terms),
        ),
        card(
            "Cost, and an attempt",
            table("", ["", "step", "seconds"], times, "nt"),
            f"<p>The patient sent {patient['sent']:,} bytes and received {patient['received']:,}.</p>",
            "<p>The doctor tries to open the row with a key of its own:<br>",
            mark(doctor["refusal"] is not None, said(doctor["refusal"])) + "</p>",
        ),
    ]
    return f"""
<h2 id="score">A doctor scores a patient without reading the row</h2>
<p>The patient encrypts {len(doctor["weights"])} measurements of row {risk.PATIENT_ROW} of the breast-cancer table under
a 3072-bit Paillier key of their own. The doctor computes intercept + weights &middot; measurements on the ciphertexts,
with a logistic regression fitted on the other {doctor["trained_on"]} patients, and sends back one re-randomised
ciphertext. The patient decrypts the score and turns it into a risk. This patient's mass was {truth}.</p>
<div class="columns">{"".join(cards)}</div>
"""


def bytes_card(outcome: Outcome, run: Run) -> str:
    """Bytes per round and hospital of one run."""
    seen = outcome.bytes_per_round(run)
    parts = {number: [senders.get(party, 0) for party in (1, 2, 3)] for number, senders in seen.items()}
    chart = svg.stacked([(f"round {number}", sizes) for number, sizes in parts.items()], study.HOSPITALS, COLOURS)
    rows = [[ROUNDS.get(number, str(number)), *(f"{size:,}" for size in sizes)] for number, sizes in parts.items()]
    return card(capital(run.title), figure(chart), details("numbers", table("Bytes", ["", *study.HOSPITALS], rows)))


def reading_card(outcome: Outcome) -> str:
    """The relay's copy of North's sealed vector, read as numbers."""
    tried, rows, place = outcome.tried, [], 0
    for column in study.COLUMNS[:3]:
        for entry, at in (("people", place), ("sum, scaled", place + 1)):
            title = f"{esc(column.title)}: {entry}"
            rows.append([title, f"{tried['truth'][at]:,.4g}", f"{tried['reading'][at]:,.4g}"])
        place += 3 + len(column.cells())
    excerpt = " ".join(tried["excerpt"][i : i + 16] for i in range(0, len(tried["excerpt"]), 16))
    searched, found = outcome.plaintexts["searched"], outcome.plaintexts["found"]
    return card(
        "North's input as the relay has it",
        f"<pre>{excerpt}</pre>",
        table("North's sums, and what the relay reads at their places", ["", "North has", "the relay reads"], rows),
        f"<p>{searched:,} plaintext encodings of the hospitals' sums and the patient's row searched in all captured "
        f"bytes: {mark(found == 0, f'{found} found')}</p>",
    )


def uniformity_card(outcome: Outcome) -> str:
    """How often each byte value occurs, with two controls."""
    seen, random, plain = outcome.tried["uniformity"], outcome.tried["random"], outcome.tried["unmasked"]
    rows = [
        [
            esc(name),
            f"{s['bytes']:,}",
            f"{s['statistic']:,.0f}",
            f"{s['p']:.3g}" if s["p"] else "&lt; 1e-300",
            f"{s['entropy']:.3f}",
        ]
        for name, s in (("inputs as sent", seen), ("as many random bytes", random), ("the sums themselves", plain))
    ]
    return card(
        "How often each byte value occurs",
        figure(svg.byte_counts("Inputs as sent", seen["counts"], "joint"), "inputs as the relay has them"),
        figure(
            svg.byte_counts("The sums themselves", plain["counts"], "west"),
            "the same sums before masking and sealing; dashed: all values equally often",
        ),
        table("Chi-square, 255 degrees of freedom", ["", "bytes", "chi-square", "p", "bits per byte"], rows),
    )


def attempts_card(outcome: Outcome) -> str:
    """What the relay tries, and the answers."""
    rows = [
        [f"The relay tries to {esc(a['what'])}", mark(a["refusal"] is not None, said(a["refusal"]))]
        for a in outcome.tried["attempts"]
    ]
    for run in (outcome.runs["flip"], outcome.runs["split"]):
        answers = [mark(True, f"{study.HOSPITALS[p - 1]}: {said(error)}") for p, error in run.refusals().items()]
        rows.append([capital(run.title), "<br>".join(answers) or mark(False, "not noticed")])
    return card("Refused attempts", table("", ["attempt", "answer"], rows, "tt"))


def relay_section(outcome: Outcome) -> str:
    """What the machine in the middle has."""
    cards = [bytes_card(outcome, outcome.runs[name]) for name in ("survey", "regression", "refused", "kept")]
    cards += [reading_card(outcome), uniformity_card(outcome), attempts_card(outcome)]
    return f"""
<h2 id="relay">What the relay saw</h2>
<p>Everything went through one relay process, which kept all {outcome.captured:,} bytes. It knows who took part, when,
and how many bytes each sent.</p>
<p class="legend">{swatches(study.HOSPITALS, COLOURS)}</p>
<div class="columns">{"".join(cards)}</div>
"""


def cost_section(outcome: Outcome) -> str:
    """Seconds, bytes and memory."""
    steps = [
        [name, f"{most['work'] * 1e3:.2f}", f"{most['wait'] * 1e3:.2f}", f"{most['sent']:,}", f"{most['received']:,}"]
        for name, most in outcome.runs["survey"].slowest()
    ]
    runs = [[capital(run.title), f"{run.set_up:.2f}", f"{run.seconds:.2f}"] for run in outcome.runs.values()]
    memory = [[esc(name), f"{size / 1e6:.0f}"] for name, size in outcome.memory.items()]
    cards = [
        card(
            "Round by round",
            table(
                "Joint figures, the largest of the three hospitals",
                ["round", "work, ms", "wait, ms", "sent, B", "received, B"],
                steps,
            ),
        ),
        card("Run by run", table("Seconds", ["run", "start of processes", "plan to result"], runs)),
        card("Peak memory", table("MB", ["process", "MB"], memory)),
    ]
    return f'<h2 id="cost">Seconds, bytes, memory</h2><div class="columns">{"".join(cards)}</div>'


def checks_section(outcome: Outcome) -> str:
    """Every condition, and what is not promised."""
    rows = [[mark(check.holds, check.what), esc(check.detail)] for check in outcome.conditions]
    smallest = min(min(column.histogram) for column in outcome.compared["survey"].joint.values())
    return f"""
<h2 id="checks">All checks</h2>
{card("", table("", ["condition", "found"], rows, "tt"))}
<h2 id="limits">What this does not promise</h2>
<p>A hospital may submit wrong sums and nobody can tell. Sums over almost the same patients, subtracted, say something
about the patients by whom they differ. The relay can stop a run. What the joint figures themselves say is not hidden;
the cells were chosen wide, so that none holds fewer than {smallest:.0f} people. These rows are public data; with
secret ones nobody could have printed the column "in the clear".</p>
{details("The plan of the first run in its own words", f"<pre>{esc(outcome.runs['survey'].plan.explain())}</pre>")}
{details("How the tolerances follow", f"<pre>{esc(checks.__doc__ or '')}</pre>")}
"""
