//! Comparison, truncation and bits: the bits of the summands of a value are shared bits without a message, and circuits add them.
use super::{Malicious, Tagged, low, tagged::value};
use crate::{
    error::{Error, ErrorKind, Result},
    mpc::{
        arithmetic::{Comparison, Element, Shared},
        replicated::{
            Z64,
            circuits::{self, Bits, Gates},
            lanes::{blocks, to_planes},
            pair::Pair,
            semi_honest::comparison::{rows_of_planes, width, wrapped},
            word::{Lanes, Z128},
        },
    },
};

/// Planes of two integers whose sum is a value: the sum without carries, and what is carried, to be shifted by one.
struct Halves {
    blocks: usize,
    sum: Vec<Bits>,
    carried: Vec<Bits>,
}

impl Halves {
    fn sum(&self, plane: usize) -> &[Bits] {
        &self.sum[plane * self.blocks..(plane + 1) * self.blocks]
    }

    fn carried(&self, plane: usize) -> &[Bits] {
        &self.carried[plane * self.blocks..(plane + 1) * self.blocks]
    }

    /// Whether one of the bits of a plane is set, and not both.
    fn either(&self, plane: usize) -> Vec<Bits> {
        match plane {
            0 => self.sum(0).to_vec(),
            _ => added(self.sum(plane), self.carried(plane - 1)),
        }
    }

    fn eithers(&self, planes: core::ops::Range<usize>) -> Vec<Bits> {
        planes.flat_map(|plane| self.either(plane)).collect()
    }
}

fn added(x: &[Bits], y: &[Bits]) -> Vec<Bits> {
    x.iter().zip(y).map(|(x, y)| *x + *y).collect()
}

impl Malicious {
    /// The halves of values with a public one added to each, of so many planes. One round.
    ///
    /// Of three bits a, b, c, `(a + c) (b + c) + c` is what is carried.
    async fn halves(&mut self, x: &[Pair<Tagged>], offset: Z64, planes: usize) -> Result<Halves> {
        let me = self.link.me;
        let offset = Pair::at_slot(me, 0, offset);
        let mine = to_planes(x.iter().map(|share| (low(share.mine.value) + offset.mine).0), planes);
        let next = to_planes(x.iter().map(|share| (low(share.next.value) + offset.next).0), planes);
        let sum: Vec<Bits> =
            mine.iter().zip(&next).map(|(mine, next)| Pair { mine: *mine, next: *next }).collect();
        let only = |bits: &Bits, slots: [bool; 3]| Pair {
            mine: if slots[me] { bits.mine } else { Lanes::default() },
            next: if slots[(me + 1) % 3] { bits.next } else { Lanes::default() },
        };
        let of = |slots| sum.iter().map(|bits| only(bits, slots)).collect::<Vec<_>>();
        let products = self.and(&of([true, false, true]), &of([false, true, true])).await?;
        let carried = added(&products, &of([false, false, true]));
        Ok(Halves { blocks: blocks(x.len()), sum, carried })
    }

    /// What adding the halves carries out of the lowest `bits` planes, beside what is carried already.
    async fn carry(&mut self, halves: &Halves, bits: usize) -> Result<Vec<Bits>> {
        // Nothing was carried into plane 0.
        if bits < 2 {
            return Ok(vec![Bits::default(); halves.blocks]);
        }
        let blocks = halves.blocks;
        let g = self.and(&halves.sum[blocks..bits * blocks], &halves.carried[..(bits - 1) * blocks]).await?;
        circuits::carry(self, g, halves.eithers(2..bits), blocks).await
    }

    async fn numbers(&mut self, planes: &[Bits], x: &Shared<Pair<Tagged>>) -> Result<Shared<Pair<Tagged>>> {
        Ok(Shared::new(self.inject(planes, x.len()).await?, x.rows(), x.columns()))
    }
}

/// Bits are multiplied with proofs instead of tags: see `proof`. Nothing is masked statistically.
impl Comparison for Malicious {
    const MAX_BITS: u32 = 64;

    /// 11 rounds for 64 bits, 143 bytes from each party, and a check later.
    async fn is_negative(&mut self, x: &Shared<Pair<Tagged>>, bits: u32) -> Result<Shared<Pair<Tagged>>> {
        let bits = width(bits)?;
        let halves = self.halves(x.shares(), Z64::default(), bits).await?;
        let carry = self.carry(&halves, bits - 1).await?;
        self.numbers(&added(&halves.either(bits - 1), &carry), x).await
    }

    async fn is_zero(&mut self, x: &Shared<Pair<Tagged>>, bits: u32) -> Result<Shared<Pair<Tagged>>> {
        let bits = width(bits)?;
        // Two integers have all ones, without a carry, exactly where they add up to -1.
        let halves = self.halves(x.shares(), -Z64::one(), bits).await?;
        let zero = circuits::all(self, halves.eithers(0..bits), halves.blocks).await?;
        self.numbers(&zero, x).await
    }

    /// With three summands of x + 2^(bits - 1), the shifted value is the sum of the shifted summands, with what is carried out of the
    /// bits that are shifted out, less 2^(64 - by) for each time that the sum wrapped. Below 64 bits the sum's highest bit is zero,
    /// so adding the halves wrapped exactly if one of them has that bit.
    async fn truncate(
        &mut self,
        x: &Shared<Pair<Tagged>>,
        bits: u32,
        by: u32,
    ) -> Result<Shared<Pair<Tagged>>> {
        width(bits)?;
        if by == 0 {
            return Ok(x.clone());
        }
        if by >= bits {
            return Ok(-&self.is_negative(x, bits).await?);
        }
        let (me, shifted) = (self.link.me, by as usize);
        let offset = Z64::power_of_two(bits - 1);
        let halves = self.halves(x.shares(), offset, 64).await?;
        let carry = self.carry(&halves, shifted).await?;
        let wrap = if bits == 64 {
            self.carry(&halves, 64).await?
        } else {
            added(&self.and(halves.sum(63), halves.carried(62)).await?, &halves.either(63))
        };
        let planes = [halves.carried(shifted - 1), &carry, halves.carried(63), &wrap].concat();
        let numbers = self.inject(&planes, x.len()).await?;

        let offset = Pair::at_slot(me, 0, offset);
        let shift = |word: Z128, offset: Z64| Z128(u128::from((low(word) + offset).0 >> by));
        let summands = x
            .shares()
            .iter()
            .map(value)
            .map(|share| Pair { mine: shift(share.mine, offset.mine), next: shift(share.next, offset.next) });
        let mut shares = self.tag(summands.collect()).await?;
        let less = self.public(-Z64::power_of_two(bits - 1 - by));
        let len = x.len();
        for (i, share) in shares.iter_mut().enumerate() {
            let [low, low_more, wrap, wrap_more] = [0, 1, 2, 3].map(|plane| numbers[plane * len + i]);
            *share = *share + low + low_more + (wrap + wrap_more) * wrapped(by) + less;
        }
        Ok(Shared::new(shares, x.rows(), x.columns()))
    }

    async fn to_bits(&mut self, x: &Shared<Pair<Tagged>>, bits: u32) -> Result<Shared<Pair<Tagged>>> {
        let bits = width(bits)?;
        if x.columns() != 1 {
            return Err(Error::new(ErrorKind::ShapeMismatch, "to_bits: one column"));
        }
        let halves = self.halves(x.shares(), Z64::default(), bits).await?;
        let blocks = halves.blocks;
        let mut planes = halves.eithers(0..bits);
        if bits > 2 {
            let top = bits - 1;
            let g =
                self.and(&halves.sum[blocks..top * blocks], &halves.carried[..(top - 1) * blocks]).await?;
            let carries = circuits::carries(self, g, halves.eithers(2..top), blocks).await?;
            planes[2 * blocks..].iter_mut().zip(carries).for_each(|(bit, carry)| *bit = *bit + carry);
        }
        let numbers = self.inject(&planes, x.len()).await?;
        Ok(Shared::new(rows_of_planes(&numbers, x.len()), x.len(), bits))
    }
}
