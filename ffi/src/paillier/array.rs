//! Paillier: encrypted arrays.
use veilkit_bridge::{
    Observer, Result,
    paillier::{self, EncryptedArray, Encryptor, PlainArray},
    random::OsRandom,
    shape::Shape,
};

use super::{Public, encode, veilkit_paillier_public_key, veilkit_paillier_secret_key};
use crate::{
    buffer::veilkit_buffer,
    edge::{Fallible, Kind, check_out, copy_out, fill, free, give, handle, handles, make, slice, status},
    numbers::{numbers, veilkit_numbers, veilkit_pick},
    status::veilkit_status,
    watch::{run, veilkit_watch},
};

/// Encrypted numbers, in an array of any shape.
pub struct veilkit_paillier_array {
    _opaque: [u8; 0],
}

impl Kind for veilkit_paillier_array {
    type Value = EncryptedArray;
    const TAG: u32 = 0x5650_0004;
}

type Array = veilkit_paillier_array;

/// Runs an operation on arrays that gives one.
unsafe fn array(
    out: *mut *mut Array,
    watch: *const veilkit_watch,
    array: *const Array,
    call: impl FnOnce(&EncryptedArray, &mut dyn Observer, &mut OsRandom) -> Result<EncryptedArray> + Send,
) -> veilkit_status {
    // SAFETY: the caller's promise is passed on.
    unsafe {
        make(out, || {
            let array = handle(array, "array")?;
            run(watch, array.shape().len(), |observer, rng| call(array, observer, rng))
        })
    }
}

/// Runs an operation on an array and plain numbers.
unsafe fn with_plain(
    out: *mut *mut Array,
    watch: *const veilkit_watch,
    array: *const Array,
    values: *const veilkit_numbers,
    call: impl FnOnce(&EncryptedArray, &PlainArray, &mut dyn Observer) -> Result<EncryptedArray> + Send,
) -> veilkit_status {
    // SAFETY: the caller's promise is passed on.
    unsafe {
        make(out, || {
            let (array, values) = (handle(array, "array")?, numbers(values)?);
            let items = array.shape().len().max(values.len());
            let values = encode(&values, array.public_key().params())?;
            run(watch, items, |observer, _| call(array, &values, observer))
        })
    }
}

/// Runs an operation on two arrays.
unsafe fn with_array(
    out: *mut *mut Array,
    watch: *const veilkit_watch,
    a: *const Array,
    b: *const Array,
    call: impl FnOnce(&EncryptedArray, &EncryptedArray, &mut dyn Observer) -> Result<EncryptedArray> + Send,
) -> veilkit_status {
    // SAFETY: the caller's promise is passed on.
    unsafe {
        make(out, || {
            let (a, b) = (handle(a, "a")?, handle(b, "b")?);
            run(watch, a.shape().len().max(b.shape().len()), |observer, _| call(a, b, observer))
        })
    }
}

/// Encrypts numbers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_encrypt(
    key: *const veilkit_paillier_public_key,
    values: *const veilkit_numbers,
    watch: *const veilkit_watch,
    out: *mut *mut veilkit_paillier_array,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { make(out, || encrypt(Encryptor::Public(&handle(key, "key")?.key), values, watch)) }
}

/// Encrypts numbers with the secret key: the same, faster.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_encrypt_with_secret_key(
    key: *const veilkit_paillier_secret_key,
    values: *const veilkit_numbers,
    watch: *const veilkit_watch,
    out: *mut *mut veilkit_paillier_array,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { make(out, || encrypt(Encryptor::Secret(handle(key, "key")?), values, watch)) }
}

unsafe fn encrypt(
    key: Encryptor<'_>,
    values: *const veilkit_numbers,
    watch: *const veilkit_watch,
) -> Fallible<EncryptedArray> {
    // SAFETY: the caller's promise is passed on.
    unsafe {
        let values = numbers(values)?;
        let items = values.len();
        let values = encode(&values, key.public_key().params())?;
        run(watch, items, |observer, rng| key.encrypt(&values, rng, observer))
    }
}

/// Frees the array.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_array_free(array: *mut veilkit_paillier_array) {
    // SAFETY: the crate's contract.
    unsafe { free(array) }
}

/// Reads and checks an encoded array under its key.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_array_from_bytes(
    data: *const u8,
    len: usize,
    key: *const veilkit_paillier_public_key,
    out: *mut *mut veilkit_paillier_array,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        make(out, || {
            let key = &handle(key, "key")?.key;
            Ok(EncryptedArray::from_bytes(slice(data, len, "data")?, key)?)
        })
    }
}

/// The canonical encoding. What was computed is rerandomized, so that nothing of the computation shows.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_array_to_bytes(
    array: *const veilkit_paillier_array,
    watch: *const veilkit_watch,
    out: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        fill(out, || {
            let array = handle(array, "array")?;
            run(watch, array.shape().len(), |observer, rng| array.to_bytes_for_sending(rng, observer))
        })
    }
}

/// The number of elements.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_array_len(
    array: *const veilkit_paillier_array,
    out: *mut usize,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { give(out, || Ok(handle(array, "array")?.shape().len())) }
}

/// The number of axes, at most 8; 0 for one number without an axis.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_array_axes(
    array: *const veilkit_paillier_array,
    out: *mut usize,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { give(out, || Ok(handle(array, "array")?.shape().extents().len())) }
}

/// The extent of each axis; `axes` is what veilkit_paillier_array_axes said.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_array_shape(
    array: *const veilkit_paillier_array,
    extents: *mut usize,
    axes: usize,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    status(|| unsafe { copy_out(handle(array, "array")?.shape().extents(), extents, axes, "extents") })
}

/// Bits after the binary point: 0 for integers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_array_scale(
    array: *const veilkit_paillier_array,
    out: *mut u32,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { give(out, || Ok(handle(array, "array")?.scale())) }
}

/// How many times the public bound on the elements can still double.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_array_headroom_bits(
    array: *const veilkit_paillier_array,
    out: *mut u32,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { give(out, || Ok(handle(array, "array")?.headroom_bits())) }
}

/// The key of the array.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_array_public_key(
    array: *const veilkit_paillier_array,
    out: *mut *mut veilkit_paillier_public_key,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        make(out, || {
            let array = handle(array, "array")?;
            Ok(Public::trusted(array.public_key().clone()))
        })
    }
}

/// The numbers, row-major, each the double closest to the exact result; `len` is the number of elements.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_array_decrypt_doubles(
    array: *const veilkit_paillier_array,
    key: *const veilkit_paillier_secret_key,
    watch: *const veilkit_watch,
    values: *mut f64,
    len: usize,
) -> veilkit_status {
    status(|| {
        // SAFETY: the crate's contract.
        unsafe {
            let (array, key) = (handle(array, "array")?, handle(key, "key")?);
            let items = array.shape().len();
            check_out(values, len, items, "values")?;
            let numbers = run(watch, items, |observer, _| array.decrypt(key, observer))?;
            copy_out(&numbers, values, len, "values")
        }
    })
}

/// The integers, row-major; `len` is the number of elements. VEILKIT_STATUS_PARAMS_MISMATCH for numbers that are not integers,
/// VEILKIT_STATUS_OUT_OF_RANGE for integers beyond 64 bits.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_array_decrypt_int64(
    array: *const veilkit_paillier_array,
    key: *const veilkit_paillier_secret_key,
    watch: *const veilkit_watch,
    values: *mut i64,
    len: usize,
) -> veilkit_status {
    status(|| {
        // SAFETY: the crate's contract.
        unsafe {
            let (array, key) = (handle(array, "array")?, handle(key, "key")?);
            let items = array.shape().len();
            check_out(values, len, items, "values")?;
            let numbers = run(watch, items, |observer, _| array.decrypt_integers(key, observer))?;
            let numbers = crate::numbers::short(&numbers)?;
            copy_out(&numbers, values, len, "values")
        }
    })
}

/// Adds two arrays; shapes are broadcast as in numpy.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_array_add(
    a: *const veilkit_paillier_array,
    b: *const veilkit_paillier_array,
    watch: *const veilkit_watch,
    out: *mut *mut veilkit_paillier_array,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { with_array(out, watch, a, b, |a, b, observer| a.add(b, observer)) }
}

/// Subtracts the second array from the first.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_array_sub(
    a: *const veilkit_paillier_array,
    b: *const veilkit_paillier_array,
    watch: *const veilkit_watch,
    out: *mut *mut veilkit_paillier_array,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { with_array(out, watch, a, b, |a, b, observer| a.sub(b, observer)) }
}

/// The negative of each element.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_array_neg(
    array: *const veilkit_paillier_array,
    watch: *const veilkit_watch,
    out: *mut *mut veilkit_paillier_array,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { self::array(out, watch, array, |array, observer, _| array.neg(observer)) }
}

/// Adds plain numbers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_array_add_plain(
    array: *const veilkit_paillier_array,
    values: *const veilkit_numbers,
    watch: *const veilkit_watch,
    out: *mut *mut veilkit_paillier_array,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        with_plain(out, watch, array, values, |array, values, observer| array.add_plain(values, observer))
    }
}

/// Subtracts plain numbers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_array_sub_plain(
    array: *const veilkit_paillier_array,
    values: *const veilkit_numbers,
    watch: *const veilkit_watch,
    out: *mut *mut veilkit_paillier_array,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        with_plain(out, watch, array, values, |array, values, observer| array.sub_plain(values, observer))
    }
}

/// Subtracts the array from plain numbers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_array_rsub_plain(
    array: *const veilkit_paillier_array,
    values: *const veilkit_numbers,
    watch: *const veilkit_watch,
    out: *mut *mut veilkit_paillier_array,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        with_plain(out, watch, array, values, |array, values, observer| array.rsub_plain(values, observer))
    }
}

/// Multiplies each element by a plain number, in a time that does not depend on the numbers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_array_mul_plain(
    array: *const veilkit_paillier_array,
    values: *const veilkit_numbers,
    watch: *const veilkit_watch,
    out: *mut *mut veilkit_paillier_array,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        with_plain(out, watch, array, values, |array, values, observer| array.mul_plain(values, observer))
    }
}

/// The same as veilkit_paillier_array_mul_plain, faster, for plain numbers that are public.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_array_mul_plain_vartime(
    array: *const veilkit_paillier_array,
    values: *const veilkit_numbers,
    watch: *const veilkit_watch,
    out: *mut *mut veilkit_paillier_array,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        with_plain(out, watch, array, values, |array, values, observer| {
            array.mul_plain_vartime(values, observer)
        })
    }
}

/// The matrix product, plain numbers on the right; of one axis each the dot product.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_array_matmul(
    array: *const veilkit_paillier_array,
    values: *const veilkit_numbers,
    watch: *const veilkit_watch,
    out: *mut *mut veilkit_paillier_array,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { with_plain(out, watch, array, values, |array, values, observer| array.matmul(values, observer)) }
}

/// The same as veilkit_paillier_array_matmul, faster, for plain numbers that are public.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_array_matmul_vartime(
    array: *const veilkit_paillier_array,
    values: *const veilkit_numbers,
    watch: *const veilkit_watch,
    out: *mut *mut veilkit_paillier_array,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        with_plain(out, watch, array, values, |array, values, observer| {
            array.matmul_vartime(values, observer)
        })
    }
}

/// The matrix product, plain numbers on the left.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_array_rmatmul(
    array: *const veilkit_paillier_array,
    values: *const veilkit_numbers,
    watch: *const veilkit_watch,
    out: *mut *mut veilkit_paillier_array,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        with_plain(out, watch, array, values, |array, values, observer| array.rmatmul(values, observer))
    }
}

/// The same as veilkit_paillier_array_rmatmul, faster, for plain numbers that are public.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_array_rmatmul_vartime(
    array: *const veilkit_paillier_array,
    values: *const veilkit_numbers,
    watch: *const veilkit_watch,
    out: *mut *mut veilkit_paillier_array,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        with_plain(out, watch, array, values, |array, values, observer| {
            array.rmatmul_vartime(values, observer)
        })
    }
}

/// The sum of all elements, or along an axis from 0 on; a negative `axis` means all.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_array_sum(
    array: *const veilkit_paillier_array,
    axis: isize,
    watch: *const veilkit_watch,
    out: *mut *mut veilkit_paillier_array,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        self::array(out, watch, array, |array, observer, _| array.sum(usize::try_from(axis).ok(), observer))
    }
}

/// The mean of all elements, or along an axis from 0 on; a negative `axis` means all.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_array_mean(
    array: *const veilkit_paillier_array,
    axis: isize,
    watch: *const veilkit_watch,
    out: *mut *mut veilkit_paillier_array,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        self::array(out, watch, array, |array, observer, _| array.mean(usize::try_from(axis).ok(), observer))
    }
}

/// The same numbers under fresh randomness.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_array_rerandomize(
    array: *const veilkit_paillier_array,
    watch: *const veilkit_watch,
    out: *mut *mut veilkit_paillier_array,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { self::array(out, watch, array, |array, observer, rng| array.rerandomize(rng, observer)) }
}

/// The same elements in another shape.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_array_reshape(
    array: *const veilkit_paillier_array,
    extents: *const usize,
    axes: usize,
    out: *mut *mut veilkit_paillier_array,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        make(out, || {
            let shape = Shape::new(slice(extents, axes, "extents")?)?;
            Ok(handle(array, "array")?.reshape(&shape)?)
        })
    }
}

/// The array with its axes in another order.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_array_transpose(
    array: *const veilkit_paillier_array,
    order: *const usize,
    axes: usize,
    out: *mut *mut veilkit_paillier_array,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { make(out, || Ok(handle(array, "array")?.transpose(slice(order, axes, "order")?)?)) }
}

/// The elements repeated to a larger shape, as in numpy.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_array_broadcast_to(
    array: *const veilkit_paillier_array,
    extents: *const usize,
    axes: usize,
    out: *mut *mut veilkit_paillier_array,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        make(out, || {
            let shape = Shape::new(slice(extents, axes, "extents")?)?;
            Ok(handle(array, "array")?.broadcast_to(&shape)?)
        })
    }
}

/// A part of the array: what to take of each axis.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_array_slice(
    array: *const veilkit_paillier_array,
    picks: *const veilkit_pick,
    axes: usize,
    out: *mut *mut veilkit_paillier_array,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        make(out, || {
            let picks: Vec<_> = slice(picks, axes, "picks")?.iter().map(|pick| pick.pick()).collect();
            Ok(handle(array, "array")?.slice(&picks)?)
        })
    }
}

/// Arrays joined along an axis.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_array_concatenate(
    arrays: *const *const veilkit_paillier_array,
    count: usize,
    axis: usize,
    watch: *const veilkit_watch,
    out: *mut *mut veilkit_paillier_array,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        make(out, || {
            let arrays = handles(arrays, count, "arrays")?;
            let items = arrays.iter().map(|array| array.shape().len()).sum();
            run(watch, items, |observer, _| EncryptedArray::concatenate(&arrays, axis, observer))
        })
    }
}

/// Arrays joined along a new axis.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_array_stack(
    arrays: *const *const veilkit_paillier_array,
    count: usize,
    axis: usize,
    watch: *const veilkit_watch,
    out: *mut *mut veilkit_paillier_array,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        make(out, || {
            let arrays = handles(arrays, count, "arrays")?;
            let items = arrays.iter().map(|array| array.shape().len()).sum();
            run(watch, items, |observer, _| EncryptedArray::stack(&arrays, axis, observer))
        })
    }
}

/// The bare ciphertexts for other software, little-endian, one after the other, each as long as twice the modulus. What was
/// computed is rerandomized.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_array_ciphertexts(
    array: *const veilkit_paillier_array,
    watch: *const veilkit_watch,
    out: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        fill(out, || {
            let array = handle(array, "array")?;
            run(watch, array.shape().len(), |observer, rng| paillier::ciphertexts(array, rng, observer))
        })
    }
}

/// The array of bare ciphertexts that other software made of numbers like these: of their shape, scale and bound.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_array_from_ciphertexts(
    data: *const u8,
    len: usize,
    key: *const veilkit_paillier_public_key,
    like: *const veilkit_numbers,
    out: *mut *mut veilkit_paillier_array,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        make(out, || {
            let key = &handle(key, "key")?.key;
            let like = encode(&numbers(like)?, key.params())?;
            Ok(paillier::from_ciphertexts(key, slice(data, len, "data")?, &like)?)
        })
    }
}

/// The array of bare ciphertexts of integers times 2^scale, along one axis; no integer exceeds `bound` in size.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_paillier_array_from_scaled_ciphertexts(
    data: *const u8,
    len: usize,
    key: *const veilkit_paillier_public_key,
    scale: u32,
    bound: u64,
    out: *mut *mut veilkit_paillier_array,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        make(out, || {
            let key = &handle(key, "key")?.key;
            Ok(paillier::from_scaled_ciphertexts(key, slice(data, len, "data")?, scale, bound)?)
        })
    }
}
