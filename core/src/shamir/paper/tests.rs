//! Cards, words and text together.
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

use super::*;
use crate::{
    codec::Encode,
    error::ErrorKind,
    shamir::{self, feldman, params::Params},
};

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

fn cards() -> Vec<Card> {
    split(&[0x5a; 32], 3, 5, &mut rng(1)).unwrap()
}

fn wrong(card: &Card) -> Card {
    let mut bytes = card.to_bytes();
    *bytes.last_mut().unwrap() ^= 1;
    crate::codec::Decode::from_bytes(&bytes, ()).unwrap()
}

#[test]
fn any_threshold_cards_are_the_secret() {
    for (len, threshold, shares) in [(1, 2, 2), (16, 2, 3), (32, 3, 5), (1024, 5, 6), (130, 254, 255)] {
        let secret: Vec<u8> = (0..len).map(|i| u8::try_from(i % 251).unwrap()).collect();
        let dealt = split(&secret, threshold, shares, &mut rng(2)).unwrap();
        for first in 0..=shares - threshold {
            assert_eq!(*combine(&dealt[first..first + threshold]).unwrap(), secret);
        }
        assert_eq!(*combine(&dealt).unwrap(), secret);
        assert_eq!(combine(&dealt[1..threshold]).unwrap_err().kind(), ErrorKind::TooFewShares);
        assert!(dealt.iter().all(|card| from_words::<Card>(&to_words(card).unwrap()).unwrap() == *card));
    }
}

#[test]
fn words_and_text_are_short_and_come_back() {
    for (len, words) in [(16, 44), (32, 57)] {
        for card in split(&vec![0xff; len], 2, 3, &mut rng(3)).unwrap() {
            let text = to_words(&card).unwrap();
            assert_eq!(text.split(' ').count(), words);
            assert!(from_words::<Card>(&text).unwrap() == card && mistakes(&text).is_empty());
            let short: Vec<String> = text.split(' ').map(|word| word[..4].to_uppercase()).collect();
            assert!(from_words::<Card>(&short.join("\n")).unwrap() == card);
            let text = to_text(&card).unwrap();
            assert_eq!(text.len(), 4 + 2 * words);
            assert!(from_text::<Card>(&text).unwrap() == card);
            assert!(
                from_text::<Card>(&format!(" {}\n{}", &text[..30].to_lowercase(), &text[30..])).unwrap()
                    == card
            );
        }
    }
}

#[test]
fn other_shares_have_words_too() {
    let share = &shamir::split(&[1; 32], 2, 3, &mut rng(4)).unwrap()[0];
    assert!(from_words::<shamir::Share>(&to_words(share).unwrap()).unwrap() == *share);
    assert!(from_text::<shamir::Share>(&to_text(share).unwrap()).unwrap() == *share);
    let secret = crate::field::Field::from_u64(77);
    let (_, dealt) = feldman::split(&secret, 2, 3, &mut rng(5)).unwrap();
    let words = to_words(&dealt[1]).unwrap();
    assert!(from_words::<feldman::Share>(&words).unwrap() == dealt[1]);
    assert_eq!(from_words::<Card>(&words).unwrap_err().kind(), ErrorKind::InvalidEncoding);
    let long = &shamir::split(&[1; 1300], 2, 3, &mut rng(6)).unwrap()[0];
    assert_eq!(to_words(long).unwrap_err().kind(), ErrorKind::OutOfRange);
    assert_eq!(to_text(long).unwrap_err().kind(), ErrorKind::OutOfRange);
}

#[test]
fn every_wrong_word_and_every_exchange_is_found_with_its_place() {
    let text = to_words(&cards()[0]).unwrap();
    let words: Vec<&str> = text.split(' ').collect();
    let refused = |words: &[&str]| from_words::<Card>(&words.join(" ")).unwrap_err().kind();
    for at in 0..words.len() {
        for other in ["academic", "zero", "museum"] {
            let mut changed = words.clone();
            if changed[at] == other {
                continue;
            }
            changed[at] = other;
            assert_eq!(refused(&changed), ErrorKind::VerificationFailed);
            assert_eq!(mistakes(&changed.join(" ")), [at + 1]);
        }
        for with in at + 1..words.len() {
            let mut changed = words.clone();
            changed.swap(at, with);
            if changed != words {
                assert_eq!(refused(&changed), ErrorKind::VerificationFailed);
                assert_eq!(mistakes(&changed.join(" ")), [at + 1, with + 1]);
            }
        }
        let mut changed = words.clone();
        changed[at] = "veilkit";
        assert_eq!(refused(&changed), ErrorKind::InvalidEncoding);
        assert_eq!(mistakes(&changed.join(" ")), [at + 1]);
        let mut lost = words.clone();
        lost.remove(at);
        assert_eq!(refused(&lost), ErrorKind::VerificationFailed);
        assert_eq!(
            refused(&words[..at]),
            if at < 5 { ErrorKind::InvalidEncoding } else { ErrorKind::VerificationFailed }
        );
    }
}

#[test]
fn every_wrong_character_is_found() {
    let text = to_text(&cards()[0]).unwrap();
    assert!(text.bytes().all(|byte| b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".contains(&byte)));
    for at in 0..text.len() {
        for other in ["A", "7", "0", "1", ":", "-", "\u{e9}"] {
            if text[at..=at] != *other {
                let changed = format!("{}{other}{}", &text[..at], &text[at + 1..]);
                assert!(from_text::<Card>(&changed).is_err(), "{at} {other}");
            }
        }
        assert!(from_text::<Card>(&text[..at]).is_err());
    }
    let kind = |text: &str| from_text::<Card>(text).unwrap_err().kind();
    assert_eq!(kind(""), ErrorKind::InvalidEncoding);
    assert_eq!(kind("VK1:"), ErrorKind::InvalidEncoding);
    assert_eq!(kind(&format!("VK1:{}", "A".repeat(5000))), ErrorKind::InvalidEncoding);
}

#[test]
fn wrong_cards_are_noticed_and_named_when_there_are_spares() {
    let dealt = cards();
    let blamed = |cards: &[Card]| {
        let error = combine(cards).unwrap_err();
        (error.kind(), error.culprits().iter().map(|party| party.get()).collect::<Vec<_>>())
    };
    let bad = wrong(&dealt[1]);
    let three = [dealt[0].clone(), bad.clone(), dealt[2].clone()];
    assert_eq!(blamed(&three), (ErrorKind::VerificationFailed, vec![]));
    let four = [&three[..], &dealt[3..4]].concat();
    assert_eq!(blamed(&four), (ErrorKind::VerificationFailed, vec![]));
    let five = [&three[..], &dealt[3..]].concat();
    assert_eq!(blamed(&five), (ErrorKind::VerificationFailed, vec![2]));
    let twice = [dealt[0].clone(), dealt[1].clone(), dealt[0].clone()];
    assert_eq!(blamed(&twice), (ErrorKind::DuplicateParty, vec![1]));
    let other = split(&[0x5a; 32], 3, 5, &mut rng(9)).unwrap();
    assert_eq!(blamed(&[dealt[0].clone(), other[1].clone(), dealt[2].clone()]).0, ErrorKind::ParamsMismatch);
    assert_eq!(blamed(&[]).0, ErrorKind::TooFewShares);
}

#[test]
fn arguments_are_checked() {
    let kind = |secret: &[u8], t, n| split(secret, t, n, &mut rng(7)).unwrap_err().kind();
    assert_eq!(kind(b"", 2, 3), ErrorKind::OutOfRange);
    assert_eq!(kind(&[0; 1025], 2, 3), ErrorKind::OutOfRange);
    assert_eq!(kind(b"x", 1, 3), ErrorKind::InvalidParams);
    assert_eq!(kind(b"x", 2, 256), ErrorKind::InvalidParams);
}

#[test]
fn nothing_secret_is_printed() {
    let card = &cards()[0];
    assert_eq!(card.params(), Params::for_bytes(3, 5).unwrap());
    assert_eq!(
        format!("{card:?}"),
        "Card { index: PartyId(1), params: Params { threshold: 3, shares: 5 }, .. }"
    );
}
