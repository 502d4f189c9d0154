#![no_main]
use veilkit::paillier::{PackedArray, Unlinked};
use veilkit_fuzz::{decode, paillier_key};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    decode(bytes, paillier_key(), |array: Unlinked<PackedArray>| {
        let (array, silent) = (array.into_array(), &mut ());
        let _ = array.add(&array, silent);
        let _ = PackedArray::sum_many(&[&array, &array], silent);
    });
});
