//! A field box in the clear that compares as real ones do, by masked openings; for tests.
use super::FieldBox;
use crate::{
    error::Result,
    field::{Field, Fp192},
    mpc::{
        arithmetic::{Arithmetic, Element, NetworkProfile, Shared},
        testing::Clear,
    },
};

/// [`Clear`] without its own comparisons.
pub(super) struct Plain<E> {
    pub(super) clear: Clear<E>,
    pub(super) network: NetworkProfile,
    /// Everything that was opened.
    pub(super) opened: Vec<E>,
}

impl<E: Element> Plain<E> {
    pub(super) fn new(network: NetworkProfile) -> Self {
        Self { clear: Clear::new(3), network, opened: Vec::new() }
    }
}

/// The integers of a column in the wide field.
pub(super) fn column(values: &[i128]) -> Shared<Fp192> {
    Clear::values(values)
}

/// The entries as integers.
pub(super) fn integers<E: Element>(x: &Shared<E>) -> Vec<i128> {
    x.shares().iter().map(|value| value.to_i128_vartime().unwrap()).collect()
}

impl<E: Element> Arithmetic for Plain<E> {
    type Element = E;
    type Share = E;

    fn parties(&self) -> usize {
        self.clear.parties()
    }

    fn me(&self) -> usize {
        self.clear.me()
    }

    fn constant(&self, public: &[E]) -> Shared<E> {
        self.clear.constant(public)
    }

    async fn inputs(&mut self, mine: &[E], lengths: &[usize]) -> Result<Vec<Shared<E>>> {
        self.clear.inputs(mine, lengths).await
    }

    async fn mul(&mut self, x: &Shared<E>, y: &Shared<E>) -> Result<Shared<E>> {
        self.clear.mul(x, y).await
    }

    async fn matmul(&mut self, x: &Shared<E>, y: &Shared<E>) -> Result<Shared<E>> {
        self.clear.matmul(x, y).await
    }

    async fn dot(&mut self, x: &Shared<E>, y: &Shared<E>) -> Result<Shared<E>> {
        self.clear.dot(x, y).await
    }

    async fn open(&mut self, x: &Shared<E>) -> Result<Vec<E>> {
        let opened = self.clear.open(x).await?;
        self.opened.extend_from_slice(&opened);
        Ok(opened)
    }

    async fn reveal(&mut self, x: &Shared<E>, receivers: &[usize]) -> Result<Option<Vec<E>>> {
        self.clear.reveal(x, receivers).await
    }

    async fn random(&mut self, len: usize) -> Result<Shared<E>> {
        self.clear.random(len).await
    }

    async fn random_bits(&mut self, len: usize) -> Result<Shared<E>> {
        self.clear.random_bits(len).await
    }

    async fn check(&mut self) -> Result<()> {
        self.clear.check().await
    }
}

impl<E: Element + Field> FieldBox for Plain<E> {
    fn network(&self) -> NetworkProfile {
        self.network
    }
}
