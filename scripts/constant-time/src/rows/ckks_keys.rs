//! Evaluation keys of CKKS. Valgrind has no AVX-512: what runs here are the versions for other machines.
use core::hint::black_box;

use veilkit::ckks::{Context, EvaluationKeys, KeyRequest, Params, SecretKey};
use veilkit::ring::{Xof, sample};

use super::{Row, planted, row};
use crate::memcheck::{SecretRng, secret};

pub(super) const ROWS: &[Row] = &[
    row("ckks_keys", "EvaluationKeys::generate, every kind", "secret key and generator", evaluation_keys),
    planted("ckks_keys", "planted: product with a ternary secret by branches", "seed", branching_product),
];

fn evaluation_keys() {
    let context = Context::new(&Params::sums()).expect("valid");
    let secret_key = SecretKey::generate(&context, &mut SecretRng::new());
    let request = KeyRequest::new().relinearization().conjugation().rotations(&[1, -5]);
    let keys = EvaluationKeys::generate(&secret_key, &request, &mut SecretRng::new(), &mut ());
    assert_eq!(black_box(keys.expect("not stopped")).rotations(), [1, 2043]);
}

fn branching_product() {
    let mut seed = [7; 32];
    secret(&mut seed);
    let mut s = vec![0; 1024];
    sample::ternary(&mut Xof::new(&seed, 0), &mut s);
    let sum = s.iter().zip(1_i64..).fold(0, |sum, (s, a)| match s {
        1 => black_box(sum + a),
        -1 => black_box(sum - a),
        _ => black_box(sum),
    });
    black_box(sum);
}
