"""The page's sections about the joint studies and the party that cheats."""

from itertools import groupby
from typing import Any

import asked
import study
import svg
from checks import Comparison
from html_parts import HEAD, capital, card, comparison_rows, details, esc, figure, mark, number, table
from joint import Joint
from outcome import Outcome, said
from wrong_messages import CASES, KINDS, WEST, Cheats

ARMS = ("joint", "west")
MODELS = {
    "linear_regression": ("linear regression", "t", "Systolic blood pressure, mmHg"),
    "logistic_regression": ("logistic regression", "z", "Malignant tumour, log odds"),
    "cox_regression": ("cox", "z", "Recurrence, log hazard ratio"),
}


def small(value: float) -> str:
    """A p-value."""
    return f"{value:.3f}" if value >= 0.001 else f"{value:.1e}"


def heard(error: dict[str, Any]) -> str:
    """What an honest hospital ended with."""
    if error["name"] == "MissingMessage":
        return f"waits in vain for {' and '.join(study.HOSPITALS[party - 1] for party in error['culprits'])}"
    return said(error)


def curves_card(joint: Joint) -> str:
    """The survival curves of the two arms."""
    value = joint.answer("kaplan_meier")
    curves = [
        svg.Curve(f"hormones: {curve['level']}", curve["times"], curve["survival"], curve["interval"], arm)
        for curve, arm in zip(value["curves"], ARMS, strict=True)
    ]
    found = joint.of("kaplan meier")
    legend = "".join(
        f'<span><i style="background:var(--{curve.colour})"></i>{esc(curve.name)}</span>' for curve in curves
    )
    clear = {c.figure: c.clear for c in found}
    marks = [
        [clear[f"hormones {c['level']}: survival, interval {i + 1}"] for i in range(len(c["times"]))]
        for c in value["curves"]
    ]
    test = [c for c in found if c.figure.startswith("log-rank")]
    at_risk = [
        [
            f"{end:,.0f}",
            *(f"{c['at_risk'][i]:,}" for c in value["curves"]),
            *(f"{c['events'][i]:,}" for c in value["curves"]),
        ]
        for i, end in enumerate(value["curves"][0]["times"])
    ]
    head = [
        "until day",
        *(f"{c['level']}: at risk" for c in value["curves"]),
        *(f"{c['level']}: events" for c in value["curves"]),
    ]
    return card(
        'Free of recurrence, by hormone therapy <span class="unit">Kaplan-Meier</span>',
        f'<p class="legend">{legend}<span><i class="ring"></i>in the clear</span></p>',
        figure(
            svg.survival(curves, marks, asked.LONGEST),
            "Steps with 95% intervals. Half years in which a count from 1 to 4 would show are joined with others.",
            kind="curves",
        ),
        table("Log-rank test of the two arms", HEAD, comparison_rows(test)),
        details("At risk and events", table("", head, at_risk)),
    )


def model_rows(joint: Joint, kind: str) -> list[list[str]]:
    """A row for each coefficient: joint, clear, difference."""
    subject, _, _ = MODELS[kind]
    found = {c.figure: c for c in joint.of(subject)}
    rows = []
    for coefficient in joint.answer(kind)["coefficients"]:
        name = coefficient["name"]
        parts = [found[f"{name}: {part}"] for part in ("coefficient", "standard error", "statistic", "p")]
        most = max(abs(c.difference) / c.tolerance for c in parts)
        rows.append(
            [
                esc(name),
                *(f"{c.joint:.6g}" for c in parts[:2]),
                f"{parts[2].joint:.3f}",
                small(parts[3].joint),
                *(f"{c.clear:.6g}" for c in parts[:2]),
                f"{parts[2].clear:.3f}",
                small(parts[3].clear),
                mark(all(c.holds for c in parts), f"{most:.0e}"),
            ]
        )
    return rows


def models_card(joint: dict[str, Joint]) -> str:
    """The regression table."""
    parts = []
    for kind, (subject, letter, title) in MODELS.items():
        holder = next(j for j in joint.values() if any(answer["kind"] == kind for answer in j.answers))
        n = next(answer["n"] for answer in holder.answers if answer["kind"] == kind)
        head = ["", "coefficient", "s.e.", letter, "p", "clear: coefficient", "s.e.", letter, "p", "of allowed"]
        caption = f"{capital(subject)}. {title}; {n:,} people"
        parts.append(table(caption, head, model_rows(holder, kind)))
    return card("Regressions", *parts)


def answer_card(subject: str, found: list[Comparison], answer: dict[str, Any]) -> str:
    """The figures of one question."""
    rows = comparison_rows(found)
    shown, rest = rows[:6], rows[6:]
    more = details(f"{len(rest)} more", table("", HEAD, rest)) if rest else ""
    return card(
        f'{capital(subject)} <span class="unit">{number(answer["n"])} people</span>', table("", HEAD, shown), more
    )


def study_part(joint: Joint) -> str:
    """One study's questions."""
    groups = [(subject, list(found)) for subject, found in groupby(joint.comparisons, key=lambda c: c.subject)]
    cards = [
        answer_card(subject, found, answer) for (subject, found), answer in zip(groups, joint.answers, strict=True)
    ]
    right = sum(c.holds for c in joint.comparisons)
    cost = (
        f"{right} of {len(joint.comparisons)} figures agree; {joint.bytes / 1e6:.0f} MB between the hospitals, "
        f"{joint.seconds:.1f} s, {joint.cpu:.1f} s of processor time at all three together"
    )
    explained = details("The plan in its own words", f"<pre>{esc(joint.plan.explain())}</pre>")
    columns = f'<div class="columns">{"".join(cards)}</div>'
    head = f'<h3 class="part">{capital(joint.question.title)}</h3><p class="muted">{cost}.</p>'
    return head + details("All figures", columns) + explained


def studies_section(outcome: Outcome) -> str:
    """The joint studies."""
    joint = outcome.studies.joint
    count = len(outcome.studies.comparisons())
    parts = "".join(study_part(each) for each in joint.values())
    return f"""
<h2 id="studies">Three joint studies, safe against a hospital that cheats</h2>
<p>Each hospital is a process that enters with its own rows; what leaves it are secret shares, sealed, through a
<code>veilkit-relay</code>. {count} figures, each beside the same computed in the clear on all rows in one place,
which no hospital could do.</p>
<div class="stack">
{curves_card(joint[study.GBSG2])}
{models_card(joint)}
</div>
{parts}
"""


def cheats_section(outcome: Outcome) -> str:
    """The table of lies."""
    cheats: Cheats = outcome.cheats
    rows = []
    for case in cheats.cases:
        errors = "<br>".join(
            f"{esc(study.HOSPITALS[party - 1])}: {esc(heard(error))}" for party, error in case.refusals().items()
        )
        named = esc(", ".join(study.HOSPITALS[party - 1] for party in sorted(case.named))) or "nobody"
        rows.append([f"<code>{esc(case.kind)}</code>", esc(case.what), mark(case.holds, "no figure"), named, errors])
    kinds = "".join(f"<li><code>{esc(kind)}</code>: {esc(what)}</li>" for kind, what in KINDS.items())
    truth = sum(c.holds for c in cheats.comparisons)
    head = ["message", "the lie", "outcome", "named", "errors"]
    return f"""
<h2 id="cheats">West cheats in each kind of message</h2>
<p>West is now another program: a party with its own key and rows, whose messages are well formed, signed and sealed,
and in one kind of round not what the protocol says. {len(CASES)} studies at the same time over one relay, a lie in
each. When it tells the truth the same program gives the right figures: {truth} of {len(cheats.comparisons)}.</p>
{details("The kinds of messages", f"<ul>{kinds}</ul>")}
<div class="lies">{card("", table("What the two honest hospitals say", head, rows, "ttttt"))}</div>
<p class="note">{study.HOSPITALS[WEST - 1]} is named in {cheats.named()} of {len(cheats.cases)} runs: where its own
messages prove the lie. With three hospitals a wrong share only says that one of the three is wrong, so
then the study ends and nobody is accused. A hospital whose partner has stopped waits for it, and says for whom.</p>
"""
