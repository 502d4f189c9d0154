//! Key switching from beginning to end, for one key.
use super::{Cut, KeySwitchKey, Plan, for_rows};
use crate::ring::{Poly, Prime, Scratch, Values};

/// Computes one row of a pair, modulo that prime.
pub(in crate::ckks) type PairRows<'a> = dyn Fn(&Prime, usize, [&mut [u64]; 2]) + Sync + 'a;

/// `(P c s' + P x) / D` as a pair under the key's new secret, rounded once: D is the product of the last `by_last` primes of
/// QP, and x the pair that `add` gives row by row, if there is one. The pair still has its room for all rows.
pub(in crate::ckks) fn switch(
    plan: &Plan,
    key: &KeySwitchKey,
    c: &Poly<Values>,
    by_last: usize,
    scratch: &mut Scratch,
    add: Option<&PairRows<'_>>,
) -> [Poly<Values>; 2] {
    let degree = c.degree();
    let cut = Cut::new(plan, c, scratch);
    let mut pair: [Poly<Values>; 2] = core::array::from_fn(|_| scratch.take(degree, plan.rows()));
    let room = cut.room().max(2 * degree);
    for_rows(degree, pair.each_mut().map(Poly::words_mut), room, scratch, |row, [b, a], room| {
        let prime = &plan.basis().primes()[row];
        cut.row(row, room).times(key, [&mut *b, &mut *a]);
        if let (Some(add), Some(special)) = (add, plan.special(row)) {
            let (first, second) = room[..2 * degree].split_at_mut(degree);
            add(prime, row, [&mut *first, &mut *second]);
            prime.add_scaled(b, first, special);
            prime.add_scaled(a, second, special);
        }
    });
    cut.give_back(scratch);
    for half in &mut pair {
        plan.basis().divide_round(half, by_last, scratch);
    }
    pair
}
