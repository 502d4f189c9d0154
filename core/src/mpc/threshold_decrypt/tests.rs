//! Enough shares decrypt; wrong, foreign, replayed and too few ones do not.
use rand_chacha::ChaCha20Rng;

use super::*;
use crate::elgamal::additive::{Params, PlainArray, PublicKey};
use crate::mpc::dkg::tests::{generate, rng};
use crate::shape::Shape;

const SESSION: &[u8] = b"tally 1";

fn party(number: u16) -> PartyId {
    PartyId::new(number).unwrap()
}

fn encrypted(group: &GroupKey, values: &[i64], random: &mut ChaCha20Rng) -> EncryptedArray {
    let key = PublicKey::from_point(Params::default(), group.public_point()).unwrap();
    let shape = Shape::new(&[values.len()]).unwrap();
    let plain = PlainArray::integers(key.params(), &shape, values).unwrap();
    EncryptedArray::encrypt(&key, &plain, random, &mut ()).unwrap()
}

#[test]
fn any_threshold_of_the_parties_decrypts() {
    let (keys, random) = (generate(&[2, 5, 7, 300], 3), &mut rng("threshold"));
    let group = keys[0].group();
    let values = [5, -1000, 0];
    let array = encrypted(group, &values, random);
    let share = |at: usize, random: &mut ChaCha20Rng| {
        let share = DecryptionShare::create(&keys[at], &array, SESSION, random).unwrap();
        assert_eq!(DecryptionShare::from_bytes(&share.to_bytes(), ()).unwrap(), share);
        share
    };
    for chosen in [&[0, 1, 2][..], &[3, 0, 2], &[1, 2, 3], &[0, 1, 2, 3]] {
        let shares: Vec<_> = chosen.iter().map(|at| share(*at, random)).collect();
        assert_eq!(*combine(group, &array, &shares, SESSION, random, &mut ()).unwrap(), values);
    }
    let few = [share(0, random), share(1, random)];
    let refused = |shares: &[DecryptionShare], session: &[u8], random: &mut ChaCha20Rng| {
        let error = combine(group, &array, shares, session, random, &mut ()).unwrap_err();
        (error.kind(), error.culprits().to_vec())
    };
    assert_eq!(refused(&few, SESSION, random), (ErrorKind::TooFewShares, vec![]));
    assert_eq!(refused(&[], SESSION, random), (ErrorKind::TooFewShares, vec![]));
    let twice = [share(0, random), share(0, random), share(1, random)];
    assert_eq!(refused(&twice, SESSION, random), (ErrorKind::DuplicateParty, vec![party(2)]));
    let all: Vec<_> = (0..3).map(|at| share(at, random)).collect();
    let everybody = vec![party(2), party(5), party(7)];
    assert_eq!(refused(&all, b"tally 2", random), (ErrorKind::VerificationFailed, everybody));
    // Each part of a share counts, and its maker is named.
    for edit in 0..5 {
        let mut shares = all.clone();
        match edit {
            0 => shares[1].parts[2].0 = shares[1].parts[2].0 + Point::generator(),
            1 => shares[1].parts.swap(0, 1),
            2 => shares[1].request[0] ^= 1,
            3 => _ = shares[1].parts.pop(),
            _ => shares[1].parts = shares[0].parts.clone(),
        }
        let named = refused(&shares, SESSION, random);
        assert_eq!(named, (ErrorKind::VerificationFailed, vec![party(5)]), "{edit}");
    }
    let mut foreign = all.clone();
    foreign[0].party = party(9);
    assert_eq!(refused(&foreign, SESSION, random), (ErrorKind::UnknownParty, vec![party(9)]));
}

#[test]
fn shares_fit_one_array_and_one_key() {
    let (keys, random) = (generate(&[1, 2, 3], 2), &mut rng("arrays"));
    let group = keys[0].group();
    let (array, other) = (encrypted(group, &[5], random), encrypted(group, &[6], random));
    let shares: Vec<_> =
        keys[..2].iter().map(|key| DecryptionShare::create(key, &array, SESSION, random).unwrap()).collect();
    let error = combine(group, &other, &shares, SESSION, random, &mut ()).unwrap_err();
    assert_eq!((error.kind(), error.culprits().len()), (ErrorKind::VerificationFailed, 2));
    let elsewhere = generate(&[1, 2], 2);
    let foreign = DecryptionShare::create(&elsewhere[0], &array, SESSION, random).unwrap_err();
    assert_eq!(foreign.kind(), ErrorKind::ParamsMismatch);
    // A sum, and a difference whose randomness cancels.
    for (sum, expected) in
        [(array.add(&other, &mut ()).unwrap(), 11), (array.sub(&array, &mut ()).unwrap(), 0)]
    {
        let shares: Vec<_> = keys[1..]
            .iter()
            .map(|key| DecryptionShare::create(key, &sum, SESSION, random).unwrap())
            .collect();
        assert_eq!(*combine(group, &sum, &shares, SESSION, random, &mut ()).unwrap(), [expected]);
    }
}
