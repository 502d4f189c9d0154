use super::*;
use crate::{
    field::Fp192,
    mpc::{
        replicated::{self, Z64},
        session::Channel,
        shamir_box,
        testing::{Clear, now, parties},
    },
};

const ROWS: usize = 60;
const COLUMNS: usize = 3;
const BITS: u32 = 16;

fn integer(value: f64) -> i128 {
    #[allow(clippy::cast_possible_truncation)] // small numbers
    let integer = (value * 65536.0).round() as i128;
    integer
}

/// Features between -2 and 2 and outcomes that depend on them.
fn table() -> (Vec<f64>, Vec<f64>) {
    let feature = |at: usize| f64::from(u32::try_from(at * 7919 % 1024).unwrap()) / 256.0 - 2.0;
    let features: Vec<f64> = (0..ROWS * COLUMNS).map(feature).collect();
    let outcome = |row: &[f64]| f64::from(u8::from(0.3 + row[0] - 2.0 * row[1] + 0.2 * row[2] > 0.0));
    let outcomes = features.chunks(COLUMNS).map(outcome).collect();
    (features, outcomes)
}

/// One step with exact sigmoids.
fn step(coefficients: &[f64], rate: f64) -> Vec<f64> {
    let (features, outcomes) = table();
    let mut next = coefficients.to_vec();
    for (row, outcome) in features.chunks(COLUMNS).zip(&outcomes) {
        let row: Vec<f64> = [1.0].into_iter().chain(row.iter().copied()).collect();
        let logit: f64 = row.iter().zip(coefficients).map(|(x, w)| x * w).sum();
        let error = 1.0 / (1.0 + (-logit).exp()) - outcome;
        next.iter_mut().zip(row).for_each(|(w, x)| *w -= rate / ROWS as f64 * error * x);
    }
    next
}

/// The coefficients after so many steps, on rows of all three parties.
async fn trained<B: Comparison>(mut b: B, rate: f64, steps: u32) -> Result<Vec<f64>> {
    let (features, outcomes) = table();
    let parties = b.parties();
    let slice = |all: &[f64], columns: usize, party: usize| {
        let part = ROWS / parties * columns;
        all[party * part..(party + 1) * part].to_vec()
    };
    let me = b.me();
    let mine: Vec<_> = slice(&features, COLUMNS, me)
        .into_iter()
        .map(integer)
        .chain(slice(&outcomes, 1, me).into_iter().map(|outcome| i128::from(outcome > 0.5)))
        .map(B::Element::from_i128)
        .collect();
    let all = b.inputs(&mine, &vec![mine.len(); parties]).await?;
    let own = ROWS / parties;
    let x: Vec<_> = all.iter().map(|all| all.rows_of(0..own * COLUMNS).reshaped(own, COLUMNS)).collect();
    let y: Vec<_> = all.iter().map(|all| all.rows_of(own * COLUMNS..all.len())).collect();
    let x =
        Fixed::<B>::new(Shared::stacked(&x.iter().collect::<Vec<_>>()), BITS, Magnitude::pow2(BITS + 1)?)?;
    let y = Shared::stacked(&y.iter().collect::<Vec<_>>());
    let found = descend_logistic(&mut b, &x, &y, Descent { steps, rate, fraction_bits: BITS }).await?;
    let everybody: Vec<usize> = (0..parties).collect();
    Ok(found.reveal(&mut b, &everybody).await?.expect("all are told"))
}

/// Each step from what the last one gave, so that errors do not add up.
fn holds_its_error(run: impl Fn(u32) -> Vec<Vec<f64>>, rate: f64) {
    let mut before = vec![0.0; COLUMNS + 1];
    for steps in 1..=4 {
        let expected = step(&before, rate);
        let found = run(steps);
        for found in &found {
            for (found, expected) in found.iter().zip(&expected) {
                let allowed = 0.0054 * rate * 2.0 + 0.5_f64.powi(16);
                assert!((found - expected).abs() <= allowed, "{steps}: {found} {expected}");
            }
        }
        before = found[0].clone();
    }
    assert!(before[1] > 0.1 && before[2] < -0.1, "it has learned something: {before:?}");
}

#[test]
fn the_sigmoid_is_close_everywhere() {
    let x: Vec<i128> = (-90_000..=90_000).map(|x| x * 3).collect();
    let mut b = Clear::<Z64>::new(3);
    let shared = Fixed::<Clear<Z64>>::new(Clear::values(&x), 15, Magnitude::pow2(20).unwrap()).unwrap();
    let found = now(approximate_sigmoid(&mut b, &shared)).unwrap();
    assert_eq!((found.fraction_bits(), b.rounds()), (25, 2));
    let found = Fixed::<Clear<Z64>>::decode_vartime(found.shares().shares(), 25).unwrap();
    let mut largest = 0.0_f64;
    for (x, found) in x.iter().zip(&found) {
        let x = *x as f64 / 32768.0;
        largest = largest.max((found - 1.0 / (1.0 + (-x).exp())).abs());
    }
    assert!(largest <= 0.0053, "{largest}");
    assert!(found.is_sorted(), "it never falls");
    assert_eq!((found[0], found[found.len() / 2], found[found.len() - 1]), (0.0, 0.5, 1.0));
}

#[test]
fn a_step_is_that_of_exact_sigmoids_within_its_error() {
    for rate in [0.25, 1.0, 4.0] {
        holds_its_error(|steps| vec![now(trained(Clear::<Fp192>::new(1), rate, steps)).unwrap()], rate);
        holds_its_error(|steps| vec![now(trained(Clear::<Z64>::new(1), rate, steps)).unwrap()], rate);
    }
}

#[test]
fn the_boxes_train_as_the_clear_does() {
    let clear = now(trained(Clear::<Z64>::new(1), 1.0, 3)).unwrap();
    let over = |found: Vec<Vec<f64>>| found.iter().for_each(|found| assert_eq!(*found, clear));
    let words = |channel: Channel| async { trained(replicated::SemiHonest::new(channel)?, 1.0, 3).await };
    over(parties::run(3, b"descent", words));
    let words = |channel: Channel| async { trained(replicated::Malicious::new(channel)?, 1.0, 3).await };
    over(parties::run(3, b"descent", words));
    let field = |channel: Channel| async {
        trained(shamir_box::SemiHonest::<Fp192>::new(channel).await?, 1.0, 3).await
    };
    over(parties::run(3, b"descent", field));
}

#[test]
fn what_cannot_be_trained_is_refused() {
    let x = |rows: usize, limit: u32| {
        Fixed::<Clear<Z64>>::new(Shared::zeros(rows, 2), 4, Magnitude::pow2(limit).unwrap()).unwrap()
    };
    let refused_within = |limit: u32, rows: usize, outcomes: usize, descent: Descent| {
        let y = Shared::zeros(outcomes, 1);
        now(descend_logistic(&mut Clear::<Z64>::new(3), &x(rows, limit), &y, descent)).unwrap_err().kind()
    };
    let refused = |rows, outcomes, descent| refused_within(4, rows, outcomes, descent);
    let good = Descent { steps: 2, rate: 1.0, fraction_bits: 16 };
    assert_eq!(refused(3, 2, good), ErrorKind::ShapeMismatch);
    assert_eq!(refused(0, 0, good), ErrorKind::ShapeMismatch);
    for bad in [
        Descent { steps: 0, ..good },
        Descent { rate: 0.0, ..good },
        Descent { rate: f64::NAN, ..good },
        Descent { rate: 4.5, ..good },
        Descent { fraction_bits: 9, ..good },
        Descent { fraction_bits: 41, ..good },
    ] {
        assert_eq!(refused(3, 3, bad), ErrorKind::OutOfRange);
    }
    // Three errors of 26 bits times 40 bits.
    assert_eq!(refused_within(40, 3, 3, good), ErrorKind::HeadroomExhausted);
    let coarse = now(approximate_sigmoid(&mut Clear::<Z64>::new(3), &x(1, 4)));
    assert_eq!(coarse.unwrap_err().kind(), ErrorKind::OutOfRange);
}
