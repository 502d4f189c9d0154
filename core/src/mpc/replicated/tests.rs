use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use proptest::prelude::*;

use super::{circuits::Gates, link::Link, *};
use crate::{
    error::{ErrorKind, Result},
    mpc::{
        arithmetic::{Arithmetic, Comparison, Shared},
        session::{Channel, Corrupt},
        testing::{Clear, now, parties},
    },
};

/// The two boxes.
trait Over: Comparison<Element = Z64> + Sized + 'static {
    fn over(channel: Channel) -> Result<Self>;
}

impl Over for SemiHonest {
    fn over(channel: Channel) -> Result<Self> {
        Self::new(channel)
    }
}

impl Over for Malicious {
    fn over(channel: Channel) -> Result<Self> {
        Self::new(channel)
    }
}

/// Every party's result.
fn at_all<B: Over, O, Fut>(program: impl Fn(B) -> Fut + Clone + Send + 'static) -> Vec<O>
where
    Fut: Future<Output = Result<O>> + Send + 'static,
{
    parties::run(3, b"replicated", |channel| {
        let program = program.clone();
        async move { program(B::over(channel)?).await }
    })
}

/// The values that all parties agree on.
fn opened<B: Over, Fut>(program: impl Fn(B) -> Fut + Clone + Send + 'static) -> Vec<i64>
where
    Fut: Future<Output = Result<Vec<Z64>>> + Send + 'static,
{
    let outputs = at_all(program);
    assert!(outputs.iter().all(|output| *output == outputs[0]));
    outputs[0].iter().map(|value| value.to_i64()).collect()
}

/// A value of the first party, shared.
async fn shared<B: Over>(over: &mut B, values: &[i64]) -> Result<Shared<B::Share>> {
    let mine: Vec<_> = values.iter().map(|value| Z64::from(*value)).collect();
    let mine = if over.me() == 0 { &mine[..] } else { &[] };
    Ok(over.inputs(mine, &[values.len(), 0, 0]).await?.remove(0))
}

fn edges() -> Vec<i64> {
    let mut edges = vec![0, 1, -1, 2, -2, 5, i64::MAX, i64::MIN, i64::MAX - 1, i64::MIN + 1];
    edges.extend((1..63).flat_map(|k| [1 << k, -(1 << k), (1 << k) - 1, 1 - (1 << k)]));
    edges
}

/// Of these, what has so many bits.
fn fitting(values: &[i64], bits: u32) -> Vec<i64> {
    let fits = |value: &&i64| **value >> (bits - 1) == 0 || **value >> (bits - 1) == -1;
    values.iter().filter(fits).copied().collect()
}

fn inputs_of_all_parties_come_out_again<B: Over>() {
    let outputs = at_all(|mut over: B| async move {
        let me = over.me();
        let mine: Vec<_> = (0..me + 2).map(|i| Z64::from(i64::try_from(10 * me + i).unwrap() - 5)).collect();
        let columns = over.inputs(&mine, &[2, 3, 4]).await?;
        let all = Shared::stacked(&columns.iter().collect::<Vec<_>>());
        over.open(&all).await
    });
    let expected: Vec<_> = [-5, -4, 5, 6, 7, 15, 16, 17, 18].map(Z64::from).into();
    assert_eq!(outputs, vec![expected; 3]);
}

fn only_receivers_get_a_result<B: Over>() {
    let outputs = at_all(|mut over: B| async move {
        let x = shared(&mut over, &[7]).await?;
        let one = over.reveal(&x, &[2]).await?;
        let two = over.reveal(&x, &[0, 1]).await?;
        let unknown = over.reveal(&x, &[3]).await.unwrap_err().kind();
        Ok((one, two, unknown))
    });
    let seven = Some(vec![Z64::from(7)]);
    let unknown = ErrorKind::UnknownParty;
    assert_eq!(outputs[0], (None, seven.clone(), unknown));
    assert_eq!(outputs[1], (None, seven.clone(), unknown));
    assert_eq!(outputs[2], (seven, None, unknown));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]
    #[test]
    fn products_are_those_of_integers(a: [i64; 6], b: [i64; 6], public: i64) {
        products::<SemiHonest>(a, b, public)?;
        products::<Malicious>(a, b, public)?;
    }

    #[test]
    fn what_looks_at_bits_agrees_with_integers(
        values in proptest::collection::vec(any::<i64>(), 0..140),
        bits in 1_u32..=64,
        by in 0_u32..70,
    ) {
        let values: Vec<i64> = values.into_iter().map(|value| value >> (64 - bits)).collect();
        against_integers::<SemiHonest>(&values, bits, by)?;
        against_integers::<Malicious>(&values, bits, by)?;
    }
}

/// Holds products and linear operations to those in the clear.
fn products<B: Over>(a: [i64; 6], b: [i64; 6], public: i64) -> core::result::Result<(), TestCaseError> {
    let found = opened(move |mut over: B| async move {
        let (x, y) = (shared(&mut over, &a).await?, shared(&mut over, &b).await?);
        let (wide, tall) = (x.clone().reshaped(2, 3), y.clone().reshaped(3, 2));
        let parts = [
            over.mul(&x, &y).await?,
            over.matmul(&wide, &tall).await?.reshaped(4, 1),
            over.dot(&wide, &y.clone().reshaped(2, 3)).await?,
            over.add_public(&(&x - &y).scaled(Z64::from(public)), &[Z64::from(public); 6]),
        ];
        over.open(&Shared::stacked(&parts.iter().collect::<Vec<_>>())).await
    });
    let mut clear = Clear::<Z64>::new(3);
    let values = |values: &[i64]| Shared::column(values.iter().map(|value| Z64::from(*value)).collect());
    let (x, y) = (values(&a), values(&b));
    let (wide, tall) = (x.clone().reshaped(2, 3), y.clone().reshaped(3, 2));
    let parts = [
        now(clear.mul(&x, &y)).unwrap(),
        now(clear.matmul(&wide, &tall)).unwrap().reshaped(4, 1),
        now(clear.dot(&wide, &y.clone().reshaped(2, 3))).unwrap(),
        clear.add_public(&(&x - &y).scaled(Z64::from(public)), &[Z64::from(public); 6]),
    ];
    let expected = Shared::stacked(&parts.iter().collect::<Vec<_>>());
    prop_assert_eq!(found, expected.shares().iter().map(|value| value.to_i64()).collect::<Vec<_>>());
    Ok(())
}

/// Holds every operation of [`Comparison`] to what it says.
fn against_integers<B: Over>(values: &[i64], bits: u32, by: u32) -> core::result::Result<(), TestCaseError> {
    let input = values.to_vec();
    let found = opened(move |mut over: B| {
        let input = input.clone();
        async move {
            let x = shared(&mut over, &input).await?;
            let parts = [
                over.is_negative(&x, bits).await?,
                over.is_zero(&x, bits).await?,
                over.truncate(&x, bits, by).await?,
                over.to_bits(&x, bits).await?.reshaped(input.len() * bits as usize, 1),
            ];
            over.open(&Shared::stacked(&parts.iter().collect::<Vec<_>>())).await
        }
    });
    let mut expected: Vec<i64> = values.iter().map(|value| i64::from(*value < 0)).collect();
    expected.extend(values.iter().map(|value| i64::from(*value == 0)));
    expected.extend(values.iter().map(|value| value >> by.min(63)));
    expected.extend(values.iter().flat_map(|value| (0..bits).map(move |bit| value >> bit & 1)));
    prop_assert_eq!(found, expected);
    Ok(())
}

fn edges_are_compared_and_truncated<B: Over>() {
    for (bits, by) in
        [(64, 1), (64, 63), (64, 17), (63, 20), (62, 61), (32, 31), (33, 32), (8, 3), (2, 1), (1, 0)]
    {
        against_integers::<B>(&fitting(&edges(), bits), bits, by).unwrap();
    }
}

fn random_bits_are_bits_and_differ<B: Over>() {
    let bits = opened(|mut over: B| async move {
        let bits = over.random_bits(2000).await?;
        over.open(&bits).await
    });
    assert!(bits.iter().all(|bit| *bit == 0 || *bit == 1));
    let ones: i64 = bits.iter().sum();
    // Eight standard deviations.
    assert!((821..1179).contains(&ones), "{ones}");
}

fn random_values_are_spread<B: Over>() {
    let values = opened(|mut over: B| async move {
        let values = over.random(64).await?;
        over.open(&values).await
    });
    let (all, none) = values.iter().fold((0, -1), |(all, none), value| (all | value, none & value));
    assert_eq!((all, none), (-1, 0), "every bit is set somewhere and clear somewhere");
}

fn wrong_shapes_and_widths_are_refused<B: Over>() {
    let kinds = at_all(|mut over: B| async move {
        let x = shared(&mut over, &[1, 2]).await?;
        let y = shared(&mut over, &[1, 2, 3]).await?;
        Ok([
            over.mul(&x, &y).await.unwrap_err().kind(),
            over.dot(&x, &y).await.unwrap_err().kind(),
            over.matmul(&x, &y).await.unwrap_err().kind(),
            over.inputs(&[Z64::from(1)], &[0, 0, 0]).await.unwrap_err().kind(),
            over.inputs(&[], &[0, 0]).await.unwrap_err().kind(),
            over.to_bits(&x.reshaped(1, 2), 64).await.unwrap_err().kind(),
            over.is_negative(&y, 65).await.unwrap_err().kind(),
            over.is_negative(&y, 0).await.unwrap_err().kind(),
        ])
    });
    let (shape, range) = (ErrorKind::ShapeMismatch, ErrorKind::OutOfRange);
    assert_eq!(kinds, vec![[shape, shape, shape, shape, shape, shape, range, range]; 3]);
}

#[test]
fn it_takes_three_parties() {
    for n in [2, 4] {
        let refused = parties::run(n, b"parties", |channel| async move {
            Ok(SemiHonest::new(channel).err().unwrap().kind())
        });
        assert_eq!(refused, vec![ErrorKind::InvalidParams; n]);
    }
}

#[test]
fn against_passive_corruption() {
    suite::<SemiHonest>();
}

#[test]
fn against_active_corruption() {
    suite::<Malicious>();
}

fn suite<B: Over>() {
    inputs_of_all_parties_come_out_again::<B>();
    only_receivers_get_a_result::<B>();
    edges_are_compared_and_truncated::<B>();
    random_bits_are_bits_and_differ::<B>();
    random_values_are_spread::<B>();
    wrong_shapes_and_widths_are_refused::<B>();
}

/// The bytes that each party says in each kind of round.
fn bytes_said<B: Over, Fut>(
    program: impl Fn(B) -> Fut + Clone + Send + 'static,
) -> Vec<BTreeMap<&'static str, usize>>
where
    Fut: Future<Output = Result<()>> + Send + 'static,
{
    let said = Arc::new(Mutex::new(vec![BTreeMap::new(); 3]));
    let count = |position: usize| {
        let said = Arc::clone(&said);
        let corrupt: Corrupt = Box::new(move |label, _, outgoing| {
            let bytes: usize = outgoing.iter().flatten().map(Vec::len).sum();
            *said.lock().unwrap()[position].entry(label).or_default() += bytes;
        });
        Some(corrupt)
    };
    let program = |channel| {
        let program = program.clone();
        async move { program(B::over(channel)?).await }
    };
    let ends = parties::run_cheating(3, b"bytes", program, count, |_| ());
    assert!(ends.iter().all(Result::is_ok));
    said.lock().unwrap().clone()
}

#[test]
fn products_cost_one_word_from_each_party() {
    let program = |mut over: SemiHonest| async move {
        let x = over.random(100).await?;
        over.mul(&x, &x).await?;
        over.matmul(&x.clone().reshaped(10, 10), &x.clone().reshaped(10, 10)).await?;
        over.dot(&x.clone().reshaped(1, 100), &x.reshaped(1, 100)).await?;
        Ok(())
    };
    assert_eq!(bytes_said(program), vec![BTreeMap::from([("multiply", 8 * 201)]); 3]);
    // Value and tag, of two words each; random values are tagged too.
    let program = |mut over: Malicious| async move {
        let x = over.random(100).await?;
        over.mul(&x, &x).await?;
        over.matmul(&x.clone().reshaped(10, 10), &x.clone().reshaped(10, 10)).await?;
        over.dot(&x.clone().reshaped(1, 100), &x.reshaped(1, 100)).await?;
        Ok(())
    };
    assert_eq!(bytes_said(program), vec![BTreeMap::from([("multiply", 32 * 201), ("tag", 16 * 100)]); 3]);
}

#[test]
fn inputs_cost_their_dealer_one_word() {
    async fn program<B: Over>(mut over: B) -> Result<()> {
        let lengths = [5, 0, 2];
        let mine = vec![Z64::from(1); lengths[over.me()]];
        over.inputs(&mine, &lengths).await.map(|_| ())
    }
    let said = bytes_said(program::<SemiHonest>);
    assert_eq!(said.iter().map(|said| said["input"]).collect::<Vec<_>>(), [40, 0, 16]);
    let said = bytes_said(program::<Malicious>);
    assert_eq!(
        said.iter().map(|said| (said["input"], said["tag"])).collect::<Vec<_>>(),
        [(80, 112), (0, 112), (32, 112)]
    );
}

#[test]
fn comparisons_cost_what_is_stated() {
    // 64 values, so that no lane is empty.
    let said = bytes_said(|mut over: SemiHonest| async move {
        let x = over.random(64).await?;
        over.is_negative(&x, 64).await.map(|_| ())
    });
    // Of 63 bits the carry, in digits of two: 94 bits and the sign are dealt, 63 products of digits, 57 in the tree.
    let words = |bits: usize| 8 * bits;
    let (dealt, products, numbers) = (words(95), words(63 + 57), 64 * 8);
    let expected = [
        BTreeMap::from([("bits", dealt), ("and", products), ("convert", numbers)]),
        BTreeMap::from([("bits", 0), ("and", products), ("convert", 2 * numbers)]),
        BTreeMap::from([("bits", 0), ("and", products), ("convert", numbers)]),
    ];
    assert_eq!(said, expected);
    for said in &said {
        assert!(said.values().sum::<usize>() < 40 * 64);
    }
    let said = bytes_said(|mut over: Malicious| async move {
        let x = Shared::zeros(64, 1);
        over.is_negative(&x, 64).await.map(|_| ())
    });
    // 64 bits that are carried, 62 products of two bits, 116 in the tree; and 7 multiplications to make a number of a bit.
    let expected =
        BTreeMap::from([("and", words(64 + 62 + 116)), ("multiply", 64 * 2 * 32), ("tag", 64 * 3 * 16)]);
    assert_eq!(said, vec![expected; 3]);
}

#[test]
fn comparisons_take_the_stated_rounds() {
    fn rounds<B: Over>() -> u32 {
        let last = Arc::new(Mutex::new([0; 2]));
        let count = |position: usize| {
            let last = Arc::clone(&last);
            let mut first = None;
            let corrupt: Corrupt = Box::new(move |label, round, _| {
                let first = *first.get_or_insert(round);
                if matches!(label, "bits" | "and" | "convert" | "tag" | "multiply") {
                    last.lock().unwrap()[1] = round - first + 1;
                }
            });
            (position == 0).then_some(corrupt)
        };
        let program = |channel| async move {
            let mut over = B::over(channel)?;
            over.is_negative(&Shared::zeros(2, 1), 64).await.map(|_| ())
        };
        let ends = parties::run_cheating(3, b"rounds", program, count, |_| ());
        assert!(ends.iter().all(Result::is_ok));
        last.lock().unwrap()[1]
    }
    assert_eq!((rounds::<SemiHonest>(), rounds::<Malicious>()), (9, 11));
}

/// Whether so many random words have each bit about half of the time: within seven standard deviations.
fn balanced(words: &[u64]) -> bool {
    let (count, limit) = (words.len() as f64, 3.5 * (words.len() as f64).sqrt());
    (0..64).all(|bit| {
        let ones = words.iter().filter(|word| *word >> bit & 1 == 1).count() as f64;
        (ones - count / 2.0).abs() < limit
    })
}

/// What a party has and hears of many copies of one secret product looks random, and the same for every secret.
#[test]
fn shares_and_openings_are_uniform() {
    const COPIES: usize = 4096;
    for secret in [0, 1, -1, i64::MIN, 0x0123_4567_89ab_cdef] {
        let views = at_all(move |mut over: SemiHonest| async move {
            let x = shared(&mut over, &[secret; COPIES]).await?;
            let product = over.mul(&x, &over.constant(&[Z64::from(1); COPIES])).await?;
            let sum = &product + &over.random(COPIES).await?;
            let opened = over.open(&sum).await?;
            Ok((x.shares().to_vec(), product.shares().to_vec(), sum.shares().to_vec(), opened))
        });
        for (me, (input, product, sum, opened)) in views.iter().enumerate() {
            let mine = |shares: &[Pair<Z64>]| shares.iter().map(|share| share.mine.0).collect::<Vec<_>>();
            let next = |shares: &[Pair<Z64>]| shares.iter().map(|share| share.next.0).collect::<Vec<_>>();
            // A dealer's third summands, which the other two hold, are zero.
            assert!(me == 1 || balanced(&next(input)), "{me} {secret}");
            assert!(me == 2 || balanced(&mine(input)), "{me} {secret}");
            assert!(balanced(&mine(product)) && balanced(&next(product)), "{me} {secret}");
            // Together, two summands say nothing: neither their sum nor their difference.
            let two: Vec<_> = product.iter().map(|share| share.mine.0.wrapping_add(share.next.0)).collect();
            assert!(balanced(&two), "{me} {secret}");
            assert!(
                balanced(&mine(sum)) && balanced(&opened.iter().map(|value| value.0).collect::<Vec<_>>())
            );
        }
    }
}

/// All that a party sees of a product of two bits, for each of the four pairs of bits, is uniform on what it can be.
#[test]
fn views_do_not_depend_on_bits() {
    const WORDS: usize = 1024;
    for secret in 0..4_u64 {
        let bits = [secret & 1, secret >> 1].map(|bit| Lanes(bit.wrapping_neg()));
        let views = parties::run(3, b"views", move |channel| async move {
            let mut link = Link::new(channel)?;
            let mut shares = Vec::new();
            for bit in bits {
                let own = if link.me == 0 { bit } else { Lanes::default() };
                shares.push(link.reshare("share", &[own; WORDS]).await?);
            }
            let product = link.and(&shares[0], &shares[1]).await?;
            Ok([shares.remove(0), shares.remove(0), product])
        });
        let product = |i: usize| {
            let shares = |me: usize| views[me][2][i];
            (
                shares(0).mine + shares(1).mine + shares(2).mine,
                shares(0).next + shares(1).next + shares(2).next,
            )
        };
        assert!((0..WORDS).all(|i| product(i) == (bits[0] * bits[1], bits[0] * bits[1])));
        for view in &views {
            // Two summands of each factor, and the summand of the product that was heard.
            let mut counts = [0_u32; 32];
            for ((x, y), z) in view[0].iter().zip(&view[1]).zip(&view[2]) {
                let seen = [x.mine, x.next, y.mine, y.next, z.next];
                for lane in 0..64 {
                    let place = seen.iter().fold(0, |place, word| place << 1 | (word.0 >> lane & 1) as usize);
                    counts[place] += 1;
                }
            }
            // 65,536 views on 32 places: chi-squared with 31 degrees of freedom exceeds 90 once in 10^7 times.
            let expected = 65_536.0 / 32.0;
            let squares: f64 =
                counts.iter().map(|count| (f64::from(*count) - expected).powi(2) / expected).sum();
            assert!(squares < 90.0, "{secret}: {squares}");
        }
    }
}
