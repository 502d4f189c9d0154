//! A party's share: two of the three summands.
use core::ops::{Add, Mul, Neg, Sub};

use zeroize::Zeroize;

use super::word::Word;

/// Two of the three summands of a value: the party at position i holds the i-th and the one after it.
#[derive(Clone, Copy, Default)]
pub struct Pair<W> {
    /// The summand that the party before holds as well.
    pub(super) mine: W,
    /// The summand that the party after holds as well.
    pub(super) next: W,
}

impl<W: Word> Pair<W> {
    /// This party's summand of the product: the three parties' add up to it.
    #[inline(always)]
    pub(super) fn times(self, other: Self) -> W {
        self.mine * (other.mine + other.next) + self.next * other.mine
    }

    /// A summand that its party has alone so far.
    #[inline(always)]
    pub(super) fn own(summand: W) -> Self {
        Self { mine: summand, next: W::default() }
    }

    /// The share, at position `me`, of a value whose summand `slot` is the value and whose others are zero. Whoever does not hold
    /// that summand need not know the value.
    #[inline(always)]
    pub(super) fn at_slot(me: usize, slot: usize, value: W) -> Self {
        let zero = W::default();
        Self {
            mine: if me == slot { value } else { zero },
            next: if (me + 1) % 3 == slot { value } else { zero },
        }
    }
}

impl<W: Word> Add for Pair<W> {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self { mine: self.mine + other.mine, next: self.next + other.next }
    }
}

impl<W: Word> Sub for Pair<W> {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self { mine: self.mine - other.mine, next: self.next - other.next }
    }
}

impl<W: Word> Neg for Pair<W> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Self { mine: -self.mine, next: -self.next }
    }
}

impl<W: Word> Mul<W> for Pair<W> {
    type Output = Self;
    #[inline(always)]
    fn mul(self, factor: W) -> Self {
        Self { mine: self.mine * factor, next: self.next * factor }
    }
}

impl<W: Word> Zeroize for Pair<W> {
    fn zeroize(&mut self) {
        self.mine.zeroize();
        self.next.zeroize();
    }
}
