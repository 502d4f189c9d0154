//! 128 elements at a time, as eight planes of bits.
use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroize;

use super::Gf256;

/// Words per plane: one 128-bit register, which every 64-bit target has.
const LANES: usize = 2;
type Plane = [u64; LANES];

/// 128 elements of GF(256); bit `k` of each of them lies in plane `k`.
///
/// Bytes come in as eight rows of 16. Within each column of bytes, bit `k` of the byte in row `i` and bit `i` of the
/// byte in row `k` change places: a transposition, which is its own inverse. Plane `k` is row `k` of the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block([Plane; 8]);

impl Block {
    /// Bytes in a block.
    pub const LEN: usize = 8 * LANES * 8;
    /// 128 zeros.
    pub const ZERO: Self = Self([[0; LANES]; 8]);

    /// Takes elements in their order, by a transposition.
    pub fn from_elements(bytes: &[u8; Self::LEN]) -> Self {
        let mut block = Self::from_planes(bytes);
        block.transpose();
        block
    }

    /// The elements in their order, by a transposition.
    pub fn to_elements(mut self) -> [u8; Self::LEN] {
        self.transpose();
        self.to_planes()
    }

    /// Takes the planes as they are: for random bytes, whose order is of no consequence.
    pub fn from_planes(bytes: &[u8; Self::LEN]) -> Self {
        let mut block = Self::ZERO;
        let words = block.0.as_flattened_mut().iter_mut();
        for (word, bytes) in words.zip(bytes.as_chunks().0) {
            *word = u64::from_le_bytes(*bytes);
        }
        block
    }

    /// The planes as they are.
    pub fn to_planes(self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        for (bytes, word) in bytes.as_chunks_mut().0.iter_mut().zip(self.0.as_flattened()) {
            *bytes = word.to_le_bytes();
        }
        bytes
    }

    /// Adds the other elements to these.
    pub fn add_assign(&mut self, other: &Self) {
        for (plane, other) in self.0.iter_mut().zip(&other.0) {
            *plane = xor(*plane, *other);
        }
    }

    /// Multiplies every element by the same public constant.
    ///
    /// # Timing
    /// Varies with `factor`, which must be public (an index, an interpolation coefficient); constant in the elements.
    #[must_use]
    pub fn mul_public(&self, factor: Gf256) -> Self {
        let Some(top) = factor.0.checked_ilog2() else { return Self::ZERO };
        let mut product = *self;
        for bit in (0..top).rev() {
            product.double();
            if factor.0 >> bit & 1 == 1 {
                product.add_assign(self);
            }
        }
        product
    }

    /// The sum of the blocks, each times its public factor.
    ///
    /// # Timing
    /// As [`Block::mul_public`].
    pub fn linear_combination(factors: &[Gf256], blocks: &[Self]) -> Self {
        let mut sum = Self::ZERO;
        for bit in (0..8).rev() {
            sum.double();
            for (factor, block) in factors.iter().zip(blocks) {
                if factor.0 >> bit & 1 == 1 {
                    sum.add_assign(block);
                }
            }
        }
        sum
    }

    /// Multiplies element by element.
    ///
    /// # Timing
    /// Constant in both factors.
    #[must_use]
    pub fn mul(&self, other: &Self) -> Self {
        let mut product = Self::ZERO;
        for plane in other.0.iter().rev() {
            product.double();
            for (sum, own) in product.0.iter_mut().zip(&self.0) {
                *sum = core::array::from_fn(|lane| sum[lane] ^ (own[lane] & plane[lane]));
            }
        }
        product
    }

    /// Inverts every element; zero stays zero.
    ///
    /// # Timing
    /// Constant: x^254 by a fixed chain.
    #[must_use]
    pub fn invert(&self) -> Self {
        let square = |x: &Self| x.mul(x);
        let x2 = square(self);
        let x3 = x2.mul(self);
        let x12 = square(&square(&x3));
        let x15 = x12.mul(&x3);
        let x240 = square(&square(&square(&square(&x15))));
        x240.mul(&x12).mul(&x2)
    }

    /// Multiplies every element by z.
    #[inline(always)]
    fn double(&mut self) {
        let [p0, p1, p2, p3, p4, p5, p6, p7] = self.0;
        self.0 = [p7, xor(p0, p7), p1, xor(p2, p7), xor(p3, p7), p4, p5, p6];
    }

    /// Swaps bit `k` of row `i` with bit `i` of row `k` in every column of bytes, for all `i` and `k`.
    #[inline(always)]
    fn transpose(&mut self) {
        for (distance, mask) in
            [(1, 0x5555_5555_5555_5555), (2, 0x3333_3333_3333_3333), (4, 0x0f0f_0f0f_0f0f_0f0f_u64)]
        {
            for row in (0..8).filter(|row| row & distance == 0) {
                let (mut low, mut high) = (self.0[row], self.0[row + distance]);
                for (low, high) in low.iter_mut().zip(&mut high) {
                    let swap = ((*low >> distance) ^ *high) & mask;
                    *high ^= swap;
                    *low ^= swap << distance;
                }
                (self.0[row], self.0[row + distance]) = (low, high);
            }
        }
    }
}

#[inline(always)]
fn xor(a: Plane, b: Plane) -> Plane {
    core::array::from_fn(|lane| a[lane] ^ b[lane])
}

impl Default for Block {
    fn default() -> Self {
        Self::ZERO
    }
}

impl ConstantTimeEq for Block {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.0.as_flattened().ct_eq(other.0.as_flattened())
    }
}

impl Zeroize for Block {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::gf256::tests::reference_mul;

    /// 128 bytes that differ from each other, moved on by `step`.
    fn bytes(step: u8) -> [u8; Block::LEN] {
        core::array::from_fn(|i| u8::try_from(i).unwrap().wrapping_mul(37).wrapping_add(step))
    }

    #[test]
    fn transposition_as_documented() {
        let input = bytes(11);
        let planes = Block::from_elements(&input).to_planes();
        let bit = |bytes: &[u8], row: usize, column: usize, k: usize| bytes[16 * row + column] >> k & 1;
        for row in 0..8 {
            for column in 0..16 {
                for k in 0..8 {
                    assert_eq!(bit(&planes, k, column, row), bit(&input, row, column, k));
                }
            }
        }
        assert_eq!(Block::from_elements(&input).to_elements(), input);
        assert_eq!(Block::from_planes(&input).to_planes(), input);
    }

    #[test]
    fn every_constant_times_every_byte() {
        for half in [0, 128] {
            let elements: [u8; 128] = core::array::from_fn(|i| u8::try_from(i + half).unwrap());
            let block = Block::from_elements(&elements);
            for factor in 0..=255 {
                let expected = elements.map(|e| reference_mul(e, factor));
                assert_eq!(block.mul_public(Gf256(factor)).to_elements(), expected, "{factor}");
            }
        }
    }

    #[test]
    fn every_product_of_blocks() {
        for step in 0..=255 {
            let (a, b) = (bytes(0), bytes(step));
            let expected: [u8; 128] = core::array::from_fn(|i| reference_mul(a[i], b[i]));
            let product = Block::from_elements(&a).mul(&Block::from_elements(&b));
            assert_eq!(product.to_elements(), expected, "{step}");
        }
    }

    #[test]
    fn inverses() {
        for step in [0, 128] {
            let block = Block::from_elements(&core::array::from_fn(|i| u8::try_from(i + step).unwrap()));
            let inverted = block.to_elements().map(|e| Gf256(e).invert().0);
            assert_eq!(block.invert().to_elements(), inverted);
        }
    }

    #[test]
    fn linear_combinations() {
        let blocks = [Block::from_elements(&bytes(1)), Block::from_elements(&bytes(2))];
        for (a, b) in [(0, 0), (1, 0), (3, 255), (0x80, 0x11)] {
            let mut expected = blocks[0].mul_public(Gf256(a));
            expected.add_assign(&blocks[1].mul_public(Gf256(b)));
            assert_eq!(Block::linear_combination(&[Gf256(a), Gf256(b)], &blocks), expected);
        }
    }
}
