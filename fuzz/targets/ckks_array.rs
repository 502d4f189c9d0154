#![no_main]
use veilkit::{
    ckks::{EncryptedArray, PlainArray},
    shape::Pick,
};
use veilkit_fuzz::{ckks_evaluation_keys, ckks_key, decode};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    decode(bytes, ckks_key().context(), |array: EncryptedArray| {
        let (keys, half) = (Some(ckks_evaluation_keys()), PlainArray::constant(0.5).expect("a number"));
        let _ = array.add_plain(&half, keys, &mut ());
        let _ = array.add(&array, keys, &mut ());
        let _ = array.sum(None, keys, &mut ());
        let _ = array.slice(&[Pick::At(0)], keys, &mut ());
        let _ = array.decrypt(ckks_key(), &mut ());
    });
});
