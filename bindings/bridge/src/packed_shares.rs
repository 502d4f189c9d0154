//! Packed sharing of integers: those below 2^60 in size, as elements of the field of 2^61 - 1.
pub use veilkit::shamir::packed::Packing;
use veilkit::{
    Error, ErrorKind, Result,
    field::{Field, Fp61},
    shamir::packed,
};
use zeroize::Zeroizing;

use crate::random::OsRandom;

/// One party's share of a packed vector of integers.
pub type PackedShare = packed::Share<Fp61>;

/// The largest integer; its negative is the smallest. Half of the field's size.
pub const MAX: i64 = (1 << 60) - 1;

/// As [`packed::split`].
///
/// # Errors
/// As there; `OutOfRange` for an integer above [`MAX`] in size.
pub fn split_packed(values: &[i64], packing: Packing) -> Result<Vec<PackedShare>> {
    packed::split(&elements(values)?, packing, &mut OsRandom::new())
}

/// As [`packed::combine`]. Results beyond [`MAX`] come back reduced modulo 2^61 - 1.
///
/// # Errors
/// As there.
pub fn combine_packed(shares: &[PackedShare]) -> Result<Zeroizing<Vec<i64>>> {
    let elements = packed::combine(shares)?;
    let mut values = Zeroizing::new(Vec::with_capacity(elements.len()));
    values.extend(elements.iter().copied().map(integer));
    Ok(values)
}

/// Integers as elements, negative ones at the top of the field.
///
/// # Errors
/// `OutOfRange` for an integer above [`MAX`] in size.
/// # Timing
/// Constant in the integers, as long as they are in range.
pub fn elements(values: &[i64]) -> Result<Zeroizing<Vec<Fp61>>> {
    // From 0 to 2 MAX, which is below 2^61 - 1, or the top bits show.
    let above = values.iter().fold(0, |above, value| {
        let shifted = value.wrapping_add(MAX).cast_unsigned();
        above | (shifted | shifted.wrapping_add(1)) >> 61
    });
    if above != 0 {
        return Err(Error::new(ErrorKind::OutOfRange, "values: 2^60 or more in size"));
    }
    let mut elements = Zeroizing::new(Vec::with_capacity(values.len()));
    elements.extend(values.iter().map(|value| element(*value)));
    Ok(elements)
}

fn element(value: i64) -> Fp61 {
    Fp61::from_u64(value.cast_unsigned().wrapping_add(Fp61::MODULUS))
}

fn integer(element: Fp61) -> i64 {
    let from_zero = element + Fp61::from_u64(MAX.cast_unsigned());
    from_zero.to_u64().cast_signed().wrapping_sub(MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_elements_and_back() {
        for value in [0, 1, -1, 77, -78, MAX - 1, MAX, -MAX, 1 - MAX] {
            let element = elements(&[value]).unwrap()[0];
            assert_eq!(integer(element), value);
            assert_eq!(element + elements(&[-value]).unwrap()[0], Fp61::ZERO);
        }
        assert_eq!(element(-1).to_u64(), Fp61::MODULUS - 1);
    }

    #[test]
    fn what_is_too_large_is_refused() {
        for value in [MAX + 1, -MAX - 1, 1 << 61, -(1 << 61), i64::MAX, i64::MIN] {
            assert_eq!(elements(&[0, value, 1]).unwrap_err().kind(), ErrorKind::OutOfRange, "{value}");
        }
    }

    #[test]
    fn vectors_come_back() {
        let packing = Packing::new(2, 3, 9).unwrap();
        let shares = split_packed(&[5, -6, 7, MAX], packing).unwrap();
        assert_eq!(*combine_packed(&shares[4..]).unwrap(), [5, -6, 7, MAX]);
    }
}
