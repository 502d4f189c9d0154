#!/usr/bin/env python3
"""Derive the tables of this folder again from the packages they come from, and compare byte for byte.

    python examples/data/verify.py            compare; needs
                                              `pip install causaldata==0.1.5 scikit-learn==1.9.1 lifelines==0.30.3`
    python examples/data/verify.py --write    write the tables and SHA256SUMS anew
    python examples/data/verify.py --hashes   only compare the files with SHA256SUMS; needs nothing

`scripts/evidence-data` makes an environment with the packages and runs the first form.
"""

import argparse
import csv
import hashlib
import io
import pathlib
import sys
import warnings

HERE = pathlib.Path(__file__).resolve().parent
NHEFS_COLUMNS = "seqn sbp dbp wt71 age sex smokeintensity qsmk diabetes".split()
NHEFS_COLUMNS += "tumor tb hepatitis colitis asthma pepticulcer bronch".split()


def number(value: float) -> str:
    """The shortest text that reads back as the value; a missing value is the empty text."""
    value = float(value)
    if value != value:
        return ""
    return str(int(value)) if value.is_integer() else f"{value:.12g}"


def table(header: list[str], rows) -> bytes:
    """The rows as CSV with Unix line ends."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([number(value) for value in row] for row in rows)
    return text.getvalue().encode("ascii")


def nhefs() -> bytes:
    """Sixteen of the 67 columns of NHEFS, all 1,629 rows, in the package's order and coding."""
    from causaldata import nhefs as package

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frame = package.load_pandas().data
    return table(NHEFS_COLUMNS, zip(*(frame[name].astype(float) for name in NHEFS_COLUMNS)))


def breast_cancer() -> bytes:
    """All 569 rows: the row's number, 30 measurements and the target (0 malignant, 1 benign)."""
    from sklearn.datasets import load_breast_cancer

    data = load_breast_cancer()
    header = ["row", *(name.replace(" ", "_") for name in data.feature_names), "target"]
    return table(header, ([i, *x, y] for i, (x, y) in enumerate(zip(data.data, data.target), 1)))


def diabetes() -> bytes:
    """All 442 rows: the row's number, ten measurements in their own units, progression after one year."""
    from sklearn.datasets import load_diabetes

    data = load_diabetes(scaled=False)
    header = ["row", *data.feature_names, "progression"]
    return table(header, ([i, *x, y] for i, (x, y) in enumerate(zip(data.data, data.target), 1)))


def gbsg2() -> bytes:
    """All 686 rows: the row's number, and the columns with words as numbers."""
    from lifelines.datasets import load_gbsg2

    frame = load_gbsg2()
    words = {"horTh": ["no", "yes"], "menostat": ["Pre", "Post"], "tgrade": ["", "I", "II", "III"]}
    header = ["row", *frame.columns]
    columns = [map(words[name].index, frame[name]) if name in words else frame[name] for name in frame.columns]
    return table(header, ([i, *x] for i, x in enumerate(zip(*columns), 1)))


TABLES = {"nhefs.csv": nhefs, "breast_cancer.csv": breast_cancer, "diabetes.csv": diabetes, "gbsg2.csv": gbsg2}


def recorded_hashes() -> dict[str, str]:
    """File name to SHA-256, as in SHA256SUMS."""
    lines = (HERE / "SHA256SUMS").read_text().splitlines()
    return {name: digest for digest, name in (line.split() for line in lines)}


def check_hashes() -> list[str]:
    """The names of the tables whose bytes differ from SHA256SUMS; empty when all are right."""
    recorded = recorded_hashes()
    wrong = [name for name in TABLES if name not in recorded]
    for name, digest in recorded.items():
        if hashlib.sha256((HERE / name).read_bytes()).hexdigest() != digest:
            wrong.append(name)
    return wrong


def main() -> int:
    """Exit status 0 when every table is as its source has it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write the tables and SHA256SUMS anew")
    parser.add_argument("--hashes", action="store_true", help="only compare with SHA256SUMS")
    options = parser.parse_args()
    if options.write:
        sums = []
        for name, derive in TABLES.items():
            content = derive()
            (HERE / name).write_bytes(content)
            sums.append(f"{hashlib.sha256(content).hexdigest()}  {name}\n")
        (HERE / "SHA256SUMS").write_text("".join(sums))
    wrong = check_hashes()
    if not options.hashes:
        wrong += [name for name, derive in TABLES.items() if derive() != (HERE / name).read_bytes()]
    for name in TABLES:
        lines = (HERE / name).read_bytes().count(b"\n") - 1
        print(f"{name}: {lines} rows, {'DIFFERS' if name in wrong else 'as its source'}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
