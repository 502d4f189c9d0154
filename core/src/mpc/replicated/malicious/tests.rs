//! Cheating in every kind of message, and which check speaks.
use std::sync::{Arc, Mutex};

use super::*;
use crate::mpc::{
    arithmetic::Comparison,
    replicated::{
        circuits::{Bits, Gates},
        word::Word,
    },
    session::Corrupt,
    testing::parties::{run, run_cheating},
};

const PRODUCTS: &str = "replicated: check of products";
const BITS: &str = "replicated: proof of products of bits";
const COIN: &str = "replicated: the halves of a coin";
const OPENING: &str = "replicated: two accounts of what is opened";

/// Everything that a box does, with results that are known.
async fn program(channel: Channel) -> Result<Vec<i64>> {
    let mut over = Malicious::new(channel)?;
    let me = over.me();
    let mine = [[6, -7, 9, 1], [5, 5, -8, 2], [1, 2, 3, -4]][me].map(Z64::from);
    let [x, y, z] = <[_; 3]>::try_from(over.inputs(&mine, &[4; 3]).await?).expect("three parties");
    let bits = over.random_bits(3).await?;
    let square = over.mul(&bits, &bits).await?;
    let parts = [
        over.mul(&x, &y).await?,
        over.matmul(&x.clone().reshaped(2, 2), &z.clone().reshaped(2, 2)).await?.reshaped(4, 1),
        over.dot(&y.clone().reshaped(1, 4), &z.clone().reshaped(1, 4)).await?,
        over.is_negative(&x, 8).await?,
        over.truncate(&y, 8, 2).await?,
        over.is_zero(&(&y - &over.constant(&[Z64::from(5); 4])), 8).await?,
        over.to_bits(&z.rows_of(3..4), 4).await?.reshaped(4, 1),
        &square - &bits,
    ];
    let opened = over.open(&Shared::stacked(&parts.iter().collect::<Vec<_>>())).await?;
    let revealed = over.reveal(&x, &[0, 1, 2]).await?.expect("for all");
    Ok(opened.into_iter().chain(revealed).map(Z64::to_i64).collect())
}

fn expected() -> Vec<i64> {
    let mut expected = vec![30, -35, -72, 2, -15, 40, 12, 14, 5 + 10 - 24 - 8];
    expected.extend([0, 1, 0, 0, 1, 1, -2, 0, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 6, -7, 9, 1]);
    expected
}

/// A message: the name and number of its round, its receiver, and how long it is.
type Sent = (&'static str, u32, usize, usize);

/// The messages of the party at a position.
fn messages(of: usize) -> Vec<Sent> {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let watch = |position| {
        let seen = Arc::clone(&seen);
        let corrupt: Corrupt = Box::new(move |label, round, outgoing| {
            for (to, message) in outgoing.iter().enumerate() {
                if let Some(message) = message {
                    seen.lock().unwrap().push((label, round, to, message.len()));
                }
            }
        });
        (position == of).then_some(corrupt)
    };
    let outputs = run_cheating(3, b"cheats", program, watch, |_| ());
    assert!(outputs.iter().all(|output| *output == Ok(expected())));
    seen.lock().unwrap().clone()
}

/// What everybody ends with when one party changes one message.
fn cheat(who: usize, at: Sent, change: fn(&mut Vec<u8>)) -> Vec<Result<Vec<i64>>> {
    let corrupt = |position| {
        let corrupt: Corrupt = Box::new(move |label, round, outgoing| {
            if (label, round) == (at.0, at.1) {
                change(outgoing[at.2].as_mut().expect("a message to this party"));
            }
        });
        (position == who).then_some(corrupt)
    };
    run_cheating(3, b"cheats", program, corrupt, |_| ())
}

#[allow(clippy::ptr_arg)] // one type for all changes
fn flip_first(message: &mut Vec<u8>) {
    message[0] ^= 1;
}

#[allow(clippy::ptr_arg)] // one type for all changes
fn flip_last(message: &mut Vec<u8>) {
    *message.last_mut().expect("not empty") ^= 0x80;
}

fn shorten(message: &mut Vec<u8>) {
    message.pop();
}

#[test]
fn an_honest_run_gives_the_results() {
    assert_eq!(run(3, b"cheats", program), vec![expected(); 3]);
}

#[test]
fn a_flipped_bit_in_any_message_is_found_by_the_check_for_it() {
    let mut kinds = std::collections::BTreeSet::new();
    for who in 0..3 {
        for message in messages(who) {
            let (label, _, to, _) = message;
            let ends = cheat(who, message, flip_first);
            let text = |position: usize| match &ends[position] {
                Ok(output) => {
                    assert_eq!(output, &expected(), "{who} {message:?}");
                    "right"
                }
                Err(error) if error.kind() == ErrorKind::VerificationFailed => {
                    assert!(error.culprits().is_empty(), "who it was is not proven");
                    error.what()
                }
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::MissingMessage, "{who} {message:?}");
                    "waits"
                }
            };
            let third = 3 - who - to;
            let (receiver, other) = (text(to), text(third));
            match label {
                // What a party deals is its own value, whatever it is.
                "input" => continue,
                // Both others find it, each for itself.
                "multiply" | "tag" => {
                    assert_eq!((receiver, other), (PRODUCTS, PRODUCTS), "{who} {message:?}")
                }
                "and" | "prove" => assert_eq!((receiver, other), (BITS, BITS), "{who} {message:?}"),
                // Who is told is told two things.
                "coin" => assert_eq!(receiver, COIN, "{who} {message:?}"),
                "compare" => assert_eq!(receiver, BITS, "{who} {message:?}"),
                "check" => assert_eq!(receiver, PRODUCTS, "{who} {message:?}"),
                "open" => assert_eq!(receiver, OPENING, "{who} {message:?}"),
                _ => panic!("a message of another kind: {label}"),
            }
            kinds.insert(label);
        }
    }
    let all = ["and", "check", "coin", "compare", "multiply", "open", "prove", "tag"];
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), all);
}

#[test]
fn a_message_of_another_length_names_its_sender() {
    for who in 0..3 {
        let mut tried = std::collections::BTreeSet::new();
        for message in messages(who) {
            if !tried.insert((message.0, message.2)) {
                continue;
            }
            let ends = cheat(who, message, shorten);
            let error = ends[message.2].as_ref().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::VerificationFailed, "{message:?}");
            let numbers: Vec<usize> = error.culprits().iter().map(|party| usize::from(party.get())).collect();
            // The digest of an opening has no length to be told from its content.
            let digest = message.0 == "open" && message.2 == before(who);
            assert_eq!(numbers, if digest { vec![] } else { vec![who + 1] }, "{message:?}");
        }
    }
}

#[test]
fn above_the_value_errors_are_found_or_do_no_harm() {
    for message in messages(1) {
        for (position, end) in cheat(1, message, flip_last).into_iter().enumerate() {
            match end {
                Ok(output) if position != 1 && message.0 != "input" => {
                    assert_eq!(output, expected(), "{message:?}")
                }
                _ => {}
            }
        }
    }
}

/// A party that flips the same bits of all messages of one kind cannot cancel one error with another.
#[test]
fn errors_do_not_cancel() {
    for (label, check) in [("multiply", PRODUCTS), ("tag", PRODUCTS), ("and", BITS)] {
        for who in 0..3 {
            let corrupt = |position| {
                let corrupt: Corrupt = Box::new(move |found, _, outgoing| {
                    if found == label {
                        outgoing
                            .iter_mut()
                            .flatten()
                            .for_each(|message| message.iter_mut().for_each(|byte| *byte ^= 0x55));
                    }
                });
                (position == who).then_some(corrupt)
            };
            let ends = run_cheating(3, b"cheats", program, corrupt, |_| ());
            for honest in (0..3).filter(|position| *position != who) {
                assert_eq!(ends[honest].as_ref().unwrap_err().what(), check, "{label} {who}");
            }
        }
    }
}

/// A tag that belongs to another value, told in a message that is right for the value: the error is in the tag alone, and in the
/// value alone.
#[test]
fn values_and_tags_are_both_checked() {
    for byte in [0, Z128::BYTES] {
        let find = messages(2).into_iter().find(|message| message.0 == "multiply").unwrap();
        let change: fn(&mut Vec<u8>) =
            if byte == 0 { |message| message[0] ^= 2 } else { |message| message[Z128::BYTES] ^= 2 };
        for (position, end) in cheat(2, find, change).into_iter().enumerate() {
            assert!(position == 2 || end.unwrap_err().what() == PRODUCTS);
        }
    }
}

/// An error that an earlier check let pass must not make a later one depend on the lowest bit of a secret: with an error of 2^127
/// in a tag, a check fails every second time, whatever it is multiplied by.
#[test]
fn failures_do_not_depend_on_secrets() {
    const RUNS: u8 = 32;
    for operation in 0..3 {
        for secret in [2, 3] {
            let program = |channel| async move {
                let mut over = Malicious::new(channel)?;
                let mut x = over.constant(&[Z64::from(1)]);
                let error = Z128(1 << 127);
                match over.me() {
                    0 => x.shares_mut()[0].mine.tag = x.shares()[0].mine.tag + error,
                    1 => {}
                    _ => x.shares_mut()[0].next.tag = x.shares()[0].next.tag + error,
                }
                let y = over.constant(&[Z64::from(secret)]);
                match operation {
                    0 => over.mul(&x, &y).await?,
                    1 => over.matmul(&x, &y).await?,
                    _ => over.dot(&x, &y).await?,
                };
                over.check().await
            };
            let fails = |run: &u8| run_cheating(3, &[*run], program, |_| None, |_| ())[0].is_err();
            let failures = (0..RUNS).filter(fails).count();
            // Less than once in 10^6 times for fair coins.
            assert!((4..=28).contains(&failures), "{operation} {secret}: {failures}");
        }
    }
}

/// Runs products of bits and their check, with what one party says about them changed, and gives how it ends.
async fn bits(channel: Channel, words: usize) -> Result<()> {
    let mut over = Malicious::new(channel)?;
    let zeros = vec![Bits::default(); words];
    over.and(&zeros, &zeros).await?;
    over.check().await
}

/// Everything said in a kind of round by everyone, in words of 8 bytes.
fn said(label: &'static str, words: usize) -> Vec<u64> {
    let said = Arc::new(Mutex::new(Vec::new()));
    let watch = |_| {
        let said = Arc::clone(&said);
        let corrupt: Corrupt = Box::new(move |found, _, outgoing| {
            for message in outgoing.iter().flatten().filter(|_| found == label) {
                said.lock()
                    .unwrap()
                    .extend(message.as_chunks().0.iter().map(|word| u64::from_le_bytes(*word)));
            }
        });
        Some(corrupt)
    };
    let ends = run_cheating(3, b"proofs", move |channel| bits(channel, words), watch, |_| ());
    assert_eq!(ends, [Ok(()), Ok(()), Ok(())]);
    said.lock().unwrap().clone()
}

/// Even of products of zeros, everything that a proof says is random.
#[test]
fn proofs_are_masked() {
    // Two steps and more values than one stream's buffer.
    for (label, count) in [("prove", 3 * (665 + 80 + 64)), ("compare", 3 * 4)] {
        let mut words = said(label, 200);
        assert_eq!(words.len(), count, "{label}");
        words.sort_unstable();
        assert!(words.windows(2).all(|pair| pair[0] != pair[1]) && words[0] != 0, "{label}");
        let ones: u32 = words.iter().map(|word| word.count_ones()).sum();
        let expected = 32.0 * count as f64;
        assert!((f64::from(ones) - expected).abs() < 3.5 * (64.0 * count as f64).sqrt(), "{label}: {ones}");
    }
}

/// Equal errors in equal places of two groups of words, and opposite errors in two products, would cancel without weights.
#[test]
fn weights_keep_errors_apart() {
    let flip_two: fn(&mut Vec<u8>) = |message| {
        message[0] ^= 1;
        message[8 * 64] ^= 1;
    };
    let opposite: fn(&mut Vec<u8>) = |message| {
        for (place, error) in [(0, 1), (Tagged::BYTES, u128::MAX)] {
            let word = &mut message[place..place + Z128::BYTES];
            let value = u128::from_le_bytes((&*word).try_into().expect("16 bytes"));
            word.copy_from_slice(&value.wrapping_add(error).to_le_bytes());
        }
    };
    async fn products(channel: Channel) -> Result<()> {
        let mut over = Malicious::new(channel)?;
        let x = over.random(2).await?;
        over.mul(&x, &x).await?;
        over.check().await
    }
    for who in 0..3 {
        let corrupt = |label: &'static str, change: fn(&mut Vec<u8>)| {
            move |position| {
                let corrupt: Corrupt = Box::new(move |found, _, outgoing| {
                    outgoing.iter_mut().flatten().filter(|_| found == label).for_each(change);
                });
                (position == who).then_some(corrupt)
            }
        };
        let of_bits =
            run_cheating(3, b"weights", |channel| bits(channel, 128), corrupt("and", flip_two), |_| ());
        let of_products = run_cheating(3, b"weights", products, corrupt("multiply", opposite), |_| ());
        for honest in (0..3).filter(|position| *position != who) {
            assert_eq!(of_bits[honest].as_ref().unwrap_err().what(), BITS);
            assert_eq!(of_products[honest].as_ref().unwrap_err().what(), PRODUCTS);
        }
    }
}

#[test]
fn proofs_run_by_themselves_when_much_is_pending() {
    let pending = run(3, b"pending", |channel| async move {
        let mut over = Malicious::new(channel)?;
        let some = vec![Bits::default(); gates::MOST_PENDING];
        over.and(&some, &some).await?;
        let before = over.gates.len();
        over.and(&some[..1], &some[..1]).await?;
        Ok((before, over.gates.len()))
    });
    assert_eq!(pending, [(gates::MOST_PENDING, 0); 3]);
}

/// Of words of 128 bits only the value is told, to receivers only.
#[test]
fn openings_tell_the_value_and_nothing_above_it() {
    let lengths: Vec<_> = messages(0)
        .into_iter()
        .filter(|message| message.0 == "open")
        .map(|(_, _, to, len)| (to, len))
        .collect();
    assert_eq!(lengths, [(1, 8 * expected_opened()), (2, 32), (1, 8 * 4), (2, 32)]);
}

fn expected_opened() -> usize {
    expected().len() - 4
}
