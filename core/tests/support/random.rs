//! A generator from a name, so that every run draws the same.
use veilkit::transcript::Transcript;

/// The generator that belongs to `name`.
pub fn rng(name: &str) -> rand_chacha::ChaCha20Rng {
    Transcript::new("veilkit v1 tests").append("name", name.as_bytes()).rng()
}
