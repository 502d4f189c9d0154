#!/usr/bin/env python3
"""What a curious relay can make of every byte it saw. It has the public plans and the capture, and no hospital's key.

    curious.py CAPTURE_FOLDER

Reads `{"plans": [hex]}`, reports its attempts and the statistics of the inputs as they were sent.
"""

import argparse
import collections
import json
import pathlib
import secrets

import numpy as np
import veilkit as vk

import study
from process import facts, peak_memory, read_report, report
from statistics_of_bytes import chi_square

VICTIM, SEAT = 1, 2
# A message of the secure sum: an envelope in the clear, then what is sealed, which ends with its tag.
INPUT_ROUND, ENVELOPE, TAG = 3, 50, 16


def inputs_as_sent(messages: list[dict], capture: bytes) -> dict[int, bytes]:
    """The sealed bodies of the masked inputs of a run, by sender."""
    return {
        m["sender"]: capture[m["offset"] + ENVELOPE : m["offset"] + m["length"]]
        for m in messages
        if m["round"] == INPUT_ROUND
    }


def read_as_numbers(body: bytes, plan: vk.mpc.SumPlan) -> np.ndarray:
    """What stands where the vector is, taken for fixed-point numbers. Shape `(plan.length,)`."""
    words = np.frombuffer(body[:-TAG][-8 * plan.length :], dtype="<i8")
    return words * 2.0**-plan.fraction_bits


def attempt(what: str, action) -> dict[str, object]:
    """Tries something that must be refused, and how it was."""
    try:
        action()
    except vk.VeilkitError as error:
        return {"what": what, "refusal": facts(error)}
    return {"what": what, "refusal": None}


def attempts(plan: vk.mpc.SumPlan, messages: list[dict], capture: bytes) -> list[dict[str, object]]:
    """Two ways to get into a hospital's place without its key."""
    key = vk.mpc.IdentityKey.generate()
    nothing = np.zeros(plan.length)
    first = [
        (m["sender"], bytes(capture[m["offset"] : m["offset"] + m["length"]]))
        for m in messages
        if m["round"] == 1 and m["sender"] != SEAT
    ]

    def take_the_seat() -> None:
        vk.mpc.SumSession(plan, SEAT, key, nothing)

    def replay_into_own_plan() -> None:
        forged = study.plan("survey", {**plan.parties, SEAT: key.identity}, plan.min_survivors, plan.session)
        session = vk.mpc.SumSession(forged, SEAT, key, nothing)
        session.step(first)

    seat = study.HOSPITALS[SEAT - 1]
    return [
        attempt(f"sit down in {seat}'s place with a key of its own", take_the_seat),
        attempt(f"write a plan with its own key for {seat}'s, and replay what it saw into it", replay_into_own_plan),
    ]


def main() -> None:
    """Everything it can try."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    options = parser.parse_args()
    capture = (options.folder / "capture.bin").read_bytes()
    index = json.loads((options.folder / "capture.json").read_text())
    by_room = collections.defaultdict(list)
    for message in index["messages"]:
        by_room[message["room"]].append(message)

    plans = [vk.mpc.SumPlan.from_bytes(bytes.fromhex(plan)) for plan in read_report()["plans"]]
    bodies = [inputs_as_sent(by_room[plan.session.hex()], capture) for plan in plans]
    pooled = b"".join(body for run in bodies for body in run.values())
    report(
        "tried",
        attempts=attempts(plans[0], by_room[plans[0].session.hex()], capture),
        inputs=sum(map(len, bodies)),
        uniformity=chi_square(pooled),
        random=chi_square(secrets.token_bytes(len(pooled))),
        reading=read_as_numbers(bodies[0][VICTIM], plans[0]).tolist(),
        excerpt=bodies[0][VICTIM][: 24 * 8].hex(),
        peak_memory=peak_memory(),
    )


if __name__ == "__main__":
    main()
