//! Failures of other libraries, one test each.
use super::*;

/// Index 0 is the secret itself; an index of 256 or more has no point in the field.
#[test]
fn index_zero_and_beyond_is_refused() {
    let bytes = split(b"secret", 2, 3, &mut rng(40)).unwrap()[0].to_bytes();
    for index in [0, 4, 255] {
        let mut bytes = bytes.clone();
        bytes[HEADER_LEN + 18] = index;
        let error = Share::from_bytes(&bytes, ()).unwrap_err();
        assert_eq!((error.kind(), error.what()), (ErrorKind::InvalidEncoding, "share: index"), "{index}");
    }
}

/// The same share twice must neither count twice nor divide by zero.
#[test]
fn a_doubled_share_is_refused() {
    let dealt = split(b"secret", 2, 3, &mut rng(41)).unwrap();
    for second in [dealt[1].clone(), with_flipped_byte(&dealt[1], -1)] {
        let given = [dealt[1].clone(), second];
        assert_eq!(blamed(combine(&given)), (ErrorKind::DuplicateParty, vec![2]));
        assert_eq!(blamed(combine_correcting(&given)), (ErrorKind::DuplicateParty, vec![2]));
    }
}

/// Thresholds 0 and 1 publish the secret, and one above the count loses it: also when read from bytes.
#[test]
fn thresholds_are_checked_when_read() {
    let bytes = split(b"secret", 2, 3, &mut rng(42)).unwrap()[0].to_bytes();
    for (threshold, count) in [(0, 3), (1, 3), (4, 3), (2, 0)] {
        let mut bytes = bytes.clone();
        bytes[HEADER_LEN + 16..][..2].copy_from_slice(&[threshold, count]);
        let error = Share::from_bytes(&bytes, ()).unwrap_err();
        assert_eq!((error.kind(), error.what()), (ErrorKind::InvalidEncoding, "share: threshold"));
    }
}

/// RUSTSEC-2024-0398: coefficients, the leading one included, take every value equally often, zero too.
#[test]
fn coefficients_are_uniform() {
    let secret = vec![0; 200_000];
    let dealt = split(&secret, 3, 3, &mut rng(43)).unwrap();
    let mut bins = [[0_u32; 256]; 2];
    let points: Vec<_> = (1..=3).map(crate::field::gf256::Gf256).collect();
    for at in 0..secret.len() {
        // q(x) = c1 x + c2 x^2, from the values at 1 and 2: q(2) + 2 q(1) = (4 + 2) c2.
        let value = |i: usize| crate::field::gf256::Gf256(dealt[i].payload[at]);
        let leading = (value(1) + points[1] * value(0)) * crate::field::gf256::Gf256(6).invert();
        bins[0][usize::from((value(0) + leading).0)] += 1;
        bins[1][usize::from(leading.0)] += 1;
        let third = points[2] * (value(0) + leading) + points[2] * points[2] * leading;
        assert_eq!(third, value(2));
    }
    let expected = 200_000.0 / 256.0;
    for bins in bins {
        // Chi-square with 255 degrees of freedom: 374 is passed with probability 1.5e-6.
        let chi: f64 = bins.iter().map(|n| (f64::from(*n) - expected).powi(2) / expected).sum();
        assert!(chi < 374.0, "{chi}");
    }
}

/// RUSTSEC-2020-0160 had a fixed threshold. Here one share fewer says nothing: every secret is possible.
#[test]
fn one_share_fewer_fits_every_secret() {
    use crate::field::gf256::Gf256;
    let dealt = split(b"k", 3, 5, &mut rng(44)).unwrap();
    let (x, y) = (Gf256(1), Gf256(2));
    let mut seen = [false; 256];
    for third in 0..=255 {
        let values = [dealt[0].payload[0], dealt[1].payload[0], third].map(Gf256);
        let factors = code::Interpolation::new(&[x, y, Gf256(3)]).at(Gf256::ZERO);
        let secret = factors.iter().zip(values).fold(Gf256::ZERO, |sum, (f, v)| sum + *f * v);
        seen[usize::from(secret.0)] = true;
    }
    assert!(seen.iter().all(|seen| *seen));
}

/// A holder that claims another threshold is not believed.
#[test]
fn another_threshold_is_another_set() {
    let dealt = split(b"secret", 3, 5, &mut rng(45)).unwrap();
    let mut bytes = dealt[1].to_bytes();
    bytes[HEADER_LEN + 16] = 2;
    let lowered = Share::from_bytes(&bytes, ()).unwrap();
    lowered.verify().unwrap_err();
    let given = [dealt[0].clone(), lowered, dealt[2].clone(), dealt[3].clone()];
    assert_eq!(blamed(combine(&given)), (ErrorKind::ParamsMismatch, vec![2]));
    let (secret, wrong) = combine_correcting(&given).unwrap();
    assert_eq!((&secret[..], numbers(wrong.as_slice())), (&b"secret"[..], vec![2]));
}

/// Shares of two secrets, or of two dealings of the same secret, never mix.
#[test]
fn sets_do_not_mix() {
    let (first, second) = (split(b"secret", 2, 3, &mut rng(46)), split(b"secret", 2, 3, &mut rng(47)));
    let (first, second) = (first.unwrap(), second.unwrap());
    let even = [first[0].clone(), second[1].clone()];
    assert_eq!(blamed(combine(&even)), (ErrorKind::ParamsMismatch, vec![]));
    let uneven = [first[0].clone(), second[1].clone(), first[2].clone()];
    assert_eq!(blamed(combine(&uneven)), (ErrorKind::ParamsMismatch, vec![2]));
    assert_eq!(*combine_correcting(&uneven).unwrap().0, b"secret");
}

/// Below the redundancy needed there is an error, never a wrong secret.
#[test]
fn no_wrong_secret() {
    let dealt = split(b"secret", 3, 4, &mut rng(48)).unwrap();
    for wrong in 1..=4 {
        let mut shares = dealt.clone();
        for share in &mut shares[..wrong] {
            *share = with_flipped_byte(share, -1);
        }
        assert_eq!(blamed(combine(&shares)).0, ErrorKind::VerificationFailed, "{wrong}");
        match combine_correcting(&shares) {
            Ok((secret, _)) => assert_eq!((&secret[..], wrong), (&b"secret"[..], 1)),
            Err(error) => assert_eq!(error.kind(), ErrorKind::VerificationFailed),
        }
    }
}

#[test]
fn nothing_given() {
    assert_eq!(blamed(combine(&[])), (ErrorKind::TooFewShares, vec![]));
    assert_eq!(blamed(combine_correcting(&[])), (ErrorKind::TooFewShares, vec![]));
}
