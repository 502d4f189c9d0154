#!/usr/bin/env python3
"""What a curious relay can make of every byte it saw. It has the public plans and the capture, and no hospital's key.

    curious.py CAPTURE_FOLDER

Reads `{"runs": [{"plan": hex, "room": hex}]}`, reports its attempts and the statistics of the inputs as they were sent.
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


def read_as_numbers(body: bytes) -> np.ndarray:
    """What stands where the vector is, taken for fixed-point numbers. Shape `(VECTOR_LENGTH,)`."""
    words = np.frombuffer(body[:-TAG][-8 * study.VECTOR_LENGTH :], dtype="<i8")
    return words * 2.0**-study.FRACTION_BITS


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
        forged = vk.mpc.SumPlan(
            session=plan.session,
            parties={**plan.parties, SEAT: key.identity},
            threshold=plan.threshold,
            min_survivors=plan.min_survivors,
            length=plan.length,
            fraction_bits=plan.fraction_bits,
            max_abs=plan.max_abs,
            purpose=plan.purpose,
        )
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

    runs = read_report()["runs"]
    bodies = [inputs_as_sent(by_room[run["room"]], capture) for run in runs]
    pooled = b"".join(body for run in bodies for body in run.values())
    plan = vk.mpc.SumPlan.from_bytes(bytes.fromhex(runs[0]["plan"]))
    report(
        "tried",
        attempts=attempts(plan, by_room[runs[0]["room"]], capture),
        inputs=sum(map(len, bodies)),
        uniformity=chi_square(pooled),
        random=chi_square(secrets.token_bytes(len(pooled))),
        reading=read_as_numbers(bodies[0][VICTIM]).tolist(),
        excerpt=bodies[0][VICTIM][: 24 * 8].hex(),
        peak_memory=peak_memory(),
    )


if __name__ == "__main__":
    main()
