//! The boxes under faults of the transport, under cheats, and killed at every step.
use super::{
    faults::{self, Sample},
    parties, restarts,
};
use crate::{
    error::Result,
    field::Fp61,
    mpc::{
        arithmetic::{Arithmetic, Comparison, Element, NetworkProfile, Shared},
        replicated,
        session::Channel,
        shamir_box,
        study::Networked,
    },
};

/// The width of what is compared: far apart, passive parties compare so many bits in constant rounds.
const BITS: u32 = 18;

/// What party `me` gives.
fn given(me: usize) -> i128 {
    [5, -3, 0, -40_000, 77][me]
}

/// Every operation of a box, on everybody's number: that number, whether it is negative, whether it is zero, an eighth of it rounded
/// down, the first number times it; and at the end three zeros, of bits, of their squares and of an opened random number.
async fn program<B: Comparison>(mut b: B) -> Result<Vec<B::Element>> {
    let (n, me) = (b.parties(), b.me());
    let inputs = b.inputs(&[B::Element::from_i128(given(me))], &vec![1; n]).await?;
    let all = Shared::stacked(&inputs.iter().collect::<Vec<_>>());
    let negative = b.is_negative(&all, BITS).await?;
    let zero = b.is_zero(&all, BITS).await?;
    let eighth = b.truncate(&all, BITS, 3).await?;
    let products = b.matmul(&inputs[0], &all.transposed()).await?.reshaped(n, 1);
    let bits = b.random_bits(2).await?;
    let squares = b.mul(&bits, &bits).await?;
    let random = b.random(1).await?;
    let opened = b.open(&random).await?;
    b.check().await?;
    let none = &random - &b.constant(&opened);
    let results = [&all, &negative, &zero, &eighth, &products, &(&bits - &squares), &none];
    Ok(b.reveal(&Shared::stacked(&results), &(0..n).collect::<Vec<_>>()).await?.expect("everybody receives"))
}

/// The results are those of the revealed inputs, and all inputs but one at most are as they were given: a cheating party may give
/// whatever it likes. What it gives beyond the width has no right result.
fn is_right<E: Element>(output: &[E]) -> bool {
    let n = (output.len() - 3) / 5;
    let columns: Vec<&[E]> = output.chunks(n).collect();
    let honest = (0..n).filter(|party| columns[0][*party] == E::from_i128(given(*party))).count();
    let right = |party: usize| {
        let [x, negative, zero, eighth, product] = [0, 1, 2, 3, 4].map(|column| columns[column][party]);
        let value = x.to_i128_vartime().filter(|value| value.unsigned_abs() < 1 << (BITS - 1));
        let compared = value.is_none_or(|value| {
            [negative, zero, eighth]
                == [i128::from(value < 0), i128::from(value == 0), value >> 3].map(E::from_i128)
        });
        compared && product == columns[0][0] * x
    };
    honest + 1 >= n && (0..n).all(right) && output[5 * n..].iter().all(|zero| *zero == E::zero())
}

fn is_exact<E: Element>(output: &[E]) -> bool {
    let n = (output.len() - 3) / 5;
    is_right(output) && (0..n).all(|party| output[party] == E::from_i128(given(party)))
}

/// Comparisons take as few bytes as they can.
const NEAR: NetworkProfile = NetworkProfile { round_trip: 0.0, bandwidth: 125e6 };
/// Comparisons take as few rounds as they can.
const FAR: NetworkProfile = NetworkProfile { round_trip: 1.0, bandwidth: 125e6 };

async fn passive(
    channel: Channel,
    network: NetworkProfile,
) -> Result<Networked<shamir_box::SemiHonest<Fp61>>> {
    Ok(Networked { inner: shamir_box::SemiHonest::new(channel).await?, network })
}

async fn shamir_near(channel: Channel) -> Result<Vec<Fp61>> {
    program(passive(channel, NEAR).await?).await
}

async fn shamir_far(channel: Channel) -> Result<Vec<Fp61>> {
    program(passive(channel, FAR).await?).await
}

async fn shamir_malicious(channel: Channel) -> Result<Vec<Fp61>> {
    program(shamir_box::Malicious::<Fp61>::new(channel).await?).await
}

async fn replicated_semi_honest(channel: Channel) -> Result<Vec<replicated::Z64>> {
    program(replicated::SemiHonest::new(channel)?).await
}

async fn replicated_malicious(channel: Channel) -> Result<Vec<replicated::Z64>> {
    program(replicated::Malicious::new(channel)?).await
}

/// The kinds of messages of the Shamir boxes.
fn shamir_kinds(n: usize, malicious: bool, faults: bool) -> Vec<&'static str> {
    let mut kinds = vec!["inputs", "multiply", "open", "reveal"];
    if n > 4 {
        kinds.extend(["keys", "keys: comparison", "multiply: opened"]);
    }
    if malicious {
        kinds.extend(["check: coins", "check: masked sum", "check: zero"]);
    }
    if faults {
        kinds.extend(["hello", "echo"]);
    }
    kinds.sort_unstable();
    kinds
}

fn kinds(tally: &faults::Tally) -> Vec<&'static str> {
    tally.kinds.iter().copied().collect()
}

#[test]
fn faults_of_the_transport_harm_no_output_of_the_shamir_boxes() {
    for n in [3, 5] {
        let near = faults::matrix(Sample::EachKind, n, b"near", shamir_near, |_, out| is_exact(out));
        assert_eq!(kinds(&near), shamir_kinds(n, false, true));
        let far = faults::matrix(Sample::EachKind, n, b"far", shamir_far, |_, out| is_exact(out));
        assert_eq!(kinds(&far), shamir_kinds(n, false, true));
        let malicious = faults::matrix(Sample::EachKind, n, b"box", shamir_malicious, |_, out| is_exact(out));
        assert_eq!(kinds(&malicious), shamir_kinds(n, true, true));
        for tally in [near, far, malicious] {
            assert!(tally.stopped > 50 && tally.right >= 3 * tally.kinds.len(), "{tally:?}");
        }
    }
}

#[test]
fn faults_of_the_transport_harm_no_output_of_the_replicated_boxes() {
    let semi_honest =
        faults::matrix(Sample::EachKind, 3, b"box", replicated_semi_honest, |_, out| is_exact(out));
    let malicious = faults::matrix(Sample::EachKind, 3, b"box", replicated_malicious, |_, out| is_exact(out));
    assert_eq!(kinds(&semi_honest), ["and", "bits", "convert", "echo", "hello", "input", "multiply", "open"]);
    assert_eq!(
        kinds(&malicious),
        ["and", "check", "coin", "compare", "echo", "hello", "input", "multiply", "open", "prove", "tag"]
    );
    for tally in [semi_honest, malicious] {
        assert!(tally.stopped > 50 && tally.right >= 3 * tally.kinds.len(), "{tally:?}");
    }
}

#[test]
fn comparisons_far_apart_take_fewer_rounds() {
    for n in [3, 5] {
        let rounds = |network: NetworkProfile| {
            let mut last = 0;
            let program = move |channel: Channel| async move {
                let mut b = passive(channel, network).await?;
                let x = b.random_bits(1).await?;
                b.is_negative(&x, BITS).await.map(drop)
            };
            let outcomes = parties::run_with(n, b"rounds", program, |on_the_way| {
                let rounds = on_the_way.iter().map(|message| message.frame().unwrap().address.round);
                last = last.max(rounds.max().unwrap_or(0));
            });
            assert!(outcomes.iter().all(Result::is_ok));
            last
        };
        assert!(rounds(FAR) < rounds(NEAR), "{n}: {} {}", rounds(FAR), rounds(NEAR));
    }
}

#[test]
fn cheats_harm_no_output_of_the_malicious_boxes() {
    for n in [3, 5] {
        let tally =
            faults::cheats(Sample::EachKind, 8, n, b"cheat", shamir_malicious, |_, out| is_right(out));
        assert_eq!(kinds(&tally), shamir_kinds(n, true, false));
        assert!(tally.stopped > 12 * tally.kinds.len(), "{tally:?}");
    }
    let tally =
        faults::cheats(Sample::EachKind, 16, 3, b"cheat", replicated_malicious, |_, out| is_right(out));
    assert_eq!(
        kinds(&tally),
        ["and", "check", "coin", "compare", "input", "multiply", "open", "prove", "tag"]
    );
    assert!(tally.stopped > 12 * tally.kinds.len(), "{tally:?}");
}

/// One product and one comparison, so that everything can be killed everywhere.
async fn short<B: Comparison>(mut b: B) -> Result<Vec<B::Element>> {
    let (n, me) = (b.parties(), b.me());
    let inputs = b.inputs(&[B::Element::from_i128(given(me))], &vec![1; n]).await?;
    let product = b.mul(&inputs[0], &inputs[1]).await?;
    let negative = b.is_negative(&product, BITS).await?;
    Ok(b.reveal(&negative, &(0..n).collect::<Vec<_>>()).await?.expect("everybody receives"))
}

#[test]
fn boxes_killed_anywhere_say_the_same_again() {
    let shamir =
        |channel: Channel| async move { short(shamir_box::Malicious::<Fp61>::new(channel).await?).await };
    let replicated = |channel: Channel| async move { short(replicated::Malicious::new(channel)?).await };
    assert!(restarts::kill_everywhere(3, b"kill", shamir, |_, out| *out == [Fp61::one()]) > 50);
    assert!(restarts::kill_everywhere(3, b"kill", replicated, |_, out| *out == [Element::one()]) > 50);
}
