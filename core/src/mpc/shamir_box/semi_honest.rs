//! The box against parties that follow the protocol.
use core::fmt;

use super::{
    BoxField, bits,
    engine::{Engine, Opening},
    local,
};
use crate::{
    error::Result,
    mpc::{
        arithmetic::{Arithmetic, Shared},
        session::Channel,
    },
};

/// One party's side of a box that up to `t = floor((n - 1) / 2)` curious parties learn nothing from.
///
/// # Security
/// Passive corruption only: a party that sends a wrong share changes the result, and nobody notices. Privacy is
/// perfect but for the pseudo-random keystream.
/// # Source
/// \[DN07\] for multiplication, \[CDI05\] for random sharings among few parties.
pub struct SemiHonest<F> {
    engine: Engine<F>,
}

impl<F: BoxField> SemiHonest<F> {
    /// Opens the box among all parties of the channel.
    ///
    /// # Errors
    /// `InvalidParams` unless there are 3 to 50 parties; `VerificationFailed` when keys were not agreed alike.
    pub async fn new(channel: Channel) -> Result<Self> {
        Ok(Self { engine: Engine::start(channel, false).await? })
    }

    async fn reduced(&mut self, products: Vec<F>, rows: usize, columns: usize) -> Result<Shared<F>> {
        if products.is_empty() {
            return Ok(Shared::zeros(rows, columns));
        }
        Ok(self.engine.reduce(Shared::column(products)).await?.reshaped(rows, columns))
    }
}

impl<F: BoxField> Arithmetic for SemiHonest<F> {
    type Element = F;
    type Share = F;

    fn parties(&self) -> usize {
        self.engine.scheme.parties
    }

    fn me(&self) -> usize {
        self.engine.scheme.me
    }

    fn constant(&self, public: &[F]) -> Shared<F> {
        match self.engine.scheme.computes() {
            true => Shared::column(public.to_vec()),
            false => Shared::zeros(public.len(), 1),
        }
    }

    /// One round; each value costs one element to each computing party.
    async fn inputs(&mut self, mine: &[F], lengths: &[usize]) -> Result<Vec<Shared<F>>> {
        self.engine.deal(mine, lengths).await
    }

    async fn mul(&mut self, x: &Shared<F>, y: &Shared<F>) -> Result<Shared<F>> {
        local::same_shape(x, y, "mul: two shapes")?;
        let products = x.shares().iter().zip(y.shares()).map(|(x, y)| *x * *y).collect();
        self.reduced(products, x.rows(), x.columns()).await
    }

    async fn matmul(&mut self, x: &Shared<F>, y: &Shared<F>) -> Result<Shared<F>> {
        local::inner_sizes(x, y)?;
        let transposed = y.transposed();
        let products = local::matrix_product(x.shares(), transposed.shares(), x.columns(), |x| *x, |y| *y);
        self.reduced(products, x.rows(), y.columns()).await
    }

    async fn dot(&mut self, x: &Shared<F>, y: &Shared<F>) -> Result<Shared<F>> {
        local::same_shape(x, y, "dot: two shapes")?;
        let products = local::row_products(x.shares(), y.shares(), x.columns(), |x| *x, |y| *y);
        self.reduced(products, x.rows(), 1).await
    }

    /// One round: `t + 1` parties send their shares.
    async fn open(&mut self, x: &Shared<F>) -> Result<Vec<F>> {
        let everybody = self.engine.everybody();
        Ok(self.engine.open("open", x, &everybody, Opening::Believed).await?.unwrap_or_default())
    }

    /// One round: the shares are masked by a sharing of zero of degree 2t, so that they depend on the values alone.
    async fn reveal(&mut self, x: &Shared<F>, receivers: &[usize]) -> Result<Option<Vec<F>>> {
        let receivers = bits::receivers(receivers, self.parties())?;
        let zeros = self.engine.zeros(x.len()).await?.reshaped(x.rows(), x.columns());
        self.engine.open("reveal", &(x + &zeros), &receivers, Opening::Wide).await
    }

    async fn random(&mut self, len: usize) -> Result<Shared<F>> {
        self.engine.random(len).await
    }

    async fn random_bits(&mut self, len: usize) -> Result<Shared<F>> {
        bits::random(self, len).await
    }

    async fn check(&mut self) -> Result<()> {
        Ok(())
    }
}

impl<F> fmt::Debug for SemiHonest<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SemiHonest").finish_non_exhaustive()
    }
}
