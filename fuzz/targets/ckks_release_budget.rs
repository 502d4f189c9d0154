#![no_main]
use veilkit::ckks::{EncryptionKey, ReleaseBudget};
use veilkit_fuzz::{ckks_key, decode, rng};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    decode(bytes, ckks_key().context(), |mut budget: ReleaseBudget| {
        let ciphertext = ckks_key().encrypt_values(&[1.0], 1.0, &mut rng()).expect("one number");
        let left = budget.left();
        let released = ckks_key().release(&mut budget, &ciphertext, &[0], f64::INFINITY, &mut rng());
        assert_eq!(budget.left(), left - u32::from(released.is_ok()));
        budget.write_off(u32::MAX);
        assert_eq!(budget.left(), 0);
    });
});
