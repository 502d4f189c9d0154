#![no_main]
use veilkit::paillier::{Plaintext, SecretKey};
use veilkit_fuzz::decode;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    decode(bytes, (), |key: SecretKey| {
        let public = key.public_key();
        let message = Plaintext::from_i128(-5, public);
        let a = public.add_plain(&public.zero(), &message).expect("one key");
        assert!(key.decrypt(&a).expect("an accepted key decrypts") == message);
    });
});
