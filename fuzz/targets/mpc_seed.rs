#![no_main]
use veilkit::mpc::session::Seed;
use veilkit_fuzz::decode;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    decode(bytes, (), |seed: Seed| assert_eq!(format!("{seed:?}"), "Seed(..)"));
});
