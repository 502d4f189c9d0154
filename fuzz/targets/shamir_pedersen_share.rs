#![no_main]
use veilkit::shamir::pedersen::Share;
use veilkit_fuzz::decode;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    decode(bytes, (), |share: Share| {
        assert!(share == share.clone() && share.index().get() > 0);
    });
});
