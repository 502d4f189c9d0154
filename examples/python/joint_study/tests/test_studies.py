"""The joint studies: textbook figures, tolerances, what a hospital refuses, verdicts on lies."""

import dataclasses
import pathlib
import sys
import unittest
from typing import Any

import numpy as np
import veilkit as vk
from veilkit.mpc import study as vs

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import asked
import beside
import clear
import distributions
import study
import study_party
import svg
import textbook
import wrong_messages

KEYS = {party: vk.mpc.IdentityKey.generate() for party in (1, 2, 3)}
IDENTITIES = {party: key.identity for party, key in KEYS.items()}
POOLED = clear.pool(study.split())


def jointly(question: asked.Asked) -> list[dict[str, Any]]:
    """The answers of a study in one process, as a hospital reports them."""
    tables = {party: question.table(rows) for party, rows in enumerate(study.split(), 1)}
    outcomes = vs.run_locally(question.plan(IDENTITIES), KEYS, tables)[1]
    return [{"kind": o.kind, "n": o.n, "value": study_party.plain(o.value)} for o in outcomes]


def altered(value: Any, by: float) -> Any:
    """The same answer with every number off by a part of it."""
    if isinstance(value, dict):
        return {name: altered(each, by) for name, each in value.items()}
    if isinstance(value, list):
        return [altered(each, by) for each in value]
    return value * (1 + by) if isinstance(value, (int, float)) else value


class Textbook(unittest.TestCase):
    """The figures in the clear are those of statsmodels, lifelines and scipy, from which the numbers here come."""

    def close(self, found: Any, expected: Any) -> None:
        np.testing.assert_allclose(found, expected, rtol=1e-8)

    def test_linear(self) -> None:
        table = asked.TUMOUR_STUDY.table(POOLED)
        area = np.array([float(row["mean_area"]) for row in POOLED[study.BREAST_CANCER]])
        fitted = textbook.linear(np.column_stack([table["texture"], table["smoothness"]]), area)
        self.close(fitted.estimates.values, [-303.8845722506, 26.62482188207, 4620.059372761])
        self.close(fitted.estimates.errors, [114.5719414302, 3.195487538661, 977.2312983766])
        self.close(fitted.f_statistic, 44.9900590564167)
        self.close(fitted.f_p_value, 7.361876443475999e-19)

    def test_logistic(self) -> None:
        table = asked.TUMOUR_STUDY.table(POOLED)
        predictors = np.column_stack([table["texture"], table["smoothness"]])
        fitted, likelihood = textbook.logistic(predictors, table["malignant"])
        self.close(fitted.values, [-13.7953830274, 0.286046044922, 78.19910806735])
        self.close(fitted.errors, [1.237443888605, 0.02976125608687, 9.0541169774])
        self.close(likelihood, -273.2023333580614)

    def test_survival(self) -> None:
        table = asked.SURVIVAL_STUDY.table(POOLED)
        ends = np.linspace(0, asked.LONGEST, asked.CURVE_BINS + 1)[1:]
        times, own = textbook.rounded_up(table["time"], ends), table["hormones"] == 1
        curve = textbook.kaplan_meier(times[own], table["recurrence"][own], ends)
        self.close([curve.survival[5], curve.errors[5], curve.median], [0.7131625424411121, 0.029957169455073738, 2520])
        self.close(textbook.log_rank(times, table["recurrence"], ~own), 8.410595735154066)
        times = textbook.rounded_up(table["time"], np.linspace(0, asked.LONGEST, asked.COX_BINS + 1)[1:])
        predictors = np.column_stack([table["hormones"], table["grade"]])
        cox = textbook.cox(times, table["recurrence"], predictors)
        self.close(cox.values, [-0.2889948234967, 0.3906931485242])
        self.close(cox.errors, [0.1252944127538, 0.1001705137898])

    def test_a_time_on_an_edge_belongs_to_the_interval_that_ends_there(self) -> None:
        ends = np.array([10.0, 20.0])
        self.assertEqual(textbook.rounded_up(np.array([0, 10, 10.5, 20, 21]), ends).tolist(), [10, 10, 20, 20, np.inf])

    def test_tails(self) -> None:
        self.close(distributions.t_two_sided(0.3, 5), 0.7762490422632745)
        self.close(distributions.t_two_sided(2.5, 5), 0.05449009934237626)
        self.close(distributions.t_two_sided(1.2, 600.5), 0.2306125477317)
        self.close(distributions.f_tail(3.2, 4, 50), 0.02043013800730379)
        self.close(distributions.chi_square_tail(7.3, 4), 0.12085874882121235)
        self.close(distributions.normal_two_sided(1.959963984540054), 0.05)
        self.close(distributions.quantile(distributions.normal_two_sided), 1.959963984540054)
        self.assertEqual((distributions.beta_ratio(2, 3, 0), distributions.beta_ratio(2, 3, 1)), (0, 1))
        with self.assertRaises(ValueError):
            distributions.chi_square_tail(1, 3)


class Compared(unittest.TestCase):
    """Joint figures agree with the clear, and others do not."""

    def setUp(self) -> None:
        kinds = ("Count", "Sum", "Mean", "Variance", "Histogram", "GroupBy", "Contingency", "TTest", "LinearRegression")
        functions = tuple(f for f in asked.NHEFS_STUDY.functions if type(f).__name__ in kinds)
        self.question = dataclasses.replace(asked.NHEFS_STUDY, functions=functions)
        self.table = self.question.table(POOLED)
        self.answers = jointly(self.question)

    def test_figures_agree_and_altered_ones_do_not(self) -> None:
        found = beside.compare(self.question, self.table, self.answers)
        self.assertEqual([c for c in found if not c.holds], [])
        self.assertGreater(len(found), 80)
        wrong = [{**answer, "value": altered(answer["value"], 1e-6)} for answer in self.answers]
        for c in beside.compare(self.question, self.table, wrong):
            # Figures that are zero stay what they are; a p-value moves by less than a far statistic may move it.
            if c.clear and not c.figure.endswith("p"):
                self.assertFalse(c.holds, (c.subject, c.figure))
        for c in found:
            self.assertFalse(dataclasses.replace(c, joint=float("nan")).holds)

    def test_an_answer_without_figures_does_not_agree(self) -> None:
        answers = [{**self.answers[0], "kind": "refused", "value": None}, *self.answers[1:]]
        self.assertFalse(beside.compare(self.question, self.table, answers)[0].holds)

    def test_every_statistic_is_asked_for(self) -> None:
        kinds = {type(function).__name__ for question in asked.STUDIES.values() for function in question.functions}
        self.assertEqual(kinds, FUNCTIONS)

    def test_no_range_is_left(self) -> None:
        for question in asked.STUDIES.values():
            plan = question.plan(IDENTITIES)
            for rows in study.split():
                vs.Session(plan, 1, KEYS[1], question.table(rows))


FUNCTIONS = {
    "Count", "Sum", "Mean", "Variance", "Covariance", "Correlation", "Histogram", "Quantiles", "Minimum", "Maximum",
    "TopK", "GroupBy", "Contingency", "TTest", "LinearRegression", "LogisticRegression", "KaplanMeier", "Cox", "Pca",
}  # fmt: skip


class Plans(unittest.TestCase):
    """A hospital takes part in what was agreed, and in nothing else."""

    def test_another_plan_is_refused(self) -> None:
        plan = asked.SMALL_STUDY.plan(IDENTITIES)
        order = {"question": "small", "plan": plan.to_bytes().hex()}
        self.assertEqual(study_party.checked_plan(order, 1, IDENTITIES[1]), plan)
        loose = dataclasses.replace(asked.SMALL_STUDY, policy=vs.Policy(min_cohort=2, min_cell=1, allow_extremes=True))
        for bad in (
            order | {"question": study.GBSG2},
            order | {"plan": loose.plan(IDENTITIES).to_bytes().hex()},
        ):
            with self.assertRaises(SystemExit):
                study_party.checked_plan(bad, 1, IDENTITIES[1])
        with self.assertRaises(SystemExit):
            study_party.checked_plan(order, 1, IDENTITIES[2])


def refused(name: str, *culprits: int) -> dict[str, Any]:
    """What a hospital reports that has ended with an error."""
    error = {"error": "", "name": name, "code": 0, "what": "", "culprits": list(culprits)}
    return {"kind": "refused", "run": 1, "refusal": error}


class Lies(unittest.TestCase):
    """When a lie counts as answered."""

    def verdict(self, first: dict[str, Any], second: dict[str, Any], lie: str = "wrong") -> bool:
        return wrong_messages.Case("open", lie, {1: first, 2: second}).holds

    def test_verdicts(self) -> None:
        found, waited = refused("VerificationFailed"), refused("MissingMessage", 1, 3)
        self.assertTrue(self.verdict(found, found))
        self.assertTrue(self.verdict(found, waited))
        self.assertTrue(self.verdict(refused("VerificationFailed", 3), waited))
        self.assertTrue(self.verdict(refused("VerificationFailed", 3), waited, "short"))
        self.assertFalse(self.verdict(found, waited, "short"), "a proof, and nobody is named")
        self.assertFalse(self.verdict(waited, waited), "nobody noticed anything")
        self.assertFalse(self.verdict(found, {"kind": "result", "run": 1}), "a figure")
        self.assertFalse(self.verdict(refused("VerificationFailed", 2), found), "the wrong one is accused")

    def test_every_kind_and_lie_is_a_case(self) -> None:
        self.assertEqual(len(wrong_messages.CASES), 7 * 4 + 5)


class Charts(unittest.TestCase):
    """The survival curves."""

    def test_steps(self) -> None:
        curve = svg.Curve("a", [10.0, 20.0], [0.5, 0.25], [(0.4, 0.6), (0.1, 0.4)], "joint")
        chart = svg.survival([curve], [[0.5, 0.25]], 20.0)
        self.assertEqual(chart.count("<circle"), 2)
        self.assertIn("a: 25.0% after 20 days", chart)


if __name__ == "__main__":
    unittest.main()
