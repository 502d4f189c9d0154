#![no_main]
use veilkit::mpc::share_message::ShareMessage;
use veilkit_fuzz::decode;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    decode(bytes, (), |message: ShareMessage| assert!(message.sender().get() > 0));
});
