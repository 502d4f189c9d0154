//! Shares on paper, by policy, sealed, packed; resharing and repair.
use core::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use veilkit::{
    PartyId,
    field::{Field, Fp61},
    mpc::{IdentityKey, Step, repair, resharing, secure_sum::SessionId},
    shamir::{
        self,
        packed::{self, Packing},
        paper::{self, Card},
        pedersen,
        policy::{self, Policy},
        sealed::{self, CustodianKey},
    },
};
use veilkit_benches::{CpuTime, cpu_time};

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::from_seed([7; 32])
}

fn paper(c: &mut Criterion<CpuTime>) {
    let mut group = c.benchmark_group("shamir/paper/3_of_5/bytes=32");
    let dealt = paper::split(&[7; 32], 3, 5, &mut rng()).expect("valid");
    group.bench_function("split", |b| b.iter(|| paper::split(black_box(&[7; 32]), 3, 5, &mut rng())));
    group.bench_function("combine", |b| b.iter(|| paper::combine(black_box(&dealt[..3]))));
    group.bench_function("to_words", |b| b.iter(|| paper::to_words(black_box(&dealt[0]))));
    let words = paper::to_words(&dealt[0]).expect("fits");
    group.bench_function("from_words", |b| b.iter(|| paper::from_words::<Card>(black_box(&words))));
    group.finish();
}

fn by_policy(c: &mut Criterion<CpuTime>) {
    let rule: Policy = "2 of (doctor, doctor, surgeon) and administrator".parse().expect("a policy");
    let mut group = c.benchmark_group("shamir/policy/two_doctors_and_an_administrator/bytes=32");
    group.bench_function("split", |b| b.iter(|| policy::split(black_box(&[7; 32]), &rule, &mut rng())));
    let dealt = policy::split(&[7; 32], &rule, &mut rng()).expect("valid");
    group.bench_function("combine", |b| b.iter(|| policy::combine(black_box(&dealt))));
    group.finish();
}

fn seals(c: &mut Criterion<CpuTime>) {
    let key = CustodianKey::generate(&mut rng());
    let custodian = key.custodian("custodian").expect("a name");
    let share = &shamir::split(&[7; 32], 3, 5, &mut rng()).expect("valid")[0];
    let mut group = c.benchmark_group("shamir/sealed/bytes=32");
    group.bench_function("seal", |b| b.iter(|| sealed::seal(black_box(share), &custodian, &mut rng())));
    let sealed = sealed::seal(share, &custodian, &mut rng()).expect("valid");
    group.bench_function("open", |b| b.iter(|| black_box(&sealed).open::<shamir::Share>(&key)));
    group.finish();
}

fn packs(c: &mut Criterion<CpuTime>) {
    let count = 100_000;
    let secret: Vec<Fp61> = (0..count).map(Fp61::from_u64).collect();
    let packing = Packing::new(5, 16, 64).expect("valid");
    let mut group = c.benchmark_group("shamir/packed/fp61/privacy=5/width=16/shares=64");
    group.sample_size(10).throughput(Throughput::Elements(count));
    group.bench_function("split", |b| {
        b.iter_with_large_drop(|| packed::split(black_box(&secret), packing, &mut rng()));
    });
    let dealt = packed::split(&secret, packing, &mut rng()).expect("valid");
    group.bench_function("combine", |b| b.iter_with_large_drop(|| packed::combine(black_box(&dealt[..21]))));
    group.finish();
}

fn sent<T>(mut step: Step<T>) -> Vec<u8> {
    step.outgoing.remove(0).bytes
}

/// What one holder does in a resharing and a repair of a 3-of-5 sharing of 32 bytes.
fn holders(c: &mut Criterion<CpuTime>) {
    let mut group = c.benchmark_group("shamir/pedersen/3_of_5/bytes=32");
    group.sample_size(20);
    let (commitment, dealt) = pedersen::split(&[7; 32], 3, 5, &mut rng()).expect("valid");
    let mut rng = rng_of(2);
    let identities: Vec<_> = (0..8).map(|_| IdentityKey::generate(&mut rng)).collect();
    let keys: Vec<_> = (0..5).map(|_| CustodianKey::generate(&mut rng)).collect();
    let custodian = |place: usize| keys[place].custodian("holder").expect("a name");
    let plan = resharing::Plan::new(resharing::PlanSpec {
        session: SessionId([1; 32]),
        commitment: commitment.clone(),
        dealers: (0..3).map(|place| (dealt[place].index(), identities[place].identity())).collect(),
        threshold: 3,
        receivers: (0..5).map(|place| (identities[3 + place].identity(), custodian(place))).collect(),
    })
    .expect("valid");
    let deal = |place: usize| {
        let started = resharing::Session::deal(&plan, &dealt[place], &identities[place], &mut rng_of(3));
        sent(started.expect("valid").1)
    };
    group.bench_function("reshare_deal", |b| b.iter(|| black_box(deal(0))));
    let deals: Vec<_> = (0..3).map(|place| (dealt[place].index(), deal(place))).collect();
    group.bench_function("reshare_receive", |b| {
        b.iter(|| {
            let first = PartyId::new(1).expect("not zero");
            let started = resharing::Session::receive(&plan, first, &identities[3], &keys[0]);
            started.expect("valid").0.step(black_box(&deals)).expect("valid")
        });
    });
    let plan = repair::Plan::new(repair::PlanSpec {
        session: SessionId([2; 32]),
        commitment,
        lost: PartyId::new(5).expect("not zero"),
        owner: (identities[4].identity(), custodian(4)),
        helpers: (0..3)
            .map(|place| (dealt[place].index(), identities[place].identity(), custodian(place)))
            .collect(),
    })
    .expect("valid");
    let start = |place: usize| {
        let (share, identity, key) = (&dealt[place], &identities[place], &keys[place]);
        repair::Session::help(&plan, share, identity, key, &mut rng_of(4)).expect("valid")
    };
    group.bench_function("repair_start", |b| b.iter(|| black_box(start(0))));
    let others: Vec<_> = (1..3).map(|place| (dealt[place].index(), sent(start(place).1))).collect();
    group.bench_function("repair_help", |b| {
        b.iter(|| start(0).0.step(black_box(&others)).expect("valid"));
    });
    group.finish();
}

fn rng_of(seed: u8) -> ChaCha20Rng {
    ChaCha20Rng::from_seed([seed; 32])
}

criterion_group! { name = benches; config = cpu_time(); targets = paper, by_policy, seals, packs, holders }
criterion_main!(benches);
