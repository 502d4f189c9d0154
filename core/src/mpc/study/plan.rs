//! What the parties agree on before a study: who, by which protocol, about which columns, what is asked, what may leave.
use std::sync::Arc;

use super::{column::Column, function::Function, policy::Policy, size};
use crate::{
    codec::Encode,
    error::{Error, ErrorKind, Result},
    mpc::{arithmetic::NetworkProfile, identity::Identity, session_id::SessionId},
    party::PartyId,
    transcript::{Digest, Transcript},
};

/// The most columns of one plan.
pub const MAX_COLUMNS: usize = 1024;
/// The most functions of one plan.
pub const MAX_FUNCTIONS: usize = 256;
/// The most bytes of the purpose.
pub const MAX_PURPOSE_LEN: usize = 1024;
/// The most rows of all parties together.
pub const MAX_ROWS: u64 = 1 << 30;

/// Which protocol computes, and against whom it protects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// Shamir's sharing among 3 to 50 parties of which fewer than half pool what they see, but follow the protocol.
    ShamirSemiHonest,
    /// The same against a minority that does anything: the run ends without a result instead of with a wrong one.
    ShamirMalicious,
}

impl Protocol {
    /// Whether it holds against parties that deviate.
    pub fn is_malicious(self) -> bool {
        self == Self::ShamirMalicious
    }
}

/// What a [`Plan`] is made from; not checked yet.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanSpec {
    /// The number of this run.
    pub session: SessionId,
    /// What the study is for, in words for people: at most 1,024 bytes.
    pub purpose: String,
    /// Everybody who takes part, with their public keys, in any order: from 3 to 50, each key once.
    pub parties: Vec<(PartyId, Identity)>,
    /// The protocol.
    pub protocol: Protocol,
    /// How the parties are connected, which chooses between protocols of fewer rounds or of fewer bytes.
    pub network: NetworkProfile,
    /// The columns of the joint table.
    pub columns: Vec<Column>,
    /// What is asked.
    pub functions: Vec<Function>,
    /// What may leave, and to whom.
    pub policy: Policy,
    /// The most rows of one party. All parties together have at most 2^30.
    pub max_rows: u64,
}

/// A checked plan. Cheap to clone. Its hash enters every party's first signature, so no message fits another plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan(Arc<Inner>);

#[derive(Debug, PartialEq)]
struct Inner {
    spec: PlanSpec,
    hash: Digest,
}

impl Plan {
    /// Checks the specification.
    ///
    /// # Errors
    /// `InvalidParams` naming the field, also for what could not be computed whatever the rows are; `DuplicateParty` when a number or a key appears twice; `UnknownParty` for a receiver
    /// that does not take part.
    pub fn new(mut spec: PlanSpec) -> Result<Self> {
        spec.parties.sort_by_key(|(party, _)| *party);
        spec.policy.receivers.sort_unstable();
        check_parties(&spec)?;
        check_policy(&spec)?;
        let columns = &spec.columns;
        let named_once =
            columns.iter().enumerate().all(|(i, a)| columns[..i].iter().all(|b| a.name() != b.name()));
        if !(1..=MAX_COLUMNS).contains(&columns.len()) || !named_once {
            return Err(invalid("plan: columns, 1 to 1,024 and each name once"));
        }
        if !(1..=MAX_FUNCTIONS).contains(&spec.functions.len()) {
            return Err(invalid("plan: functions, 1 to 256"));
        }
        for function in &spec.functions {
            function.check(columns, &spec.policy)?;
            size::check(function, &spec)?;
            if function.is_adaptive() && spec.policy.receivers.len() < spec.parties.len() {
                return Err(invalid(
                    "plan: a function whose steps every party learns, and receivers that are not all",
                ));
            }
        }
        let mut plan = Self(Arc::new(Inner { spec, hash: [0; 32] }));
        let hash = Transcript::new("veilkit v1 study plan").append("plan", &plan.to_bytes()).digest();
        Arc::get_mut(&mut plan.0).expect("one owner so far").hash = hash;
        Ok(plan)
    }

    /// The hash of everything in the plan.
    pub fn hash(&self) -> &Digest {
        &self.0.hash
    }

    /// Everything in the plan; parties and receivers ascend.
    pub fn spec(&self) -> &PlanSpec {
        &self.0.spec
    }

    /// The number of this run.
    pub fn session(&self) -> SessionId {
        self.0.spec.session
    }

    /// What the study is for.
    pub fn purpose(&self) -> &str {
        &self.0.spec.purpose
    }

    /// Everybody who takes part, ascending.
    pub fn parties(&self) -> impl ExactSizeIterator<Item = PartyId> + '_ {
        self.0.spec.parties.iter().map(|(party, _)| *party)
    }

    /// The protocol.
    pub fn protocol(&self) -> Protocol {
        self.0.spec.protocol
    }

    /// The columns of the joint table.
    pub fn columns(&self) -> &[Column] {
        &self.0.spec.columns
    }

    /// What is asked.
    pub fn functions(&self) -> &[Function] {
        &self.0.spec.functions
    }

    /// What may leave, and to whom.
    pub fn policy(&self) -> &Policy {
        &self.0.spec.policy
    }

    /// The most rows of one party.
    pub fn max_rows(&self) -> u64 {
        self.0.spec.max_rows
    }

    pub(crate) fn position(&self, party: PartyId) -> Option<usize> {
        self.0.spec.parties.binary_search_by_key(&party, |(party, _)| *party).ok()
    }

    pub(crate) fn party_at(&self, position: usize) -> PartyId {
        self.0.spec.parties[position].0
    }
}

fn check_parties(spec: &PlanSpec) -> Result<()> {
    let count = spec.parties.len();
    if !(3..=50).contains(&count) {
        return Err(invalid("plan: parties, 3 to 50"));
    }
    for (position, (party, identity)) in spec.parties.iter().enumerate() {
        let before = &spec.parties[..position];
        if before.iter().any(|(other, _)| other == party) {
            return Err(Error::new(ErrorKind::DuplicateParty, "plan: party number").blame(*party));
        }
        if before.iter().any(|(_, other)| other == identity) {
            return Err(Error::new(ErrorKind::DuplicateParty, "plan: identity").blame(*party));
        }
    }
    if spec.max_rows == 0 || spec.max_rows > MAX_ROWS / count as u64 {
        return Err(invalid("plan: max_rows, 1 to 2^30 of all parties together"));
    }
    if spec.purpose.len() > MAX_PURPOSE_LEN {
        return Err(invalid("plan: purpose longer than 1,024 bytes"));
    }
    let network = [spec.network.round_trip, spec.network.bandwidth];
    if network.iter().any(|value| !value.is_finite() || *value < 0.0) || network[1] == 0.0 {
        return Err(invalid("plan: network, a finite time and a bandwidth above 0"));
    }
    Ok(())
}

fn check_policy(spec: &PlanSpec) -> Result<()> {
    let policy = &spec.policy;
    if !(1..=MAX_ROWS).contains(&policy.min_cohort) {
        return Err(invalid("plan: min_cohort, 1 to 2^30"));
    }
    if policy.min_cohort > spec.parties.len() as u64 * spec.max_rows {
        return Err(invalid("plan: min_cohort, more than all rows"));
    }
    if !(1..=policy.min_cohort).contains(&policy.min_cell) {
        return Err(invalid("plan: min_cell, 1 to min_cohort"));
    }
    if !(1..=spec.parties.len()).contains(&policy.min_parties) {
        return Err(invalid("plan: min_parties, 1 to the number of parties"));
    }
    if policy.receivers.is_empty() {
        return Err(invalid("plan: receivers, at least one"));
    }
    for (position, receiver) in policy.receivers.iter().enumerate() {
        if policy.receivers[..position].contains(receiver) {
            return Err(Error::new(ErrorKind::DuplicateParty, "plan: receiver").blame(*receiver));
        }
        if !spec.parties.iter().any(|(party, _)| party == receiver) {
            return Err(Error::new(ErrorKind::UnknownParty, "plan: receiver").blame(*receiver));
        }
    }
    Ok(())
}

fn invalid(what: &'static str) -> Error {
    Error::new(ErrorKind::InvalidParams, what)
}
