//! A box that says of what it opens that it is public: everybody sees it, and code may go by it.
use veilkit::{
    Result,
    field::Field,
    mpc::{
        arithmetic::{Arithmetic, NetworkProfile, Shared},
        functions::FieldBox,
        session::Channel,
        testing::parties,
    },
};

use crate::memcheck::public;

/// A box whose opened values are public, over a network that chooses how it compares.
pub(super) struct Seen<B> {
    pub(super) inner: B,
    pub(super) network: NetworkProfile,
}

impl<B> Seen<B> {
    pub(super) fn new(inner: B) -> Self {
        Self { inner, network: NetworkProfile::WAN }
    }
}

impl<B: FieldBox> Arithmetic for Seen<B>
where
    B::Element: Field,
{
    type Element = B::Element;
    type Share = B::Share;

    fn parties(&self) -> usize {
        self.inner.parties()
    }

    fn me(&self) -> usize {
        self.inner.me()
    }

    fn constant(&self, values: &[B::Element]) -> Shared<B::Share> {
        self.inner.constant(values)
    }

    async fn inputs(&mut self, mine: &[B::Element], lengths: &[usize]) -> Result<Vec<Shared<B::Share>>> {
        self.inner.inputs(mine, lengths).await
    }

    async fn mul(&mut self, x: &Shared<B::Share>, y: &Shared<B::Share>) -> Result<Shared<B::Share>> {
        self.inner.mul(x, y).await
    }

    async fn matmul(&mut self, x: &Shared<B::Share>, y: &Shared<B::Share>) -> Result<Shared<B::Share>> {
        self.inner.matmul(x, y).await
    }

    async fn dot(&mut self, x: &Shared<B::Share>, y: &Shared<B::Share>) -> Result<Shared<B::Share>> {
        self.inner.dot(x, y).await
    }

    async fn open(&mut self, x: &Shared<B::Share>) -> Result<Vec<B::Element>> {
        let mut opened = self.inner.open(x).await?;
        public(opened.as_mut_slice());
        Ok(opened)
    }

    async fn reveal(&mut self, x: &Shared<B::Share>, receivers: &[usize]) -> Result<Option<Vec<B::Element>>> {
        let mut revealed = self.inner.reveal(x, receivers).await?;
        if let Some(values) = &mut revealed {
            public(values.as_mut_slice());
        }
        Ok(revealed)
    }

    async fn random(&mut self, len: usize) -> Result<Shared<B::Share>> {
        self.inner.random(len).await
    }

    async fn random_bits(&mut self, len: usize) -> Result<Shared<B::Share>> {
        self.inner.random_bits(len).await
    }

    async fn check(&mut self) -> Result<()> {
        self.inner.check().await
    }
}

impl<B: FieldBox> FieldBox for Seen<B> {
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

/// Runs a program at three parties; what is on the way is public, since it is sealed.
pub(super) fn among_three<O, Fut>(program: impl Fn(Channel) -> Fut) -> Vec<O>
where
    Fut: Future<Output = Result<O>> + Send + 'static,
{
    let sealed = |messages: &mut Vec<parties::Delivery>| {
        messages.iter_mut().for_each(|message| public(message.bytes.as_mut_slice()));
    };
    let ends = parties::run_with(3, b"constant time", program, sealed);
    ends.into_iter().map(|end| end.expect("every party is honest")).collect()
}
