//! Products of shares, before anything is sent: shares of twice the degree.
use super::BoxField;
use crate::{
    error::{Error, ErrorKind, Result},
    mpc::arithmetic::Shared,
};

/// # Errors
/// `ShapeMismatch`.
pub(super) fn same_shape<S: zeroize::Zeroize>(
    x: &Shared<S>,
    y: &Shared<S>,
    what: &'static str,
) -> Result<()> {
    match x.same_shape(y) {
        true => Ok(()),
        false => Err(Error::new(ErrorKind::ShapeMismatch, what)),
    }
}

/// # Errors
/// `ShapeMismatch`.
pub(super) fn inner_sizes<S: zeroize::Zeroize>(x: &Shared<S>, y: &Shared<S>) -> Result<()> {
    match x.columns() == y.rows() {
        true => Ok(()),
        false => Err(Error::new(ErrorKind::ShapeMismatch, "matmul: inner sizes")),
    }
}

/// One product for each entry of `x y`, where `y` is given transposed: sums are reduced once.
pub(super) fn matrix_product<S, F: BoxField>(
    x: &[S],
    transposed: &[S],
    inner: usize,
    left: impl Fn(&S) -> F,
    right: impl Fn(&S) -> F,
) -> Vec<F> {
    let columns = transposed.chunks_exact(inner.max(1));
    let mut products = Vec::with_capacity(columns.len() * x.len().div_ceil(inner.max(1)));
    for row in x.chunks_exact(inner.max(1)) {
        products.extend(columns.clone().map(|column| sum(row, column, &left, &right)));
    }
    products
}

/// One sum of products for each row.
pub(super) fn row_products<S, F: BoxField>(
    x: &[S],
    y: &[S],
    inner: usize,
    left: impl Fn(&S) -> F,
    right: impl Fn(&S) -> F,
) -> Vec<F> {
    let rows = x.chunks_exact(inner.max(1)).zip(y.chunks_exact(inner.max(1)));
    rows.map(|(x, y)| sum(x, y, &left, &right)).collect()
}

fn sum<S, F: BoxField>(x: &[S], y: &[S], left: &impl Fn(&S) -> F, right: &impl Fn(&S) -> F) -> F {
    F::sum_of_products(x.iter().zip(y).map(|(x, y)| (left(x), right(y))))
}
