//! What both boxes do with bare sharings: deal, draw, multiply, open.
use zeroize::Zeroizing;

use super::{
    BoxField,
    dealer::{Dealer, dealt_for, extract},
    prss::{Prss, is_small},
    scheme::Scheme,
};
use crate::{
    error::{Error, ErrorKind, Result},
    mpc::{arithmetic::Shared, session::Channel},
    secret::published,
    transcript::{Digest, Transcript},
};

/// Up to so many parties multiply in one round.
pub(super) const ALL_TO_ALL: usize = 4;

/// One party's end of all bare sharings.
pub(super) struct Engine<F> {
    pub(super) channel: Channel,
    pub(super) scheme: Scheme<F>,
    source: Source<F>,
    dealer: Dealer,
    /// What all computing parties should have heard alike, if that is compared.
    heard: Option<Transcript>,
}

/// Where random sharings come from.
enum Source<F> {
    Pseudo(Prss<F>),
    Dealt,
}

/// How the values of sharings are told.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Opening {
    /// The first `t + 1` computing parties send, and are believed.
    Believed,
    /// All computing parties send, and what they send must lie on polynomials of degree t.
    Verified,
    /// All computing parties send shares of degree 2t, and are believed.
    Wide,
}

impl<F: BoxField> Engine<F> {
    /// # Errors
    /// `InvalidParams` unless there are 3 to 50 parties; those of the agreement on keys.
    pub(super) async fn start(mut channel: Channel, compare: bool) -> Result<Self> {
        let scheme = Scheme::new(channel.parties(), channel.me())?;
        let dealer = Dealer::new(channel.rng());
        let source = match is_small(scheme.degree) {
            true => Source::Pseudo(Prss::agree(&mut channel, &scheme).await?),
            false => Source::Dealt,
        };
        let heard = compare.then(|| Transcript::new("veilkit v1 shamir box heard"));
        Ok(Self { channel, scheme, source, dealer, heard })
    }

    /// Shares of the values of all parties: a vector for each.
    pub(super) async fn deal(&mut self, mine: &[F], lengths: &[usize]) -> Result<Vec<Shared<F>>> {
        let (me, computing) = (self.scheme.me, self.scheme.computing);
        if lengths.len() != self.scheme.parties || lengths[me] != mine.len() {
            return Err(Error::new(ErrorKind::ShapeMismatch, "inputs: lengths"));
        }
        let mut dealt = self.dealer.deal(&self.scheme, mine, self.scheme.degree);
        let mut outgoing = vec![None; self.scheme.parties];
        for peer in self.scheme.peers() {
            outgoing[peer] = (!mine.is_empty()).then(|| F::to_message(dealt[peer].shares()));
        }
        let hears = |party: usize| party != me && me < computing && lengths[party] > 0;
        let from: Vec<bool> = (0..lengths.len()).map(hears).collect();
        let came = self.channel.exchange("inputs", outgoing, &from).await?;
        let mut all = Vec::with_capacity(lengths.len());
        for (party, length) in lengths.iter().enumerate() {
            all.push(match hears(party) {
                true => Shared::column(self.elements(
                    &came,
                    party,
                    *length,
                    "inputs: not as many as announced",
                )?),
                false if party == me && me < computing => {
                    core::mem::replace(&mut dealt[me], Shared::zeros(0, 1))
                }
                false => Shared::zeros(*length, 1),
            });
        }
        Ok(all)
    }

    /// Shares of random values that nobody knows.
    pub(super) async fn random(&mut self, len: usize) -> Result<Shared<F>> {
        match &mut self.source {
            Source::Pseudo(prss) => Ok(prss.random(len)),
            Source::Dealt => Ok(self.extracted(len, false).await?.0),
        }
    }

    /// Shares of random values that nobody knows, of degree t and of degree 2t.
    async fn doubles(&mut self, len: usize) -> Result<(Shared<F>, Shared<F>)> {
        match &mut self.source {
            Source::Pseudo(prss) => Ok(prss.doubles(len)),
            Source::Dealt => self.extracted(len, true).await,
        }
    }

    /// Shares of zeros of degree 2t.
    pub(super) async fn zeros(&mut self, len: usize) -> Result<Shared<F>> {
        if let Source::Pseudo(prss) = &mut self.source {
            return Ok(prss.zeros(len));
        }
        let (short, wide) = self.extracted(len, true).await?;
        Ok(&wide - &short)
    }

    /// Everybody deals random values, of degree t and, for doubles, also of degree 2t; fewer are made of them.
    async fn extracted(&mut self, len: usize, doubles: bool) -> Result<(Shared<F>, Shared<F>)> {
        if len == 0 {
            return Ok((Shared::zeros(0, 1), Shared::zeros(0, 1)));
        }
        let (me, count) = (self.scheme.me, dealt_for(&self.scheme, len));
        let mut outgoing = vec![None; self.scheme.parties];
        let mut mine = (Shared::zeros(0, 1), Shared::zeros(0, 1));
        if self.scheme.computes() {
            let values = self.dealer.values(count);
            let mut short = self.dealer.deal(&self.scheme, values.shares(), self.scheme.degree);
            let mut wide = match doubles {
                true => self.dealer.deal(&self.scheme, values.shares(), 2 * self.scheme.degree),
                false => (0..self.scheme.computing).map(|_| Shared::zeros(0, 1)).collect(),
            };
            for peer in self.scheme.peers() {
                let both = Shared::stacked(&[&short[peer], &wide[peer]]);
                outgoing[peer] = Some(F::to_message(both.shares()));
            }
            mine = (short.swap_remove(me), wide.swap_remove(me));
        }
        let came = self.channel.exchange("random: dealing", outgoing, &self.peers_mask()).await?;
        if !self.scheme.computes() {
            return Ok((Shared::zeros(len, 1), Shared::zeros(if doubles { len } else { 0 }, 1)));
        }
        let each = if doubles { 2 * count } else { count };
        let mut all = Vec::with_capacity(self.scheme.computing);
        for dealer in 0..self.scheme.computing {
            all.push(match dealer == me {
                true => Shared::stacked(&[&mine.0, &mine.1]),
                false => {
                    Shared::column(self.elements(&came, dealer, each, "random: not as many as asked for")?)
                }
            });
        }
        let half = |from: usize, to: usize| -> Vec<&[F]> {
            all.iter().map(|dealt| &dealt.shares()[from..to]).collect()
        };
        let short = extract(&self.scheme, &half(0, count), len);
        let wide = match doubles {
            true => extract(&self.scheme, &half(count, each), len),
            false => Shared::zeros(0, 1),
        };
        Ok((short, wide))
    }

    /// Shares of degree t of values that are shared with degree 2t: masked, opened, and the mask taken off.
    ///
    /// # Source
    /// \[DN07\], multiplication against passive corruption
    pub(super) async fn reduce(&mut self, products: Shared<F>) -> Result<Shared<F>> {
        match self.scheme.parties <= ALL_TO_ALL {
            true => self.reduce_at_once(products).await,
            false => self.reduce_in_slices(products).await,
        }
    }

    /// The same in one round, for more communication among many parties.
    pub(super) async fn reduce_at_once(&mut self, products: Shared<F>) -> Result<Shared<F>> {
        let len = products.len();
        let (short, masked) = self.masked(products).await?;
        let outgoing = self.to_peers(F::to_message(masked.shares()));
        let came = self.channel.exchange("multiply", outgoing, &self.peers_mask()).await?;
        if !self.scheme.computes() {
            return Ok(Shared::zeros(len, 1));
        }
        let vectors = self.of_computing(&came, masked, "multiply: not as many as there are products")?;
        let opened = self.scheme.wide(&slices(&vectors));
        Ok(self.unmasked(&opened, &short))
    }

    /// Each computing party opens a slice for the others.
    async fn reduce_in_slices(&mut self, products: Shared<F>) -> Result<Shared<F>> {
        let (me, computing) = (self.scheme.me, self.scheme.computing);
        let len = products.len();
        let size = len.div_ceil(computing);
        let slice = |party: usize| (size * party).min(len)..(size * (party + 1)).min(len);
        let (short, masked) = self.masked(products).await?;

        let mut outgoing = vec![None; self.scheme.parties];
        let mut from = vec![false; self.scheme.parties];
        for peer in self.scheme.peers().filter(|_| self.scheme.computes()) {
            let theirs = &masked.shares()[slice(peer)];
            outgoing[peer] = (!theirs.is_empty()).then(|| F::to_message(theirs));
            from[peer] = !slice(me).is_empty();
        }
        let came = self.channel.exchange("multiply", outgoing, &from).await?;
        let mine = match self.scheme.computes() && !slice(me).is_empty() {
            true => {
                let own = masked.rows_of(slice(me));
                let vectors = self.of_computing(&came, own, "multiply: not as many as there are products")?;
                self.scheme.wide(&slices(&vectors))
            }
            false => Vec::new(),
        };

        let outgoing = match mine.is_empty() {
            true => vec![None; self.scheme.parties],
            false => self.to_peers(F::to_message(&mine)),
        };
        let mut from = vec![false; self.scheme.parties];
        for peer in self.scheme.peers().filter(|_| self.scheme.computes()) {
            from[peer] = !slice(peer).is_empty();
        }
        let came = self.channel.exchange("multiply: opened", outgoing, &from).await?;
        if !self.scheme.computes() {
            return Ok(Shared::zeros(len, 1));
        }
        let mut opened = Vec::with_capacity(len);
        for party in 0..computing {
            match (party == me, slice(party).len()) {
                (_, 0) => {}
                (true, _) => opened.extend_from_slice(&mine),
                (false, count) => {
                    opened.extend(self.elements(
                        &came,
                        party,
                        count,
                        "multiply: not as many as in the slice",
                    )?);
                }
            }
        }
        Ok(self.unmasked(&opened, &short))
    }

    /// A double sharing's half of degree t, and the products masked by its other half.
    async fn masked(&mut self, mut products: Shared<F>) -> Result<(Shared<F>, Shared<F>)> {
        let (short, wide) = self.doubles(products.len()).await?;
        for (product, mask) in products.shares_mut().iter_mut().zip(wide.shares()) {
            *product = *product + *mask;
        }
        Ok((short, products))
    }

    fn unmasked(&mut self, opened: &[F], short: &Shared<F>) -> Shared<F> {
        self.hear("multiply", opened);
        Shared::column(opened.iter().zip(short.shares()).map(|(opened, mask)| *opened - *mask).collect())
    }

    /// Tells the receivers the values of sharings.
    ///
    /// # Errors
    /// `VerificationFailed` when shares do not lie on polynomials and should.
    pub(super) async fn open(
        &mut self,
        label: &'static str,
        shares: &Shared<F>,
        receivers: &[bool],
        opening: Opening,
    ) -> Result<Option<Vec<F>>> {
        let me = self.scheme.me;
        let senders = match opening {
            Opening::Believed => self.scheme.degree + 1,
            Opening::Verified | Opening::Wide => self.scheme.computing,
        };
        if shares.is_empty() {
            return Ok(receivers[me].then(Vec::new));
        }
        let message = (me < senders).then(|| Zeroizing::new(F::to_message(shares.shares())));
        let outgoing = receivers.iter().enumerate().map(|(party, receives)| {
            message.as_ref().filter(|_| *receives && party != me).map(|message| message.to_vec())
        });
        let from: Vec<bool> =
            (0..receivers.len()).map(|party| party < senders && party != me && receivers[me]).collect();
        let came = self.channel.exchange(label, outgoing.collect(), &from).await?;
        if !receivers[me] {
            return Ok(None);
        }
        let mut vectors = Vec::with_capacity(senders);
        for sender in 0..senders {
            vectors.push(match sender == me {
                true => shares.clone(),
                false => Shared::column(self.elements(
                    &came,
                    sender,
                    shares.len(),
                    "opening: not as many as asked for",
                )?),
            });
        }
        let vectors = slices(&vectors);
        match opening {
            Opening::Believed => Ok(Some(self.scheme.believed(&vectors))),
            Opening::Wide => Ok(Some(self.scheme.wide(&vectors))),
            Opening::Verified => self.scheme.verified(&vectors, NOT_ONE_POLYNOMIAL).map(Some),
        }
    }

    /// Notes public values that all computing parties should have got alike.
    pub(super) fn hear(&mut self, label: &'static str, values: &[F]) {
        if let Some(heard) = self.heard.as_mut().filter(|_| self.scheme.computes()) {
            heard.append(label, &F::to_message(values));
        }
    }

    /// A digest of all that was heard so far.
    pub(super) fn heard(&self) -> Digest {
        self.heard.as_ref().map_or([0; 32], |heard| published(heard.digest()))
    }

    /// Every party.
    pub(super) fn everybody(&self) -> Vec<bool> {
        vec![true; self.scheme.parties]
    }

    /// Whom a computing party hears when all computing parties speak.
    pub(super) fn peers_mask(&self) -> Vec<bool> {
        let computing = |party: usize| party < self.scheme.computing && party != self.scheme.me;
        (0..self.scheme.parties).map(|party| self.scheme.computes() && computing(party)).collect()
    }

    /// The computing parties.
    pub(super) fn computing(&self) -> Vec<bool> {
        (0..self.scheme.parties).map(|party| party < self.scheme.computing).collect()
    }

    /// One message for every other computing party, from a computing party.
    pub(super) fn to_peers(&self, message: Vec<u8>) -> Vec<Option<Vec<u8>>> {
        let message = Zeroizing::new(message);
        self.peers_mask().into_iter().map(|peer| peer.then(|| message.to_vec())).collect()
    }

    /// What a party sent, as exactly so many elements.
    ///
    /// # Errors
    /// `VerificationFailed` naming the party: the channel proves that it sent this.
    pub(super) fn elements(
        &self,
        came: &[Option<Zeroizing<Vec<u8>>>],
        party: usize,
        count: usize,
        what: &'static str,
    ) -> Result<Vec<F>> {
        let message = came[party].as_ref().map_or(&[][..], |message| message);
        F::from_message(message, count, what).map_err(|_| self.channel.cheat(what, party))
    }

    /// The vectors of all computing parties, mine among them.
    fn of_computing(
        &self,
        came: &[Option<Zeroizing<Vec<u8>>>],
        mine: Shared<F>,
        what: &'static str,
    ) -> Result<Vec<Shared<F>>> {
        let len = mine.len();
        let mut mine = Some(mine);
        (0..self.scheme.computing)
            .map(|party| match party == self.scheme.me {
                true => Ok(mine.take().expect("once")),
                false => self.elements(came, party, len, what).map(Shared::column),
            })
            .collect()
    }
}

/// Shares of degree t that do not fit each other.
pub(super) const NOT_ONE_POLYNOMIAL: &str = "opening: shares are not on one polynomial";

fn slices<F: BoxField>(vectors: &[Shared<F>]) -> Vec<&[F]> {
    vectors.iter().map(Shared::shares).collect()
}
