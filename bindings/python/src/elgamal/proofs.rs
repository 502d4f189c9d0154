//! `veilkit.elgamal.additive`: proofs about every element of an array, ballots, and the check of many proofs at once.
use pyo3::{prelude::*, types::PyBytes};
use veilkit_bridge::{
    PartyId, Result,
    codec::{Decode, Encode},
    elgamal::{
        ballots::{self, Ballot},
        proofs::{self, BitProof, Claims, Equations, LinearFunction, Opened, Proof, RangeProof, context},
    },
};

use super::{ElGamalPublicKey, ElGamalSecretKey, arrays::ElGamalArray, encode};
use crate::{
    errors::{detached, quick},
    plain::{Limit, Plain},
    watch::watched,
};

/// A proof as bytes and back.
macro_rules! encoded_proof {
    ($name:ident, $inner:ident, $what:literal) => {
        #[doc = $what]
        #[pyclass(frozen)]
        pub(crate) struct $name($inner);

        #[pymethods]
        impl $name {
            /// Reads an encoded proof.
            #[staticmethod]
            fn from_bytes(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
                detached(py, || $inner::from_bytes(data, ())).map(Self)
            }

            /// The canonical encoding.
            fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
                PyBytes::new(py, &self.0.to_bytes())
            }
        }

        impl $name {
            fn all(proofs: &[PyRef<'_, Self>]) -> Vec<$inner> {
                proofs.iter().map(|proof| proof.0.clone()).collect()
            }
        }
    };
}

encoded_proof!(ElGamalProof, Proof, "A proof of one of the claims that are linear in their secrets.");
encoded_proof!(ElGamalBitProof, BitProof, "A proof that a ciphertext holds 0 or 1.");
encoded_proof!(ElGamalRangeProof, RangeProof, "A proof that a ciphertext holds an integer within a range.");

/// Two elements of the group, encoded.
type Points<'a> = (&'a [u8], &'a [u8]);
/// Session and party.
type Place<'a> = (&'a [u8], u16);
/// A callable of the caller.
type Report<'a, 'py> = Option<&'a Bound<'py, PyAny>>;

/// What the maker of an array keeps, to prove things about it.
#[pyclass(frozen)]
pub(crate) struct ElGamalOpening(Opened);

#[pymethods]
impl ElGamalOpening {
    /// Encrypts each number.
    #[staticmethod]
    fn encrypt(
        py: Python<'_>,
        key: &ElGamalPublicKey,
        values: Plain<'_>,
        bound: Option<Limit>,
        progress: Report<'_, '_>,
    ) -> PyResult<Self> {
        let values = encode(py, &values, key.0.params(), bound)?;
        watched(py, progress, |observer, rng| Opened::encrypt(&key.0, &values, rng, observer)).map(Self)
    }

    /// The array.
    fn array(&self) -> ElGamalArray {
        ElGamalArray(self.0.array().clone())
    }

    /// That the maker knows what is encrypted.
    fn prove_plaintext(
        &self,
        py: Python<'_>,
        place: Place<'_>,
        progress: Report<'_, '_>,
    ) -> PyResult<Vec<ElGamalProof>> {
        let context = quick(py, || context(place.0, place.1))?;
        let made = watched(py, progress, |observer, rng| self.0.prove_plaintexts(&context, rng, observer))?;
        Ok(made.into_iter().map(ElGamalProof).collect())
    }

    /// What is encrypted.
    fn prove_value(
        &self,
        py: Python<'_>,
        place: Place<'_>,
        progress: Report<'_, '_>,
    ) -> PyResult<Vec<ElGamalProof>> {
        let context = quick(py, || context(place.0, place.1))?;
        let made = watched(py, progress, |observer, rng| self.0.prove_values(&context, rng, observer))?;
        Ok(made.into_iter().map(ElGamalProof).collect())
    }

    /// That each element is 0 or 1.
    fn prove_bits(
        &self,
        py: Python<'_>,
        place: Place<'_>,
        progress: Report<'_, '_>,
    ) -> PyResult<Vec<ElGamalBitProof>> {
        let context = quick(py, || context(place.0, place.1))?;
        let made = watched(py, progress, |observer, rng| self.0.prove_bits(&context, rng, observer))?;
        Ok(made.into_iter().map(ElGamalBitProof).collect())
    }

    /// That each element is from low to high.
    fn prove_range(
        &self,
        py: Python<'_>,
        low: i64,
        high: i64,
        place: Place<'_>,
        progress: Report<'_, '_>,
    ) -> PyResult<Vec<ElGamalRangeProof>> {
        let (context, range) = (quick(py, || context(place.0, place.1))?, low..=high);
        let made =
            watched(py, progress, |observer, rng| self.0.prove_ranges(&range, &context, rng, observer))?;
        Ok(made.into_iter().map(ElGamalRangeProof).collect())
    }

    /// That another array holds the same.
    fn prove_equal(
        &self,
        py: Python<'_>,
        other: &Self,
        place: Place<'_>,
        progress: Report<'_, '_>,
    ) -> PyResult<Vec<ElGamalProof>> {
        let context = quick(py, || context(place.0, place.1))?;
        let made =
            watched(py, progress, |observer, rng| self.0.prove_equal(&other.0, &context, rng, observer))?;
        Ok(made.into_iter().map(ElGamalProof).collect())
    }
}

/// That the elements of an array are these integers, by the holder of the key.
#[pyfunction]
pub(crate) fn elgamal_prove_decryption(
    py: Python<'_>,
    key: &ElGamalSecretKey,
    array: &ElGamalArray,
    values: Vec<i64>,
    place: Place<'_>,
    progress: Report<'_, '_>,
) -> PyResult<Vec<ElGamalProof>> {
    let context = quick(py, || context(place.0, place.1))?;
    let made = watched(py, progress, |observer, rng| {
        proofs::prove_decryptions(&key.0, &array.0, &values, &context, rng, observer)
    })?;
    Ok(made.into_iter().map(ElGamalProof).collect())
}

/// An array encrypted to another key, with the proofs.
#[pyfunction]
pub(crate) fn elgamal_hand_over(
    py: Python<'_>,
    key: &ElGamalSecretKey,
    array: &ElGamalArray,
    to: &ElGamalPublicKey,
    place: Place<'_>,
    progress: Report<'_, '_>,
) -> PyResult<(ElGamalArray, Vec<ElGamalProof>)> {
    let context = quick(py, || context(place.0, place.1))?;
    let (handed, made) = watched(py, progress, |observer, rng| {
        proofs::hand_over(&key.0, &array.0, &to.0, &context, rng, observer)
    })?;
    Ok((ElGamalArray(handed), made.into_iter().map(ElGamalProof).collect()))
}

/// A linear function of the elements of an array, with the proof that it is that function.
#[pyfunction]
pub(crate) fn elgamal_prove_linear(
    py: Python<'_>,
    array: &ElGamalArray,
    weights: Vec<i64>,
    offset: i64,
    place: Place<'_>,
) -> PyResult<(ElGamalArray, ElGamalProof)> {
    let (context, function) = (quick(py, || context(place.0, place.1))?, LinearFunction { weights, offset });
    let (output, proof) = watched(py, None, |_, rng| proofs::linear(&array.0, &function, &context, rng))?;
    Ok((ElGamalArray(output), ElGamalProof(proof)))
}

/// A secret scalar times two bases, with the proof that it is the same for both.
#[pyfunction]
pub(crate) fn elgamal_prove_equal_logarithms<'py>(
    py: Python<'py>,
    bases: Points<'_>,
    secret: &[u8],
    place: Place<'_>,
) -> PyResult<(Bound<'py, PyBytes>, Bound<'py, PyBytes>, ElGamalProof)> {
    let context = quick(py, || context(place.0, place.1))?;
    let ([first, second], proof) =
        watched(py, None, |_, rng| proofs::equal_logarithms(bases.into(), secret, &context, rng))?;
    Ok((PyBytes::new(py, &first), PyBytes::new(py, &second), ElGamalProof(proof)))
}

/// What must hold for proofs to hold.
#[pyclass(frozen)]
pub(crate) struct ElGamalClaims(Vec<Equations>);

impl ElGamalClaims {
    fn about(
        py: Python<'_>,
        array: &ElGamalArray,
        place: Place<'_>,
        claims: impl FnOnce(Claims<'_>) -> Result<Vec<Equations>> + Send,
    ) -> PyResult<Self> {
        detached(py, || claims(Claims { array: &array.0, context: &context(place.0, place.1)? })).map(Self)
    }
}

#[pymethods]
impl ElGamalClaims {
    /// That the maker of an array knows what is in it.
    #[staticmethod]
    fn plaintext(
        py: Python<'_>,
        array: &ElGamalArray,
        proofs: Vec<PyRef<'_, ElGamalProof>>,
        place: Place<'_>,
    ) -> PyResult<Self> {
        let proofs = ElGamalProof::all(&proofs);
        Self::about(py, array, place, |claims| claims.plaintexts(&proofs))
    }

    /// That an array holds these integers.
    #[staticmethod]
    fn value(
        py: Python<'_>,
        array: &ElGamalArray,
        values: Vec<i64>,
        proofs: Vec<PyRef<'_, ElGamalProof>>,
        place: Place<'_>,
    ) -> PyResult<Self> {
        let proofs = ElGamalProof::all(&proofs);
        Self::about(py, array, place, |claims| claims.values(&values, &proofs))
    }

    /// That each element is 0 or 1.
    #[staticmethod]
    fn bits(
        py: Python<'_>,
        array: &ElGamalArray,
        proofs: Vec<PyRef<'_, ElGamalBitProof>>,
        place: Place<'_>,
    ) -> PyResult<Self> {
        let proofs = ElGamalBitProof::all(&proofs);
        Self::about(py, array, place, |claims| claims.bits(&proofs))
    }

    /// That each element is from low to high.
    #[staticmethod]
    fn range(
        py: Python<'_>,
        array: &ElGamalArray,
        low: i64,
        high: i64,
        proofs: Vec<PyRef<'_, ElGamalRangeProof>>,
        place: Place<'_>,
    ) -> PyResult<Self> {
        let proofs = ElGamalRangeProof::all(&proofs);
        Self::about(py, array, place, |claims| claims.ranges(&(low..=high), &proofs))
    }

    /// That two arrays hold the same.
    #[staticmethod]
    fn equal(
        py: Python<'_>,
        array: &ElGamalArray,
        other: &ElGamalArray,
        proofs: Vec<PyRef<'_, ElGamalProof>>,
        place: Place<'_>,
    ) -> PyResult<Self> {
        let proofs = ElGamalProof::all(&proofs);
        Self::about(py, array, place, |claims| claims.equal(&other.0, &proofs))
    }

    /// That the holder of the key decrypted to these integers.
    #[staticmethod]
    fn decryption(
        py: Python<'_>,
        array: &ElGamalArray,
        values: Vec<i64>,
        proofs: Vec<PyRef<'_, ElGamalProof>>,
        place: Place<'_>,
    ) -> PyResult<Self> {
        let proofs = ElGamalProof::all(&proofs);
        Self::about(py, array, place, |claims| claims.decryptions(&values, &proofs))
    }

    /// That an array was encrypted to another key.
    #[staticmethod]
    fn hand_over(
        py: Python<'_>,
        array: &ElGamalArray,
        other: &ElGamalArray,
        proofs: Vec<PyRef<'_, ElGamalProof>>,
        place: Place<'_>,
    ) -> PyResult<Self> {
        let proofs = ElGamalProof::all(&proofs);
        Self::about(py, array, place, |claims| claims.handed_over(&other.0, &proofs))
    }

    /// That a ciphertext is a linear function of the elements.
    #[staticmethod]
    fn linear(
        py: Python<'_>,
        array: &ElGamalArray,
        weights: Vec<i64>,
        offset: i64,
        output: &ElGamalArray,
        proof: &ElGamalProof,
        place: Place<'_>,
    ) -> PyResult<Self> {
        let function = LinearFunction { weights, offset };
        Self::about(py, array, place, |claims| claims.linear(&function, &output.0, &proof.0))
    }

    /// That two points are the same multiple of two bases.
    #[staticmethod]
    fn equal_logarithms(
        py: Python<'_>,
        bases: Points<'_>,
        targets: Points<'_>,
        proof: &ElGamalProof,
        place: Place<'_>,
    ) -> PyResult<Self> {
        let claims = || {
            let context = context(place.0, place.1)?;
            proofs::claim_equal_logarithms(bases.into(), targets.into(), &proof.0, &context)
        };
        detached(py, claims).map(Self)
    }

    /// How many proofs there are.
    fn len(&self) -> usize {
        self.0.len()
    }

    /// Checks all proofs of all of these at once.
    #[staticmethod]
    fn check(py: Python<'_>, claims: Vec<PyRef<'_, Self>>, progress: Report<'_, '_>) -> PyResult<()> {
        let all: Vec<Equations> = claims.iter().flat_map(|claims| claims.0.iter().cloned()).collect();
        watched(py, progress, |observer, rng| proofs::check(&all, rng, observer))
    }

    /// The places of the proofs that do not hold.
    fn wrong(&self, py: Python<'_>) -> PyResult<Vec<usize>> {
        watched(py, None, |observer, rng| proofs::wrong(&self.0, rng, observer))
    }
}

/// Encrypted choices of which exactly one is 1, with the proof.
#[pyclass(frozen)]
pub(crate) struct ElGamalBallot(Ballot);

#[pymethods]
impl ElGamalBallot {
    /// Encrypts a choice.
    #[staticmethod]
    fn encrypt(
        py: Python<'_>,
        key: &ElGamalPublicKey,
        choice: usize,
        choices: usize,
        place: Place<'_>,
    ) -> PyResult<Self> {
        let context = quick(py, || context(place.0, place.1))?;
        watched(py, None, |_, rng| Ballot::encrypt(&key.0, choice, choices, &context, rng)).map(Self)
    }

    /// Reads an encoded ballot.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8], key: &ElGamalPublicKey) -> PyResult<Self> {
        detached(py, || Ballot::from_bytes(data, &key.0)).map(Self)
    }

    /// The canonical encoding.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.to_bytes())
    }

    /// How many choices it has.
    fn len(&self) -> usize {
        self.0.choices().len()
    }

    /// The choices of a ballot whose proof holds.
    fn verified(
        &self,
        py: Python<'_>,
        key: &ElGamalPublicKey,
        choices: usize,
        place: Place<'_>,
    ) -> PyResult<ElGamalArray> {
        let context = quick(py, || context(place.0, place.1))?;
        detached(py, || ballots::verified(&key.0, &self.0, choices, &context)).map(ElGamalArray)
    }

    /// How often each choice was made, after the check of every ballot.
    #[staticmethod]
    fn tally(
        py: Python<'_>,
        key: &ElGamalPublicKey,
        ballots: Vec<(u16, PyRef<'_, Self>)>,
        choices: usize,
        session: &[u8],
        progress: Report<'_, '_>,
    ) -> PyResult<ElGamalArray> {
        let one = |(party, ballot): &(u16, PyRef<'_, Self>)| Ok((PartyId::new(*party)?, ballot.0.clone()));
        let given = quick(py, || ballots.iter().map(one).collect::<Result<Vec<_>>>())?;
        watched(py, progress, |observer, rng| ballots::tally(&key.0, &given, choices, session, rng, observer))
            .map(ElGamalArray)
    }
}
