//! Enough shares decrypt; wrong, foreign, replayed and too few ones do not.
use num_bigint::BigUint;

use super::testing::{SESSION, dealt, encrypted, party, safe_key, shares, spec};
use super::*;
use crate::bigint::limbs;
use crate::codec::{Decode, Encode, HEADER_LEN};
use crate::error::ErrorKind;
use crate::paillier::testing::{other_key, rng, secret_key};
use crate::paillier::{EncryptedArray, PackedArray, PlainArray, ProvenPublicKey, PublicKey};
use crate::party::PartyId;
use crate::shape::Shape;

fn big(limbs: &[u64]) -> BigUint {
    limbs::to_biguint_vartime(limbs)
}

/// What combining says.
fn refusal(
    setup: &Setup,
    array: &EncryptedArray,
    shares: &[DecryptionShare],
    session: &[u8],
) -> (ErrorKind, Vec<PartyId>) {
    let error = combine(setup, array, shares, session, &mut ()).unwrap_err();
    (error.kind(), error.culprits().to_vec())
}

#[test]
fn any_threshold_of_the_parties_decrypts() {
    let (setup, _) = dealt();
    let values = [5, -1000, 0, i64::from(i32::MAX)];
    let array = encrypted(setup, &values, &mut rng(70));
    let key = safe_key();
    assert_eq!(key.public_key(), setup.public_key());
    let whole = array.decrypt_integers(&key, &mut ()).unwrap();
    for places in [&[0, 1, 2][..], &[4, 0, 2], &[2, 3, 4], &[0, 1, 2, 3, 4]] {
        let shares = shares(&array, places);
        let integers = combine_integers(setup, &array, &shares, SESSION, &mut ()).unwrap();
        assert_eq!(*integers, values.map(i128::from));
        assert_eq!(integers, whole);
        assert_eq!(*combine(setup, &array, &shares, SESSION, &mut ()).unwrap(), values.map(|x| x as f64));
    }
}

#[test]
fn results_of_operations_fixed_point_and_packed_numbers() {
    let (setup, keys) = dealt();
    let (key, rng) = (setup.public_key(), &mut rng(71));
    let shape = Shape::new(&[3]).unwrap();
    let plain = PlainArray::fixed_point(key.params(), &shape, &[1.5, -2.25, 1e6]).unwrap();
    let array = EncryptedArray::encrypt(key, &plain, rng, &mut ()).unwrap();
    let sum = array.add(&array, &mut ()).unwrap();
    let open = |array: &EncryptedArray| combine(setup, array, &shares(array, &[1, 2, 4]), SESSION, &mut ());
    assert_eq!(*open(&sum).unwrap(), [3.0, -4.5, 2e6]);
    assert_eq!(*open(&sum.sub(&sum, &mut ()).unwrap()).unwrap(), [0.0; 3]);
    let error = combine_integers(setup, &sum, &[], SESSION, &mut ()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ParamsMismatch);
    assert_eq!(*open(&encrypted(setup, &[], rng)).unwrap(), [0.0; 0]);

    let values: Vec<i64> = (0..50).map(|i| 7 - i).collect();
    let plain = PlainArray::integers_within(key.params(), &Shape::new(&[50]).unwrap(), &values, 100).unwrap();
    let packed = PackedArray::encrypt(key, &plain, 3, rng, &mut ()).unwrap();
    let made: Vec<_> = keys[..3]
        .iter()
        .map(|key| DecryptionShare::create(key, &packed, SESSION, rng, &mut ()).unwrap())
        .collect();
    let integers = combine_integers(setup, &packed, &made, SESSION, &mut ()).unwrap();
    assert!(integers.iter().zip(&values).all(|(a, b)| *a == i128::from(*b)) && integers.len() == 50);
    // The same ciphertexts as another kind of array are another array.
    let other = EncryptedArray::from_ciphertexts(
        key,
        &Shape::new(&[packed.ciphertexts().len()]).unwrap(),
        packed.ciphertexts().to_vec(),
        0,
        packed.bound(),
    );
    assert_eq!(refusal(setup, &other.unwrap(), &made, SESSION).1.len(), 3);
}

#[test]
fn wrong_sets_of_shares_are_refused() {
    let (setup, _) = dealt();
    let array = encrypted(setup, &[5, 6], &mut rng(72));
    let all = shares(&array, &[0, 1, 2]);
    assert_eq!(refusal(setup, &array, &all[..2], SESSION), (ErrorKind::TooFewShares, vec![]));
    assert_eq!(refusal(setup, &array, &[], SESSION), (ErrorKind::TooFewShares, vec![]));
    let twice = [all[0].clone(), all[1].clone(), all[0].clone()];
    assert_eq!(refusal(setup, &array, &twice, SESSION), (ErrorKind::DuplicateParty, vec![party(1)]));
    let mut foreign = all.clone();
    foreign[2].party = party(6);
    assert_eq!(refusal(setup, &array, &foreign, SESSION), (ErrorKind::UnknownParty, vec![party(6)]));
    assert_eq!(all[0].verify(setup, &array, SESSION), Ok(()));
    assert_eq!(foreign[2].verify(setup, &array, SESSION).unwrap_err().kind(), ErrorKind::UnknownParty);
}

#[test]
fn replayed_shares_name_their_makers() {
    let (setup, _) = dealt();
    let rng = &mut rng(73);
    let (array, other) = (encrypted(setup, &[5, 6], rng), encrypted(setup, &[5, 6], rng));
    let all = shares(&array, &[0, 1, 2]);
    let everybody = (ErrorKind::VerificationFailed, vec![party(1), party(2), party(3)]);
    assert_eq!(refusal(setup, &array, &all, b"quarter 4"), everybody);
    assert_eq!(refusal(setup, &other, &all, SESSION), everybody);
    // Fewer and more ciphertexts, another shape, another bound.
    let pick = |array: &EncryptedArray, shape: &[usize], count: usize, bound| {
        let list = array.ciphertexts().iter().cycle().take(count).cloned().collect();
        EncryptedArray::from_ciphertexts(setup.public_key(), &Shape::new(shape).unwrap(), list, 0, bound)
            .unwrap()
    };
    let bound = array.bound();
    assert_eq!(refusal(setup, &pick(&array, &[2, 1], 2, bound), &all, SESSION), everybody);
    assert_eq!(refusal(setup, &pick(&array, &[1], 1, bound), &all, SESSION), everybody);
    assert_eq!(refusal(setup, &pick(&array, &[3], 3, bound), &all, SESSION), everybody);
    let double = bound.try_add(bound).unwrap();
    assert_eq!(refusal(setup, &pick(&array, &[2], 2, double), &all, SESSION), everybody);
    // One party's share under another's name; a share of another dealing of the same key.
    let mut renamed = all.clone();
    renamed[2].party = party(4);
    assert_eq!(refusal(setup, &array, &renamed, SESSION), (ErrorKind::VerificationFailed, vec![party(4)]));
    let again = Dealer::from_secret_key(safe_key()).unwrap().deal(&spec(5, 3), rng, &mut ()).unwrap();
    assert!(again.0 != *setup && again.0.public_key() == setup.public_key());
    let mut mixed = all.clone();
    mixed[1] = DecryptionShare::create(&again.1[1], &array, SESSION, rng, &mut ()).unwrap();
    assert_eq!(refusal(setup, &array, &mixed, SESSION), (ErrorKind::VerificationFailed, vec![party(2)]));
}

#[test]
fn other_keys_are_refused() {
    let (setup, keys) = dealt();
    let shape = Shape::new(&[1]).unwrap();
    let plain = PlainArray::integers(setup.public_key().params(), &shape, &[1]).unwrap();
    let foreign = EncryptedArray::encrypt(secret_key(), &plain, &mut rng(74), &mut ()).unwrap();
    let kind = |error: crate::Error| error.kind();
    let made = DecryptionShare::create(&keys[0], &foreign, SESSION, &mut rng(74), &mut ());
    assert_eq!(kind(made.unwrap_err()), ErrorKind::ParamsMismatch);
    assert_eq!(refusal(setup, &foreign, &[], SESSION).0, ErrorKind::ParamsMismatch);
    let share = &shares(&encrypted(setup, &[1], &mut rng(74)), &[0])[0];
    assert_eq!(kind(share.verify(setup, &foreign, SESSION).unwrap_err()), ErrorKind::ParamsMismatch);
    let error = Dealer::from_secret_key(from_bytes(other_key())).unwrap_err();
    assert_eq!(kind(error), ErrorKind::InvalidParams);
}

fn from_bytes(key: &crate::paillier::SecretKey) -> crate::paillier::SecretKey {
    Decode::from_bytes(&key.to_bytes(), ()).unwrap()
}

#[test]
fn work_stops_when_asked() {
    let (setup, keys) = dealt();
    let array = encrypted(setup, &[1, 2], &mut rng(75));
    let all = shares(&array, &[0, 1, 2]);
    let mut stop = |_: usize, _: usize| core::ops::ControlFlow::Break(());
    let cancelled = |error: crate::Error| assert_eq!(error.kind(), ErrorKind::Cancelled);
    cancelled(DecryptionShare::create(&keys[0], &array, SESSION, &mut rng(75), &mut stop).unwrap_err());
    cancelled(combine(setup, &array, &all, SESSION, &mut stop).unwrap_err());
    let dealer = Dealer::from_secret_key(safe_key()).unwrap();
    cancelled(dealer.deal(&spec(2, 2), &mut rng(75), &mut stop).unwrap_err());
    cancelled(Dealer::generate(*setup.public_key().params(), &mut rng(75), &mut stop).unwrap_err());
}

/// d is 0 modulo m and 1 modulo n, and threshold shares interpolate to it, fewer do not.
#[test]
fn shares_are_those_of_the_decryption_exponent() {
    let key = safe_key();
    let [n, p, q] = [key.public_key().n(), key.p.limbs(), key.q.limbs()].map(big);
    let m = (p >> 1_u8) * (q >> 1_u8);
    let ring = &n * &m;
    let (_, keys) = dealt();
    let shares: Vec<BigUint> = keys.iter().map(|share| big(share.value())).collect();
    assert!(shares.iter().all(|share| *share < ring));
    let at_zero = |parties: &[usize]| {
        let mut sum = BigUint::ZERO;
        for i in parties {
            let mut factor = BigUint::from(1_u8);
            for j in parties.iter().filter(|j| *j != i) {
                let difference = (&ring + *j - *i) % &ring;
                factor = factor * *j * difference.modinv(&ring).unwrap() % &ring;
            }
            sum = (sum + factor * &shares[i - 1]) % &ring;
        }
        sum
    };
    let d = at_zero(&[1, 2, 3]);
    assert_eq!((&d % &m, &d % &n), (BigUint::ZERO, BigUint::from(1_u8)));
    assert_eq!(at_zero(&[5, 3, 1]), d);
    assert_eq!(at_zero(&[1, 2, 3, 4, 5]), d);
    assert_ne!(at_zero(&[1, 2]), d);
}

#[test]
fn two_of_two_and_a_proof_of_the_key() {
    let dealer = Dealer::from_secret_key(safe_key()).unwrap();
    let proven = dealer.secret_key().prove_public_key().unwrap().to_bytes();
    let key: PublicKey = ProvenPublicKey::from_bytes(&proven, ()).unwrap().into_public_key();
    let (setup, keys) = dealer.deal(&spec(2, 2), &mut rng(76), &mut ()).unwrap();
    assert_eq!(*setup.public_key(), key);
    let array = encrypted(&setup, &[-77], &mut rng(76));
    let made: Vec<_> = keys
        .iter()
        .map(|key| DecryptionShare::create(key, &array, b"", &mut rng(77), &mut ()).unwrap())
        .collect();
    assert_eq!(*combine_integers(&setup, &array, &made, b"", &mut ()).unwrap(), [-77]);
    assert_eq!(refusal(&setup, &array, &made[1..], b"").0, ErrorKind::TooFewShares);
}

#[test]
fn debug_shows_public_facts_only() {
    let (setup, keys) = dealt();
    let shown = format!("{:?} {:?}", keys[0], Dealer::from_secret_key(safe_key()).unwrap());
    assert!(shown.contains("Trust centre") && shown.contains("Hospital 5"), "{shown}");
    for limb in keys[0].value() {
        assert!(!shown.contains(&limb.to_string()) && !shown.contains(&format!("{limb:x}")));
    }
    assert_eq!((setup.dealer(), setup.threshold(), setup.parties().len()), ("Trust centre", 3, 5));
}

#[test]
fn everything_comes_back_from_its_bytes() {
    let (setup, keys) = dealt();
    let key = setup.public_key();
    let bytes = setup.to_bytes();
    assert_eq!(bytes.len(), HEADER_LEN + 18 + 13 + 5 * (11 + 512));
    let again = Setup::from_bytes(&bytes, key).unwrap();
    assert_eq!((again.id(), *again.to_bytes() == *bytes), (setup.id(), true));
    let kind = |error: crate::Error| error.kind();
    let foreign = Setup::from_bytes(&bytes, other_key().public_key()).unwrap_err();
    assert_eq!(kind(foreign), ErrorKind::ParamsMismatch);

    let bytes = keys[1].to_bytes();
    assert_eq!(bytes.len(), HEADER_LEN + 34 + 512);
    let share = KeyShare::from_bytes(&bytes, setup).unwrap();
    assert!(share == keys[1] && share != keys[0] && *share.to_bytes() == *bytes);
    assert!(KeyShare::KIND.is_secret() && !Setup::KIND.is_secret() && !DecryptionShare::KIND.is_secret());
    let edited = |at: usize, byte: u8| {
        let mut bytes = keys[1].to_bytes();
        bytes[at] ^= byte;
        KeyShare::from_bytes(&bytes, setup)
            .map_err(|error| (error.kind(), error.culprits().to_vec()))
            .unwrap_err()
    };
    let body = HEADER_LEN;
    assert_eq!(edited(body, 1).0, ErrorKind::ParamsMismatch);
    assert_eq!(edited(body + 32, 2).0, ErrorKind::InvalidEncoding); // party 0
    assert_eq!(edited(body + 32, 4), (ErrorKind::UnknownParty, vec![party(6)]));
    assert_eq!(edited(body + 32, 3).0, ErrorKind::VerificationFailed); // party 1
    assert_eq!(edited(body + 34, 1).0, ErrorKind::VerificationFailed);
    assert_eq!(edited(body + 34 + 511, 0x80).0, ErrorKind::VerificationFailed);

    let array = encrypted(setup, &[1, 2], &mut rng(78));
    let made = &shares(&array, &[3])[0];
    let bytes = made.to_bytes();
    let again = DecryptionShare::from_bytes(&bytes, setup).unwrap();
    assert!(again == *made && *again.to_bytes() == *bytes && again.party() == party(4));
    assert_eq!(again.verify(setup, &array, SESSION), Ok(()));
}

/// A dealer who deals shares of two polynomials: each share is right by its verification key, the result is none.
#[test]
fn a_wrong_set_up_gives_no_numbers() {
    let deal = |seed| {
        Dealer::from_secret_key(safe_key()).unwrap().deal(&spec(2, 2), &mut rng(seed), &mut ()).unwrap()
    };
    let ((a, of_a), (b, of_b)) = (deal(90), deal(91));
    let verification_keys = [a.verification_key(party(1)), b.verification_key(party(2))];
    let verification_keys = verification_keys.map(|key| key.unwrap().clone()).to_vec();
    let setup = Setup::assemble(spec(2, 2), a.public_key(), verification_keys);
    let mixed = |place: usize, shares: &[KeyShare]| {
        KeyShare::from_bytes(
            &KeyShare::assemble(setup.clone(), shares[place].party(), shares[place].value().to_vec().into())
                .to_bytes(),
            &setup,
        )
    };
    let array = encrypted(&setup, &[5], &mut rng(92));
    let made = [mixed(0, &of_a), mixed(1, &of_b)].map(|share| {
        DecryptionShare::create(&share.unwrap(), &array, SESSION, &mut rng(93), &mut ()).unwrap()
    });
    assert!(made.iter().all(|share| share.verify(&setup, &array, SESSION).is_ok()));
    assert_eq!(refusal(&setup, &array, &made, SESSION), (ErrorKind::DecryptionFailed, vec![]));
    assert!(mixed(1, &of_a).is_err());
}
