//! Secure sums: the time of all parties together, on one core, without a transport.
use core::hint::black_box;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use veilkit::{
    PartyId,
    mpc::{
        IdentityKey,
        secure_sum::{Input, Plan, PlanSpec, SessionId},
        testing,
    },
};
use veilkit_benches::{CpuTime, cpu_time};

fn study(parties: u16, length: usize) -> (Plan, Vec<IdentityKey>) {
    let mut rng = ChaCha20Rng::from_seed([7; 32]);
    let keys: Vec<_> = (0..parties).map(|_| IdentityKey::generate(&mut rng)).collect();
    let numbered = keys.iter().zip(1..).map(|(key, n)| (PartyId::new(n).expect("from 1"), key.identity()));
    let plan = Plan::new(PlanSpec {
        session: SessionId::random(&mut rng),
        parties: numbered.collect(),
        threshold: usize::from(parties) / 2 + 1,
        min_survivors: usize::from(parties) / 2 + 1,
        length,
        fraction_bits: 20,
        max_abs: 1e6,
        purpose: "bench".into(),
    });
    (plan.expect("the plan is valid"), keys)
}

fn secure_sum(c: &mut Criterion<CpuTime>) {
    let mut group = c.benchmark_group("mpc/secure_sum");
    group.sample_size(20);
    for (parties, length) in [(3, 100), (3, 10_000), (3, 1_000_000), (10, 10_000)] {
        let (plan, keys) = study(parties, length);
        let values = vec![1.5; length];
        group.throughput(Throughput::Elements(length as u64));
        group.bench_function(
            BenchmarkId::from_parameter(format!("n={parties},length={length}")),
            |bencher| {
                let mut rng = ChaCha20Rng::from_seed([8; 32]);
                bencher.iter_batched(
                    || keys.iter().map(|_| Input::reals(&plan, &values).expect("within the bound")).collect(),
                    |inputs| testing::run(&plan, &keys, black_box(inputs), &mut rng).expect("nobody cheats"),
                    BatchSize::PerIteration,
                );
            },
        );
    }
    group.finish();
}

criterion_group! { name = benches; config = cpu_time(); targets = secure_sum }
criterion_main!(benches);
