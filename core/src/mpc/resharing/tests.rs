//! Resharing: honest runs of both sharings, and each message of each round dropped, doubled, altered, replayed.
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

use super::*;
use crate::{
    codec::{Decode, Encode},
    error::{Error, ErrorKind, Result},
    field::Field,
    group::Scalar,
    mpc::{
        identity::{Identity, IdentityKey},
        outbox::{Destination, Outbox},
        secure_sum::SessionId,
        share_message::ShareMessage,
    },
    party::PartyId,
    shamir::{
        Verifiable, feldman, pedersen,
        sealed::{Addressed, Custodian, CustodianKey},
    },
    transcript::Digest,
};

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

fn party(number: u16) -> PartyId {
    PartyId::new(number).unwrap()
}

/// The keys of everybody, and an old sharing.
struct World<S: Verifiable> {
    plan: Plan<S>,
    old: Vec<S>,
    dealers: Vec<IdentityKey>,
    receivers: Vec<(IdentityKey, CustodianKey)>,
}

type Messages = Vec<(PartyId, Vec<u8>)>;

impl<S: Verifiable + Clone> World<S> {
    /// Dealers by their places in `old`, then threshold and number of the new shares.
    fn new(
        (commitment, old): (S::Commitment, Vec<S>),
        dealers: &[usize],
        threshold: usize,
        new: usize,
    ) -> Self {
        let mut rng = rng(1);
        let old: Vec<S> = dealers.iter().map(|place| old[*place].clone()).collect();
        let keys: Vec<IdentityKey> = old.iter().map(|_| IdentityKey::generate(&mut rng)).collect();
        let receivers: Vec<_> =
            (0..new).map(|_| (IdentityKey::generate(&mut rng), CustodianKey::generate(&mut rng))).collect();
        let spec = PlanSpec {
            session: SessionId::random(&mut rng),
            commitment,
            dealers: old.iter().zip(&keys).map(|(share, key)| (share.address(), key.identity())).collect(),
            threshold,
            receivers: public(&receivers),
        };
        Self { plan: Plan::new(spec).unwrap(), old, dealers: keys, receivers }
    }

    fn deal(&self) -> (Vec<Dealer<S>>, Messages) {
        let start = |(share, key)| Dealer::start(&self.plan, share, key, &mut rng(2)).unwrap();
        let (waiting, sent): (Vec<_>, Vec<_>) = self.old.iter().zip(&self.dealers).map(start).unzip();
        (waiting, self.old.iter().map(Addressed::address).zip(sent.into_iter().map(broadcast)).collect())
    }

    fn receive(&self, index: u16, deals: &[(PartyId, Vec<u8>)]) -> Result<(Confirming<S>, Vec<u8>)> {
        let (identity, key) = &self.receivers[usize::from(index) - 1];
        let (confirming, sent) = Receiver::start(&self.plan, party(index), identity, key)?.receive(deals)?;
        Ok((confirming, broadcast(sent)))
    }

    fn receive_all(&self, deals: &[(PartyId, Vec<u8>)]) -> (Vec<Confirming<S>>, Messages) {
        let count = u16::try_from(self.receivers.len()).unwrap();
        (1..=count)
            .map(|index| {
                let (confirming, sent) = self.receive(index, deals).unwrap();
                (confirming, (party(index), sent))
            })
            .unzip()
    }

    /// The new sharing, as everybody has it.
    fn run(&self) -> (S::Commitment, Vec<S>) {
        let (dealers, deals) = self.deal();
        let (waiting, confirmations) = self.receive_all(&deals);
        let results: Vec<_> =
            waiting.into_iter().map(|waiting| waiting.finish(&confirmations).unwrap()).collect();
        for dealer in dealers {
            assert_eq!(dealer.finish(&confirmations).unwrap(), S::set_id_of(&results[0].0));
        }
        let (commitments, shares): (Vec<_>, Vec<_>) = results.into_iter().unzip();
        assert!(commitments.iter().all(|commitment| *commitment == commitments[0]));
        (commitments[0].clone(), shares)
    }
}

fn public(receivers: &[(IdentityKey, CustodianKey)]) -> Vec<(Identity, Custodian)> {
    receivers.iter().map(|(id, key)| (id.identity(), key.custodian("new").unwrap())).collect()
}

fn broadcast(outbox: Outbox) -> Vec<u8> {
    let mut messages = outbox.into_messages();
    assert!(messages.len() == 1 && messages[0].to == Destination::All);
    messages.remove(0).bytes
}

fn blamed<T>(result: Result<T>) -> (ErrorKind, Vec<u16>) {
    let error = result.err().expect("an error");
    (error.kind(), error.culprits().iter().map(|party| party.get()).collect())
}

fn feldman_sharing() -> (feldman::Commitment, Vec<feldman::Share>) {
    feldman::split(&Scalar::from_u64(77), 2, 4, &mut rng(3)).unwrap()
}

#[test]
fn refresh_and_every_change_of_threshold_and_members() {
    for (dealers, threshold, new) in
        [(&[0, 1][..], 2, 4), (&[3, 1], 3, 5), (&[0, 1, 2, 3], 2, 2), (&[2, 3, 0], 4, 4)]
    {
        let (commitment, shares) = World::new(feldman_sharing(), dealers, threshold, new).run();
        assert_eq!(commitment.public_point(), feldman_sharing().0.public_point());
        assert_eq!((commitment.params().threshold(), commitment.params().shares()), (threshold, new));
        assert_eq!(*feldman::combine(&commitment, &shares[new - threshold..]).unwrap(), Scalar::from_u64(77));
        assert!(feldman::combine(&commitment, &shares[..threshold - 1]).is_err());

        let old = pedersen::split(&[9; 40], 2, 4, &mut rng(4)).unwrap();
        let (commitment, shares) = World::new(old, dealers, threshold, new).run();
        assert_eq!(*pedersen::combine(&commitment, &shares[..threshold]).unwrap(), [9; 40]);
        assert_eq!(*pedersen::combine(&commitment, &shares).unwrap(), [9; 40]);
    }
}

/// Old and new shares, or those of two refreshes, do not go together.
#[test]
fn old_and_new_shares_do_not_mix() {
    let (old_commitment, old) = feldman_sharing();
    let world = World::new(feldman_sharing(), &[0, 1], 2, 4);
    let (commitment, new) = world.run();
    let mixed = [old[0].clone(), new[1].clone()];
    assert_eq!(blamed(feldman::combine(&commitment, &mixed)), (ErrorKind::VerificationFailed, vec![1]));
    assert_eq!(blamed(feldman::combine(&old_commitment, &mixed)), (ErrorKind::VerificationFailed, vec![2]));
    assert!(old.iter().zip(&new).all(|(old, new)| old.value() != new.value()));
}

#[test]
fn again_and_again() {
    let mut sharing = feldman_sharing();
    for _ in 0..3 {
        sharing = World::new(sharing, &[1, 0], 2, 3).run();
    }
    assert_eq!(*feldman::combine(&sharing.0, &sharing.1[1..]).unwrap(), Scalar::from_u64(77));
}

/// The message again, with another body and a signature that holds.
fn resigned(message: &[u8], key: &IdentityKey, change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let ShareMessage { plan, round, sender, mut body, .. } = ShareMessage::from_bytes(message, ()).unwrap();
    change(&mut body);
    ShareMessage::sign(&plan, round, sender, body, key).to_bytes().to_vec()
}

#[test]
fn dealers_that_cheat_are_named() {
    let world = World::new(feldman_sharing(), &[0, 2, 3], 2, 3);
    let (_, deals) = world.deal();
    // A signed message of dealer 3 with a change; two points, then three rows of 80 bytes.
    let with = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut deals = deals.clone();
        deals[1].1 = resigned(&deals[1].1, &world.dealers[1], change);
        deals
    };
    let other = Scalar::from_u64(5);
    let point = crate::group::Point::mul_generator(&other).to_bytes();
    let named = (ErrorKind::VerificationFailed, vec![3]);
    let refused = |change: &dyn Fn(&mut Vec<u8>)| blamed(world.receive(2, &with(change)));
    assert_eq!(refused(&|body| body[..32].copy_from_slice(&point)), named); // another secret
    assert_eq!(refused(&|body| body[32..64].copy_from_slice(&point)), named); // another polynomial
    assert_eq!(refused(&|body| body[32..64].fill(0)), named); // the neutral element: a lower threshold
    assert_eq!(refused(&|body| body[64 + 80 + 40] ^= 1), named); // what is sealed
    assert_eq!(refused(&|body| body[64 + 80 + 1] ^= 1), named); // the key it is sealed under
    assert_eq!(refused(&|body| body.copy_within(64..144, 144)), named); // the value of another receiver
    assert_eq!(refused(&|body| drop(body.drain(..32))), named); // a lower threshold
    assert_eq!(refused(&|body| body.push(0)), named);
    // Only the receiver concerned can see a wrong value; the others wait for its confirmation in vain.
    let deals = with(&|body| body[64 + 40] ^= 1);
    assert_eq!(blamed(world.receive(1, &deals)), named);
    let (confirming, second) = world.receive(2, &deals).unwrap();
    let third = world.receive(3, &deals).unwrap().1;
    let confirmations = [(party(2), second), (party(3), third)];
    assert_eq!(blamed(confirming.finish(&confirmations)), (ErrorKind::MissingMessage, vec![1]));
}

/// A dealer with a share of its own making is found by the old commitment.
#[test]
fn a_wrong_share_cannot_be_dealt() {
    let world = World::new(feldman_sharing(), &[0, 1], 2, 3);
    let other = feldman::split(&Scalar::from_u64(78), 2, 4, &mut rng(9)).unwrap().1;
    let refused = Dealer::start(&world.plan, &other[0], &world.dealers[0], &mut rng(2));
    assert_eq!(blamed(refused).0, ErrorKind::VerificationFailed);
}

/// Drops, doubles, alters, swaps and replays each message of a round. `step` must refuse each time.
fn transport_faults(messages: &Messages, foreign: &Messages, step: &dyn Fn(&Messages) -> Result<()>) {
    step(messages).unwrap();
    for at in 0..messages.len() {
        let refused = |kind, culprits: Vec<u16>, change: &dyn Fn(&mut Messages)| {
            let mut changed = messages.clone();
            change(&mut changed);
            assert_eq!(blamed(step(&changed)), (kind, culprits));
        };
        let sender = messages[at].0.get();
        refused(ErrorKind::MissingMessage, vec![sender], &|m| drop(m.remove(at)));
        refused(ErrorKind::DuplicateParty, vec![sender], &|m| m.push(messages[at].clone()));
        refused(ErrorKind::UnknownParty, vec![99], &|m| m.push((party(99), messages[at].1.clone())));
        refused(ErrorKind::ParamsMismatch, vec![], &|m| m[at].1.clone_from(&foreign[at].1));
        let other = (at + 1) % messages.len();
        refused(ErrorKind::VerificationFailed, vec![], &|m| m[at].1.clone_from(&messages[other].1));
        let len = messages[at].1.len();
        for byte in (9..len).step_by(1 + len / 60).chain([len - 1, 41, 42, 44]) {
            let mut changed = messages.clone();
            changed[at].1[byte] ^= 4;
            let (kind, culprits) = blamed(step(&changed));
            assert!(
                matches!(
                    kind,
                    ErrorKind::VerificationFailed | ErrorKind::ParamsMismatch | ErrorKind::InvalidEncoding
                ) && culprits.is_empty(),
                "{byte}: {kind:?} {culprits:?}"
            );
        }
    }
}

#[test]
fn what_the_transport_does_is_noticed_and_names_nobody() {
    let world = World::new(feldman_sharing(), &[0, 1, 3], 2, 3);
    let mut foreign = World::new(feldman_sharing(), &[0, 1, 3], 2, 3);
    let mut spec = PlanSpec {
        session: SessionId([7; 32]),
        commitment: world.plan.commitment().clone(),
        dealers: world.plan.dealers().to_vec(),
        threshold: 2,
        receivers: world.plan.receivers().to_vec(),
    };
    foreign.plan = Plan::new(spec.clone()).unwrap();
    let (_, deals) = world.deal();
    let (_, foreign_deals) = foreign.deal();
    transport_faults(&deals, &foreign_deals, &|deals| world.receive(1, deals).map(drop));
    let (_, confirmations) = world.receive_all(&deals);
    let (_, foreign_confirmations) = foreign.receive_all(&foreign_deals);
    // A receiver knows its own message.
    let (others, foreign_others) = (confirmations[1..].to_vec(), foreign_confirmations[1..].to_vec());
    transport_faults(&others, &foreign_others, &|confirmations| {
        world.receive_all(&deals).0.remove(0).finish(confirmations).map(drop)
    });
    transport_faults(&confirmations, &foreign_confirmations, &|confirmations| {
        world.deal().0.remove(0).finish(confirmations).map(drop)
    });
    // A message of the other round.
    let mut mixed = deals.clone();
    mixed[0].1.clone_from(&confirmations[0].1);
    assert_eq!(blamed(world.receive(1, &mixed)).0, ErrorKind::ParamsMismatch);
    spec.threshold = 1;
    assert_eq!(blamed(Plan::<feldman::Share>::new(spec)).0, ErrorKind::InvalidParams);
}

/// A dealer that tells receivers different things, each well signed, splits their views; nobody gets through.
#[test]
fn split_views_end_the_run_for_all() {
    let world = World::new(feldman_sharing(), &[0, 1], 2, 3);
    let (dealers, deals) = world.deal();
    let mut other = deals.clone();
    other[0].1 =
        broadcast(Dealer::start(&world.plan, &world.old[0], &world.dealers[0], &mut rng(55)).unwrap().1);
    let mut waiting = Vec::new();
    let mut confirmations = Vec::new();
    for index in 1..=3 {
        let (confirming, sent) = world.receive(index, if index == 2 { &other } else { &deals }).unwrap();
        waiting.push(confirming);
        confirmations.push((party(index), sent));
    }
    for confirming in waiting {
        assert_eq!(blamed(confirming.finish(&confirmations)), (ErrorKind::VerificationFailed, vec![]));
    }
    for dealer in dealers {
        assert_eq!(blamed(dealer.finish(&confirmations)), (ErrorKind::VerificationFailed, vec![]));
    }
    // Also when all others agree with each other, on something that this one did not hear.
    let (confirming, _) = world.receive(1, &deals).unwrap();
    let (_, agreed) = world.receive_all(&other);
    assert_eq!(blamed(confirming.finish(&agreed)), (ErrorKind::VerificationFailed, vec![]));
}

#[test]
fn plans_are_checked() {
    let world = World::new(feldman_sharing(), &[0, 1, 2], 2, 3);
    let spec = || PlanSpec {
        session: world.plan.session(),
        commitment: world.plan.commitment().clone(),
        dealers: world.plan.dealers().to_vec(),
        threshold: 2,
        receivers: world.plan.receivers().to_vec(),
    };
    let refused = |change: &dyn Fn(&mut PlanSpec<feldman::Share>)| {
        let mut spec = spec();
        change(&mut spec);
        blamed(Plan::new(spec))
    };
    assert_eq!(refused(&|spec| spec.threshold = 4), (ErrorKind::InvalidParams, vec![]));
    assert_eq!(refused(&|spec| spec.dealers.truncate(1)), (ErrorKind::TooFewShares, vec![]));
    assert_eq!(refused(&|spec| spec.dealers[1].0 = party(5)), (ErrorKind::OutOfRange, vec![5]));
    assert_eq!(refused(&|spec| spec.dealers[1].0 = party(1)), (ErrorKind::DuplicateParty, vec![1]));
    assert_eq!(refused(&|spec| spec.dealers[1].1 = spec.dealers[0].1), (ErrorKind::DuplicateParty, vec![2]));
    assert_eq!(
        refused(&|spec| spec.receivers[2].0 = spec.receivers[0].0),
        (ErrorKind::DuplicateParty, vec![3])
    );
    assert_eq!(
        refused(&|spec| spec.receivers[2].1 = spec.receivers[0].1.clone()),
        (ErrorKind::DuplicateParty, vec![3])
    );
    let bytes = world.plan.to_bytes();
    let back = Plan::<feldman::Share>::from_bytes(&bytes, ()).unwrap();
    assert!(back == world.plan && back.to_bytes() == bytes);
    assert!((0..bytes.len()).all(|len| Plan::<feldman::Share>::from_bytes(&bytes[..len], ()).is_err()));
    assert!(Plan::<pedersen::Share>::from_bytes(&bytes, ()).is_err());
    let hash: Digest = *back.hash();
    let mut other = spec();
    other.session = SessionId([0; 32]);
    assert_ne!(hash, *Plan::new(other).unwrap().hash());
    // Others cannot take part.
    let (identity, key) = &world.receivers[0];
    let start = |me, identity, key| blamed(Receiver::start(&world.plan, party(me), identity, key)).0;
    assert_eq!(start(4, identity, key), ErrorKind::UnknownParty);
    assert_eq!(start(2, identity, key), ErrorKind::ParamsMismatch);
    assert_eq!(start(1, identity, &world.receivers[1].1), ErrorKind::ParamsMismatch);
    let error: Error =
        Dealer::start(&world.plan, &world.old[0], &world.dealers[1], &mut rng(1)).map(drop).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ParamsMismatch);
    let outsider = &feldman_sharing().1[3];
    let refused = Dealer::start(&world.plan, outsider, &world.dealers[1], &mut rng(1));
    assert_eq!(blamed(refused).0, ErrorKind::UnknownParty);
}
