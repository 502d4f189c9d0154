#![no_main]
use veilkit::mpc::secure_sum::Message;
use veilkit_fuzz::{decode, session};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    decode(bytes, (), |message: Message| {
        // A party of a running session takes it, whatever it is, as the message of party 1.
        let mut session = session();
        let _ = session.step(&[(message.sender(), bytes.to_vec())]);
    });
});
