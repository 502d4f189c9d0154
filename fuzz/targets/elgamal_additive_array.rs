#![no_main]
use veilkit::{elgamal::additive::EncryptedArray, unlinked::Unlinked};
use veilkit_fuzz::{decode, elgamal_key};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    decode(bytes, elgamal_key(), |array: Unlinked<EncryptedArray>| {
        let (array, silent) = (array.into_array(), &mut ());
        let _ = array.add(&array, silent);
        let _ = array.sum(Some(0), silent);
    });
});
