//! A polynomial by its residues modulo each of several primes.
use core::{fmt, marker::PhantomData};

use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroize;

use super::buffers;

/// What the words of a [`Poly`] are: [`Coefficients`] or [`Values`].
pub trait Form: sealed::Sealed + Send + Sync + 'static {}

/// The words are coefficients, from the constant term upwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coefficients {}

/// The words are values at the primitive 2N-th roots of unity, in the order of [`Transform`](super::Transform).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Values {}

impl Form for Coefficients {}
impl Form for Values {}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Coefficients {}
    impl Sealed for super::Values {}
}

/// Rows of residues, row i modulo prime i of a [`Basis`](super::Basis): one polynomial in one of its two forms.
///
/// Which primes they are is for the basis to know. Rows lie one after the other, from a cache line's beginning.
///
/// # Security
/// A polynomial may be a ciphertext or a secret; it is not wiped when dropped, and its buffer is used again. Keep secrets in a
/// [`Secret`](crate::Secret) or `Zeroizing`. It prints its shape only.
pub struct Poly<F: Form> {
    buffer: Vec<u64>,
    start: usize,
    rows: usize,
    degree: usize,
    form: PhantomData<F>,
}

/// Words of a cache line.
const LINE: usize = 8;
/// Rows are powers of two, and a cache has the same few places for words that are a page apart. So polynomials begin in
/// different places of a page, of which there are so many, so many words apart.
const COLOURS: usize = 16;
const COLOUR: usize = 32;
const PAGE: usize = 4096;

impl<F: Form> Poly<F> {
    /// The polynomial 0.
    pub fn zero(degree: usize, rows: usize) -> Self {
        match buffers::take(Self::room(degree, rows)) {
            Some(buffer) => {
                let mut out = Self::with_buffer(buffer, degree, rows);
                out.words_mut().fill(0);
                out
            }
            None => Self::with_buffer(vec![0; Self::room(degree, rows)], degree, rows),
        }
    }

    /// A polynomial whose words are anything at all, to be written before it is read.
    pub fn unset(degree: usize, rows: usize) -> Self {
        let room = Self::room(degree, rows);
        Self::with_buffer(buffers::take(room).unwrap_or_else(|| vec![0; room]), degree, rows)
    }

    /// The rows that these words are.
    ///
    /// # Panics
    /// When the words are no whole number of rows.
    pub fn from_words(degree: usize, words: Vec<u64>) -> Self {
        let rows = words.len() / degree;
        assert_eq!(words.len(), rows * degree, "whole rows");
        Self { buffer: words, start: 0, rows, degree, form: PhantomData }
    }

    /// As many words as a buffer for this shape has.
    fn room(degree: usize, rows: usize) -> usize {
        degree * rows + COLOURS * COLOUR - 1
    }

    /// A polynomial in a buffer with room for it, whose words are what they were.
    fn with_buffer(buffer: Vec<u64>, degree: usize, rows: usize) -> Self {
        debug_assert!(buffer.len() >= Self::room(degree, rows), "room");
        let offset = buffer.as_ptr().align_offset(LINE * size_of::<u64>());
        // The offset is a hint: without it everything works, more slowly.
        let start =
            if offset < LINE { offset + COLOUR * (buffer.as_ptr().addr() / PAGE % COLOURS) } else { 0 };
        Self { buffer, start, rows, degree, form: PhantomData }
    }

    /// The same words under another name.
    pub(super) fn into_form<G: Form>(mut self) -> Poly<G> {
        let buffer = core::mem::take(&mut self.buffer);
        Poly { buffer, start: self.start, rows: self.rows, degree: self.degree, form: PhantomData }
    }

    /// How many primes there are residues for.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The number of words of a row.
    pub fn degree(&self) -> usize {
        self.degree
    }

    /// The residues modulo prime i.
    ///
    /// # Panics
    /// When there is no such row.
    pub fn row(&self, i: usize) -> &[u64] {
        &self.words()[i * self.degree..(i + 1) * self.degree]
    }

    /// The residues modulo prime i, to be changed in place.
    ///
    /// # Panics
    /// When there is no such row.
    pub fn row_mut(&mut self, i: usize) -> &mut [u64] {
        let degree = self.degree;
        &mut self.words_mut()[i * degree..(i + 1) * degree]
    }

    /// The rows in their order.
    pub fn iter(&self) -> core::slice::ChunksExact<'_, u64> {
        self.words().chunks_exact(self.degree)
    }

    /// The rows in their order, to be changed in place.
    pub fn iter_mut(&mut self) -> core::slice::ChunksExactMut<'_, u64> {
        let degree = self.degree;
        self.words_mut().chunks_exact_mut(degree)
    }

    /// Leaves out all but the first rows; nothing happens when there are no more.
    ///
    /// # Security
    /// What is left out stays in memory until the polynomial is wiped.
    pub fn truncate(&mut self, rows: usize) {
        self.rows = self.rows.min(rows);
    }

    /// All rows, one after the other.
    pub fn words(&self) -> &[u64] {
        &self.buffer[self.start..self.start + self.rows * self.degree]
    }

    /// All rows, one after the other, to be changed in place.
    pub fn words_mut(&mut self) -> &mut [u64] {
        &mut self.buffer[self.start..self.start + self.rows * self.degree]
    }

    /// The first rows, as a polynomial of its own.
    ///
    /// # Panics
    /// When there are fewer.
    pub fn prefix(&self, rows: usize) -> Self {
        let mut out = Self::unset(self.degree, rows);
        out.words_mut().copy_from_slice(&self.words()[..rows * self.degree]);
        out
    }
}

impl<'a, F: Form> IntoIterator for &'a Poly<F> {
    type Item = &'a [u64];
    type IntoIter = core::slice::ChunksExact<'a, u64>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a, F: Form> IntoIterator for &'a mut Poly<F> {
    type Item = &'a mut [u64];
    type IntoIter = core::slice::ChunksExactMut<'a, u64>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}

impl<F: Form> Clone for Poly<F> {
    fn clone(&self) -> Self {
        self.prefix(self.rows)
    }

    /// Copies into the buffer that is there, when it has room.
    fn clone_from(&mut self, source: &Self) {
        if self.buffer.len() - self.start < source.words().len() {
            *self = source.clone();
        } else {
            (self.rows, self.degree) = (source.rows, source.degree);
            self.words_mut().copy_from_slice(source.words());
        }
    }
}

/// By shape and words, not in constant time: for secrets there is [`ConstantTimeEq`].
impl<F: Form> PartialEq for Poly<F> {
    fn eq(&self, other: &Self) -> bool {
        self.degree == other.degree && self.words() == other.words()
    }
}

impl<F: Form> Eq for Poly<F> {}

impl<F: Form> ConstantTimeEq for Poly<F> {
    fn ct_eq(&self, other: &Self) -> Choice {
        // Shapes are public.
        let same_shape = Choice::from(u8::from(self.degree == other.degree && self.rows == other.rows));
        let pairs = self.words().iter().zip(other.words());
        same_shape & pairs.fold(0, |difference, (a, b)| difference | (a ^ b)).ct_eq(&0)
    }
}

/// Wipes the whole buffer; no row is left.
impl<F: Form> Zeroize for Poly<F> {
    fn zeroize(&mut self) {
        self.buffer.as_mut_slice().zeroize();
        (self.start, self.rows) = (0, 0);
    }
}

/// Its buffer serves the next polynomial.
impl<F: Form> Drop for Poly<F> {
    fn drop(&mut self) {
        buffers::give(core::mem::take(&mut self.buffer));
    }
}

impl<F: Form> fmt::Debug for Poly<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Poly").field("degree", &self.degree).field("rows", &self.rows).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(rows: u64) -> Poly<Values> {
        Poly::from_words(16, (0..16 * rows).collect())
    }

    #[test]
    fn rows_lie_one_after_the_other() {
        let mut poly = sample(3);
        assert_eq!((poly.rows(), poly.degree(), poly.words().len()), (3, 16, 48));
        assert_eq!(poly.row(1), (16..32).collect::<Vec<u64>>());
        poly.row_mut(2)[3] = 7;
        assert_eq!(poly.iter().nth(2).map(|row| row[3]), Some(7));
        poly.truncate(1);
        poly.truncate(2);
        assert_eq!(poly.rows(), 1);
        assert_eq!(poly, sample(1));
        assert_ne!(poly, sample(2));
    }

    #[test]
    fn clones_are_equal_and_aligned() {
        let poly = sample(5);
        let mut clone = poly.clone();
        assert_eq!(clone, poly);
        assert_eq!(clone.words().as_ptr().align_offset(64), 0);
        assert_eq!(poly.prefix(2), sample(2));
        for rows in [2, 5, 9] {
            clone.clone_from(&sample(rows));
            assert_eq!(clone, sample(rows));
        }
    }

    #[test]
    fn equality_in_constant_time_is_equality() {
        let (a, mut b) = (sample(2), sample(2));
        assert!(bool::from(a.ct_eq(&b)));
        b.row_mut(1)[15] ^= 1 << 63;
        assert!(!bool::from(a.ct_eq(&b)));
        assert!(!bool::from(a.ct_eq(&sample(1))));
        assert!(!bool::from(a.ct_eq(&Poly::from_words(32, a.words().to_vec()))));
    }

    #[test]
    fn nothing_is_left_after_wiping_and_nothing_printed() {
        let mut poly = sample(2);
        assert_eq!(format!("{poly:?}"), "Poly { degree: 16, rows: 2, .. }");
        poly.zeroize();
        assert!(poly.words().is_empty() && poly.buffer.iter().all(|word| *word == 0));
    }
}
