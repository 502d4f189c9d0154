//! Sessions of protocol code: a whole run, frames, journals and seeds.
use serde_json::json;
use veilkit::{
    ErrorKind::{InvalidEncoding, ParamsMismatch, TrailingBytes},
    PartyId,
    codec::{Encode, HEADER_LEN},
    mpc::{
        IdentityKey, SessionId,
        session::{Journal, Seed, Session, Setup},
    },
};

use super::{
    bad::Bad,
    file::{File, encoded_list, nothing, rng, seed},
    procedures::mpc_session::talk,
    support::vectors::hex,
};

pub(crate) fn files() -> Vec<File> {
    let source =
        "fresh X25519 keys from seeds, signed; an echo of them; then messages sealed by ChaCha20-Poly1305";
    let mut run = File::new("mpc_session/run.json", "mpc_session/run", source, nothing());
    for (comment, parties) in [("two parties", 2), ("three parties", 3)] {
        let mut rng = rng(seed(comment));
        let keys: Vec<_> = (0..parties).map(|_| IdentityKey::generate(&mut rng)).collect();
        let seeds: Vec<_> = keys.iter().map(|_| Seed::generate(&mut rng)).collect();
        let inputs = json!({
            "plan": hex(&[1; 32]), "session": hex(&[2; 32]), "mpc_identity_key": encoded_list(&keys),
            "mpc_seed": encoded_list(&seeds),
        });
        run.valid(comment, inputs, None);
    }
    vec![run, bad_frame(), bad_journal(), bad_seed()]
}

/// The first of two parties, and its seed and journal after the hellos.
fn journal() -> (Vec<u8>, Vec<u8>, Seed) {
    let mut rng = rng(seed("journal"));
    let keys: Vec<_> = (0..2).map(|_| IdentityKey::generate(&mut rng)).collect();
    let seeds: Vec<_> = keys.iter().map(|_| Seed::generate(&mut rng)).collect();
    let party = |number| PartyId::new(number).expect("not zero");
    let members = vec![(party(1), keys[0].identity()), (party(2), keys[1].identity())];
    let setup = Setup::new([1; 32], SessionId([2; 32]), members).expect("two parties");
    let start = |at: usize| {
        let number = if at == 0 { party(1) } else { party(2) };
        Session::start(&setup, number, &keys[at], &seeds[at], talk).expect("a member")
    };
    let ((_, first), (_, second)) = (start(0), start(1));
    let mut file = Journal::new(&setup, party(1), &seeds[0]).expect("a member").to_bytes().to_vec();
    let hello = (party(2), second.outgoing[0].bytes.clone());
    file.extend(Journal::entries(&[], &first.outgoing).expect("a hello"));
    file.extend(Journal::entries(&[hello], &[]).expect("a hello"));
    let (journal, _) = Journal::recover(&file).expect("whole");
    (first.outgoing[0].bytes.clone(), journal.to_bytes().to_vec(), seeds[0].clone())
}

fn bad_frame() -> File {
    let (frame, ..) = journal();
    let body = HEADER_LEN;
    let mut bad = Bad::new("mpc_session/bad_frame.json", "mpc_frame", nothing(), frame);
    bad.edit("another session", "Replay", body, &[0xff; 4], ParamsMismatch);
    bad.edit("a kind that does not exist", "Kind", body + 32, &[5], InvalidEncoding);
    bad.edit("kind 255", "Kind", body + 32, &[255], InvalidEncoding);
    bad.edit("sender 0", "Party", body + 33, &[0, 0], InvalidEncoding);
    bad.edit("a content of 2^32 - 1 bytes", "Length", body + 41, &[255; 4], InvalidEncoding);
    bad.edit("a content of no bytes", "Length", body + 41, &[0; 4], TrailingBytes);
    bad.finish()
}

fn bad_journal() -> File {
    let (_, journal, _) = journal();
    let (body, first) = (HEADER_LEN, HEADER_LEN + 32 + 2 + 32 + 8);
    let mut bad = Bad::new("mpc_session/bad_journal.json", "mpc_journal", nothing(), journal);
    bad.edit("another session", "Replay", body, &[0xff; 4], ParamsMismatch);
    bad.edit("party 0", "Party", body + 32, &[0, 0], InvalidEncoding);
    bad.edit("entries of 2^64 - 1 bytes", "Length", body + 66, &[255; 8], InvalidEncoding);
    bad.edit("entries of no bytes", "Length", body + 66, &[0; 8], TrailingBytes);
    bad.edit("an entry of no known sort", "Entry", first, &[2], InvalidEncoding);
    bad.edit("a question is never sent twice", "Entry", first + 3, &[3], InvalidEncoding);
    bad.edit("a message from party 0", "Party", first + 25, &[0, 0], InvalidEncoding);
    bad.edit("a message of 2^32 - 1 bytes", "Length", first + 27, &[255; 4], InvalidEncoding);
    bad.finish()
}

fn bad_seed() -> File {
    let (_, _, seed) = journal();
    Bad::new("mpc_session/bad_seed.json", "mpc_seed", nothing(), seed.to_bytes().to_vec()).finish()
}
