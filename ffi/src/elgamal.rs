//! ElGamal, additive: keys. Arrays are in the file beside.
use veilkit_bridge::{
    codec::{Decode, Encode},
    elgamal::{self, Params, ParamsSpec, PublicKey, SecretKey},
};

use crate::{
    buffer::veilkit_buffer,
    edge::{Kind, fill, free, give, handle, make, optional, slice},
    numbers::Plain,
    status::veilkit_status,
    watch::{run, veilkit_watch},
};

mod array;

pub use array::*;

/// What a key is for.
#[repr(C)]
pub struct veilkit_elgamal_params {
    /// Bits after the binary point of every fixed-point number under the key.
    pub fraction_bits: u32,
    /// Bits of one encoded number with its sign, without a declared bound.
    pub value_bits: u32,
    /// Bits of the largest result that a decryption searches for, at most 40.
    pub decode_bits: u32,
}

/// The key that encrypts.
pub struct veilkit_elgamal_public_key {
    _opaque: [u8; 0],
}

impl Kind for veilkit_elgamal_public_key {
    type Value = PublicKey;
    const TAG: u32 = 0x5645_0001;
}

/// The key that decrypts.
pub struct veilkit_elgamal_secret_key {
    _opaque: [u8; 0],
}

impl Kind for veilkit_elgamal_secret_key {
    type Value = SecretKey;
    const TAG: u32 = 0x5645_0002;
}

/// The caller's numbers as the key encodes them.
fn encode(values: &Plain<'_>, params: &Params) -> veilkit_bridge::Result<elgamal::PlainArray> {
    values.encode(
        |shape, values, bound| elgamal::integers(params, shape, values, bound),
        |shape, values, bound| elgamal::fixed_point(params, shape, values, bound),
    )
}

/// Makes a key. `params` may be NULL: integers and fixed-point numbers of the default sizes, results up to 32 bits.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_elgamal_generate(
    params: *const veilkit_elgamal_params,
    out: *mut *mut veilkit_elgamal_secret_key,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        make(out, || {
            let spec = optional(params, "params")?.map_or_else(ParamsSpec::default, |given| ParamsSpec {
                fraction_bits: given.fraction_bits,
                value_bits: given.value_bits,
                decode_bits: given.decode_bits,
            });
            run(core::ptr::null::<veilkit_watch>(), 1, |_, rng| elgamal::generate(spec, rng))
        })
    }
}

/// Frees the key and wipes it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_elgamal_secret_key_free(key: *mut veilkit_elgamal_secret_key) {
    // SAFETY: the crate's contract.
    unsafe { free(key) }
}

/// Reads and checks an encoded key.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_elgamal_secret_key_from_bytes(
    data: *const u8,
    len: usize,
    out: *mut *mut veilkit_elgamal_secret_key,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { make(out, || Ok(SecretKey::from_bytes(slice(data, len, "data")?, ())?)) }
}

/// The canonical encoding. It is secret.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_elgamal_secret_key_to_bytes(
    key: *const veilkit_elgamal_secret_key,
    out: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { fill(out, || Ok(handle(key, "key")?.to_bytes())) }
}

/// The key that encrypts.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_elgamal_secret_key_public_key(
    key: *const veilkit_elgamal_secret_key,
    out: *mut *mut veilkit_elgamal_public_key,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { make(out, || Ok(handle(key, "key")?.public_key().clone())) }
}

/// Frees the key.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_elgamal_public_key_free(key: *mut veilkit_elgamal_public_key) {
    // SAFETY: the crate's contract.
    unsafe { free(key) }
}

/// Reads and checks an encoded key.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_elgamal_public_key_from_bytes(
    data: *const u8,
    len: usize,
    out: *mut *mut veilkit_elgamal_public_key,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { make(out, || Ok(PublicKey::from_bytes(slice(data, len, "data")?, ())?)) }
}

/// The canonical encoding.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_elgamal_public_key_to_bytes(
    key: *const veilkit_elgamal_public_key,
    out: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { fill(out, || Ok(handle(key, "key")?.to_bytes())) }
}

/// What the key is for.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_elgamal_public_key_params(
    key: *const veilkit_elgamal_public_key,
    out: *mut veilkit_elgamal_params,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        give(out, || {
            let params = handle(key, "key")?.params();
            Ok(veilkit_elgamal_params {
                fraction_bits: params.fraction_bits(),
                value_bits: params.value_bits(),
                decode_bits: params.decode_bits(),
            })
        })
    }
}

/// What names the key: 16 bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_elgamal_public_key_id(
    key: *const veilkit_elgamal_public_key,
    out: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { fill(out, || Ok(*handle(key, "key")?.id().as_bytes())) }
}

/// The group element of ristretto255: 32 bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_elgamal_public_key_point(
    key: *const veilkit_elgamal_public_key,
    out: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { fill(out, || Ok(handle(key, "key")?.point().to_bytes())) }
}
