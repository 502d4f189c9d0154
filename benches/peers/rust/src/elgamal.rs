//! ElGamal over ristretto255: veilkit, `elastic-elgamal`, and `curve25519-dalek` composed by hand.
use std::hint::black_box;

use curve25519_dalek::{RistrettoPoint, Scalar, ristretto::RistrettoBasepointTable};
use elastic_elgamal::group::Ristretto;
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use veilkit::elgamal::additive::proofs::{BitProof, Context};
use veilkit::elgamal::additive::{DiscreteLog, EncryptedArray, Keypair, Params, PlainArray};
use veilkit::elgamal::multiplicative::integers;
use veilkit::shape::Shape;

use crate::report;

const ENCRYPT: &str = "elgamal/encrypt";
const ENCRYPT_MANY: &str = "elgamal/encrypt1000";
const BIT: &str = "elgamal/bit+proof";

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::from_seed([3; 32])
}

/// Numbers below 2^20, all of full size.
fn values() -> Vec<u32> {
    (0..1000_u32).map(|i| (1 << 19) | (i * 7919 & 0x7_ffff)).collect()
}

pub fn veilkit() {
    let mut rng = rng();
    let (public, secret) = Keypair::generate(Params::default(), &mut rng).expect("a key").into_parts();
    public.prepare();
    DiscreteLog::shared();
    report("veilkit", ENCRYPT, 1000, || {
        black_box(public.encrypt(black_box(123_456), &mut rng).expect("small"));
    });
    let values: Vec<i64> = values().into_iter().map(i64::from).collect();
    let shape = Shape::new(&[values.len()]).expect("one axis");
    let plain = PlainArray::integers(public.params(), &shape, &values).expect("small");
    report("veilkit", ENCRYPT_MANY, 11, || {
        black_box(EncryptedArray::encrypt(&public, &plain, &mut rng, &mut ()).expect("fits"));
    });
    let near = public.encrypt((1 << 32) - 5, &mut rng).expect("within the bound");
    report("veilkit", "elgamal/decrypt2^32", 30, || {
        black_box(secret.decrypt(black_box(&near), &mut ()).expect("within the bound"));
    });
    let context = Context::new(b"peers");
    report("veilkit", BIT, 300, || {
        black_box(BitProof::encrypt(&public, black_box(1), &context, &mut rng).expect("a bit"));
    });
    let group = integers::Group::Ffdhe3072;
    let (public, secret) = integers::Keypair::generate(group, &mut rng).expect("a key").into_parts();
    public.prepare();
    report("veilkit", "elgamal/ffdhe3072/encrypt", 100, || {
        black_box(public.encrypt(black_box(77), 64, &mut rng).expect("small"));
    });
    let ciphertext = public.encrypt(77, 64, &mut rng).expect("small");
    report("veilkit", "elgamal/ffdhe3072/decrypt", 100, || {
        black_box(secret.decrypt(black_box(&ciphertext)).expect("small"));
    });
}

pub fn peers() {
    elastic();
    by_hand();
}

fn elastic() {
    let mut rng = rng();
    let (public, _) = elastic_elgamal::Keypair::<Ristretto>::generate(&mut rng).into_tuple();
    report("elastic-elgamal", ENCRYPT, 1000, || {
        black_box(public.encrypt(black_box(123_456_u64), &mut rng));
    });
    let values = values();
    report("elastic-elgamal", ENCRYPT_MANY, 11, || {
        black_box(values.iter().map(|value| public.encrypt(u64::from(*value), &mut rng)).collect::<Vec<_>>());
    });
    report("elastic-elgamal", BIT, 300, || {
        black_box(public.encrypt_bool(black_box(true), &mut rng));
    });
}

/// Three products of fixed bases, the third for the integer, with the library's table for each base.
fn by_hand() {
    let mut rng = rng();
    let table = RistrettoBasepointTable::create(&RistrettoPoint::mul_base(&Scalar::random(&mut rng)));
    let mut encrypt = |value: u32| {
        let randomizer = Scalar::random(&mut rng);
        let payload = &table * &randomizer + RistrettoPoint::mul_base(&Scalar::from(value));
        (RistrettoPoint::mul_base(&randomizer), payload)
    };
    report("curve25519-dalek", ENCRYPT, 1000, || {
        black_box(encrypt(black_box(123_456)));
    });
    let values = values();
    report("curve25519-dalek", ENCRYPT_MANY, 11, || {
        black_box(values.iter().map(|value| encrypt(*value)).collect::<Vec<_>>());
    });
}
