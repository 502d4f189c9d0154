//! What a study may be asked for.
use super::{
    column::{Column, ColumnKind},
    policy::Policy,
};
use crate::error::{Error, ErrorKind, Result};

/// The most columns of one function.
pub const MAX_FUNCTION_COLUMNS: usize = 64;
/// The most bins of a histogram or of time.
pub const MAX_BINS: usize = 1024;
/// The most probabilities of one function.
pub const MAX_PROBABILITIES: usize = 64;
/// The most values of a top-k.
pub const MAX_TOP: usize = 100;
/// The most iterations of Newton's method.
pub const MAX_ITERATIONS: usize = 50;
/// The most events of one bin that Efron's method may be asked to tell apart.
pub const MAX_TIES: usize = 1024;

/// What Cox regression makes of events in the same bin of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ties {
    /// Breslow's method: each of them against everybody at risk.
    Breslow,
    /// Efron's method, which is nearer to times without ties: with each of them the others with the event weigh less.
    Efron {
        /// The most events of one bin, of all parties together: public, so that how many there are stays hidden. Each costs as much as
        /// all of Breslow's method.
        most: usize,
    },
}

/// One question of a study. Columns are named by their position in the plan.
///
/// Each is about the rows in which none of its columns is missing.
#[derive(Clone, Debug, PartialEq)]
pub enum Function {
    /// How many rows.
    Count {
        /// The column that must not be missing.
        column: usize,
    },
    /// The sum.
    Sum {
        /// Which column.
        column: usize,
    },
    /// The mean with its standard error and 95% confidence interval.
    Mean {
        /// Which column.
        column: usize,
    },
    /// The variance, with `n - 1` in the denominator.
    Variance {
        /// Which column.
        column: usize,
    },
    /// The covariance matrix.
    Covariance {
        /// Which columns, at least two.
        columns: Vec<usize>,
    },
    /// Pearson's correlation matrix.
    Correlation {
        /// Which columns, at least two.
        columns: Vec<usize>,
    },
    /// How many rows in each bin, or of each level.
    Histogram {
        /// Which column.
        column: usize,
        /// Ascending edges of the bins, closed on the left, the last one on both sides; none for the levels of a category.
        edges: Vec<f64>,
    },
    /// Quantiles, with linear interpolation between the two nearest values.
    Quantiles {
        /// Which column.
        column: usize,
        /// From 0 to 1, ascending; 0.5 is the median.
        probabilities: Vec<f64>,
    },
    /// The smallest value.
    Minimum {
        /// Which column.
        column: usize,
    },
    /// The largest value.
    Maximum {
        /// Which column.
        column: usize,
    },
    /// The largest values, in descending order.
    TopK {
        /// Which column.
        column: usize,
        /// How many values.
        k: usize,
    },
    /// Count, mean and standard error of each group.
    GroupBy {
        /// Which column.
        column: usize,
        /// The category.
        by: usize,
    },
    /// The table of two categories, its chi-square test, and for two by two levels the odds ratio with its interval.
    Contingency {
        /// The category of the rows.
        row: usize,
        /// The category of the columns.
        column: usize,
    },
    /// Student's and Welch's t-test between two groups.
    TTest {
        /// Which column.
        column: usize,
        /// The category of two levels.
        by: usize,
    },
    /// Linear regression by least squares, with an intercept.
    LinearRegression {
        /// The column that is explained.
        outcome: usize,
        /// The columns that explain it.
        predictors: Vec<usize>,
    },
    /// Logistic regression by Newton's method, with an intercept.
    LogisticRegression {
        /// The event, or category of two levels, that is explained.
        outcome: usize,
        /// The columns that explain it.
        predictors: Vec<usize>,
        /// How many steps of Newton's method.
        iterations: usize,
    },
    /// Kaplan-Meier curves, and with groups the log-rank test between them.
    KaplanMeier {
        /// The time column.
        time: usize,
        /// The event column.
        event: usize,
        /// The category whose levels are compared.
        by: Option<usize>,
        /// Into how many equal bins time is cut.
        bins: usize,
    },
    /// Cox's proportional hazards on binned times.
    Cox {
        /// The time column.
        time: usize,
        /// The event column.
        event: usize,
        /// The columns that explain the hazard.
        predictors: Vec<usize>,
        /// Into how many equal bins time is cut.
        bins: usize,
        /// How many steps of Newton's method.
        iterations: usize,
        /// What is made of events in the same bin.
        ties: Ties,
    },
    /// Principal components of the covariance matrix.
    Pca {
        /// Which columns, at least two.
        columns: Vec<usize>,
        /// How many components.
        components: usize,
    },
}

impl Function {
    /// Its name, for people.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Count { .. } => "count",
            Self::Sum { .. } => "sum",
            Self::Mean { .. } => "mean",
            Self::Variance { .. } => "variance",
            Self::Covariance { .. } => "covariance",
            Self::Correlation { .. } => "correlation",
            Self::Histogram { .. } => "histogram",
            Self::Quantiles { .. } => "quantiles",
            Self::Minimum { .. } => "minimum",
            Self::Maximum { .. } => "maximum",
            Self::TopK { .. } => "top-k",
            Self::GroupBy { .. } => "group-by",
            Self::Contingency { .. } => "contingency table",
            Self::TTest { .. } => "t-test",
            Self::LinearRegression { .. } => "linear regression",
            Self::LogisticRegression { .. } => "logistic regression",
            Self::KaplanMeier { .. } => "Kaplan-Meier",
            Self::Cox { .. } => "Cox regression",
            Self::Pca { .. } => "principal components",
        }
    }

    /// Every column that it is about, in the order of its fields.
    pub fn columns(&self) -> Vec<usize> {
        match self {
            Self::Count { column }
            | Self::Sum { column }
            | Self::Mean { column }
            | Self::Variance { column }
            | Self::Histogram { column, .. }
            | Self::Quantiles { column, .. }
            | Self::Minimum { column }
            | Self::Maximum { column }
            | Self::TopK { column, .. } => vec![*column],
            Self::Covariance { columns } | Self::Correlation { columns } | Self::Pca { columns, .. } => {
                columns.clone()
            }
            Self::GroupBy { column, by } | Self::TTest { column, by } => vec![*column, *by],
            Self::Contingency { row, column } => vec![*row, *column],
            Self::LinearRegression { outcome, predictors }
            | Self::LogisticRegression { outcome, predictors, .. } => [&[*outcome], &predictors[..]].concat(),
            Self::KaplanMeier { time, event, by, .. } => [*time, *event].into_iter().chain(*by).collect(),
            Self::Cox { time, event, predictors, .. } => [&[*time, *event], &predictors[..]].concat(),
        }
    }

    /// Whether the parties need steps of the result to go on, so that each of them learns it.
    pub fn is_adaptive(&self) -> bool {
        matches!(self, Self::Quantiles { .. } | Self::LogisticRegression { .. } | Self::Cox { .. })
    }

    /// What is revealed for it beyond how many rows it is about, and to whom.
    pub fn revealed(&self) -> &'static str {
        match self {
            Self::Count { .. } => "nothing else",
            Self::Sum { .. } => "the sum, to the receivers",
            Self::Mean { .. } => {
                "the sum and the sum of squares, to the receivers: the mean and its standard error say as much"
            }
            Self::Variance { .. } => "the variance and not the mean, to the receivers",
            Self::Covariance { .. } => "the variances and covariances and not the means, to the receivers",
            Self::Correlation { .. } => {
                "the correlations, and the variances and covariances that they are made from, to the receivers"
            }
            Self::Histogram { .. } => {
                "the counts, to the receivers; to everybody which of them are suppressed"
            }
            Self::Quantiles { .. } => {
                "the two values around each quantile, to everybody: how many rows lie below a threshold is compared with the rank, \
                 and only the verdicts that lead to these values are opened"
            }
            Self::Minimum { .. } => "the smallest value, to the receivers, and not whose it is",
            Self::Maximum { .. } => "the largest value, to the receivers, and not whose it is",
            Self::TopK { .. } => "the largest values, to the receivers, and not whose they are",
            Self::GroupBy { .. } => {
                "of each group the count, the sum and the sum of squares, to the receivers; to everybody which groups are suppressed"
            }
            Self::Contingency { .. } => {
                "the counts and their totals, to the receivers; to everybody which of them are suppressed"
            }
            Self::TTest { .. } => {
                "the size of each group, the difference of the means and the variance of each group and not the means, to the receivers; \
                 to everybody whether a group is too small"
            }
            Self::LinearRegression { .. } => {
                "the coefficients, their standard errors, the residual and the total sum of squares, to the receivers; to everybody the \
                 variance of each column to a factor of 4, and whether a predictor depends on the others"
            }
            Self::LogisticRegression { .. } => {
                "the coefficients after each step of Newton's method, and to a factor of 4 the diagonal of the first Hessian, to everybody; \
                 the standard errors and the log-likelihood, to the receivers; to everybody whether the rows with or without the event \
                 are too few, or a predictor depends on the others"
            }
            Self::KaplanMeier { .. } => {
                "of each group how many rows have the event and how many are censored in each interval of time that is shown, and the log-rank \
                 statistic between groups, to the receivers; to everybody which intervals are shown, which groups are empty, and to a \
                 factor of 4 the variance of each group's events"
            }
            Self::Cox { ties: Ties::Breslow, .. } => {
                "the coefficients after each step of Newton's method, and to a factor of 4 the diagonal of the Hessian at each step, to \
                 everybody; the standard errors, to the receivers; to everybody whether the events are too few, or a predictor \
                 depends on the others"
            }
            Self::Cox { ties: Ties::Efron { .. }, .. } => {
                "the coefficients after each step of Newton's method, and to a factor of 4 the diagonal of the Hessian at each step, to \
                 everybody; the standard errors, to the receivers; to everybody whether the events are too few, a bin of time has more of \
                 them than the plan allows, or a predictor depends on the others"
            }
            Self::Pca { .. } => {
                "the variances and covariances that the components are made from and not the means, to the receivers"
            }
        }
    }

    /// Checks the question against the columns that there are.
    pub(super) fn check(&self, columns: &[Column], policy: &Policy) -> Result<()> {
        let used = self.columns();
        if used.len() > MAX_FUNCTION_COLUMNS || used.iter().any(|at| *at >= columns.len()) {
            return Err(invalid("function: a column that the plan does not have, or more than 64"));
        }
        if used.iter().enumerate().any(|(i, at)| used[..i].contains(at)) {
            return Err(invalid("function: a column twice"));
        }
        let numeric = |at: &[usize]| match at.iter().all(|at| columns[*at].is_numeric()) {
            true => Ok(()),
            false => Err(invalid("function: a category of more than two levels where numbers are needed")),
        };
        let grouped = |at: usize, levels: core::ops::RangeInclusive<usize>| match columns[at]
            .levels()
            .is_some_and(|n| levels.contains(&n))
        {
            true => Ok(()),
            false => Err(invalid("function: groups by a column that is no category of so many levels")),
        };
        let survival = |time: usize, event: usize| {
            let right = matches!(columns[time].kind(), ColumnKind::Time { .. })
                && matches!(columns[event].kind(), ColumnKind::Event);
            if right { Ok(()) } else { Err(invalid("function: survival needs a time and an event column")) }
        };
        let within = |value: usize, most: usize, what| match (1..=most).contains(&value) {
            true => Ok(()),
            false => Err(invalid(what)),
        };
        let bins = |bins| within(bins, MAX_BINS, "function: bins, 1 to 1,024");
        let iterations = |count| within(count, MAX_ITERATIONS, "function: iterations, 1 to 50");
        let any = 2..=usize::MAX;
        match self {
            Self::Count { .. } => Ok(()),
            Self::Sum { .. } | Self::Mean { .. } | Self::Variance { .. } => numeric(&used),
            Self::Covariance { columns } | Self::Correlation { columns } => {
                within(columns.len() - columns.len().min(1), 63, "function: columns, 2 to 64")?;
                numeric(&used)
            }
            Self::Histogram { column, edges } => match (columns[*column].levels(), edges.len()) {
                (Some(_), 0) => Ok(()),
                (None, 2..) if edges.len() <= MAX_BINS + 1 && ascend(edges) => Ok(()),
                _ => Err(invalid("function: edges, from 2 to 1,025 that ascend, none for levels")),
            },
            Self::Quantiles { probabilities, .. } => {
                let inside = probabilities.iter().all(|p| (0.0..=1.0).contains(p));
                within(probabilities.len(), MAX_PROBABILITIES, "function: probabilities, 1 to 64")?;
                if !inside || !ascend(probabilities) {
                    return Err(invalid("function: probabilities, from 0 to 1 and ascending"));
                }
                numeric(&used)
            }
            Self::Minimum { .. } | Self::Maximum { .. } | Self::TopK { .. } => {
                if !policy.allow_extremes {
                    return Err(invalid("function: the policy does not allow extremes"));
                }
                if let Self::TopK { k, .. } = self {
                    within(*k, MAX_TOP, "function: k, 1 to 100")?;
                }
                numeric(&used)
            }
            Self::GroupBy { column, by } => numeric(&[*column]).and(grouped(*by, any)),
            Self::Contingency { row, column } => grouped(*row, any.clone()).and(grouped(*column, any)),
            Self::TTest { column, by } => numeric(&[*column]).and(grouped(*by, 2..=2)),
            Self::LinearRegression { predictors, .. } => {
                within(predictors.len(), 63, "function: predictors, 1 to 63")?;
                numeric(&used)
            }
            Self::LogisticRegression { outcome, predictors, iterations: count } => {
                within(predictors.len(), 63, "function: predictors, 1 to 63")?;
                iterations(*count)?;
                numeric(&used).and(grouped(*outcome, 2..=2))
            }
            Self::KaplanMeier { time, event, by, bins: count } => {
                survival(*time, *event)?;
                bins(*count)?;
                by.map_or(Ok(()), |by| grouped(by, any))
            }
            Self::Cox { time, event, predictors, bins: count, iterations: steps, ties } => {
                if let Ties::Efron { most } = ties {
                    within(*most, MAX_TIES, "function: ties, 1 to 1,024")?;
                }
                survival(*time, *event)?;
                within(predictors.len(), 62, "function: predictors, 1 to 62")?;
                bins(*count)?;
                iterations(*steps)?;
                numeric(predictors)
            }
            Self::Pca { columns, components } => {
                within(columns.len() - columns.len().min(1), 63, "function: columns, 2 to 64")?;
                within(*components, columns.len(), "function: components, 1 to the number of columns")?;
                numeric(&used)
            }
        }
    }
}

fn ascend(numbers: &[f64]) -> bool {
    numbers.iter().all(|number| number.is_finite()) && numbers.windows(2).all(|pair| pair[0] < pair[1])
}

fn invalid(what: &'static str) -> Error {
    Error::new(ErrorKind::InvalidParams, what)
}
