//! Bits of many values at once: a plane holds the same bit of all of them, 64 to a word.
use super::word::Lanes;

/// The words that a plane of so many values has.
pub(super) fn blocks(values: usize) -> usize {
    values.div_ceil(64)
}

/// Rows and columns of a 64 by 64 matrix of bits exchanged; the first column is the lowest bit.
pub(super) fn transpose(matrix: &mut [u64; 64]) {
    let mut mask = u64::MAX;
    for half in [32, 16, 8, 4, 2, 1] {
        mask ^= mask << half;
        for rows in matrix.chunks_exact_mut(2 * half) {
            let (upper, lower) = rows.split_at_mut(half);
            for (a, b) in upper.iter_mut().zip(lower) {
                let exchanged = ((*a >> half) ^ *b) & mask;
                *a ^= exchanged << half;
                *b ^= exchanged;
            }
        }
    }
}

/// The lowest `planes` bits of values, plane after plane.
pub(super) fn to_planes(values: impl ExactSizeIterator<Item = u64>, planes: usize) -> Vec<Lanes> {
    let (blocks, mut values) = (blocks(values.len()), values);
    let mut out = vec![Lanes::default(); planes * blocks];
    for block in 0..blocks {
        let mut matrix = [0; 64];
        for (row, value) in matrix.iter_mut().zip(&mut values) {
            *row = value;
        }
        transpose(&mut matrix);
        for (plane, row) in matrix.into_iter().take(planes).enumerate() {
            out[plane * blocks + block] = Lanes(row);
        }
        zeroize::Zeroize::zeroize(&mut matrix);
    }
    out
}

/// The first `values` bits of each plane, one after the other, from its words.
pub(super) fn bits_of(plane: &[Lanes], values: usize) -> impl Iterator<Item = u64> + '_ {
    plane.iter().flat_map(|word| (0..64).map(move |lane| word.0 >> lane & 1)).take(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(count: usize) -> Vec<u64> {
        (1..).map(|i: u64| i.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(17)).take(count).collect()
    }

    #[test]
    fn transposing_exchanges_rows_and_columns() {
        let mut matrix: [u64; 64] = words(64).try_into().unwrap();
        let before = matrix;
        transpose(&mut matrix);
        for (i, row) in matrix.iter().enumerate() {
            for (k, old) in before.iter().enumerate() {
                assert_eq!(row >> k & 1, old >> i & 1, "{i} {k}");
            }
        }
    }

    #[test]
    fn planes_hold_the_bits() {
        for count in [0, 1, 63, 64, 65, 200] {
            let values = words(count);
            let planes = to_planes(values.iter().copied(), 40);
            assert_eq!(planes.len(), 40 * blocks(count));
            for plane in 0..40 {
                let words = &planes[plane * blocks(count)..(plane + 1) * blocks(count)];
                let expected: Vec<_> = values.iter().map(|value| value >> plane & 1).collect();
                assert_eq!(bits_of(words, count).collect::<Vec<_>>(), expected, "{count} {plane}");
            }
        }
    }
}
