#!/usr/bin/env python3
"""A hospital that measured one column: encrypts it for the analyst.

    column_hospital.py NAME FILE SHARED

FILE is its own and holds the values, in the order of the patients' numbers, which both hospitals know.
"""

import argparse
import json
import pathlib

import numpy as np
import veilkit as vk

import columns
from process import clocks, report


def main() -> None:
    """One column."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=[column.hospital for column in columns.COLUMNS])
    parser.add_argument("file", type=pathlib.Path)
    parser.add_argument("shared", type=pathlib.Path)
    options = parser.parse_args()
    column = next(column for column in columns.COLUMNS if column.hospital == options.name)

    values = np.array(json.loads(options.file.read_text()))
    key = vk.ckks.PublicKey.from_bytes((options.shared / "public.key").read_bytes())
    if key.params != columns.params():
        raise SystemExit("this hospital does not encrypt: other parameters than agreed")
    began = clocks()[0]
    encrypted = key.encrypt(columns.scaled(values, column)).to_bytes()
    (options.shared / column.field).write_bytes(encrypted)
    report(
        "encrypted",
        seconds=clocks()[0] - began,
        bytes=len(encrypted),
    )


if __name__ == "__main__":
    main()
