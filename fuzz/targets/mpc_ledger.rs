#![no_main]
use veilkit::mpc::study::Ledger;
use veilkit_fuzz::decode;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    decode(bytes, (), |ledger: Ledger| assert_eq!(format!("{ledger:?}"), "Ledger { .. }"));
});
