#![no_main]
use veilkit::mpc::threshold_decrypt::DecryptionShare;
use veilkit_fuzz::decode;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    decode(bytes, (), |share: DecryptionShare| assert!(share.party().get() > 0));
});
