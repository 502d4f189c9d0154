#!/usr/bin/env python3
"""The keeper of the key: makes it, sees no patient's ciphertext, gives the five sums away and counts.

    column_keeper.py FOLDER SHARED

FOLDER is its own: the count of releases is kept there. SHARED is for everybody: the public key, the evaluation keys,
the sums.
"""

import argparse
import pathlib

import veilkit as vk

import columns
from curious import attempt
from process import clocks, peak_memory, read_report, report


def main() -> None:
    """Keys, then releases."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("shared", type=pathlib.Path)
    options = parser.parse_args()
    options.folder.mkdir()

    began = clocks()[0]
    keys = vk.ckks.generate_keys(columns.params())
    budget = keys.secret_key.release_budget(len(columns.SUMS))
    public, evaluation = keys.public_key.to_bytes(), keys.evaluation_keys.to_bytes()
    (options.shared / "public.key").write_bytes(public)
    (options.shared / "evaluation.keys").write_bytes(evaluation)
    report(
        "keys",
        seconds=clocks()[0] - began,
        bytes=len(public) + len(evaluation),
    )

    read_report()
    began = clocks()[0]
    sums, errors = [], []
    for number in range(len(columns.SUMS)):
        encrypted = vk.ckks.EncryptedArray.from_bytes((options.shared / f"sum{number}").read_bytes())
        released = keys.secret_key.release(encrypted, budget, at_most_error=columns.MOST_ERROR)
        # On disk before the number leaves: a crash in between costs a release, never gives one away.
        (options.folder / "budget").write_bytes(budget.to_bytes())
        sums.append(float(released.values))
        errors.append(released.error_bound)
    tried = attempt(
        "release a sixth sum", lambda: keys.secret_key.release(encrypted, budget, at_most_error=columns.MOST_ERROR)
    )
    report(
        "released",
        sums=sums,
        errors=errors,
        left=budget.left,
        refusal=tried["refusal"],
        seconds=clocks()[0] - began,
        peak_memory=peak_memory(),
    )


if __name__ == "__main__":
    main()
