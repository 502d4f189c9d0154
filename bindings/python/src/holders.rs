//! `veilkit.mpc`: resharing and repair.
use std::sync::{Mutex, PoisonError};

use pyo3::{prelude::*, types::PyBytes};
use veilkit_bridge::{
    PartyId, Result,
    custody::Custodian,
    holders::{
        Commitment, Of, RepairPlan, Repaired, Reshared, ResharingPlan, Role, Session, Share, Started, Step,
    },
    secure_sum::Identity,
};

use crate::{
    errors::{detached, quick},
    mpc::{MpcIdentityKey, addressed, arrived, members, read_identity, session_or_random},
    shamir::{
        sealed::{ShamirCustodian, ShamirCustodianKey},
        verifiable::{ShamirCommitment, ShamirKeyCommitment, ShamirKeyShare, ShamirVerifiableShare},
    },
};

/// A commitment of either sharing, as an argument.
#[derive(FromPyObject)]
pub(crate) enum GivenCommitment<'py> {
    Key(PyRef<'py, ShamirKeyCommitment>),
    Bytes(PyRef<'py, ShamirCommitment>),
}

impl GivenCommitment<'_> {
    fn get(&self) -> Commitment {
        match self {
            Self::Key(commitment) => Of::Key(commitment.0.clone()),
            Self::Bytes(commitment) => Of::Bytes(commitment.0.clone()),
        }
    }
}

/// A share of either sharing, as an argument.
#[derive(FromPyObject)]
pub(crate) enum GivenShare<'py> {
    Key(PyRef<'py, ShamirKeyShare>),
    Bytes(PyRef<'py, ShamirVerifiableShare>),
}

impl GivenShare<'_> {
    fn get(&self) -> Share {
        match self {
            Self::Key(share) => Of::Key(share.0.clone()),
            Self::Bytes(share) => Of::Bytes(share.0.clone()),
        }
    }
}

/// A commitment as a result.
#[derive(IntoPyObject)]
pub(crate) enum SomeCommitment {
    Key(ShamirKeyCommitment),
    Bytes(ShamirCommitment),
}

impl From<Commitment> for SomeCommitment {
    fn from(commitment: Commitment) -> Self {
        match commitment {
            Of::Key(commitment) => Self::Key(ShamirKeyCommitment(commitment)),
            Of::Bytes(commitment) => Self::Bytes(ShamirCommitment(commitment)),
        }
    }
}

/// A share as a result.
#[derive(IntoPyObject)]
pub(crate) enum SomeShare {
    Key(ShamirKeyShare),
    Bytes(ShamirVerifiableShare),
}

impl From<Share> for SomeShare {
    fn from(share: Share) -> Self {
        match share {
            Of::Key(share) => Self::Key(ShamirKeyShare(share)),
            Of::Bytes(share) => Self::Bytes(ShamirVerifiableShare(share)),
        }
    }
}

/// An identity and a custodian, as arguments.
type Keys<'py> = (Vec<u8>, PyRef<'py, ShamirCustodian>);
/// An identity and a custodian, as results.
type PublicKeys<'py> = (Bound<'py, PyBytes>, ShamirCustodian);

fn read_keys((identity, custodian): &Keys<'_>) -> Result<(Identity, Custodian)> {
    Ok((read_identity(identity)?, custodian.0.clone()))
}

fn public<'py>(py: Python<'py>, identity: &Identity, custodian: &Custodian) -> PublicKeys<'py> {
    (PyBytes::new(py, &identity.to_bytes()), ShamirCustodian(custodian.clone()))
}

/// Messages to send (receiver, or 0 for all others; bytes), and the output when it is there.
type Sent<'py, T> = (Vec<(u16, Bound<'py, PyBytes>)>, Option<T>);

/// One party's side of a protocol, whose output becomes what Python gets.
macro_rules! session {
    ($(#[$doc:meta])* $class:ident($output:ty) -> $result:ty, $convert:expr) => {
        $(#[$doc])*
        #[pyclass(frozen)]
        pub(crate) struct $class(Mutex<Session<$output>>);

        impl $class {
            fn started(py: Python<'_>, (session, step): Started<$output>) -> (Self, Sent<'_, $result>) {
                (Self(Mutex::new(session)), Self::sent(py, step))
            }

            fn sent(py: Python<'_>, step: Step<$output>) -> Sent<'_, $result> {
                (addressed(py, &step.outgoing), step.output.map($convert))
            }
        }

        #[pymethods]
        impl $class {
            /// Takes everything that arrived in the current round and moves on.
            fn step<'py>(
                &self,
                py: Python<'py>,
                incoming: Vec<(u16, Vec<u8>)>,
            ) -> PyResult<Sent<'py, $result>> {
                let step = detached(py, || {
                    self.0.lock().unwrap_or_else(PoisonError::into_inner).step(&arrived(incoming)?)
                })?;
                Ok(Self::sent(py, step))
            }

            /// The round whose messages the session waits for, from 1; 0 when it is over.
            #[getter]
            fn round(&self) -> u8 {
                self.0.lock().unwrap_or_else(PoisonError::into_inner).round()
            }
        }
    };
}

/// The new commitment and, for a receiver, its share.
type NewSharing = (SomeCommitment, Option<SomeShare>);
/// For the owner, the share.
type OldShare = (Option<SomeShare>,);

session! {
    /// One party's side of a resharing.
    MpcResharingSession(Reshared) -> NewSharing,
    |(commitment, share)| (commitment.into(), share.map(SomeShare::from))
}

session! {
    /// One party's side of a repair.
    MpcRepairSession(Repaired) -> OldShare,
    |share| (share.map(SomeShare::from),)
}

/// What the parties of a resharing agree on.
#[pyclass(frozen)]
pub(crate) struct MpcResharingPlan(ResharingPlan);

#[pymethods]
impl MpcResharingPlan {
    /// Checks what the parties agree on. A session number is drawn where none is given.
    #[staticmethod]
    fn make(
        py: Python<'_>,
        session: Option<&[u8]>,
        commitment: GivenCommitment<'_>,
        dealers: Vec<(u16, Vec<u8>)>,
        threshold: usize,
        receivers: Vec<Keys<'_>>,
    ) -> PyResult<Self> {
        let plan = || {
            let receivers = receivers.iter().map(read_keys).collect::<Result<_>>()?;
            let session = session_or_random(session)?;
            ResharingPlan::new(session, commitment.get(), members(&dealers)?, threshold, receivers)
        };
        quick(py, plan).map(Self)
    }

    /// Reads and checks an encoded plan.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
        detached(py, || ResharingPlan::from_bytes(data)).map(Self)
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

    /// The commitment to the old sharing.
    #[getter]
    fn commitment(&self) -> SomeCommitment {
        self.0.commitment().into()
    }

    /// The old holders who take part, by the indices of their shares.
    #[getter]
    fn dealers<'py>(&self, py: Python<'py>) -> Vec<(u16, Bound<'py, PyBytes>)> {
        let dealers = self.0.dealers().iter();
        dealers.map(|(index, identity)| (index.get(), PyBytes::new(py, &identity.to_bytes()))).collect()
    }

    /// How many of the new shares give the secret back.
    #[getter]
    fn threshold(&self) -> usize {
        self.0.threshold()
    }

    /// The new holders, in the order of their shares.
    #[getter]
    fn receivers<'py>(&self, py: Python<'py>) -> Vec<PublicKeys<'py>> {
        self.0.receivers().iter().map(|(identity, custodian)| public(py, identity, custodian)).collect()
    }

    /// The number under which a receiver takes part.
    fn receiver_number(&self, py: Python<'_>, index: u16) -> PyResult<u16> {
        quick(py, || self.0.receiver_number(PartyId::new(index)?)).map(PartyId::get)
    }

    /// Whether a number is a dealer's, and the index of the share; nothing for nobody.
    fn role(&self, py: Python<'_>, number: u16) -> PyResult<Option<(bool, u16)>> {
        let role = quick(py, || Ok(self.0.role(PartyId::new(number)?)))?;
        Ok(role.map(|role| match role {
            Role::Dealer(index) => (true, index.get()),
            Role::Receiver(index) => (false, index.get()),
        }))
    }

    /// Enters the plan as an old holder.
    fn deal<'py>(
        &self,
        py: Python<'py>,
        share: GivenShare<'py>,
        key: &MpcIdentityKey,
    ) -> PyResult<(MpcResharingSession, Sent<'py, NewSharing>)> {
        let share = share.get();
        let started = detached(py, || self.0.deal(&share, &key.0))?;
        Ok(MpcResharingSession::started(py, started))
    }

    /// Enters the plan as a new holder.
    fn receive<'py>(
        &self,
        py: Python<'py>,
        index: u16,
        key: &MpcIdentityKey,
        custodian: &ShamirCustodianKey,
    ) -> PyResult<(MpcResharingSession, Sent<'py, NewSharing>)> {
        let started = quick(py, || self.0.receive(PartyId::new(index)?, &key.0, &custodian.0))?;
        Ok(MpcResharingSession::started(py, started))
    }
}

/// What the parties of a repair agree on.
#[pyclass(frozen)]
pub(crate) struct MpcRepairPlan(RepairPlan);

#[pymethods]
impl MpcRepairPlan {
    /// Checks what the parties agree on. A session number is drawn where none is given.
    #[staticmethod]
    fn make(
        py: Python<'_>,
        session: Option<&[u8]>,
        commitment: GivenCommitment<'_>,
        lost: u16,
        owner: Keys<'_>,
        helpers: Vec<(u16, Keys<'_>)>,
    ) -> PyResult<Self> {
        let plan = || {
            let helper = |(index, keys): &(u16, Keys<'_>)| {
                let (identity, custodian) = read_keys(keys)?;
                Ok((PartyId::new(*index)?, identity, custodian))
            };
            let helpers = helpers.iter().map(helper).collect::<Result<_>>()?;
            let (session, lost) = (session_or_random(session)?, PartyId::new(lost)?);
            RepairPlan::new(session, commitment.get(), lost, read_keys(&owner)?, helpers)
        };
        quick(py, plan).map(Self)
    }

    /// Reads and checks an encoded plan.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
        detached(py, || RepairPlan::from_bytes(data)).map(Self)
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

    /// The commitment to the sharing.
    #[getter]
    fn commitment(&self) -> SomeCommitment {
        self.0.commitment().into()
    }

    /// The index of the lost share.
    #[getter]
    fn lost(&self) -> u16 {
        self.0.lost().get()
    }

    /// Who gets it.
    #[getter]
    fn owner<'py>(&self, py: Python<'py>) -> PublicKeys<'py> {
        let (identity, custodian) = self.0.owner();
        public(py, identity, custodian)
    }

    /// The holders who help, by the indices of their shares.
    #[getter]
    fn helpers<'py>(&self, py: Python<'py>) -> Vec<(u16, PublicKeys<'py>)> {
        let helpers = self.0.helpers().iter();
        helpers.map(|(index, identity, key)| (index.get(), public(py, identity, key))).collect()
    }

    /// Enters the plan as a helper.
    fn help<'py>(
        &self,
        py: Python<'py>,
        share: GivenShare<'py>,
        key: &MpcIdentityKey,
        custodian: &ShamirCustodianKey,
    ) -> PyResult<(MpcRepairSession, Sent<'py, OldShare>)> {
        let share = share.get();
        let started = detached(py, || self.0.help(&share, &key.0, &custodian.0))?;
        Ok(MpcRepairSession::started(py, started))
    }

    /// Enters the plan as the owner of the lost share.
    fn own<'py>(
        &self,
        py: Python<'py>,
        key: &MpcIdentityKey,
        custodian: &ShamirCustodianKey,
    ) -> PyResult<(MpcRepairSession, Sent<'py, OldShare>)> {
        let started = quick(py, || self.0.own(&key.0, &custodian.0))?;
        Ok(MpcRepairSession::started(py, started))
    }
}
