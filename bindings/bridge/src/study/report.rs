//! Results as plain values, which every language has.
use veilkit::mpc::study::{
    ChiSquare, Coefficient, Contingency, CoxRegression, Figure, Group, Histogram, KaplanMeier,
    LinearRegression, LogRank, LogisticRegression, Matrix, Outcome, Plan, PrincipalComponents, Report,
    SurvivalCurve, TStatistic, TTest, Undetermined, Value,
};

/// A value without behaviour.
#[derive(Clone, Debug, PartialEq)]
pub enum Plain {
    /// Not there: suppressed, refused or undefined.
    Nothing,
    /// A count.
    Count(u64),
    /// A real number; NaN where the rows do not determine it.
    Real(f64),
    /// A text.
    Text(String),
    /// Several values.
    List(Vec<Self>),
    /// Named values.
    Record(Vec<(&'static str, Self)>),
}

impl From<u64> for Plain {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

impl From<usize> for Plain {
    fn from(count: usize) -> Self {
        Self::Count(count as u64)
    }
}

impl From<f64> for Plain {
    fn from(real: f64) -> Self {
        Self::Real(real)
    }
}

impl From<String> for Plain {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Plain {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl<T: Into<Self>> From<Option<T>> for Plain {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Nothing, Into::into)
    }
}

impl<T: Into<Self>> From<Vec<T>> for Plain {
    fn from(values: Vec<T>) -> Self {
        Self::List(values.into_iter().map(Into::into).collect())
    }
}

impl<A: Into<Self>, B: Into<Self>> From<(A, B)> for Plain {
    fn from((a, b): (A, B)) -> Self {
        Self::List(vec![a.into(), b.into()])
    }
}

/// The results of a study, in the order of its functions. Each is a record of `function`, `n`, `revealed`, `kind` and `value`.
pub fn results(plan: &Plan, report: &Report) -> Vec<Plain> {
    report.results.iter().map(|outcome| outcome_of(plan, outcome)).collect()
}

fn outcome_of(plan: &Plan, outcome: &Outcome) -> Plain {
    let (kind, value) = value_of(outcome.value.clone());
    let names = outcome.function.columns().iter().map(|at| plan.columns()[*at].name().to_owned()).collect();
    Plain::Record(vec![
        ("function", outcome.function.name().into()),
        ("columns", Vec::<String>::into(names)),
        ("n", outcome.n.into()),
        ("kind", kind.into()),
        ("value", value),
        ("revealed", outcome.revealed.as_str().into()),
    ])
}

fn value_of(value: Value) -> (&'static str, Plain) {
    match value {
        Value::Refused => ("refused", Plain::Nothing),
        Value::Withheld => ("withheld", Plain::Nothing),
        Value::Figure(figure) => ("figure", figure.into()),
        Value::Histogram(histogram) => ("histogram", histogram.into()),
        Value::Quantiles(quantiles) => ("quantiles", quantiles.into()),
        Value::Values(values) => ("values", values.into()),
        Value::Matrix(matrix) => ("matrix", matrix.into()),
        Value::Groups(groups) => ("groups", groups.into()),
        Value::Contingency(table) => ("contingency", table.into()),
        Value::TTest(test) => ("t_test", test.into()),
        Value::LinearRegression(model) => ("linear_regression", model.into()),
        Value::LogisticRegression(model) => ("logistic_regression", model.into()),
        Value::KaplanMeier(curves) => ("kaplan_meier", curves.into()),
        Value::CoxRegression(model) => ("cox_regression", model.into()),
        Value::PrincipalComponents(components) => ("principal_components", components.into()),
        Value::Undetermined(why) => ("undetermined", reason(why).into()),
        other => unreachable!("a result that this version does not know: {other:?}"),
    }
}

fn reason(why: Undetermined) -> &'static str {
    match why {
        Undetermined::Singular => "singular",
        Undetermined::NoEvents => "no events",
        Undetermined::Separation => "separation",
        Undetermined::NotConverged => "not converged",
        Undetermined::TooManyTies => "too many ties",
        other => unreachable!("a reason that this version does not know: {other:?}"),
    }
}

impl From<Figure> for Plain {
    fn from(figure: Figure) -> Self {
        Self::Record(vec![
            ("value", figure.value.into()),
            ("standard_error", figure.standard_error.into()),
            ("interval", figure.interval.into()),
        ])
    }
}

impl From<Histogram> for Plain {
    fn from(histogram: Histogram) -> Self {
        Self::Record(vec![
            ("levels", histogram.levels.into()),
            ("edges", histogram.edges.into()),
            ("counts", histogram.counts.into()),
            ("outside", histogram.outside.into()),
        ])
    }
}

impl From<Matrix> for Plain {
    fn from(matrix: Matrix) -> Self {
        let rows = matrix.entries.chunks(matrix.columns.max(1)).map(<[f64]>::to_vec);
        rows.collect::<Vec<_>>().into()
    }
}

impl From<Group> for Plain {
    fn from(group: Group) -> Self {
        Self::Record(vec![("level", group.level.into()), ("n", group.n.into()), ("mean", group.mean.into())])
    }
}

impl From<ChiSquare> for Plain {
    fn from(test: ChiSquare) -> Self {
        Self::Record(vec![
            ("statistic", test.statistic.into()),
            ("degrees", test.degrees.into()),
            ("p_value", test.p_value.into()),
            ("corrected", test.corrected.into()),
            ("corrected_p_value", test.corrected_p_value.into()),
        ])
    }
}

impl From<Contingency> for Plain {
    fn from(table: Contingency) -> Self {
        let counts = table.counts.chunks(table.columns.len().max(1)).map(<[_]>::to_vec);
        Self::Record(vec![
            ("counts", counts.collect::<Vec<_>>().into()),
            ("rows", table.rows.into()),
            ("columns", table.columns.into()),
            ("row_totals", table.row_totals.into()),
            ("column_totals", table.column_totals.into()),
            ("test", table.test.into()),
            ("odds_ratio", table.odds_ratio.into()),
        ])
    }
}

impl From<Coefficient> for Plain {
    fn from(coefficient: Coefficient) -> Self {
        Self::Record(vec![
            ("name", coefficient.name.into()),
            ("value", coefficient.value.into()),
            ("standard_error", coefficient.standard_error.into()),
            ("statistic", coefficient.statistic.into()),
            ("p_value", coefficient.p_value.into()),
            ("interval", coefficient.interval.into()),
        ])
    }
}

impl From<TStatistic> for Plain {
    fn from(test: TStatistic) -> Self {
        Self::Record(vec![
            ("statistic", test.statistic.into()),
            ("degrees", test.degrees.into()),
            ("p_value", test.p_value.into()),
            ("standard_error", test.standard_error.into()),
            ("interval", test.interval.into()),
        ])
    }
}

impl From<TTest> for Plain {
    fn from(test: TTest) -> Self {
        Self::Record(vec![
            ("levels", test.levels.to_vec().into()),
            ("n", test.n.to_vec().into()),
            ("difference", test.difference.into()),
            ("variances", test.variances.to_vec().into()),
            ("welch", test.welch.into()),
            ("pooled", test.pooled.into()),
        ])
    }
}

impl From<LinearRegression> for Plain {
    fn from(model: LinearRegression) -> Self {
        Self::Record(vec![
            ("coefficients", model.coefficients.into()),
            ("residual_variance", model.residual_variance.into()),
            ("r_squared", model.r_squared.into()),
            ("adjusted_r_squared", model.adjusted_r_squared.into()),
            ("f_statistic", model.f_statistic.into()),
            ("f_p_value", model.f_p_value.into()),
            ("degrees", model.degrees.into()),
        ])
    }
}

impl From<LogisticRegression> for Plain {
    fn from(model: LogisticRegression) -> Self {
        Self::Record(vec![
            ("coefficients", model.coefficients.into()),
            ("log_likelihood", model.log_likelihood.into()),
            ("iterations", model.iterations.into()),
        ])
    }
}

impl From<CoxRegression> for Plain {
    fn from(model: CoxRegression) -> Self {
        Self::Record(vec![
            ("coefficients", model.coefficients.into()),
            ("iterations", model.iterations.into()),
        ])
    }
}

impl From<SurvivalCurve> for Plain {
    fn from(curve: SurvivalCurve) -> Self {
        Self::Record(vec![
            ("level", curve.level.into()),
            ("times", curve.times.into()),
            ("at_risk", curve.at_risk.into()),
            ("events", curve.events.into()),
            ("censored", curve.censored.into()),
            ("survival", curve.survival.into()),
            ("standard_error", curve.standard_error.into()),
            ("interval", curve.interval.into()),
            ("median", curve.median.into()),
        ])
    }
}

impl From<LogRank> for Plain {
    fn from(test: LogRank) -> Self {
        Self::Record(vec![
            ("statistic", test.statistic.into()),
            ("degrees", test.degrees.into()),
            ("p_value", test.p_value.into()),
        ])
    }
}

impl From<KaplanMeier> for Plain {
    fn from(result: KaplanMeier) -> Self {
        Self::Record(vec![("curves", result.curves.into()), ("log_rank", result.log_rank.into())])
    }
}

impl From<PrincipalComponents> for Plain {
    fn from(result: PrincipalComponents) -> Self {
        Self::Record(vec![
            ("variances", result.variances.into()),
            ("explained", result.explained.into()),
            ("components", result.components.into()),
        ])
    }
}
