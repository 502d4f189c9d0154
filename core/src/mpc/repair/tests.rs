//! Repair: honest runs of both sharings, wrong pieces and sums, what the transport can do.
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

use super::*;
use crate::{
    codec::{Decode, Encode},
    error::{ErrorKind, Result},
    field::Field,
    group::Scalar,
    mpc::{
        identity::IdentityKey,
        outbox::{Destination, Outbox},
        secure_sum::SessionId,
        share_message::ShareMessage,
    },
    party::PartyId,
    shamir::{Verifiable, feldman, pedersen, sealed::CustodianKey},
};

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

fn party(number: u16) -> PartyId {
    PartyId::new(number).unwrap()
}

struct World<S: Verifiable> {
    plan: Plan<S>,
    shares: Vec<S>,
    keys: Vec<(IdentityKey, CustodianKey)>,
    owner: CustodianKey,
}

type Messages = Vec<(PartyId, Vec<u8>)>;

fn only(outbox: Outbox, to: Destination) -> Vec<u8> {
    let mut messages = outbox.into_messages();
    assert!(messages.len() == 1 && messages[0].to == to);
    messages.remove(0).bytes
}

fn blamed<T>(result: Result<T>) -> (ErrorKind, Vec<u16>) {
    let error = result.err().expect("an error");
    (error.kind(), error.culprits().iter().map(|party| party.get()).collect())
}

impl<S: Verifiable + Clone> World<S> {
    fn new(commitment: &S::Commitment, all: &[S], helpers: &[usize], lost: u16, session: u8) -> Self {
        let mut rng = rng(1);
        let shares: Vec<S> = helpers.iter().map(|place| all[*place].clone()).collect();
        let keys: Vec<_> = shares
            .iter()
            .map(|_| (IdentityKey::generate(&mut rng), CustodianKey::generate(&mut rng)))
            .collect();
        let owner = CustodianKey::generate(&mut rng);
        let helpers = shares.iter().zip(&keys).map(|(share, (identity, key))| {
            (share.address(), identity.identity(), key.custodian("helper").unwrap())
        });
        let plan = Plan::new(PlanSpec {
            session: SessionId([session; 32]),
            commitment: commitment.clone(),
            lost: party(lost),
            owner: owner.custodian("owner").unwrap(),
            helpers: helpers.collect(),
        });
        Self { plan: plan.unwrap(), shares, keys, owner }
    }

    fn start(&self) -> (Vec<Helper<S>>, Messages) {
        let mut rng = rng(2);
        let start = |(share, (identity, key)): (&S, &(IdentityKey, CustodianKey))| {
            let (helper, sent) = Helper::start(&self.plan, share, identity, key, &mut rng).unwrap();
            (helper, (share.address(), only(sent, Destination::All)))
        };
        self.shares.iter().zip(&self.keys).map(start).unzip()
    }

    /// What a helper makes of the messages of all, its own left out.
    fn sum(&self, helper: Helper<S>, me: PartyId, pieces: &Messages) -> Result<Vec<u8>> {
        let others: Messages = pieces.iter().filter(|(from, _)| *from != me).cloned().collect();
        Ok(only(helper.receive(&others, &mut rng(3))?, Destination::One(self.plan.lost())))
    }

    fn sums(&self) -> (Messages, Messages) {
        let (helpers, pieces) = self.start();
        let sums = helpers
            .into_iter()
            .zip(&self.shares)
            .map(|(helper, share)| (share.address(), self.sum(helper, share.address(), &pieces).unwrap()));
        let sums = sums.collect();
        (pieces, sums)
    }

    fn finish(&self, pieces: &Messages, sums: &Messages) -> Result<S> {
        Owner::start(&self.plan, &self.owner)?.receive(pieces)?.finish(sums)
    }
}

fn feldman_sharing() -> (feldman::Commitment, Vec<feldman::Share>) {
    feldman::split(&Scalar::from_u64(77), 3, 5, &mut rng(4)).unwrap()
}

fn world(session: u8) -> World<feldman::Share> {
    let (commitment, all) = feldman_sharing();
    World::new(&commitment, &all, &[0, 3, 4], 2, session)
}

#[test]
fn the_lost_share_comes_back() {
    let (commitment, all) = feldman_sharing();
    for (helpers, lost) in [(&[0, 3, 4][..], 2), (&[4, 2, 1], 1), (&[0, 1, 2, 3], 5)] {
        let world = World::new(&commitment, &all, helpers, lost, 1);
        let (pieces, sums) = world.sums();
        assert!(world.finish(&pieces, &sums).unwrap() == all[usize::from(lost) - 1]);
    }
    let (commitment, all) = pedersen::split(&[7; 70], 2, 3, &mut rng(5)).unwrap();
    let world = World::new(&commitment, &all, &[2, 0], 2, 1);
    let (pieces, sums) = world.sums();
    assert!(world.finish(&pieces, &sums).unwrap() == all[1]);
}

/// The message again, with another body and a signature that holds.
fn resigned(message: &[u8], key: &IdentityKey, change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let ShareMessage { plan, round, sender, mut body, .. } = ShareMessage::from_bytes(message, ()).unwrap();
    change(&mut body);
    ShareMessage::sign(&plan, round, sender, body, key).to_bytes().to_vec()
}

#[test]
fn helpers_that_cheat_are_named() {
    let world = world(1);
    let named = (ErrorKind::VerificationFailed, vec![4]);
    // A signed message of helper 4 with a change: three points, then three rows of 80 bytes. Helper 5 looks at it.
    let refused = |change: &dyn Fn(&mut Vec<u8>)| {
        let (mut helpers, mut pieces) = world.start();
        pieces[1].1 = resigned(&pieces[1].1, &world.keys[1].0, change);
        let at_owner = Owner::start(&world.plan, &world.owner).unwrap().receive(&pieces);
        let at_helper = world.sum(helpers.remove(2), party(5), &pieces);
        (blamed(at_helper), at_owner.map(drop).map_err(|error| (error.kind(), error.culprits().to_vec())))
    };
    let other = crate::group::Point::mul_generator(&Scalar::from_u64(5)).to_bytes();
    // What is public is seen by all.
    for at in [0, 32, 64] {
        let (helper, owner) = refused(&|body| body[at..at + 32].copy_from_slice(&other));
        assert_eq!((helper, owner), (named.clone(), Err((ErrorKind::VerificationFailed, vec![party(4)]))));
    }
    assert_eq!(refused(&|body| body[..32].fill(0)).0, named);
    assert_eq!(refused(&|body| body.truncate(300)).0, named);
    // Two commitments exchanged still add up, but then the pieces do not fit them.
    let exchanged = refused(&|body| {
        let (first, rest) = body.split_at_mut(64);
        first[32..].swap_with_slice(&mut rest[..32]);
    });
    assert_eq!(exchanged, (named.clone(), Ok(())));
    // What is sealed is seen by its receiver.
    assert_eq!(refused(&|body| body[96 + 2 * 80 + 50] ^= 1), (named.clone(), Ok(())));
    assert_eq!(refused(&|body| body.copy_within(96..176, 96 + 160)), (named.clone(), Ok(())));

    // A wrong sum.
    let (pieces, sums) = world.sums();
    let with = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut sums = sums.clone();
        sums[1].1 = resigned(&sums[1].1, &world.keys[1].0, change);
        blamed(world.finish(&pieces, &sums))
    };
    assert_eq!(with(&|body| body[32 + 40] ^= 1), named);
    assert_eq!(with(&|body| body.truncate(60)), named);
    let hash_only = (ErrorKind::VerificationFailed, vec![]);
    assert_eq!(with(&|body| body[3] ^= 1), hash_only);
    assert_eq!(with(&|body| body.truncate(30)), hash_only);
    // The sum of another run of the same plan is sealed well, but is another number.
    let mut other_sums = sums.clone();
    let (helpers, other_pieces) = {
        let mut rng = rng(77);
        let start = |(share, (identity, key)): (&feldman::Share, &(IdentityKey, CustodianKey))| {
            let (helper, sent) = Helper::start(&world.plan, share, identity, key, &mut rng).unwrap();
            (helper, (share.index(), only(sent, Destination::All)))
        };
        world.shares.iter().zip(&world.keys).map(start).unzip::<_, _, Vec<_>, Messages>()
    };
    let helper = helpers.into_iter().nth(1).unwrap();
    let roster: Vec<u8> = ShareMessage::from_bytes(&sums[1].1, ()).unwrap().body[..32].to_vec();
    let sum = world.sum(helper, party(4), &other_pieces).unwrap();
    other_sums[1].1 = resigned(&sum, &world.keys[1].0, |body| body[..32].copy_from_slice(&roster));
    assert_eq!(blamed(world.finish(&pieces, &other_sums)), named);
}

#[test]
fn what_the_transport_does_is_noticed_and_names_nobody() {
    let (world, foreign) = (world(1), world(2));
    let (pieces, sums) = world.sums();
    let (foreign_pieces, foreign_sums) = foreign.sums();
    let at_owner = |pieces: &Messages| Owner::start(&world.plan, &world.owner)?.receive(pieces).map(drop);
    let at_end = |sums: &Messages| world.finish(&pieces, sums).map(drop);
    type Step<'a> = &'a dyn Fn(&Messages) -> Result<()>;
    let rounds: [(&Messages, &Messages, Step<'_>); 2] =
        [(&pieces, &foreign_pieces, &at_owner), (&sums, &foreign_sums, &at_end)];
    for (messages, foreign, step) in rounds {
        step(messages).unwrap();
        for at in 0..messages.len() {
            let refused = |change: &dyn Fn(&mut Messages)| {
                let mut changed = messages.clone();
                change(&mut changed);
                blamed(step(&changed))
            };
            let sender = messages[at].0.get();
            assert_eq!(refused(&|m| drop(m.remove(at))), (ErrorKind::MissingMessage, vec![sender]));
            assert_eq!(refused(&|m| m.push(messages[at].clone())), (ErrorKind::DuplicateParty, vec![sender]));
            assert_eq!(
                refused(&|m| m.push((party(2), messages[at].1.clone()))),
                (ErrorKind::UnknownParty, vec![2])
            );
            assert_eq!(refused(&|m| m[at].1.clone_from(&foreign[at].1)), (ErrorKind::ParamsMismatch, vec![]));
            let other = (at + 1) % messages.len();
            assert_eq!(
                refused(&|m| m[at].1.clone_from(&messages[other].1)),
                (ErrorKind::VerificationFailed, vec![])
            );
            for byte in (9..messages[at].1.len()).step_by(13) {
                assert!(refused(&|m| m[at].1[byte] ^= 1).1.is_empty(), "{byte}");
            }
        }
    }
    assert_eq!(blamed(at_owner(&sums)).0, ErrorKind::ParamsMismatch);
}

/// A helper that tells the others and the owner different things, each well signed.
#[test]
fn split_views_end_the_run() {
    let world = world(1);
    let (helpers, pieces) = world.start();
    let mut told_owner = pieces.clone();
    let (identity, key) = &world.keys[0];
    let again = Helper::start(&world.plan, &world.shares[0], identity, key, &mut rng(99)).unwrap().1;
    told_owner[0].1 = only(again, Destination::All);
    let sums: Messages = helpers
        .into_iter()
        .zip(&world.shares)
        .map(|(helper, share)| (share.index(), world.sum(helper, share.index(), &pieces).unwrap()))
        .collect();
    assert_eq!(blamed(world.finish(&told_owner, &sums)), (ErrorKind::VerificationFailed, vec![]));
}

#[test]
fn plans_are_checked() {
    let world = world(1);
    let refused = |change: &dyn Fn(&mut PlanSpec<feldman::Share>)| {
        let mut spec = PlanSpec {
            session: world.plan.session(),
            commitment: world.plan.commitment().clone(),
            lost: world.plan.lost(),
            owner: world.plan.owner().clone(),
            helpers: world.plan.helpers().to_vec(),
        };
        change(&mut spec);
        blamed(Plan::new(spec))
    };
    assert_eq!(refused(&|spec| spec.helpers.truncate(2)), (ErrorKind::TooFewShares, vec![]));
    assert_eq!(refused(&|spec| spec.lost = party(4)), (ErrorKind::InvalidParams, vec![]));
    assert_eq!(refused(&|spec| spec.lost = party(6)), (ErrorKind::OutOfRange, vec![6]));
    assert_eq!(refused(&|spec| spec.helpers[0].0 = party(4)), (ErrorKind::DuplicateParty, vec![4]));
    assert_eq!(refused(&|spec| spec.helpers[1].1 = spec.helpers[0].1), (ErrorKind::DuplicateParty, vec![4]));
    assert_eq!(
        refused(&|spec| spec.helpers[1].2 = spec.helpers[0].2.clone()),
        (ErrorKind::DuplicateParty, vec![4])
    );
    assert_eq!(refused(&|spec| spec.owner = spec.helpers[2].2.clone()), (ErrorKind::DuplicateParty, vec![5]));
    let bytes = world.plan.to_bytes();
    let back = Plan::<feldman::Share>::from_bytes(&bytes, ()).unwrap();
    assert!(back == world.plan && back.to_bytes() == bytes);
    assert!((0..bytes.len()).all(|len| Plan::<feldman::Share>::from_bytes(&bytes[..len], ()).is_err()));
    // Others cannot take part.
    let (identity, key) = &world.keys[0];
    let start = |share: &feldman::Share, identity, key| {
        blamed(Helper::start(&world.plan, share, identity, key, &mut rng(1))).0
    };
    assert_eq!(start(&feldman_sharing().1[2], identity, key), ErrorKind::UnknownParty);
    assert_eq!(start(&world.shares[1], identity, key), ErrorKind::ParamsMismatch);
    assert_eq!(start(&world.shares[0], identity, &world.owner), ErrorKind::ParamsMismatch);
    let other = feldman::split(&Scalar::from_u64(78), 3, 5, &mut rng(9)).unwrap().1;
    assert_eq!(start(&other[0], identity, key), ErrorKind::VerificationFailed);
    assert_eq!(blamed(Owner::start(&world.plan, key)).0, ErrorKind::ParamsMismatch);
}
