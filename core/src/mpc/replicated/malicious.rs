//! Active corruption of one of three parties, found before anything is opened.
use core::ops::Range;

use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

use super::{
    Z64,
    lanes::blocks,
    link::{Link, PARTIES, after, before},
    pair::Pair,
    products,
    semi_honest::{input_lengths, receiving, same_shape},
    word::{Z128, to_bytes},
};
use crate::{
    error::{Error, ErrorKind, Result},
    mpc::{
        arithmetic::{Arithmetic, Shared},
        session::Channel,
    },
    secret::declassify,
    transcript::{Digest, Transcript},
};

mod coins;
mod comparison;
mod gates;
mod grid;
mod proof;
mod tagged;
#[cfg(test)]
mod tests;

use coins::Coins;
use gates::Gate;
pub use tagged::Tagged;
use tagged::{tag, tagged, value};

/// Three parties, one of them actively corrupted: it may do anything, and the others then end with an error (security with
/// abort).
///
/// Values are 64 bits of words modulo 2^128, and each carries its product with a key that nobody knows, its tag. A
/// multiplication costs each party 32 bytes. What was multiplied is checked, all at once, before anything is opened.
///
/// # Security
/// A cheating party whose errors change a value passes a check with a probability below 2^-58, whatever it did before.
///
/// An error of a high power of two passes with a probability that is not small, and does no harm to values. It must not tell
/// anything about them either: later products multiply it by secrets, and whether a check fails would depend on their low bits. So
/// the weights of a check are shared random values that are never opened, and what is multiplied by its tag is checked once
/// more together with the product. The smallest power of two among all errors is then that of those that the party chose itself, since
/// products and sums of the others are multiples; and it alone decides with what chance the check passes.
///
/// Who cheated is named only where a message shows it by itself. Keys between pairs of parties are pseudorandom, so privacy is
/// computational.
///
/// # Source
/// \[ADEN19\]: tags modulo 2^(64 + s), the batched check. \[CGHIKLN18\]: the check for values that are opened on the way, which
/// multiplies by the key in place of opening it. DEVIATION(\[ADEN19\]): hidden weights, and operands with products, as above.
pub struct Malicious {
    link: Link,
    coins: Coins,
    key: Pair<Z128>,
    /// This party's summand of the weighted sum of everything since the last check, if there was anything.
    sum: Option<Tagged>,
    gates: Zeroizing<Vec<Gate>>,
}

impl Malicious {
    /// A box over a session of three parties. No message.
    ///
    /// # Errors
    /// `InvalidParams` unless there are three parties.
    pub fn new(channel: Channel) -> Result<Self> {
        let mut link = Link::new(channel)?;
        let coins = Coins::new(&link);
        let key = link.random(1)[0];
        Ok(Self { link, coins, key, sum: None, gates: Zeroizing::default() })
    }

    /// What the box speaks through, for protocols beside it.
    pub fn channel(&mut self) -> &mut Channel {
        &mut self.link.channel
    }

    /// The share of a public value.
    fn public(&self, value: Z64) -> Pair<Tagged> {
        let value = Z128(u128::from(value.0));
        tagged(Pair::at_slot(self.link.me, 0, value), self.key * value)
    }

    /// Gives values their tags. One round; checked later.
    async fn tag(&mut self, values: Vec<Pair<Z128>>) -> Result<Vec<Pair<Tagged>>> {
        let key = self.key;
        let own = |part: Range<usize>, out: &mut [Z128]| {
            out.iter_mut().zip(&values[part]).for_each(|(out, value)| *out = key.times(*value));
        };
        let tags = self.link.reshare_each("tag", values.len(), own).await?;
        let shares: Vec<_> = values.into_iter().zip(tags).map(|(value, tag)| tagged(value, tag)).collect();
        self.include(&shares);
        Ok(shares)
    }

    /// From summands of products with operands `x`, whose tags went into them, to shares, to be checked later.
    async fn multiplied(&mut self, x: &[Pair<Tagged>], own: Vec<Tagged>) -> Result<Vec<Pair<Tagged>>> {
        self.include(x);
        let shares = self.link.reshare("multiply", &own).await?;
        self.include(&shares);
        Ok(shares)
    }

    /// The products entry by entry, to be checked later.
    async fn multiply(&mut self, x: &[Pair<Tagged>], y: &[Pair<Tagged>]) -> Result<Vec<Pair<Tagged>>> {
        self.include(x);
        let shares = self.link.reshare_each("multiply", x.len(), products::by_entry(x, y)).await?;
        self.include(&shares);
        Ok(shares)
    }

    /// Adds shares to what is checked next, with random weights that nobody knows. No message.
    fn include(&mut self, shares: &[Pair<Tagged>]) {
        let (mut sum, mut shares) = (self.sum.unwrap_or_default(), shares.iter());
        self.link.draw(&mut vec![(); shares.len()], |(), mine: Z128, next: Z128| {
            if let Some(share) = shares.next() {
                sum = sum + (share.mine + share.next).times(mine) + share.mine.times(next);
            }
        });
        self.sum = Some(sum);
    }

    /// Whether the weighted sum of all tags is the key times that of the values. Three rounds.
    async fn check_products(&mut self) -> Result<()> {
        let Some(own) = self.sum.take() else { return Ok(()) };
        let sum = self.link.reshare("check", &[own]).await?[0];
        let expected = self.link.reshare("check", &[self.key.times(value(&sum))]).await?[0];
        self.require_zero(tag(&sum) - expected).await
    }

    /// # Errors
    /// `VerificationFailed` unless a value is zero. Its summand that this party lacks comes from both others.
    async fn require_zero(&mut self, zero: Pair<Z128>) -> Result<()> {
        let message = |word| Some(to_bytes([word].into_iter()));
        let (from_before, from_after) =
            self.link.pass("check", message(zero.next), message(zero.mine)).await?;
        let missing = -(zero.mine + zero.next);
        for from in [from_before, from_after] {
            let told = self.link.words::<Z128>(&from, 1)?.next().unwrap_or_default();
            if !declassify(told.0.ct_eq(&missing.0)) {
                return Err(Error::new(ErrorKind::VerificationFailed, "replicated: check of products"));
            }
        }
        Ok(())
    }

    /// Tells the receivers values, when everything was checked. The summand that each lacks comes from the party before it, its
    /// digest from the party after. Of words only the low half is sent: what is above it is not part of the value.
    async fn tell(&mut self, x: &[Pair<Tagged>], receivers: [bool; PARTIES]) -> Result<Option<Vec<Z64>>> {
        self.check().await?;
        let (me, before, after) = (self.link.me, before(self.link.me), after(self.link.me));
        let to_after =
            receivers[after].then(|| self.link.message(x.iter().map(|share| low(share.mine.value))));
        let to_before = receivers[before].then(|| {
            let bytes = Zeroizing::new(to_bytes(x.iter().map(|share| low(share.next.value))));
            digest(&bytes).to_vec()
        });
        let (from_before, from_after) =
            self.link.pass_from("open", to_before, to_after, receivers[me], receivers[me]).await?;
        if !receivers[me] {
            return Ok(None);
        }
        let missing = self.link.words::<Z64>(&from_before, x.len())?;
        if !declassify(digest(&from_before.bytes).ct_eq(&from_after.bytes)) {
            return Err(Error::new(
                ErrorKind::VerificationFailed,
                "replicated: two accounts of what is opened",
            ));
        }
        let sum = |share: &Pair<Tagged>| low(share.mine.value) + low(share.next.value);
        Ok(Some(x.iter().zip(missing).map(|(share, missing)| sum(share) + missing).collect()))
    }

    /// The numbers 0 and 1 that the first `len` bits of each plane stand for, plane after plane, of which each bit has three
    /// summands that two parties know. Three rounds.
    async fn inject(&mut self, planes: &[super::circuits::Bits], len: usize) -> Result<Vec<Pair<Tagged>>> {
        let (me, per_plane) = (self.link.me, blocks(len).max(1));
        let mut summands = Zeroizing::new(Vec::new());
        for slot in 0..PARTIES {
            for plane in planes.chunks_exact(per_plane) {
                let words: Vec<_> =
                    plane.iter().map(|bits| if me == slot { bits.mine } else { bits.next }).collect();
                let number = |bit: u64| Pair::at_slot(me, slot, Z128(u128::from(bit)));
                summands.extend(super::lanes::bits_of(&words, len).map(number));
            }
        }
        let count = summands.len() / PARTIES;
        let bits = self.tag(core::mem::take(&mut *summands)).await?;
        let (first, rest) = bits.split_at(count);
        let (second, third) = rest.split_at(count);
        let two = self.exclusive_or(first, second).await?;
        self.exclusive_or(&two, third).await
    }

    /// `x + y - 2 x y`.
    async fn exclusive_or(&mut self, x: &[Pair<Tagged>], y: &[Pair<Tagged>]) -> Result<Vec<Pair<Tagged>>> {
        let mut products = self.multiply(x, y).await?;
        for (product, (x, y)) in products.iter_mut().zip(x.iter().zip(y)) {
            *product = *x + *y - *product - *product;
        }
        Ok(products)
    }
}

impl Drop for Malicious {
    fn drop(&mut self) {
        self.key.zeroize();
        self.sum.zeroize();
    }
}

/// The half of a word that is the value.
#[allow(clippy::cast_possible_truncation)] // the low half
fn low(word: Z128) -> Z64 {
    Z64(word.0 as u64)
}

fn digest(summands: &[u8]) -> Digest {
    Transcript::new("veilkit v1 replicated opening").append("summands", summands).digest()
}

impl Arithmetic for Malicious {
    type Element = Z64;
    type Share = Pair<Tagged>;

    fn parties(&self) -> usize {
        PARTIES
    }

    fn me(&self) -> usize {
        self.link.me
    }

    fn constant(&self, public: &[Z64]) -> Shared<Pair<Tagged>> {
        Shared::column(public.iter().map(|value| self.public(*value)).collect())
    }

    async fn inputs(&mut self, mine: &[Z64], lengths: &[usize]) -> Result<Vec<Shared<Pair<Tagged>>>> {
        let lengths = input_lengths(self.link.me, mine.len(), lengths)?;
        let mine: Zeroizing<Vec<_>> =
            Zeroizing::new(mine.iter().map(|value| Z128(u128::from(value.0))).collect());
        let dealt = self.link.deal("input", &mine, lengths).await?.concat();
        let mut rest = &self.tag(dealt).await?[..];
        let mut columns = Vec::with_capacity(PARTIES);
        for length in lengths {
            let (column, others) = rest.split_at(length);
            columns.push(Shared::column(column.to_vec()));
            rest = others;
        }
        Ok(columns)
    }

    async fn mul(&mut self, x: &Shared<Self::Share>, y: &Shared<Self::Share>) -> Result<Shared<Self::Share>> {
        same_shape(x, y, "mul: two shapes")?;
        let product = self.multiply(x.shares(), y.shares()).await?;
        Ok(Shared::new(product, x.rows(), x.columns()))
    }

    async fn matmul(
        &mut self,
        x: &Shared<Self::Share>,
        y: &Shared<Self::Share>,
    ) -> Result<Shared<Self::Share>> {
        if x.columns() != y.rows() {
            return Err(Error::new(ErrorKind::ShapeMismatch, "matmul: inner sizes"));
        }
        let own = products::matrix(x.shares(), y.shares(), x.rows(), x.columns(), y.columns());
        Ok(Shared::new(self.multiplied(x.shares(), own).await?, x.rows(), y.columns()))
    }

    async fn dot(&mut self, x: &Shared<Self::Share>, y: &Shared<Self::Share>) -> Result<Shared<Self::Share>> {
        same_shape(x, y, "dot: two shapes")?;
        let own = products::by_row(x.shares(), y.shares(), x.rows(), x.columns());
        Ok(Shared::column(self.multiplied(x.shares(), own).await?))
    }

    async fn open(&mut self, x: &Shared<Self::Share>) -> Result<Vec<Z64>> {
        Ok(self.tell(x.shares(), [true; PARTIES]).await?.unwrap_or_default())
    }

    async fn reveal(&mut self, x: &Shared<Self::Share>, receivers: &[usize]) -> Result<Option<Vec<Z64>>> {
        let receivers = receiving(receivers)?;
        self.tell(x.shares(), receivers).await
    }

    async fn random(&mut self, len: usize) -> Result<Shared<Self::Share>> {
        let values = self.link.random(len);
        Ok(Shared::column(self.tag(values).await?))
    }

    /// Three rounds; 112 bytes from each party for a bit.
    async fn random_bits(&mut self, len: usize) -> Result<Shared<Self::Share>> {
        let bits = self.link.random(blocks(len));
        Ok(Shared::column(self.inject(&bits, len).await?))
    }

    async fn check(&mut self) -> Result<()> {
        self.check_gates().await?;
        self.check_products().await
    }
}
