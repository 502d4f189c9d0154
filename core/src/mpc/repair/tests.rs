//! Repair: honest runs of both sharings, cheats and who is named for them, plans.
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

use super::*;
use crate::{
    codec::{Decode, Encode},
    error::{ErrorKind, Result},
    field::Field,
    group::{Point, Scalar},
    mpc::{
        identity::IdentityKey,
        secure_sum::SessionId,
        share_message::{Place, ShareMessage},
        testing::{Delivery, Network, Side},
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
    owner: (IdentityKey, CustodianKey),
}

/// What each party ends with: nothing wrong, or a kind and the culprits.
type Ends = Vec<(u16, Option<(ErrorKind, Vec<u16>)>)>;

fn blamed<T>(result: Result<T>) -> (ErrorKind, Vec<u16>) {
    let error = result.err().expect("an error");
    (error.kind(), error.culprits().iter().map(|party| party.get()).collect())
}

/// All parties but these end with `VerificationFailed` and these culprits.
fn all_name(ends: &Ends, but: &[u16], culprits: &[u16], what: &str) {
    for (party, end) in ends.iter().filter(|(party, _)| !but.contains(party)) {
        assert_eq!(*end, Some((ErrorKind::VerificationFailed, culprits.to_vec())), "{what}: party {party}");
    }
}

impl<S: Verifiable + Clone> World<S> {
    fn new(commitment: &S::Commitment, all: &[S], helpers: &[usize], lost: u16) -> Self {
        let mut rng = rng(1);
        let shares: Vec<S> = helpers.iter().map(|place| all[*place].clone()).collect();
        let mut keys = || (IdentityKey::generate(&mut rng), CustodianKey::generate(&mut rng));
        let owner = keys();
        let keys: Vec<_> = shares.iter().map(|_| keys()).collect();
        let helpers = shares.iter().zip(&keys).map(|(share, (identity, key))| {
            (share.address(), identity.identity(), key.custodian("helper").unwrap())
        });
        let plan = Plan::new(PlanSpec {
            session: SessionId([1; 32]),
            commitment: commitment.clone(),
            lost: party(lost),
            owner: (owner.0.identity(), owner.1.custodian("owner").unwrap()),
            helpers: helpers.collect(),
        });
        Self { plan: plan.unwrap(), shares, keys, owner }
    }

    fn network(&self, seed: u64) -> Network<Session<S>> {
        let helpers: Vec<_> =
            self.shares.iter().zip(&self.keys).map(|(share, (id, key))| (share, id, key)).collect();
        Network::repair(&self.plan, &helpers, (&self.owner.0, &self.owner.1), &mut rng(seed)).unwrap()
    }

    fn run(&self) -> S {
        let mut shares = self.network(2).finish().unwrap().into_iter().filter_map(|output| output.share);
        let share = shares.next().unwrap();
        assert!(shares.next().is_none());
        share
    }

    fn run_with(&self, tamper: impl FnMut(Round, &mut Network<Session<S>>)) -> Ends {
        let end = |(party, side): (PartyId, Side<_>)| match side {
            Side::Done(_) => (party.get(), None),
            Side::Failed(error) => {
                let culprits = error.culprits().iter().map(|party| party.get()).collect();
                (party.get(), Some((error.kind(), culprits)))
            }
            side => panic!("{side:?}"),
        };
        self.network(2).finish_with(tamper).into_iter().map(end).collect()
    }

    fn identity(&self, number: PartyId) -> &IdentityKey {
        let place = self.shares.iter().position(|share| share.address() == number);
        place.map_or(&self.owner.0, |place| &self.keys[place].0)
    }

    fn signed(&self, round: u8, sender: u16, body: Vec<u8>) -> Vec<u8> {
        let key = self.identity(party(sender));
        ShareMessage::sign(self.plan.hash(), round, party(sender), body, key).to_bytes().to_vec()
    }

    /// The sender signs something else.
    fn resign(&self, delivery: &mut Delivery, change: impl FnOnce(&mut Vec<u8>)) {
        let ShareMessage { round, sender, mut body, .. } =
            ShareMessage::from_bytes(&delivery.bytes, ()).unwrap();
        change(&mut body);
        delivery.bytes = self.signed(round, sender.get(), body);
    }

    /// A party signs something else in a round, in what it sends to all.
    fn cheat(&self, at: Round, from: u16, change: impl Fn(&mut Vec<u8>)) -> Ends {
        self.run_with(|round, network| {
            if round == at {
                let sent = network.deliveries().iter_mut().filter(|d| d.from == party(from));
                sent.for_each(|d| self.resign(d, &change));
            }
        })
    }
}

fn feldman_sharing() -> (feldman::Commitment, Vec<feldman::Share>) {
    feldman::split(&Scalar::from_u64(77), 3, 5, &mut rng(4)).unwrap()
}

/// Helpers 1, 4 and 5; share 2 is lost.
fn world() -> World<feldman::Share> {
    let (commitment, all) = feldman_sharing();
    World::new(&commitment, &all, &[0, 3, 4], 2)
}

#[test]
fn the_lost_share_comes_back() {
    let (commitment, all) = feldman_sharing();
    for (helpers, lost) in [(&[0, 3, 4][..], 2), (&[4, 2, 1], 1), (&[0, 1, 2, 3], 5)] {
        let again = World::new(&commitment, &all, helpers, lost).run();
        assert!(again == all[usize::from(lost) - 1]);
    }
    let (commitment, all) = pedersen::split(&[7; 70], 2, 3, &mut rng(5)).unwrap();
    assert!(World::new(&commitment, &all, &[2, 0], 2).run() == all[1]);
}

/// Where the sealed piece for the helper in a place starts: three points, then rows of 80 bytes.
const ROW: usize = 80;
fn piece_at(place: usize) -> usize {
    3 * 32 + place * ROW
}
/// Where a helper's or the owner's complaints start, after the evidence; the sealed sum is two bytes after.
const ACCUSED: usize = 3 * 96;
const SUM: usize = ACCUSED + 2;

#[test]
fn what_everybody_sees_is_named_by_everybody() {
    let world = world();
    let other = Point::mul_generator(&Scalar::from_u64(5)).to_bytes();
    let pieces = |what: &str, change: &dyn Fn(&mut Vec<u8>)| {
        all_name(&world.cheat(Round::Pieces, 4, change), &[4], &[4], what);
    };
    for at in [0, 32, 64] {
        pieces("another commitment", &|body| body[at..at + 32].copy_from_slice(&other));
    }
    pieces("a neutral commitment", &|body| body[..32].fill(0));
    pieces("cut short", &|body| body.truncate(300));
    pieces("too long", &|body| body.push(0));
    let sums = |what: &str, change: &dyn Fn(&mut Vec<u8>)| {
        all_name(&world.cheat(Round::Sums, 4, change), &[4], &[4], what);
    };
    sums("evidence with another hash", &|body| body[5] ^= 1);
    sums("evidence with another signature", &|body| body[40] ^= 1);
    sums("the evidence of another helper", &|body| body.copy_within(96..192, 0));
    sums("cut short", &|body| body.truncate(60));
    sums("no sum", &|body| body.truncate(SUM));
    sums("a sum with a complaint", &|body| {
        body[ACCUSED] = 1;
        body.splice(SUM..SUM, [1, 0]);
    });
    sums("a complaint about a stranger", &|body| {
        body.truncate(SUM);
        body[ACCUSED] = 1;
        body.extend([3, 0]);
    });
    // The owner.
    let receipt = |what: &str, change: &dyn Fn(&mut Vec<u8>)| {
        all_name(&world.cheat(Round::Receipt, 2, change), &[2], &[2], what);
    };
    receipt("evidence with another hash", &|body| body[5] ^= 1);
    receipt("evidence with another signature", &|body| body[40] ^= 1);
    receipt("a complaint that is not there", &|body| body[ACCUSED] = 1);
    receipt("a complaint about itself", &|body| {
        body[ACCUSED] = 1;
        body.extend([2, 0]);
    });
    receipt("too long", &|body| body.push(0));
}

/// Helper 4 signs something wrong in a round, keeps to it in the next, and signs something for an answer.
fn wrong(
    world: &World<feldman::Share>,
    at: Round,
    change: &dyn Fn(&mut Vec<u8>),
    answer: Option<Vec<u8>>,
) -> Ends {
    let mut entry = Vec::new();
    world.run_with(|round, network| {
        for delivery in network.deliveries().iter_mut().filter(|d| d.from == party(4)) {
            if round == at {
                world.resign(delivery, change);
                let message = ShareMessage::from_bytes(&delivery.bytes, ()).unwrap();
                entry = [&message.body_hash()[..], &message.signature.0].concat();
            } else if round == Round::Sums {
                // It heard from itself what it told the others.
                world.resign(delivery, |body| body[96..192].copy_from_slice(&entry));
            }
        }
        if let Some(answer) = answer.as_ref().filter(|_| round == Round::Answer) {
            network.deliveries().retain(|d| d.from != party(4));
            let bytes = world.signed(ANSWER, 4, answer.clone());
            for to in [1, 2, 5].map(party) {
                network.deliveries().push(Delivery { from: party(4), to, bytes: bytes.clone() });
            }
        }
    })
}

/// `accuser u16 | seed [32] | value [32]`
fn answer(accuser: u16, seed: [u8; 32], value: Scalar) -> Vec<u8> {
    [&accuser.to_le_bytes()[..], &seed, &value.to_bytes()].concat()
}

#[test]
fn a_wrong_piece_or_sum_convicts_its_helper() {
    let world = world();
    let (seed, value) = ([8; 32], Scalar::from_u64(8));
    let sealed = |round, receiver: u16| {
        let place = Place { plan: world.plan.hash(), round, sender: party(4), receiver: party(receiver) };
        let to = if receiver == 2 { &world.plan.owner().1 } else { &world.plan.helpers()[2].2 };
        place.seal(to, &seed, &[value]).unwrap()
    };
    let (piece, sum) = (sealed(PIECES, 5), sealed(SUMS, 2));
    let (at, end) = (piece_at(2), piece_at(3));
    type Change<'a> = &'a dyn Fn(&mut Vec<u8>);
    // In which round, about what, who complains, how.
    let changes: [(Round, &str, u16, Change<'_>); 6] = [
        (Round::Pieces, "a wrong piece", 5, &|body| body[at + 50] ^= 1),
        (Round::Pieces, "the piece of another", 5, &|body| body.copy_within(piece_at(0)..piece_at(1), at)),
        (Round::Pieces, "another piece, sealed well", 5, &|body| body[at..end].copy_from_slice(&piece)),
        (Round::Sums, "a wrong sum", 2, &|body| body[SUM + 40] ^= 1),
        (Round::Sums, "a wrong key", 2, &|body| body[SUM] ^= 1),
        (Round::Sums, "another sum, sealed well", 2, &|body| body[SUM..].copy_from_slice(&sum)),
    ];
    for (round, what, accuser, change) in changes {
        for answer in [answer(accuser, seed, value), vec![], answer(1, seed, value)] {
            all_name(&wrong(&world, round, change, Some(answer)), &[4], &[4], what);
        }
        for (party, end) in wrong(&world, round, change, None).iter().filter(|(party, _)| *party != 4) {
            assert_eq!(*end, Some((ErrorKind::MissingMessage, vec![4])), "{what}: party {party}");
        }
    }
    // Two commitments exchanged still add up, but then two pieces do not fit them.
    let exchange = |body: &mut Vec<u8>| {
        let (first, rest) = body.split_at_mut(64);
        first[32..].swap_with_slice(&mut rest[..32]);
    };
    all_name(&wrong(&world, Round::Pieces, &exchange, Some(vec![])), &[4], &[4], "two commitments exchanged");
}

#[test]
fn a_false_complaint_convicts_its_author() {
    let world = world();
    let about = |at: usize| {
        move |body: &mut Vec<u8>| {
            body.truncate(at);
            body[ACCUSED] = 1;
            body.extend([4, 0]);
        }
    };
    // Helper 1 about a piece, the owner about a sum; helper 4 answers, or badly.
    for (round, accuser) in [(Round::Sums, 1), (Round::Receipt, 2)] {
        all_name(&world.cheat(round, accuser, about(SUM)), &[accuser], &[accuser], "a false complaint");
        let badly = |what: &str, change: &dyn Fn(&mut Vec<u8>)| {
            let ends = world.run_with(|now, network| {
                for delivery in network.deliveries().iter_mut() {
                    if now == round && delivery.from == party(accuser) {
                        world.resign(delivery, about(SUM));
                    }
                    // Who complained itself waits for another round.
                    let message = ShareMessage::from_bytes(&delivery.bytes, ()).unwrap();
                    if message.round() == ANSWER && delivery.from == party(4) {
                        world.resign(delivery, change);
                    }
                }
            });
            all_name(&ends, &[4, accuser], &[4], what);
        };
        badly("about another", &|body| body[0] ^= 4);
        badly("another seed", &|body| body[2] ^= 1);
        badly("another value", &|body| body[34] ^= 1);
        badly("nothing", &|body| body.clear());
        badly("too much", &|body| body.push(0));
    }
}

/// A helper that tells parties different things, each well signed, is named by all that hear both.
#[test]
fn two_stories_name_their_teller() {
    let world = world();
    for at in [Round::Pieces, Round::Sums] {
        let mut other = Vec::new();
        world.network(99).finish_with(|round, network| {
            if round == Round::Pieces {
                other = network.deliveries().iter().find(|d| d.from == party(4)).unwrap().bytes.clone();
            }
        });
        for told in [1, 2, 5] {
            let ends = world.run_with(|round, network| {
                for delivery in network.deliveries().iter_mut() {
                    if round == at && delivery.from == party(4) && delivery.to == party(told) {
                        match at {
                            Round::Pieces => delivery.bytes.clone_from(&other),
                            _ => world.resign(delivery, |body| body[SUM + 40] ^= 1),
                        }
                    }
                }
            });
            let end = |number: u16| ends.iter().find(|(party, _)| *party == number).unwrap().1.clone();
            let named = Some((ErrorKind::VerificationFailed, vec![4]));
            let others = [1, 2, 5].into_iter().filter(|number| *number != told);
            match (at, told) {
                // The owner did not say what it heard in round 1, and goes.
                (Round::Pieces, 2) => {
                    assert_eq!(end(2), named);
                    assert!(others.clone().all(|n| end(n) == Some((ErrorKind::MissingMessage, vec![2]))));
                }
                // The owner was told a wrong sum: it complains, and passes on what it heard.
                (Round::Sums, 2) => assert!(others.clone().all(|number| end(number) == named)),
                // Only the deceived helper sees that the owner heard another sum.
                (Round::Sums, _) => {
                    assert_eq!(end(told), named);
                    assert!(others.clone().all(|number| end(number).is_none()));
                }
                _ => assert!([told].into_iter().chain(others).all(|number| end(number) == named)),
            }
        }
    }
}

#[test]
fn plans_are_checked() {
    let world = world();
    let spec = || PlanSpec {
        session: world.plan.session(),
        commitment: world.plan.commitment().clone(),
        lost: world.plan.lost(),
        owner: world.plan.owner().clone(),
        helpers: world.plan.helpers().to_vec(),
    };
    let refused = |change: &dyn Fn(&mut PlanSpec<feldman::Share>)| {
        let mut spec = spec();
        change(&mut spec);
        blamed(Plan::new(spec))
    };
    assert_eq!(refused(&|spec| spec.helpers.truncate(2)), (ErrorKind::TooFewShares, vec![]));
    let many = |spec: &mut PlanSpec<feldman::Share>| spec.helpers = vec![spec.helpers[0].clone(); 256];
    assert_eq!(refused(&many), (ErrorKind::InvalidParams, vec![]));
    assert_eq!(refused(&|spec| spec.lost = party(4)), (ErrorKind::InvalidParams, vec![]));
    assert_eq!(refused(&|spec| spec.lost = party(6)), (ErrorKind::OutOfRange, vec![6]));
    assert_eq!(refused(&|spec| spec.helpers[0].0 = party(4)), (ErrorKind::DuplicateParty, vec![4]));
    assert_eq!(refused(&|spec| spec.helpers[1].1 = spec.helpers[0].1), (ErrorKind::DuplicateParty, vec![4]));
    assert_eq!(
        refused(&|spec| spec.helpers[1].2 = spec.helpers[0].2.clone()),
        (ErrorKind::DuplicateParty, vec![4])
    );
    assert_eq!(
        refused(&|spec| spec.owner.1 = spec.helpers[2].2.clone()),
        (ErrorKind::DuplicateParty, vec![5])
    );
    assert_eq!(refused(&|spec| spec.owner.0 = spec.helpers[1].1), (ErrorKind::DuplicateParty, vec![4]));
    let bytes = world.plan.to_bytes();
    let back = Plan::<feldman::Share>::from_bytes(&bytes, ()).unwrap();
    assert!(back == world.plan && back.to_bytes() == bytes);
    assert!((0..bytes.len()).all(|len| Plan::<feldman::Share>::from_bytes(&bytes[..len], ()).is_err()));
    // All of it is in the hash.
    type Change<'a> = &'a dyn Fn(&mut PlanSpec<feldman::Share>);
    let changes: [Change<'_>; 5] = [
        &|spec| spec.session = SessionId([2; 32]),
        &|spec| spec.commitment = feldman::split(&Scalar::from_u64(77), 3, 5, &mut rng(9)).unwrap().0,
        &|spec| spec.lost = party(3),
        &|spec| spec.owner.0 = IdentityKey::generate(&mut rng(9)).identity(),
        &|spec| spec.helpers[0].1 = IdentityKey::generate(&mut rng(9)).identity(),
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let mut spec = spec();
        change(&mut spec);
        assert_ne!(Plan::new(spec).unwrap().hash(), world.plan.hash(), "{number}");
    }
    // Others cannot take part.
    let (identity, key) = &world.keys[0];
    let start = |share: &feldman::Share, identity, key| {
        blamed(Session::help(&world.plan, share, identity, key, &mut rng(1))).0
    };
    assert_eq!(start(&feldman_sharing().1[2], identity, key), ErrorKind::UnknownParty);
    assert_eq!(start(&world.shares[1], identity, key), ErrorKind::ParamsMismatch);
    assert_eq!(start(&world.shares[0], identity, &world.owner.1), ErrorKind::ParamsMismatch);
    assert_eq!(start(&world.shares[0], &world.keys[1].0, key), ErrorKind::ParamsMismatch);
    let other = feldman::split(&Scalar::from_u64(78), 3, 5, &mut rng(9)).unwrap().1;
    assert_eq!(start(&other[0], identity, key), ErrorKind::VerificationFailed);
    assert_eq!(blamed(Session::own(&world.plan, &world.owner.0, key)).0, ErrorKind::ParamsMismatch);
    assert_eq!(blamed(Session::own(&world.plan, identity, &world.owner.1)).0, ErrorKind::ParamsMismatch);
}

/// The check of round 1 names the helper before anybody adds a piece: not only the round after, where its own session
/// says that it heard something else.
#[test]
fn pieces_of_something_else_stop_the_run_in_round_1() {
    let world = world();
    let other = Point::mul_generator(&Scalar::from_u64(5)).to_bytes();
    let sides = world.network(2).finish_with(|round, network| {
        for delivery in
            network.deliveries().iter_mut().filter(|d| round == Round::Pieces && d.from == party(4))
        {
            world.resign(delivery, |body| body[32..64].copy_from_slice(&other));
        }
    });
    for (number, side) in sides.iter().filter(|(number, _)| *number != party(4)) {
        let Side::Failed(error) = side else { panic!("{number:?}: {side:?}") };
        let said = (error.what(), error.culprits());
        assert_eq!(said, ("pieces: they do not add up to the helper's share", &[party(4)][..]));
    }
}
