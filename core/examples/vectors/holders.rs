//! Protocols among the holders of shares: resharing and repair.
use serde_json::json;
use veilkit::{
    ErrorKind::{
        DuplicateParty, InvalidEncoding, InvalidParams, OutOfRange, ParamsMismatch, TooFewShares,
        VerificationFailed,
    },
    PartyId, Result,
    codec::{Encode, HEADER_LEN},
    field::Field,
    group::Scalar,
    mpc::{IdentityKey, repair, resharing, secure_sum::SessionId},
    shamir::{Verifiable, feldman, pedersen, sealed::CustodianKey},
};

use super::{
    bad::Bad,
    file::{File, encoded, encoded_list, nothing, rng, seed, with},
    support::vectors::{strings, unhex},
};

pub(crate) fn files() -> Vec<File> {
    let source = "from the seed of each test; the new shares give the old secret";
    let mut reshares = File::new("holders/resharing.json", "holders/resharing", source, nothing());
    let source = "from the seed of each test; the share is the one that was left out";
    let mut repairs = File::new("holders/repair.json", "holders/repair", source, nothing());
    let f = feldman::split(&Scalar::from_u64(77), 2, 4, &mut rng(seed("holders feldman"))).expect("valid");
    let p = pedersen::split(b"1234", 2, 4, &mut rng(seed("holders pedersen"))).expect("valid");
    let mut bads = Vec::new();
    bads.extend(both("feldman", &f.0, &f.1, &mut reshares, &mut repairs));
    bads.extend(both("pedersen", &p.0, &p.1, &mut reshares, &mut repairs));
    [reshares, repairs].into_iter().chain(bads).collect()
}

fn both<S: Verifiable + Clone>(
    sharing: &str,
    commitment: &S::Commitment,
    shares: &[S],
    reshares: &mut File,
    repairs: &mut File,
) -> Vec<File> {
    let mut rng = rng(seed(&format!("holders {sharing}")));
    let identities: Vec<_> = (0..5).map(|_| IdentityKey::generate(&mut rng)).collect();
    let keys: Vec<_> = (0..3).map(|_| CustodianKey::generate(&mut rng)).collect();
    let custodian = |place: usize| keys[place].custodian("holder").expect("a name");
    let dealers = [shares[0].clone(), shares[3].clone()];
    let named = |share: &S, place: usize| (share.address(), identities[place].identity());
    let plan = resharing::Plan::<S>::new(resharing::PlanSpec {
        session: SessionId([1; 32]),
        commitment: commitment.clone(),
        dealers: vec![named(&dealers[0], 0), named(&dealers[1], 1)],
        threshold: 3,
        receivers: (0..3).map(|place| (identities[2 + place].identity(), custodian(place))).collect(),
    })
    .expect("valid");
    let share_name = format!("shamir_{sharing}_share");
    let mut inputs = json!({
        "sharing": sharing, "resharing_plan": encoded(&plan), "mpc_identity_key": encoded_list(&identities),
        "shamir_custodian_key": encoded_list(&keys),
    });
    inputs[&share_name] = encoded_list(&dealers);
    let done = reshares.valid(&format!("2 of 4 to 3 of 3, {sharing}"), inputs.clone(), Some(seed(sharing)));
    let wrong = with(&inputs, &share_name, encoded_list(&[dealers[0].clone(), dealers[0].clone()]));
    reshares.invalid("one dealer in the place of another", "Identity", wrong, ParamsMismatch);
    let mut changed = dealers[1].to_bytes().to_vec();
    let at = changed.len() - 32;
    changed[at] ^= 1;
    let changed: Result<S> = veilkit::codec::Decode::from_bytes(&changed, ());
    let changed = changed.expect("the decoder cannot know");
    let wrong = with(&inputs, &share_name, encoded_list(&[dealers[0].clone(), changed.clone()]));
    reshares.invalid("a share that is not of the dealing", "Tampered", wrong, VerificationFailed);

    let repair_plan = repair::Plan::<S>::new(repair::PlanSpec {
        session: SessionId([2; 32]),
        commitment: commitment.clone(),
        lost: PartyId::new(2).expect("not zero"),
        owner: (identities[2].identity(), custodian(2)),
        helpers: (0..2)
            .map(|place| (dealers[place].address(), identities[place].identity(), custodian(place)))
            .collect(),
    })
    .expect("valid");
    let mut inputs = json!({
        "sharing": sharing, "repair_plan": encoded(&repair_plan), "mpc_identity_key": encoded_list(&identities[..3]),
        "shamir_custodian_key": encoded_list(&keys),
    });
    inputs[&share_name] = encoded_list(&dealers);
    let repaired = repairs.valid(&format!("share 2 of 4, {sharing}"), inputs.clone(), Some(seed(sharing)));
    assert_eq!(repaired[&share_name], json!(encoded(&shares[1])), "the lost share");
    let wrong = with(&inputs, &share_name, encoded_list(&[dealers[0].clone(), changed]));
    repairs.invalid("a share that is not of the dealing", "Tampered", wrong, VerificationFailed);

    if sharing == "pedersen" {
        let message = unhex(strings(&done["share_message"])[0]);
        let mut bad = Bad::new("holders/bad_share_message.json", "share_message", nothing(), message);
        bad.edit("sender 0", "Params", HEADER_LEN + 33, &[0, 0], InvalidEncoding);
        bad.edit("a body of 2^32 - 1 bytes", "Length", HEADER_LEN + 35, &[255; 4], InvalidEncoding);
        return vec![bad.finish()];
    }
    let context = json!({ "sharing": sharing });
    let path = "holders/bad_resharing_plan.json";
    let mut bad = Bad::new(path, "resharing_plan", context.clone(), unhex(&encoded(&plan)));
    let commitment_len = commitment.to_bytes().len();
    let threshold = HEADER_LEN + 32 + 4 + commitment_len;
    bad.edit("a commitment of no bytes", "Length", HEADER_LEN + 32, &[0; 4], InvalidEncoding);
    bad.edit("threshold 1", "Params", threshold, &[1], InvalidParams);
    bad.edit("threshold above the receivers", "Params", threshold, &[4], InvalidParams);
    let dealer = threshold + 3;
    bad.edit("a dealer with the index 0", "Params", dealer, &[0, 0], InvalidEncoding);
    bad.edit("a dealer twice", "Params", dealer + 34, &[1, 0], DuplicateParty);
    bad.edit("dealers in another order", "Params", dealer, &[5, 0], InvalidEncoding);
    bad.edit("a dealer that has no share", "Params", dealer + 34, &[5, 0], OutOfRange);
    bad.edit("an identity that is no key", "Key", dealer + 2, &[0xff; 32], InvalidEncoding);
    bad.edit("one receiver too few", "Params", threshold + 2, &[2], InvalidParams);
    let path = "holders/bad_repair_plan.json";
    let mut bad_repair = Bad::new(path, "repair_plan", context, unhex(&encoded(&repair_plan)));
    let lost = HEADER_LEN + 32 + 4 + commitment_len;
    bad_repair.edit("index 0 lost", "Params", lost, &[0, 0], InvalidEncoding);
    bad_repair.edit("an index that no share has", "Params", lost, &[5, 0], OutOfRange);
    bad_repair.edit("the share of a helper", "Params", lost, &[1, 0], InvalidParams);
    let helpers = lost + 2 + 32 + 4 + 6 + 32;
    bad_repair.edit("no helpers", "Params", helpers, &[0], TooFewShares);
    bad_repair.edit("one helper too many", "Params", helpers, &[3], InvalidEncoding);
    bad_repair.edit("a helper twice", "Params", helpers + 1 + 34 + 42, &[1, 0], DuplicateParty);
    vec![bad.finish(), bad_repair.finish()]
}
