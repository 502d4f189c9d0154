//! ElGamal over ristretto255: one value, arrays, the search that ends a decryption.
use core::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use veilkit::elgamal::additive::proofs::{
    Ballot, Batch, BitProof, Context, LinearFunction, RangeProof, hand_over, prove_decryption, prove_linear,
    verify_decryption, verify_hand_over, verify_linear,
};
use veilkit::elgamal::additive::{DiscreteLog, EncryptedArray, Keypair, Params, ParamsSpec, PlainArray};
use veilkit::elgamal::multiplicative::{integers, points};
use veilkit::field::Field;
use veilkit::group::{Point, PointTable, Scalar};
use veilkit::shape::Shape;
use veilkit_benches::{CpuTime, cpu_time};

fn rng() -> ChaCha20Rng {
    rng_of(7)
}

fn rng_of(seed: u8) -> ChaCha20Rng {
    ChaCha20Rng::from_seed([seed; 32])
}

fn additive(c: &mut Criterion<CpuTime>) {
    let spec = ParamsSpec { decode_bits: 40, ..ParamsSpec::default() };
    let params = Params::new(spec).expect("valid");
    let (public, secret) = Keypair::generate(params, &mut rng()).expect("a key").into_parts();
    public.prepare();
    DiscreteLog::shared();
    let mut group = c.benchmark_group("elgamal/additive");
    let mut stream = rng();
    group.bench_function("encrypt", |b| b.iter(|| public.encrypt(black_box(-123_456), &mut stream)));
    let one = public.encrypt(123_456, &mut rng()).expect("small");
    group.bench_function("add", |b| b.iter(|| public.add(black_box(&one), &one)));
    group.bench_function("mul_plain/bits=32", |b| b.iter(|| public.mul_plain(&one, black_box(-77_777), 32)));
    group.bench_function("rerandomize", |b| b.iter(|| public.rerandomize(&one, &mut stream)));
    for (name, value) in [("1e3", 1000), ("2^20", 1 << 20), ("2^32", (1 << 32) - 5), ("-2^32", 5 - (1 << 32))]
    {
        let ciphertext = public.encrypt(value, &mut rng()).expect("in range");
        group.bench_function(format!("decrypt/value={name}"), |b| {
            b.iter(|| secret.decrypt(black_box(&ciphertext), &mut ()).expect("in range"));
        });
    }
    group.sample_size(10);
    let far = public.encrypt((1 << 40) - 5, &mut rng()).expect("in range");
    group.bench_function("decrypt/value=2^40", |b| {
        b.iter(|| secret.decrypt(&far, &mut ()).expect("in range"))
    });
    let nowhere = Point::pedersen_base();
    group.bench_function("search/nothing within 2^32", |b| {
        b.iter(|| DiscreteLog::shared().find_vartime(&nowhere, 1 << 32, &mut ()).is_err());
    });
    let (count, shape) = (1000, Shape::new(&[1000]).expect("small"));
    let values: Vec<i64> = (0..count).map(|i| i * 7919 % 2001 - 1000).collect();
    let plain = PlainArray::integers_within(&params, &shape, &values, 1000).expect("small");
    group.throughput(Throughput::Elements(1000));
    group.bench_function("encrypt/array=1000", |b| {
        b.iter(|| EncryptedArray::encrypt(&public, &plain, &mut stream, &mut ()).expect("fits"));
    });
    let array = EncryptedArray::encrypt(&public, &plain, &mut rng(), &mut ()).expect("fits");
    group.bench_function("decrypt/array=1000", |b| {
        b.iter(|| array.decrypt_integers(&secret, &mut ()).expect("within"));
    });
    group.bench_function("dot/1000/bits=10", |b| b.iter(|| array.dot(&plain, &mut ()).expect("fits")));
    group.bench_function("dot_vartime/1000/bits=10", |b| {
        b.iter(|| array.dot_vartime(&plain, &mut ()).expect("fits"));
    });
    group.finish();
}

/// What a ciphertext costs with nothing but the library's tables: three products of a table.
fn by_hand(c: &mut Criterion<CpuTime>) {
    let table = PointTable::new(&Point::pedersen_base());
    let scalar = Scalar::random(&mut rng());
    c.bench_function("elgamal/reference/three table products", |b| {
        b.iter(|| {
            let blinder = Point::mul_generator(black_box(&scalar));
            (blinder, table.mul(&scalar) + Point::mul_generator(&scalar))
        });
    });
}

fn proofs(c: &mut Criterion<CpuTime>) {
    let (public, _) = Keypair::generate(Params::default(), &mut rng()).expect("a key").into_parts();
    public.prepare();
    let (context, mut stream) = (Context::new(b"bench"), rng());
    let mut group = c.benchmark_group("elgamal/proofs");
    group.bench_function("bit/encrypt and prove", |b| {
        b.iter(|| BitProof::encrypt(&public, black_box(1), &context, &mut stream).expect("a bit"));
    });
    let (bit, proof) = BitProof::encrypt(&public, 1, &context, &mut stream).expect("a bit");
    group.bench_function("bit/verify", |b| {
        b.iter(|| proof.equations(&public, &bit, &context).and_then(|equations| equations.check()));
    });
    group.sample_size(10);
    group.bench_function("range/bits=20/prove", |b| {
        b.iter(|| {
            RangeProof::encrypt(&public, black_box(123_456), 20, &context, &mut stream).expect("within")
        });
    });
    group.bench_function("ballot/choices=5/prove", |b| {
        b.iter(|| Ballot::encrypt(&public, black_box(2), 5, &context, &mut stream).expect("a choice"));
    });
    let ballots: Vec<Ballot> = (0..100)
        .map(|i| Ballot::encrypt(&public, i % 5, 5, &context, &mut stream).expect("a choice"))
        .collect();
    group.throughput(Throughput::Elements(100));
    group.bench_function("ballot/choices=5/verify batch of 100", |b| {
        b.iter(|| {
            let mut batch = Batch::new();
            for ballot in &ballots {
                batch.push(ballot.equations(&public, 5, &context).expect("one key"));
            }
            batch.verify(&mut stream).expect("honest");
        });
    });
    group.finish();
}

/// Proofs about what was computed, handed over and decrypted.
fn results(c: &mut Criterion<CpuTime>) {
    let (public, secret) = Keypair::generate(Params::default(), &mut rng()).expect("a key").into_parts();
    let (to, _) = Keypair::generate(Params::default(), &mut rng_of(8)).expect("a key").into_parts();
    public.prepare();
    to.prepare();
    let (context, mut stream) = (Context::new(b"bench"), rng());
    let mut group = c.benchmark_group("elgamal/proofs");
    let one = public.encrypt(123_456, &mut stream).expect("small");
    group.bench_function("decryption/prove", |b| {
        b.iter(|| {
            prove_decryption(&secret, black_box(&one), 123_456, &context, &mut stream).expect("one key")
        });
    });
    let proof = prove_decryption(&secret, &one, 123_456, &context, &mut stream).expect("one key");
    group.bench_function("decryption/verify", |b| {
        b.iter(|| verify_decryption(&public, &one, 123_456, &proof, &context).and_then(|e| e.check()));
    });
    group.bench_function("hand_over/compute and prove", |b| {
        b.iter(|| hand_over(&secret, black_box(&one), &to, &context, &mut stream).expect("one key"));
    });
    let (handed, proof) = hand_over(&secret, &one, &to, &context, &mut stream).expect("one key");
    group.bench_function("hand_over/verify", |b| {
        b.iter(|| {
            verify_hand_over((&public, &one), (&to, &handed), &proof, &context).and_then(|e| e.check())
        });
    });
    let inputs: Vec<_> = (0..16).map(|i| public.encrypt(i, &mut stream).expect("small")).collect();
    let inputs: Vec<_> = inputs.iter().collect();
    let function = LinearFunction { weights: (1..=16).map(|i| i * 1000).collect(), offset: -7 };
    group.bench_function("linear/inputs=16/compute and prove", |b| {
        b.iter(|| {
            prove_linear(&public, &function, black_box(&inputs), &context, &mut stream).expect("one key")
        });
    });
    let (output, proof) = prove_linear(&public, &function, &inputs, &context, &mut stream).expect("one key");
    group.bench_function("linear/inputs=16/verify", |b| {
        b.iter(|| {
            verify_linear(&public, &function, &inputs, &output, &proof, &context).and_then(|e| e.check())
        });
    });
    group.finish();
}

fn points(c: &mut Criterion<CpuTime>) {
    let (public, secret) = points::Keypair::generate(&mut rng()).expect("a key").into_parts();
    let (message, mut stream) = (Point::pedersen_base(), rng());
    let mut group = c.benchmark_group("elgamal/points");
    let one = public.encrypt(&message, &mut stream);
    group.bench_function("encrypt", |b| b.iter(|| public.encrypt(black_box(&message), &mut stream)));
    group.bench_function("add", |b| b.iter(|| public.add(black_box(&one), &one)));
    group.bench_function("rerandomize", |b| b.iter(|| public.rerandomize(black_box(&one), &mut stream)));
    group.bench_function("decrypt", |b| b.iter(|| secret.decrypt(black_box(&one))));
    group.finish();
}

fn integers(c: &mut Criterion<CpuTime>) {
    for which in integers::Group::ALL {
        let (public, secret) = integers::Keypair::generate(which, &mut rng()).expect("a key").into_parts();
        public.prepare();
        let mut group = c.benchmark_group(format!("elgamal/integers/ffdhe{}", which.bits()));
        let mut stream = rng();
        group.bench_function("encrypt", |b| b.iter(|| public.encrypt(black_box(77), 64, &mut stream)));
        let one = public.encrypt(77, 64, &mut stream).expect("small");
        group.bench_function("mul", |b| b.iter(|| public.mul(black_box(&one), &one)));
        group.bench_function("div", |b| b.iter(|| public.div(black_box(&one), &one)));
        group.bench_function("decrypt", |b| b.iter(|| secret.decrypt(black_box(&one)).expect("small")));
        let bits = which.plaintext_bits();
        let large = public.encrypt_limbs(&vec![u64::MAX; bits / 64], bits, &mut stream).expect("fits");
        group.bench_function("decrypt/largest", |b| {
            b.iter(|| secret.decrypt(black_box(&large)).expect("fits"));
        });
        group.finish();
    }
}

criterion_group! { name = benches; config = cpu_time(); targets = additive, by_hand, proofs, results, points, integers }
criterion_main!(benches);
