//! Roots of unity, correctly rounded, without a mathematical library: the same bits on every machine.
//!
//! A number is the unevaluated sum of two `f64` (Dekker, "A floating-point technique for extending the available
//! precision", Numer. Math. 18 (1971)): about 106 bits, made of IEEE additions and products only. The angles
//! `pi / 2^k` come from one another by halving: with `c = cos a` and `s = sin a`,
//! `cos(a/2) = sqrt((1 + c) / 2)` and `sin(a/2) = s / (2 cos(a/2))`. Every other root is a product of at most 16 of
//! those, so its error stays below 2^-95, and the tests compare each with one of 200 bits.

/// The sum of a number and one that is smaller than half its last place.
#[derive(Clone, Copy)]
pub(super) struct Double {
    pub(super) high: f64,
    pub(super) low: f64,
}

/// The point `(cos a, sin a)`.
#[derive(Clone, Copy)]
pub(super) struct Point {
    pub(super) cos: Double,
    pub(super) sin: Double,
}

/// The roots of unity of order `2 degree` in the first eighth of the circle, from which all others follow exactly.
pub(super) struct Roots {
    degree: usize,
    /// `exp(i pi e / degree)` for e from 0 to `degree / 4`.
    octant: Vec<Point>,
}

impl Roots {
    /// Roots of order `2 degree`; the degree is a power of two and at least 8.
    pub(super) fn new(degree: usize) -> Self {
        let mut angle = Point { cos: Double::from(0.0), sin: Double::from(1.0) };
        let mut halves = Vec::new();
        for _ in 1..degree.ilog2() {
            angle = angle.halved();
            halves.push(angle);
        }
        // The last is pi / degree.
        let mut points = vec![Point { cos: Double::from(1.0), sin: Double::from(0.0) }];
        for base in halves.iter().rev() {
            if points.len() > degree / 4 {
                break;
            }
            let shifted: Vec<Point> = points.iter().map(|point| point.times(*base)).collect();
            points.extend(shifted);
        }
        points.truncate(degree / 4 + 1);
        Self { degree, octant: points }
    }

    /// `exp(i pi e / degree)` as real and imaginary part, for any e.
    pub(super) fn get(&self, e: usize) -> (f64, f64) {
        let point = self.point(e);
        (point.cos.high, point.sin.high)
    }

    /// The same with about 95 bits.
    pub(super) fn point(&self, e: usize) -> Point {
        let quarter = self.degree / 2;
        let (turns, e) = ((e >> quarter.ilog2()) & 3, e & (quarter - 1));
        let Point { cos: x, sin: y } = if e <= quarter / 2 {
            self.octant[e]
        } else {
            let Point { cos, sin } = self.octant[quarter - e];
            Point { cos: sin, sin: cos }
        };
        let (cos, sin) = [(x, y), (y.negated(), x), (x.negated(), y.negated()), (y, x.negated())][turns];
        Point { cos, sin }
    }
}

impl Point {
    /// Half the angle; the angle is not zero and at most a right one.
    fn halved(self) -> Self {
        let half = Double::from(0.5);
        let cos = Double::from(1.0).plus(self.cos).times(half).sqrt();
        Self { cos, sin: self.sin.times(half).over(cos) }
    }

    /// The sum of the angles.
    fn times(self, other: Self) -> Self {
        Self {
            cos: self.cos.times(other.cos).plus(self.sin.times(other.sin).negated()),
            sin: self.cos.times(other.sin).plus(self.sin.times(other.cos)),
        }
    }
}

impl Double {
    pub(super) const fn from(x: f64) -> Self {
        Self { high: x, low: 0.0 }
    }

    pub(super) const fn negated(self) -> Self {
        Self { high: -self.high, low: -self.low }
    }

    /// `a + b` and what rounding took from it (Knuth).
    fn sum(a: f64, b: f64) -> Self {
        let high = a + b;
        let part = high - a;
        Self { high, low: (a - (high - part)) + (b - part) }
    }

    /// `a b` and what rounding took from it (Dekker; halves by Veltkamp).
    fn product(a: f64, b: f64) -> Self {
        let halves = |x: f64| {
            let scaled = x * 134_217_729.0; // 2^27 + 1
            let upper = scaled - (scaled - x);
            (upper, x - upper)
        };
        let high = a * b;
        let ((a1, a0), (b1, b0)) = (halves(a), halves(b));
        Self { high, low: ((a1 * b1 - high) + a1 * b0 + a0 * b1) + a0 * b0 }
    }

    pub(super) fn plus(self, other: Self) -> Self {
        let (high, low) = (Self::sum(self.high, other.high), Self::sum(self.low, other.low));
        let first = Self::sum(high.high, high.low + low.high);
        Self::sum(first.high, first.low + low.low)
    }

    pub(super) fn times(self, other: Self) -> Self {
        let product = Self::product(self.high, other.high);
        Self::sum(product.high, product.low + (self.high * other.low + self.low * other.high))
    }

    /// What is left of `self - x y`, as one number.
    fn rest(self, x: f64, y: Self) -> f64 {
        let product = Self::from(-x).times(y);
        let rest = self.plus(product);
        rest.high + rest.low
    }

    /// The quotient by a positive number.
    fn over(self, other: Self) -> Self {
        let first = self.high / other.high;
        Self::sum(first, self.rest(first, other) / other.high)
    }

    /// The root of a positive number, by one of Newton's steps.
    fn sqrt(self) -> Self {
        let first = self.high.sqrt();
        Self::sum(first, self.rest(first, Self::from(first)) / (first + first))
    }
}

#[cfg(test)]
mod tests {
    use num_bigint::BigInt;

    use super::*;

    const BITS: usize = 200;

    /// `2^200 atan(1 / x)`.
    fn arctangent(x: u32) -> BigInt {
        let (mut power, mut sum, mut k) = ((BigInt::from(1) << BITS) / x, BigInt::ZERO, 1_u32);
        while power != BigInt::ZERO {
            let term = &power / k;
            sum += if k % 4 == 1 { term } else { -term };
            power /= x * x;
            k += 2;
        }
        sum
    }

    /// `2^200 (cos a, sin a)` for `a = pi e / degree`, by their series.
    fn oracle(pi: &BigInt, e: usize, degree: usize) -> [BigInt; 2] {
        let angle = pi * e / degree;
        let (mut term, mut sums, mut k) = (BigInt::from(1) << BITS, [BigInt::ZERO, BigInt::ZERO], 0_u32);
        while term != BigInt::ZERO {
            let signed = if k % 4 < 2 { term.clone() } else { -term.clone() };
            sums[(k % 2) as usize] += signed;
            k += 1;
            term = ((term * &angle) >> BITS) / k;
        }
        sums
    }

    /// `2^200 x`, exactly: every number here that is not zero is above 2^-20.
    fn exactly(x: f64) -> BigInt {
        let bits = x.to_bits();
        let shift = usize::try_from(bits >> 52 & 0x7ff).unwrap() + BITS - 1075;
        let mantissa = BigInt::from((bits & ((1 << 52) - 1)) | 1 << 52) << shift;
        if x == 0.0 { BigInt::ZERO } else { mantissa }
    }

    #[test]
    fn roots_are_correctly_rounded() {
        let pi = (arctangent(5) * 4 - arctangent(239)) * 4;
        for (degree, step) in [(1 << 16, 97), (1 << 13, 11), (1 << 10, 1)] {
            let roots = Roots::new(degree);
            for e in (1..=degree / 4).step_by(step).chain([1, 2, degree / 4 - 1, degree / 4]) {
                let (cos, sin) = roots.get(e);
                for (x, expected) in [cos, sin].into_iter().zip(oracle(&pi, e, degree)) {
                    // The neighbours of x are further away than x.
                    let (below, above) = (x.next_down(), x.next_up());
                    let middle = |y: f64| (exactly(x) + exactly(y)) / 2;
                    assert!(middle(below) < expected && expected < middle(above), "{e} of {degree}: {x}");
                }
            }
        }
    }

    #[test]
    fn roots_have_the_symmetries_of_the_circle() {
        let degree = 1024;
        let roots = Roots::new(degree);
        assert_eq!(
            [0, 512, 1024, 1536].map(|e| roots.get(e)),
            [(1.0, 0.0), (-0.0, 1.0), (-1.0, -0.0), (0.0, -1.0)]
        );
        for e in 0..2 * degree {
            let (x, y) = roots.get(e);
            assert_eq!(roots.get(2 * degree - e), (x, -y));
            assert_eq!(roots.get(e + degree), (-x, -y));
            assert_eq!(roots.get(e + degree / 2), (-y, x));
            assert_eq!(roots.get(e + 2 * degree), (x, y));
        }
    }
}
