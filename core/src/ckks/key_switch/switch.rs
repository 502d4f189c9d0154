//! Key switching for one key, and the division that ends it.
use super::{Cut, KeySwitchKey, Plan, for_rows};
use crate::ring::{Poly, Prime, Values};

/// Computes one row of a pair, modulo that prime.
pub(in crate::ckks) type PairRows<'a> = dyn Fn(&Prime, usize, [&mut [u64]; 2]) + Sync + 'a;

/// `P c s' + P x` modulo QP as a pair under the key's new secret: x is the pair that `add` gives row by row, if there is one.
pub(in crate::ckks) fn switch(
    plan: &Plan,
    key: &KeySwitchKey,
    c: &Poly<Values>,
    add: Option<&PairRows<'_>>,
) -> [Poly<Values>; 2] {
    let degree = c.degree();
    let cut = Cut::new(plan, c);
    let mut pair: [Poly<Values>; 2] = core::array::from_fn(|_| Poly::unset(degree, plan.rows()));
    let room = cut.room() + 2 * degree;
    for_rows(degree, pair.each_mut().map(Poly::words_mut), room, |row, [b, a], room| {
        let prime = &plan.basis().primes()[row];
        let (x, room) = room.split_at_mut(2 * degree);
        let (first, second) = x.split_at_mut(degree);
        let more = match (add, plan.special(row)) {
            (Some(add), Some(special)) => {
                add(prime, row, [&mut *first, &mut *second]);
                [Some((&*first, special)), Some((&*second, special))]
            }
            _ => [None, None],
        };
        cut.row(row, room).times(key, [b, a], more);
    });
    pair
}

/// Divided by the product of the last `by_last` primes of QP and rounded.
pub(in crate::ckks) fn divided(plan: &Plan, mut a: Poly<Values>, by_last: usize) -> Poly<Values> {
    let division = plan.basis().division(a.rows(), by_last);
    let mut out = Poly::unset(a.degree(), division.rows());
    let (stay, go) = a.words_mut().split_at_mut(out.words().len());
    division.round_to(&mut out, stay, go);
    out
}

/// Divided by P and rounded; `work` makes a row of the result from that row of the quotient, and its number.
pub(in crate::ckks) fn divided_each(
    plan: &Plan,
    mut a: Poly<Values>,
    work: impl Fn(usize, &mut [u64], &[u64]) + Sync,
) -> Poly<Values> {
    let division = plan.basis().division(a.rows(), plan.special_primes());
    let mut out = Poly::unset(a.degree(), division.rows());
    let (stay, go) = a.words_mut().split_at_mut(out.words().len());
    division.round_each(&mut out, stay, go, work);
    out
}
