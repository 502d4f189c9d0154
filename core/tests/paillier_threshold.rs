//! Every share of a decryption, every fault that a transport or a party can make: the right numbers, or an error that names the
//! party whose share is wrong.
#![allow(clippy::disallowed_methods, reason = "tests read files")]

mod support;

use support::{random::rng, vectors::files};
use veilkit::{
    ErrorKind,
    codec::{Decode, Encode, HEADER_LEN},
    paillier::{
        EncryptedArray, PublicKey, UnprovenPublicKey,
        threshold::{DecryptionShare, KeyShare, Setup, combine_integers},
    },
};

const SESSION: &[u8] = b"faults";
/// Where the fields of a share start: set-up, party, count, parts, e, z.
const PARTY_AT: usize = HEADER_LEN + 32;
const COUNT_AT: usize = PARTY_AT + 2;
const PARTS_AT: usize = COUNT_AT + 4;
const PART: usize = 512;
const PROOF_AT: usize = PARTS_AT + 2 * PART;

/// 2 of 3, of `vectors/`.
struct Study {
    setup: Setup,
    keys: Vec<KeyShare>,
    array: EncryptedArray,
    /// Another array of the same numbers.
    other: EncryptedArray,
}

impl Study {
    fn new() -> Self {
        let all = files();
        let inputs = |algorithm: &str| {
            let (_, file) = all.iter().find(|(_, file)| file.algorithm == algorithm).expect("a file");
            file.tests.iter().filter(|test| test.result == "valid")
        };
        let first = inputs("paillier_threshold/share").next().expect("a test");
        let key = UnprovenPublicKey::from_bytes(&first.bytes("paillier_public_key"), ()).expect("a key");
        let key: PublicKey = key.trust_without_proof();
        let setup = Setup::from_bytes(&first.bytes("paillier_threshold_setup"), &key).expect("a set-up");
        let keys = inputs("paillier_threshold/share").take(3);
        let keys = keys.map(|test| KeyShare::from_bytes(&test.bytes("paillier_key_share"), &setup));
        let keys = keys.collect::<Result<_, _>>().expect("shares");
        let array = EncryptedArray::from_bytes(&first.bytes("paillier_array"), &key).expect("an array");
        let other = array.rerandomize(&mut rng("other array"), &mut ()).expect("nobody stops it");
        Self { setup, keys, array, other }
    }

    fn share(&self, place: usize, array: &EncryptedArray, session: &[u8]) -> Vec<u8> {
        let rng = &mut rng("shares");
        let made = DecryptionShare::create(&self.keys[place], array, session, rng, &mut ()).expect("one key");
        made.to_bytes().to_vec()
    }

    /// What the one who combines gets from these bytes.
    fn outcome(&self, arrived: &[Vec<u8>]) -> Result<Vec<i128>, (ErrorKind, Vec<u16>)> {
        let told = |error: veilkit::Error| {
            (error.kind(), error.culprits().iter().map(|party| party.get()).collect::<Vec<_>>())
        };
        let shares = arrived.iter().map(|bytes| DecryptionShare::from_bytes(bytes, &self.setup));
        let shares = shares.collect::<Result<Vec<_>, _>>().map_err(told)?;
        let numbers = combine_integers(&self.setup, &self.array, &shares, SESSION, &mut ());
        numbers.map(|numbers| numbers.to_vec()).map_err(told)
    }
}

const NUMBERS: [i128; 2] = [120, -7];

#[test]
fn every_fault_is_noticed_and_the_right_party_named() {
    let study = Study::new();
    let honest: Vec<Vec<u8>> = (0..3).map(|place| study.share(place, &study.array, SESSION)).collect();
    assert_eq!(study.outcome(&honest), Ok(NUMBERS.to_vec()));
    for victim in 0..3_usize {
        let party = u16::try_from(victim + 1).unwrap();
        let wrong = Err((ErrorKind::VerificationFailed, vec![party]));
        let with = |bytes: Vec<u8>| {
            let mut arrived = honest.clone();
            arrived[victim] = bytes;
            study.outcome(&arrived)
        };
        let edited = |edit: &dyn Fn(&mut Vec<u8>)| {
            let mut bytes = honest[victim].clone();
            edit(&mut bytes);
            with(bytes)
        };

        // Dropped: two of three are enough; of those, none may be.
        let mut arrived = honest.clone();
        arrived.remove(victim);
        assert_eq!(study.outcome(&arrived), Ok(NUMBERS.to_vec()));
        arrived.remove(0);
        assert_eq!(study.outcome(&arrived), Err((ErrorKind::TooFewShares, vec![])));

        // Duplicated.
        let mut arrived = honest.clone();
        arrived.push(honest[victim].clone());
        assert_eq!(study.outcome(&arrived), Err((ErrorKind::DuplicateParty, vec![party])));

        // Replayed from another session, and from the decryption of another array.
        assert_eq!(with(study.share(victim, &study.array, b"yesterday")), wrong);
        assert_eq!(with(study.share(victim, &study.other, SESSION)), wrong);

        // Altered, in every part.
        let end = honest[victim].len();
        for at in [PARTS_AT, PARTS_AT + PART, PROOF_AT, PROOF_AT + 15, PROOF_AT + 16, end - 8, end - 1] {
            assert_eq!(edited(&|bytes| bytes[at] ^= 1), wrong, "byte {at} of party {party}");
        }
        assert_eq!(edited(&|bytes| bytes[PARTS_AT..PROOF_AT].rotate_left(PART)), wrong);
        let fewer = edited(&|bytes| {
            bytes[COUNT_AT] = 1;
            bytes.drain(PARTS_AT..PARTS_AT + PART);
        });
        assert_eq!(fewer, wrong);

        // In another party's name, who then says two things; or who is then wrong.
        let next = u16::try_from((victim + 1) % 3 + 1).unwrap();
        let rename = |bytes: &mut Vec<u8>| bytes[PARTY_AT..COUNT_AT].copy_from_slice(&next.to_le_bytes());
        assert_eq!(edited(&rename), Err((ErrorKind::DuplicateParty, vec![next])));
        let mut alone = honest.clone();
        alone.remove(usize::from(next) - 1);
        let place = alone.iter().position(|bytes| *bytes == honest[victim]).unwrap();
        rename(&mut alone[place]);
        assert_eq!(study.outcome(&alone), Err((ErrorKind::VerificationFailed, vec![next])));
        let stranger = edited(&|bytes| bytes[PARTY_AT] = 9);
        assert_eq!(stranger, Err((ErrorKind::UnknownParty, vec![9])));
        let nobody = edited(&|bytes| bytes[PARTY_AT] = 0);
        assert_eq!(nobody, Err((ErrorKind::InvalidEncoding, vec![])));

        // Cut, extended, of another set-up.
        assert_eq!(edited(&|bytes| bytes.truncate(end - 1)), Err((ErrorKind::InvalidEncoding, vec![])));
        assert_eq!(edited(&|bytes| bytes.push(0)), Err((ErrorKind::TrailingBytes, vec![])));
        let setup = edited(&|bytes| bytes[HEADER_LEN] ^= 1);
        assert_eq!(setup, Err((ErrorKind::ParamsMismatch, vec![])));
    }
}

#[test]
fn all_wrong_parties_are_named_at_once() {
    let study = Study::new();
    let mut arrived: Vec<Vec<u8>> = (0..3).map(|place| study.share(place, &study.array, SESSION)).collect();
    arrived[0][PROOF_AT] ^= 1;
    arrived[2][PARTS_AT] ^= 1;
    assert_eq!(study.outcome(&arrived), Err((ErrorKind::VerificationFailed, vec![1, 3])));
    // Without them there is one share, which is too few; with the two mended it goes on.
    assert_eq!(study.outcome(&arrived[1..2]), Err((ErrorKind::TooFewShares, vec![])));
    arrived[0][PROOF_AT] ^= 1;
    assert_eq!(study.outcome(&arrived[..2]), Ok(NUMBERS.to_vec()));
}
