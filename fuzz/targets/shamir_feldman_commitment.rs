#![no_main]
use veilkit::shamir::feldman::{Commitment, combine};
use veilkit_fuzz::decode;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    decode(bytes, (), |commitment: Commitment| {
        assert!(!bool::from(commitment.public_point().is_identity()));
        assert!(combine(&commitment, &[]).is_err());
    });
});
