//! What an evaluation does, in which order, and what it takes.
//!
//! A polynomial is split at powers of two, `p = q_1 B_g1 + q_2 B_g2 + ... + r` with `B_k` either `x^k` or `T_k` and a short
//! rest `r`, and each quotient again. One node is one such sum: its products are added before they are relinearized,
//! together with the rest, and rescaled once. A node of budget `b` ends `b` levels below the input.
use std::collections::{BTreeMap, BTreeSet};

use super::clear::clenshaw;
use super::interpolate::cos_pi;
use super::{Polynomial, PolynomialBasis};
use crate::error::{Error, ErrorKind, Result};

/// How the interval of a Chebyshev basis becomes [-1, 1].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntervalChange {
    /// By reading the ciphertext at another scale, and one addition: no level. An interval of half-width `w` costs
    /// `|log2 w|` bits of precision for each degree of the highest power in use.
    Folded,
    /// By one multiplication: one level, no precision.
    Multiplied,
}

/// The bits of precision that [`PolynomialPlan::new`] gives for a level.
const FOLDED_BITS: f64 = 8.0;
/// Up to this degree the bounds of intermediate results come from a grid; above, from the sum of the coefficients.
const GRID_DEGREE: usize = 512;

/// How a polynomial is evaluated; known before anything is encrypted.
#[derive(Clone, Debug, PartialEq)]
pub struct PolynomialPlan {
    pub(super) basis: PolynomialBasis,
    pub(super) change: IntervalChange,
    /// In ascending order, without the first.
    pub(super) powers: Vec<Power>,
    pub(super) root: Node,
    budget: usize,
}

/// `B_index` from `B_left B_right` with `left >= right`; in Chebyshev basis also from `B_(left - right)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Power {
    pub(super) left: usize,
    pub(super) right: usize,
}

/// `sum_j product_j B_g_j + sum_i c_i B_i + constant`
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    pub(super) products: Vec<(usize, Node)>,
    pub(super) terms: Vec<(usize, f64)>,
    pub(super) constant: f64,
    /// The polynomial that the node computes.
    coefficients: Vec<f64>,
}

impl PolynomialPlan {
    /// The plan with the fewest relinearizations among those of least depth. The interval is [folded](IntervalChange)
    /// where that costs at most eight bits of precision, else a level is spent on it.
    ///
    /// # Errors
    /// As [`Polynomial::plan`].
    pub fn new(polynomial: &Polynomial) -> Result<Self> {
        let plan = Self::with_interval_change(polynomial, IntervalChange::Folded)?;
        let highest = plan.powers.last().map_or(1, Power::index);
        let lost = highest as f64 * half_width(plan.basis).log2().abs();
        let multiply = highest > 1 && lost > FOLDED_BITS;
        Ok(if multiply { Self { change: IntervalChange::Multiplied, ..plan } } else { plan })
    }

    /// As [`PolynomialPlan::new`], with the interval changed in the way that is asked for.
    ///
    /// # Errors
    /// As [`Polynomial::plan`].
    pub fn with_interval_change(polynomial: &Polynomial, change: IntervalChange) -> Result<Self> {
        let degree = polynomial.degree();
        if degree == 0 {
            return Err(Error::new(ErrorKind::InvalidParams, "polynomial: a constant needs no ciphertext"));
        }
        let change = match polynomial.basis {
            PolynomialBasis::Monomial => IntervalChange::Folded,
            PolynomialBasis::Chebyshev { .. } => change,
        };
        let budget = depth_of(degree + 1);
        let plan = |log_block: usize| {
            let root = Node::new(polynomial.coefficients.clone(), polynomial.basis, budget, 1 << log_block);
            let powers = powers_for(&root, polynomial.basis);
            Self { basis: polynomial.basis, change, powers, root, budget }
        };
        let plans = (0..=budget).map(plan);
        Ok(plans.min_by_key(|plan| (plan.relinearizations(), plan.products())).expect("a range from zero on"))
    }

    /// The levels that an evaluation takes.
    pub fn depth(&self) -> usize {
        self.budget + usize::from(self.change == IntervalChange::Multiplied)
    }

    /// Products of two ciphertexts.
    pub fn products(&self) -> usize {
        self.powers.len() + self.root.count(&|node| node.products.len())
    }

    /// Relinearizations, which take most of the time: products that are added are relinearized together.
    pub fn relinearizations(&self) -> usize {
        self.powers.len() + self.root.count(&|node| usize::from(!node.products.is_empty()))
    }

    /// How the interval becomes [-1, 1].
    pub fn interval_change(&self) -> IntervalChange {
        self.change
    }

    /// Powers and nodes: what an observer counts.
    pub(super) fn steps(&self) -> usize {
        self.powers.len() + self.root.count(&|_| 1)
    }
}

/// Half the interval's width; 1 where there is none.
pub(super) fn half_width(basis: PolynomialBasis) -> f64 {
    match basis {
        PolynomialBasis::Monomial => 1.0,
        PolynomialBasis::Chebyshev { from, to } => 0.5 * (to - from),
    }
}

impl Power {
    pub(super) fn index(&self) -> usize {
        self.left + self.right
    }
}

impl Node {
    /// Rests are shorter than `block`, unless a shorter one is what the budget takes.
    fn new(coefficients: Vec<f64>, basis: PolynomialBasis, budget: usize, block: usize) -> Self {
        let (mut products, mut terms) = (Vec::new(), Vec::new());
        let mut rest = coefficients.clone();
        loop {
            let degree = rest.iter().rposition(|c| *c != 0.0).unwrap_or(0);
            rest.truncate(degree + 1);
            if degree == 0 || (degree < block && depth_of(degree) < budget) {
                break;
            }
            let split = 1 << degree.ilog2();
            let (quotient, remainder) = divide(&rest, split, basis);
            if quotient.len() == 1 {
                terms.push((split, quotient[0]));
            } else {
                products.push((split, Self::new(quotient, basis, budget - 1, block)));
            }
            rest = remainder;
        }
        terms.extend(rest.iter().copied().enumerate().skip(1).filter(|(_, c)| *c != 0.0));
        Self { products, terms, constant: rest[0], coefficients }
    }

    fn count(&self, of: &impl Fn(&Self) -> usize) -> usize {
        of(self) + self.products.iter().map(|(_, quotient)| quotient.count(of)).sum::<usize>()
    }

    fn collect(&self, indices: &mut BTreeSet<usize>) {
        indices.extend(self.terms.iter().map(|(index, _)| index));
        for (index, quotient) in &self.products {
            indices.insert(*index);
            quotient.collect(indices);
        }
    }

    /// A bound of `|sum_k c_k T_k(t)|` over -1 <= t <= 1.
    ///
    /// The largest value at `8 (d + 1)` Chebyshev nodes, divided by `cos(pi / 16)`.
    /// # Source
    /// Ehlich, Zeller, Math. Z. 86 (1964), Satz 2: by `cos(d pi / 2 m)` for m nodes and degree d.
    pub(super) fn chebyshev_bound(&self) -> f64 {
        let sum = self.coefficients.iter().map(|c| c.abs()).sum::<f64>();
        let nodes = 8 * self.coefficients.len();
        if self.coefficients.len() > GRID_DEGREE {
            return sum;
        }
        let at = |k| clenshaw(&self.coefficients, cos_pi(2 * k + 1, 2 * nodes)).abs();
        let largest = (0..nodes).map(at).fold(0.0, f64::max);
        // 2^-40 of the sum is far more than Clenshaw's rounding errors at these degrees.
        (largest / cos_pi(1, 16) + sum / (1u64 << 40) as f64).min(sum)
    }
}

/// `ceil(log2 k)`, the least depth of `B_k`.
fn depth_of(k: usize) -> usize {
    k.next_power_of_two().trailing_zeros() as usize
}

/// `p = q B_split + r` with `r` of a degree below `split`, for `p` of a degree below `2 split`.
fn divide(p: &[f64], split: usize, basis: PolynomialBasis) -> (Vec<f64>, Vec<f64>) {
    let mut quotient = p[split..].to_vec();
    let mut remainder = p[..split].to_vec();
    if let PolynomialBasis::Chebyshev { .. } = basis {
        // T_(split + i) = 2 T_i T_split - T_(split - i)
        for (i, c) in quotient.iter_mut().enumerate().skip(1) {
            remainder[split - i] -= *c;
            *c *= 2.0;
        }
    }
    (quotient, remainder)
}

/// How each power that a node needs comes about, by the least number of others. Each has its least depth.
fn powers_for(root: &Node, basis: PolynomialBasis) -> Vec<Power> {
    let mut needed = BTreeSet::new();
    root.collect(&mut needed);
    let mut powers = BTreeMap::new();
    while let Some(index) = needed.pop_last() {
        if index < 2 {
            continue;
        }
        let factors = |left: usize| {
            let chebyshev = matches!(basis, PolynomialBasis::Chebyshev { .. });
            let others = [left, index - left, if chebyshev { 2 * left - index } else { 0 }];
            others.into_iter().filter(|other| *other > 1)
        };
        let new = |left: &usize| factors(*left).filter(|other| !needed.contains(other)).count();
        let half = 1 << (depth_of(index) - 1);
        let left = (index.div_ceil(2)..=half).min_by_key(new).expect("half is at least index / 2");
        needed.extend(factors(left));
        powers.insert(index, Power { left, right: index - left });
    }
    powers.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(coefficients: &[f64]) -> PolynomialPlan {
        Polynomial::chebyshev(coefficients, -1.0, 1.0).unwrap().plan().unwrap()
    }

    /// Coefficients without structure, of every index that is kept.
    fn generic(degree: usize, kept: impl Fn(usize) -> bool) -> Vec<f64> {
        let c = |k: usize| if kept(k) { 0.1 + (k as f64 * 0.618_034).fract() } else { 0.0 };
        (0..=degree).map(c).collect()
    }

    #[test]
    fn depth_is_least_and_relinearizations_are_few() {
        let counts = [1usize, 2, 3, 4, 5, 7, 8, 15, 16, 31, 63, 127, 255].map(|degree| {
            let plan = plan(&generic(degree, |_| true));
            assert_eq!(plan.depth(), depth_of(degree + 1));
            plan.relinearizations()
        });
        assert_eq!(counts, [0, 1, 2, 3, 3, 4, 5, 7, 7, 10, 15, 20, 29]);
    }

    #[test]
    fn symmetry_saves_products() {
        for degree in [63, 127, 255] {
            let full = plan(&generic(degree, |_| true));
            let odd = plan(&generic(degree, |k| k % 2 == 1));
            let even = plan(&generic(degree - 1, |k| k % 2 == 0));
            for symmetric in [&odd, &even] {
                assert_eq!(symmetric.depth(), full.depth());
                assert!(symmetric.relinearizations() < full.relinearizations(), "{degree}");
                assert!(symmetric.products() < full.products(), "{degree}");
            }
            assert!(even.powers.iter().all(|power| power.index() % 2 == 0));
        }
    }

    #[test]
    fn a_wide_interval_takes_a_level_where_folding_costs_precision() {
        let depth = |degree: usize, width: f64| {
            let p = Polynomial::chebyshev(&vec![1.0; degree + 1], -width, width).unwrap();
            p.plan().unwrap().depth()
        };
        assert_eq!([depth(3, 8.0), depth(7, 2.0), depth(1, 1e6), depth(15, 1.0)], [2, 3, 1, 4]);
        assert_eq!([depth(7, 8.0), depth(3, 1e-3), depth(15, 4.0)], [4, 3, 5]);
    }

    #[test]
    fn bounds_hold_and_are_close() {
        let alternating: Vec<f64> = (0..20).map(|k| if k % 3 == 0 { -1.0 } else { 0.7 }).collect();
        let node = plan(&alternating).root;
        let bound = node.chebyshev_bound();
        let largest = (0..=5000).map(|k| clenshaw(&alternating, cos_pi(k, 5000)).abs()).fold(0.0, f64::max);
        assert!(largest <= bound && bound < 1.03 * largest, "{largest} {bound}");
    }

    #[test]
    fn constants_are_refused() {
        let p = Polynomial::monomial(&[3.0, 0.0]).unwrap();
        assert_eq!(p.plan().unwrap_err().kind(), ErrorKind::InvalidParams);
    }
}
