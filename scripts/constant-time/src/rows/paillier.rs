//! Paillier, 2048 bits.
use core::hint::black_box;
use std::sync::OnceLock;

use subtle::ConstantTimeEq;
use veilkit::codec::{Decode, Encode, HEADER_LEN};
use veilkit::paillier::{
    EncryptionKey, EqualityProof, Keypair, Params, ParamsSpec, PlainArray, Plaintext, ProductProof,
    PublicKey, Range, SecretKey, Submission,
};
use veilkit::shape::Shape;

use super::{Row, planted, row};
use crate::memcheck::{SecretRng, opened, public_rng, secret};

pub(super) const ROWS: &[Row] = &[
    row("paillier", "Plaintext: from and to i128", "number", numbers),
    row("paillier", "Plaintext::from_residue", "residue", residues),
    row("paillier", "PublicKey::encrypt", "number and exponent", encrypt),
    row("paillier", "PublicKey::add_plain", "number", add_plain),
    row("paillier", "PublicKey::rerandomize", "exponent", rerandomize),
    row("paillier", "PublicKey::mul_plain", "weight", mul_plain),
    row("paillier", "PublicKey::dot", "weights", dot),
    row("paillier", "SecretKey: from and to bytes, ct_eq", "p and q", key_bytes),
    row("paillier", "SecretKey::prove_public_key", "p and q", prove_public_key),
    row("paillier", "Submission::encrypt", "numbers and randomness", submit),
    row("paillier", "EqualityProof::rerandomize", "randomness", prove_equality),
    row("paillier", "ProductProof::multiply", "weight and randomness", prove_product),
    row("paillier", "SecretKey::from_primes", "p and q", from_primes),
    row("paillier", "SecretKey::encrypt", "p, q, number and exponent", encrypt_by_holder),
    row("paillier", "SecretKey::decrypt", "p, q and ciphertext", decrypt),
    planted("paillier", "planted: sign shortcut", "number", sign_shortcut),
    planted("paillier", "planted: zero shortcut in a product", "weight", zero_shortcut),
];

fn keypair() -> &'static Keypair {
    static KEYPAIR: OnceLock<Keypair> = OnceLock::new();
    KEYPAIR.get_or_init(|| {
        let spec = ParamsSpec { modulus_bits: 2048, ..ParamsSpec::default() };
        Keypair::generate(Params::new(spec).expect("a valid size"), &mut public_rng()).expect("a key")
    })
}

fn key() -> &'static PublicKey {
    keypair().public_key()
}

/// The same key, with all of p and q secret but what every key shows: that they are odd and how long they are.
fn hidden_key() -> SecretKey {
    const HALF: usize = 128;
    let mut bytes = keypair().secret_key().to_bytes();
    let primes = &mut bytes[HEADER_LEN + 4..][..2 * HALF];
    for prime in primes.chunks_exact_mut(HALF) {
        secret(&mut prime[1..HALF - 1]);
    }
    SecretKey::from_bytes(&bytes, ()).expect("the bytes of a key")
}

fn number(value: i128) -> i128 {
    let mut value = black_box(value);
    secret(&mut value);
    value
}

fn hidden(value: i128) -> Plaintext {
    Plaintext::from_i128(number(value), key())
}

fn number_of(plaintext: &Plaintext) -> i128 {
    let value = plaintext.to_i128(key()).expect("the same key");
    assert_eq!(opened(value.is_some().unwrap_u8()), 1);
    let (negative, magnitude) = plaintext.to_sign_magnitude(key()).expect("the same key");
    let magnitude = i128::from(opened(magnitude[0]));
    if opened(negative.unwrap_u8()) == 1 { -magnitude } else { magnitude }
}

/// What a ciphertext holds, by the key that is not marked.
fn value_of(ciphertext: &veilkit::paillier::Ciphertext) -> i128 {
    let mut out = veilkit::codec::Writer::with_capacity(512);
    key().write_ciphertexts(core::slice::from_ref(ciphertext), &mut out).expect("the same key");
    let mut bytes = out.into_bytes();
    crate::memcheck::public(bytes.as_mut_slice());
    let list = key().read_ciphertexts(&mut veilkit::codec::Reader::new(&bytes), 1).expect("a ciphertext");
    number_of(&keypair().secret_key().decrypt(&list[0]).expect("a ciphertext of the key"))
}

fn numbers() {
    assert_eq!(number_of(&hidden(-77)), -77);
    assert_eq!(number_of(&hidden(78)), 78);
}

fn residues() {
    let mut residue = key().half_n().to_vec();
    let len = residue.len();
    secret(&mut residue[..len - 1]);
    let plaintext = Plaintext::from_residue(&residue, key()).expect("below n");
    assert_eq!(opened(plaintext.ct_eq(&plaintext).unwrap_u8()), 1);
}

fn encrypt() {
    let ciphertext = key().encrypt(&hidden(-5), &mut SecretRng::new()).expect("the same key");
    assert_eq!(value_of(&ciphertext), -5);
}

fn add_plain() {
    let five = key().encrypt(&Plaintext::from_i128(5, key()), &mut public_rng()).expect("the same key");
    assert_eq!(value_of(&key().add_plain(&five, &hidden(-7)).expect("the same key")), -2);
}

fn rerandomize() {
    let five = key().encrypt(&Plaintext::from_i128(5, key()), &mut public_rng()).expect("the same key");
    assert_eq!(value_of(&key().rerandomize(&five, &mut SecretRng::new()).expect("the same key")), 5);
}

fn mul_plain() {
    let five = key().encrypt(&Plaintext::from_i128(5, key()), &mut public_rng()).expect("the same key");
    assert_eq!(value_of(&key().mul_plain(&five, number(-9), 32).expect("a short weight")), -45);
}

fn dot() {
    let five = key().encrypt(&Plaintext::from_i128(5, key()), &mut public_rng()).expect("the same key");
    let list = [&five, &five, &five];
    let sum = key().dot(&list, &[number(-9), number(0), number(4)], 32).expect("short weights");
    assert_eq!(value_of(&sum), -25);
}

fn key_bytes() {
    let key = hidden_key();
    let again = key.to_bytes();
    assert_eq!(opened(again[0]), b'V');
    assert_eq!(opened(key.ct_eq(keypair().secret_key()).unwrap_u8()), 1);
}

fn prove_public_key() {
    let proven = hidden_key().prove_public_key().expect("a sound key");
    assert_eq!(opened(proven.to_bytes()[0]), b'V');
    assert!(proven.public_key() == key());
}

fn submit() {
    let shape = Shape::new(&[2]).expect("a shape");
    let mut values = black_box([-2_i64, 3]);
    secret(&mut values);
    let values = PlainArray::integers(key().params(), &shape, &values).expect("small numbers");
    let range = Range::integers(-2, 3).expect("two ends");
    let sent = Submission::encrypt(key(), &values, &range, b"row", &mut SecretRng::new(), &mut ());
    let mut bytes = sent.expect("numbers of the range").to_bytes();
    crate::memcheck::public(bytes.as_mut_slice());
    let array = Submission::from_bytes(&bytes, key()).expect("a submission").verify(&range, b"row", &mut ());
    assert_eq!(array.expect("an honest one").ciphertexts().len(), 2);
}

fn prove_equality() {
    let five = key().encrypt(&Plaintext::from_i128(5, key()), &mut public_rng()).expect("the same key");
    let (same, proof) =
        EqualityProof::rerandomize(key(), &five, b"row", &mut SecretRng::new()).expect("the same key");
    assert_eq!(value_of(&same), 5);
    assert_eq!(opened(proof.to_bytes()[0]), b'V');
}

fn prove_product() {
    let five = key().encrypt(&Plaintext::from_i128(5, key()), &mut public_rng()).expect("the same key");
    let made = ProductProof::multiply(key(), &five, number(-9), b"row", &mut SecretRng::new());
    let made = made.expect("a short weight");
    assert_eq!((value_of(&made.weight), value_of(&made.product)), (-9, -45));
    assert_eq!(opened(made.proof.to_bytes()[0]), b'V');
}

fn from_primes() {
    let [mut p, mut q] = keypair().secret_key().primes_to_be_bytes();
    for prime in [&mut p, &mut q] {
        let last = prime.len() - 1;
        secret(&mut prime[1..last]);
    }
    let key = SecretKey::from_primes(*key().params(), &q, &p).expect("a key");
    assert_eq!(opened(key.public_key().modulus_to_be_bytes()[255]) & 1, 1);
}

fn encrypt_by_holder() {
    let ciphertext = hidden_key().encrypt(&hidden(-5), &mut SecretRng::new()).expect("the same key");
    assert_eq!(value_of(&ciphertext), -5);
}

fn decrypt() {
    let ciphertext = key().encrypt(&hidden(-5), &mut SecretRng::new()).expect("the same key");
    assert_eq!(number_of(&hidden_key().decrypt(&ciphertext).expect("the same key")), -5);
}

fn sign_shortcut() {
    let value = number(-5);
    let magnitude = if value < 0 { black_box(-value) } else { black_box(value) };
    assert_eq!(opened(magnitude), 5);
}

fn zero_shortcut() {
    let five = key().encrypt(&Plaintext::from_i128(5, key()), &mut public_rng()).expect("the same key");
    let weight = number(0);
    let product = if weight == 0 { key().zero() } else { key().mul_plain(&five, weight, 32).expect("short") };
    assert_eq!(value_of(&product), 0);
}
