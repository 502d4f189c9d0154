//! The highest bit of shared values, and values brought between 1/2 and 1 by it.
use super::fixed::{COMPARED, Fixed};
use crate::{
    error::{Error, ErrorKind, Result},
    magnitude::Magnitude,
    mpc::arithmetic::{Arithmetic, Comparison, Element, Shared},
};

/// The fraction bits that a box computes divisions and roots with: 64, or fewer where products of so many could not be rounded.
///
/// # Errors
/// `OutOfRange` for a box that would compute with less than 16.
pub(super) fn working_bits<B: Comparison>() -> Result<u32> {
    match (B::MAX_BITS.saturating_sub(9) / 2).min(64) {
        0..16 => Err(Error::new(ErrorKind::OutOfRange, "box: too narrow for fixed-point functions")),
        bits => Ok(bits),
    }
}

/// Where the highest bit of each value of a column is.
pub(super) struct Leading<B: Arithmetic> {
    /// The values without signs: below `2^top`.
    values: Shared<B::Share>,
    /// A row for each value, a column for each place from `least` to `top - 1`: one 1, or none for a value below `2^least`.
    places: Shared<B::Share>,
    least: u32,
    top: u32,
}

impl<B: Comparison> Leading<B> {
    /// Finds the highest bits of values that are not negative, as far as these are at least `2^least`.
    ///
    /// The bits of the values, then `ceil(log2(top - least))` multiplications one after the other.
    pub(super) async fn find(b: &mut B, x: &Fixed<B>, least: u32) -> Result<Self> {
        let top = x.limit().bits().max(least + 1);
        if top + 1 > B::MAX_BITS {
            return Err(COMPARED);
        }
        let bits = b.to_bits(x.shares(), top + 1).await?;
        let count = (top - least) as usize;
        // By column from the highest on; a value is made again from its bits, so that it is in range whatever the sign says.
        let by_place = bits.transposed();
        let values = super::mask::weighted::<B::Element, _>(&by_place.rows_of(0..top as usize), 0);
        let rows: Vec<_> = (0..count).map(|at| by_place.row(top as usize - 1 - at)).collect();
        let mut seen = Shared::stacked(&rows.iter().collect::<Vec<_>>());
        let len = x.rows();
        let mut span = 1;
        while span < count {
            // A row of the later half of a block is joined to the last of the earlier half.
            let later: Vec<usize> = (0..count).filter(|row| row / span % 2 == 1).collect();
            let pick = |at: &dyn Fn(usize) -> usize| {
                let rows: Vec<_> = later.iter().map(|row| seen.row(at(*row))).collect();
                Shared::stacked(&rows.iter().collect::<Vec<_>>())
            };
            let (own, before) = (pick(&|row| row), pick(&|row| row / span * span - 1));
            let either = &(&own + &before) - &b.mul(&own, &before).await?;
            for (at, row) in later.iter().enumerate() {
                let joined = &either.shares()[at * len..(at + 1) * len];
                seen.shares_mut()[row * len..(row + 1) * len].copy_from_slice(joined);
            }
            span *= 2;
        }
        let mut places = Shared::zeros(count, len);
        for at in 0..count {
            let above = if at == 0 { Shared::zeros(1, len) } else { seen.row(at - 1) };
            let here = &seen.row(at) - &above;
            let row = count - 1 - at;
            places.shares_mut()[row * len..(row + 1) * len].copy_from_slice(here.shares());
        }
        Ok(Self { values: values.reshaped(len, 1), places: places.transposed(), least, top })
    }

    /// For each value the public element that belongs to the place of its highest bit, zero where there is none: a column.
    pub(super) fn lookup(&self, of: impl Fn(u32) -> B::Element) -> Shared<B::Share> {
        let table: Vec<B::Element> = (self.least..self.top).map(of).collect();
        let repeated: Vec<B::Element> = (0..self.places.rows()).flat_map(|_| table.iter().copied()).collect();
        self.places.scaled_by(&repeated).row_sums()
    }

    /// What brings the highest bit to place `top - 1`.
    pub(super) fn shift(&self) -> Shared<B::Share> {
        self.lookup(|place| B::Element::power_of_two(self.top - 1 - place))
    }

    /// A public bound on the entries of [`Leading::shift`].
    pub(super) fn shift_limit(&self) -> Result<Magnitude> {
        Magnitude::pow2(self.top - 1 - self.least)
    }

    /// Each value times its shift, with `top` bits behind the point rounded to the working precision: between 1/2 and 1, and 1/2 where
    /// there was no highest bit. One multiplication with `shift` (or what it was made of) has given `shifted`.
    pub(super) async fn normalized(&self, b: &mut B, shifted: &Shared<B::Share>) -> Result<Fixed<B>> {
        let half = B::Element::power_of_two(self.top - 1);
        let found = self.places.row_sums();
        let filled = b.add_public(&(shifted - &found.scaled(half)), &vec![half; shifted.len()]);
        Fixed::new(filled, self.top, Magnitude::pow2(self.top)?)?.rounded(b, working_bits::<B>()?).await
    }

    /// The values without signs.
    pub(super) fn values(&self) -> &Shared<B::Share> {
        &self.values
    }
}
