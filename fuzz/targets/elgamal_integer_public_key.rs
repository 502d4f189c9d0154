#![no_main]
use veilkit::elgamal::multiplicative::integers::PublicKey;
use veilkit_fuzz::decode;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    decode(bytes, (), |key: PublicKey| {
        assert_eq!(key.element_bytes().len(), key.group().element_bytes());
    });
});
