//! Count, mean, variance, standard error, interval and histogram of joint data, from one secure sum; and the
//! [`distributions`] of test statistics.
//!
//! Each party turns its own rows into one short vector ([`Survey::encode`]); the vectors are summed by
//! [`secure_sum`](super::secure_sum); the sums give the figures ([`Survey::decode`]). Nothing else of the rows
//! leaves a party, and all languages compute alike.
//!
//! # Units
//! A column's values are shifted and scaled by its public range, `z = (x - centre) / half_width`, so that `|z| <= 1`.
//! Per column the vector holds `count, sum z, sum z^2`, then the histogram's bins.
//!
//! Each party rounds its sums to multiples of `2^-fraction_bits`; counts are exact. With `p` parties and `n` rows the
//! mean is off by at most `half_width * p * 2^-(fraction_bits + 1) / n`, and the variance by about
//! `half_width^2 * 3 * p * 2^-(fraction_bits + 1) / (n - 1)`, plus the last digits of floating point. The centre is
//! what keeps the variance from cancelling: choose the range around plausible values, not from the data.
//!
//! # Security
//! What is revealed are the sums, exactly. Bins and counts of few people may describe a person.
//!
//! # Example
//! ```
//! use veilkit::mpc::statistics::{Column, Survey};
//!
//! let survey = Survey::new(vec![Column::new("systolic", (50.0, 250.0), vec![50.0, 120.0, 140.0, 250.0])?])?;
//! let fit = survey.fit(2, 1000)?; // for the plan: length, max_abs, fraction_bits
//! let (a, b) = (survey.encode(&[&[118.0, 135.0]])?, survey.encode(&[&[127.0]])?);
//! // In earnest the sum comes from a secure sum.
//! let scale = f64::from(1 << 20) * f64::from(1 << (fit.fraction_bits - 20));
//! let sums: Vec<i64> = a.iter().zip(&b).map(|(a, b)| ((a + b) * scale).round() as i64).collect();
//! let summary = &survey.decode(&sums, fit.fraction_bits)?[0];
//! assert_eq!((summary.count, &summary.histogram[..]), (3, &[1, 2, 0][..]));
//! assert!((summary.mean - 126.66666666667).abs() < 1e-9);
//! # Ok::<(), veilkit::Error>(())
//! ```
pub mod distributions;
mod student;
mod survey;

pub use student::student_t_975;
pub use survey::{Column, Fit, MAX_BINS, MAX_COLUMNS, Summary, Survey};
