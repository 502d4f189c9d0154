//! Each equation and everything in the statement counts.
use super::super::encrypted::Sealed;
use super::super::testing::{SESSION, dealt, encrypted, party, safe_key, spec};
use super::super::{Dealer, DecryptionShare};
use super::*;
use crate::error::Result;
use crate::paillier::testing::rng;

struct Sample {
    array: Digest,
    ciphertexts: Vec<Ciphertext>,
    parts: Vec<Ciphertext>,
}

/// Two ciphertexts with the parts of the party at a place.
fn sample(place: usize) -> Sample {
    let (setup, keys) = dealt();
    let array = encrypted(setup, &[3, -4], &mut rng(80));
    let (exponent, bits) = (keys[place].exponent(), setup.exponents().scaled_bits);
    let part = |c: &Ciphertext| {
        let modulus = setup.modulus();
        let power = modulus.pow(&modulus.square(c.value()), &exponent, bits);
        Ciphertext::from_unit(power, setup.public_key())
    };
    let parts = array.ciphertexts().iter().map(part).collect();
    Sample { array: [7; 32], ciphertexts: array.ciphertexts().to_vec(), parts }
}

impl Sample {
    fn statement(&self, number: u16) -> Statement<'_> {
        let setup = &dealt().0;
        Statement {
            setup,
            session: SESSION,
            party: party(number),
            array: &self.array,
            ciphertexts: &self.ciphertexts,
            parts: &self.parts,
        }
    }
}

fn accepted(verdict: Result<()>) -> bool {
    verdict.map_err(|error| assert_eq!(error.kind(), ErrorKind::VerificationFailed)).is_ok()
}

#[test]
fn right_parts_are_accepted_and_others_not() {
    let sample = sample(1);
    let proof = Proof::prove(&sample.statement(2), &dealt().1[1], &mut rng(81));
    assert!(accepted(proof.verify_vartime(&sample.statement(2))));
    assert!(!accepted(proof.verify_vartime(&sample.statement(3))), "another party");
    let elsewhere = Statement { session: b"quarter 4", ..sample.statement(2) };
    assert!(!accepted(proof.verify_vartime(&elsewhere)));
    let elsewhere = Statement { array: &[8; 32], ..sample.statement(2) };
    assert!(!accepted(proof.verify_vartime(&elsewhere)));
    for at in [0, proof.z.len() / 2, proof.z.len() - 1] {
        let mut changed = proof.clone();
        changed.z[at] ^= 1;
        assert!(!accepted(changed.verify_vartime(&sample.statement(2))), "z {at}");
    }
    let mut changed = proof.clone();
    changed.challenge[15] ^= 0x80;
    assert!(!accepted(changed.verify_vartime(&sample.statement(2))));
}

/// A proof made for the statement itself, by somebody who knows x: wrong parts fail the first equation only.
#[test]
fn a_wrong_part_fails_the_first_equation() {
    let modulus = dealt().0.modulus();
    let right = sample(1);
    let times = |c: &Ciphertext, factor: u64| {
        let product = modulus.mul(c.value(), &modulus.reduce(&[factor]));
        Ciphertext::from_unit(product, dealt().0.public_key())
    };
    let mut wrongs = Vec::new();
    for at in 0..2 {
        let mut wrong = sample(1);
        wrong.parts[at] = times(&right.parts[at], 2);
        wrongs.push(wrong);
    }
    // Errors that cancel in the product of all parts, so that only the weights tell.
    let mut cancelling = sample(1);
    let half = modulus.invert(&modulus.reduce(&[2])).into_option().unwrap();
    cancelling.parts[0] = times(&right.parts[0], 2);
    let part = modulus.mul(right.parts[1].value(), &half);
    cancelling.parts[1] = Ciphertext::from_unit(part, dealt().0.public_key());
    wrongs.push(cancelling);
    let mut swapped = sample(1);
    swapped.parts.swap(0, 1);
    wrongs.push(swapped);
    for wrong in &wrongs {
        let proof = Proof::prove(&wrong.statement(2), &dealt().1[1], &mut rng(82));
        assert!(!accepted(proof.verify_vartime(&wrong.statement(2))));
    }
}

/// Parts that are powers of one x, but not of the x in the verification key: the second equation alone fails.
#[test]
fn another_exponent_fails_the_second_equation() {
    let other = sample(3);
    let proof = Proof::prove(&other.statement(2), &dealt().1[3], &mut rng(83));
    assert!(!accepted(proof.verify_vartime(&other.statement(2))));
    // The same proof is right for the party whose exponent it is, up to the name in the hash.
    let proof = Proof::prove(&other.statement(4), &dealt().1[3], &mut rng(83));
    assert!(accepted(proof.verify_vartime(&other.statement(4))));
}

/// The sign of a part is free: combining takes squares.
#[test]
fn signs_are_free() {
    let mut sample = sample(1);
    let modulus = dealt().0.modulus();
    sample.parts[0] = Ciphertext::from_unit(modulus.neg(sample.parts[0].value()), dealt().0.public_key());
    let proof = Proof::prove(&sample.statement(2), &dealt().1[1], &mut rng(84));
    assert!(accepted(proof.verify_vartime(&sample.statement(2))));
}

#[test]
fn everything_reaches_the_hashes() {
    let (sample, other) = (sample(1), sample(2));
    let again = Dealer::from_secret_key(safe_key()).unwrap();
    let (again, _) = again.deal(&spec(5, 3), &mut rng(85), &mut ()).unwrap();
    let statement = sample.statement(2);
    let digest = statement.digest();
    for changed in [
        Statement { session: b"", ..sample.statement(2) },
        Statement { party: party(3), ..sample.statement(2) },
        Statement { array: &[0; 32], ..sample.statement(2) },
        Statement { parts: &sample.parts[..1], ..sample.statement(2) },
        Statement { parts: &other.parts, ..sample.statement(2) },
        Statement { setup: &again, ..sample.statement(2) },
    ] {
        assert_ne!(changed.digest(), digest);
    }
    let [a, b] = [0, 1].map(|at| sample.parts[at].value().clone());
    let challenge = statement.challenge(&digest, &a, &a);
    for changed in [
        statement.challenge(&[0; 32], &a, &a),
        statement.challenge(&digest, &b, &a),
        statement.challenge(&digest, &a, &b),
    ] {
        assert_ne!(changed, challenge);
    }
}

/// A proof about the first of two ciphertexts is right as such, and no share of the array.
#[test]
fn too_few_parts_are_no_share() {
    let (setup, keys) = dealt();
    let array = encrypted(setup, &[3, -4], &mut rng(86));
    let mut share = DecryptionShare::create(&keys[1], &array, SESSION, &mut rng(87), &mut ()).unwrap();
    assert!(accepted(share.verify(setup, &array, SESSION)));
    share.parts.pop();
    let statement = Statement {
        setup,
        session: SESSION,
        party: party(2),
        array: &array.digest(),
        ciphertexts: array.ciphertexts(),
        parts: &share.parts,
    };
    share.proof = Proof::prove(&statement, &keys[1], &mut rng(88));
    assert!(accepted(share.proof.verify_vartime(&statement)));
    assert!(!accepted(share.verify(setup, &array, SESSION)));
}
