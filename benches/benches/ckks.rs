//! CKKS: encoding, encryption, decryption and arithmetic, at the parameters of the comparison with other libraries.
use core::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use veilkit::ckks::{Context, EncryptionKey, Params, Plaintext, SecretKey};
use veilkit_benches::{CpuTime, cpu_time};

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::from_seed([7; 32])
}

/// Name, degree, bits of each modulus but the first, how many they are, special moduli.
const SETS: [(&str, usize, u32, usize, &[u32]); 3] =
    [("P1", 8192, 40, 2, &[60]), ("P2", 16_384, 40, 6, &[60; 2]), ("P3", 32_768, 50, 11, &[60; 4])];

fn params(degree: usize, bits: u32, count: usize, special: &[u32]) -> Params {
    Params::new(degree, &[vec![60], vec![bits; count]].concat(), special, bits).expect("inside the tables")
}

fn scheme(c: &mut Criterion<CpuTime>) {
    for (name, degree, bits, count, special) in SETS {
        let params = params(degree, bits, count, special);
        let mut group = c.benchmark_group("ckks");
        group.bench_function(format!("context/{name}"), |b| b.iter(|| Context::new(black_box(&params))));
        let context = Context::new(&params).expect("valid");
        let mut stream = rng();
        group.bench_function(format!("generate secret key/{name}"), |b| {
            b.iter(|| SecretKey::generate(&context, &mut stream));
        });
        let secret = SecretKey::generate(&context, &mut rng());
        group.bench_function(format!("public key/{name}"), |b| b.iter(|| secret.public_key(&mut stream)));
        let public = secret.public_key(&mut rng());
        let values: Vec<f64> = (0..params.slots()).map(|i| (i * 7919 % 2001) as f64 / 1000.0 - 1.0).collect();
        let (level, scale) = (params.depth(), context.scale_at(params.depth()));
        let encode = || Plaintext::encode(&context, black_box(&values), level, scale, 1.0).expect("fits");
        group.bench_function(format!("encode/{name}"), |b| b.iter(encode));
        group.bench_function(format!("encode, encrypt by public key/{name}"), |b| {
            b.iter(|| public.encrypt_values(black_box(&values), 1.0, &mut stream));
        });
        group.bench_function(format!("encode, encrypt by secret key/{name}"), |b| {
            b.iter(|| secret.encrypt_values(black_box(&values), 1.0, &mut stream));
        });
        let [a, other] = [(); 2].map(|()| public.encrypt_values(&values, 1.0, &mut stream).expect("fits"));
        group.bench_function(format!("decrypt, decode/{name}"), |b| {
            b.iter(|| secret.decrypt(black_box(&a)).map(|slots| slots.to_real()));
        });
        let plaintext = encode();
        group.bench_function(format!("mul_plain, rescale/{name}"), |b| {
            b.iter(|| a.mul_plain_and_rescale(black_box(&plaintext)));
        });
        group.bench_function(format!("add/{name}"), |b| b.iter(|| a.add(black_box(&other))));
        let (mut sum, mut forth) = (a.clone(), false);
        group.bench_function(format!("add_assign/{name}"), |b| {
            b.iter(|| {
                // There and back, so that the sum stays small.
                forth = !forth;
                if forth { sum.add_assign(black_box(&other)) } else { sum.sub_assign(black_box(&other)) }
            });
        });
        group.bench_function(format!("mul without relinearization/{name}"), |b| {
            b.iter(|| a.mul(black_box(&other)))
        });
        group.bench_function(format!("mul_constant/{name}"), |b| {
            b.iter(|| a.mul_constant(black_box(1.5), scale))
        });
        group.finish();
    }
}

criterion_group! { name = benches; config = cpu_time(); targets = scheme }
criterion_main!(benches);
