//! Resharing: honest runs of both sharings, cheats and who is named for them, plans.
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

use super::*;
use crate::{
    codec::{Decode, Encode, Reader},
    error::{ErrorKind, Result},
    field::Field,
    group::{Point, Scalar},
    mpc::{
        identity::{Identity, IdentityKey},
        secure_sum::SessionId,
        share_message::{Place, ShareMessage},
        testing::{self, Delivery, Network, Side},
    },
    party::PartyId,
    shamir::{
        Verifiable, feldman, pedersen,
        sealed::{Custodian, CustodianKey},
        verifiable::factors,
    },
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

/// What each party ends with: nothing wrong, or a kind and the culprits.
type Ends = Vec<(u16, Option<(ErrorKind, Vec<u16>)>)>;

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

    fn network(&self, seed: u64) -> Network<Session<S>> {
        let dealers: Vec<_> = self.old.iter().zip(&self.dealers).collect();
        Network::resharing(&self.plan, &dealers, &self.receivers, &mut rng(seed)).unwrap()
    }

    /// The new sharing, as everybody has it.
    fn run(&self) -> (S::Commitment, Vec<S>) {
        let outputs = self.network(2).finish().unwrap();
        assert!(outputs.iter().all(|output| output.commitment == outputs[0].commitment));
        (outputs[0].commitment.clone(), outputs.into_iter().filter_map(|output| output.share).collect())
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
        match self.plan.role(number).unwrap() {
            Role::Dealer(index) => {
                &self.dealers[self.plan.dealers().iter().position(|(i, _)| *i == index).unwrap()]
            }
            Role::Receiver(index) => &self.receivers[usize::from(index.get()) - 1].0,
        }
    }

    /// In a round, a party signs something else in place of what it sends; `to` all, or to one.
    fn resign(&self, delivery: &mut Delivery, change: impl FnOnce(&mut Vec<u8>)) {
        let message = ShareMessage::from_bytes(&delivery.bytes, ()).unwrap();
        let ShareMessage { plan, round, sender, mut body, .. } = message;
        change(&mut body);
        let key = self.identity(sender);
        delivery.bytes = ShareMessage::sign(&plan, round, sender, body, key).to_bytes().to_vec();
    }

    /// A party signs something else in a round, in what it sends to all or to one.
    fn cheat(&self, at: Round, from: u16, to: Option<u16>, change: impl Fn(&mut Vec<u8>)) -> Ends {
        self.run_with(|round, network| {
            let is = |d: &&mut Delivery| d.from.get() == from && to.is_none_or(|to| d.to.get() == to);
            if round == at {
                network.deliveries().iter_mut().filter(is).for_each(|d| self.resign(d, &change));
            }
        })
    }
}

/// All parties but these end with `VerificationFailed` and these culprits.
fn all_name(ends: &Ends, but: &[u16], culprits: &[u16], what: &str) {
    for (party, end) in ends.iter().filter(|(party, _)| !but.contains(party)) {
        assert_eq!(*end, Some((ErrorKind::VerificationFailed, culprits.to_vec())), "{what}: party {party}");
    }
}

fn public(receivers: &[(IdentityKey, CustodianKey)]) -> Vec<(Identity, Custodian)> {
    receivers.iter().map(|(id, key)| (id.identity(), key.custodian("new").unwrap())).collect()
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

fn three_dealers() -> World<feldman::Share> {
    World::new(feldman_sharing(), &[0, 2, 3], 2, 3)
}

/// Where the sealed row of a receiver starts in a deal: two points, then rows of 80 bytes.
const ROW: usize = 80;
fn row_at(receiver: usize) -> usize {
    2 * 32 + (receiver - 1) * ROW
}

#[test]
fn what_everybody_sees_is_named_by_everybody() {
    let world = three_dealers();
    let point = Point::mul_generator(&Scalar::from_u64(5)).to_bytes();
    let deal = |what: &str, change: &dyn Fn(&mut Vec<u8>)| {
        all_name(&world.cheat(Round::Deal, 3, None, change), &[3], &[3], what);
    };
    deal("another secret", &|body| body[..32].copy_from_slice(&point));
    deal("a neutral coefficient", &|body| body[32..64].fill(0));
    deal("a lower threshold", &|body| drop(body.drain(..32)));
    deal("a row too many", &|body| body.extend([0; ROW]));
    deal("a byte too many", &|body| body.push(0));
    deal("nothing", &|body| body.clear());
    let confirm = |what: &str, change: &dyn Fn(&mut Vec<u8>)| {
        all_name(&world.cheat(Round::Confirm, 1002, None, change), &[1002], &[1002], what);
    };
    confirm("evidence with another hash", &|body| body[5] ^= 1);
    confirm("evidence with another signature", &|body| body[40] ^= 1);
    confirm("the evidence of another dealer", &|body| body.copy_within(96..192, 0));
    confirm("evidence left out", &|body| drop(body.drain(..96)));
    confirm("a complaint that is not there", &|body| body[3 * 96] = 1);
    confirm("a byte too many", &|body| body.push(0));
    confirm("a complaint about a stranger", &|body| {
        body[3 * 96] = 1;
        body.extend([2, 0]);
    });
    confirm("a complaint about a receiver", &|body| {
        body[3 * 96] = 1;
        body.extend(1001_u16.to_le_bytes());
    });
    confirm("a complaint twice", &|body| {
        body[3 * 96] = 2;
        body.extend([3, 0, 3, 0]);
    });
}

/// A dealer sends something wrong to receiver 2 and answers as if it had sent this.
fn dealt_wrong(
    world: &World<feldman::Share>,
    change: impl Fn(&mut Vec<u8>),
    answer: Option<Vec<u8>>,
) -> Ends {
    world.run_with(|round, network| match round {
        Round::Deal => {
            let from = network.deliveries().iter_mut().filter(|d| d.from == party(3));
            from.for_each(|d| world.resign(d, &change));
        }
        Round::Answer => {
            let Some(answer) = &answer else { return };
            let key = world.identity(party(3));
            let message = ShareMessage::sign(world.plan.hash(), ANSWER, party(3), answer.clone(), key);
            let bytes = message.to_bytes().to_vec();
            for to in [1, 4, 1001, 1002, 1003].map(party) {
                network.deliveries().push(Delivery { from: party(3), to, bytes: bytes.clone() });
            }
        }
        Round::Confirm => (),
    })
}

/// `accuser u16 | seed [32] | value [32]`
fn answer(accuser: u16, seed: [u8; 32], value: Scalar) -> Vec<u8> {
    [&accuser.to_le_bytes()[..], &seed, &value.to_bytes()].concat()
}

#[test]
fn a_wrong_value_convicts_its_dealer() {
    let world = three_dealers();
    let point = Point::mul_generator(&Scalar::from_u64(5)).to_bytes();
    let place = Place {
        plan: world.plan.hash(),
        round: DEAL,
        sender: party(3),
        receiver: world.plan.receiver_number(party(2)).unwrap(),
    };
    let (seed, value) = ([8; 32], Scalar::from_u64(8));
    let sealed = place.seal(&world.plan.receivers()[1].1, &seed, &[value]).unwrap();
    let (at, end) = (row_at(2), row_at(3));
    type Change<'a> = &'a dyn Fn(&mut Vec<u8>);
    let changes: [(&str, Change<'_>); 6] = [
        ("a wrong value", &|body| body[at + 40] ^= 1),
        ("a wrong key", &|body| body[at + 1] ^= 1),
        ("a wrong tag", &|body| body[end - 1] ^= 1),
        ("the value of another receiver", &|body| body.copy_within(row_at(1)..at, at)),
        ("another polynomial", &|body| body[32..64].copy_from_slice(&point)),
        ("another value, sealed well", &|body| body[at..end].copy_from_slice(&sealed)),
    ];
    for (what, change) in changes {
        // All receivers of another polynomial complain, else receiver 2 only.
        let accusers = if what == "another polynomial" { vec![1001, 1002, 1003] } else { vec![1002] };
        let answers = [
            accusers.iter().flat_map(|accuser| answer(*accuser, seed, value)).collect(),
            vec![],
            answer(1003, seed, value),
        ];
        for answer in answers {
            all_name(&dealt_wrong(&world, change, Some(answer)), &[3], &[3], what);
        }
        // Silence names the accused too, but proves nothing.
        for (party, end) in dealt_wrong(&world, change, None).iter().filter(|(party, _)| *party != 3) {
            assert_eq!(*end, Some((ErrorKind::MissingMessage, vec![3])), "{what}: party {party}");
        }
    }
}

/// Receivers complain without cause; the accused answer, or answer badly.
#[test]
fn a_false_complaint_convicts_its_author() {
    let world = three_dealers();
    let run = |accuser: u16, accused: &[u16], answer: &dyn Fn(&mut Vec<u8>)| {
        world.run_with(|round, network| {
            for delivery in network.deliveries().iter_mut() {
                if round == Round::Confirm && delivery.from == party(accuser) {
                    world.resign(delivery, |body| {
                        body[3 * 96] = u8::try_from(accused.len()).unwrap();
                        accused.iter().for_each(|accused| body.extend(accused.to_le_bytes()));
                    });
                }
                if round == Round::Answer && delivery.from == party(4) {
                    world.resign(delivery, answer);
                }
            }
        })
    };
    for (accuser, accused) in [(1001, &[1][..]), (1003, &[1, 3, 4])] {
        all_name(&run(accuser, accused, &|_| ()), &[accuser], &[accuser], "a false complaint");
    }
    let badly = |what: &str, answer: &dyn Fn(&mut Vec<u8>)| {
        // The session of dealer 4 itself sent a good answer, and names the accuser; who complained has not.
        all_name(&run(1001, &[4], answer), &[4, 1001], &[4], what);
    };
    badly("about another receiver", &|body| body[0] ^= 1);
    badly("another seed", &|body| body[2] ^= 1);
    badly("another value", &|body| body[34] ^= 1);
    badly("nothing", &|body| body.clear());
    badly("too much", &|body| body.push(0));
}

/// A dealer that tells parties different things, each well signed, is named by all that hear both.
#[test]
fn two_stories_name_their_teller() {
    let world = three_dealers();
    let mut other = Vec::new();
    world.network(55).finish_with(|round, network| {
        if round == Round::Deal {
            other = network.deliveries().iter().find(|d| d.from == party(3)).unwrap().bytes.clone();
        }
    });
    for told in [1001, 1003, 1, 4] {
        let ends = world.run_with(|round, network| {
            for delivery in network.deliveries().iter_mut() {
                if round == Round::Deal && delivery.from == party(3) && delivery.to == party(told) {
                    delivery.bytes.clone_from(&other);
                }
            }
        });
        for (number, end) in &ends {
            let named = Some((ErrorKind::VerificationFailed, vec![3]));
            match *number {
                // The teller hears only that others did not hear what it has in mind: its own two signatures.
                3 => assert!(told < 1001 || *end == named, "told {told}"),
                // Dealers do not say what they heard, so only the deceived dealer sees two stories.
                number if told < 1001 && number != told => assert_eq!(*end, None, "told {told}"),
                number => assert_eq!(*end, named, "told {told}, party {number}"),
            }
        }
    }
}

#[test]
fn a_run_is_over_after_an_error_and_after_its_output() {
    let world = three_dealers();
    let (identity, key) = &world.receivers[0];
    let (mut session, _) = Session::receive(&world.plan, party(1), identity, key).unwrap();
    assert_eq!(session.round(), Some(Round::Deal));
    assert_eq!(blamed(session.step(&[])), (ErrorKind::MissingMessage, vec![1, 3, 4]));
    assert_eq!((blamed(session.step(&[])).0, session.round()), (ErrorKind::SessionPoisoned, None));
}

#[test]
fn numbers_stand_for_one_role() {
    let plan = three_dealers().plan;
    assert_eq!(plan.role(party(3)), Some(Role::Dealer(party(3))));
    assert_eq!(plan.role(party(1003)), Some(Role::Receiver(party(3))));
    assert_eq!(plan.receiver_number(party(3)).unwrap(), party(1003));
    for nobody in [2, 5, 999, 1000, 1004, 65_535] {
        assert_eq!(plan.role(party(nobody)), None);
    }
    assert_eq!(plan.receiver_number(party(4)).unwrap_err().kind(), ErrorKind::UnknownParty);
}

/// A dealer with a share of its own making is found by the old commitment.
#[test]
fn a_wrong_share_cannot_be_dealt() {
    let world = World::new(feldman_sharing(), &[0, 1], 2, 3);
    let other = feldman::split(&Scalar::from_u64(78), 2, 4, &mut rng(9)).unwrap().1;
    let refused = Session::deal(&world.plan, &other[0], &world.dealers[0], &mut rng(2));
    assert_eq!(blamed(refused).0, ErrorKind::VerificationFailed);
    let few = testing::reshare(&world.plan, &[], &world.receivers, &mut rng(2));
    assert_eq!(blamed(few).0, ErrorKind::ShapeMismatch);
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
    assert_eq!(refused(&|spec| spec.threshold = 1), (ErrorKind::InvalidParams, vec![]));
    assert_eq!(refused(&|spec| spec.dealers.truncate(1)), (ErrorKind::TooFewShares, vec![]));
    assert_eq!(
        refused(&|spec| spec.dealers = vec![spec.dealers[0]; 256]),
        (ErrorKind::InvalidParams, vec![])
    );
    assert_eq!(refused(&|spec| spec.dealers[1].0 = party(5)), (ErrorKind::OutOfRange, vec![5]));
    // Beyond 1000 it would be a receiver's number.
    let large = feldman::split(&Scalar::from_u64(77), 2, 1001, &mut rng(3)).unwrap().0;
    let last = |number: u16| {
        refused(&|spec| {
            spec.commitment = large.clone();
            spec.dealers[1] = (party(number), spec.dealers[0].1);
        })
    };
    assert_eq!(last(1000), (ErrorKind::DuplicateParty, vec![1000]));
    assert_eq!(last(1001), (ErrorKind::OutOfRange, vec![1001]));
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
    let hash = *back.hash();
    let mut other = spec();
    other.session = SessionId([0; 32]);
    assert_ne!(hash, *Plan::new(other).unwrap().hash());
    // Others cannot take part.
    let (identity, key) = &world.receivers[0];
    let start = |me, identity, key| blamed(Session::receive(&world.plan, party(me), identity, key)).0;
    assert_eq!(start(4, identity, key), ErrorKind::UnknownParty);
    assert_eq!(start(2, identity, key), ErrorKind::ParamsMismatch);
    assert_eq!(start(1, identity, &world.receivers[1].1), ErrorKind::ParamsMismatch);
    assert_eq!(start(1, &world.receivers[1].0, key), ErrorKind::ParamsMismatch);
    let refused = Session::deal(&world.plan, &world.old[0], &world.dealers[1], &mut rng(1));
    assert_eq!(blamed(refused).0, ErrorKind::ParamsMismatch);
    let outsider = &feldman_sharing().1[3];
    let refused = Session::deal(&world.plan, outsider, &world.dealers[1], &mut rng(1));
    assert_eq!(blamed(refused).0, ErrorKind::UnknownParty);
}

/// A dealer that speaks last can cancel a coefficient of all others: the new threshold would be lower than agreed.
#[test]
fn coefficients_that_cancel_are_refused() {
    let world = three_dealers();
    let weights = factors(&[1, 3, 4].map(party), None).unwrap();
    let sides = world.network(2).finish_with(|round, network| {
        if round != Round::Deal {
            return;
        }
        let sent = network.deliveries();
        let second = |from: u16| {
            let delivery = sent.iter().find(|d| d.from == party(from)).unwrap();
            let message = ShareMessage::from_bytes(&delivery.bytes, ()).unwrap();
            Point::read(&mut Reader::new(&message.body[32..64]), "point").unwrap()
        };
        let others = second(1) * weights[0] + second(4) * weights[2];
        let cancelling = (others * -weights[1].invert().unwrap()).to_bytes();
        for delivery in sent.iter_mut().filter(|d| d.from == party(3)) {
            world.resign(delivery, |body| body[32..64].copy_from_slice(&cancelling));
        }
    });
    for (number, side) in sides.iter().filter(|(number, _)| *number != party(3)) {
        let Side::Failed(error) = side else { panic!("{number:?}: {side:?}") };
        assert_eq!(error.what(), "deals: not of the old secret", "{number:?}");
    }
}
