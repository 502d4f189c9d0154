//! Proofs that products of shared bits were computed as they should be, of logarithmic length.
//!
//! In a product, a party p says one word: `z = x y + x y' + x' y + m + m'`, where x, y and the mask m are known to the party before
//! it, and x', y', m' to the party after it. These two verify that the cross terms `x y' + y x'` are what the first knows plus what
//! the second knows, for all words at once: the prover shares polynomials between them, they compare at random points, which
//! moves the claim to vectors that are shorter by the number of places, and in the end they compare two numbers.
//!
//! All three parties prove at the same time, and are asked for the same points. The 64 bits of a word are one element of the field
//! of 2^64 elements, so its products with random weights show an error in any of them.
//!
//! # Soundness
//! One weight for each 64 words: an error cancels with probability 2^-64. Then, for each set of points, two polynomials of degree
//! two in each of at most six variables that differ agree with probability at most 12 / 2^64, and at most 64 / (2^64 - 65) in the
//! last step. With no more than eight steps that is below 2^-56.
//! # Zero knowledge
//! Each verifier sees one summand of every value of the polynomials, which is random. In the last step each vector has a random
//! entry that the other verifier does not know, so that the two numbers that are compared are random as well.
//! # Source
//! [BBCGI19]: interactive proofs on secret-shared data, of a sum of products by recursion. [BGIN19]: their use for the messages of
//! replicated sharing. DEVIATION([BBCGI19], [BGIN19]): the polynomials have several variables, as in the sum-check protocol.
use core::ops::Add;

use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

use super::{
    Malicious,
    coins::Coins,
    gates::Gate,
    grid::{self, Extended, MOST_PLACES, MOST_VARIABLES},
};
use crate::{
    error::{Error, ErrorKind, Result},
    field::gf64::{Gf64, Unreduced, add_products, add_scaled},
    mpc::replicated::{
        lanes::transpose,
        link::Link,
        word::{Lanes, to_bytes},
    },
    ring::Xof,
    secret::declassify,
};

/// Vectors of at most so many entries end the recursion.
const SHORT: usize = 32;

/// A vector, wiped when dropped.
type Vector = Zeroizing<Vec<Gf64>>;

/// A party's side of three proofs: of each, that the product of two vectors is the sum of two claims.
struct Claims {
    /// What is to be proven: the vector that the party before knows too, and the one that the party after knows too.
    proven: [Vector; 2],
    /// The vector and the claim of this party as verifier of the party after.
    of_after: (Vector, Gf64),
    /// The vector and the claim of this party as verifier of the party before.
    of_before: (Vector, Gf64),
}

impl Malicious {
    /// Proves the own products of bits so far and verifies the others'. Six rounds, and two for each step between the first and
    /// the last.
    pub(super) async fn check_gates(&mut self) -> Result<()> {
        if self.gates.is_empty() {
            return Ok(());
        }
        let mut claims = first_step(&mut self.link, &mut self.coins, &self.gates).await?;
        self.gates.iter_mut().for_each(Zeroize::zeroize);
        self.gates.clear();
        while claims.proven[0].len() > SHORT {
            claims = step(&mut self.link, &mut self.coins, claims).await?;
        }
        last_step(&mut self.link, &mut self.coins, claims).await
    }
}

/// Shares values between the party before, for which their masks are drawn, and the party after. Gives this party's summands of the
/// values of the party after and of the party before.
async fn share(link: &mut Link, values: impl ExactSizeIterator<Item = Gf64>) -> Result<[Vector; 2]> {
    let mut masks = Zeroizing::new(vec![(Lanes::default(), Lanes::default()); values.len()]);
    link.draw(&mut masks, |place, mine, next| *place = (mine, next));
    let message = link.message(values.zip(&*masks).map(|(value, (mask, _))| Lanes(value.0) + *mask));
    let (from_before, _) = link.pass_from("prove", None, Some(message), true, false).await?;
    let of_before = link.words::<Lanes>(&from_before, masks.len())?.map(|word| Gf64(word.0)).collect();
    let of_after = masks.iter().map(|(_, next)| Gf64(next.0)).collect();
    Ok([Zeroizing::new(of_after), Zeroizing::new(of_before)])
}

/// Random points, when everyone has said what it will be asked about.
async fn challenge(link: &mut Link, coins: &mut Coins, count: usize) -> Result<Vec<Gf64>> {
    let coin = coins.toss(link).await?;
    Ok(grid::points(&mut Xof::new(&coin, 0), count))
}

/// From products of bits, 64 words at a time, to one product of vectors.
async fn first_step(link: &mut Link, coins: &mut Coins, gates: &[Gate]) -> Result<Claims> {
    const VARIABLES: usize = MOST_VARIABLES;
    const GROUP: usize = 1 << VARIABLES;
    let weights = challenge(link, coins, gates.len().div_ceil(GROUP)).await?;
    let table = |group: &[Gate]| {
        let mut table = Zeroizing::new([Four::default(); GROUP]);
        for (four, gate) in table.iter_mut().zip(group) {
            *four = Four([gate.x.mine.0, gate.y.mine.0, gate.x.next.0, gate.y.next.0]);
        }
        table
    };

    let mut sums = Zeroizing::new([Unreduced::default(); MOST_PLACES]);
    let mut known = Zeroizing::new([[Unreduced::default(); GROUP]; 2]);
    let mut extended = Extended::new();
    let mut words = Zeroizing::new([Gf64::default(); MOST_PLACES]);
    for (group, weight) in gates.chunks(GROUP).zip(&weights) {
        for (word, Four([x, y, x_next, y_next])) in words.iter_mut().zip(extended.extend(&*table(group))) {
            *word = Gf64(x & y_next ^ y & x_next);
        }
        add_scaled(&mut *sums, *weight, &*words);
        let told: [fn(&Gate) -> Lanes; 2] = [|gate| gate.of_after, |gate| gate.of_before];
        for (known, told) in known.iter_mut().zip(told) {
            words.iter_mut().zip(group).for_each(|(word, gate)| *word = Gf64(told(gate).0));
            add_scaled(known, *weight, &words[..group.len()]);
        }
    }

    // On the table, the verifiers know what the values are; elsewhere they are told.
    let mut on_table = [None; MOST_PLACES];
    (0..GROUP).for_each(|place| on_table[grid::of_table(VARIABLES, place)] = Some(place));
    let told: Vec<Gf64> =
        sums.iter().zip(on_table).filter(|(_, place)| place.is_none()).map(|(sum, _)| sum.reduce()).collect();
    let shares = share(link, told.into_iter()).await?;
    let points = challenge(link, coins, VARIABLES).await?;
    let claim = |known: &[Unreduced; GROUP], told: &[Gf64]| {
        let mut told = told.iter();
        let value = |place: Option<usize>| match place {
            Some(place) => known[place].reduce(),
            None => *told.next().expect("a value for each other place"),
        };
        grid::evaluate(&on_table.map(value), &points)
    };
    let (of_after, of_before) = (claim(&known[0], &shares[0]), claim(&known[1], &shares[1]));

    let rows = Rows::new(&points);
    let room = || Zeroizing::new(Vec::with_capacity(2 * GROUP * weights.len()));
    let [mut mine, mut next, mut after, mut before] = [room(), room(), room(), room()];
    for (group, weight) in gates.chunks(GROUP).zip(&weights) {
        let [x, y, x_next, y_next] = rows.combine(&table(group));
        let mut lanes = [*weight; GROUP];
        (1..GROUP).for_each(|lane| lanes[lane] = lanes[lane - 1].times_x());
        let weighted = |values: &[Gf64; GROUP]| {
            let mut products = [Unreduced::default(); GROUP];
            add_products(&mut products, &lanes, values);
            products.map(Unreduced::reduce)
        };
        mine.extend([weighted(&x), weighted(&y)].as_flattened());
        next.extend([y_next, x_next].as_flattened());
        after.extend([weighted(&x_next), weighted(&y_next)].as_flattened());
        before.extend([y, x].as_flattened());
    }
    Ok(Claims { proven: [mine, next], of_after: (after, of_after), of_before: (before, of_before) })
}

/// From vectors to vectors that are shorter by a power of two.
async fn step(link: &mut Link, coins: &mut Coins, mut claims: Claims) -> Result<Claims> {
    let variables = variables(claims.proven[0].len());
    let (width, places) = (1 << variables, grid::places(variables));
    let length = claims.proven[0].len().next_multiple_of(width);
    let [mine, next] = &mut claims.proven;
    for vector in [mine, next, &mut claims.of_after.0, &mut claims.of_before.0] {
        vector.resize(length, Gf64::default());
    }

    let mut sums = Zeroizing::new(vec![Unreduced::default(); places]);
    let [mut of_mine, mut of_next] = [Extended::new(), Extended::new()];
    let [mine, next] = &claims.proven;
    for (mine, next) in mine.chunks_exact(width).zip(next.chunks_exact(width)) {
        add_products(&mut sums, of_mine.extend(mine), of_next.extend(next));
    }
    // The first value is what the claim leaves for it.
    let told: Vec<Gf64> = sums[1..].iter().map(|sum| sum.reduce()).collect();
    let shares = share(link, told.into_iter()).await?;
    let points = challenge(link, coins, variables).await?;
    let claim = |claim: Gf64, told: &[Gf64]| {
        let first = (1..width).fold(claim, |sum, place| sum + told[grid::of_table(variables, place) - 1]);
        let values: Vector = Zeroizing::new(core::iter::once(first).chain(told.iter().copied()).collect());
        grid::evaluate(&values, &points)
    };
    let fold = |mut vector: Vector| Zeroizing::new(grid::fold(core::mem::take(&mut *vector), &points));
    Ok(Claims {
        of_after: (fold(claims.of_after.0), claim(claims.of_after.1, &shares[0])),
        of_before: (fold(claims.of_before.0), claim(claims.of_before.1, &shares[1])),
        proven: claims.proven.map(fold),
    })
}

/// How many variables a step takes: as many as the others until the vectors are short.
fn variables(length: usize) -> usize {
    let halvings = length.div_ceil(SHORT).next_power_of_two().trailing_zeros() as usize;
    halvings.div_ceil(halvings.div_ceil(MOST_VARIABLES))
}

/// From vectors to two numbers, which the verifiers of a proof compare.
///
/// A vector is the polynomial with its entries at 0, 1, and so on, and a random value after them.
async fn last_step(link: &mut Link, coins: &mut Coins, claims: Claims) -> Result<()> {
    let Claims { proven: [mut mine, mut next], of_after: (mut after_known, after_claim), of_before } = claims;
    let (mut before_known, before_claim) = of_before;
    let length = mine.len();
    // For the vector that the party before knows too, and for the one that the party after knows too.
    let mut masks = [(Lanes::default(), Lanes::default()); 2];
    link.draw(&mut masks, |place, mine, next| *place = (mine, next));
    let [(of_mine, of_after), (of_before, of_next)] = masks;
    for (vector, mask) in [
        (&mut mine, of_mine),
        (&mut next, of_next),
        (&mut after_known, of_after),
        (&mut before_known, of_before),
    ] {
        vector.push(Gf64(mask.0));
    }

    let (short, long) = (Line::new(length + 1), Line::new(2 * length + 1));
    let values = (1..=2 * length).map(|at| {
        let weights = short.weights(Gf64(at as u64));
        inner(&weights, &mine) * inner(&weights, &next)
    });
    let told: Vec<Gf64> = values.collect();
    let shares = share(link, told.into_iter()).await?;
    let point = loop {
        // Not where a random value would be multiplied by zero.
        let point = challenge(link, coins, 1).await?[0];
        if point.0 > 2 * length as u64 {
            break point;
        }
    };
    let (short, long) = (short.weights(point), long.weights(point));
    let claim = |claim: Gf64, told: &[Gf64]| {
        let first = told[..length - 1].iter().fold(claim, |sum, value| sum + *value);
        long[0] * first + inner(&long[1..], told)
    };
    let after = [inner(&short, &after_known), claim(after_claim, &shares[0])];
    let before = [inner(&short, &before_known), claim(before_claim, &shares[1])];
    let [to_before, to_after] =
        [after, before].map(|pair| Some(to_bytes(pair.into_iter().map(|value| Lanes(value.0)))));
    let (from_before, from_after) = link.pass("compare", to_before, to_after).await?;
    for (own, other) in [(after, from_before), (before, from_after)] {
        let mut other = link.words::<Lanes>(&other, 2)?.map(|word| Gf64(word.0));
        let (value, claim) = (other.next().unwrap_or_default(), other.next().unwrap_or_default());
        if !declassify((own[0] * value).ct_eq(&(own[1] + claim))) {
            return Err(Error::new(ErrorKind::VerificationFailed, "replicated: proof of products of bits"));
        }
    }
    Ok(())
}

fn inner(x: &[Gf64], y: &[Gf64]) -> Gf64 {
    x.iter().zip(y).fold(Gf64::default(), |sum, (x, y)| sum + *x * *y)
}

/// Polynomials of degree one less than `count` by their values at 0, 1, and so on.
struct Line {
    /// One over the product of the differences from each place to the others.
    scales: Vec<Gf64>,
}

impl Line {
    fn new(count: usize) -> Self {
        let places = || (0..count as u64).map(Gf64);
        let differences =
            |place: Gf64| places().filter(move |other| *other != place).map(move |other| place + other);
        let scale =
            |place| differences(place).fold(Gf64::ONE, |product, difference| product * difference).invert();
        Self { scales: places().map(scale).collect() }
    }

    /// The weights of the values in the value at a point.
    fn weights(&self, point: Gf64) -> Vec<Gf64> {
        let difference = |place: usize| point + Gf64(place as u64);
        let mut weights = self.scales.clone();
        let mut below = Gf64::ONE;
        for (place, weight) in weights.iter_mut().enumerate() {
            *weight = *weight * below;
            below = below * difference(place);
        }
        let mut above = Gf64::ONE;
        for (place, weight) in weights.iter_mut().enumerate().rev() {
            *weight = *weight * above;
            above = above * difference(place);
        }
        weights
    }
}

/// Words of four kinds, side by side: the factors of a product, as far as a party knows them.
#[derive(Clone, Copy, Default)]
struct Four([u64; 4]);

impl Add for Four {
    type Output = Self;
    #[inline(always)]
    #[allow(clippy::suspicious_arithmetic_impl)] // of bits
    fn add(self, other: Self) -> Self {
        Self(core::array::from_fn(|i| self.0[i] ^ other.0[i]))
    }
}

impl Zeroize for Four {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

/// Sums of 64 words of bits with elements as weights, for each of the 64 bits.
///
/// A bit of a sum is an exclusive-or of some of the words, the same for all places of a word: of four at a time, all sums are
/// computed, and the weights, which are public, say which to take.
struct Rows([u64; 64]);

impl Rows {
    /// With the weights of a table at points.
    fn new(points: &[Gf64]) -> Self {
        let mut matrix = [0; 64];
        for (row, weight) in matrix.iter_mut().zip(grid::weights(points)) {
            *row = weight.0;
        }
        transpose(&mut matrix);
        Self(matrix)
    }

    fn combine(&self, table: &[Four; 64]) -> [[Gf64; 64]; 4] {
        let mut sums = Zeroizing::new([Four::default(); 64]);
        let mut choices = Zeroizing::new([Four::default(); 16]);
        for quarter in 0..16 {
            for choice in 1..16_usize {
                let lowest = choice.trailing_zeros() as usize;
                choices[choice] = choices[choice & (choice - 1)] + table[4 * quarter + lowest];
            }
            for (sum, row) in sums.iter_mut().zip(&self.0) {
                *sum = *sum + choices[(row >> (4 * quarter) & 15) as usize];
            }
        }
        core::array::from_fn(|i| {
            let mut matrix = Zeroizing::new([0; 64]);
            matrix.iter_mut().zip(sums.iter()).for_each(|(row, sum)| *row = sum.0[i]);
            transpose(&mut matrix);
            matrix.map(Gf64)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_weighted_sums_of_bits() {
        let mut stream = Xof::new(&[1; 32], 0);
        let mut words = [[0; 64]; 4];
        stream.fill(words.as_flattened_mut());
        let table = core::array::from_fn(|i| Four(core::array::from_fn(|kind| words[kind][i])));
        let points = grid::points(&mut stream, 6);
        let combined = Rows::new(&points).combine(&table);
        let weights = grid::weights(&points);
        for (table, sums) in words.iter().zip(combined) {
            for (bit, sum) in sums.iter().enumerate() {
                let expected = table.iter().zip(&weights).fold(Gf64(0), |sum, (word, weight)| {
                    sum + Gf64((word >> bit & 1).wrapping_neg() & weight.0)
                });
                assert_eq!(*sum, expected);
            }
        }
    }

    #[test]
    fn lines_go_through_their_values() {
        let line = Line::new(5);
        let polynomial =
            |x: Gf64| Gf64(3) + x * (Gf64(7) + x * (Gf64(1 << 60) + x * (Gf64(9) + x * Gf64(11))));
        let values: Vec<_> = (0..5).map(|at| polynomial(Gf64(at))).collect();
        for point in [0, 3, 4, 5, 77, u64::MAX].map(Gf64) {
            assert_eq!(inner(&line.weights(point), &values), polynomial(point));
        }
    }

    #[test]
    fn steps_are_few_and_even() {
        for (length, expected) in
            [(33, 1), (64, 1), (65, 2), (32 << 6, 6), (33 << 6, 4), (76_800, 6), (1 << 24, 5)]
        {
            assert_eq!(variables(length), expected, "{length}");
        }
    }
}
