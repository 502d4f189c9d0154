//! A study of three hospitals over 10^5 rows, against cheaters: from tables to reports, all parties together, on one core.
use criterion::{Criterion, criterion_group, criterion_main};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use veilkit::{
    PartyId,
    mpc::{
        IdentityKey, SessionId,
        arithmetic::NetworkProfile,
        session::Seed,
        study::{Column, ColumnKind, Function, Plan, PlanSpec, Policy, Protocol, Table, simulate},
    },
};
use veilkit_benches::{CpuTime, cpu_time};

const ROWS: u32 = 100_000;

fn plan(keys: &[IdentityKey]) -> Plan {
    let everybody: Vec<_> = (1..=3).map(|party| PartyId::new(party).expect("not zero")).collect();
    let kind = ColumnKind::Numeric { low: 0.0, high: 200.0, resolution: 0.1 };
    let column = 0;
    let edges = (0..=20).map(|edge| f64::from(edge) * 10.0).collect();
    Plan::new(PlanSpec {
        session: SessionId([7; 32]),
        purpose: "a benchmark".into(),
        parties: everybody.iter().copied().zip(keys.iter().map(IdentityKey::identity)).collect(),
        protocol: Protocol::ShamirMalicious,
        network: NetworkProfile::LAN,
        columns: vec![Column::new("pressure", "mmHg", kind).expect("a range")],
        functions: vec![
            Function::Mean { column },
            Function::Variance { column },
            Function::Histogram { column, edges },
            Function::Quantiles { column, probabilities: vec![0.5] },
        ],
        policy: Policy {
            min_cohort: 10,
            min_parties: 2,
            min_cell: 5,
            receivers: everybody,
            allow_extremes: false,
        },
        max_rows: u64::from(ROWS),
    })
    .expect("a plan")
}

fn study(c: &mut Criterion<CpuTime>) {
    let mut rng = ChaCha20Rng::from_seed([3; 32]);
    let keys: Vec<_> = (0..3).map(|_| IdentityKey::generate(&mut rng)).collect();
    let plan = plan(&keys);
    let values: Vec<f64> = (0..ROWS).map(|row| f64::from(row * 7919 % 2001) / 10.0).collect();
    let mut group = c.benchmark_group("mpc/study");
    group.sample_size(10);
    group.bench_function("moments_histogram_median/100000", |bencher| {
        bencher.iter(|| {
            let seeds: Vec<_> = (0..3).map(|_| Seed::generate(&mut rng)).collect();
            let tables = values.chunks(33_334).map(|own| Table::new(&plan, &[own]).expect("in range"));
            simulate(&plan, &keys, &seeds, tables.collect()).expect("all are honest")
        });
    });
    group.finish();
}

criterion_group! { name = benches; config = cpu_time(); targets = study }
criterion_main!(benches);
