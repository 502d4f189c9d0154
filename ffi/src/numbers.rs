//! Plain numbers of the caller: arrays of 64-bit integers or doubles, of any shape, with a public bound if one is known.
use veilkit_bridge::{Error, ErrorKind, Result, shape::Pick};
use zeroize::Zeroizing;

use crate::edge::{Fallible, Fault, optional, slice};

/// Plain numbers, read where they are. Set everything that is not needed to zero:
/// `veilkit_numbers weights = {.integers = w, .len = 3};`
#[repr(C)]
pub struct veilkit_numbers {
    /// Integers; NULL for doubles.
    pub integers: *const i64,
    /// Doubles, which become fixed-point numbers; NULL for integers.
    pub doubles: *const f64,
    /// How many numbers, in row-major order.
    pub len: usize,
    /// The extent of each axis; NULL for one axis of `len`.
    pub shape: *const usize,
    /// How many axes `shape` has; 0 for one number without an axis.
    pub axes: usize,
    /// A public bound that no integer exceeds in size, which leaves more room for results; 0 for none.
    pub integer_bound: u64,
    /// The same for doubles.
    pub double_bound: f64,
}

/// What to take of one axis.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct veilkit_pick {
    /// The first position.
    pub start: usize,
    /// How many positions; ignored with `single`.
    pub count: usize,
    /// From one to the next; negative to go backwards.
    pub step: isize,
    /// Other than 0: one position, and the axis goes away.
    pub single: u8,
}

impl veilkit_pick {
    /// As the bridge has it.
    pub(crate) fn pick(self) -> Pick {
        match self.single {
            0 => Pick::Range { start: self.start, count: self.count, step: self.step },
            _ => Pick::At(self.start),
        }
    }
}

/// Numbers after the checks.
pub(crate) struct Plain<'a> {
    values: Values<'a>,
    shape: Option<&'a [usize]>,
}

enum Values<'a> {
    Integers(&'a [i64], Option<u64>),
    Doubles(&'a [f64], Option<f64>),
}

/// The caller's numbers.
pub(crate) unsafe fn numbers<'a>(pointer: *const veilkit_numbers) -> Fallible<Plain<'a>> {
    const NAME: &str = "numbers";
    // SAFETY: the caller's promise is passed on.
    let given = unsafe { optional(pointer, NAME)? }.ok_or(Fault::Argument(NAME, "null pointer"))?;
    let values = match (given.integers.is_null(), given.doubles.is_null()) {
        (false, true) => {
            // SAFETY: by the crate's contract `len` integers are there.
            let integers = unsafe { slice(given.integers, given.len, "numbers: integers")? };
            Values::Integers(integers, Some(given.integer_bound).filter(|bound| *bound != 0))
        }
        (true, false) => {
            // SAFETY: by the crate's contract `len` doubles are there.
            let doubles = unsafe { slice(given.doubles, given.len, "numbers: doubles")? };
            Values::Doubles(doubles, Some(given.double_bound).filter(|bound| *bound != 0.0))
        }
        (true, true) => return Err(Fault::Argument(NAME, "neither integers nor doubles")),
        (false, false) => return Err(Fault::Argument(NAME, "both integers and doubles")),
    };
    let shape = match given.shape.is_null() {
        true => None,
        // SAFETY: by the crate's contract `axes` extents are there.
        false => Some(unsafe { slice(given.shape, given.axes, "numbers: shape")? }),
    };
    Ok(Plain { values, shape })
}

impl Plain<'_> {
    /// Hands shape, values and bound to what encodes them.
    pub(crate) fn encode<P>(
        &self,
        integers: impl FnOnce(&[usize], &[i64], Option<u64>) -> Result<P>,
        doubles: impl FnOnce(&[usize], &[f64], Option<f64>) -> Result<P>,
    ) -> Result<P> {
        let flat = [self.len()];
        let shape = self.shape.unwrap_or(&flat);
        match self.values {
            Values::Integers(values, bound) => integers(shape, values, bound),
            Values::Doubles(values, bound) => doubles(shape, values, bound),
        }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        match self.values {
            Values::Integers(values, _) => values.len(),
            Values::Doubles(values, _) => values.len(),
        }
    }
}

/// Integers as C has them.
pub(crate) fn short(values: &[i128]) -> Fallible<Zeroizing<Vec<i64>>> {
    let mut short = Zeroizing::new(Vec::with_capacity(values.len()));
    for value in values {
        let value = i64::try_from(*value);
        short.push(value.map_err(|_| Error::new(ErrorKind::OutOfRange, "result: beyond 64 bits"))?);
    }
    Ok(short)
}
