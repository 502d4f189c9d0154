//! Sharing written down again from its definition, one byte at a time.
use super::*;
use crate::field::gf256::Gf256;

/// The product by long multiplication: shift and reduce, from the definition of the field.
fn mul(a: u8, b: u8) -> u8 {
    let (mut a, mut product) = (u16::from(a), 0);
    for bit in 0..8 {
        if b >> bit & 1 == 1 {
            product ^= a;
        }
        a <<= 1;
        if a & 0x100 != 0 {
            a ^= 0x11b;
        }
    }
    u8::try_from(product).unwrap()
}

fn pow(x: u8, exponent: usize) -> u8 {
    (0..exponent).fold(1, |power, _| mul(power, x))
}

/// The values of a block's coefficient: bit `k` of element `16 r + c` is bit `r` of random byte `16 k + c`.
fn coefficients(random: &[u8; 128]) -> [u8; 128] {
    core::array::from_fn(|at| {
        let (row, column) = (at / 16, at % 16);
        (0..8).fold(0, |element, k| element | (random[16 * k + column] >> row & 1) << k)
    })
}

/// Payloads of all shares.
fn split_by_definition(secret: &[u8], threshold: usize, shares: u8, seed: u64) -> Vec<Vec<u8>> {
    let mut outer = rng(seed);
    let mut key = [0; 32];
    outer.fill_bytes(&mut key);
    let mut stream = ChaCha20Rng::from_seed(key);
    stream.fill_bytes(&mut vec![0; 16 + 32 * usize::from(shares)]); // set id and blinders
    let mut payloads = vec![Vec::new(); shares.into()];
    for block in secret.chunks(128) {
        let polynomial: Vec<[u8; 128]> = (1..threshold)
            .map(|_| {
                let mut random = [0; 128];
                stream.fill_bytes(&mut random);
                coefficients(&random)
            })
            .collect();
        for (payload, x) in payloads.iter_mut().zip(1_u8..) {
            for (at, byte) in block.iter().enumerate() {
                let terms = polynomial.iter().enumerate().map(|(k, c)| mul(c[at], pow(x, k + 1)));
                payload.push(terms.fold(*byte, |sum, term| sum ^ term));
            }
        }
    }
    payloads
}

#[test]
fn agrees_with_the_definition() {
    let cases = [(1, 2, 2), (5, 2, 3), (128, 3, 5), (129, 3, 5), (2048, 2, 4), (2500, 4, 7), (32, 20, 33)];
    for (len, threshold, shares) in cases {
        let mut secret = vec![0; len];
        rng(len as u64).fill_bytes(&mut secret);
        let dealt = split(&secret, threshold, shares.into(), &mut rng(77)).unwrap();
        let expected = split_by_definition(&secret, threshold, shares, 77);
        for (share, payload) in dealt.iter().zip(expected) {
            assert_eq!(*share.payload, payload, "{len} bytes, {threshold} of {shares}");
        }
    }
}

#[test]
fn interpolation_by_the_definition() {
    let points: Vec<Gf256> = [3, 1, 200, 77].map(Gf256).to_vec();
    for x in [0, 5, 201] {
        for (i, factor) in code::Interpolation::new(&points).at(Gf256(x)).into_iter().enumerate() {
            let product = |at: u8| {
                let others = points.iter().enumerate().filter(|(j, _)| *j != i);
                others.fold(1, |product, (_, x_j)| mul(product, at ^ x_j.0))
            };
            assert_eq!(mul(factor.0, product(points[i].0)), product(x), "factor {i} at {x}");
        }
    }
}
