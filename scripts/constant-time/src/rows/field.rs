//! Finite fields.
use core::hint::black_box;

use subtle::ConstantTimeEq;
use veilkit::field::{BulkField, Field, Fp61, Fp192, Gf256, batch, gf256::Block};

use super::{Row, planted, row};
use crate::memcheck::{SecretRng, opened, secret, secret_bytes};

pub(super) const ROWS: &[Row] = &[
    row("field", "Gf256: add, mul, invert", "elements", gf256),
    row("field", "gf256::Block: to and from elements", "elements", block_bytes),
    row("field", "gf256::Block: mul, invert", "elements", block_mul),
    row("field", "gf256::Block: linear_combination", "elements", block_combination),
    row("field", "Fp61: add, sub, neg, mul, invert", "elements", fp61),
    row("field", "Fp61::from_u64, random", "value, generator", fp61_random),
    row("field", "Fp192: add, sub, neg, mul, invert", "elements", fp192),
    row("field", "BulkField: draw", "words", draw),
    row("field", "BulkField: sums, comparison, root", "elements", bulk),
    row("field", "batch: invert, scale", "elements", invert_batch),
    planted("field", "planted: logarithm table of GF(256)", "elements", log_table),
    planted("field", "planted: reduction by a comparison", "value", reduction),
];

fn element(value: u8) -> Gf256 {
    let mut value = black_box(value);
    secret(&mut value);
    Gf256(value)
}

fn number(value: u64) -> Fp61 {
    let mut value = black_box(value);
    secret(&mut value);
    Fp61::from_u64(value)
}

fn wide(value: u64) -> Fp192 {
    let mut value = -Fp192::from_u64(black_box(value));
    secret(&mut value);
    value
}

fn fp192() {
    let (a, b) = (wide(7), wide(u64::MAX));
    let (sum, product) = ((a + b) * -a, a * b.invert().unwrap_or(Fp192::ZERO));
    assert_eq!(opened((product * b * (b - a) - sum - a * b - a * b).to_words()), [0, 0, 0]);
}

fn draw() {
    let words = |out: &mut [u64]| {
        out.iter_mut().zip(1..).for_each(|(word, k)| *word = k << 40);
        secret(out);
    };
    let (mut narrow, mut broad) = ([Fp61::ZERO; 3], [Fp192::ZERO; 3]);
    Fp61::draw(words, &mut narrow);
    Fp192::draw(words, &mut broad);
    assert_eq!(opened(narrow[2].to_u64()), 3 << 37);
    assert_eq!(opened(broad[0].to_words()), [1 << 40, 2 << 40, 3 << 40]);
}

fn bulk() {
    fn all<F: BulkField>(values: [F; 3]) {
        let mut sums = [values[0]; 3];
        F::add_multiple(&mut sums, values[1], &values);
        let sum = F::sum_of_products(values.iter().copied().zip(sums));
        assert_eq!(opened(F::all_equal(&values, &sums).unwrap_u8()), 0);
        let root = (sum * sum).inverse_sqrt();
        assert_eq!(opened((root * root * sum * sum).ct_eq(&F::ONE).unwrap_u8()), 1);
    }
    all([number(5), number(6), number(u64::MAX)]);
    all([wide(5), wide(6), wide(u64::MAX)]);
}

fn block() -> Block {
    Block::from_elements(secret_bytes(Block::LEN)[..].try_into().expect("one block"))
}

fn gf256() {
    let (a, b) = (element(0x53), element(0xca));
    assert_eq!(opened((a * b).0), 1);
    assert_eq!(opened((a.invert() + b).0), 0);
}

fn block_bytes() {
    let bytes = secret_bytes(Block::LEN);
    let again = block().to_elements();
    assert_eq!(opened(bytes.ct_eq(&again[..]).unwrap_u8()), 1);
}

fn block_mul() {
    let block = block();
    let inverse = block.invert();
    assert_eq!(opened(block.mul(&inverse).mul(&block).ct_eq(&block).unwrap_u8()), 1);
}

fn block_combination() {
    let blocks = [block(), block(), block()];
    let sum = Block::linear_combination(&[Gf256(3), Gf256(2), Gf256(1)], &blocks);
    assert_eq!(opened(sum.ct_eq(&Block::ZERO).unwrap_u8()), 1);
}

fn fp61() {
    let (a, b) = (number(12345), number(Fp61::MODULUS - 1));
    assert_eq!(opened((a * b + a).to_u64()), 0);
    assert_eq!(opened((a - b + -a).to_u64()), 1);
    let inverse = a.invert();
    assert_eq!(opened(inverse.is_some().unwrap_u8()), 1);
    assert_eq!(opened((inverse.unwrap_or(Fp61::ZERO) * a).to_u64()), 1);
}

fn fp61_random() {
    let mut rng = SecretRng::new();
    assert_ne!(opened(Fp61::random(&mut rng).to_u64()), 0);
}

fn invert_batch() {
    let mut values = [number(5), number(6), number(7)];
    batch::scale(&mut values, number(3));
    batch::invert(&mut values).expect("no zero among them");
    assert_eq!(opened((values[0] * number(15)).to_u64()), 1);
}

fn log_table() {
    let (mut log, mut exp) = ([0_u8; 256], [0_u8; 256]);
    let mut power = Gf256::ONE;
    for i in 0..255_u8 {
        exp[usize::from(i)] = power.0;
        log[usize::from(power.0)] = i;
        power = power * Gf256(3);
    }
    let (a, b) = (element(0x53), element(0xca));
    let log = |x: Gf256| u16::from(black_box(&log)[usize::from(x.0)]);
    let sum = (log(a) + log(b)) % 255;
    assert_eq!(opened(black_box(&exp)[usize::from(sum)]), 1);
}

fn reduction() {
    let mut value = black_box(Fp61::MODULUS + 5);
    secret(&mut value);
    // The two arms differ in more than a select can do.
    let reduced = if value >= Fp61::MODULUS { black_box(value - Fp61::MODULUS) } else { black_box(value) };
    assert_eq!(opened(reduced), 5);
}
