#![no_main]
use veilkit::elgamal::additive::proofs::BitProof;
use veilkit_fuzz::decode;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    decode(bytes, (), |proof: BitProof| {
        assert_eq!(proof, proof.clone());
    });
});
