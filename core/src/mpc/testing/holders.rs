//! Whole runs of key generation, resharing and repair.
use rand_core::CryptoRng;

use super::Network;
use crate::{
    error::{Error, ErrorKind, Result},
    mpc::{dkg, identity::IdentityKey, repair, resharing},
    shamir::{Verifiable, sealed::CustodianKey},
};

fn mismatch() -> Error {
    Error::new(ErrorKind::ShapeMismatch, "simulation: keys for each party")
}

impl Network<dkg::Session> {
    /// A key generation: one party for each identity key, in the order of the set-up, all started.
    ///
    /// # Errors
    /// Those of [`dkg::Session::start`]; `ShapeMismatch` unless there is a key for each party.
    pub fn key_generation(
        setup: &dkg::Setup,
        keys: &[IdentityKey],
        rng: &mut impl CryptoRng,
    ) -> Result<Self> {
        let parties = setup.parties();
        if parties.len() != keys.len() {
            return Err(mismatch());
        }
        let mut start = |(party, key)| {
            let (session, step) = dkg::Session::start(setup, party, key, &mut *rng)?;
            Ok((party, session, crate::mpc::Step { outgoing: step.outgoing, output: step.output }))
        };
        parties.into_iter().zip(keys).map(&mut start).collect::<Result<_>>().map(Self::of)
    }
}

impl<S: Verifiable> Network<resharing::Session<S>> {
    /// A resharing: the dealers with their shares, then the receivers with their keys, in the order of the plan.
    ///
    /// # Errors
    /// Those of [`resharing::Session`]; `ShapeMismatch` unless there are shares and keys for each party.
    pub fn resharing(
        plan: &resharing::Plan<S>,
        dealers: &[(&S, &IdentityKey)],
        receivers: &[(IdentityKey, CustodianKey)],
        rng: &mut impl CryptoRng,
    ) -> Result<Self> {
        if dealers.len() != plan.dealers().len() || receivers.len() != plan.receivers().len() {
            return Err(mismatch());
        }
        let mut all = Vec::new();
        for (share, identity) in dealers {
            let (session, step) = resharing::Session::deal(plan, share, identity, rng)?;
            all.push((share.address(), session, step));
        }
        for (index, (identity, key)) in plan.params().indices().zip(receivers) {
            let (session, step) = resharing::Session::receive(plan, index, identity, key)?;
            all.push((plan.receiver_number(index)?, session, step));
        }
        Ok(Self::of(all))
    }
}

impl<S: Verifiable> Network<repair::Session<S>> {
    /// A repair: the helpers with their shares and keys, then the owner with its keys.
    ///
    /// # Errors
    /// Those of [`repair::Session`]; `ShapeMismatch` unless there are shares and keys for each helper.
    pub fn repair(
        plan: &repair::Plan<S>,
        helpers: &[(&S, &IdentityKey, &CustodianKey)],
        owner: (&IdentityKey, &CustodianKey),
        rng: &mut impl CryptoRng,
    ) -> Result<Self> {
        if helpers.len() != plan.helpers().len() {
            return Err(mismatch());
        }
        let mut all = Vec::new();
        for (share, identity, key) in helpers {
            let (session, step) = repair::Session::help(plan, share, identity, key, rng)?;
            all.push((share.address(), session, step));
        }
        let (session, step) = repair::Session::own(plan, owner.0, owner.1)?;
        all.push((plan.lost(), session, step));
        Ok(Self::of(all))
    }
}

/// Generates a key among parties that keep to the rules: their shares, in the order of the set-up.
///
/// # Errors
/// As [`Network::key_generation`].
pub fn generate_key(
    setup: &dkg::Setup,
    keys: &[IdentityKey],
    rng: &mut impl CryptoRng,
) -> Result<Vec<dkg::KeyShare>> {
    Network::key_generation(setup, keys, rng)?.finish()
}

/// Reshares among parties that keep to the rules: the new commitment, and the new shares in order.
///
/// # Errors
/// As [`Network::resharing`].
pub fn reshare<S: Verifiable>(
    plan: &resharing::Plan<S>,
    dealers: &[(&S, &IdentityKey)],
    receivers: &[(IdentityKey, CustodianKey)],
    rng: &mut impl CryptoRng,
) -> Result<(S::Commitment, Vec<S>)> {
    let outputs = Network::resharing(plan, dealers, receivers, rng)?.finish()?;
    let commitment = outputs[0].commitment.clone();
    Ok((commitment, outputs.into_iter().filter_map(|output| output.share).collect()))
}

/// Repairs a share among parties that keep to the rules.
///
/// # Errors
/// As [`Network::repair`].
pub fn repair<S: Verifiable>(
    plan: &repair::Plan<S>,
    helpers: &[(&S, &IdentityKey, &CustodianKey)],
    owner: (&IdentityKey, &CustodianKey),
    rng: &mut impl CryptoRng,
) -> Result<S> {
    let outputs = Network::repair(plan, helpers, owner, rng)?.finish()?;
    Ok(outputs.into_iter().find_map(|output| output.share).expect("the owner's"))
}
