#![no_main]
use veilkit::{elgamal::multiplicative::points::Ciphertext, unlinked::Unlinked};
use veilkit_fuzz::{decode, elgamal_point_key};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    decode(bytes, elgamal_point_key(), |ciphertext: Unlinked<Ciphertext>| {
        let _ = elgamal_point_key().add(ciphertext.array(), ciphertext.array());
    });
});
