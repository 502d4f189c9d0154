//! From shares modulo 2^64 to shares of bits, without a message for the bits of the summands: two parties hold the third summand, and
//! the first knows the sum of the other two, so a value is a sum of two integers whose bits are at hand.
//!
//! The first party deals the bits of its part two by two, with their product: then what two digits of two bits generate and
//! propagate are sums of products of one bit of it and a function of the other part, and cost one message each.
use zeroize::Zeroizing;

use super::SemiHonest;
use crate::{
    error::Result,
    mpc::replicated::{
        Z64,
        circuits::{self, Bits, Gates},
        lanes::{blocks, to_planes},
        link::Link,
        pair::Pair,
        products,
        word::Lanes,
    },
};

/// Who deals the first part.
const DEALER: usize = 0;
/// The summand that is the second part.
const SECOND: usize = 2;

/// Values as sums of two parts modulo 2^64.
pub(super) struct Parts {
    /// How many there are.
    pub(super) len: usize,
    /// What the first party knows; empty elsewhere.
    pub(super) first: Zeroizing<Vec<u64>>,
    /// What the other two know; empty at the first.
    pub(super) second: Zeroizing<Vec<u64>>,
}

impl Parts {
    /// The parts of shared values with a public one added to each.
    pub(super) fn of(me: usize, x: &[Pair<Z64>], offset: Z64) -> Self {
        let (mut first, mut second) = (Zeroizing::default(), Zeroizing::default());
        match me {
            DEALER => *first = x.iter().map(|share| (share.mine + share.next + offset).0).collect(),
            1 => *second = x.iter().map(|share| share.next.0).collect(),
            _ => *second = x.iter().map(|share| share.mine.0).collect(),
        }
        Self { len: x.len(), first, second }
    }

    /// The planes of the first part, of zeros where it is not known.
    fn first_planes(&self, planes: usize) -> Vec<Lanes> {
        if self.first.is_empty() {
            return vec![Lanes::default(); planes * blocks(self.len)];
        }
        to_planes(self.first.iter().copied(), planes)
    }

    /// The planes of the second part, of zeros where it is not known.
    pub(super) fn second_planes(&self, planes: usize) -> Vec<Lanes> {
        if self.second.is_empty() {
            return vec![Lanes::default(); planes * blocks(self.len)];
        }
        to_planes(self.second.iter().copied(), planes)
    }
}

impl Gates for Link {
    async fn and(&mut self, x: &[Bits], y: &[Bits]) -> Result<Vec<Bits>> {
        self.reshare_each("and", x.len(), products::by_entry(x, y)).await
    }
}

/// What the other parties hold of something that the first dealt: their summands add up to it.
pub(super) fn of_dealt<W>(me: usize, share: Pair<W>) -> W {
    if me == 1 { share.mine } else { share.next }
}

/// The share of bits that the second and third party know.
pub(super) fn known(me: usize, planes: &[Lanes]) -> Vec<Bits> {
    planes.iter().map(|word| Pair::at_slot(me, SECOND, *word)).collect()
}

impl SemiHonest {
    /// Planes of bits from the first party; `planes` are its own, and of the same length elsewhere.
    pub(super) async fn deal_planes(&mut self, planes: &[Lanes]) -> Result<Vec<Bits>> {
        let [dealt, ..] = self.link.deal("bits", planes, [planes.len(), 0, 0]).await?;
        Ok(dealt)
    }

    /// The carry out of the lowest `bits` bits of the sum, at least 1, and bit number `bits` of the sum if that is below 64.
    pub(super) async fn carry(
        &mut self,
        parts: &Parts,
        bits: usize,
    ) -> Result<(Vec<Bits>, Option<Vec<Bits>>)> {
        let (me, blocks) = (self.link.me, blocks(parts.len));
        let planes = if bits < 64 { bits + 1 } else { bits };
        let (first, second) = (parts.first_planes(planes), parts.second_planes(planes));
        let mut dealt = digits(&first, bits, blocks);
        let of_digits = dealt.len();
        dealt.extend_from_slice(&first[bits * blocks..]);
        let dealt = self.deal_planes(&dealt).await?;
        let (digits, above) = dealt.split_at(of_digits);
        let nodes = bits.div_ceil(2);
        let mut own = Vec::with_capacity((2 * nodes - 1) * blocks);
        for node in 0..nodes {
            own.extend(Node::new(digits, &second, bits, blocks, node).generated(me));
        }
        for node in 1..nodes {
            own.extend(Node::new(digits, &second, bits, blocks, node).propagated(me));
        }
        let mut g = self.link.reshare("and", &own).await?;
        let p = g.split_off(nodes * blocks);
        let carry = circuits::carry(&mut self.link, g, p, blocks).await?;
        let above = (bits < 64).then(|| {
            let sum = above.iter().zip(known(me, &second[bits * blocks..])).zip(&carry);
            sum.map(|((first, second), carry)| *first + second + *carry).collect()
        });
        Ok((carry, above))
    }

    /// Whether the lowest `bits` bits of the sum, at least 1, are all ones but for a carry: whether the parts add up to -1 there.
    pub(super) async fn all_ones(&mut self, parts: &Parts, bits: usize) -> Result<Vec<Bits>> {
        let (me, blocks) = (self.link.me, blocks(parts.len));
        let second = parts.second_planes(bits);
        let dealt = self.deal_planes(&digits(&parts.first_planes(bits), bits, blocks)).await?;
        let mut own = Vec::with_capacity(bits.div_ceil(2) * blocks);
        for node in 0..bits.div_ceil(2) {
            own.extend(Node::new(&dealt, &second, bits, blocks, node).propagated(me));
        }
        let nodes = self.link.reshare("and", &own).await?;
        circuits::all(&mut self.link, nodes, blocks).await
    }

    /// The lowest `bits` bits of the sum, at least 1, plane after plane.
    pub(super) async fn sum(&mut self, parts: &Parts, bits: usize) -> Result<Vec<Bits>> {
        let blocks = blocks(parts.len);
        let second = known(self.link.me, &parts.second_planes(bits));
        let first = self.deal_planes(&parts.first_planes(bits)).await?;
        let mut sum: Vec<Bits> = first.iter().zip(&second).map(|(a, b)| *a + *b).collect();
        let carrying = (bits - 1) * blocks;
        if carrying > 0 {
            let g = self.link.and(&first[..carrying], &second[..carrying]).await?;
            let carries =
                circuits::carries(&mut self.link, g, sum[blocks..carrying].to_vec(), blocks).await?;
            sum[blocks..].iter_mut().zip(carries).for_each(|(sum, carry)| *sum = *sum + carry);
        }
        Ok(sum)
    }
}

/// What is dealt of planes: bit 0 alone if their number is odd, and of each two bits from there on the higher, the lower and their
/// product.
fn digits(planes: &[Lanes], bits: usize, blocks: usize) -> Vec<Lanes> {
    let (odd, pairs) = planes[..bits * blocks].split_at(bits % 2 * blocks);
    let mut out = odd.to_vec();
    for pair in pairs.chunks_exact(2 * blocks.max(1)) {
        let (low, high) = pair.split_at(blocks);
        out.extend_from_slice(high);
        out.extend_from_slice(low);
        out.extend(high.iter().zip(low).map(|(high, low)| *high * *low));
    }
    out
}

/// A digit of one or two bits of both parts.
enum Node<'a> {
    One { first: &'a [Bits], second: &'a [Lanes] },
    Two { first: [&'a [Bits]; 3], second: [&'a [Lanes]; 2] },
}

impl<'a> Node<'a> {
    /// Node number `node` of what [`digits`] dealt; `second` are the planes of the other part.
    fn new(dealt: &'a [Bits], second: &'a [Lanes], bits: usize, blocks: usize, node: usize) -> Self {
        let odd = bits % 2;
        if node < odd {
            return Self::One { first: &dealt[..blocks], second: &second[..blocks] };
        }
        let dealt_at = |i: usize| {
            let start = (odd + 3 * (node - odd) + i) * blocks;
            &dealt[start..start + blocks]
        };
        let second_at = |i: usize| {
            let start = (odd + 2 * (node - odd) + i) * blocks;
            &second[start..start + blocks]
        };
        Self::Two { first: [dealt_at(0), dealt_at(1), dealt_at(2)], second: [second_at(1), second_at(0)] }
    }

    /// A party's summand of the carry that the digits generate.
    fn generated(&self, me: usize) -> Vec<Lanes> {
        let part = |share: &Bits| of_dealt(me, *share);
        match self {
            _ if me == DEALER => vec![Lanes::default(); self.blocks()],
            Self::One { first, second } => first.iter().zip(*second).map(|(a, b)| part(a) * *b).collect(),
            Self::Two { first: [high, low, both], second: [b1, b0] } => (0..b0.len())
                .map(|i| part(&high[i]) * b1[i] + part(&both[i]) * b0[i] + part(&low[i]) * b1[i] * b0[i])
                .collect(),
        }
    }

    /// A party's summand of whether the digits propagate a carry: in each place, one of the two bits is set.
    fn propagated(&self, me: usize) -> Vec<Lanes> {
        let part = |share: &Bits| of_dealt(me, *share);
        // What both know and is to be added once.
        let once = Lanes(if me == 1 { u64::MAX } else { 0 });
        match self {
            _ if me == DEALER => vec![Lanes::default(); self.blocks()],
            Self::One { first, second } => {
                first.iter().zip(*second).map(|(a, b)| part(a) + once * *b).collect()
            }
            Self::Two { first: [high, low, both], second: [b1, b0] } => (0..b0.len())
                .map(|i| {
                    part(&both[i]) + part(&high[i]) * b0[i] + part(&low[i]) * b1[i] + once * b1[i] * b0[i]
                })
                .collect(),
        }
    }

    fn blocks(&self) -> usize {
        match self {
            Self::One { second, .. } => second.len(),
            Self::Two { second: [b1, _], .. } => b1.len(),
        }
    }
}
