//! Comparison of public with shared bits in logarithmic rounds, and the bits of values.
//!
//! Over a group of neighbouring bits, `g` says whether the public integer is below the shared one and `e` whether they are equal.
//! Groups join as `g = g_high + e_high g_low`, `e = e_high e_low`.
//!
//! # Source
//! [CH10], `BitLTL` (by the carry of a sum, there); pairs of bits need one product because one of the two integers is public.
use super::{
    field_box::FieldBox,
    mask::{Masks, Opened, checked_width},
    truncate::raised,
};
use crate::{
    error::{Error, ErrorKind, Result},
    mpc::arithmetic::{Arithmetic, Element, Share, Shared},
};

/// Groups of bits in one order: a row for each group, a column for each comparison.
struct Groups<S: zeroize::Zeroize> {
    below: Shared<S>,
    equal: Shared<S>,
}

/// The group of one bit each.
fn leaves<B: Arithmetic>(b: &B, public: &Opened<B::Element>, bits: &Shared<B::Share>) -> Groups<B::Share> {
    let one = b.constant(&[B::Element::one()]);
    // Equal: not (c xor r). Below: c = 0 and r = 1.
    let differ = public.xor(bits, &one);
    let equal = differ.map(|differ| one.shares()[0] - differ);
    let mut below = bits.clone();
    for (row, shares) in below.shares_mut().chunks_mut(public.len()).enumerate() {
        for (entry, share) in shares.iter_mut().enumerate() {
            #[allow(clippy::cast_possible_truncation)] // rows are bits of an element
            if public.bit(entry, row as u32) {
                *share = B::Share::default();
            }
        }
    }
    Groups { below, equal }
}

/// The groups of two bits each, lowest first, for one product each; an odd bit at the top stays alone.
async fn pairs<B: FieldBox>(
    b: &mut B,
    public: &Opened<B::Element>,
    bits: &Shared<B::Share>,
) -> Result<Groups<B::Share>> {
    let single = leaves(b, public, bits);
    let (count, len) = (bits.rows() / 2, public.len());
    let pick = |rows: &Shared<B::Share>, first: usize| {
        let picked: Vec<_> = (0..count).map(|pair| rows.row(2 * pair + first)).collect();
        joined(&picked, len)
    };
    let (low, high) = (pick(bits, 0), pick(bits, 1));
    let both = b.mul(&low, &high).await?;
    let mut groups = Groups { below: pick(&single.below, 1), equal: Shared::zeros(count, len) };
    let one = b.constant(&[B::Element::one()]).shares()[0];
    for pair in 0..count {
        for entry in 0..len {
            let at = pair * len + entry;
            let (r0, r1, r01) = (low.shares()[at], high.shares()[at], both.shares()[at]);
            #[allow(clippy::cast_possible_truncation)] // rows are bits of an element
            let (c0, c1) = (public.bit(entry, 2 * pair as u32), public.bit(entry, 2 * pair as u32 + 1));
            // [r1 = c1] r0, and from it [r1 = c1][r0 = c0].
            let (equal_and_r0, equal) = if c1 { (r01, r1) } else { (r0 - r01, one - r1) };
            groups.equal.shares_mut()[at] = if c0 { equal_and_r0 } else { equal - equal_and_r0 };
            if !c0 {
                let below = &mut groups.below.shares_mut()[at];
                *below = *below + equal_and_r0;
            }
        }
    }
    if bits.rows() % 2 == 1 {
        let top = bits.rows() - 1;
        groups.below = joined(&[groups.below, single.below.row(top)], len);
        groups.equal = joined(&[groups.equal, single.equal.row(top)], len);
    }
    Ok(groups)
}

/// Rows one below the other, where there may be none.
fn joined<S: Copy + Default + zeroize::Zeroize>(parts: &[Shared<S>], columns: usize) -> Shared<S> {
    let rows = parts.iter().map(Shared::rows).sum();
    Shared::new(parts.iter().flat_map(|part| part.shares().iter().copied()).collect(), rows, columns)
}

/// Whether each public integer, cut to as many bits, is below the shared one: one row of 0 and 1.
///
/// # Shape
/// `bits` has a row for each bit, lowest first, and a column for each integer. `ceil(log2(rows))` multiplications one after the other,
/// about `1.5 rows` in all for each integer.
pub(super) async fn less_than<B: FieldBox>(
    b: &mut B,
    public: &Opened<B::Element>,
    bits: &Shared<B::Share>,
) -> Result<Shared<B::Share>> {
    let len = public.len();
    if bits.rows() == 1 {
        return Ok(leaves(b, public, bits).below);
    }
    let mut groups = pairs(b, public, bits).await?;
    while groups.below.rows() > 1 {
        let (count, odd) = (groups.below.rows() / 2, groups.below.rows() % 2);
        let pick = |rows: &Shared<B::Share>, first: usize, from: usize| {
            let picked: Vec<_> = (from..count).map(|pair| rows.row(2 * pair + first)).collect();
            joined(&picked, len)
        };
        // Nothing lies below the lowest group, so nobody asks whether it is equal.
        let left = joined(&[pick(&groups.equal, 1, 0), pick(&groups.equal, 1, 1)], len);
        let right = joined(&[pick(&groups.below, 0, 0), pick(&groups.equal, 0, 1)], len);
        let products = b.mul(&left, &right).await?;
        let below = &pick(&groups.below, 1, 0) + &products.rows_of(0..count);
        let unused = Shared::zeros(1, len);
        let equal = joined(&[unused, products.rows_of(count..2 * count - 1)], len);
        let top = 2 * count..2 * count + odd;
        groups = Groups {
            below: joined(&[below, groups.below.rows_of(top.clone())], len),
            equal: joined(&[equal, groups.equal.rows_of(top)], len),
        };
    }
    Ok(groups.below)
}

/// For every `i`, whether the lowest `i + 1` bits of each public integer are below those of the shared one: as many rows as `bits`.
///
/// # Shape
/// `ceil(log2(rows))` multiplications one after the other, about `rows log2(rows)` in all for each integer.
async fn prefixes_less_than<B: FieldBox>(
    b: &mut B,
    public: &Opened<B::Element>,
    bits: &Shared<B::Share>,
) -> Result<Shared<B::Share>> {
    let len = public.len();
    let Groups { mut below, mut equal } = leaves(b, public, bits);
    let mut span = 1;
    while span < bits.rows() {
        // Row i of an upper half of a block of 2 span rows joins the last row of the lower half.
        let upper: Vec<usize> = (0..bits.rows()).filter(|row| row / span % 2 == 1).collect();
        // Nothing lies below the first block.
        let later: Vec<usize> = upper.iter().copied().filter(|row| *row >= 2 * span).collect();
        let last = |row: &usize| row / span * span - 1;
        let rows = |of: &Shared<B::Share>, at: &mut dyn Iterator<Item = usize>| {
            joined(&at.map(|row| of.row(row)).collect::<Vec<_>>(), len)
        };
        let left = rows(&equal, &mut upper.iter().chain(&later).copied());
        let right = joined(
            &[rows(&below, &mut upper.iter().map(last)), rows(&equal, &mut later.iter().map(last))],
            len,
        );
        let products = b.mul(&left, &right).await?;
        let mut products = products.shares().chunks(len);
        for (row, product) in upper.iter().zip(&mut products) {
            let shares = &mut below.shares_mut()[row * len..(row + 1) * len];
            shares.iter_mut().zip(product).for_each(|(share, product)| *share = *share + *product);
        }
        for (row, product) in later.iter().zip(&mut products) {
            equal.shares_mut()[row * len..(row + 1) * len].copy_from_slice(product);
        }
        span *= 2;
    }
    Ok(below)
}

/// The bits of a column: a row for each entry, two's complement, lowest first.
pub(super) async fn to_bits<B: FieldBox>(
    b: &mut B,
    x: &Shared<B::Share>,
    bits: u32,
) -> Result<Shared<B::Share>> {
    checked_width::<B>(bits)?;
    if x.columns() != 1 {
        return Err(Error::new(ErrorKind::ShapeMismatch, "to_bits: one column"));
    }
    if x.is_empty() {
        return Ok(Shared::zeros(0, bits as usize));
    }
    // y = x + 2^(bits-1) = c - r modulo 2^bits, and bit i of y is c_i - r_i - borrow_i + 2 borrow_(i+1).
    let positive = raised(b, x, bits - 1);
    let masks = Masks::draw(b, x.len(), bits, bits).await?;
    let opened = Opened::new(b.open(&(&positive + &masks.sum)).await?);
    let borrows = prefixes_less_than(b, &opened, &masks.bits).await?;
    let len = x.len();
    let before = joined(&[Shared::zeros(1, len), borrows.rows_of(0..bits as usize - 1)], len);
    let two = B::Element::from_i128(2);
    let digits: Vec<B::Element> = (0..bits)
        .flat_map(|at| (0..len).map(move |entry| (entry, at)))
        .map(|(entry, at)| B::Element::from_i128(i128::from(opened.bit(entry, at))))
        .collect();
    let mut taken = &borrows.scaled(two) - &(&masks.bits + &before);
    taken = &taken + &b.constant(&digits).reshaped(bits as usize, len);
    // The top bit of x + 2^(bits-1) is the inverse of the sign.
    let one = b.constant(&[B::Element::one()]).shares()[0];
    let top = taken.len() - len;
    taken.shares_mut()[top..].iter_mut().for_each(|share| *share = one - *share);
    Ok(taken.transposed())
}

/// The conjunction of the bits of each column: one row. `ceil(log2(rows))` multiplications one after the other.
pub(super) async fn all<B: Arithmetic>(b: &mut B, mut bits: Shared<B::Share>) -> Result<Shared<B::Share>>
where
    B::Share: Share<B::Element>,
{
    while bits.rows() > 1 {
        let half = bits.rows() / 2;
        let product = b.mul(&bits.rows_of(0..half), &bits.rows_of(half..2 * half)).await?;
        bits = joined(&[product, bits.rows_of(2 * half..bits.rows())], bits.columns());
    }
    Ok(bits)
}
