#![no_main]
use veilkit::paillier::threshold::Setup;
use veilkit_fuzz::{decode, paillier_setup};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| decode(bytes, paillier_setup().public_key(), |setup: Setup| {
    assert!((2..=setup.parties().len()).contains(&setup.threshold()));
}));
