#![no_main]
use veilkit::paillier::threshold::DecryptionShare;
use veilkit_fuzz::{decode, paillier_setup};

// Checking a share raises to powers of over 4000 bits: the bytes only.
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| decode(bytes, paillier_setup(), |share: DecryptionShare| {
    assert!(usize::from(share.party().get()) <= paillier_setup().parties().len());
}));
