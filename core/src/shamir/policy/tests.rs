//! Policies: text, who satisfies them, dealing and recovery.
use proptest::prelude::*;
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

use super::{tree::Node, *};
use crate::{
    codec::{Decode, Encode, HEADER_LEN},
    error::{Error, ErrorKind, Result},
    party::PartyId,
};

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

fn policy(text: &str) -> Policy {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn refused(text: &str) -> (ErrorKind, &'static str) {
    let error = text.parse::<Policy>().err().unwrap_or_else(|| panic!("{text} is a policy"));
    (error.kind(), error.what())
}

fn blamed<T>(result: Result<T>) -> (ErrorKind, Vec<u16>) {
    let error = result.err().expect("an error");
    (error.kind(), error.culprits().iter().map(|party| party.get()).collect())
}

/// Wards, weights, nesting.
const POLICIES: &[&str] = &[
    "owner",
    "2 of (doctor, doctor, surgeon) and administrator",
    "a and b and c",
    "a or b or c",
    "a and (b or c and d)",
    "3 of (director * 2, deputy, deputy)",
    "2 of (a * 2, b, 2 of (c, d, e) * 2, f and g)",
    "3 of (2 of (a, b * 2) * 2, c, d or e)",
    "2 of (only * 3)",
];

#[test]
fn text_is_canonical() {
    for text in POLICIES {
        assert_eq!(policy(text).to_string(), *text);
    }
    for (text, canonical) in [
        ("2 of (doctor, doctor, surgeon) and 1 of (administrator)", POLICIES[1]),
        (" ( a and( b )) and\tc\n", "a and b and c"),
        ("((((a)))) or (b or c)", "a or b or c"),
        ("3 of (a, b and c, d)", "a and b and c and d"),
        ("1 of (a, b, c or d)", "a or b or c or d"),
        ("(a and b) or (c and d)", "a and b or c and d"),
        ("2 of (a, b * 1)", "a and b"),
    ] {
        assert_eq!(policy(text).to_string(), canonical);
        assert_eq!(policy(text), policy(canonical));
    }
    assert_eq!(policy("a and b").hash(), policy("(a) and b").hash());
    assert_ne!(policy("a and b").hash(), policy("b and a").hash());
}

#[test]
fn what_is_no_policy_is_refused_with_the_reason() {
    use ErrorKind::{InvalidEncoding, InvalidParams, OutOfRange};
    let term = "policy: expected a name, a number or \"(\"";
    for (text, kind, what) in [
        ("", InvalidEncoding, term),
        ("and", InvalidEncoding, term),
        ("a and", InvalidEncoding, term),
        ("2 of ()", InvalidEncoding, term),
        ("2 of (a, )", InvalidEncoding, term),
        ("a b", InvalidEncoding, "policy: expected \"and\", \"or\" or the end"),
        ("a)", InvalidEncoding, "policy: expected \"and\", \"or\" or the end"),
        ("a * 2", InvalidEncoding, "policy: expected \"and\", \"or\" or the end"),
        ("(a", InvalidEncoding, "policy: expected \")\""),
        ("2 (a, b)", InvalidEncoding, "policy: expected \"of\""),
        ("2 of a", InvalidEncoding, "policy: expected \"(\""),
        ("2 of (a b)", InvalidEncoding, "policy: expected \",\" or \")\""),
        ("2 of (a * b)", InvalidEncoding, "policy: expected a weight"),
        ("a & b", InvalidEncoding, "policy: unexpected character"),
        ("_a", InvalidEncoding, "policy: unexpected character"),
        ("\u{e4}rztin", InvalidEncoding, "policy: unexpected character"),
        ("256 of (a, b)", InvalidEncoding, "policy: number above 255"),
        ("99999999999999999999999 of (a, b)", InvalidEncoding, "policy: number above 255"),
        ("0 of (a, b)", InvalidParams, "policy: 0 of"),
        ("3 of (a, b)", InvalidParams, "policy: more needed than there is"),
        ("2 of (a, b * 0)", InvalidParams, "policy: weight 0"),
        ("2 of (a * 200, b * 200)", InvalidParams, "policy: the weights under a gate exceed 255"),
        (
            "2 of (2 of (a * 20, b) * 20, c)",
            InvalidParams,
            "policy: the weights above a seat multiply to more than 255",
        ),
    ] {
        assert_eq!(refused(text), (kind, what), "{text}");
    }
    assert_eq!(refused(&format!("{}a{}", "(".repeat(17), ")".repeat(17))).0, OutOfRange);
    assert_eq!(refused(&"(".repeat(4000)).0, OutOfRange);
    assert_eq!(refused(&" ".repeat(MAX_TEXT_LEN + 1)).0, OutOfRange);
    assert_eq!(refused(&vec!["a"; 256].join(" and ")).0, InvalidParams);
    let halves = vec!["a"; 130].join(" and ");
    assert_eq!(refused(&format!("({halves}) or ({halves})")).1, "policy: more than 255 seats");
    let deep = (0..9).fold("a".to_owned(), |inner, _| format!("2 of (x, y, {inner})"));
    assert_eq!(refused(&deep).1, "policy: nested more than 8 deep");
}

#[test]
fn seats_are_numbered_in_the_order_of_the_text() {
    let seats: Vec<(u16, String)> =
        policy(POLICIES[1]).seats().into_iter().map(|(seat, name)| (seat.get(), name.to_owned())).collect();
    let expected = [(1, "doctor"), (2, "doctor"), (3, "surgeon"), (4, "administrator")];
    assert_eq!(seats, expected.map(|(seat, name)| (seat, name.to_owned())));
    let smallest: Vec<usize> = POLICIES.iter().map(|text| policy(text).smallest()).collect();
    assert_eq!(smallest, [1, 3, 3, 1, 2, 2, 1, 2, 1]);
}

/// The rule, evaluated on its own: what the text says about a set of seats.
fn says(text: &str, there: &dyn Fn(usize) -> bool) -> bool {
    let [a, b, c, d, e, f, g] = [0, 1, 2, 3, 4, 5, 6].map(there);
    let n = |seats: &[(bool, usize)]| {
        seats.iter().map(|(there, weight)| usize::from(*there) * weight).sum::<usize>()
    };
    match POLICIES.iter().position(|policy| *policy == text).unwrap() {
        0 => a,
        1 => n(&[(a, 1), (b, 1), (c, 1)]) >= 2 && d,
        2 => a && b && c,
        3 => a || b || c,
        4 => a && (b || c && d),
        5 => n(&[(a, 2), (b, 1), (c, 1)]) >= 3,
        6 => n(&[(a, 2), (b, 1), (n(&[(c, 1), (d, 1), (e, 1)]) >= 2, 2), (f && g, 1)]) >= 2,
        7 => n(&[(n(&[(a, 1), (b, 2)]) >= 2, 2), (c, 1), (d || e, 1)]) >= 3,
        _ => a,
    }
}

#[test]
fn exactly_the_sets_that_satisfy_the_policy_recover() {
    for (text, len) in POLICIES.iter().zip([1, 16, 33, 5, 130, 7, 32, 9, 4]) {
        let rule = policy(text);
        let secret: Vec<u8> = (0..len).map(|i| u8::try_from(i).unwrap() ^ 0x6b).collect();
        let dealt = split(&secret, &rule, &mut rng(1)).unwrap();
        for set in 0_u32..1 << dealt.len() {
            let given: Vec<Share> =
                dealt.iter().enumerate().filter(|(i, _)| set >> i & 1 == 1).map(|(_, s)| s.clone()).collect();
            let seats: Vec<PartyId> = given.iter().map(Share::seat).collect();
            let allowed = says(text, &|seat| set >> seat & 1 == 1);
            assert_eq!(rule.is_satisfied_by(&seats), allowed, "{text}: {seats:?}");
            match combine(&given) {
                Ok(found) => assert!(allowed && *found == secret, "{text}: {seats:?}"),
                Err(error) => assert!(!allowed && error.kind() == ErrorKind::TooFewShares, "{text}: {error}"),
            }
        }
    }
}

#[test]
fn who_is_missing_is_told_in_few_words() {
    for (text, seats, missing) in [
        (POLICIES[1], &[][..], Some(POLICIES[1])),
        (POLICIES[1], &[1], Some("(doctor or surgeon) and administrator")),
        (POLICIES[1], &[1, 2, 9], Some("administrator")),
        (POLICIES[1], &[4], Some("2 of (doctor, doctor, surgeon)")),
        (POLICIES[1], &[1, 3, 4], None),
        (POLICIES[4], &[1], Some("b or c and d")),
        (POLICIES[4], &[1, 3], Some("b or d")),
        (POLICIES[5], &[1], Some("deputy or deputy")),
        (POLICIES[5], &[2], Some("2 of (director * 2, deputy)")),
        (POLICIES[5], &[2, 3], Some("director")),
        (POLICIES[6], &[2], Some("a or 2 of (c, d, e) or f and g")),
        (POLICIES[8], &[], Some("only")),
    ] {
        let seats: Vec<PartyId> = seats.iter().map(|seat| PartyId::new(*seat).unwrap()).collect();
        let found = policy(text).missing(&seats).map(|rest| rest.to_string());
        assert_eq!(found.as_deref(), missing, "{text}: {seats:?}");
    }
    let dealt = split(b"secret", &policy(POLICIES[1]), &mut rng(1)).unwrap();
    assert_eq!(missing(&dealt[..2]).unwrap().unwrap().to_string(), "administrator");
    assert_eq!(missing(&dealt[1..]).unwrap(), None);
    assert_eq!(blamed(missing(&[])), (ErrorKind::TooFewShares, vec![]));
    assert_eq!(blamed(missing(&[dealt[2].clone(), dealt[2].clone()])), (ErrorKind::DuplicateParty, vec![3]));
    // Shares of another dealing do not count.
    let other = split(b"secret", &policy(POLICIES[1]), &mut rng(2)).unwrap();
    let mixed = [dealt[0].clone(), dealt[1].clone(), other[3].clone()];
    assert_eq!(missing(&mixed).unwrap().unwrap().to_string(), "administrator");
}

/// The rule with a name of its own for each seat.
fn numbered(rule: &Policy) -> Policy {
    fn rename(node: &mut Node, next: &mut usize) {
        match node {
            Node::Seat(name) => {
                *name = format!("s{next}");
                *next += 1;
            }
            Node::Gate { children, .. } => {
                children.iter_mut().for_each(|child| rename(&mut child.node, next));
            }
        }
    }
    let mut root = Node::clone(&rule.0);
    rename(&mut root, &mut 1);
    Policy(root.into())
}

fn tampered(share: &Share, from_end: usize) -> Share {
    let mut bytes = share.to_bytes();
    let at = bytes.len() - 1 - from_end;
    bytes[at] ^= 1;
    Share::from_bytes(&bytes, ()).unwrap()
}

#[test]
fn wrong_shares_are_named() {
    let dealt = split(b"secret", &policy(POLICIES[1]), &mut rng(2)).unwrap();
    let mut given = dealt.clone();
    given[1] = tampered(&dealt[1], 0);
    assert_eq!(blamed(given[1].verify()), (ErrorKind::VerificationFailed, vec![2]));
    assert_eq!(blamed(combine(&given)), (ErrorKind::VerificationFailed, vec![2]));
    let (secret, culprits) = combine_correcting(&given).unwrap();
    assert!(*secret == b"secret" && culprits.as_slice() == [dealt[1].seat()]);
    // Without a doctor to spare nothing can be done, but the wrong one is named.
    assert_eq!(blamed(combine(&given[1..])), (ErrorKind::VerificationFailed, vec![2]));
    assert_eq!(blamed(combine_correcting(&given[1..])), (ErrorKind::VerificationFailed, vec![2]));
    // A forger that changes the list, too, stands alone with it.
    let list = 4 + 6; // length and payload behind it
    given[1] = tampered(&dealt[1], list + 5);
    assert_eq!(blamed(combine(&given)), (ErrorKind::VerificationFailed, vec![2]));
    assert_eq!(combine_correcting(&given).unwrap().1.as_slice(), [dealt[1].seat()]);
}

#[test]
fn dealings_do_not_mix() {
    let rule = policy(POLICIES[1]);
    let dealt = split(b"secret", &rule, &mut rng(3)).unwrap();
    let other = split(b"secret", &rule, &mut rng(4)).unwrap();
    let mixed = [dealt[0].clone(), dealt[1].clone(), dealt[3].clone(), other[2].clone()];
    assert_eq!(blamed(combine(&mixed)), (ErrorKind::ParamsMismatch, vec![3]));
    assert_eq!(combine_correcting(&mixed).unwrap().1.as_slice(), [other[2].seat()]);
    let twice = [dealt[0].clone(), dealt[3].clone(), dealt[0].clone()];
    assert_eq!(blamed(combine(&twice)), (ErrorKind::DuplicateParty, vec![1]));
    assert_eq!(blamed(combine(&[])), (ErrorKind::TooFewShares, vec![]));
}

/// Commitments to shares of no one secret: only the dealer can do that, and it is noticed.
#[test]
fn a_dealer_that_deals_no_one_secret_is_noticed() {
    let mut dealt = split(b"secret", &policy("2 of (a, b, c)"), &mut rng(5)).unwrap();
    dealt[2].payload[0] ^= 1;
    let commitments: Vec<_> = dealt.iter().map(Share::commit).collect();
    dealt.iter_mut().for_each(|share| share.commitments = commitments.clone().into());
    assert_eq!(blamed(combine(&dealt)), (ErrorKind::VerificationFailed, vec![]));
}

/// The shares of seats that do not suffice look the same for every secret.
#[test]
fn too_few_seats_learn_nothing() {
    // 2 of (a, b): every byte of a's share is equally frequent, whatever the secret.
    let rule = policy("a and b");
    for secret in [0, 0xff] {
        let mut bins = [0_u32; 256];
        let mut rng = rng(u64::from(secret));
        for _ in 0..64 {
            let dealt = split(&[secret; 400], &rule, &mut rng).unwrap();
            dealt[0].payload.iter().for_each(|byte| bins[usize::from(*byte)] += 1);
        }
        // Chi-square with 255 degrees of freedom: 371 is passed with probability 3e-6.
        let chi: f64 = bins.iter().map(|n| (f64::from(*n) - 100.0).powi(2) / 100.0).sum();
        assert!(chi < 371.0, "{chi}");
    }
}

#[test]
fn bytes_and_back() {
    for text in POLICIES {
        let rule = policy(text);
        let bytes = rule.to_bytes();
        assert_eq!(Policy::from_bytes(&bytes, ()).unwrap(), rule);
        for share in split(b"secret", &rule, &mut rng(6)).unwrap() {
            let bytes = share.to_bytes();
            let back = Share::from_bytes(&bytes, ()).unwrap();
            assert!(back == share && back.secret_len() == 6);
            assert!((0..bytes.len()).all(|len| Share::from_bytes(&bytes[..len], ()).is_err()));
        }
    }
    let mut loose = policy("a and b").to_bytes();
    loose[HEADER_LEN + 5] = b'\t';
    assert_eq!(Policy::from_bytes(&loose, ()).unwrap_err().what(), "policy: text not canonical");
    let share = &split(b"secret", &policy("a and b"), &mut rng(7)).unwrap()[1];
    assert_eq!(
        format!("{share:?}"),
        "policy::Share { seat: PartyId(2), name: \"b\", policy: \"a and b\", .. }"
    );
    let error: Error = blame_none(split(b"", &policy("a"), &mut rng(8)));
    assert_eq!(error.kind(), ErrorKind::OutOfRange);
}

fn blame_none<T>(result: Result<T>) -> Error {
    let error = result.err().expect("an error");
    assert!(error.culprits().is_empty());
    error
}

/// Random trees as text.
fn trees() -> impl Strategy<Value = String> {
    "[a-z]{1,3}".prop_filter("a keyword", |name| !["of", "or", "and"].contains(&&name[..])).prop_recursive(
        4,
        24,
        4,
        |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 1..4)
                    .prop_map(|all| format!("({})", all.join(" and "))),
                proptest::collection::vec(inner.clone(), 1..4)
                    .prop_map(|any| format!("({})", any.join(" or "))),
                (proptest::collection::vec((inner, 1_usize..3), 1..4), 1_usize..4).prop_map(
                    |(items, needed)| {
                        let total: usize = items.iter().map(|(_, weight)| weight).sum();
                        let items: Vec<String> =
                            items.iter().map(|(item, weight)| format!("{item} * {weight}")).collect();
                        format!("{} of ({})", needed.min(total), items.join(", "))
                    }
                ),
            ]
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_tree_prints_and_recovers(text in trees(), set: u64) {
        let rule = policy(&text);
        let canonical = rule.to_string();
        prop_assert_eq!(&policy(&canonical), &rule);
        prop_assert_eq!(policy(&canonical).to_string(), canonical);
        let dealt = split(b"secret", &rule, &mut rng(set)).unwrap();
        let given: Vec<Share> =
            dealt.iter().enumerate().filter(|(i, _)| set >> (i % 64) & 1 == 1).map(|(_, s)| s.clone()).collect();
        let seats: Vec<PartyId> = given.iter().map(Share::seat).collect();
        match combine(&given) {
            Ok(found) => prop_assert!(rule.is_satisfied_by(&seats) && *found == b"secret"),
            Err(error) => prop_assert!(!rule.is_satisfied_by(&seats), "{}", error),
        }
        prop_assert!(seats.len() >= rule.smallest() || !rule.is_satisfied_by(&seats));
    }

    #[test]
    fn what_is_missing_is_what_satisfies(text in trees(), there: u64, more: u64) {
        let rule = numbered(&policy(&text));
        let seats = |set: u64| -> Vec<PartyId> {
            rule.seats().into_iter().map(|(seat, _)| seat).filter(|seat| set >> (seat.get() % 64) & 1 == 1).collect()
        };
        match rule.missing(&seats(there)) {
            None => prop_assert!(rule.is_satisfied_by(&seats(there))),
            Some(rest) => {
                prop_assert!(!rule.is_satisfied_by(&seats(there)));
                prop_assert_eq!(&policy(&rest.to_string()), &rest);
                let number = |name: &str| name[1..].parse::<u16>().unwrap();
                let found: Vec<PartyId> = rest.seats().into_iter()
                    .filter(|(_, name)| more >> (number(name) % 64) & 1 == 1).map(|(seat, _)| seat).collect();
                prop_assert_eq!(rest.is_satisfied_by(&found), rule.is_satisfied_by(&seats(there | more)));
            }
        }
    }

    #[test]
    fn any_text_parses_or_fails(text in "[abo f(),*0-9nd\\PC]{0,60}") {
        if let Ok(rule) = text.parse::<Policy>() {
            prop_assert_eq!(policy(&rule.to_string()), rule);
        }
    }
}
