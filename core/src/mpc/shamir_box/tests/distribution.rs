//! What parties see, on a field of seven elements: shares and openings are uniform, and what a corrupted minority sees of
//! a computation depends on its result alone.
use super::{
    super::scheme::Scheme,
    toy::{P, Toy},
    *,
};

const LEN: usize = 60_000;

/// Which cell of a table a tuple belongs to.
fn cell(values: &[Toy]) -> usize {
    values
        .iter()
        .fold(0, |cell, value| cell * usize::try_from(P).unwrap() + usize::try_from(value.0).unwrap())
}

fn counts(columns: &[&[Toy]]) -> Vec<f64> {
    let mut counts = vec![0.0; 7_usize.pow(u32::try_from(columns.len()).unwrap())];
    for place in 0..columns[0].len() {
        counts[cell(&columns.iter().map(|column| column[place]).collect::<Vec<_>>())] += 1.0;
    }
    counts
}

/// Six standard deviations of chi-square and a little, above its mean.
fn limit(cells: usize) -> f64 {
    let freedom = (cells - 1) as f64;
    freedom + 6.0 * (2.0 * freedom).sqrt() + 20.0
}

fn assert_uniform(columns: &[&[Toy]], what: &str) {
    let counts = counts(columns);
    let expected = columns[0].len() as f64 / counts.len() as f64;
    let chi: f64 = counts.iter().map(|count| (count - expected).powi(2) / expected).sum();
    assert!(chi < limit(counts.len()), "{what}: {chi} of {}", limit(counts.len()));
}

/// Whether two samples of one size come from one distribution.
fn differ(left: &[&[Toy]], right: &[&[Toy]]) -> bool {
    let (left, right) = (counts(left), counts(right));
    let terms = left.iter().zip(&right).filter(|(a, b)| *a + *b > 0.0);
    terms.map(|(a, b)| (a - b).powi(2) / (a + b)).sum::<f64>() > limit(left.len())
}

/// Everything a party said to another in the rounds of a name.
fn heard(said: &[Message], label: &str, from: usize, to: usize) -> Vec<Toy> {
    let messages =
        said.iter().filter(|message| (message.label, message.from, message.to) == (label, from, to));
    messages.flat_map(Message::elements).collect()
}

/// The product of two parties' values, many times: the last two parties give them. Each party's shares of it are its output.
async fn product<B: Arithmetic<Element = Toy>>(
    mut b: B,
    x: u64,
    y: u64,
    share: fn(&B::Share) -> Toy,
) -> Result<Vec<Toy>> {
    let (n, me) = (b.parties(), b.me());
    let lengths: Vec<usize> = (0..n).map(|party| if party + 2 >= n { LEN } else { 0 }).collect();
    let mine = match n - me {
        2 => vec![Toy(x); LEN],
        1 => vec![Toy(y); LEN],
        _ => Vec::new(),
    };
    let all = b.inputs(&mine, &lengths).await?;
    let product = b.mul(&all[n - 2], &all[n - 1]).await?;
    let revealed = b.reveal(&product, &[0]).await?;
    assert!(revealed.is_none_or(|values| values == vec![Toy(x) * Toy(y); LEN]));
    Ok(product.shares().iter().map(share).collect())
}

type Run = (Vec<Vec<Toy>>, Vec<Message>);

fn run(n: usize, active: bool, x: u64, y: u64) -> Run {
    // Another label, so other random numbers, for every run.
    let label = format!("{n} {active} {x} {y}");
    let (outcomes, said) = match active {
        true => recorded(n, label.as_bytes(), |channel| async move {
            product(Malicious::<Toy>::new(channel).await?, x, y, |share| share.value).await
        }),
        false => recorded(n, label.as_bytes(), |channel| async move {
            product(SemiHonest::<Toy>::new(channel).await?, x, y, |share| *share).await
        }),
    };
    (outcomes.into_iter().map(Result::unwrap).collect(), said)
}

#[test]
fn as_many_shares_as_may_be_corrupted_are_uniform() {
    let (shares, said) = run(5, false, 3, 2);
    let dealt: Vec<Vec<Toy>> = (0..3).map(|to| heard(&said, "inputs", 4, to)).collect();
    for i in 0..3 {
        for j in 0..i {
            assert_uniform(&[&dealt[i], &dealt[j]], "dealt");
            assert_uniform(&[&shares[i], &shares[j]], "product");
        }
    }
    // One more is not: that is the threshold, and the test would notice.
    assert!(differ(&[&dealt[0], &dealt[1], &dealt[2]], &[&shares[0], &shares[1], &shares[2]]));
}

#[test]
fn random_sharings_are_uniform_and_their_values_too() {
    for n in [3, 5] {
        let shares = parties::run(n, b"random", |channel| async {
            let random = SemiHonest::<Toy>::new(channel).await?.random(LEN).await?;
            Ok(random.shares().to_vec())
        });
        // t + 1 shares, which is all of the polynomial.
        let most: Vec<&[Toy]> = shares[..=n / 2].iter().map(Vec::as_slice).collect();
        assert_uniform(&most, "random");
        let scheme = Scheme::<Toy>::new(n, 0).unwrap();
        let all: Vec<&[Toy]> = shares.iter().map(Vec::as_slice).collect();
        let values = scheme.verified(&all, "random").unwrap();
        assert_uniform(&[&values, most[0]], "value and share");
    }
}

#[test]
fn every_opening_is_uniform() {
    for active in [false, true] {
        let (_, said) = run(3, active, 3, 2);
        let scheme = Scheme::<Toy>::new(3, 0).unwrap();
        let masked =
            [heard(&said, "multiply", 0, 1), heard(&said, "multiply", 1, 0), heard(&said, "multiply", 2, 0)];
        let views: Vec<&[Toy]> = masked.iter().map(Vec::as_slice).collect();
        assert_uniform(&views, "masked shares");
        let opened = scheme.wide(&views);
        assert_uniform(&[&opened], "opened products");
        assert!(opened.len() >= LEN);
    }
}

/// Many checks of little: what is opened in each is uniform, whatever the values.
#[test]
fn what_a_check_opens_is_uniform() {
    const CHECKS: usize = 700;
    let (outcomes, said) = recorded(3, b"checks", |channel| async {
        let mut b = Malicious::<Toy>::new(channel).await?;
        let three = b.constant(&[Toy(3)]);
        for _ in 0..CHECKS {
            b.mul(&three, &three).await?;
            b.check().await?;
        }
        Ok(())
    });
    outcomes.into_iter().for_each(|outcome| outcome.unwrap());
    let scheme = Scheme::<Toy>::new(3, 0).unwrap();
    for label in ["check: masked sum", "check: zero"] {
        let shares = [heard(&said, label, 0, 1), heard(&said, label, 1, 0), heard(&said, label, 2, 0)];
        let views: Vec<&[Toy]> = shares.iter().map(Vec::as_slice).collect();
        assert_uniform(&views[..1], label);
        let opened = scheme.verified(&views, label).unwrap();
        match label {
            "check: zero" => assert_eq!(opened, vec![Toy(0); CHECKS]),
            _ => assert_uniform(&[&opened], label),
        }
    }
    let coins =
        said.iter().filter(|message| message.label == "check: coins" && message.from == 1 && message.to == 0);
    let coins: Vec<Toy> =
        coins.flat_map(|message| Toy::from_message(&message.bytes[32..], 256, "coins").unwrap()).collect();
    assert_uniform(&[&coins], "coins");
}

/// All that parties 0 to t - 1 hear of two runs with equal results and different inputs.
#[test]
fn a_minority_sees_the_result_only() {
    for active in [false, true] {
        for n in [3, 5] {
            let [one, other] = [(3, 2), (1, 6)].map(|(x, y)| {
                let (_, said) = run(n, active, x, y);
                let mut view = Vec::new();
                for corrupted in 0..n / 2 {
                    view.push(heard(&said, "inputs", n - 2, corrupted));
                    view.push(heard(&said, "inputs", n - 1, corrupted));
                }
                // Among five each party opens a slice: the shares for this one's slice are enough to look at.
                let multiplied = heard(&said, "multiply", n - 1, 0);
                let at = if active && n == 3 { 2 * LEN } else { 0 };
                let revealed = heard(&said, "reveal", n - 1, 0);
                (view, multiplied[at..].to_vec(), revealed)
            });
            let columns = |view: &'_ (Vec<Vec<Toy>>, Vec<Toy>, Vec<Toy>)| -> Vec<Vec<Toy>> {
                view.0.iter().chain([&view.2]).cloned().collect()
            };
            let (left, right) = (columns(&one), columns(&other));
            let [left, right] = [&left, &right].map(|all| all.iter().map(Vec::as_slice).collect::<Vec<_>>());
            assert!(!differ(&left, &right), "{n} {active}");
            let shorter = one.1.len().min(LEN);
            assert!(!differ(&[&one.1[..shorter]], &[&other.1[..shorter]]), "{n} {active}");
            // The inputs themselves would be noticed.
            assert!(differ(&[&vec![Toy(3); LEN]], &[&vec![Toy(1); LEN]]));
        }
    }
}

/// The shares by which a result is told have nothing to do with those by which it was computed.
#[test]
fn results_are_told_by_fresh_shares() {
    for active in [false, true] {
        let (shares, said) = run(3, active, 3, 2);
        for teller in [1, 2] {
            let told = heard(&said, "reveal", teller, 0);
            assert_uniform(&[&told, &shares[teller]], "told and held");
        }
    }
}
