#![no_main]
use veilkit::elgamal::additive::PublicKey;
use veilkit_fuzz::decode;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    decode(bytes, (), |key: PublicKey| {
        assert!(!bool::from(key.point().is_identity()));
    });
});
