//! Resharing and repair for both verifiable sharings: plans, and sessions with the system's randomness.
pub use veilkit::mpc::{Step, resharing::Role};
use veilkit::{
    Error, ErrorKind, PartyId, Result,
    codec::{Decode, Encode},
    mpc::{Identity, IdentityKey, repair, resharing, secure_sum::SessionId},
    shamir::{
        Verifiable, feldman, pedersen,
        sealed::{Custodian, CustodianKey},
    },
};
use zeroize::Zeroizing;

use crate::random::OsRandom;

/// One thing for each of the two sharings.
#[derive(Clone)]
pub enum Of<K, B> {
    /// Of a uniformly random key, by Feldman.
    Key(K),
    /// Of bytes, by Pedersen.
    Bytes(B),
}

/// A commitment.
pub type Commitment = Of<feldman::Commitment, pedersen::Commitment>;
/// A share.
pub type Share = Of<feldman::Share, pedersen::Share>;

/// What a resharing gives: the new commitment, and to a receiver its share.
pub type Reshared = (Commitment, Option<Share>);
/// What a repair gives: to the owner the share.
pub type Repaired = Option<Share>;

/// Does the same for both sharings.
macro_rules! each {
    ($value:expr, $name:ident => $body:expr) => {
        match $value {
            Of::Key($name) => $body,
            Of::Bytes($name) => $body,
        }
    };
}

/// A sharing as one of the two.
trait Sharing: Verifiable<Commitment: Send + Sync> + Send + Sync + 'static {
    fn share(share: Self) -> Share;
    fn commitment(commitment: Self::Commitment) -> Commitment;
}

impl Sharing for feldman::Share {
    fn share(share: Self) -> Share {
        Of::Key(share)
    }

    fn commitment(commitment: feldman::Commitment) -> Commitment {
        Of::Key(commitment)
    }
}

impl Sharing for pedersen::Share {
    fn share(share: Self) -> Share {
        Of::Bytes(share)
    }

    fn commitment(commitment: pedersen::Commitment) -> Commitment {
        Of::Bytes(commitment)
    }
}

/// Decodes whichever of both it is.
fn read<K: Decode, B: Decode>(bytes: &[u8]) -> Result<Of<K, B>> {
    match K::from_bytes(bytes, ()) {
        Ok(value) => Ok(Of::Key(value)),
        // Inside a plan this is the commitment's.
        Err(error) if error.what() == "header: another kind of object" => {
            B::from_bytes(bytes, ()).map(Of::Bytes)
        }
        Err(error) => Err(error),
    }
}

fn other_sharing<T>() -> Result<T> {
    Err(Error::new(ErrorKind::ParamsMismatch, "share: of another sharing than the plan's"))
}

/// A protocol's session of either sharing.
trait Machine<T>: Send {
    fn step(&mut self, incoming: &[(PartyId, Vec<u8>)]) -> Result<Step<T>>;
    fn round(&self) -> u8;
}

impl<S: Sharing> Machine<Reshared> for resharing::Session<S> {
    fn step(&mut self, incoming: &[(PartyId, Vec<u8>)]) -> Result<Step<Reshared>> {
        Self::step(self, incoming).map(reshared)
    }

    fn round(&self) -> u8 {
        Self::round(self).map_or(0, |round| round as u8 + 1)
    }
}

impl<S: Sharing> Machine<Repaired> for repair::Session<S> {
    fn step(&mut self, incoming: &[(PartyId, Vec<u8>)]) -> Result<Step<Repaired>> {
        Self::step(self, incoming).map(repaired)
    }

    fn round(&self) -> u8 {
        Self::round(self).map_or(0, |round| round as u8 + 1)
    }
}

fn reshared<S: Sharing>(step: Step<resharing::Output<S>>) -> Step<Reshared> {
    let output = step.output.map(|new| (S::commitment(new.commitment), new.share.map(S::share)));
    Step { outgoing: step.outgoing, output }
}

fn repaired<S: Sharing>(step: Step<repair::Output<S>>) -> Step<Repaired> {
    Step { outgoing: step.outgoing, output: step.output.map(|done| done.share.map(S::share)) }
}

/// One party's side of a resharing or a repair. It belongs to the process that started it.
///
/// Two copies of a session could say two things, which looks like a cheat, so a fork's copy refuses.
pub struct Session<T> {
    process: u32,
    inner: Box<dyn Machine<T>>,
}

impl<T> Session<T> {
    fn new(inner: impl Machine<T> + 'static) -> Self {
        Self { process: std::process::id(), inner: Box::new(inner) }
    }

    /// As [`resharing::Session::step`] and [`repair::Session::step`].
    ///
    /// # Errors
    /// As there; `SessionPoisoned` in a fork of the process that started the session.
    pub fn step(&mut self, incoming: &[(PartyId, Vec<u8>)]) -> Result<Step<T>> {
        if self.process != std::process::id() {
            return Err(Error::new(ErrorKind::SessionPoisoned, "session: copied by a fork"));
        }
        self.inner.step(incoming)
    }

    /// The round whose messages the session waits for, from 1; 0 when it is over.
    pub fn round(&self) -> u8 {
        self.inner.round()
    }
}

/// A session and its first step.
pub type Started<T> = (Session<T>, Step<T>);

/// What the parties of a resharing agree on.
pub struct ResharingPlan(Of<resharing::Plan<feldman::Share>, resharing::Plan<pedersen::Share>>);

impl ResharingPlan {
    /// As [`resharing::Plan::new`].
    ///
    /// # Errors
    /// As there.
    pub fn new(
        session: SessionId,
        commitment: Commitment,
        dealers: Vec<(PartyId, Identity)>,
        threshold: usize,
        receivers: Vec<(Identity, Custodian)>,
    ) -> Result<Self> {
        match commitment {
            Of::Key(commitment) => {
                let spec = resharing::PlanSpec { session, commitment, dealers, threshold, receivers };
                resharing::Plan::new(spec).map(Of::Key)
            }
            Of::Bytes(commitment) => {
                let spec = resharing::PlanSpec { session, commitment, dealers, threshold, receivers };
                resharing::Plan::new(spec).map(Of::Bytes)
            }
        }
        .map(Self)
    }

    /// Reads an encoded plan.
    ///
    /// # Errors
    /// Those of decoding and of [`resharing::Plan::new`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        read(bytes).map(Self)
    }

    /// The canonical encoding.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        each!(&self.0, plan => plan.to_bytes())
    }

    /// The hash of everything in it.
    pub fn hash(&self) -> &[u8] {
        each!(&self.0, plan => plan.hash())
    }

    /// The number of this run.
    pub fn session(&self) -> SessionId {
        each!(&self.0, plan => plan.session())
    }

    /// The commitment to the old sharing.
    pub fn commitment(&self) -> Commitment {
        match &self.0 {
            Of::Key(plan) => Of::Key(plan.commitment().clone()),
            Of::Bytes(plan) => Of::Bytes(plan.commitment().clone()),
        }
    }

    /// The old holders who take part.
    pub fn dealers(&self) -> &[(PartyId, Identity)] {
        each!(&self.0, plan => plan.dealers())
    }

    /// The new holders.
    pub fn receivers(&self) -> &[(Identity, Custodian)] {
        each!(&self.0, plan => plan.receivers())
    }

    /// How many of the new shares give the secret back.
    pub fn threshold(&self) -> usize {
        each!(&self.0, plan => plan.params().threshold())
    }

    /// As [`resharing::Plan::receiver_number`].
    ///
    /// # Errors
    /// As there.
    pub fn receiver_number(&self, index: PartyId) -> Result<PartyId> {
        each!(&self.0, plan => plan.receiver_number(index))
    }

    /// As [`resharing::Plan::role`].
    pub fn role(&self, number: PartyId) -> Option<Role> {
        each!(&self.0, plan => plan.role(number))
    }

    /// As [`resharing::Session::deal`].
    ///
    /// # Errors
    /// As there; `ParamsMismatch` for a share of the other sharing.
    pub fn deal(&self, share: &Share, key: &IdentityKey) -> Result<Started<Reshared>> {
        fn deal<S: Sharing>(
            plan: &resharing::Plan<S>,
            share: &S,
            key: &IdentityKey,
        ) -> Result<Started<Reshared>> {
            let (session, step) = resharing::Session::deal(plan, share, key, &mut OsRandom::new())?;
            Ok((Session::new(session), reshared(step)))
        }
        match (&self.0, share) {
            (Of::Key(plan), Of::Key(share)) => deal(plan, share, key),
            (Of::Bytes(plan), Of::Bytes(share)) => deal(plan, share, key),
            _ => other_sharing(),
        }
    }

    /// As [`resharing::Session::receive`].
    ///
    /// # Errors
    /// As there.
    pub fn receive(
        &self,
        index: PartyId,
        key: &IdentityKey,
        custodian: &CustodianKey,
    ) -> Result<Started<Reshared>> {
        each!(&self.0, plan => {
            let (session, step) = resharing::Session::receive(plan, index, key, custodian)?;
            Ok((Session::new(session), reshared(step)))
        })
    }
}

/// What the parties of a repair agree on.
pub struct RepairPlan(Of<repair::Plan<feldman::Share>, repair::Plan<pedersen::Share>>);

impl RepairPlan {
    /// As [`repair::Plan::new`].
    ///
    /// # Errors
    /// As there.
    pub fn new(
        session: SessionId,
        commitment: Commitment,
        lost: PartyId,
        owner: (Identity, Custodian),
        helpers: Vec<(PartyId, Identity, Custodian)>,
    ) -> Result<Self> {
        match commitment {
            Of::Key(commitment) => {
                let spec = repair::PlanSpec { session, commitment, lost, owner, helpers };
                repair::Plan::new(spec).map(Of::Key)
            }
            Of::Bytes(commitment) => {
                let spec = repair::PlanSpec { session, commitment, lost, owner, helpers };
                repair::Plan::new(spec).map(Of::Bytes)
            }
        }
        .map(Self)
    }

    /// Reads an encoded plan.
    ///
    /// # Errors
    /// Those of decoding and of [`repair::Plan::new`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        read(bytes).map(Self)
    }

    /// The canonical encoding.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        each!(&self.0, plan => plan.to_bytes())
    }

    /// The hash of everything in it.
    pub fn hash(&self) -> &[u8] {
        each!(&self.0, plan => plan.hash())
    }

    /// The number of this run.
    pub fn session(&self) -> SessionId {
        each!(&self.0, plan => plan.session())
    }

    /// The commitment to the sharing.
    pub fn commitment(&self) -> Commitment {
        match &self.0 {
            Of::Key(plan) => Of::Key(plan.commitment().clone()),
            Of::Bytes(plan) => Of::Bytes(plan.commitment().clone()),
        }
    }

    /// The index of the lost share.
    pub fn lost(&self) -> PartyId {
        each!(&self.0, plan => plan.lost())
    }

    /// Who gets it.
    pub fn owner(&self) -> &(Identity, Custodian) {
        each!(&self.0, plan => plan.owner())
    }

    /// The holders who help.
    pub fn helpers(&self) -> &[(PartyId, Identity, Custodian)] {
        each!(&self.0, plan => plan.helpers())
    }

    /// As [`repair::Session::help`].
    ///
    /// # Errors
    /// As there; `ParamsMismatch` for a share of the other sharing.
    pub fn help(
        &self,
        share: &Share,
        key: &IdentityKey,
        custodian: &CustodianKey,
    ) -> Result<Started<Repaired>> {
        fn help<S: Sharing>(
            plan: &repair::Plan<S>,
            share: &S,
            key: &IdentityKey,
            custodian: &CustodianKey,
        ) -> Result<Started<Repaired>> {
            let (session, step) = repair::Session::help(plan, share, key, custodian, &mut OsRandom::new())?;
            Ok((Session::new(session), repaired(step)))
        }
        match (&self.0, share) {
            (Of::Key(plan), Of::Key(share)) => help(plan, share, key, custodian),
            (Of::Bytes(plan), Of::Bytes(share)) => help(plan, share, key, custodian),
            _ => other_sharing(),
        }
    }

    /// As [`repair::Session::own`].
    ///
    /// # Errors
    /// As there.
    pub fn own(&self, key: &IdentityKey, custodian: &CustodianKey) -> Result<Started<Repaired>> {
        each!(&self.0, plan => {
            let (session, step) = repair::Session::own(plan, key, custodian)?;
            Ok((Session::new(session), repaired(step)))
        })
    }
}
