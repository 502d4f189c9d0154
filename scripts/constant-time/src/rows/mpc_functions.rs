//! Functions over shares: what each party computes with its shares and with what is opened on the way.
use veilkit::{
    Result,
    field::{Fp61, Fp192},
    magnitude::Magnitude,
    mpc::{
        arithmetic::{Arithmetic, Comparison, Element, NetworkProfile, Shared},
        functions::{
            Definite, Divisor, Fixed, argmax, choose, divide, exponential, inverse_square_root, less,
            logarithm, lookup, shuffle, sigmoid, solve_definite, sort, square_root,
        },
        session::Channel,
        shamir_box::{Malicious, SemiHonest},
    },
};

use super::{
    Row,
    mpc_seen::{Seen, among_three},
    planted, row,
};
use crate::memcheck::secret;

pub(super) const ROWS: &[Row] = &[
    row("mpc_functions", "comparisons in few rounds, Fp61", "inputs", few_rounds),
    row("mpc_functions", "comparisons of few bytes, Fp61", "inputs", few_bytes),
    row("mpc_functions", "comparisons, Malicious<Fp61>", "inputs", checked),
    row("mpc_functions", "divide, roots, exponential, logarithm, sigmoid", "inputs", series),
    row("mpc_functions", "sort, argmax, choose, lookup, shuffle", "inputs", order),
    row("mpc_functions", "solve_definite", "inputs", definite),
    planted("mpc_functions", "planted: an early end for a zero", "inputs", early_end),
];

async fn given<B: Comparison>(b: &mut B, values: &[i128]) -> Result<Shared<B::Share>> {
    let mut mine: Vec<B::Element> = values.iter().map(|value| B::Element::from_i128(*value)).collect();
    secret(mine.as_mut_slice());
    let mut lengths = vec![0; b.parties()];
    lengths[0] = values.len();
    let mine = if b.me() == 0 { &mine[..] } else { &[] };
    Ok(b.inputs(mine, &lengths).await?.swap_remove(0))
}

async fn compare<B: Comparison>(mut b: B) -> Result<()> {
    let x = given(&mut b, &[5, -3, 0, -70_000]).await?;
    let results = [
        b.is_negative(&x, 18).await?,
        b.is_zero(&x, 18).await?,
        b.truncate(&x, 18, 5).await?,
        b.to_bits(&x, 18).await?.reshaped(72, 1),
    ];
    b.reveal(&Shared::stacked(&results.iter().collect::<Vec<_>>()), &[0, 1, 2]).await.map(drop)
}

fn over(network: NetworkProfile) {
    among_three(|channel: Channel| async move {
        compare(Seen { inner: SemiHonest::<Fp61>::new(channel).await?, network }).await
    });
}

fn few_rounds() {
    over(NetworkProfile { round_trip: 1.0, bandwidth: 125e6 });
}

fn few_bytes() {
    over(NetworkProfile { round_trip: 0.0, bandwidth: 125e6 });
}

fn checked() {
    among_three(|channel: Channel| async move {
        compare(Seen::new(Malicious::<Fp61>::new(channel).await?)).await
    });
}

type Wide = Seen<SemiHonest<Fp192>>;

async fn wide(channel: Channel) -> Result<Wide> {
    Ok(Seen::new(SemiHonest::<Fp192>::new(channel).await?))
}

/// Integers that count units of `2^-16`, below `2^19`.
async fn fixed(b: &mut Wide, values: &[i128]) -> Result<Fixed<Wide>> {
    let shares = given(b, values).await?;
    Fixed::new(shares, 16, Magnitude::pow2(19)?)
}

const UNIT: i128 = 1 << 16;
const LEAST: Divisor = Divisor { log2_least: 0, signed: false };

async fn tell(b: &mut Wide, all: Vec<Fixed<Wide>>) -> Result<()> {
    for x in all {
        x.reveal(b, &[0, 1, 2]).await?;
    }
    Ok(())
}

fn series() {
    among_three(|channel: Channel| async move {
        let mut b = wide(channel).await?;
        let x = fixed(&mut b, &[3 * UNIT, -5 * UNIT / 2]).await?;
        let y = fixed(&mut b, &[2 * UNIT, UNIT]).await?;
        let all = vec![
            divide(&mut b, &x, &y, LEAST, 16).await?,
            square_root(&mut b, &y, LEAST, 16).await?,
            inverse_square_root(&mut b, &y, LEAST, 16).await?,
            exponential(&mut b, &x, 12).await?,
            logarithm(&mut b, &y, LEAST, 16).await?,
            sigmoid(&mut b, &x, 16).await?,
            x.mul(&mut b, &y, 16).await?,
        ];
        tell(&mut b, all).await
    });
}

fn order() {
    among_three(|channel: Channel| async move {
        let mut b = wide(channel).await?;
        let x = fixed(&mut b, &[3 * UNIT, -5 * UNIT / 2, 7, UNIT]).await?;
        let (sorted, rows) = sort(&mut b, &x, x.shares()).await?;
        let which = less(&mut b, &x, &sorted).await?;
        let chosen = choose(&mut b, &which, &x, &sorted).await?;
        let place = argmax(&mut b, &x).await?;
        let found = lookup(&mut b, &x, &place).await?;
        let shuffled = shuffle(&mut b, &rows).await?;
        let shuffled = Fixed::new(shuffled, 16, x.limit())?;
        tell(&mut b, vec![sorted, chosen, place, found, shuffled]).await
    });
}

fn definite() {
    among_three(|channel: Channel| async move {
        let mut b = wide(channel).await?;
        let entries = fixed(&mut b, &[2 * UNIT, UNIT, UNIT, 5 * UNIT / 2]).await?;
        let matrix = entries.placed(|x| x.clone().reshaped(2, 2));
        let right = entries.placed(|x| x.rows_of(0..2));
        let definite = Definite { log2_least_diagonal: 0, log2_condition: 4 };
        let solution = solve_definite(&mut b, &matrix, &right, definite, 16).await?;
        tell(&mut b, vec![solution]).await
    });
}

fn early_end() {
    among_three(|channel: Channel| async move {
        let mut b = wide(channel).await?;
        let x = given(&mut b, &[5]).await?;
        if x.shares()[0] == Fp192::from_i128(0) {
            core::hint::black_box(&x);
        }
        b.reveal(&x, &[0]).await.map(drop)
    });
}
