//! Verifiable sharing of anything.
use super::*;
use crate::{
    codec::{Decode, Encode},
    field::Field,
};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

fn blamed(error: Error) -> (ErrorKind, Vec<u16>) {
    (error.kind(), error.culprits().iter().map(|party| party.get()).collect())
}

#[test]
fn every_threshold() {
    for shares in 2..=4 {
        for threshold in 2..=shares {
            let (commitment, dealt) = split(b"1234", threshold, shares, &mut rng(1)).unwrap();
            assert_eq!(*combine(&commitment, &dealt[..threshold]).unwrap(), b"1234");
            assert_eq!(*combine(&commitment, &dealt).unwrap(), b"1234");
            let error = combine(&commitment, &dealt[1..threshold]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::TooFewShares);
        }
    }
}

#[test]
fn every_length_around_the_pieces() {
    for len in [1, 30, 31, 32, 61, 62, 63, 500] {
        let secret = vec![0xff; len];
        let (commitment, dealt) = split(&secret, 2, 3, &mut rng(len as u64)).unwrap();
        assert_eq!(commitment.points.len(), 2);
        assert_eq!(*combine(&commitment, &dealt[1..]).unwrap(), secret, "{len}");
    }
}

#[test]
fn scalars() {
    let secret = [Scalar::ZERO, Scalar::ONE, -Scalar::ONE];
    let (commitment, dealt) = split_scalars(&secret, 2, 3, &mut rng(2)).unwrap();
    assert_eq!(*combine_scalars(&commitment, &dealt[..2]).unwrap(), secret);
    assert_eq!(combine(&commitment, &dealt).unwrap_err().kind(), ErrorKind::ParamsMismatch);
    let (bytes, dealt) = split(b"x", 2, 3, &mut rng(2)).unwrap();
    assert_eq!(combine_scalars(&bytes, &dealt).unwrap_err().kind(), ErrorKind::ParamsMismatch);
}

/// With Feldman's commitment, trying all PINs finds the one that fits; here none does.
#[test]
fn a_guess_cannot_be_checked() {
    let (first, _) = split(b"1234", 2, 3, &mut rng(3)).unwrap();
    let (second, _) = split(b"1234", 2, 3, &mut rng(4)).unwrap();
    assert!(first.points.iter().all(|point| !second.points.contains(point)));
    let guess = Point::mul_generator(&content::pieces(b"1234")[0]);
    assert!(!first.points.contains(&guess));
}

#[test]
fn commitments_are_those_of_the_paper() {
    // One piece: E_0 = g^s h^t with the standard generator.
    let (commitment, dealt) = split_scalars(&[Scalar::from_u64(7)], 2, 2, &mut rng(5)).unwrap();
    let at_zero = |a: &Scalar, b: &Scalar| *a + *a - *b; // 2 f(1) - f(2)
    let blinder = at_zero(&dealt[0].blinder, &dealt[1].blinder);
    let expected = Point::mul_generator(&Scalar::from_u64(7)) + Point::pedersen_base() * blinder;
    assert_eq!(commitment.points[0], expected);
}

#[test]
fn wrong_shares_are_named() {
    let (commitment, dealt) = split(&[9; 100], 3, 6, &mut rng(6)).unwrap();
    let mut given = dealt.clone();
    given[1].values[3] = given[1].values[3] + Scalar::ONE;
    *given[4].blinder = *given[4].blinder - Scalar::ONE;
    let error = combine(&commitment, &given).unwrap_err();
    assert_eq!(blamed(error), (ErrorKind::VerificationFailed, vec![2, 5]));
    given[5].values.pop();
    assert_eq!(blamed(given[5].verify(&commitment).unwrap_err()), (ErrorKind::VerificationFailed, vec![6]));
    assert!(dealt.iter().all(|share| share.verify(&commitment).is_ok()));
}

#[test]
fn dealings_do_not_mix() {
    let (commitment, mut dealt) = split(b"secret", 2, 3, &mut rng(7)).unwrap();
    let (_, others) = split(b"secret", 2, 3, &mut rng(8)).unwrap();
    dealt[1] = others[1].clone();
    dealt[2].set_id = [0; 32];
    let error = combine(&commitment, &dealt).unwrap_err();
    assert_eq!(blamed(error), (ErrorKind::VerificationFailed, vec![2, 3]));
}

/// A longer commitment raises the threshold and locks the secret up.
#[test]
fn the_length_of_the_commitment_is_the_threshold() {
    let (commitment, dealt) = split(b"secret", 2, 3, &mut rng(9)).unwrap();
    let mut longer = [&commitment.to_bytes()[..], &Point::generator().to_bytes()].concat();
    assert_eq!(Commitment::from_bytes(&longer, ()).unwrap_err().kind(), ErrorKind::TrailingBytes);
    longer[9] = 3;
    let raised = Commitment::from_bytes(&longer, ()).unwrap();
    assert!(dealt.iter().all(|share| share.verify(&raised).is_err()));
}

/// A dealer that shares scalars which are no bytes, under a commitment that says bytes.
#[test]
fn dealt_scalars_must_be_bytes() {
    for scalar in [-Scalar::ONE, Scalar::from_u64(1 << 16)] {
        let (commitment, mut dealt) = split_scalars(&[scalar], 2, 2, &mut rng(10)).unwrap();
        let forged = Commitment::new(commitment.params, Content::Bytes(2), commitment.points);
        for share in &mut dealt {
            share.set_id = forged.digest;
        }
        let error = combine(&forged, &dealt).unwrap_err();
        assert_eq!(blamed(error), (ErrorKind::VerificationFailed, vec![]));
    }
}

#[test]
fn arguments_are_checked() {
    let kind = |secret: &[u8], t, n| split(secret, t, n, &mut rng(11)).unwrap_err().kind();
    assert_eq!(kind(b"", 2, 3), ErrorKind::OutOfRange);
    assert_eq!(kind(&vec![0; MAX_SECRET_LEN + 1], 2, 3), ErrorKind::OutOfRange);
    assert_eq!(kind(b"x", 1, 3), ErrorKind::InvalidParams);
    assert_eq!(kind(b"x", 4, 3), ErrorKind::InvalidParams);
    assert_eq!(split_scalars(&[], 2, 3, &mut rng(12)).unwrap_err().kind(), ErrorKind::OutOfRange);
    let (commitment, dealt) = split(b"x", 2, 3, &mut rng(13)).unwrap();
    let doubled = [dealt[2].clone(), dealt[2].clone()];
    assert_eq!(blamed(combine(&commitment, &doubled).unwrap_err()), (ErrorKind::DuplicateParty, vec![3]));
}

#[test]
fn bytes_and_back() {
    let (commitment, dealt) = split(&[1; 40], 2, 3, &mut rng(14)).unwrap();
    let bytes = commitment.to_bytes();
    assert_eq!(Commitment::from_bytes(&bytes, ()).unwrap(), commitment);
    for share in &dealt {
        let bytes = share.to_bytes();
        assert!(Share::from_bytes(&bytes, ()).unwrap() == *share);
        for len in 0..bytes.len() {
            assert!(Share::from_bytes(&bytes[..len], ()).is_err());
        }
    }
    let refused = |at: usize, change: &[u8]| {
        let mut bytes = bytes.clone();
        bytes[at..at + change.len()].copy_from_slice(change);
        let error = Commitment::from_bytes(&bytes, ()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidEncoding);
        error.what()
    };
    assert_eq!(refused(9, &[1]), "threshold");
    assert_eq!(refused(11, &[1]), "threshold");
    assert_eq!(refused(13, &[1]), "commitment: length");
    assert_eq!(refused(13, &[0; 8]), "commitment: length");
    assert_eq!(refused(17, &[0xff; 4]), "commitment: length");
    assert_eq!(refused(21, &[0; 32]), "commitment: point");
    let (scalars, _) = split_scalars(&[Scalar::ONE], 2, 3, &mut rng(15)).unwrap();
    assert_eq!(Commitment::from_bytes(&scalars.to_bytes(), ()).unwrap(), scalars);
}

#[test]
fn nothing_secret_is_printed() {
    let (_, dealt) = split(b"x", 2, 3, &mut rng(16)).unwrap();
    let text = "pedersen::Share { index: PartyId(1), params: Params { threshold: 2, shares: 3 }, .. }";
    assert_eq!(format!("{:?}", dealt[0]), text);
}
