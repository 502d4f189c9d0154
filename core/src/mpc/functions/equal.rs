//! Whether values are zero.
//!
//! # Source
//! [CH10], `EQZ`; the disjunction of the bits by counting them and asking whether the count is zero, again and again.
use super::{
    field_box::FieldBox,
    less,
    mask::{Masks, Opened, checked_width},
    truncate::raised,
};
use crate::{
    error::Result,
    mpc::arithmetic::{Element, Shared},
};

/// Up to so many bits are joined by multiplications; more are counted.
const FEW_BITS: u32 = 8;

/// 1 where an entry is zero, else 0.
///
/// Random bits, then for 64 bits two openings and three multiplications one after the other, 7 products for each entry.
pub(super) async fn is_zero<B: FieldBox>(
    b: &mut B,
    x: &Shared<B::Share>,
    bits: u32,
) -> Result<Shared<B::Share>> {
    checked_width::<B>(bits)?;
    if x.is_empty() {
        return Ok(x.clone());
    }
    let widths: Vec<u32> = core::iter::successors(Some(bits), |bits| {
        (*bits > FEW_BITS).then(|| u32::BITS - bits.leading_zeros())
    })
    .collect();
    let requests: Vec<_> =
        widths.iter().map(|width| Masks::<B::Share>::request(x.len(), *width, *width)).collect();
    let above: Vec<_> = requests.iter().map(|(_, above)| *above).collect();
    let (drawn, above) = b.random_masks(requests.iter().map(|(bits, _)| bits).sum(), &above).await?;

    let one = b.constant(&[B::Element::one()]);
    // Counts are not negative; the values themselves are raised by a multiple of 2^bits to be so.
    let mut value = raised(b, x, bits);
    let mut differ = Shared::zeros(0, 1);
    let mut at = 0;
    for (width, above) in widths.iter().zip(&above) {
        let next = at + *width as usize * x.len();
        let masks = Masks::new::<B::Element>(drawn.rows_of(at..next), above, *width);
        let opened = Opened::new(b.open(&(&value + &masks.sum)).await?);
        // Zero exactly where the opened bits are those of the mask.
        differ = opened.xor(&masks.bits, &one);
        value = differ.transposed().row_sums().reshaped(1, x.len());
        at = next;
    }
    let same = differ.map(|differ| one.shares()[0] - differ);
    Ok(less::all(b, same).await?.reshaped(x.rows(), x.columns()))
}
