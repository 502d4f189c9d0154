//! What the tests of this module share: a key of fixed safe primes, dealt once.
use std::sync::OnceLock;

use rand_core::CryptoRng;

use super::{Dealer, DecryptionShare, KeyShare, Setup, SetupSpec};
use crate::paillier::testing::{params, rng};
use crate::paillier::{EncryptedArray, PlainArray, SecretKey};
use crate::party::PartyId;
use crate::shape::Shape;

#[path = "../../../tests/support/safe_primes.rs"]
mod safe_primes;

/// The name of the decryption that the tests make.
pub(super) const SESSION: &[u8] = b"quarter 3";

/// A key of safe primes.
pub(super) fn safe_key() -> SecretKey {
    let [p, q] = [safe_primes::P, safe_primes::Q].map(safe_primes::bytes);
    SecretKey::from_primes(params(), &p, &q).unwrap().with_provable_base(&mut rng(61)).unwrap()
}

/// A set-up with this many parties.
pub(super) fn spec(parties: usize, threshold: usize) -> SetupSpec {
    let parties = (1..=parties).map(|number| format!("Hospital {number}")).collect();
    SetupSpec { dealer: "Trust centre".into(), parties, threshold }
}

/// The set-up of most tests: 3 of 5.
pub(super) fn dealt() -> &'static (Setup, Vec<KeyShare>) {
    static DEALT: OnceLock<(Setup, Vec<KeyShare>)> = OnceLock::new();
    DEALT.get_or_init(|| {
        Dealer::from_secret_key(safe_key()).unwrap().deal(&spec(5, 3), &mut rng(62), &mut ()).unwrap()
    })
}

/// Integers, encrypted.
pub(super) fn encrypted(setup: &Setup, values: &[i64], rng: &mut impl CryptoRng) -> EncryptedArray {
    let key = setup.public_key();
    let plain = PlainArray::integers(key.params(), &Shape::new(&[values.len()]).unwrap(), values).unwrap();
    EncryptedArray::encrypt(key, &plain, rng, &mut ()).unwrap()
}

/// The shares of these parties, by their places.
pub(super) fn shares(array: &EncryptedArray, places: &[usize]) -> Vec<DecryptionShare> {
    let share = |place: &usize| {
        DecryptionShare::create(&dealt().1[*place], array, SESSION, &mut rng(63), &mut ()).unwrap()
    };
    places.iter().map(share).collect()
}

/// A party.
pub(super) fn party(number: u16) -> PartyId {
    PartyId::new(number).unwrap()
}
