//! A party's own rows, counted without a branch that depends on them.
use crate::secret::mask;

/// All ones where a number is not negative, else zero.
pub(super) fn unless_negative(x: i64) -> i64 {
    !mask(x.cast_unsigned() >> 63).cast_signed()
}

/// All ones where two numbers are the same, else zero.
pub(super) fn where_same(x: i64, y: i64) -> i64 {
    let difference = x ^ y;
    // The sign of d | -d is set unless d is 0.
    unless_negative(difference | difference.wrapping_neg())
}

/// The sum of counts of rows, of which there are at most 2^30.
pub(super) fn total(counts: impl IntoIterator<Item = i64>) -> i128 {
    i128::from(counts.into_iter().fold(0, i64::wrapping_add))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_are_all_or_nothing() {
        for (x, expected) in [(0, -1), (1, -1), (i64::MAX, -1), (-1, 0), (i64::MIN, 0)] {
            assert_eq!(unless_negative(x), expected, "{x}");
        }
        for (x, y) in [(0, 0), (5, 5), (5, 4), (-1, 1), (i64::MIN, i64::MIN), (i64::MIN, 0)] {
            assert_eq!(where_same(x, y), -i64::from(x == y), "{x} {y}");
        }
        assert_eq!(total([1, 0, 1, 1]), 3);
    }
}
