"""The demo's processes as seen from the one that starts them: JSON lines in and out, a time limit on every wait."""

import json
import os
import pathlib
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

HERE = pathlib.Path(__file__).resolve().parent
SECONDS = 60.0


class DemoError(Exception):
    """A process of the demo did not do what it should."""


class Child:
    """A process that speaks JSON lines."""

    def __init__(self, name: str, script: str, *arguments: object) -> None:
        self.name = name
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / script), *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},  # small sums: threads would only cost time
        )
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put("")

    def line(self) -> str:
        """The next line; `DemoError` when the process ended or said nothing in time."""
        try:
            line = self._lines.get(timeout=SECONDS)
        except queue.Empty:
            raise DemoError(f"{self.name} said nothing for {SECONDS:.0f} s") from None
        if not line:
            raise DemoError(f"{self.name} ended, exit status {self.process.wait(SECONDS)}")
        return line

    def expect(self, *kinds: str) -> dict:
        """The next report, which must be of one of these kinds."""
        report = json.loads(self.line())
        if report["kind"] not in kinds:
            raise DemoError(f"{self.name} reported {report['kind']}, not {' or '.join(kinds)}")
        return report

    def tell(self, **facts: object) -> None:
        """Sends one JSON line."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(facts) + "\n")
        self.process.stdin.flush()

    def finish(self) -> int:
        """Ends the process's input and waits for its exit status."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.process.wait(SECONDS)


@contextmanager
def children() -> Iterator[list[Child]]:
    """A list for processes that are ended with the block, however it ends."""
    started: list[Child] = []
    try:
        yield started
    finally:
        for child in started:
            if child.process.poll() is None:
                child.process.kill()
            child.process.wait()
