//! Paillier by modulus size in bits: one number at a time, sums over a thousand ciphertexts, proofs.
use core::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use veilkit::codec::{Decode, Encode, Reader, Writer};
use veilkit::paillier::{
    Ciphertext, EncryptionKey, Keypair, Params, ParamsSpec, PlainArray, Plaintext, ProvenPublicKey,
    RandomizerPool, Range, SecretKey, Submission, UnprovenPublicKey,
};
use veilkit::shape::Shape;
use veilkit_benches::{CpuTime, cpu_time};

const BITS: [u32; 2] = [2048, 3072];
const TERMS: u32 = 1000;

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::from_seed([7; 32])
}

fn keypair(bits: u32) -> Keypair {
    let spec = ParamsSpec { modulus_bits: bits, ..ParamsSpec::default() };
    Keypair::generate(Params::new(spec).expect("a valid size"), &mut rng()).expect("a key")
}

fn one(c: &mut Criterion<CpuTime>) {
    for bits in BITS {
        let mut group = c.benchmark_group("paillier");
        group.sample_size(20);
        let name = |operation: &str| format!("{operation}/n={bits}");
        let keys = keypair(bits);
        let (key, secret_key, mut rng) = (keys.public_key(), keys.secret_key(), rng());
        let message = Plaintext::from_i128(-123_456_789, key);
        key.prepare();
        group.bench_function(name("encrypt"), |b| b.iter(|| key.encrypt(black_box(&message), &mut rng)));
        group.bench_function(name("encrypt_by_key_holder"), |b| {
            b.iter(|| secret_key.encrypt(black_box(&message), &mut rng));
        });
        group.bench_function(name("encrypt_from_pool"), |b| {
            let mut pool = RandomizerPool::new(key);
            let take = || match pool.take() {
                Some(randomizer) => randomizer,
                None => {
                    pool.fill(secret_key, 256, &mut rng, &mut ()).expect("the same key");
                    pool.take().expect("filled")
                }
            };
            b.iter_batched(take, |randomizer| key.encrypt_with(&message, randomizer), BatchSize::SmallInput);
        });
        let (x, y) = (key.encrypt(&message, &mut rng), key.encrypt(&message, &mut rng));
        let (x, y) = (x.expect("the same key"), y.expect("the same key"));
        group.bench_function(name("decrypt"), |b| b.iter(|| secret_key.decrypt(black_box(&x))));
        group.bench_function(name("add"), |b| b.iter(|| key.add(black_box(&x), black_box(&y))));
        group.bench_function(name("add_plain"), |b| b.iter(|| key.add_plain(black_box(&x), &message)));
        group.bench_function(name("mul_plain/weight=32"), |b| {
            b.iter(|| key.mul_plain(black_box(&x), black_box(-4_000_000_000), 32));
        });
        group.bench_function(name("mul_plain_vartime/weight=32"), |b| {
            b.iter(|| key.mul_plain_vartime(black_box(&x), black_box(-4_000_000_000)));
        });
        let (public_bytes, secret_bytes) = (key.to_bytes(), secret_key.to_bytes());
        group.bench_function(name("read_public_key"), |b| {
            b.iter(|| UnprovenPublicKey::from_bytes(&public_bytes, ()))
        });
        group
            .bench_function(name("read_secret_key"), |b| b.iter(|| SecretKey::from_bytes(&secret_bytes, ())));
        group.finish();
    }
}

fn thousand(c: &mut Criterion<CpuTime>) {
    for bits in BITS {
        let mut group = c.benchmark_group("paillier");
        group.sample_size(10).throughput(Throughput::Elements(TERMS.into()));
        let name = |operation: &str| format!("{operation}/n={bits}");
        let keys = keypair(bits);
        let (key, mut rng) = (keys.public_key(), rng());
        let numbers: Vec<Plaintext> = (0..TERMS).map(|i| Plaintext::from_i128(i.into(), key)).collect();
        let list = keys.secret_key().encrypt_many(&numbers, &mut rng, &mut ()).expect("the same key");
        let terms: Vec<&Ciphertext> = list.iter().collect();
        let weights: Vec<i128> = (0..TERMS)
            .map(|i| if i % 2 == 0 { i128::from(rng.next_u32()) } else { -i128::from(rng.next_u32()) })
            .collect();
        group.bench_function(name("sum"), |b| b.iter(|| key.sum(black_box(&terms))));
        group.bench_function(name("dot/weights=32"), |b| b.iter(|| key.dot(black_box(&terms), &weights, 32)));
        group.bench_function(name("dot_vartime/weights=32"), |b| {
            b.iter(|| key.dot_vartime(black_box(&terms), &weights));
        });
        let mut out = Writer::with_capacity(list.len() * key.params().ciphertext_bytes());
        key.write_ciphertexts(&list, &mut out).expect("the same key");
        let bytes = out.into_bytes();
        group.bench_function(name("read_ciphertexts"), |b| {
            b.iter(|| key.read_ciphertexts(&mut Reader::new(&bytes), list.len()));
        });
        group.finish();
    }
}

fn proofs(c: &mut Criterion<CpuTime>) {
    for bits in BITS {
        let mut group = c.benchmark_group("paillier");
        group.sample_size(10);
        let name = |operation: &str| format!("{operation}/n={bits}");
        let keys = keypair(bits);
        let (key, secret_key, mut rng) = (keys.public_key(), keys.secret_key(), rng());
        key.prepare();
        group.bench_function(name("prove_public_key"), |b| b.iter(|| secret_key.prove_public_key()));
        let proven = secret_key.prove_public_key().expect("a sound key").to_bytes();
        group.bench_function(name("read_proven_public_key"), |b| {
            b.iter(|| ProvenPublicKey::from_bytes(&proven, ()))
        });
        let range = Range::integers(0, 127).expect("two ends");
        let age = PlainArray::integers(key.params(), &Shape::default(), &[41]).expect("a small number");
        let sent = Submission::encrypt(key, &age, &range, b"", &mut rng, &mut ()).expect("in the range");
        group.bench_function(name("submit/bits=7"), |b| {
            b.iter(|| Submission::encrypt(key, &age, &range, b"", &mut rng, &mut ()));
        });
        group.bench_function(name("verify_submission/bits=7"), |b| {
            b.iter(|| sent.verify(&range, b"", &mut ()))
        });
        group.finish();
    }
}

criterion_group! { name = benches; config = cpu_time(); targets = one, thousand, proofs }
criterion_main!(benches);
