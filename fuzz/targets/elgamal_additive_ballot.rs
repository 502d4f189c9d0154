#![no_main]
use veilkit::elgamal::additive::proofs::{Ballot, Context};
use veilkit_fuzz::{decode, elgamal_key};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    decode(bytes, elgamal_key(), |ballot: Ballot| {
        let equations = ballot.equations(elgamal_key(), ballot.choices().len(), &Context::new(b"fuzz"));
        assert!(equations.and_then(|equations| equations.check()).is_err());
    });
});
