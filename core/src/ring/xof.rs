//! The stream of words that polynomials are sampled from.
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::backend::chacha;

/// The keystream of ChaCha20 for a seed of 32 bytes and a stream number, as little-endian words of 64 bits.
///
/// The block counter is 64 bits long and starts at 0, and the stream number takes the place of the nonce: the bytes of
/// `rand_chacha::ChaCha20Rng` with the same seed and stream.
///
/// # Security
/// Seed and stream together are used for one purpose. Wiped when dropped.
///
/// # Source
/// Bernstein, "ChaCha, a variant of Salsa20", 2008.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Xof {
    key: [u32; 8],
    stream: u64,
    counter: u64,
    buffer: [u64; chacha::WORDS],
    /// Words of the buffer that were given out.
    used: usize,
}

impl Xof {
    /// The stream from its beginning.
    pub fn new(seed: &[u8; 32], stream: u64) -> Self {
        let mut key = [0; 8];
        for (word, bytes) in key.iter_mut().zip(seed.as_chunks().0) {
            *word = u32::from_le_bytes(*bytes);
        }
        Self { key, stream, counter: 0, buffer: [0; chacha::WORDS], used: chacha::WORDS }
    }

    /// The next words.
    pub fn fill(&mut self, out: &mut [u64]) {
        let buffered = out.len().min(chacha::WORDS - self.used);
        let (first, rest) = out.split_at_mut(buffered);
        first.copy_from_slice(&self.buffer[self.used..self.used + buffered]);
        self.used += buffered;
        let (whole, last) = rest.as_chunks_mut();
        for blocks in whole {
            chacha::blocks(&self.key, self.counter, self.stream, blocks);
            self.counter = self.counter.wrapping_add(16);
        }
        if !last.is_empty() {
            chacha::blocks(&self.key, self.counter, self.stream, &mut self.buffer);
            self.counter = self.counter.wrapping_add(16);
            last.copy_from_slice(&self.buffer[..last.len()]);
            self.used = last.len();
        }
    }
}

impl core::fmt::Debug for Xof {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Xof").field("stream", &self.stream).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_core::{Rng, SeedableRng};

    use super::*;

    #[test]
    fn words_are_those_of_another_implementation() {
        for (seed, stream) in [([0; 32], 0), ([7; 32], 1), ([0xff; 32], u64::MAX), ([1; 32], 5 << 32 | 3)] {
            let mut other = ChaCha20Rng::from_seed(seed);
            other.set_stream(stream);
            let mut xof = Xof::new(&seed, stream);
            // Lengths that end within buffers, at their ends, and after them.
            for length in [0, 1, 127, 128, 3, 125, 300, 84, 1024, 5, 131] {
                let mut words = vec![0; length];
                xof.fill(&mut words);
                let expected: Vec<u64> = (0..length).map(|_| other.next_u64()).collect();
                assert_eq!(words, expected, "{length}");
            }
        }
    }

    #[test]
    fn counters_carry_into_their_high_half() {
        let mut other = ChaCha20Rng::from_seed([3; 32]);
        let block = (1 << 32) - 7;
        other.set_word_pos(16 * u128::from(block));
        let mut xof = Xof::new(&[3; 32], 0);
        xof.counter = block;
        let mut words = [0; 256];
        xof.fill(&mut words);
        assert_eq!(words.to_vec(), (0..256).map(|_| other.next_u64()).collect::<Vec<_>>());
    }

    #[test]
    fn seeds_are_not_printed() {
        assert_eq!(format!("{:?}", Xof::new(&[9; 32], 4)), "Xof { stream: 4, .. }");
    }
}
