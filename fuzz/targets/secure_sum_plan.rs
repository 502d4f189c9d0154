#![no_main]
use veilkit::mpc::secure_sum::{Input, Plan};
use veilkit_fuzz::decode;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    decode(bytes, (), |plan: Plan| {
        assert!(plan.explain().len() > plan.revealed().len());
        if plan.length() < 1000 {
            Input::integers(&plan, &vec![0; plan.length()]).expect("zeros are within every bound");
        }
    });
});
