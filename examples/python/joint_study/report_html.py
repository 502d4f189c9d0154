"""The report as a page: one file, no request to anywhere, light and dark, a table beside every chart."""

import os
import pathlib
import platform

import numpy as np
import veilkit as vk

from html_parts import esc
from outcome import Outcome
from report_columns import columns_section
from report_sections import checks_section, cost_section, figures_section, leaving_section, relay_section, score_section
from report_studies import cheats_section, studies_section
from report_tally import key_section, tally_section

CSS = pathlib.Path(__file__).with_name("report.css")
SECTIONS = {
    "studies": "joint studies",
    "cheats": "a cheat",
    "figures": "secure sums",
    "leaving": "a hospital leaves",
    "score": "risk score",
    "tally": "diagnoses",
    "key": "the study's key",
    "columns": "two columns",
    "relay": "the relay",
    "cost": "cost",
    "checks": "checks",
    "limits": "limits",
}


def header(outcome: Outcome) -> str:
    """Title, verdict, and the few numbers that matter most."""
    wrong = sum(not check.holds for check in outcome.conditions)
    found = outcome.comparisons()
    worst = max((abs(c.difference) / c.tolerance for c in found if c.tolerance), default=0)
    total = len(outcome.conditions)
    verdict = f"{wrong} of {total} checks failed" if wrong else f"All {total} checks hold"
    facts = {
        f"patients, none in two hospitals: {outcome.populations()}": f"{len(outcome.patients()):,}",
        "joint figures equal the clear ones": f"{sum(c.holds for c in found)} of {len(found)}",
        "of what is allowed is the largest difference": f"{worst:.0%}",
        "bytes through the relay, no plaintext among them": f"{outcome.captured:,}",
        f"for everything on this page, {outcome.computing:.1f} s of processor time": f"{outcome.seconds:.1f} s",
    }
    boxes = "".join(f"<div><strong>{value}</strong><span>{esc(label)}</span></div>" for label, value in facts.items())
    links = "".join(f'<a href="#{anchor}">{esc(name)}</a>' for anchor, name in SECTIONS.items())
    return f"""
<header><h1>Three hospitals, one study, nobody sees another's patients</h1>
<p class="lead">Blood pressure, smoking, diagnoses, tumours and survival of real patients (tables NHEFS, breast cancer,
GBSG2, diabetes), split by a fixed rule over three hospital processes that talk through a relay.</p>
<p class="verdict {"bad" if wrong else "good"}">{esc(verdict)}</p>
<nav aria-label="Sections">{links}</nav>
<div class="facts">{boxes}</div></header>
"""


def page(outcome: Outcome) -> str:
    """The whole page."""
    first = (studies_section, cheats_section, figures_section, leaving_section, score_section)
    more = (tally_section, key_section, columns_section, relay_section, cost_section, checks_section)
    body = "".join(section(outcome) for section in (*first, *more))
    made = (
        f"veilkit {vk.__version__}, numpy {np.__version__}, Python {platform.python_version()}, {os.cpu_count()} cores"
    )
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Three hospitals, one study</title><style>
{CSS.read_text(encoding="utf-8")}</style></head><body><main>
{header(outcome)}{body}
<footer>{esc(made)}. Data: examples/data, with sources and licences.</footer></main></body></html>
"""
