//! The boxes under faults of the transport, under cheats, and killed at every step.
use super::{faults, restarts};
use crate::{
    error::Result,
    field::Fp61,
    mpc::{
        arithmetic::{Arithmetic, Element, Shared},
        replicated,
        session::Channel,
        shamir_box,
    },
};

/// Everybody gives its position and 2; all of these are revealed, and behind them the first's times everybody's.
async fn program<B: Arithmetic>(mut b: B) -> Result<Vec<B::Element>> {
    let (n, me) = (b.parties(), b.me());
    let mine = B::Element::from_i128(i128::try_from(me).expect("few parties") + 2);
    let inputs = b.inputs(&[mine], &vec![1; n]).await?;
    let all = Shared::stacked(&inputs.iter().collect::<Vec<_>>());
    let first = Shared::stacked(&vec![&inputs[0]; n]);
    let products = b.mul(&first, &all).await?;
    let results = Shared::stacked(&[&all, &products]);
    Ok(b.reveal(&results, &(0..n).collect::<Vec<_>>()).await?.expect("everybody receives"))
}

/// Products are those of the revealed inputs, and all inputs but one at most are as they were given: a cheating party may give
/// whatever it likes.
fn is_right<E: Element>(output: &[E]) -> bool {
    let (inputs, products) = output.split_at(output.len() / 2);
    let honest = (2..).zip(inputs).filter(|(given, input)| **input == E::from_i128(*given)).count();
    honest + 1 >= inputs.len()
        && inputs.iter().zip(products).all(|(input, product)| inputs[0] * *input == *product)
}

fn is_exact<E: Element>(output: &[E]) -> bool {
    is_right(output)
        && (2..).zip(output).take(output.len() / 2).all(|(given, input)| *input == E::from_i128(given))
}

async fn shamir_semi_honest(channel: Channel) -> Result<Vec<Fp61>> {
    program(shamir_box::SemiHonest::<Fp61>::new(channel).await?).await
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

#[test]
fn faults_of_the_transport_harm_no_output() {
    for (n, stride) in [(3, 7), (5, 43)] {
        let semi_honest = faults::matrix_every(stride, n, b"box", shamir_semi_honest, |_, out| is_exact(out));
        let malicious = faults::matrix_every(stride, n, b"box", shamir_malicious, |_, out| is_exact(out));
        assert!(semi_honest.stopped > 50 && malicious.stopped > 50, "{semi_honest:?} {malicious:?}");
    }
    let semi_honest = faults::matrix_every(5, 3, b"box", replicated_semi_honest, |_, out| is_exact(out));
    let malicious = faults::matrix_every(7, 3, b"box", replicated_malicious, |_, out| is_exact(out));
    assert!(semi_honest.stopped > 50 && malicious.stopped > 50, "{semi_honest:?} {malicious:?}");
}

#[test]
fn cheats_harm_no_output_of_the_malicious_boxes() {
    for (n, stride) in [(3, 5), (5, 23)] {
        let tally = faults::cheats_every(stride, 8, n, b"cheat", shamir_malicious, |_, out| is_right(out));
        assert!(tally.stopped > 20, "{tally:?}");
    }
    let tally = faults::cheats_every(5, 16, 3, b"cheat", replicated_malicious, |_, out| is_right(out));
    assert!(tally.stopped > 20, "{tally:?}");
}

#[test]
fn boxes_killed_anywhere_say_the_same_again() {
    assert!(restarts::kill_everywhere(3, b"kill", shamir_malicious, |_, out| is_exact(out)) > 50);
    assert!(restarts::kill_everywhere(3, b"kill", replicated_malicious, |_, out| is_exact(out)) > 50);
}
