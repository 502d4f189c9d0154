//! What a party's own rows were asked already: the guard against differences between studies.
use core::fmt;

use rand_core::CryptoRng;
use subtle::{Choice, ConstantTimeEq, ConstantTimeLess};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{column::MAX_NAME_LEN, plan::Plan, table::Table};
use crate::{
    codec::{Decode, Encode, Kind, Reader, Writer},
    error::{Error, ErrorKind, Result},
    field::{Field, Fp61},
    secret::declassify,
    transcript::{Digest, Transcript},
};

/// A party's record of the studies that its rows took part in.
///
/// Two figures about almost the same rows tell, by their difference, about the rows by which they differ. A party therefore
/// [admits](Ledger::admit) each plan before it starts: its own rows of every function must be, in each column, those of an earlier
/// study, or differ in number from every earlier study's by at least the smallest cohort of both policies. What the
/// other parties do does not matter for that: even if all of them repeat exactly their old rows, a difference is
/// about that many of this party's.
///
/// # Security
/// It protects against studies, not within one: functions of one plan about different columns are about different rows where values are
/// missing, and the plan is for people to judge. As many rows taken out as put in are refused only because their
/// number stays the same; a larger exchange that changes the number by enough is admitted.
/// Keep the ledger's bytes up to date before a study starts: an old backup has forgotten studies.
#[derive(Clone)]
pub struct Ledger {
    points: [Fp61; 2],
    records: Vec<Record>,
}

/// One column of one cohort.
#[derive(Clone)]
struct Record {
    column: String,
    /// The hash of the column's description.
    described: Digest,
    plan: Digest,
    min_cohort: u64,
    count: u64,
    /// The polynomial whose roots are the values, at the two secret points.
    values: [Fp61; 2],
}

impl Drop for Ledger {
    fn drop(&mut self) {
        self.points.zeroize();
        for record in &mut self.records {
            record.count.zeroize();
            record.values.zeroize();
        }
    }
}

impl ZeroizeOnDrop for Ledger {}

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ledger").finish_non_exhaustive()
    }
}

impl ConstantTimeEq for Ledger {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.to_bytes().as_slice().ct_eq(other.to_bytes().as_slice())
    }
}

impl PartialEq for Ledger {
    fn eq(&self, other: &Self) -> bool {
        self.ct_eq(other).into()
    }
}

impl Ledger {
    /// An empty ledger.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        Self { points: core::array::from_fn(|_| Fp61::random(rng)), records: Vec::new() }
    }

    /// How many cohorts it remembers, each column of one counted.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether it remembers nothing.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Checks a plan and this party's own rows against every earlier study, and remembers them. The same plan and rows again are
    /// admitted again, so that a session can be resumed.
    ///
    /// # Errors
    /// `InvalidParams` naming the column for rows that differ from an earlier study's by too few; nothing is remembered then.
    /// # Timing
    /// Varies with the numbers of rows, records and columns, and with whether the plan is admitted.
    pub fn admit(&mut self, plan: &Plan, table: &Table) -> Result<()> {
        let mut new: Vec<Record> = Vec::new();
        for function in plan.functions() {
            let columns = function.columns();
            let rows = table.present(&columns);
            for column in columns {
                let record = self.record(plan, table, column, &rows);
                if declassify(self.clashes(&record)) {
                    let what = "ledger: rows that differ from an earlier study's by too few";
                    return Err(Error::new(ErrorKind::InvalidParams, what).at_column(column));
                }
                if !declassify(record.is_among(&self.records) | record.is_among(&new)) {
                    new.push(record);
                }
            }
        }
        self.records.append(&mut new);
        Ok(())
    }

    fn record(&self, plan: &Plan, table: &Table, column: usize, rows: &[i64]) -> Record {
        let described = &plan.columns()[column];
        let (low, _) = described.bounds();
        let mut values = [Fp61::ONE; 2];
        let mut count = 0_u64;
        for (value, row) in table.values(column).iter().zip(rows) {
            count = count.wrapping_add(row.cast_unsigned());
            let value = Fp61::from_u64(value.wrapping_sub(low).cast_unsigned());
            let row = Fp61::from_u64(row.cast_unsigned());
            for (product, point) in values.iter_mut().zip(&self.points) {
                // 1 for a row that is not in it.
                *product = *product * (Fp61::ONE + row * (*point - value - Fp61::ONE));
            }
        }
        let mut transcript = Transcript::new("veilkit v1 study ledger column");
        transcript.append("column", &super::encoding::column_bytes(described));
        Record {
            column: described.name().to_owned(),
            described: transcript.digest(),
            plan: *plan.hash(),
            min_cohort: plan.policy().min_cohort,
            count,
            values,
        }
    }

    /// Whether this cohort is new and too close to one that is known.
    fn clashes(&self, record: &Record) -> Choice {
        let mut close = Choice::from(0);
        for other in self.records.iter().filter(|other| other.column == record.column) {
            let difference = record.count.abs_diff(other.count);
            let few = difference.ct_lt(&record.min_cohort.max(other.min_cohort));
            // Values on two grids cannot be compared: as many rows are taken for the same.
            let may_be_the_same =
                Choice::from(u8::from(record.described != other.described)) & difference.ct_eq(&0);
            close |= few & !may_be_the_same;
        }
        close & !record.is_among(&self.records)
    }
}

impl Record {
    fn is_among(&self, others: &[Self]) -> Choice {
        others.iter().fold(Choice::from(0), |known, other| known | self.is_same(other))
    }

    /// Whether both are about the same rows, as far as this column tells.
    fn is_same(&self, other: &Self) -> Choice {
        let public = self.column == other.column && self.described == other.described;
        let values = self.values[0].ct_eq(&other.values[0]) & self.values[1].ct_eq(&other.values[1]);
        Choice::from(u8::from(public)) & values & self.count.ct_eq(&other.count)
    }
}

/// ```text
/// points 2 x Fp61 | records u32, each: column text, description [32], plan [32], min_cohort u64, count u64, values 2 x Fp61
/// ```
impl Encode for Ledger {
    const KIND: Kind = Kind::MpcLedger;

    fn params_id(&self) -> u32 {
        0
    }

    fn body_len(&self) -> usize {
        16 + 4 + self.records.iter().map(|record| RECORD_LEN + record.column.len()).sum::<usize>()
    }

    fn write_body(&self, out: &mut Writer) {
        self.points.iter().for_each(|point| point.write(out));
        out.len(self.records.len());
        for record in &self.records {
            out.len(record.column.len()).bytes(record.column.as_bytes());
            out.bytes(&record.described).bytes(&record.plan).u64(record.min_cohort).u64(record.count);
            record.values.iter().for_each(|value| value.write(out));
        }
    }
}

/// The bytes of a record without its column's name.
const RECORD_LEN: usize = 4 + 32 + 32 + 8 + 8 + 16;

impl Decode for Ledger {
    fn read_body(body: &mut Reader<'_>, _params_id: u32, (): ()) -> Result<Self> {
        let pair = |body: &mut Reader<'_>, what| Ok([Fp61::read(body, what)?, Fp61::read(body, what)?]);
        let mut ledger = Self { points: pair(body, "ledger: points")?, records: Vec::new() };
        let count = body.count(RECORD_LEN, "ledger: records")?;
        ledger.records.reserve_exact(count);
        for _ in 0..count {
            let column = super::encoding::read_text(body, MAX_NAME_LEN, "ledger: column")?;
            ledger.records.push(Record {
                column,
                described: body.array("ledger: description")?,
                plan: body.array("ledger: plan")?,
                min_cohort: body.u64("ledger: min_cohort")?,
                count: body.u64("ledger: count")?,
                values: pair(body, "ledger: values")?,
            });
        }
        Ok(ledger)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mpc::study::{
        Function, PlanSpec,
        testing::{numeric, spec},
    };

    fn ledger() -> Ledger {
        Ledger::generate(&mut Transcript::new("veilkit test ledger").rng())
    }

    fn plan(functions: Vec<Function>) -> PlanSpec {
        let mut spec = spec(3, vec![numeric("x", 0.0, 200.0, 1.0), numeric("y", 0.0, 200.0, 1.0)], functions);
        (spec.policy.min_cohort, spec.policy.min_cell) = (10, 1);
        spec
    }

    fn admit(ledger: &mut Ledger, spec: PlanSpec, x: &[f64], y: &[f64]) -> Result<()> {
        let plan = Plan::new(spec).unwrap();
        ledger.admit(&plan, &Table::new(&plan, &[x, y]).unwrap())
    }

    fn rows(range: core::ops::Range<u8>) -> Vec<f64> {
        range.map(f64::from).collect()
    }

    #[test]
    fn too_small_differences_are_refused() {
        let mut ledger = ledger();
        let mean = || plan(vec![Function::Mean { column: 0 }]);
        let y = vec![1.0; 200];
        let mut study = |rows: &[f64]| admit(&mut ledger, mean(), rows, &y[..rows.len()]);
        study(&rows(0..100)).unwrap();
        study(&rows(0..100)).unwrap();
        let reversed: Vec<f64> = rows(0..100).into_iter().rev().collect();
        study(&reversed).unwrap();
        for few in [rows(0..99), rows(1..100), rows(0..109), rows(0..91)] {
            let error = study(&few).unwrap_err();
            assert_eq!((error.kind(), error.column()), (ErrorKind::InvalidParams, Some(0)));
        }
        // One row exchanged for another.
        let mut exchanged = rows(0..100);
        exchanged[3] = 150.0;
        assert!(study(&exchanged).is_err());
        study(&rows(0..110)).unwrap();
        study(&rows(0..90)).unwrap();
        study(&rows(0..100)).unwrap();
        assert!(study(&rows(0..119)).is_err());
    }

    #[test]
    fn missing_values_of_another_column_count() {
        let mut ledger = ledger();
        let (x, y) = (rows(0..100), rows(50..150));
        admit(&mut ledger, plan(vec![Function::Mean { column: 0 }]), &x, &y).unwrap();
        let both = || plan(vec![Function::Correlation { columns: vec![0, 1] }]);
        let mut one_missing = y.clone();
        one_missing[5] = f64::NAN;
        assert_eq!(admit(&mut ledger, both(), &x, &one_missing).unwrap_err().column(), Some(0));
        assert_eq!(ledger.len(), 1);
        admit(&mut ledger, both(), &x, &y).unwrap();
        assert_eq!(ledger.len(), 2);
        // Another column is another matter.
        admit(&mut ledger, plan(vec![Function::Mean { column: 1 }]), &x[..30], &y[..30]).unwrap();
    }

    #[test]
    fn what_is_refused_leaves_nothing_behind() {
        let mut ledger = ledger();
        let (x, y) = (rows(0..100), rows(50..150));
        admit(&mut ledger, plan(vec![Function::Mean { column: 1 }]), &x, &y).unwrap();
        // The first function alone would be admitted.
        let both = plan(vec![Function::Mean { column: 0 }, Function::Mean { column: 1 }]);
        assert_eq!(admit(&mut ledger, both, &x[..99], &y[..99]).unwrap_err().column(), Some(1));
        assert_eq!(ledger.len(), 1);
    }

    #[test]
    fn the_stricter_of_two_policies_counts() {
        let strict = |min_cohort| {
            let mut spec = plan(vec![Function::Mean { column: 0 }]);
            spec.policy.min_cohort = min_cohort;
            spec
        };
        let y = vec![1.0; 200];
        for (first, second) in [(10, 1), (1, 10)] {
            for (count, is_refused) in [(91, true), (90, false)] {
                let mut ledger = ledger();
                admit(&mut ledger, strict(first), &rows(0..100), &y[..100]).unwrap();
                let again = admit(&mut ledger, strict(second), &rows(0..count), &y[..usize::from(count)]);
                assert_eq!(again.is_err(), is_refused, "{first} {second} {count}");
            }
        }
    }

    #[test]
    fn a_plan_may_be_admitted_again() {
        let mut ledger = ledger();
        let (x, mut y) = (rows(0..100), rows(0..100));
        y[0] = f64::NAN;
        let spec = || plan(vec![Function::Mean { column: 0 }, Function::Covariance { columns: vec![0, 1] }]);
        admit(&mut ledger, spec(), &x, &y).unwrap();
        assert_eq!(ledger.len(), 3);
        admit(&mut ledger, spec(), &x, &y).unwrap();
        assert_eq!(ledger.len(), 3);
    }

    #[test]
    fn another_grid_is_compared_by_numbers() {
        let mut ledger = ledger();
        admit(&mut ledger, plan(vec![Function::Mean { column: 0 }]), &rows(0..100), &rows(0..100)).unwrap();
        let finer = || {
            let mut spec = plan(vec![Function::Mean { column: 0 }]);
            spec.columns[0] = numeric("x", 0.0, 300.0, 0.5);
            spec
        };
        assert!(admit(&mut ledger, finer(), &rows(0..99), &rows(0..99)).is_err());
        admit(&mut ledger, finer(), &rows(0..100), &rows(0..100)).unwrap();
    }

    /// The same distances from the lowest value are other values.
    #[test]
    fn columns_of_two_ranges_are_two() {
        let mut ledger = ledger();
        admit(&mut ledger, plan(vec![Function::Mean { column: 0 }]), &rows(0..100), &rows(0..100)).unwrap();
        let shifted = || {
            let mut spec = plan(vec![Function::Mean { column: 0 }]);
            spec.columns[0] = numeric("x", 50.0, 250.0, 1.0);
            spec
        };
        admit(&mut ledger, shifted(), &rows(50..150), &rows(50..150)).unwrap();
        assert_eq!(ledger.len(), 2);
    }

    #[test]
    fn the_ledger_survives_its_bytes_and_prints_nothing() {
        let mut full = ledger();
        admit(&mut full, plan(vec![Function::Mean { column: 0 }]), &rows(0..100), &rows(0..100)).unwrap();
        let bytes = full.to_bytes();
        let mut back = Ledger::from_bytes(&bytes, ()).unwrap();
        assert!(back == full && back != ledger());
        assert!(
            admit(&mut back, plan(vec![Function::Sum { column: 0 }]), &rows(0..99), &rows(0..99)).is_err()
        );
        assert_eq!(format!("{full:?}"), "Ledger { .. }");
    }
}
