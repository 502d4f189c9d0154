"""Small facts about a process, and the lines in which the demo's processes report them."""

import json
import pathlib
import sys
import time

import veilkit as vk


def peak_memory() -> int:
    """The most memory this process ever held, in bytes (`VmHWM`; `getrusage` would count the parent's)."""
    for line in pathlib.Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise OSError("no VmHWM in /proc/self/status")


def report(kind: str, **facts: object) -> None:
    """One JSON line to standard output: how a process of the demo talks to the one that started it."""
    print(json.dumps({"kind": kind, **facts}), flush=True)


def read_report() -> dict:
    """One JSON line from standard input."""
    return json.loads(sys.stdin.readline())


def facts(error: vk.VeilkitError) -> dict[str, object]:
    """A typed error as plain facts."""
    return {
        "error": type(error).__name__,
        "name": error.name,
        "code": error.code,
        "what": error.what,
        "culprits": list(error.culprits),
    }


def clocks() -> tuple[float, float]:
    """Wall clock and processor time of this process, in seconds."""
    return time.perf_counter(), time.process_time()
