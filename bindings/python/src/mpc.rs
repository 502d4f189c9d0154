//! `veilkit.mpc`: identities, plans, and sessions that take and give bytes.
use std::sync::{Mutex, PoisonError};

use numpy::{PyArray1, PyReadonlyArray1};
use pyo3::{prelude::*, types::PyBytes};
use veilkit_bridge::{
    Error, ErrorKind, PartyId, Result,
    codec::{Decode, Encode},
    secure_sum::{
        self, Destination, Identity, IdentityKey, Input, Outgoing, Plan, PlanSpec, Session, SessionId, Step,
        SumOutput,
    },
};

use crate::{
    errors::{detached, quick},
    watch::watched,
};

/// A party's long-term signing key.
#[pyclass(frozen)]
pub(crate) struct MpcIdentityKey(pub(crate) IdentityKey);

#[pymethods]
impl MpcIdentityKey {
    /// Draws a new key.
    #[staticmethod]
    fn generate(py: Python<'_>) -> PyResult<Self> {
        quick(py, secure_sum::generate_identity).map(Self)
    }

    /// Reads and checks an encoded key.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
        quick(py, || IdentityKey::from_bytes(data, ())).map(Self)
    }

    /// The canonical encoding.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.to_bytes())
    }

    /// The 32 bytes of the public half.
    #[getter]
    fn identity<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.identity().to_bytes())
    }

    /// Signs a message in a context.
    fn sign<'py>(&self, py: Python<'py>, context: &[u8], message: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
        let signature = detached(py, || Ok(self.0.sign_message(context, message)))?;
        Ok(PyBytes::new(py, &signature.to_bytes()))
    }
}

/// Checks a signature of a message in a context.
#[pyfunction]
pub(crate) fn mpc_verify_signature(
    py: Python<'_>,
    identity: &[u8],
    context: &[u8],
    message: &[u8],
    signature: &[u8],
) -> PyResult<()> {
    detached(py, || secure_sum::verify_signature(&read_identity(identity)?, context, message, signature))
}

/// Where the parties of a session meet.
#[pyfunction]
pub(crate) fn mpc_room<'py>(
    py: Python<'py>,
    session: &[u8],
    parties: Vec<(u16, Vec<u8>)>,
) -> PyResult<Bound<'py, PyBytes>> {
    let room = quick(py, || Ok(session_or_random(Some(session))?.room(&members(&parties)?)))?;
    Ok(PyBytes::new(py, &room))
}

/// What the parties agree on.
#[pyclass(frozen)]
pub(crate) struct MpcSumPlan(Plan);

#[pymethods]
impl MpcSumPlan {
    /// Checks what the parties agree on. A session number is drawn where none is given.
    #[staticmethod]
    #[allow(clippy::too_many_arguments)] // the fields of a plan, each by its name in Python
    fn make(
        py: Python<'_>,
        session: Option<&[u8]>,
        parties: Vec<(u16, Vec<u8>)>,
        threshold: usize,
        min_survivors: usize,
        length: usize,
        fraction_bits: u32,
        max_abs: f64,
        purpose: String,
    ) -> PyResult<Self> {
        let plan = || {
            let (session, parties) = (session_or_random(session)?, members(&parties)?);
            Plan::new(PlanSpec {
                session,
                parties,
                threshold,
                min_survivors,
                length,
                fraction_bits,
                max_abs,
                purpose,
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
        let identities = self.0.parties().iter().filter_map(|party| Some((party, self.0.identity(*party)?)));
        identities.map(|(party, identity)| (party.get(), PyBytes::new(py, &identity.to_bytes()))).collect()
    }

    /// How many parties must stay to the end.
    #[getter]
    fn threshold(&self) -> usize {
        self.0.threshold()
    }

    /// The smallest number of parties whose sum may be revealed.
    #[getter]
    fn min_survivors(&self) -> usize {
        self.0.min_survivors()
    }

    /// How many numbers each party submits.
    #[getter]
    fn length(&self) -> usize {
        self.0.length()
    }

    /// Bits after the binary point.
    #[getter]
    fn fraction_bits(&self) -> u32 {
        self.0.fraction_bits()
    }

    /// The largest absolute value of one number of one party.
    #[getter]
    fn max_abs(&self) -> f64 {
        self.0.max_abs()
    }

    /// What the sum is for.
    #[getter]
    fn purpose(&self) -> &str {
        self.0.purpose()
    }

    /// The plan in words.
    fn explain(&self) -> String {
        self.0.explain()
    }
}

/// The sum that every party gets.
#[pyclass(frozen)]
pub(crate) struct MpcSumOutput(SumOutput);

#[pymethods]
impl MpcSumOutput {
    /// The sums.
    fn values<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        PyArray1::from_vec(py, self.0.values())
    }

    /// The exact sums in units of `2^-fraction_bits`.
    fn raw<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<i64>> {
        PyArray1::from_slice(py, self.0.raw())
    }

    /// Bits after the binary point of `raw`.
    #[getter]
    fn fraction_bits(&self) -> u32 {
        self.0.fraction_bits()
    }

    /// Whose inputs are in the sum.
    #[getter]
    fn survivors(&self) -> Vec<u16> {
        self.0.survivors().iter().map(|party| party.get()).collect()
    }

    /// The hash of the plan that was carried out.
    #[getter]
    fn plan_hash<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.0.plan_hash())
    }

    /// What was revealed to whom.
    #[getter]
    fn revealed(&self) -> &str {
        self.0.revealed()
    }
}

/// Messages to send (receiver, or 0 for all others; bytes), and the sum when it is there.
type Sent<'py> = (Vec<(u16, Bound<'py, PyBytes>)>, Option<MpcSumOutput>);

/// One party's side of a secure sum.
#[pyclass(frozen)]
pub(crate) struct MpcSumSession(Mutex<Session>);

#[pymethods]
impl MpcSumSession {
    /// Enters a plan with real numbers; gives the session and the messages of round 1.
    #[staticmethod]
    fn start<'py>(
        py: Python<'py>,
        plan: &MpcSumPlan,
        me: u16,
        key: &MpcIdentityKey,
        values: PyReadonlyArray1<'py, f64>,
    ) -> PyResult<(Self, Sent<'py>)> {
        let values = values.as_slice()?;
        let (session, step) = detached(py, || {
            Session::start(&plan.0, PartyId::new(me)?, &key.0, Input::reals(&plan.0, values)?)
        })?;
        Ok((Self(Mutex::new(session)), sent(py, step)))
    }

    /// Takes everything that arrived in the current round and moves on.
    fn step<'py>(
        &self,
        py: Python<'py>,
        incoming: Vec<(u16, Vec<u8>)>,
        progress: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Sent<'py>> {
        let step = watched(py, progress, |observer, _| {
            let incoming = arrived(incoming)?;
            self.0.lock().unwrap_or_else(PoisonError::into_inner).step(&incoming, observer)
        })?;
        Ok(sent(py, step))
    }

    /// The round whose messages the session waits for, from 1; 0 when it is over.
    #[getter]
    fn round(&self) -> u8 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).round()
    }
}

fn sent(py: Python<'_>, step: Step) -> Sent<'_> {
    (addressed(py, &step.outgoing), step.output.map(MpcSumOutput))
}

/// Messages with their receivers, or 0 for all others.
pub(crate) fn addressed<'py>(py: Python<'py>, messages: &[Outgoing]) -> Vec<(u16, Bound<'py, PyBytes>)> {
    let receiver = |message: &Outgoing| match message.to {
        Destination::All => 0,
        Destination::One(party) => party.get(),
    };
    messages.iter().map(|message| (receiver(message), PyBytes::new(py, &message.bytes))).collect()
}

/// Messages with their senders.
pub(crate) fn arrived(incoming: Vec<(u16, Vec<u8>)>) -> Result<Vec<(PartyId, Vec<u8>)>> {
    incoming.into_iter().map(|(from, bytes)| Ok((PartyId::new(from)?, bytes))).collect()
}

/// Parties with their identities.
pub(crate) fn members(parties: &[(u16, Vec<u8>)]) -> Result<Vec<(PartyId, Identity)>> {
    parties.iter().map(|(number, identity)| Ok((PartyId::new(*number)?, read_identity(identity)?))).collect()
}

/// The session that is given, or a new one.
pub(crate) fn session_or_random(given: Option<&[u8]>) -> Result<SessionId> {
    match given {
        None => secure_sum::random_session(),
        Some(given) => Ok(SessionId(exactly(given, "session: not 32 bytes")?)),
    }
}

/// The public half of an identity.
pub(crate) fn read_identity(bytes: &[u8]) -> Result<Identity> {
    Identity::from_bytes(&exactly(bytes, "identity: not 32 bytes")?)
}

fn exactly<const N: usize>(bytes: &[u8], what: &'static str) -> Result<[u8; N]> {
    bytes.try_into().map_err(|_| Error::new(ErrorKind::InvalidEncoding, what))
}
