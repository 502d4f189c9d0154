//! What the tests share: parties and their keys.
use veilkit::{
    mpc::{IdentityKey, secure_sum::SessionId},
    party::PartyId,
    transcript::Transcript,
};

use crate::wire::Room;

pub(crate) fn party(number: u16) -> PartyId {
    PartyId::new(number).unwrap()
}

pub(crate) fn keys(count: u16) -> Vec<IdentityKey> {
    let key = |number: u16| {
        let mut transcript = Transcript::new("veilkit test transport identity");
        IdentityKey::generate(&mut transcript.append_u64("party", u64::from(number)).rng())
    };
    (1..=count).map(key).collect()
}

pub(crate) fn room(count: u16) -> Room {
    let parties = keys(count).iter().zip(1..).map(|(key, number)| (party(number), key.identity())).collect();
    Room::new(SessionId([1; 32]), parties).unwrap()
}
