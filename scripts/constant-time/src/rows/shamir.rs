//! Secret sharing.
use core::hint::black_box;

use veilkit::{
    PartyId,
    codec::{Decode, Encode},
    field::{Field, Fp61},
    group::{Point, Scalar},
    shamir::{self, Share, feldman, pedersen},
};

use super::{Row, planted, row};
use crate::memcheck::{SecretRng, opened, public, public_rng, secret, secret_bytes};

pub(super) const ROWS: &[Row] = &[
    row("shamir", "split", "secret and generator", split),
    row("shamir", "combine", "payloads and blinders", combine),
    row("shamir", "combine_correcting, three spare shares", "payloads and blinders", combine_correcting),
    row("shamir", "correct, two wrong shares", "payloads", correct),
    row("shamir", "field::split, combine (Fp61)", "elements and generator", field),
    row("shamir", "feldman::split, verify, combine", "scalar and generator", feldman),
    row("shamir", "pedersen::split, verify, combine", "bytes and generator", pedersen),
    row("shamir", "Point: mul, multi_mul, mul_generator", "scalars", points),
    planted("shamir", "planted: leading coefficient drawn until not zero", "generator", redrawn),
    planted("shamir", "planted: product by shift and branch", "elements", branching_product),
];

const LEN: usize = 300;

/// The value after a change of its encoding.
fn recoded<T: Encode + Decode>(value: &T, change: impl FnOnce(&mut [u8])) -> T {
    let mut bytes = value.to_bytes();
    change(&mut bytes);
    T::from_bytes(&bytes, ()).expect("still an encoding")
}

/// The value with everything public.
fn published<T: Encode + Decode>(value: &T) -> T {
    recoded(value, public)
}

/// Shares of bytes, blinder and payload secret.
fn shares() -> Vec<Share> {
    let dealt = shamir::split(&[7; LEN], 3, 6, &mut public_rng()).expect("fine");
    let hide = |bytes: &mut [u8]| {
        let blinder = 9 + 16 + 3;
        let payload = bytes.len() - LEN;
        secret(&mut bytes[blinder..blinder + 32]);
        secret(&mut bytes[payload..]);
    };
    dealt.iter().map(|share| recoded(share, hide)).collect()
}

fn split() {
    let dealt = shamir::split(&secret_bytes(LEN), 3, 5, &mut SecretRng::new()).expect("fine");
    let dealt: Vec<Share> = dealt.iter().map(published).collect();
    assert_eq!(shamir::combine(&dealt[..3]).expect("fine").len(), LEN);
}

fn combine() {
    let mut found = shamir::combine(&shares()[1..4]).expect("fine");
    public(found.as_mut_slice());
    assert_eq!(*found, [7; LEN]);
}

fn combine_correcting() {
    let (mut found, wrong) = shamir::combine_correcting(&shares()).expect("fine");
    public(found.as_mut_slice());
    assert!(*found == [7; LEN] && wrong.is_empty());
}

fn correct() {
    let dealt = shamir::split(&[7; LEN], 3, 7, &mut public_rng()).expect("fine");
    let mut payloads: Vec<(PartyId, Vec<u8>)> = dealt
        .iter()
        .map(|share| {
            let bytes = share.to_bytes();
            let mut payload = bytes[bytes.len() - LEN..].to_vec();
            secret(payload.as_mut_slice());
            (share.index(), payload)
        })
        .collect();
    payloads[2].1[17] ^= 5;
    payloads[5].1[200] ^= 9;
    let given: Vec<(PartyId, &[u8])> =
        payloads.iter().map(|(index, payload)| (*index, &payload[..])).collect();
    let (mut found, wrong) = shamir::correct(&given, 3).expect("fine");
    public(found.as_mut_slice());
    assert_eq!(*found, [7; LEN]);
    assert_eq!(wrong.as_slice(), [dealt[2].index(), dealt[5].index()]);
}

fn field() {
    let mut elements = [5, 6, 7].map(Fp61::from_u64);
    secret(&mut elements);
    let dealt = shamir::field::split(&elements, 2, 4, &mut SecretRng::new()).expect("fine");
    // The values stay secret; the set id is public.
    let dealt: Vec<_> = dealt.iter().map(|share| recoded(share, |bytes| public(&mut bytes[..25]))).collect();
    let found = shamir::field::combine(&dealt).expect("fine");
    assert_eq!(opened(found[2].to_u64()), 7);
}

fn scalar(value: u64) -> Scalar {
    let mut scalar = Scalar::from_u64(black_box(value));
    secret(&mut scalar);
    scalar
}

fn feldman() {
    let (commitment, dealt) = feldman::split(&scalar(77), 2, 3, &mut SecretRng::new()).expect("fine");
    let commitment = published(&commitment);
    let dealt: Vec<_> = dealt.iter().map(|share| recoded(share, |bytes| public(&mut bytes[..41]))).collect();
    let found = feldman::combine(&commitment, &dealt).expect("fine");
    assert_eq!(opened(*found), Scalar::from_u64(77));
}

fn pedersen() {
    let (commitment, dealt) = pedersen::split(&secret_bytes(40), 2, 3, &mut SecretRng::new()).expect("fine");
    let commitment = published(&commitment);
    let dealt: Vec<_> = dealt.iter().map(|share| recoded(share, |bytes| public(&mut bytes[..41]))).collect();
    let mut found = pedersen::combine(&commitment, &dealt).expect("fine");
    let mut expected = secret_bytes(40);
    public(found.as_mut_slice());
    public(expected.as_mut_slice());
    assert_eq!(*found, expected);
}

fn points() {
    let sum = Point::mul_generator(&scalar(3)) + Point::generator() * scalar(4);
    let all = Point::multi_mul(&[scalar(5), scalar(2)], &[Point::generator(), Point::generator()]);
    assert_eq!(opened(sum.to_bytes()), opened(all.to_bytes()));
}

fn redrawn() {
    let mut coefficient = SecretRng::new();
    let mut draws = 0;
    while Fp61::random(&mut coefficient).to_u64() & 3 == 0 {
        draws += 1;
    }
    assert!(draws < 100);
}

fn branching_product() {
    let (mut a, mut b) = (black_box(0x53_u16), black_box(0xca_u16));
    secret(&mut a);
    secret(&mut b);
    let mut product = 0;
    for bit in 0..8 {
        if b >> bit & 1 == 1 {
            product = black_box(product ^ a);
        }
        a <<= 1;
        if a & 0x100 != 0 {
            a = black_box(a ^ 0x11b);
        }
    }
    assert_eq!(opened(product), 1);
}
