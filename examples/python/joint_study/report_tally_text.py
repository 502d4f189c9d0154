"""The terminal's report about the diagnoses and the key in custody."""

import cheat
import diagnoses
import study
from custody import ALTERED, Custody
from outcome import said
from tally import FEW, Tally, blamed
from text_parts import HEAD, figure_line, paragraph


def tally_lines(tally: Tally) -> list[str]:
    """The counts, what they cost, and what was refused."""
    whole, spoilt, replayed, altered = (tally.runs[name] for name in ("whole", "spoilt", "replayed", "altered"))
    lines = [
        *paragraph(
            f"A ballot for each of the {tally.cast:,} people of NHEFS: {len(diagnoses.CELLS)} encrypted cells with a "
            "single 1, in the first of these diagnoses that the patient had by 1971, and the proof of it. The key "
            f"{tally.key[:16]} was made by the three hospitals together; nobody has it, any two of them open a sum. "
            "Everyone checks everybody's ballots, adds them up and sends a share of the decryption of the sum alone.",
            2,
        ),
        HEAD,
        *(figure_line(c.figure, c) for c in tally.comparisons()),
        f"    {'the largest of the hospitals':<31}{'seconds':>17}{'sent, B':>17}",
        *(f"    {stage:<31}{seconds:>17.2f}{sent:>17,}" for stage, seconds, sent in whole.stages()),
    ]
    for attempt in tally.attempts:
        lines += [f"  North tries to {attempt['what']}:", f"    {said(attempt['refusal'])}"]
    lines += [f"  {spoilt.title} among its first {FEW}: no tally."]
    lines += [f"    {number:>2}  {what}" for number, what in cheat.REPLACED.items()]
    lines += paragraph(blamed(spoilt.wrong()), 4)
    counts = f"{sum(replayed.counts)} ballots" if replayed.counts else "NO TALLY"
    lines += [f"  {replayed.title}; the two others open the tally: {counts}."]
    lines += paragraph(blamed(replayed.wrong()), 4)
    lines += [f"  {capital(altered.title)} on its way: no tally, nobody is blamed."]
    return lines + [
        f"    {study.HOSPITALS[party - 1]}: {said(report.get('refusal'))}" for party, report in altered.reports.items()
    ]


def custody_lines(custody: Custody) -> list[str]:
    """The rule, who recovered the key, and what the others were told."""
    smallest = "; ".join(" + ".join(names) for names in custody.smallest)
    lines = [f"  {custody.policy}", f"  hash of the rule: {custody.policy.hash.hex()}"]
    lines += [*paragraph(f"Recovered by: {smallest}; and all four.", 2), "  Refused:"]
    lines += [f"    {' + '.join(names):<24}{error['what']}" for names, error in custody.refused.items()]
    without = f"recovered without it by {' + '.join(custody.without)}" if custody.without else "NOT RECOVERED"
    return lines + [
        f"  A bit of {custody.policy.seats[ALTERED - 1]}'s share altered; {without}:",
        f"    {said(custody.altered)}",
    ]


def capital(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]
