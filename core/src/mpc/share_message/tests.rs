//! What a message and a sealed row are bound to: each is wrong in one thing, and well signed or well sealed.
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

use super::*;
use crate::{
    field::Field,
    group::{Point, Scalar},
    shamir::sealed::CustodianKey,
};

fn party(number: u16) -> PartyId {
    PartyId::new(number).unwrap()
}

#[test]
fn a_message_is_for_one_plan_round_and_sender() {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let keys = [0, 1].map(|_| IdentityKey::generate(&mut rng));
    let senders = [(party(1), keys[0].identity()), (party(2), keys[1].identity())];
    let heard = |message: &ShareMessage| {
        let incoming = [(party(1), message.to_bytes().to_vec())];
        let heard = Heard::collect(&[1; 32], 2, &senders, party(2), None, &incoming);
        heard.map(|_| ()).map_err(|error| (error.kind(), error.culprits().to_vec()))
    };
    let sign = |plan: u8, round, sender, key: usize| {
        ShareMessage::sign(&[plan; 32], round, party(sender), vec![7; 9], &keys[key])
    };
    assert_eq!(heard(&sign(1, 2, 1, 0)), Ok(()));
    let of_another = Err((ErrorKind::ParamsMismatch, vec![]));
    assert_eq!(heard(&sign(3, 2, 1, 0)), of_another, "plan");
    assert_eq!(heard(&sign(1, 3, 1, 0)), of_another, "round");
    // What is not signed by its sender names nobody: whoever carries messages can make it.
    let forged = Err((ErrorKind::VerificationFailed, vec![]));
    assert_eq!(heard(&sign(1, 2, 1, 1)), forged, "key");
    assert_eq!(
        heard(&ShareMessage { sender: party(2), ..sign(1, 2, 1, 0) }),
        forged,
        "another sender's name"
    );
    // What the signature covers, altered afterwards.
    assert_eq!(heard(&ShareMessage { plan: [1; 32], ..sign(3, 2, 1, 0) }), forged, "signed plan");
    assert_eq!(heard(&ShareMessage { round: 2, ..sign(1, 3, 1, 0) }), forged, "signed round");
    assert_eq!(heard(&ShareMessage { sender: party(1), ..sign(1, 2, 2, 0) }), forged, "signed sender");
    assert_eq!(heard(&ShareMessage { body: vec![8; 9], ..sign(1, 2, 1, 0) }), forged, "signed body");
}

#[test]
fn a_sealed_row_opens_in_its_place_only() {
    let key = CustodianKey::generate(&mut ChaCha20Rng::seed_from_u64(2));
    let to = key.custodian("holder").unwrap();
    let place = Place { plan: &[1; 32], round: 1, sender: party(1), receiver: party(2) };
    let row = [Scalar::from_u64(7), Scalar::from_u64(8)];
    let sealed = place.seal(&to, &[3; 32], &row).unwrap();
    assert!(place.open(&key, &to, &sealed).is_some_and(|opened| *opened == row));
    for other in [
        Place { plan: &[2; 32], ..place },
        Place { round: 2, ..place },
        Place { sender: party(3), ..place },
        Place { receiver: party(3), ..place },
    ] {
        assert!(other.open(&key, &to, &sealed).is_none());
    }
}

#[test]
fn a_row_fits_its_commitment_and_width() {
    let generators = [Point::generator(), Point::mul_generator(&Scalar::from_u64(5))];
    let row = [7, 8].map(Scalar::from_u64);
    let committed = Point::multi_mul(&row, &generators);
    assert!(fits(&row, &generators, &committed));
    assert!(!fits(&[row[0], row[0]], &generators, &committed));
    assert!(!fits(&[row[0], row[1], Scalar::ONE], &generators, &committed));
    assert!(!fits(&row[..1], &generators, &Point::mul_generator(&row[0])));
}
