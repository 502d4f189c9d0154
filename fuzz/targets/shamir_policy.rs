#![no_main]
use veilkit::shamir::policy::Policy;
use veilkit_fuzz::decode;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    decode(bytes, (), |policy: Policy| assert!(policy.smallest() <= policy.seats().len()));
    // The bytes as what somebody typed.
    let Ok(text) = core::str::from_utf8(bytes) else { return };
    if let Ok(policy) = text.parse::<Policy>() {
        assert_eq!(policy.to_string().parse::<Policy>().expect("its own text"), policy);
    }
});
