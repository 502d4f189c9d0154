#![no_main]
use veilkit::shamir::sealed::CustodianKey;
use veilkit_fuzz::decode;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    decode(bytes, (), |key: CustodianKey| assert!(key.custodian("name").is_ok()));
});
