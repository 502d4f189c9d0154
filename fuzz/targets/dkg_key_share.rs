#![no_main]
use veilkit::mpc::dkg::KeyShare;
use veilkit_fuzz::decode;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    decode(bytes, (), |share: KeyShare| assert!(share.group().share_point(share.party()).is_ok()));
});
