//! Threshold decryption of Paillier by modulus size in bits, 3 of 5: one ciphertext and a hundred.
use core::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use veilkit::bigint::prime::random_safe_prime;
use veilkit::codec::{Decode, Encode};
use veilkit::paillier::threshold::{Dealer, DecryptionShare, SetupSpec, combine_integers};
use veilkit::paillier::{EncryptedArray, Params, ParamsSpec, PlainArray, SecretKey};
use veilkit::shape::Shape;
use veilkit_benches::{CpuTime, cpu_time};

#[path = "../../core/tests/support/safe_primes.rs"]
mod safe_primes;

const KEYS: [(u32, [&str; 2]); 2] =
    [(2048, [safe_primes::P, safe_primes::Q]), (3072, [safe_primes::P_1536, safe_primes::Q_1536])];

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::from_seed([7; 32])
}

fn dealer(bits: u32, primes: [&str; 2]) -> Dealer {
    let params =
        Params::new(ParamsSpec { modulus_bits: bits, ..ParamsSpec::default() }).expect("a valid size");
    let [p, q] = primes.map(safe_primes::bytes);
    Dealer::from_secret_key(
        SecretKey::from_primes(params, &p, &q)
            .and_then(|key| key.with_provable_base(&mut rng()))
            .expect("a key"),
    )
    .expect("safe primes")
}

fn decrypt(c: &mut Criterion<CpuTime>) {
    for (bits, primes) in KEYS {
        let parties = (1..=5).map(|number| format!("Hospital {number}")).collect();
        let spec = SetupSpec { dealer: "Trust centre".into(), parties, threshold: 3 };
        let mut rng = rng();
        let (setup, keys) = dealer(bits, primes).deal(&spec, &mut rng, &mut ()).expect("five parties");
        for count in [1, 100] {
            let mut group = c.benchmark_group("paillier_threshold");
            group.sample_size(10).throughput(Throughput::Elements(count));
            let name = |operation: &str| format!("{operation}/n={bits}/count={count}");
            let numbers: Vec<i64> = (0..i64::try_from(count).expect("small")).collect();
            let shape = Shape::new(&[numbers.len()]).expect("one axis");
            let plain = PlainArray::integers(setup.public_key().params(), &shape, &numbers).expect("small");
            let array = EncryptedArray::encrypt(setup.public_key(), &plain, &mut rng, &mut ()).expect("fits");
            let mut share = |place: usize| {
                DecryptionShare::create(&keys[place], black_box(&array), b"", &mut rng, &mut ())
                    .expect("one key")
            };
            group.bench_function(name("share"), |b| b.iter(|| share(0)));
            let shares = [0, 1, 2].map(share);
            group.bench_function(name("verify_share"), |b| b.iter(|| shares[0].verify(&setup, &array, b"")));
            group.bench_function(name("combine"), |b| {
                b.iter(|| combine_integers(&setup, &array, black_box(&shares), b"", &mut ()));
            });
            group.finish();
        }
        let mut group = c.benchmark_group("paillier_threshold");
        group.sample_size(10);
        let bytes = keys[0].to_bytes();
        group.bench_function(format!("read_key_share/n={bits}"), |b| {
            b.iter(|| veilkit::paillier::threshold::KeyShare::from_bytes(&bytes, &setup));
        });
        group.finish();
    }
}

/// Half of what it takes to make a key. The time varies by chance, so only the mean of many means something.
fn search(c: &mut Criterion<CpuTime>) {
    let mut group = c.benchmark_group("paillier_threshold");
    group.sample_size(10);
    let mut rng = rng();
    group.bench_function("safe_prime/bits=1024", |b| b.iter(|| random_safe_prime(1024, &mut rng, &mut ())));
    group.finish();
}

criterion_group! { name = benches; config = cpu_time(); targets = decrypt, search }
criterion_main!(benches);
