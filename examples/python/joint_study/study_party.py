#!/usr/bin/env python3
"""One hospital in the joint studies: keeps its rows and talks to the others through a `veilkit-relay`.

    study_party.py FOLDER PARTY

Standard output and input carry JSON lines: it says its public identity, gets plans and the relay's address, checks
each plan against what it would ask itself, enters each study with its own rows, and reports the figures, or the typed
error that ended it.
"""

import argparse
import asyncio
import pathlib
import time
from typing import Any

import numpy as np
import veilkit as vk
from veilkit.mpc import study, transport

import asked
from process import facts, peak_memory, read_report, report
from study import Rows, read_rows

FAREWELL = 5.0


class Counted:
    """A session, and what went through it."""

    def __init__(self, session: study.Session) -> None:
        self.session, self.first = session, session.first
        self.sent = self.received = self.messages = 0
        self._count(self.first)

    def _count(self, step: study.Step) -> study.Step:
        for to, data in step.outgoing:
            copies = 2 if to == vk.mpc.ALL else 1
            self.sent += copies * len(data)
            self.messages += copies
        return step

    def step(self, incoming: list[tuple[int, bytes]]) -> study.Step:
        """As `Session.step`."""
        self.received += sum(len(data) for _, data in incoming)
        return self._count(self.session.step(incoming))

    def expire(self) -> None:
        """As `Session.expire`."""
        self.session.expire()


def plain(value: Any) -> Any:
    """A result as JSON can hold it."""
    if isinstance(value, study.Record):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(each) for each in value]
    return value.item() if isinstance(value, np.generic) else value


def checked_plan(order: dict[str, Any], party: int, identity: bytes) -> study.Plan:
    """The plan, after this hospital has seen that it asks what was agreed and nothing else."""
    plan = study.Plan.from_bytes(bytes.fromhex(order["plan"]))
    wanted = asked.QUESTIONS[order["question"]].plan(plan.parties, plan.session)
    if plan != wanted or plan.parties.get(party) != identity:
        raise SystemExit("this hospital does not take part: the plan is not what was agreed")
    return plan


async def take_part(
    number: int, order: dict[str, Any], rows: Rows, party: int, key: vk.mpc.IdentityKey, url: str
) -> None:
    """One study from its plan to its report."""
    plan = checked_plan(order, party, key.identity)
    wall, cpu = time.perf_counter(), time.process_time()
    try:
        table = asked.QUESTIONS[order["question"]].table(rows)
        session = Counted(study.Session(plan, party, key, table))
        async with transport.relay(plan, party, key, url) as link:
            outcomes = await transport.drive(session, link, silence=order["silence"], farewell=FAREWELL)
    except vk.VeilkitError as error:
        report("refused", run=number, refusal=facts(error))
        return
    report(
        "result",
        run=number,
        answers=[{"kind": o.kind, "n": o.n, "value": plain(o.value), "revealed": o.revealed} for o in outcomes],
        wall=time.perf_counter() - wall,
        cpu=time.process_time() - cpu,
        sent=session.sent,
        received=session.received,
        messages=session.messages,
        peak_memory=peak_memory(),
    )


async def take_part_in_all(order: dict[str, Any], rows: Rows, party: int, key: vk.mpc.IdentityKey) -> None:
    """Every study of the order: one after the other, or all at once."""
    runs = [take_part(number, run, rows, party, key, order["url"]) for number, run in enumerate(order["runs"])]
    if order["at_once"]:
        await asyncio.gather(*runs)
    else:
        for run in runs:
            await run


def main() -> None:
    """The studies of one order."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path, help="this hospital's own tables")
    parser.add_argument("party", type=int, help="this hospital's number in the plan")
    parser.add_argument("--alter-input", action="store_true", help="for tests: count the first patients twice")
    options = parser.parse_args()
    key = vk.mpc.IdentityKey.generate()
    report("identity", identity=key.identity.hex())
    rows = read_rows(options.folder)
    if options.alter_input:
        rows = {name: [*table, table[0]] for name, table in rows.items()}
    asyncio.run(take_part_in_all(read_report(), rows, options.party, key))


if __name__ == "__main__":
    main()
