//! What holds for each operation alone.
use super::*;

#[test]
fn decryption_undoes_encryption() {
    let keys = keys();
    let values: Vec<f64> = (0..4096).map(|i| f64::from(i) / 4096.0 - 0.5).collect();
    let public = keys.public.encrypt_values(&values, 1.0, &mut rng(3)).unwrap();
    let secret = keys.secret.encrypt_values(&values, 1.0, &mut rng(3)).unwrap();
    check(keys, &public, &real(&values));
    check(keys, &secret, &real(&values));
    assert!(secret.is_seeded() && !public.is_seeded());
    assert_eq!((public.level(), public.scale()), (2, keys.context.scale_at(2)));
    let decrypted = keys.secret.decrypt(&public).unwrap();
    assert_eq!(decrypted.to_real(), decrypted.to_complex().iter().map(|v| v.re).collect::<Vec<_>>());
}

#[test]
fn every_named_set_encrypts_at_every_level() {
    for params in [Params::sums(), Params::depth_4(), Params::depth_8(), Params::depth_16()] {
        let keys = Keys::new(&params);
        let values = numbers(params.slots(), 3.0, 4);
        for level in 0..=params.depth() {
            let scale = keys.context.scale_at(level);
            let c = keys.public.encrypt_complex_at(&values, level, scale, 3.0, &mut rng(5)).unwrap();
            check(&keys, &c, &values);
        }
    }
}

/// Encoding on the way gives what encoding first gives, and the same for both keys.
#[test]
fn two_ways_to_encrypt_agree() {
    let keys = keys();
    let values = numbers(100, 1.0, 6);
    let scale = keys.context.scale_at(1);
    let plaintext = Plaintext::encode_complex(&keys.context, &values, 1, scale, 1.0).unwrap();
    let public = keys.public.encrypt(&plaintext, &mut rng(7)).unwrap();
    assert_eq!(public, keys.public.encrypt_complex_at(&values, 1, scale, 1.0, &mut rng(7)).unwrap());
    let secret = keys.secret.encrypt(&plaintext, &mut rng(7)).unwrap();
    assert_eq!(secret, keys.secret.encrypt_complex_at(&values, 1, scale, 1.0, &mut rng(7)).unwrap());
    assert_ne!(public, keys.public.encrypt(&plaintext, &mut rng(8)).unwrap());
    check(keys, &public, &values);
    check(keys, &secret, &values);
}

/// Large scales need integers beyond a word, and numbers on two and three moduli.
#[test]
fn scales_of_every_size() {
    let keys = keys();
    let values = numbers(4096, 1.0, 9);
    for bits in [0, 20, 50, 59, 61, 62, 70, 100, 118] {
        let scale = 2_f64.powi(bits);
        let c = keys.public.encrypt_complex_at(&values, 2, scale, 1.0, &mut rng(10)).unwrap();
        let rows = if bits < 59 { 1 } else { 2 + usize::from(bits >= 99) };
        assert_eq!(keys.secret.rows_for(&c).unwrap(), rows, "{bits}");
        check(keys, &c, &values);
    }
}

#[test]
fn products() {
    let keys = keys();
    let (x, y) = (numbers(4096, 2.0, 11), numbers(4096, 0.5, 12));
    let (a, b) = encrypted_pair(keys, &x, &y);
    let product = a.mul(&b).unwrap();
    let xy = zip(&x, &y, times);
    check_product(keys, &product, &xy);
    let square = a.square().unwrap();
    let xx = zip(&x, &x, times);
    check_product(keys, &square, &xx);
    let same = a.mul(&a).unwrap();
    assert!(square.c0 == same.c0 && square.c1 == same.c1 && square.c2 == same.c2);
    check_product(keys, &product.add(&square).unwrap(), &zip(&xy, &xx, plus));
    let negative: Vec<Complex> = xx.iter().map(|v| Complex::new(-v.re, -v.im)).collect();
    check_product(keys, &product.sub(&square).unwrap(), &zip(&xy, &negative, plus));
    let mut sum = product.clone();
    sum.add_assign(&square).unwrap();
    assert!(sum == product.add(&square).unwrap());
}

#[test]
fn operations_in_place_are_the_others() {
    let keys = keys();
    let (a, b) = encrypted_pair(keys, &numbers(9, 1.0, 13), &numbers(9, 1.0, 14));
    let assigned = |operation: fn(&mut Ciphertext, &Ciphertext) -> crate::Result<()>| {
        let mut out = a.clone();
        operation(&mut out, &b).unwrap();
        out
    };
    assert_eq!(assigned(Ciphertext::add_assign), a.add(&b).unwrap());
    assert_eq!(assigned(Ciphertext::sub_assign), a.sub(&b).unwrap());
    let product = a.mul_constant(1.5, 2_f64.powi(40)).unwrap();
    let mut rescaled = product.clone();
    rescaled.rescale_assign().unwrap();
    assert_eq!(rescaled, product.rescale().unwrap());
    let mut negative = a.clone();
    negative.neg_assign();
    assert_eq!(negative, a.neg());
}

/// A result in which nothing is hidden any more is never given out, and an operand stays what it was.
#[test]
fn transparent_results_are_refused() {
    let keys = keys();
    let (a, _) = encrypted_pair(keys, &numbers(9, 1.0, 15), &numbers(9, 1.0, 16));
    let zeros = Plaintext::encode(&keys.context, &[0.0], 2, 2_f64.powi(40), 1.0).unwrap();
    let mut changed = a.clone();
    let refused = [
        a.sub(&a).unwrap_err(),
        a.add(&a.neg()).unwrap_err(),
        changed.sub_assign(&a).unwrap_err(),
        changed.add_assign(&a.neg()).unwrap_err(),
        a.mul_plain(&zeros).unwrap_err(),
        a.mul_constant(0.0, 2_f64.powi(40)).unwrap_err(),
        a.mul_constant(1e-13, 2_f64.powi(40)).unwrap_err(),
        a.mul_integer(0).unwrap_err(),
    ];
    for error in refused {
        assert_eq!(error.kind(), ErrorKind::OutOfRange);
        assert!(error.what().contains("everybody could read it"), "{error}");
    }
    assert_eq!(changed, a);
}

/// Multiplying by a plaintext and rescaling at once gives word for word what one after the other does, and refuses the same.
#[test]
fn one_pass_or_two() {
    let keys = keys();
    let (x, y) = (numbers(4096, 1.0, 19), numbers(4096, 1.0, 20));
    let (a, b) = encrypted_pair(keys, &x, &x);
    let plaintext = |y: &[Complex], level: usize, scale: f64| {
        Plaintext::encode_complex(&keys.context, y, level, scale, 1.0).unwrap()
    };
    let whole = plaintext(&y, 2, keys.context.scale_at(2));
    for a in [&a, &b, &a.drop_to(1).unwrap()] {
        let product = a.mul_plain_and_rescale(&whole).unwrap();
        assert_eq!(product, a.mul_plain(&whole).unwrap().rescale().unwrap());
        check(keys, &product, &zip(&x, &y, times));
    }
    let refused = |a: &Ciphertext, plaintext: &Plaintext, kind: ErrorKind, what: &str| {
        let error = a.mul_plain_and_rescale(plaintext).unwrap_err();
        assert!(error.kind() == kind && error.what().starts_with(what), "{error}");
        let two = a.mul_plain(plaintext).and_then(|product| product.rescale()).unwrap_err();
        assert_eq!((error.kind(), error.what()), (two.kind(), two.what()));
    };
    let bottom = a.drop_to(0).unwrap();
    refused(&bottom, &plaintext(&y, 0, 32768.0), ErrorKind::HeadroomExhausted, "rescale: no level left");
    refused(&bottom, &whole, ErrorKind::HeadroomExhausted, "result: it could be too large");
    let small = keys.secret.encrypt_complex_at(&x, 2, 1048576.0, 1.0, &mut rng(21)).unwrap();
    refused(
        &small,
        &plaintext(&y, 2, 32768.0),
        ErrorKind::HeadroomExhausted,
        "rescale: the scale is no larger",
    );
    refused(&a, &plaintext(&y, 1, 32768.0), ErrorKind::ParamsMismatch, "plaintext: of a lower level");
    let zeros = Plaintext::encode(&keys.context, &[0.0], 2, keys.context.scale_at(2), 1.0).unwrap();
    refused(&a, &zeros, ErrorKind::OutOfRange, "result: it would not depend on the key");
}

#[test]
fn levels_keep_the_message_and_meet_there() {
    let keys = keys();
    let x = numbers(4096, 1.0, 17);
    let (a, b) = encrypted_pair(keys, &x, &x);
    for level in 0..=2 {
        check(keys, &a.drop_to(level).unwrap(), &x);
        let lower = a.at_level(level).unwrap();
        assert_eq!((lower.level(), lower.scale()), (level, keys.context.scale_at(level)));
        check(keys, &lower, &x);
        check(keys, &lower.add(&b.at_level(level).unwrap()).unwrap(), &zip(&x, &x, plus));
    }
    // From level 1 after a multiplication, to level 0.
    let one = Plaintext::encode(&keys.context, &[1.0; 4096], 2, keys.context.scale_at(2), 1.0).unwrap();
    let down = a.mul_plain(&one).unwrap().rescale().unwrap();
    assert_eq!(down.scale(), keys.context.scale_at(1));
    check(keys, &down.at_level(0).unwrap(), &x);
}

fn encrypted_pair(keys: &Keys, x: &[Complex], y: &[Complex]) -> (Ciphertext, Ciphertext) {
    let (scale, mut rng) = (keys.context.scale_at(2), rng(18));
    let largest = |v: &[Complex]| v.iter().map(|v| v.re.hypot(v.im)).fold(0.0, f64::max);
    let a = keys.public.encrypt_complex_at(x, 2, scale, largest(x), &mut rng).unwrap();
    (a, keys.secret.encrypt_complex_at(y, 2, scale, largest(y), &mut rng).unwrap())
}

#[test]
fn secrets_are_ternary() {
    let (keys, q) = (keys(), keys().context.qp());
    let s = q.inverse(keys.secret.values.expose_secret().clone());
    let centred = |poly: &crate::ring::Poly<crate::ring::Coefficients>, i: usize| -> Vec<i128> {
        let q = i128::from(q.primes()[i].value());
        poly.row(i)
            .iter()
            .map(|w| if i128::from(*w) > q / 2 { i128::from(*w) - q } else { i128::from(*w) })
            .collect()
    };
    let first = centred(&s, 0);
    for i in 1..q.len() {
        assert_eq!(centred(&s, i), first);
    }
    for value in -1..=1 {
        // A third each; five standard deviations are 213.
        let count = first.iter().filter(|s| **s == value).count();
        assert!(count.abs_diff(8192 / 3) < 213, "{value}: {count}");
    }
    assert!(first.iter().all(|s| s.abs() <= 1));
}

#[test]
fn keys_are_named_by_their_seed() {
    let (keys, context) = (keys(), &keys().context);
    let again = SecretKey::generate(context, &mut rng(1));
    let other = SecretKey::generate(context, &mut rng(2));
    assert!(again == keys.secret && other != keys.secret);
    assert_eq!(again.id(), keys.secret.id());
    assert_eq!(keys.public.id(), keys.secret.id());
    assert_ne!(other.id(), keys.secret.id());
    // Two public keys of one secret differ; both encrypt for it.
    let second = keys.secret.public_key(&mut rng(19));
    assert!(second != keys.public);
    let c = second.encrypt_values(&[1.5], 2.0, &mut rng(20)).unwrap();
    check(keys, &c, &real(&[1.5]));
}

#[test]
fn nothing_secret_is_printed() {
    let keys = keys();
    let c = keys.public.encrypt_values(&[0.123_456_789], 1.0, &mut rng(21)).unwrap();
    let p = Plaintext::encode(&keys.context, &[0.123_456_789], 2, 2_f64.powi(40), 1.0).unwrap();
    let shown =
        format!("{:?} {:?} {:?} {c:?} {p:?}", keys.secret, keys.public, keys.secret.decrypt(&c).unwrap());
    assert!(!shown.contains("0.1234") && !shown.contains("seed"), "{shown}");
}
