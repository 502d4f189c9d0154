#!/usr/bin/env python3
"""The main job, as `make demo` runs it: see `joint_study/run.py`. `scripts/demo` sets up what it needs."""

import pathlib
import runpy
import sys

if __name__ == "__main__":
    folder = pathlib.Path(__file__).resolve().with_suffix("")
    sys.path.insert(0, str(folder))
    runpy.run_path(str(folder / "run.py"), run_name="__main__")
