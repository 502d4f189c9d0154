//! Products and ratios against clear numbers; misuse; bytes.
use std::sync::OnceLock;

use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;

use super::*;
use crate::codec::{Decode, Encode};
use crate::error::{ErrorKind, Result};
use crate::transcript::Transcript;
use crate::unlinked::Unlinked;

fn rng(name: &str) -> ChaCha20Rng {
    Transcript::new("veilkit v1 test").append("elgamal integers", name.as_bytes()).rng()
}

fn secret_key() -> &'static SecretKey {
    static KEY: OnceLock<Keypair> = OnceLock::new();
    KEY.get_or_init(|| Keypair::generate(Group::Ffdhe2048, &mut rng("key")).unwrap()).secret_key()
}

fn key() -> &'static PublicKey {
    secret_key().public_key()
}

fn encrypted(value: u128, bits: usize) -> Ciphertext {
    key().encrypt(value, bits, &mut rng("encrypt")).unwrap()
}

fn opened(ciphertext: &Ciphertext) -> u128 {
    secret_key().decrypt(ciphertext).unwrap().to_u128().unwrap()
}

fn ratio(ciphertext: &Ciphertext) -> (u128, u128) {
    let (numerator, denominator) = secret_key().decrypt_ratio_vartime(ciphertext).unwrap();
    (numerator.to_u128().unwrap(), denominator.to_u128().unwrap())
}

fn gcd(a: u128, b: u128) -> u128 {
    if b == 0 { a } else { gcd(b, a % b) }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn products_and_ratios_follow_the_numbers(a in 1_u128..1 << 60, b in 1_u128..1 << 60, c in 1_u128..1000) {
        let (x, y) = (encrypted(a, 60), encrypted(b, 60));
        prop_assert_eq!(opened(&x), a);
        let product = key().mul(&x, &y).unwrap();
        prop_assert_eq!(opened(&product), a * b);
        prop_assert_eq!(opened(&key().mul_plain(&x, c, 10).unwrap()), a * c);
        let quotient = key().div(&x, &y).unwrap();
        let d = gcd(a, b);
        prop_assert_eq!(ratio(&quotient), (a / d, b / d));
        prop_assert_eq!(ratio(&key().div(&product, &y).unwrap()), (a, 1));
        prop_assert_eq!(ratio(&key().mul(&quotient, &y).unwrap()), (a, 1));
        prop_assert_eq!(ratio(&product).1, 1);
    }
}

#[test]
fn every_group_works() {
    for group in Group::ALL {
        let (public, secret) = Keypair::generate(group, &mut rng("any")).unwrap().into_parts();
        let a = public.encrypt(u128::MAX, 128, &mut rng("a")).unwrap();
        let mut product = a.clone();
        while product.numerator_bits() + 128 <= group.plaintext_bits() {
            product = public.mul(&product, &a).unwrap();
        }
        let factors = product.numerator_bits() / 128;
        let expected = num_bigint::BigUint::from(u128::MAX).pow(u32::try_from(factors).unwrap());
        let found = secret.decrypt(&product).unwrap();
        assert_eq!(crate::bigint::limbs::to_biguint_vartime(found.as_limbs()), expected, "{group:?}");
        assert_eq!(public.mul(&product, &a).unwrap_err().kind(), ErrorKind::HeadroomExhausted);
        let bytes = product.unlink(&mut rng("send")).to_bytes();
        assert!(Unlinked::<Ciphertext>::from_bytes(&bytes, &public).is_ok());
    }
}

#[test]
fn bounds_are_exact() {
    let kind = |value, bits| key().encrypt(value, bits, &mut rng("x")).map(|_| ()).map_err(|e| e.kind());
    let out = Err(ErrorKind::OutOfRange);
    assert_eq!((kind(0, 8), kind(1, 0), kind(255, 8), kind(256, 8)), (out, out, Ok(()), out));
    assert_eq!(kind(1, 1022), Ok(()));
    assert_eq!(kind(1, 1023), Err(ErrorKind::HeadroomExhausted));
    let a = encrypted(5, 8);
    let kind = |value, bits| key().mul_plain(&a, value, bits).map(|_| ()).map_err(|e| e.kind());
    assert_eq!((kind(0, 8), kind(1, 0), kind(255, 8), kind(256, 8)), (out, out, Ok(()), out));
    assert_eq!(kind(u128::MAX, 128), Ok(()));
}

#[test]
fn a_ratio_is_no_integer_and_keys_do_not_mix() {
    let (a, b) = (encrypted(6, 8), encrypted(3, 8));
    let quotient = key().div(&a, &b).unwrap();
    assert_eq!(secret_key().decrypt(&quotient).unwrap_err().kind(), ErrorKind::ParamsMismatch);
    assert_eq!(ratio(&quotient), (2, 1));
    let other = Keypair::generate(Group::Ffdhe2048, &mut rng("other")).unwrap();
    let foreign = other.public_key().encrypt(1, 1, &mut rng("x")).unwrap();
    let kind = |result: Result<Ciphertext>| result.unwrap_err().kind();
    assert_eq!(kind(key().mul(&a, &foreign)), ErrorKind::ParamsMismatch);
    assert_eq!(kind(key().div(&a, &foreign)), ErrorKind::ParamsMismatch);
    assert_eq!(kind(key().rerandomize(&foreign, &mut rng("x"))), ErrorKind::ParamsMismatch);
    assert_eq!(secret_key().decrypt(&foreign).unwrap_err().kind(), ErrorKind::ParamsMismatch);
    assert_eq!(other.secret_key().decrypt(&a).unwrap_err().kind(), ErrorKind::ParamsMismatch);
}

#[test]
fn lied_bounds_end_in_an_error() {
    let mut bytes = encrypted(1000, 10).unlink(&mut rng("send")).to_bytes().to_vec();
    let open = |bytes: &[u8]| Unlinked::<Ciphertext>::from_bytes(bytes, key()).unwrap().into_array();
    assert_eq!(opened(&open(&bytes)), 1000);
    bytes[25] = 9;
    assert_eq!(secret_key().decrypt(&open(&bytes)).unwrap_err().kind(), ErrorKind::DecryptionFailed);
    let lied = secret_key().decrypt_ratio_vartime(&open(&bytes)).map(|_| ());
    assert_eq!(lied.unwrap_err().kind(), ErrorKind::DecryptionFailed);
}

#[test]
fn what_is_sent_tells_nothing_of_its_making() {
    let a = encrypted(5, 8);
    let product = key().mul(&a, &a).unwrap();
    let sent = product.unlink(&mut rng("send"));
    assert!(sent.array().elements() != product.elements() && opened(sent.array()) == 25);
    assert!(a.unlink(&mut rng("send")).array().elements() == a.elements());
    let again = key().rerandomize(&a, &mut rng("again")).unwrap();
    assert!(again.elements() != a.elements() && opened(&again) == 5);
}

#[test]
fn bytes_come_back_and_bad_ones_are_refused() {
    assert!(PublicKey::from_bytes(&key().to_bytes(), ()).unwrap() == *key());
    assert!(SecretKey::from_bytes(&secret_key().to_bytes(), ()).unwrap() == *secret_key());
    let edited = |bytes: &[u8], at: usize, part: &[u8]| {
        let mut bytes = bytes.to_vec();
        bytes[at..at + part.len()].copy_from_slice(part);
        bytes
    };
    let (public, secret) = (key().to_bytes(), secret_key().to_bytes());
    let mut one = [0; 256];
    one[0] = 1;
    // -1 is no quadratic residue, so neither is -2.
    let two = key().modulus().reduce(&[2]);
    let outside: [u8; 256] = key().modulus().to_le_bytes(&key().modulus().neg(&two))[..].try_into().unwrap();
    for element in [[0; 256], one, outside, [0xff; 256]] {
        let refused = PublicKey::from_bytes(&edited(&public, 10, &element), ());
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::InvalidEncoding);
    }
    for exponent in [[0; 32], [0xff; 32]] {
        let refused = SecretKey::from_bytes(&edited(&secret, 10, &exponent), ());
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::InvalidEncoding);
    }
    let bytes = encrypted(5, 8).unlink(&mut rng("send")).to_bytes();
    let kind = |at: usize, part: &[u8]| {
        Unlinked::<Ciphertext>::from_bytes(&edited(&bytes, at, part), key()).unwrap_err().kind()
    };
    assert_eq!(kind(9, &[0; 16]), ErrorKind::ParamsMismatch);
    assert_eq!(kind(26, &[4]), ErrorKind::InvalidEncoding);
    assert_eq!(kind(29, &one), ErrorKind::InvalidEncoding);
    assert_eq!(kind(29, &outside), ErrorKind::InvalidEncoding);
    assert_eq!(kind(29 + 256, &[0xff; 256]), ErrorKind::InvalidEncoding);
}

#[test]
fn the_ciphertext_is_the_textbooks() {
    use num_bigint::BigUint;
    let big = |bytes: &[u8]| BigUint::from_bytes_le(bytes);
    let p = crate::bigint::limbs::to_biguint_vartime(key().modulus().as_limbs());
    let (c1, c2) = encrypted(1_000_003, 20).elements();
    let x = crate::bigint::limbs::to_biguint_vartime(secret_key().exponent());
    assert_eq!(big(&key().element_bytes()), BigUint::from(2_u32).modpow(&x, &p));
    let mask = big(&c1).modpow(&x, &p);
    assert_eq!(big(&c2), mask * BigUint::from(1_000_003_u64 * 1_000_003) % &p);
}
