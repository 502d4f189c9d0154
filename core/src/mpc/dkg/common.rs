//! What every round carries on.
use std::collections::BTreeMap;

use zeroize::Zeroizing;

use super::key::evaluate_points;
use super::messages::{Entry, Message, Round};
use super::proof::{Known, Pair, Possession};
use super::setup::Setup;
use crate::codec::{Decode, Encode, Reader, Writer};
use crate::error::{Error, ErrorKind, Result};
use crate::field::Field;
use crate::group::{Point, Scalar};
use crate::mpc::identity::IdentityKey;
use crate::mpc::inbox::Inbox;
use crate::party::{Culprits, PartyId};
use crate::secret::declassify;
use crate::transcript::{Digest, Transcript};

/// What every round carries on.
pub(super) struct Common {
    pub(super) setup: Setup,
    pub(super) me: PartyId,
    pub(super) identity: IdentityKey,
    /// Coefficients, constant term first.
    pub(super) polynomial: Zeroizing<Vec<Scalar>>,
    /// The secret half of the key of the run.
    pub(super) run_key: Zeroizing<Scalar>,
    pub(super) opening: Opening,
    /// The hash of every opening so far, and the keys of the run, by party.
    pub(super) commits: BTreeMap<PartyId, Commit>,
    pub(super) openings: BTreeMap<PartyId, Opening>,
    /// What was sent to all, by party and round.
    pub(super) heard: BTreeMap<(PartyId, Round), Entry>,
}

#[derive(Clone)]
pub(super) struct Commit {
    pub(super) hash: Digest,
    pub(super) run_key: Point,
    pub(super) possession: Possession,
}

#[derive(Clone)]
pub(super) struct Opening {
    pub(super) nonce: [u8; 32],
    pub(super) possession: Possession,
    pub(super) points: Vec<Point>,
}

/// Parties whose own signatures prove that they cheated.
pub(super) fn wrong(what: &'static str, culprits: impl Into<Culprits>) -> Error {
    Error::new(ErrorKind::VerificationFailed, what).blame(culprits)
}

/// The error that names these, if there are any.
///
/// # Errors
/// `VerificationFailed`.
pub(super) fn unless_any(culprits: Vec<PartyId>, what: &'static str) -> Result<()> {
    match culprits.is_empty() {
        true => Ok(()),
        false => Err(wrong(what, culprits.into_iter().collect::<Culprits>())),
    }
}

impl Commit {
    pub(super) fn to_payload(&self) -> Vec<u8> {
        let mut out = Writer::with_capacity(64 + Possession::LEN);
        out.bytes(&self.hash);
        self.run_key.write(&mut out);
        self.possession.write(&mut out);
        out.into_bytes().to_vec()
    }

    pub(super) fn read(body: &mut Reader<'_>) -> Result<Self> {
        Ok(Self {
            hash: body.array("commit: hash")?,
            run_key: Point::read_nonidentity(body, "commit: key of the run")?,
            possession: Possession::read(body)?,
        })
    }

    /// Whether the party knows its key of the run.
    pub(super) fn holds(&self, setup: &Setup, party: PartyId) -> bool {
        self.possession.holds(&setup.hash(), party, Known::RunKey, &self.run_key)
    }
}

impl Opening {
    pub(super) fn to_payload(&self) -> Vec<u8> {
        let mut out = Writer::with_capacity(32 + Possession::LEN + 2 + 32 * self.points.len());
        out.bytes(&self.nonce);
        self.possession.write(&mut out);
        out.u16(u16::try_from(self.points.len()).expect("at most 255"));
        self.points.iter().for_each(|point| point.write(&mut out));
        out.into_bytes().to_vec()
    }

    pub(super) fn read(body: &mut Reader<'_>) -> Result<Self> {
        let nonce = body.array("open: nonce")?;
        let possession = Possession::read(body)?;
        let count = usize::from(body.u16("open: points")?);
        let points = Point::read_many_nonidentity(body, count, "open: point")?;
        Ok(Self { nonce, possession, points })
    }

    pub(super) fn hash(&self, setup: &Setup, party: PartyId) -> Digest {
        let mut transcript = Transcript::new("veilkit v1 dkg opening");
        transcript
            .append("setup", &setup.hash())
            .append_u64("party", party.get().into())
            .append("opening", &self.to_payload());
        transcript.digest()
    }
}

impl Common {
    /// Signs a message; what is for all is remembered as what the others hear.
    pub(super) fn message(&mut self, round: Round, receiver: Option<PartyId>, payload: Vec<u8>) -> Vec<u8> {
        let message = Message::sign(&self.setup, round, self.me, receiver, payload, &self.identity);
        if receiver.is_none() {
            self.heard.insert((self.me, round), message.entry());
        }
        message.to_bytes().to_vec()
    }

    /// One checked message from each other party.
    pub(super) fn collect(
        &mut self,
        round: Round,
        incoming: &[(PartyId, Vec<u8>)],
    ) -> Result<BTreeMap<PartyId, Message>> {
        let open = |from: PartyId, bytes: &[u8]| -> Result<Message> {
            let message = Message::from_bytes(bytes, ())?;
            message.check(&self.setup, round, from, self.me)?;
            Ok(message)
        };
        let inbox = Inbox::collect(&self.setup.parties(), self.me, |_| false, incoming, open)?;
        let messages = inbox.complete(self.setup.others(self.me))?;
        if round != Round::Share {
            self.heard.extend(messages.iter().map(|(from, message)| ((*from, round), message.entry())));
        }
        Ok(messages)
    }

    /// As [`Common::collect`], each payload read in full.
    ///
    /// # Errors
    /// As there; `VerificationFailed`, naming every sender whose payload cannot be read: it signed it.
    pub(super) fn receive<M>(
        &mut self,
        round: Round,
        incoming: &[(PartyId, Vec<u8>)],
        read: impl Fn(&mut Reader<'_>) -> Result<M>,
    ) -> Result<BTreeMap<PartyId, M>> {
        let (mut all, mut culprits) = (BTreeMap::new(), Vec::new());
        for (from, message) in self.collect(round, incoming)? {
            let mut body = Reader::new(message.payload());
            match read(&mut body).and_then(|parsed| body.finish().map(|()| parsed)) {
                Ok(parsed) => _ = all.insert(from, parsed),
                Err(_) => culprits.push(from),
            }
        }
        unless_any(culprits, "message: payload")?;
        Ok(all)
    }

    /// The value of the own polynomial at a party's number.
    pub(super) fn share_for(&self, party: PartyId) -> Zeroizing<Scalar> {
        let x = Scalar::from_u64(party.get().into());
        Zeroizing::new(self.polynomial.iter().rev().fold(Scalar::ZERO, |value, c| value * x + *c))
    }

    /// What this party's key of the run and another's agree on.
    pub(super) fn shared_with(&self, other: PartyId) -> Point {
        self.commits[&other].run_key * *self.run_key
    }

    /// Both keys of the run, for a proof by one party about another.
    pub(super) fn pair<'a>(&self, setup: &'a Digest, prover: PartyId, other: PartyId) -> Pair<'a> {
        let key = |party| self.commits[&party].run_key;
        Pair { setup, prover, other, own_key: key(prover), other_key: key(other) }
    }

    /// What hides a share on its way, from the point that both keys of the run agree on.
    pub(super) fn mask(&self, shared: &Point, from: PartyId, to: PartyId) -> Zeroizing<Scalar> {
        let mut transcript = Transcript::new("veilkit v1 dkg share mask");
        transcript
            .append("setup", &self.setup.hash())
            .append_u64("from", from.get().into())
            .append_u64("to", to.get().into())
            .append("sender's key", &self.commits[&from].run_key.to_bytes())
            .append("receiver's key", &self.commits[&to].run_key.to_bytes())
            .append("shared point", &shared.to_bytes());
        Zeroizing::new(Scalar::random(&mut transcript.rng()))
    }

    /// The hash of everything that was sent to all in the first two rounds, as `entry` gives it.
    pub(super) fn view_of(&self, entry: impl Fn(PartyId, Round) -> Digest) -> Digest {
        let mut transcript = Transcript::new("veilkit v1 dkg view");
        transcript.append("setup", &self.setup.hash());
        for party in self.setup.parties() {
            transcript
                .append_u64("party", party.get().into())
                .append("commit", &entry(party, Round::Commit))
                .append("open", &entry(party, Round::Open));
        }
        transcript.digest()
    }

    /// The own view.
    pub(super) fn view(&self) -> Digest {
        self.view_of(|party, round| self.heard[&(party, round)].hash)
    }

    /// Whether a share fits what its dealer opened.
    pub(super) fn fits(&self, dealer: PartyId, receiver: PartyId, share: &Scalar) -> bool {
        let expected = evaluate_points(&self.openings[&dealer].points, receiver);
        declassify(subtle::ConstantTimeEq::ct_eq(&expected, &Point::mul_generator(share)))
    }
}
