//! The only place that looks behind pointers: null, alignment, length and kind are checked first.
use core::{fmt, ptr};

use veilkit_bridge::{Error, ErrorKind, guard::guard};

use crate::{
    buffer::{veilkit_buffer, veilkit_bytes},
    status::{remember, veilkit_status},
};

/// Why a call failed: the core's error, or a wrong argument by its name.
pub(crate) enum Fault {
    /// An error of the bridge.
    Core(Error),
    /// An argument that cannot be used, and why.
    Argument(&'static str, &'static str),
}

/// The result of a call.
pub(crate) type Fallible<T> = Result<T, Fault>;

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Core(error)
    }
}

impl Fault {
    /// The stable kind.
    pub(crate) fn kind(&self) -> ErrorKind {
        match self {
            Self::Core(error) => error.kind(),
            Self::Argument(..) => ErrorKind::InvalidParams,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Core(error) => error.fmt(f),
            Self::Argument(name, why) => {
                write!(f, "{} ({}): {name}: {why}", self.kind().name(), self.kind().code())
            }
        }
    }
}

/// A C type that only ever is seen behind a pointer, and what really is there.
pub(crate) trait Kind {
    /// The value behind the handle.
    type Value: Send + Sync;
    /// The number of the kind, at the start of every handle's memory.
    const TAG: u32;
}

/// What a handle points to. Every kind starts with its tag, so any live handle can be asked for it.
#[repr(C)]
struct Handle<T> {
    tag: u32,
    value: T,
}

/// Runs one call and answers its status; the message of a failure is kept for this thread.
pub(crate) fn status(call: impl FnOnce() -> Fallible<()>) -> veilkit_status {
    match guard(|| Ok(call())).unwrap_or_else(|error| Err(error.into())) {
        Ok(()) => veilkit_status::Ok,
        Err(fault) => remember(&fault),
    }
}

/// Whether something of this type can be behind the pointer.
fn check<T>(pointer: *const T, name: &'static str) -> Fallible<()> {
    match pointer.is_null() {
        true => Err(Fault::Argument(name, "null pointer")),
        false if !pointer.is_aligned() => Err(Fault::Argument(name, "misaligned pointer")),
        false => Ok(()),
    }
}

/// Whether so many elements can exist.
fn check_len<T>(len: usize, name: &'static str) -> Fallible<()> {
    match len.checked_mul(size_of::<T>()).and_then(|bytes| isize::try_from(bytes).ok()) {
        Some(_) => Ok(()),
        None => Err(Fault::Argument(name, "longer than memory can be")),
    }
}

/// The value behind a handle.
pub(crate) unsafe fn handle<'a, K: Kind>(pointer: *const K, name: &'static str) -> Fallible<&'a K::Value> {
    let pointer = pointer.cast::<Handle<K::Value>>();
    check(pointer, name)?;
    // SAFETY: by the crate's contract this is a live handle, which starts with its tag whatever its kind.
    if unsafe { ptr::read(pointer.cast::<u32>()) } != K::TAG {
        return Err(Fault::Argument(name, "not a live handle of this kind"));
    }
    // SAFETY: live, and of this kind by its tag; only `free` has it exclusively, and then it is not live.
    Ok(unsafe { &(*pointer).value })
}

/// The values behind an array of handles.
pub(crate) unsafe fn handles<'a, K: Kind + 'a>(
    pointers: *const *const K,
    count: usize,
    name: &'static str,
) -> Fallible<Vec<&'a K::Value>> {
    // SAFETY: by the crate's contract `count` pointers are there.
    let pointers = unsafe { slice(pointers, count, name)? };
    // SAFETY: by the crate's contract each is null or a live handle.
    pointers.iter().map(|pointer| unsafe { handle(*pointer, name) }).collect()
}

/// The elements at a pointer; none at null with length 0.
pub(crate) unsafe fn slice<'a, T>(pointer: *const T, len: usize, name: &'static str) -> Fallible<&'a [T]> {
    if len == 0 && pointer.is_null() {
        return Ok(&[]);
    }
    check(pointer, name)?;
    check_len::<T>(len, name)?;
    // SAFETY: not null, aligned, no longer than memory; by the crate's contract `len` elements are there.
    Ok(unsafe { core::slice::from_raw_parts(pointer, len) })
}

/// The bytes at a pointer, as text.
pub(crate) unsafe fn text<'a>(pointer: *const u8, len: usize, name: &'static str) -> Fallible<&'a str> {
    // SAFETY: by the crate's contract `len` bytes are there.
    let bytes = unsafe { slice(pointer, len, name)? };
    core::str::from_utf8(bytes).map_err(|_| Fault::Argument(name, "not UTF-8"))
}

/// The byte strings of an array.
pub(crate) unsafe fn strings<'a>(
    pointer: *const veilkit_bytes,
    count: usize,
    name: &'static str,
) -> Fallible<Vec<&'a [u8]>> {
    // SAFETY: by the crate's contract `count` descriptions are there.
    let list = unsafe { slice(pointer, count, name)? };
    // SAFETY: by the crate's contract each says where its bytes are.
    list.iter().map(|bytes| unsafe { slice(bytes.data, bytes.len, name) }).collect()
}

/// One optional structure; `None` at null.
pub(crate) unsafe fn optional<'a, T>(pointer: *const T, name: &'static str) -> Fallible<Option<&'a T>> {
    if pointer.is_null() {
        return Ok(None);
    }
    check(pointer, name)?;
    // SAFETY: not null, aligned; by the crate's contract a value is there.
    Ok(Some(unsafe { &*pointer }))
}

/// Copies values to where the caller wants them; as many as it said.
pub(crate) unsafe fn copy_out<T: Copy>(
    values: &[T],
    out: *mut T,
    len: usize,
    name: &'static str,
) -> Fallible<()> {
    // SAFETY: the caller's promise is passed on.
    unsafe { check_out(out, len, values.len(), name)? };
    if !values.is_empty() {
        // SAFETY: checked just above, and values of the library are not the caller's memory.
        unsafe { ptr::copy_nonoverlapping(values.as_ptr(), out, values.len()) };
    }
    Ok(())
}

/// Whether the caller has room for exactly `needed` values. Nothing is read or written.
pub(crate) unsafe fn check_out<T>(
    out: *mut T,
    len: usize,
    needed: usize,
    name: &'static str,
) -> Fallible<()> {
    if len != needed {
        return Err(Error::new(ErrorKind::ShapeMismatch, "output: not as long as the result").into());
    }
    if needed == 0 {
        return Ok(());
    }
    check(out, name)?;
    check_len::<T>(len, name)
}

/// Puts `value` where the caller wants it.
pub(crate) unsafe fn put<T>(out: *mut T, value: T, name: &'static str) -> Fallible<()> {
    check(out, name)?;
    // SAFETY: not null, aligned; by the crate's contract there is room for one value, which needs no drop.
    unsafe { out.write(value) };
    Ok(())
}

/// Runs a call that makes a handle. It is null after a failure.
pub(crate) unsafe fn make<K: Kind>(
    out: *mut *mut K,
    call: impl FnOnce() -> Fallible<K::Value>,
) -> veilkit_status {
    status(|| {
        // SAFETY: the caller's promise is passed on.
        unsafe { put(out, ptr::null_mut(), "out")? };
        let made = boxed(call()?);
        // SAFETY: as above.
        unsafe { put(out, made, "out") }
    })
}

/// A new handle.
pub(crate) fn boxed<K: Kind>(value: K::Value) -> *mut K {
    Box::into_raw(Box::new(Handle { tag: K::TAG, value })).cast()
}

/// Runs a call that gives bytes. The buffer is empty after a failure.
pub(crate) unsafe fn fill<B: AsRef<[u8]>>(
    out: *mut veilkit_buffer,
    call: impl FnOnce() -> Fallible<B>,
) -> veilkit_status {
    status(|| {
        // SAFETY: the caller's promise is passed on.
        unsafe { put(out, veilkit_buffer::EMPTY, "out")? };
        let bytes = veilkit_buffer::copy(call()?.as_ref());
        // SAFETY: as above.
        unsafe { put(out, bytes, "out") }
    })
}

/// Runs a call that gives several byte strings, as many as the caller has room for. All are empty after a failure.
pub(crate) unsafe fn fill_each<B: AsRef<[u8]>>(
    out: *mut veilkit_buffer,
    count: usize,
    call: impl FnOnce() -> Fallible<Vec<B>>,
) -> veilkit_status {
    status(|| {
        // SAFETY: nothing is touched.
        unsafe { check_out(out, count, count, "out")? };
        for at in 0..count {
            // SAFETY: by the crate's contract `count` buffers are there.
            unsafe { out.add(at).write(veilkit_buffer::EMPTY) };
        }
        let made = call()?;
        // SAFETY: nothing is touched.
        unsafe { check_out(out, count, made.len(), "out")? };
        for (at, bytes) in made.iter().enumerate() {
            // SAFETY: as above.
            unsafe { out.add(at).write(veilkit_buffer::copy(bytes.as_ref())) };
        }
        Ok(())
    })
}

/// Runs a call that gives one plain value. It is not written after a failure.
pub(crate) unsafe fn give<T>(out: *mut T, call: impl FnOnce() -> Fallible<T>) -> veilkit_status {
    status(|| {
        check(out, "out")?;
        let value = call()?;
        // SAFETY: the caller's promise is passed on.
        unsafe { put(out, value, "out") }
    })
}

/// Ends a handle. What is no live handle of this kind is left alone, as far as that can be seen.
pub(crate) unsafe fn free<K: Kind>(pointer: *mut K) {
    // SAFETY: the caller's promise is passed on.
    if unsafe { handle(pointer.cast_const(), "handle") }.is_err() {
        return;
    }
    let pointer = pointer.cast::<Handle<K::Value>>();
    // SAFETY: live and of this kind; by the crate's contract nobody else uses it from here on.
    let _ = status(|| unsafe {
        ptr::write_volatile(&raw mut (*pointer).tag, 0);
        drop(Box::from_raw(pointer));
        Ok(())
    });
}
