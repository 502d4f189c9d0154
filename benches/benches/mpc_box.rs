//! Boxes for an honest majority: the time of all parties together, on one core, with sealed messages and no transport.
use std::sync::{Arc, Mutex};

use criterion::measurement::Measurement;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use veilkit::{
    Result,
    field::{Fp61, Fp192},
    mpc::{
        arithmetic::{Arithmetic, Element, Shared},
        session::Channel,
        shamir_box::{BoxField, Malicious, SemiHonest},
        testing::parties,
    },
};
use veilkit_benches::{CpuTime, cpu_time};

/// From when the first party begins until the last one is done.
#[derive(Clone, Default)]
struct Clock(Arc<Mutex<Option<<CpuTime as Measurement>::Intermediate>>>, Arc<Mutex<core::time::Duration>>);

impl Clock {
    fn begin(&self) {
        self.0.lock().expect("one thread").get_or_insert_with(|| CpuTime.start());
    }

    fn end(&self) {
        let start = self.0.lock().expect("one thread").expect("begun");
        *self.1.lock().expect("one thread") = CpuTime.end(start);
    }
}

#[derive(Clone, Copy)]
enum Operation {
    Mul,
    Dot,
}

/// The operation so many times, on values that are shared and verified already, and its verification.
async fn program<B: Arithmetic>(
    mut b: B,
    operation: Operation,
    len: usize,
    times: u64,
    clock: Clock,
) -> Result<()> {
    let values: Vec<B::Element> = (0..1000).map(B::Element::from_i128).cycle().take(len).collect();
    let mut lengths = vec![0; b.parties()];
    lengths[0] = len;
    let mine = if b.me() == 0 { &values[..] } else { &[] };
    let x = b.inputs(mine, &lengths).await?.swap_remove(0);
    let row: Shared<B::Share> = x.clone().reshaped(1, len);
    b.check().await?;
    clock.begin();
    for _ in 0..times {
        match operation {
            Operation::Mul => b.mul(&x, &x).await?,
            Operation::Dot => b.dot(&row, &row).await?,
        };
        b.check().await?;
    }
    clock.end();
    Ok(())
}

fn measure<F: BoxField>(c: &mut Criterion<CpuTime>, field: &str, n: usize, operation: Operation, len: usize) {
    let name = match operation {
        Operation::Mul => "mpc_box/mul",
        Operation::Dot => "mpc_box/dot",
    };
    let mut group = c.benchmark_group(name);
    group.sample_size(10).throughput(Throughput::Elements(len as u64));
    for active in [false, true] {
        let security = if active { "malicious" } else { "semi_honest" };
        let id = BenchmarkId::from_parameter(format!("{security},{field},n={n},length={len}"));
        group.bench_function(id, |bencher| {
            bencher.iter_custom(|times| {
                let clock = Clock::default();
                let run = |channel: Channel| {
                    let clock = clock.clone();
                    async move {
                        match active {
                            true => {
                                program(Malicious::<F>::new(channel).await?, operation, len, times, clock)
                                    .await
                            }
                            false => {
                                program(SemiHonest::<F>::new(channel).await?, operation, len, times, clock)
                                    .await
                            }
                        }
                    }
                };
                parties::run(n, b"bench", run);
                *clock.1.lock().expect("one thread")
            });
        });
    }
    group.finish();
}

fn boxes(c: &mut Criterion<CpuTime>) {
    measure::<Fp61>(c, "Fp61", 3, Operation::Mul, 100_000);
    measure::<Fp61>(c, "Fp61", 3, Operation::Dot, 100_000);
    measure::<Fp61>(c, "Fp61", 5, Operation::Mul, 100_000);
    measure::<Fp192>(c, "Fp192", 3, Operation::Mul, 10_000);
    measure::<Fp192>(c, "Fp192", 3, Operation::Dot, 10_000);
}

criterion_group! { name = benches; config = cpu_time(); targets = boxes }
criterion_main!(benches);
