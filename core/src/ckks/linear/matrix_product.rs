//! Products of two encrypted square matrices.
use super::diagonals::{Diagonals, check_dimension};
use super::transform::{LinearTransform, no_level, signed, weighted_sum};
use crate::ckks::Complex;
use crate::ckks::ciphertext::Ciphertext;
use crate::ckks::context::Context;
use crate::ckks::evaluation_keys::EvaluationKeys;
use crate::ckks::plaintext::Plaintext;
use crate::error::{Error, ErrorKind, Result};
use crate::progress::Observer;

/// Multiplies encrypted matrices of one dimension d, [packed](pack_matrix) one to a ciphertext.
///
/// With indices modulo d, `(A B)_ij = sum_k A_i,(i+j+k) B_(i+j+k),j`: both matrices are skewed once by a
/// [`LinearTransform`], then d times turned and multiplied slot by slot. The d products are relinearized together.
/// Three levels and about `3 d` rotations, of which `3 d` are hoisted.
///
/// A product with a matrix that is not encrypted takes one level and fewer rotations: see
/// [`Diagonals::of_left_product`] and [`Diagonals::of_right_product`].
///
/// # Source
/// Jiang, Kim, Lauter, Song, "Secure Outsourced Matrix Computation and Application to Neural Networks", ePrint 2018/1041, §3.
pub struct MatrixProduct {
    context: Context,
    dimension: usize,
    skew_left: LinearTransform,
    skew_right: LinearTransform,
    /// For each turn `k > 0` of the columns: what stays in its row by rotating k to the left, and what by `d - k` to the right.
    masks: Vec<[Plaintext; 2]>,
}

impl MatrixProduct {
    /// The levels that a product takes.
    pub const DEPTH: usize = 3;

    /// For ciphertexts of this level.
    ///
    /// # Errors
    /// `ShapeMismatch` when the dimension is not a power of two or its square is above the number of slots;
    /// `HeadroomExhausted` for a level below [`MatrixProduct::DEPTH`], `OutOfRange` for one above the top; `Cancelled` by the observer.
    pub fn new(
        context: &Context,
        dimension: usize,
        level: usize,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        let slots = context.params().slots();
        check_dimension(dimension, slots)?;
        if level < Self::DEPTH {
            return Err(no_level());
        }
        let d = dimension;
        let left = Diagonals::of_permutation(d * d, |n| n / d * d + (n / d + n % d) % d);
        let right = Diagonals::of_permutation(d * d, |n| (n / d + n % d) % d * d + n % d);
        let skew_left = LinearTransform::new(context, &left, level, observer)?;
        // The right matrix skips a level, to meet the left one: it comes at the scale of `level` and leaves at that of
        // `level - 2`.
        let modulus = context.q().primes()[level - 1].value() as f64;
        let scale = context.scale_at(level - 2) * modulus / context.scale_at(level);
        let skew_right = LinearTransform::with_scale(context, &right, level - 1, scale, observer)?;
        let mask = |keep: &dyn Fn(usize) -> bool| {
            let slots: Vec<_> = (0..slots).map(|n| if keep(n % d) { 1.0 } else { 0.0 }).collect();
            Plaintext::encode(context, &slots, level - 1, context.scale_at(level - 1), 1.0)
        };
        let masks = (1..d).map(|k| Ok([mask(&|j| j < d - k)?, mask(&|j| j >= d - k)?]));
        Ok(Self {
            context: context.clone(),
            dimension,
            skew_left,
            skew_right,
            masks: masks.collect::<Result<_>>()?,
        })
    }

    /// The dimension of the matrices.
    pub fn dimension(&self) -> usize {
        self.dimension
    }

    /// The level that ciphertexts need.
    pub fn level(&self) -> usize {
        self.skew_left.level()
    }

    /// The rotations that keys are needed for, besides the key for relinearization.
    pub fn rotations(&self) -> Vec<i64> {
        let d = signed(self.dimension);
        let turns = (1..d).flat_map(|k| [k, k - d, k * d]);
        let mut steps: Vec<i64> = [self.skew_left.rotations(), self.skew_right.rotations()].concat();
        steps.extend(turns);
        steps.sort_unstable();
        steps.dedup();
        steps
    }

    /// `A B`, three levels below.
    ///
    /// # Errors
    /// As [`LinearTransform::apply`], and `MissingKey` without the key for relinearization.
    pub fn multiply(
        &self,
        keys: &EvaluationKeys,
        a: &Ciphertext,
        b: &Ciphertext,
        observer: &mut dyn Observer,
    ) -> Result<Ciphertext> {
        let message = a.bounds().message() * b.bounds().message() * self.dimension as f64;
        let columns = self.skew_left.apply(keys, a, observer)?;
        let rows = self.skew_right.apply(keys, b, observer)?;
        // The matrix that is not turned takes the same way, so that it has the same scale.
        let first = columns.mul_constant(1.0, self.context.scale_at(columns.level()))?.rescale()?;
        let mut sum = first.mul(&rows)?;
        for (block, masks) in self.masks.chunks(BLOCK).enumerate() {
            let turns = block * BLOCK + 1..;
            let left = self.turned_columns(keys, &columns, turns.clone().zip(masks))?;
            let steps: Vec<i64> = turns.zip(masks).map(|(k, _)| signed(k * self.dimension)).collect();
            for (left, right) in left.iter().zip(keys.rotate_many(&rows, &steps)?) {
                sum = sum.add(&left.mul(&right)?)?;
            }
            if observer.advance(block * BLOCK + masks.len(), self.masks.len()).is_break() {
                return Err(Error::new(ErrorKind::Cancelled, "stopped by the caller"));
            }
        }
        let mut product = keys.relinearize(&sum)?.rescale()?;
        product.bounds = product.bounds.with_message(message);
        Ok(product)
    }

    /// For each k, column `j + k` modulo d in place of column j.
    fn turned_columns<'a>(
        &self,
        keys: &EvaluationKeys,
        columns: &Ciphertext,
        turns: impl Iterator<Item = (usize, &'a [Plaintext; 2])> + Clone,
    ) -> Result<Vec<Ciphertext>> {
        let steps: Vec<i64> =
            turns.clone().flat_map(|(k, _)| [signed(k), signed(k) - signed(self.dimension)]).collect();
        let moved = keys.rotate_many(columns, &steps)?;
        moved
            .chunks(2)
            .zip(turns)
            .map(|(moved, (_, masks))| weighted_sum(moved.iter().zip(masks))?.rescale())
            .collect()
    }
}

/// Turned matrices that are held at a time.
const BLOCK: usize = 16;

/// The slots of a matrix, row by row: zeros up to `dimension x dimension`, and all of it again to the last slot.
///
/// # Errors
/// `ShapeMismatch` when the entries are not `rows x columns`, there are more rows or columns than `dimension`, it is not a power
/// of two, or its square is above the number of slots.
pub fn pack_matrix(
    entries: &[Complex],
    rows: usize,
    columns: usize,
    dimension: usize,
    slots: usize,
) -> Result<Vec<Complex>> {
    check_dimension(dimension, slots)?;
    if rows > dimension || columns > dimension || rows * columns != entries.len() || entries.is_empty() {
        return Err(Error::new(
            ErrorKind::ShapeMismatch,
            "matrix: as many entries as rows times columns, within the dimension",
        ));
    }
    let entry = |n: usize| {
        let (i, j) = (n / dimension % dimension, n % dimension);
        if i < rows && j < columns { entries[i * columns + j] } else { Complex::default() }
    };
    Ok((0..slots).map(entry).collect())
}
