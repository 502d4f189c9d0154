//! Enough shares decrypt; wrong, foreign, replayed and too few ones do not.
use rand_chacha::ChaCha20Rng;

use super::*;
use crate::elgamal::additive::{Ciphertext, Params, ParamsSpec, PlainArray, PublicKey};
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

/// Everything that the hash of what is decrypted holds, each changed alone.
#[test]
fn a_request_is_for_one_key_and_one_array() {
    let (keys, random) = (generate(&[1, 2, 3], 2), &mut rng("request"));
    let group = keys[0].group();
    let array = encrypted(group, &[5], random);
    let of = |params: Params, blinder: Point, payload: Point| {
        let key = PublicKey::from_point(params, group.public_point()).unwrap();
        let all = vec![Ciphertext::from_points(&key, blinder, payload).unwrap()];
        EncryptedArray::from_ciphertexts(&key, array.shape(), all, 0, array.bound()).unwrap()
    };
    let (blinder, payload) = array.ciphertexts()[0].points();
    let own = request(group, &array).unwrap();
    assert_eq!(own, request(group, &of(Params::default(), blinder, payload)).unwrap());
    let other = ParamsSpec { decode_bits: 33, ..ParamsSpec::default() };
    assert_ne!(own, request(group, &of(Params::new(other).unwrap(), blinder, payload)).unwrap(), "key");
    assert_ne!(own, request(group, &of(Params::default(), payload, payload)).unwrap(), "blinder");
    assert_ne!(own, request(group, &of(Params::default(), blinder, blinder)).unwrap(), "payload");
    // Another key that has the same public point.
    let mut bytes = group.to_bytes().to_vec();
    let last = bytes.len() - 32;
    bytes[last..].copy_from_slice(&Point::generator().to_bytes());
    let twin = GroupKey::from_bytes(&bytes, ()).unwrap();
    assert_ne!(own, request(&twin, &array).unwrap(), "group key");
}

#[test]
fn a_proof_is_for_one_session_request_element_and_party() {
    let random = &mut rng("places");
    let secret = Scalar::from_u64(5);
    let bases = [Point::generator(), Point::mul_generator(&Scalar::from_u64(7))];
    let targets = bases.map(|base| base * secret);
    let context = place(SESSION, &[1; 32], party(1), 0);
    let proof = prove_equal_logarithms(bases, targets, &secret, &context, random).unwrap();
    let mut holds = |context: Context| {
        let mut batch = Batch::new();
        batch.push(verify_equal_logarithms(bases, targets, &proof, &context).unwrap());
        batch.verify(random).is_ok()
    };
    assert!(holds(context));
    assert!(!holds(place(b"tally 2", &[1; 32], party(1), 0)));
    assert!(!holds(place(SESSION, &[2; 32], party(1), 0)));
    assert!(!holds(place(SESSION, &[1; 32], party(2), 0)));
    assert!(!holds(place(SESSION, &[1; 32], party(1), 1)));
}

/// Two arrays with the same blinders, so that the parts and the equations of their shares are the same.
#[test]
fn a_share_of_an_array_with_the_same_blinders_is_refused() {
    let (keys, random) = (generate(&[1, 2, 3], 2), &mut rng("blinders"));
    let group = keys[0].group();
    let array = encrypted(group, &[5], random);
    let one = PlainArray::integers(array.public_key().params(), array.shape(), &[1]).unwrap();
    let other = array.add_plain(&one, &mut ()).unwrap();
    assert!(array.ciphertexts()[0].points().0 == other.ciphertexts()[0].points().0);
    let mut shares: Vec<_> =
        keys[..2].iter().map(|key| DecryptionShare::create(key, &other, SESSION, random).unwrap()).collect();
    let refused = |shares: &[DecryptionShare], random: &mut ChaCha20Rng| {
        let error = combine(group, &array, shares, SESSION, random, &mut ()).unwrap_err();
        (error.kind(), error.culprits().to_vec())
    };
    let both = (ErrorKind::VerificationFailed, vec![party(1), party(2)]);
    assert_eq!(refused(&shares, random), both);
    shares.iter_mut().for_each(|share| share.request = request(group, &array).unwrap());
    assert_eq!(refused(&shares, random), both, "under the other's name");
}

#[test]
fn a_neutral_blinder_has_a_neutral_part() {
    let (keys, random) = (generate(&[1, 2, 3], 2), &mut rng("neutral"));
    let group = keys[0].group();
    let array = encrypted(group, &[5], random);
    let zero = array.sub(&array, &mut ()).unwrap();
    let mut shares: Vec<_> =
        keys[..2].iter().map(|key| DecryptionShare::create(key, &zero, SESSION, random).unwrap()).collect();
    shares[1].parts[0].0 = Point::generator();
    let error = combine(group, &zero, &shares, SESSION, random, &mut ()).unwrap_err();
    assert_eq!((error.kind(), error.culprits()), (ErrorKind::VerificationFailed, &[party(2)][..]));
}

#[test]
fn only_integers_under_the_groups_key_are_combined() {
    let (keys, random) = (generate(&[1, 2, 3], 2), &mut rng("integers"));
    let group = keys[0].group();
    let array = encrypted(group, &[5], random);
    let refused = |group, array: &EncryptedArray, random: &mut ChaCha20Rng| {
        let shares = [DecryptionShare::create(&keys[0], array, SESSION, &mut *random).unwrap()];
        let error = combine(group, array, &shares, SESSION, random, &mut ()).unwrap_err();
        (error.kind(), error.culprits().to_vec())
    };
    let elsewhere = generate(&[1, 2], 2);
    assert_eq!(refused(elsewhere[0].group(), &array, random), (ErrorKind::ParamsMismatch, vec![]));
    let key = array.public_key();
    let plain = PlainArray::fixed_point(key.params(), array.shape(), &[0.5]).unwrap();
    let fractions = EncryptedArray::encrypt(key, &plain, random, &mut ()).unwrap();
    assert_eq!(refused(group, &fractions, random), (ErrorKind::ParamsMismatch, vec![]));
}
