"""Studies over secret shares: what comes out is what scipy, statsmodels and lifelines give for the pooled rows."""

import pickle
import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.stats
import statsmodels.api as sm
from studies import KEYS, plan_of, results, split

import veilkit as vk
from veilkit.mpc import study

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import lifelines
    import lifelines.statistics

RNG = np.random.default_rng(2026)
ROWS = 400


def cohort(rows: int = ROWS) -> dict[str, np.ndarray]:
    """Made-up patients whose figures depend on each other."""
    age = RNG.integers(20, 90, rows).astype(float)
    bmi = np.round(RNG.normal(27, 4, rows).clip(15, 50), 1)
    smoker = (RNG.random(rows) < 0.3).astype(float)
    sbp = np.round(90 + 0.5 * age + 0.6 * bmi + 5 * smoker + RNG.normal(0, 10, rows), 1).clip(60, 290)
    risk = 1 / (1 + np.exp(-(-6 + 0.05 * age + 0.06 * bmi + 0.7 * smoker)))
    stroke = (RNG.random(rows) < risk).astype(float)
    hazard = 0.002 * np.exp(0.03 * (age - 50) + 0.5 * smoker)
    death = RNG.exponential(1 / hazard)
    end = RNG.uniform(50, 500, rows)
    return {
        "age": age,
        "bmi": bmi,
        "smoker": smoker,
        "sbp": sbp,
        "stroke": stroke,
        "time": (10 * np.ceil(np.minimum(death, end) / 10)).clip(10, 500),
        "dead": (death <= end).astype(float),
    }


TABLE = cohort()
COLUMNS: list[Any] = [
    study.Integer("age", (18, 110), unit="years"),
    study.Numeric("bmi", (10, 60), resolution=0.1),
    study.Category("smoker", ["no", "yes"]),
    study.Numeric("sbp", (50, 300), resolution=0.1, unit="mmHg"),
    study.Category("stroke", ["no", "yes"]),
    study.Time("time", 500, resolution=10, unit="days"),
    study.Event("dead"),
]


def ask(*functions: Any, table: dict[str, np.ndarray] = TABLE, **fields: Any) -> list[study.Outcome]:
    return results(plan_of(COLUMNS, functions, **fields), table)


def test_moments() -> None:
    count, total, mean, variance = ask(
        study.Count("sbp"), study.Sum("sbp"), study.Mean("sbp"), study.Variance("sbp")
    )
    sbp = TABLE["sbp"]
    assert count.n == mean.n == ROWS and float(count) == ROWS
    np.testing.assert_allclose(float(total), sbp.sum(), rtol=1e-12)
    np.testing.assert_allclose(float(mean), sbp.mean(), rtol=1e-12)
    np.testing.assert_allclose(mean.value.standard_error, scipy.stats.sem(sbp), rtol=1e-9)
    interval = scipy.stats.t.interval(0.95, ROWS - 1, sbp.mean(), scipy.stats.sem(sbp))
    np.testing.assert_allclose(mean.value.interval, interval, rtol=1e-9)
    np.testing.assert_allclose(float(variance), sbp.var(ddof=1), rtol=1e-9)


def test_covariance_and_correlation() -> None:
    names = ["age", "bmi", "sbp"]
    covariance, correlation = ask(study.Covariance(names), study.Correlation(names))
    pooled = np.array([TABLE[name] for name in names])
    np.testing.assert_allclose(covariance.value, np.cov(pooled), rtol=1e-8)
    np.testing.assert_allclose(correlation.value, np.corrcoef(pooled), atol=1e-8)


def test_histogram_and_quantiles() -> None:
    edges = [50, 100, 120, 130, 140, 160, 300]
    probabilities = [0.05, 0.25, 0.5, 0.75, 0.95]
    histogram, levels, quantiles = ask(
        study.Histogram("sbp", edges), study.Histogram("smoker"), study.Quantiles("sbp", probabilities)
    )
    np.testing.assert_array_equal(histogram.value.counts, np.histogram(TABLE["sbp"], edges)[0])
    np.testing.assert_array_equal(levels.value.counts, np.bincount(TABLE["smoker"].astype(int)))
    assert levels.value.levels == ["no", "yes"]
    np.testing.assert_allclose(quantiles.value, np.quantile(TABLE["sbp"], probabilities), atol=1e-9)


def test_extremes() -> None:
    low, high, top = ask(study.Minimum("sbp"), study.Maximum("sbp"), study.TopK("sbp", 4))
    assert float(low) == pytest.approx(TABLE["sbp"].min()) and float(high) == pytest.approx(TABLE["sbp"].max())
    np.testing.assert_allclose(top.value, np.sort(TABLE["sbp"])[::-1][:4], rtol=1e-12)


def test_groups_and_contingency() -> None:
    groups, table = ask(study.GroupBy("sbp", "smoker"), study.Contingency("smoker", "stroke"))
    for level, group in enumerate(groups.value):
        own = TABLE["sbp"][TABLE["smoker"] == level]
        assert group.n == len(own)
        np.testing.assert_allclose(group.mean.value, own.mean(), rtol=1e-12)
        np.testing.assert_allclose(group.mean.standard_error, scipy.stats.sem(own), rtol=1e-9)
    counts = pd.crosstab(TABLE["smoker"], TABLE["stroke"]).to_numpy()
    np.testing.assert_array_equal(table.value.counts, counts)
    plain = scipy.stats.chi2_contingency(counts, correction=False)
    corrected = scipy.stats.chi2_contingency(counts)
    np.testing.assert_allclose(table.value.test.statistic, plain.statistic, rtol=1e-9)
    np.testing.assert_allclose(table.value.test.p_value, plain.pvalue, rtol=1e-8)
    np.testing.assert_allclose(table.value.test.corrected, corrected.statistic, rtol=1e-9)
    np.testing.assert_allclose(table.value.test.corrected_p_value, corrected.pvalue, rtol=1e-8)
    odds = sm.stats.Table2x2(counts)
    np.testing.assert_allclose(table.value.odds_ratio.value, odds.oddsratio, rtol=1e-9)
    np.testing.assert_allclose(table.value.odds_ratio.interval, odds.oddsratio_confint(), rtol=1e-8)


def test_t_test() -> None:
    (test,) = ask(study.TTest("sbp", "smoker"))
    no, yes = (TABLE["sbp"][TABLE["smoker"] == level] for level in (0, 1))
    for found, equal in ((test.value.welch, False), (test.value.pooled, True)):
        expected = scipy.stats.ttest_ind(no, yes, equal_var=equal)
        np.testing.assert_allclose(found.statistic, expected.statistic, rtol=1e-7)
        np.testing.assert_allclose(found.p_value, expected.pvalue, rtol=1e-6)
        np.testing.assert_allclose(found.degrees, expected.df, rtol=1e-8)
        np.testing.assert_allclose(found.interval, expected.confidence_interval(), rtol=1e-6)


def test_linear_regression() -> None:
    (regression,) = ask(study.LinearRegression("sbp", ["age", "bmi", "smoker"]))
    design = sm.add_constant(np.column_stack([TABLE[name] for name in ("age", "bmi", "smoker")]))
    expected = sm.OLS(TABLE["sbp"], design).fit()
    found = regression.value
    np.testing.assert_allclose([c.value for c in found.coefficients], expected.params, rtol=1e-7)
    np.testing.assert_allclose([c.standard_error for c in found.coefficients], expected.bse, rtol=1e-7)
    np.testing.assert_allclose([c.statistic for c in found.coefficients], expected.tvalues, rtol=1e-7)
    np.testing.assert_allclose([c.p_value for c in found.coefficients], expected.pvalues, rtol=1e-5, atol=1e-300)
    np.testing.assert_allclose([c.interval for c in found.coefficients], expected.conf_int(), rtol=1e-6)
    np.testing.assert_allclose(found.r_squared, expected.rsquared, rtol=1e-7)
    np.testing.assert_allclose(found.adjusted_r_squared, expected.rsquared_adj, rtol=1e-7)
    np.testing.assert_allclose(found.f_statistic, expected.fvalue, rtol=1e-6)
    np.testing.assert_allclose(found.residual_variance, expected.scale, rtol=1e-7)
    assert list(regression.frame.index) == ["intercept", "age", "bmi", "smoker"]


def test_logistic_regression() -> None:
    (regression,) = ask(study.LogisticRegression("stroke", ["age", "bmi", "smoker"]))
    design = sm.add_constant(np.column_stack([TABLE[name] for name in ("age", "bmi", "smoker")]))
    expected = sm.Logit(TABLE["stroke"], design).fit(disp=0)
    found = regression.value
    np.testing.assert_allclose([c.value for c in found.coefficients], expected.params, rtol=1e-5)
    np.testing.assert_allclose([c.standard_error for c in found.coefficients], expected.bse, rtol=1e-5)
    np.testing.assert_allclose(found.log_likelihood, expected.llf, rtol=1e-7)


def test_survival() -> None:
    (survival,) = ask(study.KaplanMeier("time", "dead", by="smoker", bins=50))
    for level, curve in enumerate(survival.value.curves):
        own = TABLE["smoker"] == level
        expected = lifelines.KaplanMeierFitter().fit(TABLE["time"][own], TABLE["dead"][own])
        at = expected.survival_function_at_times(curve.times).to_numpy()
        np.testing.assert_allclose(curve.survival, at, rtol=1e-9)
        assert curve.median == expected.median_survival_time_
    test = lifelines.statistics.multivariate_logrank_test(TABLE["time"], TABLE["smoker"], TABLE["dead"])
    np.testing.assert_allclose(survival.value.log_rank.statistic, test.test_statistic, rtol=1e-6)
    np.testing.assert_allclose(survival.value.log_rank.p_value, test.p_value, rtol=1e-5)


def test_cox() -> None:
    (cox,) = ask(study.Cox("time", "dead", ["age", "smoker"], bins=50))
    design = np.column_stack([TABLE["age"], TABLE["smoker"]])
    expected = sm.PHReg(TABLE["time"], design, status=TABLE["dead"], ties="breslow").fit()
    found = cox.value.coefficients
    np.testing.assert_allclose([c.value for c in found], expected.params, rtol=1e-5)
    np.testing.assert_allclose([c.standard_error for c in found], expected.bse, rtol=1e-5)


def test_ties_of_efron() -> None:
    table = {name: values[:60] for name, values in TABLE.items()}
    ties = {"ties": "efron", "bins": 5, "iterations": 6}
    end = 100 * np.ceil(table["time"] / 100)
    most = int(np.bincount(end[table["dead"] == 1].astype(int)).max())
    cox, too_many = ask(
        study.Cox("time", "dead", ["age"], most_ties=most, **ties),  # type: ignore[arg-type]
        study.Cox("time", "dead", ["age"], most_ties=most - 1, **ties),  # type: ignore[arg-type]
        table=table,
        malicious=False,
    )
    frame = pd.DataFrame({"time": end, "dead": table["dead"], "age": table["age"]})
    expected = lifelines.CoxPHFitter().fit(frame, "time", "dead", fit_options={"precision": 1e-10})
    found = cox.value.coefficients
    np.testing.assert_allclose([c.value for c in found], expected.params_, rtol=1e-5)
    np.testing.assert_allclose([c.standard_error for c in found], expected.standard_errors_, rtol=1e-5)
    np.testing.assert_allclose([c.p_value for c in found], expected.summary["p"], rtol=1e-3)
    assert (too_many.kind, too_many.value) == ("undetermined", "too many ties") and "more of" in too_many.revealed
    for wrong in ({"ties": "exact"}, {"ties": "efron", "most_ties": 0}, {"ties": "efron", "most_ties": 2000}):
        with pytest.raises(vk.ParameterError, match="ties"):
            plan_of(COLUMNS, [study.Cox("time", "dead", ["age"], **wrong)])  # type: ignore[arg-type]


def test_principal_components() -> None:
    (pca,) = ask(study.Pca(["age", "bmi", "sbp"], 2))
    covariance = np.cov([TABLE[name] for name in ("age", "bmi", "sbp")])
    values, vectors = np.linalg.eigh(covariance)
    np.testing.assert_allclose(pca.value.variances, values[::-1][:2], rtol=1e-7)
    np.testing.assert_allclose(pca.value.explained, values[::-1][:2] / values.sum(), rtol=1e-7)
    for found, expected in zip(pca.value.components, vectors.T[::-1], strict=False):
        np.testing.assert_allclose(np.abs(found), np.abs(expected), atol=1e-6)


def test_missing_values_are_left_out() -> None:
    table = {name: values.copy() for name, values in TABLE.items()}
    table["sbp"][::7] = np.nan
    table["age"][::5] = np.nan
    mean, covariance = ask(study.Mean("sbp"), study.Covariance(["age", "sbp"]), table=table)
    assert mean.n == np.isfinite(table["sbp"]).sum()
    complete = np.isfinite(table["sbp"]) & np.isfinite(table["age"])
    assert covariance.n == complete.sum()
    np.testing.assert_allclose(
        covariance.value, np.cov(table["age"][complete], table["sbp"][complete]), rtol=1e-8
    )


@pytest.mark.parametrize("malicious", [False, True])
def test_five_parties(malicious: bool) -> None:
    mean, median = ask(study.Mean("age"), study.Quantiles("age"), parties=5, malicious=malicious)
    np.testing.assert_allclose(float(mean), TABLE["age"].mean(), rtol=1e-12)
    np.testing.assert_allclose(median.value, np.median(TABLE["age"]), atol=1e-9)


def test_the_policy_holds() -> None:
    small = {name: values[:30] for name, values in TABLE.items()}
    policy = study.Policy(min_cohort=50, min_cell=1)
    (refused,) = ask(study.Mean("sbp"), table=small, policy=policy)
    assert refused.kind == "refused" and refused.n is None and refused.value is None
    counts = np.array([3.0] * 40 + [4.0] * 2 + [5.0] * 20)
    plan = plan_of(
        [study.Category("ward", ["a", "b", "c", "d", "e", "f"])],
        [study.Histogram("ward")],
        policy=study.Policy(min_cohort=10, min_cell=5),
    )
    (histogram,) = results(plan, {"ward": counts})
    assert histogram.value.counts[4] is None, "two rows are too few to be shown"
    assert sum(count is None for count in histogram.value.counts) >= 2, "and the sum does not give them away"
    plan = plan_of(COLUMNS, [study.Mean("sbp")], policy=study.Policy(receivers=[2]))
    outputs = study.run_locally(plan, {n: KEYS[n] for n in (1, 2, 3)}, split(TABLE))
    assert outputs[1][0].kind == "withheld" and outputs[2][0].kind == "figure"
    with pytest.raises(vk.ParameterError):
        plan_of(COLUMNS, [study.Minimum("sbp")], policy=study.Policy(allow_extremes=False))


def test_categories_may_be_given_by_name() -> None:
    plan = plan_of([study.Category("sex", ["female", "male"])], [study.Histogram("sex")])
    tables: dict[int, dict[str, Any]] = {
        1: {"sex": ["female", "male", None]},
        2: {"sex": np.array(["male", "male"])},
        3: {"sex": pd.Series(["female", "male"])},
    }
    outputs = study.run_locally(plan, {n: KEYS[n] for n in (1, 2, 3)}, tables)
    np.testing.assert_array_equal(outputs[3][0].value.counts, [2, 4])
    with pytest.raises(vk.ParameterError, match="level"):
        study.Session(plan, 1, KEYS[1], {"sex": ["unknown"]})


def test_bad_rows_and_plans_are_refused() -> None:
    plan = plan_of(COLUMNS, [study.Mean("sbp")])
    good = split(TABLE)[1]
    for change in (
        {"sbp": good["sbp"] * 10},
        {"age": good["age"] + 0.5},
        {"stroke": good["stroke"] + 2},
        {"sbp": good["sbp"][:-1]},
        {"unheard": good["sbp"]},
        {"sbp": good["sbp"].reshape(1, -1)},
        {"sbp": np.full(len(good["sbp"]), np.inf)},
    ):
        with pytest.raises(vk.ParameterError):
            study.Session(plan, 1, KEYS[1], good | change)
    with pytest.raises(vk.ParameterError, match="no values for column 'sbp'"):
        study.Session(plan, 1, KEYS[1], {name: good[name] for name in good if name != "sbp"})
    with pytest.raises(vk.VeilkitError):
        study.Session(plan, 1, KEYS[2], good)
    with pytest.raises(vk.ProtocolError):
        study.Session(plan, 9, KEYS[1], good)
    for functions in ([study.Mean("nothing")], [], [study.Quantiles("sbp", [2])], [study.TTest("sbp", "age")]):
        with pytest.raises(vk.ParameterError):
            plan_of(COLUMNS, functions)
    with pytest.raises(vk.ParameterError):
        plan_of(COLUMNS, [study.Mean("sbp")], parties=2)
    with pytest.raises(TypeError):
        study.Session(plan, 1, KEYS[1], good | {"sbp": ["high"] * len(good["sbp"])})


def test_a_message_that_was_changed_ends_the_study() -> None:
    plan = plan_of(COLUMNS, [study.Mean("sbp")])
    tables = split(TABLE)
    sessions = {number: study.Session(plan, number, KEYS[number], tables[number]) for number in (1, 2, 3)}
    sent = [(number, out) for number, session in sessions.items() for out in session.first.outgoing]
    first = [(sender, out.data) for sender, out in sent if sender != 1 and out.to in (0, 1)]
    damaged = bytearray(first[0][1])
    damaged[-1] ^= 1
    with pytest.raises(vk.VeilkitError):
        sessions[1].step([(first[0][0], bytes(damaged))])
    with pytest.raises(vk.ProtocolError, match="over"):
        sessions[1].step(first)
    with pytest.raises(vk.ProtocolError) as silence:
        sessions[2].expire()
    assert silence.value.culprits == (1, 3)


def test_a_study_goes_on_from_its_journal() -> None:
    plan = plan_of(COLUMNS, [study.Mean("sbp"), study.Quantiles("age")])
    tables = split(TABLE)
    expected = results(plan, TABLE)
    plan = study.Plan.from_bytes(plan.to_bytes())
    sessions = {number: study.Session(plan, number, KEYS[number], tables[number]) for number in (1, 2, 3)}
    journal = bytearray(sessions[3].first.journal)
    waiting = [(sender, out) for sender, session in sessions.items() for out in session.first.outgoing]
    outputs: dict[int, list[study.Outcome]] = {}
    crashes = {4, 9, 15}
    for turn in range(10_000):
        if not waiting:
            break
        arrived: dict[int, list[tuple[int, bytes]]] = {number: [] for number in sessions}
        for sender, out in waiting:
            for number in sessions.keys() - {sender} if out.to == 0 else [out.to]:
                arrived[number].append((sender, out.data))
        waiting = []
        for number, session in list(sessions.items()):
            if number == 3 and turn in crashes:
                session, used = study.Session.resume(plan, 3, KEYS[3], tables[3], bytes(journal))
                assert used == len(journal)
                sessions[3] = session
                waiting += [(3, out) for out in session.first.outgoing]
                if session.first.output is not None:
                    outputs[3] = session.first.output
            step = session.step(arrived[number])
            if number == 3:
                journal += step.journal
            waiting += [(number, out) for out in step.outgoing]
            if step.output is not None:
                outputs[number] = step.output
    assert outputs.keys() == {1, 2, 3}
    for output in outputs.values():
        assert [repr(outcome.value) for outcome in output] == [repr(outcome.value) for outcome in expected]
    with pytest.raises(vk.VeilkitError):
        study.Session.resume(plan, 2, KEYS[2], tables[2], bytes(journal))


def test_plans_say_what_they_are() -> None:
    plan = plan_of(COLUMNS, [study.Mean("sbp"), study.Quantiles("age")])
    text = plan.explain()
    assert "mean" in text and "quantiles" in text and "a test" in text
    copy = study.Plan.from_bytes(plan.to_bytes())
    assert copy == plan and copy.hash == plan.hash and pickle.loads(pickle.dumps(plan)) == plan
    assert copy.columns == [column.name for column in COLUMNS] and copy.malicious
    with pytest.raises(vk.EncodingError):
        study.Plan.from_bytes(plan.to_bytes()[:-1])
    assert "sbp" in repr(plan)


def test_the_cost_is_what_happens() -> None:
    plan = plan_of(COLUMNS, [study.Mean("sbp"), study.Quantiles("age")])
    sent = {number: 0 for number in (1, 2, 3)}

    def count(sender: int, to: int, data: bytes) -> None:
        sent[sender] += len(data) * (2 if to == 0 else 1)

    study.run_locally(plan, {n: KEYS[n] for n in sent}, split(TABLE), watch=count)
    cost, far = plan.cost(study.LAN), plan.cost(study.WAN)
    assert cost.total_bytes == pytest.approx(sum(sent.values()), rel=0.1)
    assert cost.bytes == pytest.approx(max(sent.values()), rel=0.1)
    assert cost.rounds > 10 and far.rounds == cost.rounds and far.seconds > cost.seconds


def test_a_ledger_refuses_differences() -> None:
    ledger = study.Ledger()
    plan = plan_of(COLUMNS, [study.Mean("sbp")], policy=study.Policy(min_cohort=10))
    rows = split(TABLE)[1]
    ledger.admit(plan, rows)
    ledger.admit(plan, rows)
    kept = study.Ledger.from_bytes(ledger.to_bytes())
    assert len(kept) == len(ledger) > 0
    fewer = {name: values[:-1] for name, values in rows.items()}
    again = plan_of(COLUMNS, [study.Mean("sbp")], policy=study.Policy(min_cohort=10))
    with pytest.raises(vk.ParameterError):
        kept.admit(again, fewer)
    with pytest.raises(TypeError):
        pickle.dumps(ledger)
    with pytest.raises(vk.EncodingError):
        study.Ledger.from_bytes(b"nothing")
