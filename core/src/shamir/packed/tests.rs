//! Laws of packed sharing, in both fields.
use proptest::prelude::*;
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

use super::*;
use crate::{
    codec::{Decode, Encode},
    field::Fp61,
    group::Scalar,
};

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

fn vector<F: Field>(len: usize, seed: u64) -> Vec<F> {
    let mut rng = rng(seed);
    (0..len).map(|_| F::random(&mut rng)).collect()
}

fn same<F: Field>(found: &[F], expected: &[F]) {
    assert_eq!(found.len(), expected.len());
    assert!(bool::from(found.ct_eq(expected)));
}

/// An operation on two shares.
type Op<'a, F> = &'a dyn Fn(&Share<F>, &Share<F>) -> Result<Share<F>>;

/// All operations, each from as few shares as its degree allows, and from all.
fn laws<F: Field>(privacy: usize, width: usize, shares: usize, len: usize) {
    let packing = Packing::new(privacy, width, shares).unwrap();
    let (a, b): (Vec<F>, Vec<F>) = (vector(len, 1), vector(len, 2));
    let (shares_a, shares_b) =
        (split(&a, packing, &mut rng(3)).unwrap(), split(&b, packing, &mut rng(4)).unwrap());
    let check = |op: Op<'_, F>, plain: &dyn Fn(F, F) -> F, degree| {
        let result: Vec<_> = shares_a.iter().zip(&shares_b).map(|(a, b)| op(a, b).unwrap()).collect();
        let expected: Vec<F> = a.iter().zip(&b).map(|(a, b)| plain(*a, *b)).collect();
        assert_eq!(result[0].degree(), degree);
        same(&combine(&result).unwrap(), &expected);
        same(&combine(&result[shares - degree - 1..]).unwrap(), &expected);
        assert_eq!(combine(&result[shares - degree..]).unwrap_err().kind(), ErrorKind::TooFewShares);
    };
    let degree = privacy + width - 1;
    check(&|a, _| Ok(a.clone()), &|a, _| a, degree);
    check(&|a, b| a.add(b), &|a, b| a + b, degree);
    check(&|a, b| a.sub(b), &|a, b| a - b, degree);
    check(&|a, _| Ok(a.scale(F::from_u64(12))), &|a, _| a * F::from_u64(12), degree);
    check(&|a, _| a.add_public(&b), &|a, b| a + b, degree);
    check(&|a, _| a.mul_public(&b), &|a, b| a * b, degree + width - 1);
    check(&|a, b| a.mul(b), &|a, b| a * b, 2 * degree);
    check(&|a, b| a.mul(b)?.add(a), &|a, b| a * b + a, 2 * degree);
}

#[test]
fn every_operation_in_both_fields() {
    for (privacy, width, len) in [(1, 1, 1), (1, 2, 5), (2, 3, 3), (3, 8, 20), (2, 5, 4)] {
        laws::<Fp61>(privacy, width, 2 * (privacy + width) + 1, len);
        laws::<Scalar>(privacy, width, 2 * (privacy + width), len);
    }
}

/// Any `privacy` shares can belong to any secrets: some dealing of the other secrets has them too.
#[test]
fn few_shares_fit_every_secret() {
    let packing = Packing::new(2, 3, 6).unwrap();
    let dealt = split(&vector::<Fp61>(3, 5), packing, &mut rng(6)).unwrap();
    let other: Vec<Fp61> = vector(3, 7);
    for (i, j) in [(0, 1), (2, 5), (3, 4)] {
        let mut points: Vec<Fp61> = packing.slots();
        points.extend([i, j].map(|at: usize| point::<Fp61>(dealt[at].index)));
        let known: Vec<Fp61> =
            other.iter().copied().chain([i, j].map(|at: usize| dealt[at].values[0])).collect();
        // The polynomial through both is one that the dealer could have drawn.
        let interpolation = Interpolation::new(&points);
        let forged: Vec<Share<Fp61>> = dealt
            .iter()
            .enumerate()
            .map(|(at, share)| {
                let mut share = share.clone();
                if at != i && at != j {
                    let value = weighted_sum(&interpolation.at(point(share.index)), known.iter().copied());
                    share.values = Zeroizing::new(vec![value]);
                }
                share
            })
            .collect();
        same(&combine(&forged).unwrap(), &other);
    }
}

#[test]
fn wrong_and_foreign_shares() {
    let packing = Packing::new(1, 2, 5).unwrap();
    let dealt = split(&vector::<Fp61>(4, 8), packing, &mut rng(9)).unwrap();
    let kind = |shares: &[Share<Fp61>]| combine(shares).unwrap_err().kind();
    let mut wrong = dealt.clone();
    wrong[2].values[1] = wrong[2].values[1] + Fp61::ONE;
    assert_eq!(kind(&wrong), ErrorKind::VerificationFailed);
    assert_eq!(kind(&[dealt[0].clone(), dealt[1].clone(), dealt[0].clone()]), ErrorKind::DuplicateParty);
    let other = split(&vector::<Fp61>(4, 8), packing, &mut rng(10)).unwrap();
    assert_eq!(kind(&[dealt[0].clone(), dealt[1].clone(), other[2].clone()]), ErrorKind::ParamsMismatch);
    assert_eq!(kind(&[]), ErrorKind::TooFewShares);
    let refused = |result: Result<Share<Fp61>>| result.unwrap_err().kind();
    assert_eq!(refused(dealt[0].add(&dealt[1])), ErrorKind::ParamsMismatch);
    let longer = split(&vector::<Fp61>(5, 8), packing, &mut rng(9)).unwrap();
    assert_eq!(refused(dealt[0].add(&longer[0])), ErrorKind::ShapeMismatch);
    assert_eq!(refused(dealt[0].add_public(&[])), ErrorKind::ShapeMismatch);
    let square = dealt[0].mul(&dealt[0]).unwrap();
    assert_eq!(refused(square.mul(&dealt[0])), ErrorKind::HeadroomExhausted);
    // The same computation gives the same set, another one another.
    assert!(dealt[0].add(&other[0]).unwrap().set_id() == dealt[1].add(&other[1]).unwrap().set_id());
    assert!(dealt[0].add(&other[0]).unwrap().set_id() != dealt[0].sub(&other[0]).unwrap().set_id());
}

#[test]
fn arguments_are_checked() {
    for (privacy, width, shares) in
        [(0, 1, 3), (1, 0, 3), (2, 2, 3), (1, 4097, 65_535), (1, 1, 65_536), (usize::MAX, 1, 5)]
    {
        assert_eq!(Packing::new(privacy, width, shares).unwrap_err().kind(), ErrorKind::InvalidParams);
    }
    let packing = Packing::new(1, 2, 3).unwrap();
    assert_eq!(split::<Fp61>(&[], packing, &mut rng(1)).unwrap_err().kind(), ErrorKind::OutOfRange);
    assert_eq!((packing.privacy(), packing.width(), packing.shares()), (1, 2, 3));
}

#[test]
fn bytes_and_back() {
    fn check<F: Field>() {
        let packing = Packing::new(1, 3, 7).unwrap();
        for share in split(&vector::<F>(7, 1), packing, &mut rng(2)).unwrap() {
            let square = share.mul(&share).unwrap();
            for share in [share, square] {
                let bytes = share.to_bytes();
                assert!(Share::<F>::from_bytes(&bytes, ()).unwrap() == share);
                assert!((0..bytes.len()).all(|len| Share::<F>::from_bytes(&bytes[..len], ()).is_err()));
            }
        }
    }
    check::<Fp61>();
    check::<Scalar>();
}

#[test]
fn nothing_secret_is_printed() {
    let share = &split(&vector::<Fp61>(1, 1), Packing::new(1, 1, 2).unwrap(), &mut rng(1)).unwrap()[0];
    let text = "packed::Share { index: PartyId(1), packing: Packing { privacy: 1, width: 1, shares: 2 }, degree: 1, .. }";
    assert_eq!(format!("{share:?}"), text);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn any_packing_obeys_the_laws(privacy in 1_usize..6, width in 1_usize..9, spare in 0_usize..3, len in 1_usize..30) {
        laws::<Fp61>(privacy, width, 2 * (privacy + width) - 1 + spare, len);
    }
}
