use core::ops::ControlFlow;

use num_bigint::BigUint;
use proptest::prelude::*;

use super::*;
use crate::bigint::limbs;
use crate::paillier::batch;
use crate::paillier::testing::{other_key, params, public_key, rng, secret_key};
use crate::shape::selection::{self, Pick};

fn shape(extents: &[usize]) -> Shape {
    Shape::new(extents).unwrap()
}

fn fixed(extents: &[usize], values: &[f64]) -> PlainArray {
    PlainArray::fixed_point(&params(), &shape(extents), values).unwrap()
}

fn ints(extents: &[usize], values: &[i64]) -> PlainArray {
    PlainArray::integers(&params(), &shape(extents), values).unwrap()
}

fn small(extents: &[usize], values: &[i64], bound: u64) -> PlainArray {
    PlainArray::integers_within(&params(), &shape(extents), values, bound).unwrap()
}

fn encrypt(plain: &PlainArray) -> EncryptedArray {
    EncryptedArray::encrypt(secret_key(), plain, &mut rng(3), &mut ()).unwrap()
}

fn decrypt(array: &EncryptedArray) -> Vec<f64> {
    array.decrypt(secret_key(), &mut ()).unwrap().to_vec()
}

fn decrypt_ints(array: &EncryptedArray) -> Vec<i128> {
    array.decrypt_integers(secret_key(), &mut ()).unwrap().to_vec()
}

fn send(array: &EncryptedArray) -> Vec<u8> {
    array.to_bytes_for_sending(&mut rng(4), &mut ()).unwrap()
}

fn kind<T>(result: Result<T>) -> ErrorKind {
    result.err().expect("must fail").kind()
}

/// Shapes that broadcast, and their result.
fn any_shapes() -> impl Strategy<Value = [Vec<usize>; 3]> {
    prop_oneof![
        Just([vec![3], vec![3], vec![3]]),
        Just([vec![2, 1], vec![3], vec![2, 3]]),
        Just([vec![], vec![2, 2], vec![2, 2]]),
        Just([vec![1, 2], vec![2, 1], vec![2, 2]]),
        Just([vec![4], vec![1], vec![4]]),
        Just([vec![0], vec![1], vec![0]]),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn elementwise_operations_agree_with_integers(
        [a_shape, b_shape, out] in any_shapes(),
        a in prop::collection::vec(any::<i64>(), 4),
        b in prop::collection::vec(any::<i64>(), 4),
    ) {
        let (a_len, b_len) = (shape(&a_shape).len(), shape(&b_shape).len());
        let (x, p) = (encrypt(&ints(&a_shape, &a[..a_len])), ints(&b_shape, &b[..b_len]));
        let y = encrypt(&p);
        let (_, pairs) = selection::pairs(x.shape(), y.shape()).unwrap();
        let expect = |f: fn(i128, i128) -> i128| -> Vec<i128> {
            pairs.iter().map(|(i, j)| f(a[*i].into(), b[*j].into())).collect()
        };
        let o = &mut ();
        for (result, expected) in [
            (x.add(&y, o), expect(|a, b| a + b)),
            (x.sub(&y, o), expect(|a, b| a - b)),
            (x.add_plain(&p, o), expect(|a, b| a + b)),
            (x.sub_plain(&p, o), expect(|a, b| a - b)),
            (x.rsub_plain(&p, o), expect(|a, b| b - a)),
            (x.mul_plain(&p, o), expect(|a, b| a * b)),
            (x.mul_plain_vartime(&p, o), expect(|a, b| a * b)),
        ] {
            let result = result.unwrap();
            prop_assert_eq!(result.shape(), &shape(&out));
            prop_assert_eq!(decrypt_ints(&result), expected);
            prop_assert!(result.is_derived());
        }
        let negatives: Vec<i128> = a[..a_len].iter().map(|a| -i128::from(*a)).collect();
        prop_assert_eq!(decrypt_ints(&x.neg(o).unwrap()), negatives);
    }

    #[test]
    fn matrix_products_agree_with_integers(
        rows in 1..3_usize,
        inner in 0..4_usize,
        columns in 1..3_usize,
        a in prop::collection::vec(any::<i32>(), 9),
        b in prop::collection::vec(any::<i32>(), 9),
    ) {
        let wide = |list: &[i32]| list.iter().map(|v| i64::from(*v)).collect::<Vec<_>>();
        let (a, b) = (wide(&a[..rows * inner]), wide(&b[..inner * columns]));
        let left = ints(&[rows, inner], &a);
        let right = small(&[inner, columns], &b, 1 << 31);
        let cell = |i: usize, j: usize| -> i128 {
            (0..inner).map(|k| i128::from(a[i * inner + k]) * i128::from(b[k * columns + j])).sum()
        };
        let expected: Vec<i128> = (0..rows).flat_map(|i| (0..columns).map(move |j| (i, j))).map(|(i, j)| cell(i, j)).collect();
        let o = &mut ();
        let (x, y) = (encrypt(&left), encrypt(&right));
        for product in [x.matmul(&right, o), x.matmul_vartime(&right, o), y.rmatmul(&left, o), y.rmatmul_vartime(&left, o)] {
            let product = product.unwrap();
            prop_assert_eq!(product.shape(), &shape(&[rows, columns]));
            prop_assert_eq!(&decrypt_ints(&product), &expected);
        }
        let (x, weights) = (encrypt(&ints(&[inner], &a[..inner])), small(&[inner], &b[..inner], 1 << 31));
        let expected: i128 = (0..inner).map(|k| i128::from(a[k]) * i128::from(b[k])).sum();
        prop_assert_eq!(decrypt_ints(&x.dot(&weights, o).unwrap()), [expected]);
        prop_assert_eq!(decrypt_ints(&x.dot_vartime(&weights, o).unwrap()), [expected]);
        prop_assert!(x.dot(&weights, o).unwrap().shape().extents().is_empty());
    }

    #[test]
    fn fixed_point_is_exact_on_dyadic_numbers(
        a in prop::collection::vec(-1_000_000..1_000_000_i32, 6),
        b in prop::collection::vec(-1_000_000..1_000_000_i32, 3),
    ) {
        let quarter = |list: &[i32]| list.iter().map(|v| f64::from(*v) / 4.0).collect::<Vec<_>>();
        let (a, b) = (quarter(&a), quarter(&b));
        let (x, p) = (encrypt(&fixed(&[2, 3], &a)), fixed(&[3], &b));
        let y = encrypt(&p);
        let o = &mut ();
        let expect = |f: fn(f64, f64) -> f64| (0..6).map(|i| f(a[i], b[i % 3])).collect::<Vec<f64>>();
        prop_assert_eq!(decrypt(&x.add(&y, o).unwrap()), expect(|a, b| a + b));
        prop_assert_eq!(decrypt(&x.sub(&y, o).unwrap()), expect(|a, b| a - b));
        let products = x.mul_plain(&p, o).unwrap();
        prop_assert_eq!(products.scale(), 80);
        prop_assert_eq!(decrypt(&products), expect(|a, b| a * b));
        // Scales 80 and 40 and 0 in one expression.
        let mixed = products.add(&y, o).unwrap().add(&encrypt(&ints(&[], &[7])), o).unwrap();
        prop_assert_eq!(decrypt(&mixed), expect(|a, b| a * b + b + 7.0));
        prop_assert_eq!(decrypt(&products.sub_plain(&p, o).unwrap()), expect(|a, b| a * b - b));
        prop_assert_eq!(decrypt(&y.rsub_plain(&ints(&[], &[1]), o).unwrap()), b.iter().map(|b| 1.0 - b).collect::<Vec<_>>());
        prop_assert_eq!(decrypt(&x.sum(Some(0), o).unwrap()), (0..3).map(|j| a[j] + a[j + 3]).collect::<Vec<_>>());
        prop_assert_eq!(decrypt(&x.sum(Some(1), o).unwrap()), [a[0] + a[1] + a[2], a[3] + a[4] + a[5]]);
        prop_assert_eq!(decrypt(&x.mean(Some(0), o).unwrap()), (0..3).map(|j| (a[j] + a[j + 3]) / 2.0).collect::<Vec<_>>());
        let (mean, truth) = (decrypt(&x.mean(None, o).unwrap())[0], a.iter().sum::<f64>() / 6.0);
        prop_assert!((mean - truth).abs() <= truth.abs() * f64::EPSILON, "{} {}", mean, truth);
    }

    #[test]
    fn any_change_of_the_bytes_is_an_error_or_another_array(at in 0..1100_usize, bit in 0..8_u32) {
        let mut bytes = send(&encrypt(&fixed(&[2], &[1.5, -3.0])));
        let at = at % bytes.len();
        bytes[at] ^= 1 << bit;
        match EncryptedArray::from_bytes(&bytes, public_key()) {
            Err(error) => prop_assert!(matches!(
                error.kind(),
                ErrorKind::InvalidEncoding | ErrorKind::UnsupportedVersion | ErrorKind::ParamsMismatch | ErrorKind::TrailingBytes
            )),
            Ok(array) => {
                prop_assert_eq!(&send(&array), &bytes);
                // A ciphertext that nobody made decrypts to something beyond its bound; a claim may be changed at will.
                let decrypted = array.decrypt(secret_key(), &mut ());
                let facts = 9 + 16 + 1 + 4 + 4 + 12;
                prop_assert!(at < facts || kind(decrypted) == ErrorKind::DecryptionFailed);
            }
        }
    }
}

#[test]
fn long_sums_are_split_and_put_together() {
    let count = 2 * batch::TERMS + 5;
    let base = encrypt(&ints(&[1], &[3]));
    let long = base.broadcast_to(&shape(&[count])).unwrap();
    let expected = 3 * count as i128;
    assert_eq!(decrypt_ints(&long.sum(None, &mut ()).unwrap()), [expected]);
    let weights = small(&[count], &vec![-2; count], 2);
    assert_eq!(decrypt_ints(&long.dot_vartime(&weights, &mut ()).unwrap()), [-2 * expected]);
    assert_eq!(decrypt_ints(&long.dot(&weights, &mut ()).unwrap()), [-2 * expected]);
    let table = long.reshape(&shape(&[count, 1])).unwrap();
    assert_eq!(decrypt_ints(&table.sum(Some(0), &mut ()).unwrap()), [expected]);
}

#[test]
fn headroom_ends_at_the_operation() {
    let factor = ints(&[], &[i64::MIN]);
    let mut array = encrypt(&ints(&[], &[i64::MIN]));
    let mut truth = BigUint::from(1_u8) << 63;
    // The bound is 2^63 and each product adds 63 bits; below 2^2046 there is room for 32 factors.
    for product in 2..=32_u32 {
        array = array.mul_plain_vartime(&factor, &mut ()).unwrap();
        truth <<= 63_u32;
        assert_eq!(array.bound(), Magnitude::pow2(63 * product).unwrap());
    }
    let plaintext = secret_key().decrypt(&array.ciphertexts()[0]).unwrap();
    let (negative, magnitude) = plaintext.to_sign_magnitude(public_key()).unwrap();
    assert!(!bool::from(negative));
    assert_eq!(limbs::to_biguint_vartime(&magnitude), truth);

    assert_eq!(array.headroom_bits(), 2046 - (32 * 63 + 1));
    for result in [array.mul_plain(&factor, &mut ()), array.mul_plain_vartime(&factor, &mut ())] {
        assert_eq!(kind(result), ErrorKind::HeadroomExhausted);
    }
    // 29 doublings are left; the thirtieth could reach the limit.
    for _ in 0..29 {
        array = array.add(&array, &mut ()).unwrap();
    }
    assert_eq!(array.headroom_bits(), 0);
    assert_eq!(kind(array.add(&array, &mut ())), ErrorKind::HeadroomExhausted);
    assert_eq!(kind(array.sub(&array, &mut ())), ErrorKind::HeadroomExhausted);
    assert_eq!(
        kind(array.mean(None, &mut ()).and_then(|mean| mean.add_plain(&fixed(&[], &[1.0]), &mut ()))),
        ErrorKind::HeadroomExhausted
    );
    let twice = EncryptedArray::stack(&[&array, &array], 0, &mut ()).unwrap();
    assert_eq!(kind(twice.sum(None, &mut ())), ErrorKind::HeadroomExhausted);
    assert_eq!(kind(array.decrypt(secret_key(), &mut ())), ErrorKind::OutOfRange);
    assert_eq!(kind(array.decrypt_integers(secret_key(), &mut ())), ErrorKind::OutOfRange);
}

#[test]
fn scales_end_in_an_error() {
    // A declared bound of 0 never fills the plaintext space, so the scale must end by itself.
    let zero = PlainArray::fixed_point_within(&params(), &shape(&[]), &[0.0], 0.0).unwrap();
    let mut array = encrypt(&zero);
    for _ in 1..2048 / 40 {
        array = array.mul_plain_vartime(&zero, &mut ()).unwrap();
    }
    assert_eq!(array.scale(), 2040);
    assert_eq!(kind(array.mul_plain_vartime(&zero, &mut ())), ErrorKind::HeadroomExhausted);
    assert_eq!(decrypt(&array), [0.0]);
    assert_eq!(kind(array.add_plain(&fixed(&[], &[1.0]), &mut ())), ErrorKind::HeadroomExhausted);
}

#[test]
fn declared_bounds_carry_through() {
    let o = &mut ();
    let x = encrypt(&small(&[3], &[1, -2, 3], 3));
    assert_eq!(x.bound(), Magnitude::new(3));
    assert_eq!(x.add(&x, o).unwrap().bound(), Magnitude::new(6));
    assert_eq!(x.sum(None, o).unwrap().bound(), Magnitude::new(9));
    let weights = small(&[3], &[5, 0, -1], 10);
    assert_eq!(x.dot(&weights, o).unwrap().bound(), Magnitude::new(90));
    assert_eq!(x.dot_vartime(&weights, o).unwrap().bound(), Magnitude::new(18));
    assert_eq!(x.mul_plain_vartime(&weights, o).unwrap().bound(), Magnitude::new(15));
}

#[test]
fn public_facts_do_not_depend_on_values() {
    let facts = |x: f64| {
        let array = encrypt(&fixed(&[1], &[x]));
        (send(&array)[..9 + 16 + 1 + 4 + 4 + 12].to_vec(), array.scale(), array.bound())
    };
    assert_eq!(facts(1.5), facts(3.0));
    assert_eq!(facts(1.5), facts(1e-20));
    assert_eq!(facts(1.5), facts(-1e13));
}

#[test]
fn what_was_computed_is_rerandomized_before_sending() {
    let x = encrypt(&ints(&[1], &[40]));
    let raw = |array: &EncryptedArray| {
        let mut out = crate::codec::Writer::with_capacity(1 << 12);
        public_key().write_ciphertexts(array.ciphertexts(), &mut out).unwrap();
        out.into_bytes().to_vec()
    };
    let sent = |array: &EncryptedArray| send(array)[46..].to_vec();
    assert_eq!(sent(&x), raw(&x), "fresh");
    let received = EncryptedArray::from_bytes(&send(&x), public_key()).unwrap();
    assert_eq!(sent(&received), raw(&x), "received");
    let sum = x.add_plain(&ints(&[1], &[2]), &mut ()).unwrap();
    assert!(sum.is_derived());
    assert_ne!(sent(&sum), raw(&sum), "computed");
    assert_ne!(sent(&x.slice(&[Pick::Range { start: 0, count: 1, step: 1 }]).unwrap()), raw(&x), "taken");
    let released = sum.rerandomize(&mut rng(8), &mut ()).unwrap();
    assert!(!released.is_derived());
    assert_eq!(sent(&released), raw(&released));
    assert_eq!(decrypt_ints(&EncryptedArray::from_bytes(&send(&sum), public_key()).unwrap()), [42]);
}

#[test]
fn bytes_come_back() {
    for plain in [fixed(&[2, 1], &[1.25, -8.0]), ints(&[], &[i64::MIN]), ints(&[0, 5], &[])] {
        let array = encrypt(&plain);
        let bytes = send(&array);
        let back = EncryptedArray::from_bytes(&bytes, public_key()).unwrap();
        assert_eq!((back.shape(), back.scale(), back.bound()), (array.shape(), array.scale(), array.bound()));
        assert_eq!(back.ciphertexts(), array.ciphertexts());
        assert_eq!(send(&back), bytes);
        for len in 0..bytes.len().min(60) {
            assert_eq!(
                kind(EncryptedArray::from_bytes(&bytes[..len], public_key())),
                ErrorKind::InvalidEncoding
            );
        }
        let longer = [&bytes[..], &[0]].concat();
        assert_eq!(kind(EncryptedArray::from_bytes(&longer, public_key())), ErrorKind::TrailingBytes);
        assert_eq!(
            kind(EncryptedArray::from_bytes(&bytes, other_key().public_key())),
            ErrorKind::ParamsMismatch
        );
    }
}

#[test]
fn bad_fields_are_refused() {
    let bytes = send(&encrypt(&ints(&[1], &[1])));
    let with = |at: usize, field: &[u8]| {
        let mut bytes = bytes.clone();
        bytes[at..at + field.len()].copy_from_slice(field);
        kind(EncryptedArray::from_bytes(&bytes, public_key()))
    };
    let (axes, extent, scale, bound, first) = (25, 26, 30, 34, 46);
    assert_eq!(with(9, &[0; 16]), ErrorKind::ParamsMismatch);
    assert_eq!(with(axes, &[9]), ErrorKind::InvalidEncoding);
    assert_eq!(with(extent, &u32::MAX.to_le_bytes()), ErrorKind::InvalidEncoding);
    assert_eq!(with(extent, &2_u32.to_le_bytes()), ErrorKind::InvalidEncoding);
    assert_eq!(with(extent, &0_u32.to_le_bytes()), ErrorKind::TrailingBytes);
    assert_eq!(with(scale, &2049_u32.to_le_bytes()), ErrorKind::InvalidEncoding);
    let bound_of =
        |mantissa: u64, exponent: u32| [&mantissa.to_le_bytes()[..], &exponent.to_le_bytes()].concat();
    for (mantissa, exponent) in [(1, 5), (1 << 63, 2046 - 63), (u64::MAX, u32::MAX)] {
        assert_eq!(with(bound, &bound_of(mantissa, exponent)), ErrorKind::InvalidEncoding);
    }
    let n = limbs::to_le_bytes(public_key().n(), 512);
    for ciphertext in [&[0; 512][..], &[0xff; 512], &n[..]] {
        assert_eq!(with(first, ciphertext), ErrorKind::InvalidEncoding);
    }
}

#[test]
fn a_value_beyond_its_claimed_bound_is_refused() {
    let mut bytes = send(&encrypt(&small(&[2], &[5, -9], 9)));
    let bound = 9 + 16 + 1 + 4 + 4;
    for (claim, accepted) in [(9_u64, true), (8, false), (0, false)] {
        bytes[bound..bound + 8].copy_from_slice(&claim.to_le_bytes());
        let array = EncryptedArray::from_bytes(&bytes, public_key()).unwrap();
        let decrypted = array.decrypt(secret_key(), &mut ());
        assert_eq!(
            decrypted.map(|list| list.to_vec()).map_err(|error| error.kind()),
            if accepted { Ok(vec![5.0, -9.0]) } else { Err(ErrorKind::DecryptionFailed) }
        );
    }
}

#[test]
fn other_keys_are_refused() {
    let (x, o) = (encrypt(&ints(&[1], &[1])), &mut ());
    let y = EncryptedArray::encrypt(other_key(), &ints(&[1], &[1]), &mut rng(1), o).unwrap();
    assert_eq!(kind(x.add(&y, o)), ErrorKind::ParamsMismatch);
    assert_eq!(kind(x.sub(&y, o)), ErrorKind::ParamsMismatch);
    assert_eq!(kind(EncryptedArray::concatenate(&[&x, &y], 0, o)), ErrorKind::ParamsMismatch);
    assert_eq!(kind(y.decrypt(secret_key(), o)), ErrorKind::ParamsMismatch);
    assert_eq!(kind(y.decrypt_integers(secret_key(), o)), ErrorKind::ParamsMismatch);
    let mut pool = RandomizerPool::new(other_key().public_key());
    pool.fill(other_key(), 1, &mut rng(1), o).unwrap();
    assert_eq!(
        kind(EncryptedArray::encrypt_with_pool(public_key(), &ints(&[1], &[1]), &mut pool)),
        ErrorKind::ParamsMismatch
    );
}

#[test]
fn shapes_that_do_not_fit_are_refused() {
    let (x, p, o) = (encrypt(&ints(&[2], &[1, 2])), ints(&[3], &[1, 2, 3]), &mut ());
    let y = encrypt(&p);
    for result in [
        x.add(&y, o),
        x.sub(&y, o),
        x.add_plain(&p, o),
        x.sub_plain(&p, o),
        x.rsub_plain(&p, o),
        x.mul_plain(&p, o),
        x.mul_plain_vartime(&p, o),
        x.dot(&p, o),
        x.dot_vartime(&p, o),
        x.matmul(&p, o),
        x.rmatmul(&p, o),
        x.dot(&ints(&[2, 1], &[1, 2]), o),
        x.sum(Some(1), o),
        x.mean(Some(1), o),
        x.reshape(&shape(&[3])),
        x.broadcast_to(&shape(&[3])),
        x.transpose(&[1]),
        x.slice(&[Pick::At(2)]),
        EncryptedArray::concatenate(&[], 0, o),
        EncryptedArray::concatenate(&[&x], 1, o),
        EncryptedArray::stack(&[&x, &y], 0, o),
        EncryptedArray::stack(&[], 0, o),
    ] {
        assert_eq!(kind(result), ErrorKind::ShapeMismatch);
    }
}

#[test]
fn empty_arrays_work() {
    let (x, o) = (encrypt(&fixed(&[0, 3], &[])), &mut ());
    assert_eq!(decrypt(&x), [0.0; 0]);
    assert_eq!(decrypt(&x.sum(Some(0), o).unwrap()), [0.0; 3]);
    assert_eq!(decrypt(&x.sum(Some(1), o).unwrap()), [0.0; 0]);
    assert_eq!(decrypt(&x.sum(None, o).unwrap()), [0.0]);
    assert_eq!(kind(x.mean(None, o)), ErrorKind::OutOfRange);
    assert_eq!(kind(x.mean(Some(0), o)), ErrorKind::OutOfRange);
    assert_eq!(
        decrypt(&x.neg(o).unwrap().add(&x, o).unwrap().mul_plain(&ints(&[], &[2]), o).unwrap()),
        [0.0; 0]
    );
    let sum = x.sum(Some(0), o).unwrap();
    let hollow = encrypt(&ints(&[0, 1 << 17], &[]));
    assert_eq!(kind(EncryptedArray::from_bytes(&send(&hollow), public_key())), ErrorKind::InvalidEncoding);
    assert_eq!(decrypt(&EncryptedArray::from_bytes(&send(&sum), public_key()).unwrap()), [0.0; 3]);
}

#[test]
fn arrangement_follows_numpy() {
    let (x, o) = (encrypt(&ints(&[2, 3], &[0, 1, 2, 3, 4, 5])), &mut ());
    assert_eq!(decrypt_ints(&x.transpose(&[1, 0]).unwrap()), [0, 3, 1, 4, 2, 5]);
    let backwards = Pick::Range { start: 2, count: 2, step: -2 };
    assert_eq!(decrypt_ints(&x.slice(&[Pick::At(1), backwards]).unwrap()), [5, 3]);
    let half = encrypt(&fixed(&[1, 3], &[0.5; 3]));
    let joined = EncryptedArray::concatenate(&[&x, &half], 0, o).unwrap();
    assert_eq!((joined.shape(), joined.scale()), (&shape(&[3, 3]), 40));
    assert_eq!(decrypt(&joined), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 0.5, 0.5, 0.5]);
    let stacked = EncryptedArray::stack(&[&x, &x], 2, o).unwrap();
    assert_eq!(stacked.shape(), &shape(&[2, 3, 2]));
    assert_eq!(decrypt_ints(&stacked), [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
    assert_eq!(kind(joined.decrypt_integers(secret_key(), o)), ErrorKind::ParamsMismatch);
}

#[test]
fn both_keys_and_the_pool_encrypt() {
    let plain = fixed(&[3], &[1.0, -2.5, 0.0]);
    let by_public = EncryptedArray::encrypt(public_key(), &plain, &mut rng(6), &mut ()).unwrap();
    let by_secret = EncryptedArray::encrypt(secret_key(), &plain, &mut rng(6), &mut ()).unwrap();
    assert_eq!(by_public.ciphertexts(), by_secret.ciphertexts());

    let mut pool = RandomizerPool::new(public_key());
    pool.fill(secret_key(), 5, &mut rng(7), &mut ()).unwrap();
    let by_pool = EncryptedArray::encrypt_with_pool(public_key(), &plain, &mut pool).unwrap();
    assert_eq!((decrypt(&by_pool), pool.len()), (vec![1.0, -2.5, 0.0], 2));
    assert_eq!(
        kind(EncryptedArray::encrypt_with_pool(public_key(), &plain, &mut pool)),
        ErrorKind::OutOfRange
    );
    assert_eq!(pool.len(), 2, "a refused call takes nothing");
}

#[test]
fn long_work_stops_when_asked() {
    let (x, p) = (encrypt(&ints(&[2], &[1, -2])), ints(&[2], &[3, -4]));
    let stop = &mut |_: usize, _: usize| ControlFlow::Break(());
    let o: &mut dyn Observer = stop;
    for result in [
        EncryptedArray::encrypt(public_key(), &p, &mut rng(1), o),
        x.add(&x, o),
        x.sub(&x, o),
        x.neg(o),
        x.add_plain(&p, o),
        x.mul_plain(&p, o),
        x.mul_plain_vartime(&p, o),
        x.sum(None, o),
        x.mean(None, o),
        x.dot(&p, o),
        x.matmul_vartime(&p, o),
        x.rerandomize(&mut rng(1), o),
    ] {
        assert_eq!(kind(result), ErrorKind::Cancelled);
    }
    assert_eq!(kind(x.decrypt(secret_key(), o)), ErrorKind::Cancelled);
    assert_eq!(kind(x.add(&x, &mut ()).unwrap().to_bytes_for_sending(&mut rng(1), o)), ErrorKind::Cancelled);
}

#[test]
fn debug_shows_public_facts_only() {
    let text = format!("{:?}", encrypt(&ints(&[2], &[12_345, 67_890])));
    assert!(text.contains("[2]") && !text.contains("12345") && !text.contains("ciphertexts"), "{text}");
}
