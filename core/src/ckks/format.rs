//! The bytes of parameters, keys, ciphertexts and release budgets.
//!
//! Every body begins with the parameters, so that a file says by itself what it needs ([`Params::of_encoding`]):
//! ```text
//! log2 N u8 | scale bits u8 | security u8 | digits u8 | moduli u8 | special moduli u8 | bits of each modulus u8
//! ```
//! Polynomials are residues of values, modulo one prime after the other, each residue as many bits as its prime has. What is
//! expanded from a seed travels as that seed: half of every key and of a fresh ciphertext made with the secret key.
//!
//! ```text
//! secret key       parameters | seed 32
//! public key       parameters | key id 16 | seed 32 | b
//! ciphertext       parameters | key id 16 | level u8 | seeded u8 | scale f64 | bounds 3 f64 | c0 | seed 32 or c1
//! evaluation keys  parameters | key id 16 | relinearization u8 | key if 1 | count u32 | (Galois element u32 | key) each
//!                  key: seed 32 | b for each digit
//! array            parameters | complex u8 | shape | log2 of each stride u8 | repeated u32 | ciphertexts
//! release budget   parameters | key id 16 | statistical bits u8 | releases u32 | left u32
//! ```
//! The b of a public key is modulo all moduli but the special ones, and then modulo the first of these; those of evaluation
//! keys are modulo all. Numbers in double precision are their 64 bits; only those that can occur are taken.
mod array;
mod ciphertext;
mod evaluation_keys;
mod keys;
mod packing;
mod params;
#[cfg(test)]
mod tests;

use super::context::Context;
use super::keys::KeyId;
use crate::codec::{Reader, Writer};
use crate::error::{Error, ErrorKind, Result};

const KEY_ID_LEN: usize = 16;
const SEED_LEN: usize = 32;
/// The stream of a seed that the uniform half of a ciphertext or a public key expands from.
const UNIFORM_STREAM: u64 = 0;

fn invalid(what: &'static str) -> Error {
    Error::new(ErrorKind::InvalidEncoding, what)
}

/// Bytes of what every body begins with.
fn facts_len(context: &Context) -> usize {
    params::body_len(context.params())
}

/// Reads the parameters, which must be those of the context.
///
/// # Errors
/// `ParamsMismatch` for others; `InvalidEncoding` when they are not those of the header.
fn read_facts(body: &mut Reader<'_>, params_id: u32, context: &Context) -> Result<()> {
    if params_id != context.params().id() {
        return Err(Error::new(ErrorKind::ParamsMismatch, "encoding: of other parameters"));
    }
    let mut expected = Writer::with_capacity(facts_len(context));
    params::write(context.params(), &mut expected);
    if body.bytes(facts_len(context), "params")? != &expected.into_bytes()[..] {
        return Err(Error::new(ErrorKind::ParamsMismatch, "params: not those of the header"));
    }
    Ok(())
}

fn read_key_id(body: &mut Reader<'_>) -> Result<KeyId> {
    Ok(KeyId::from_bytes(body.array::<KEY_ID_LEN>("key id")?))
}

/// A number that is not negative.
fn read_size(body: &mut Reader<'_>, what: &'static str) -> Result<f64> {
    let value = f64::from_bits(body.u64(what)?);
    if value.is_finite() && value.is_sign_positive() { Ok(value) } else { Err(invalid(what)) }
}

/// 0 or 1.
fn read_flag(body: &mut Reader<'_>, what: &'static str) -> Result<bool> {
    match body.u8(what)? {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(invalid(what)),
    }
}
