//! Masked openings: random bits that hide a value, and what is read off the sum.
use super::field_box::{FieldBox, RandomMasks, STATISTICAL_BITS};
use crate::{
    codec::Writer,
    error::{Error, ErrorKind, Result},
    mpc::arithmetic::{Comparison, Element, Share, Shared},
};

/// Refuses widths that leave no room for the mask.
pub(super) fn checked_width<B: FieldBox>(bits: u32) -> Result<()> {
    if (1..=B::MAX_BITS).contains(&bits) {
        return Ok(());
    }
    Err(Error::new(ErrorKind::OutOfRange, "bits: more than this box compares"))
}

/// The random bits and bounded integers of [`FieldBox::random_masks`], all from one call for random bits.
pub(super) async fn from_bits<B: FieldBox + ?Sized>(
    b: &mut B,
    bits: usize,
    bounded: Vec<(usize, u32)>,
) -> Result<RandomMasks<B::Share>> {
    let wanted = bounded.iter().map(|(len, width)| len * *width as usize).sum::<usize>();
    let all = b.random_bits(bits + wanted).await?;
    let mut at = bits;
    let mut take = |(len, width): &(usize, u32)| {
        let rows = all.rows_of(at..at + len * *width as usize).reshaped(*width as usize, *len);
        at += rows.len();
        weighted::<B::Element, _>(&rows, 0).reshaped(*len, 1)
    };
    let bounded = bounded.iter().map(&mut take).collect();
    Ok((all.rows_of(0..bits), bounded))
}

/// The rows of bits as integers, the first row weighing `2^lowest`: one row.
pub(super) fn weighted<E: Element, S: Share<E>>(rows: &Shared<S>, lowest: u32) -> Shared<S> {
    let mut sum = vec![S::default(); rows.columns()];
    let mut weight = E::power_of_two(lowest);
    for row in rows.shares().chunks(rows.columns().max(1)) {
        sum.iter_mut().zip(row).for_each(|(sum, bit)| *sum = *sum + *bit * weight);
        weight = weight + weight;
    }
    Shared::new(sum, 1, rows.columns())
}

/// Random masks of which the low bits are known one by one, each `STATISTICAL_BITS` longer than `width`.
pub(super) struct Masks<S: zeroize::Zeroize> {
    /// A row for each of the low bits, a column for each mask.
    pub(super) bits: Shared<S>,
    /// The masks: one row.
    pub(super) sum: Shared<S>,
}

impl<S: Copy + Default + zeroize::Zeroize> Masks<S> {
    /// What to ask of [`FieldBox::random_masks`] for `len` masks.
    pub(super) fn request(len: usize, low: u32, width: u32) -> (usize, (usize, u32)) {
        (len * low as usize, (len, width + STATISTICAL_BITS - low))
    }

    /// From what was asked for.
    pub(super) fn new<E: Element>(bits: Shared<S>, above: &Shared<S>, low: u32) -> Self
    where
        S: Share<E>,
    {
        let len = above.len();
        let bits = bits.reshaped(low as usize, len);
        let above = above.clone().reshaped(1, len).scaled(E::power_of_two(low));
        Self { sum: &weighted::<E, S>(&bits, 0) + &above, bits }
    }

    /// Asks for the masks alone.
    pub(super) async fn draw<B: FieldBox<Share = S>>(
        b: &mut B,
        len: usize,
        low: u32,
        width: u32,
    ) -> Result<Self>
    where
        S: Share<B::Element>,
    {
        let (bits, above) = Self::request(len, low, width);
        let (bits, above) = b.random_masks(bits, &[above]).await?;
        Ok(Self::new::<B::Element>(bits, &above[0], low))
    }
}

/// Values that were opened under masks: public.
pub(super) struct Opened<E> {
    values: Vec<E>,
    bytes: Vec<u8>,
}

impl<E: Element> Opened<E> {
    pub(super) fn new(values: Vec<E>) -> Self {
        let mut out = Writer::with_capacity(values.len() * E::BYTES);
        values.iter().for_each(|value| value.put(&mut out));
        Self { values, bytes: out.into_bytes().to_vec() }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    /// A bit of the least integer above -1 that an entry stands for.
    pub(super) fn bit(&self, entry: usize, bit: u32) -> bool {
        let byte = self.bytes[entry * E::BYTES + bit as usize / 8];
        byte >> (bit % 8) & 1 == 1
    }

    /// Each entry modulo `2^bits`.
    pub(super) fn low(&self, bits: u32) -> Vec<E> {
        let low = |entry| {
            (0..bits).rev().fold(E::zero(), |sum, at| {
                let doubled = sum + sum;
                if self.bit(entry, at) { doubled + E::one() } else { doubled }
            })
        };
        (0..self.len()).map(low).collect()
    }

    /// Entry `entry` of a row of shared bits, exclusive or a bit of the entry.
    pub(super) fn xor<S: Share<E>>(&self, bits: &Shared<S>, ones: &Shared<S>) -> Shared<S> {
        let len = self.len();
        let mut mixed = bits.clone();
        for (row, shares) in mixed.shares_mut().chunks_mut(len.max(1)).enumerate() {
            for (entry, share) in shares.iter_mut().enumerate() {
                #[allow(clippy::cast_possible_truncation)] // rows are bits of an element
                if self.bit(entry, row as u32) {
                    *share = ones.shares()[0] - *share;
                }
            }
        }
        mixed
    }
}
