//! The rounds, each used up by its step.
use std::collections::BTreeMap;

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::common::{Commit, Common, Opening, unless_any, wrong};
use super::complaint::{Complaint, read_sealed};
use super::evidence::{Word, read_word, word};
use super::key::{GroupKey, KeyShare};
use super::messages::Round;
use super::proof::{Known, Possession};
use super::setup::Setup;
use crate::codec::{Reader, Writer};
use crate::error::{Error, ErrorKind, Result};
use crate::field::Field;
use crate::group::{Point, Scalar};
use crate::mpc::identity::IdentityKey;
use crate::mpc::outbox::Outbox;
use crate::party::{Culprits, PartyId};
use crate::transcript::Digest;

/// Has committed, and waits for the others' commitments.
pub(super) struct Committed(pub(super) Common);

impl Committed {
    /// Draws a polynomial and commits to it.
    pub(super) fn start(
        setup: Setup,
        me: PartyId,
        identity: IdentityKey,
        rng: &mut impl CryptoRng,
    ) -> Result<(Self, Outbox)> {
        if setup.identity(me)? != identity.identity() {
            return Err(Error::new(ErrorKind::ParamsMismatch, "identity: not the one in the set-up"));
        }
        let draw = |_| Scalar::random(rng);
        let polynomial = Zeroizing::new((0..setup.threshold()).map(draw).collect::<Vec<Scalar>>());
        let run_key = Zeroizing::new(Scalar::random(rng));
        let mut nonce = [0; 32];
        rng.fill_bytes(&mut nonce);
        let possession = Possession::prove(&setup.hash(), me, Known::Term, &polynomial[0], rng);
        let opening =
            Opening { nonce, possession, points: polynomial.iter().map(Point::mul_generator).collect() };
        let commit = Commit {
            hash: opening.hash(&setup, me),
            run_key: Point::mul_generator(&run_key),
            possession: Possession::prove(&setup.hash(), me, Known::RunKey, &run_key, rng),
        };
        let mut common = Common {
            openings: BTreeMap::from([(me, opening.clone())]),
            commits: BTreeMap::from([(me, commit.clone())]),
            heard: BTreeMap::new(),
            opening,
            setup,
            me,
            identity,
            polynomial,
            run_key,
        };
        let message = common.message(Round::Commit, None, commit.to_payload());
        Ok((Self(common), Outbox::broadcast(message)))
    }

    pub(super) fn receive(mut self, incoming: &[(PartyId, Vec<u8>)]) -> Result<(Opened, Outbox)> {
        let common = &mut self.0;
        let commits = common.receive(Round::Commit, incoming, Commit::read)?;
        let bad = commits.iter().filter(|(party, commit)| !commit.holds(&common.setup, **party));
        unless_any(bad.map(|(party, _)| *party).collect(), "commit: possession of the key of the run")?;
        common.commits.extend(commits);
        let message = common.message(Round::Open, None, common.opening.to_payload());
        Ok((Opened(self.0), Outbox::broadcast(message)))
    }
}

/// Has opened, and waits for the others' openings.
pub(super) struct Opened(Common);

impl Opened {
    pub(super) fn receive(mut self, incoming: &[(PartyId, Vec<u8>)]) -> Result<(Sharing, Outbox)> {
        let common = &mut self.0;
        let openings = common.receive(Round::Open, incoming, Opening::read)?;
        let bad = |(party, opening): &(&PartyId, &Opening)| {
            opening.points.len() != common.setup.threshold()
                || opening.hash(&common.setup, **party) != common.commits[*party].hash
                || !opening.possession.holds(&common.setup.hash(), **party, Known::Term, &opening.points[0])
        };
        let culprits = openings.iter().filter(bad).map(|(party, _)| *party).collect();
        unless_any(culprits, "opening: hash, length or possession")?;
        common.openings.extend(openings);
        let mut shares = Vec::new();
        for to in common.setup.others(common.me) {
            let mask = common.mask(&common.shared_with(to), common.me, to);
            let sealed = *common.share_for(to) + *mask;
            shares.push((to, common.message(Round::Share, Some(to), sealed.to_bytes().to_vec())));
        }
        Ok((Sharing(self.0), Outbox::to_each(shares)))
    }
}

/// Has sent shares, and waits for its own.
pub(super) struct Sharing(Common);

impl Sharing {
    pub(super) fn receive(self, incoming: &[(PartyId, Vec<u8>)]) -> Result<(Complaining, Outbox)> {
        let mut common = self.0;
        let messages = common.collect(Round::Share, incoming)?;
        let mut shares = BTreeMap::from([(common.me, common.share_for(common.me))]);
        let mut complaints = Vec::new();
        for (dealer, message) in messages {
            let mask = common.mask(&common.shared_with(dealer), dealer, common.me);
            let share = read_sealed(message.payload()).map(|sealed| Zeroizing::new(sealed - *mask));
            match share {
                Ok(share) if common.fits(dealer, common.me, &share) => _ = shares.insert(dealer, share),
                _ => complaints.push(Complaint::about(&common, dealer, &message)),
            }
        }
        let len = 34 + complaints.iter().map(Complaint::len).sum::<usize>();
        let mut out = Writer::with_capacity(len);
        out.bytes(&common.view()).u16(u16::try_from(complaints.len()).expect("at most 255"));
        complaints.iter().for_each(|complaint| complaint.write(&mut out));
        let message = common.message(Round::Complain, None, out.into_bytes().to_vec());
        Ok((Complaining { common, shares, complaints }, Outbox::broadcast(message)))
    }
}

/// Has complained where it had to, and waits for the others' complaints.
pub(super) struct Complaining {
    common: Common,
    shares: BTreeMap<PartyId, Zeroizing<Scalar>>,
    complaints: Vec<Complaint>,
}

impl Complaining {
    /// Judges complaints if all parties heard the same before; if not, that is cleared up first.
    pub(super) fn receive(self, incoming: &[(PartyId, Vec<u8>)]) -> Result<(Confirming, Outbox)> {
        let Self { mut common, shares, complaints } = self;
        let read = |body: &mut Reader<'_>| Ok((body.array("complain: view")?, Complaint::read_all(body)?));
        let received = common.receive(Round::Complain, incoming, read)?;
        let view = common.view();
        let (mut views, mut culprits) = (BTreeMap::new(), Vec::new());
        for (accuser, (view, complaints)) in received.into_iter().chain([(common.me, (view, complaints))]) {
            views.insert(accuser, view);
            culprits.extend(complaints.iter().map(|complaint| complaint.judge(&common, accuser)));
        }
        let is_disputed = views.values().any(|theirs| *theirs != view);
        if !is_disputed {
            unless_any(culprits, "complain: a share that does not fit, or a complaint without cause")?;
        }
        let message = common.message(Round::Confirm, None, word(&common, is_disputed));
        Ok((Confirming { common, shares, views, is_disputed }, Outbox::broadcast(message)))
    }
}

/// Has said whether all heard the same, and waits to hear that from the others.
pub(super) struct Confirming {
    common: Common,
    shares: BTreeMap<PartyId, Zeroizing<Scalar>>,
    /// What each party said that it heard.
    views: BTreeMap<PartyId, Digest>,
    is_disputed: bool,
}

impl Confirming {
    pub(super) fn receive(self, incoming: &[(PartyId, Vec<u8>)]) -> Result<KeyShare> {
        let Self { mut common, shares, views, is_disputed } = self;
        let parties = common.setup.parties();
        let words: BTreeMap<PartyId, Word> =
            common.receive(Round::Confirm, incoming, |body| read_word(&parties, body))?;
        let mut culprits = Vec::new();
        for (party, word) in &words {
            match word {
                // It heard a view other than its own from here, and keeps silent about it.
                None if views[party] != views[&common.me] => culprits.push(*party),
                None => (),
                Some(evidence) => {
                    let found = evidence.compare(&common, *party, &views[party]);
                    // It heard what was heard here, where there was nothing to dispute.
                    let without_cause = found.is_empty() && !is_disputed;
                    culprits.extend(found.into_iter().chain(without_cause.then_some(*party)));
                }
            }
        }
        unless_any(culprits, "confirm: two stories of one party, or a word that does not hold")?;
        if is_disputed {
            return Err(wrong("confirm: the parties did not hear the same", Culprits::none()));
        }
        let value = shares.values().fold(Scalar::ZERO, |sum, share| sum + **share);
        let coefficient = |at: usize| {
            common.openings.values().fold(Point::identity(), |sum, opening| sum + opening.points[at])
        };
        let points = (0..common.setup.threshold()).map(coefficient).collect();
        let group = GroupKey::new(parties, points)?;
        KeyShare::new(group, common.me, Zeroizing::new(value))
    }
}
