#![no_main]
use veilkit::ckks::{EncryptionKey, EvaluationKeys};
use veilkit_fuzz::{ckks_key, decode, rng, use_ckks};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    decode(bytes, ckks_key().context(), |keys: EvaluationKeys| {
        let ciphertext = ckks_key().encrypt_values(&[1.0], 1.0, &mut rng()).expect("one number");
        use_ckks(&keys, &ciphertext);
        for steps in keys.rotations() {
            let _ = keys.rotate(&ciphertext, steps as i64);
        }
    });
});
