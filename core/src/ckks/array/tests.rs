//! Arrays against the same operations on plain numbers.
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU8, Ordering};

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use super::*;
use crate::ckks::{
    ArrayTransform, EvaluationKeys, KeyRequest, MatrixProduct, Params, Polynomial, ReleaseBudget,
    ReleasePolicy,
};
use crate::shape::{Pick, selection};

struct Keys {
    secret: SecretKey,
    public: super::super::PublicKey,
    evaluation: EvaluationKeys,
}

/// Depth 3, so that results of masked products can be computed with.
static KEYS: LazyLock<Keys> = LazyLock::new(|| {
    let rng = &mut generator(1);
    let params = Params::new(16_384, &[60, 45, 45, 45], &[60], 45).unwrap();
    let secret = SecretKey::generate(&Context::new(&params).unwrap(), rng);
    let request = KeyRequest::new().relinearization().powers_of_two().conjugation();
    let evaluation = EvaluationKeys::generate(&secret, &request, rng, &mut ()).unwrap();
    Keys { public: secret.public_key(rng), secret, evaluation }
});

const SLOTS: usize = 8192;

fn generator(seed: u8) -> ChaCha20Rng {
    ChaCha20Rng::from_seed([seed; 32])
}

fn shape(extents: &[usize]) -> Shape {
    Shape::new(extents).unwrap()
}

/// Numbers between -1 and 1, different for each seed.
fn numbers(extents: &[usize], seed: usize) -> Vec<f64> {
    let len: usize = extents.iter().product();
    (0..len).map(|i| ((i * 7919 + seed * 104_729) % 2003) as f64 / 1001.5 - 1.0).collect()
}

fn encrypted(extents: &[usize], values: &[f64]) -> EncryptedArray {
    // Another seed for each array: two of one seed would give away their difference.
    static SEED: AtomicU8 = AtomicU8::new(10);
    let mut rng = generator(SEED.fetch_add(1, Ordering::Relaxed));
    let bound = values.iter().fold(1e-3_f64, |bound, value| bound.max(value.abs()));
    let plain = PlainArray::real_within(&shape(extents), values, bound).unwrap();
    EncryptedArray::encrypt(&KEYS.public, &plain, &mut rng, &mut ()).unwrap()
}

fn keys() -> Option<&'static EvaluationKeys> {
    Some(&KEYS.evaluation)
}

/// What was decrypted is what is expected, within the tracked bound; and slots without elements hold zeros.
fn check(array: &EncryptedArray, extents: &[usize], expected: &[f64]) {
    assert_eq!(array.shape(), &shape(extents));
    let decrypted = array.decrypt(&KEYS.secret, &mut ()).unwrap();
    let bound = array.error_bound();
    assert!(bound < 0.1, "{bound}");
    for (found, expected) in decrypted.real().iter().zip(expected) {
        assert!((found - expected).abs() <= bound, "{found} {expected} {bound}");
    }
    assert_eq!(decrypted.real().len(), expected.len());
    let layout = array.layout();
    let slots = layout.spread(expected, 0.0);
    assert_eq!(array.ciphertexts().len(), slots.len());
    for (ciphertext, slots) in array.ciphertexts().iter().zip(slots) {
        let found = KEYS.secret.decrypt(ciphertext).unwrap().to_real();
        for (slot, (found, expected)) in found.iter().zip(slots).enumerate() {
            assert!((found - expected).abs() <= bound, "slot {slot}: {found} {expected} {bound}");
        }
        assert_eq!(ciphertext.scale(), array.context().scale_at(array.level()));
    }
}

/// The check that spoke: its kind, and how its text begins.
#[track_caller]
fn refused<T>(result: Result<T>, kind: ErrorKind, what: &str) {
    let error = result.err().unwrap();
    assert!(error.kind() == kind && error.what().starts_with(what), "{error}");
}

fn pairs(a: &[usize], b: &[usize]) -> (Vec<usize>, Vec<(usize, usize)>) {
    let (target, pairs) = selection::pairs(&shape(a), &shape(b)).unwrap();
    (target.extents().to_vec(), pairs)
}

#[test]
fn what_is_encrypted_is_decrypted() {
    for extents in [&[][..], &[1], &[5], &[SLOTS], &[SLOTS + 1], &[3, 5], &[260, 30], &[2, 3, 4], &[1, 7, 1]]
    {
        let values = numbers(extents, 3);
        check(&encrypted(extents, &values), extents, &values);
        let plain = PlainArray::real_within(&shape(extents), &values, 1.0).unwrap();
        let array = EncryptedArray::encrypt(&KEYS.secret, &plain, &mut generator(9), &mut ()).unwrap();
        check(&array, extents, &values);
        assert!(array.ciphertexts().iter().all(Ciphertext::is_seeded));
    }
    let values: Vec<Complex> =
        (0..6).map(|i| Complex::new(f64::from(i) / 8.0, -f64::from(i) / 9.0)).collect();
    let plain = PlainArray::complex(&shape(&[6]), &values).unwrap();
    let array = EncryptedArray::encrypt(&KEYS.public, &plain, &mut generator(9), &mut ()).unwrap();
    let found = array.decrypt(&KEYS.secret, &mut ()).unwrap();
    assert!(array.is_complex() && found.imaginary().is_some());
    for (found, expected) in found.complex().iter().zip(&values) {
        assert!((found.re - expected.re).abs() < 1e-4 && (found.im - expected.im).abs() < 1e-4);
    }
    let nothing = PlainArray::real(&shape(&[0, 3]), &[]).unwrap();
    let refused = EncryptedArray::encrypt(&KEYS.public, &nothing, &mut generator(9), &mut ());
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::ShapeMismatch);
}

#[test]
fn with_numbers_and_without_keys() {
    for (a, b) in [
        (&[5][..], &[5][..]),
        (&[5], &[]),
        (&[3, 5], &[5]),
        (&[3, 5], &[3, 1]),
        (&[260, 40], &[40]),
        (&[], &[]),
    ] {
        let (x, y) = (numbers(a, 1), numbers(b, 2));
        let array = encrypted(a, &x);
        let plain = PlainArray::real(&shape(b), &y).unwrap();
        let (extents, met) = pairs(a, b);
        let expected = |f: fn(f64, f64) -> f64| met.iter().map(|(i, j)| f(x[*i], y[*j])).collect::<Vec<_>>();
        check(&array.add_plain(&plain, None, &mut ()).unwrap(), &extents, &expected(|x, y| x + y));
        check(&array.sub_plain(&plain, None, &mut ()).unwrap(), &extents, &expected(|x, y| x - y));
        check(&array.rsub_plain(&plain, None, &mut ()).unwrap(), &extents, &expected(|x, y| y - x));
        let product = array.mul_plain(&plain, None, &mut ()).unwrap();
        check(&product, &extents, &expected(|x, y| x * y));
        assert_eq!(product.level(), 2);
    }
    let x = numbers(&[7], 4);
    let array = encrypted(&[7], &x);
    let times = |factor: f64| array.mul_plain(&PlainArray::constant(factor).unwrap(), None, &mut ()).unwrap();
    let scaled = |factor: f64| x.iter().map(|x| x * factor).collect::<Vec<_>>();
    for (factor, level) in [(1.0, 3), (-3.0, 3), (1000.0, 3), (0.3, 2), (-1e5, 2)] {
        let product = times(factor);
        let found = product.decrypt(&KEYS.secret, &mut ()).unwrap();
        assert_eq!(product.level(), level, "{factor}");
        for (found, expected) in found.real().iter().zip(scaled(factor)) {
            assert!((found - expected).abs() <= product.error_bound(), "{factor}");
        }
    }
    check(&array.neg(&mut ()).unwrap(), &[7], &scaled(-1.0));
    check(&array.sub(&times(2.0), None, &mut ()).unwrap(), &[7], &scaled(-1.0));
    // Of different levels.
    check(&array.add(&times(0.5), None, &mut ()).unwrap(), &[7], &scaled(1.5));
    let nothing = array.mul_plain(&PlainArray::constant(0.0).unwrap(), None, &mut ());
    assert_eq!(nothing.unwrap_err().kind(), ErrorKind::OutOfRange);
}

#[test]
fn two_arrays_broadcast() {
    let cases: [(&[usize], &[usize]); 9] = [
        (&[5], &[5]),
        (&[], &[5]),
        (&[3, 5], &[5]),
        (&[3, 5], &[3, 1]),
        (&[260, 40], &[40]),
        (&[260, 40], &[]),
        (&[6, 1], &[1, 7]),
        (&[4, 4], &[4]),
        (&[2, 1, 3], &[4, 1]),
    ];
    for (a, b) in cases {
        let (x, y) = (numbers(a, 1), numbers(b, 2));
        let (left, right) = (encrypted(a, &x), encrypted(b, &y));
        let (extents, met) = pairs(a, b);
        let expected = |f: fn(f64, f64) -> f64| met.iter().map(|(i, j)| f(x[*i], y[*j])).collect::<Vec<_>>();
        check(&left.add(&right, keys(), &mut ()).unwrap(), &extents, &expected(|x, y| x + y));
        check(&right.sub(&left, keys(), &mut ()).unwrap(), &extents, &expected(|x, y| y - x));
        check(&left.mul(&right, keys(), &mut ()).unwrap(), &extents, &expected(|x, y| x * y));
        let stretched: Vec<f64> = met.iter().map(|(_, j)| y[*j]).collect();
        check(&right.broadcast_to(&shape(&extents), keys(), &mut ()).unwrap(), &extents, &stretched);
    }
    let x = numbers(&[50], 3);
    let squares: Vec<f64> = x.iter().map(|x| x * x).collect();
    check(&encrypted(&[50], &x).square(keys(), &mut ()).unwrap(), &[50], &squares);
}

#[test]
fn reductions() {
    for extents in [&[5][..], &[SLOTS + 9], &[3, 5], &[260, 40], &[2, 3, 4], &[]] {
        let x: Vec<f64> = numbers(extents, 6).iter().map(|x| x / 64.0).collect();
        let array = encrypted(extents, &x);
        for axis in (0..extents.len()).map(Some).chain([None]) {
            let (target, groups, count) = selection::reduce(&shape(extents), axis).unwrap();
            let sum = |power: i32| -> Vec<f64> {
                groups.iter().map(|group| group.iter().map(|i| x[*i].powi(power)).sum()).collect()
            };
            let n = count as f64;
            let sums = array.sum(axis, keys(), &mut ()).unwrap();
            check(&sums, target.extents(), &sum(1));
            let masked = axis.is_some_and(|axis| axis > 0);
            assert_eq!(sums.level(), if masked { 2 } else { 3 });
            let means: Vec<f64> = sum(1).iter().map(|sum| sum / n).collect();
            check(&array.mean(axis, keys(), &mut ()).unwrap(), target.extents(), &means);
            if count > 1 {
                let variances: Vec<f64> =
                    sum(2).iter().zip(&means).map(|(s, m)| (s - n * m * m) / (n - 1.0)).collect();
                check(&array.var(axis, 1, keys(), &mut ()).unwrap(), target.extents(), &variances);
            }
        }
        let beyond = Some(extents.len());
        for result in [
            array.sum(beyond, keys(), &mut ()),
            array.mean(beyond, keys(), &mut ()),
            array.var(beyond, 0, keys(), &mut ()),
        ] {
            refused(result, ErrorKind::ShapeMismatch, "axis: ");
        }
    }
    let two = encrypted(&[2], &[0.5, 0.25]);
    for ddof in [2, 3] {
        refused(two.var(None, ddof, keys(), &mut ()), ErrorKind::InvalidParams, "ddof: ");
    }
    let unit = PlainArray::complex(&shape(&[]), &[Complex::new(0.0, 1.0)]).unwrap();
    let turned = two.mul_plain(&unit, None, &mut ()).unwrap();
    refused(turned.var(None, 0, keys(), &mut ()), ErrorKind::InvalidParams, "var: not of complex numbers");
}

#[test]
fn matrix_products() {
    let cases: [(&[usize], &[usize]); 6] = [
        (&[5], &[5]),
        (&[3, 5], &[5]),
        (&[5], &[5, 3]),
        (&[3, 5], &[5, 4]),
        (&[260, 40], &[40]),
        (&[SLOTS + 1], &[SLOTS + 1]),
    ];
    for (a, b) in cases {
        let (x, y) = (numbers(a, 1), numbers(b, 2));
        let (x, y): (Vec<f64>, Vec<f64>) = (x.iter().map(|x| x / 64.0).collect(), y);
        let inner = *a.last().unwrap();
        let (rows, columns) = (x.len() / inner, y.len() / inner);
        let cell = |row: usize, column: usize| -> f64 {
            (0..inner).map(|k| x[row * inner + k] * y[k * columns + column]).sum()
        };
        let expected: Vec<f64> =
            (0..rows).flat_map(|row| (0..columns).map(move |column| cell(row, column))).collect();
        let extents = [&a[..a.len() - 1], &b[1..]].concat();
        let (left, right) = (encrypted(a, &x), encrypted(b, &y));
        check(&left.matmul(&right, keys(), &mut ()).unwrap(), &extents, &expected);
        let (x, y) = (PlainArray::real(&shape(a), &x).unwrap(), PlainArray::real(&shape(b), &y).unwrap());
        check(&left.matmul_plain(&y, keys(), &mut ()).unwrap(), &extents, &expected);
        check(&right.rmatmul_plain(&x, keys(), &mut ()).unwrap(), &extents, &expected);
    }
    let scalar = (&[][..], &[2][..], "matmul: one or two axes");
    for (a, b, what) in [
        scalar,
        (scalar.1, scalar.0, scalar.2),
        (&[1, 1, 2], &[2], scalar.2),
        (&[2], &[1, 2, 1], scalar.2),
        (&[2, 3], &[2], "matmul: other numbers of columns"),
        (&[2, 3], &[2, 3], "matmul: other numbers of columns"),
        // Which broadcasting alone would let through.
        (&[2, 3], &[1], "matmul: other numbers of columns"),
        (&[3, 1], &[3], "matmul: other numbers of columns"),
    ] {
        let (x, y) = (numbers(a, 1), numbers(b, 2));
        let (left, right) = (encrypted(a, &x), encrypted(b, &y));
        let (x, y) = (PlainArray::real(&shape(a), &x).unwrap(), PlainArray::real(&shape(b), &y).unwrap());
        for result in [
            left.matmul(&right, keys(), &mut ()),
            left.matmul_plain(&y, keys(), &mut ()),
            right.rmatmul_plain(&x, keys(), &mut ()),
        ] {
            refused(result, ErrorKind::ShapeMismatch, what);
        }
    }
    // One level for the products, and one for the mask.
    let low = encrypted(&[3, 5], &numbers(&[3, 5], 1)).at_level(1, &mut ()).unwrap();
    let vector = PlainArray::real(&shape(&[5]), &numbers(&[5], 2)).unwrap();
    let result = low.matmul_plain(&vector, keys(), &mut ());
    refused(result, ErrorKind::HeadroomExhausted, "matmul: no level left to mask");
}

#[test]
fn polynomials() {
    let sigmoid = |x: f64| 1.0 / (1.0 + (-4.0 * x).exp());
    let cubic = Polynomial::monomial(&[0.5, 0.2, 0.0, -0.3]).unwrap();
    let odd = Polynomial::interpolate(sigmoid, -1.0, 1.0, 3).unwrap();
    let aside = Polynomial::interpolate(|x| 1.0 / x, 0.5, 1.0, 3).unwrap();
    for extents in [&[5][..], &[SLOTS + 9], &[]] {
        let x = numbers(extents, 1);
        for (p, x) in
            [(&cubic, x.clone()), (&odd, x.clone()), (&aside, x.iter().map(|x| 0.75 + x / 4.0).collect())]
        {
            let expected: Vec<f64> = x.iter().map(|x| p.at(*x)).collect();
            let found =
                encrypted(extents, &x).within(1.0, &mut ()).unwrap().polynomial(p, keys(), &mut ()).unwrap();
            check(&found, extents, &expected);
            assert_eq!(found.level(), 3 - p.plan().unwrap().depth());
        }
    }
    let x = encrypted(&[3], &[0.5; 3]);
    let complex =
        x.mul_plain(&PlainArray::complex(&shape(&[]), &[Complex::new(0.0, 1.0)]).unwrap(), None, &mut ());
    assert_eq!(
        complex.unwrap().polynomial(&odd, keys(), &mut ()).unwrap_err().kind(),
        ErrorKind::InvalidParams
    );
    assert_eq!(x.polynomial(&odd, None, &mut ()).unwrap_err().kind(), ErrorKind::MissingKey);
    let spent = x.at_level(1, &mut ()).unwrap();
    assert_eq!(spent.polynomial(&cubic, keys(), &mut ()).unwrap_err().kind(), ErrorKind::HeadroomExhausted);
}

#[test]
fn a_table_and_its_transpose() {
    // The gradient of a regression: rows are weighted, and summed down the columns, without moving the table.
    let (rows, columns) = (300, 30);
    let (x, w) = (numbers(&[rows, columns], 1), numbers(&[columns], 2));
    let x: Vec<f64> = x.iter().map(|x| x / 32.0).collect();
    let table = encrypted(&[rows, columns], &x);
    let residuals = table.matmul(&encrypted(&[columns], &w), keys(), &mut ()).unwrap();
    let gradient = table.transpose(&[1, 0]).unwrap().matmul(&residuals, keys(), &mut ()).unwrap();
    let r: Vec<f64> = x.chunks(columns).map(|row| row.iter().zip(&w).map(|(x, w)| x * w).sum()).collect();
    let expected: Vec<f64> =
        (0..columns).map(|j| (0..rows).map(|i| x[i * columns + j] * r[i]).sum()).collect();
    check(&gradient, &[columns], &expected);
    assert_eq!(gradient.level(), 0);
    assert_eq!(gradient.layout(), Layout::new(&shape(&[columns]), SLOTS).as_ref().unwrap());
}

#[test]
fn arrangements() {
    let extents = [260, 40];
    let x = numbers(&extents, 5);
    let array = encrypted(&extents, &x);
    let range = |start, count, step| Pick::Range { start, count, step };
    for picks in [
        &[][..],
        &[Pick::At(3)],
        &[range(0, 64, 1)],
        &[range(2, 5, 2), range(1, 3, 1)],
        &[range(259, 4, -3), Pick::At(7)],
        &[Pick::At(259), Pick::At(39)],
    ] {
        let (target, indices) = selection::pick(&shape(&extents), picks).unwrap();
        let expected: Vec<f64> = indices.iter().map(|i| x[*i]).collect();
        check(&array.slice(picks, keys(), &mut ()).unwrap(), target.extents(), &expected);
    }
    assert!(array.slice(&[Pick::At(260)], keys(), &mut ()).is_err());
    assert_eq!(array.slice(&[range(0, 0, 1)], keys(), &mut ()).unwrap_err().kind(), ErrorKind::ShapeMismatch);
    // Whole ciphertexts stay as they are.
    let first = array.slice(&[range(0, SLOTS / 64, 1)], None, &mut ()).unwrap();
    assert_eq!((first.level(), first.ciphertexts().len()), (3, 1));

    let flipped = array.transpose(&[1, 0]).unwrap();
    let expected: Vec<f64> =
        (0..40).flat_map(|j| (0..260).map(move |i| (i, j))).map(|(i, j)| x[i * 40 + j]).collect();
    check(&flipped, &[40, 260], &expected);
    assert!(array.transpose(&[0, 0]).is_err());

    let small = encrypted(&[4, 6], &numbers(&[4, 6], 1));
    for extents in [&[2, 2, 6][..], &[24], &[3, 8], &[1, 4, 1, 6]] {
        check(&small.reshape(&shape(extents), keys(), &mut ()).unwrap(), extents, &numbers(&[4, 6], 1));
    }
    for extents in [&[5, 5][..], &[4, 5], &[23], &[]] {
        let result = small.reshape(&shape(extents), keys(), &mut ());
        refused(result, ErrorKind::ShapeMismatch, "shape: another number of elements");
    }

    let (a, b) = (numbers(&[2, 3], 1), numbers(&[1, 3], 2));
    let (left, right) = (
        encrypted(&[2, 3], &a),
        encrypted(&[1, 3], &b).mul_plain(&PlainArray::constant(0.5).unwrap(), None, &mut ()).unwrap(),
    );
    let expected: Vec<f64> = a.iter().copied().chain(b.iter().map(|b| b / 2.0)).collect();
    check(&EncryptedArray::concatenate(&[&left, &right], 0, keys(), &mut ()).unwrap(), &[3, 3], &expected);
    assert!(EncryptedArray::concatenate(&[&left, &right], 1, keys(), &mut ()).is_err());
    assert!(EncryptedArray::concatenate(&[], 0, keys(), &mut ()).is_err());
}

#[test]
fn rolls() {
    // Of a power of two, or not; repeated, full, over several ciphertexts; and the levels that are left.
    for (extents, axis, level) in [
        (&[8][..], Some(0), 3),
        (&[8], None, 3),
        (&[SLOTS], Some(0), 3),
        (&[4, 8], Some(0), 3),
        (&[4, 8], None, 3),
        (&[4, 5], Some(0), 3),
        (&[4, 8], Some(1), 2),
        (&[5], Some(0), 2),
        (&[3, 5], None, 2),
        (&[2 * SLOTS], Some(0), 2),
    ] {
        let x = numbers(extents, 6);
        let array = encrypted(extents, &x);
        let (count, inner) = match axis {
            None => (x.len(), 1),
            Some(axis) => (extents[axis], extents[axis + 1..].iter().product::<usize>()),
        };
        for shift in [1, -1, 3, i64::MIN, 0] {
            let ring = i64::try_from(count).unwrap();
            let back = usize::try_from((-i128::from(shift)).rem_euclid(i128::from(ring))).unwrap();
            let source = |at: usize| at - at / inner % count * inner + (at / inner + back) % count * inner;
            let expected: Vec<f64> = (0..x.len()).map(|at| x[source(at)]).collect();
            let rolled = array.roll(shift, axis, keys(), &mut ()).unwrap();
            check(&rolled, extents, &expected);
            assert_eq!(rolled.level(), if back == 0 { 3 } else { level }, "{extents:?} {axis:?} {shift}");
        }
    }
    let array = encrypted(&[8], &numbers(&[8], 1));
    let kind = |result: Result<EncryptedArray>| result.unwrap_err().kind();
    assert_eq!(kind(array.roll(1, Some(1), keys(), &mut ())), ErrorKind::ShapeMismatch);
    assert_eq!(kind(array.roll(1, None, None, &mut ())), ErrorKind::MissingKey);
    // One key is enough, in either direction.
    for steps in [-1, 7] {
        let request = KeyRequest::new().rotations(&[steps]);
        let one = EvaluationKeys::generate(&KEYS.secret, &request, &mut generator(3), &mut ()).unwrap();
        let rolled = array.roll(1, None, Some(&one), &mut ()).unwrap();
        let mut expected = numbers(&[8], 1);
        expected.rotate_right(1);
        check(&rolled, &[8], &expected);
        assert_eq!(kind(array.roll(2, None, Some(&one), &mut ())), ErrorKind::MissingKey);
    }
}

#[test]
fn known_matrices_by_rotations() {
    for (rows, columns) in [(8, 8), (3, 5), (16, 4), (5, 20)] {
        let (matrix, x) = (numbers(&[rows, columns], 1), numbers(&[columns], 2));
        let plain = PlainArray::real(&shape(&[rows, columns]), &matrix).unwrap();
        let by = ArrayTransform::new(KEYS.secret.context(), &plain, 2, &mut ()).unwrap();
        assert_eq!((by.rows(), by.columns(), by.level()), (rows, columns, 2));
        let request = KeyRequest::new().rotations(&by.rotations());
        let own = EvaluationKeys::generate(&KEYS.secret, &request, &mut generator(3), &mut ()).unwrap();
        let array = encrypted(&[columns], &x);
        let product = array.transform(&by, Some(&own), &mut ()).unwrap();
        let dot = |row: usize| (0..columns).map(|k| matrix[row * columns + k] * x[k]).sum::<f64>();
        check(&product, &[rows], &(0..rows).map(dot).collect::<Vec<_>>());
        assert_eq!(product.level(), 1);
        let other = encrypted(&[columns + 1], &numbers(&[columns + 1], 2));
        let refused = other.transform(&by, Some(&own), &mut ()).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::ShapeMismatch);
        let low = array.at_level(1, &mut ()).unwrap();
        assert_eq!(low.transform(&by, Some(&own), &mut ()).unwrap_err().kind(), ErrorKind::HeadroomExhausted);
        let missing = array.transform(&by, Some(&no_keys()), &mut ()).unwrap_err();
        assert_eq!((missing.kind(), missing.step().is_some()), (ErrorKind::MissingKey, true));
    }
    let vector = PlainArray::real(&shape(&[4]), &[1.0; 4]).unwrap();
    let refused = ArrayTransform::new(KEYS.secret.context(), &vector, 2, &mut ());
    assert_eq!(refused.err().unwrap().kind(), ErrorKind::ShapeMismatch);
    let zero = PlainArray::real(&shape(&[2, 2]), &[0.0; 4]).unwrap();
    let refused = ArrayTransform::new(KEYS.secret.context(), &zero, 2, &mut ());
    assert_eq!(refused.err().unwrap().kind(), ErrorKind::ShapeMismatch);
}

#[test]
fn what_stands_elsewhere_is_brought_where_a_transform_needs_it() {
    // The second column of a table: strided, and zeros beyond.
    let (matrix, x) = (numbers(&[4, 4], 1), numbers(&[4, 2], 2));
    let plain = PlainArray::real(&shape(&[4, 4]), &matrix).unwrap();
    let by = ArrayTransform::new(KEYS.secret.context(), &plain, 1, &mut ()).unwrap();
    let request = KeyRequest::new().powers_of_two().rotations(&by.rotations());
    let both = EvaluationKeys::generate(&KEYS.secret, &request, &mut generator(3), &mut ()).unwrap();
    let column = Pick::Range { start: 0, count: 4, step: 1 };
    let column = encrypted(&[4, 2], &x).slice(&[column, Pick::At(1)], Some(&both), &mut ()).unwrap();
    let product = column.transform(&by, Some(&both), &mut ()).unwrap();
    let dot = |row: usize| (0..4).map(|k| matrix[row * 4 + k] * x[2 * k + 1]).sum::<f64>();
    check(&product, &[4], &(0..4).map(dot).collect::<Vec<_>>());
}

#[test]
fn encrypted_matrices_by_rotations() {
    let by = MatrixProduct::new(KEYS.secret.context(), 4, 3, &mut ()).unwrap();
    assert_eq!((by.dimension(), by.level()), (4, 3));
    let request = KeyRequest::new().relinearization().rotations(&by.rotations());
    let own = EvaluationKeys::generate(&KEYS.secret, &request, &mut generator(3), &mut ()).unwrap();
    for (rows, inner, columns) in [(4, 4, 4), (3, 4, 3), (4, 3, 4)] {
        let (a, b) = (numbers(&[rows, inner], 1), numbers(&[inner, columns], 2));
        let (x, y) = (encrypted(&[rows, inner], &a), encrypted(&[inner, columns], &b));
        let product = x.matmul_by(&y, &by, Some(&own), &mut ()).unwrap();
        let entry = |at: usize| {
            (0..inner).map(|k| a[at / columns * inner + k] * b[k * columns + at % columns]).sum::<f64>()
        };
        check(&product, &[rows, columns], &(0..rows * columns).map(entry).collect::<Vec<_>>());
        assert_eq!(product.level(), 0);
    }
    let array = |extents: &[usize]| encrypted(extents, &numbers(extents, 1));
    let square = array(&[4, 4]);
    for other in [array(&[4]), array(&[3, 4]), array(&[4, 2]), array(&[8, 8])] {
        let refused = square.matmul_by(&other, &by, Some(&own), &mut ()).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::ShapeMismatch);
    }
    let low = square.at_level(2, &mut ()).unwrap();
    let refused = low.matmul_by(&square, &by, Some(&own), &mut ()).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::HeadroomExhausted);
    let missing = square.matmul_by(&square, &by, Some(&no_keys()), &mut ()).unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::MissingKey);
}

fn no_keys() -> EvaluationKeys {
    EvaluationKeys::generate(&KEYS.secret, &KeyRequest::new(), &mut generator(3), &mut ()).unwrap()
}

#[test]
fn what_is_missing_is_named() {
    let (x, y) = (encrypted(&[3, 5], &numbers(&[3, 5], 1)), encrypted(&[5], &numbers(&[5], 2)));
    for refused in [
        x.mul(&y, None, &mut ()),
        x.square(None, &mut ()),
        x.sum(None, None, &mut ()),
        x.slice(&[Pick::At(1)], None, &mut ()),
    ] {
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::MissingKey);
    }
    let spent = x.at_level(0, &mut ()).unwrap();
    let half = PlainArray::constant(0.5).unwrap();
    let row = PlainArray::real(&shape(&[5]), &numbers(&[5], 2)).unwrap();
    let square = encrypted(&[4, 4], &numbers(&[4, 4], 1)).at_level(1, &mut ()).unwrap();
    let low = square.clone();
    // A level is what is missing first: keys would not help.
    for (refused, what) in [
        (spent.mul(&y, None, &mut ()), "multiply"),
        (x.mul(&y.at_level(0, &mut ()).unwrap(), None, &mut ()), "multiply"),
        (spent.square(None, &mut ()), "multiply"),
        (spent.mul(&y, keys(), &mut ()), "multiply"),
        (spent.mul_plain(&half, None, &mut ()), "multiply"),
        (spent.mul_plain(&row, None, &mut ()), "multiply"),
        (spent.sum(Some(1), None, &mut ()), "sum"),
        (spent.mean(None, keys(), &mut ()), "mean"),
        (spent.var(None, 0, keys(), &mut ()), "var"),
        (low.var(None, 0, None, &mut ()), "var: two levels"),
        // Its other operand takes the last level on its way to where they meet.
        (low.mul(&square.transpose(&[1, 0]).unwrap(), keys(), &mut ()), "multiply: no level left:"),
        (spent.slice(&[Pick::At(1)], keys(), &mut ()), "rearrangement"),
        (x.add(&y.at_level(0, &mut ()).unwrap(), keys(), &mut ()), "broadcasting"),
    ] {
        let error = refused.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::HeadroomExhausted);
        assert!(
            error.what().starts_with(what) && error.what().contains("choose parameters with more moduli"),
            "{error}"
        );
    }
    check(&spent.sum(None, keys(), &mut ()).unwrap(), &[], &[numbers(&[3, 5], 1).iter().sum()]);
}

#[test]
fn releases_are_counted_and_name_elements_only() {
    let (mut rng, x) = (generator(3), numbers(&[3, 5], 1));
    let policy = ReleasePolicy::new(30, 4).unwrap();
    let mut budget = ReleaseBudget::new(&KEYS.secret, policy);
    let array = encrypted(&[3, 5], &x);
    let released = array.release(&KEYS.secret, &mut budget, 2.0, &mut rng).unwrap();
    assert_eq!((released.shape(), released.is_complex(), budget.left()), (array.shape(), false, 3));
    assert!(released.error_bound() <= 2.0);
    for (value, expected) in released.values().iter().zip(&x) {
        assert!((value.re - expected).abs() <= released.error_bound() && value.im == 0.0);
    }
    let again = array.release(&KEYS.secret, &mut budget, 2.0, &mut rng).unwrap();
    assert!(again.values() != released.values());
    let values = [Complex::new(0.5, -0.25), Complex::new(0.0, 1.0)];
    let complex = PlainArray::complex(&shape(&[2]), &values).unwrap();
    let complex = EncryptedArray::encrypt(&KEYS.secret, &complex, &mut rng, &mut ()).unwrap();
    let released = complex.release(&KEYS.secret, &mut budget, 2.0, &mut rng).unwrap();
    for (value, expected) in released.values().iter().zip(values) {
        let bound = released.error_bound();
        assert!((value.re - expected.re).abs() <= bound && (value.im - expected.im).abs() <= bound);
    }
    // One release is left, which is not begun for an array of two ciphertexts.
    let numbers: Vec<f64> = numbers(&[SLOTS + 1], 1).iter().map(|x| 1000.0 * x).collect();
    let long = encrypted(&[SLOTS + 1], &numbers);
    let result = long.release(&KEYS.secret, &mut budget, 2.0, &mut rng);
    refused(result, ErrorKind::HeadroomExhausted, "release: fewer releases left");
    assert_eq!(budget.left(), 1);
    // Nor for an error that is larger than allowed.
    let result = array.release(&KEYS.secret, &mut budget, 1e-9, &mut rng);
    refused(result, ErrorKind::OutOfRange, "at_most_error: ");
    assert_eq!(budget.left(), 1);
    // With just enough of them, in their places.
    let two = || ReleaseBudget::new(&KEYS.secret, ReleasePolicy::new(30, 2).unwrap());
    let mut budget = two();
    let released = long.release(&KEYS.secret, &mut budget, 300.0, &mut rng).unwrap();
    assert_eq!((budget.left(), released.values().len()), (0, numbers.len()));
    let bound = released.error_bound();
    assert!(released.values().iter().zip(&numbers).all(|(v, x)| (v.re - x).abs() <= bound));
    // One bound for all numbers: the larger, whichever ciphertext it is of.
    let mut errors = Vec::new();
    for noisy in [0, 1] {
        let mut ciphertexts = long.ciphertexts().to_vec();
        ciphertexts[noisy].bounds = ciphertexts[noisy].bounds.sum_of(4096);
        let long = EncryptedArray::from_ciphertexts(long.layout().clone(), ciphertexts, false).unwrap();
        let bound = long.release(&KEYS.secret, &mut two(), 1e6, &mut rng).unwrap().error_bound();
        let slots: Vec<usize> = if noisy == 0 { (0..SLOTS).collect() } else { vec![0] };
        let one = &long.ciphertexts()[noisy];
        assert_eq!(KEYS.secret.release(&mut two(), one, &slots, 1e6, &mut rng).unwrap().error_bound(), bound);
        errors.push(bound);
    }
    assert!(errors[0] > errors[1], "more slots are more noise");
}

#[test]
fn objects_that_do_not_belong_together() {
    let rng = &mut generator(5);
    let context = Context::new(KEYS.secret.context().params()).unwrap();
    let stranger = SecretKey::generate(&context, rng);
    let plain = PlainArray::real(&shape(&[3]), &[0.1, 0.2, 0.3]).unwrap();
    let theirs = EncryptedArray::encrypt(&stranger, &plain, rng, &mut ()).unwrap();
    let ours = encrypted(&[3], &[0.1, 0.2, 0.3]);
    // Before anything is moved to meet.
    let error = ours.add(&theirs, keys(), &mut ()).unwrap_err();
    assert!(error.kind() == ErrorKind::ParamsMismatch && error.what().starts_with("array: "), "{error}");
    for other in [&[4][..], &[3, 2], &[]] {
        let refused = ours.broadcast_to(&shape(other), keys(), &mut ()).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::ShapeMismatch, "{other:?}");
    }
    assert_eq!(theirs.decrypt(&KEYS.secret, &mut ()).unwrap_err().kind(), ErrorKind::ParamsMismatch);
    // Whole ciphertexts, which are not added to each other.
    let full = PlainArray::real(&shape(&[SLOTS]), &numbers(&[SLOTS], 1)).unwrap();
    let whole = EncryptedArray::encrypt(&stranger, &full, rng, &mut ()).unwrap();
    let joined = EncryptedArray::concatenate(
        &[&encrypted(&[SLOTS], &numbers(&[SLOTS], 2)), &whole],
        0,
        keys(),
        &mut (),
    );
    assert_eq!(joined.unwrap_err().kind(), ErrorKind::ParamsMismatch);
    let layout = ours.layout().clone();
    let parts = |layout: &Layout, list: Vec<Ciphertext>| {
        EncryptedArray::from_ciphertexts(layout.clone(), list, false)
    };
    check(&parts(&layout, ours.ciphertexts().to_vec()).unwrap(), &[3], &[0.1, 0.2, 0.3]);
    let two = [ours.ciphertexts(), ours.ciphertexts()].concat();
    for list in [vec![], two.clone()] {
        refused(parts(&layout, list), ErrorKind::ShapeMismatch, "ciphertexts: not as many");
    }
    for (extents, slots) in [(&[0][..], 16), (&[3], 12), (&[3], 0)] {
        let none = Layout::from_parts(shape(extents), vec![1], 0, slots).unwrap_err();
        assert_eq!(none.kind(), ErrorKind::ShapeMismatch, "{extents:?} {slots}");
    }
    let narrow = Layout::new(&shape(&[3]), SLOTS / 2).unwrap();
    let result = parts(&narrow, ours.ciphertexts().to_vec());
    refused(result, ErrorKind::ShapeMismatch, "ciphertexts: not as many");
    // What differs from the first, and only in that; whichever of the two is odd.
    let long = Layout::new(&shape(&[SLOTS + 1]), SLOTS).unwrap();
    assert!(parts(&long, two).is_ok());
    let own = &ours.ciphertexts()[0];
    let other_level = own.drop_to(2).unwrap().with_scale(own.scale());
    let other_scale = own.clone().with_scale(own.scale() * 2.0);
    let params = Params::new(16_384, &[59, 45, 45, 45], &[60], 45).unwrap();
    let foreign = SecretKey::generate(&Context::new(&params).unwrap(), rng);
    let mut other_context = foreign.encrypt_values(&[0.1], 1.0, rng).unwrap();
    assert_eq!((other_context.level(), other_context.scale()), (own.level(), own.scale()));
    other_context.key = own.key();
    for odd in [other_level, other_scale, other_context, theirs.ciphertexts()[0].clone()] {
        for list in [vec![own.clone(), odd.clone()], vec![odd.clone(), own.clone()]] {
            refused(parts(&long, list), ErrorKind::ParamsMismatch, "ciphertexts: not all at one level");
        }
    }
}
