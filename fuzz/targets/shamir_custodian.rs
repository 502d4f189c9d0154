#![no_main]
use veilkit::shamir::sealed::Custodian;
use veilkit_fuzz::decode;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    decode(bytes, (), |custodian: Custodian| assert!(!custodian.name().is_empty()));
});
