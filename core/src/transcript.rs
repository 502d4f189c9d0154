//! Domain-separated hashing: the only place where the core turns values into digests, challenges and keys.
//!
//! The hash is BLAKE3 throughout. Every input is framed by its length, so two different sequences of inputs
//! never give the same bytes to the hash; the domain string enters as BLAKE3's key-derivation context.
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use zeroize::Zeroizing;

/// The bytes of a digest.
pub type Digest = [u8; 32];

/// A running hash over labelled values.
#[derive(Clone)]
pub struct Transcript(blake3::Hasher);

impl Transcript {
    /// Starts a transcript. `domain` is unique to one purpose in one version, e.g. `"veilkit v1 secure-sum plan"`.
    pub fn new(domain: &'static str) -> Self {
        Self(blake3::Hasher::new_derive_key(domain))
    }

    /// Adds a labelled value.
    pub fn append(&mut self, label: &'static str, value: &[u8]) -> &mut Self {
        for part in [label.as_bytes(), value] {
            self.0.update(&(part.len() as u64).to_le_bytes());
            self.0.update(part);
        }
        self
    }

    /// Adds a labelled integer.
    pub fn append_u64(&mut self, label: &'static str, value: u64) -> &mut Self {
        self.append(label, &value.to_le_bytes())
    }

    /// The digest of everything so far.
    pub fn digest(&self) -> Digest {
        *self.0.finalize().as_bytes()
    }

    /// Fills `out` with bytes that depend on everything so far.
    ///
    /// A shorter output is a prefix of a longer one: append a label first where two outputs must differ.
    pub fn fill(&self, out: &mut [u8]) {
        self.0.finalize_xof().fill(out);
    }

    /// A 256-bit key that depends on everything so far, wiped when dropped.
    pub fn key(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.digest())
    }

    /// A generator whose whole stream depends on everything so far, seeded with 256 bits.
    pub fn rng(&self) -> ChaCha20Rng {
        ChaCha20Rng::from_seed(*self.key())
    }
}

impl Drop for Transcript {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(parts: &[(&'static str, &[u8])]) -> Digest {
        let mut transcript = Transcript::new("veilkit v1 test");
        for (label, value) in parts {
            transcript.append(label, value);
        }
        transcript.digest()
    }

    #[test]
    fn framing_is_injective() {
        assert_ne!(digest(&[("a", b"bc")]), digest(&[("ab", b"c")]));
        assert_ne!(digest(&[("a", b"b"), ("c", b"d")]), digest(&[("a", b"bcd")]));
        assert_ne!(digest(&[("a", b"")]), digest(&[]));
    }

    #[test]
    fn domains_separate() {
        let (a, b) = (Transcript::new("veilkit v1 test"), Transcript::new("veilkit v1 tesT"));
        assert_ne!(a.digest(), b.digest());
    }

    #[test]
    fn every_seed_bit_reaches_the_stream() {
        use rand_chacha::rand_core::Rng;
        let stream = |seed: &[u8; 32]| {
            let mut transcript = Transcript::new("veilkit v1 test");
            transcript.append("seed", seed);
            transcript.rng().next_u64()
        };
        let base = stream(&[0; 32]);
        for bit in 0..256 {
            let mut seed = [0; 32];
            seed[bit / 8] = 1 << (bit % 8);
            assert_ne!(stream(&seed), base, "bit {bit}");
        }
    }
}
