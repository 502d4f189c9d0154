//! Sharing of bytes: laws, edges, wrong shares, known attacks.
use proptest::prelude::*;
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{Rng, SeedableRng},
};

use super::*;
use crate::{
    codec::{Decode, Encode, HEADER_LEN},
    error::{Error, ErrorKind},
    party::PartyId,
};

mod attacks;
mod correction;
mod reference;

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

fn numbers(parties: &[PartyId]) -> Vec<u16> {
    parties.iter().map(|party| party.get()).collect()
}

/// The kind of the error, and whom it names.
fn blamed<T>(result: Result<T, Error>) -> (ErrorKind, Vec<u16>) {
    let error = result.err().expect("an error");
    (error.kind(), numbers(error.culprits()))
}

/// The share after a change of one byte of its encoding's body, counted from the end if negative.
fn with_flipped_byte(share: &Share, at: isize) -> Share {
    let mut bytes = share.to_bytes();
    let at = if at < 0 { bytes.len().checked_add_signed(at) } else { HEADER_LEN.checked_add_signed(at) };
    bytes[at.unwrap()] ^= 0x55;
    Share::from_bytes(&bytes, ()).unwrap()
}

/// Offset of the first commitment in the body.
const COMMITMENTS_AT: isize = 16 + 3 + 32;

#[test]
fn every_threshold_up_to_ten() {
    let mut rng = rng(1);
    for shares in 2..=10 {
        for threshold in 2..=shares {
            let mut secret = [0; 33];
            rng.fill_bytes(&mut secret);
            let dealt = split(&secret, threshold, shares, &mut rng).unwrap();
            for subset in 1_u32..1 << shares {
                let chosen: Vec<Share> =
                    (0..shares).filter(|i| subset >> i & 1 == 1).map(|i| dealt[i].clone()).collect();
                match combine(&chosen) {
                    Ok(found) => {
                        assert!(chosen.len() >= threshold);
                        assert_eq!(*found, secret);
                    }
                    Err(error) => {
                        assert!(chosen.len() < threshold);
                        assert_eq!(error.kind(), ErrorKind::TooFewShares);
                    }
                }
            }
        }
    }
}

#[test]
fn every_length_around_the_blocks() {
    for len in [1, 2, 127, 128, 129, 255, 256, 257, 2047, 2048, 2049, 5000] {
        let mut secret = vec![0; len];
        rng(len as u64).fill_bytes(&mut secret);
        let dealt = split(&secret, 3, 5, &mut rng(2)).unwrap();
        assert_eq!(*combine(&dealt[2..]).unwrap(), secret, "{len}");
        assert_eq!(*combine(&dealt).unwrap(), secret, "{len}");
    }
}

#[test]
fn largest_set() {
    let dealt = split(b"x", 255, 255, &mut rng(3)).unwrap();
    assert_eq!(*combine(&dealt).unwrap(), b"x");
    let dealt = split(b"x", 128, 255, &mut rng(3)).unwrap();
    assert_eq!(*combine(&dealt[100..]).unwrap(), b"x");
}

#[test]
fn long_work_is_watched_and_stopped() {
    use core::ops::ControlFlow::{Break, Continue};
    let secret = vec![3; 3 * watch::SEGMENT + 1];
    let mut seen = Vec::new();
    let mut observer = |done: usize, total: usize| {
        seen.push((done, total));
        Continue(())
    };
    let dealt = split_with_progress(&secret, 2, 3, &mut rng(12), &mut observer).unwrap();
    assert!(dealt == split(&secret, 2, 3, &mut rng(12)).unwrap());
    assert_eq!(*combine_with_progress(&dealt, &mut observer).unwrap(), secret);
    assert_eq!(*combine_correcting_with_progress(&dealt[1..], &mut observer).unwrap().0, secret);
    let count = |total: usize| (1..=total).map(move |done| (done, total));
    assert_eq!(seen, count(4 + 3).chain(count(3 + 4)).chain(count(2 + 4)).collect::<Vec<_>>());
    for last in 0..7 {
        let mut stop = |done: usize, _: usize| if done > last { Break(()) } else { Continue(()) };
        let stopped = split_with_progress(&secret, 2, 3, &mut rng(12), &mut stop);
        assert_eq!(stopped.unwrap_err().kind(), ErrorKind::Cancelled);
        let stopped = combine_with_progress(&dealt, &mut stop);
        assert_eq!(stopped.unwrap_err().kind(), ErrorKind::Cancelled);
    }
}

#[test]
fn order_is_of_no_consequence() {
    let mut dealt = split(b"secret", 3, 5, &mut rng(4)).unwrap();
    dealt.reverse();
    assert_eq!(*combine(&dealt[..3]).unwrap(), b"secret");
}

#[test]
fn same_seed_same_shares() {
    let deal = |seed| split(b"secret", 3, 5, &mut rng(seed)).unwrap();
    assert!(deal(5) == deal(5));
    assert!(deal(5) != deal(6));
    assert!(deal(5)[0].set_id() != deal(6)[0].set_id());
}

#[test]
fn arguments_are_checked() {
    let kind = |secret: &[u8], t, n| split(secret, t, n, &mut rng(7)).unwrap_err().kind();
    for (t, n) in [(0, 0), (0, 3), (1, 3), (1, 1), (4, 3), (2, 256), (256, 256), (usize::MAX, usize::MAX)] {
        assert_eq!(kind(b"x", t, n), ErrorKind::InvalidParams, "{t} of {n}");
    }
    assert_eq!(kind(b"", 2, 3), ErrorKind::OutOfRange);
}

#[test]
fn nothing_secret_is_printed() {
    let share = &split(b"secret", 2, 3, &mut rng(8)).unwrap()[0];
    let text = "shamir::Share { index: PartyId(1), params: Params { threshold: 2, shares: 3 }, .. }";
    assert_eq!(format!("{share:?}"), text);
}

#[test]
fn bytes_and_back() {
    for share in split(&[9; 300], 3, 5, &mut rng(9)).unwrap() {
        let bytes = share.to_bytes();
        let back = Share::from_bytes(&bytes, ()).unwrap();
        assert!(back == share);
        assert_eq!(back.to_bytes(), bytes);
        back.verify().unwrap();
    }
}

#[test]
fn every_truncation_is_refused() {
    let bytes = split(b"ab", 2, 2, &mut rng(10)).unwrap()[0].to_bytes();
    for len in 0..bytes.len() {
        assert_eq!(Share::from_bytes(&bytes[..len], ()).unwrap_err().kind(), ErrorKind::InvalidEncoding);
    }
    let error = Share::from_bytes(&[&bytes[..], &[0]].concat(), ()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TrailingBytes);
}

#[test]
fn every_changed_byte_is_noticed() {
    let dealt = split(b"secret", 3, 5, &mut rng(11)).unwrap();
    let len = dealt[2].to_bytes().len();
    for at in 0..len {
        let mut bytes = dealt[2].to_bytes();
        bytes[at] ^= 1;
        let Ok(share) = Share::from_bytes(&bytes, ()) else { continue };
        let given = [dealt[0].clone(), dealt[1].clone(), share, dealt[4].clone()];
        assert!(combine(&given).is_err(), "byte {at}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_threshold_shares_recover(
        secret in proptest::collection::vec(any::<u8>(), 1..400),
        (threshold, shares) in (2_usize..12).prop_flat_map(|t| (Just(t), t..20)),
        seed: u64,
    ) {
        let mut rng = rng(seed);
        let mut dealt = split(&secret, threshold, shares, &mut rng).unwrap();
        while dealt.len() > threshold {
            let gone = usize::try_from(rng.next_u32()).unwrap() % dealt.len();
            dealt.swap_remove(gone);
        }
        prop_assert_eq!(&*combine(&dealt).unwrap(), &secret);
        dealt.pop();
        prop_assert_eq!(combine(&dealt).unwrap_err().kind(), ErrorKind::TooFewShares);
    }

    #[test]
    fn any_bytes_decode_or_fail(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let mut encoding = b"VK\x01\x01\x82\0\0\0\0".to_vec();
        encoding.extend_from_slice(&bytes);
        if let Ok(share) = Share::from_bytes(&encoding, ()) {
            prop_assert_eq!(&*share.to_bytes(), &encoding);
            prop_assert!(share.verify().is_err());
        }
    }
}
