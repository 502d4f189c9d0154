//! The curve behind ristretto255 in Montgomery's form, affine: `v^2 = u^3 + 486662 u^2 + u`.
//!
//! A group element is a class of four curve points; four times any of them is the same point, and that map is an
//! isomorphism onto the points of prime order. There `u(-P) = u(P)`, so one entry of a table stands for two points.
use super::fp25519::{Fp25519, invert_all, sqrt_minus_one};
use crate::error::{Error, ErrorKind, Result};
use crate::group::Point;

/// A point other than the neutral one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Affine {
    pub(super) u: Fp25519,
    v: Fp25519,
}

/// The coefficient A.
const A: Fp25519 = Fp25519::small(486_662);

/// Numbers that follow from the curve's own.
pub(super) struct Constants {
    /// `-121665 / 121666`, the `d` of the Edwards form.
    d: Fp25519,
    /// A root of `-(A + 2)`, which scales v.
    scale: Fp25519,
}

impl Constants {
    pub(super) fn new() -> Self {
        let d = Fp25519::small(121_665).neg().mul(Fp25519::small(121_666).invert());
        let root =
            Fp25519::sqrt_ratio(Fp25519::small(486_664), Fp25519::ONE).map(|r| r.mul(sqrt_minus_one()));
        let scale = root.or_else(|| Fp25519::sqrt_ratio(Fp25519::small(486_664).neg(), Fp25519::ONE));
        Self { d, scale: scale.expect("-(A + 2) is a square") }
    }

    /// Four times the group element, which must not be the neutral one.
    ///
    /// # Errors
    /// `OutOfRange` for the neutral element.
    /// # Source
    /// RFC 9496, section 4.3.1; doubling: Hisil, Wong, Carter, Dawson, ASIACRYPT 2008, section 3.3.
    pub(super) fn four_times(&self, point: &Point) -> Result<Affine> {
        const NEUTRAL: Error = Error::new(ErrorKind::OutOfRange, "point: the neutral element");
        let s = Fp25519::from_bytes(&point.to_bytes())?;
        let (one, square) = (Fp25519::ONE, s.square());
        let (u1, u2) = (one.sub(square), one.add(square));
        let u2_square = u2.square();
        let v = self.d.mul(u1.square()).neg().sub(u2_square);
        let inverse_root = Fp25519::sqrt_ratio(one, v.mul(u2_square)).ok_or(NEUTRAL)?;
        let den_x = inverse_root.mul(u2);
        let den_y = inverse_root.mul(den_x).mul(v);
        let (mut x, mut y, mut z) = (s.add(s).mul(den_x).abs(), u1.mul(den_y), one);
        for _ in 0..2 {
            let (a, b, zz) = (x.square(), y.square(), z.square());
            let e = x.add(y).square().sub(a).sub(b);
            let g = b.sub(a);
            let f = g.sub(zz.add(zz));
            let h = a.add(b).neg();
            (x, y, z) = (e.mul(f), g.mul(h), f.mul(g));
        }
        let below = z.sub(y);
        let inverse = below.mul(x).invert();
        if inverse.is_zero() {
            return Err(NEUTRAL);
        }
        let u = z.add(y).mul(x).mul(inverse);
        let v = self.scale.mul(u).mul(z).mul(below).mul(inverse);
        Ok(Affine { u, v })
    }
}

/// The u-coordinates of `center - offset` and `center + offset` for each offset.
///
/// An offset that is plus or minus the center gives its place in place of them: one of the two is neutral then.
pub(super) fn neighbours(
    center: &Affine,
    offsets: &[Affine],
    scratch: &mut Scratch,
    mut found: impl FnMut(usize, Neighbours),
) {
    let Scratch { distances, products } = scratch;
    distances.clear();
    distances.extend(offsets.iter().map(|offset| offset.u.sub(center.u)));
    for (at, distance) in distances.iter_mut().enumerate() {
        if distance.is_zero() {
            *distance = Fp25519::ONE;
            found(at, Neighbours::Same);
        }
    }
    invert_all(distances, products);
    for (at, (offset, inverse)) in offsets.iter().zip(distances.iter()).enumerate() {
        let rest = center.u.add(offset.u).add(A);
        let minus = offset.v.add(center.v).mul(*inverse).square().sub(rest);
        let plus = offset.v.sub(center.v).mul(*inverse).square().sub(rest);
        found(at, Neighbours::Apart { minus, plus });
    }
}

/// What surrounds a center.
pub(super) enum Neighbours {
    /// The offset is the center or its negative.
    Same,
    /// The u-coordinates of difference and sum.
    Apart { minus: Fp25519, plus: Fp25519 },
}

/// Memory that is used again.
#[derive(Default)]
pub(super) struct Scratch {
    distances: Vec<Fp25519>,
    products: Vec<Fp25519>,
}

impl Affine {
    /// The sum of two points that are neither equal nor opposite.
    pub(super) fn add(&self, other: &Self) -> Self {
        let slope = other.v.sub(self.v).mul(other.u.sub(self.u).invert());
        let u = slope.square().sub(A).sub(self.u).sub(other.u);
        Self { u, v: slope.mul(self.u.sub(u)).sub(self.v) }
    }

    /// Twice the point.
    pub(super) fn double(&self) -> Self {
        let square = self.u.square();
        let above = square.add(square).add(square).add(A.add(A).mul(self.u)).add(Fp25519::ONE);
        let slope = above.mul(self.v.add(self.v).invert());
        let u = slope.square().sub(A).sub(self.u).sub(self.u);
        Self { u, v: slope.mul(self.u.sub(u)).sub(self.v) }
    }

    /// The first `count` multiples, from once.
    pub(super) fn multiples(&self, count: usize) -> Vec<Self> {
        let mut all = vec![*self];
        while all.len() < count {
            let last = all[all.len() - 1];
            all.push(if all.len() == 1 { self.double() } else { last.add(self) });
        }
        all.truncate(count);
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::Field;
    use crate::group::Scalar;

    fn generator(times: u64) -> Affine {
        let point = Point::mul_generator(&Scalar::from_u64(times));
        Constants::new().four_times(&point).unwrap()
    }

    #[test]
    fn multiples_agree_with_the_group() {
        let one = generator(1);
        for (multiple, times) in one.multiples(50).iter().zip(1..) {
            let expected = generator(times);
            assert!(multiple.u.sub(expected.u).is_zero(), "{times}");
            assert!(multiple.v.sub(expected.v).is_zero(), "{times}");
            let right = multiple.u.square().add(A.mul(multiple.u)).add(Fp25519::ONE).mul(multiple.u);
            assert!(multiple.v.square().sub(right).is_zero(), "on the curve");
        }
        let minus = Constants::new().four_times(&-Point::generator()).unwrap();
        assert!(minus.u.sub(one.u).is_zero() && minus.v.add(one.v).is_zero());
        assert!(Constants::new().four_times(&Point::identity()).is_err());
    }

    #[test]
    fn neighbours_are_sums_and_differences() {
        let (center, offsets) = (generator(1000), [7, 1000, 30].map(generator));
        let mut seen = Vec::new();
        neighbours(&center, &offsets, &mut Scratch::default(), |at, neighbours| match neighbours {
            Neighbours::Same => seen.push(at),
            Neighbours::Apart { minus, plus } if at != 1 => {
                let times = [7, 0, 30][at];
                assert!(minus.sub(generator(1000 - times).u).is_zero());
                assert!(plus.sub(generator(1000 + times).u).is_zero());
            }
            Neighbours::Apart { .. } => (),
        });
        assert_eq!(seen, [1]);
    }
}
