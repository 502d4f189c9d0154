#![no_main]
use veilkit::mpc::IdentityKey;
use veilkit_fuzz::decode;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    decode(bytes, (), |key: IdentityKey| {
        assert!(!format!("{key:?} {:?}", key.identity()).is_empty());
    });
});
