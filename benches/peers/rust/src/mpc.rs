//! Joint computations of three parties, all of them in this thread, their messages sealed as over a network: the time of all three
//! together. Every result is compared with the clear.
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cpu_time::ThreadTime;
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use veilkit::{
    PartyId, Result,
    field::{Fp61, Fp192},
    magnitude::Magnitude,
    mpc::{
        IdentityKey, SessionId,
        arithmetic::{Arithmetic, Comparison, Element, NetworkProfile, Shared},
        functions::{Descent, Fixed, descend_logistic},
        replicated,
        session::{Channel, Seed},
        shamir_box,
        study::{
            self, Column, ColumnKind, Function, Outcome, Plan, PlanSpec, Policy, Protocol, Table, Value,
        },
        testing::parties,
    },
};

use crate::print;

const PARTIES: usize = 3;

/// The processor's time from when the first party begins until the last one ends, for each repetition.
#[derive(Clone, Default)]
struct Clock(Arc<Mutex<(Option<Duration>, usize, Vec<Duration>)>>);

impl Clock {
    fn begin(&self) {
        let (start, running, _) = &mut *self.0.lock().expect("one thread");
        start.get_or_insert_with(|| ThreadTime::now().as_duration());
        *running += 1;
    }

    fn end(&self) {
        let (start, running, times) = &mut *self.0.lock().expect("one thread");
        *running -= 1;
        // Nobody ends before everybody has begun: all hear from all.
        if *running == 0 {
            times.extend(start.take().map(|start| ThreadTime::now().as_duration() - start));
        }
    }

    fn median_us(&self) -> f64 {
        let (_, _, times) = &mut *self.0.lock().expect("one thread");
        times.sort_unstable();
        times[times.len() / 2].as_secs_f64() * 1e6
    }
}

/// A row of the table over one of the boxes.
struct Task {
    op: &'static str,
    peer: &'static str,
    repeats: usize,
}

impl Task {
    /// Measures the last part of a program, and gives the bytes of all messages of one repetition.
    fn measure<Fut>(&self, program: impl Fn(Channel, usize, Clock) -> Fut) -> u64
    where
        Fut: Future<Output = Result<()>> + Send + 'static,
    {
        let run = |repeats: usize| {
            let (clock, mut bytes) = (Clock::default(), 0);
            let outcomes = parties::run_with(
                PARTIES,
                b"bench",
                |channel| program(channel, repeats, clock.clone()),
                |messages| bytes += messages.iter().map(|message| message.bytes.len() as u64).sum::<u64>(),
            );
            outcomes.into_iter().for_each(|outcome| outcome.expect("all are honest"));
            (clock, bytes)
        };
        let (clock, many) = run(self.repeats + 1);
        print(self.peer, self.op, "us", clock.median_us());
        (many - run(1).1) / self.repeats as u64
    }
}

/// Deterministic numbers below a limit, spread over it.
fn numbers(len: usize, seed: u64, limit: u64) -> Vec<i128> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i128::from((state >> 32) % limit)
    };
    (0..len).map(|_| next()).collect()
}

fn elements<E: Element>(values: &[i128]) -> Vec<E> {
    values.iter().map(|value| E::from_i128(*value)).collect()
}

/// The values of one party, shared.
async fn shared<B: Arithmetic>(b: &mut B, owner: usize, values: &[i128]) -> Result<Shared<B::Share>> {
    let mut lengths = [0; PARTIES];
    lengths[owner] = values.len();
    let mine = if b.me() == owner { elements(values) } else { Vec::new() };
    Ok(b.inputs(&mine, &lengths).await?.swap_remove(owner))
}

/// Waits until everybody is here: over a ring a party first hears from one other, and then what that one has heard.
async fn meet<B: Arithmetic>(b: &mut B) -> Result<()> {
    for _ in 0..2 {
        let one = b.random(1).await?;
        b.open(&one).await?;
    }
    Ok(())
}

async fn everyone<B: Arithmetic>(b: &mut B, x: &Shared<B::Share>) -> Result<Vec<i128>> {
    let values = b.reveal(x, &[0, 1, 2]).await?.expect("everybody is told");
    Ok(values.iter().map(|value| value.to_i128_vartime().expect("small")).collect())
}

/// Products of values that are shared already, and their verification.
async fn products<B: Arithmetic>(
    mut b: B,
    inner: bool,
    len: usize,
    repeats: usize,
    clock: Clock,
) -> Result<()> {
    let (x, y) = (numbers(len, 1, 1 << 20), numbers(len, 2, 1 << 20));
    let mut expected: Vec<i128> = x.iter().zip(&y).map(|(x, y)| x * y).collect();
    let (x, y) = (shared(&mut b, 0, &x).await?, shared(&mut b, 1, &y).await?);
    let (x, y) = match inner {
        true => (x.reshaped(1, len), y.reshaped(1, len)),
        false => (x, y),
    };
    if inner {
        expected = vec![expected.iter().sum()];
    }
    for _ in 0..repeats {
        meet(&mut b).await?;
        clock.begin();
        let product = if inner { b.dot(&x, &y).await? } else { b.mul(&x, &y).await? };
        b.check().await?;
        clock.end();
        assert_eq!(everyone(&mut b, &product).await?, expected);
    }
    Ok(())
}

/// Comparisons of values of so many bits, and their verification.
async fn comparisons<B: Comparison>(
    mut b: B,
    bits: u32,
    len: usize,
    repeats: usize,
    clock: Clock,
) -> Result<()> {
    // Half of them are below zero.
    let values: Vec<i128> = numbers(len, 3, u64::MAX).iter().map(|value| (value << 31) - (1 << 62)).collect();
    let expected: Vec<i128> = values.iter().map(|value| i128::from(*value < 0)).collect();
    let x = shared(&mut b, 0, &values).await?;
    b.check().await?;
    for repeat in 0..repeats {
        meet(&mut b).await?;
        clock.begin();
        let negative = b.is_negative(&x, bits).await?;
        b.check().await?;
        clock.end();
        // Once, so that messages are those of comparisons.
        if repeat == 0 {
            assert_eq!(everyone(&mut b, &negative).await?, expected);
        }
    }
    Ok(())
}

/// Every party's vector put in, added up, and told to everybody.
async fn sum<B: Arithmetic>(mut b: B, len: usize, repeats: usize, clock: Clock) -> Result<()> {
    let all: Vec<Vec<i128>> = (0..3).map(|party| numbers(len, party, 1 << 30)).collect();
    let expected: Vec<i128> = (0..len).map(|at| all.iter().map(|values| values[at]).sum()).collect();
    let mine = elements(&all[b.me()]);
    for _ in 0..repeats {
        meet(&mut b).await?;
        clock.begin();
        let columns = b.inputs(&mine, &[len; PARTIES]).await?;
        let sum = &(&columns[0] + &columns[1]) + &columns[2];
        let found = b.reveal(&sum, &[0, 1, 2]).await?.expect("everybody is told");
        clock.end();
        assert_eq!(found, elements(&expected));
    }
    Ok(())
}

/// Every party's values put in; their mean and variance told to everybody.
async fn moments<B: Arithmetic>(mut b: B, len: usize, repeats: usize, clock: Clock) -> Result<()> {
    let values = numbers(len, 4, 1 << 16);
    let lengths = [0, 1, 2].map(|party| len * (party + 1) / PARTIES - len * party / PARTIES);
    let start: usize = lengths[..b.me()].iter().sum();
    let mine = &values[start..start + lengths[b.me()]];
    let n = len as f64;
    let of = |sum: i128, squares: i128| {
        let mean = sum as f64 / n;
        (mean, (squares as f64 - n * mean * mean) / (n - 1.0))
    };
    let mean = values.iter().sum::<i128>() as f64 / n;
    let variance = values.iter().map(|value| (*value as f64 - mean).powi(2)).sum::<f64>() / (n - 1.0);
    for _ in 0..repeats {
        meet(&mut b).await?;
        clock.begin();
        let columns = b.inputs(&elements(mine), &lengths).await?;
        let row = Shared::stacked(&columns.iter().collect::<Vec<_>>()).reshaped(1, len);
        let squares = b.dot(&row, &row).await?;
        let figures = everyone(&mut b, &Shared::stacked(&[&row.sum(), &squares])).await?;
        let found = of(figures[0], figures[1]);
        clock.end();
        assert!((found.0 - mean).abs() < 1e-9 && (found.1 / variance - 1.0).abs() < 1e-9);
    }
    Ok(())
}

/// Rows of the regression: features between -2 and 2 in units of 2^-16, and outcomes.
fn rows(count: usize, columns: usize) -> (Vec<i128>, Vec<i128>) {
    let features: Vec<i128> =
        numbers(count * columns, 5, 1 << 18).iter().map(|value| value - (1 << 17)).collect();
    let noise = numbers(count, 6, 1 << 18);
    let outcome = |(row, noise): (&[i128], &i128)| {
        let signal: i128 = row.iter().zip(0..).map(|(x, at)| if at % 2 == 0 { *x } else { -x }).sum();
        i128::from(signal + noise - (1 << 17) > 0)
    };
    let outcomes = features.chunks(columns).zip(&noise).map(outcome).collect();
    (features, outcomes)
}

/// Gradient descent with exact sigmoids.
fn descended(features: &[i128], outcomes: &[i128], columns: usize, descent: Descent) -> Vec<f64> {
    let mut coefficients = vec![0.0; columns + 1];
    for _ in 0..descent.steps {
        let mut next = coefficients.clone();
        for (row, outcome) in features.chunks(columns).zip(outcomes) {
            let row: Vec<f64> = [1.0].into_iter().chain(row.iter().map(|x| *x as f64 / 65536.0)).collect();
            let logit: f64 = row.iter().zip(&coefficients).map(|(x, w)| x * w).sum();
            let error = 1.0 / (1.0 + (-logit).exp()) - *outcome as f64;
            next.iter_mut()
                .zip(row)
                .for_each(|(w, x)| *w -= descent.rate / outcomes.len() as f64 * error * x);
        }
        coefficients = next;
    }
    coefficients
}

/// Everybody's rows put in, the model trained on shares, its coefficients told to everybody.
async fn regression<B: Comparison>(mut b: B, count: usize, repeats: usize, clock: Clock) -> Result<()> {
    const COLUMNS: usize = 10;
    let descent = Descent { steps: 5, rate: 1.0, fraction_bits: 16 };
    let (features, outcomes) = rows(count, COLUMNS);
    let expected = descended(&features, &outcomes, COLUMNS, descent);
    let counts = [0, 1, 2].map(|party| count * (party + 1) / PARTIES - count * party / PARTIES);
    let start: usize = counts[..b.me()].iter().sum();
    let own = start..start + counts[b.me()];
    let mine = [&features[own.start * COLUMNS..own.end * COLUMNS], &outcomes[own]].concat();
    for _ in 0..repeats {
        meet(&mut b).await?;
        clock.begin();
        let all = b.inputs(&elements(&mine), &counts.map(|count| count * (COLUMNS + 1))).await?;
        let (mut x, mut y) = (Vec::new(), Vec::new());
        for (column, count) in all.iter().zip(counts) {
            x.push(column.rows_of(0..count * COLUMNS).reshaped(count, COLUMNS));
            y.push(column.rows_of(count * COLUMNS..column.len()));
        }
        let x = Shared::stacked(&x.iter().collect::<Vec<_>>());
        let x = Fixed::<B>::new(x, 16, Magnitude::pow2(17)?)?;
        let y = Shared::stacked(&y.iter().collect::<Vec<_>>());
        let model = descend_logistic(&mut b, &x, &y, descent).await?;
        let found = model.reveal(&mut b, &[0, 1, 2]).await?.expect("everybody is told");
        clock.end();
        for (found, expected) in found.iter().zip(&expected) {
            assert!((found - expected).abs() < 0.02, "{found} {expected}");
        }
    }
    Ok(())
}

/// Three hospitals, 10^5 rows together, against cheaters: from tables to reports.
fn hospitals(repeats: usize) {
    const ROWS: usize = 100_000;
    let mut rng = ChaCha20Rng::from_seed([3; 32]);
    let keys: Vec<_> = (0..PARTIES).map(|_| IdentityKey::generate(&mut rng)).collect();
    let party = |number| PartyId::new(number).expect("not zero");
    let everybody: Vec<_> = (1..=3).map(party).collect();
    let kind = ColumnKind::Numeric { low: 0.0, high: 200.0, resolution: 0.1 };
    let column = 0;
    let edges: Vec<f64> = (0..=20).map(|edge| f64::from(edge) * 10.0).collect();
    let plan = Plan::new(PlanSpec {
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
        max_rows: 100_000,
    })
    .expect("a plan");
    let values: Vec<f64> = numbers(ROWS, 8, 2001).iter().map(|value| *value as f64 / 10.0).collect();
    let clock = Clock::default();
    for _ in 0..repeats {
        let seeds: Vec<_> = (0..PARTIES).map(|_| Seed::generate(&mut rng)).collect();
        clock.begin();
        let third = ROWS.div_ceil(PARTIES);
        let tables = values.chunks(third).map(|own| Table::new(&plan, &[own]).expect("in range")).collect();
        let sides = study::simulate(&plan, &keys, &seeds, tables).expect("all are honest");
        clock.end();
        sides.iter().for_each(|side| is_right(&values, &side.report.results));
    }
    print("veilkit (Shamir, malicious)", STUDY, "us", clock.median_us());
}

fn is_right(values: &[f64], results: &[Outcome]) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0);
    for (result, expected) in results.iter().zip([mean, variance]) {
        let Value::Figure(found) = &result.value else { panic!("a figure") };
        assert!((found.value / expected - 1.0).abs() < 1e-9);
    }
    let Value::Histogram(found) = &results[2].value else { panic!("a histogram") };
    for (bin, found) in found.counts.iter().enumerate() {
        let (low, high) = (bin as f64 * 10.0, (bin + 1) as f64 * 10.0);
        let inside = |value: &&f64| **value >= low && (**value < high || bin == 19 && **value == high);
        assert_eq!(*found, Some(values.iter().filter(inside).count() as u64));
    }
    let Value::Quantiles(found) = &results[3].value else { panic!("quantiles") };
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    assert!((found[0] - (sorted[values.len() / 2 - 1] + sorted[values.len() / 2]) / 2.0).abs() < 1e-6);
}

const DOT: &str = "mpc/dot product of 10^5";
const MUL: &str = "mpc/10^5 multiplications";
const LESS: &str = "mpc/10^4 comparisons of 64 bits";
const SUM: &str = "mpc/sum of 3 vectors of 30,000";
const MOMENTS: &str = "mpc/mean and variance of 10^4";
const REGRESSION: &str = "mpc/logistic regression 1000x10, 5 steps";
const STUDY: &str = "mpc/study of 10^5 rows";

/// Measures a program over a box: `task!(op, peer, repeats, box, program(b, repeats, clock))`.
macro_rules! task {
    ($op:expr, $peer:expr, $repeats:expr, |$channel:ident| $make:expr, |$b:ident, $r:ident, $c:ident| $program:expr) => {
        Task { op: $op, peer: $peer, repeats: $repeats }.measure(|$channel, $r, $c| async move {
            let $b = $make;
            $program.await
        })
    };
}

/// Prints the bytes that each party sent for one comparison.
fn print_bytes(peer: &str, count: usize, bytes: u64) {
    let each = bytes as f64 / (PARTIES * count) as f64;
    print(peer, "mpc/comparison: bytes of each party", "bytes", each);
}

/// All rows of the table, or those whose name contains `only`.
pub fn run(only: &str) {
    macro_rules! rows {
        ($peer:expr, |$channel:ident| $make:expr, $wide:expr, $slow:expr) => {
            let is_wanted = |op: &str| op.contains(only);
            if is_wanted(DOT) {
                task!(DOT, $peer, 30, |$channel| $make, |b, r, c| products(b, true, 100_000, r, c));
            }
            if is_wanted(MUL) {
                task!(MUL, $peer, 15, |$channel| $make, |b, r, c| products(b, false, 100_000, r, c));
            }
            if is_wanted(SUM) {
                task!(SUM, $peer, 30, |$channel| $make, |b, r, c| sum(b, 30_000, r, c));
            }
            if is_wanted(MOMENTS) {
                task!(MOMENTS, $peer, 30, |$channel| $make, |b, r, c| moments(b, 10_000, r, c));
            }
            if is_wanted(LESS) {
                let bytes =
                    task!(LESS, $peer, $slow, |$channel| $wide, |b, r, c| comparisons(b, 64, 10_000, r, c));
                print_bytes($peer, 10_000, bytes);
            }
            if is_wanted(REGRESSION) {
                task!(REGRESSION, $peer, $slow, |$channel| $wide, |b, r, c| regression(b, 1000, r, c));
            }
        };
    }
    use replicated::{Malicious as RingMalicious, SemiHonest as Ring};
    use shamir_box::{Malicious, SemiHonest};
    rows!("veilkit (ring)", |channel| Ring::new(channel)?, Ring::new(channel)?, 9);
    rows!(
        "veilkit (ring, malicious)",
        |channel| RingMalicious::new(channel)?,
        RingMalicious::new(channel)?,
        9
    );
    rows!(
        "veilkit (Shamir)",
        |channel| SemiHonest::<Fp61>::new(channel).await?,
        SemiHonest::<Fp192>::new(channel).await?,
        1
    );
    rows!(
        "veilkit (Shamir, malicious)",
        |channel| Malicious::<Fp61>::new(channel).await?,
        Malicious::<Fp192>::new(channel).await?,
        1
    );
    if STUDY.contains(only) {
        hospitals(7);
    }
}
