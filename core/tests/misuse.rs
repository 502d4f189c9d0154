//! Wrong use of the public API: a typed error that names the argument, or it does not compile; never a panic, never a
//! wrong answer.
#![allow(clippy::disallowed_methods, reason = "tests read files")]

mod support;

use std::sync::OnceLock;

use support::{random::rng, vectors::samples};
use veilkit::{
    ErrorKind, PartyId, Result, Secret,
    codec::Decode,
    mpc::{
        IdentityKey,
        secure_sum::{Input, Plan, PlanSpec, Session, SessionId},
    },
    paillier::{
        EncryptedArray, EncryptionKey, PackedArray, Params, ParamsSpec, PlainArray, Plaintext,
        RandomizerPool, SecretKey,
    },
    shamir,
    shape::Shape,
};

fn refused<T>(result: Result<T>, kind: ErrorKind, what: &str) {
    match result {
        Ok(_) => panic!("accepted, not refused with {kind:?}"),
        Err(error) => assert!(error.kind() == kind && error.what().contains(what), "{error}"),
    }
}

/// Two keys of 2048 bits.
fn keys() -> &'static [SecretKey] {
    static KEYS: OnceLock<Vec<SecretKey>> = OnceLock::new();
    KEYS.get_or_init(|| {
        let decode = |bytes: &Vec<u8>| SecretKey::from_bytes(bytes, ()).expect("a sample");
        samples("paillier_secret_key", 2).iter().map(decode).collect()
    })
}

fn shape(extents: &[usize]) -> Shape {
    Shape::new(extents).expect("a small shape")
}

fn integers(extents: &[usize], values: &[i64]) -> PlainArray {
    PlainArray::integers(keys()[0].public_key().params(), &shape(extents), values).expect("small integers")
}

fn array(extents: &[usize], values: &[i64]) -> EncryptedArray {
    EncryptedArray::encrypt(&keys()[0], &integers(extents, values), &mut rng("misuse"), &mut ())
        .expect("they fit")
}

#[test]
fn weak_and_impossible_parameters_do_not_exist() {
    let spec = ParamsSpec::default();
    for modulus_bits in [0, 1, 512, 1024, 2047, 2049, 4095, 8192, u32::MAX] {
        refused(Params::new(ParamsSpec { modulus_bits, ..spec }), ErrorKind::InvalidParams, "modulus_bits");
    }
    for value_bits in [0, spec.fraction_bits, 128, u32::MAX] {
        refused(Params::new(ParamsSpec { value_bits, ..spec }), ErrorKind::InvalidParams, "value_bits");
    }
    refused(
        Params::new(ParamsSpec { fraction_bits: u32::MAX, ..spec }),
        ErrorKind::InvalidParams,
        "fraction_bits",
    );
}

#[test]
fn numbers_that_are_none_are_refused() {
    let params = keys()[0].public_key().params();
    for value in
        [f64::NAN, -f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, 2_f64.powi(47), -2_f64.powi(60)]
    {
        let encoded = PlainArray::fixed_point(params, &shape(&[2]), &[1.0, value]);
        refused(encoded, ErrorKind::OutOfRange, "");
    }
    refused(PlainArray::fixed_point(params, &shape(&[3]), &[1.0]), ErrorKind::ShapeMismatch, "");
    refused(PlainArray::integers(params, &shape(&[]), &[]), ErrorKind::ShapeMismatch, "");
    refused(PlainArray::integers_within(params, &shape(&[1]), &[-11], 10), ErrorKind::OutOfRange, "");
    for bound in [f64::NAN, f64::INFINITY, -1.0, 1e300] {
        let encoded = PlainArray::fixed_point_within(params, &shape(&[1]), &[0.0], bound);
        assert!(encoded.is_err(), "{bound}");
    }
}

#[test]
fn values_of_another_key_are_refused() {
    let (own, other) = (&keys()[0], &keys()[1]);
    let (a, foreign) = (own.public_key(), other.public_key());
    let plaintext = Plaintext::from_i128(7, foreign);
    refused(a.encrypt(&plaintext, &mut rng("misuse")), ErrorKind::ParamsMismatch, "plaintext");
    let ciphertext = foreign.encrypt(&plaintext, &mut rng("misuse")).expect("its own key");
    refused(own.decrypt(&ciphertext), ErrorKind::ParamsMismatch, "ciphertext");
    refused(a.add(&a.zero(), &ciphertext), ErrorKind::ParamsMismatch, "ciphertext");
    refused(a.neg(&ciphertext), ErrorKind::ParamsMismatch, "ciphertext");
    refused(a.mul_plain(&ciphertext, 3, 8), ErrorKind::ParamsMismatch, "ciphertext");
    refused(a.dot(&[&ciphertext], &[3], 8), ErrorKind::ParamsMismatch, "ciphertext");
    refused(a.rerandomize(&ciphertext, &mut rng("misuse")), ErrorKind::ParamsMismatch, "ciphertext");
    refused(plaintext.to_i128(a), ErrorKind::ParamsMismatch, "plaintext");
    refused(array(&[1], &[1]).decrypt(other, &mut ()), ErrorKind::ParamsMismatch, "");
    let bytes = array(&[1], &[1]).to_bytes_for_sending(&mut rng("misuse"), &mut ()).expect("it can be sent");
    refused(EncryptedArray::from_bytes(&bytes, foreign), ErrorKind::ParamsMismatch, "");
    let mut pool = RandomizerPool::new(a);
    refused(pool.fill(other, 1, &mut rng("misuse"), &mut ()), ErrorKind::ParamsMismatch, "pool");
    assert!(pool.is_empty() && pool.take().is_none());
    refused(
        EncryptedArray::encrypt_with_pool(a, &integers(&[1], &[1]), &mut pool),
        ErrorKind::OutOfRange,
        "pool",
    );
}

#[test]
fn the_operation_that_could_overflow_fails() {
    let mut product = array(&[1], &[3]);
    let widest = integers(&[1], &[i64::MAX]);
    let mut steps = 0;
    let error = loop {
        match product.mul_plain(&widest, &mut ()) {
            Ok(next) => product = next,
            Err(error) => break error,
        }
        steps += 1;
        assert!(steps < 100, "the bound grows with each product");
    };
    assert_eq!(error.kind(), ErrorKind::HeadroomExhausted);
    // What did not fail is still right, though no `f64` can hold it.
    assert!(steps > 5);
    refused(product.decrypt(&keys()[0], &mut ()), ErrorKind::OutOfRange, "");
    let once = array(&[1], &[-3]).mul_plain(&widest, &mut ()).expect("it fits");
    let exact = once.decrypt_integers(&keys()[0], &mut ()).expect("an integer");
    assert_eq!(**exact, [-3 * i128::from(i64::MAX)]);

    let slots = PlainArray::integers_within(keys()[0].public_key().params(), &shape(&[2]), &[5, -5], 5);
    let slots = slots.expect("within the bound");
    let packed =
        PackedArray::encrypt(&keys()[0], &slots, 1, &mut rng("misuse"), &mut ()).expect("one bit of room");
    let twice = packed.add(&packed, &mut ()).expect("one bit of room");
    refused(twice.add(&twice, &mut ()), ErrorKind::HeadroomExhausted, "");
    assert_eq!(**twice.decrypt_integers(&keys()[0], &mut ()).expect("it fits"), [10, -10]);
}

#[test]
fn weights_that_need_more_bits_than_announced_are_refused() {
    let key = keys()[0].public_key();
    let one = key.add_plain(&key.zero(), &Plaintext::from_i128(1, key)).expect("one key");
    for (weight, bits) in [(2, 1), (-2, 1), (i128::MIN, 127), (i128::MAX, 126), (1, 0)] {
        refused(key.mul_plain(&one, weight, bits), ErrorKind::OutOfRange, "weight");
    }
    refused(key.mul_plain(&one, 1, 128), ErrorKind::OutOfRange, "bits");
    refused(key.mul_plain_vartime(&one, i128::MIN), ErrorKind::OutOfRange, "weight");
    refused(key.dot(&[&one], &[1, 2], 8), ErrorKind::ShapeMismatch, "weights");
}

#[test]
fn shapes_that_do_not_fit_are_refused() {
    let (a, b, silent) = (array(&[2, 3], &[1; 6]), array(&[4], &[1; 4]), &mut ());
    refused(a.add(&b, silent), ErrorKind::ShapeMismatch, "");
    refused(a.mul_plain(&integers(&[2], &[1, 2]), silent), ErrorKind::ShapeMismatch, "");
    refused(a.dot(&integers(&[3], &[1, 2, 3]), silent), ErrorKind::ShapeMismatch, "");
    refused(a.matmul(&integers(&[2, 2], &[1; 4]), silent), ErrorKind::ShapeMismatch, "");
    refused(a.reshape(&shape(&[5])), ErrorKind::ShapeMismatch, "");
    assert!(a.sum(Some(2), silent).is_err() && a.sum(Some(usize::MAX), silent).is_err());
    assert!(EncryptedArray::concatenate(&[], 0, silent).is_err());
    assert!(Shape::new(&[usize::MAX, 2]).is_err() && Shape::new(&[1; 100]).is_err());
    let empty = array(&[0], &[]);
    assert!(empty.mean(None, silent).is_err(), "the mean of nothing");
    assert_eq!(**empty.sum(None, silent).expect("0").decrypt(&keys()[0], silent).expect("0"), [0.0]);
}

#[test]
fn shares_that_do_not_exist_cannot_be_named() {
    let payload: &[u8] = &[1, 2];
    let party = |n| PartyId::new(n).expect("not zero");
    refused(PartyId::new(0), ErrorKind::OutOfRange, "zero");
    refused(shamir::correct(&[], 2), ErrorKind::TooFewShares, "");
    refused(
        shamir::correct(&[(party(1), payload), (party(300), payload)], 2),
        ErrorKind::OutOfRange,
        "index",
    );
    let uneven: &[(PartyId, &[u8])] = &[(party(1), payload), (party(2), &payload[..1]), (party(3), payload)];
    refused(shamir::correct(uneven, 2), ErrorKind::ShapeMismatch, "");
    let twice: &[(PartyId, &[u8])] = &[(party(1), payload), (party(1), payload), (party(3), payload)];
    refused(shamir::correct(twice, 2), ErrorKind::DuplicateParty, "");
    refused(shamir::correct(&[(party(1), payload); 1], 0), ErrorKind::InvalidParams, "threshold");
}

#[test]
fn plans_and_inputs_that_cannot_work_are_refused() {
    let mut rng = rng("misuse plan");
    let keys: Vec<_> = (0..3).map(|_| IdentityKey::generate(&mut rng)).collect();
    let party = |n| PartyId::new(n).expect("not zero");
    let spec = PlanSpec {
        session: SessionId::random(&mut rng),
        parties: keys.iter().zip(1..).map(|(key, n)| (party(n), key.identity())).collect(),
        threshold: 2,
        min_survivors: 2,
        length: 2,
        fraction_bits: 10,
        max_abs: 1e3,
        purpose: "test".into(),
    };
    let with = |edit: &dyn Fn(&mut PlanSpec)| {
        let mut changed = spec.clone();
        edit(&mut changed);
        Plan::new(changed)
    };
    let plan = with(&|_| ()).expect("a valid plan");
    for threshold in [0, 1, 4, usize::MAX] {
        assert!(with(&|spec| spec.threshold = threshold).is_err(), "threshold {threshold}");
    }
    assert!(with(&|spec| spec.length = 0).is_err() && with(&|spec| spec.length = usize::MAX).is_err());
    assert!(with(&|spec| spec.min_survivors = 4).is_err() && with(&|spec| spec.fraction_bits = 64).is_err());
    assert!(with(&|spec| spec.parties.truncate(1)).is_err());
    refused(with(&|spec| spec.parties[1] = spec.parties[0]), ErrorKind::DuplicateParty, "");
    for max_abs in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e300] {
        assert!(with(&|spec| spec.max_abs = max_abs).is_err(), "max_abs {max_abs}");
    }
    for value in [f64::NAN, f64::INFINITY, 1001.0, -1001.0] {
        refused(Input::reals(&plan, &[0.0, value]), ErrorKind::OutOfRange, "");
    }
    refused(Input::reals(&plan, &[0.0]), ErrorKind::ShapeMismatch, "");
    let input = || Input::reals(&plan, &[0.0, 1.0]).expect("small numbers");
    assert!(Session::start(&plan, party(9), &keys[0], input(), &mut rng).is_err(), "not in the plan");
    assert!(Session::start(&plan, party(1), &keys[1], input(), &mut rng).is_err(), "another's key");
}

#[test]
fn printing_shows_no_secret() {
    let hex = |bytes: &[u8]| support::vectors::hex(bytes);
    let key = &keys()[0];
    let printed = format!("{key:?} {:?}", Plaintext::from_i128(0x5ec_2e70_u32.into(), key.public_key()));
    let secret = samples("paillier_secret_key", 1).remove(0);
    assert!(
        !printed.contains(&hex(&secret[20..28])) && !printed.to_lowercase().contains("5ec2e70"),
        "{printed}"
    );
    let share = samples("shamir_share", 3).remove(2);
    let printed = format!("{:?}", shamir::Share::from_bytes(&share, ()).expect("a sample"));
    assert!(printed.len() < 120 && !printed.contains("payload") && !printed.contains("blinder"), "{printed}");
    assert_eq!(format!("{:?}", Secret::init_with(|| 7_u64)), "Secret(..)");
}

/// Fails to compile when the type has the trait.
macro_rules! lacks {
    ($type:ty: $($trait:path),+) => {
        $({
            trait Ambiguous<A> {
                fn at_all() {}
            }
            impl<T: ?Sized> Ambiguous<()> for T {}
            struct Has;
            impl<T: ?Sized + $trait> Ambiguous<Has> for T {}
            <$type as Ambiguous<_>>::at_all();
        })+
    };
}

#[test]
fn secrets_cannot_be_copied_shown_or_reused() {
    lacks!(SecretKey: Copy, Clone, core::fmt::Display, core::hash::Hash);
    lacks!(Plaintext: Copy, core::fmt::Display, core::hash::Hash);
    lacks!(veilkit::paillier::Randomizer: Copy, Clone, core::fmt::Display);
    lacks!(RandomizerPool: Copy, Clone);
    lacks!(Secret<u64>: Copy, Clone, core::fmt::Display, core::hash::Hash);
    lacks!(shamir::Share: Copy, core::fmt::Display, core::hash::Hash);
    lacks!(IdentityKey: Copy, core::fmt::Display, core::hash::Hash);
    lacks!(Session: Copy, Clone);
}

/// A live session cannot be copied, nor written down and taken up again, so a restored backup has nothing to use twice.
#[test]
fn sessions_are_used_once() {
    use veilkit::{
        codec::Encode,
        mpc::{dkg, repair, resharing},
        shamir::{feldman, pedersen},
    };
    lacks!(Session: Encode, Decode, Default);
    lacks!(Input: Copy, Clone, Encode, Decode);
    lacks!(dkg::Session: Copy, Clone, Encode, Decode, Default);
    lacks!(resharing::Session<feldman::Share>: Copy, Clone, Encode, Decode, Default);
    lacks!(resharing::Session<pedersen::Share>: Copy, Clone, Encode, Decode, Default);
    lacks!(repair::Session<feldman::Share>: Copy, Clone, Encode, Decode, Default);
    lacks!(repair::Session<pedersen::Share>: Copy, Clone, Encode, Decode, Default);
    // What stays after a run may be kept and used again: a share of a key, never the polynomial that it came from.
    lacks!(dkg::KeyShare: Copy, Clone, core::fmt::Display, core::hash::Hash);
    lacks!(resharing::Output<feldman::Share>: Copy, Clone, Encode);
    lacks!(repair::Output<feldman::Share>: Copy, Clone, Encode);
}
