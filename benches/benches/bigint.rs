//! The kernels that decide what Paillier costs, by modulus size in bits.
use core::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use veilkit::bigint::{FixedBase, Modulus, Residue, limbs, random};
use veilkit_benches::{CpuTime, cpu_time};

const BITS: [usize; 6] = [1024, 2048, 3072, 4096, 6144, 8192];

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::from_seed([7; 32])
}

/// An odd modulus of exactly this size, and two elements.
fn setup(bits: usize) -> (Modulus, Residue, Residue) {
    let mut rng = rng();
    let mut n = random::random_bits(bits, &mut rng);
    n[0] |= 1;
    *n.last_mut().expect("a modulus has limbs") |= 1 << 63;
    let modulus = Modulus::new(&n).expect("the modulus is odd");
    let (a, b) = (random::random_residue(&modulus, &mut rng), random::random_residue(&modulus, &mut rng));
    (modulus, a, b)
}

fn ring(c: &mut Criterion<CpuTime>) {
    for bits in BITS {
        let (modulus, a, b) = setup(bits);
        let mut bench = |name: &str, run: &dyn Fn() -> Residue| {
            c.bench_function(&format!("bigint/{name}/bits={bits}"), |bencher| bencher.iter(run));
        };
        bench("mul", &|| modulus.mul(black_box(&a), black_box(&b)));
        bench("square", &|| modulus.square(black_box(&a)));
        bench("add", &|| modulus.add(black_box(&a), black_box(&b)));
        let wide = random::random_bits(2 * bits, &mut rng());
        bench("reduce_double", &|| modulus.reduce(black_box(&wide)));
    }
}

fn powers(c: &mut Criterion<CpuTime>) {
    let mut group = c.benchmark_group("bigint");
    group.sample_size(10);
    for bits in [1024, 2048, 3072, 4096, 6144] {
        let (modulus, a, _) = setup(bits);
        for exponent_bits in [bits / 2, bits] {
            let exponent = random::random_bits(exponent_bits, &mut rng());
            let id = |name: &str| BenchmarkId::new(name, format!("bits={bits}/exponent={exponent_bits}"));
            group.bench_function(id("pow"), |b| {
                b.iter(|| modulus.pow(black_box(&a), &exponent, exponent_bits))
            });
        }
        let exponent_bits = bits / 4;
        let exponent = random::random_bits(exponent_bits, &mut rng());
        for window in [FixedBase::DEFAULT_WINDOW - 1, FixedBase::DEFAULT_WINDOW] {
            let make = || FixedBase::new(&modulus, &a, exponent_bits, window);
            let fixed = make();
            let id = |name: &str| {
                BenchmarkId::new(name, format!("bits={bits}/exponent={exponent_bits}/window={window}"))
            };
            group.bench_function(id("fixed_base"), |b| b.iter(|| fixed.pow(&modulus, black_box(&exponent))));
            group.bench_function(id("fixed_base_table"), |b| b.iter(make));
        }
        group.bench_function(BenchmarkId::new("invert", format!("bits={bits}")), |b| {
            b.iter(|| modulus.invert(black_box(&a)));
        });
        group.bench_function(BenchmarkId::new("invert_vartime", format!("bits={bits}")), |b| {
            b.iter(|| modulus.invert_vartime(black_box(&a)));
        });
    }
    group.finish();
}

fn products(c: &mut Criterion<CpuTime>) {
    let mut group = c.benchmark_group("bigint");
    group.sample_size(10);
    let (modulus, _, _) = setup(4096);
    let mut rng = rng();
    let bases: Vec<Residue> = (0..1000).map(|_| random::random_residue(&modulus, &mut rng)).collect();
    group.throughput(Throughput::Elements(1000));
    for bits in [32, 64] {
        let exponents: Vec<_> = (0..1000).map(|_| random::random_bits(bits, &mut rng)).collect();
        let powers: Vec<(&Residue, &[u64])> =
            bases.iter().zip(&exponents).map(|(b, e)| (b, &e[..])).collect();
        let id = |name: &str| BenchmarkId::new(name, format!("bits=4096/bases=1000/exponent={bits}"));
        group.bench_function(id("multi_pow"), |b| b.iter(|| modulus.multi_pow(black_box(&powers), bits)));
        group.bench_function(id("multi_pow_vartime"), |b| {
            b.iter(|| modulus.multi_pow_vartime(black_box(&powers)))
        });
    }
    let all: Vec<&Residue> = bases.iter().collect();
    group.bench_function(BenchmarkId::new("product", "bits=4096/factors=1000"), |b| {
        b.iter(|| modulus.product(black_box(&all)));
    });
    group.bench_function(BenchmarkId::new("are_units_vartime", "bits=4096/count=1000"), |b| {
        b.iter(|| modulus.are_units_vartime(black_box(&all)));
    });
    let bytes = limbs::to_le_bytes(&modulus.to_limbs(&bases[0]), modulus.byte_len());
    group.throughput(Throughput::Elements(1));
    group.bench_function("from_le_bytes/bits=4096", |b| b.iter(|| modulus.from_le_bytes(black_box(&bytes))));
    group.finish();
}

criterion_group! { name = benches; config = cpu_time(); targets = ring, powers, products }
criterion_main!(benches);
