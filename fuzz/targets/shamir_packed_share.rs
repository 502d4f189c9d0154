#![no_main]
use veilkit::{field::Fp61, shamir::packed::Share};
use veilkit_fuzz::decode;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    decode(bytes, (), |share: Share<Fp61>| {
        let _ = share.mul(&share);
        assert!(share.add(&share).is_ok());
    });
});
