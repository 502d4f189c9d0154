//! Sixteen blocks of ChaCha20 at once: side by side where registers have sixteen lanes, by `rand_chacha` elsewhere.
#![allow(unsafe_code)]
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use zeroize::Zeroize;

/// Words of sixteen blocks.
pub(crate) const WORDS: usize = 128;

/// Sixteen blocks of the stream from a counter on.
pub(crate) fn blocks(key: &[u32; 8], counter: u64, stream: u64, out: &mut [u64; WORDS]) {
    #[cfg(all(target_arch = "x86_64", not(veilkit_backend = "portable")))]
    if is_x86_feature_detected!("avx512f") {
        // SAFETY: the machine has the feature, as just checked.
        return unsafe { avx512::sixteen(key, counter, stream, out) };
    }
    portable(key, counter, stream, out);
}

fn portable(key: &[u32; 8], counter: u64, stream: u64, out: &mut [u64; WORDS]) {
    let (mut seed, mut bytes) = ([0; 32], [0; 8 * WORDS]);
    for (bytes, word) in seed.as_chunks_mut().0.iter_mut().zip(key) {
        *bytes = word.to_le_bytes();
    }
    let mut rng = ChaCha20Rng::from_seed(seed);
    rng.set_stream(stream);
    rng.set_word_pos(16 * u128::from(counter));
    rng.fill_bytes(&mut bytes);
    for (out, bytes) in out.iter_mut().zip(bytes.as_chunks().0) {
        *out = u64::from_le_bytes(*bytes);
    }
    seed.zeroize();
    bytes.zeroize();
}

/// A register for each word of sixteen blocks.
#[cfg(target_arch = "x86_64")]
mod avx512 {
    use core::arch::x86_64::{
        __m512i, _mm512_add_epi32, _mm512_rol_epi32, _mm512_setr_epi32, _mm512_shuffle_i32x4,
        _mm512_storeu_epi64, _mm512_unpackhi_epi32, _mm512_unpackhi_epi64, _mm512_unpacklo_epi32,
        _mm512_unpacklo_epi64, _mm512_xor_si512,
    };

    use super::WORDS;

    /// Two rounds: down the columns, then along the diagonals. Written out, so that every word stays in its register.
    macro_rules! two_rounds {
        ($s:ident, $add:ident, $xor_rotate:ident) => {
            two_rounds!($s, $add, $xor_rotate, 0 4 8 12, 1 5 9 13, 2 6 10 14, 3 7 11 15);
            two_rounds!($s, $add, $xor_rotate, 0 5 10 15, 1 6 11 12, 2 7 8 13, 3 4 9 14);
        };
        ($s:ident, $add:ident, $xor_rotate:ident, $($a:literal $b:literal $c:literal $d:literal),*) => {
            $($s[$a] = $add($s[$a], $s[$b]); $s[$d] = $xor_rotate::<16>($s[$d], $s[$a]);)*
            $($s[$c] = $add($s[$c], $s[$d]); $s[$b] = $xor_rotate::<12>($s[$b], $s[$c]);)*
            $($s[$a] = $add($s[$a], $s[$b]); $s[$d] = $xor_rotate::<8>($s[$d], $s[$a]);)*
            $($s[$c] = $add($s[$c], $s[$d]); $s[$b] = $xor_rotate::<7>($s[$b], $s[$c]);)*
        };
    }

    #[target_feature(enable = "avx512f")]
    pub(super) fn sixteen(key: &[u32; 8], counter: u64, stream: u64, out: &mut [u64; WORDS]) {
        let start = start(key, counter, stream).map(|words| vector(&words));
        let mut s = start;
        for _ in 0..10 {
            two_rounds!(s, _mm512_add_epi32, xor_rotate);
        }
        for (s, start) in s.iter_mut().zip(start) {
            *s = _mm512_add_epi32(*s, start);
        }
        let blocks = out.as_chunks_mut::<8>().0;
        let quarters = [0, 4, 8, 12].map(|i| four_words([s[i], s[i + 1], s[i + 2], s[i + 3]]));
        for r in 0..4 {
            let [t0, t1, t2, t3] = quarters.map(|quarter| quarter[r]);
            let [a, b] = [_mm512_shuffle_i32x4::<0x44>(t0, t1), _mm512_shuffle_i32x4::<0xee>(t0, t1)];
            let [c, d] = [_mm512_shuffle_i32x4::<0x44>(t2, t3), _mm512_shuffle_i32x4::<0xee>(t2, t3)];
            store(&mut blocks[r], _mm512_shuffle_i32x4::<0x88>(a, c));
            store(&mut blocks[4 + r], _mm512_shuffle_i32x4::<0xdd>(a, c));
            store(&mut blocks[8 + r], _mm512_shuffle_i32x4::<0x88>(b, d));
            store(&mut blocks[12 + r], _mm512_shuffle_i32x4::<0xdd>(b, d));
        }
    }

    #[inline]
    #[target_feature(enable = "avx512f")]
    fn xor_rotate<const LEFT: i32>(a: __m512i, b: __m512i) -> __m512i {
        _mm512_rol_epi32::<LEFT>(_mm512_xor_si512(a, b))
    }

    /// From four words, each of blocks 0 to 15, to blocks r, 4 + r, 8 + r, 12 + r for each r, each of four words.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn four_words([a, b, c, d]: [__m512i; 4]) -> [__m512i; 4] {
        let [low_ab, high_ab] = [_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b)];
        let [low_cd, high_cd] = [_mm512_unpacklo_epi32(c, d), _mm512_unpackhi_epi32(c, d)];
        [
            _mm512_unpacklo_epi64(low_ab, low_cd),
            _mm512_unpackhi_epi64(low_ab, low_cd),
            _mm512_unpacklo_epi64(high_ab, high_cd),
            _mm512_unpackhi_epi64(high_ab, high_cd),
        ]
    }

    #[inline]
    #[target_feature(enable = "avx512f")]
    fn vector(x: &[u32; 16]) -> __m512i {
        let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = x.map(u32::cast_signed);
        _mm512_setr_epi32(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p)
    }

    #[inline]
    #[target_feature(enable = "avx512f")]
    fn store(out: &mut [u64; 8], v: __m512i) {
        // SAFETY: 64 bytes can be written there; no alignment is asked for.
        unsafe { _mm512_storeu_epi64(out.as_mut_ptr().cast(), v) }
    }

    const LANES: usize = 16;

    /// The words that the rounds start from, of blocks side by side.
    #[expect(clippy::cast_possible_truncation, reason = "words in halves")]
    fn start(key: &[u32; 8], counter: u64, stream: u64) -> [[u32; LANES]; 16] {
        const CONSTANTS: [u32; 4] = [0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574];
        let counters: [u64; LANES] = core::array::from_fn(|lane| counter.wrapping_add(lane as u64));
        core::array::from_fn(|i| match i {
            0..4 => [CONSTANTS[i]; LANES],
            4..12 => [key[i - 4]; LANES],
            12 => counters.map(|counter| counter as u32),
            13 => counters.map(|counter| (counter >> 32) as u32),
            14 => [stream as u32; LANES],
            _ => [(stream >> 32) as u32; LANES],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_versions_agree() {
        let key = [0, 1, u32::MAX, 0x8000_0000, 77, 5, 6, 7];
        for (counter, stream) in [(0, 0), (1, u64::MAX), (u64::from(u32::MAX) - 7, 3), (1 << 40, 1 << 32)] {
            let (mut found, mut expected) = ([0; WORDS], [1; WORDS]);
            blocks(&key, counter, stream, &mut found);
            portable(&key, counter, stream, &mut expected);
            assert_eq!(found, expected, "{counter} {stream}");
        }
    }
}
