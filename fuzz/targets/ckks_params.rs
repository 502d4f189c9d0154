#![no_main]
use veilkit::ckks::{Context, Params};
use veilkit_fuzz::decode;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    decode(bytes, (), |params: Params| {
        assert!(!params.describe().to_string().is_empty());
        if params.degree() <= 4096 {
            Context::new(&params).expect("parameters that exist have tables");
        }
    });
});
