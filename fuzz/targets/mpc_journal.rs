#![no_main]
use veilkit::{codec::Encode, mpc::session::Journal};
use veilkit_fuzz::{decode, resume_session};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    decode(bytes, (), |journal: Journal| resume_session(&journal));
    // As a file that a crash may have cut.
    if let Ok((journal, used)) = Journal::recover(bytes) {
        assert!(used <= bytes.len() && journal.to_bytes().len() == used);
        resume_session(&journal);
    }
});
