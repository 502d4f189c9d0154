//! What every target does: decode, encode again, use.
use veilkit::codec::{Decode, Encode};

/// Decodes the bytes as `T`; what is accepted must encode to the same bytes, and is then used.
///
/// # Panics
/// When it encodes to other bytes.
pub fn decode<T: Decode<C> + Encode, C>(bytes: &[u8], context: C, exercise: impl FnOnce(T)) {
    match T::from_bytes(bytes, context) {
        Ok(value) => {
            assert_eq!(*value.to_bytes(), bytes, "accepted, but encodes to other bytes");
            exercise(value);
        }
        Err(error) => assert!(!error.what().is_empty(), "an error names what is wrong"),
    }
}

/// The same generator in every run.
pub fn rng() -> rand_chacha::ChaCha20Rng {
    rand_chacha::rand_core::SeedableRng::from_seed([7; 32])
}
