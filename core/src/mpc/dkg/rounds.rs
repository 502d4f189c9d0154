//! The rounds, each used up by its step.
use std::collections::BTreeMap;

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::key::{GroupKey, KeyShare, evaluate_points};
use super::messages::{Message, Round};
use super::proof::Possession;
use super::setup::Setup;
use crate::codec::{Decode, Encode, Reader, Writer};
use crate::error::{Error, ErrorKind, Result};
use crate::field::Field;
use crate::group::{Point, Scalar};
use crate::mpc::identity::IdentityKey;
use crate::mpc::inbox::Inbox;
use crate::mpc::outbox::Outbox;
use crate::party::{Culprits, PartyId};
use crate::secret::declassify;
use crate::transcript::{Digest, Transcript};

/// What every round carries on.
pub(super) struct Common {
    pub(super) setup: Setup,
    pub(super) me: PartyId,
    identity: IdentityKey,
    /// Coefficients, constant term first.
    polynomial: Zeroizing<Vec<Scalar>>,
    /// The secret half of the key of the run.
    run_key: Zeroizing<Scalar>,
    opening: Opening,
    /// The hash of every opening so far, and the keys of the run, by party.
    commits: BTreeMap<PartyId, Commit>,
    openings: BTreeMap<PartyId, Opening>,
}

#[derive(Clone)]
struct Commit {
    hash: Digest,
    run_key: Point,
}

#[derive(Clone)]
struct Opening {
    nonce: [u8; 32],
    possession: Possession,
    points: Vec<Point>,
}

fn wrong(what: &'static str, culprits: impl Into<Culprits>) -> Error {
    Error::new(ErrorKind::VerificationFailed, what).blame(culprits)
}

impl Commit {
    fn to_payload(&self) -> Vec<u8> {
        [self.hash, self.run_key.to_bytes()].concat()
    }

    fn read(body: &mut Reader<'_>) -> Result<Self> {
        let hash = body.array("commit: hash")?;
        Ok(Self { hash, run_key: Point::read_nonidentity(body, "commit: key of the run")? })
    }
}

impl Opening {
    fn to_payload(&self) -> Vec<u8> {
        let mut out = Writer::with_capacity(32 + Possession::LEN + 2 + 32 * self.points.len());
        out.bytes(&self.nonce);
        self.possession.write(&mut out);
        out.u16(u16::try_from(self.points.len()).expect("at most 255"));
        self.points.iter().for_each(|point| point.write(&mut out));
        out.into_bytes().to_vec()
    }

    fn read(body: &mut Reader<'_>) -> Result<Self> {
        let nonce = body.array("open: nonce")?;
        let possession = Possession::read(body)?;
        let count = usize::from(body.u16("open: points")?);
        let points = Point::read_many_nonidentity(body, count, "open: point")?;
        Ok(Self { nonce, possession, points })
    }

    fn hash(&self, setup: &Setup, party: PartyId) -> Digest {
        let mut transcript = Transcript::new("veilkit v1 dkg opening");
        transcript
            .append("setup", &setup.hash())
            .append_u64("party", party.get().into())
            .append("opening", &self.to_payload());
        transcript.digest()
    }
}

impl Common {
    fn message(&self, round: Round, receiver: Option<PartyId>, payload: Vec<u8>) -> Vec<u8> {
        let message = Message::sign(&self.setup, round, self.me, receiver, payload, &self.identity);
        message.to_bytes().to_vec()
    }

    /// One checked message from each other party, its payload read in full.
    fn receive<M>(
        &self,
        round: Round,
        incoming: &[(PartyId, Vec<u8>)],
        read: impl Fn(&mut Reader<'_>) -> Result<M>,
    ) -> Result<BTreeMap<PartyId, M>> {
        let open = |from: PartyId, bytes: &[u8]| -> Result<Message> {
            let message = Message::from_bytes(bytes, ())?;
            message.check(&self.setup, round, from, self.me)?;
            Ok(message)
        };
        let inbox = Inbox::collect(&self.setup.parties(), self.me, |_| false, incoming, open)?;
        let messages = inbox.complete(self.setup.others(self.me))?;
        let parse = |(from, message): (PartyId, Message)| {
            let mut body = Reader::new(message.payload());
            let parsed = read(&mut body).and_then(|parsed| body.finish().map(|()| parsed));
            // The sender signed it: what does not parse is the sender's doing.
            parsed.map(|parsed| (from, parsed)).map_err(|_| wrong("message: payload", from))
        };
        messages.into_iter().map(parse).collect()
    }

    /// The value of the own polynomial at a party's number.
    fn share_for(&self, party: PartyId) -> Zeroizing<Scalar> {
        let x = Scalar::from_u64(party.get().into());
        Zeroizing::new(self.polynomial.iter().rev().fold(Scalar::ZERO, |value, c| value * x + *c))
    }

    /// What hides a share on its way.
    fn mask(&self, from: PartyId, to: PartyId) -> Zeroizing<Scalar> {
        let other = if from == self.me { to } else { from };
        let shared = self.commits[&other].run_key * *self.run_key;
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

    /// The hash of everything that was sent to all.
    fn view(&self) -> Digest {
        let mut transcript = Transcript::new("veilkit v1 dkg view");
        transcript.append("setup", &self.setup.hash());
        for (party, commit) in &self.commits {
            transcript.append_u64("party", party.get().into()).append("commit", &commit.to_payload());
        }
        for (party, opening) in &self.openings {
            transcript.append_u64("party", party.get().into()).append("opening", &opening.to_payload());
        }
        transcript.digest()
    }

    /// Whether a share fits what its dealer opened.
    fn fits(&self, dealer: PartyId, receiver: PartyId, share: &Scalar) -> bool {
        let expected = evaluate_points(&self.openings[&dealer].points, receiver);
        declassify(subtle::ConstantTimeEq::ct_eq(&expected, &Point::mul_generator(share)))
    }
}

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
        let possession = Possession::prove(&setup.hash(), me, &polynomial[0], rng);
        let opening =
            Opening { nonce, possession, points: polynomial.iter().map(Point::mul_generator).collect() };
        let commit = Commit { hash: opening.hash(&setup, me), run_key: Point::mul_generator(&run_key) };
        let common = Common {
            openings: BTreeMap::from([(me, opening.clone())]),
            commits: BTreeMap::from([(me, commit.clone())]),
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
        let commits = self.0.receive(Round::Commit, incoming, Commit::read)?;
        self.0.commits.extend(commits);
        let message = self.0.message(Round::Open, None, self.0.opening.to_payload());
        Ok((Opened(self.0), Outbox::broadcast(message)))
    }
}

/// Has opened, and waits for the others' openings.
pub(super) struct Opened(pub(super) Common);

impl Opened {
    pub(super) fn receive(mut self, incoming: &[(PartyId, Vec<u8>)]) -> Result<(Sharing, Outbox)> {
        let common = &mut self.0;
        let openings = common.receive(Round::Open, incoming, Opening::read)?;
        let bad = |(party, opening): (&PartyId, &Opening)| {
            opening.points.len() != common.setup.threshold()
                || opening.hash(&common.setup, *party) != common.commits[party].hash
                || !opening.possession.holds(&common.setup.hash(), *party, &opening.points[0])
        };
        let culprits: Culprits =
            openings.iter().filter(|entry| bad(*entry)).map(|(party, _)| *party).collect();
        if !culprits.is_empty() {
            return Err(wrong("opening: hash, length or possession", culprits));
        }
        common.openings.extend(openings);
        let sealed = |to: PartyId| {
            let sealed = *self.0.share_for(to) + *self.0.mask(self.0.me, to);
            (to, self.0.message(Round::Share, Some(to), sealed.to_bytes().to_vec()))
        };
        let outbox = Outbox::to_each(self.0.setup.others(self.0.me).into_iter().map(sealed));
        Ok((Sharing(self.0), outbox))
    }
}

/// Has sent shares, and waits for its own.
pub(super) struct Sharing(pub(super) Common);

impl Sharing {
    pub(super) fn receive(self, incoming: &[(PartyId, Vec<u8>)]) -> Result<(Complaining, Outbox)> {
        let common = self.0;
        let sealed = common.receive(Round::Share, incoming, |body| Scalar::read(body, "share: value"))?;
        let mut shares = BTreeMap::from([(common.me, common.share_for(common.me))]);
        let mut accused = Vec::new();
        for (dealer, sealed) in sealed {
            let share = Zeroizing::new(sealed - *common.mask(dealer, common.me));
            match common.fits(dealer, common.me, &share) {
                true => _ = shares.insert(dealer, share),
                false => accused.push(dealer),
            }
        }
        let mut out = Writer::with_capacity(34 + 2 * accused.len());
        out.bytes(&common.view()).u16(u16::try_from(accused.len()).expect("at most 255"));
        accused.iter().for_each(|party| _ = out.u16(party.get()));
        let message = common.message(Round::Complain, None, out.into_bytes().to_vec());
        Ok((Complaining { common, shares, accused }, Outbox::broadcast(message)))
    }
}

/// Has complained where it had to, and waits for the others' complaints.
pub(super) struct Complaining {
    pub(super) common: Common,
    shares: BTreeMap<PartyId, Zeroizing<Scalar>>,
    accused: Vec<PartyId>,
}

fn read_parties(body: &mut Reader<'_>) -> Result<Vec<PartyId>> {
    let count = usize::from(body.u16("complain: count")?);
    if body.remaining() < 2 * count {
        return Err(Error::new(ErrorKind::InvalidEncoding, "complain: count"));
    }
    let list: Vec<PartyId> =
        (0..count).map(|_| body.u16("complain: party").and_then(PartyId::new)).collect::<Result<_>>()?;
    match list.windows(2).all(|pair| pair[0] < pair[1]) {
        true => Ok(list),
        false => Err(Error::new(ErrorKind::InvalidEncoding, "complain: order")),
    }
}

impl Complaining {
    pub(super) fn receive(self, incoming: &[(PartyId, Vec<u8>)]) -> Result<(Answering, Outbox)> {
        let Self { common, shares, accused } = self;
        let read = |body: &mut Reader<'_>| {
            let view: Digest = body.array("complain: view")?;
            Ok((view, read_parties(body)?))
        };
        let complaints = common.receive(Round::Complain, incoming, read)?;
        let view = common.view();
        if complaints.values().any(|(theirs, _)| *theirs != view) {
            // Somebody told different parties different things, or the transport mixed runs: nobody is proven guilty.
            return Err(Error::new(ErrorKind::VerificationFailed, "complain: others saw something else"));
        }
        // Who is accused by whom.
        let mut cases: BTreeMap<PartyId, Vec<PartyId>> = BTreeMap::new();
        let own = (common.me, accused);
        for (accuser, list) in complaints.into_iter().map(|(from, (_, list))| (from, list)).chain([own]) {
            for accused in list {
                if accused == accuser || common.setup.identity(accused).is_err() {
                    return Err(wrong("complain: about nobody who dealt", accuser));
                }
                cases.entry(accused).or_default().push(accuser);
            }
        }
        cases.values_mut().for_each(|accusers| accusers.sort_unstable());
        let asked = cases.get(&common.me).cloned().unwrap_or_default();
        let mut out = Writer::with_capacity(2 + 34 * asked.len());
        out.u16(u16::try_from(asked.len()).expect("at most 255"));
        for accuser in asked {
            out.u16(accuser.get());
            common.share_for(accuser).write(&mut out);
        }
        let message = common.message(Round::Answer, None, out.into_bytes().to_vec());
        Ok((Answering { common, shares, cases }, Outbox::broadcast(message)))
    }
}

/// Has answered where it was accused, and waits for the others' answers.
pub(super) struct Answering {
    pub(super) common: Common,
    shares: BTreeMap<PartyId, Zeroizing<Scalar>>,
    cases: BTreeMap<PartyId, Vec<PartyId>>,
}

impl Answering {
    pub(super) fn receive(self, incoming: &[(PartyId, Vec<u8>)]) -> Result<KeyShare> {
        let Self { common, mut shares, cases } = self;
        let read = |body: &mut Reader<'_>| {
            let count = usize::from(body.u16("answer: count")?);
            if body.remaining() < 34 * count {
                return Err(Error::new(ErrorKind::InvalidEncoding, "answer: count"));
            }
            let entry = |_| {
                let party = body.u16("answer: party").and_then(PartyId::new)?;
                Ok((party, Scalar::read(body, "answer: share")?))
            };
            (0..count).map(entry).collect::<Result<Vec<(PartyId, Scalar)>>>()
        };
        let answers = common.receive(Round::Answer, incoming, read)?;
        let mut culprits = Vec::new();
        for (dealer, answer) in &answers {
            let asked = cases.get(dealer).map_or(&[][..], |accusers| accusers);
            let complete = answer.iter().map(|(party, _)| party).eq(asked);
            if !complete || answer.iter().any(|(party, share)| !common.fits(*dealer, *party, share)) {
                culprits.push(*dealer);
            } else if let Some((_, share)) = answer.iter().find(|(party, _)| *party == common.me) {
                shares.insert(*dealer, Zeroizing::new(*share));
            }
        }
        if !culprits.is_empty() {
            return Err(wrong("answer: no share that fits", culprits.into_iter().collect::<Culprits>()));
        }
        let value = shares.values().fold(Scalar::ZERO, |sum, share| sum + **share);
        let coefficient = |at: usize| {
            common.openings.values().fold(Point::identity(), |sum, opening| sum + opening.points[at])
        };
        let points = (0..common.setup.threshold()).map(coefficient).collect();
        let group = GroupKey::new(common.setup.parties(), points)?;
        KeyShare::new(group, common.me, Zeroizing::new(value))
    }
}
