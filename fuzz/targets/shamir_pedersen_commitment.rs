#![no_main]
use veilkit::shamir::pedersen::{Commitment, combine};
use veilkit_fuzz::decode;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    decode(bytes, (), |commitment: Commitment| assert!(combine(&commitment, &[]).is_err()));
});
