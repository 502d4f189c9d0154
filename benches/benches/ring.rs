//! The kernels that CKKS spends its time in, on every backend that this machine runs.
use core::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use veilkit::ring::{Backend, Modulus, Prime, largest_primes};
use veilkit_benches::{CpuTime, cpu_time};

/// Rescaling primes, the longest for 52-bit multiplications, and the first and the special ones.
const BITS: [u32; 3] = [40, 50, 60];
const DEGREES: [usize; 3] = [1 << 13, 1 << 14, 1 << 15];

/// The prime on every backend, the slowest first.
fn primes(degree: usize, bits: u32) -> Vec<Prime> {
    let q = largest_primes(degree, bits, 1, &[]).expect("there are many")[0];
    let modulus = Modulus::new(q).expect("it is prime");
    let on = |backend| Prime::on(backend, degree, q).expect("it is available");
    Backend::available(&modulus).into_iter().map(on).collect()
}

/// Residues from the start of a cache line on, as polynomials have them.
struct Row {
    words: Vec<u64>,
    start: usize,
}

impl Row {
    fn random(prime: &Prime, seed: u64) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let words: Vec<u64> =
            (0..prime.degree() + 7).map(|_| prime.modulus().reduce(rng.next_u64())).collect();
        let start = words.as_ptr().align_offset(64).min(7);
        Self { words, start }
    }

    fn get(&self) -> &[u64] {
        &self.words[self.start..][..self.words.len() - 7]
    }

    fn get_mut(&mut self) -> &mut [u64] {
        let degree = self.words.len() - 7;
        &mut self.words[self.start..][..degree]
    }
}

fn transforms(c: &mut Criterion<CpuTime>) {
    let mut group = c.benchmark_group("ring");
    for degree in DEGREES {
        for (bits, prime) in
            BITS.into_iter().flat_map(|bits| primes(degree, bits).into_iter().map(move |p| (bits, p)))
        {
            let id =
                |name: &str| BenchmarkId::new(name, format!("N={degree}/bits={bits}/{:?}", prime.backend()));
            let mut row = Row::random(&prime, 1);
            group.throughput(Throughput::Elements(degree as u64));
            group.bench_function(id("forward"), |b| b.iter(|| prime.forward(black_box(row.get_mut()))));
            group.bench_function(id("inverse"), |b| b.iter(|| prime.inverse(black_box(row.get_mut()))));
        }
    }
    group.finish();
}

fn rows(c: &mut Criterion<CpuTime>) {
    let mut group = c.benchmark_group("ring");
    let degree = DEGREES[0];
    group.throughput(Throughput::Elements(degree as u64));
    for (bits, prime) in
        BITS.into_iter().flat_map(|bits| primes(degree, bits).into_iter().map(move |p| (bits, p)))
    {
        let inputs: Vec<Row> = (0..8).map(|seed| Row::random(&prime, seed)).collect();
        let inputs: Vec<&[u64]> = inputs.iter().map(Row::get).collect();
        let (a, b) = (inputs[0], inputs[1]);
        let w = prime.value() - 3;
        let terms = [(a, b), (inputs[2], inputs[3]), (inputs[4], inputs[5]), (inputs[6], inputs[7])];
        let from = Modulus::new(largest_primes(degree, bits, 2, &[]).expect("there are many")[1])
            .expect("it is prime");
        let mut row = Row::random(&prime, 9);
        let mut bench = |name: &str, run: &dyn Fn(&mut [u64])| {
            let id = BenchmarkId::new(name, format!("N={degree}/bits={bits}/{:?}", prime.backend()));
            group.bench_function(id, |bencher| bencher.iter(|| run(black_box(row.get_mut()))));
        };
        bench("add", &|row| prime.add(row, a));
        bench("mul", &|row| prime.mul(row, a));
        bench("mul_add", &|row| prime.mul_add(row, a, b));
        bench("sum_of_products/terms=4", &|row| prime.sum_of_products(row, &terms));
        bench("scale", &|row| prime.scale(row, w));
        bench("add_scaled", &|row| prime.add_scaled(row, a, w));
        bench("sub_and_scale", &|row| prime.sub_and_scale(row, a, w));
        bench("linear/terms=4", &|row| prime.linear(row, &inputs[..4], &[w, 1, 2, w], &[prime.value(); 4]));
        bench("lift", &|row| prime.lift(row, a, &from));
    }
    group.finish();
}

criterion_group! { name = benches; config = cpu_time(); targets = transforms, rows }
criterion_main!(benches);
