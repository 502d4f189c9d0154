"""The terminal's report about the joint studies and the party that cheats."""

from collections.abc import Iterator
from itertools import groupby

import asked
import study
from checks import Comparison
from joint import Joint, Studies
from text_parts import HEAD, figure_line, paragraph
from wrong_messages import KINDS, Cheats

# Longer lists of figures of one question are shown by their number and their worst.
SHOWN = 8


def worst(found: list[Comparison]) -> float:
    """The largest difference, as a part of what is allowed."""
    return max((abs(c.difference) / c.tolerance for c in found if c.tolerance), default=0.0)


def question_lines(subject: str, found: list[Comparison]) -> Iterator[str]:
    """The figures of one question."""
    yield f"  {subject}"
    yield from (figure_line(c.figure, c) for c in found[:SHOWN])
    if rest := found[SHOWN:]:
        agree = sum(c.holds for c in rest)
        yield f"    and {agree} of {len(rest)} more agree, the largest difference {worst(rest):.1e} of what is allowed"


def study_lines(joint: Joint) -> list[str]:
    """One study."""
    rounds = f", {joint.cost.rounds:,} rounds" if joint.cost else ""
    lines = paragraph(
        f"{joint.question.title[0].upper()}{joint.question.title[1:]}: {len(joint.question.functions)} questions, "
        f"{len(joint.comparisons)} figures, {joint.bytes:,} bytes{rounds}, {joint.seconds:.1f} s, "
        f"{joint.cpu:.1f} s of processor time at all hospitals together.",
        2,
    )
    for subject, found in groupby(joint.comparisons, key=lambda c: c.subject):
        lines += question_lines(subject, list(found))
    return lines


def studies_lines(studies: Studies) -> list[str]:
    """All studies."""
    lines = paragraph(
        "Each hospital enters with its own rows; what leaves it are shares over a prime of 192 bits, sealed, through a "
        "veilkit-relay. The protocol holds against one hospital of three that does anything.",
        2,
    )
    lines.append(HEAD)
    for joint in studies.joint.values():
        lines += study_lines(joint)
    return lines


def cheats_lines(cheats: Cheats) -> list[str]:
    """Each lie, and what was said to it."""
    lines = paragraph(
        f"West is now a program that lies in one kind of message, {len(cheats.cases)} times over, each in a "
        f'study of its own ("{asked.SMALL_STUDY.title}"). When it tells the truth, the same program gives the right '
        f"figures: {sum(c.holds for c in cheats.comparisons)} of {len(cheats.comparisons)}.",
        2,
    )
    for kind, cases in groupby(cheats.cases, key=lambda case: case.kind):
        lines.append(f"  {kind}: {KINDS.get(kind, 'the handshake')}")
        for case in cases:
            named = f"; named: {', '.join(study.HOSPITALS[party - 1] for party in case.named)}" if case.named else ""
            found = sorted({error["what"] for error in case.found()}) or ["NOT NOTICED"]
            lines += paragraph(f"{'ok   ' if case.holds else 'WRONG'} {case.what}", 4)
            lines += paragraph(f"{' / '.join(found)}{named}", 10)
    return lines
