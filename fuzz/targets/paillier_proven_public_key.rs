#![no_main]
use veilkit::paillier::{Plaintext, ProvenPublicKey};
use veilkit_fuzz::decode;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    decode(bytes, (), |key: ProvenPublicKey| {
        let key = key.into_public_key();
        key.add_plain(&key.zero(), &Plaintext::from_i128(-5, &key)).expect("one key");
    });
});
