//! One party that says something else: in every round, to one receiver or to all, a wrong element, too few of them or none that
//! is an element. No honest party ever has a wrong result.
use super::*;
use crate::{
    error::{Error, ErrorKind},
    mpc::shamir_box::Authenticated,
};

/// Inputs, products, bits, a result.
async fn program(channel: Channel) -> Result<Vec<Fp61>> {
    let mut b = Malicious::<Fp61>::new(channel).await?;
    let n = b.parties();
    let all = b.inputs(&given(b.me()), &vec![6; n]).await?;
    let product = b.mul(&all[0], &all[1]).await?;
    let dot = b.dot(&product.clone().reshaped(2, 3), &all[2].clone().reshaped(2, 3)).await?;
    let square = b.matmul(&dot, &dot.transposed()).await?;
    let bits = b.random_bits(2).await?;
    let both = b.mul(&bits, &bits).await?;
    let results = Shared::stacked(&[&product, &square.reshaped(4, 1), &(&bits - &both)]);
    let everybody: Vec<usize> = (0..n).collect();
    Ok(b.reveal(&results, &everybody).await?.unwrap())
}

fn expected() -> Vec<Fp61> {
    let [x, y, z] = [0, 1, 2].map(given::<Fp61>);
    let product: Vec<Fp61> = x.iter().zip(&y).map(|(x, y)| *x * *y).collect();
    let dot = |half: core::ops::Range<usize>| half.fold(Fp61::zero(), |sum, k| sum + product[k] * z[k]);
    let (a, b) = (dot(0..3), dot(3..6));
    [&product[..], &[a * a, a * b, b * a, b * b, Fp61::zero(), Fp61::zero()]].concat()
}

/// A way to say something else.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Lie {
    Wrong,
    Short,
    NoElement,
}

impl Lie {
    fn tell(self, receiver: usize, bytes: &mut Vec<u8>) {
        match self {
            Self::Wrong => {
                // The last element: behind the digest in a round that has one. Never the same error twice, since two shares
                // that a dealer changes alike may be those of another input.
                let last = bytes.len() - 8;
                bytes[last] ^= 2 << (receiver % 6);
            }
            Self::Short => {
                bytes.pop();
            }
            Self::NoElement => {
                let last = bytes.len() - 8;
                bytes[last..].fill(0xff);
            }
        }
    }
}

/// Runs with a cheat that lies in one round to these receivers.
fn with_lie(n: usize, cheat: usize, at: u32, receivers: &[usize], lie: Lie) -> Vec<Result<Vec<Fp61>>> {
    let corrupt = |party: usize| -> Option<Corrupt> {
        let receivers = receivers.to_vec();
        (party == cheat).then(|| -> Corrupt {
            Box::new(move |_, round, outgoing| {
                for receiver in receivers.iter().filter(|_| round == at) {
                    outgoing[*receiver].iter_mut().for_each(|bytes| lie.tell(*receiver, bytes));
                }
            })
        })
    };
    parties::run_cheating(n, b"cheating", program, corrupt, |_| ())
}

/// Whoever verifies something says so; the others wait for it in vain.
fn errors(cheat: usize, outcomes: Vec<Result<Vec<Fp61>>>) -> Vec<Error> {
    let honest = outcomes.into_iter().enumerate().filter(|(party, _)| *party != cheat);
    honest
        .filter_map(|(_, outcome)| match outcome {
            Ok(result) => {
                assert_eq!(result, expected(), "a wrong result");
                None
            }
            Err(error) => Some(error),
        })
        .filter(|error| error.kind() != ErrorKind::MissingMessage)
        .collect()
}

/// The rounds in which a party speaks, and to whom.
fn rounds(n: usize, cheat: usize) -> Vec<(u32, &'static str, Vec<usize>)> {
    let (outcomes, said) = recorded(n, b"cheating", program);
    outcomes.into_iter().for_each(|outcome| assert_eq!(outcome.unwrap(), expected()));
    let mut rounds: Vec<(u32, &'static str, Vec<usize>)> = Vec::new();
    for message in said.iter().filter(|message| message.from == cheat) {
        match rounds.last_mut().filter(|(round, _, _)| *round == message.round) {
            Some((_, _, receivers)) => receivers.push(message.to),
            None => rounds.push((message.round, message.label, vec![message.to])),
        }
    }
    rounds
}

fn every_lie_is_found(n: usize, cheat: usize, labels: usize) {
    let rounds = rounds(n, cheat);
    let mut seen: Vec<&str> = Vec::new();
    let party = crate::PartyId::new(u16::try_from(cheat + 1).unwrap()).unwrap();
    for (round, label, receivers) in &rounds {
        // Rounds of a name are alike: the first two of each.
        if seen.iter().filter(|name| *name == label).count() == 2 {
            continue;
        }
        seen.push(label);
        for receivers in [&receivers[..1], &receivers[..]] {
            for lie in [Lie::Wrong, Lie::Short, Lie::NoElement] {
                if label.starts_with("keys") && lie == Lie::NoElement {
                    continue; // any bytes are a key
                }
                let outcomes = with_lie(n, cheat, *round, receivers, lie);
                let found = errors(cheat, outcomes);
                assert!(!found.is_empty(), "{label} {round} {receivers:?} {lie:?}");
                for error in found {
                    assert_eq!(error.kind(), ErrorKind::VerificationFailed, "{label} {lie:?}: {error}");
                    let named = lie != Lie::Wrong && !(label.starts_with("keys: comp"));
                    let culprits: &[crate::PartyId] = if named { &[party] } else { &[] };
                    assert_eq!(error.culprits(), culprits, "{label} {lie:?}: {error}");
                }
            }
        }
    }
    seen.dedup();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), labels, "{seen:?}");
}

#[test]
fn every_lie_among_three_is_found() {
    (0..3).for_each(|cheat| every_lie_is_found(3, cheat, 7));
}

#[test]
fn every_lie_among_four_is_found() {
    every_lie_is_found(4, 2, 7);
}

#[test]
fn the_last_of_four_parties_can_lie_about_its_input_only() {
    let rounds = rounds(4, 3);
    assert_eq!(rounds.iter().map(|(_, label, _)| *label).collect::<Vec<_>>(), ["inputs"]);
    // All three that compute are honest and notice that their shares do not fit, whoever was wrong.
    let found = errors(3, with_lie(4, 3, rounds[0].0, &[0], Lie::Wrong));
    assert_eq!(found.iter().map(Error::what).collect::<Vec<_>>(), [POLYNOMIAL; 3]);
}

#[test]
fn every_lie_among_five_is_found() {
    every_lie_is_found(5, 0, 10);
    // The last one draws no keys.
    every_lie_is_found(5, 4, 9);
}

#[test]
fn every_lie_among_nine_is_found() {
    every_lie_is_found(9, 3, 9);
}

/// What the honest parties say when party 0 lies in the first round of a name.
fn verdict(n: usize, label: &str, receivers: &[usize]) -> Vec<&'static str> {
    let (round, _, _) = rounds(n, 0).into_iter().find(|(_, name, _)| *name == label).unwrap();
    let mut said: Vec<&str> =
        errors(0, with_lie(n, 0, round, receivers, Lie::Wrong)).iter().map(Error::what).collect();
    said.dedup();
    said
}

const PRODUCT: &str = "check: a product is wrong";
const HEARD: &str = "check: parties heard different messages";
const POLYNOMIAL: &str = "opening: shares are not on one polynomial";

/// What a party computes with that changes its shares, but says what follows from them to all alike.
fn with_wrong_shares(
    n: usize,
    change: fn(&mut Malicious<Fp61>, &mut Shared<Authenticated<Fp61>>),
) -> Vec<&'static str> {
    let program = |channel: Channel| async move {
        let mut b = Malicious::<Fp61>::new(channel).await?;
        // The stock is filled by the first check.
        let warm = b.random(1).await?;
        b.check().await?;
        let mut all = b.inputs(&given(b.me()), &vec![6; n]).await?;
        b.check().await?;
        if b.me() == 0 {
            change(&mut b, &mut all[0]);
        }
        let product = b.mul(&all[0], &all[1]).await?;
        drop(warm);
        b.reveal(&product, &[0, 1]).await.map(drop)
    };
    let outcomes = parties::run_with(n, b"shares", program, |_| ());
    let mut said: Vec<&str> =
        outcomes[1..].iter().map(|outcome| outcome.as_ref().unwrap_err().what()).collect();
    said.dedup();
    said
}

#[test]
fn an_error_in_a_product_is_found_by_its_tag() {
    for n in [3, 5, 9] {
        let in_value =
            with_wrong_shares(n, |_, x| x.shares_mut()[3].value = x.shares()[3].value + Fp61::one());
        assert_eq!(in_value, [PRODUCT], "{n}");
        let in_tag = with_wrong_shares(n, |_, x| x.shares_mut()[3].mac = x.shares()[3].mac + Fp61::one());
        assert_eq!(in_tag, [PRODUCT], "{n}");
    }
}

/// Errors of one sum zero, which a check of the plain sum would not see.
#[test]
fn errors_that_cancel_each_other_are_found() {
    for n in [3, 5] {
        let program = |channel: Channel| async move {
            let mut b = Malicious::<Fp61>::new(channel).await?;
            let mut all = b.inputs(&given(b.me()), &vec![6; n]).await?;
            b.check().await?;
            if b.me() == 0 {
                // What these add to the tags of the products is one number and its opposite.
                let [left, right] = [0, 2].map(|place| all[1].shares()[place].value);
                let tags = all[0].shares_mut();
                (tags[0].mac, tags[2].mac) = (tags[0].mac + right, tags[2].mac - left);
            }
            b.mul(&all[0], &all[1]).await?;
            b.check().await
        };
        for outcome in parties::run_with(n, b"cancel", program, |_| ()) {
            assert_eq!(outcome.unwrap_err().what(), PRODUCT, "{n}");
        }
    }
}

#[test]
fn an_error_in_the_tag_of_an_input_or_of_a_random_value_is_found() {
    for random in [false, true] {
        let program = |channel: Channel| async move {
            let mut b = Malicious::<Fp61>::new(channel).await?;
            let change = b.me() == 0;
            let right = b.key.clone();
            if change {
                b.key.shares_mut()[0] = right.shares()[0] + Fp61::one();
            }
            match random {
                true => b.random(2).await.map(drop)?,
                false => b.inputs(&given(b.me()), &[6; 3]).await.map(drop)?,
            }
            b.key = right;
            b.check().await
        };
        for outcome in parties::run_with(3, b"tags", program, |_| ()) {
            assert_eq!(outcome.unwrap_err().what(), PRODUCT);
        }
    }
}

/// An error in a product is found before anything that depends on it is told.
#[test]
fn nothing_is_told_before_it_is_verified() {
    for reveal in [false, true] {
        let program = |channel: Channel| async move {
            let mut b = Malicious::<Fp61>::new(channel).await?;
            let mut x = b.inputs(&given(b.me()), &[6; 3]).await?.swap_remove(0);
            b.check().await?;
            if b.me() == 0 {
                x.shares_mut()[0].value = x.shares()[0].value + Fp61::one();
            }
            let square = b.mul(&x, &x).await?;
            match reveal {
                true => b.reveal(&square, &[0]).await.map(drop),
                false => b.open(&square).await.map(drop),
            }
        };
        let (outcomes, said) = recorded(3, b"order", program);
        outcomes.into_iter().for_each(|outcome| assert_eq!(outcome.unwrap_err().what(), PRODUCT));
        assert!(said.iter().all(|message| !["open", "reveal"].contains(&message.label)));
    }
}

#[test]
fn an_error_in_what_the_check_uses_up_is_found() {
    for n in [3, 5] {
        let in_product = with_wrong_shares(n, |b, _| {
            let last = b.spare.last_mut().unwrap();
            last.product = last.product + Fp61::one();
        });
        assert_eq!(in_product, [PRODUCT], "{n}");
        let in_value = with_wrong_shares(n, |b, _| {
            let last = b.spare.last_mut().unwrap();
            last.value = last.value + Fp61::one();
        });
        assert_eq!(in_value, [POLYNOMIAL], "{n}");
    }
}

#[test]
fn telling_two_parties_different_things_is_found_by_comparison() {
    assert_eq!(verdict(3, "multiply", &[1]), [HEARD]);
    assert_eq!(verdict(5, "multiply: opened", &[3]), [HEARD]);
}

#[test]
fn shares_that_do_not_fit_are_found_where_they_are_opened() {
    for label in ["open", "reveal", "check: coins", "check: masked sum", "check: zero"] {
        for receivers in [&[1][..], &[1, 2]] {
            assert_eq!(verdict(3, label, receivers), [POLYNOMIAL], "{label}");
            assert_eq!(verdict(5, label, receivers), [POLYNOMIAL], "{label}");
        }
    }
}

#[test]
fn different_keys_are_found_before_they_are_used() {
    let text = "keys: two parties have different ones";
    assert_eq!(verdict(5, "keys", &[1]), [text]);
    assert_eq!(verdict(5, "keys: comparison", &[1]), [text]);
}

#[test]
fn a_wrong_digest_is_found() {
    let (round, _, _) = rounds(3, 0).into_iter().find(|(_, name, _)| *name == "check: coins").unwrap();
    let corrupt = |party: usize| -> Option<Corrupt> {
        (party == 0).then(|| -> Corrupt {
            Box::new(move |_, now, outgoing| {
                outgoing.iter_mut().flatten().filter(|_| now == round).for_each(|bytes| bytes[31] ^= 1);
            })
        })
    };
    let outcomes = parties::run_cheating(3, b"cheating", program, corrupt, |_| ());
    errors(0, outcomes).iter().for_each(|error| assert_eq!(error.what(), HEARD));
}

/// A passive box computes on with what it gets: the documentation says so, and this holds it to that.
#[test]
fn a_passive_box_believes_everything() {
    async fn passive(channel: Channel) -> Result<Fp61> {
        let mut b = SemiHonest::<Fp61>::new(channel).await?;
        let all = b.inputs(&elements(&[5]), &[1; 3]).await?;
        let product = b.mul(&all[0], &all[1]).await?;
        Ok(b.reveal(&product, &[0, 1, 2]).await?.unwrap()[0])
    }
    let corrupt = |party: usize| -> Option<Corrupt> {
        (party == 0).then(|| -> Corrupt {
            Box::new(|label, _, outgoing| {
                outgoing.iter_mut().flatten().filter(|_| label == "multiply").for_each(|bytes| bytes[0] ^= 2);
            })
        })
    };
    let outcomes = parties::run_cheating(3, b"passive", passive, corrupt, |_| ());
    assert!(outcomes[1..].iter().all(|outcome| *outcome.as_ref().unwrap() != Fp61::from_i128(25)));
}
