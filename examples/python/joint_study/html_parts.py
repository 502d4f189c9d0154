"""Small pieces of the page: tables, cards, marks, numbers."""

import html

import checks

esc = html.escape

HEAD = ["", "joint", "in the clear", "difference", "allowed"]


def table(caption: str, head: list[str], rows: list[list[str]], kinds: str = "") -> str:
    """A table; the first cell of a row is its heading. `kinds`: one letter a column, `t` for running text."""
    style = [' class="text"' if kind == "t" else "" for kind in kinds.ljust(len(head), "n")]
    heads = "".join(f'<th scope="col"{s}>{esc(name)}</th>' for name, s in zip(head, style))
    lines = []
    for row in rows:
        cells = "".join(f"<td{s}>{cell}</td>" for cell, s in zip(row[1:], style[1:]))
        lines.append(f'<tr><th scope="row"{style[0]}>{row[0]}</th>{cells}</tr>')
    title = f"<caption>{esc(caption)}</caption>" if caption else ""
    return (
        f'<div class="scroll"><table>{title}<thead><tr>{heads}</tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table></div>"
    )


def card(title: str, *content: str) -> str:
    """A box with a heading (HTML; empty for none)."""
    heading = f"<h3>{title}</h3>" if title else ""
    return f'<article class="card">{heading}{"".join(content)}</article>'


def figure(chart: str, caption: str = "", kind: str = "") -> str:
    """A chart with its caption."""
    style = f' class="{kind}"' if kind else ""
    below = f"<figcaption>{esc(caption)}</figcaption>" if caption else ""
    return f"<figure{style}>{chart}{below}</figure>"


def details(summary: str, content: str) -> str:
    """Something to open."""
    return f"<details><summary>{esc(summary)}</summary>{content}</details>"


def number(value: float) -> str:
    """Nine digits, as in the terminal's report; whole numbers with separators."""
    return f"{value:,.0f}" if float(value).is_integer() and abs(value) < 1e15 else f"{value:.9g}"


def mark(holds: bool, text: str) -> str:
    """A text with a tick or a cross."""
    return f'<span class="{"ok" if holds else "wrong"}">{esc(text)}</span>'


def capital(text: str) -> str:
    """The text with a capital first letter."""
    return esc(text[:1].upper() + text[1:])


def comparison_rows(found: list[checks.Comparison]) -> list[list[str]]:
    """Rows of joint, clear, difference, allowed; under `HEAD`."""
    return [
        [
            esc(c.figure),
            number(c.joint),
            number(c.clear),
            mark(c.holds, f"{c.difference:+.1e}" if c.difference else "0"),
            f"{c.tolerance:.0e}" if c.tolerance else "exact",
        ]
        for c in found
    ]
