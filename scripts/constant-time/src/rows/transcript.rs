//! Keys and generators that come from secret inputs.
use rand_core::Rng;
use veilkit::transcript::Transcript;

use super::{Row, planted, row};
use crate::memcheck::{SecretRng, opened, secret};

pub(super) const ROWS: &[Row] = &[
    row("transcript", "Transcript::append, digest", "value", digest),
    row("transcript", "Transcript::key, fill", "value", fill),
    row("transcript", "Transcript::rng", "seed", rng),
    planted("transcript", "planted: rejection on a random number", "generator", rejection),
];

fn transcript() -> Transcript {
    let mut value = [9; 200];
    secret(&mut value);
    let mut transcript = Transcript::new("veilkit v1 constant time");
    transcript.append("value", &value);
    transcript
}

fn digest() {
    assert_ne!(opened(transcript().digest()), [0; 32]);
}

fn fill() {
    let transcript = transcript();
    let mut out = [0; 100];
    transcript.fill(&mut out);
    assert_eq!(opened(out)[..32], opened(*transcript.key()));
}

fn rng() {
    let mut rng = transcript().rng();
    let mut out = [0; 300];
    rng.fill_bytes(&mut out);
    assert_ne!(opened(out), [0; 300]);
}

fn rejection() {
    let mut rng = SecretRng::new();
    let mut tries = 0;
    while rng.next_u32() & 7 != 3 {
        tries += 1;
    }
    assert!(tries < 10_000);
}
