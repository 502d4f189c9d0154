//! Sharings that parties deal, and random ones extracted from them.
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::scheme::{Scheme, combine, powers};
use crate::{field::BulkField, mpc::arithmetic::Shared, ring::Xof};

/// Draws the polynomials that I deal.
pub(super) struct Dealer(Xof);

impl Dealer {
    pub(super) fn new(rng: &mut impl CryptoRng) -> Self {
        let mut seed = Zeroizing::new([0; 32]);
        rng.fill_bytes(&mut *seed);
        Self(Xof::new(&seed, 0))
    }

    /// Random values.
    pub(super) fn values<F: BulkField>(&mut self, len: usize) -> Shared<F> {
        let mut out = Shared::column(vec![F::ZERO; len]);
        F::draw(|words| self.0.fill(words), out.shares_mut());
        out
    }

    /// The shares of all computing parties, from polynomials of this degree with these values at zero.
    ///
    /// # Source
    /// \[Sha79\]
    pub(super) fn deal<F: BulkField>(
        &mut self,
        scheme: &Scheme<F>,
        values: &[F],
        degree: usize,
    ) -> Vec<Shared<F>> {
        const CHUNK: usize = 64;
        let powers: Vec<Vec<F>> =
            (0..scheme.computing).map(|position| powers(position, degree + 1)[1..].to_vec()).collect();
        let mut out: Vec<Shared<F>> =
            powers.iter().map(|_| Shared::column(vec![F::ZERO; values.len()])).collect();
        let mut coefficients = Shared::column(vec![F::ZERO; CHUNK.min(values.len()) * degree]);
        for (start, piece) in (0..).step_by(CHUNK).zip(values.chunks(CHUNK)) {
            let coefficients = &mut coefficients.shares_mut()[..piece.len() * degree];
            F::draw(|words| self.0.fill(words), coefficients);
            for (shares, powers) in out.iter_mut().zip(&powers) {
                let shares = &mut shares.shares_mut()[start..start + piece.len()];
                for ((share, value), row) in
                    shares.iter_mut().zip(piece).zip(coefficients.chunks_exact(degree))
                {
                    let terms = powers.iter().copied().zip(row.iter().copied());
                    *share = *value + F::sum_of_products(terms);
                }
            }
        }
        out
    }
}

/// How many sharings each party deals for so many random ones.
pub(super) fn dealt_for<F>(scheme: &Scheme<F>, len: usize) -> usize {
    len.div_ceil(scheme.degree + 1)
}

/// Random sharings from those of all computing parties: row k of the matrix has the k-th powers of the parties' places. Any
/// `t + 1` of its columns are invertible, so `t + 1` honest dealers make all rows random.
///
/// # Source
/// \[DN07\], "Random" and "Double-Random"
pub(super) fn extract<F: BulkField>(scheme: &Scheme<F>, dealt: &[&[F]], len: usize) -> Shared<F> {
    let powers: Vec<Vec<F>> =
        (0..scheme.computing).map(|position| powers(position, scheme.degree + 1)).collect();
    let row = |k: usize| combine(&powers.iter().map(|powers| powers[k]).collect::<Vec<F>>(), dealt);
    let rows: Vec<Shared<F>> = (0..=scheme.degree).map(|k| Shared::column(row(k))).collect();
    Shared::stacked(&rows.iter().collect::<Vec<_>>()).rows_of(0..len)
}

#[cfg(test)]
mod tests {
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

    use super::*;
    use crate::field::{Field, Fp61, Fp192};

    fn views<F: BulkField>(all: &[Shared<F>]) -> Vec<&[F]> {
        all.iter().map(Shared::shares).collect()
    }

    fn dealt_sharings_have_their_degree<F: BulkField + PartialEq>(parties: usize) {
        let scheme = Scheme::<F>::new(parties, 0).unwrap();
        let mut dealer = Dealer::new(&mut ChaCha20Rng::from_seed([4; 32]));
        let values: Vec<F> = (0..200).map(F::from_u64).collect();
        let short = dealer.deal(&scheme, &values, scheme.degree);
        assert!(scheme.verified(&views(&short), "short").unwrap() == values);
        let wide = dealer.deal(&scheme, &values, 2 * scheme.degree);
        assert!(scheme.wide(&views(&wide)) == values);
        assert!(scheme.verified(&views(&wide), "wide").is_err());
    }

    #[test]
    fn dealing_and_interpolation_are_inverse() {
        for parties in [3, 5, 9, 50] {
            dealt_sharings_have_their_degree::<Fp61>(parties);
        }
        dealt_sharings_have_their_degree::<Fp192>(5);
    }

    #[test]
    fn extraction_is_linear_and_every_dealer_counts() {
        let scheme = Scheme::<Fp61>::new(9, 0).unwrap();
        let mut dealer = Dealer::new(&mut ChaCha20Rng::from_seed([4; 32]));
        let len = 15;
        let count = dealt_for(&scheme, len);
        assert_eq!(count, 3);
        let values: Vec<Shared<Fp61>> = (0..9).map(|_| dealer.values(count)).collect();
        let dealt: Vec<Vec<Shared<Fp61>>> =
            values.iter().map(|values| dealer.deal(&scheme, values.shares(), scheme.degree)).collect();
        // dealt[dealer][receiver]
        let received: Vec<Shared<Fp61>> = (0..9)
            .map(|receiver| {
                let mine: Vec<&[Fp61]> = dealt.iter().map(|all| all[receiver].shares()).collect();
                extract(&scheme, &mine, len)
            })
            .collect();
        let found = scheme.verified(&views(&received), "extracted").unwrap();
        assert_eq!(found, extract(&scheme, &views(&values), len).shares());
        for wrong in 0..9 {
            let mut other = values.clone();
            other[wrong].shares_mut()[0] = other[wrong].shares()[0] + Fp61::ONE;
            let changed = extract(&scheme, &views(&other), len);
            let differences = found.iter().zip(changed.shares()).filter(|(a, b)| a != b).count();
            assert_eq!(differences, scheme.degree + 1, "each row takes every dealer");
        }
    }

    #[test]
    fn any_columns_of_the_extraction_are_invertible() {
        // The determinant of columns i < j < k of 1, x, x^2 is (x_j - x_i)(x_k - x_i)(x_k - x_j); here by elimination.
        let scheme = Scheme::<Fp61>::new(5, 0).unwrap();
        let unit = |dealer: usize| -> Vec<Vec<Fp61>> {
            (0..5).map(|i| vec![if i == dealer { Fp61::ONE } else { Fp61::ZERO }]).collect()
        };
        let column = |dealer: usize| {
            let unit = unit(dealer);
            let views: Vec<&[Fp61]> = unit.iter().map(Vec::as_slice).collect();
            extract(&scheme, &views, 3).shares().to_vec()
        };
        let columns: Vec<Vec<Fp61>> = (0..5).map(column).collect();
        for i in 0..5 {
            for j in i + 1..5 {
                for k in j + 1..5 {
                    let [a, b, c] = [&columns[i], &columns[j], &columns[k]];
                    let determinant = a[0] * (b[1] * c[2] - b[2] * c[1]) - b[0] * (a[1] * c[2] - a[2] * c[1])
                        + c[0] * (a[1] * b[2] - a[2] * b[1]);
                    assert_ne!(determinant, Fp61::ZERO);
                }
            }
        }
    }
}
