#![no_main]
use veilkit::shamir::policy::{Share, combine};
use veilkit_fuzz::decode;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    decode(bytes, (), |share: Share| {
        let _ = combine(&[share]);
    });
});
