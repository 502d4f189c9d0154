#![no_main]
use veilkit::{
    mpc::resharing::Plan,
    shamir::{feldman, pedersen},
};
use veilkit_fuzz::decode;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    decode(bytes, (), |plan: Plan<feldman::Share>| assert!(!plan.dealers().is_empty()));
    decode(bytes, (), |plan: Plan<pedersen::Share>| assert!(!plan.dealers().is_empty()));
});
