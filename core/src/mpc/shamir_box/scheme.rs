//! Who computes, and the public factors of interpolation.
use subtle::Choice;

use super::MAX_PARTIES;
use crate::{
    error::{Error, ErrorKind, Result},
    field::BulkField,
    secret::declassify,
    shamir::Interpolation,
};

/// The parties of a box and the polynomials that their shares lie on.
pub(super) struct Scheme<F> {
    pub(super) parties: usize,
    /// The parties that hold shares: twice the degree and one.
    pub(super) computing: usize,
    /// The degree of sharings: the most parties that may be corrupted.
    pub(super) degree: usize,
    pub(super) me: usize,
    /// The value at zero from the first `degree + 1` shares.
    at_zero: Vec<F>,
    /// The value at zero from all shares, of a polynomial of twice the degree.
    wide_at_zero: Vec<F>,
    /// The shares after the first `degree + 1`, each from those.
    further: Vec<Vec<F>>,
}

/// The place of a party's share.
pub(super) fn point<F: BulkField>(position: usize) -> F {
    F::from_u64(position as u64 + 1)
}

/// `1, x, x^2, ..` for the place x of a party.
pub(super) fn powers<F: BulkField>(position: usize, count: usize) -> Vec<F> {
    let x: F = point(position);
    core::iter::successors(Some(F::ONE), |power| Some(*power * x)).take(count).collect()
}

/// Vectors times factors, added up place by place.
pub(super) fn combine<F: BulkField>(factors: &[F], vectors: &[&[F]]) -> Vec<F> {
    // Pieces that stay in the cache.
    const CHUNK: usize = 1024;
    let mut sums = vec![F::ZERO; vectors.first().map_or(0, |vector| vector.len())];
    for (start, sums) in (0..).step_by(CHUNK).zip(sums.chunks_mut(CHUNK)) {
        for (factor, vector) in factors.iter().zip(vectors) {
            F::add_multiple(sums, *factor, &vector[start..start + sums.len()]);
        }
    }
    sums
}

impl<F: BulkField> Scheme<F> {
    /// # Errors
    /// `InvalidParams` unless there are 3 to 50 parties.
    pub(super) fn new(parties: usize, me: usize) -> Result<Self> {
        if !(3..=MAX_PARTIES).contains(&parties) {
            return Err(Error::new(ErrorKind::InvalidParams, "shamir box: 3 to 50 parties"));
        }
        let degree = (parties - 1) / 2;
        let computing = 2 * degree + 1;
        let points: Vec<F> = (0..computing).map(point).collect();
        let short = Interpolation::new(&points[..=degree]);
        Ok(Self {
            parties,
            computing,
            degree,
            me,
            at_zero: short.at(F::ZERO),
            wide_at_zero: Interpolation::new(&points).at(F::ZERO),
            further: points[degree + 1..].iter().map(|x| short.at(*x)).collect(),
        })
    }

    /// Whether I hold shares.
    pub(super) fn computes(&self) -> bool {
        self.me < self.computing
    }

    /// The computing parties but me.
    pub(super) fn peers(&self) -> impl Iterator<Item = usize> + use<F> {
        let me = self.me;
        (0..self.computing).filter(move |position| *position != me)
    }

    /// The secrets from the vectors of the first `degree + 1` parties, which are believed.
    pub(super) fn believed(&self, vectors: &[&[F]]) -> Vec<F> {
        combine(&self.at_zero, &vectors[..=self.degree])
    }

    /// The secrets of polynomials of twice the degree from the vectors of all computing parties.
    pub(super) fn wide(&self, vectors: &[&[F]]) -> Vec<F> {
        combine(&self.wide_at_zero, vectors)
    }

    /// The secrets from the vectors of all computing parties, if they lie on polynomials of the degree.
    ///
    /// Nobody is named: of `2t + 1` shares with up to `t` wrong ones, each word that is no sharing is near enough to several
    /// sharings, each of which blames others.
    ///
    /// # Errors
    /// `VerificationFailed`, with this text.
    pub(super) fn verified(&self, vectors: &[&[F]], what: &'static str) -> Result<Vec<F>> {
        let (first, rest) = vectors.split_at(self.degree + 1);
        let mut same = Choice::from(1);
        for (factors, found) in self.further.iter().zip(rest) {
            same &= F::all_equal(&combine(factors, first), found);
        }
        match declassify(same) {
            true => Ok(self.believed(vectors)),
            false => Err(Error::new(ErrorKind::VerificationFailed, what)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::{Field, Fp61};

    /// The values of a polynomial at the places of all computing parties, the constant term first.
    fn shares(scheme: &Scheme<Fp61>, coefficients: &[u64]) -> Vec<Vec<Fp61>> {
        let value = |position| {
            powers::<Fp61>(position, coefficients.len())
                .into_iter()
                .zip(coefficients)
                .fold(Fp61::ZERO, |sum, (power, c)| sum + power * Fp61::from_u64(*c))
        };
        (0..scheme.computing).map(|position| vec![value(position)]).collect()
    }

    fn slices(vectors: &[Vec<Fp61>]) -> Vec<&[Fp61]> {
        vectors.iter().map(Vec::as_slice).collect()
    }

    #[test]
    fn parties_and_degrees() {
        for (parties, computing, degree) in
            [(3, 3, 1), (4, 3, 1), (5, 5, 2), (6, 5, 2), (7, 7, 3), (50, 49, 24)]
        {
            let scheme = Scheme::<Fp61>::new(parties, parties - 1).unwrap();
            assert_eq!((scheme.computing, scheme.degree), (computing, degree), "{parties}");
            assert_eq!(scheme.computes(), parties % 2 == 1, "{parties}");
        }
        for parties in [0, 1, 2, 51] {
            assert_eq!(Scheme::<Fp61>::new(parties, 0).err().unwrap().kind(), ErrorKind::InvalidParams);
        }
    }

    #[test]
    fn secrets_come_back() {
        let scheme = Scheme::<Fp61>::new(5, 0).unwrap();
        let narrow = shares(&scheme, &[42, 7, 9]);
        assert_eq!(scheme.believed(&slices(&narrow)), [Fp61::from_u64(42)]);
        assert_eq!(scheme.verified(&slices(&narrow), "test").unwrap(), [Fp61::from_u64(42)]);
        let wide = shares(&scheme, &[43, 7, 9, 1, 5]);
        assert_eq!(scheme.wide(&slices(&wide)), [Fp61::from_u64(43)]);
    }

    #[test]
    fn every_wrong_share_and_a_higher_degree_are_found() {
        let scheme = Scheme::<Fp61>::new(5, 0).unwrap();
        let refused = |vectors: &[Vec<Fp61>]| {
            let error = scheme.verified(&slices(vectors), "test").unwrap_err();
            assert_eq!((error.kind(), error.what()), (ErrorKind::VerificationFailed, "test"));
            assert!(error.culprits().is_empty());
        };
        refused(&shares(&scheme, &[42, 7, 9, 1]));
        for wrong in 0..5 {
            let mut vectors = shares(&scheme, &[42, 7, 9]);
            vectors[wrong][0] = vectors[wrong][0] + Fp61::ONE;
            refused(&vectors);
        }
    }
}
