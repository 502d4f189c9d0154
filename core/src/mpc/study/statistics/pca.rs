//! Principal components of the covariance matrix.
//!
//! The covariance matrix is revealed to the receivers, as for the covariance itself, and taken apart in the clear: the components
//! of all columns would say the same.
use super::covariance;
use crate::{
    error::Result,
    mpc::{
        arithmetic::Comparison,
        study::{
            models::PrincipalComponents,
            report::{Matrix, Value},
            run::{Cohort, Run},
        },
    },
};

/// The first components; receivers see them.
pub(super) async fn components<B: Comparison>(
    run: &mut Run<'_, B>,
    cohort: &Cohort<B::Share>,
    columns: &[usize],
    count: usize,
) -> Result<Option<Value>> {
    let Some(Value::Matrix(matrix)) = covariance::covariance(run, cohort, columns).await? else {
        return Ok(None);
    };
    let (variances, components) = eigen(&matrix);
    let total: f64 = variances.iter().sum();
    Ok(Some(Value::PrincipalComponents(PrincipalComponents {
        explained: variances.iter().take(count).map(|variance| variance / total).collect(),
        variances: variances.into_iter().take(count).collect(),
        components: components.into_iter().take(count).collect(),
    })))
}

/// Eigenvalues in descending order with their unit vectors, whose entry of largest magnitude is positive; NaN for a matrix with NaN.
///
/// # Source
/// Jacobi's method by rows; \[GVL13\] 8.5.3.
fn eigen(matrix: &Matrix) -> (Vec<f64>, Vec<Vec<f64>>) {
    let size = matrix.rows;
    let mut a: Vec<Vec<f64>> = matrix.entries.chunks_exact(size).map(<[f64]>::to_vec).collect();
    let mut vectors: Vec<Vec<f64>> =
        (0..size).map(|i| (0..size).map(|j| f64::from(u8::from(i == j))).collect()).collect();
    for _ in 0..60 {
        let mut rotated = false;
        for p in 0..size {
            for q in p + 1..size {
                // Entries that are below the last digit of both diagonal entries are zero.
                if a[p][q].abs() <= 1e-17 * (a[p][p].abs() * a[q][q].abs()).sqrt() || a[p][q].is_nan() {
                    continue;
                }
                rotated = true;
                let tau = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
                let t = tau.signum() / (tau.abs() + (1.0 + tau * tau).sqrt());
                let (c, s) = (1.0 / (1.0 + t * t).sqrt(), t / (1.0 + t * t).sqrt());
                for row in &mut a {
                    (row[p], row[q]) = (c * row[p] - s * row[q], s * row[p] + c * row[q]);
                }
                for k in 0..size {
                    (a[p][k], a[q][k]) = (c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k]);
                    (vectors[p][k], vectors[q][k]) =
                        (c * vectors[p][k] - s * vectors[q][k], s * vectors[p][k] + c * vectors[q][k]);
                }
            }
        }
        if !rotated {
            break;
        }
    }
    let mut order: Vec<usize> = (0..size).collect();
    order.sort_by(|i, j| a[*j][*j].total_cmp(&a[*i][*i]));
    let turned = |at: usize| {
        let largest = vectors[at].iter().copied().max_by(|x, y| x.abs().total_cmp(&y.abs())).unwrap_or(1.0);
        vectors[at].iter().map(|entry| entry * largest.signum()).collect()
    };
    (order.iter().map(|at| a[*at][*at]).collect(), order.iter().map(|at| turned(*at)).collect())
}
