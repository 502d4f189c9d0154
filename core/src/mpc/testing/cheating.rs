//! A party of a study that cheats, for tests and demonstrations.
//!
//! It enters with its key and its rows and follows the protocol, but for what it says in the rounds of one name. Those messages are
//! signed and sealed as everybody's are: only what they say is wrong. What the honest parties make of it is theirs to say.
use crate::{
    error::Result,
    field::{Field, Fp192},
    mpc::{
        identity::IdentityKey,
        outbox::Step,
        session::{Corrupt, Seed, Session},
        study::{self, Plan, Report, Table},
    },
    party::PartyId,
};

/// How to say something wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lie {
    /// A bit of the last number is wrong, another one for each receiver.
    Wrong,
    /// A bit of the last number is wrong towards one receiver; the others hear the truth.
    ToOne,
    /// The last byte is missing.
    Short,
    /// The last number is larger than any.
    NoNumber,
}

/// The bytes of a number of a study.
const NUMBER: usize = Fp192::ENCODED_LEN;

impl Lie {
    /// Every way.
    pub const ALL: [Self; 4] = [Self::Wrong, Self::ToOne, Self::Short, Self::NoNumber];

    /// Changes a message to the receiver at a position. In a handshake a key comes first, and its signature last.
    fn tell(self, is_handshake: bool, to: usize, message: &mut Vec<u8>) {
        let at = if is_handshake { 0 } else { message.len().saturating_sub(NUMBER) };
        let changed = message[at..].iter_mut().take(NUMBER);
        match self {
            // Two shares that are wrong alike may be right ones of another number.
            Self::Wrong | Self::ToOne => changed.take(1).for_each(|byte| *byte ^= 2 << (to % 6)),
            Self::Short => drop(message.pop()),
            Self::NoNumber => changed.for_each(|byte| *byte = 0xff),
        }
    }

    /// Lies in every round of this name, to everybody but the party at position `me`.
    fn in_rounds(self, label: String, me: usize) -> Corrupt {
        Box::new(move |name, _, outgoing| {
            if name != label {
                return;
            }
            let told = outgoing.iter_mut().enumerate().filter(|(to, _)| *to != me);
            let told = told.filter_map(|(to, message)| message.as_mut().map(|message| (to, message)));
            let is_handshake = [HELLO, ECHO].contains(&name);
            let receivers = if self == Self::ToOne { 1 } else { usize::MAX };
            told.take(receivers).for_each(|(to, message)| self.tell(is_handshake, to, message));
        })
    }
}

/// The name of the handshake's first round.
pub const HELLO: &str = "hello";
/// The name of the handshake's second round.
pub const ECHO: &str = "echo";

/// As [`study::start`], for a party that lies in every round of a name: [`HELLO`], [`ECHO`], and those of
/// [`Traffic::labels`](crate::mpc::session::Traffic).
///
/// # Errors
/// As [`study::start`].
pub fn start(
    plan: &Plan,
    me: PartyId,
    key: &IdentityKey,
    seed: &Seed,
    table: Table,
    (label, lie): (&str, Lie),
) -> Result<(Session<Report>, Step<Report>)> {
    let position = plan.setup().position(me).unwrap_or(usize::MAX);
    let corrupt = lie.in_rounds(label.to_owned(), position);
    study::start_with(plan, me, key, seed, table, Some(corrupt))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{
        error::{Error, ErrorKind},
        mpc::{
            study::{
                Function,
                testing::{keys, numeric, spec},
            },
            testing::parties::deliveries,
        },
        transcript::Transcript,
    };

    const CHEAT: usize = 2;

    /// Everybody's output or error, whom nothing reaches any more the one of waiting too long, and the names of the cheat's rounds.
    fn study(cheat: Option<(&str, Lie)>) -> (Vec<Result<Report>>, Vec<&'static str>) {
        let functions = vec![Function::Mean { column: 0 }, Function::Maximum { column: 0 }];
        let plan = Plan::new(spec(3, vec![numeric("x", 0.0, 100.0, 1.0)], functions)).unwrap();
        let mut rng = Transcript::new("veilkit test cheating seeds").rng();
        let mut on_the_way = Vec::new();
        let mut sides = BTreeMap::new();
        for (at, (me, key)) in plan.setup().parties().iter().zip(keys(3)).enumerate() {
            let values: Vec<f64> = (0..20u32).map(f64::from).collect();
            let table = Table::new(&plan, &[&values]).unwrap();
            let seed = Seed::generate(&mut rng);
            let (session, step) = match cheat.filter(|_| at == CHEAT) {
                Some(cheat) => start(&plan, *me, &key, &seed, table, cheat).unwrap(),
                None => study::start(&plan, *me, &key, &seed, table).unwrap(),
            };
            on_the_way.extend(deliveries(&plan.setup(), *me, "", step.outgoing));
            sides.insert(*me, (session, None));
        }
        while let Some(message) = (!on_the_way.is_empty()).then(|| on_the_way.remove(0)) {
            let (session, outcome) = sides.get_mut(&message.to).unwrap();
            if outcome.is_some() {
                continue;
            }
            match session.step(&[(message.from, message.bytes)]) {
                Err(error) => *outcome = Some(Err(error)),
                Ok(step) => {
                    on_the_way.extend(deliveries(&plan.setup(), message.to, "", step.outgoing));
                    *outcome = step.output.map(Ok);
                }
            }
        }
        let labels = sides.values().next_back().unwrap().0.traffic().labels.into_keys().collect();
        let outcomes = sides.into_values();
        let over = outcomes.map(|(mut session, outcome)| outcome.unwrap_or_else(|| Err(session.expire())));
        (over.collect(), labels)
    }

    #[test]
    fn every_lie_in_a_study_ends_it_and_blames_nobody_else() {
        let (outcomes, labels) = study(None);
        let right = outcomes.into_iter().map(Result::unwrap).collect::<Vec<_>>();
        assert!(right.iter().all(|report| report.results.len() == 2));
        assert!(labels.len() >= 6, "{labels:?}");
        for label in [HELLO, ECHO].iter().chain(&labels) {
            // An echo names whoever altered it; other messages only if they are no numbers.
            for lie in Lie::ALL {
                let (mut outcomes, _) = study(Some((label, lie)));
                outcomes.truncate(CHEAT);
                let errors: Vec<Error> = outcomes.into_iter().map(Result::unwrap_err).collect();
                let waited = |error: &&Error| error.kind() == ErrorKind::MissingMessage;
                let found: Vec<&Error> = errors.iter().filter(|error| !waited(error)).collect();
                assert!(!found.is_empty(), "{label} {lie:?}");
                let named = [Lie::Short, Lie::NoNumber].contains(&lie) && ![HELLO, ECHO].contains(label);
                for error in found {
                    assert_eq!(
                        error.culprits().len(),
                        usize::from(named || *label == ECHO),
                        "{label} {lie:?}: {error}"
                    );
                    assert!(
                        error.culprits().iter().all(|party| party.get() == 3),
                        "{label} {lie:?}: {error}"
                    );
                }
            }
        }
    }
}
