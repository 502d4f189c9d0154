#!/usr/bin/env python3
"""Writes what the C runner of the vectors reads: flatten.py VECTORS > vectors.txt

One line for each test: the algorithm, file and number, the code of the expected error or 0, then name=value with bytes in hex. Lists are
joined by commas. Tests of procedures that C does not have are left out, and counted.
"""

import json
import sys
from pathlib import Path

# The decoders and procedures of the C runner, by their algorithm.
KNOWN = set(Path(__file__).with_name("vectors.c").read_text().split('"')[1::2])


def flat(value: object) -> str | None:
    """One value as text; None for what is no text, number or list of these."""
    if isinstance(value, bool) or value is None or isinstance(value, dict):
        return None
    if isinstance(value, list):
        parts = [flat(part) for part in value]
        return None if None in parts else ",".join(parts)
    return str(value).replace(" ", "_")


def main() -> None:
    """Writes the lines."""
    root, left = Path(sys.argv[1]), {}
    for path in sorted(root.glob("*/**/*.json")):
        if path.is_relative_to(root / "schema"):
            continue
        content = json.loads(path.read_text())
        for test in content["tests"]:
            algorithm = content["algorithm"]
            if algorithm not in KNOWN:
                left[algorithm] = left.get(algorithm, 0) + 1
                continue
            code = test["error"]["code"] if test["result"] == "invalid" else 0
            fields = {**test["inputs"], **{"expected_" + k: v for k, v in (test["expected"] or {}).items()}}
            pairs = [f"{name}={text}" for name, value in fields.items() if (text := flat(value)) is not None]
            print(algorithm, f"{path.stem}-{test['id']}", code, *pairs)
    print(f"{sum(left.values())} tests of {len(left)} procedures are not for C", file=sys.stderr)


if __name__ == "__main__":
    main()
