#![no_main]
use veilkit::shamir::paper::{self, Card};
use veilkit_fuzz::decode;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    decode(bytes, (), |card: Card| {
        let words = paper::to_words(&card).expect("cards fit");
        assert!(paper::from_words::<Card>(&words).expect("the same words") == card);
        let text = paper::to_text(&card).expect("cards fit");
        assert!(paper::from_text::<Card>(&text).expect("the same text") == card);
    });
    // The bytes as what somebody typed.
    if let Ok(text) = core::str::from_utf8(bytes) {
        let (words, _) = (paper::from_words::<Card>(text), paper::from_text::<Card>(text));
        assert!(words.is_err() || paper::mistakes(text).is_empty());
    }
});
