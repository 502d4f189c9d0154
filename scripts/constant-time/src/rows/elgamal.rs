//! ElGamal. The search at the end of a decryption is not among the rows: it opens its result.
use core::hint::black_box;
use std::sync::OnceLock;

use veilkit::codec::{Decode, Encode, HEADER_LEN};
use veilkit::elgamal::additive::proofs::{
    Ballot, BitProof, Context, RangeProof, hand_over, prove_decryption, prove_plaintext, prove_value,
};
use veilkit::elgamal::additive::{
    Ciphertext, EncryptedArray, Keypair, Params, PlainArray, PublicKey, Randomizer, SecretKey,
};
use veilkit::elgamal::multiplicative;
use veilkit::group::{Point, ShortMultiples};
use veilkit::shape::Shape;

use super::{Row, planted, row};
use crate::memcheck::{SecretRng, public, public_rng, secret};

pub(super) const ROWS: &[Row] = &[
    row("elgamal", "Keypair::generate", "generator", generate),
    row("elgamal", "SecretKey: from and to bytes", "scalar", key_bytes),
    row("elgamal", "PublicKey::encrypt", "integer and generator", encrypt),
    row("elgamal", "PublicKey::add_plain", "integer", add_plain),
    row("elgamal", "PublicKey::mul_plain, dot", "weights", products),
    row("elgamal", "PublicKey::rerandomize", "generator", rerandomize),
    row("elgamal", "PlainArray, EncryptedArray: encrypt, encrypt_opening", "numbers and generator", array),
    row("elgamal", "SecretKey::decrypt, up to the search", "scalar", decrypt),
    row("elgamal", "SecretKey::check_plaintext", "scalar and integer", check),
    row("elgamal", "ShortMultiples::mul", "integer", short),
    row("elgamal", "proofs: plaintext, value, equal plaintexts", "integer and generator", linear_proofs),
    row("elgamal", "proofs: decryption, hand_over", "scalar and generator", key_proofs),
    row("elgamal", "BitProof, RangeProof, Ballot", "integer and generator", range_proofs),
    row("elgamal", "integers: generate, encrypt, mul_plain, div", "integers and generator", integers_encrypt),
    row("elgamal", "integers: SecretKey, decrypt", "exponent", integers_decrypt),
    row("elgamal", "points: generate, encrypt, decrypt", "scalars and point", points),
    planted("elgamal", "planted: sign looked at", "integer", sign),
    planted("elgamal", "planted: zero weight skipped", "weight", zero),
];

fn keypair() -> &'static Keypair {
    static KEYPAIR: OnceLock<Keypair> = OnceLock::new();
    KEYPAIR.get_or_init(|| {
        let keypair = Keypair::generate(Params::default(), &mut public_rng()).expect("a key");
        keypair.public_key().prepare();
        keypair
    })
}

fn key() -> &'static PublicKey {
    keypair().public_key()
}

/// The same key, all of its scalar secret.
fn hidden_key() -> SecretKey {
    let mut bytes = keypair().secret_key().to_bytes();
    secret(&mut bytes[HEADER_LEN + 3..]);
    SecretKey::from_bytes(&bytes, ()).expect("the bytes of a key")
}

fn number(value: i64) -> i64 {
    let mut value = black_box(value);
    secret(&mut value);
    value
}

fn known(value: i64) -> Ciphertext {
    key().encrypt(value, &mut public_rng()).expect("small")
}

/// What a ciphertext holds, by the key that is not marked.
fn value_of(mut ciphertext: Ciphertext) -> i64 {
    public(&mut ciphertext);
    keypair().secret_key().decrypt(&ciphertext, &mut ()).expect("small")
}

fn generate() {
    let keypair = Keypair::generate(Params::default(), &mut SecretRng::new()).expect("a key");
    assert!(keypair.public_key().params() == key().params());
}

fn key_bytes() {
    let mut again = hidden_key().to_bytes();
    public(again.as_mut_slice());
    assert!(*again == *keypair().secret_key().to_bytes());
}

fn encrypt() {
    assert_eq!(value_of(key().encrypt(number(-5), &mut SecretRng::new()).expect("small")), -5);
}

fn add_plain() {
    assert_eq!(value_of(key().add_plain(&known(5), number(-7)).expect("small")), -2);
}

fn products() {
    assert_eq!(value_of(key().mul_plain(&known(5), number(-9), 20).expect("small")), -45);
    let five = known(5);
    let sum = key().dot(&[&five, &five, &five], &[number(-9), number(0), number(4)], 20).expect("small");
    assert_eq!(value_of(sum), -25);
}

fn rerandomize() {
    assert_eq!(value_of(key().rerandomize(&known(5), &mut SecretRng::new()).expect("one key")), 5);
}

fn array() {
    let shape = Shape::new(&[2]).expect("one axis");
    let mut numbers = black_box([1.5, -3.25]);
    secret(&mut numbers);
    let plain = PlainArray::fixed_point(key().params(), &shape, &numbers).expect("small");
    let array = EncryptedArray::encrypt(key(), &plain, &mut SecretRng::new(), &mut ()).expect("small");
    assert_eq!(value_of(array.ciphertexts()[1]), -832);
    let (array, _) =
        EncryptedArray::encrypt_opening(key(), &plain, &mut SecretRng::new(), &mut ()).expect("small");
    assert_eq!(value_of(array.ciphertexts()[1]), -832);
}

fn decrypt() {
    assert_eq!(hidden_key().decrypt(&known(-5), &mut ()), Ok(-5));
}

fn check() {
    assert!(hidden_key().check_plaintext(&known(-5), number(-5)).is_ok());
}

fn short() {
    let mut point = ShortMultiples::new(&Point::generator(), 20).mul(number(-3), 20);
    public(&mut point);
    assert!(-(Point::generator() + Point::generator() + Point::generator()) == point);
}

fn context() -> Context {
    Context::new(b"constant time")
}

/// The value, all of it public: as if it had been sent.
fn sent<T: Encode + Decode>(value: &T) -> T {
    let mut bytes = value.to_bytes();
    public(bytes.as_mut_slice());
    T::from_bytes(&bytes, ()).expect("an encoding")
}

fn linear_proofs() {
    let (rng, randomizer) = (&mut SecretRng::new(), Randomizer::random(&mut SecretRng::new()));
    let value = number(-5);
    let mut ciphertext = key().encrypt_with(value, &randomizer).expect("small");
    public(&mut ciphertext);
    let proof = prove_plaintext(key(), &ciphertext, value, &randomizer, &context(), rng).expect("one key");
    assert!(sent(&proof) == sent(&proof));
    assert!(prove_value(key(), &ciphertext, -5, &randomizer, &context(), rng).is_ok());
}

fn key_proofs() {
    let (rng, ciphertext) = (&mut SecretRng::new(), known(-5));
    let secret_key = hidden_key();
    assert!(prove_decryption(&secret_key, &ciphertext, -5, &context(), rng).is_ok());
    let (handed, _) = hand_over(&secret_key, &ciphertext, key(), &context(), rng).expect("one key");
    assert_eq!(value_of(handed), -5);
}

fn range_proofs() {
    let rng = &mut SecretRng::new();
    let (bit, _) = BitProof::encrypt(key(), number(1), &context(), rng).expect("a bit");
    assert_eq!(value_of(bit), 1);
    let (five, _) = RangeProof::encrypt(key(), number(5), 3, &context(), rng).expect("within");
    assert_eq!(value_of(five), 5);
    let (pulse, _) =
        RangeProof::encrypt_within(key(), number(75), 40..=180, &context(), rng).expect("within");
    assert_eq!(value_of(pulse), 75);
    let mut choice = usize::from(black_box(1_u8));
    secret(&mut choice);
    let ballot = Ballot::encrypt(key(), choice, 3, &context(), rng).expect("a choice");
    assert_eq!(value_of(ballot.choices()[1]), 1);
}

fn integer_keys() -> &'static multiplicative::integers::Keypair {
    static KEYPAIR: OnceLock<multiplicative::integers::Keypair> = OnceLock::new();
    KEYPAIR.get_or_init(|| {
        let group = multiplicative::integers::Group::Ffdhe2048;
        let keypair = multiplicative::integers::Keypair::generate(group, &mut public_rng()).expect("a key");
        keypair.public_key().prepare();
        keypair
    })
}

fn integers_encrypt() {
    let key = integer_keys().public_key();
    let group = key.group();
    assert!(multiplicative::integers::Keypair::generate(group, &mut SecretRng::new()).is_ok());
    let mut value = black_box(77_u128);
    secret(&mut value);
    let ciphertext = key.encrypt(value, 16, &mut SecretRng::new()).expect("small");
    assert_eq!(key.mul_plain(&ciphertext, value, 16).expect("small").numerator_bits(), 32);
    // Under known randomness, only the factor is secret.
    let known = key.encrypt(77, 16, &mut public_rng()).expect("small");
    let product = key.mul_plain(&known, value, 16).expect("small");
    assert_eq!(key.div(&known, &product).expect("small").denominator_bits(), 32);
}

fn integers_decrypt() {
    let mut bytes = integer_keys().secret_key().to_bytes();
    secret(&mut bytes[HEADER_LEN + 1..]);
    let hidden = multiplicative::integers::SecretKey::from_bytes(&bytes, ()).expect("a key");
    let ciphertext = hidden.public_key().encrypt(77, 16, &mut public_rng()).expect("small");
    let opened = hidden.decrypt(&ciphertext).expect("small");
    let mut low = opened.as_limbs()[0];
    public(&mut low);
    assert_eq!(low, 77);
}

fn points() {
    let keypair = multiplicative::points::Keypair::generate(&mut SecretRng::new()).expect("a key");
    let mut message = black_box(Point::pedersen_base());
    secret(&mut message);
    let ciphertext = keypair.public_key().encrypt(&message, &mut SecretRng::new());
    let mut opened = keypair.secret_key().decrypt(&ciphertext).expect("one key");
    public(&mut opened);
    assert!(opened == Point::pedersen_base());
}

fn sign() {
    let value = number(-5);
    let table = ShortMultiples::new(&Point::generator(), 20);
    let mut point = if value < 0 { -table.mul(black_box(-value), 20) } else { table.mul(value, 20) };
    public(&mut point);
    assert!(table.mul(-5, 20) == point);
}

fn zero() {
    let weight = number(0);
    let product = if weight == 0 { key().sum([]) } else { key().mul_plain(&known(5), weight, 20) };
    assert_eq!(value_of(product.expect("small")), 0);
}
