//! Key switching for one key, and the division that ends it.
use super::{Cut, KeySwitchKey, Plan, for_rows};
use crate::ring::{Poly, Prime, Values};

/// Computes one row of a pair, modulo that prime.
pub(in crate::ckks) type PairRows<'a> = dyn Fn(&Prime, usize, [&mut [u64]; 2]) + Sync + 'a;

/// Computes rows with this number of a pair from those of another.
pub(in crate::ckks) type PairWork<'a> = dyn Fn(usize, [&mut [u64]; 2], [&[u64]; 2]) + Sync + 'a;

/// `(P c s' + P x) / D` as a pair under the key's new secret, rounded: D is the product of the last `by_last` primes of QP, and x
/// the pair that `add` gives row by row, if there is one. `work` makes rows of the result from those rows of the quotients, and
/// their number; without it the quotients are the result.
///
/// The rows that are divided by come first, so that the others need not be kept.
pub(in crate::ckks) fn switch(
    plan: &Plan,
    key: &KeySwitchKey,
    c: &Poly<Values>,
    add: Option<&PairRows<'_>>,
    by_last: usize,
    work: Option<&PairWork<'_>>,
) -> [Poly<Values>; 2] {
    let degree = c.degree();
    let division = plan.basis().division(plan.rows(), by_last);
    let stay = division.rows();
    let cut = Cut::new(plan, c);
    // The digits, then the quotients; and x.
    let room = cut.room().max(2 * degree) + 2 * degree;
    let products = |row: usize, [b, a]: [&mut [u64]; 2], room: &mut [u64]| {
        let (x, room) = room.split_at_mut(2 * degree);
        let (first, second) = x.split_at_mut(degree);
        let more = match (add, plan.special(row)) {
            (Some(add), Some(special)) => {
                add(&plan.basis().primes()[row], row, [&mut *first, &mut *second]);
                [Some((&*first, special)), Some((&*second, special))]
            }
            _ => [None, None],
        };
        cut.row(row, room).times(key, [b, a], more);
    };
    let mut go: [Poly<Values>; 2] = core::array::from_fn(|_| Poly::unset(degree, by_last));
    for_rows(degree, go.each_mut().map(Poly::words_mut), room, |i, pair, room| {
        products(stay + i, pair, room)
    });
    let mut excess: [Poly<Values>; 2] = core::array::from_fn(|_| Poly::unset(degree, 1));
    let [e, f] = excess.each_mut().map(Poly::words_mut);
    let [b, a] = go.each_mut().map(Poly::words_mut);
    let remainders = [division.remainder(b, e), division.remainder(a, f)];
    let mut out: [Poly<Values>; 2] = core::array::from_fn(|_| Poly::unset(degree, stay));
    for_rows(degree, out.each_mut().map(Poly::words_mut), room + 2 * degree, |row, out, room| {
        let (pair, room) = room.split_at_mut(2 * degree);
        let (b, a) = pair.split_at_mut(degree);
        products(row, [&mut *b, &mut *a], room);
        let quotients = |[first, second]: [&mut [u64]; 2]| {
            division.quotient(row, &remainders[0], b, first);
            division.quotient(row, &remainders[1], a, second);
        };
        match work {
            None => quotients(out),
            Some(work) => {
                let (first, second) = room[..2 * degree].split_at_mut(degree);
                quotients([&mut *first, &mut *second]);
                work(row, out, [first, second]);
            }
        }
    });
    out
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
