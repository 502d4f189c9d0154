#![no_main]
use veilkit::elgamal::multiplicative::integers::SecretKey;
use veilkit_fuzz::decode;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    decode(bytes, (), |key: SecretKey| {
        assert!(key.public_key().group().bits() >= 2048);
    });
});
