//! The functions over the boxes of real protocols, all parties of a session in one process.
use crate::{
    error::Result,
    field::Fp192,
    magnitude::Magnitude,
    mpc::{
        arithmetic::{Comparison, Element, Shared},
        functions::{
            Definite, Divisor, Fixed, argmax, choose, divide, exponential, inverse_square_root, less,
            logarithm, shuffle, sigmoid, solve_definite, sort, square_root,
        },
        replicated,
        session::Channel,
        shamir_box,
        testing::parties,
    },
};

/// The first party's numbers, as integers that count units of `2^-bits`.
async fn shared<B: Comparison>(b: &mut B, values: &[i128], bits: u32, limit: u32) -> Result<Fixed<B>> {
    let mine: Vec<B::Element> = values.iter().map(|value| B::Element::from_i128(*value)).collect();
    let mut lengths = vec![0; b.parties()];
    lengths[0] = values.len();
    let mine = if b.me() == 0 { &mine[..] } else { &[] };
    let column = b.inputs(mine, &lengths).await?.remove(0);
    Fixed::new(column, bits, Magnitude::pow2(limit)?)
}

/// Every function once, on numbers of 16 bits behind the point: what they give, one after the other.
async fn every_function<B: Comparison>(mut b: B) -> Result<Vec<f64>> {
    let b = &mut b;
    let all: Vec<usize> = (0..b.parties()).collect();
    let unit = 1_i128 << 16;
    let x = shared(b, &[3 * unit, -5 * unit / 2, 7, -unit], 16, 19).await?;
    let y = shared(b, &[2 * unit, unit, 3 * unit, 5 * unit / 2], 16, 19).await?;
    let least = Divisor { log2_least: 0, signed: false };
    let quotients = divide(b, &x, &y, least, 16).await?;
    let roots = square_root(b, &y, least, 16).await?;
    let inverse_roots = inverse_square_root(b, &y, least, 16).await?;
    let exponentials = exponential(b, &x, 12).await?;
    let logarithms = logarithm(b, &y, least, 16).await?;
    let sigmoids = sigmoid(b, &x, 16).await?;
    let products = x.mul(b, &y, 16).await?;
    let (sorted, _) = sort(b, &x, y.shares()).await?;
    let which = less(b, &x, &y).await?;
    let chosen = choose(b, &which, &x, &y).await?;
    let place = argmax(b, &x).await?;
    let shuffled = shuffle(b, &Shared::stacked(&[y.shares(), y.shares()])).await?;
    let shuffled = Fixed::new(shuffled, 16, y.limit())?.sum()?;
    let matrix = y.placed(|y| Shared::new([0, 1, 1, 3].map(|at| y.shares()[at]).to_vec(), 2, 2));
    let definite = Definite { log2_least_diagonal: 0, log2_condition: 4 };
    let right = y.placed(|y| y.rows_of(0..2));
    let solution = solve_definite(b, &matrix, &right, definite, 16).await?;
    let mut found = Vec::new();
    for results in [
        quotients,
        roots,
        inverse_roots,
        exponentials,
        logarithms,
        sigmoids,
        products,
        sorted,
        chosen,
        place,
        shuffled,
        solution,
    ] {
        found.extend(results.reveal(b, &all).await?.expect("all are told"));
    }
    b.check().await?;
    Ok(found)
}

fn in_the_clear() -> Vec<f64> {
    let small = 7.0 / 65536.0;
    let (x, y) = ([3.0, -2.5, small, -1.0], [2.0, 1.0, 3.0, 2.5_f64]);
    let mut expected: Vec<f64> = x.iter().zip(y).map(|(x, y)| x / y).collect();
    expected.extend(y.iter().map(|y| y.sqrt()));
    expected.extend(y.iter().map(|y| 1.0 / y.sqrt()));
    expected.extend(x.iter().map(|x| x.exp()));
    expected.extend(y.iter().map(|y| y.ln()));
    expected.extend(x.iter().map(|x| 1.0 / (1.0 + (-x).exp())));
    expected.extend(x.iter().zip(y).map(|(x, y)| x * y));
    expected.extend([-2.5, -1.0, small, 3.0]);
    expected.extend(x.iter().zip(y).map(|(x, y)| x.min(y)));
    expected.extend([0.0, 17.0]);
    // [2, 1; 1, 2.5] z = [2; 1].
    expected.extend([1.0, 0.0]);
    expected
}

fn check(all: Vec<Vec<f64>>) {
    let expected = in_the_clear();
    for found in all {
        assert_eq!(found.len(), expected.len());
        for (at, (found, expected)) in found.iter().zip(&expected).enumerate() {
            // Twelve or more bits behind the point, and 20 bits of the number.
            let allowed = 0.8 * 0.5_f64.powi(12) + expected.abs() * 0.5_f64.powi(20);
            assert!((found - expected).abs() <= allowed, "{at}: {found} {expected}");
        }
    }
}

#[test]
fn three_parties_over_words() {
    let program =
        |channel: Channel| async move { every_function(replicated::SemiHonest::new(channel)?).await };
    check(parties::run(3, b"functions", program));
}

#[test]
fn three_parties_over_words_against_cheaters() {
    let program =
        |channel: Channel| async move { every_function(replicated::Malicious::new(channel)?).await };
    check(parties::run(3, b"functions", program));
}

#[test]
fn three_parties_over_a_field() {
    let program = |channel: Channel| async move {
        every_function(shamir_box::SemiHonest::<Fp192>::new(channel).await?).await
    };
    check(parties::run(3, b"functions", program));
}

#[test]
fn three_parties_over_a_field_against_cheaters() {
    let program = |channel: Channel| async move {
        every_function(shamir_box::Malicious::<Fp192>::new(channel).await?).await
    };
    check(parties::run(3, b"functions", program));
}
