//! Secret sharing: splitting and recovery, checks of integrity included.
use core::hint::black_box;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{Rng, SeedableRng},
};
use veilkit::{
    PartyId,
    codec::{Decode, Encode},
    field::{Field, Fp61},
    group::Scalar,
    shamir::{self, Share, feldman, pedersen},
};

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::from_seed([7; 32])
}

fn bytes(len: usize) -> Vec<u8> {
    let mut bytes = vec![0; len];
    rng().fill_bytes(&mut bytes);
    bytes
}

fn byte_strings(c: &mut Criterion) {
    let mut group = c.benchmark_group("shamir");
    for (len, threshold, shares) in
        [(32, 3, 5), (32, 10, 20), (32, 67, 100), (1 << 20, 3, 5), (1 << 20, 10, 20)]
    {
        if len > 1024 {
            group.sample_size(20);
        }
        group.throughput(Throughput::Bytes(len as u64));
        let secret = bytes(len);
        let id = |name: &str| BenchmarkId::new(name, format!("{threshold}_of_{shares}/bytes={len}"));
        let split = || shamir::split(&secret, threshold, shares, &mut rng()).expect("valid");
        group.bench_function(id("split"), |b| b.iter_with_large_drop(|| black_box(split())));
        let dealt = split();
        group.bench_function(id("combine"), |b| {
            b.iter_with_large_drop(|| shamir::combine(black_box(&dealt[..threshold])).expect("valid"));
        });
        group.bench_function(id("combine_all"), |b| {
            b.iter_with_large_drop(|| shamir::combine(black_box(&dealt)).expect("valid"));
        });
    }
    group.finish();
}

fn correction(c: &mut Criterion) {
    let mut group = c.benchmark_group("shamir");
    group.sample_size(20);
    for len in [32, 1 << 16] {
        let dealt = shamir::split(&bytes(len), 3, 9, &mut rng()).expect("valid");
        let mut payloads: Vec<(PartyId, Vec<u8>)> = dealt
            .iter()
            .map(|share| {
                let encoding = share.to_bytes();
                (share.index(), encoding[encoding.len() - len..].to_vec())
            })
            .collect();
        for wrong in &mut payloads[..3] {
            wrong.1[len / 2] ^= 1;
        }
        let given: Vec<(PartyId, &[u8])> =
            payloads.iter().map(|(index, payload)| (*index, &payload[..])).collect();
        group.throughput(Throughput::Bytes(len as u64));
        group.bench_function(BenchmarkId::new("correct_3_wrong", format!("3_of_9/bytes={len}")), |b| {
            b.iter(|| shamir::correct(black_box(&given), 3).expect("valid"));
        });
    }
    group.finish();
}

fn elements(c: &mut Criterion) {
    let mut group = c.benchmark_group("shamir/field");
    group.sample_size(10);
    let count = 1_000_000;
    let secret: Vec<Fp61> = (0..count).map(Fp61::from_u64).collect();
    group.throughput(Throughput::Elements(count));
    let split = || shamir::field::split(&secret, 2, 3, &mut rng()).expect("valid");
    group.bench_function("split/fp61/2_of_3/elements=1e6", |b| b.iter_with_large_drop(|| black_box(split())));
    let dealt = split();
    group.bench_function("combine/fp61/2_of_3/elements=1e6", |b| {
        b.iter_with_large_drop(|| shamir::field::combine(black_box(&dealt[..2])).expect("valid"));
    });
    group.finish();
}

fn others(c: &mut Criterion) {
    let mut group = c.benchmark_group("shamir");
    group.sample_size(20);
    let encoding = shamir::split(&bytes(32), 3, 5, &mut rng()).expect("valid")[0].to_bytes();
    group.bench_function("decode/3_of_5/bytes=32", |b| {
        b.iter(|| Share::from_bytes(black_box(&encoding), ()).expect("valid"));
    });
    let key = Scalar::random(&mut rng());
    let (commitment, dealt) = feldman::split(&key, 3, 5, &mut rng()).expect("valid");
    group.bench_function("feldman/split/3_of_5", |b| {
        b.iter_batched(rng, |mut rng| feldman::split(&key, 3, 5, &mut rng), BatchSize::SmallInput);
    });
    group.bench_function("feldman/verify/3_of_5", |b| b.iter(|| dealt[0].verify(&commitment)));
    group.bench_function("feldman/combine/3_of_5", |b| b.iter(|| feldman::combine(&commitment, &dealt[..3])));
    for len in [31, 1024] {
        let secret = bytes(len);
        let (commitment, dealt) = pedersen::split(&secret, 3, 5, &mut rng()).expect("valid");
        let id = |name: &str| BenchmarkId::new(name, format!("3_of_5/bytes={len}"));
        group.bench_function(id("pedersen/split"), |b| {
            b.iter_batched(rng, |mut rng| pedersen::split(&secret, 3, 5, &mut rng), BatchSize::SmallInput);
        });
        group.bench_function(id("pedersen/verify"), |b| b.iter(|| dealt[0].verify(&commitment)));
        group.bench_function(id("pedersen/combine"), |b| {
            b.iter(|| pedersen::combine(&commitment, &dealt[..3]))
        });
    }
    group.finish();
}

criterion_group!(benches, byte_strings, correction, elements, others);
criterion_main!(benches);
