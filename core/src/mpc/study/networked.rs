//! A box of parties that are connected as the plan says.
use crate::{
    error::Result,
    mpc::{
        arithmetic::{Arithmetic, NetworkProfile, Shared},
        functions::{FieldBox, RandomMasks},
    },
};

/// A box whose comparisons are chosen for a network.
pub(in crate::mpc) struct Networked<B> {
    pub(in crate::mpc) inner: B,
    pub(in crate::mpc) network: NetworkProfile,
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

    async fn random_masks(
        &mut self,
        bits: usize,
        bounded: &[(usize, u32)],
    ) -> Result<RandomMasks<Self::Share>> {
        self.inner.random_masks(bits, bounded).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        field::Fp192,
        mpc::{
            arithmetic::{Comparison, Element},
            session::Channel,
            shamir_box::{Malicious, SemiHonest},
            testing::parties,
        },
    };

    /// The same machines far from each other: a round takes more than bytes.
    const FAR: NetworkProfile = NetworkProfile { round_trip: 1.0, bandwidth: 125e6 };
    /// The same machines at a thin line.
    const THIN: NetworkProfile = NetworkProfile { round_trip: 1e-4, bandwidth: 1e3 };

    /// The signs of 3 and -3, the openings of the comparison, and the bytes that were sent for it.
    async fn signs<B: FieldBox<Element = Fp192>>(inner: B, network: NetworkProfile) -> Result<Vec<Fp192>> {
        let mut b = Networked { inner, network };
        let x = b.constant(&[Fp192::from_i128(3), Fp192::from_i128(-3)]);
        let negative = b.is_negative(&x, 64).await?;
        b.open(&negative).await
    }

    /// How many rounds the protocol has, and how many bytes are sent.
    fn counted<Fut>(program: impl Fn(Channel) -> Fut) -> (usize, usize)
    where
        Fut: Future<Output = Result<Vec<Fp192>>> + Send + 'static,
    {
        let (mut turns, mut bytes) = (0, 0);
        let outcomes = parties::run_with(3, b"networked", program, |deliveries| {
            turns += usize::from(!deliveries.is_empty());
            bytes += deliveries.iter().map(|delivery| delivery.bytes.len()).sum::<usize>();
        });
        for outcome in outcomes {
            assert_eq!(outcome, Ok(vec![Fp192::from_i128(0), Fp192::from_i128(1)]));
        }
        (turns, bytes)
    }

    #[test]
    fn the_profile_chooses_between_rounds_and_bytes() {
        let semi_honest = |network| {
            counted(move |channel| async move { signs(SemiHonest::new(channel).await?, network).await })
        };
        let ((far, more), (near, fewer)) = (semi_honest(FAR), semi_honest(THIN));
        // Of 63 bits: an opening and 6 multiplications after the masks, or three openings and 2 multiplications; for the second, the
        // random factors take a round of their own.
        assert!(far < near && more > fewer, "{far} rounds of {more} bytes, {near} of {fewer}");
        // What verifies an opening costs so many rounds that the logarithm is never worse.
        let malicious = |network| {
            counted(move |channel| async move { signs(Malicious::new(channel).await?, network).await })
        };
        assert_eq!(malicious(FAR), malicious(THIN));
    }
}
