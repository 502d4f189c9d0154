//! Against the textbook: Paillier, EUROCRYPT '99, scheme 1 with g = 1 + n, written over `num-bigint`.
use num_bigint::BigUint;
use rand_core::Rng;

use super::testing::{params, plain, public_key, rng, secret_key};
use super::{Ciphertext, EncryptionKey, Plaintext, PublicKey};
use crate::bigint::limbs;
use crate::codec::{Reader, Writer};

struct Textbook {
    n: BigUint,
    lambda: BigUint,
}

impl Textbook {
    fn of_test_key() -> Self {
        let [p, q] =
            [&secret_key().p, &secret_key().q].map(|factor| limbs::to_biguint_vartime(factor.limbs()));
        Self { lambda: (&p - 1_u8) * (&q - 1_u8), n: p * q }
    }

    fn encrypt(&self, m: &BigUint, r: &BigUint) -> BigUint {
        let square = &self.n * &self.n;
        (&self.n * m + 1_u8) * r.modpow(&self.n, &square) % square
    }

    fn decrypt(&self, c: &BigUint) -> BigUint {
        let power = c.modpow(&self.lambda, &(&self.n * &self.n));
        let quotient = (power - 1_u8) / &self.n;
        quotient * self.lambda.modinv(&self.n).unwrap() % &self.n
    }
}

fn random_below(bound: &BigUint, seed: u8) -> BigUint {
    let mut bytes = vec![0; 300];
    rng(seed).fill_bytes(&mut bytes);
    BigUint::from_bytes_le(&bytes) % bound
}

fn residue(value: &BigUint) -> Plaintext {
    let mut limbs = limbs::from_biguint_vartime(value);
    limbs.resize(public_key().n().len(), 0);
    Plaintext::from_residue(&limbs, public_key()).unwrap()
}

fn import(c: &BigUint, key: &PublicKey) -> Ciphertext {
    let mut bytes = c.to_bytes_le();
    bytes.resize(params().ciphertext_bytes(), 0);
    key.read_ciphertexts(&mut Reader::new(&bytes), 1).unwrap().remove(0)
}

fn export(c: &Ciphertext) -> BigUint {
    let mut out = Writer::with_capacity(params().ciphertext_bytes());
    public_key().write_ciphertexts(std::slice::from_ref(c), &mut out).unwrap();
    BigUint::from_bytes_le(&out.into_bytes())
}

/// 0, 1, 2, n/2 on both sides, -1, and random ones.
fn messages(n: &BigUint) -> Vec<BigUint> {
    let one = BigUint::from(1_u8);
    let half: BigUint = (n - 1_u8) / 2_u8;
    let mut list = vec![BigUint::ZERO, one.clone(), &one + &one, half.clone(), half + &one, n - &one];
    list.extend((0..4).map(|seed| random_below(n, seed)));
    list
}

#[test]
fn decrypts_textbook_ciphertexts() {
    let textbook = Textbook::of_test_key();
    for (i, m) in (10..).zip(messages(&textbook.n)) {
        let c = import(&textbook.encrypt(&m, &random_below(&textbook.n, i)), public_key());
        assert_eq!(secret_key().decrypt(&c).unwrap(), residue(&m));
    }
}

#[test]
fn the_textbook_decrypts_ours() {
    let textbook = Textbook::of_test_key();
    for m in messages(&textbook.n) {
        let by_public = public_key().encrypt(&residue(&m), &mut rng(4)).unwrap();
        let by_holder = secret_key().encrypt(&residue(&m), &mut rng(4)).unwrap();
        assert_eq!(textbook.decrypt(&export(&by_public)), m);
        assert_eq!(by_public, by_holder);
    }
}

#[test]
fn randomness_decides_the_ciphertext() {
    let encrypt = |seed| public_key().encrypt(&plain(5), &mut rng(seed)).unwrap();
    assert_eq!(encrypt(1), encrypt(1));
    assert_ne!(encrypt(1), encrypt(2));
}

/// The exponent is drawn below 2^(|n| / 2), as the scheme says, and over that whole range.
#[test]
fn exponents_fill_their_space() {
    let (mut high, mut low) = (0_u32, 0_u32);
    for seed in 0..=255 {
        let exponent = crate::bigint::random::random_bits(public_key().exponent_bits(), &mut rng(seed));
        assert_eq!(exponent.len(), 16);
        high += u32::try_from(exponent[15] >> 63).unwrap();
        low += u32::try_from(exponent[0] & 1).unwrap();
    }
    assert!((90..166).contains(&high) && (90..166).contains(&low), "{high} {low}");
}
