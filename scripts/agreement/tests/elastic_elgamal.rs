//! Additive ElGamal beside the crate `elastic-elgamal`, over its ristretto255: the same keys, ciphertexts that either reads.
use elastic_elgamal::{
    Ciphertext as Theirs, DiscreteLogTable, Keypair, PublicKey, SecretKey, group::Ristretto,
};
use rand_chacha::rand_core::SeedableRng;
use rand_chacha_03::rand_core::SeedableRng as _;
use veilkit::codec::{Decode, Encode};
use veilkit::elgamal::additive::{self, Ciphertext, Params};
use veilkit::group::Point;

fn ours_rng() -> rand_chacha::ChaCha20Rng {
    rand_chacha::ChaCha20Rng::from_seed([7; 32])
}

fn theirs_rng() -> rand_chacha_03::ChaCha20Rng {
    rand_chacha_03::ChaCha20Rng::from_seed([8; 32])
}

/// The key with their scalar, through the encoding.
fn our_key(theirs: &SecretKey<Ristretto>) -> additive::SecretKey {
    let template = additive::Keypair::generate(Params::default(), &mut ours_rng()).expect("a key");
    let mut bytes = template.secret_key().to_bytes().to_vec();
    let at = bytes.len() - 32;
    bytes[at..].copy_from_slice(theirs.expose_scalar().as_bytes());
    additive::SecretKey::from_bytes(&bytes, ()).expect("a scalar")
}

fn keys() -> (PublicKey<Ristretto>, SecretKey<Ristretto>, additive::SecretKey) {
    let (public, secret) = Keypair::<Ristretto>::generate(&mut theirs_rng()).into_tuple();
    let ours = our_key(&secret);
    (public, secret, ours)
}

fn point(bytes: &[u8]) -> Point {
    Point::from_bytes(bytes.try_into().expect("32 bytes"), "point").expect("an element")
}

fn to_ours(key: &additive::PublicKey, theirs: Theirs<Ristretto>) -> Ciphertext {
    let bytes = theirs.to_bytes();
    Ciphertext::from_points(key, point(&bytes[..32]), point(&bytes[32..])).expect("hides something")
}

/// Their ciphertexts are read as JSON only, whose text of an element is that of a public key.
fn to_theirs(ours: &Ciphertext) -> Theirs<Ristretto> {
    let (blinder, payload) = ours.points();
    let element = |point: Point| PublicKey::<Ristretto>::from_bytes(&point.to_bytes()).expect("an element");
    let parts =
        serde_json::json!({ "random_element": element(blinder), "blinded_element": element(payload) });
    serde_json::from_value(parts).expect("a ciphertext")
}

const VALUES: [i64; 8] = [0, 1, 2, 77, 1000, 65_535, 1 << 20, 1 << 32];

#[test]
fn one_scalar_makes_one_public_key() {
    for seed in 0..16 {
        let mut rng = rand_chacha_03::ChaCha20Rng::from_seed([seed; 32]);
        let (public, secret) = Keypair::<Ristretto>::generate(&mut rng).into_tuple();
        assert_eq!(our_key(&secret).public_key().point().to_bytes(), public.as_bytes());
    }
}

#[test]
fn we_read_their_ciphertexts() {
    let (public, _, ours) = keys();
    let rng = &mut theirs_rng();
    for value in VALUES {
        let theirs = public.encrypt(u64::try_from(value).expect("positive"), rng);
        assert_eq!(ours.decrypt(&to_ours(ours.public_key(), theirs), &mut ()), Ok(value));
    }
    let theirs = public.encrypt(40_u64, rng) - public.encrypt(52_u64, rng);
    assert_eq!(ours.decrypt(&to_ours(ours.public_key(), theirs), &mut ()), Ok(-12));
}

#[test]
fn they_read_our_ciphertexts() {
    let (_, secret, ours) = keys();
    let (key, rng) = (ours.public_key(), &mut ours_rng());
    let table =
        DiscreteLogTable::<Ristretto>::new(VALUES.map(|value| u64::try_from(value).expect("positive")));
    for value in VALUES {
        let encrypted = key.encrypt(value, rng).expect("within the bound");
        assert_eq!(secret.decrypt(to_theirs(&encrypted), &table), u64::try_from(value).ok());
    }
    // What we computed: 3 * 20 - 2 * (-8) + 1, rerandomized.
    let (a, b) = (key.encrypt(20, rng).expect("small"), key.encrypt(-8, rng).expect("small"));
    let sum = key.add_plain(&key.dot(&[&a, &b], &[3, -2], 2).expect("fits"), 1).expect("fits");
    let sum = key.rerandomize(&sum, rng).expect("own key");
    assert_eq!(secret.decrypt(to_theirs(&sum), &table), Some(77));
}

#[test]
fn sums_of_both_are_sums() {
    let (public, _, ours) = keys();
    let key = ours.public_key();
    let theirs = to_ours(key, public.encrypt(1_000_000_u64, &mut theirs_rng()) * 3_u64);
    let sum = key.add(&theirs, &key.encrypt(-7, &mut ours_rng()).expect("small")).expect("one key");
    assert_eq!(ours.decrypt(&sum, &mut ()), Ok(2_999_993));
}
