"""`progress=` of long calls: nothing, a bar, or the caller's own function."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

Report: TypeAlias = Callable[[int, int], object]
Progress: TypeAlias = bool | Report


@contextmanager
def reporting(progress: Progress, label: str) -> Iterator[Report | None]:
    """What the native call reports to: `None` for `False`, a bar for `True`, else the caller's function."""
    if progress is False or progress is None:
        yield None
    elif progress is True:
        bar = _Bar(label)
        try:
            yield bar
        finally:
            bar.close()
    elif callable(progress):
        yield progress
    else:
        raise TypeError("progress: True, False or a function of (done, total)")


class _Bar:
    """A tqdm bar where tqdm is installed, else a line on stderr that is written over."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._bar: Any = None
        self._written = False

    def __call__(self, done: int, total: int) -> None:
        if self._bar is None and not self._written:
            self._bar = _tqdm(self._label, total)
        if self._bar is not None:
            self._bar.update(done - self._bar.n)
        else:
            self._written = True
            print(f"\r{self._label}: {done} of {total}", end="", file=sys.stderr, flush=True)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
        elif self._written:
            print(file=sys.stderr)


def _tqdm(label: str, total: int) -> Any:
    try:
        from tqdm import tqdm  # type: ignore[import-untyped, unused-ignore]
    except ImportError:
        return None
    return tqdm(desc=label, total=total)
