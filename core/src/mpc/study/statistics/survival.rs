//! Kaplan-Meier curves on binned times, and the log-rank test between groups.
//!
//! Times are rounded up to the ends of equal bins; rows that are censored in a bin are under observation in it. The curves are
//! computed in the clear from the counts of each group and interval. Where the policy has a smallest cell, neighbouring bins are
//! joined until in each group the events, the censored rows and the rows that remain are zero or not small; what is left at the end is not
//! shown. The log-rank statistic is computed on shares from the bins themselves, and only the statistic is revealed.
use zeroize::Zeroizing;

use super::{
    groups,
    sweep::{FRACTION_BITS, Scaling, WIDE, number, orders, rounded, scaled, sweep, symmetric, triangle},
};
use crate::{
    error::Result,
    magnitude::Magnitude,
    mpc::{
        arithmetic::{Comparison, Element, Shared},
        functions::{Divisor, Fixed, reciprocal},
        statistics::distributions::{chi_square_sf, normal_quantile},
        study::{
            MAX_ROWS,
            column::Column,
            models::{KaplanMeier, LogRank, SurvivalCurve},
            oblivious::unless_negative,
            report::Value,
            run::{Cohort, Run, bits_of, impossible},
            suppression,
        },
    },
};

/// The bits behind the point of reciprocals of counts.
const RECIPROCAL_BITS: u32 = 64;
/// The bits behind the point of variances.
const VARIANCE_BITS: u32 = 40;

/// The curves and the test; refused when a group is small and not empty.
pub(super) async fn kaplan_meier<B: Comparison>(
    run: &mut Run<'_, B>,
    cohort: &Cohort<B::Share>,
    (time, event): (usize, usize),
    by: Option<usize>,
    bins: usize,
) -> Result<Option<Value>> {
    let levels = by.and_then(|by| run.plan.columns()[by].levels()).unwrap_or(1);
    let members = match by {
        Some(by) => groups::members(run.table.values(by), &cohort.rows, levels),
        None => vec![cohort.rows.clone()],
    };
    let ends = bin_ends(&run.plan.columns()[time], bins);
    let mine = members.iter().flat_map(|member| {
        local_counts(run.table.values(time), run.table.values(event), member, &ends).to_vec()
    });
    let mine = Zeroizing::new(mine.collect::<Vec<_>>());
    let cells = run.partition(cohort, &mine).await?.sum();
    let counts = Counts { events: strided(&cells, 0), censored: strided(&cells, 1), levels, bins };

    if suppression::any_small(run, &counts.totals()).await? {
        return Ok(Some(Value::Refused));
    }
    let shown = counts.shown_bins(run).await?;
    let log_rank = match levels {
        1 => None,
        _ => log_rank(run, &counts).await?,
    };
    let Some(joined) = run.reveal(&counts.joined(&shown)).await? else { return Ok(None) };
    let joined: Vec<u64> = joined
        .into_iter()
        .map(|count| u64::try_from(count).map_err(|_| impossible()))
        .collect::<Result<_>>()?;

    let described = &run.plan.columns()[time];
    let end = |bin: &usize| described.range().1 * (*bin as f64 + 1.0) / bins as f64;
    let times: Vec<f64> = shown.iter().map(end).collect();
    let per_level = joined.len() / levels;
    let curve = |(level, counts): (usize, &[u64])| {
        let name = by.map(|by| run.plan.columns()[by].level_name(level)).unwrap_or_default();
        let (events, others) = counts.split_at(times.len());
        let (censored, total) = others.split_at(times.len());
        curve(name, times.clone(), events, censored, total[0])
    };
    let curves = joined.chunks_exact(per_level).enumerate().map(curve).collect();
    Ok(Some(Value::KaplanMeier(KaplanMeier { curves, log_rank })))
}

/// The largest whole number of each bin.
pub(super) fn bin_ends(column: &Column, bins: usize) -> Vec<i64> {
    let end = |bin: usize| {
        let edge = column.range().1 * bin as f64 / bins as f64;
        let above = column.ceiling(edge);
        // A time that stands for the edge itself belongs to the bin.
        let on_edge = column.decode(above) <= edge + 1e-6 * column.resolution();
        if on_edge { above } else { above - 1 }
    };
    (1..=bins).map(end).collect()
}

/// Events and censored rows of this party in each bin, in turns.
fn local_counts(times: &[i64], events: &[i64], rows: &[i64], ends: &[i64]) -> Zeroizing<Vec<i128>> {
    let until = |end: &i64| {
        let (mut with, mut all) = (0_i64, 0_i64);
        for ((time, event), row) in times.iter().zip(events).zip(rows) {
            let inside = row & unless_negative(end.wrapping_sub(*time));
            all = all.wrapping_add(inside);
            with = with.wrapping_add(inside & event);
        }
        [i128::from(with), i128::from(all.wrapping_sub(with))]
    };
    let mut counts = Zeroizing::new(Vec::with_capacity(2 * ends.len()));
    let mut before = Zeroizing::new([0, 0]);
    for end in ends {
        let now = Zeroizing::new(until(end));
        counts.extend([now[0].wrapping_sub(before[0]), now[1].wrapping_sub(before[1])]);
        before = now;
    }
    counts
}

fn strided<S: Copy + Default + zeroize::Zeroize>(cells: &Shared<S>, from: usize) -> Vec<S> {
    cells.shares().iter().skip(from).step_by(2).copied().collect()
}

/// Events and censored rows of each level and bin, level by level.
struct Counts<S> {
    events: Vec<S>,
    censored: Vec<S>,
    levels: usize,
    bins: usize,
}

impl<S: Copy + Default + zeroize::Zeroize + core::ops::Add<Output = S> + core::ops::Sub<Output = S>>
    Counts<S>
{
    fn sum<'s>(shares: impl Iterator<Item = &'s S>) -> S
    where
        S: 's,
    {
        shares.fold(S::default(), |sum, share| sum + *share)
    }

    fn of<'s>(&self, counts: &'s [S], level: usize) -> &'s [S] {
        &counts[level * self.bins..(level + 1) * self.bins]
    }

    fn total(&self, level: usize) -> S {
        Self::sum(self.of(&self.events, level).iter().chain(self.of(&self.censored, level)))
    }

    fn totals(&self) -> Shared<S> {
        Shared::column((0..self.levels).map(|level| self.total(level)).collect())
    }

    /// How many rows of a level are under observation in each bin.
    fn at_risk(&self, level: usize) -> Vec<S> {
        let mut left = self.total(level);
        let leave = self.of(&self.events, level).iter().zip(self.of(&self.censored, level));
        let next = |(event, censored): (&S, &S)| {
            let now = left;
            left = left - *event - *censored;
            now
        };
        leave.map(next).collect()
    }

    /// The last bin of each interval that is shown; every party learns it.
    async fn shown_bins<B: Comparison<Share = S>>(&self, run: &mut Run<'_, B>) -> Result<Vec<usize>> {
        if run.plan.policy().min_cell <= 1 {
            return Ok((0..self.bins).collect());
        }
        let (mut shown, mut from) = (Vec::new(), 0);
        for bin in 0..self.bins {
            let cells = (0..self.levels).flat_map(|level| {
                let (events, censored) = (self.of(&self.events, level), self.of(&self.censored, level));
                let after = Self::sum(events[bin + 1..].iter().chain(&censored[bin + 1..]));
                [Self::sum(events[from..=bin].iter()), Self::sum(censored[from..=bin].iter()), after]
            });
            if !suppression::any_small(run, &Shared::column(cells.collect())).await? {
                shown.push(bin);
                from = bin + 1;
            }
        }
        Ok(shown)
    }

    /// For each level the events of each interval, the censored rows of each interval, all rows.
    fn joined(&self, shown: &[usize]) -> Shared<S> {
        let intervals = |counts: &[S]| -> Vec<S> {
            let starts = [0].into_iter().chain(shown.iter().map(|end| end + 1));
            starts.zip(shown).map(|(start, end)| Self::sum(counts[start..=*end].iter())).collect()
        };
        let level = |level| {
            let (events, censored) = (self.of(&self.events, level), self.of(&self.censored, level));
            [intervals(events), intervals(censored), vec![self.total(level)]].concat()
        };
        Shared::column((0..self.levels).flat_map(level).collect())
    }
}

/// The product-limit estimate.
fn curve(level: String, times: Vec<f64>, events: &[u64], censored: &[u64], total: u64) -> SurvivalCurve {
    let (mut left, mut survival, mut greenwood) = (total as f64, 1.0, 0.0);
    let mut curve = SurvivalCurve {
        level,
        times,
        at_risk: Vec::new(),
        events: events.to_vec(),
        censored: censored.to_vec(),
        survival: Vec::new(),
        standard_error: Vec::new(),
        interval: Vec::new(),
        median: f64::INFINITY,
    };
    let mut at_risk = total;
    for (at, (event, gone)) in events.iter().zip(censored).enumerate() {
        let d = *event as f64;
        if *event > 0 {
            survival *= 1.0 - d / left;
            greenwood += d / (left * (left - d)); // infinite where nobody is left
        }
        curve.at_risk.push(at_risk);
        curve.survival.push(survival);
        curve.standard_error.push(if survival > 0.0 { survival * greenwood.sqrt() } else { 0.0 });
        curve.interval.push(log_log(survival, greenwood));
        if survival <= 0.5 && curve.median.is_infinite() {
            curve.median = curve.times[at];
        }
        at_risk = at_risk.saturating_sub(event + gone);
        left = at_risk as f64;
    }
    curve
}

/// The interval by the normal approximation of `ln(-ln S)`: the curve itself where that is infinite.
fn log_log(survival: f64, greenwood: f64) -> (f64, f64) {
    if survival >= 1.0 || survival <= 0.0 {
        return (survival, survival);
    }
    let reach = normal_quantile(0.975) * greenwood.sqrt() / survival.ln();
    let bound = |reach: f64| survival.powf(reach.exp());
    (bound(-reach), bound(reach))
}

/// The log-rank test between the levels that have rows: which they are, every party learns.
async fn log_rank<B: Comparison>(run: &mut Run<'_, B>, counts: &Counts<B::Share>) -> Result<Option<LogRank>> {
    let rows_bits = bits_of(i128::from(MAX_ROWS));
    let empty = run.box_.is_zero(&counts.totals(), rows_bits + 1).await?;
    let empty = run.verdicts(&empty).await?;
    let groups: Vec<usize> = (0..counts.levels).filter(|level| !empty[*level]).collect();
    let Some((_, groups)) = groups.split_last().filter(|(_, groups)| !groups.is_empty()) else {
        return Ok(None);
    };
    let (bins, size) = (counts.bins, groups.len());
    let at_risk: Vec<Vec<B::Share>> = (0..counts.levels).map(|level| counts.at_risk(level)).collect();
    let joint = |of: &dyn Fn(usize, usize) -> B::Share| {
        let bin = |bin| (0..counts.levels).fold(B::Share::default(), |sum, level| sum + of(level, bin));
        Shared::column((0..bins).map(bin).collect::<Vec<_>>())
    };
    let all = joint(&|level, bin| at_risk[level][bin]);
    let events = joint(&|level, bin| counts.of(&counts.events, level)[bin]);

    // 1 / n and 1 / (n - 1), zero where there is none.
    let minus = run.box_.add_public(&all, &vec![-B::Element::one(); bins]);
    let limit = Magnitude::pow2(rows_bits)?;
    let divisors = Fixed::new(Shared::stacked(&[&all, &minus]), 0, limit)?;
    let inverses = reciprocal(run.box_, &divisors, Divisor::COUNT, RECIPROCAL_BITS).await?;
    let (inverse, inverse_minus) =
        (inverses.shares().rows_of(0..bins), inverses.shares().rows_of(bins..2 * bins));

    // The part of each group, p; and d (n - d).
    let repeat = |column: &Shared<B::Share>| Shared::stacked(&vec![column; size]);
    let of_groups =
        Shared::column(groups.iter().flat_map(|level| at_risk[*level].iter().copied()).collect::<Vec<_>>());
    let left = Shared::stacked(&[&of_groups, &events]);
    let right = Shared::stacked(&[&repeat(&inverse), &(&all - &events)]);
    let products = run.box_.mul(&left, &right).await?;
    let parts = products.rows_of(0..size * bins);
    let parts = rounded(run, &parts, RECIPROCAL_BITS + 3, RECIPROCAL_BITS - FRACTION_BITS).await?;
    let spread = products.rows_of(size * bins..(size + 1) * bins);
    // d (n - d) / (n - 1), at most d.
    let spread = run.box_.mul(&spread, &inverse_minus).await?;
    let spread =
        rounded(run, &spread, rows_bits + RECIPROCAL_BITS + 3, RECIPROCAL_BITS - VARIANCE_BITS).await?;
    let weighted = run.box_.mul(&repeat(&spread), &parts).await?;
    let weighted =
        rounded(run, &weighted, rows_bits + VARIANCE_BITS + FRACTION_BITS + 3, FRACTION_BITS).await?;

    // Observed less expected events; variances.
    let row = |of: &Shared<B::Share>, group: usize| of.rows_of(group * bins..(group + 1) * bins).transposed();
    let pairs = triangle(size);
    let lefts = (0..size).map(|_| events.transposed()).chain(pairs.iter().map(|(i, _)| row(&weighted, *i)));
    let rights = (0..size).map(|at| row(&parts, at)).chain(pairs.iter().map(|(_, j)| row(&parts, *j)));
    let stacked = |rows: Vec<Shared<B::Share>>| Shared::stacked(&rows.iter().collect::<Vec<_>>());
    let dots = run.box_.dot(&stacked(lefts.collect()), &stacked(rights.collect())).await?;
    let one = B::Element::power_of_two(FRACTION_BITS);
    let observed = groups.iter().map(|level| {
        let events = counts.of(&counts.events, *level).iter();
        events.fold(B::Share::default(), |sum, share| sum + *share) * one
    });
    let difference = &Shared::column(observed.collect::<Vec<_>>()) - &dots.rows_of(0..size);
    let products = dots.rows_of(size..size + pairs.len());
    let products =
        rounded(run, &products, rows_bits + VARIANCE_BITS + FRACTION_BITS + 3, FRACTION_BITS).await?;
    let own = (0..size).map(|at| row(&weighted, at).sum().shares()[0]).collect::<Vec<_>>();
    let variance = |((i, j), product): (&(usize, usize), &B::Share)| match i == j {
        true => own[*i] - *product,
        false => -*product,
    };
    let variances = Shared::column(pairs.iter().zip(products.shares()).map(variance).collect::<Vec<_>>());

    let bits = rows_bits + VARIANCE_BITS + 2;
    let diagonal = pairs.iter().zip(variances.shares()).filter(|((i, j), _)| i == j).map(|(_, share)| *share);
    let orders = orders(run, &Shared::column(diagonal.collect::<Vec<_>>()), bits).await?;
    // Z' V^-1 Z, with Z in units of 2^-52 and V of 2^-40: 2^32 brings the roots together.
    let common = FRACTION_BITS - VARIANCE_BITS / 2;
    let parts = [
        Scaling {
            values: &variances,
            by: pairs.iter().map(|(i, j)| orders[*i] + orders[*j]).collect(),
            log2_limit: 1,
        },
        Scaling {
            values: &difference,
            by: orders.iter().map(|order| order + common).collect(),
            log2_limit: WIDE,
        },
    ];
    let Some(scaled) = scaled(run, &parts, rows_bits + FRACTION_BITS + 2).await? else { return Ok(None) };
    let (variances, differences) = scaled.shares().split_at(pairs.len());
    let mut upper = Vec::new();
    let mut variances = variances.iter();
    for (i, difference) in differences.iter().enumerate() {
        upper.extend(variances.by_ref().take(size - i).copied());
        upper.push(*difference);
    }
    upper.push(B::Share::default());
    let Some(swept) = sweep(run, symmetric(size + 1, &upper), size, 1).await? else { return Ok(None) };
    let Some(shown) = run.reveal(&-&swept.entry(size, size)).await? else { return Ok(None) };
    let statistic = number(shown[0]);
    Ok(Some(LogRank { statistic, degrees: size, p_value: chi_square_sf(statistic, size as f64) }))
}
