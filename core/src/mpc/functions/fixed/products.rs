//! Products, and rounding to nearest by an exact division.
use super::{COMPARED, Fixed, HEADROOM, same_shape, shrunk};
use crate::{
    error::{Error, ErrorKind, Result},
    magnitude::Magnitude,
    mpc::arithmetic::{Arithmetic, Comparison, Element},
};

impl<B: Arithmetic> Fixed<B> {
    /// The products, entry by entry, with the fraction bits of both. Exact; one multiplication.
    ///
    /// # Errors
    /// `HeadroomExhausted`; `ShapeMismatch`.
    pub async fn product(&self, b: &mut B, other: &Self) -> Result<Self> {
        same_shape(self, other)?;
        let limit = self.product_limit(other, 1)?;
        Self::new(b.mul(&self.shares, &other.shares).await?, self.fraction_bits + other.fraction_bits, limit)
    }

    /// Row by row the sum of the products, with the fraction bits of both. Exact; one multiplication for each row.
    ///
    /// # Errors
    /// `HeadroomExhausted`; `ShapeMismatch`.
    pub async fn dot_product(&self, b: &mut B, other: &Self) -> Result<Self> {
        same_shape(self, other)?;
        let limit = self.product_limit(other, self.columns())?;
        Self::new(b.dot(&self.shares, &other.shares).await?, self.fraction_bits + other.fraction_bits, limit)
    }

    /// The product of two matrices, with the fraction bits of both. Exact; one multiplication for each of its entries.
    ///
    /// # Errors
    /// `HeadroomExhausted`; `ShapeMismatch`.
    pub async fn matrix_product(&self, b: &mut B, other: &Self) -> Result<Self> {
        if self.columns() != other.rows() {
            return Err(Error::new(ErrorKind::ShapeMismatch, "fixed point: inner sizes"));
        }
        let limit = self.product_limit(other, self.columns())?;
        Self::new(
            b.matmul(&self.shares, &other.shares).await?,
            self.fraction_bits + other.fraction_bits,
            limit,
        )
    }

    /// A bound on sums of products that the box has room for: refused before it is computed.
    fn product_limit(&self, other: &Self, terms: usize) -> Result<Magnitude> {
        let limit = self.limit.try_mul(other.limit)?.times(terms)?;
        if limit.is_below_pow2(B::Element::BITS) { Ok(limit) } else { Err(HEADROOM) }
    }
}

impl<B: Comparison> Fixed<B> {
    /// The numbers with fewer bits behind the point, rounded to nearest, ties up: off by at most `2^-(fraction_bits + 1)`.
    /// With as many or more bits, exact and for free. One truncation.
    ///
    /// # Errors
    /// `HeadroomExhausted` where the box cannot truncate so wide values.
    pub async fn rounded(&self, b: &mut B, fraction_bits: u32) -> Result<Self> {
        let Some(by) = self.fraction_bits.checked_sub(fraction_bits).filter(|by| *by > 0) else {
            return self.lifted(fraction_bits);
        };
        let limit = shrunk(self.limit, by)?;
        let half = Magnitude::pow2(by - 1)?;
        let width = self.limit.try_add(half)?.bits() + 1;
        if width > B::MAX_BITS {
            return Err(COMPARED);
        }
        let half = vec![B::Element::power_of_two(by - 1); self.shares.len()];
        let raised = b.add_public(&self.shares, &half);
        Self::new(b.truncate(&raised, width, by).await?, fraction_bits, limit)
    }

    /// The products, entry by entry, rounded to `fraction_bits`. One multiplication, one truncation.
    ///
    /// # Errors
    /// `HeadroomExhausted`, before anything is sent; `ShapeMismatch`.
    pub async fn mul(&self, b: &mut B, other: &Self, fraction_bits: u32) -> Result<Self> {
        self.room_for_rounding(other, 1, fraction_bits)?;
        self.product(b, other).await?.rounded(b, fraction_bits).await
    }

    /// Row by row the sum of the products, rounded once to `fraction_bits`: a column. One multiplication, one truncation.
    ///
    /// # Errors
    /// `HeadroomExhausted`, before anything is sent; `ShapeMismatch`.
    pub async fn dot(&self, b: &mut B, other: &Self, fraction_bits: u32) -> Result<Self> {
        self.room_for_rounding(other, self.columns(), fraction_bits)?;
        self.dot_product(b, other).await?.rounded(b, fraction_bits).await
    }

    /// The product of two matrices, each entry rounded once to `fraction_bits`. One multiplication, one truncation.
    ///
    /// # Errors
    /// `HeadroomExhausted`, before anything is sent; `ShapeMismatch`.
    pub async fn matmul(&self, b: &mut B, other: &Self, fraction_bits: u32) -> Result<Self> {
        self.room_for_rounding(other, self.columns(), fraction_bits)?;
        self.matrix_product(b, other).await?.rounded(b, fraction_bits).await
    }

    fn room_for_rounding(&self, other: &Self, terms: usize, fraction_bits: u32) -> Result<()> {
        let by = (self.fraction_bits + other.fraction_bits).saturating_sub(fraction_bits);
        let limit = self.product_limit(other, terms)?;
        if by == 0 || limit.try_add(Magnitude::pow2(by - 1)?)?.bits() < B::MAX_BITS {
            return Ok(());
        }
        Err(COMPARED)
    }
}
