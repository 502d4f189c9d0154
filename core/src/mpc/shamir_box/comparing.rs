//! What tells comparisons over a field how many rounds the boxes take.
use super::{BoxField, Malicious, SemiHonest};
use crate::mpc::{arithmetic::Arithmetic, functions::FieldBox};

/// The rounds of one multiplication: up to four parties send their shares to all others at once.
fn multiplication(parties: usize) -> u64 {
    if parties <= 4 { 1 } else { 2 }
}

/// The rounds of a check beside its multiplications: the coins, the opening of sigma, the comparison with zero.
const CHECK: u64 = 3;

impl<F: BoxField> FieldBox for SemiHonest<F> {
    fn multiplication_rounds(&self) -> u64 {
        multiplication(self.parties())
    }
}

impl<F: BoxField> FieldBox for Malicious<F> {
    fn multiplication_rounds(&self) -> u64 {
        multiplication(self.parties())
    }

    fn opening_rounds(&self) -> u64 {
        1 + CHECK + 2 * multiplication(self.parties())
    }
}
