//! Evaluation keys.
use std::collections::BTreeMap;

use super::packing::{poly_len, read_poly, write_poly};
use super::{KEY_ID_LEN, SEED_LEN, facts_len, invalid, params, read_facts, read_flag, read_key_id};
use crate::ckks::context::Context;
use crate::ckks::evaluation_keys::EvaluationKeys;
use crate::ckks::key_switch::KeySwitchKey;
use crate::codec::{Decode, Encode, Kind, Reader, Writer};
use crate::error::Result;

/// Bytes of a Galois element.
const ELEMENT_LEN: usize = 4;

/// Bytes of one key.
fn key_len(context: &Context) -> usize {
    SEED_LEN + context.params().digits() * poly_len(context.qp(), context.qp().len())
}

fn write_key(context: &Context, key: &KeySwitchKey, out: &mut Writer) {
    out.bytes(key.seed());
    for half in key.halves() {
        write_poly(context.qp(), half, out);
    }
}

fn read_key(context: &Context, body: &mut Reader<'_>) -> Result<KeySwitchKey> {
    // All its bytes are there before memory is taken for one of them.
    let mut own = Reader::new(body.bytes(key_len(context), "evaluation keys: a key")?);
    let seed = own.array::<SEED_LEN>("evaluation keys: seed")?;
    let digits = 0..context.params().digits();
    let halves =
        digits.map(|_| read_poly(context.qp(), context.qp().len(), &mut own, "evaluation keys: a residue"));
    Ok(KeySwitchKey::from_halves(context, seed, halves.collect::<Result<_>>()?))
}

impl Encode for EvaluationKeys {
    const KIND: Kind = Kind::CkksEvaluationKeys;

    fn params_id(&self) -> u32 {
        self.context().params().id()
    }

    fn body_len(&self) -> usize {
        let (relinearization, galois) = self.parts();
        let key = key_len(self.context());
        let keys = relinearization.map_or(0, |_| key) + galois.len() * (ELEMENT_LEN + key);
        facts_len(self.context()) + KEY_ID_LEN + 1 + 4 + keys
    }

    fn write_body(&self, out: &mut Writer) {
        params::write(self.context().params(), out);
        let (relinearization, galois) = self.parts();
        out.bytes(self.key().as_bytes()).u8(u8::from(relinearization.is_some()));
        if let Some(key) = relinearization {
            write_key(self.context(), key, out);
        }
        out.len(galois.len());
        for (element, key) in galois {
            out.u32(u32::try_from(element).expect("elements are below 2^17"));
            write_key(self.context(), key, out);
        }
    }
}

impl Decode<&Context> for EvaluationKeys {
    fn read_body(body: &mut Reader<'_>, params_id: u32, context: &Context) -> Result<Self> {
        read_facts(body, params_id, context)?;
        let id = read_key_id(body)?;
        let relinearization = match read_flag(body, "evaluation keys: relinearization")? {
            true => Some(read_key(context, body)?),
            false => None,
        };
        let count = body.count(ELEMENT_LEN + key_len(context), "evaluation keys: count")?;
        let mut galois = BTreeMap::new();
        let mut last = 1;
        for _ in 0..count {
            let element = u64::from(body.u32("evaluation keys: Galois element")?);
            // 1 needs no key.
            if element <= last || element % 2 == 0 || element >= 2 * context.params().degree() as u64 {
                return Err(invalid("evaluation keys: Galois element"));
            }
            last = element;
            galois.insert(element, read_key(context, body)?);
        }
        Self::from_parts(context, id, relinearization, galois)
    }
}
