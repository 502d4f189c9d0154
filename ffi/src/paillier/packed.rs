//! Paillier: arrays with many numbers in each ciphertext.
use veilkit_bridge::{
    Observer, Result,
    paillier::{self, Encryptor, PackedArray, PlainArray},
    random::OsRandom,
};

use super::{encode, veilkit_paillier_public_key, veilkit_paillier_secret_key};
use crate::{
    buffer::veilkit_buffer,
    edge::{Fallible, Kind, check_out, copy_out, fill, free, give, handle, handles, make, slice, status},
    numbers::{numbers, short, veilkit_numbers},
    status::veilkit_status,
    watch::{run, veilkit_watch},
};

/// Encrypted numbers, many in each ciphertext: smaller and faster, for sums.
pub struct veilkit_paillier_packed_array {
    _opaque: [u8; 0],
}

impl Kind for veilkit_paillier_packed_array {
    type Value = PackedArray;
    const TAG: u32 = 0x5650_0005;
}

type Packed = veilkit_paillier_packed_array;

unsafe fn encrypt(
    key: Encryptor<'_>,
    values: *const veilkit_numbers,
    headroom_bits: u32,
    watch: *const veilkit_watch,
) -> Fallible<PackedArray> {
    // SAFETY: the caller's promise is passed on.
    unsafe {
        let values = numbers(values)?;
        let items = values.len();
        let values = encode(&values, key.public_key().params())?;
        run(watch, items, |observer, rng| key.encrypt_packed(&values, headroom_bits, rng, observer))
    }
}

/// Runs an operation on an array that gives one.
unsafe fn packed(
    out: *mut *mut Packed,
    watch: *const veilkit_watch,
    array: *const Packed,
    call: impl FnOnce(&PackedArray, &mut dyn Observer, &mut OsRandom) -> Result<PackedArray> + Send,
) -> veilkit_status {
    // SAFETY: the caller's promise is passed on.
    unsafe {
        make(out, || {
            let array = handle(array, "array")?;
            run(watch, array.ciphertexts().len(), |observer, rng| call(array, observer, rng))
        })
    }
}

/// Runs an operation on an array and plain numbers of its shape, which must lie within its bound.
unsafe fn with_plain(
    out: *mut *mut Packed,
    watch: *const veilkit_watch,
    array: *const Packed,
    values: *const veilkit_numbers,
    call: impl FnOnce(&PackedArray, &PlainArray, &mut dyn Observer) -> Result<PackedArray> + Send,
) -> veilkit_status {
    // SAFETY: the caller's promise is passed on.
    unsafe {
        make(out, || {
            let (array, values) = (handle(array, "array")?, numbers(values)?);
            let values = paillier::within_packed(array, |params, integer, real| {
                values.encode(
                    |shape, values, _| paillier::integers(params, shape, values, Some(integer)),
                    |shape, values, _| paillier::fixed_point(params, shape, values, Some(real)),
                )
            })?;
            run(watch, array.ciphertexts().len(), |observer, _| call(array, &values, observer))
        })
    }
}

/// Encrypts numbers, many in each ciphertext. `headroom_bits` is how many times their bound may double in sums.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_encrypt_packed(
    key: *const veilkit_paillier_public_key,
    values: *const veilkit_numbers,
    headroom_bits: u32,
    watch: *const veilkit_watch,
    out: *mut *mut veilkit_paillier_packed_array,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        make(out, || encrypt(Encryptor::Public(&handle(key, "key")?.key), values, headroom_bits, watch))
    }
}

/// The same with the secret key: the same, faster.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_encrypt_packed_with_secret_key(
    key: *const veilkit_paillier_secret_key,
    values: *const veilkit_numbers,
    headroom_bits: u32,
    watch: *const veilkit_watch,
    out: *mut *mut veilkit_paillier_packed_array,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { make(out, || encrypt(Encryptor::Secret(handle(key, "key")?), values, headroom_bits, watch)) }
}

/// Frees the array.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_packed_array_free(array: *mut veilkit_paillier_packed_array) {
    // SAFETY: the crate's contract.
    unsafe { free(array) }
}

/// Reads and checks an encoded array under its key.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_packed_array_from_bytes(
    data: *const u8,
    len: usize,
    key: *const veilkit_paillier_public_key,
    out: *mut *mut veilkit_paillier_packed_array,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { make(out, || Ok(PackedArray::from_bytes(slice(data, len, "data")?, &handle(key, "key")?.key)?)) }
}

/// The canonical encoding. What was computed is rerandomized.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_packed_array_to_bytes(
    array: *const veilkit_paillier_packed_array,
    watch: *const veilkit_watch,
    out: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        fill(out, || {
            let array = handle(array, "array")?;
            run(watch, array.ciphertexts().len(), |observer, rng| array.to_bytes_for_sending(rng, observer))
        })
    }
}

/// The number of elements.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_packed_array_len(
    array: *const veilkit_paillier_packed_array,
    out: *mut usize,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { give(out, || Ok(handle(array, "array")?.shape().len())) }
}

/// The number of axes, at most 8.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_packed_array_axes(
    array: *const veilkit_paillier_packed_array,
    out: *mut usize,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { give(out, || Ok(handle(array, "array")?.shape().extents().len())) }
}

/// The extent of each axis; `axes` is what veilkit_paillier_packed_array_axes said.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_packed_array_shape(
    array: *const veilkit_paillier_packed_array,
    extents: *mut usize,
    axes: usize,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    status(|| unsafe { copy_out(handle(array, "array")?.shape().extents(), extents, axes, "extents") })
}

/// Numbers in one ciphertext.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_packed_array_slots(
    array: *const veilkit_paillier_packed_array,
    out: *mut usize,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { give(out, || Ok(handle(array, "array")?.slots())) }
}

/// How many times the public bound on the elements can still double.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_packed_array_headroom_bits(
    array: *const veilkit_paillier_packed_array,
    out: *mut u32,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { give(out, || Ok(handle(array, "array")?.headroom_bits())) }
}

/// The numbers, row-major, each the double closest to the exact result; `len` is the number of elements.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_packed_array_decrypt_doubles(
    array: *const veilkit_paillier_packed_array,
    key: *const veilkit_paillier_secret_key,
    watch: *const veilkit_watch,
    values: *mut f64,
    len: usize,
) -> veilkit_status {
    status(|| {
        // SAFETY: the crate's contract.
        unsafe {
            let (array, key) = (handle(array, "array")?, handle(key, "key")?);
            check_out(values, len, array.shape().len(), "values")?;
            let numbers = run(watch, len, |observer, _| array.decrypt(key, observer))?;
            copy_out(&numbers, values, len, "values")
        }
    })
}

/// The integers, row-major; `len` is the number of elements.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_packed_array_decrypt_int64(
    array: *const veilkit_paillier_packed_array,
    key: *const veilkit_paillier_secret_key,
    watch: *const veilkit_watch,
    values: *mut i64,
    len: usize,
) -> veilkit_status {
    status(|| {
        // SAFETY: the crate's contract.
        unsafe {
            let (array, key) = (handle(array, "array")?, handle(key, "key")?);
            check_out(values, len, array.shape().len(), "values")?;
            let numbers = run(watch, len, |observer, _| array.decrypt_integers(key, observer))?;
            let numbers = short(&numbers)?;
            copy_out(&numbers, values, len, "values")
        }
    })
}

/// Adds two arrays of one shape.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_packed_array_add(
    a: *const veilkit_paillier_packed_array,
    b: *const veilkit_paillier_packed_array,
    watch: *const veilkit_watch,
    out: *mut *mut veilkit_paillier_packed_array,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        make(out, || {
            let (a, b) = (handle(a, "a")?, handle(b, "b")?);
            run(watch, a.ciphertexts().len(), |observer, _| a.add(b, observer))
        })
    }
}

/// Subtracts the second array from the first.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_packed_array_sub(
    a: *const veilkit_paillier_packed_array,
    b: *const veilkit_paillier_packed_array,
    watch: *const veilkit_watch,
    out: *mut *mut veilkit_paillier_packed_array,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        make(out, || {
            let (a, b) = (handle(a, "a")?, handle(b, "b")?);
            run(watch, a.ciphertexts().len(), |observer, _| a.sub(b, observer))
        })
    }
}

/// Adds many arrays of one shape.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_packed_array_sum_many(
    arrays: *const *const veilkit_paillier_packed_array,
    count: usize,
    watch: *const veilkit_watch,
    out: *mut *mut veilkit_paillier_packed_array,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        make(out, || {
            let arrays = handles(arrays, count, "arrays")?;
            run(watch, count, |observer, _| PackedArray::sum_many(&arrays, observer))
        })
    }
}

/// Adds plain numbers of the same shape, within the bound of the array.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_packed_array_add_plain(
    array: *const veilkit_paillier_packed_array,
    values: *const veilkit_numbers,
    watch: *const veilkit_watch,
    out: *mut *mut veilkit_paillier_packed_array,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        with_plain(out, watch, array, values, |array, values, observer| array.add_plain(values, observer))
    }
}

/// Subtracts plain numbers of the same shape, within the bound of the array.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_packed_array_sub_plain(
    array: *const veilkit_paillier_packed_array,
    values: *const veilkit_numbers,
    watch: *const veilkit_watch,
    out: *mut *mut veilkit_paillier_packed_array,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        with_plain(out, watch, array, values, |array, values, observer| array.sub_plain(values, observer))
    }
}

/// Multiplies every element by one plain number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_packed_array_mul_plain(
    array: *const veilkit_paillier_packed_array,
    weight: *const veilkit_numbers,
    watch: *const veilkit_watch,
    out: *mut *mut veilkit_paillier_packed_array,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        make(out, || {
            let array = handle(array, "array")?;
            let weight = encode(&numbers(weight)?, array.public_key().params())?;
            run(watch, array.ciphertexts().len(), |observer, _| array.mul_plain(&weight, observer))
        })
    }
}

/// The same numbers under fresh randomness.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_packed_array_rerandomize(
    array: *const veilkit_paillier_packed_array,
    watch: *const veilkit_watch,
    out: *mut *mut veilkit_paillier_packed_array,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { packed(out, watch, array, |array, observer, rng| array.rerandomize(rng, observer)) }
}
