//! Secret sharing.
use serde_json::{Value, json};
use veilkit::{
    Result,
    codec::{Decode, Encode, Reader, Writer},
    field::{Field, Fp61},
    group::Scalar,
    shamir::{self, Share, feldman, field, pedersen},
};

use super::{
    super::support::vectors::{Test, hex},
    decoded, encoded, encoded_list, object, objects,
};

#[path = "custody.rs"]
mod custody;

pub(super) fn run(procedure: &str, test: &Test) -> Result<Value> {
    match procedure {
        "split" => {
            let shares =
                shamir::split(&test.bytes("secret"), threshold(test), shares(test), &mut test.rng())?;
            Ok(json!({ "shamir_share": encoded_list(&shares) }))
        }
        "combine" => {
            Ok(json!({ "secret": hex(&shamir::combine(&objects::<Share>(test, "shamir_share")?)?) }))
        }
        "combine_correcting" => {
            let (secret, wrong) = shamir::combine_correcting(&objects::<Share>(test, "shamir_share")?)?;
            let wrong: Vec<u16> = wrong.as_slice().iter().map(|party| party.get()).collect();
            Ok(json!({ "secret": hex(&secret), "culprits": wrong }))
        }
        "field_split" if is_fp61(test) => field_split::<Fp61>(test),
        "field_split" => field_split::<Scalar>(test),
        "field_combine" if is_fp61(test) => field_combine::<Fp61>(test),
        "field_combine" => field_combine::<Scalar>(test),
        "feldman_split" => {
            let secret = elements::<Scalar>(test)?[0];
            let (commitment, dealt) =
                feldman::split(&secret, threshold(test), shares(test), &mut test.rng())?;
            Ok(json!({
                "shamir_feldman_commitment": encoded(&commitment), "shamir_feldman_share": encoded_list(&dealt),
            }))
        }
        "feldman_combine" => {
            let commitment = object(test, "shamir_feldman_commitment")?;
            let secret = feldman::combine(&commitment, &objects(test, "shamir_feldman_share")?)?;
            Ok(json!({ "elements": [element(&*secret)] }))
        }
        "pedersen_split" => {
            let secret = test.bytes("secret");
            let (commitment, dealt) =
                pedersen::split(&secret, threshold(test), shares(test), &mut test.rng())?;
            Ok(json!({
                "shamir_pedersen_commitment": encoded(&commitment), "shamir_pedersen_share": encoded_list(&dealt),
            }))
        }
        "pedersen_combine" => {
            let commitment = object(test, "shamir_pedersen_commitment")?;
            let secret = pedersen::combine(&commitment, &objects(test, "shamir_pedersen_share")?)?;
            Ok(json!({ "secret": hex(&secret) }))
        }
        _ => custody::run(procedure, test),
    }
}

pub(super) fn decode(kind: &str, test: &Test) -> Result<Value> {
    match kind {
        "shamir_share" => decoded::<Share, ()>(test, kind, ()),
        "shamir_field_share" if is_fp61(test) => decoded::<field::Share<Fp61>, ()>(test, kind, ()),
        "shamir_field_share" => decoded::<field::Share<Scalar>, ()>(test, kind, ()),
        "shamir_feldman_commitment" => decoded::<feldman::Commitment, ()>(test, kind, ()),
        "shamir_feldman_share" => decoded::<feldman::Share, ()>(test, kind, ()),
        "shamir_pedersen_commitment" => decoded::<pedersen::Commitment, ()>(test, kind, ()),
        "shamir_pedersen_share" => decoded::<pedersen::Share, ()>(test, kind, ()),
        _ => custody::decode(kind, test),
    }
}

fn threshold(test: &Test) -> usize {
    test.size("threshold")
}

fn shares(test: &Test) -> usize {
    test.size("shares")
}

fn is_fp61(test: &Test) -> bool {
    match test.input("field").as_str() {
        Some("fp61") => true,
        Some("ristretto255_scalar") => false,
        other => panic!("no field {other:?}"),
    }
}

fn elements<F: Field>(test: &Test) -> Result<Vec<F>> {
    test.list("elements").iter().map(|bytes| F::read(&mut Reader::new(bytes), "element")).collect()
}

fn element<F: Field>(element: &F) -> String {
    let mut out = Writer::with_capacity(F::ENCODED_LEN);
    element.write(&mut out);
    hex(&out.into_bytes())
}

fn field_split<F: Field>(test: &Test) -> Result<Value>
where
    field::Share<F>: Encode,
{
    let dealt = field::split::<F>(&elements(test)?, threshold(test), shares(test), &mut test.rng())?;
    Ok(json!({ "shamir_field_share": encoded_list(&dealt) }))
}

fn field_combine<F: Field>(test: &Test) -> Result<Value>
where
    field::Share<F>: Decode,
{
    let list = test.list("shamir_field_share");
    let shares =
        list.iter().map(|bytes| field::Share::<F>::from_bytes(bytes, ())).collect::<Result<Vec<_>>>()?;
    let secret = field::combine(&shares)?;
    Ok(json!({ "elements": secret.iter().map(element).collect::<Vec<_>>() }))
}
