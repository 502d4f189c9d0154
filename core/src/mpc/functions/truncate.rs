//! Exact division by powers of two, rounded down.
use super::{
    constant_less,
    field_box::FieldBox,
    less,
    mask::{Masks, Opened, checked_width},
};
use crate::{
    error::Result,
    field::Field,
    mpc::arithmetic::{Element, Shared},
};

/// Each `x` divided by `2^by` and rounded down: `x - (x mod 2^by)`, divided exactly.
///
/// # Source
/// [CH10], `Mod2m` and `Trunc`.
pub(super) async fn truncate<B: FieldBox>(
    b: &mut B,
    x: &Shared<B::Share>,
    bits: u32,
    by: u32,
) -> Result<Shared<B::Share>> {
    checked_width::<B>(bits)?;
    // From 2^(bits - 1) on, every divisor gives -1 or 0.
    let by = by.min(bits - 1);
    if by == 0 || x.is_empty() {
        return Ok(x.clone());
    }
    let remainder = remainder(b, x, bits, by).await?;
    let inverse = Field::invert(&B::Element::power_of_two(by)).unwrap_or(B::Element::ZERO);
    Ok((x - &remainder).scaled(inverse))
}

/// Each `x` modulo `2^by`, for `0 < by < bits`.
async fn remainder<B: FieldBox>(
    b: &mut B,
    x: &Shared<B::Share>,
    bits: u32,
    by: u32,
) -> Result<Shared<B::Share>> {
    let (rows, columns) = (x.rows(), x.columns());
    let positive = raised(b, x, bits - 1);
    // c = 2^(bits-1) + x + r, so x mod 2^by = c mod 2^by - r mod 2^by, and 2^by more where that is negative.
    let (low, masked, borrowed) = if constant_less::wins(b, bits, by, x.len()) {
        constant_less::open_and_compare(b, &positive, bits, by).await?
    } else {
        let masks = Masks::draw(b, x.len(), by, bits).await?;
        let opened = Opened::new(b.open(&(&positive + &masks.sum)).await?);
        let borrowed = less::less_than(b, &opened, &masks.bits).await?;
        (super::mask::weighted::<B::Element, _>(&masks.bits, 0), opened.low(by), borrowed)
    };
    let difference = &b.constant(&masked).reshaped(1, x.len()) - &low;
    let remainder = &difference + &borrowed.scaled(B::Element::power_of_two(by));
    Ok(remainder.reshaped(rows, columns))
}

/// Each `x + 2^by`, as one row.
pub(super) fn raised<B: FieldBox>(b: &B, x: &Shared<B::Share>, by: u32) -> Shared<B::Share> {
    let offset = vec![B::Element::power_of_two(by); x.len()];
    &x.clone().reshaped(1, x.len()) + &b.constant(&offset).reshaped(1, x.len())
}
