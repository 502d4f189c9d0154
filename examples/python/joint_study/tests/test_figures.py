"""The study's arithmetic against numpy on all rows, and the tolerances against real and false differences."""

import itertools
import pathlib
import sys
import unittest

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import checks
import clear
import risk
import statistics_of_bytes
import study


def rounded(rows: study.Rows) -> np.ndarray:
    """A hospital's vector as the secure sum rounds it."""
    return np.round(study.local_vector(rows) * 2.0**study.FRACTION_BITS) / 2.0**study.FRACTION_BITS


class Figures(unittest.TestCase):
    """Sums give the same figures as rows."""

    def setUp(self) -> None:
        self.hospitals = study.split()

    def test_the_split_is_disjoint_and_complete(self) -> None:
        for name, key in study.PATIENT_NUMBER.items():
            parts = [{row[key] for row in rows[name]} for rows in self.hospitals]
            everybody = {row[key] for row in study.load_table(name)}
            self.assertEqual(sum(map(len, parts)), len(everybody))
            self.assertEqual(set.union(*parts), everybody)
            self.assertTrue(all(parts))

    def test_every_group_of_hospitals_agrees_with_the_clear(self) -> None:
        for size in (1, 2, 3):
            for group in itertools.combinations(self.hospitals, size):
                rows = clear.pool(list(group))
                joint = study.figures(sum(rounded(own) for own in group))
                found = checks.compare(joint, clear.figures(rows), rows, len(group))
                self.assertEqual([c for c in found if not c.holds], [])
                self.assertGreater(len(found), 100)

    def test_one_patient_more_is_noticed_at_every_place(self) -> None:
        rows = clear.pool(self.hospitals)
        total = sum(rounded(own) for own in self.hospitals)
        truth = clear.figures(rows)
        for place in range(study.VECTOR_LENGTH):
            altered = total.copy()
            altered[place] += 1
            found = checks.compare(study.figures(altered), truth, rows, 3)
            self.assertTrue(any(not c.holds for c in found), f"entry {place}")

    def test_what_is_no_sum_gives_nan_and_fails(self) -> None:
        rows = clear.pool(self.hospitals)
        for vector in (
            np.zeros(study.VECTOR_LENGTH),
            np.full(study.VECTOR_LENGTH, np.nan),
            -np.ones(study.VECTOR_LENGTH),
        ):
            found = checks.compare(study.figures(vector), clear.figures(rows), rows, 3)
            self.assertTrue(any(not c.holds for c in found))

    def test_known_figures(self) -> None:
        truth = clear.figures(clear.pool(self.hospitals)).columns
        self.assertEqual(truth["sbp"].count, 1552)
        self.assertAlmostEqual(truth["sbp"].mean, 128.70940721649484, places=12)
        self.assertEqual(truth["diabetes"].histogram, [824.0, 14.0])

    def test_no_cell_of_any_two_hospitals_shows_fewer_than_four(self) -> None:
        for group in itertools.combinations(self.hospitals, 2):
            for figures in clear.figures(clear.pool(list(group))).columns.values():
                self.assertGreaterEqual(min(figures.histogram), 4)

    def test_sums_stay_within_the_plan(self) -> None:
        for rows in self.hospitals:
            self.assertLess(np.abs(study.local_vector(rows)).max(), 2.0**study.BOUND_BITS)


class Risk(unittest.TestCase):
    """The doctor's model."""

    def test_the_fit_is_a_maximum_and_separates_most(self) -> None:
        _, matrix, malignant, _ = risk.load()
        intercept, weights = risk.fit(matrix, malignant)
        probability = risk.sigmoid(matrix @ weights + intercept)
        self.assertGreater(((probability > 0.5) == malignant).mean(), 0.97)
        self.assertAlmostEqual(float((malignant - probability).sum()), 0, places=8)

    def test_sigmoid_at_the_ends(self) -> None:
        self.assertEqual(risk.sigmoid(np.array([-1e9, 0, 1e9])).tolist(), [0.0, 0.5, 1.0])


class Bytes(unittest.TestCase):
    """The uniformity test tells random bytes from sums."""

    def test_random_and_plain(self) -> None:
        uniform = np.random.default_rng(1).bytes(5_000)
        self.assertGreater(statistics_of_bytes.chi_square(uniform)["p"], 1e-4)
        plain = b"".join(rounded(rows).tobytes() for rows in study.split())
        self.assertLess(statistics_of_bytes.chi_square(plain)["p"], 1e-12)


if __name__ == "__main__":
    unittest.main()
