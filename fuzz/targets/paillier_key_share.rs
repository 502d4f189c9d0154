#![no_main]
use veilkit::paillier::threshold::KeyShare;
use veilkit_fuzz::{decode, paillier_setup};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| decode(bytes, paillier_setup(), |share: KeyShare| {
    assert!(usize::from(share.party().get()) <= share.setup().parties().len());
}));
