//! Secure sums.
use serde_json::json;
use veilkit::{
    ErrorKind::{DuplicateParty, InvalidEncoding, InvalidParams, OutOfRange, TrailingBytes},
    PartyId,
    codec::{Encode, HEADER_LEN},
    mpc::{
        IdentityKey,
        secure_sum::{Plan, PlanSpec, SessionId},
    },
};

use super::{
    bad::Bad,
    file::{File, encoded, encoded_list, nothing, rng, seed, with},
    support::vectors::{strings, unhex},
};

fn study(parties: u16) -> (Plan, Vec<IdentityKey>) {
    let mut rng = rng(seed("secure sum"));
    let keys: Vec<_> = (0..parties).map(|_| IdentityKey::generate(&mut rng)).collect();
    let numbered = keys.iter().zip(1..).map(|(key, n)| (PartyId::new(n).expect("not zero"), key.identity()));
    let spec = PlanSpec {
        session: SessionId::random(&mut rng),
        parties: numbered.collect(),
        threshold: usize::from(parties) / 2 + 1,
        min_survivors: usize::from(parties) / 2 + 1,
        length: 2,
        fraction_bits: 10,
        max_abs: 1e3,
        purpose: "joint mean".into(),
    };
    (Plan::new(spec).expect("the plan is valid"), keys)
}

pub(crate) fn files() -> Vec<File> {
    let (plan, keys) = study(3);
    let mut plans =
        File::new("secure_sum/plan.json", "secure_sum/plan", "BLAKE3 of the canonical encoding", nothing());
    for parties in [3, 5] {
        plans.valid(
            &format!("{parties} parties"),
            json!({ "secure_sum_plan": encoded(&study(parties).0) }),
            None,
        );
    }
    let source = "from the seed of each test; the sum is that of the inputs in the clear";
    let mut runs = File::new("secure_sum/run.json", "secure_sum/run", source, nothing());
    let base = json!({
        "secure_sum_plan": encoded(&plan), "mpc_identity_key": encoded_list(&keys),
        "integers": [[1, -2], [30, 40], [-500, 600]],
    });
    let done = runs.valid("three parties stay", base.clone(), Some(seed("run")));
    assert_eq!(done["sum"], json!([-469.0, 638.0]), "the sum in the clear");
    let leaves = with(&base, "leaves", json!({ "party": 3, "after_round": 2 }));
    let done_without = runs.valid("the third party leaves after round 2", leaves, Some(seed("run")));
    assert_eq!(done_without["sum"], json!([31.0, 38.0]), "the sum in the clear");
    let large = with(&base, "integers", json!([[1, -2], [30, 40], [-1001, 0]]));
    runs.invalid("a number above the bound", "Input", large, OutOfRange);
    let short = with(&base, "integers", json!([[1, -2], [30], [0, 0]]));
    runs.invalid("a vector of another length", "Input", short, veilkit::ErrorKind::ShapeMismatch);

    let messages = strings(&done["secure_sum_message"]).into_iter().map(unhex).collect::<Vec<_>>();
    vec![plans, runs, bad_plan(&plan), bad_message(messages[0].clone()), bad_key(&keys[0])]
}

fn bad_plan(plan: &Plan) -> File {
    let mut bad =
        Bad::new("secure_sum/bad_plan.json", "secure_sum_plan", nothing(), plan.to_bytes().to_vec());
    let threshold = HEADER_LEN + 32;
    bad.edit("threshold 0", "Params", threshold, &[0, 0], InvalidParams);
    bad.edit("threshold above the number of parties", "Params", threshold, &[4, 0], InvalidParams);
    bad.edit("min_survivors 0", "Params", threshold + 2, &[0, 0], InvalidParams);
    bad.edit("min_survivors above the number of parties", "Params", threshold + 2, &[4, 0], InvalidParams);
    bad.edit("length 0", "Params", threshold + 4, &[0; 4], InvalidParams);
    bad.edit("length 2^32 - 1", "Params", threshold + 4, &[255; 4], InvalidParams);
    bad.edit("fraction_bits 61", "Params", threshold + 8, &[61], InvalidParams);
    bad.edit("fraction_bits 255", "Params", threshold + 8, &[255], InvalidParams);
    bad.edit("bound 0", "Params", threshold + 9, &[0; 8], InvalidParams);
    bad.edit("a bound whose sum would wrap", "Params", threshold + 9, &[255; 8], InvalidParams);
    let purpose = threshold + 17;
    bad.edit("purpose of 2^32 - 1 bytes", "Length", purpose, &[255; 4], InvalidEncoding);
    bad.edit("purpose that is not UTF-8", "Text", purpose + 4, &[255], InvalidEncoding);
    let count = purpose + 4 + plan.purpose().len();
    bad.edit("no parties", "Length", count, &[0; 4], InvalidParams);
    bad.edit("one party", "Length", count, &[1], InvalidParams);
    bad.edit("2^32 - 1 parties", "Length", count, &[255; 4], InvalidEncoding);
    bad.edit("two of three parties", "Length", count, &[2], TrailingBytes);
    let first = count + 4;
    bad.edit("party 0", "Party", first, &[0, 0], OutOfRange);
    bad.edit("a number twice", "Party", first + 34, &[1, 0], DuplicateParty);
    bad.edit("not in order", "Party", first, &[9, 0], InvalidEncoding);
    bad.edit("an identity that is no point", "Party", first + 2, &[2; 32], InvalidEncoding);
    let twice = bad.valid()[first + 2..first + 34].to_vec();
    bad.edit("an identity twice", "Party", first + 36, &twice, DuplicateParty);
    bad.finish()
}

fn bad_message(valid: Vec<u8>) -> File {
    let mut bad = Bad::new("secure_sum/bad_message.json", "secure_sum_message", nothing(), valid);
    let round = HEADER_LEN + 32;
    bad.edit("round 0", "Round", round, &[0], InvalidEncoding);
    bad.edit("round 6", "Round", round, &[6], InvalidEncoding);
    bad.edit("round 255", "Round", round, &[255], InvalidEncoding);
    bad.edit("sender 0", "Party", round + 1, &[0, 0], InvalidEncoding);
    bad.edit("a body of 2^32 - 1 bytes", "Length", round + 5, &[255; 4], InvalidEncoding);
    bad.edit("a body of no bytes", "Length", round + 5, &[0; 4], TrailingBytes);
    bad.finish()
}

fn bad_key(key: &IdentityKey) -> File {
    Bad::new("secure_sum/bad_identity_key.json", "mpc_identity_key", nothing(), key.to_bytes().to_vec())
        .finish()
}
