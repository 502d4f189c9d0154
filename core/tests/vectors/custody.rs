//! Secret sharing for people and machines: paper, policies, seals, packs.
use serde_json::{Value, json};
use veilkit::{
    Result,
    codec::{Decode, Encode},
    field::{Field, Fp61},
    group::Scalar,
    shamir::{
        Share,
        packed::{self, Packing},
        paper::{self, Card},
        policy::{self, Policy},
        sealed::{self, Custodian, CustodianKey, SealedShare},
    },
};

use super::{
    super::super::support::vectors::{Test, hex, strings},
    super::{decoded, encoded, encoded_list, object, objects},
    element, elements, is_fp61,
};

pub(super) fn run(procedure: &str, test: &Test) -> Result<Value> {
    match procedure {
        "paper_split" => {
            let cards = paper::split(
                &test.bytes("secret"),
                test.size("threshold"),
                test.size("shares"),
                &mut test.rng(),
            )?;
            let words = cards
                .iter()
                .map(|card| Ok(paper::to_words(card)?.to_string()))
                .collect::<Result<Vec<_>>>()?;
            let text =
                cards.iter().map(|card| Ok(paper::to_text(card)?.to_string())).collect::<Result<Vec<_>>>()?;
            Ok(json!({ "shamir_card": encoded_list(&cards), "words": words, "text": text }))
        }
        "paper_combine" => {
            Ok(json!({ "secret": hex(&paper::combine(&objects::<Card>(test, "shamir_card")?)?) }))
        }
        "paper_words" => {
            let card: Card = paper::from_words(string(test, "words"))?;
            Ok(json!({ "shamir_card": encoded(&card), "words": paper::to_words(&card)?.as_str() }))
        }
        "paper_mistakes" => Ok(json!({ "places": paper::mistakes(string(test, "words")) })),
        "paper_text" => {
            let card: Card = paper::from_text(string(test, "text"))?;
            Ok(json!({ "shamir_card": encoded(&card), "text": paper::to_text(&card)?.as_str() }))
        }
        "policy" => {
            let policy: Policy = string(test, "policy").parse()?;
            Ok(json!({
                "canonical": policy.to_string(), "hash": hex(&policy.hash()), "smallest": policy.smallest(),
                "seats": policy.seats().iter().map(|(_, name)| *name).collect::<Vec<_>>(),
                "shamir_policy": encoded(&policy),
            }))
        }
        "policy_split" => {
            let policy = object::<Policy>(test, "shamir_policy")?;
            let shares = policy::split(&test.bytes("secret"), &policy, &mut test.rng())?;
            Ok(json!({ "shamir_policy_share": encoded_list(&shares) }))
        }
        "policy_combine" => {
            let shares = objects::<policy::Share>(test, "shamir_policy_share")?;
            Ok(json!({ "secret": hex(&policy::combine(&shares)?) }))
        }
        "seal" => {
            let custodian = object::<Custodian>(test, "shamir_custodian")?;
            let sealed = sealed::seal(&object::<Share>(test, "shamir_share")?, &custodian, &mut test.rng())?;
            Ok(json!({ "shamir_sealed_share": encoded(&sealed) }))
        }
        "open" => {
            let key = object::<CustodianKey>(test, "shamir_custodian_key")?;
            let share: Share = object::<SealedShare>(test, "shamir_sealed_share")?.open(&key)?;
            Ok(json!({ "shamir_share": encoded(&share) }))
        }
        "packed_split" if is_fp61(test) => packed_split::<Fp61>(test),
        "packed_split" => packed_split::<Scalar>(test),
        "packed_combine" if is_fp61(test) => packed_combine::<Fp61>(test),
        "packed_combine" => packed_combine::<Scalar>(test),
        _ => panic!("no procedure {procedure}"),
    }
}

pub(super) fn decode(kind: &str, test: &Test) -> Result<Value> {
    match kind {
        "shamir_card" => decoded::<Card, ()>(test, kind, ()),
        "shamir_packed_share" if is_fp61(test) => decoded::<packed::Share<Fp61>, ()>(test, kind, ()),
        "shamir_packed_share" => decoded::<packed::Share<Scalar>, ()>(test, kind, ()),
        "shamir_custodian" => decoded::<Custodian, ()>(test, kind, ()),
        "shamir_custodian_key" => decoded::<CustodianKey, ()>(test, kind, ()),
        "shamir_sealed_share" => decoded::<SealedShare, ()>(test, kind, ()),
        "shamir_policy" => decoded::<Policy, ()>(test, kind, ()),
        "shamir_policy_share" => decoded::<policy::Share, ()>(test, kind, ()),
        _ => panic!("no decoder for {kind}"),
    }
}

fn string<'a>(test: &'a Test, name: &str) -> &'a str {
    strings(test.input(name))[0]
}

fn packed_split<F: Field>(test: &Test) -> Result<Value>
where
    packed::Share<F>: Encode,
{
    let packing = Packing::new(test.size("privacy"), test.size("width"), test.size("shares"))?;
    let dealt = packed::split::<F>(&elements(test)?, packing, &mut test.rng())?;
    let squares = dealt.iter().map(|share| share.mul(share)).collect::<Result<Vec<_>>>()?;
    Ok(json!({ "shamir_packed_share": encoded_list(dealt.iter().chain(&squares)) }))
}

fn packed_combine<F: Field>(test: &Test) -> Result<Value>
where
    packed::Share<F>: Decode,
{
    let list = test.list("shamir_packed_share");
    let shares =
        list.iter().map(|bytes| packed::Share::<F>::from_bytes(bytes, ())).collect::<Result<Vec<_>>>()?;
    Ok(json!({ "elements": packed::combine(&shares)?.iter().map(element).collect::<Vec<_>>() }))
}
