#!/usr/bin/env python3
"""Checks a page that the demo wrote: balanced tags, nothing loaded from anywhere, a text for every chart.

page.py FILE
"""

import html.parser
import pathlib
import re
import sys

VOID = {"meta", "line", "circle", "rect", "path", "br", "link", "img"}


class Page(html.parser.HTMLParser):
    """Counts and complaints."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.complaints: list[str] = []
        self.anchors: set[str] = set()
        self.links: set[str] = set()
        self.charts = self.tables = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """An opening tag."""
        named = dict(attributes)
        if tag not in VOID:
            self.open.append(tag)
        self.charts += tag == "svg"
        self.tables += tag == "table"
        if tag == "svg" and not (named.get("role") == "img" and named.get("aria-label")):
            self.complaints.append("a chart without a text")
        if tag in ("script", "link", "img", "iframe", "object") or "src" in named:
            self.complaints.append(f"<{tag}> loads something or runs something")
        if "href" in named:
            self.links.add(named["href"] or "")
        if "id" in named:
            self.anchors.add(f"#{named['id']}")

    def handle_endtag(self, tag: str) -> None:
        """A closing tag."""
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.complaints.append(f"</{tag}> out of place")


def main() -> int:
    """Exit status 0 when there is nothing to complain about."""
    text = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")
    page = Page()
    page.feed(text)
    page.complaints += [f"<{tag}> not closed" for tag in page.open]
    page.complaints += [f"link to {link}" for link in page.links - page.anchors]
    page.complaints += [f"refers to {found}" for found in re.findall(r"https?://\S+|url\([^)]*\)|@import", text)]
    if page.charts < 15 or page.tables < page.charts:
        page.complaints.append(f"{page.charts} charts and {page.tables} tables")
    print("\n".join(page.complaints) or f"{page.charts} charts, {page.tables} tables, nothing loaded from elsewhere")
    return 1 if page.complaints else 0


if __name__ == "__main__":
    sys.exit(main())
