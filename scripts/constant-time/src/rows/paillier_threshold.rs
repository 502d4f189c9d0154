//! Threshold decryption of Paillier, 2048 bits.
use std::sync::OnceLock;

use subtle::ConstantTimeEq;
use veilkit::codec::{Decode, Encode, HEADER_LEN};
use veilkit::paillier::threshold::{Dealer, DecryptionShare, KeyShare, Setup, SetupSpec, combine_integers};
use veilkit::paillier::{EncryptedArray, Params, ParamsSpec, PlainArray, SecretKey};
use veilkit::shape::Shape;

use super::{Row, planted, row};
use crate::memcheck::{SecretRng, opened, public, public_rng, secret};

#[path = "../../../../core/tests/support/safe_primes.rs"]
mod safe_primes;

pub(super) const ROWS: &[Row] = &[
    row("threshold", "Dealer::from_secret_key, deal", "p, q and coefficients", deal),
    row("threshold", "KeyShare: from and to bytes, ct_eq", "share of the key", key_share_bytes),
    row("threshold", "DecryptionShare::create", "share of the key and mask", create),
    planted("threshold", "planted: parity of a share", "share of the key", parity),
];

/// Bytes of a number modulo n^2.
const NUMBER: usize = 512;

fn key() -> &'static SecretKey {
    static KEY: OnceLock<SecretKey> = OnceLock::new();
    KEY.get_or_init(|| {
        let spec = ParamsSpec { modulus_bits: 2048, ..ParamsSpec::default() };
        let params = Params::new(spec).expect("a valid size");
        let [p, q] = [safe_primes::P, safe_primes::Q].map(safe_primes::bytes);
        SecretKey::from_primes(params, &p, &q)
            .and_then(|key| key.with_provable_base(&mut public_rng()))
            .expect("a key")
    })
}

fn spec() -> SetupSpec {
    SetupSpec { dealer: "Dealer".into(), parties: vec!["A".into(), "B".into()], threshold: 2 }
}

fn dealt() -> &'static (Setup, Vec<KeyShare>) {
    static DEALT: OnceLock<(Setup, Vec<KeyShare>)> = OnceLock::new();
    DEALT.get_or_init(|| {
        let key = SecretKey::from_bytes(&key().to_bytes(), ()).expect("the bytes of a key");
        let dealer = Dealer::from_secret_key(key).expect("safe primes");
        dealer.deal(&spec(), &mut public_rng(), &mut ()).expect("two parties")
    })
}

/// The same share, with all of its value secret.
fn hidden_share() -> KeyShare {
    let (setup, shares) = dealt();
    let mut bytes = shares[0].to_bytes();
    let at = bytes.len() - NUMBER;
    secret(&mut bytes[at..]);
    KeyShare::from_bytes(&bytes, setup).expect("the bytes of a share")
}

fn array() -> EncryptedArray {
    let public = dealt().0.public_key();
    let shape = Shape::new(&[2]).expect("one axis");
    let plain = PlainArray::integers(public.params(), &shape, &[5, -6]).expect("small");
    EncryptedArray::encrypt(public, &plain, &mut public_rng(), &mut ()).expect("fits")
}

fn deal() {
    const HALF: usize = 128;
    let mut bytes = key().to_bytes();
    for prime in bytes[HEADER_LEN + 4..][..2 * HALF].chunks_exact_mut(HALF) {
        secret(&mut prime[1..HALF - 1]);
    }
    let hidden = SecretKey::from_bytes(&bytes, ()).expect("the bytes of a key");
    let dealer = Dealer::from_secret_key(hidden).expect("safe primes");
    let (setup, shares) = dealer.deal(&spec(), &mut SecretRng::new(), &mut ()).expect("two parties");
    assert!(setup == dealt().0, "the same coefficients");
    assert_eq!(opened(shares[1].to_bytes()[0]), b'V');
}

fn key_share_bytes() {
    let share = hidden_share();
    assert_eq!(opened(share.to_bytes()[0]), b'V');
    assert_eq!(opened(share.ct_eq(&dealt().1[0]).unwrap_u8()), 1);
}

fn create() {
    let (setup, shares) = dealt();
    let array = array();
    let made = [&hidden_share(), &shares[1]].map(|share| {
        let made = DecryptionShare::create(share, &array, b"row", &mut SecretRng::new(), &mut ());
        let mut bytes = made.expect("one key").to_bytes();
        public(bytes.as_mut_slice());
        DecryptionShare::from_bytes(&bytes, setup).expect("the bytes of a share")
    });
    let integers = combine_integers(setup, &array, &made, b"row", &mut ()).expect("two of two");
    assert_eq!(*integers, [5, -6]);
}

fn parity() {
    let bytes = hidden_share().to_bytes();
    let last = bytes[bytes.len() - NUMBER];
    let told = if last & 1 == 1 { std::hint::black_box(1) } else { std::hint::black_box(2) };
    assert!(opened(told) > 0);
}
