//! Sharing of field elements.
use super::*;
use crate::{field::Fp61, group::Scalar};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

fn elements<F: Field>(count: usize) -> Vec<F> {
    (0..count as u64).map(|i| F::from_u64(i * i + 1)).collect()
}

fn every_threshold<F: Field>() {
    let secret = elements::<F>(5);
    for shares in 2..=6 {
        for threshold in 2..=shares {
            let dealt = split(&secret, threshold, shares, &mut rng(1)).unwrap();
            for subset in 1_u32..1 << shares {
                let chosen: Vec<Share<F>> =
                    (0..shares).filter(|i| subset >> i & 1 == 1).map(|i| dealt[i].clone()).collect();
                match combine(&chosen) {
                    Ok(found) => {
                        assert!(chosen.len() >= threshold);
                        assert!(bool::from(found.ct_eq(&secret)));
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
fn every_threshold_in_both_fields() {
    every_threshold::<Fp61>();
    every_threshold::<Scalar>();
}

#[test]
fn shares_of_sums_are_sums_of_shares() {
    let (a, b) = (elements::<Fp61>(100), elements::<Fp61>(100));
    let (a, b) = (split(&a, 3, 5, &mut rng(2)).unwrap(), split(&b, 3, 5, &mut rng(3)).unwrap());
    let sum: Vec<Share<Fp61>> = a
        .iter()
        .zip(&b)
        .map(|(a, b)| {
            let mut sum = a.clone();
            crate::field::batch::add_assign(&mut sum.values, b.values()).unwrap();
            sum
        })
        .collect();
    let expected: Vec<Fp61> = elements::<Fp61>(100).iter().map(|e| *e + *e).collect();
    assert_eq!(*combine(&sum[1..4]).unwrap(), expected);
}

#[test]
fn a_wrong_spare_share_is_noticed() {
    let mut dealt = split(&elements::<Fp61>(3), 2, 4, &mut rng(4)).unwrap();
    dealt[3].values[2] = dealt[3].values[2] + Fp61::ONE;
    assert_eq!(combine(&dealt).unwrap_err().kind(), ErrorKind::VerificationFailed);
    assert_eq!(*combine(&dealt[..3]).unwrap(), elements::<Fp61>(3));
}

#[test]
fn arguments_are_checked() {
    let kind = |secret: &[Fp61], t, n| split(secret, t, n, &mut rng(5)).unwrap_err().kind();
    assert_eq!(kind(&[], 2, 3), ErrorKind::OutOfRange);
    assert_eq!(kind(&[Fp61::ONE], 1, 3), ErrorKind::InvalidParams);
    assert_eq!(kind(&[Fp61::ONE], 4, 3), ErrorKind::InvalidParams);
    assert_eq!(combine::<Fp61>(&[]).unwrap_err().kind(), ErrorKind::TooFewShares);
    let dealt = split(&[Fp61::ONE], 2, 3, &mut rng(6)).unwrap();
    let other = split(&[Fp61::ONE], 2, 3, &mut rng(7)).unwrap();
    let doubled = [dealt[0].clone(), dealt[0].clone()];
    assert_eq!(combine(&doubled).unwrap_err().kind(), ErrorKind::DuplicateParty);
    let mixed = [dealt[0].clone(), other[1].clone()];
    assert_eq!(combine(&mixed).unwrap_err().kind(), ErrorKind::ParamsMismatch);
}

#[test]
fn many_parties() {
    let dealt = split(&[Fp61::from_u64(42)], 3, 2000, &mut rng(8)).unwrap();
    assert_eq!(*combine(&dealt[1990..1993]).unwrap(), [Fp61::from_u64(42)]);
}

#[test]
fn bytes_and_back() {
    let share = &split(&elements::<Fp61>(3), 2, 3, &mut rng(9)).unwrap()[1];
    let bytes = share.to_bytes();
    assert_eq!(bytes.len(), 9 + 16 + 6 + 4 + 3 * 8);
    assert!(Share::<Fp61>::from_bytes(&bytes, ()).unwrap() == *share);
    assert_eq!(Share::<Scalar>::from_bytes(&bytes, ()).unwrap_err().kind(), ErrorKind::ParamsMismatch);
    for len in 0..bytes.len() {
        let error = Share::<Fp61>::from_bytes(&bytes[..len], ()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidEncoding);
    }
    let refused = |at: usize, change: &[u8]| {
        let mut bytes = bytes.clone();
        bytes[at..at + change.len()].copy_from_slice(change);
        Share::<Fp61>::from_bytes(&bytes, ()).unwrap_err().what()
    };
    assert_eq!(refused(25, &[1, 0]), "threshold");
    assert_eq!(refused(25, &[4, 0]), "threshold");
    assert_eq!(refused(29, &[0, 0]), "share: index");
    assert_eq!(refused(29, &[4, 0]), "share: index");
    assert_eq!(refused(31, &[0xff; 4]), "share: elements");
    assert_eq!(refused(35, &Fp61::MODULUS.to_le_bytes()), "share: element");
}

#[test]
fn nothing_secret_is_printed() {
    let share = &split(&elements::<Fp61>(3), 2, 3, &mut rng(10)).unwrap()[1];
    let text = "shamir::field::Share { index: PartyId(2), params: Params { threshold: 2, shares: 3 }, .. }";
    assert_eq!(format!("{share:?}"), text);
}
