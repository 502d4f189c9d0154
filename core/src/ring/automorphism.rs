//! The maps `X -> X^g` of polynomials in evaluation form: permutations of values.
use super::{MAX_LOG_DEGREE, MIN_LOG_DEGREE, Modulus, backend::permute::Permutation, transform::reverse};
use crate::error::{Error, ErrorKind, Result};

/// The map `X -> X^g` for an odd g, the Galois element.
///
/// Value i is the one at `psi^(2 r(i) + 1)`, and after the map that at the g-th power of this root: a permutation. Since r
/// reverses bits, eight values next to each other come from eight next to each other, in one of eight orders.
#[derive(Clone)]
pub struct Automorphism {
    element: u64,
    permutation: Permutation,
}

/// Values of a block.
pub(super) const LANES: usize = 8;

/// Where the values of a block come from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source {
    pub(super) block: u32,
    pub(super) order: u32,
}

impl Automorphism {
    /// The map for a Galois element.
    ///
    /// # Errors
    /// `InvalidParams` when the degree is not a power of two between 2^10 and 2^16; `OutOfRange` when the element is even
    /// or not below twice the degree.
    pub fn new(degree: usize, element: u64) -> Result<Self> {
        if !degree.is_power_of_two() || !(MIN_LOG_DEGREE..=MAX_LOG_DEGREE).contains(&degree.ilog2()) {
            return Err(Error::new(ErrorKind::InvalidParams, "degree: a power of two from 2^10 to 2^16"));
        }
        if element.is_multiple_of(2) || element >= 2 * degree as u64 {
            return Err(Error::new(ErrorKind::OutOfRange, "element: odd and below twice the degree"));
        }
        let log_degree = degree.ilog2();
        let mask = 2 * degree as u64 - 1;
        let source = |block: usize| {
            // The exponent of the block's first value, times g: its low bits say which block, the three highest which order.
            let exponent = ((2 * reverse(block, log_degree - 3) as u64 + 1) * element) & mask;
            let low = (exponent & (degree as u64 / 4 - 1)) >> 1;
            let block = low.reverse_bits() >> (u64::BITS - (log_degree - 3));
            Source { block: narrow(block), order: narrow(exponent >> (log_degree - 2)) }
        };
        let order = |first: usize| {
            core::array::from_fn(|lane| {
                let turned = first as u64 + element * reverse(lane, 3) as u64;
                (turned & 7).reverse_bits() >> (u64::BITS - 3)
            })
        };
        Ok(Self {
            element,
            permutation: Permutation {
                blocks: (0..degree / LANES).map(source).collect(),
                orders: core::array::from_fn(order),
            },
        })
    }

    /// The map that rotates slots to the left by so many steps, or to the right when they are negative: `g = 5^steps`.
    ///
    /// # Errors
    /// As [`Automorphism::new`].
    pub fn of_rotation(degree: usize, steps: i64) -> Result<Self> {
        Self::new(degree, rotation_element(degree, steps))
    }

    /// The map that conjugates every slot: `g = 2N - 1`.
    ///
    /// # Errors
    /// As [`Automorphism::new`].
    pub fn of_conjugation(degree: usize) -> Result<Self> {
        Self::new(degree, (degree as u64).wrapping_mul(2).wrapping_sub(1))
    }

    /// The Galois element g.
    pub fn element(&self) -> u64 {
        self.element
    }

    /// The number of values of a row.
    pub fn degree(&self) -> usize {
        self.permutation.blocks.len() * LANES
    }

    /// `out(X) = a(X^g)` for one row of values.
    ///
    /// # Panics
    /// When a row is of another length.
    pub fn apply(&self, out: &mut [u64], a: &[u64]) {
        self.check([&*out, a]);
        self.permutation.apply(out, a);
    }

    /// `out(X) = out(X) + a(X^g)` for rows of values that are residues modulo q.
    ///
    /// # Panics
    /// As [`Automorphism::apply`].
    pub fn apply_and_add(&self, q: &Modulus, out: &mut [u64], a: &[u64]) {
        self.check([&*out, a]);
        self.permutation.add(out, a, q.value());
    }

    /// `out(X) = a(X^g) + b(X^g)` for rows of values that are residues modulo q.
    ///
    /// # Panics
    /// As [`Automorphism::apply`].
    pub fn apply_to_sum(&self, q: &Modulus, out: &mut [u64], a: &[u64], b: &[u64]) {
        self.check([&*out, a, b]);
        self.permutation.apply_sum(out, a, b, q.value());
    }

    fn check<const ROWS: usize>(&self, rows: [&[u64]; ROWS]) {
        assert!(rows.iter().all(|row| row.len() == self.degree()), "as many values as the degree");
    }
}

/// The Galois element that rotates slots to the left by so many steps: `5^steps mod 2 degree`. Degrees are powers of two.
pub fn rotation_element(degree: usize, steps: i64) -> u64 {
    let slots = i64::try_from(degree / 2).unwrap_or(i64::MAX).max(1);
    let mut exponent = steps.rem_euclid(slots);
    // Modulo 2^64 first, which the modulus divides.
    let (mut element, mut power) = (1_u64, 5_u64);
    while exponent != 0 {
        if exponent & 1 == 1 {
            element = element.wrapping_mul(power);
        }
        power = power.wrapping_mul(power);
        exponent >>= 1;
    }
    element & (degree as u64).wrapping_mul(2).wrapping_sub(1)
}

impl core::fmt::Debug for Automorphism {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Automorphism").field("element", &self.element).finish_non_exhaustive()
    }
}

fn narrow(x: u64) -> u32 {
    u32::try_from(x).expect("below the degree")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ring::{Prime, largest_primes};

    /// `a(X^g)` by definition.
    fn of_coefficients(prime: &Prime, a: &[u64], element: u64) -> Vec<u64> {
        let degree = a.len();
        let mut out = vec![0; degree];
        for (i, x) in a.iter().enumerate() {
            let exponent = i * usize::try_from(element).unwrap() % (2 * degree);
            out[exponent % degree] = if exponent < degree { *x } else { prime.modulus().neg(*x) };
        }
        out
    }

    #[test]
    fn values_are_permuted_as_coefficients_are() {
        for degree in [1 << MIN_LOG_DEGREE, 1 << 13, 1 << MAX_LOG_DEGREE] {
            let prime = Prime::new(degree, largest_primes(degree, 40, 1, &[]).unwrap()[0]).unwrap();
            let mut a: Vec<u64> = (0..degree as u64).map(|i| (i * i * 77 + 5) % prime.value()).collect();
            let last = 2 * degree as u64 - 1;
            for element in [1, 3, 5, 25, last, last - 2, degree as u64 + 1, degree as u64 / 4 - 1, 777] {
                let mut expected = of_coefficients(&prime, &a, element);
                prime.forward(&mut expected);
                prime.forward(&mut a);
                let map = Automorphism::new(degree, element).unwrap();
                let mut out = vec![0; degree];
                map.apply(&mut out, &a);
                assert_eq!(out, expected, "{degree} {element}");
                assert_eq!((map.element(), map.degree()), (element, degree));
                let (mut sum, twice) = (a.clone(), expected.iter().map(|x| prime.modulus().add(*x, *x)));
                map.apply_to_sum(prime.modulus(), &mut sum, &a, &a);
                assert_eq!(sum, twice.collect::<Vec<u64>>());
                map.apply_and_add(prime.modulus(), &mut out, &a);
                assert_eq!(out, sum);
                prime.inverse(&mut a);
            }
        }
    }

    #[test]
    fn rotations_are_powers_of_five() {
        let degree = 1 << 12;
        let element = |steps| Automorphism::of_rotation(degree, steps).unwrap().element();
        assert_eq!([element(0), element(1), element(2), element(3)], [1, 5, 25, 125]);
        assert_eq!(element(-1) * 5 % 8192, 1);
        assert_eq!(element(2048), 1, "as many steps as slots");
        assert_eq!(element(i64::MIN), 1);
        assert_eq!(element(i64::MAX), element(-1));
        assert_eq!(Automorphism::of_conjugation(degree).unwrap().element(), 8191);
        // Powers of five and their negatives are all odd numbers.
        let mut all: Vec<u64> = (0..2048).flat_map(|steps| [element(steps), 8192 - element(steps)]).collect();
        all.sort_unstable();
        assert_eq!(all, (0..4096).map(|i| 2 * i + 1).collect::<Vec<u64>>());
    }

    #[test]
    fn maps_that_are_none() {
        let kind = |degree, element| Automorphism::new(degree, element).err().map(|e| e.kind());
        for element in [0, 2, 2048, 2049, u64::MAX] {
            assert_eq!(kind(1024, element), Some(ErrorKind::OutOfRange), "{element}");
        }
        for degree in [0, 1000, 512, 1 << 17] {
            assert_eq!(kind(degree, 1), Some(ErrorKind::InvalidParams), "{degree}");
            assert!(Automorphism::of_rotation(degree, 1).is_err());
            assert!(Automorphism::of_conjugation(degree).is_err());
        }
    }
}
