//! Paillier: numbers submitted with a proof of their range; proofs about single numbers. Proofs are bytes.
use veilkit_bridge::{
    codec::{Decode, Encode},
    paillier::{EncryptedArray, Ends, EqualityProof, ProductProof, Submission},
};

use super::{encode, veilkit_paillier_array, veilkit_paillier_public_key};
use crate::{
    buffer::veilkit_buffer,
    edge::{Fallible, boxed, fill, handle, make, put, slice, status},
    numbers::{numbers, veilkit_numbers},
    status::veilkit_status,
    watch::{run, veilkit_watch},
};

unsafe fn submit(
    key: *const veilkit_paillier_public_key,
    values: *const veilkit_numbers,
    ends: Ends,
    context: (*const u8, usize),
    watch: *const veilkit_watch,
) -> Fallible<Vec<u8>> {
    // SAFETY: the caller's promise is passed on.
    unsafe {
        let (key, values) = (&handle(key, "key")?.key, numbers(values)?);
        let context = slice(context.0, context.1, "context")?;
        let items = values.len().max(2);
        let (values, range) = (encode(&values, key.params())?, ends.range(key.params())?);
        let made = run(watch, items, |observer, rng| {
            Submission::encrypt(key, &values, &range, context, rng, observer)
        })?;
        Ok(made.to_bytes().to_vec())
    }
}

unsafe fn verify(
    data: (*const u8, usize),
    key: *const veilkit_paillier_public_key,
    ends: Ends,
    context: (*const u8, usize),
    watch: *const veilkit_watch,
) -> Fallible<EncryptedArray> {
    // SAFETY: the caller's promise is passed on.
    unsafe {
        let key = &handle(key, "key")?.key;
        let (data, context) = (slice(data.0, data.1, "data")?, slice(context.0, context.1, "context")?);
        let (submission, range) = (Submission::from_bytes(data, key)?, ends.range(key.params())?);
        run(watch, 2, |observer, _| submission.verify(&range, context, observer))
    }
}

/// Reads a proof that was made under a key.
macro_rules! proof {
    ($proof:ty, $array:ident, $data:ident, $len:ident) => {
        <$proof>::from_bytes(slice($data, $len, "proof")?, $array.public_key())?
    };
}

/// Encrypts integers and proves that each lies from `low` to `high`. The proof counts only with the same context, such as "study 7,
/// hospital 2, age".
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_submit_int64(
    key: *const veilkit_paillier_public_key,
    values: *const veilkit_numbers,
    low: i64,
    high: i64,
    context: *const u8,
    context_len: usize,
    watch: *const veilkit_watch,
    out: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { fill(out, || submit(key, values, Ends::Integers(low, high), (context, context_len), watch)) }
}

/// Checks submitted integers against the expected range and context, and gives them: VEILKIT_STATUS_VERIFICATION_FAILED if the
/// proof does not hold.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_verify_submission_int64(
    data: *const u8,
    len: usize,
    key: *const veilkit_paillier_public_key,
    low: i64,
    high: i64,
    context: *const u8,
    context_len: usize,
    watch: *const veilkit_watch,
    out: *mut *mut veilkit_paillier_array,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        make(out, || verify((data, len), key, Ends::Integers(low, high), (context, context_len), watch))
    }
}

/// Encrypts doubles and proves that each lies from `low` to `high`. The proof counts only with the same context, such as "study 7,
/// hospital 2, age".
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_submit_doubles(
    key: *const veilkit_paillier_public_key,
    values: *const veilkit_numbers,
    low: f64,
    high: f64,
    context: *const u8,
    context_len: usize,
    watch: *const veilkit_watch,
    out: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { fill(out, || submit(key, values, Ends::Reals(low, high), (context, context_len), watch)) }
}

/// Checks submitted doubles against the expected range and context, and gives them: VEILKIT_STATUS_VERIFICATION_FAILED if the
/// proof does not hold.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_verify_submission_doubles(
    data: *const u8,
    len: usize,
    key: *const veilkit_paillier_public_key,
    low: f64,
    high: f64,
    context: *const u8,
    context_len: usize,
    watch: *const veilkit_watch,
    out: *mut *mut veilkit_paillier_array,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { make(out, || verify((data, len), key, Ends::Reals(low, high), (context, context_len), watch)) }
}

/// One number under fresh randomness, and the proof that it is the same.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_array_rerandomize_with_proof(
    array: *const veilkit_paillier_array,
    context: *const u8,
    context_len: usize,
    out: *mut *mut veilkit_paillier_array,
    proof: *mut veilkit_buffer,
) -> veilkit_status {
    status(|| {
        // SAFETY: the crate's contract.
        unsafe {
            put(out, core::ptr::null_mut(), "out")?;
            put(proof, veilkit_buffer::EMPTY, "proof")?;
            let (array, context) = (handle(array, "array")?, slice(context, context_len, "context")?);
            let made = run(core::ptr::null(), 1, |_, rng| array.rerandomize_with_proof(context, rng))?;
            put(proof, veilkit_buffer::copy(&made.1.to_bytes()), "proof")?;
            put(out, boxed(made.0), "out")
        }
    })
}

/// Checks the proof that both arrays of one element hold the same number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_array_verify_same(
    a: *const veilkit_paillier_array,
    b: *const veilkit_paillier_array,
    proof: *const u8,
    proof_len: usize,
    context: *const u8,
    context_len: usize,
) -> veilkit_status {
    status(|| {
        // SAFETY: the crate's contract.
        unsafe {
            let (a, b) = (handle(a, "a")?, handle(b, "b")?);
            let proof = proof!(EqualityProof, a, proof, proof_len);
            Ok(a.verify_same(b, &proof, slice(context, context_len, "context")?)?)
        }
    })
}

/// One number times a secret weight, the weight encrypted, and the proof that the product is one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_array_multiply_with_proof(
    array: *const veilkit_paillier_array,
    weight: *const veilkit_numbers,
    context: *const u8,
    context_len: usize,
    product: *mut *mut veilkit_paillier_array,
    encrypted_weight: *mut *mut veilkit_paillier_array,
    proof: *mut veilkit_buffer,
) -> veilkit_status {
    status(|| {
        // SAFETY: the crate's contract.
        unsafe {
            put(product, core::ptr::null_mut(), "product")?;
            put(encrypted_weight, core::ptr::null_mut(), "encrypted_weight")?;
            put(proof, veilkit_buffer::EMPTY, "proof")?;
            let (array, context) = (handle(array, "array")?, slice(context, context_len, "context")?);
            let weight = encode(&numbers(weight)?, array.public_key().params())?;
            let made = run(core::ptr::null(), 1, |_, rng| array.multiply_with_proof(&weight, context, rng))?;
            put(proof, veilkit_buffer::copy(&made.proof.to_bytes()), "proof")?;
            put(encrypted_weight, boxed(made.weight), "encrypted_weight")?;
            put(product, boxed(made.product), "product")
        }
    })
}

/// Checks the proof that `product` holds the product of the numbers in `array` and `encrypted_weight`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_array_verify_product(
    array: *const veilkit_paillier_array,
    encrypted_weight: *const veilkit_paillier_array,
    product: *const veilkit_paillier_array,
    proof: *const u8,
    proof_len: usize,
    context: *const u8,
    context_len: usize,
) -> veilkit_status {
    status(|| {
        // SAFETY: the crate's contract.
        unsafe {
            let (array, weight) = (handle(array, "array")?, handle(encrypted_weight, "encrypted_weight")?);
            let product = handle(product, "product")?;
            let proof = proof!(ProductProof, array, proof, proof_len);
            Ok(array.verify_product(weight, product, &proof, slice(context, context_len, "context")?)?)
        }
    })
}
