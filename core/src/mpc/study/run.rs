//! One party's side of a running study: what it puts into the box, and what comes out.
use zeroize::Zeroizing;

use super::{oblivious::total, plan::Plan, table::Table};
use crate::{
    error::{Error, ErrorKind, Result},
    mpc::arithmetic::{Comparison, Element, Shared},
    party::{Culprits, PartyId},
};

/// A party's side of a running study.
pub(crate) struct Run<'a, B: Comparison> {
    /// The arithmetic box.
    pub(crate) box_: &'a mut B,
    /// The plan that everybody accepted.
    pub(crate) plan: &'a Plan,
    /// This party's own rows.
    pub(crate) table: &'a Table,
    receivers: Vec<usize>,
    everybody: Vec<usize>,
    cohorts: Vec<(Vec<usize>, Cohort<B::Share>)>,
}

/// Rows in which none of some columns is missing.
#[derive(Clone)]
pub(crate) struct Cohort<S: zeroize::Zeroize> {
    /// 1 for each of this party's rows in it, else 0.
    pub(crate) rows: Zeroizing<Vec<i64>>,
    /// How many of them there are.
    pub(crate) mine: i128,
    /// How many each party has.
    pub(crate) counts: Vec<Shared<S>>,
    /// How many there are in all.
    pub(crate) total: Shared<S>,
    /// Whether the policy lets figures about it leave. Every party learns this.
    pub(crate) accepted: bool,
    /// How many there are, at a receiver of an accepted cohort.
    pub(crate) n: Option<u64>,
}

impl<S: Copy + Default + zeroize::Zeroize> Cohort<S> {
    /// Its counts, once for each of so many sums.
    pub(crate) fn repeated(&self, times: usize) -> Inputs<S> {
        let repeat = |count: &Shared<S>| Shared::column(vec![count.shares()[0]; times]);
        Inputs {
            mine: Zeroizing::new(core::iter::repeat_n(self.mine, times).collect()),
            shares: self.counts.iter().map(repeat).collect(),
        }
    }
}

/// Columns of numbers that every party put in: this party's in the clear, everybody's in the box.
pub(crate) struct Inputs<S: zeroize::Zeroize> {
    /// This party's.
    pub(crate) mine: Zeroizing<Vec<i128>>,
    /// Each party's, as a column.
    pub(crate) shares: Vec<Shared<S>>,
}

impl<S: Copy + Default + zeroize::Zeroize + core::ops::Add<Output = S>> Inputs<S> {
    /// Some entries that follow each other.
    pub(crate) fn rows_of(&self, rows: core::ops::Range<usize>) -> Self {
        let shares = self.shares.iter().map(|column| column.rows_of(rows.clone())).collect();
        Self { mine: Zeroizing::new(self.mine[rows].to_vec()), shares }
    }

    /// Some entries.
    pub(crate) fn entries(&self, places: &[usize]) -> Self {
        let pick =
            |column: &Shared<S>| Shared::column(places.iter().map(|at| column.shares()[*at]).collect());
        let mine = places.iter().map(|at| self.mine[*at]).collect();
        Self { mine: Zeroizing::new(mine), shares: self.shares.iter().map(pick).collect() }
    }

    /// The sum over all parties, entry by entry.
    pub(crate) fn sum(&self) -> Shared<S> {
        let zero = Shared::zeros(self.shares[0].rows(), 1);
        self.shares.iter().fold(zero, |sum, column| &sum + column)
    }
}

/// How many bits hold every integer from 0 to `largest`.
pub(crate) fn bits_of(largest: i128) -> u32 {
    i128::BITS - largest.leading_zeros()
}

impl<'a, B: Comparison> Run<'a, B> {
    /// A run in which nothing was put in yet.
    pub(crate) fn new(box_: &'a mut B, plan: &'a Plan, table: &'a Table) -> Self {
        let parties = box_.parties();
        let position = |party: &PartyId| plan.position(*party).expect("checked: receivers take part");
        // A box in the clear may stand for all parties with fewer.
        let receivers = plan.policy().receivers.iter().map(position).filter(|at| *at < parties).collect();
        Self { box_, plan, table, receivers, everybody: (0..parties).collect(), cohorts: Vec::new() }
    }

    /// The rows in which none of the columns is missing, checked against the policy. Asked twice, it is counted once.
    ///
    /// Every party learns whether the policy lets figures about them leave; the receivers learn how many they are, if so.
    ///
    /// # Errors
    /// `VerificationFailed` naming a party whose count is no number of rows.
    pub(crate) async fn cohort(&mut self, columns: &[usize]) -> Result<Cohort<B::Share>> {
        let mut key = columns.to_vec();
        key.sort_unstable();
        if let Some((_, cohort)) = self.cohorts.iter().find(|(known, _)| *known == key) {
            return Ok(cohort.clone());
        }
        let rows = self.table.present(&key);
        let mine = total(rows.iter().copied());
        let counts = self.inputs(&[mine], &[(0, i128::from(self.plan.max_rows()))]).await?;
        let total = counts.sum();
        let accepted = self.is_accepted(&counts.shares, &total).await?;
        let mut cohort = Cohort { rows, mine, counts: counts.shares, total, accepted, n: None };
        if accepted {
            let n = self.reveal(&cohort.total).await?;
            cohort.n = n.map(|n| u64::try_from(n[0])).transpose().map_err(|_| impossible())?;
        }
        self.cohorts.push((key, cohort.clone()));
        Ok(cohort)
    }

    /// Whether there are enough rows, of enough parties. Only this verdict is opened.
    async fn is_accepted(&mut self, counts: &[Shared<B::Share>], total: &Shared<B::Share>) -> Result<bool> {
        let (policy, parties) = (self.plan.policy(), counts.len());
        let constant = |value: u64| B::Element::from_i128(i128::from(value));
        let bits = bits_of(i128::from(super::plan::MAX_ROWS)) + 2;
        let mut below = vec![self.box_.add_public(total, &[-constant(policy.min_cohort)])];
        if policy.min_parties > 1 {
            below.extend(counts.iter().map(|count| self.box_.add_public(count, &[-constant(1)])));
        }
        let below: Vec<_> = below.iter().collect();
        let negative = self.box_.is_negative(&Shared::stacked(&below), bits).await?;
        let few_rows = negative.row(0);
        if policy.min_parties <= 1 {
            return Ok(!self.verdicts(&few_rows).await?[0]);
        }
        // At most `parties - min_parties` may have none.
        let without = negative.rows_of(1..parties + 1).sum();
        let spare = constant((parties.saturating_sub(policy.min_parties)) as u64);
        let spare = self.box_.add_public(&-&without, &[spare]);
        let few_parties = self.box_.is_negative(&spare, 10).await?;
        let one = self.box_.constant(&[B::Element::one()]);
        let accepted = self.box_.mul(&(&one - &few_rows), &(&one - &few_parties)).await?;
        Ok(self.verdicts(&accepted).await?[0])
    }

    /// Numbers of each party, each proven to lie in its range (`bounds[j].0 <= mine[j] <= bounds[j].1`).
    ///
    /// # Errors
    /// `VerificationFailed` naming a party with a number beyond.
    pub(crate) async fn inputs(
        &mut self,
        mine: &[i128],
        bounds: &[(i128, i128)],
    ) -> Result<Inputs<B::Share>> {
        let inputs = self.enter(mine).await?;
        let (low, high): (Vec<_>, Vec<_>) = bounds.iter().copied().unzip();
        let lows = self.box_.constant(&elements::<B>(&low));
        let highs = self.box_.constant(&elements::<B>(&high));
        let margins = inputs.shares.iter().map(|x| Shared::stacked(&[&(x - &lows), &(&highs - x)]));
        let margins: Vec<_> = margins.collect();
        let mine: Vec<_> = mine.iter().zip(&low).map(|(x, low)| x.wrapping_sub(*low)).collect();
        let above: Vec<_> = inputs.mine.iter().zip(&high).map(|(x, high)| high.wrapping_sub(*x)).collect();
        let mine = Zeroizing::new([mine, above].concat());
        let widths: Vec<_> = bounds.iter().chain(bounds).map(|(low, high)| bits_of(high - low)).collect();
        self.require(&mine, &margins, &widths).await?;
        Ok(inputs)
    }

    /// How many of a cohort's rows are in each of some cells that cover it without overlap: each row is in one.
    ///
    /// # Errors
    /// `VerificationFailed` naming a party whose counts are none.
    pub(crate) async fn partition(
        &mut self,
        cohort: &Cohort<B::Share>,
        mine: &[i128],
    ) -> Result<Inputs<B::Share>> {
        let whole = Inputs { mine: Zeroizing::new(vec![cohort.mine]), shares: cohort.counts.clone() };
        self.partition_each(&whole, mine).await
    }

    /// As [`Run::partition`] of several sets of rows at once, each into as many cells: `mine` has the cells of the first set first.
    ///
    /// The last cell of each set is not put in but is what the others leave.
    pub(crate) async fn partition_each(
        &mut self,
        whole: &Inputs<B::Share>,
        mine: &[i128],
    ) -> Result<Inputs<B::Share>> {
        let sets = whole.mine.len();
        let cells = mine.len() / sets;
        let given: Vec<_> =
            mine.chunks_exact(cells).flat_map(|set| set[..cells - 1].iter().copied()).collect();
        let given = self.enter(&Zeroizing::new(given)).await?;
        let complete = |(given, whole): (&Shared<B::Share>, &Shared<B::Share>)| {
            let mut shares = Vec::with_capacity(mine.len());
            for set in 0..sets {
                let others = &given.shares()[set * (cells - 1)..(set + 1) * (cells - 1)];
                shares.extend_from_slice(others);
                shares.push(others.iter().fold(whole.shares()[set], |left, other| left - *other));
            }
            Shared::column(shares)
        };
        let shares: Vec<_> = given.shares.iter().zip(&whole.shares).map(complete).collect();
        let width = bits_of(i128::from(self.plan.max_rows()));
        self.require(mine, &shares, &vec![width; mine.len()]).await?;
        Ok(Inputs { mine: Zeroizing::new(mine.to_vec()), shares })
    }

    /// Sums over each party's own rows, each proven to be a sum of so many values between its bounds: the sum `j` is over
    /// `counts[j]` rows.
    ///
    /// # Errors
    /// `VerificationFailed` naming a party with a sum that no such rows have.
    pub(crate) async fn sums_of(
        &mut self,
        counts: &Inputs<B::Share>,
        mine: &[i128],
        bounds: &[(i128, i128)],
    ) -> Result<Inputs<B::Share>> {
        let inputs = self.enter(mine).await?;
        let (low, high): (Vec<_>, Vec<_>) = bounds.iter().copied().unzip();
        let (lows, highs) = (elements::<B>(&low), elements::<B>(&high));
        let margin = |(x, counts): (&Shared<B::Share>, &Shared<B::Share>)| {
            Shared::stacked(&[&(x - &counts.scaled_by(&lows)), &(&counts.scaled_by(&highs) - x)])
        };
        let margins: Vec<_> = inputs.shares.iter().zip(&counts.shares).map(margin).collect();
        let rows = || mine.iter().zip(counts.mine.iter());
        let above_low = rows().zip(&low).map(|((x, n), low)| x.wrapping_sub(low.wrapping_mul(*n)));
        let below_high = rows().zip(&high).map(|((x, n), high)| high.wrapping_mul(*n).wrapping_sub(*x));
        let margins_of_mine = Zeroizing::new(above_low.chain(below_high).collect::<Vec<_>>());
        let most = i128::from(self.plan.max_rows());
        let widths: Vec<_> =
            bounds.iter().chain(bounds).map(|(low, high)| bits_of((high - low) * most)).collect();
        self.require(&margins_of_mine, &margins, &widths).await?;
        Ok(inputs)
    }

    /// Sums over each party's own rows of a cohort, each proven to be a sum of that many values between its bounds.
    ///
    /// # Errors
    /// As [`Run::sums_of`].
    pub(crate) async fn row_sums(
        &mut self,
        cohort: &Cohort<B::Share>,
        mine: &[i128],
        bounds: &[(i128, i128)],
    ) -> Result<Inputs<B::Share>> {
        self.sums_of(&cohort.repeated(mine.len()), mine, bounds).await
    }

    /// Numbers of each party, of which nothing is known. Each party puts in as many.
    pub(crate) async fn enter(&mut self, mine: &[i128]) -> Result<Inputs<B::Share>> {
        let elements =
            Zeroizing::new(mine.iter().map(|value| B::Element::from_i128(*value)).collect::<Vec<_>>());
        let shares = self.box_.inputs(&elements, &vec![mine.len(); self.everybody.len()]).await?;
        Ok(Inputs { mine: Zeroizing::new(mine.to_vec()), shares })
    }

    /// Proves that numbers that their party knows are not negative and below `2^widths[j]`.
    ///
    /// Each party puts in the bits of its own numbers. Every party learns `b^2 - b` for each bit and the number minus what its
    /// bits make: zeros, unless somebody cheats. That holds without a statistical error, and costs a
    /// multiplication for each bit where a comparison costs several.
    ///
    /// # Errors
    /// `VerificationFailed` naming every party whose numbers are not.
    pub(crate) async fn require(
        &mut self,
        mine: &[i128],
        numbers: &[Shared<B::Share>],
        widths: &[u32],
    ) -> Result<()> {
        let width_sum: u32 = widths.iter().sum();
        let mut bits = Zeroizing::new(Vec::with_capacity(width_sum as usize));
        for (value, width) in mine.iter().zip(widths) {
            bits.extend((0..*width).map(|at| value.wrapping_shr(at) & 1));
        }
        let bits = self.enter(&bits).await?.shares;
        let all = Shared::stacked(&bits.iter().collect::<Vec<_>>());
        let squares = self.box_.mul(&all, &all).await?;
        let mut zeros = vec![&squares - &all];
        for (numbers, bits) in numbers.iter().zip(&bits) {
            let mut at = 0;
            let mut made = Shared::zeros(numbers.rows(), 1);
            for (sum, width) in made.shares_mut().iter_mut().zip(widths) {
                for exponent in 0..*width {
                    *sum = *sum + bits.shares()[at] * B::Element::power_of_two(exponent);
                    at += 1;
                }
            }
            zeros.push(numbers - &made);
        }
        let zeros = Shared::stacked(&zeros.iter().collect::<Vec<_>>());
        let opened = self.box_.reveal(&zeros, &self.everybody).await?.unwrap_or_default();
        let (of_bits, of_numbers) = opened.split_at(all.len());
        let not_zero = |part: &[B::Element]| part.iter().any(|value| *value != B::Element::zero());
        let per_party = (bits[0].len(), mine.len());
        let cheats = |party: &usize| {
            not_zero(&of_bits[party * per_party.0..][..per_party.0])
                || not_zero(&of_numbers[party * per_party.1..][..per_party.1])
        };
        let culprits: Culprits =
            self.everybody.iter().filter(|party| cheats(party)).map(|at| self.plan.party_at(*at)).collect();
        match culprits.is_empty() {
            true => Ok(()),
            false => {
                let what = "study: sums that no rows within the columns' ranges have";
                Err(Error::new(ErrorKind::VerificationFailed, what).blame(culprits))
            }
        }
    }

    /// Whether this party sees the results.
    pub(crate) fn is_receiver(&self) -> bool {
        self.receivers.contains(&self.box_.me())
    }

    /// Tells the receivers results; the others get `None`.
    ///
    /// # Errors
    /// `VerificationFailed` when the box finds a cheat.
    pub(crate) async fn reveal(&mut self, x: &Shared<B::Share>) -> Result<Option<Vec<i128>>> {
        let opened = self.box_.reveal(x, &self.receivers).await?;
        opened.map(|values| values.into_iter().map(integer).collect()).transpose()
    }

    /// Tells every party verdicts, each 0 or 1 in the box.
    ///
    /// # Errors
    /// `VerificationFailed` when the box finds a cheat.
    pub(crate) async fn verdicts(&mut self, x: &Shared<B::Share>) -> Result<Vec<bool>> {
        let opened = self.box_.reveal(x, &self.everybody).await?.unwrap_or_default();
        let verdict = |value: B::Element| match integer(value)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(impossible()),
        };
        opened.into_iter().map(verdict).collect()
    }
}

fn elements<B: Comparison>(values: &[i128]) -> Vec<B::Element> {
    values.iter().map(|value| B::Element::from_i128(*value)).collect()
}

fn integer<E: Element>(value: E) -> Result<i128> {
    value.to_i128_vartime().ok_or_else(impossible)
}

/// The box gave what no rows give.
pub(crate) fn impossible() -> Error {
    Error::new(ErrorKind::VerificationFailed, "study: figures that no rows have")
}
