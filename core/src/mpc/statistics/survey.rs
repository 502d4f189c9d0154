//! From rows to the vector that a party submits, and from the sums to the figures.
use super::student::student_t_975;
use crate::{
    error::{Error, ErrorKind, Result},
    transcript::{Digest, Transcript},
};

/// The most columns of one survey.
pub const MAX_COLUMNS: usize = 1024;
/// The most bins of one column's histogram.
pub const MAX_BINS: usize = 1024;
/// Entries before the bins: count, sum, sum of squares.
const MOMENTS: usize = 3;
/// Finer than the sums' own floating point would be pointless.
const MAX_FRACTION_BITS: u32 = 44;

/// What is public about a column: its name, its plausible range, the edges of its histogram.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    name: String,
    low: f64,
    high: f64,
    edges: Vec<f64>,
}

impl Column {
    /// Describes a column. `range` must hold every value; `edges` are ascending, or empty for no histogram. Bins
    /// are closed on the left, the last one on both sides; values beyond the edges are in no bin.
    ///
    /// # Errors
    /// `InvalidParams` for a range or edges that are not finite and ascending, or more than 1,024 bins.
    pub fn new(name: &str, (low, high): (f64, f64), edges: Vec<f64>) -> Result<Self> {
        let invalid = |what| Error::new(ErrorKind::InvalidParams, what);
        let range_is_right = low.is_finite() && high.is_finite() && low < high && (high - low).is_finite();
        if !range_is_right {
            return Err(invalid("column: range, finite and not empty"));
        }
        let ascending =
            edges.windows(2).all(|pair| pair[0] < pair[1]) && edges.iter().all(|edge| edge.is_finite());
        if !ascending || edges.len() == 1 || edges.len() > MAX_BINS + 1 {
            return Err(invalid("column: edges, none or from 2 to 1,025 that ascend"));
        }
        Ok(Self { name: name.to_owned(), low, high, edges })
    }

    /// The column's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The plausible range.
    pub fn range(&self) -> (f64, f64) {
        (self.low, self.high)
    }

    /// The edges of the histogram; empty when there is none.
    pub fn edges(&self) -> &[f64] {
        &self.edges
    }

    fn bins(&self) -> usize {
        self.edges.len().saturating_sub(1)
    }

    fn centre(&self) -> f64 {
        self.low + self.half_width()
    }

    fn half_width(&self) -> f64 {
        (self.high - self.low) / 2.0
    }

    /// Writes count, sum and sum of squares of `z`, and the bins.
    fn encode(&self, values: &[f64], out: &mut Vec<f64>) -> Result<()> {
        let inside = values.iter().fold(true, |all, x| all & (*x >= self.low) & (*x <= self.high));
        if !inside {
            return Err(Error::new(ErrorKind::OutOfRange, "column: a value is missing or beyond the range"));
        }
        let z = |x: &f64| (x - self.centre()) / self.half_width();
        out.push(values.len() as f64);
        out.push(sum(values.iter().map(z)));
        out.push(sum(values.iter().map(|x| z(x) * z(x))));
        // How many values are at or beyond each edge (beyond, for the last one); bins are differences of these.
        let Some((last, edges)) = self.edges.split_last() else { return Ok(()) };
        let count = |is: &dyn Fn(f64) -> bool| values.iter().map(|x| u64::from(is(*x))).sum::<u64>();
        let at_least = edges.iter().map(|edge| count(&|x| x >= *edge)).chain([count(&|x| x > *last)]);
        let at_least: Vec<u64> = at_least.collect();
        out.extend(at_least.windows(2).map(|pair| (pair[0] - pair[1]) as f64));
        Ok(())
    }

    /// Reads the figures from the sums in units of `2^-fraction_bits`.
    fn decode(&self, sums: &[i64], fraction_bits: u32) -> Result<Summary> {
        let impossible = || Error::new(ErrorKind::VerificationFailed, "sums: no rows have these");
        let whole = |raw: i64| {
            let whole = u64::try_from(raw >> fraction_bits).map_err(|_| impossible())?;
            if raw & ((1 << fraction_bits) - 1) == 0 { Ok(whole) } else { Err(impossible()) }
        };
        let real = |raw: i64| raw as f64 / (1_u64 << fraction_bits) as f64;
        let count = whole(sums[0])?;
        let (n, first, second) = (count as f64, real(sums[1]), real(sums[2]));
        let histogram: Vec<u64> = sums[MOMENTS..].iter().map(|raw| whole(*raw)).collect::<Result<_>>()?;
        let in_bins = histogram.iter().try_fold(0_u64, |sum, bin| sum.checked_add(*bin));
        // Rounding of at most 255 parties may put the sums slightly beyond what rows allow.
        let slack = 256.0 / (1_u64 << fraction_bits) as f64 + 1e-12 * n;
        let possible = in_bins.is_some_and(|sum| sum <= count)
            && first.abs() <= n + slack
            && (-slack..=n + slack).contains(&second)
            && first * first <= (n + slack) * (second + slack) + slack;
        if !possible {
            return Err(impossible());
        }
        let mean = first / n; // NaN without rows
        let centred = (second - first * mean).max(0.0);
        let variance =
            if count < 2 { f64::NAN } else { centred / (n - 1.0) * self.half_width() * self.half_width() };
        let standard_error = (variance / n).sqrt();
        let mean = self.centre() + mean * self.half_width();
        let reach = student_t_975(count.saturating_sub(1)) * standard_error;
        Ok(Summary {
            count,
            mean,
            variance,
            standard_error,
            interval: (mean - reach, mean + reach),
            histogram,
        })
    }
}

/// The figures of one column.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// How many rows.
    pub count: u64,
    /// The mean; NaN without rows.
    pub mean: f64,
    /// The variance with `count - 1` in the denominator; NaN below two rows.
    pub variance: f64,
    /// The standard error of the mean; NaN below two rows.
    pub standard_error: f64,
    /// The 95% confidence interval of the mean by Student's t; NaN below two rows.
    pub interval: (f64, f64),
    /// How many rows in each bin.
    pub histogram: Vec<u64>,
}

/// The numbers that a [`Plan`](crate::mpc::secure_sum::Plan) needs for a survey.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fit {
    /// Entries of the vector.
    pub length: usize,
    /// The largest absolute value of an entry.
    pub max_abs: f64,
    /// Bits after the binary point: as many as fit, at most 44.
    pub fraction_bits: u32,
}

/// The columns that are asked about. Public, and the same at every party.
#[derive(Clone, Debug, PartialEq)]
pub struct Survey {
    columns: Vec<Column>,
}

impl Survey {
    /// Collects columns.
    ///
    /// # Errors
    /// `InvalidParams` for none, more than 1,024, or two of the same name.
    pub fn new(columns: Vec<Column>) -> Result<Self> {
        let distinct = columns.iter().enumerate().all(|(i, a)| columns[..i].iter().all(|b| a.name != b.name));
        match distinct && (1..=MAX_COLUMNS).contains(&columns.len()) {
            true => Ok(Self { columns }),
            false => {
                Err(Error::new(ErrorKind::InvalidParams, "survey: from 1 to 1,024 columns, each name once"))
            }
        }
    }

    /// The columns.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The entries of the vector.
    pub fn length(&self) -> usize {
        self.columns.iter().map(|column| MOMENTS + column.bins()).sum()
    }

    /// A digest of everything that the parties must agree on. It belongs into the plan's purpose.
    pub fn digest(&self) -> Digest {
        let mut transcript = Transcript::new("veilkit v1 survey");
        for column in &self.columns {
            transcript.append("name", column.name.as_bytes());
            for number in [column.low, column.high].iter().chain(&column.edges) {
                transcript.append_u64("number", number.to_bits());
            }
        }
        transcript.digest()
    }

    /// What a plan needs so that `parties` parties with up to `max_rows` rows each fit.
    ///
    /// # Errors
    /// `InvalidParams` when there are no rows, or more than 2^32.
    pub fn fit(&self, parties: usize, max_rows: u64) -> Result<Fit> {
        if max_rows == 0 || max_rows > 1 << 32 || parties > 255 {
            return Err(Error::new(
                ErrorKind::InvalidParams,
                "survey: rows, 1 to 2^32, and at most 255 parties",
            ));
        }
        let largest_sum = max_rows * parties as u64;
        let fraction_bits = MAX_FRACTION_BITS.min(62 - largest_sum.ilog2());
        Ok(Fit { length: self.length(), max_abs: max_rows as f64, fraction_bits })
    }

    /// One party's vector, from its own values of each column. Missing values are left out before.
    ///
    /// # Errors
    /// `ShapeMismatch` unless there is one list for each column; `OutOfRange` for a value that is NaN or beyond the
    /// column's range.
    /// # Timing
    /// Varies with the numbers of values and of bins. No branch depends on a value, but floating-point instructions
    /// may take more time for some values than for others.
    pub fn encode(&self, values: &[&[f64]]) -> Result<Vec<f64>> {
        if values.len() != self.columns.len() {
            return Err(Error::new(ErrorKind::ShapeMismatch, "survey: one list of values for each column"));
        }
        let mut out = Vec::with_capacity(self.length());
        self.columns.iter().zip(values).try_for_each(|(column, values)| column.encode(values, &mut out))?;
        Ok(out)
    }

    /// The figures, from the exact sums in units of `2^-fraction_bits`.
    ///
    /// # Errors
    /// `ShapeMismatch` for another number of sums; `OutOfRange` above 60 fraction bits; `VerificationFailed` for
    /// sums that no rows can have, so that some party submitted something else.
    pub fn decode(&self, sums: &[i64], fraction_bits: u32) -> Result<Vec<Summary>> {
        if sums.len() != self.length() {
            return Err(Error::new(ErrorKind::ShapeMismatch, "survey: number of sums"));
        }
        if fraction_bits > 60 {
            return Err(Error::new(ErrorKind::OutOfRange, "survey: fraction_bits above 60"));
        }
        let mut rest = sums;
        self.columns
            .iter()
            .map(|column| {
                let (sums, after) = rest.split_at(MOMENTS + column.bins());
                rest = after;
                column.decode(sums, fraction_bits)
            })
            .collect()
    }
}

/// Neumaier's compensated sum: off by one rounding, however many terms.
fn sum(terms: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut lost) = (0.0_f64, 0.0);
    for term in terms {
        // Knuth's two-sum finds what the addition lost without asking which term is larger.
        let next = sum + term;
        let part = next - sum;
        lost += (sum - (next - part)) + (term - part);
        sum = next;
    }
    sum + lost
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn raw(entries: &[f64], fraction_bits: u32) -> Vec<i64> {
        let input = |x: &f64| {
            let scaled = x * 2.0_f64.powi(i32::try_from(fraction_bits).unwrap());
            format!("{scaled:.0}").parse().unwrap()
        };
        entries.iter().map(input).collect()
    }

    fn survey() -> Survey {
        Survey::new(vec![
            Column::new("pressure", (50.0, 250.0), vec![50.0, 100.0, 150.0, 200.0]).unwrap(),
            Column::new("smoker", (0.0, 1.0), vec![]).unwrap(),
        ])
        .unwrap()
    }

    #[test]
    fn bins_follow_numpy() {
        let values = [50.0, 99.9, 100.0, 149.0, 150.0, 200.0, 200.5];
        let encoded = survey().encode(&[&values, &[1.0, 0.0]]).unwrap();
        assert_eq!(encoded.len(), survey().length());
        let summaries = survey().decode(&raw(&encoded, 30), 30).unwrap();
        assert_eq!((summaries[0].count, &summaries[0].histogram[..]), (7, &[2, 2, 2][..]));
        assert_eq!((summaries[1].mean, summaries[1].variance, summaries[1].histogram.len()), (0.5, 0.5, 0));
    }

    #[test]
    fn small_counts_have_no_variance() {
        let one = survey().decode(&raw(&survey().encode(&[&[120.0], &[]]).unwrap(), 30), 30).unwrap();
        assert!((one[0].mean - 120.0).abs() < 1e-6 && one[0].variance.is_nan() && one[0].interval.0.is_nan());
        assert!(one[1].count == 0 && one[1].mean.is_nan() && one[1].standard_error.is_nan());
    }

    #[test]
    fn known_figures() {
        let values = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0];
        let survey = Survey::new(vec![Column::new("x", (0.0, 10.0), vec![]).unwrap()]).unwrap();
        let fit = survey.fit(3, 8).unwrap();
        assert_eq!((fit.length, fit.max_abs, fit.fraction_bits), (3, 8.0, 44));
        let sums = raw(&survey.encode(&[&values]).unwrap(), fit.fraction_bits);
        let summary = &survey.decode(&sums, fit.fraction_bits).unwrap()[0];
        assert!((summary.mean - 5.0).abs() < 1e-12);
        assert!((summary.variance - 32.0 / 7.0).abs() < 1e-11);
        assert!((summary.standard_error - (32.0_f64 / 56.0).sqrt()).abs() < 1e-11);
        // scipy.stats.t.interval(0.95, 7, 5, sem(values))
        assert!((summary.interval.0 - 3.212512).abs() < 1e-5, "{:?}", summary.interval);
    }

    #[test]
    fn bad_values_and_descriptions_are_refused() {
        let kind = |values: &[&[f64]]| survey().encode(values).unwrap_err().kind();
        assert_eq!(kind(&[&[]]), ErrorKind::ShapeMismatch);
        for bad in [f64::NAN, f64::INFINITY, 49.9, 250.1] {
            assert_eq!(kind(&[&[100.0, bad], &[]]), ErrorKind::OutOfRange);
        }
        let column = |range, edges: &[f64]| Column::new("x", range, edges.to_vec()).map_err(|e| e.kind());
        for range in [(1.0, 1.0), (2.0, 1.0), (f64::NAN, 1.0), (0.0, f64::INFINITY), (-f64::MAX, f64::MAX)] {
            assert_eq!(column(range, &[]), Err(ErrorKind::InvalidParams));
        }
        for edges in [&[1.0][..], &[1.0, 1.0], &[2.0, 1.0], &[0.0, f64::NAN], &[0.0, f64::INFINITY]] {
            assert_eq!(column((0.0, 1.0), edges), Err(ErrorKind::InvalidParams));
        }
        let x = column((0.0, 1.0), &[]).unwrap();
        assert!(Survey::new(vec![]).is_err() && Survey::new(vec![x.clone(), x]).is_err());
        assert!(survey().fit(3, 0).is_err());
    }

    #[test]
    fn impossible_sums_are_refused() {
        let good = raw(&survey().encode(&[&[120.0, 130.0], &[1.0]]).unwrap(), 30);
        assert!(survey().decode(&good, 30).is_ok());
        assert_eq!(survey().decode(&good[1..], 30).unwrap_err().kind(), ErrorKind::ShapeMismatch);
        assert_eq!(survey().decode(&good, 61).unwrap_err().kind(), ErrorKind::OutOfRange);
        for (at, change) in
            [(0, 1), (0, -(1 << 40)), (1, 1 << 40), (2, 1 << 40), (2, -(1 << 31)), (3, 1 << 31), (4, 1)]
        {
            let mut bad = good.clone();
            bad[at] += change;
            assert_eq!(survey().decode(&bad, 30).unwrap_err().kind(), ErrorKind::VerificationFailed, "{at}");
        }
    }

    #[test]
    fn the_digest_covers_everything() {
        let base = || Column::new("x", (0.0, 1.0), vec![0.0, 0.5, 1.0]).unwrap();
        let digest = |column| Survey::new(vec![column]).unwrap().digest();
        for other in [
            Column::new("y", (0.0, 1.0), vec![0.0, 0.5, 1.0]),
            Column::new("x", (0.0, 2.0), vec![0.0, 0.5, 1.0]),
            Column::new("x", (0.0, 1.0), vec![0.0, 0.25, 1.0]),
            Column::new("x", (0.0, 1.0), vec![]),
        ] {
            assert_ne!(digest(other.unwrap()), digest(base()));
        }
    }

    proptest! {
        #[test]
        fn agrees_with_two_passes_over_the_pooled_rows(
            rows in prop::collection::vec(prop::collection::vec(50.0_f64..250.0, 2..200), 1..6),
        ) {
            let survey = Survey::new(vec![Column::new("x", (50.0, 250.0), vec![]).unwrap()]).unwrap();
            let fit = survey.fit(rows.len(), 200).unwrap();
            let mut sums = vec![0; 3];
            for rows in &rows {
                let encoded = raw(&survey.encode(&[rows]).unwrap(), fit.fraction_bits);
                sums.iter_mut().zip(encoded).for_each(|(sum, entry)| *sum += entry);
            }
            let summary = &survey.decode(&sums, fit.fraction_bits).unwrap()[0];
            let pooled: Vec<f64> = rows.concat();
            let n = pooled.len() as f64;
            let mean = pooled.iter().sum::<f64>() / n;
            let variance = pooled.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
            prop_assert_eq!(summary.count, pooled.len() as u64);
            prop_assert!((summary.mean - mean).abs() < 1e-9);
            prop_assert!((summary.variance - variance).abs() < 1e-7 * variance.max(1.0));
        }
    }
}
