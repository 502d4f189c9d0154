"""Small pieces of the terminal's report: running text, one figure in a line."""

import textwrap

import checks

WIDTH = 100
HEAD = f"    {'':<31}{'joint':>17}{'in the clear':>17}  difference  allowed"


def paragraph(text: str, indent: int = 0) -> list[str]:
    """Running text within the width."""
    return textwrap.wrap(text, WIDTH, initial_indent=" " * indent, subsequent_indent=" " * indent)


def figure_line(name: str, c: checks.Comparison) -> str:
    """One figure: joint, clear, difference, tolerance."""
    allowed = f"{c.tolerance:9.1e}" if c.tolerance else "    exact"
    verdict = "ok" if c.holds else "WRONG"
    return f"    {name:<31}{c.joint:>17.9g}{c.clear:>17.9g}  {c.difference:>+9.1e} {allowed}  {verdict}"
