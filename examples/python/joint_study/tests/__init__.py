"""Tests of the example itself: `python -m unittest discover -s examples/python/joint_study/tests`."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
