//! Cox's proportional hazards on binned times, by Newton's method on the partial likelihood of Breslow or of Efron.
//!
//! Times are rounded up to the ends of equal bins, as in [`super::survival`]. The coefficients of each step are public. With them each party
//! computes for each bin the sums of `e^(beta x)`, of it times `x`, and of it times `x x'` over its own rows that end there,
//! rounded to `2^-44`; in the box they become sums over risk sets and are divided, gradient and Hessian follow, and the Hessian is
//! solved for the next step ([`super::sweep`]). Revealed are: to everybody the coefficients and the orders of magnitude of the diagonal
//! of the Hessian after each step; to the receivers, at the last step, the standard errors. Risk sets, events in each bin, gradients and
//! Hessians stay hidden.
//!
//! Predictors are centred at the middle of their ranges and scaled by half of them. Newton's method starts from zeros, takes
//! as many steps as the plan says, and has arrived when the last one moves no scaled coefficient by more than `1e-9` of 1 plus its
//! magnitude.
//!
//! # Ties
//! A bin with `d` events has the risk set's sums `S` and those `D` over its rows with the event. Breslow's method counts the mean
//! `S_1 / S_0` for each of the `d`. Efron's takes `(S_1 - l/d D_1) / (S_0 - l/d D_0)` for `l` from 0 to `d - 1`. As `d` stays hidden, the box
//! computes so many terms for each bin as the plan allows events in one, and counts those with `l < d`; fractions are multiplied
//! by `d`, so that `d S - l D` is exact. Everybody learns whether a bin has more events than that, and nothing else about `d`.
//!
//! # Error
//! Means over risk sets are within `2^-36`; coefficients within about `1e-9` of their standard errors.
//!
//! # Source
//! \[Bre74\] and \[Efr77\] for tied times.
use zeroize::Zeroizing;

use super::{
    elementary::{clamped, exponential, nearest},
    logistic_regression::{local_rows, scale},
    newton::{self, Derivatives, Step, power},
    survival::bin_ends,
    sweep::{FRACTION_BITS, any_negative, number, orders, rounded, triangle},
};
use crate::{
    error::Result,
    magnitude::Magnitude,
    mpc::{
        arithmetic::{Comparison, Element, Shared},
        functions::{Divisor, Fixed, divide},
        study::{
            function::Ties,
            models::{Coefficient, CoxRegression, Undetermined},
            oblivious::{total, unless_negative},
            report::Value,
            run::{Cohort, Inputs, Run, bits_of},
            suppression,
        },
    },
};

/// The bits behind the point of what parties put in.
const INPUT_BITS: u32 = 44;
/// The largest logarithm of the ratio between two weights.
const FURTHEST: f64 = 24.0;

/// The columns of one regression.
pub(super) struct Model<'a> {
    pub(super) time: usize,
    pub(super) event: usize,
    pub(super) predictors: &'a [usize],
    pub(super) bins: usize,
    pub(super) iterations: usize,
    pub(super) ties: Ties,
}

/// The regression. Its steps are known to everybody, and so all parties are receivers. Refused when the events are few and not zero.
pub(super) async fn cox<B: Comparison>(
    run: &mut Run<'_, B>,
    cohort: &Cohort<B::Share>,
    model: &Model<'_>,
) -> Result<Option<Value>> {
    let size = model.predictors.len();
    let scales: Vec<(f64, f64)> = model.predictors.iter().map(|at| scale(run, *at)).collect();
    let rows = Rows::new(run, cohort, model);
    let rows_bits = bits_of(run.box_.parties() as i128 * i128::from(run.plan.max_rows()));

    let events = rows.events(model.bins);
    let events = run.row_sums(cohort, &events, &vec![(0, 1); model.bins]).await?.sum();
    let total = events.sum();
    if suppression::any_small(run, &total).await? {
        return Ok(Some(Value::Refused));
    }
    let none = run.box_.is_zero(&total, rows_bits + 1).await?;
    if run.verdicts(&none).await?[0] {
        return Ok(Some(Value::Undetermined(Undetermined::NoEvents)));
    }
    let one = 1_i128 << INPUT_BITS;
    let observed = rows.observed(cohort);
    let observed = run.row_sums(cohort, &observed, &vec![(-one, one); size]).await?.sum();
    let terms = match model.ties {
        Ties::Breslow => Terms::Breslow(events),
        Ties::Efron { most } => match Efron::new(run, events, most).await? {
            Some(efron) => Terms::Efron(efron),
            None => return Ok(Some(Value::Undetermined(Undetermined::TooManyTies))),
        },
    };
    let cells = rows.cells(&terms);
    // Of each party's weights, and of these times events.
    let wide = rows_bits + terms.bits();

    let bits = rows_bits + FRACTION_BITS + 2;
    let common = FRACTION_BITS / 2 + 4;
    let mut beta = vec![0.0; size];
    for step in 1..=model.iterations {
        let spread: f64 = 2.0 * beta.iter().map(|beta: &f64| beta.abs()).sum::<f64>();
        if spread > FURTHEST {
            return Ok(Some(Value::Undetermined(Undetermined::Separation)));
        }
        // Wider weights of so many rows would leave their quotients less than 37 bits.
        if spread * core::f64::consts::LOG2_E > 62.0 - 2.0 * f64::from(wide) {
            return Ok(Some(Value::Undetermined(Undetermined::NotConverged)));
        }
        let entered = entered(run, &rows.weighted(&beta, &cells), cells.len()).await?;
        let sums = terms.sums(run, &entered).await?;
        let (gradient, hessian) = derivatives(run, &sums, terms.counted(), &observed, spread, wide).await?;
        let orders = orders(run, &newton::diagonal(size, &hessian), bits).await?;
        let here = Derivatives { gradient: &gradient, hessian: &hessian, bits, orders: &orders, common };
        let (swept, arrived) = match here.step(run, step, &mut beta).await? {
            Step::Moved { swept, arrived } => (swept, arrived),
            Step::Undetermined(why) => return Ok(Some(Value::Undetermined(why))),
            Step::Withheld => return Ok(None),
        };
        let entry = |i: usize, j: usize| swept.shares()[i * (size + 1) + j];
        if step == model.iterations && arrived {
            let diagonal = Shared::column((0..size).map(|at| -entry(at, at)).collect::<Vec<_>>());
            let Some(shown) = run.reveal(&diagonal).await? else { return Ok(None) };
            let coefficient = |at: usize| {
                let (_, scale) = scales[at];
                let unit = power(i64::from(FRACTION_BITS) / 2 - i64::from(orders[at])) / scale;
                let name = run.plan.columns()[model.predictors[at]].name().to_owned();
                Coefficient::new(name, beta[at] / scale, number(shown[at]).sqrt() * unit, None)
            };
            let coefficients = (0..size).map(coefficient).collect();
            return Ok(Some(Value::CoxRegression(CoxRegression { coefficients, iterations: step })));
        }
    }
    Ok(Some(Value::Undetermined(Undetermined::NotConverged)))
}

/// What is divided in each step, and how often each quotient counts.
enum Terms<B: Comparison> {
    /// One term for each bin, counted once for each of its events.
    Breslow(Shared<B::Share>),
    Efron(Efron<B>),
}

/// Several terms for each bin: all first ones, then all second ones.
struct Efron<B: Comparison> {
    /// The events of each bin.
    events: Shared<B::Share>,
    /// 1 for the term `l` of a bin with more than `l` events, else 0.
    counted: Shared<B::Share>,
    most: usize,
}

impl<B: Comparison> Efron<B> {
    /// `None` when a bin has more events than the plan allows, which every party learns.
    async fn new(run: &mut Run<'_, B>, events: Shared<B::Share>, most: usize) -> Result<Option<Self>> {
        let allowed = vec![B::Element::from_i128(most as i128); events.rows()];
        let rows_bits = bits_of(run.box_.parties() as i128 * i128::from(run.plan.max_rows()));
        let room = run.box_.add_public(&-&events, &allowed);
        if any_negative(run, &room, rows_bits.max(bits_of(most as i128)) + 2).await? {
            return Ok(None);
        }
        let term = |l: usize| {
            let l = vec![B::Element::from_i128(l as i128); events.rows()];
            run.box_.add_public(&-&events, &l)
        };
        let terms: Vec<_> = (0..most).map(term).collect();
        let before = Shared::stacked(&terms.iter().collect::<Vec<_>>());
        let counted = run.box_.is_negative(&before, bits_of(most as i128) + 2).await?;
        Ok(Some(Self { events, counted, most }))
    }
}

impl<B: Comparison> Terms<B> {
    /// By how many bits the sums are wider than those of the rows.
    fn bits(&self) -> u32 {
        match self {
            Self::Breslow(_) => 0,
            Self::Efron(efron) => bits_of(efron.most as i128),
        }
    }

    /// How often each term counts.
    fn counted(&self) -> &Shared<B::Share> {
        match self {
            Self::Breslow(events) => events,
            Self::Efron(efron) => &efron.counted,
        }
    }

    /// The sums that are divided, a row for each term, from what was put in for each bin.
    async fn sums(&self, run: &mut Run<'_, B>, entered: &Shared<B::Share>) -> Result<Shared<B::Share>> {
        let efron = match self {
            Self::Breslow(_) => return Ok(at_risk::<B>(entered.clone())),
            Self::Efron(efron) => efron,
        };
        let (bins, kinds) = (efron.events.rows(), entered.columns());
        let own = entered.rows_of(0..bins);
        let all = at_risk::<B>(&own + &entered.rows_of(bins..2 * bins));
        // d S, and l D where l is counted: the terms beyond are d S, and count for nothing.
        let counted: Vec<_> = (1..efron.most)
            .map(|l| {
                let terms = efron.counted.rows_of(l * bins..(l + 1) * bins);
                terms.scaled(B::Element::from_i128(l as i128))
            })
            .collect();
        let factors: Vec<_> = [&efron.events].into_iter().chain(&counted).collect();
        let factors = Shared::beside(&vec![&Shared::stacked(&factors); kinds]);
        let values: Vec<_> = [&all].into_iter().chain(vec![&own; efron.most - 1]).collect();
        let products = run.box_.mul(&factors, &Shared::stacked(&values)).await?;
        let whole = products.rows_of(0..bins);
        let terms: Vec<_> =
            (1..efron.most).map(|l| &whole - &products.rows_of(l * bins..(l + 1) * bins)).collect();
        let terms: Vec<_> = [&whole].into_iter().chain(&terms).collect();
        Ok(Shared::stacked(&terms))
    }
}

/// This party's rows: the predictors between -1 and 1, and for each bin 1 for each row that ends in it.
struct Rows {
    width: usize,
    values: Zeroizing<Vec<f64>>,
    in_bins: Vec<Zeroizing<Vec<i64>>>,
    with_event: Zeroizing<Vec<i64>>,
}

impl Rows {
    fn new<B: Comparison>(run: &Run<'_, B>, cohort: &Cohort<B::Share>, model: &Model<'_>) -> Self {
        let times = run.table.values(model.time);
        let at_most = |end: &i64| {
            let inside = times
                .iter()
                .zip(cohort.rows.iter())
                .map(|(time, row)| row & unless_negative(end.wrapping_sub(*time)));
            Zeroizing::new(inside.collect::<Vec<_>>())
        };
        let mut in_bins: Vec<_> =
            bin_ends(&run.plan.columns()[model.time], model.bins).iter().map(at_most).collect();
        for bin in (1..in_bins.len()).rev() {
            let (before, this) = in_bins.split_at_mut(bin);
            this[0]
                .iter_mut()
                .zip(before[bin - 1].iter())
                .for_each(|(all, before)| *all = all.wrapping_sub(*before));
        }
        let events = run.table.values(model.event).iter().zip(cohort.rows.iter());
        Self {
            width: model.predictors.len(),
            values: local_rows(run, model.predictors),
            in_bins,
            with_event: Zeroizing::new(events.map(|(event, row)| event & row).collect()),
        }
    }

    /// How many events there are in each bin.
    fn events(&self, bins: usize) -> Zeroizing<Vec<i128>> {
        let count = |rows: &Zeroizing<Vec<i64>>| {
            let both = rows.iter().zip(self.with_event.iter()).map(|(row, event)| row & event);
            total(both)
        };
        Zeroizing::new(self.in_bins.iter().take(bins).map(count).collect())
    }

    /// The sets of rows whose weights are put in: those that end in each bin; for Efron's terms first those with the event, then the
    /// others.
    fn cells<B: Comparison>(&self, terms: &Terms<B>) -> Vec<Zeroizing<Vec<i64>>> {
        let with = |mask: i64| {
            let cell = move |rows: &Zeroizing<Vec<i64>>| {
                let both = rows.iter().zip(self.with_event.iter()).map(|(row, event)| row & (event ^ mask));
                Zeroizing::new(both.collect::<Vec<_>>())
            };
            self.in_bins.iter().map(cell)
        };
        match terms {
            Terms::Breslow(_) => self.in_bins.clone(),
            Terms::Efron(_) => with(0).chain(with(1)).collect(),
        }
    }

    fn row(&self, row: usize) -> &[f64] {
        &self.values[row * self.width..(row + 1) * self.width]
    }

    /// The sum of the predictors over the rows with the event.
    fn observed<S: zeroize::Zeroize>(&self, cohort: &Cohort<S>) -> Zeroizing<Vec<i128>> {
        let mut sums = Zeroizing::new(vec![0.0; self.width]);
        for (row, event) in self.with_event.iter().enumerate() {
            sums.iter_mut().zip(self.row(row)).for_each(|(sum, x)| *sum += *event as f64 * x);
        }
        let most = cohort.mine.wrapping_shl(INPUT_BITS);
        Zeroizing::new(sums.iter().map(|sum| clamped(fixed(*sum), most.wrapping_neg(), most)).collect())
    }

    /// The weights of each cell's own rows, then these times predictors, then times products of two: for each kind cell by cell.
    ///
    /// # Timing
    /// The same operations for all values; floating-point instructions may take more time for some values than for others.
    fn weighted(&self, beta: &[f64], cells: &[Zeroizing<Vec<i64>>]) -> Zeroizing<Vec<i128>> {
        let pairs = triangle(self.width);
        let least: f64 = beta.iter().map(|beta| beta.abs()).sum();
        let rows = self.values.len().checked_div(self.width).unwrap_or(0);
        let weight = |row: usize| {
            let eta: f64 = self.row(row).iter().zip(beta).map(|(x, beta)| x * beta).sum();
            exponential(eta - least) // at most 1
        };
        let weights = Zeroizing::new((0..rows).map(weight).collect::<Vec<_>>());
        let kinds = 1 + self.width + pairs.len();
        let mut all = Zeroizing::new(vec![0; kinds * cells.len()]);
        for (cell, inside) in cells.iter().enumerate() {
            let mut sums = Zeroizing::new(vec![0.0; kinds]);
            for (row, (weight, inside)) in weights.iter().zip(inside.iter()).enumerate() {
                let (weight, x) = (weight * *inside as f64, self.row(row));
                sums[0] += weight;
                sums[1..].iter_mut().zip(x).for_each(|(sum, x)| *sum += weight * x);
                let products = sums[1 + self.width..].iter_mut().zip(&pairs);
                products.for_each(|(sum, (i, j))| *sum += weight * x[*i] * x[*j]);
            }
            let most = fixed(sums[0]);
            for (kind, sum) in sums.iter().enumerate() {
                all[kind * cells.len() + cell] = clamped(fixed(*sum), most.wrapping_neg(), most);
            }
        }
        all
    }
}

/// The sums of all parties: a column for each kind, a row for each cell. Of each party it is proven that no sum of its
/// rows is larger than that of their weights, and that these are not negative and not more than its rows.
///
/// # Errors
/// `VerificationFailed` naming a party of which that is not true.
async fn entered<B: Comparison>(
    run: &mut Run<'_, B>,
    mine: &[i128],
    cells: usize,
) -> Result<Shared<B::Share>> {
    let kinds = mine.len() / cells;
    let inputs: Inputs<B::Share> = run.enter(mine).await?;
    let weights = |all: &Shared<B::Share>| Shared::stacked(&vec![&all.rows_of(0..cells); kinds - 1]);
    let margins = inputs.shares.iter().map(|all| {
        let (first, others) = (all.rows_of(0..cells), all.rows_of(cells..kinds * cells));
        Shared::stacked(&[&first, &(&weights(all) - &others), &(&weights(all) + &others)])
    });
    let margins: Vec<_> = margins.collect();
    let weight = |at: usize| mine[at % cells];
    let others = cells..kinds * cells;
    let of_mine = (0..cells)
        .map(|at| mine[at])
        .chain(others.clone().map(|at| weight(at).wrapping_sub(mine[at])))
        .chain(others.map(|at| weight(at).wrapping_add(mine[at])));
    let of_mine = Zeroizing::new(of_mine.collect::<Vec<_>>());
    let width = bits_of(i128::from(run.plan.max_rows())) + INPUT_BITS;
    let widths = [vec![width; cells], vec![width + 1; 2 * (kinds - 1) * cells]].concat();
    run.require(&of_mine, &margins, &widths).await?;
    Ok(inputs.sum().reshaped(kinds, cells).transposed())
}

/// Sums over risk sets, from those over the rows that end in each bin: who ends in a bin was at risk in all before it.
fn at_risk<B: Comparison>(mut sums: Shared<B::Share>) -> Shared<B::Share> {
    let (bins, kinds) = (sums.rows(), sums.columns());
    let shares = sums.shares_mut();
    for at in (0..(bins - 1) * kinds).rev() {
        shares[at] = shares[at] + shares[at + kinds];
    }
    sums
}

/// The nearest multiple of `2^-INPUT_BITS`, for sums over at most 2^30 rows of at most 1.
fn fixed(value: f64) -> i128 {
    nearest(value, INPUT_BITS)
}

/// Gradient and negative Hessian of the log partial likelihood, with [`FRACTION_BITS`]: a row of sums for each term, which counts so
/// many times; sums are below `2^(wide + INPUT_BITS)`.
async fn derivatives<B: Comparison>(
    run: &mut Run<'_, B>,
    sums: &Shared<B::Share>,
    counted: &Shared<B::Share>,
    observed: &Shared<B::Share>,
    spread: f64,
    wide: u32,
) -> Result<(Shared<B::Share>, Shared<B::Share>)> {
    let (terms, kinds, size) = (sums.rows(), sums.columns(), observed.rows());
    let pairs = triangle(size);
    let limit = Magnitude::pow2(wide + INPUT_BITS)?;
    let weights = Fixed::new(sums.column_of(0), INPUT_BITS, limit)?;
    let others: Vec<_> = (1..kinds).map(|kind| sums.column_of(kind)).collect();
    let others = Fixed::new(Shared::beside(&others.iter().collect::<Vec<_>>()), INPUT_BITS, limit)?;
    // No weight is below e^-spread; one bit is left for its rounding.
    #[expect(clippy::cast_possible_truncation, reason = "at most 35")]
    let log2_least = -((spread * core::f64::consts::LOG2_E).ceil() as i32) - 1;
    let divisor = Divisor { log2_least, signed: false };
    // At most 1, because it was proven of the sums.
    let parts = divide(run.box_, &others, &weights, divisor, FRACTION_BITS).await?;
    let column = |kind: usize| parts.shares().column_of(kind);
    let stacked = |columns: Vec<Shared<B::Share>>| Shared::stacked(&columns.iter().collect::<Vec<_>>());
    let left = stacked(pairs.iter().map(|(i, _)| column(*i)).collect());
    let right = stacked(pairs.iter().map(|(_, j)| column(*j)).collect());
    let products = run.box_.mul(&left, &right).await?;
    let products = rounded(run, &products, 2 * FRACTION_BITS + 4, FRACTION_BITS).await?;
    let seconds = stacked((0..pairs.len()).map(|at| column(size + at)).collect());
    let variances = (&seconds - &products).reshaped(pairs.len(), terms);
    let means = stacked((0..size).map(column).collect()).reshaped(size, terms);
    let all = Shared::stacked(&[&means, &variances]);
    let repeated = Shared::stacked(&vec![&counted.transposed(); all.rows()]);
    let dots = run.box_.dot(&repeated, &all).await?;
    let observed = observed.scaled(B::Element::power_of_two(FRACTION_BITS - INPUT_BITS));
    Ok((&observed - &dots.rows_of(0..size), dots.rows_of(size..size + pairs.len())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        error::ErrorKind,
        field::Fp192,
        mpc::{
            study::{
                Function, Plan, Table,
                testing::{numeric, spec},
            },
            testing::{Clear, now},
        },
    };

    #[test]
    fn sums_that_no_rows_have_are_found() {
        let mut spec = spec(3, vec![numeric("x", 0.0, 1.0, 0.5)], vec![Function::Count { column: 0 }]);
        spec.max_rows = 3;
        let plan = Plan::new(spec).unwrap();
        let table = Table::new(&plan, &[&[]]).unwrap();
        // Two bins, each with the weights and one other sum.
        let sets = |mine: &[i128]| -> Result<Vec<i128>> {
            let mut clear = Clear::<Fp192>::new(1);
            let mut run = Run::new(&mut clear, &plan, &table);
            let found = at_risk::<Clear<Fp192>>(now(entered(&mut run, mine, 2))?);
            Ok(found.shares().iter().map(|entry| entry.to_i128_vartime().unwrap()).collect())
        };
        assert_eq!(sets(&[5, 7, 4, -7]), Ok(vec![12, -3, 7, -7]));
        let largest = (4 << INPUT_BITS) - 1;
        assert!(sets(&[largest, 0, 0, 0]).is_ok());
        for bad in [[5, 7, 6, 0], [5, 7, 0, -8], [-1, 0, 0, 0], [largest + 1, 0, 0, 0]] {
            let error = sets(&bad).unwrap_err();
            assert_eq!((error.kind(), error.culprits().len()), (ErrorKind::VerificationFailed, 1), "{bad:?}");
        }
    }
}
