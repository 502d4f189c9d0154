//! Communication by the formulas of the papers: elements that all parties send together, and rounds.
use super::*;

/// What all parties sent in the rounds of a name: rounds and elements.
fn sent(said: &[Message], label: &str) -> (usize, usize) {
    let mut rounds: Vec<u32> =
        said.iter().filter(|message| message.label == label).map(|message| message.round).collect();
    rounds.sort_unstable();
    rounds.dedup();
    let bytes: usize =
        said.iter().filter(|message| message.label == label).map(|message| message.bytes.len()).sum();
    (rounds.len(), bytes / 8)
}

const LEN: usize = 360;

/// One multiplication of vectors and what it costs, without the inputs, which are constants.
async fn product<B: Arithmetic<Element = Fp61>>(mut b: B) -> Result<()> {
    let x = b.constant(&vec![Fp61::one(); LEN]);
    b.mul(&x, &x).await.map(drop)
}

fn passive(n: usize) -> Vec<Message> {
    recorded(n, b"cost", |channel| async { product(SemiHonest::<Fp61>::new(channel).await?).await }).1
}

fn active(n: usize) -> Vec<Message> {
    recorded(n, b"cost", |channel| async { product(Malicious::<Fp61>::new(channel).await?).await }).1
}

#[test]
fn few_parties_multiply_in_one_round_with_m_times_m_less_one_elements() {
    for n in [3, 4] {
        assert_eq!(sent(&passive(n), "multiply"), (1, 6 * LEN), "{n}");
        assert_eq!(sent(&active(n), "multiply"), (1, 2 * 6 * LEN), "{n}");
        assert_eq!(sent(&passive(n), "multiply: opened"), (0, 0));
        assert_eq!(passive(n).len(), 6, "nothing else is sent");
    }
}

/// \[DN07\], multiplication: a share of everybody to whoever opens, and the opened value back.
#[test]
fn more_parties_multiply_in_two_rounds_with_twice_m_less_one_elements() {
    // The length is a multiple of 5 and of 9; of 7 it is not, where the last slice is shorter.
    for (n, computing) in [(5, 5), (6, 5), (7, 7), (9, 9)] {
        for (said, factor) in [(passive(n), 1), (active(n), 2)] {
            let each = factor * (computing - 1) * LEN;
            assert_eq!(sent(&said, "multiply"), (1, each), "{n}");
            assert_eq!(sent(&said, "multiply: opened"), (1, each), "{n}");
        }
    }
}

/// \[DN07\], "Double-Random": of m dealt double sharings t + 1 are made, so each costs `2 m (m - 1) / (t + 1)` elements.
#[test]
fn dealt_double_sharings_cost_four_elements_for_each_other_party() {
    let (m, t) = (9, 4);
    assert_eq!(sent(&passive(9), "random: dealing"), (1, 2 * m * (m - 1) * LEN / (t + 1)));
    assert_eq!(sent(&passive(7), "random: dealing"), (0, 0), "pseudo-random ones cost nothing");
}

#[test]
fn sums_of_products_cost_as_much_as_one() {
    async fn sums<B: Arithmetic<Element = Fp61>>(mut b: B) -> Result<()> {
        let x = b.constant(&[Fp61::one(); 3000]);
        b.dot(&x.clone().reshaped(1, 3000), &x.clone().reshaped(1, 3000)).await?;
        b.matmul(&x.clone().reshaped(2, 1500), &x.reshaped(1500, 2)).await.map(drop)
    }
    let (_, said) =
        recorded(3, b"cost", |channel| async { sums(SemiHonest::<Fp61>::new(channel).await?).await });
    assert_eq!(sent(&said, "multiply"), (2, 6 * (1 + 4)));
    let (_, said) =
        recorded(3, b"cost", |channel| async { sums(Malicious::<Fp61>::new(channel).await?).await });
    assert_eq!(sent(&said, "multiply"), (2, 2 * 6 * (1 + 4)));
}

#[test]
fn inputs_openings_and_checks() {
    async fn steps<B: Arithmetic<Element = Fp61>>(mut b: B) -> Result<()> {
        let n = b.parties();
        let all = b.inputs(&[Fp61::one(); 10], &vec![10; n]).await?;
        b.open(&all[0]).await?;
        b.reveal(&all[0], &[0]).await.map(drop)
    }
    for (n, m, t) in [(3, 3, 1), (4, 3, 1), (5, 5, 2)] {
        let (_, said) =
            recorded(n, b"cost", |channel| async { steps(SemiHonest::<Fp61>::new(channel).await?).await });
        let outside = n - m;
        assert_eq!(sent(&said, "inputs"), (1, 10 * (m * (m - 1) + outside * m)), "{n}");
        assert_eq!(sent(&said, "open"), (1, 10 * (t + 1) * (n - 1)), "{n}");
        assert_eq!(sent(&said, "reveal"), (1, 10 * (m - 1)), "{n}");
        let (_, said) =
            recorded(n, b"cost", |channel| async { steps(Malicious::<Fp61>::new(channel).await?).await });
        assert_eq!(sent(&said, "inputs"), (1, 10 * (m * (m - 1) + outside * m)), "{n}");
        assert_eq!(sent(&said, "open"), (1, 10 * m * (n - 1)), "{n}");
        assert_eq!(sent(&said, "reveal"), (1, 10 * (m - 1)), "{n}");
        // Two checks, whatever they cover: five coins and a digest of four words, and one element in each of the other rounds.
        assert_eq!(sent(&said, "check: coins"), (2, 2 * 9 * m * (m - 1)), "{n}");
        assert_eq!(sent(&said, "check: masked sum"), (2, 2 * m * (m - 1)), "{n}");
        assert_eq!(sent(&said, "check: zero"), (2, 2 * m * (m - 1)), "{n}");
    }
}
