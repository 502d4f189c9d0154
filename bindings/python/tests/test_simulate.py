"""Studies over secret shares from tables as they are: `veilkit.mpc.simulate`."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.stats
import statsmodels.api as sm

import veilkit as vk
from veilkit import mpc
from veilkit.mpc import study

RNG = np.random.default_rng(7)
OPEN = study.Policy(min_cohort=1, min_parties=1, min_cell=1, allow_extremes=True)


def frames(parties: int = 3, rows: int = 40) -> list[pd.DataFrame]:
    """Each party's patients, with words, whole numbers, decimals, truths and missing values."""
    tables = []
    for party in range(parties):
        age = RNG.integers(20, 90, rows + party)
        dose = np.round(0.1 * age + RNG.normal(0, 2, rows + party), 2)
        site = RNG.choice(["north", "south", "west"], rows + party)
        ill = (RNG.random(rows + party) < 0.2 + age / 200).astype(int)
        days = RNG.integers(1, 60, rows + party)
        table = pd.DataFrame({"age": age, "dose": dose, "site": site, "ill": ill, "days": days, "old": age > 55})
        table.loc[3, "site"] = None
        table["bmi"] = pd.array(RNG.integers(18, 40, rows + party), dtype="Int64")
        table.loc[5, "bmi"] = pd.NA
        tables.append(table)
    return tables


TABLES = frames()
POOLED = pd.concat(TABLES, ignore_index=True)


def test_every_question_from_tables() -> None:
    with mpc.simulate(TABLES, derive_ranges=True, policy=OPEN, malicious=False) as joint:
        age, dose = POOLED["age"].to_numpy(float), POOLED["dose"].to_numpy()
        quantiles = joint.quantile("dose", [0.25, 0.5])
        np.testing.assert_allclose(quantiles.value, np.quantile(dose, [0.25, 0.5]), atol=1e-9)
        assert quantiles.n == len(POOLED) and quantiles.standard_error is None and quantiles.interval is None
        np.testing.assert_allclose(joint.median("age").value, np.median(age))
        assert float(joint.minimum("dose")) == pytest.approx(dose.min())
        assert float(joint.maximum("dose")) == pytest.approx(dose.max())
        np.testing.assert_allclose(joint.top_k("age", 3).value, np.sort(age)[::-1][:3])
        np.testing.assert_allclose(joint.covariance(["age", "dose"]).value, np.cov(age, dose), rtol=1e-8)
        np.testing.assert_allclose(joint.correlation(["age", "dose"]).value, np.corrcoef(age, dose), atol=1e-8)
        sites = joint.levels("site")
        assert sites.value.levels == ["north", "south", "west"] and sites.n == POOLED["site"].notna().sum()
        np.testing.assert_array_equal(sites.value.counts, POOLED["site"].value_counts().sort_index())
        groups = joint.group_by("dose", "site")
        assert [group.level for group in groups.value] == ["north", "south", "west"]
        means = POOLED.groupby("site")["dose"].mean()
        np.testing.assert_allclose([group.mean.value for group in groups.value], means, rtol=1e-10)
        table = joint.contingency("old", "ill")
        counts = pd.crosstab(POOLED["old"], POOLED["ill"]).to_numpy()
        np.testing.assert_array_equal(table.value.counts, counts)
        test = joint.t_test("dose", "old")
        expected = scipy.stats.ttest_ind(dose[age <= 55], dose[age > 55], equal_var=False)
        np.testing.assert_allclose(test.value.welch.p_value, expected.pvalue, rtol=1e-6)
        bmi = joint.ask(study.Mean("bmi"), study.Count("bmi"), study.Count("site"))
        np.testing.assert_allclose(float(bmi[0]), POOLED["bmi"].dropna().to_numpy(float).mean())
        assert bmi[1].n == POOLED["bmi"].notna().sum() and bmi[2].n == POOLED["site"].notna().sum()
        # What is a sum is still one.
        assert joint.mean("age").value == pytest.approx(age.mean()) and joint.count("dose").value == len(dose)


def test_models_from_tables() -> None:
    with mpc.simulate(TABLES, derive_ranges=True, policy=OPEN, malicious=False) as joint:
        design = sm.add_constant(POOLED[["age"]].to_numpy(float))
        linear = joint.linear_regression("dose", ["age"])
        ols = sm.OLS(POOLED["dose"].to_numpy(), design).fit()
        np.testing.assert_allclose([c.value for c in linear.value.coefficients], ols.params, rtol=1e-7)
        logistic = joint.logistic_regression("ill", ["age"], iterations=8)
        logit = sm.Logit(POOLED["ill"].to_numpy(), design).fit(disp=0)
        np.testing.assert_allclose([c.value for c in logistic.value.coefficients], logit.params, rtol=1e-5)
        curves = joint.kaplan_meier("days", "ill", by="old", bins=int(POOLED["days"].max()))
        assert [curve.level for curve in curves.value.curves] == ["0", "1"]
        hazard = joint.cox("days", "ill", ["age"], bins=int(POOLED["days"].max()), iterations=8)
        phreg = sm.PHReg(POOLED["days"], POOLED[["age"]], status=POOLED["ill"], ties="breslow").fit()
        np.testing.assert_allclose(hazard.value.coefficients[0].value, phreg.params[0], rtol=1e-5)
        assert hazard.kind == "cox_regression" and hazard.columns == ("days", "ill", "age")
        components = joint.pca(["age", "dose"], 1)
        values = np.linalg.eigvalsh(np.cov(POOLED["age"], POOLED["dose"]))
        np.testing.assert_allclose(components.value.variances, values[::-1][:1], rtol=1e-7)


def test_plan_explanation_and_cost_are_at_hand() -> None:
    question = study.Mean("dose")
    with mpc.simulate(TABLES, derive_ranges=True) as joint:
        plan = joint.plan(question, study.Quantiles("age"))
        assert plan.functions == ["mean", "quantiles"] and plan.malicious and len(plan.parties) == 3
        assert plan.columns == ["dose", "age"]
        text = joint.explain(question)
        assert "- mean of" in text and "taken from the values" in text and "'dose'" in text
        near, far = joint.cost(question), joint.cost(question, network=study.WAN)
        assert near.rounds == far.rounds > 0 and far.seconds > near.seconds
        joint.declare(study.Numeric("dose", (-20, 40), resolution=0.01))
        assert "taken from the values" not in joint.explain(question)


def test_the_policy_of_a_real_study_holds() -> None:
    few = [table.head(2) for table in TABLES]
    with mpc.simulate(few, derive_ranges=True) as joint:
        refused = joint.median("age")
        assert refused.kind == "refused" and refused.value is None and refused.n is None
        with pytest.raises(vk.ParameterError, match="extremes"):
            joint.minimum("age")
    with mpc.simulate(TABLES, derive_ranges=True, policy=study.Policy(receivers=[3])) as joint:
        assert joint.ask(study.Mean("dose"))[0].kind == "figure"


def test_ranges_are_stated() -> None:
    columns = [
        study.Category("site", ["north", "south", "west"]),
        study.Time("days", 100),
        study.Event("ill"),
    ]
    with mpc.simulate(TABLES, columns=columns, policy=OPEN, malicious=False) as joint:
        joint.column("age", range=(0, 120), unit="years", resolution=1)
        np.testing.assert_allclose(joint.median("age").value, POOLED["age"].median())
        np.testing.assert_allclose(joint.median("dose").value, POOLED["dose"].median())
        assert joint.levels("site").value.levels == ["north", "south", "west"]
        assert joint.ask(study.KaplanMeier("days", "ill", bins=10))[0].n == len(POOLED)
        joint.column("old", range=(0, 1))
        assert [group.level for group in joint.group_by("dose", "old").value] == ["0", "1"]
        with pytest.raises(vk.ParameterError, match="beyond its range"):
            joint.submit(0, {"days": [101]})
        with pytest.raises(vk.ParameterError, match="not declared"):
            joint.submit(0, {"site": ["east"]})
        with pytest.raises(vk.ParameterError, match="beyond"):
            joint.declare(study.Integer("ill", (1, 2)))


def test_what_must_be_public_is_asked_for() -> None:
    with mpc.simulate(TABLES, policy=OPEN) as joint:
        for question, what in (
            (study.Histogram("site"), "levels must be public"),
            (study.KaplanMeier("days", "ill"), "longest time must be public"),
            (study.GroupBy("dose", "old"), "levels must be public"),
            (study.Mean("nothing"), "nobody submitted"),
        ):
            with pytest.raises(vk.ParameterError, match=what):
                joint.ask(question)
        joint.submit(0, "fine", [0.001])
        with pytest.raises(vk.ParameterError, match="state its range"):
            joint.ask(study.Mean("fine"))
        joint.column("days", range=(0, 0.5))
        with pytest.raises(vk.ParameterError, match="group by"):
            joint.ask(study.Histogram("days"))


def test_tables_that_do_not_fit() -> None:
    joint = mpc.simulate(3, derive_ranges=True, policy=OPEN)
    joint.submit(0, {"x": [1, 2, 3], "y": [1.5, 2.5, None]})
    joint.submit(1, "x", [4, 5])
    with pytest.raises(vk.ParameterError, match="party 1: different numbers of rows: 2 of 'x', 0 of 'y'"):
        joint.covariance(["x", "y"])
    with pytest.raises(vk.ParameterError, match="as a number and as groups"):
        joint.ask(study.Mean("x"), study.Histogram("x"))
    wrong: list[Any] = [{"x": [1], "y": [1, 2]}, {"x": [[1]]}]
    for table in wrong:
        with pytest.raises(vk.ParameterError):
            joint.submit(2, table)
    for table in ({"x": ["a", 1]}, {"x": [object()]}, {"x": pd.to_datetime(["2026-01-01"])}):
        with pytest.raises(TypeError):
            joint.submit(2, table)
    with pytest.raises(TypeError):
        joint.submit(2, "x")
    with pytest.raises(TypeError):
        joint.submit(2, {"x": [1]}, [1])
    joint.submit(2, {"word": ["a", "b"]})
    with pytest.raises(TypeError):
        joint.median("word")
    with pytest.raises(vk.ParameterError, match="2 to 256 levels"):
        joint.submit(0, "alone", ["a"])
        joint.levels("alone")
    with pytest.raises(vk.ParameterError, match="no sum"), mpc.simulate(3) as categories:
        categories.declare(study.Category("site", ["a", "b"]))
        categories.mean("site")
    with joint:
        pass
    with pytest.raises(vk.ProtocolError, match="closed"):
        joint.median("x")
    with pytest.raises(vk.ParameterError, match="3 to 50"):
        mpc.simulate([{"x": [1]}, {"x": [2]}], derive_ranges=True).median("x")
