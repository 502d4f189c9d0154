//! Passive corruption of one of three parties.
use super::{
    Z64,
    link::{Link, PARTIES, after},
    pair::Pair,
    products,
};
use crate::{
    error::{Error, ErrorKind, Result},
    mpc::{
        arithmetic::{Arithmetic, Shared},
        session::Channel,
    },
};

mod addition;
pub(super) mod comparison;

/// Three parties, one of them passively corrupted: it follows the protocol and wants to learn from what it sees.
///
/// A multiplication costs each party one message of 8 bytes, in one round; so does an entry of a matrix product.
///
/// # Security
/// Against a party that deviates there is nothing: results may be wrong, and secrets may leave. For that case there is
/// [`Malicious`](super::Malicious). Keys between pairs of parties are pseudorandom, so privacy is computational.
/// # Source
/// \[AFLNO16\]: shares and multiplication. Comparison: see `addition`.
pub struct SemiHonest {
    link: Link,
}

impl SemiHonest {
    /// A box over a session of three parties. No message.
    ///
    /// # Errors
    /// `InvalidParams` unless there are three parties.
    pub fn new(channel: Channel) -> Result<Self> {
        Ok(Self { link: Link::new(channel)? })
    }

    /// What the box speaks through, for protocols beside it.
    pub fn channel(&mut self) -> &mut Channel {
        &mut self.link.channel
    }

    /// Tells the receivers a value: the summand that each lacks is known to the party before it.
    async fn tell(&mut self, x: &[Pair<Z64>], receivers: [bool; PARTIES]) -> Result<Option<Vec<Z64>>> {
        let me = self.link.me;
        let message = receivers[after(me)].then(|| self.link.message(x.iter().map(|share| share.mine)));
        let (from_before, _) = self.link.pass_from("open", None, message, receivers[me], false).await?;
        if !receivers[me] {
            return Ok(None);
        }
        let missing = self.link.words::<Z64>(&from_before, x.len())?;
        Ok(Some(x.iter().zip(missing).map(|(share, missing)| share.mine + share.next + missing).collect()))
    }
}

/// Whether each position receives.
///
/// # Errors
/// `UnknownParty` for a receiver that is no position.
pub(super) fn receiving(receivers: &[usize]) -> Result<[bool; PARTIES]> {
    let mut receiving = [false; PARTIES];
    for receiver in receivers {
        *receiving
            .get_mut(*receiver)
            .ok_or(Error::new(ErrorKind::UnknownParty, "reveal: a receiver that is no position"))? = true;
    }
    Ok(receiving)
}

/// The lengths of everyone's inputs.
///
/// # Errors
/// `ShapeMismatch` unless there are three and this party has as many values as it should.
pub(super) fn input_lengths(me: usize, mine: usize, lengths: &[usize]) -> Result<[usize; PARTIES]> {
    let error = Error::new(ErrorKind::ShapeMismatch, "inputs: lengths");
    let lengths = <[usize; PARTIES]>::try_from(lengths).map_err(|_| error.clone())?;
    if lengths[me] == mine { Ok(lengths) } else { Err(error) }
}

/// # Errors
/// `ShapeMismatch` for two shapes.
pub(super) fn same_shape<S: zeroize::Zeroize>(
    x: &Shared<S>,
    y: &Shared<S>,
    what: &'static str,
) -> Result<()> {
    if x.rows() == y.rows() && x.columns() == y.columns() {
        return Ok(());
    }
    Err(Error::new(ErrorKind::ShapeMismatch, what))
}

impl Arithmetic for SemiHonest {
    type Element = Z64;
    type Share = Pair<Z64>;

    fn parties(&self) -> usize {
        PARTIES
    }

    fn me(&self) -> usize {
        self.link.me
    }

    fn constant(&self, public: &[Z64]) -> Shared<Pair<Z64>> {
        Shared::column(public.iter().map(|value| Pair::at_slot(self.link.me, 0, *value)).collect())
    }

    async fn inputs(&mut self, mine: &[Z64], lengths: &[usize]) -> Result<Vec<Shared<Pair<Z64>>>> {
        let lengths = input_lengths(self.link.me, mine.len(), lengths)?;
        Ok(self.link.deal("input", mine, lengths).await?.map(Shared::column).into())
    }

    async fn mul(&mut self, x: &Shared<Pair<Z64>>, y: &Shared<Pair<Z64>>) -> Result<Shared<Pair<Z64>>> {
        same_shape(x, y, "mul: two shapes")?;
        let own = products::by_entry(x.shares(), y.shares());
        let product = self.link.reshare_each("multiply", x.len(), own).await?;
        Ok(Shared::new(product, x.rows(), x.columns()))
    }

    async fn matmul(&mut self, x: &Shared<Pair<Z64>>, y: &Shared<Pair<Z64>>) -> Result<Shared<Pair<Z64>>> {
        if x.columns() != y.rows() {
            return Err(Error::new(ErrorKind::ShapeMismatch, "matmul: inner sizes"));
        }
        let own = products::matrix(x.shares(), y.shares(), x.rows(), x.columns(), y.columns());
        Ok(Shared::new(self.link.reshare("multiply", &own).await?, x.rows(), y.columns()))
    }

    async fn dot(&mut self, x: &Shared<Pair<Z64>>, y: &Shared<Pair<Z64>>) -> Result<Shared<Pair<Z64>>> {
        same_shape(x, y, "dot: two shapes")?;
        let own = products::by_row(x.shares(), y.shares(), x.rows(), x.columns());
        Ok(Shared::column(self.link.reshare("multiply", &own).await?))
    }

    async fn open(&mut self, x: &Shared<Pair<Z64>>) -> Result<Vec<Z64>> {
        Ok(self.tell(x.shares(), [true; PARTIES]).await?.unwrap_or_default())
    }

    async fn reveal(&mut self, x: &Shared<Pair<Z64>>, receivers: &[usize]) -> Result<Option<Vec<Z64>>> {
        let receivers = receiving(receivers)?;
        self.tell(x.shares(), receivers).await
    }

    async fn random(&mut self, len: usize) -> Result<Shared<Pair<Z64>>> {
        Ok(Shared::column(self.link.random(len)))
    }

    /// Random bits cost nothing as bits; two rounds make numbers of them.
    async fn random_bits(&mut self, len: usize) -> Result<Shared<Pair<Z64>>> {
        let bits = self.link.random(super::lanes::blocks(len));
        Ok(Shared::column(self.inject(&bits, len).await?))
    }

    async fn check(&mut self) -> Result<()> {
        Ok(())
    }
}
