//! Bytes in and out: views of the caller's memory, buffers of ours.
use core::ptr;

use zeroize::Zeroize;

use crate::edge::status;

/// Bytes of the caller, where a call takes several.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct veilkit_bytes {
    /// Where they are; may be NULL when there are none.
    pub data: *const u8,
    /// How many.
    pub len: usize,
}

/// Bytes that the library gave. Free each with veilkit_buffer_free, and change neither field.
#[repr(C)]
pub struct veilkit_buffer {
    /// Where they are; NULL when there are none.
    pub data: *mut u8,
    /// How many.
    pub len: usize,
}

impl veilkit_buffer {
    /// No bytes.
    pub(crate) const EMPTY: Self = Self { data: ptr::null_mut(), len: 0 };

    /// A copy in memory of exactly this length, so that it can be freed with nothing but pointer and length.
    pub(crate) fn copy(bytes: &[u8]) -> Self {
        match bytes.is_empty() {
            true => Self::EMPTY,
            false => Self { len: bytes.len(), data: Box::into_raw(Box::<[u8]>::from(bytes)).cast() },
        }
    }
}

/// Wipes and frees the bytes, and empties the buffer, so that freeing it again does nothing. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_buffer_free(buffer: *mut veilkit_buffer) {
    if buffer.is_null() || !buffer.is_aligned() {
        return;
    }
    let _ = status(|| {
        // SAFETY: not null, aligned; by the crate's contract a buffer is there.
        let taken = unsafe { ptr::replace(buffer, veilkit_buffer::EMPTY) };
        if !taken.data.is_null() {
            // SAFETY: by the crate's contract both fields are as `copy` made them.
            let mut bytes = unsafe { Box::from_raw(ptr::slice_from_raw_parts_mut(taken.data, taken.len)) };
            bytes.zeroize();
        }
        Ok(())
    });
}
