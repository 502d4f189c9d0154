//! The embedding of CKKS: the same bits on every machine.
use rand_chacha::rand_core::Rng;
use serde_json::{Value, json};
use veilkit::ErrorKind::OutOfRange;

use super::{
    file::{File, nothing, rng, seed, with},
    support::vectors::hex,
};

fn bytes(numbers: &[f64]) -> String {
    hex(&numbers.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>())
}

/// Numbers between -1 and 1, as many as no power of two divides.
fn random(name: &str) -> Vec<f64> {
    let mut rng = rng(seed(name));
    (0..63).map(|_| f64::from(rng.next_u32().cast_signed()) / f64::from(1_u32 << 31)).collect()
}

fn inputs(degree: u32, re: &[f64], im: &[f64]) -> Value {
    json!({ "degree": degree, "re": bytes(re), "im": bytes(im), "log2_scale": 40 })
}

pub(crate) fn files() -> Vec<File> {
    let source = "the inverse of project.json, and the nearest integers once scaled; lists are repeated to fill the slots";
    let mut embed = File::new("ckks/embed.json", "ckks_encoder/embed", source, nothing());
    let source = "slot j is the value at exp(i pi 5^j / degree); compared with sums of 95 bits in core/src/ckks/encoder";
    let mut project = File::new("ckks/project.json", "ckks_encoder/project", source, nothing());
    let (re, im) = (random("real parts"), random("imaginary parts"));
    for degree in [1 << 10, 1 << 11, 1 << 13, 1 << 14, 1 << 15, 1 << 16] {
        let comment = format!("complex numbers, degree {degree}");
        embed.valid(&comment, inputs(degree, &re, &im), None);
        project.valid(&comment, inputs(degree, &re, &im), None);
    }
    let real = inputs(1 << 13, &re, &[0.0]);
    embed.valid("real numbers", real.clone(), None);
    embed.valid("a scale of 2^100", with(&real, "log2_scale", 100), None);
    embed.valid("one number in all slots", inputs(1 << 13, &[0.1], &[0.0]), None);
    embed.valid(
        "scaled coefficients end in a half",
        with(&inputs(1 << 13, &[2.5], &[0.0]), "log2_scale", 0),
        None,
    );
    for (comment, bad) in
        [("not a number", f64::NAN), ("infinity", f64::INFINITY), ("2^80 scaled by 2^40", 2_f64.powi(80))]
    {
        embed.invalid(comment, "Range", inputs(1 << 10, &[bad], &[0.0]), OutOfRange);
    }
    vec![embed, project]
}
