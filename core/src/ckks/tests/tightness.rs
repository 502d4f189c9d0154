//! How much larger bounds are than errors. They must not be smaller, ever; here is how far they are from it.
use super::*;

/// The largest error's share of the bound over some encryptions, as a binary logarithm.
fn log2_share(runs: u64, one: impl Fn(u64) -> f64) -> f64 {
    (0..runs).map(one).fold(0.0, f64::max).log2()
}

fn between(share: f64, range: core::ops::Range<f64>, what: &str) {
    eprintln!("{what}: the largest error is 2^{share:.1} of the bound");
    assert!(range.contains(&share), "{what}: {share}");
}

#[test]
fn looseness_is_what_is_stated() {
    let keys = keys();
    let x = numbers(4096, 1.0, 1);
    let scale = keys.context.scale_at(2);
    let public = |seed| keys.public.encrypt_complex_at(&x, 2, scale, 1.0, &mut rng(seed)).unwrap();
    let secret = |seed| keys.secret.encrypt_complex_at(&x, 2, scale, 1.0, &mut rng(seed)).unwrap();
    between(log2_share(8, |seed| check(keys, &public(seed), &x)), -8.5..-6.5, "public key");
    between(log2_share(8, |seed| check(keys, &secret(seed), &x)), -3.5..-1.5, "secret key");
    let sum = |seed| check(keys, &public(seed).add(&public(seed + 100)).unwrap(), &zip(&x, &x, plus));
    between(log2_share(8, sum), -8.5..-6.5, "sum of two");
    let product =
        |seed| check_product(keys, &public(seed).mul(&public(seed + 100)).unwrap(), &zip(&x, &x, times));
    between(log2_share(8, product), -9.5..-7.5, "product");
    let rescaled = |seed| {
        let one = Plaintext::encode(&keys.context, &[1.0; 4096], 2, scale, 1.0).unwrap();
        check(keys, &secret(seed).mul_plain(&one).unwrap().rescale().unwrap(), &x)
    };
    between(log2_share(8, rescaled), -12.0..-10.0, "product with a plaintext, rescaled");
}
