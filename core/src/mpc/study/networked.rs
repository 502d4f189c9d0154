//! A box of parties that are connected as the plan says.
use crate::{
    error::Result,
    mpc::{
        arithmetic::{Arithmetic, NetworkProfile, Shared},
        functions::FieldBox,
    },
};

/// A box whose comparisons are chosen for a network.
pub(super) struct Networked<B> {
    pub(super) inner: B,
    pub(super) network: NetworkProfile,
}

impl<B: FieldBox> Arithmetic for Networked<B> {
    type Element = B::Element;
    type Share = B::Share;

    fn parties(&self) -> usize {
        self.inner.parties()
    }

    fn me(&self) -> usize {
        self.inner.me()
    }

    fn constant(&self, public: &[Self::Element]) -> Shared<Self::Share> {
        self.inner.constant(public)
    }

    async fn inputs(
        &mut self,
        mine: &[Self::Element],
        lengths: &[usize],
    ) -> Result<Vec<Shared<Self::Share>>> {
        self.inner.inputs(mine, lengths).await
    }

    async fn mul(&mut self, x: &Shared<Self::Share>, y: &Shared<Self::Share>) -> Result<Shared<Self::Share>> {
        self.inner.mul(x, y).await
    }

    async fn matmul(
        &mut self,
        x: &Shared<Self::Share>,
        y: &Shared<Self::Share>,
    ) -> Result<Shared<Self::Share>> {
        self.inner.matmul(x, y).await
    }

    async fn dot(&mut self, x: &Shared<Self::Share>, y: &Shared<Self::Share>) -> Result<Shared<Self::Share>> {
        self.inner.dot(x, y).await
    }

    async fn open(&mut self, x: &Shared<Self::Share>) -> Result<Vec<Self::Element>> {
        self.inner.open(x).await
    }

    async fn reveal(
        &mut self,
        x: &Shared<Self::Share>,
        receivers: &[usize],
    ) -> Result<Option<Vec<Self::Element>>> {
        self.inner.reveal(x, receivers).await
    }

    async fn random(&mut self, len: usize) -> Result<Shared<Self::Share>> {
        self.inner.random(len).await
    }

    async fn random_bits(&mut self, len: usize) -> Result<Shared<Self::Share>> {
        self.inner.random_bits(len).await
    }

    async fn check(&mut self) -> Result<()> {
        self.inner.check().await
    }
}

impl<B: FieldBox> FieldBox for Networked<B> {
    fn network(&self) -> NetworkProfile {
        self.network
    }

    fn multiplication_rounds(&self) -> u64 {
        self.inner.multiplication_rounds()
    }

    fn opening_rounds(&self) -> u64 {
        self.inner.opening_rounds()
    }
}
