"""The study's arithmetic against numpy on all rows, and the tolerances against real and false differences."""

import dataclasses
import itertools
import pathlib
import sys
import unittest

import numpy as np
import veilkit as vk

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import checks
import clear
import hospital
import risk
import statistics_of_bytes
import study


def jointly(question: str, hospitals: list[study.Rows]) -> tuple[vk.mpc.SumPlan, vk.mpc.SumOutput]:
    """A secure sum of these hospitals in one process."""
    keys = {party: vk.mpc.IdentityKey.generate() for party in range(1, len(hospitals) + 1)}
    plan = study.plan(question, {party: key.identity for party, key in keys.items()}, len(hospitals))
    inputs = {party: study.vector(question, rows) for party, rows in enumerate(hospitals, 1)}
    return plan, vk.mpc.run_locally(plan, keys, inputs)[1]


def compared(hospitals: list[study.Rows], truth: list[study.Rows]) -> list[checks.Comparison]:
    """Both questions asked of some hospitals, and compared with the rows of others."""
    rows = clear.pool(truth)
    plan, output = jointly("survey", hospitals)
    joint = study.survey_figures(output)
    found = checks.compare_survey(joint, clear.survey_figures(rows), len(hospitals), plan.fraction_bits)
    plan, output = jointly("regression", hospitals)
    joint = study.regression(output.values)
    return found + checks.compare_regression(joint, clear.regression(rows), rows, len(hospitals), plan.fraction_bits)


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
        for size in (2, 3):
            for group in itertools.combinations(self.hospitals, size):
                found = compared(list(group), list(group))
                self.assertEqual([c for c in found if not c.holds], [])
                self.assertEqual(len(found), 128)

    def test_one_patient_twice_is_noticed_in_every_figure_that_depends_on_it(self) -> None:
        for name in study.PATIENT_NUMBER:
            altered = [dict(rows) for rows in self.hospitals]
            altered[1][name] = [*altered[1][name], altered[1][name][0]]
            wrong = {(c.subject, c.figure) for c in compared(altered, self.hospitals) if not c.holds}
            for column in study.COLUMNS:
                if column.table == name and column.read(altered[1][name][0]) is not None:
                    for figure in ("count", "mean", "variance", "standard error"):
                        self.assertIn((column.key, figure), wrong)
            self.assertEqual(("regression", "R squared") in wrong, name == study.DIABETES)

    def test_a_figure_beyond_what_is_allowed_or_nan_fails(self) -> None:
        for c in compared(self.hospitals, self.hospitals):
            for joint in (c.clear + 2 * c.tolerance + 1e-9, c.clear - 2 * c.tolerance - 1e-9, float("nan")):
                self.assertFalse(dataclasses.replace(c, joint=joint).holds, c.figure)

    def test_known_figures(self) -> None:
        truth = clear.survey_figures(clear.pool(self.hospitals))
        self.assertEqual(truth["sbp"].count, 1552)
        self.assertAlmostEqual(truth["sbp"].mean, 128.70940721649484, places=12)
        self.assertEqual(truth["diabetes"].histogram, [824.0, 14.0])
        self.assertTrue(all(sum(column.histogram) == column.count for column in truth.values()))

    def test_no_cell_of_any_two_hospitals_shows_fewer_than_five(self) -> None:
        for group in itertools.combinations(self.hospitals, 2):
            for figures in clear.survey_figures(clear.pool(list(group))).values():
                self.assertGreaterEqual(min(figures.histogram), 5)

    def test_a_hospital_refuses_another_plan(self) -> None:
        keys = {party: vk.mpc.IdentityKey.generate() for party in (1, 2, 3)}
        parties = {party: key.identity for party, key in keys.items()}
        plan = study.plan("survey", parties, 2)
        hospital.check_plan(plan, "survey", 1, parties[1], 2)
        for bad in (
            (study.plan("survey", parties, 2), "survey", 1, parties[1], 3),
            (study.plan("survey", parties, 2), "survey", 1, parties[2], 2),
            (study.plan("survey", parties, 2), "survey", 4, parties[1], 2),
            (study.plan("regression", parties, 2), "survey", 1, parties[1], 2),
            (study.SURVEY.plan(parties, max_rows=10, threshold=2, min_survivors=2), "survey", 1, parties[1], 2),
        ):
            with self.assertRaises(SystemExit):
                hospital.check_plan(*bad)


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
        plain = b"".join(study.vector("survey", rows).tobytes() for rows in study.split())
        self.assertLess(statistics_of_bytes.chi_square(plain)["p"], 1e-12)


if __name__ == "__main__":
    unittest.main()
