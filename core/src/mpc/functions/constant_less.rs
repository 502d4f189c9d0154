//! Comparison of public with shared bits in a constant number of rounds.
//!
//! With `d_i = c_i xor r_i` and `p_i` the product of all `1 + d_j` for `j >= i`, the terms `d_i p_(i+1) = p_i - p_(i+1)` are odd at the highest
//! place where the two differ, even or zero everywhere else. So the parity of the sum of those with `c_i = 0` says whether `c < r`.
//! The products come from one opening: each factor, which is never zero, is opened between two random masks whose product telescopes.
//!
//! # Source
//! [CH10], `BitLTC1` and `PreMulC`, after [Rei09] and [BB89].
use super::{
    field_box::FieldBox,
    mask::{Masks, Opened, weighted},
};
use crate::{
    error::Result,
    field::{Field, batch},
    mpc::arithmetic::{Element, Shared},
};

/// Whether this takes less time than the comparison in logarithmic rounds, over the network of the box.
pub(super) fn wins<B: FieldBox>(b: &B, bits: u32, by: u32, len: usize) -> bool {
    let (network, multiplication, opening) = (b.network(), b.multiplication_rounds(), b.opening_rounds());
    let levels = u64::from(u32::BITS - (by - 1).leading_zeros());
    let (bits, by) = (u64::from(bits + 40), u64::from(by));
    // Elements that are sent: one for an opening, two for a random bit or a product.
    let logarithmic = 1 + 2 * bits + 3 * by;
    let constant = 2 + 2 * bits + 2 * (by + 40) + 2 * (3 * by) + 2 * by;
    let sent = |elements: u64| elements * (len * B::Element::BYTES * (b.parties() - 1)) as u64;
    let seconds = |rounds, elements| network.seconds(rounds, sent(elements));
    seconds(3 * opening + 2 * multiplication, constant)
        < seconds(opening + levels * multiplication, logarithmic)
}

/// Opens `positive + r` for random masks `r`: gives `r mod 2^by`, what was opened modulo `2^by`, and whether that is below `r mod 2^by`.
///
/// Random bits, then two multiplications and three openings one after the other; `3 by` products for each entry.
#[allow(clippy::type_complexity)]
pub(super) async fn open_and_compare<B: FieldBox>(
    b: &mut B,
    positive: &Shared<B::Share>,
    bits: u32,
    by: u32,
) -> Result<(Shared<B::Share>, Vec<B::Element>, Shared<B::Share>)> {
    let len = positive.len();
    let (low, above) = Masks::<B::Share>::request(len, by, bits);
    let (parity, above_parity) = Masks::<B::Share>::request(len, 1, by + 1);
    let (drawn, bounded) = b.random_masks(low + parity, &[above, above_parity]).await?;
    let masks = Masks::new::<B::Element>(drawn.rows_of(0..low), &bounded[0], by);
    let parities = Masks::new::<B::Element>(drawn.rows_of(low..low + parity), &bounded[1], 1);

    let mut chain = Chain::draw(b, by as usize, len).await?;
    let mut opened = b.open(&Shared::stacked(&[&(positive + &masks.sum), &chain.product])).await?;
    let mut products = opened.split_off(len);
    let opened = Opened::new(opened);
    // A zero among the masks shows, and comes with a chance of one in the field's size: others are drawn.
    while batch::invert(&mut products).is_err() {
        chain = Chain::draw(b, by as usize, len).await?;
        products = b.open(&chain.product).await?;
    }

    let one = b.constant(&[B::Element::one()]);
    let differ = opened.xor(&masks.bits, &one);
    let powers = chain.products_from_top(b, &differ, &products).await?;
    let mut odd = Shared::zeros(1, len);
    for row in 0..by as usize {
        for entry in 0..len {
            #[allow(clippy::cast_possible_truncation)] // rows are bits of an element
            if !opened.bit(entry, row as u32) {
                let above = match row + 1 == by as usize {
                    true => one.shares()[0],
                    false => powers.shares()[(row + 1) * len + entry],
                };
                let share = &mut odd.shares_mut()[entry];
                *share = *share + (powers.shares()[row * len + entry] - above);
            }
        }
    }
    let masked_parity = Opened::new(b.open(&(&odd + &parities.sum)).await?);
    let borrowed = masked_parity.xor(&parities.bits, &one);
    Ok((weighted::<B::Element, _>(&masks.bits, 0), opened.low(by), borrowed))
}

/// Random masks for products of many factors: row `i` belongs to bit `i`, the products start at the top row.
struct Chain<S: zeroize::Zeroize> {
    /// `t_i`, another random value for each mask `s_i`.
    partner: Shared<S>,
    /// `s_i t_i`, to be opened.
    product: Shared<S>,
    /// `s_i t_(i+1)`, and `s_i` itself at the top.
    link: Shared<S>,
}

impl<S: Copy + Default + zeroize::Zeroize> Chain<S> {
    async fn draw<B: FieldBox<Share = S>>(b: &mut B, rows: usize, len: usize) -> Result<Self> {
        let random = b.random(2 * rows * len).await?;
        let mask = random.rows_of(0..rows * len).reshaped(rows, len);
        let partner = random.rows_of(rows * len..2 * rows * len).reshaped(rows, len);
        let left = Shared::stacked(&[&mask, &mask.rows_of(0..rows - 1)]);
        let right = Shared::stacked(&[&partner, &partner.rows_of(1..rows)]);
        let products = b.mul(&left, &right).await?;
        let link = Shared::stacked(&[&products.rows_of(rows..2 * rows - 1), &mask.row(rows - 1)]);
        Ok(Self { partner, product: products.rows_of(0..rows), link })
    }

    /// For each row `i` the product of `1 + differ_j` over `j >= i`, where `inverses` are those of what was opened.
    async fn products_from_top<B: FieldBox<Share = S>>(
        &self,
        b: &mut B,
        differ: &Shared<S>,
        inverses: &[B::Element],
    ) -> Result<Shared<S>>
    where
        S: crate::mpc::arithmetic::Share<B::Element>,
    {
        let (rows, len) = (differ.rows(), differ.columns());
        // (1 + d_i) s_i / s_(i+1), with 1 / s_(i+1) = t_(i+1) / (s t)_(i+1).
        let scale = &inverses[len..];
        let product = b.mul(differ, &self.link).await?;
        let mut factors = &product + &self.link;
        let chained = (rows - 1) * len;
        factors.shares_mut()[..chained]
            .iter_mut()
            .zip(scale)
            .for_each(|(share, inverse)| *share = *share * *inverse);
        let factors = b.open(&factors).await?;
        // Their products from the top are p_i s_i.
        let mut running = vec![B::Element::ONE; len];
        let mut powers = self.partner.clone();
        for row in (0..rows).rev() {
            for (entry, running) in running.iter_mut().enumerate() {
                let at = row * len + entry;
                *running = *running * factors[at];
                let share = &mut powers.shares_mut()[at];
                *share = *share * (*running * inverses[at]);
            }
        }
        Ok(powers)
    }
}
