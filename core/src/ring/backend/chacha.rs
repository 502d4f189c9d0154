//! Sixteen blocks of ChaCha20 at once: as many lanes side by side as registers have room for.
#![allow(unsafe_code)]
use super::loops::for_each_machine;

/// Words of sixteen blocks.
pub(crate) const WORDS: usize = 128;

/// The next sixteen blocks of the stream; gives the counter of the one after them.
pub(crate) fn blocks(key: &[u32; 8], counter: u64, stream: u64, out: &mut [u64; WORDS]) -> u64 {
    sixteen(key, counter, stream, out);
    counter.wrapping_add(16)
}

for_each_machine! {
    fn sixteen(key: &[u32; 8], counter: u64, stream: u64, out: &mut [u64; WORDS]) {
        lanes::<16>(key, counter, stream, out);
    }
}

#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "words in halves")]
fn lanes<const LANES: usize>(key: &[u32; 8], counter: u64, stream: u64, out: &mut [u64; WORDS]) {
    const CONSTANTS: [u32; 4] = [0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574];
    let counters: [u64; LANES] = core::array::from_fn(|lane| counter.wrapping_add(lane as u64));
    let start: [[u32; LANES]; 16] = core::array::from_fn(|i| match i {
        0..4 => [CONSTANTS[i]; LANES],
        4..12 => [key[i - 4]; LANES],
        12 => counters.map(|counter| counter as u32),
        13 => counters.map(|counter| (counter >> 32) as u32),
        14 => [stream as u32; LANES],
        _ => [(stream >> 32) as u32; LANES],
    });
    let mut s = start;
    for _ in 0..10 {
        quarter(&mut s, [0, 4, 8, 12]);
        quarter(&mut s, [1, 5, 9, 13]);
        quarter(&mut s, [2, 6, 10, 14]);
        quarter(&mut s, [3, 7, 11, 15]);
        quarter(&mut s, [0, 5, 10, 15]);
        quarter(&mut s, [1, 6, 11, 12]);
        quarter(&mut s, [2, 7, 8, 13]);
        quarter(&mut s, [3, 4, 9, 14]);
    }
    for (s, start) in s.iter_mut().zip(&start) {
        for (s, start) in s.iter_mut().zip(start) {
            *s = s.wrapping_add(*start);
        }
    }
    for (lane, out) in out.as_chunks_mut::<8>().0.iter_mut().enumerate() {
        for (i, out) in out.iter_mut().enumerate() {
            *out = u64::from(s[2 * i][lane]) | u64::from(s[2 * i + 1][lane]) << 32;
        }
    }
}

#[inline(always)]
fn quarter<const LANES: usize>(s: &mut [[u32; LANES]; 16], [a, b, c, d]: [usize; 4]) {
    for (to, from, mix, left) in [(a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)] {
        s[to] = each(s[to], s[from], u32::wrapping_add);
        s[mix] = each(s[mix], s[to], |x, y| (x ^ y).rotate_left(left));
    }
}

#[inline(always)]
fn each<const LANES: usize>(a: [u32; LANES], b: [u32; LANES], f: impl Fn(u32, u32) -> u32) -> [u32; LANES] {
    core::array::from_fn(|lane| f(a[lane], b[lane]))
}
