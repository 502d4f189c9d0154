//! `veilkit.mpc.study`: plans, tables, ledgers, and sessions that take and give bytes.
use std::sync::{Mutex, PoisonError};

use numpy::PyReadonlyArray1;
use pyo3::{
    IntoPyObjectExt,
    prelude::*,
    types::{PyBytes, PyDict, PyList},
};
use veilkit_bridge::{
    Error, ErrorKind, PartyId, Result,
    codec::{Decode, Encode},
    study::{
        self, Column, ColumnKind, Function, Ledger, NetworkProfile, Plain, Plan, PlanSpec, Policy, Protocol,
        Sent, Session, Table, Ties,
    },
};

use crate::{
    errors::{detached, quick},
    mpc::{MpcIdentityKey, addressed, arrived, members, session_or_random},
    watch::watched,
};

/// Name, unit, type, lowest and highest value, resolution, levels.
type ColumnFields = (String, String, String, f64, f64, f64, Vec<String>);
/// Name, single columns, a list of columns, real numbers, counts.
type FunctionFields = (String, Vec<usize>, Vec<usize>, Vec<f64>, Vec<usize>);
/// Smallest cohort, fewest parties, smallest cell, receivers, whether extremes may be shown.
type PolicyFields = (u64, usize, u64, Vec<u16>, bool);

/// What the parties of a study agree on.
#[pyclass(frozen)]
pub(crate) struct MpcStudyPlan(pub(crate) Plan);

#[pymethods]
impl MpcStudyPlan {
    /// Checks what the parties agree on. A session number is drawn where none is given.
    #[staticmethod]
    #[allow(clippy::too_many_arguments)] // the fields of a plan, each by its name in Python
    fn make(
        py: Python<'_>,
        session: Option<&[u8]>,
        purpose: String,
        parties: Vec<(u16, Vec<u8>)>,
        malicious: bool,
        network: (f64, f64),
        columns: Vec<ColumnFields>,
        functions: Vec<FunctionFields>,
        policy: PolicyFields,
        max_rows: u64,
    ) -> PyResult<Self> {
        let plan = || {
            let (min_cohort, min_parties, min_cell, receivers, allow_extremes) = policy;
            let receivers = receivers.into_iter().map(PartyId::new).collect::<Result<_>>()?;
            Plan::new(PlanSpec {
                session: session_or_random(session)?,
                purpose,
                parties: members(&parties)?,
                protocol: if malicious { Protocol::ShamirMalicious } else { Protocol::ShamirSemiHonest },
                network: profile(network),
                columns: columns.into_iter().map(column).collect::<Result<_>>()?,
                functions: functions.into_iter().map(function).collect::<Result<_>>()?,
                policy: Policy { min_cohort, min_parties, min_cell, receivers, allow_extremes },
                max_rows,
            })
        };
        quick(py, plan).map(Self)
    }

    /// Reads and checks an encoded plan.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
        quick(py, || Plan::from_bytes(data, ())).map(Self)
    }

    /// The canonical encoding.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.to_bytes())
    }

    /// The hash of everything in the plan.
    #[getter]
    fn hash<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.0.hash())
    }

    /// The number of this run.
    #[getter]
    fn session<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.session().0)
    }

    /// Everybody who takes part, with their public keys.
    #[getter]
    fn parties<'py>(&self, py: Python<'py>) -> Vec<(u16, Bound<'py, PyBytes>)> {
        let member = |(party, identity): &(PartyId, _)| {
            let identity: &veilkit_bridge::secure_sum::Identity = identity;
            (party.get(), PyBytes::new(py, &identity.to_bytes()))
        };
        self.0.spec().parties.iter().map(member).collect()
    }

    /// What the study is for.
    #[getter]
    fn purpose(&self) -> &str {
        self.0.purpose()
    }

    /// The names of the columns.
    #[getter]
    fn columns(&self) -> Vec<&str> {
        self.0.columns().iter().map(Column::name).collect()
    }

    /// The levels of the column at a position, if it is a category.
    fn levels(&self, py: Python<'_>, column: usize) -> PyResult<Vec<String>> {
        quick(py, || {
            let outside = || Error::new(ErrorKind::OutOfRange, "column: position");
            match self.0.columns().get(column).ok_or_else(outside)?.kind() {
                ColumnKind::Category { levels } => Ok(levels.clone()),
                _ => Ok(Vec::new()),
            }
        })
    }

    /// The names of the functions.
    #[getter]
    fn functions(&self) -> Vec<&'static str> {
        self.0.functions().iter().map(Function::name).collect()
    }

    /// Whether it holds against parties that deviate.
    #[getter]
    fn malicious(&self) -> bool {
        self.0.protocol().is_malicious()
    }

    /// The plan in words.
    fn explain(&self) -> String {
        self.0.explain()
    }

    /// Rounds, bytes that one party sends at most, bytes of all, and seconds.
    fn cost(&self, py: Python<'_>, network: (f64, f64)) -> PyResult<(u32, u64, u64, f64)> {
        let cost = detached(py, || self.0.cost(profile(network)))?;
        Ok((cost.rounds, cost.bytes, cost.total_bytes, cost.seconds))
    }
}

/// A party's memory of the studies that it took part in.
#[pyclass(frozen)]
pub(crate) struct MpcStudyLedger(Mutex<Ledger>);

#[pymethods]
impl MpcStudyLedger {
    /// An empty ledger.
    #[staticmethod]
    fn generate(py: Python<'_>) -> PyResult<Self> {
        quick(py, study::new_ledger).map(|ledger| Self(Mutex::new(ledger)))
    }

    /// Reads and checks an encoded ledger.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
        quick(py, || Ledger::from_bytes(data, ())).map(|ledger| Self(Mutex::new(ledger)))
    }

    /// The canonical encoding.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.lock().unwrap_or_else(PoisonError::into_inner).to_bytes())
    }

    /// How many cohorts it remembers.
    fn __len__(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Checks a plan and this party's own rows against every earlier study, and remembers them.
    fn admit<'py>(
        &self,
        py: Python<'py>,
        plan: &MpcStudyPlan,
        values: Vec<PyReadonlyArray1<'py, f64>>,
    ) -> PyResult<()> {
        let values = slices(&values)?;
        detached(py, || {
            let table = Table::new(&plan.0, &values)?;
            self.0.lock().unwrap_or_else(PoisonError::into_inner).admit(&plan.0, &table)
        })
    }
}

/// Messages to send, what to append to the journal before, and the results when they are there.
type Given<'py> = (Vec<(u16, Bound<'py, PyBytes>)>, Bound<'py, PyBytes>, Option<Bound<'py, PyAny>>);

/// One party's side of a study.
#[pyclass(frozen)]
pub(crate) struct MpcStudySession(Mutex<Session>);

#[pymethods]
impl MpcStudySession {
    /// Enters a plan with a list of values for each column.
    #[staticmethod]
    fn start<'py>(
        py: Python<'py>,
        plan: &MpcStudyPlan,
        me: u16,
        key: &MpcIdentityKey,
        values: Vec<PyReadonlyArray1<'py, f64>>,
    ) -> PyResult<(Self, Given<'py>)> {
        let values = slices(&values)?;
        let (session, sent) = detached(py, || {
            Session::start(&plan.0, PartyId::new(me)?, &key.0, Table::new(&plan.0, &values)?)
        })?;
        Ok((Self(Mutex::new(session)), given(py, sent)?))
    }

    /// Takes a study up again from its journal; gives how many bytes of the journal count, too.
    #[staticmethod]
    fn resume<'py>(
        py: Python<'py>,
        plan: &MpcStudyPlan,
        me: u16,
        key: &MpcIdentityKey,
        journal: &[u8],
        values: Vec<PyReadonlyArray1<'py, f64>>,
    ) -> PyResult<(Self, Given<'py>, usize)> {
        let values = slices(&values)?;
        let (session, sent, used) = detached(py, || {
            Session::resume(&plan.0, PartyId::new(me)?, &key.0, journal, Table::new(&plan.0, &values)?)
        })?;
        Ok((Self(Mutex::new(session)), given(py, sent)?, used))
    }

    /// Takes what arrived and goes on as far as it can.
    fn step<'py>(&self, py: Python<'py>, incoming: Vec<(u16, Vec<u8>)>) -> PyResult<Given<'py>> {
        let sent = watched(py, None, |_, _| {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).step(&arrived(incoming)?)
        })?;
        given(py, sent)
    }

    /// Ends the session because nothing came in time, by the error that names who is awaited.
    fn expire(&self, py: Python<'_>) -> PyResult<()> {
        quick(py, || Err(self.0.lock().unwrap_or_else(PoisonError::into_inner).expire()))
    }

    /// The round whose messages the session waits for, from 1; 0 when it is over.
    #[getter]
    fn round(&self) -> u32 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).round()
    }

    /// From whom something is awaited.
    #[getter]
    fn awaits(&self) -> Vec<u16> {
        let awaits = self.0.lock().unwrap_or_else(PoisonError::into_inner).awaits();
        awaits.iter().map(|party| party.get()).collect()
    }
}

fn slices<'a>(values: &'a [PyReadonlyArray1<'_, f64>]) -> PyResult<Vec<&'a [f64]>> {
    Ok(values.iter().map(PyReadonlyArray1::as_slice).collect::<core::result::Result<Vec<_>, _>>()?)
}

fn given(py: Python<'_>, sent: Sent) -> PyResult<Given<'_>> {
    let results = sent.results.map(|results| object(py, &Plain::List(results))).transpose()?;
    Ok((addressed(py, &sent.outgoing), PyBytes::new(py, &sent.journal), results))
}

/// A plain value as Python's own.
fn object<'py>(py: Python<'py>, plain: &Plain) -> PyResult<Bound<'py, PyAny>> {
    match plain {
        Plain::Nothing => Ok(py.None().into_bound(py)),
        Plain::Count(count) => count.into_bound_py_any(py),
        Plain::Real(real) => real.into_bound_py_any(py),
        Plain::Text(text) => text.into_bound_py_any(py),
        Plain::List(values) => {
            let values = values.iter().map(|value| object(py, value)).collect::<PyResult<Vec<_>>>()?;
            Ok(PyList::new(py, values)?.into_any())
        }
        Plain::Record(fields) => {
            let record = PyDict::new(py);
            for (name, value) in fields {
                record.set_item(name, object(py, value)?)?;
            }
            Ok(record.into_any())
        }
    }
}

fn profile((round_trip, bandwidth): (f64, f64)) -> NetworkProfile {
    NetworkProfile { round_trip, bandwidth }
}

fn column((name, unit, kind, low, high, resolution, levels): ColumnFields) -> Result<Column> {
    let kind = match kind.as_str() {
        "numeric" => ColumnKind::Numeric { low, high, resolution },
        "integer" => ColumnKind::Integer { low: whole(low)?, high: whole(high)? },
        "category" => ColumnKind::Category { levels },
        "time" => ColumnKind::Time { high, resolution },
        "event" => ColumnKind::Event,
        _ => return Err(Error::new(ErrorKind::InvalidParams, "column: kind")),
    };
    Column::new(&name, &unit, kind)
}

/// A whole number that a real one holds exactly.
#[allow(clippy::cast_possible_truncation)] // checked: below 2^53 and whole
fn whole(number: f64) -> Result<i64> {
    match number.abs() <= 9_007_199_254_740_992.0 && number.fract() == 0.0 {
        true => Ok(number as i64),
        false => Err(Error::new(ErrorKind::InvalidParams, "column: range of whole numbers below 2^53")),
    }
}

fn function((name, single, many, numbers, counts): FunctionFields) -> Result<Function> {
    let unknown = || Error::new(ErrorKind::InvalidParams, "function: name or fields");
    Ok(match (name.as_str(), single.as_slice(), counts.as_slice()) {
        ("count", &[column], []) => Function::Count { column },
        ("sum", &[column], []) => Function::Sum { column },
        ("mean", &[column], []) => Function::Mean { column },
        ("variance", &[column], []) => Function::Variance { column },
        ("covariance", [], []) => Function::Covariance { columns: many },
        ("correlation", [], []) => Function::Correlation { columns: many },
        ("histogram", &[column], []) => Function::Histogram { column, edges: numbers },
        ("quantiles", &[column], []) => Function::Quantiles { column, probabilities: numbers },
        ("minimum", &[column], []) => Function::Minimum { column },
        ("maximum", &[column], []) => Function::Maximum { column },
        ("top_k", &[column], &[k]) => Function::TopK { column, k },
        ("group_by", &[column, by], []) => Function::GroupBy { column, by },
        ("contingency", &[row, column], []) => Function::Contingency { row, column },
        ("t_test", &[column, by], []) => Function::TTest { column, by },
        ("linear_regression", &[outcome], []) => Function::LinearRegression { outcome, predictors: many },
        ("logistic_regression", &[outcome], &[iterations]) => {
            Function::LogisticRegression { outcome, predictors: many, iterations }
        }
        ("kaplan_meier", &[time, event], &[bins]) => Function::KaplanMeier { time, event, by: None, bins },
        ("kaplan_meier", &[time, event, by], &[bins]) => {
            Function::KaplanMeier { time, event, by: Some(by), bins }
        }
        ("cox", &[time, event], &[bins, iterations]) => {
            Function::Cox { time, event, predictors: many, bins, iterations, ties: Ties::Breslow }
        }
        ("cox", &[time, event], &[bins, iterations, most]) => {
            Function::Cox { time, event, predictors: many, bins, iterations, ties: Ties::Efron { most } }
        }
        ("pca", [], &[components]) => Function::Pca { columns: many, components },
        _ => return Err(unknown()),
    })
}
