//! Polynomials modulo primes: transforms and sampling. Long results are their first words and the BLAKE3 digest of all.
use serde_json::{Value, json};
use veilkit::{
    Result,
    ring::{Basis, Poly, Values, Xof, sample},
};

use super::super::support::vectors::{Test, hex};

/// So many words of a row stand in the file.
const FIRST: usize = 8;

pub(super) fn run(procedure: &str, test: &Test) -> Result<Value> {
    match procedure {
        "transform" => {
            let (basis, coefficients) = expanded(test)?;
            let roots = basis.primes().iter().map(|prime| prime.transform().root().to_string());
            let roots: Vec<String> = roots.collect();
            // The expanded words, this time as coefficients.
            let words = coefficients.words().to_vec();
            let values = basis.forward(Poly::from_words(basis.degree(), words));
            let mut answer = summary(&values);
            answer["roots"] = roots.into();
            Ok(answer)
        }
        "expand_uniform" => Ok(summary(&expanded(test)?.1)),
        "ternary" => Ok(small(test, sample::ternary)),
        "error" => Ok(small(test, sample::error)),
        _ => panic!("no procedure {procedure}"),
    }
}

/// The uniform polynomial of a seed and the basis it is in.
fn expanded(test: &Test) -> Result<(Basis, Poly<Values>)> {
    let primes: Vec<u64> = strings(&test.inputs["primes"]).map(|q| q.parse().expect("a number")).collect();
    let degree = number(test, "degree").try_into().expect("a length");
    let basis = Basis::new(degree, &primes)?;
    let poly = sample::expand_uniform(&seed(test), number(test, "stream"), &basis, primes.len());
    Ok((basis, poly))
}

fn summary(poly: &Poly<Values>) -> Value {
    let first = |row: &[u64]| row[..FIRST].iter().map(u64::to_string).collect::<Vec<_>>();
    let bytes: Vec<u8> = poly.words().iter().flat_map(|word| word.to_le_bytes()).collect();
    json!({ "first": poly.iter().map(first).collect::<Vec<_>>(), "blake3": hex(blake3::hash(&bytes).as_bytes()) })
}

/// Small numbers, each as a byte.
fn small(test: &Test, sampler: fn(&mut Xof, &mut [i64])) -> Value {
    let mut numbers = vec![0; number(test, "count").try_into().expect("a length")];
    sampler(&mut Xof::new(&seed(test), number(test, "stream")), &mut numbers);
    let bytes: Vec<u8> =
        numbers.iter().map(|x| i8::try_from(*x).expect("a small number").cast_unsigned()).collect();
    json!({ "numbers": hex(&bytes) })
}

fn seed(test: &Test) -> [u8; 32] {
    test.bytes("seed").try_into().expect("32 bytes")
}

fn number(test: &Test, name: &str) -> u64 {
    test.inputs[name].as_u64().expect("a number")
}

fn strings(value: &Value) -> impl Iterator<Item = &str> {
    value.as_array().expect("a list").iter().map(|item| item.as_str().expect("a text"))
}
