//! Arrays against the same operations on clear numbers.
use core::ops::ControlFlow;

use proptest::collection::vec;
use proptest::prelude::*;

use super::super::testing::{other_key, public_key, rng, secret_key};
use super::super::{Keypair, Params, ParamsSpec};
use super::*;
use crate::shape::Pick;

fn shape(extents: &[usize]) -> Shape {
    Shape::new(extents).unwrap()
}

fn integers(extents: &[usize], values: &[i64]) -> PlainArray {
    PlainArray::integers_within(public_key().params(), &shape(extents), values, 1000).unwrap()
}

fn encrypted(extents: &[usize], values: &[i64]) -> EncryptedArray {
    EncryptedArray::encrypt(public_key(), &integers(extents, values), &mut rng("array"), &mut ()).unwrap()
}

fn opened(array: &EncryptedArray) -> Vec<i64> {
    array.decrypt_integers(secret_key(), &mut ()).unwrap().to_vec()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn arithmetic_follows_the_numbers(
        a in vec(-1000_i64..=1000, 6), b in vec(-1000_i64..=1000, 3), w in vec(-1000_i64..=1000, 6),
    ) {
        let (x, y) = (encrypted(&[2, 3], &a), encrypted(&[3], &b));
        let each = |f: &dyn Fn(i64, i64) -> i64| (0..6).map(|i| f(a[i], b[i % 3])).collect::<Vec<_>>();
        let plain = integers(&[3], &b);
        prop_assert_eq!(opened(&x.add(&y, &mut ()).unwrap()), each(&|a, b| a + b));
        prop_assert_eq!(opened(&x.sub(&y, &mut ()).unwrap()), each(&|a, b| a - b));
        prop_assert_eq!(opened(&x.add_plain(&plain, &mut ()).unwrap()), each(&|a, b| a + b));
        prop_assert_eq!(opened(&x.sub_plain(&plain, &mut ()).unwrap()), each(&|a, b| a - b));
        prop_assert_eq!(opened(&x.rsub_plain(&plain, &mut ()).unwrap()), each(&|a, b| b - a));
        prop_assert_eq!(opened(&x.mul_plain(&plain, &mut ()).unwrap()), each(&|a, b| a * b));
        prop_assert_eq!(opened(&x.mul_plain_vartime(&plain, &mut ()).unwrap()), each(&|a, b| a * b));
        prop_assert_eq!(opened(&x.neg(&mut ()).unwrap()), each(&|a, _| -a));
        prop_assert_eq!(opened(&x.sum(None, &mut ()).unwrap()), [a.iter().sum::<i64>()]);
        prop_assert_eq!(opened(&x.sum(Some(0), &mut ()).unwrap()), (0..3).map(|i| a[i] + a[i + 3]).collect::<Vec<_>>());
        let weights = integers(&[3, 2], &w);
        let cell = |r: usize, c: usize| (0..3).map(|k| a[3 * r + k] * w[2 * k + c]).sum::<i64>();
        let expected = vec![cell(0, 0), cell(0, 1), cell(1, 0), cell(1, 1)];
        prop_assert_eq!(opened(&x.matmul(&weights, &mut ()).unwrap()), expected.clone());
        prop_assert_eq!(opened(&x.matmul_vartime(&weights, &mut ()).unwrap()), expected);
        // On the left: (2, 3) @ (3, 2) with the weights first.
        let (turned, left) = (x.reshape(&shape(&[3, 2])).unwrap(), integers(&[2, 3], &w));
        let cell = |r: usize, c: usize| (0..3).map(|k| w[3 * r + k] * a[2 * k + c]).sum::<i64>();
        let expected = vec![cell(0, 0), cell(0, 1), cell(1, 0), cell(1, 1)];
        prop_assert_eq!(opened(&turned.rmatmul(&left, &mut ()).unwrap()), expected.clone());
        prop_assert_eq!(opened(&turned.rmatmul_vartime(&left, &mut ()).unwrap()), expected);
        let dot = (0..3).map(|k| b[k] * w[k]).sum::<i64>();
        prop_assert_eq!(opened(&y.dot(&integers(&[3], &w[..3]), &mut ()).unwrap()), [dot]);
        prop_assert_eq!(opened(&y.dot_vartime(&integers(&[3], &w[..3]), &mut ()).unwrap()), [dot]);
    }
}

#[test]
fn fixed_point_is_exact_at_its_scale() {
    let params = *public_key().params();
    let row = shape(&[3]);
    let plain = PlainArray::fixed_point_within(&params, &row, &[120.5, -3.25, 0.0], 200.0).unwrap();
    let array = EncryptedArray::encrypt(public_key(), &plain, &mut rng("fixed"), &mut ()).unwrap();
    assert_eq!((array.scale(), array.bound()), (8, Magnitude::new(200 << 8)));
    assert_eq!(*array.decrypt(secret_key(), &mut ()).unwrap(), [120.5, -3.25, 0.0]);
    assert_eq!(array.decrypt_integers(secret_key(), &mut ()).unwrap_err().kind(), ErrorKind::ParamsMismatch);
    let weight = PlainArray::fixed_point_within(&params, &shape(&[]), &[0.5], 1.0).unwrap();
    let halves = array.mul_plain(&weight, &mut ()).unwrap();
    let moved = halves.add_plain(&integers(&[], &[7]), &mut ()).unwrap();
    assert_eq!(*moved.decrypt(secret_key(), &mut ()).unwrap(), [67.25, 5.375, 7.0]);
    let mixed = moved.add(&encrypted(&[3], &[1, -2, 3]), &mut ()).unwrap();
    assert_eq!(mixed.scale(), 16);
    assert_eq!(*mixed.decrypt(secret_key(), &mut ()).unwrap(), [68.25, 3.375, 10.0]);
}

/// A mean is the closest `f64`, whatever the count.
#[test]
fn means_are_exact() {
    let opened = |array: &EncryptedArray| array.decrypt(secret_key(), &mut ()).unwrap().to_vec();
    for count in [1_usize, 2, 3, 6, 7, 12, 100] {
        let values: Vec<i64> = (0..count).map(|i| i64::try_from(i * i % 97).unwrap() - 40).collect();
        let mean = encrypted(&[count], &values).mean(None, &mut ()).unwrap();
        #[allow(clippy::cast_precision_loss)]
        let expected = values.iter().sum::<i64>() as f64 / count as f64;
        assert_eq!(opened(&mean), [expected], "of {count}");
        assert_eq!(mean.bound(), Magnitude::new(1000 * count as u128), "no headroom beyond the sum's");
        assert_eq!(mean.divisor() << mean.scale(), count as u64);
    }
    let array = encrypted(&[2, 3], &[1, 2, 4, 10, 20, 40]);
    let rows = array.mean(Some(1), &mut ()).unwrap();
    assert_eq!(opened(&rows), [7.0 / 3.0, 70.0 / 3.0]);
    assert_eq!(opened(&array.mean(Some(0), &mut ()).unwrap()), [5.5, 11.0, 22.0]);
    assert!(!rows.holds_integers() && array.holds_integers());
    assert_eq!(rows.decrypt_integers(secret_key(), &mut ()).unwrap_err().kind(), ErrorKind::ParamsMismatch);
    // What follows is exact too: thirds and fifths, integers, fixed point.
    let fifths = encrypted(&[5], &[1, 1, 1, 1, 2]).mean(None, &mut ()).unwrap();
    assert_eq!(opened(&rows.add(&fifths, &mut ()).unwrap()), [53.0 / 15.0, 368.0 / 15.0]);
    assert_eq!(opened(&rows.sub(&fifths, &mut ()).unwrap()), [17.0 / 15.0, 332.0 / 15.0]);
    assert_eq!(opened(&rows.sub_plain(&integers(&[], &[7]), &mut ()).unwrap()), [-14.0 / 3.0, 49.0 / 3.0]);
    assert_eq!(opened(&rows.rsub_plain(&integers(&[], &[7]), &mut ()).unwrap()), [14.0 / 3.0, -49.0 / 3.0]);
    assert_eq!(opened(&rows.mul_plain(&integers(&[], &[3]), &mut ()).unwrap()), [7.0, 70.0]);
    assert_eq!(opened(&rows.mean(None, &mut ()).unwrap()), [77.0 / 6.0]);
    let both = EncryptedArray::concatenate(&[&rows, &array.reshape(&shape(&[6])).unwrap()], 0, &mut ());
    assert_eq!(opened(&both.unwrap())[..3], [7.0 / 3.0, 70.0 / 3.0, 1.0]);
    // A mean comes back from its bytes.
    let bytes = rows.to_bytes_for_sending(&mut rng("mean"), &mut ()).unwrap();
    let received = EncryptedArray::from_bytes(&bytes, public_key()).unwrap();
    assert_eq!((received.divisor(), opened(&received)), (3, vec![7.0 / 3.0, 70.0 / 3.0]));
    let none = encrypted(&[0], &[]).mean(None, &mut ());
    assert_eq!(none.unwrap_err().kind(), ErrorKind::OutOfRange);
    assert_eq!(array.mean(Some(2), &mut ()).unwrap_err().kind(), ErrorKind::ShapeMismatch);
}

#[test]
fn what_could_exceed_the_decode_bound_is_refused() {
    let kind = |result: Result<EncryptedArray>| result.map(|_| ()).map_err(|error| error.kind());
    let exhausted = Err(ErrorKind::HeadroomExhausted);
    let params = *public_key().params();
    let full = PlainArray::integers_within(&params, &shape(&[2]), &[1 << 32, -(1 << 32)], 1 << 32).unwrap();
    let array = EncryptedArray::encrypt(public_key(), &full, &mut rng("full"), &mut ()).unwrap();
    assert_eq!((array.headroom_bits(), opened(&array)), (0, vec![1 << 32, -(1 << 32)]));
    let one = encrypted(&[2], &[1, 1]);
    assert_eq!(kind(array.add(&one, &mut ())), exhausted);
    assert_eq!(kind(array.sub(&array, &mut ())), exhausted);
    assert_eq!(kind(array.add_plain(&integers(&[], &[0]), &mut ())), exhausted);
    assert_eq!(kind(array.rsub_plain(&integers(&[], &[0]), &mut ())), exhausted);
    assert_eq!(kind(array.sum(None, &mut ())), exhausted);
    assert_eq!(kind(array.mul_plain(&integers(&[], &[1]), &mut ())), exhausted);
    assert_eq!(kind(array.mul_plain_vartime(&integers(&[], &[2]), &mut ())), exhausted);
    assert_eq!(kind(array.dot(&integers(&[2], &[1, 0]), &mut ())), exhausted);
    assert_eq!(opened(&array.mul_plain_vartime(&integers(&[], &[-1]), &mut ()).unwrap())[0], -(1 << 32));
    assert_eq!(opened(&array.dot_vartime(&integers(&[2], &[0, 1]), &mut ()).unwrap()), [-(1 << 32)]);
}

#[test]
fn a_lied_bound_ends_in_an_error() {
    let array = encrypted(&[1], &[1000]);
    let lie = |bound| {
        let list = array.ciphertexts().to_vec();
        EncryptedArray::from_ciphertexts(public_key(), &shape(&[1]), list, 0, Magnitude::new(bound)).unwrap()
    };
    assert_eq!(opened(&lie(1000)), [1000]);
    assert_eq!(lie(999).decrypt_integers(secret_key(), &mut ()).unwrap_err().kind(), ErrorKind::OutOfRange);
}

#[test]
fn arrangement_follows_numpy() {
    let array = encrypted(&[2, 3], &[1, 2, 3, 4, 5, 6]);
    assert_eq!(opened(&array.transpose(&[1, 0]).unwrap()), [1, 4, 2, 5, 3, 6]);
    assert_eq!(opened(&array.slice(&[Pick::At(1)]).unwrap()), [4, 5, 6]);
    assert_eq!(array.reshape(&shape(&[6])).unwrap().shape(), &shape(&[6]));
    assert!(!array.reshape(&shape(&[6])).unwrap().is_derived() && array.slice(&[]).unwrap().is_derived());
    let both = EncryptedArray::concatenate(&[&array, &array], 0, &mut ()).unwrap();
    assert_eq!((both.shape(), opened(&both).len()), (&shape(&[4, 3]), 12));
    let stacked = EncryptedArray::stack(&[&array, &array], 0, &mut ()).unwrap();
    assert_eq!(stacked.shape(), &shape(&[2, 2, 3]));
    assert_eq!(opened(&encrypted(&[1], &[9]).broadcast_to(&shape(&[3])).unwrap()), [9, 9, 9]);
    assert!(array.reshape(&shape(&[5])).is_err() && EncryptedArray::concatenate(&[], 0, &mut ()).is_err());
}

#[test]
fn what_is_sent_tells_nothing_of_its_making() {
    let (a, b) = (encrypted(&[2], &[5, 6]), encrypted(&[2], &[7, 8]));
    let sum = a.add(&b, &mut ()).unwrap();
    assert!(sum.is_derived() && !a.is_derived());
    let bytes = sum.to_bytes_for_sending(&mut rng("send"), &mut ()).unwrap();
    let received = EncryptedArray::from_bytes(&bytes, public_key()).unwrap();
    assert!(received.ciphertexts().iter().zip(sum.ciphertexts()).all(|(a, b)| a != b));
    assert_eq!(opened(&received), [12, 14]);
    let again = received.to_bytes_for_sending(&mut rng("again"), &mut ()).unwrap();
    assert_eq!(again, bytes, "what came from elsewhere leaves as it is");
    let nothing = a.sub(&a, &mut ()).unwrap();
    assert!(bool::from(nothing.ciphertexts()[0].points().0.is_identity()));
    let bytes = nothing.to_bytes_for_sending(&mut rng("send"), &mut ()).unwrap();
    assert_eq!(opened(&EncryptedArray::from_bytes(&bytes, public_key()).unwrap()), [0, 0]);
}

#[test]
fn bad_bytes_are_refused() {
    let bytes = encrypted(&[2], &[5, 6]).to_bytes_for_sending(&mut rng("send"), &mut ()).unwrap();
    let kind = |bytes: &[u8]| EncryptedArray::from_bytes(bytes, public_key()).unwrap_err().kind();
    let with = |at: usize, part: &[u8]| {
        let mut changed = bytes.clone();
        changed[at..at + part.len()].copy_from_slice(part);
        kind(&changed)
    };
    let first = bytes.len() - 2 * Ciphertext::ENCODED_LEN;
    assert_eq!(with(first, &[0; 32]), ErrorKind::InvalidEncoding, "neutral");
    assert_eq!(with(first, &[0xff; 32]), ErrorKind::InvalidEncoding, "not canonical");
    assert_eq!(with(first + 32, &[1; 32]), ErrorKind::InvalidEncoding, "no element");
    assert_eq!(with(9, &[0; 16]), ErrorKind::ParamsMismatch, "another key");
    assert_eq!(with(9 + 16 + 1, &3_u32.to_le_bytes()), ErrorKind::InvalidEncoding, "more elements");
    assert_eq!(with(9 + 16 + 5, &33_u32.to_le_bytes()), ErrorKind::InvalidEncoding, "scale");
    for divisor in [0, 2, (1 << 32) + 1, u64::MAX] {
        assert_eq!(with(9 + 16 + 9, &divisor.to_le_bytes()), ErrorKind::InvalidEncoding, "divisor");
    }
    assert_eq!(with(9 + 16 + 17, &(1_u64 << 33).to_le_bytes()), ErrorKind::InvalidEncoding, "bound");
    let other = EncryptedArray::from_bytes(&bytes, other_key().public_key());
    assert_eq!(other.unwrap_err().kind(), ErrorKind::ParamsMismatch);
}

#[test]
fn keys_do_not_mix() {
    let a = encrypted(&[1], &[1]);
    let values = integers(&[1], &[1]);
    let foreign = EncryptedArray::encrypt(other_key().public_key(), &values, &mut rng("b"), &mut ()).unwrap();
    assert_eq!(a.add(&foreign, &mut ()).unwrap_err().kind(), ErrorKind::ParamsMismatch);
    assert_eq!(foreign.decrypt(secret_key(), &mut ()).unwrap_err().kind(), ErrorKind::ParamsMismatch);
}

#[test]
fn long_searches_report_and_stop() {
    let spec = ParamsSpec { decode_bits: 40, ..ParamsSpec::default() };
    let (public, secret) =
        Keypair::generate(Params::new(spec).unwrap(), &mut rng("wide")).unwrap().into_parts();
    let values = [3_000_000_000, -(1 << 35)];
    let plain = PlainArray::integers_within(public.params(), &shape(&[2]), &values, 1 << 36).unwrap();
    let array = EncryptedArray::encrypt(&public, &plain, &mut rng("wide"), &mut ()).unwrap();
    let mut calls = Vec::new();
    let mut watch = |done: usize, total: usize| {
        calls.push((done, total));
        ControlFlow::Continue(())
    };
    assert_eq!(*array.decrypt_integers(&secret, &mut watch).unwrap(), values);
    assert!(calls.len() > 4 && calls.iter().all(|(done, total)| done <= total), "{calls:?}");
    let mut stop = |_: usize, _: usize| ControlFlow::Break(());
    assert_eq!(array.decrypt(&secret, &mut stop).unwrap_err().kind(), ErrorKind::Cancelled);
}
