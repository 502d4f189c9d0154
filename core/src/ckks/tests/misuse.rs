//! What is refused, and what the error says would help.
use super::*;

pub(super) fn refused<T>(result: crate::Result<T>, kind: ErrorKind, what: &str) {
    let error = result.err().expect("it is refused");
    assert_eq!(error.kind(), kind, "{error}");
    assert!(error.what().contains(what), "{error}");
}

#[test]
fn values_that_are_not_within_their_bound() {
    let encode = |values: &[f64]| Plaintext::encode(&keys().context, values, 2, 2_f64.powi(40), 1.0);
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1.000_001, -1.000_001, f64::MAX] {
        refused(encode(&[0.0, value]), ErrorKind::OutOfRange, "not above the bound");
        for number in [Complex::new(value, 0.0), Complex::new(0.0, value)] {
            let encoded = Plaintext::encode_complex(&keys().context, &[number], 2, 2_f64.powi(40), 1.0);
            refused(encoded, ErrorKind::OutOfRange, "not above the bound");
        }
    }
    assert!(encode(&[1.0, -1.0, f64::MIN_POSITIVE, -0.0]).is_ok());
    let diagonal = [Complex::new(0.8, 0.8)];
    let encoded = Plaintext::encode_complex(&keys().context, &diagonal, 2, 2_f64.powi(40), 1.0);
    refused(encoded, ErrorKind::OutOfRange, "not above the bound");
    refused(encode(&[]), ErrorKind::ShapeMismatch, "from 1 to as many as there are slots");
    refused(encode(&[0.0; 4097]), ErrorKind::ShapeMismatch, "from 1 to as many as there are slots");
    assert!(encode(&[0.0; 4096]).is_ok());
}

#[test]
fn bounds_scales_and_levels_that_do_not_fit() {
    let encode = |level, scale, bound| Plaintext::encode(&keys().context, &[0.0], level, scale, bound);
    for bound in [0.0, -1.0, f64::MIN_POSITIVE / 2.0, f64::MAX, f64::NAN, f64::INFINITY] {
        refused(encode(2, 1e12, bound), ErrorKind::OutOfRange, "bound");
    }
    for scale in [0.0, 0.5, -1e12, f64::NAN, f64::INFINITY] {
        refused(encode(2, scale, 1.0), ErrorKind::OutOfRange, "scale");
    }
    refused(encode(3, 1e12, 1.0), ErrorKind::OutOfRange, "level");
    refused(encode(usize::MAX, 1e12, 1.0), ErrorKind::OutOfRange, "level");
    refused(encode(0, 2_f64.powi(40), 2_f64.powi(19)), ErrorKind::HeadroomExhausted, "a higher level");
    refused(encode(2, f64::MAX, 1.0), ErrorKind::HeadroomExhausted, "smaller bound or scale");
    refused(encode(2, 1e300, 1e299), ErrorKind::HeadroomExhausted, "smaller bound or scale");
    assert!(encode(0, 2_f64.powi(40), 2_f64.powi(18)).is_ok());
    // The largest message that can be encoded: with the noise of encryption it does not fit.
    let sums = Keys::new(&Params::sums());
    let fits = |bound: f64| Plaintext::encode(&sums.context, &[0.0], 0, 2_f64.powi(34), bound).is_ok();
    let halve =
        |(low, high): (f64, f64), middle: f64| if fits(middle) { (middle, high) } else { (low, middle) };
    let (largest, _) = (0..40).fold((1.0, 65_536.0), |range, _| halve(range, (range.0 + range.1) / 2.0));
    let tight = sums.public.encrypt_values_at(&[0.0], 0, 2_f64.powi(34), largest, &mut rng(1));
    refused(tight, ErrorKind::HeadroomExhausted, "too large for the modulus");
}

#[test]
fn operands_that_do_not_belong_together() {
    let keys = keys();
    let fresh = |level: usize, scale: f64| {
        keys.secret.encrypt_values_at(&[0.5], level, scale, 1.0, &mut rng(2)).unwrap()
    };
    let scale = 2_f64.powi(40);
    let (a, lower, finer) = (fresh(2, scale), fresh(1, scale), fresh(2, 2.0 * scale));
    let mut assigned = a.clone();
    refused(a.add(&lower), ErrorKind::ParamsMismatch, "levels");
    refused(a.mul(&lower), ErrorKind::ParamsMismatch, "levels");
    refused(a.add(&finer), ErrorKind::ParamsMismatch, "scales");
    refused(assigned.sub_assign(&finer), ErrorKind::ParamsMismatch, "scales");
    refused(a.square().unwrap().add(&finer.square().unwrap()), ErrorKind::ParamsMismatch, "scales");
    assert_eq!(assigned, a);
    let plain = |level, scale| Plaintext::encode(&keys.context, &[0.5], level, scale, 1.0).unwrap();
    refused(a.add_plain(&plain(1, scale)), ErrorKind::ParamsMismatch, "encode it for this level");
    refused(a.mul_plain(&plain(1, scale)), ErrorKind::ParamsMismatch, "encode it for this level");
    refused(a.sub_plain(&plain(2, 2.0 * scale)), ErrorKind::ParamsMismatch, "scales");
    assert!(lower.add_plain(&plain(2, scale)).is_ok() && lower.mul_plain(&plain(2, scale)).is_ok());

    let other = SecretKey::generate(&keys.context, &mut rng(3));
    let theirs = other.encrypt_values_at(&[0.5], 2, scale, 1.0, &mut rng(4)).unwrap();
    refused(a.add(&theirs), ErrorKind::ParamsMismatch, "different keys");
    refused(a.mul(&theirs), ErrorKind::ParamsMismatch, "different keys");
    refused(other.decrypt(&a), ErrorKind::ParamsMismatch, "another key");

    let elsewhere = Keys::new(&Params::sums());
    let foreign = elsewhere.public.encrypt_values(&[0.5], 1.0, &mut rng(5)).unwrap();
    refused(a.add(&foreign), ErrorKind::ParamsMismatch, "different parameters");
    refused(elsewhere.secret.decrypt(&a), ErrorKind::ParamsMismatch, "other parameters");
    refused(
        elsewhere.public.encrypt(&plain(2, scale), &mut rng(6)),
        ErrorKind::ParamsMismatch,
        "other parameters",
    );
}

#[test]
fn levels_run_out() {
    let keys = keys();
    let scale = keys.context.scale_at(0);
    let last = keys.secret.encrypt_values_at(&[0.5], 0, scale, 1.0, &mut rng(7)).unwrap();
    refused(last.rescale(), ErrorKind::HeadroomExhausted, "choose parameters with more moduli");
    refused(last.mul(&last), ErrorKind::HeadroomExhausted, "choose parameters with more moduli");
    refused(last.square(), ErrorKind::HeadroomExhausted, "choose parameters with more moduli");
    refused(
        last.mul_constant(1.0, scale),
        ErrorKind::HeadroomExhausted,
        "choose parameters with more moduli",
    );
    refused(last.drop_to(1), ErrorKind::OutOfRange, "level");
    refused(last.at_level(1), ErrorKind::OutOfRange, "level");
    let top = keys.secret.encrypt_values(&[0.5], 1.0, &mut rng(8)).unwrap();
    refused(top.rescale(), ErrorKind::HeadroomExhausted, "once after each multiplication");
    let product = top.mul_constant(1.0, scale).unwrap();
    refused(product.at_level(2), ErrorKind::ParamsMismatch, "rescale first");
    refused(product.at_level(1), ErrorKind::HeadroomExhausted, "rescale products first");
    refused(product.drop_to(0), ErrorKind::HeadroomExhausted, "too large");
}

#[test]
fn sums_that_grow_too_large() {
    let keys = keys();
    let scale = keys.context.scale_at(0);
    let mut sum = keys.secret.encrypt_values_at(&[1.0], 0, scale, 131_073.0, &mut rng(9)).unwrap();
    let other = sum.clone();
    sum.add_assign(&other).unwrap();
    sum.add_assign(&other).unwrap();
    let before = sum.clone();
    refused(sum.add_assign(&other), ErrorKind::HeadroomExhausted, "too large for the modulus");
    assert_eq!(sum, before);
    refused(sum.add(&other), ErrorKind::HeadroomExhausted, "too large for the modulus");
    refused(sum.mul_integer(2), ErrorKind::HeadroomExhausted, "too large for the modulus");
    refused(sum.mul_integer(i64::MIN), ErrorKind::HeadroomExhausted, "too large for the modulus");
    refused(sum.add_constant(1e6), ErrorKind::HeadroomExhausted, "too large for the modulus");
    for value in [f64::NAN, f64::INFINITY, f64::MAX] {
        refused(sum.add_constant(value), ErrorKind::OutOfRange, "finite");
        refused(sum.mul_constant(value, 2.0), ErrorKind::OutOfRange, "finite");
        refused(sum.mul_constant(1.0, -value), ErrorKind::OutOfRange, "scale");
    }
}
