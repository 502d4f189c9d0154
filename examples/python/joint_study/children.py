"""The demo's processes as seen from the one that starts them: JSON lines in and out, a time limit on every wait."""

import json
import os
import pathlib
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

HERE = pathlib.Path(__file__).resolve().parent
SECONDS = 150.0


class DemoError(Exception):
    """A process of the demo did not do what it should."""


class Child:
    """A process that speaks JSON lines."""

    def __init__(self, name: str, script: str | pathlib.Path, *arguments: object) -> None:
        """`script`: a program of this folder, or the path of another one."""
        self.name = name
        program = [str(script)] if isinstance(script, pathlib.Path) else [sys.executable, str(HERE / script)]
        self.process = subprocess.Popen(
            [*program, *map(str, arguments)],
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


P = TypeVar("P")
EXIT_STATUS = {"result": 0, "refused": 3, "left": 0}


def run_together(
    started: list[Child], hospitals: dict[int, Child], port: int, agree: Callable[[dict[int, bytes]], tuple[P, str]]
) -> tuple[P, dict[int, dict], float, float]:
    """One run of a protocol between hospitals that have just been started.

    `agree` makes the plan, and its text, from the public identities. Gives the plan, what each hospital reported, and
    the seconds of starting and of running.
    """
    begun = time.perf_counter()
    started += hospitals.values()
    # The identities are compared on another road than the relay: here, over the pipes of this process.
    identities = {party: bytes.fromhex(child.expect("identity")["identity"]) for party, child in hospitals.items()}
    plan, text = agree(identities)
    ready = time.perf_counter()
    for child in hospitals.values():
        child.tell(plan=text, port=port)
    reports = {party: child.expect(*EXIT_STATUS) for party, child in hospitals.items()}
    ended = time.perf_counter()
    for party, child in hospitals.items():
        expected = EXIT_STATUS[reports[party]["kind"]]
        if (status := child.finish()) != expected:
            raise DemoError(f"{child.name} ended with exit status {status}, not {expected}")
    return plan, reports, ready - begun, ended - ready


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
