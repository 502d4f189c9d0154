#![no_main]
use veilkit::ckks::{Ciphertext, ReleaseBudget, ReleasePolicy};
use veilkit_fuzz::{ckks_evaluation_keys, ckks_key, decode, rng, use_ckks};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    decode(bytes, ckks_key().context(), |ciphertext: Ciphertext| {
        use_ckks(ckks_evaluation_keys(), &ciphertext);
        let policy = ReleasePolicy::new(30, 1).expect("a policy");
        let mut budget = ReleaseBudget::new(ckks_key(), policy);
        let _ = ckks_key().release(&mut budget, &ciphertext, &[0], f64::INFINITY, &mut rng());
    });
});
