//! CKKS with evaluation keys: products, rotations, sums and the keys, at the parameters of the comparison with others.
use core::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use veilkit::ckks::{Context, EncryptionKey, EvaluationKeys, KeyRequest, Params, SecretKey};
use veilkit_benches::{CpuTime, cpu_time};

/// Name, degree, bits of each modulus but the first, how many they are, special moduli. With one special modulus there are
/// as many digits as moduli.
const SETS: [(&str, usize, u32, usize, &[u32]); 4] = [
    ("P1", 8192, 40, 2, &[60]),
    ("P2", 16_384, 40, 6, &[60; 2]),
    ("P2, one special modulus", 16_384, 40, 6, &[60]),
    ("P3", 32_768, 50, 11, &[60; 4]),
];
/// Slots of a dot product.
const DOT: usize = 4096;
/// Rotations of one ciphertext.
const STEPS: [i64; 8] = [1, 2, 3, 4, 5, 6, 7, 8];

fn evaluation(c: &mut Criterion<CpuTime>) {
    for (name, degree, bits, count, special) in SETS {
        let moduli = [vec![60], vec![bits; count]].concat();
        let params = Params::new(degree, &moduli, special, bits).expect("inside the tables");
        let (context, rng) = (Context::new(&params).expect("valid"), &mut ChaCha20Rng::from_seed([7; 32]));
        let secret_key = SecretKey::generate(&context, rng);
        let request = KeyRequest::new().relinearization().conjugation().rotations(&STEPS).sums(DOT);
        let keys = EvaluationKeys::generate(&secret_key, &request, rng, &mut ()).expect("not stopped");
        let values: Vec<f64> = (0..params.slots()).map(|i| (i * 7919 % 2001) as f64 / 1000.0 - 1.0).collect();
        let [x, y] = [(); 2].map(|()| secret_key.encrypt_values(&values, 1.0, rng).expect("fits"));

        let mut group = c.benchmark_group("ckks/evaluation");
        group.sample_size(20);
        group.bench_function(format!("multiply/{name}"), |b| b.iter(|| keys.multiply(black_box(&x), &y)));
        group.bench_function(format!("square/{name}"), |b| b.iter(|| keys.square(black_box(&x))));
        group.bench_function(format!("rotate/{name}"), |b| b.iter(|| keys.rotate(black_box(&x), 1)));
        group.bench_function(format!("conjugate/{name}"), |b| b.iter(|| keys.conjugate(black_box(&x))));
        group.bench_function(format!("rotate_many, 8/{name}"), |b| {
            b.iter(|| keys.rotate_many(black_box(&x), &STEPS));
        });
        group.bench_function(format!("dot, 4096/{name}"), |b| b.iter(|| keys.dot(black_box(&x), &y, DOT)));
        let request = KeyRequest::new().relinearization();
        group.bench_function(format!("relinearization key/{name}"), |b| {
            b.iter(|| EvaluationKeys::generate(&secret_key, black_box(&request), rng, &mut ()));
        });
        group.finish();
    }
}

criterion_group! { name = benches; config = cpu_time(); targets = evaluation }
criterion_main!(benches);
