#!/usr/bin/env python3
"""What a curious relay can make of every byte it saw. It has the public plans and the capture, and no hospital's key.

    curious.py CAPTURE_FOLDER

Reads `{"runs": [{"plan": hex, "room": hex}]}`, reports its attempts and the statistics of the masked inputs.
"""

import argparse
import collections
import json
import pathlib
import secrets

import numpy as np
import veilkit as vk

import study
from process import peak_memory, read_report, report
from statistics_of_bytes import chi_square

VICTIM, SEAT = 1, 2
# Where a masked vector starts in its message, and how much longer than the vector the message can be.
MASKED_AT, MARGIN = 40, 256


def masked_words(messages: list[dict], capture: bytes) -> dict[int, np.ndarray]:
    """The masked vectors of a run by sender, as unsigned 64-bit words. Shape of each `(VECTOR_LENGTH,)`."""
    size = 8 * study.VECTOR_LENGTH
    found = {}
    for message in messages:
        if message["receiver"] == 0 and size <= message["length"] < size + MARGIN:
            start = message["offset"] + MASKED_AT
            found[message["sender"]] = np.frombuffer(capture[start : start + size], dtype="<u8")
    return found


def attempt(what: str, action) -> dict[str, object]:
    """Tries something that must be refused, and how it was."""
    try:
        action()
    except vk.VeilkitError as error:
        return {"what": what, "refused": True, "error": type(error).__name__, "name": error.name, "code": error.code,
                "text": error.what, "culprits": list(error.culprits)}
    return {"what": what, "refused": False}


def attempts(plan: vk.mpc.Plan, messages: list[dict], capture: bytes) -> list[dict[str, object]]:
    """Two ways to get into a hospital's place without its key."""
    key = vk.mpc.IdentityKey.generate()
    nothing = np.zeros(plan.length)
    first = [
        (m["sender"], bytes(capture[m["offset"] : m["offset"] + m["length"]]))
        for m in messages if m["round"] == 1 and m["sender"] != SEAT
    ]

    def take_the_seat() -> None:
        vk.mpc.Session(plan, SEAT, key, nothing)

    def replay_into_own_plan() -> None:
        forged = vk.mpc.Plan(
            session=plan.session, parties={**plan.parties, SEAT: key.identity}, threshold=plan.threshold,
            min_survivors=plan.min_survivors, length=plan.length, fraction_bits=plan.fraction_bits,
            max_abs=plan.max_abs, purpose=plan.purpose,
        )
        session = vk.mpc.Session(forged, SEAT, key, nothing)
        session.step([])
        session.step(first)

    seat = study.HOSPITALS[SEAT - 1]
    return [
        attempt(f"sit down in {seat}'s place with a key of its own", take_the_seat),
        attempt(f"write a plan with its own key for {seat}'s, and replay the captured messages into it", replay_into_own_plan),
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
    pooled, first = b"", None
    for run in runs:
        words = masked_words(by_room[run["room"]], capture)
        if first is None:
            first = words
        pooled += b"".join(vector.tobytes() for vector in words.values())
    assert first is not None
    scale = 2.0**-study.FRACTION_BITS
    plan = vk.mpc.Plan.from_bytes(bytes.fromhex(runs[0]["plan"]))
    report(
        "tried",
        attempts=attempts(plan, by_room[runs[0]["room"]], capture),
        masked_vectors=len(pooled) // (8 * study.VECTOR_LENGTH),
        uniformity=chi_square(pooled),
        random=chi_square(secrets.token_bytes(len(pooled))),
        reading=(first[VICTIM].view(np.int64) * scale).tolist(),
        excerpt=first[VICTIM][:24].tobytes().hex(),
        peak_memory=peak_memory(),
    )


if __name__ == "__main__":
    main()
