//! Boxes for an honest majority: what each party does with its own values and shares. What is on the wire counts as public.
use core::hint::black_box;

use veilkit::{
    Result,
    field::{Fp61, Fp192},
    mpc::{
        arithmetic::{Arithmetic, Element},
        session::Channel,
        shamir_box::{BoxField, Malicious, SemiHonest},
        testing::parties,
    },
};

use super::{Row, planted, row};
use crate::memcheck::{opened, public, secret};

pub(super) const ROWS: &[Row] = &[
    row("mpc_box", "shamir_box::SemiHonest<Fp61>, 3 parties", "inputs", || semi_honest::<Fp61>(3)),
    row("mpc_box", "shamir_box::SemiHonest<Fp192>, 5 parties", "inputs", || semi_honest::<Fp192>(5)),
    row("mpc_box", "shamir_box::SemiHonest<Fp61>, 9 parties", "inputs", || semi_honest::<Fp61>(9)),
    row("mpc_box", "shamir_box::Malicious<Fp61>, 3 parties", "inputs", || malicious::<Fp61>(3)),
    row("mpc_box", "shamir_box::Malicious<Fp192>, 5 parties", "inputs", || malicious::<Fp192>(5)),
    planted("mpc_box", "planted: a product that skips zeros", "inputs", skipping),
];

fn value<E: Element>(value: i128) -> E {
    let mut element = E::from_i128(black_box(value));
    secret(&mut element);
    element
}

/// Everybody's secret times everybody's, random bits, a result for all: 120 n.
async fn program<B: Arithmetic>(mut b: B) -> Result<()> {
    let n = b.parties();
    let all = b.inputs(&[value(2), value(3), value(5), value(4)], &vec![4; n]).await?;
    let mut sum = all[0].clone();
    for x in &all[1..] {
        sum = &sum + x;
    }
    let square = all[0].clone().reshaped(2, 2);
    let product = b.matmul(&square, &sum.clone().reshaped(2, 2)).await?;
    let bits = b.random_bits(4).await?;
    let same = b.mul(&bits, &bits).await?;
    let dot = b.dot(&square, &product).await?;
    let result = &dot.sum() + &(&bits - &same).sum();
    let everybody: Vec<usize> = (0..n).collect();
    let revealed = b.reveal(&result, &everybody).await?;
    let found = opened(revealed.expect("for everybody")[0]);
    // ((2 3) (5 4)) squared is ((19 18) (30 31)); row by row with the matrix itself 92 and 274.
    assert!(found == B::Element::from_i128(366 * i128::try_from(n).expect("few")));
    Ok(())
}

fn run<Fut>(n: usize, side: impl Fn(Channel) -> Fut)
where
    Fut: Future<Output = Result<()>> + Send + 'static,
{
    let outcomes = parties::run_with(n, b"constant time", side, |on_the_way| {
        on_the_way.iter_mut().for_each(|delivery| public(delivery.bytes.as_mut_slice()));
    });
    outcomes.into_iter().for_each(|outcome| outcome.expect("nobody cheats"));
}

fn semi_honest<F: BoxField>(n: usize) {
    run(n, |channel| async { program(SemiHonest::<F>::new(channel).await?).await });
}

fn malicious<F: BoxField>(n: usize) {
    run(n, |channel| async { program(Malicious::<F>::new(channel).await?).await });
}

fn skipping() {
    let (a, b) = (value::<Fp61>(3), value::<Fp61>(4));
    let product = if a.to_u64() == 0 { a } else { a * b };
    assert_eq!(opened(product.to_u64()), 12);
}
