//! Shares on paper.
use pyo3::{prelude::*, types::PyBytes};
use veilkit_bridge::custody::{self, Card};

use crate::errors::detached;

share! {
    /// A short share, for paper.
    ShamirCard(Card);

    /// How many cards give the secret back.
    #[getter]
    fn threshold(&self) -> usize {
        self.0.params().threshold()
    }

    /// How many cards there are.
    #[getter]
    fn shares(&self) -> usize {
        self.0.params().shares()
    }
}

/// Splits a short secret.
#[pyfunction]
pub(crate) fn shamir_card_split(
    py: Python<'_>,
    secret: &[u8],
    threshold: usize,
    shares: usize,
) -> PyResult<Vec<ShamirCard>> {
    let cards = detached(py, || custody::split_cards(secret, threshold, shares))?;
    Ok(cards.into_iter().map(ShamirCard).collect())
}

/// Gives the secret back.
#[pyfunction]
pub(crate) fn shamir_card_combine<'py>(
    py: Python<'py>,
    cards: Vec<PyRef<'py, ShamirCard>>,
) -> PyResult<Bound<'py, PyBytes>> {
    let cards: Vec<Card> = cards.iter().map(|card| card.0.clone()).collect();
    Ok(PyBytes::new(py, &detached(py, || custody::combine_cards(&cards))?))
}

/// The places, from 1, of words that are probably wrong.
#[pyfunction]
pub(crate) fn shamir_word_mistakes(text: &str) -> Vec<usize> {
    custody::mistakes(text)
}
