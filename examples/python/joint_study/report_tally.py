"""The page's sections about the diagnoses and the key in custody."""

import cheat
import diagnoses
import study
import svg
from custody import ALTERED
from html_parts import HEAD, capital, card, comparison_rows, esc, figure, mark, table
from outcome import Outcome, said
from tally import FEW, LIAR, Tally


def answers(wrong: dict[int, dict]) -> str:
    """Who is to blame, in the words of the error."""
    named = [mark(party == LIAR, f"{study.HOSPITALS[party - 1]}: {said(error)}") for party, error in wrong.items()]
    return "<br>".join(named) or mark(False, "not noticed")


def refusals_card(tally: Tally) -> str:
    """What was tried against the count, and the answers."""
    spoilt, replayed, altered = (tally.runs[name] for name in ("spoilt", "replayed", "altered"))
    rows = [
        [f"North tries to {esc(a['what'])}", mark(a["refusal"] is not None, said(a["refusal"]))] for a in tally.attempts
    ]
    places = "; ".join(f"{number}: {what}" for number, what in cheat.REPLACED.items())
    rows.append([f"West casts wrong ballots: {esc(places)}", answers(spoilt.wrong()) + "<br>no tally"])
    opened = f"the two others open the tally of {sum(replayed.counts or []):,} ballots"
    rows.append([capital(replayed.title), answers(replayed.wrong()) + "<br>" + mark(bool(replayed.counts), opened)])
    silent = [
        mark(report.get("refusal") is not None, f"{study.HOSPITALS[party - 1]}: {said(report.get('refusal'))}")
        for party, report in altered.reports.items()
    ]
    rows.append([capital(altered.title), "<br>".join(silent)])
    note = f"<p>The counts with a liar are over the first {FEW} patients of each hospital.</p>"
    return card("Refused", table("", ["attempt", "answer"], rows, "tt"), note)


def tally_section(outcome: Outcome) -> str:
    """The counts of diagnoses."""
    tally = outcome.tally
    found = tally.comparisons()
    joint, clear = [c.joint for c in found], [c.clear for c in found]
    rows = [[name, f"{seconds:.2f}", f"{sent:,}"] for name, seconds, sent in tally.runs["whole"].stages()]
    cards = [
        card(
            'Main diagnosis by 1971 <span class="unit">people</span>',
            figure(svg.bars("People by main diagnosis", diagnoses.CELLS, joint, clear)),
            table("", HEAD, comparison_rows(found)),
        ),
        card("What it cost", table("The largest of the three hospitals", ["stage", "seconds", "sent, B"], rows)),
        refusals_card(tally),
    ]
    return f"""
<h2 id="tally">Diagnoses, counted from encrypted ballots</h2>
<p>For each of {tally.cast:,} people its hospital casts one ballot: {len(diagnoses.CELLS)} ElGamal ciphertexts with a
single 1 among zeros, in the first of these diagnoses that the patient had, and the proof of it, bound to plan, hospital
and number of the ballot. The key {esc(tally.key[:16])} was made by the three hospitals together: nobody has it, any two
open what all agree to open. Everyone checks everybody's ballots and adds them up; only the sum is decrypted. The relay
and whoever else listens can check it all, and learn the sum.</p>
<div class="columns">{"".join(cards)}</div>
<p class="note">A hospital may put a patient into the wrong cell, or cast ballots for patients that it does not have; it
cannot make one patient count five times. Any two hospitals together could open a ballot: that is what a threshold of
two means. Each can subtract its own patients and has the sum of the two others'.</p>
"""


def key_section(outcome: Outcome) -> str:
    """The key of the archived study."""
    custody = outcome.key
    sets = [[esc(" + ".join(names)), mark(True, "recovered")] for names in custody.recovered]
    sets += [[esc(" + ".join(names)), esc(said(error))] for names, error in custody.refused.items()]
    without = f"Without it {' + '.join(custody.without)} recover the key." if custody.without else "Not recovered."
    holders = card(
        "",
        f"<pre>{esc(str(custody.policy))}\nhash of the rule {custody.policy.hash.hex()}</pre>",
        table("", ["holders", "answer"], sets, "tt"),
        f"<p>A bit of {esc(custody.policy.seats[ALTERED - 1])}'s share altered: "
        f"{mark(custody.altered is not None, said(custody.altered))}. {esc(without)}</p>",
    )
    return f"""
<h2 id="key">The study's key, in custody under a rule</h2>
<p>The key of the archived study is split so that exactly the sets of holders that satisfy the rule have it back. Others
learn its length, and are told who is missing.</p>
{holders}
"""
