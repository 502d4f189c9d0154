"""The page's charts: small inline SVG, coloured by the page's CSS variables, each with a text for screen readers.

Every function returns one `<svg>` element. Every chart has its table beside it in the page.
"""

import dataclasses
import html
import math
from collections.abc import Sequence

ROUND = 'stroke-linecap="round"'


def _svg(width: float, height: float, label: str, body: list[str]) -> str:
    return f'<svg viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{html.escape(label)}">{"".join(body)}</svg>'


def _text(x: float, y: float, content: str, anchor: str = "middle", kind: str = "") -> str:
    style = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{style}>{html.escape(content)}</text>'


def _rect(x: float, y: float, width: float, height: float, fill: str, title: str = "", radius: float = 2) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{max(height, 0):.1f}" rx="{radius:g}" '
        f'fill="var(--{fill})"><title>{html.escape(title)}</title></rect>'
    )


def _line(x1: float, y1: float, x2: float, y2: float, stroke: str, width: float = 1, more: str = "") -> str:
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="var(--{stroke})" '
        f'stroke-width="{width:g}" {more}/>'
    )


def histogram(
    title: str, names: Sequence[str], edges: Sequence[float], joint: Sequence[float], clear: Sequence[float]
) -> str:
    """Joint cells as bars, the clear cells as a stroke across each bar; edges below, open at both ends."""
    width, height, left, bottom, top = 480.0, 190.0, 38.0, 24.0, 10.0
    floor, step = height - bottom, (width - left - 4) / len(joint)
    most = max([*joint, *clear, 1])
    grid = 10 ** math.floor(math.log10(most)) if most >= 1 else 1
    grid *= 1 if most / grid < 2.5 else 2 if most / grid < 5 else 5 if most / grid > 9 else 2.5
    body = []
    level = 0.0
    while level <= most:
        y = floor - (floor - top) * level / most
        body += [_line(left, y, width, y, "line"), _text(left - 5, y + 4, f"{level:g}", "end")]
        level += grid
    for i, (name, a, b) in enumerate(zip(names, joint, clear)):
        x = left + i * step
        bar, mark = (floor - top) * a / most, floor - (floor - top) * b / most
        body.append(_rect(x + 2, floor - bar, step - 4, bar, "joint", f"{name}: joint {a:,.0f}, clear {b:,.0f}"))
        body.append(_line(x + 1, mark, x + step - 1, mark, "clear", 2.5, ROUND))
    every = 1 if len(edges) * 34 < width else 2
    body += [_text(left + (i + 1) * step, height - 6, f"{edge:g}") for i, edge in enumerate(edges) if i % every == 0]
    equal = sum(a == b for a, b in zip(joint, clear))
    return _svg(width, height, f"Histogram: {title}. Joint and clear agree in {equal} of {len(joint)} cells.", body)


def bars(title: str, names: Sequence[str], joint: Sequence[float], clear: Sequence[float]) -> str:
    """One bar a name, with a stroke where the clear number ends. A bar that is far longer than the others is broken."""
    width, row, left, right = 520.0, 28.0, 128.0, 60.0
    height = row * len(names)
    ordered = sorted([*joint, *clear], reverse=True)
    most, broken = ordered[0] or 1, ordered[2] if len(ordered) > 2 else 0
    limit = 1.25 * broken if 0 < broken < most / 3 else most
    reach = lambda value: (width - left - right) * min(value, limit) / limit  # noqa: E731
    body = []
    for i, (name, a, b) in enumerate(zip(names, joint, clear)):
        y = row * i + 4
        body += [
            _text(left - 8, y + 14, name, "end", "strong"),
            _rect(left, y, reach(a), row - 9, "joint", f"{name}: joint {a:,.0f}, clear {b:,.0f}"),
            _text(left + reach(a) + 8, y + 14, f"{a:,.0f}", "start"),
        ]
        body.append(_line(left + reach(b), y - 3, left + reach(b), y + row - 6, "clear", 2.5, ROUND))
        if a > limit:
            gap = left + 0.93 * (width - left - right)
            body += [_line(gap + d, y + row - 6, gap + d + 6, y - 3, "card", 4) for d in (0, 9)]
    equal = sum(a == b for a, b in zip(joint, clear))
    return _svg(width, height, f"{title}. Joint and clear agree in {equal} of {len(joint)}.", body)


def share(title: str, joint: Sequence[float], clear: Sequence[float]) -> str:
    """A share as one divided bar, with the clear share as a stroke."""
    width, height, top, thick = 480.0, 96.0, 26.0, 34.0
    part, mark = joint[1] / sum(joint), clear[1] / sum(clear)
    body = [
        _rect(0, top, width, thick, "soft", f"no: {joint[0]:,.0f}", 4),
        _rect(0, top, width * part, thick, "joint", f"yes: {joint[1]:,.0f}", 4),
        _line(width * mark, top - 5, width * mark, top + thick + 5, "clear", 2.5, ROUND),
        _text(0, top - 9, f"yes {joint[1]:,.0f} of {sum(joint):,.0f}", "start", "strong"),
        _text(width, top - 9, f"{part:.2%}", "end", "strong"),
        _text(0, top + thick + 20, "0", "start"),
        _text(width, top + thick + 20, "100%", "end"),
    ]
    return _svg(width, height, f"{title}: joint {part:.4%}, clear {mark:.4%}.", body)


def forest(names: Sequence[str], joint: Sequence[tuple[float, float]], clear: Sequence[tuple[float, float]]) -> str:
    """Coefficients with 95% intervals: dot and line joint, ring clear."""
    width, row, left = 520.0, 30.0, 130.0
    height = row * len(names) + 26
    reach = max(abs(b) + 2 * s for b, s in [*joint, *clear]) * 1.05
    place = lambda value: left + (width - left - 12) * (value + reach) / (2 * reach)  # noqa: E731
    body = [_line(place(0), 0, place(0), height - 22, "muted", 1, 'stroke-dasharray="3 3"')]
    for tick in (-0.5, -0.25, 0, 0.25, 0.5):
        if abs(tick) < reach:
            body.append(_text(place(tick), height - 6, f"{tick:g}"))
    for i, (name, (b, s), (c, _)) in enumerate(zip(names, joint, clear)):
        y = row * i + row / 2
        body += [
            _text(0, y + 4, name, "start", "strong"),
            _line(place(b - 1.96 * s), y, place(b + 1.96 * s), y, "joint", 2.5, ROUND),
            f'<circle cx="{place(b):.1f}" cy="{y:.1f}" r="4.5" fill="var(--joint)">'
            f"<title>{html.escape(name)}: joint {b:.6f}, clear {c:.6f}</title></circle>",
            f'<circle cx="{place(c):.1f}" cy="{y:.1f}" r="8" fill="none" stroke="var(--clear)" stroke-width="2"/>',
        ]
    return _svg(width, height, "Coefficients with 95% intervals; joint and clear coincide.", body)


@dataclasses.dataclass(frozen=True)
class Curve:
    """A survival curve: what is left at the end of each interval, and its 95% intervals."""

    name: str
    times: Sequence[float]
    survival: Sequence[float]
    intervals: Sequence[Sequence[float]]
    colour: str


def survival(curves: Sequence[Curve], clear: Sequence[Sequence[float]], longest: float) -> str:
    """Steps with their intervals as bands; a ring at each step's clear height."""
    width, height, left, bottom, top, right = 620.0, 300.0, 44.0, 40.0, 10.0, 10.0
    floor = height - bottom
    across = lambda time: left + (width - left - right) * time / longest  # noqa: E731
    up = lambda share: floor - (floor - top) * share  # noqa: E731

    def steps(times: Sequence[float], shares: Sequence[float]) -> list[tuple[float, float]]:
        corners, before = [(across(0), up(1))], 1.0
        for time, share in zip(times, shares):
            corners += [(across(time), up(before)), (across(time), up(share))]
            before = share
        return corners

    path = lambda corners: " ".join(f"{x:.1f} {y:.1f}" for x, y in corners)  # noqa: E731
    body = []
    for share in (0, 0.25, 0.5, 0.75, 1):
        body += [
            _line(left, up(share), width - right, up(share), "line"),
            _text(left - 6, up(share) + 4, f"{share:.0%}", "end"),
        ]
    for year in range(int(longest / 365.25) + 1):
        body.append(_text(across(365.25 * year), height - 22, str(year)))
    body.append(_text((left + width) / 2, height - 5, "years"))
    for curve in curves:
        low, high = (steps(curve.times, [ends[i] for ends in curve.intervals]) for i in (0, 1))
        body.append(f'<path d="M{path(low + high[::-1])}Z" fill="var(--{curve.colour})" fill-opacity="0.14"/>')
    for curve, marks in zip(curves, clear, strict=True):
        corners = path(steps(curve.times, curve.survival))
        body.append(f'<path d="M{corners}" fill="none" stroke="var(--{curve.colour})" stroke-width="2.5"/>')
        for time, share, truth in zip(curve.times, curve.survival, marks, strict=True):
            body.append(
                f'<circle cx="{across(time):.1f}" cy="{up(truth):.1f}" r="4.5" fill="none" stroke="var(--clear)" '
                f'stroke-width="1.5"><title>{html.escape(curve.name)}, day {time:.0f}: joint {share:.6f}, '
                f"clear {truth:.6f}</title></circle>"
            )
    last = "; ".join(f"{curve.name}: {curve.survival[-1]:.1%} after {curve.times[-1]:.0f} days" for curve in curves)
    return _svg(width, height, f"Survival curves, joint and clear together. {last}.", body)


def timeline(
    names: Sequence[str], rounds: int, sent: Sequence[int], ends: Sequence[tuple[str, bool]], colours: Sequence[str]
) -> str:
    """One lane a hospital: a dot for each round it sent, a cross where its process ended, what it had at the end."""
    width, row, left, right = 520.0, 44.0, 62.0, 150.0
    height = row * len(names) + 24
    step = (width - left - right) / rounds
    body = [_text(left + step * (r + 0.5), 12, f"round {r + 1}") for r in range(rounds)]
    for i, (name, count, (end, good), colour) in enumerate(zip(names, sent, ends, colours)):
        y = 24 + row * i + row / 2
        stop = left + step * (count + 0.02) if count < rounds else width - right + 4
        body += [_text(0, y + 4, name, "start", "strong"), _line(left, y, stop, y, colour, 3)]
        body += [
            f'<circle cx="{left + step * (r + 0.5):.1f}" cy="{y:.1f}" r="6.5" fill="var(--{colour})"/>'
            for r in range(count)
        ]
        gone = end.startswith("gone")
        if gone:
            body += [
                _line(stop - 6, y - 6, stop + 6, y + 6, "bad", 3),
                _line(stop - 6, y + 6, stop + 6, y - 6, "bad", 3),
            ]
            body.append(_text(stop + 14, y + 4, "process ended", "start"))
        else:
            mark = "\N{CHECK MARK} " if good else "\N{BALLOT X} "
            body.append(_text(width - right + 12, y + 4, mark + end, "start", "strong"))
    said = "; ".join(f"{name} sent {count} rounds, {end}" for name, count, (end, _) in zip(names, sent, ends))
    return _svg(width, height, said, body)


def gauge(value: float, clear: float) -> str:
    """A half circle from 0 to 100%: filled to the decrypted risk, with a stroke at the clear one."""
    width, height, radius, thick = 340.0, 190.0, 130.0, 26.0
    cx, cy = width / 2, 160.0

    def point(share: float, r: float) -> tuple[float, float]:
        angle = math.pi * (1 - share)
        return cx + r * math.cos(angle), cy - r * math.sin(angle)

    def arc(upto: float, colour: str) -> str:
        (x1, y1), (x2, y2) = point(0, radius), point(upto, radius)
        return (
            f'<path d="M{x1:.1f} {y1:.1f} A{radius:g} {radius:g} 0 0 1 {x2:.1f} {y2:.1f}" fill="none" '
            f'stroke="var(--{colour})" stroke-width="{thick:g}"/>'
        )

    (x1, y1), (x2, y2) = point(clear, radius - thick / 2 - 6), point(clear, radius + thick / 2 + 6)
    body = [
        arc(0.999999, "soft"),
        arc(value, "joint"),
        _line(x1, y1, x2, y2, "clear", 3, 'stroke-linecap="round"'),
        _text(cx, cy - 24, f"{value:.1%}", kind="big"),
        _text(cx, cy - 4, "risk of malignancy"),
        _text(cx - radius, cy + 18, "0"),
        _text(cx + radius, cy + 18, "100%"),
    ]
    return _svg(width, height, f"Risk of malignancy {value:.4%} decrypted, {clear:.4%} in the clear.", body)


def stacked(rows: Sequence[tuple[str, Sequence[float]]], names: Sequence[str], colours: Sequence[str]) -> str:
    """One bar a row, divided by hospital."""
    width, row, left, right = 520.0, 30.0, 62.0, 66.0
    height = row * len(rows)
    most = max(sum(parts) for _, parts in rows) or 1
    body = []
    for i, (label, parts) in enumerate(rows):
        x, y = left, row * i + 4
        body.append(_text(0, y + 15, label, "start", "strong"))
        for part, name, colour in zip(parts, names, colours):
            length = (width - left - right) * part / most
            body.append(_rect(x, y, max(length - 1.5, 0), row - 9, colour, f"{label}, {name}: {part:,.0f} bytes"))
            x += length
        body.append(_text(x + 5, y + 15, f"{sum(parts):,.0f}", "start"))
    return _svg(width, height, "Bytes per round and hospital; the table holds the numbers.", body)


def byte_counts(label: str, counts: Sequence[int], colour: str) -> str:
    """How often each of the 256 byte values occurs; bars over the top are cut and say so."""
    width, height, top = 512.0, 96.0, 12.0
    mean = sum(counts) / 256
    limit = 2.2 * mean
    body = []
    for value, count in enumerate(counts):
        size = (height - top) * min(count, limit) / limit
        body.append(_rect(2 * value, height - size, 1.6, size, colour, f"byte {value:02x}: {count}", 0))
    level = height - (height - top) * mean / limit
    body.append(_line(0, level, width, level, "clear", 1.5, 'stroke-dasharray="4 4"'))
    over = max(counts)
    if over > limit:
        body.append(_text(6, 11, f"byte {list(counts).index(over):02x} occurs {over:,} times: cut here", "start"))
    return _svg(
        width,
        height,
        f"{label}: byte values from 00 to ff, the most frequent {over} times, {mean:.0f} on average.",
        body,
    )
