//! Right results: against the box in the clear, among 3 to 50 parties, over both fields.
use super::*;
use crate::{error::ErrorKind, field::Fp192};

/// Everything that a box does, on the values of all parties; what it reveals.
async fn program<B: Arithmetic>(b: &mut B, mine: &[B::Element], length: usize) -> Result<Vec<B::Element>> {
    let lengths = vec![length; b.parties()];
    let all = b.inputs(mine, &lengths).await?;
    let everybody: Vec<usize> = (0..b.parties()).collect();
    let (x, y) = (&all[0], &all[1]);
    let squares = b.mul(x, x).await?;
    let mixed = b.mul(&squares, &(x + y)).await?;
    let left = Shared::beside(&[x, &squares]);
    let right = Shared::beside(&[&mixed, x, y]).transposed().reshaped(length, 3);
    let product = b.matmul(&left.transposed(), &right).await?;
    let dots = b.dot(&left, &Shared::beside(&[&mixed, &squares])).await?;
    let third = B::Element::from_i128(3);
    let public = b.constant(&vec![third; length]);
    let with_public = b.add_public(&(&public - &squares.scaled(third)), x.map(|_| third).shares());
    let none = b.mul(&Shared::zeros(0, 1), &Shared::zeros(0, 1)).await?;
    let nothing = b.matmul(&Shared::zeros(2, 0), &Shared::zeros(0, 1)).await?;
    let results = [&mixed, &product.reshaped(6, 1), &dots, &with_public, &none, &nothing];
    let revealed = b.reveal(&Shared::stacked(&results), &everybody).await?;

    let bits = b.random_bits(20).await?;
    let opened = b.reveal(&bits, &everybody).await?.unwrap();
    assert!(opened.iter().all(|bit| *bit == B::Element::zero() || *bit == B::Element::one()));
    assert!(opened.contains(&B::Element::zero()) && opened.contains(&B::Element::one()));
    let random = b.random(3).await?;
    let same = random.clone();
    let zero = b.open(&(&random - &same)).await?;
    assert!(zero.iter().all(|value| *value == B::Element::zero()));
    b.check().await?;
    Ok(revealed.unwrap())
}

/// Only the first party has values that are not zero, as in the box in the clear.
fn first<F: Element>(me: usize) -> Vec<F> {
    match me {
        0 => given(5),
        _ => elements(&[0; 6]),
    }
}

fn in_the_clear<F: Element>() -> Vec<F> {
    now(program(&mut Clear::<F>::new(3), &first(0), 6)).unwrap()
}

fn semi_honest<F: BoxField>(n: usize) {
    let run = |channel: Channel| async move {
        let me = channel.me();
        program(&mut SemiHonest::<F>::new(channel).await?, &first(me), 6).await
    };
    parties::run(n, b"agreement", run)
        .iter()
        .for_each(|found| assert_eq!(*found, in_the_clear::<F>(), "{n}"));
}

fn malicious<F: BoxField>(n: usize) {
    let run = |channel: Channel| async move {
        let me = channel.me();
        program(&mut Malicious::<F>::new(channel).await?, &first(me), 6).await
    };
    parties::run(n, b"agreement", run)
        .iter()
        .for_each(|found| assert_eq!(*found, in_the_clear::<F>(), "{n}"));
}

#[test]
fn semi_honest_parties_compute_as_in_the_clear() {
    [3, 4, 5, 6, 7, 9, 10].into_iter().for_each(semi_honest::<Fp61>);
    [3, 4, 5, 9].into_iter().for_each(semi_honest::<Fp192>);
}

#[test]
fn parties_that_verify_compute_as_in_the_clear() {
    [3, 4, 5, 6, 7, 9, 10].into_iter().for_each(malicious::<Fp61>);
    [3, 4, 5, 9].into_iter().for_each(malicious::<Fp192>);
}

#[test]
fn fifty_parties_compute_as_in_the_clear() {
    semi_honest::<Fp61>(50);
    malicious::<Fp61>(50);
}

/// The sum of everybody's values, and of their products with the next party's.
async fn of_all<B: Arithmetic>(mut b: B) -> Result<Vec<i128>> {
    let n = b.parties();
    let all = b.inputs(&given(b.me()), &vec![6; n]).await?;
    let mut sum = all[0].clone();
    let mut products = b.mul(&all[n - 1], &all[0]).await?;
    for (x, y) in all.iter().zip(&all[1..]) {
        sum = &sum + y;
        products = &products + &b.mul(x, y).await?;
    }
    let everybody: Vec<usize> = (0..n).collect();
    let revealed = b.reveal(&Shared::stacked(&[&sum, &products]), &everybody).await?.unwrap();
    Ok(revealed.iter().map(|value| value.to_i128_vartime().unwrap()).collect())
}

fn of_all_expected(n: usize) -> Vec<i128> {
    let all: Vec<Vec<i128>> = (0..n)
        .map(|me| given::<Fp192>(me).iter().map(|value| value.to_i128_vartime().unwrap()).collect())
        .collect();
    let sum = (0..6).map(|k| all.iter().map(|row| row[k]).sum());
    let products = (0..6).map(|k| (0..n).map(|i| all[i][k] * all[(i + 1) % n][k]).sum());
    sum.chain(products).collect()
}

#[test]
fn every_party_gives_values_the_last_of_an_even_number_too() {
    for n in [3, 4, 5, 6, 9, 10] {
        let found = parties::run(n, b"all", |channel| async {
            of_all(SemiHonest::<Fp192>::new(channel).await?).await
        });
        found.iter().for_each(|found| assert_eq!(*found, of_all_expected(n), "{n}"));
        let found = parties::run(n, b"all", |channel| async {
            of_all(Malicious::<Fp192>::new(channel).await?).await
        });
        found.iter().for_each(|found| assert_eq!(*found, of_all_expected(n), "{n}"));
    }
}

#[test]
fn only_receivers_learn_a_result() {
    async fn to_two<B: Arithmetic>(mut b: B) -> Result<Option<Vec<B::Element>>> {
        let lengths: Vec<usize> = (0..b.parties()).map(|party| usize::from(party == 1)).collect();
        let mine = if b.me() == 1 { elements(&[77]) } else { Vec::new() };
        let all = b.inputs(&mine, &lengths).await?;
        b.reveal(&all[1], &[2, 3]).await
    }
    let expected = [None, None, Some(elements::<Fp61>(&[77])), Some(elements(&[77]))];
    let run =
        parties::run(4, b"two", |channel| async { to_two(SemiHonest::<Fp61>::new(channel).await?).await });
    assert_eq!(run, expected);
    let run =
        parties::run(4, b"two", |channel| async { to_two(Malicious::<Fp61>::new(channel).await?).await });
    assert_eq!(run, expected);
}

#[test]
fn wrong_arguments_are_refused_before_anything_is_sent() {
    async fn wrong<B: Arithmetic>(mut b: B) -> Result<Vec<ErrorKind>> {
        let (x, y) = (Shared::zeros(2, 3), Shared::zeros(3, 3));
        let kinds = [
            b.mul(&x, &y).await.err(),
            b.dot(&x, &y).await.err(),
            b.matmul(&y, &x).await.err(),
            b.inputs(&[], &[0, 0]).await.err(),
            b.inputs(&[], &[1, 1, 1]).await.err(),
            b.reveal(&x, &[3]).await.err(),
        ];
        Ok(kinds.into_iter().map(|error| error.unwrap().kind()).collect())
    }
    let mut expected = vec![ErrorKind::ShapeMismatch; 6];
    expected[5] = ErrorKind::UnknownParty;
    let run =
        parties::run(3, b"wrong", |channel| async { wrong(SemiHonest::<Fp61>::new(channel).await?).await });
    run.iter().for_each(|kinds| assert_eq!(*kinds, expected));
    let run =
        parties::run(3, b"wrong", |channel| async { wrong(Malicious::<Fp61>::new(channel).await?).await });
    run.iter().for_each(|kinds| assert_eq!(*kinds, expected));
}

#[test]
fn two_parties_are_no_majority() {
    for outcome in parties::run_with(
        2,
        b"two",
        |channel| async { SemiHonest::<Fp61>::new(channel).await.map(drop) },
        |_| (),
    ) {
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::InvalidParams);
    }
}
