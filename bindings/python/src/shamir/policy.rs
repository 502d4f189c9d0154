//! Recovery by rule.
use pyo3::{prelude::*, types::PyBytes};
use veilkit_bridge::{
    PartyId, Result,
    codec::{Decode, Encode},
    custody::{self, Policy, PolicyShare},
};

use crate::errors::{detached, quick};

/// Who together may have a secret.
#[pyclass(frozen)]
pub(crate) struct ShamirPolicy(Policy);

#[pymethods]
impl ShamirPolicy {
    /// Reads the text of a rule.
    #[staticmethod]
    fn parse(py: Python<'_>, text: &str) -> PyResult<Self> {
        quick(py, || text.parse()).map(Self)
    }

    /// Reads and checks an encoded policy.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
        quick(py, || Policy::from_bytes(data, ())).map(Self)
    }

    /// The canonical encoding.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.to_bytes())
    }

    /// The canonical text.
    #[getter]
    fn text(&self) -> String {
        self.0.to_string()
    }

    /// The hash of the canonical text.
    #[getter]
    fn hash<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.hash())
    }

    /// The name of each seat.
    #[getter]
    fn seats(&self) -> Vec<String> {
        self.0.seats().into_iter().map(|(_, name)| name.to_owned()).collect()
    }

    /// The fewest seats that suffice.
    #[getter]
    fn smallest(&self) -> usize {
        self.0.smallest()
    }

    /// Whether these seats suffice.
    fn is_satisfied_by(&self, py: Python<'_>, seats: Vec<u16>) -> PyResult<bool> {
        quick(py, || Ok(self.0.is_satisfied_by(&numbers(&seats)?)))
    }

    /// The rule that is left when these seats are there.
    fn missing(&self, py: Python<'_>, seats: Vec<u16>) -> PyResult<Option<Self>> {
        quick(py, || Ok(self.0.missing(&numbers(&seats)?).map(Self)))
    }
}

fn numbers(seats: &[u16]) -> Result<Vec<PartyId>> {
    seats.iter().map(|seat| PartyId::new(*seat)).collect()
}

share! {
    /// The share of one seat.
    ShamirPolicyShare(PolicyShare);

    /// Checks the share against the commitment that it carries.
    fn verify(&self, py: Python<'_>) -> PyResult<()> {
        detached(py, || self.0.verify())
    }

    /// The rule.
    #[getter]
    fn policy(&self) -> ShamirPolicy {
        ShamirPolicy(self.0.policy().clone())
    }

    /// The name of the seat.
    #[getter]
    fn name(&self) -> &str {
        self.0.name()
    }

    /// The length of the secret in bytes.
    #[getter]
    fn secret_len(&self) -> usize {
        self.0.secret_len()
    }
}

/// Splits a secret by a policy.
#[pyfunction]
pub(crate) fn shamir_policy_split(
    py: Python<'_>,
    secret: &[u8],
    policy: &ShamirPolicy,
) -> PyResult<Vec<ShamirPolicyShare>> {
    let shares = detached(py, || custody::split_by_policy(secret, &policy.0))?;
    Ok(shares.into_iter().map(ShamirPolicyShare).collect())
}

/// Gives the secret back.
#[pyfunction]
pub(crate) fn shamir_policy_combine<'py>(
    py: Python<'py>,
    shares: Vec<PyRef<'py, ShamirPolicyShare>>,
) -> PyResult<Bound<'py, PyBytes>> {
    let shares = copies(&shares);
    Ok(PyBytes::new(py, &detached(py, || custody::combine_by_policy(&shares))?))
}

/// Gives the secret back and the seats of the shares that were wrong.
#[pyfunction]
pub(crate) fn shamir_policy_combine_correcting<'py>(
    py: Python<'py>,
    shares: Vec<PyRef<'py, ShamirPolicyShare>>,
) -> PyResult<(Bound<'py, PyBytes>, Vec<u16>)> {
    let shares = copies(&shares);
    let (secret, wrong) = detached(py, || custody::combine_by_policy_correcting(&shares))?;
    Ok((PyBytes::new(py, &secret), wrong.iter().map(|seat| seat.get()).collect()))
}

/// The rule that is left when these shares are there.
#[pyfunction]
pub(crate) fn shamir_policy_missing(
    py: Python<'_>,
    shares: Vec<PyRef<'_, ShamirPolicyShare>>,
) -> PyResult<Option<ShamirPolicy>> {
    let shares = copies(&shares);
    Ok(quick(py, || custody::missing(&shares))?.map(ShamirPolicy))
}

/// The shares themselves; each copy is wiped when dropped.
fn copies(shares: &[PyRef<'_, ShamirPolicyShare>]) -> Vec<PolicyShare> {
    shares.iter().map(|share| share.0.clone()).collect()
}
