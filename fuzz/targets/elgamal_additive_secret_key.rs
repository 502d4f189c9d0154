#![no_main]
use veilkit::elgamal::additive::SecretKey;
use veilkit_fuzz::decode;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    decode(bytes, (), |key: SecretKey| {
        assert!(!bool::from(key.public_key().point().is_identity()));
    });
});
