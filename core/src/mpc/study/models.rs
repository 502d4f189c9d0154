//! Results of tests and models.
use crate::mpc::statistics::distributions::{
    normal_quantile, normal_two_sided, student_t_quantile, student_t_two_sided,
};

/// Why the rows determine no figures. Every party learns it.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undetermined {
    /// A predictor is constant, a linear combination of others up to 24 bits of its variance, or nearly constant so far from
    /// zero that its mean is more than 2^12 standard deviations.
    Singular,
    /// No row has the event.
    NoEvents,
    /// The rows with and without the event can be told apart by the predictors alone, so coefficients grow without end.
    Separation,
    /// Newton's method took the plan's number of steps, and the last one still moved the coefficients.
    NotConverged,
    /// A bin of time has more events than the plan allows for Efron's method.
    TooManyTies,
}

/// One coefficient of a model.
#[derive(Clone, Debug, PartialEq)]
pub struct Coefficient {
    /// The column's name, or `intercept`.
    pub name: String,
    /// The coefficient, per unit of the column.
    pub value: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// The coefficient in standard errors: t in linear regression, else z.
    pub statistic: f64,
    /// The two-sided p-value of it being zero.
    pub p_value: f64,
    /// Its 95% confidence interval.
    pub interval: (f64, f64),
}

impl Coefficient {
    /// With Student's t distribution of these degrees of freedom, or the normal one for `None`.
    pub(super) fn new(name: String, value: f64, standard_error: f64, degrees: Option<f64>) -> Self {
        let statistic = value / standard_error;
        let (p_value, quantile) = match degrees {
            Some(degrees) => (student_t_two_sided(statistic, degrees), student_t_quantile(0.975, degrees)),
            None => (normal_two_sided(statistic), normal_quantile(0.975)),
        };
        let reach = quantile * standard_error;
        Self { name, value, standard_error, statistic, p_value, interval: (value - reach, value + reach) }
    }
}

/// A t-test: the difference of two means in its standard errors.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TStatistic {
    /// The t statistic.
    pub statistic: f64,
    /// Its degrees of freedom.
    pub degrees: f64,
    /// The two-sided p-value.
    pub p_value: f64,
    /// The standard error of the difference.
    pub standard_error: f64,
    /// The 95% confidence interval of the difference.
    pub interval: (f64, f64),
}

/// Two groups compared. NaN where a variance is zero or a group has one row.
#[derive(Clone, Debug, PartialEq)]
pub struct TTest {
    /// The names of the groups.
    pub levels: [String; 2],
    /// How many rows each has.
    pub n: [u64; 2],
    /// The mean of the first group minus that of the second.
    pub difference: f64,
    /// The variance of each group, with one less than its rows in the denominator.
    pub variances: [f64; 2],
    /// Welch's test, which lets the variances differ.
    pub welch: TStatistic,
    /// Student's test, which takes them as one.
    pub pooled: TStatistic,
}

/// Linear regression.
#[derive(Clone, Debug, PartialEq)]
pub struct LinearRegression {
    /// The intercept, then one for each predictor.
    pub coefficients: Vec<Coefficient>,
    /// The variance of the residuals, with the degrees of freedom in the denominator.
    pub residual_variance: f64,
    /// The part of the outcome's variance that is explained.
    pub r_squared: f64,
    /// The same, adjusted for the number of predictors.
    pub adjusted_r_squared: f64,
    /// The F statistic of all predictors together.
    pub f_statistic: f64,
    /// Its p-value.
    pub f_p_value: f64,
    /// The degrees of freedom of model and residuals.
    pub degrees: (u64, u64),
}

/// Logistic regression.
#[derive(Clone, Debug, PartialEq)]
pub struct LogisticRegression {
    /// The intercept, then one for each predictor, on the scale of log odds.
    pub coefficients: Vec<Coefficient>,
    /// The logarithm of the likelihood.
    pub log_likelihood: f64,
    /// How many steps of Newton's method were taken.
    pub iterations: usize,
}

/// Cox regression on binned times.
#[derive(Clone, Debug, PartialEq)]
pub struct CoxRegression {
    /// One for each predictor, on the scale of the logarithm of the hazard ratio.
    pub coefficients: Vec<Coefficient>,
    /// How many steps of Newton's method were taken.
    pub iterations: usize,
}

/// The survival of one group.
#[derive(Clone, Debug, PartialEq)]
pub struct SurvivalCurve {
    /// The group's name; empty when there are no groups.
    pub level: String,
    /// The ends of the intervals of time that are shown.
    pub times: Vec<f64>,
    /// How many rows are under observation at the start of each.
    pub at_risk: Vec<u64>,
    /// How many have the event in each.
    pub events: Vec<u64>,
    /// How many leave the observation in each.
    pub censored: Vec<u64>,
    /// The part that has not had the event by the end of each.
    pub survival: Vec<f64>,
    /// Greenwood's standard error of it.
    pub standard_error: Vec<f64>,
    /// Its 95% confidence interval, on the scale of the logarithm of minus the logarithm.
    pub interval: Vec<(f64, f64)>,
    /// The end of the first interval by which half have had the event; infinite when there is none.
    pub median: f64,
}

/// The log-rank test between all groups that have rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LogRank {
    /// The chi-square statistic.
    pub statistic: f64,
    /// Its degrees of freedom.
    pub degrees: usize,
    /// Its p-value.
    pub p_value: f64,
}

/// Survival curves, and the test between them.
#[derive(Clone, Debug, PartialEq)]
pub struct KaplanMeier {
    /// One for each group.
    pub curves: Vec<SurvivalCurve>,
    /// The log-rank test; `None` without groups, and where the rows do not determine it.
    pub log_rank: Option<LogRank>,
}

/// Principal components of a covariance matrix.
#[derive(Clone, Debug, PartialEq)]
pub struct PrincipalComponents {
    /// The variance along each component, in descending order.
    pub variances: Vec<f64>,
    /// The part that each has of the sum of all columns' variances.
    pub explained: Vec<f64>,
    /// Unit vectors, one for each component, with an entry for each column; the entry of largest magnitude is positive.
    pub components: Vec<Vec<f64>>,
}
