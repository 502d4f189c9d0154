"""The two encrypted columns: figures from sums, the errors that are allowed, and what the parties refuse."""

import dataclasses
import pathlib
import sys
import unittest

import numpy as np
import veilkit as vk

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import columns


def sums_in_the_clear(rows: list[dict[str, str]]) -> list[float]:
    """The five sums by numpy."""
    x, y = (columns.scaled(np.array([float(row[c.field]) for row in rows]), c) for c in columns.COLUMNS)
    return [float(s) for s in (x.sum(), y.sum(), x @ x, y @ y, x @ y)]


class Figures(unittest.TestCase):
    """Five sums give the figures."""

    def setUp(self) -> None:
        self.rows = columns.patients()
        self.sums, self.clear = (
            sums_in_the_clear(self.rows),
            columns.clear_figures(self.rows),
        )

    def compare(self, sums: list[float], errors: list[float]) -> list[bool]:
        joint = columns.figures(sums, len(self.rows))
        return [c.holds for c in columns.compare(joint, self.clear, errors, len(self.rows))]

    def test_values_are_within_their_public_range(self) -> None:
        for column in columns.COLUMNS:
            values = np.array([float(row[column.field]) for row in self.rows])
            self.assertLessEqual(np.abs(columns.scaled(values, column)).max(), 1)

    def test_figures_are_those_of_numpy(self) -> None:
        self.assertEqual(self.compare(self.sums, [1e-9] * 5), [True] * 5)

    def test_errors_of_the_sums_stay_allowed_and_larger_ones_do_not(self) -> None:
        for i in range(5):
            for sign in (-1, 1):
                moved = list(self.sums)
                moved[i] += sign * 0.01
                self.assertEqual(self.compare(moved, [0.01] * 5), [True] * 5, (i, sign))
                self.assertIn(False, self.compare(moved, [0.0005] * 5), (i, sign))

    def test_other_parameters_are_others(self) -> None:
        other = vk.ckks.Params(**{**columns.SIZES, "moduli_bits": [60, 59, 59, 60, 60]})
        self.assertNotEqual(other, columns.params())

    def test_figures_are_frozen(self) -> None:
        with self.assertRaises(dataclasses.FrozenInstanceError):
            self.clear.correlation = 1.0  # type: ignore[misc]


if __name__ == "__main__":
    unittest.main()
