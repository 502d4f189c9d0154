//! Polynomials modulo primes: transforms and sampling.
use serde_json::{Value, json};
use veilkit::{ErrorKind::InvalidParams, ring::largest_primes};

use super::{
    file::{File, nothing, seed, with},
    support::vectors::hex,
};

pub(crate) fn files() -> Vec<File> {
    let expanded = "row i has stream number stream * 2^16 + i of ChaCha20 (64-bit counter and stream number), as \
                    little-endian words of 64 bits cut to the prime's length, those not below the prime left out; the first words also by definition, in Python";
    let source = "values at psi^(2 r(i) + 1) in this order, r reversing bits, psi the first primitive one of 2^e, \
                  3^e, .. for e = (q - 1) / 2N; coefficients are those of ring/expand_uniform; the first words also by definition, in Python";
    let mut transform = File::new("ring/transform.json", "ring/transform", source, nothing());
    let mut expand = File::new("ring/expand_uniform.json", "ring/expand_uniform", expanded, nothing());
    for (comment, degree, bits) in [
        ("primes of 50 bits and less", 1024, &[50, 40, 20][..]),
        ("long primes", 1024, &[61, 60, 51]),
        ("the chain of depth 2", 8192, &[60, 40, 40, 60]),
        ("the largest degree", 65_536, &[55]),
    ] {
        let given = inputs(comment, degree, bits);
        transform.valid(comment, given.clone(), None);
        expand.valid(comment, given.clone(), None);
    }
    let given = inputs("another stream", 1024, &[50, 40]);
    expand.valid("another stream", with(&given, "stream", (1_u64 << 40) + 5), None);
    // 786433 = 3 * 2^18 + 1: a quarter of the words are left out.
    expand.valid("words that are left out", with(&given, "primes", json!(["786433"])), None);
    transform.invalid("no prime", "Prime", with(&given, "primes", json!(["1048577"])), InvalidParams);
    transform.invalid(
        "not 1 modulo 2N",
        "Prime",
        with(&given, "primes", json!(["2305843009213693951"])),
        InvalidParams,
    );
    transform.invalid("no power of two", "Degree", with(&given, "degree", 1000), InvalidParams);
    let ternary = "(3 w >> 64) - 1 for each word w of the keystream";
    let error = "ones among bits 0 to 20 of each word of the keystream less those among bits 21 to 41";
    vec![
        transform,
        expand,
        small("ring/ternary.json", "ring/ternary", ternary),
        small("ring/error.json", "ring/error", error),
    ]
}

fn inputs(name: &str, degree: usize, bits: &[u32]) -> Value {
    let mut primes = Vec::new();
    for bits in bits {
        primes.extend(largest_primes(degree, *bits, 1, &primes).expect("there is one"));
    }
    let primes: Vec<String> = primes.iter().map(u64::to_string).collect();
    json!({ "degree": degree, "primes": primes, "seed": hex(&seed(name)), "stream": 1 })
}

fn small(path: &'static str, algorithm: &str, source: &str) -> File {
    let mut file = File::new(path, algorithm, source, nothing());
    for (comment, stream, count) in [("numbers", 0, 256), ("more than a buffer", 7_u64 << 33, 600)] {
        file.valid(comment, json!({ "seed": hex(&seed(comment)), "stream": stream, "count": count }), None);
    }
    file
}
