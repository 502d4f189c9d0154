#![no_main]
use veilkit::{elgamal::multiplicative::integers::Ciphertext, unlinked::Unlinked};
use veilkit_fuzz::{decode, elgamal_integer_key};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    decode(bytes, elgamal_integer_key(), |ciphertext: Unlinked<Ciphertext>| {
        let _ = elgamal_integer_key().mul(ciphertext.array(), ciphertext.array());
    });
});
