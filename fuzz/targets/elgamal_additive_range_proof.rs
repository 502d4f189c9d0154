#![no_main]
use veilkit::elgamal::additive::proofs::RangeProof;
use veilkit_fuzz::decode;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    decode(bytes, (), |proof: RangeProof| {
        assert!((1..=RangeProof::MAX_BITS).contains(&proof.bits()));
    });
});
