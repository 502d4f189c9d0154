//! Weighted sums of rotations of one ciphertext, not divided before they are complete: the inner part of linear transforms.
use super::{Digits, Lifted, Plan, Rotation, for_rows};
use crate::ckks::bounds::Noise;
use crate::ring::{Poly, Prime, Values};

/// For one sum: which rotation, and the plaintext modulo QP that it is multiplied by.
pub(in crate::ckks) type Weights<'a> = Vec<(usize, &'a Poly<Values>)>;

/// A ciphertext, cut into digits, and rotations of it.
pub(in crate::ckks) struct Turned<'a> {
    plan: &'a Plan,
    c0: &'a Poly<Values>,
    c1: &'a Poly<Values>,
    digits: Digits<'a>,
    rotations: Vec<Rotation<'a>>,
}

impl<'a> Turned<'a> {
    /// Takes a ciphertext modulo the primes of Q in the plan.
    pub(in crate::ckks) fn new(
        plan: &'a Plan,
        [c0, c1]: [&'a Poly<Values>; 2],
        rotations: Vec<Rotation<'a>>,
    ) -> Self {
        Self { plan, c0, c1, digits: Digits::new(plan, c1), rotations }
    }

    /// The sum for each of these lists of weights. The noise of switching keys before the weights is the caller's to
    /// reckon with, [`Plan::noise`] for each rotation; what comes after is in the result.
    pub(in crate::ckks) fn sums(&self, groups: &[Weights<'_>]) -> Vec<Lifted> {
        let degree = self.c0.degree();
        let size = 2 * groups.len() * degree;
        let mut sums: Poly<Values> = Poly::unset(size, self.plan.rows());
        let room = 2 * (self.rotations.len() + 1) * degree;
        for_rows(size, [sums.words_mut()], room, |row, [out], room| {
            let prime = &self.plan.basis().primes()[row];
            let (turned, product) = room.split_at_mut(2 * self.rotations.len() * degree);
            for (rotation, out) in self.rotations.iter().zip(turned.chunks_exact_mut(2 * degree)) {
                self.turn(prime, row, *rotation, out, product);
            }
            let turned = &*turned;
            for (weights, out) in groups.iter().zip(out.chunks_exact_mut(2 * degree)) {
                for (half, out) in out.chunks_exact_mut(degree).enumerate() {
                    let source = |rotation: usize| &turned[(2 * rotation + half) * degree..][..degree];
                    let terms = weights.iter().map(|(rotation, weight)| (source(*rotation), weight.row(row)));
                    let terms: Vec<_> = terms.collect();
                    prime.sum_of_products(out, &terms);
                }
            }
        });
        let divided = (0..groups.len()).map(|group| {
            let [c0, mut c1] = [2 * group, 2 * group + 1].map(|half| {
                let mut poly: Poly<Values> = Poly::unset(degree, self.plan.rows());
                for (out, row) in poly.iter_mut().zip(sums.iter()) {
                    out.copy_from_slice(&row[half * degree..(half + 1) * degree]);
                }
                poly
            });
            self.plan.basis().divide_round(&mut c1, self.plan.special_primes());
            Lifted { c0, c1, noise: Noise::rounding(degree) }
        });
        divided.collect()
    }

    /// One row of a rotation of `(P c0, P c1)`, modulo QP.
    fn turn(&self, prime: &Prime, row: usize, rotation: Rotation<'_>, out: &mut [u64], product: &mut [u64]) {
        let degree = prime.degree();
        let Some(galois) = rotation else {
            out.fill(0);
            if let Some(special) = self.plan.special(row) {
                prime.add_scaled(&mut out[..degree], self.c0.row(row), special);
                prime.add_scaled(&mut out[degree..], self.c1.row(row), special);
            }
            return;
        };
        let (b, a) = product.split_at_mut(degree);
        let first = self.plan.special(row).map(|special| (self.c0.row(row), special));
        self.digits.row(row).times(&galois.key, [&mut *b, &mut *a], [first, None]);
        galois.automorphism.apply(&mut out[..degree], b);
        galois.automorphism.apply(&mut out[degree..], a);
    }
}
