//! The last round of a run in which somebody complained: who is accused opens what it sealed, and all see who is right.
use std::collections::BTreeMap;

use zeroize::Zeroizing;

use super::{Heard, Openings, Place, ShareMessage, cheat, fits};
use crate::{
    codec::{Encode, Reader, Writer},
    error::{Error, Result},
    field::Field,
    group::{Point, Scalar},
    mpc::{
        identity::{Identity, IdentityKey},
        outbox::Outbox,
    },
    party::{Culprits, PartyId},
    shamir::sealed::Custodian,
    transcript::Digest,
};

/// A sealed row that its receiver says is wrong.
pub(in crate::mpc) struct Case {
    pub(in crate::mpc) accused: PartyId,
    pub(in crate::mpc) accuser: PartyId,
    /// The round whose message held the row.
    pub(in crate::mpc) round: u8,
    /// As the accused signed it.
    pub(in crate::mpc) sealed: Vec<u8>,
    pub(in crate::mpc) to: Custodian,
    /// What the row must commit to.
    pub(in crate::mpc) committed: Point,
}

/// Waits for the answers of those that are accused. It ends with their names, or those of their accusers.
pub(in crate::mpc) struct Dispute {
    plan: Digest,
    round: u8,
    me: PartyId,
    /// By accused, then by accuser.
    cases: BTreeMap<PartyId, BTreeMap<PartyId, Case>>,
    generators: Vec<Point>,
    accused: Vec<(PartyId, Identity)>,
    own: Option<ShareMessage>,
}

impl Dispute {
    /// Opens the dispute in the round with this number; who is accused answers with what it sealed.
    ///
    /// The answer makes a row public whose receiver either got nothing from its sender, or lies and knows it anyway.
    pub(in crate::mpc) fn start(
        plan: Digest,
        round: u8,
        (me, identity): (PartyId, &IdentityKey),
        members: &[(PartyId, Identity)],
        all: Vec<Case>,
        generators: Vec<Point>,
        openings: Option<&Openings>,
    ) -> (Self, Outbox) {
        let mut cases: BTreeMap<PartyId, BTreeMap<PartyId, Case>> = BTreeMap::new();
        for case in all {
            cases.entry(case.accused).or_default().insert(case.accuser, case);
        }
        let accused = members.iter().filter(|(party, _)| cases.contains_key(party)).copied().collect();
        let own = cases.get(&me).zip(openings).map(|(accusers, openings)| {
            let mut body = Writer::with_capacity(accusers.len() * (2 + 32 + generators.len() * 32));
            for accuser in accusers.keys() {
                body.u16(accuser.get());
                openings.write(*accuser, &mut body);
            }
            ShareMessage::sign(&plan, round, me, body.into_bytes().to_vec(), identity)
        });
        let sent = own.as_ref().map(|message| Outbox::broadcast(message.to_bytes().to_vec()));
        (Self { plan, round, me, cases, generators, accused, own }, sent.unwrap_or_default())
    }

    /// Hears the answers and judges. The run ends here in any case.
    pub(in crate::mpc) fn judge(self, incoming: &[(PartyId, Vec<u8>)]) -> Error {
        let Self { plan, round, me, cases, generators, accused, own } = self;
        let heard = match Heard::collect(&plan, round, &accused, me, own, incoming) {
            Ok(heard) => heard,
            Err(error) => return error,
        };
        let mut culprits = Vec::new();
        for (accused, message) in heard.iter() {
            let read = |body: &mut Reader<'_>| {
                cases[&accused].values().map(|case| case.is_answered(&plan, &generators, body)).collect()
            };
            match message.parse::<Vec<bool>>(read) {
                Err(_) => culprits.push(accused),
                Ok(answered) => {
                    for (accuser, answered) in cases[&accused].keys().zip(answered) {
                        culprits.push(if answered { *accuser } else { accused });
                    }
                }
            }
        }
        cheat(
            "answer: sealed a wrong value, or accused without cause",
            culprits.into_iter().collect::<Culprits>(),
        )
    }
}

impl Case {
    /// Whether the accused shows that it sealed what it had committed to.
    ///
    /// # Errors
    /// Those of decoding.
    fn is_answered(&self, plan: &Digest, generators: &[Point], body: &mut Reader<'_>) -> Result<bool> {
        let accuser = body.u16("answer: accuser")?;
        let seed = Zeroizing::new(body.array("answer: seed")?);
        let row: Vec<Scalar> =
            generators.iter().map(|_| Scalar::read(body, "answer: row")).collect::<Result<_>>()?;
        let place = Place { plan, round: self.round, sender: self.accused, receiver: self.accuser };
        let is_sealed = place.seal(&self.to, &seed, &row).is_ok_and(|sealed| sealed == self.sealed);
        Ok(accuser == self.accuser.get() && is_sealed && fits(&row, generators, &self.committed))
    }
}
