//! The embedding of CKKS. Numbers are IEEE 754 doubles, low byte first.
use serde_json::{Value, json};
use veilkit::{Result, ckks::Encoder, transcript::Transcript};

use super::super::support::vectors::{Test, hex};

pub(super) fn run(procedure: &str, test: &Test) -> Result<Value> {
    let encoder = Encoder::new(test.size("degree"))?;
    match procedure {
        "embed" => {
            let (mut re, mut im) = (numbers(test, "re", &encoder), numbers(test, "im", &encoder));
            encoder.embed(&mut re, &mut im);
            let coefficients = [re, im].concat();
            let scale = f64::from_bits((test.number("log2_scale") + 1023) << 52);
            let mut integers = vec![0_i128; coefficients.len()];
            encoder.to_wide_integers(&coefficients, scale, &mut integers)?;
            if test.number("log2_scale") < 60 {
                let mut narrow = vec![0; integers.len()];
                encoder.to_integers(&coefficients, scale, &mut narrow)?;
                assert!(narrow.iter().zip(&integers).all(|(x, y)| i128::from(*x) == *y), "the same integers");
            }
            let bytes: Vec<u8> = integers.iter().flat_map(|x| x.to_le_bytes()).collect();
            let first: Vec<String> = integers[..8].iter().map(i128::to_string).collect();
            Ok(json!({
                "coefficients": hex(&bytes_of(&coefficients[..8])), "coefficients_digest": digest(&bytes_of(&coefficients)),
                "integers": first, "integers_digest": digest(&bytes),
            }))
        }
        "project" => {
            let (mut re, mut im) = (numbers(test, "re", &encoder), numbers(test, "im", &encoder));
            encoder.project(&mut re, &mut im);
            let slots = [re, im].concat();
            Ok(json!({
                "re": hex(&bytes_of(&slots[..8])), "im": hex(&bytes_of(&slots[slots.len() / 2..][..8])),
                "digest": digest(&bytes_of(&slots)),
            }))
        }
        _ => panic!("no procedure {procedure}"),
    }
}

/// As many numbers as slots: those of the input, over and over.
fn numbers(test: &Test, name: &str, encoder: &Encoder) -> Vec<f64> {
    let bytes = test.bytes(name);
    let number = |bytes: &[u8]| f64::from_le_bytes(bytes.try_into().expect("eight bytes"));
    bytes.chunks(8).map(number).cycle().take(encoder.slots()).collect()
}

fn bytes_of(numbers: &[f64]) -> Vec<u8> {
    numbers.iter().flat_map(|x| x.to_le_bytes()).collect()
}

fn digest(bytes: &[u8]) -> String {
    hex(&Transcript::new("veilkit v1 vectors").append("numbers", bytes).digest())
}
