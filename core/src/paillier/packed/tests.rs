use core::ops::ControlFlow;

use proptest::prelude::*;

use super::*;
use crate::paillier::testing::{other_key, params, public_key, rng, secret_key};

fn shape(extents: &[usize]) -> Shape {
    Shape::new(extents).unwrap()
}

fn ints(values: &[i64], bound: u64) -> PlainArray {
    PlainArray::integers_within(&params(), &shape(&[values.len()]), values, bound).unwrap()
}

fn fixed(values: &[f64], bound: f64) -> PlainArray {
    PlainArray::fixed_point_within(&params(), &shape(&[values.len()]), values, bound).unwrap()
}

fn encrypt(plain: &PlainArray, headroom_bits: u32) -> PackedArray {
    PackedArray::encrypt(secret_key(), plain, headroom_bits, &mut rng(3), &mut ()).unwrap()
}

fn decrypt(array: &PackedArray) -> Vec<f64> {
    array.decrypt(secret_key(), &mut ()).unwrap().to_vec()
}

fn decrypt_ints(array: &PackedArray) -> Vec<i128> {
    array.decrypt_integers(secret_key(), &mut ()).unwrap().to_vec()
}

fn send(array: &PackedArray) -> Vec<u8> {
    array.to_bytes_for_sending(&mut rng(4), &mut ()).unwrap()
}

fn kind<T>(result: Result<T>) -> ErrorKind {
    result.err().expect("must fail").kind()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn operations_agree_with_integers(
        values in prop::collection::vec(any::<(i32, i32)>(), 0..130),
        weight in -100..100_i64,
    ) {
        let (a, b): (Vec<i64>, Vec<i64>) = values.iter().map(|(a, b)| (i64::from(*a), i64::from(*b))).unzip();
        let (p, q, o) = (ints(&a, 1 << 31), ints(&b, 1 << 31), &mut ());
        let (x, y) = (encrypt(&p, 8), encrypt(&q, 8));
        let expect = |f: &dyn Fn(i128, i128) -> i128| -> Vec<i128> {
            a.iter().zip(&b).map(|(a, b)| f((*a).into(), (*b).into())).collect()
        };
        prop_assert_eq!(decrypt_ints(&x), expect(&|a, _| a));
        prop_assert_eq!(decrypt_ints(&x.add(&y, o).unwrap()), expect(&|a, b| a + b));
        prop_assert_eq!(decrypt_ints(&x.sub(&y, o).unwrap()), expect(&|a, b| a - b));
        prop_assert_eq!(decrypt_ints(&x.add_plain(&q, o).unwrap()), expect(&|a, b| a + b));
        prop_assert_eq!(decrypt_ints(&x.sub_plain(&q, o).unwrap()), expect(&|a, b| a - b));
        prop_assert_eq!(decrypt_ints(&PackedArray::sum_many(&[&x, &y, &x], o).unwrap()), expect(&|a, b| 2 * a + b));
        let product = x.mul_plain(&ints(&[weight], 100), o).unwrap();
        prop_assert_eq!(decrypt_ints(&product), expect(&|a, _| a * i128::from(weight)));
        prop_assert_eq!(decrypt_ints(&PackedArray::from_bytes(&send(&product), public_key()).unwrap()), decrypt_ints(&product));
    }

    #[test]
    fn any_change_of_the_bytes_is_an_error_or_another_array(at in 0..60_usize, bit in 0..8_u32) {
        let mut bytes = send(&encrypt(&ints(&[1, -3], 3), 5));
        bytes[at] ^= 1 << bit;
        match PackedArray::from_bytes(&bytes, public_key()) {
            Err(error) => prop_assert!(matches!(
                error.kind(),
                ErrorKind::InvalidEncoding | ErrorKind::UnsupportedVersion | ErrorKind::ParamsMismatch | ErrorKind::TrailingBytes
            )),
            Ok(array) => prop_assert_eq!(&send(&array), &bytes),
        }
    }
}

#[test]
fn fixed_point_slots() {
    let (x, o) = (encrypt(&fixed(&[1.5, -2.25, 300.0], 300.0), 60), &mut ());
    assert_eq!(decrypt(&x), [1.5, -2.25, 300.0]);
    assert_eq!(decrypt(&x.mul_plain(&fixed(&[-0.5], 1.0), o).unwrap()), [-0.75, 1.125, -150.0]);
    // An integer array of the same layout, and known integers, are raised to the scale.
    let y = PackedArray::encrypt(public_key(), &ints(&[1, 2, 3], 300 << 40), 60, &mut rng(1), o).unwrap();
    assert_eq!(decrypt(&x.add(&y, o).unwrap()), [2.5, -0.25, 303.0]);
    assert_eq!(decrypt(&x.sub_plain(&ints(&[1, 2, 3], 3), o).unwrap()), [0.5, -4.25, 297.0]);
    assert_eq!(decrypt(&y.sub(&x, o).unwrap()), [-0.5, 4.25, -297.0]);
    assert_eq!(kind(PackedArray::sum_many(&[&x, &y], o)), ErrorKind::ParamsMismatch);
    assert_eq!(kind(x.decrypt_integers(secret_key(), o)), ErrorKind::ParamsMismatch);
}

#[test]
fn extremes_at_full_headroom() {
    // 40 slots of 32 + 18 + 1 bits, all at the bound, doubled 18 times: each slot is filled to its last value.
    let bound = (1_u64 << 32) - 1;
    for value in [bound.cast_signed(), -bound.cast_signed()] {
        let values: Vec<i64> = (0..85).map(|i| if i % 2 == 0 { value } else { -value }).collect();
        let mut array = encrypt(&ints(&values, bound), 18);
        assert_eq!((array.slots(), array.ciphertexts().len(), array.headroom_bits()), (40, 3, 18));
        for _ in 0..18 {
            array = array.add(&array, &mut ()).unwrap();
        }
        assert_eq!(array.headroom_bits(), 0);
        let expected: Vec<i128> = values.iter().map(|value| i128::from(*value) << 18).collect();
        assert_eq!(decrypt_ints(&array), expected);
        for result in [
            array.add(&array, &mut ()),
            array.sub(&array, &mut ()),
            PackedArray::sum_many(&[&array, &array], &mut ()),
            array.mul_plain(&ints(&[1], 2), &mut ()),
            array.mul_plain(&ints(&[-1], 3), &mut ()),
        ] {
            assert_eq!(kind(result), ErrorKind::HeadroomExhausted);
        }
        // 2^50 - 2^18 is tracked: 2^18 - 1 more fits, 2^18 does not.
        let room = (1_i64 << 18) - 1;
        let step = |room: i64| {
            ints(&values.iter().map(|v| v.signum() * room).collect::<Vec<_>>(), room.cast_unsigned())
        };
        let full = array.add_plain(&step(room), &mut ()).unwrap();
        let expected: Vec<i128> = values.iter().map(|v| i128::from(v.signum()) * ((1 << 50) - 1)).collect();
        assert_eq!(decrypt_ints(&full), expected);
        assert_eq!(kind(array.add_plain(&step(room + 1), &mut ())), ErrorKind::HeadroomExhausted);
    }
}

#[test]
fn layouts_must_agree() {
    let (x, o) = (encrypt(&ints(&[1, 2], 7), 4), &mut ());
    for other in [encrypt(&ints(&[1, 2], 7), 5), encrypt(&ints(&[1, 2], 8), 4)] {
        assert_eq!(kind(x.add(&other, o)), ErrorKind::ParamsMismatch);
    }
    assert_eq!(kind(x.add(&encrypt(&ints(&[1], 7), 4), o)), ErrorKind::ShapeMismatch);
    assert_eq!(kind(x.add_plain(&ints(&[1], 7), o)), ErrorKind::ShapeMismatch);
    assert_eq!(kind(x.mul_plain(&ints(&[1, 2], 7), o)), ErrorKind::ShapeMismatch);
    assert_eq!(kind(PackedArray::sum_many(&[], o)), ErrorKind::ShapeMismatch);
    let other = PackedArray::encrypt(other_key(), &ints(&[1, 2], 7), 4, &mut rng(1), o).unwrap();
    assert_eq!(kind(x.sub(&other, o)), ErrorKind::ParamsMismatch);
    assert_eq!(kind(PackedArray::sum_many(&[&x, &other], o)), ErrorKind::ParamsMismatch);
    assert_eq!(kind(other.decrypt(secret_key(), o)), ErrorKind::ParamsMismatch);
    let too_wide = PackedArray::encrypt(public_key(), &ints(&[1], 1), 2046, &mut rng(1), o);
    assert_eq!(kind(too_wide), ErrorKind::HeadroomExhausted);
}

#[test]
fn bytes_come_back() {
    for values in [&[][..], &[5], &[1; 100]] {
        let array = encrypt(&ints(values, 5), 30);
        let bytes = send(&array);
        let back = PackedArray::from_bytes(&bytes, public_key()).unwrap();
        assert_eq!(back.ciphertexts(), array.ciphertexts());
        assert_eq!(decrypt_ints(&back), values.iter().map(|v| i128::from(*v)).collect::<Vec<_>>());
        assert_eq!(send(&back), bytes);
        for len in 0..bytes.len().min(60) {
            assert_eq!(
                kind(PackedArray::from_bytes(&bytes[..len], public_key())),
                ErrorKind::InvalidEncoding
            );
        }
        assert_eq!(
            kind(PackedArray::from_bytes(&bytes, other_key().public_key())),
            ErrorKind::ParamsMismatch
        );
    }
    let mut bytes = send(&encrypt(&ints(&[5], 5), 30));
    for width in [0_u32, 1, 3, 2048, u32::MAX] {
        bytes[46..50].copy_from_slice(&width.to_le_bytes());
        assert_eq!(
            kind(PackedArray::from_bytes(&bytes, public_key())),
            ErrorKind::InvalidEncoding,
            "{width}"
        );
    }
}

#[test]
fn what_was_computed_is_rerandomized_before_sending() {
    let x = encrypt(&ints(&[5], 5), 3);
    assert!(!x.is_derived());
    let sum = x.add_plain(&ints(&[5], 5), &mut ()).unwrap();
    assert!(sum.is_derived() && !sum.rerandomize(&mut rng(2), &mut ()).unwrap().is_derived());
    let sent = PackedArray::from_bytes(&send(&sum), public_key()).unwrap();
    assert_ne!(sent.ciphertexts(), sum.ciphertexts());
    assert_eq!(decrypt_ints(&sent), [10]);
    let stop = &mut |_: usize, _: usize| ControlFlow::Break(());
    assert_eq!(kind(sum.to_bytes_for_sending(&mut rng(2), stop)), ErrorKind::Cancelled);
}

#[test]
fn a_slot_beyond_its_claimed_bound_is_refused() {
    let mut bytes = send(&encrypt(&ints(&[5, -7], 7), 3));
    bytes[34..42].copy_from_slice(&6_u64.to_le_bytes());
    let array = PackedArray::from_bytes(&bytes, public_key()).unwrap();
    assert_eq!(kind(array.decrypt(secret_key(), &mut ())), ErrorKind::DecryptionFailed);
}

#[test]
fn debug_shows_public_facts_only() {
    let text = format!("{:?}", encrypt(&ints(&[12_345], 20_000), 3));
    assert!(text.contains("slots") && !text.contains("12345"), "{text}");
}
