#!/usr/bin/env python3
"""The analyst: computes on two columns that it cannot read, with the evaluation keys and no secret.

column_analyst.py SHARED
"""

import argparse
import pathlib

import veilkit as vk

import columns
from curious import attempt
from process import clocks, peak_memory, report


def main() -> None:
    """Five sums."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=pathlib.Path)
    options = parser.parse_args()
    evaluation_keys = vk.ckks.EvaluationKeys.from_bytes((options.shared / "evaluation.keys").read_bytes())
    x, y = (
        vk.ckks.EncryptedArray.from_bytes((options.shared / column.field).read_bytes(), evaluation_keys)
        for column in columns.COLUMNS
    )
    began = clocks()[0]
    sums = [x.sum(), y.sum(), x.dot(x), y.dot(y), x.dot(y)]
    seconds, written = clocks()[0] - began, 0
    for number, encrypted in enumerate(sums):
        data = encrypted.to_bytes()
        (options.shared / f"sum{number}").write_bytes(data)
        written += len(data)

    own = vk.ckks.generate_keys(columns.params(), rotations=[], relinearization=False)
    tried = attempt("open an encrypted column with a key of its own", lambda: own.secret_key.decrypt(x))
    report(
        "computed",
        seconds=seconds,
        bytes=written,
        refusal=tried["refusal"],
        peak_memory=peak_memory(),
    )


if __name__ == "__main__":
    main()
