#![no_main]
use veilkit::paillier::ProductProof;
use veilkit_fuzz::{decode, paillier_key};

// Checking a proof builds tables, which takes seconds under the sanitizer: the bytes only.
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| decode(bytes, paillier_key(), |_: ProductProof| ()));
