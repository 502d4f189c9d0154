#![no_main]
use veilkit::elgamal::additive::proofs::Proof;
use veilkit_fuzz::decode;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    decode(bytes, (), |proof: Proof| {
        assert_eq!(proof.claim(), proof.clone().claim());
    });
});
