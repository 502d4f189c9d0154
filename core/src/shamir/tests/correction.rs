//! Wrong shares: named, left out, and refused beyond what can be told.
use super::*;

/// The first `wrong` shares with another payload, at a position that differs from share to share.
fn damaged(dealt: &[Share], wrong: usize) -> Vec<Share> {
    let mut shares = dealt.to_vec();
    for (i, share) in shares[..wrong].iter_mut().enumerate() {
        let len = share.payload.len();
        share.payload[(i * 131) % len] ^= 0x40 + u8::try_from(i).unwrap();
    }
    shares
}

fn raw(shares: &[Share]) -> Vec<(PartyId, &[u8])> {
    shares.iter().map(|share| (share.index, &share.payload[..])).collect()
}

/// Lists that no two shares agree on.
fn without_agreement(mut shares: Vec<Share>) -> Vec<Share> {
    for (i, share) in shares.iter_mut().enumerate() {
        *share = with_flipped_byte(share, COMMITMENTS_AT + 32 * isize::try_from(i).unwrap());
    }
    shares
}

#[test]
fn a_wrong_share_is_named() {
    let dealt = split(&[7; 200], 3, 5, &mut rng(20)).unwrap();
    // In turn: in the blinder, in a commitment to another share, in the one to itself, in the payload.
    for at in [16 + 3, COMMITMENTS_AT + 1, COMMITMENTS_AT + 32, -1] {
        let mut shares = dealt.clone();
        shares[1] = with_flipped_byte(&shares[1], at);
        assert_eq!(blamed(combine(&shares)), (ErrorKind::VerificationFailed, vec![2]), "{at}");
        let (secret, wrong) = combine_correcting(&shares).unwrap();
        assert_eq!((&secret[..], numbers(wrong.as_slice())), (&[7; 200][..], vec![2]), "{at}");
    }
}

#[test]
fn the_last_needed_share_is_named_too() {
    let mut shares = split(b"secret", 3, 5, &mut rng(21)).unwrap()[..3].to_vec();
    shares[2] = with_flipped_byte(&shares[2], -1);
    assert_eq!(blamed(combine(&shares)), (ErrorKind::VerificationFailed, vec![3]));
    assert_eq!(blamed(combine_correcting(&shares)), (ErrorKind::VerificationFailed, vec![3]));
}

#[test]
fn commitments_find_more_than_the_code_could() {
    let dealt = split(&[1; 1000], 3, 8, &mut rng(22)).unwrap();
    let shares = damaged(&dealt, 5);
    assert_eq!(blamed(combine(&shares)), (ErrorKind::VerificationFailed, vec![1, 2, 3, 4, 5]));
    let (secret, wrong) = combine_correcting(&shares).unwrap();
    assert_eq!((&secret[..], numbers(wrong.as_slice())), (&[1; 1000][..], vec![1, 2, 3, 4, 5]));
    assert_eq!(blamed(combine_correcting(&damaged(&dealt, 6))).0, ErrorKind::VerificationFailed);
}

#[test]
fn correction_up_to_the_bound() {
    for (threshold, shares) in [(2, 4), (2, 7), (3, 5), (3, 10), (5, 6), (7, 21), (60, 100)] {
        let secret: Vec<u8> = (0..700_u32).map(|i| i.to_le_bytes()[0]).collect();
        let dealt = split(&secret, threshold, shares, &mut rng(23)).unwrap();
        let limit = (shares - threshold) / 2;
        for wrong in 0..=limit {
            let given = damaged(&dealt, wrong);
            let (found, culprits) = correct(&raw(&given), threshold).unwrap();
            assert_eq!(*found, secret, "{wrong} wrong, {threshold} of {shares}");
            assert_eq!(culprits.as_slice().len(), wrong);
            assert!(culprits.as_slice().iter().all(|party| usize::from(party.get()) <= wrong));
        }
        let error = correct(&raw(&damaged(&dealt, limit + 1)), threshold);
        assert_eq!(blamed(error), (ErrorKind::VerificationFailed, vec![]), "{threshold} of {shares}");
    }
}

#[test]
fn all_errors_in_one_column() {
    let dealt = split(&[3; 64], 4, 14, &mut rng(24)).unwrap();
    let mut given = dealt.clone();
    for (i, share) in given.iter_mut().step_by(3).enumerate() {
        share.payload[17] ^= 1 << i;
    }
    let (found, culprits) = correct(&raw(&given), 4).unwrap();
    assert_eq!((&found[..], numbers(culprits.as_slice())), (&[3; 64][..], vec![1, 4, 7, 10, 13]));
}

#[test]
fn without_a_quorum_the_code_decides() {
    let dealt = split(&[5; 300], 3, 7, &mut rng(25)).unwrap();
    let given = without_agreement(damaged(&dealt, 2));
    assert_eq!(blamed(combine(&given)).0, ErrorKind::VerificationFailed);
    let (secret, wrong) = combine_correcting(&given).unwrap();
    assert_eq!((&secret[..], numbers(wrong.as_slice())), (&[5; 300][..], vec![1, 2]));
    let beyond = without_agreement(damaged(&dealt, 3));
    assert_eq!(blamed(combine_correcting(&beyond)), (ErrorKind::VerificationFailed, vec![]));
}

#[test]
fn a_forger_with_a_list_of_its_own_is_named() {
    let mut shares = split(b"secret", 3, 6, &mut rng(26)).unwrap();
    shares[3].payload[0] ^= 1;
    let mut list = shares[3].commitments.as_slice().to_vec();
    list[3] = commitments::Commitments::commit(&shares[3]);
    shares[3].commitments = commitments::Commitments::new(list);
    shares[3].verify().unwrap();
    assert_eq!(blamed(combine(&shares)), (ErrorKind::VerificationFailed, vec![4]));
    assert_eq!(numbers(combine_correcting(&shares).unwrap().1.as_slice()), [4]);
}

#[test]
fn two_quorums_decide_nothing() {
    // Six of six wrong-doers out of nine: two complete stories about the same set.
    let dealt = split(b"secret", 3, 6, &mut rng(27)).unwrap();
    let mut other = split(b"forged", 3, 6, &mut rng(28)).unwrap();
    for share in &mut other {
        share.set_id = dealt[0].set_id;
    }
    let list: Vec<_> = other.iter().map(commitments::Commitments::commit).collect();
    for share in &mut other {
        share.commitments = commitments::Commitments::new(list.clone());
    }
    let given = [&dealt[..3], &other[3..]].concat();
    assert_eq!(blamed(combine(&given)), (ErrorKind::VerificationFailed, vec![]));
    assert_eq!(blamed(combine_correcting(&given)), (ErrorKind::VerificationFailed, vec![]));
}

#[test]
fn a_dealer_that_deals_no_polynomial_is_noticed() {
    let mut dealt = split(b"secret", 3, 5, &mut rng(29)).unwrap();
    dealt[4].payload[2] ^= 1;
    let list: Vec<_> = dealt.iter().map(commitments::Commitments::commit).collect();
    for share in &mut dealt {
        share.commitments = commitments::Commitments::new(list.clone());
    }
    assert_eq!(*combine(&dealt[..4]).unwrap(), b"secret");
    assert_eq!(blamed(combine(&dealt)), (ErrorKind::VerificationFailed, vec![]));
}

#[test]
fn raw_arguments_are_checked() {
    let party = |n| PartyId::new(n).unwrap();
    let kind = |shares: &[(u16, &[u8])], threshold| {
        let shares: Vec<(PartyId, &[u8])> = shares.iter().map(|(n, p)| (party(*n), *p)).collect();
        correct(&shares, threshold).unwrap_err().kind()
    };
    assert_eq!(kind(&[], 2), ErrorKind::TooFewShares);
    assert_eq!(kind(&[(1, b"a"), (2, b"b")], 2), ErrorKind::TooFewShares);
    assert_eq!(kind(&[(1, b"a"), (2, b"b"), (3, b"c")], 1), ErrorKind::InvalidParams);
    assert_eq!(kind(&[(1, b"a"), (2, b"b"), (256, b"c")], 2), ErrorKind::OutOfRange);
    assert_eq!(kind(&[(1, b"a"), (2, b"b"), (2, b"c")], 2), ErrorKind::DuplicateParty);
    assert_eq!(kind(&[(1, b"a"), (2, b"b"), (3, b"cc")], 2), ErrorKind::ShapeMismatch);
    assert_eq!(kind(&[(1, b""), (2, b""), (3, b"")], 2), ErrorKind::OutOfRange);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_errors_within_the_bound(
        (threshold, spare) in (2_usize..8, 2_usize..10),
        secret in proptest::collection::vec(any::<u8>(), 1..300),
        seed: u64,
    ) {
        let mut rng = rng(seed);
        let mut shares = split(&secret, threshold, threshold + spare, &mut rng).unwrap();
        let mut expected = Vec::new();
        for _ in 0..spare / 2 {
            let at = usize::try_from(rng.next_u32()).unwrap() % shares.len();
            let before = shares[at].payload.clone();
            rng.fill_bytes(&mut shares[at].payload);
            if shares[at].payload[..] != before[..] {
                expected.push(shares[at].index);
            }
        }
        expected.sort_unstable();
        expected.dedup();
        let (found, culprits) = correct(&raw(&shares), threshold).unwrap();
        prop_assert_eq!(&*found, &secret);
        prop_assert_eq!(culprits.as_slice(), &expected[..]);
    }
}
