//! What tells comparisons over a field how many rounds the boxes take.
use super::{BoxField, Malicious, SemiHonest};
use crate::mpc::{arithmetic::Arithmetic, functions::FieldBox};

/// The rounds of one multiplication: up to four parties send their shares to all others at once.
fn multiplication(parties: usize) -> u64 {
    if parties <= 4 { 1 } else { 2 }
}

/// The rounds of an opening and of the check before it: one more for each multiplication where sharings are dealt.
fn checked_opening(parties: usize) -> u64 {
    if parties <= 8 { 5 } else { 7 }
}

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
        checked_opening(self.parties())
    }
}
