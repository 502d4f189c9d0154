#![no_main]
use veilkit::{
    field::{Field, Fp61},
    group::Scalar,
    shamir::field,
};
use veilkit_fuzz::decode;

fn add<F: Field>(share: &field::Share<F>) {
    share.values().iter().fold(F::ZERO, |sum, value| sum + *value * *value);
    assert!(field::combine(std::slice::from_ref(share)).is_err());
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    decode(bytes, (), |share: field::Share<Fp61>| add(&share));
    decode(bytes, (), |share: field::Share<Scalar>| add(&share));
});
