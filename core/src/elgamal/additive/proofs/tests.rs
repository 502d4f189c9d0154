//! Honest proofs hold; each equation alone, each part of the statement and of the context can make one fail.
use super::super::testing::{other_key, public_key, rng, secret_key};
use super::super::{Ciphertext, Params, ParamsSpec, PublicKey, Randomizer};
use super::*;
use crate::codec::{Decode, Encode};
use crate::error::{ErrorKind, Result};
use crate::field::Field;
use crate::group::{Point, Scalar};
use crate::party::PartyId;

mod replay;
mod strict;

fn key() -> &'static PublicKey {
    public_key()
}

fn context() -> Context {
    Context::new(b"session 1").by(PartyId::new(3).unwrap())
}

fn randomizer(name: &str) -> Randomizer {
    Randomizer::random(&mut rng(name))
}

fn other(ciphertext: &Ciphertext, blinder: bool) -> Ciphertext {
    let (a, b) = ciphertext.points();
    let g = Point::generator();
    if blinder { Ciphertext::new(a + g, b, key()) } else { Ciphertext::new(a, b + g, key()) }
}

/// A statement with an honest proof: how many equations, the proof, and the equations for a context and a proof.
struct Case {
    name: &'static str,
    count: usize,
    proof: Proof,
    check: Check,
}

type Check = Box<dyn Fn(&Proof, &Context) -> Result<Equations>>;

fn cases() -> Vec<Case> {
    let (value, r, random) = (-77, randomizer("r"), &mut rng("proofs"));
    let c = key().encrypt_with(value, &r).unwrap();
    let far = other_key().public_key();
    let s = randomizer("s");
    let d = far.encrypt_with(value, &s).unwrap();
    let x = Scalar::from_u64(0x5eed);
    let bases = [Point::generator(), Point::pedersen_base()];
    let targets = bases.map(|base| base * x);
    let (handed, hand) = hand_over(secret_key(), &c, far, &context(), random).unwrap();
    assert_eq!(other_key().decrypt(&handed, &mut ()), Ok(value));
    let function = LinearFunction { weights: vec![3, -2], offset: 10 };
    let (output, linear) = prove_linear(key(), &function, &[&c, &c], &context(), random).unwrap();
    assert_eq!(secret_key().decrypt(&output, &mut ()), Ok(value + 10));
    vec![
        Case {
            name: "plaintext",
            count: 2,
            proof: prove_plaintext(key(), &c, value, &r, &context(), random).unwrap(),
            check: Box::new(move |proof, context| verify_plaintext(key(), &c, proof, context)),
        },
        Case {
            name: "value",
            count: 2,
            proof: prove_value(key(), &c, value, &r, &context(), random).unwrap(),
            check: Box::new(move |proof, context| verify_value(key(), &c, value, proof, context)),
        },
        Case {
            name: "equal logarithms",
            count: 2,
            proof: prove_equal_logarithms(bases, targets, &x, &context(), random).unwrap(),
            check: Box::new(move |proof, context| verify_equal_logarithms(bases, targets, proof, context)),
        },
        Case {
            name: "equal plaintexts",
            count: 4,
            proof: prove_equal_plaintexts([(key(), &c), (far, &d)], value, [&r, &s], &context(), random)
                .unwrap(),
            check: Box::new(move |proof, context| {
                verify_equal_plaintexts([(key(), &c), (far, &d)], proof, context)
            }),
        },
        Case {
            name: "decryption",
            count: 2,
            proof: prove_decryption(secret_key(), &c, value, &context(), random).unwrap(),
            check: Box::new(move |proof, context| verify_decryption(key(), &c, value, proof, context)),
        },
        Case {
            name: "hand over",
            count: 3,
            proof: hand,
            check: Box::new(move |proof, context| {
                verify_hand_over((key(), &c), (far, &handed), proof, context)
            }),
        },
        Case {
            name: "linear",
            count: 2,
            proof: linear,
            check: Box::new(move |proof, context| {
                verify_linear(key(), &function, &[&c, &c], &output, proof, context)
            }),
        },
    ]
}

#[test]
fn honest_proofs_hold_in_their_context_only() {
    for Case { name, count, proof, check } in cases() {
        let equations = check(&proof, &context()).unwrap();
        equations.check().unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(equations.failing().len(), 0);
        let mut moved = proof.clone();
        moved.parts_mut().0.iter_mut().for_each(|point| *point = *point + Point::generator());
        assert_eq!(
            check(&moved, &context()).unwrap().failing().len(),
            count,
            "{name}: every equation counts"
        );
        for elsewhere in [
            Context::new(b"session 2").by(PartyId::new(3).unwrap()),
            Context::new(b"session 1").by(PartyId::new(4).unwrap()),
            Context::new(b"session 1"),
        ] {
            let refused = check(&proof, &elsewhere).unwrap().check().unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::VerificationFailed, "{name}");
        }
    }
}

#[test]
fn each_response_counts() {
    for Case { name, proof, check, .. } in cases() {
        for at in 0..proof.clone().parts_mut().1.len() {
            let mut wrong = proof.clone();
            wrong.parts_mut().1[at] = wrong.parts_mut().1[at] + Scalar::ONE;
            assert!(check(&wrong, &context()).unwrap().check().is_err(), "{name} {at}");
        }
    }
}

#[test]
fn a_proof_of_one_claim_is_none_of_another() {
    let all = cases();
    for (i, case) in all.iter().enumerate() {
        for (j, other) in all.iter().enumerate().filter(|(j, _)| *j != i) {
            assert!((case.check)(&other.proof, &context()).is_err(), "{i} {j}");
        }
    }
}

#[test]
fn every_part_of_a_statement_counts() {
    let (r, random) = (randomizer("r"), &mut rng("statement"));
    let c = key().encrypt_with(5, &r).unwrap();
    let proof = prove_value(key(), &c, 5, &r, &context(), random).unwrap();
    let refused = |equations: Result<Equations>| assert!(equations.and_then(|e| e.check()).is_err());
    refused(verify_value(key(), &c, 6, &proof, &context()));
    refused(verify_value(key(), &other(&c, true), 5, &proof, &context()));
    refused(verify_value(key(), &other(&c, false), 5, &proof, &context()));
    // The same points with value and payload moved together: the equations alone would not tell.
    let moved = key().add_plain(&c, 1).unwrap();
    refused(verify_value(key(), &moved, 6, &proof, &context()));
    let decrypted = prove_decryption(secret_key(), &c, 5, &context(), random).unwrap();
    refused(verify_decryption(key(), &moved, 6, &decrypted, &context()));
    refused(verify_decryption(key(), &c, 4, &decrypted, &context()));
    let lie = prove_decryption(secret_key(), &c, 4, &context(), random).unwrap();
    refused(verify_decryption(key(), &c, 4, &lie, &context()));
    let function = LinearFunction { weights: vec![2], offset: 1 };
    let (output, linear) = prove_linear(key(), &function, &[&c], &context(), random).unwrap();
    let others =
        [LinearFunction { weights: vec![3], offset: 1 }, LinearFunction { weights: vec![2], offset: 2 }];
    for other in others {
        refused(verify_linear(key(), &other, &[&c], &output, &linear, &context()));
    }
    refused(verify_linear(key(), &function, &[&moved], &output, &linear, &context()));
    let foreign = other_key().public_key().encrypt(5, random).unwrap();
    assert_eq!(
        verify_value(key(), &foreign, 5, &proof, &context()).unwrap_err().kind(),
        ErrorKind::ParamsMismatch
    );
    let neutral = prove_equal_logarithms(
        [Point::identity(); 2],
        [Point::identity(); 2],
        &Scalar::ONE,
        &context(),
        random,
    );
    assert_eq!(neutral.unwrap_err().kind(), ErrorKind::OutOfRange);
}

#[test]
fn bits_are_proven_and_nothing_else() {
    let random = &mut rng("bits");
    for bit in [0, 1] {
        let (c, proof) = BitProof::encrypt(key(), bit, &context(), random).unwrap();
        assert_eq!(secret_key().decrypt(&c, &mut ()), Ok(bit));
        proof.equations(key(), &c, &context()).unwrap().check().unwrap();
        assert!(proof.equations(key(), &other(&c, false), &context()).unwrap().check().is_err());
        assert!(proof.equations(key(), &c, &Context::new(b"session 1")).unwrap().check().is_err());
        let again = key().rerandomize(&c, random).unwrap();
        assert!(proof.equations(key(), &again, &context()).unwrap().check().is_err(), "a copied ballot");
        for at in 0..4 {
            let mut wrong = proof.clone();
            wrong.parts_mut().0[at] = wrong.parts_mut().0[at] + Point::generator();
            assert!(wrong.equations(key(), &c, &context()).unwrap().check().is_err());
        }
        let mut wrong = proof.clone();
        *wrong.parts_mut().1 = *wrong.parts_mut().1 + Scalar::ONE;
        assert!(wrong.equations(key(), &c, &context()).unwrap().check().is_err());
        for at in 0..2 {
            let mut wrong = proof.clone();
            wrong.parts_mut().2[at] = wrong.parts_mut().2[at] + Scalar::ONE;
            assert!(wrong.equations(key(), &c, &context()).unwrap().check().is_err());
        }
    }
    for bad in [-1, 2, 1 << 40, i64::MIN] {
        assert_eq!(
            BitProof::encrypt(key(), bad, &context(), random).unwrap_err().kind(),
            ErrorKind::OutOfRange
        );
    }
}

#[test]
fn ranges_are_proven_and_nothing_else() {
    let random = &mut rng("range");
    for (value, bits) in [(0, 1), (1, 1), (5, 3), (7, 3), (100, 7), ((1 << 20) - 1, 20)] {
        let (c, proof) = RangeProof::encrypt(key(), value, bits, &context(), random).unwrap();
        assert_eq!(secret_key().decrypt(&c, &mut ()), Ok(value));
        proof.equations(key(), &c, bits, &context()).unwrap().check().unwrap();
        assert!(proof.equations(key(), &c, bits + 1, &context()).is_err());
        assert!(proof.equations(key(), &other(&c, false), bits, &context()).unwrap().check().is_err());
        assert!(proof.equations(key(), &c, bits, &Context::new(b"x")).unwrap().check().is_err());
        assert_eq!(RangeProof::from_bytes(&proof.to_bytes(), ()).unwrap(), proof);
    }
    for (value, bits) in [(8, 3), (-1, 3), (0, 0), (0, 33), (i64::MIN, 5), (i64::MAX, 32)] {
        let refused = RangeProof::encrypt(key(), value, bits, &context(), random);
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::OutOfRange, "{value} {bits}");
    }
    // Bits that change places, and a bit taken from another proof.
    let (c, proof) = RangeProof::encrypt(key(), 5, 3, &context(), random).unwrap();
    let mut swapped = proof.clone();
    swapped.parts_mut().0.swap(0, 1);
    swapped.parts_mut().1.swap(1, 2);
    assert!(swapped.equations(key(), &c, 3, &context()).unwrap().check().is_err());
    let (_, another) = RangeProof::encrypt(key(), 5, 3, &context(), random).unwrap();
    let mut mixed = proof.clone();
    mixed.parts_mut().0[0] = another.clone().parts_mut().0[0];
    mixed.parts_mut().1[1] = another.clone().parts_mut().1[1].clone();
    assert!(mixed.equations(key(), &c, 3, &context()).unwrap().check().is_err());
    let mut short = proof;
    short.parts_mut().1.pop();
    assert!(short.equations(key(), &c, 3, &context()).is_err());
}

#[test]
fn ranges_may_have_any_ends() {
    let random = &mut rng("bounds");
    let limit = 1_i64 << 32;
    for (low, high) in [(0, 1), (0, 2), (-1, 1), (10, 15), (-20, -14), (0, 120), (40, 180), (-limit, limit)] {
        let range = || low..=high;
        for value in [low, low + 1, low.midpoint(high), high - 1, high] {
            let (c, proof) = RangeProof::encrypt_within(key(), value, range(), &context(), random).unwrap();
            secret_key().check_plaintext(&c, value).unwrap();
            assert_eq!(proof.bits(), usize::try_from((high - low).ilog2()).unwrap() + 1);
            proof.equations_within(key(), &c, range(), &context()).unwrap().check().unwrap();
            for (other_low, other_high) in [(low - 1, high - 1), (low + 1, high + 1), (low, high - 1)] {
                let other = proof.equations_within(key(), &c, other_low..=other_high, &context());
                assert!(
                    other.and_then(|equations| equations.check()).is_err(),
                    "{low} {high}: another range"
                );
            }
        }
        for value in [low - 1, high + 1, i64::MIN, i64::MAX] {
            let refused = RangeProof::encrypt_within(key(), value, range(), &context(), random);
            assert_eq!(refused.unwrap_err().kind(), ErrorKind::OutOfRange, "{low} {high} {value}");
        }
    }
    #[allow(clippy::reversed_empty_ranges)]
    let bad = [1..=1, 2..=1, 0..=limit + 1, -limit - 1..=0, i64::MIN..=i64::MAX];
    for range in bad {
        let refused = RangeProof::encrypt_within(key(), 1, range, &context(), random);
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::OutOfRange);
    }
    // The digits make every integer of the range.
    for high in 1..=70 {
        let bounds = range::Bounds::new(key(), &(0..=high)).unwrap();
        for value in 0..=high {
            let weighed = |(at, digit): (usize, &i64)| digit * bounds.weight(at).cast_signed();
            let digits = bounds.digits(value);
            assert!(digits.iter().all(|digit| (0..=1).contains(digit)));
            assert_eq!(digits.iter().enumerate().map(weighed).sum::<i64>(), value, "of {high}");
        }
        let most: u64 = (0..bounds.digits(0).len()).map(|at| bounds.weight(at)).sum();
        assert_eq!(most, high.cast_unsigned(), "and none above");
    }
}

#[test]
fn a_range_is_proven_of_a_ciphertext_at_hand() {
    let (r, random) = (randomizer("r"), &mut rng("at hand"));
    let c = key().encrypt_with(75, &r).unwrap();
    let proof = RangeProof::prove(key(), &c, 75, &r, 40..=180, &context(), random).unwrap();
    proof.equations_within(key(), &c, 40..=180, &context()).unwrap().check().unwrap();
    let moved = key().add_plain(&c, 1).unwrap();
    let (lie, s) = (key().encrypt_with(39, &r).unwrap(), randomizer("s"));
    let refused = |proof: &RangeProof, c: &Ciphertext| {
        assert!(proof.equations_within(key(), c, 40..=180, &context()).unwrap().check().is_err());
    };
    refused(&proof, &moved);
    refused(&RangeProof::prove(key(), &lie, 40, &r, 40..=180, &context(), random).unwrap(), &lie);
    refused(&RangeProof::prove(key(), &c, 75, &s, 40..=180, &context(), random).unwrap(), &c);
    let refused = RangeProof::prove(key(), &c, 39, &r, 40..=180, &context(), random);
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::OutOfRange);
    let foreign = other_key().public_key().encrypt_with(75, &r).unwrap();
    let refused = RangeProof::prove(key(), &foreign, 75, &r, 40..=180, &context(), random);
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::ParamsMismatch);
    // A batch of submissions with one lie, which is found.
    let mut batch = Batch::new();
    for value in [40, 77, 180] {
        let (c, proof) = RangeProof::encrypt_within(key(), value, 40..=180, &context(), random).unwrap();
        batch.push(proof.equations_within(key(), &c, 40..=180, &context()).unwrap());
    }
    batch.verify(random).unwrap();
    let at = batch.push(proof.equations_within(key(), &moved, 40..=180, &context()).unwrap());
    assert!(batch.verify(random).is_err());
    assert_eq!(batch.wrong(), [at]);
}

#[test]
fn ballots_add_up_to_a_histogram() {
    let random = &mut rng("ballots");
    let votes = [0, 2, 2, 1, 2];
    let mut batch = Batch::new();
    let mut ballots = Vec::new();
    for (vote, party) in votes.into_iter().zip(1..) {
        let context = context().by(PartyId::new(party).unwrap());
        let ballot = Ballot::encrypt(key(), vote, 3, &context, random).unwrap();
        let again = Ballot::from_bytes(&ballot.to_bytes(), key()).unwrap();
        assert_eq!(again, ballot);
        batch.push(ballot.equations(key(), 3, &context).unwrap());
        ballots.push(ballot);
    }
    batch.verify(random).unwrap();
    let total = |at: usize| {
        let sum = key().sum(ballots.iter().map(|ballot| &ballot.choices()[at])).unwrap();
        secret_key().decrypt(&sum, &mut ()).unwrap()
    };
    assert_eq!([0, 1, 2].map(total), [1, 1, 3]);
    // Replayed by another party, with another number of choices, under another key.
    let ballot = &ballots[0];
    batch.push(ballot.equations(key(), 3, &context().by(PartyId::new(9).unwrap())).unwrap());
    assert_eq!(batch.verify(random).unwrap_err().kind(), ErrorKind::VerificationFailed);
    assert_eq!(batch.wrong(), [5]);
    assert!(ballot.equations(key(), 4, &context()).is_err());
    let foreign = ballot.equations(other_key().public_key(), 3, &context()).unwrap_err();
    assert_eq!(foreign.kind(), ErrorKind::ParamsMismatch);
    assert!(Ballot::encrypt(key(), 3, 3, &context(), random).is_err());
    assert!(Ballot::encrypt(key(), 0, 0, &context(), random).is_err());
}

#[test]
fn two_votes_no_vote_and_a_negative_vote_are_refused() {
    let random = &mut rng("cheats");
    for chosen in [&[1, 1, 0][..], &[0, 0, 0], &[2, -1, 0], &[-1, 1, 1]] {
        let ballot = Ballot::prove(key(), chosen, &context(), random);
        let failing = ballot.equations(key(), 3, &context()).unwrap().failing();
        let of_total = failing.iter().any(|i| *i < 2);
        assert_eq!(of_total, chosen.iter().sum::<i64>() != 1, "{chosen:?}");
        assert_eq!(
            failing.iter().any(|i| *i >= 2),
            chosen.iter().any(|bit| !(0..=1).contains(bit)),
            "{chosen:?}"
        );
        assert!(!failing.is_empty());
    }
    let honest = Ballot::prove(key(), &[0, 1, 0], &context(), random);
    let mut reordered = honest.clone();
    reordered.parts_mut().0.swap(0, 1);
    reordered.parts_mut().1.swap(0, 1);
    assert!(reordered.equations(key(), 3, &context()).unwrap().check().is_err());
    let mut other_total = honest.clone();
    *other_total.parts_mut().2 = Ballot::prove(key(), &[0, 1, 0], &context(), random).parts_mut().2.clone();
    assert!(other_total.equations(key(), 3, &context()).unwrap().check().is_err());
}

#[test]
fn batches_agree_with_single_checks() {
    let random = &mut rng("batch");
    let mut batch = Batch::new();
    assert!(batch.verify(random).is_err(), "nothing is no proof");
    for Case { proof, check, .. } in cases() {
        batch.push(check(&proof, &context()).unwrap());
    }
    batch.verify(random).unwrap();
    assert_eq!((batch.len(), batch.wrong().len()), (7, 0));
    // Two errors that cancel in a plain sum.
    let all = cases();
    let mut wrong = [all[0].proof.clone(), all[1].proof.clone()];
    wrong[0].parts_mut().1[0] = wrong[0].parts_mut().1[0] + Scalar::ONE;
    wrong[1].parts_mut().1[0] = wrong[1].parts_mut().1[0] - Scalar::ONE;
    for (case, proof) in all.iter().zip(&wrong) {
        batch.push((case.check)(proof, &context()).unwrap());
    }
    assert!(batch.verify(random).is_err());
    assert_eq!(batch.wrong(), [7, 8]);
    assert!(Equations::default().check().is_err());
}

#[test]
fn proofs_come_back_from_their_bytes() {
    for Case { name, proof, .. } in cases() {
        let bytes = proof.to_bytes();
        assert_eq!(Proof::from_bytes(&bytes, ()).unwrap(), proof, "{name}");
        let kind = |at: usize, byte: u8| {
            let mut bytes = bytes.to_vec();
            bytes[at] = byte;
            Proof::from_bytes(&bytes, ()).map(|proof| proof.claim()).map_err(|error| error.kind())
        };
        assert_eq!(kind(9, 0), Err(ErrorKind::InvalidEncoding));
        assert_eq!(kind(9, 99), Err(ErrorKind::InvalidEncoding));
        assert_eq!(kind(bytes.len() - 1, 0xff), Err(ErrorKind::InvalidEncoding));
        assert_eq!(kind(10 + 31, 0xff), Err(ErrorKind::InvalidEncoding));
    }
    let (_, proof) = BitProof::encrypt(key(), 1, &context(), &mut rng("bytes")).unwrap();
    assert_eq!(BitProof::from_bytes(&proof.to_bytes(), ()).unwrap(), proof);
}
