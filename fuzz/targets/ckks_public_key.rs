#![no_main]
use veilkit::ckks::{EncryptionKey, PublicKey};
use veilkit_fuzz::{ckks_evaluation_keys, ckks_key, decode, rng, use_ckks};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    decode(bytes, ckks_key().context(), |key: PublicKey| {
        let ciphertext = key.encrypt_values(&[1.0], 1.0, &mut rng()).expect("one number");
        use_ckks(ckks_evaluation_keys(), &ciphertext);
    });
});
