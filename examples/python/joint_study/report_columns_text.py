"""The terminal's report about the two encrypted columns."""

import columns
from columns import Linked
from outcome import said
from text_parts import HEAD, figure_line, paragraph


def columns_lines(done: Linked) -> list[str]:
    """The figures, what they cost, and what was refused."""
    first, second = columns.COLUMNS
    return [
        *paragraph(
            f"{first.hospital} knows the {first.title} of {done.count:,} people, {second.hospital} their "
            f"{second.title}. Each encrypts its column (CKKS) under a keeper's key; an analyst without that key "
            "computes five sums on the ciphertexts; the keeper sees the sums alone, releases them with noise that "
            "hides the key, and counts.",
            2,
        ),
        HEAD,
        *(figure_line(f"{c.subject}: {c.figure}", c) for c in done.comparisons()),
        f"    {'':<31}{'seconds':>17}{'bytes':>17}",
        *(f"    {step:<31}{seconds:>17.2f}{size:>17,}" for step, seconds, size in done.steps()),
        "  The analyst tries a key of its own on an encrypted column:",
        f"    {said(done.computed['refusal'])}",
        "  The keeper releases a sixth sum:",
        f"    {said(done.released['refusal'])}",
    ]
