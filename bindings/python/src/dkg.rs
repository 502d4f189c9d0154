//! `veilkit.mpc`: keys that parties make together, and decryption by enough of them.
use std::sync::{Mutex, PoisonError};

use pyo3::{prelude::*, types::PyBytes};
use veilkit_bridge::{
    PartyId,
    codec::{Decode, Encode},
    dkg::{self, DecryptionShare, GroupKey, KeyShare, Session, Setup, Step},
    elgamal::ParamsSpec,
};

use crate::{
    elgamal::{
        ElGamalPublicKey,
        arrays::{ElGamalArray, to_numpy},
    },
    errors::{detached, quick},
    mpc::{MpcIdentityKey, addressed, arrived, members, session_or_random},
    watch::watched,
};

/// What the parties agree on.
#[pyclass(frozen)]
pub(crate) struct MpcDkgSetup(Setup);

#[pymethods]
impl MpcDkgSetup {
    /// Checks what the parties agree on. A session number is drawn where none is given.
    #[new]
    fn new(
        py: Python<'_>,
        session: Option<&[u8]>,
        parties: Vec<(u16, Vec<u8>)>,
        threshold: usize,
    ) -> PyResult<Self> {
        quick(py, || Setup::new(session_or_random(session)?, members(&parties)?, threshold)).map(Self)
    }

    /// The hash of everything in the set-up.
    #[getter]
    fn hash<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.hash())
    }

    /// The number of this run.
    #[getter]
    fn session<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.session().0)
    }

    /// How many parties decrypt together.
    #[getter]
    fn threshold(&self) -> usize {
        self.0.threshold()
    }
}

/// Messages to send (receiver, or 0 for all others; bytes), and the share of the key when it is there.
type Sent<'py> = (Vec<(u16, Bound<'py, PyBytes>)>, Option<MpcKeyShare>);

/// One party's side of a key generation.
#[pyclass(frozen)]
pub(crate) struct MpcDkgSession(Mutex<Session>);

#[pymethods]
impl MpcDkgSession {
    /// Enters a set-up; gives the session and the messages of round 1.
    #[staticmethod]
    fn start<'py>(
        py: Python<'py>,
        setup: &MpcDkgSetup,
        me: u16,
        key: &MpcIdentityKey,
    ) -> PyResult<(Self, Sent<'py>)> {
        let (session, step) = detached(py, || Session::start(&setup.0, PartyId::new(me)?, &key.0))?;
        Ok((Self(Mutex::new(session)), sent(py, step)))
    }

    /// Takes everything that arrived in the current round and moves on.
    fn step<'py>(&self, py: Python<'py>, incoming: Vec<(u16, Vec<u8>)>) -> PyResult<Sent<'py>> {
        let step = detached(py, || {
            let incoming = arrived(incoming)?;
            self.0.lock().unwrap_or_else(PoisonError::into_inner).step(&incoming)
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
    (addressed(py, &step.outgoing), step.output.map(MpcKeyShare))
}

/// The public facts of a shared key.
#[pyclass(frozen)]
pub(crate) struct MpcGroupKey(GroupKey);

#[pymethods]
impl MpcGroupKey {
    /// Reads and checks an encoded key.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
        detached(py, || GroupKey::from_bytes(data, ())).map(Self)
    }

    /// The canonical encoding.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.to_bytes())
    }

    /// The hash of everything in it.
    #[getter]
    fn id<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.id())
    }

    /// The parties, ascending.
    #[getter]
    fn parties(&self) -> Vec<u16> {
        self.0.parties().iter().map(|party| party.get()).collect()
    }

    /// How many parties decrypt together.
    #[getter]
    fn threshold(&self) -> usize {
        self.0.threshold()
    }

    /// The key that encrypts for the holders.
    fn public_key(
        &self,
        py: Python<'_>,
        fraction_bits: u32,
        value_bits: u32,
        decode_bits: u32,
    ) -> PyResult<ElGamalPublicKey> {
        let spec = ParamsSpec { fraction_bits, value_bits, decode_bits };
        quick(py, || dkg::public_key(&self.0, spec)).map(ElGamalPublicKey)
    }
}

/// One party's share of a key.
#[pyclass(frozen)]
pub(crate) struct MpcKeyShare(KeyShare);

#[pymethods]
impl MpcKeyShare {
    /// Reads and checks an encoded share.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
        detached(py, || KeyShare::from_bytes(data, ())).map(Self)
    }

    /// The canonical encoding.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.to_bytes())
    }

    /// Whose share it is.
    #[getter]
    fn party(&self) -> u16 {
        self.0.party().get()
    }

    /// The public facts of the key.
    fn group(&self) -> MpcGroupKey {
        MpcGroupKey(self.0.group().clone())
    }

    /// This party's share of the decryption of an array.
    fn decryption_share(
        &self,
        py: Python<'_>,
        array: &ElGamalArray,
        session: &[u8],
    ) -> PyResult<MpcDecryptionShare> {
        watched(py, None, |_, rng| DecryptionShare::create(&self.0, &array.0, session, rng))
            .map(MpcDecryptionShare)
    }
}

/// One party's share of a decryption.
#[pyclass(frozen)]
pub(crate) struct MpcDecryptionShare(DecryptionShare);

#[pymethods]
impl MpcDecryptionShare {
    /// Reads and checks an encoded share.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
        detached(py, || DecryptionShare::from_bytes(data, ())).map(Self)
    }

    /// The canonical encoding.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.to_bytes())
    }

    /// Whose share it is.
    #[getter]
    fn party(&self) -> u16 {
        self.0.party().get()
    }
}

/// The numbers of an array, row-major, from the shares of enough parties.
#[pyfunction]
pub(crate) fn mpc_combine_decryption<'py>(
    py: Python<'py>,
    group: &MpcGroupKey,
    array: &ElGamalArray,
    shares: Vec<PyRef<'py, MpcDecryptionShare>>,
    session: &[u8],
    progress: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let shares: Vec<DecryptionShare> = shares.iter().map(|share| share.0.clone()).collect();
    let numbers = watched(py, progress, |observer, rng| {
        dkg::combine(&group.0, &array.0, &shares, session, rng, observer)
    })?;
    Ok(to_numpy(py, &numbers))
}
