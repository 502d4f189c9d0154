#![no_main]
use veilkit::mpc::dkg::Message;
use veilkit_fuzz::decode;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    decode(bytes, (), |message: Message| assert!(message.sender().get() > 0));
});
