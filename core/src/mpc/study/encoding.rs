//! The bytes of a plan.
use zeroize::Zeroizing;

use super::{
    column::{Column, ColumnKind},
    function::{Function, MAX_BINS, MAX_FUNCTION_COLUMNS, Ties},
    plan::{MAX_COLUMNS, MAX_FUNCTIONS, MAX_PURPOSE_LEN, Plan, PlanSpec, Protocol},
    policy::Policy,
};
use crate::{
    codec::{Decode, Encode, Kind, Reader, Writer},
    error::{Error, ErrorKind, Result},
    mpc::{
        arithmetic::NetworkProfile,
        identity::{IDENTITY_LEN, Identity},
        session_id::SessionId,
    },
    party::PartyId,
};

/// ```text
/// session [32] | purpose text | protocol u8 | round_trip f64 | bandwidth f64 | max_rows u64
/// min_cohort u64 | min_parties u16 | min_cell u64 | allow_extremes u8 | receivers u32, each: number u16, ascending
/// columns u32, each: name text, unit text, type u8, then
///   0 numeric: low f64, high f64, resolution f64      1 integer: low u64, high u64 (two's complement)
///   2 category: levels u32, each text                 3 time: high f64, resolution f64      4 event
/// functions u32, each: number u8 as below, then its fields in order: columns u16, lists with their length u32 before,
///   edges and probabilities f64, other numbers u32, an optional column as a list of at most one
/// parties u32, each: number u16, identity [32], ascending by number
/// ```
/// A text is its length u32 and UTF-8; f64 is the IEEE 754 binary64 form as u64. Functions are numbered from 1 in the order
/// of [`Function`]; 20 is Cox regression with Efron's ties, which is 18 with the most events of a bin after it.
impl Encode for Plan {
    const KIND: Kind = Kind::MpcPlan;

    fn params_id(&self) -> u32 {
        0
    }

    fn body_len(&self) -> usize {
        let spec = self.spec();
        let columns: usize = spec.columns.iter().map(column_len).sum();
        let functions: usize = spec.functions.iter().map(function_len).sum();
        32 + 4
            + spec.purpose.len()
            + 1
            + 8
            + 8
            + 8
            + (8 + 2 + 8 + 1 + 4 + 2 * spec.policy.receivers.len())
            + (4 + columns)
            + (4 + functions)
            + (4 + spec.parties.len() * (2 + IDENTITY_LEN))
    }

    fn write_body(&self, out: &mut Writer) {
        let spec = self.spec();
        out.bytes(&spec.session.0);
        text(out, &spec.purpose);
        out.u8(match spec.protocol {
            Protocol::ShamirSemiHonest => 1,
            Protocol::ShamirMalicious => 2,
        });
        real(out, spec.network.round_trip);
        real(out, spec.network.bandwidth);
        out.u64(spec.max_rows);
        let policy = &spec.policy;
        out.u64(policy.min_cohort).u16(small(policy.min_parties)).u64(policy.min_cell);
        out.u8(u8::from(policy.allow_extremes)).len(policy.receivers.len());
        policy.receivers.iter().for_each(|receiver| {
            out.u16(receiver.get());
        });
        out.len(spec.columns.len());
        spec.columns.iter().for_each(|column| write_column(out, column));
        out.len(spec.functions.len());
        spec.functions.iter().for_each(|function| write_function(out, function));
        out.len(spec.parties.len());
        for (party, identity) in &spec.parties {
            out.u16(party.get()).bytes(&identity.to_bytes());
        }
    }
}

impl Decode for Plan {
    fn read_body(body: &mut Reader<'_>, _params_id: u32, (): ()) -> Result<Self> {
        let session = SessionId(body.array("plan: session")?);
        let purpose = read_text(body, MAX_PURPOSE_LEN, "plan: purpose")?;
        let protocol = match body.u8("plan: protocol")? {
            1 => Protocol::ShamirSemiHonest,
            2 => Protocol::ShamirMalicious,
            _ => return Err(malformed("plan: protocol")),
        };
        let network = NetworkProfile {
            round_trip: read_real(body, "plan: network")?,
            bandwidth: read_real(body, "plan: network")?,
        };
        let max_rows = body.u64("plan: max_rows")?;
        let min_cohort = body.u64("plan: min_cohort")?;
        let min_parties = usize::from(body.u16("plan: min_parties")?);
        let min_cell = body.u64("plan: min_cell")?;
        let allow_extremes = match body.u8("plan: allow_extremes")? {
            0 => false,
            1 => true,
            _ => return Err(malformed("plan: allow_extremes")),
        };
        let receivers =
            list(body, 50, 2, "plan: receivers", |body| PartyId::new(body.u16("plan: receiver")?))?;
        let columns = list(body, MAX_COLUMNS, 9, "plan: columns", read_column)?;
        let functions = list(body, MAX_FUNCTIONS, 3, "plan: functions", read_function)?;
        let parties = list(body, 50, 2 + IDENTITY_LEN, "plan: parties", |body| {
            let party = PartyId::new(body.u16("plan: party number")?)?;
            Ok((party, Identity::from_bytes(&body.array("plan: identity")?)?))
        })?;
        if !receivers.is_sorted() || !parties.is_sorted_by_key(|(party, _)| *party) {
            return Err(malformed("plan: parties or receivers are not in order"));
        }
        let policy = Policy { min_cohort, min_parties, min_cell, receivers, allow_extremes };
        let spec =
            PlanSpec { session, purpose, parties, protocol, network, columns, functions, policy, max_rows };
        Self::new(spec)
    }
}

fn column_len(column: &Column) -> usize {
    let kind = match column.kind() {
        ColumnKind::Numeric { .. } => 24,
        ColumnKind::Integer { .. } | ColumnKind::Time { .. } => 16,
        ColumnKind::Category { levels } => 4 + levels.iter().map(|level| 4 + level.len()).sum::<usize>(),
        ColumnKind::Event => 0,
    };
    4 + column.name().len() + 4 + column.unit().len() + 1 + kind
}

/// A column's bytes.
pub(super) fn column_bytes(column: &Column) -> Zeroizing<Vec<u8>> {
    let mut out = Writer::with_capacity(column_len(column));
    write_column(&mut out, column);
    out.into_bytes()
}

fn write_column(out: &mut Writer, column: &Column) {
    text(out, column.name());
    text(out, column.unit());
    match column.kind() {
        ColumnKind::Numeric { low, high, resolution } => {
            out.u8(0);
            [low, high, resolution].into_iter().for_each(|value| real(out, *value));
        }
        ColumnKind::Integer { low, high } => {
            out.u8(1).u64(low.cast_unsigned()).u64(high.cast_unsigned());
        }
        ColumnKind::Category { levels } => {
            out.u8(2).len(levels.len());
            levels.iter().for_each(|level| text(out, level));
        }
        ColumnKind::Time { high, resolution } => {
            out.u8(3);
            [high, resolution].into_iter().for_each(|value| real(out, *value));
        }
        ColumnKind::Event => {
            out.u8(4);
        }
    }
}

fn read_column(body: &mut Reader<'_>) -> Result<Column> {
    let name = read_text(body, super::MAX_NAME_LEN, "column: name")?;
    let unit = read_text(body, super::MAX_NAME_LEN, "column: unit")?;
    let kind = match body.u8("column: type")? {
        0 => ColumnKind::Numeric {
            low: read_real(body, "column: low")?,
            high: read_real(body, "column: high")?,
            resolution: read_real(body, "column: resolution")?,
        },
        1 => ColumnKind::Integer {
            low: body.u64("column: low")?.cast_signed(),
            high: body.u64("column: high")?.cast_signed(),
        },
        2 => ColumnKind::Category {
            levels: list(body, super::MAX_LEVELS, 5, "column: levels", |body| {
                read_text(body, super::MAX_NAME_LEN, "column: level")
            })?,
        },
        3 => ColumnKind::Time {
            high: read_real(body, "column: high")?,
            resolution: read_real(body, "column: resolution")?,
        },
        4 => ColumnKind::Event,
        _ => return Err(malformed("column: type")),
    };
    Column::new(&name, &unit, kind)
}

/// The fields of a function, in order.
enum Field<'a> {
    Column(usize),
    Columns(&'a [usize]),
    Reals(&'a [f64]),
    Number(usize),
    Optional(Option<usize>),
}

fn fields(function: &Function) -> (u8, Vec<Field<'_>>) {
    use Field::{Column, Columns, Number, Optional, Reals};
    match function {
        Function::Count { column } => (1, vec![Column(*column)]),
        Function::Sum { column } => (2, vec![Column(*column)]),
        Function::Mean { column } => (3, vec![Column(*column)]),
        Function::Variance { column } => (4, vec![Column(*column)]),
        Function::Covariance { columns } => (5, vec![Columns(columns)]),
        Function::Correlation { columns } => (6, vec![Columns(columns)]),
        Function::Histogram { column, edges } => (7, vec![Column(*column), Reals(edges)]),
        Function::Quantiles { column, probabilities } => (8, vec![Column(*column), Reals(probabilities)]),
        Function::Minimum { column } => (9, vec![Column(*column)]),
        Function::Maximum { column } => (10, vec![Column(*column)]),
        Function::TopK { column, k } => (11, vec![Column(*column), Number(*k)]),
        Function::GroupBy { column, by } => (12, vec![Column(*column), Column(*by)]),
        Function::Contingency { row, column } => (13, vec![Column(*row), Column(*column)]),
        Function::TTest { column, by } => (14, vec![Column(*column), Column(*by)]),
        Function::LinearRegression { outcome, predictors } => {
            (15, vec![Column(*outcome), Columns(predictors)])
        }
        Function::LogisticRegression { outcome, predictors, iterations } => {
            (16, vec![Column(*outcome), Columns(predictors), Number(*iterations)])
        }
        Function::KaplanMeier { time, event, by, bins } => {
            (17, vec![Column(*time), Column(*event), Optional(*by), Number(*bins)])
        }
        Function::Cox { time, event, predictors, bins, iterations, ties } => {
            let mut fields =
                vec![Column(*time), Column(*event), Columns(predictors), Number(*bins), Number(*iterations)];
            match ties {
                Ties::Breslow => (18, fields),
                Ties::Efron { most } => {
                    fields.push(Number(*most));
                    (20, fields)
                }
            }
        }
        Function::Pca { columns, components } => (19, vec![Columns(columns), Number(*components)]),
    }
}

fn function_len(function: &Function) -> usize {
    let field = |field: &Field<'_>| match field {
        Field::Column(_) => 2,
        Field::Columns(columns) => 4 + 2 * columns.len(),
        Field::Reals(reals) => 4 + 8 * reals.len(),
        Field::Number(_) => 4,
        Field::Optional(column) => 4 + 2 * usize::from(column.is_some()),
    };
    1 + fields(function).1.iter().map(field).sum::<usize>()
}

fn write_function(out: &mut Writer, function: &Function) {
    let (number, fields) = fields(function);
    out.u8(number);
    for field in fields {
        match field {
            Field::Column(column) => {
                out.u16(small(column));
            }
            Field::Columns(columns) => {
                out.len(columns.len());
                columns.iter().for_each(|column| {
                    out.u16(small(*column));
                });
            }
            Field::Reals(reals) => {
                out.len(reals.len());
                reals.iter().for_each(|value| real(out, *value));
            }
            Field::Number(number) => {
                out.len(number);
            }
            Field::Optional(column) => {
                out.len(usize::from(column.is_some()));
                column.iter().for_each(|column| {
                    out.u16(small(*column));
                });
            }
        }
    }
}

fn read_function(body: &mut Reader<'_>) -> Result<Function> {
    let number = body.u8("function: number")?;
    let column = |body: &mut Reader<'_>| Ok(usize::from(body.u16("function: column")?));
    let columns = |body: &mut Reader<'_>| list(body, MAX_FUNCTION_COLUMNS, 2, "function: columns", column);
    let reals = |body: &mut Reader<'_>| {
        list(body, MAX_BINS + 1, 8, "function: list of numbers", |body| read_real(body, "function: number"))
    };
    let count = |body: &mut Reader<'_>| {
        usize::try_from(body.u32("function: number")?).map_err(|_| malformed("function: number"))
    };
    Ok(match number {
        1 => Function::Count { column: column(body)? },
        2 => Function::Sum { column: column(body)? },
        3 => Function::Mean { column: column(body)? },
        4 => Function::Variance { column: column(body)? },
        5 => Function::Covariance { columns: columns(body)? },
        6 => Function::Correlation { columns: columns(body)? },
        7 => Function::Histogram { column: column(body)?, edges: reals(body)? },
        8 => Function::Quantiles { column: column(body)?, probabilities: reals(body)? },
        9 => Function::Minimum { column: column(body)? },
        10 => Function::Maximum { column: column(body)? },
        11 => Function::TopK { column: column(body)?, k: count(body)? },
        12 => Function::GroupBy { column: column(body)?, by: column(body)? },
        13 => Function::Contingency { row: column(body)?, column: column(body)? },
        14 => Function::TTest { column: column(body)?, by: column(body)? },
        15 => Function::LinearRegression { outcome: column(body)?, predictors: columns(body)? },
        16 => Function::LogisticRegression {
            outcome: column(body)?,
            predictors: columns(body)?,
            iterations: count(body)?,
        },
        17 => Function::KaplanMeier {
            time: column(body)?,
            event: column(body)?,
            by: list(body, 1, 2, "function: optional column", column)?.pop(),
            bins: count(body)?,
        },
        18 | 20 => Function::Cox {
            time: column(body)?,
            event: column(body)?,
            predictors: columns(body)?,
            bins: count(body)?,
            iterations: count(body)?,
            ties: if number == 20 { Ties::Efron { most: count(body)? } } else { Ties::Breslow },
        },
        19 => Function::Pca { columns: columns(body)?, components: count(body)? },
        _ => return Err(malformed("function: number")),
    })
}

fn text(out: &mut Writer, value: &str) {
    out.len(value.len()).bytes(value.as_bytes());
}

fn real(out: &mut Writer, value: f64) {
    out.u64(value.to_bits());
}

fn small(value: usize) -> u16 {
    u16::try_from(value).expect("checked: at most 1,024")
}

pub(super) fn read_text(body: &mut Reader<'_>, most: usize, what: &'static str) -> Result<String> {
    let len = body.count(1, what)?;
    if len > most {
        return Err(Error::new(ErrorKind::InvalidParams, what));
    }
    let bytes = body.bytes(len, what)?;
    core::str::from_utf8(bytes).map(str::to_owned).map_err(|_| malformed("plan: text that is not UTF-8"))
}

/// A number; NaN has many forms and is none.
fn read_real(body: &mut Reader<'_>, what: &'static str) -> Result<f64> {
    let value = f64::from_bits(body.u64(what)?);
    if value.is_nan() { Err(malformed(what)) } else { Ok(value) }
}

fn list<T>(
    body: &mut Reader<'_>,
    most: usize,
    smallest: usize,
    what: &'static str,
    mut read: impl FnMut(&mut Reader<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    let len = body.count(smallest, what)?;
    if len > most {
        return Err(Error::new(ErrorKind::InvalidParams, what));
    }
    (0..len).map(|_| read(body)).collect()
}

fn malformed(what: &'static str) -> Error {
    Error::new(ErrorKind::InvalidEncoding, what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mpc::study::testing::{category, numeric, spec};

    fn every_function() -> Vec<Function> {
        let column = 0;
        let cox =
            |ties| Function::Cox { time: 3, event: 4, predictors: vec![0], bins: 20, iterations: 5, ties };
        vec![
            Function::Count { column },
            Function::Sum { column },
            Function::Mean { column },
            Function::Variance { column },
            Function::Covariance { columns: vec![0, 1] },
            Function::Correlation { columns: vec![1, 0] },
            Function::Histogram { column, edges: vec![0.0, 2.5, 5.0] },
            Function::Quantiles { column, probabilities: vec![0.25, 0.5] },
            Function::Minimum { column },
            Function::Maximum { column },
            Function::TopK { column, k: 7 },
            Function::GroupBy { column, by: 2 },
            Function::Contingency { row: 2, column: 4 },
            Function::TTest { column, by: 4 },
            Function::LinearRegression { outcome: 0, predictors: vec![1, 3] },
            Function::LogisticRegression { outcome: 4, predictors: vec![0, 1], iterations: 6 },
            Function::KaplanMeier { time: 3, event: 4, by: Some(2), bins: 20 },
            Function::KaplanMeier { time: 3, event: 4, by: None, bins: 20 },
            cox(Ties::Breslow),
            cox(Ties::Efron { most: 9 }),
            Function::Pca { columns: vec![0, 1], components: 1 },
        ]
    }

    fn plan() -> PlanSpec {
        let columns = vec![
            numeric("x", -1.0, 10.0, 0.25),
            Column::new("age", "years", ColumnKind::Integer { low: -3, high: 120 }).unwrap(),
            category("site", &["a", "b", "c"]),
            Column::new("time", "days", ColumnKind::Time { high: 900.0, resolution: 1.0 }).unwrap(),
            Column::new("event", "", ColumnKind::Event).unwrap(),
        ];
        spec(4, columns, every_function())
    }

    #[test]
    fn every_plan_survives_its_bytes() {
        let plan = Plan::new(plan()).unwrap();
        let bytes = plan.to_bytes();
        let back = Plan::from_bytes(&bytes, ()).unwrap();
        assert_eq!((&back, back.hash()), (&plan, plan.hash()));
        for cut in 0..bytes.len() {
            assert!(Plan::from_bytes(&bytes[..cut], ()).is_err(), "{cut}");
        }
    }

    #[test]
    fn every_field_enters_the_hash() {
        let hash = |change: &dyn Fn(&mut PlanSpec)| {
            let mut spec = plan();
            change(&mut spec);
            *Plan::new(spec).unwrap().hash()
        };
        let changes: [&dyn Fn(&mut PlanSpec); 14] = [
            &|_| (),
            &|spec| spec.session = SessionId([8; 32]),
            &|spec| spec.purpose.push('!'),
            &|spec| spec.protocol = Protocol::ShamirSemiHonest,
            &|spec| spec.network.round_trip = 0.5,
            &|spec| spec.max_rows += 1,
            &|spec| spec.policy.min_cohort = 2,
            &|spec| spec.policy.min_parties = 2,
            &|spec| (spec.policy.min_cohort, spec.policy.min_cell) = (2, 2),
            &|spec| spec.columns[0] = numeric("x", -1.0, 10.0, 0.5),
            &|spec| spec.columns[1] = numeric("y", -1.0, 10.0, 0.5),
            &|spec| spec.functions[7] = Function::Quantiles { column: 0, probabilities: vec![0.25] },
            &|spec| spec.functions.truncate(5),
            &|spec| {
                spec.parties.truncate(3);
                spec.policy.receivers.truncate(3);
            },
        ];
        let hashes: Vec<_> = changes.iter().map(|change| hash(*change)).collect();
        for (at, hash) in hashes.iter().enumerate() {
            assert!(!hashes[..at].contains(hash), "{at}");
        }
    }
}
