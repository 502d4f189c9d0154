//! Verifiable sharing of a scalar.
use super::*;
use crate::codec::{Decode, Encode};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

fn dealing(threshold: usize, shares: usize, seed: u64) -> (Scalar, Commitment, Vec<Share>) {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let secret = Scalar::random(&mut rng);
    let (commitment, shares) = split(&secret, threshold, shares, &mut rng).unwrap();
    (secret, commitment, shares)
}

fn blamed(error: Error) -> (ErrorKind, Vec<u16>) {
    (error.kind(), error.culprits().iter().map(|party| party.get()).collect())
}

#[test]
fn every_threshold() {
    for shares in 2..=5 {
        for threshold in 2..=shares {
            let (secret, commitment, dealt) = dealing(threshold, shares, 1);
            assert_eq!(commitment.public_point(), Point::mul_generator(&secret));
            assert_eq!(*combine(&commitment, &dealt[..threshold]).unwrap(), secret);
            assert_eq!(*combine(&commitment, &dealt[shares - threshold..]).unwrap(), secret);
            let error = combine(&commitment, &dealt[1..threshold]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::TooFewShares);
        }
    }
}

#[test]
fn wrong_shares_are_named() {
    let (_, commitment, mut dealt) = dealing(3, 6, 2);
    for share in &mut dealt[1..=2] {
        *share.value = *share.value + Scalar::ONE;
    }
    let error = combine(&commitment, &dealt).unwrap_err();
    assert_eq!(blamed(error), (ErrorKind::VerificationFailed, vec![2, 3]));
    assert_eq!(blamed(dealt[1].verify(&commitment).unwrap_err()), (ErrorKind::VerificationFailed, vec![2]));
}

#[test]
fn dealings_do_not_mix() {
    let (_, commitment, mut dealt) = dealing(2, 3, 3);
    let (_, other, others) = dealing(2, 3, 4);
    assert!(commitment.set_id() != other.set_id());
    dealt[1] = others[1].clone();
    let error = combine(&commitment, &dealt).unwrap_err();
    assert_eq!(blamed(error), (ErrorKind::VerificationFailed, vec![2]));
    // Nor when the share claims to be of this dealing.
    dealt[1].set_id = commitment.set_id();
    assert_eq!(dealt[1].verify(&commitment).unwrap_err().kind(), ErrorKind::VerificationFailed);
}

/// The attack on WSTS: a longer commitment raises the threshold and locks the secret up.
#[test]
fn the_length_of_the_commitment_is_the_threshold() {
    let (_, commitment, dealt) = dealing(2, 3, 5);
    let bytes = commitment.to_bytes();
    let longer = [&bytes[..], &Point::generator().to_bytes()].concat();
    assert_eq!(Commitment::from_bytes(&longer, ()).unwrap_err().kind(), ErrorKind::TrailingBytes);
    let shorter = &bytes[..bytes.len() - 32];
    assert_eq!(Commitment::from_bytes(shorter, ()).unwrap_err().kind(), ErrorKind::InvalidEncoding);
    let mut raised = longer.clone();
    raised[9] = 3;
    let raised = Commitment::from_bytes(&raised, ()).unwrap();
    assert!(dealt.iter().all(|share| share.verify(&raised).is_err()));
}

#[test]
fn arguments_are_checked() {
    let mut rng = ChaCha20Rng::seed_from_u64(6);
    let mut kind = |secret, t, n| split(&secret, t, n, &mut rng).unwrap_err().kind();
    assert_eq!(kind(Scalar::ONE, 1, 3), ErrorKind::InvalidParams);
    assert_eq!(kind(Scalar::ONE, 4, 3), ErrorKind::InvalidParams);
    assert_eq!(kind(Scalar::ZERO, 2, 3), ErrorKind::OutOfRange);
    let (_, commitment, dealt) = dealing(2, 3, 7);
    let doubled = [dealt[1].clone(), dealt[1].clone()];
    let error = combine(&commitment, &doubled).unwrap_err();
    assert_eq!(blamed(error), (ErrorKind::DuplicateParty, vec![2]));
    assert_eq!(combine(&commitment, &[]).unwrap_err().kind(), ErrorKind::TooFewShares);
    let beyond = PartyId::new(4).unwrap();
    assert_eq!(commitment.share_point(beyond).unwrap_err().kind(), ErrorKind::OutOfRange);
}

#[test]
fn bytes_and_back() {
    let (_, commitment, dealt) = dealing(3, 4, 8);
    let bytes = commitment.to_bytes();
    assert_eq!(Commitment::from_bytes(&bytes, ()).unwrap(), commitment);
    for len in 0..bytes.len() {
        let error = Commitment::from_bytes(&bytes[..len], ()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidEncoding);
    }
    for share in &dealt {
        assert!(Share::from_bytes(&share.to_bytes(), ()).unwrap() == *share);
    }
    // The neutral element, a scalar above the order, an index of zero.
    let mut neutral = bytes.clone();
    neutral[13..45].fill(0);
    assert_eq!(Commitment::from_bytes(&neutral, ()).unwrap_err().what(), "commitment: point");
    let mut large = dealt[0].to_bytes();
    large[47..].fill(0xff);
    assert_eq!(Share::from_bytes(&large, ()).unwrap_err().what(), "share: value");
    let mut zeroth = dealt[0].to_bytes();
    zeroth[45..47].fill(0);
    assert_eq!(Share::from_bytes(&zeroth, ()).unwrap_err().what(), "share: index");
}

#[test]
fn nothing_secret_is_printed() {
    let (_, _, dealt) = dealing(2, 3, 9);
    let text = "feldman::Share { index: PartyId(1), params: Params { threshold: 2, shares: 3 }, .. }";
    assert_eq!(format!("{:?}", dealt[0]), text);
}
