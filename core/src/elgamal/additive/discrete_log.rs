//! Bounded discrete logarithms by baby steps and giant steps: from `m G` back to `m`.
//!
//! A table holds the first half million multiples of the generator. A point is looked up, then its sums and differences
//! with multiples of a stride that lets the look-ups touch without overlap. The steps are affine and share inversions;
//! of a point and its negative, one coordinate serves for both.
//!
//! # Timing
//! Varies with the point, and with how far its logarithm is from zero. It is for values that are about to be known.
//! # Source
//! D. Shanks, "Class number, a theory of factorization and genera", 1971; the sharing of inversions: P. Montgomery,
//! "Speeding the Pollard and elliptic curve methods of factorization", 1987.
use core::cell::Cell;
use std::sync::OnceLock;

use crate::error::{Error, ErrorKind, Result};
use crate::fixed_point;
use crate::group::{Point, Scalar};
use crate::progress::Observer;

mod curve;
mod fp25519;
mod table;

use curve::{Affine, Constants, Neighbours, Scratch, neighbours};
use table::{BABY_STEPS, STRIDE, Table};

/// The giant steps to each side of a center: one block reaches beyond 2^32.
const GIANT_STEPS: u64 = ((1 << 32) - BABY_STEPS).div_ceil(STRIDE);
/// The largest logarithm that the block around zero finds.
const RADIUS: u64 = GIANT_STEPS * STRIDE + BABY_STEPS;
/// From one center to the next.
const BLOCK: u64 = 2 * RADIUS + 1;
/// Steps that share an inversion.
const SHARING: usize = 256;

/// The search for logarithms, with its table; one serves all keys and threads.
///
/// # Units
/// 4 MiB of table and 320 KiB of steps ([`DiscreteLog::BYTES`]), made in about a tenth of a second. A logarithm below
/// 2^19 takes tens of microseconds, one near 2^32 about a millisecond, one near 2^40 less than half a second.
pub struct DiscreteLog {
    constants: Constants,
    table: Table,
    /// The multiples of [`STRIDE`] times the generator.
    giants: Vec<Affine>,
}

const NOT_FOUND: Error = Error::new(ErrorKind::OutOfRange, "result: beyond the bound of decoding");

impl DiscreteLog {
    /// The largest bound on a logarithm.
    pub const MAX_BOUND: u64 = 1 << 40;
    /// The memory that it takes.
    #[allow(clippy::cast_possible_truncation)] // a small constant
    pub const BYTES: usize = Table::BYTES + GIANT_STEPS as usize * size_of::<Affine>();

    /// The one that all keys share; made at the first call.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<DiscreteLog> = OnceLock::new();
        SHARED.get_or_init(|| {
            let constants = Constants::new();
            let table = Table::new(&constants);
            let step = Point::mul_generator(&scalar(i64::try_from(STRIDE).expect("21 bits")));
            let step = constants.four_times(&step).expect("not the neutral element");
            let giants = step.multiples(usize::try_from(GIANT_STEPS).expect("a few thousand"));
            Self { constants, table, giants }
        })
    }

    /// The integer of at most `bound` in absolute value that, times the generator, is `point`.
    ///
    /// # Errors
    /// `OutOfRange` when there is none, after a number of steps that follows from the bound, and for a bound above
    /// [`DiscreteLog::MAX_BOUND`]; `Cancelled` when the observer, asked every few milliseconds, stops the work.
    /// # Timing
    /// Varies with the point.
    pub fn find_vartime(&self, point: &Point, bound: u64, observer: &mut dyn Observer) -> Result<i64> {
        if bound > Self::MAX_BOUND {
            return Err(Error::new(ErrorKind::OutOfRange, "bound: above 2^40"));
        }
        let sides = blocks_to_each_side(bound);
        let total = 2 * sides + 1;
        let mut scratch = Scratch::default();
        for number in 0..total {
            // 0, 1, -1, 2, -2, ..: small numbers are likelier.
            let side = i64::try_from(number.div_ceil(2)).expect("a few hundred blocks");
            let center = if number % 2 == 1 { side } else { -side } * BLOCK.cast_signed();
            let shifted = *point - Point::mul_generator(&scalar(center));
            if let Some(rest) = self.find_in_block(&shifted, bound.min(RADIUS), &mut scratch) {
                let found = center + rest;
                return if found.unsigned_abs() <= bound { Ok(found) } else { Err(NOT_FOUND) };
            }
            if observer.advance(number + 1, total).is_break() {
                return Err(Error::new(ErrorKind::Cancelled, "stopped by the caller"));
            }
        }
        Err(NOT_FOUND)
    }

    /// The logarithm if it is at most about `bound`, which is at most [`RADIUS`].
    fn find_in_block(&self, point: &Point, bound: u64, scratch: &mut Scratch) -> Option<i64> {
        let Ok(center) = self.constants.four_times(point) else {
            return Some(0); // the neutral element
        };
        let found = Cell::new(None);
        let check = |base: i64, distance: u64| {
            for value in [base + distance.cast_signed(), base - distance.cast_signed()] {
                if found.get().is_none() && Point::mul_generator(&scalar(value)) == *point {
                    found.set(Some(value));
                }
            }
        };
        self.table.look_up(center.u, |distance| check(0, distance));
        let steps =
            usize::try_from(bound.saturating_sub(BABY_STEPS).div_ceil(STRIDE)).expect("a few thousand");
        for (chunk, first) in self.giants[..steps].chunks(SHARING).zip((1..).step_by(SHARING)) {
            neighbours(&center, chunk, scratch, |at, around| {
                let base = (first + at as u64).cast_signed() * STRIDE.cast_signed();
                match around {
                    Neighbours::Same => check(0, base.unsigned_abs()),
                    Neighbours::Apart { minus, plus } => {
                        self.table.look_up(minus, |distance| check(base, distance));
                        self.table.look_up(plus, |distance| check(-base, distance));
                    }
                }
            });
            if found.get().is_some() {
                break;
            }
        }
        found.get()
    }
}

/// The blocks beside the one around zero that a bound calls for, on each side.
pub(super) fn blocks_to_each_side(bound: u64) -> usize {
    usize::try_from(bound.saturating_sub(RADIUS).div_ceil(BLOCK)).expect("a few hundred blocks")
}

/// The integer as a scalar.
///
/// # Timing
/// Constant in the integer.
pub(super) fn scalar(value: i64) -> Scalar {
    use crate::field::Field;
    use subtle::ConditionallySelectable;
    let (negative, magnitude) = fixed_point::absolute(value.into());
    #[allow(clippy::cast_possible_truncation)] // the magnitude of an i64
    let scalar = Scalar::from_u64(magnitude as u64);
    Scalar::conditional_select(&scalar, &-scalar, negative)
}

#[cfg(test)]
mod tests {
    use core::ops::ControlFlow;

    use proptest::prelude::*;

    use super::*;

    fn find(value: i64, bound: u64) -> Result<i64> {
        DiscreteLog::shared().find_vartime(&Point::mul_generator(&scalar(value)), bound, &mut ())
    }

    #[test]
    fn every_border_is_found() {
        let borders =
            [0, 1, BABY_STEPS, STRIDE - BABY_STEPS, STRIDE, STRIDE + 1, 2 * STRIDE, 1 << 32, 70 * STRIDE];
        let around = borders.iter().flat_map(|b| [b.saturating_sub(1), *b, b + 1]);
        for value in around.filter(|value| *value <= 1 << 32).map(u64::cast_signed) {
            assert_eq!(find(value, 1 << 32), Ok(value));
            assert_eq!(find(-value, 1 << 32), Ok(-value));
        }
        for value in
            [RADIUS, RADIUS + 1, RADIUS + BLOCK, 3 * RADIUS + 2, BLOCK, 2 * BLOCK + 7].map(u64::cast_signed)
        {
            assert_eq!(find(value, 1 << 35), Ok(value));
            assert_eq!(find(-value, 1 << 35), Ok(-value));
        }
    }

    #[test]
    fn the_bound_is_exact() {
        for bound in [0, 1, 5, BABY_STEPS, STRIDE, 1 << 25, 1 << 32] {
            let value = bound.cast_signed();
            assert_eq!(find(value, bound), Ok(value));
            assert_eq!(find(-value, bound), Ok(-value));
            for beyond in [value + 1, -value - 1, 1 << 45, -(1 << 50)] {
                assert_eq!(find(beyond, bound).unwrap_err().kind(), ErrorKind::OutOfRange, "{beyond}");
            }
        }
        assert_eq!(find(0, DiscreteLog::MAX_BOUND + 1).unwrap_err().kind(), ErrorKind::OutOfRange);
    }

    #[test]
    fn points_of_unknown_logarithm_end_in_an_error() {
        let found = DiscreteLog::shared().find_vartime(&Point::pedersen_base(), 1 << 32, &mut ());
        assert_eq!(found.unwrap_err().kind(), ErrorKind::OutOfRange);
    }

    #[test]
    fn the_work_is_bounded_and_stops_when_asked() {
        let point = Point::pedersen_base();
        let mut asked = Vec::new();
        let mut stop = |done: usize, total: usize| {
            asked.push((done, total));
            if done == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let stopped = DiscreteLog::shared().find_vartime(&point, DiscreteLog::MAX_BOUND, &mut stop);
        assert_eq!(stopped.unwrap_err().kind(), ErrorKind::Cancelled);
        let total = 2 * blocks_to_each_side(DiscreteLog::MAX_BOUND) + 1;
        assert_eq!(asked, [(1, total), (2, total), (3, total)]);
        assert!((256..260).contains(&total), "{total}");
    }

    #[test]
    fn the_memory_is_as_documented() {
        let shared = DiscreteLog::shared();
        assert_eq!(shared.giants.len() * size_of::<Affine>(), DiscreteLog::BYTES - (4 << 20));
        const { assert!(DiscreteLog::BYTES < 5 << 20) }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn logarithms_come_back(value in -(1_i64 << 32)..=1 << 32) {
            prop_assert_eq!(find(value, 1 << 32), Ok(value));
        }
    }
}
