//! Three parties over integers modulo 2^64: the time of all three together, on one core, sealing of messages included.
use std::sync::{Arc, Mutex};

use core::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main, measurement::Measurement};
use veilkit::{
    Result,
    magnitude::Magnitude,
    mpc::{
        arithmetic::{Comparison, Element, Shared},
        functions::{Descent, Fixed, descend_logistic},
        replicated::{Malicious, SemiHonest, Z64},
        session::Channel,
        testing::parties,
    },
};
use veilkit_benches::{CpuTime, cpu_time};

type Clock = <CpuTime as Measurement>::Intermediate;

/// The two boxes.
trait Over: Comparison<Element = Z64> + Sized + 'static {
    const NAME: &'static str;
    fn over(channel: Channel) -> Result<Self>;
}

impl Over for SemiHonest {
    const NAME: &'static str = "semi-honest";
    fn over(channel: Channel) -> Result<Self> {
        Self::new(channel)
    }
}

impl Over for Malicious {
    const NAME: &'static str = "malicious";
    fn over(channel: Channel) -> Result<Self> {
        Self::new(channel)
    }
}

/// What is measured: an operation on two vectors, with the check of what it multiplied.
#[derive(Clone, Copy)]
enum Operation {
    Dot,
    Multiply,
    Compare,
    Truncate,
    /// A matrix of 1000 rows and 10 columns with a vector, and truncation.
    Regress,
    /// Every party's vector put in, added up, and told to everybody.
    Sum,
    /// The sum and the sum of the squares, told to everybody.
    Moments,
    /// Logistic regression by gradient descent.
    Train,
}

async fn perform<B: Over>(
    over: &mut B,
    operation: Operation,
    x: &Shared<B::Share>,
    y: &Shared<B::Share>,
) -> Result<()> {
    match operation {
        Operation::Dot => drop(over.dot(x, y).await?),
        Operation::Multiply => drop(over.mul(x, y).await?),
        Operation::Compare => drop(over.is_negative(x, 64).await?),
        Operation::Truncate => drop(over.truncate(x, 60, 20).await?),
        Operation::Regress => {
            let product = over.matmul(x, y).await?;
            drop(over.truncate(&product, 60, 20).await?);
        }
        Operation::Sum => {
            let columns = over.inputs(&vec![Z64::one(); x.len()], &[x.len(); 3]).await?;
            let sum = &(&columns[0] + &columns[1]) + &columns[2];
            drop(over.reveal(&sum, &[0, 1, 2]).await?);
        }
        Operation::Moments => {
            let squares = over.dot(x, x).await?;
            drop(over.reveal(&Shared::stacked(&[&x.sum(), &squares]), &[0, 1, 2]).await?);
        }
        Operation::Train => {
            let features = Fixed::<B>::new(x.clone(), 16, Magnitude::pow2(17)?)?;
            let descent = Descent { steps: 5, rate: 1.0, fraction_bits: 16 };
            drop(descend_logistic(over, &features, y, descent).await?);
        }
    }
    over.check().await
}

/// From when the first party begins until the last one has ended, so many times.
fn measure<B: Over>(operation: Operation, shapes: [(usize, usize); 2], times: u64) -> Duration {
    let clock = Arc::new(Mutex::new(Stopwatch::default()));
    parties::run(3, b"bench", |channel| {
        let clock = Arc::clone(&clock);
        async move {
            let mut over = B::over(channel)?;
            let mut operands = Vec::new();
            for (rows, columns) in shapes {
                let len = rows * columns;
                operands.push(match operation {
                    // Features of one unit, and outcomes of 1.
                    Operation::Train => over.constant(&vec![Z64::one(); len]).reshaped(rows, columns),
                    _ => over.random(len).await?.reshaped(rows, columns),
                });
            }
            let barrier = over.random(1).await?;
            for _ in 0..times {
                over.open(&barrier).await?;
                clock.lock().expect("one thread").begin();
                perform(&mut over, operation, &operands[0], &operands[1]).await?;
                clock.lock().expect("one thread").end();
            }
            Ok(())
        }
    });
    clock.lock().expect("one thread").total
}

/// From the first of three beginnings to the last of three ends.
#[derive(Default)]
struct Stopwatch {
    start: Option<Clock>,
    running: u32,
    total: Duration,
}

impl Stopwatch {
    fn begin(&mut self) {
        self.start.get_or_insert_with(|| CpuTime.start());
        self.running += 1;
    }

    fn end(&mut self) {
        self.running -= 1;
        // Nobody ends before everybody has begun: all hear from all.
        if self.running == 0 {
            self.total += self.start.take().map(|start| CpuTime.end(start)).unwrap_or_default();
        }
    }
}

fn boxes<B: Over>(c: &mut Criterion<CpuTime>) {
    let mut group = c.benchmark_group(format!("mpc/ring/{}", B::NAME));
    group.sample_size(10);
    let cases = [
        ("dot/100000", Operation::Dot, [(1, 100_000); 2], 100_000),
        ("multiply/100000", Operation::Multiply, [(100_000, 1); 2], 100_000),
        ("compare/10000", Operation::Compare, [(10_000, 1), (1, 1)], 10_000),
        ("truncate/10000", Operation::Truncate, [(10_000, 1), (1, 1)], 10_000),
        ("matmul_truncate/1000x10", Operation::Regress, [(1000, 10), (10, 1)], 1000),
        ("sum/3x30000", Operation::Sum, [(30_000, 1), (1, 1)], 90_000),
        ("mean_variance/10000", Operation::Moments, [(1, 10_000), (1, 1)], 10_000),
        ("logistic_regression/1000x10", Operation::Train, [(1000, 10), (1000, 1)], 1000),
    ];
    for (name, operation, shapes, elements) in cases {
        group.throughput(Throughput::Elements(elements));
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|times| measure::<B>(operation, shapes, times));
        });
    }
    group.finish();
}

fn ring(c: &mut Criterion<CpuTime>) {
    boxes::<SemiHonest>(c);
    boxes::<Malicious>(c);
}

criterion_group! { name = benches; config = cpu_time(); targets = ring }
criterion_main!(benches);
