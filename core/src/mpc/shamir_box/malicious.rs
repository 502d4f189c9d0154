//! The box against parties that send anything.
use core::fmt;

use super::{
    Authenticated, BoxField, bits,
    check::Spare,
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

/// One party's side of a box that up to `t = floor((n - 1) / 2)` cheating parties learn nothing from and cannot make give a
/// wrong result: they can only make it end with an error.
///
/// Every value x is shared twice, as x and as `r x` for a key r that nobody knows. Multiplication of bare sharings is
/// only safe up to errors that a cheat adds \[GIPST14\]; an error in x is found because nobody can add r times the error to `r x`.
///
/// # Security
/// Malicious with abort. Nothing is opened before all that came before it has been checked (see [`check`](Arithmetic::check)): an
/// opening of an unverified product could tell a cheat what an error did to it.
/// A cheat stays undetected with a chance of at most `5 / |F|` for each check: below 2^-58 over `Fp61`. Parties are named only
/// for messages that no honest party sends, such as too few elements: with `2t + 1` shares of which t may be wrong, no set of
/// shares proves who is wrong.
/// # Source
/// \[CGHIKLN18\], the protocol for large fields, with a check that keeps the key secret by \[KOS16\].
pub struct Malicious<F: BoxField> {
    pub(super) engine: Engine<F>,
    /// My share of r.
    pub(super) key: Shared<F>,
    /// What the next check covers.
    pub(super) pending: Vec<Shared<Authenticated<F>>>,
    /// Products with the key that checks use up.
    pub(super) spare: Vec<Spare<F>>,
    /// The checks so far.
    pub(super) checks: u64,
}

impl<F: BoxField> Malicious<F> {
    /// Opens the box among all parties of the channel.
    ///
    /// # Errors
    /// `InvalidParams` unless there are 3 to 50 parties; `VerificationFailed` when keys were not agreed alike.
    pub async fn new(channel: Channel) -> Result<Self> {
        let mut engine = Engine::start(channel, true).await?;
        let key = engine.random(1).await?;
        Ok(Self { engine, key, pending: Vec::new(), spare: Vec::new(), checks: 0 })
    }

    /// Sharings of degree t from products of values, followed by products for their tags.
    async fn reduced(
        &mut self,
        products: Shared<F>,
        rows: usize,
        columns: usize,
    ) -> Result<Shared<Authenticated<F>>> {
        if products.is_empty() {
            return Ok(Shared::zeros(rows, columns));
        }
        let reduced = self.engine.reduce(products).await?;
        let (values, tags) = reduced.shares().split_at(rows * columns);
        let pairs = values.iter().zip(tags).map(|(value, mac)| Authenticated { value: *value, mac: *mac });
        let result = Shared::new(pairs.collect(), rows, columns);
        self.pending.push(result.clone());
        Ok(result)
    }

    /// Values with their tags.
    async fn authenticated(&mut self, values: &[Shared<F>]) -> Result<Vec<Shared<Authenticated<F>>>> {
        let key = self.key();
        let mut products = Vec::with_capacity(values.iter().map(Shared::len).sum());
        values.iter().for_each(|x| products.extend(x.shares().iter().map(|value| *value * key)));
        let tags = match products.is_empty() {
            true => Shared::zeros(0, 1),
            false => self.engine.reduce(Shared::column(products)).await?,
        };
        let mut tags = tags.shares().iter();
        let with_tags = |x: &Shared<F>| {
            x.map(|value| Authenticated { value, mac: *tags.next().expect("a tag for each value") })
        };
        let result: Vec<_> = values.iter().map(with_tags).collect();
        self.pending.extend(result.iter().filter(|x| !x.is_empty()).cloned());
        Ok(result)
    }

    pub(super) fn key(&self) -> F {
        self.key.shares()[0]
    }
}

/// `x y` and `(r x) y` by any kind of product.
fn both<F: BoxField>(product: impl Fn(fn(&Authenticated<F>) -> F) -> Vec<F>) -> Shared<F> {
    let [values, tags] = [product(|x| x.value), product(|x| x.mac)].map(Shared::column);
    Shared::stacked(&[&values, &tags])
}

impl<F: BoxField> Arithmetic for Malicious<F> {
    type Element = F;
    type Share = Authenticated<F>;

    fn parties(&self) -> usize {
        self.engine.scheme.parties
    }

    fn me(&self) -> usize {
        self.engine.scheme.me
    }

    fn constant(&self, public: &[F]) -> Shared<Authenticated<F>> {
        let key = self.key();
        match self.engine.scheme.computes() {
            true => Shared::column(
                public.iter().map(|value| Authenticated { value: *value, mac: key * *value }).collect(),
            ),
            false => Shared::zeros(public.len(), 1),
        }
    }

    /// The round of the dealing, then a multiplication by the key.
    async fn inputs(&mut self, mine: &[F], lengths: &[usize]) -> Result<Vec<Shared<Authenticated<F>>>> {
        let dealt = self.engine.deal(mine, lengths).await?;
        self.authenticated(&dealt).await
    }

    async fn mul(
        &mut self,
        x: &Shared<Authenticated<F>>,
        y: &Shared<Authenticated<F>>,
    ) -> Result<Shared<Authenticated<F>>> {
        local::same_shape(x, y, "mul: two shapes")?;
        let products =
            both(|part| x.shares().iter().zip(y.shares()).map(|(x, y)| part(x) * y.value).collect());
        self.reduced(products, x.rows(), x.columns()).await
    }

    async fn matmul(
        &mut self,
        x: &Shared<Authenticated<F>>,
        y: &Shared<Authenticated<F>>,
    ) -> Result<Shared<Authenticated<F>>> {
        local::inner_sizes(x, y)?;
        let transposed = y.transposed();
        let products = both(|part| {
            local::matrix_product(x.shares(), transposed.shares(), x.columns(), part, |y| y.value)
        });
        self.reduced(products, x.rows(), y.columns()).await
    }

    async fn dot(
        &mut self,
        x: &Shared<Authenticated<F>>,
        y: &Shared<Authenticated<F>>,
    ) -> Result<Shared<Authenticated<F>>> {
        local::same_shape(x, y, "dot: two shapes")?;
        let products =
            both(|part| local::row_products(x.shares(), y.shares(), x.columns(), part, |y| y.value));
        self.reduced(products, x.rows(), 1).await
    }

    /// A [`check`](Arithmetic::check), then one round: all computing parties send their shares, and every receiver verifies that
    /// they lie on polynomials of degree t.
    async fn open(&mut self, x: &Shared<Authenticated<F>>) -> Result<Vec<F>> {
        self.check().await?;
        let everybody = self.engine.everybody();
        let values = x.map(|x| x.value);
        let opened =
            self.engine.open("open", &values, &everybody, Opening::Verified).await?.unwrap_or_default();
        self.engine.hear("open", &opened);
        Ok(opened)
    }

    /// The values are multiplied by one, so that their shares depend on the values alone; then a
    /// [`check`](Arithmetic::check), and one round as in [`open`](Arithmetic::open).
    async fn reveal(&mut self, x: &Shared<Authenticated<F>>, receivers: &[usize]) -> Result<Option<Vec<F>>> {
        let receivers = bits::receivers(receivers, self.parties())?;
        let products = both(|part| x.shares().iter().map(part).collect());
        let fresh = self.reduced(products, x.rows(), x.columns()).await?;
        self.check().await?;
        self.engine.open("reveal", &fresh.map(|x| x.value), &receivers, Opening::Verified).await
    }

    async fn random(&mut self, len: usize) -> Result<Shared<Authenticated<F>>> {
        let values = self.engine.random(len).await?;
        let mut result = self.authenticated(&[values]).await?;
        Ok(result.pop().expect("one column"))
    }

    async fn random_bits(&mut self, len: usize) -> Result<Shared<Authenticated<F>>> {
        bits::random(self, len).await
    }

    async fn check(&mut self) -> Result<()> {
        self.verify().await
    }
}

impl<F: BoxField> fmt::Debug for Malicious<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Malicious").field("checks", &self.checks).finish_non_exhaustive()
    }
}
