#![no_main]
use veilkit::mpc::dkg::GroupKey;
use veilkit_fuzz::decode;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    decode(bytes, (), |key: GroupKey| assert!(key.share_point(key.parties()[0]).is_ok()));
});
