//! Comparison, truncation and bits, by addition circuits on bits.
use super::{
    SemiHonest,
    addition::{Parts, of_dealt},
};
use crate::{
    error::{Error, ErrorKind, Result},
    mpc::{
        arithmetic::{Comparison, Element, Shared},
        replicated::{
            Z64,
            circuits::Bits,
            lanes::{bits_of, blocks},
            pair::Pair,
        },
    },
    secret::mask,
};

/// # Errors
/// `OutOfRange` unless values may have so many bits.
pub(in crate::mpc::replicated) fn width(bits: u32) -> Result<usize> {
    match usize::try_from(bits) {
        Ok(bits @ 1..=64) => Ok(bits),
        _ => Err(Error::new(ErrorKind::OutOfRange, "bits: 1 to 64")),
    }
}

/// -2^(64 - by): what one wrapped sum of 64 bits is off by after a shift.
pub(in crate::mpc::replicated) fn wrapped(by: u32) -> Z64 {
    -Z64::power_of_two(64 - by)
}

/// From planes of so many values to a row for each value.
pub(in crate::mpc::replicated) fn rows_of_planes<S: Copy>(planes: &[S], values: usize) -> Vec<S> {
    (0..values).flat_map(|value| planes.iter().skip(value).step_by(values).copied()).collect()
}

impl SemiHonest {
    /// The numbers 0 and 1 that planes of so many bits stand for, plane after plane.
    ///
    /// 8 bytes from each party for each bit, and as many from the second party in the round before.
    pub(super) async fn inject(&mut self, planes: &[Bits], len: usize) -> Result<Vec<Pair<Z64>>> {
        let (own, _) = self.summands(planes, len, &[], 0).await?;
        self.link.reshare("convert", &own).await
    }

    /// Each party's summands of these numbers, and shares of `dealt` numbers that the first party knows as `also`.
    ///
    /// The second party knows u, the sum of the second and third summand of a bit, and deals it as a number; the other two know the
    /// first summand b, and the bit is `u + b - 2 u b`.
    async fn summands(
        &mut self,
        planes: &[Bits],
        len: usize,
        also: &[Z64],
        dealt: usize,
    ) -> Result<(Vec<Z64>, Vec<Pair<Z64>>)> {
        let (me, count) = (self.link.me, planes.len().checked_div(blocks(len)).unwrap_or(0) * len);
        let per_plane = blocks(len).max(1);
        let numbers = |of: fn(&Bits) -> u64| {
            let words: Vec<_> =
                planes.iter().map(|bits| crate::mpc::replicated::word::Lanes(of(bits))).collect();
            words
                .chunks_exact(per_plane)
                .flat_map(|plane| bits_of(plane, len).collect::<Vec<_>>())
                .collect::<Vec<_>>()
        };
        let mine: Vec<Z64> = match me {
            0 => also.to_vec(),
            1 => numbers(|bits| bits.mine.0 ^ bits.next.0).into_iter().map(Z64).collect(),
            _ => Vec::new(),
        };
        let [extra, u, _] = self.link.deal("convert", &mine, [dealt, count, 0]).await?;
        let own = match me {
            0 => {
                let b = numbers(|bits| bits.mine.0);
                u.iter().zip(b).map(|(u, b)| negated_if(u.next, b) + Z64(b)).collect()
            }
            1 => vec![Z64::default(); count],
            _ => u.iter().zip(numbers(|bits| bits.next.0)).map(|(u, b)| negated_if(u.mine, b)).collect(),
        };
        Ok((own, extra))
    }
}

/// The value, or its negation if the bit is set.
fn negated_if(value: Z64, bit: u64) -> Z64 {
    let mask = mask(bit);
    Z64((value.0 ^ mask).wrapping_add(bit))
}

/// Values are taken apart without a message: see `addition`. Nothing is masked statistically, so nothing can leak that way.
impl Comparison for SemiHonest {
    const MAX_BITS: u32 = 64;

    /// 9 rounds for 64 bits and at most 35 bytes from each party.
    async fn is_negative(&mut self, x: &Shared<Pair<Z64>>, bits: u32) -> Result<Shared<Pair<Z64>>> {
        let bits = width(bits)?;
        let parts = Parts::of(self.link.me, x.shares(), Z64::default());
        let sign = if bits == 1 {
            self.sum(&parts, 1).await?
        } else {
            self.carry(&parts, bits - 1).await?.1.expect("the sign is one of 64 bits")
        };
        Ok(Shared::new(self.inject(&sign, x.len()).await?, x.rows(), x.columns()))
    }

    async fn is_zero(&mut self, x: &Shared<Pair<Z64>>, bits: u32) -> Result<Shared<Pair<Z64>>> {
        let bits = width(bits)?;
        // Two parts have all ones, without a carry, exactly where they add up to -1.
        let parts = Parts::of(self.link.me, x.shares(), -Z64::one());
        let zero = self.all_ones(&parts, bits).await?;
        Ok(Shared::new(self.inject(&zero, x.len()).await?, x.rows(), x.columns()))
    }

    /// With x + 2^(bits - 1) = y + z modulo 2^64, the shifted value is the sum of the shifted parts, with a carry from what is
    /// shifted out, less 2^(64 - by) if the sum wrapped. Below 64 bits the sum's highest bit is zero, so it wrapped exactly if one of
    /// the parts has that bit.
    async fn truncate(&mut self, x: &Shared<Pair<Z64>>, bits: u32, by: u32) -> Result<Shared<Pair<Z64>>> {
        let width = width(bits)?;
        if by == 0 {
            return Ok(x.clone());
        }
        if by >= bits {
            return Ok(-&self.is_negative(x, bits).await?);
        }
        let (me, len, shifted) = (self.link.me, x.len(), by as usize);
        let parts = Parts::of(me, x.shares(), Z64::power_of_two(bits - 1));
        let mut planes = self.carry(&parts, shifted).await?.0;
        let mut tops = Vec::new();
        if width == 64 {
            planes.extend(self.carry(&parts, 64).await?.0);
        } else {
            tops = parts.first.iter().map(|first| Z64(first >> 63)).collect();
        }
        let (mut own, tops) = self.summands(&planes, len, &tops, if width == 64 { 0 } else { len }).await?;
        let wraps = own.split_off(len);
        for (own, wrap) in own.iter_mut().zip(wraps) {
            *own = *own + wrapped(by) * wrap;
        }
        for (own, first) in own.iter_mut().zip(&*parts.first) {
            *own = *own + Z64(first >> by) - Z64::power_of_two(bits - 1 - by);
        }
        for (i, (own, second)) in own.iter_mut().zip(&*parts.second).enumerate() {
            let top = Z64(second >> 63);
            if let Some(dealt) = tops.get(i) {
                *own = *own + wrapped(by) * of_dealt(me, *dealt) * (Z64::one() - top);
            }
            if me == 1 {
                let wrap = if width == 64 { Z64::default() } else { wrapped(by) * top };
                *own = *own + Z64(second >> by) + wrap;
            }
        }
        Ok(Shared::new(self.link.reshare("convert", &own).await?, x.rows(), x.columns()))
    }

    async fn to_bits(&mut self, x: &Shared<Pair<Z64>>, bits: u32) -> Result<Shared<Pair<Z64>>> {
        let bits = width(bits)?;
        if x.columns() != 1 {
            return Err(Error::new(ErrorKind::ShapeMismatch, "to_bits: one column"));
        }
        let parts = Parts::of(self.link.me, x.shares(), Z64::default());
        let planes = self.sum(&parts, bits).await?;
        let numbers = self.inject(&planes, x.len()).await?;
        Ok(Shared::new(rows_of_planes(&numbers, x.len()), x.len(), bits))
    }
}
