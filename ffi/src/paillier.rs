//! Paillier: keys. Arrays, packed arrays and proofs are in the files beside.
use veilkit_bridge::{
    codec::{Decode, Encode},
    paillier::{
        self, Encryptor, Params, ParamsSpec, Pool, ProvenPublicKey, PublicKey, SecretKey, UnprovenPublicKey,
    },
};

use std::sync::{Mutex, PoisonError};

use crate::{
    buffer::veilkit_buffer,
    edge::{Fallible, Kind, fill, free, give, handle, make, optional, slice, status, text},
    numbers::{Plain, numbers, veilkit_numbers},
    status::veilkit_status,
    watch::{run, veilkit_watch},
};

mod array;
mod packed;
mod proofs;

pub use array::*;
pub use packed::*;
pub use proofs::*;

/// What a key is for.
#[repr(C)]
pub struct veilkit_paillier_params {
    /// Bits of the modulus: 2048 (112-bit security), 3072 (128-bit) or 4096.
    pub modulus_bits: u32,
    /// Bits after the binary point of every fixed-point number under the key.
    pub fraction_bits: u32,
    /// Bits of one encoded number with its sign.
    pub value_bits: u32,
}

/// The key that encrypts, and its proof if it has one.
pub struct veilkit_paillier_public_key {
    _opaque: [u8; 0],
}

impl Kind for veilkit_paillier_public_key {
    type Value = Public;
    const TAG: u32 = 0x5650_0001;
}

/// The key that decrypts.
pub struct veilkit_paillier_secret_key {
    _opaque: [u8; 0],
}

impl Kind for veilkit_paillier_secret_key {
    type Value = SecretKey;
    const TAG: u32 = 0x5650_0002;
}

/// Randomizers made ahead of time, each used once. Unlike other handles it changes; threads may share it all the same.
pub struct veilkit_paillier_pool {
    _opaque: [u8; 0],
}

impl Kind for veilkit_paillier_pool {
    type Value = Mutex<Pool>;
    const TAG: u32 = 0x5650_0003;
}

/// A public key, and its proof if it has one.
pub(crate) struct Public {
    pub(crate) key: PublicKey,
    proof: Option<ProvenPublicKey>,
}

impl Public {
    fn proven(proof: ProvenPublicKey) -> Self {
        Self { key: proof.public_key().clone(), proof: Some(proof) }
    }

    pub(crate) fn trusted(key: PublicKey) -> Self {
        Self { key, proof: None }
    }
}

/// Parameters of the caller; the defaults at null.
unsafe fn params(pointer: *const veilkit_paillier_params) -> Fallible<ParamsSpec> {
    // SAFETY: the caller's promise is passed on.
    Ok(unsafe { optional(pointer, "params")? }.map_or_else(ParamsSpec::default, |given| ParamsSpec {
        modulus_bits: given.modulus_bits,
        fraction_bits: given.fraction_bits,
        value_bits: given.value_bits,
    }))
}

/// The caller's numbers as the key encodes them.
pub(crate) fn encode(values: &Plain<'_>, params: &Params) -> veilkit_bridge::Result<paillier::PlainArray> {
    values.encode(
        |shape, values, bound| paillier::integers(params, shape, values, bound),
        |shape, values, bound| paillier::fixed_point(params, shape, values, bound),
    )
}

/// Makes a key. Takes seconds. `params` may be NULL: 3072 bits, 40 after the binary point, 88 in all.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_generate(
    params_or_null: *const veilkit_paillier_params,
    watch: *const veilkit_watch,
    out: *mut *mut veilkit_paillier_secret_key,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        make(out, || {
            let spec = params(params_or_null)?;
            run(watch, 2, |_, rng| paillier::generate(spec, rng))
        })
    }
}

/// Frees the key and wipes it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_secret_key_free(key: *mut veilkit_paillier_secret_key) {
    // SAFETY: the crate's contract.
    unsafe { free(key) }
}

/// Reads and checks an encoded key.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_secret_key_from_bytes(
    data: *const u8,
    len: usize,
    out: *mut *mut veilkit_paillier_secret_key,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { make(out, || Ok(SecretKey::from_bytes(slice(data, len, "data")?, ())?)) }
}

/// The canonical encoding. It is secret.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_secret_key_to_bytes(
    key: *const veilkit_paillier_secret_key,
    out: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { fill(out, || Ok(handle(key, "key")?.to_bytes())) }
}

/// The key of two primes of other software, big-endian. `params` may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_secret_key_from_primes(
    p: *const u8,
    p_len: usize,
    q: *const u8,
    q_len: usize,
    params_or_null: *const veilkit_paillier_params,
    out: *mut *mut veilkit_paillier_secret_key,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        make(out, || {
            let (p, q) = (slice(p, p_len, "p")?, slice(q, q_len, "q")?);
            Ok(SecretKey::from_primes(Params::new(params(params_or_null)?)?, p, q)?)
        })
    }
}

/// The two primes, big-endian, for other software. They are secret.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_secret_key_primes(
    key: *const veilkit_paillier_secret_key,
    p: *mut veilkit_buffer,
    q: *mut veilkit_buffer,
) -> veilkit_status {
    status(|| {
        // SAFETY: the crate's contract.
        unsafe {
            crate::edge::put(p, veilkit_buffer::EMPTY, "p")?;
            crate::edge::put(q, veilkit_buffer::EMPTY, "q")?;
            let primes = handle(key, "key")?.primes_to_be_bytes();
            crate::edge::put(p, veilkit_buffer::copy(&primes[0]), "p")?;
            crate::edge::put(q, veilkit_buffer::copy(&primes[1]), "q")
        }
    })
}

/// The same primes with a base that can be proven, for keys of other software. A new key: old ciphertexts do not fit it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_secret_key_with_provable_base(
    key: *const veilkit_paillier_secret_key,
    out: *mut *mut veilkit_paillier_secret_key,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        make(out, || {
            let key = handle(key, "key")?;
            run(core::ptr::null(), 1, |_, rng| key.with_provable_base(rng))
        })
    }
}

/// Reads a secret key of `phe`, which is JSON.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_secret_key_from_jwk(
    json: *const u8,
    len: usize,
    fraction_bits: u32,
    value_bits: u32,
    out: *mut *mut veilkit_paillier_secret_key,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { make(out, || Ok(SecretKey::from_jwk(text(json, len, "json")?, fraction_bits, value_bits)?)) }
}

/// The primes as `phe` reads them. They are secret.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_secret_key_to_jwk(
    key: *const veilkit_paillier_secret_key,
    comment: *const u8,
    len: usize,
    out: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { fill(out, || Ok(handle(key, "key")?.to_jwk(text(comment, len, "comment")?))) }
}

/// The key that encrypts, without a proof: for the key holder's own use.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_secret_key_public_key(
    key: *const veilkit_paillier_secret_key,
    out: *mut *mut veilkit_paillier_public_key,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { make(out, || Ok(Public::trusted(handle(key, "key")?.public_key().clone()))) }
}

/// The key that encrypts, with the proof that it is well-formed: for others. Takes some seconds.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_secret_key_prove_public_key(
    key: *const veilkit_paillier_secret_key,
    watch: *const veilkit_watch,
    out: *mut *mut veilkit_paillier_public_key,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        make(out, || {
            let key = handle(key, "key")?;
            run(watch, 2, |_, _| key.prove_public_key()).map(Public::proven)
        })
    }
}

/// Frees the key.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_public_key_free(key: *mut veilkit_paillier_public_key) {
    // SAFETY: the crate's contract.
    unsafe { free(key) }
}

/// Reads an encoded key and checks its proof.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_public_key_from_bytes(
    data: *const u8,
    len: usize,
    out: *mut *mut veilkit_paillier_public_key,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { make(out, || Ok(Public::proven(paillier::read_proven(slice(data, len, "data")?)?))) }
}

/// The canonical encoding, with the proof if there is one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_public_key_to_bytes(
    key: *const veilkit_paillier_public_key,
    out: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        fill(out, || {
            let public = handle(key, "key")?;
            Ok(public.proof.as_ref().map_or_else(|| public.key.to_bytes(), Encode::to_bytes))
        })
    }
}

/// Reads an encoded key without a proof, and trusts it: only for keys from somewhere that would not cheat.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_public_key_trust_without_proof(
    data: *const u8,
    len: usize,
    out: *mut *mut veilkit_paillier_public_key,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        make(out, || {
            let key = UnprovenPublicKey::from_bytes(slice(data, len, "data")?, ())?;
            Ok(Public::trusted(key.trust_without_proof()))
        })
    }
}

/// The canonical encoding without the proof.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_public_key_to_bytes_without_proof(
    key: *const veilkit_paillier_public_key,
    out: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { fill(out, || Ok(handle(key, "key")?.key.to_bytes())) }
}

/// The key with this modulus, big-endian, trusted without a proof. `params` may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_public_key_trust_modulus(
    modulus: *const u8,
    len: usize,
    params_or_null: *const veilkit_paillier_params,
    out: *mut *mut veilkit_paillier_public_key,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        make(out, || {
            let params = Params::new(params(params_or_null)?)?;
            let key = UnprovenPublicKey::from_modulus(params, slice(modulus, len, "modulus")?)?;
            Ok(Public::trusted(key.trust_without_proof()))
        })
    }
}

/// Reads a public key of `phe`, which is JSON, and trusts it without a proof.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_public_key_trust_jwk(
    json: *const u8,
    len: usize,
    fraction_bits: u32,
    value_bits: u32,
    out: *mut *mut veilkit_paillier_public_key,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        make(out, || {
            let json = text(json, len, "json")?;
            let key = UnprovenPublicKey::from_jwk(json, fraction_bits, value_bits)?;
            Ok(Public::trusted(key.trust_without_proof()))
        })
    }
}

/// The modulus as `phe` reads it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_public_key_to_jwk(
    key: *const veilkit_paillier_public_key,
    comment: *const u8,
    len: usize,
    out: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { fill(out, || Ok(handle(key, "key")?.key.to_jwk(text(comment, len, "comment")?))) }
}

/// Whether the key carries a proof.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_public_key_is_proven(
    key: *const veilkit_paillier_public_key,
    out: *mut bool,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { give(out, || Ok(handle(key, "key")?.proof.is_some())) }
}

/// What the key is for.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_public_key_params(
    key: *const veilkit_paillier_public_key,
    out: *mut veilkit_paillier_params,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        give(out, || {
            let params = handle(key, "key")?.key.params();
            Ok(veilkit_paillier_params {
                modulus_bits: params.modulus_bits(),
                fraction_bits: params.fraction_bits(),
                value_bits: params.value_bits(),
            })
        })
    }
}

/// What names the key: 16 bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_public_key_id(
    key: *const veilkit_paillier_public_key,
    out: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { fill(out, || Ok(*handle(key, "key")?.key.id().as_bytes())) }
}

/// The modulus, big-endian.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_public_key_modulus(
    key: *const veilkit_paillier_public_key,
    out: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { fill(out, || Ok(handle(key, "key")?.key.modulus_to_be_bytes())) }
}

/// An empty pool.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_pool_new(
    key: *const veilkit_paillier_public_key,
    out: *mut *mut veilkit_paillier_pool,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { make(out, || Ok(Mutex::new(Pool::new(&handle(key, "key")?.key)))) }
}

/// Frees the pool and wipes it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_pool_free(pool: *mut veilkit_paillier_pool) {
    // SAFETY: the crate's contract.
    unsafe { free(pool) }
}

/// Adds randomizers made with the public key.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_pool_fill(
    pool: *const veilkit_paillier_pool,
    key: *const veilkit_paillier_public_key,
    count: usize,
    watch: *const veilkit_watch,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    status(|| unsafe { fill_pool(pool, Encryptor::Public(&handle(key, "key")?.key), count, watch) })
}

/// The same with the secret key, which is faster.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_pool_fill_with_secret_key(
    pool: *const veilkit_paillier_pool,
    key: *const veilkit_paillier_secret_key,
    count: usize,
    watch: *const veilkit_watch,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    status(|| unsafe { fill_pool(pool, Encryptor::Secret(handle(key, "key")?), count, watch) })
}

/// More at once would be a mistake: they would take half a terabyte.
const MAX_RANDOMIZERS: usize = 1 << 30;

unsafe fn fill_pool(
    pool: *const veilkit_paillier_pool,
    key: Encryptor<'_>,
    count: usize,
    watch: *const veilkit_watch,
) -> Fallible<()> {
    // SAFETY: the caller's promise is passed on.
    let pool = unsafe { handle(pool, "pool")? };
    if count > MAX_RANDOMIZERS {
        return Err(crate::edge::Fault::Argument("count", "more than 2^30"));
    }
    // SAFETY: as above.
    unsafe {
        run(watch, count, |observer, rng| {
            pool.lock().unwrap_or_else(PoisonError::into_inner).fill(key, count, rng, observer)
        })
    }
}

/// How many randomizers are left; none in a fork of the process that made them.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_pool_len(
    pool: *const veilkit_paillier_pool,
    out: *mut usize,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { give(out, || Ok(handle(pool, "pool")?.lock().unwrap_or_else(PoisonError::into_inner).len())) }
}

/// Encrypts numbers with randomizers of the pool, one for each.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_pool_encrypt(
    pool: *const veilkit_paillier_pool,
    key: *const veilkit_paillier_public_key,
    values: *const veilkit_numbers,
    out: *mut *mut veilkit_paillier_array,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        make(out, || {
            let (pool, key) = (handle(pool, "pool")?, &handle(key, "key")?.key);
            let values = encode(&numbers(values)?, key.params())?;
            Ok(pool.lock().unwrap_or_else(PoisonError::into_inner).encrypt(key, &values)?)
        })
    }
}
