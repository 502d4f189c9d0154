//! Whole runs of protocols: the time of all parties together, on one core, without a transport; shares of a decryption.
use core::hint::black_box;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use veilkit::{
    PartyId,
    elgamal::additive::{DiscreteLog, EncryptedArray, Params, PlainArray, PublicKey},
    field::Field,
    group::Scalar,
    mpc::{
        IdentityKey, dkg, repair, resharing,
        secure_sum::{Input, Plan, PlanSpec, SessionId},
        testing,
        threshold_decrypt::{DecryptionShare, combine},
    },
    shamir::{feldman, sealed::CustodianKey},
    shape::Shape,
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

fn key_setup(parties: u16, threshold: usize) -> (dkg::Setup, Vec<IdentityKey>) {
    let mut rng = ChaCha20Rng::from_seed([7; 32]);
    let keys: Vec<_> = (0..parties).map(|_| IdentityKey::generate(&mut rng)).collect();
    let numbered = keys.iter().zip(1..).map(|(key, n)| (PartyId::new(n).expect("from 1"), key.identity()));
    (dkg::Setup::new(SessionId([7; 32]), numbered.collect(), threshold).expect("valid"), keys)
}

fn key_generation(c: &mut Criterion<CpuTime>) {
    let mut group = c.benchmark_group("mpc/dkg");
    group.sample_size(10);
    for (parties, threshold) in [(3, 2), (10, 6)] {
        let (setup, keys) = key_setup(parties, threshold);
        group.bench_function(BenchmarkId::from_parameter(format!("n={parties},t={threshold}")), |bencher| {
            let mut rng = ChaCha20Rng::from_seed([8; 32]);
            bencher
                .iter(|| testing::generate_key(black_box(&setup), &keys, &mut rng).expect("nobody cheats"));
        });
    }
    group.finish();
}

/// One party's share of the decryption of an array, and the result from two shares.
fn threshold_decryption(c: &mut Criterion<CpuTime>) {
    let mut rng = ChaCha20Rng::from_seed([9; 32]);
    let (setup, keys) = key_setup(3, 2);
    let shares = testing::generate_key(&setup, &keys, &mut rng).expect("nobody cheats");
    let key = PublicKey::from_point(Params::default(), shares[0].group().public_point()).expect("a key");
    let values: Vec<i64> = (0..100).collect();
    let shape = Shape::new(&[values.len()]).expect("one axis");
    let plain = PlainArray::integers(key.params(), &shape, &values).expect("small");
    let array = EncryptedArray::encrypt(&key, &plain, &mut rng, &mut ()).expect("fits");
    let mut group = c.benchmark_group("mpc/threshold_decrypt/n=3,t=2");
    group.sample_size(10).throughput(Throughput::Elements(values.len() as u64));
    let mut create =
        |at: usize| DecryptionShare::create(&shares[at], &array, b"bench", &mut rng).expect("one key");
    group.bench_function("share/length=100", |bencher| bencher.iter(|| black_box(create(0))));
    let made = [create(0), create(1)];
    DiscreteLog::shared(); // the table is built once
    group.bench_function("combine/length=100", |bencher| {
        let group = shares[0].group();
        bencher.iter(|| {
            combine(group, &array, black_box(&made), b"bench", &mut rng, &mut ()).expect("good shares")
        });
    });
    group.finish();
}

/// A 3-of-5 Feldman sharing, dealt anew and repaired.
fn holders(c: &mut Criterion<CpuTime>) {
    let mut rng = ChaCha20Rng::from_seed([10; 32]);
    let (commitment, shares) = feldman::split(&Scalar::from_u64(77), 3, 5, &mut rng).expect("valid");
    let keys: Vec<_> =
        (0..5).map(|_| (IdentityKey::generate(&mut rng), CustodianKey::generate(&mut rng))).collect();
    let public = |at: usize| (keys[at].0.identity(), keys[at].1.custodian("holder").expect("a name"));
    let plan = resharing::Plan::<feldman::Share>::new(resharing::PlanSpec {
        session: SessionId([1; 32]),
        commitment: commitment.clone(),
        dealers: (0..3).map(|at| (shares[at].index(), keys[at].0.identity())).collect(),
        threshold: 3,
        receivers: (0..5).map(public).collect(),
    })
    .expect("valid");
    let dealers: Vec<_> = (0..3).map(|at: usize| (&shares[at], &keys[at].0)).collect();
    let mut group = c.benchmark_group("mpc/holders/3_of_5");
    group.sample_size(10);
    group.bench_function("reshare", |bencher| {
        bencher
            .iter(|| testing::reshare(black_box(&plan), &dealers, &keys, &mut rng).expect("nobody cheats"));
    });
    let plan = repair::Plan::<feldman::Share>::new(repair::PlanSpec {
        session: SessionId([2; 32]),
        commitment,
        lost: shares[4].index(),
        owner: public(4),
        helpers: (0..3).map(|at| (shares[at].index(), public(at).0, public(at).1)).collect(),
    })
    .expect("valid");
    let helpers: Vec<_> = (0..3).map(|at: usize| (&shares[at], &keys[at].0, &keys[at].1)).collect();
    let owner = (&keys[4].0, &keys[4].1);
    group.bench_function("repair", |bencher| {
        bencher.iter(|| testing::repair(black_box(&plan), &helpers, owner, &mut rng).expect("nobody cheats"));
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = cpu_time();
    targets = secure_sum, key_generation, threshold_decryption, holders
}
criterion_main!(benches);
