#![no_main]
use veilkit::shamir::sealed::SealedShare;
use veilkit_fuzz::decode;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    decode(bytes, (), |sealed: SealedShare| assert!(!sealed.custodian().name().is_empty()));
});
