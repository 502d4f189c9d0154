//! Sums of rotations that are divided once.
use super::{Cut, Plan, divided, for_rows};
use crate::ckks::{bounds::Noise, evaluation_keys::GaloisKey};
use crate::ring::{Poly, Values};

/// A ciphertext as `(P c0, c1)`: the first polynomial is modulo QP and is not divided, so that its rotations and their sums
/// need no division either. Only what becomes c1 is divided, once for each sum (ePrint 2020/1203, §4, there for linear maps).
pub(in crate::ckks) struct Lifted {
    pub(super) c0: Poly<Values>,
    pub(super) c1: Poly<Values>,
    /// The noise that came since.
    pub(super) noise: Noise,
}

/// A rotation by a key; `None` leaves everything where it is.
pub(in crate::ckks) type Rotation<'a> = Option<&'a GaloisKey>;

/// A ciphertext, and the rotations to take of it.
pub(in crate::ckks) type Term<'a> = (&'a Lifted, &'a [Rotation<'a>]);

impl Lifted {
    /// Takes a ciphertext modulo the primes of Q in the plan.
    pub(in crate::ckks) fn new(plan: &Plan, c0: &Poly<Values>, c1: &Poly<Values>) -> Self {
        let degree = c0.degree();
        let mut lifted: Poly<Values> = Poly::unset(degree, plan.rows());
        for_rows(degree, [lifted.words_mut()], 0, |row, [out], _| match plan.special(row) {
            None => out.fill(0),
            Some(special) => {
                out.copy_from_slice(c0.row(row));
                plan.basis().primes()[row].scale(out, special);
            }
        });
        let mut copy: Poly<Values> = Poly::unset(degree, c1.rows());
        copy.words_mut().copy_from_slice(c1.words());
        Self { c0: lifted, c1: copy, noise: Noise::NONE }
    }

    /// The sum of all these rotations.
    pub(in crate::ckks) fn sum(plan: &Plan, terms: &[Term<'_>]) -> Self {
        let degree = plan.basis().degree();
        let mut cuts = Vec::with_capacity(terms.len());
        for (lifted, rotations) in terms {
            let needed = rotations.iter().any(Option::is_some);
            cuts.push(needed.then(|| Cut::new(plan, &lifted.c1)));
        }
        let room = 2 * degree + cuts.iter().flatten().map(Cut::room).max().unwrap_or(0);
        let mut pair: [Poly<Values>; 2] = core::array::from_fn(|_| Poly::unset(degree, plan.rows()));
        for_rows(degree, pair.each_mut().map(Poly::words_mut), room, |row, [out0, out1], room| {
            let (products, room) = room.split_at_mut(2 * degree);
            out0.fill(0);
            out1.fill(0);
            for ((lifted, rotations), cut) in terms.iter().zip(&cuts) {
                lifted.add_rotations(
                    plan,
                    row,
                    rotations,
                    cut.as_ref(),
                    [&mut *out0, &mut *out1],
                    products,
                    room,
                );
            }
        });
        let [c0, c1] = pair;
        let mut c1 = divided(plan, c1, plan.special_primes());
        let mut noise = Noise::rounding(degree);
        for (lifted, rotations) in terms {
            for rotation in *rotations {
                noise = noise.plus(lifted.noise);
                match rotation {
                    None => plan.basis().add(&mut c1, &lifted.c1),
                    Some(_) => noise = noise.plus(plan.noise()),
                }
            }
        }
        Self { c0, c1, noise }
    }

    /// One row of the rotations, save what does not move in c1. `products` has two rows, `room` what the cut needs.
    #[expect(clippy::too_many_arguments, reason = "buffers of one loop")]
    fn add_rotations(
        &self,
        plan: &Plan,
        row: usize,
        rotations: &[Rotation<'_>],
        cut: Option<&Cut<'_>>,
        [out0, out1]: [&mut [u64]; 2],
        products: &mut [u64],
        room: &mut [u64],
    ) {
        let prime = &plan.basis().primes()[row];
        for _ in rotations.iter().filter(|rotation| rotation.is_none()) {
            prime.add(out0, self.c0.row(row));
        }
        let Some(cut) = cut else { return };
        let digits = cut.row(row, room);
        let (b, a) = products.split_at_mut(prime.degree());
        for rotation in rotations.iter().flatten() {
            digits.times(&rotation.key, [&mut *b, &mut *a], [Some((self.c0.row(row), 1)), None]);
            rotation.automorphism.apply_and_add(prime.modulus(), out0, b);
            rotation.automorphism.apply_and_add(prime.modulus(), out1, a);
        }
    }

    /// Rotated by one key after the other; there is at least one.
    pub(in crate::ckks) fn rotated(plan: &Plan, lifted: &Self, path: &[&GaloisKey]) -> Self {
        let by = |lifted: &Self, key| Self::sum(plan, &[(lifted, &[Some(key)])]);
        let mut rotated = by(lifted, path[0]);
        for key in &path[1..] {
            rotated = by(&rotated, key);
        }
        rotated
    }

    /// Divides: the ciphertext, and the noise that it has gained.
    pub(in crate::ckks) fn lower(self, plan: &Plan) -> ([Poly<Values>; 2], Noise) {
        let c0 = divided(plan, self.c0, plan.special_primes());
        ([c0, self.c1], self.noise.plus(Noise::rounding(plan.basis().degree())))
    }
}
