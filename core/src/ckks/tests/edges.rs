//! Messages next to the modulus, for which the noise of an operation is too much, and ciphertexts that cannot be.
use super::misuse::refused;
use super::*;

/// Said to hold the largest message that its modulus holds.
fn full(ciphertext: &Ciphertext) -> Ciphertext {
    let log2_modulus = ciphertext.context.log2_modulus(ciphertext.level());
    let with = |message: f64| Bounds::new(message, ciphertext.bounds.noise()).unwrap();
    let fits = |message: f64| with(message).fits(ciphertext.scale, log2_modulus);
    let halve = |(low, high): (f64, f64), _| {
        let middle = f64::midpoint(low, high);
        if fits(middle) { (middle, high) } else { (low, middle) }
    };
    let (largest, _) = (0..200).fold((0.0, log2_modulus.exp2()), halve);
    let full = Ciphertext { bounds: with(largest), ..ciphertext.clone() };
    assert!(full.clone().checked().is_ok());
    full
}

#[test]
fn noise_that_is_too_much_for_a_full_modulus() {
    const LARGE: &str = "too large for the modulus";
    let keys = keys();
    let request = KeyRequest::new().relinearization().conjugation().rotations(&[1, 2]);
    let evaluation = EvaluationKeys::generate(&keys.secret, &request, &mut rng(20), &mut ()).unwrap();
    // At the lowest level: of a longer modulus noise is too small a part for double precision.
    let fresh = |level: usize, scale: f64| {
        keys.public.encrypt_values_at(&[0.5], level, scale, 1.0, &mut rng(21)).unwrap()
    };
    let full_one = full(&fresh(0, keys.context.scale_at(0)));
    refused(evaluation.rotate(&full_one, 1), ErrorKind::HeadroomExhausted, LARGE);
    refused(evaluation.rotate(&full_one, 3), ErrorKind::HeadroomExhausted, LARGE);
    for many in [&[1, 2][..], &[1, 3, 2]] {
        refused(evaluation.rotate_many(&full_one, many), ErrorKind::HeadroomExhausted, LARGE);
    }
    refused(evaluation.conjugate(&full_one), ErrorKind::HeadroomExhausted, LARGE);
    refused(evaluation.sum_slots(&full_one, 2), ErrorKind::HeadroomExhausted, LARGE);

    // Products: their bounds fit, those of the relinearized or the rescaled one do not.
    let product = |factor: &Ciphertext| {
        let product = factor.square().unwrap();
        let (bounds, scale) = (product.bounds, product.scale);
        let bounds = *full(&Ciphertext { bounds, scale, ..factor.clone() }).bounds();
        Product { bounds, ..product }
    };
    let (low, high) = (product(&fresh(0, 2_f64.powi(20))), product(&fresh(1, keys.context.scale_at(1))));
    refused(evaluation.relinearize(&low), ErrorKind::HeadroomExhausted, LARGE);
    refused(evaluation.relinearize_and_rescale(&high), ErrorKind::HeadroomExhausted, LARGE);
    let scaled = full(&fresh(1, keys.context.scale_at(1)).mul_constant(1.0, 2_f64.powi(40)).unwrap());
    refused(scaled.rescale(), ErrorKind::HeadroomExhausted, LARGE);
    let mut assigned = scaled.clone();
    refused(assigned.rescale_assign(), ErrorKind::HeadroomExhausted, LARGE);
    assert_eq!(assigned, scaled);
}

#[test]
fn what_no_operation_gives_is_not_decrypted() {
    let keys = keys();
    let fresh = keys.public.encrypt_values(&[0.5], 1.0, &mut rng(22)).unwrap();
    let bounds = full(&fresh).bounds.sum_of(2);
    let overfull = Ciphertext { bounds, ..fresh };
    refused(keys.secret.decrypt(&overfull), ErrorKind::HeadroomExhausted, "too large for the modulus");
    refused(overfull.drop_to(overfull.level()), ErrorKind::HeadroomExhausted, "too large for the modulus");
}

#[test]
fn levels_that_do_not_exist() {
    let keys = keys();
    let low = keys.public.encrypt_values(&[0.5], 1.0, &mut rng(23)).unwrap().at_level(0).unwrap();
    for level in [1, 2, 3, usize::MAX] {
        refused(low.at_level(level), ErrorKind::OutOfRange, "level");
        refused(low.drop_to(level), ErrorKind::OutOfRange, "level");
    }
}
