use super::*;

/// Decrypts and compares: no slot may be further off than the ciphertext says. Returns the largest error's share of that.
fn check(keys: &Keys, ciphertext: &Ciphertext, expected: &[Complex]) -> f64 {
    let decrypted = keys.secret.decrypt(ciphertext).unwrap();
    assert_eq!(decrypted.error(), ciphertext.error());
    let slots = decrypted.to_complex();
    let off = |i: usize| {
        let want = expected.get(i).copied().unwrap_or_default();
        (slots[i].re - want.re).hypot(slots[i].im - want.im)
    };
    let worst = (0..slots.len()).map(off).fold(0.0, f64::max);
    assert!(worst <= ciphertext.error(), "{worst} is above {}", ciphertext.error());
    worst / ciphertext.error()
}

#[test]
fn decryption_undoes_encryption() {
    let keys = keys();
    let values: Vec<f64> = (0..4096).map(|i| f64::from(i) / 4096.0 - 0.5).collect();
    let expected: Vec<Complex> = values.iter().map(|v| Complex::from(*v)).collect();
    let public = keys.public.encrypt_values(&values, 1.0, &mut rng(3)).unwrap();
    let secret = keys.secret.encrypt_values(&values, 1.0, &mut rng(3)).unwrap();
    check(keys, &public, &expected);
    check(keys, &secret, &expected);
    assert!(secret.is_seeded() && !public.is_seeded());
}
