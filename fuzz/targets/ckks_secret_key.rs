#![no_main]
use veilkit::ckks::{EncryptionKey, SecretKey};
use veilkit_fuzz::{ckks_key, decode, rng};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    decode(bytes, ckks_key().context(), |key: SecretKey| {
        let ciphertext = key.encrypt_values(&[1.0], 1.0, &mut rng()).expect("one number");
        let value = key.decrypt(&ciphertext).expect("its own ciphertext").to_real()[0];
        assert!((value - 1.0).abs() <= ciphertext.error());
    });
});
