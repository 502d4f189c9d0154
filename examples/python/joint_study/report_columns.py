"""The page's section about the two encrypted columns."""

import columns
import svg
from html_parts import HEAD, card, comparison_rows, details, esc, figure, mark, table
from outcome import Outcome, said


def columns_section(outcome: Outcome) -> str:
    """Means, deviations and the correlation of two columns at two hospitals."""
    done = outcome.linked
    found = done.comparisons()
    rows = [
        [
            esc(c.subject),
            esc(f"{c.figure}, {c.unit}" if c.unit else c.figure),
            *comparison_rows([c])[0][1:],
        ]
        for c in found
    ]
    # The usual standard error of a correlation.
    pairs = [[(f.correlation, (1 - f.correlation**2) / (done.count - 2) ** 0.5)] for f in (done.joint, done.clear)]
    steps = [[esc(step), f"{seconds:.2f}", f"{size:,}"] for step, seconds, size in done.steps()]
    refused = [
        [
            "The analyst tries a key of its own on an encrypted column",
            mark(done.computed["refusal"] is not None, said(done.computed["refusal"])),
        ],
        ["The keeper releases a sixth sum", mark(done.released["refusal"] is not None, said(done.released["refusal"]))],
    ]
    cards = [
        card(
            "Blood pressure and weight of the same people",
            figure(svg.forest(("correlation",), *pairs), kind="forest"),
            table("", ["", "", *HEAD[1:]], rows, "tt"),
        ),
        card(
            "What it cost",
            table("", ["step", "seconds", "bytes"], steps),
            details("the parameters", f"<pre>{esc(done.description)}</pre>"),
        ),
        card("Refused", table("", ["attempt", "answer"], refused, "tt")),
    ]
    first, second = columns.COLUMNS
    return f"""
<h2 id="columns">Two columns that never meet in the clear</h2>
<p>{esc(first.hospital)} knows the {esc(first.title)} of {done.count:,} people of NHEFS, {esc(second.hospital)} their
{esc(second.title)}. Each encrypts its column by CKKS under the key of a keeper. An analyst, who has no secret key,
computes the sums of both columns, of their squares and of their products. The keeper sees these five sums and no
column. It releases them with noise that hides what decryption says about the key, and counts.</p>
<div class="columns">{"".join(cards)}</div>
<p class="note">The keeper must not be handed the encrypted columns: it could open them. What is allowed beside each
figure follows from the errors that the releases promise.</p>
"""
