//! A box that keeps its values in the clear: what functions over a box are tested against first.
use num_bigint::BigInt;
use rand_chacha::ChaCha20Rng;

use crate::{
    error::{Error, ErrorKind, Result},
    mpc::arithmetic::{Arithmetic, Comparison, Element, Shared},
    transcript::Transcript,
};

/// All parties of a box in one, with values in place of shares: no secrecy, no messages.
///
/// It counts what a protocol would have to do, so that functions can be held to the rounds that they state. It panics where a
/// function breaks a promise, such as a comparison of a value that is wider than it said.
#[derive(Debug)]
pub struct Clear<E> {
    rng: ChaCha20Rng,
    parties: usize,
    rounds: u64,
    products: u64,
    element: core::marker::PhantomData<E>,
}

impl<E: Element> Clear<E> {
    /// A box for so many parties; this one is the first.
    pub fn new(parties: usize) -> Self {
        let rng = Transcript::new("veilkit v1 clear box").rng();
        Self { rng, parties, rounds: 0, products: 0, element: core::marker::PhantomData }
    }

    /// The calls so far that cost a protocol rounds.
    pub fn rounds(&self) -> u64 {
        self.rounds
    }

    /// The multiplications so far that cost a protocol communication.
    pub fn products(&self) -> u64 {
        self.products
    }

    /// The values of a column of integers.
    pub fn values(values: &[i128]) -> Shared<E> {
        Shared::column(values.iter().map(|value| E::from_i128(*value)).collect())
    }

    fn per_entry(
        &mut self,
        x: &Shared<E>,
        bits: u32,
        mut change: impl FnMut(BigInt) -> BigInt,
    ) -> Result<Shared<E>> {
        let promised = Self::integers(x, bits)?;
        self.rounds += 1;
        let changed = promised.into_iter().map(|value| E::from_bigint_vartime(&change(value))).collect();
        Ok(Shared::new(changed, x.rows(), x.columns()))
    }

    /// The entries as integers.
    ///
    /// # Panics
    /// For one that is wider than promised.
    fn integers(x: &Shared<E>, bits: u32) -> Result<Vec<BigInt>> {
        if !(1..=E::BITS).contains(&bits) {
            return Err(Error::new(ErrorKind::OutOfRange, "bits: more than can be compared"));
        }
        let limit = BigInt::from(1) << (bits - 1);
        let integer = |value: &E| {
            let integer = value.to_bigint_vartime();
            assert!(integer >= -&limit && integer < limit, "{integer} has more than {bits} bits");
            integer
        };
        Ok(x.shares().iter().map(integer).collect())
    }
}

impl<E: Element> Arithmetic for Clear<E> {
    type Element = E;
    type Share = E;

    fn parties(&self) -> usize {
        self.parties
    }

    fn me(&self) -> usize {
        0
    }

    fn constant(&self, public: &[E]) -> Shared<E> {
        Shared::column(public.to_vec())
    }

    /// Only the first party has values; the others' are zeros.
    async fn inputs(&mut self, mine: &[E], lengths: &[usize]) -> Result<Vec<Shared<E>>> {
        if lengths.len() != self.parties || lengths[0] != mine.len() {
            return Err(Error::new(ErrorKind::ShapeMismatch, "inputs: lengths"));
        }
        self.rounds += 1;
        let mut all: Vec<_> = lengths.iter().map(|length| Shared::zeros(*length, 1)).collect();
        all[0] = self.constant(mine);
        Ok(all)
    }

    async fn mul(&mut self, x: &Shared<E>, y: &Shared<E>) -> Result<Shared<E>> {
        if !x.same_shape(y) {
            return Err(Error::new(ErrorKind::ShapeMismatch, "mul: two shapes"));
        }
        self.rounds += 1;
        self.products += x.len() as u64;
        Ok(x.zip(y, |a, b| a * b))
    }

    async fn matmul(&mut self, x: &Shared<E>, y: &Shared<E>) -> Result<Shared<E>> {
        if x.columns() != y.rows() {
            return Err(Error::new(ErrorKind::ShapeMismatch, "matmul: inner sizes"));
        }
        self.rounds += 1;
        let mut product = Shared::zeros(x.rows(), y.columns());
        self.products += product.len() as u64;
        let (inner, columns) = (x.columns(), y.columns());
        for (place, entry) in product.shares_mut().iter_mut().enumerate() {
            let (row, column) = (place / columns, place % columns);
            *entry = (0..inner).fold(E::zero(), |sum, k| {
                sum + x.shares()[row * inner + k] * y.shares()[k * columns + column]
            });
        }
        Ok(product)
    }

    async fn dot(&mut self, x: &Shared<E>, y: &Shared<E>) -> Result<Shared<E>> {
        if !x.same_shape(y) {
            return Err(Error::new(ErrorKind::ShapeMismatch, "dot: two shapes"));
        }
        self.rounds += 1;
        self.products += x.rows() as u64;
        Ok(x.zip(y, |a, b| a * b).row_sums())
    }

    async fn open(&mut self, x: &Shared<E>) -> Result<Vec<E>> {
        self.rounds += 1;
        Ok(x.shares().to_vec())
    }

    async fn reveal(&mut self, x: &Shared<E>, receivers: &[usize]) -> Result<Option<Vec<E>>> {
        if receivers.iter().any(|receiver| *receiver >= self.parties) {
            return Err(Error::new(ErrorKind::UnknownParty, "reveal: receiver"));
        }
        self.rounds += 1;
        Ok(receivers.contains(&0).then(|| x.shares().to_vec()))
    }

    async fn random(&mut self, len: usize) -> Result<Shared<E>> {
        Ok(Shared::column((0..len).map(|_| E::uniform(&mut self.rng)).collect()))
    }

    async fn random_bits(&mut self, len: usize) -> Result<Shared<E>> {
        use rand_core::Rng;
        self.rounds += 1;
        Ok(Shared::column((0..len).map(|_| E::from_i128(i128::from(self.rng.next_u32() & 1))).collect()))
    }

    async fn check(&mut self) -> Result<()> {
        Ok(())
    }
}

impl<E: Element> Comparison for Clear<E> {
    const MAX_BITS: u32 = E::BITS;

    async fn is_negative(&mut self, x: &Shared<E>, bits: u32) -> Result<Shared<E>> {
        self.per_entry(x, bits, |value| BigInt::from(u8::from(value < BigInt::ZERO)))
    }

    async fn is_zero(&mut self, x: &Shared<E>, bits: u32) -> Result<Shared<E>> {
        self.per_entry(x, bits, |value| BigInt::from(u8::from(value == BigInt::ZERO)))
    }

    async fn truncate(&mut self, x: &Shared<E>, bits: u32, by: u32) -> Result<Shared<E>> {
        self.per_entry(x, bits, |value| value >> by)
    }

    async fn to_bits(&mut self, x: &Shared<E>, bits: u32) -> Result<Shared<E>> {
        if x.columns() != 1 {
            return Err(Error::new(ErrorKind::ShapeMismatch, "to_bits: one column"));
        }
        let values = Self::integers(x, bits)?;
        self.rounds += 1;
        let bit = |value: &BigInt, at: u32| (value >> at) & BigInt::from(1);
        let taken = values
            .iter()
            .flat_map(|value| (0..bits).map(move |at| E::from_bigint_vartime(&bit(value, at))))
            .collect();
        Ok(Shared::new(taken, x.rows(), bits as usize))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{field::Fp61, mpc::testing::now};

    type Box = Clear<Fp61>;

    fn integers(x: &Shared<Fp61>) -> Vec<i128> {
        x.shares().iter().map(|value| value.to_i128_vartime().unwrap()).collect()
    }

    #[test]
    fn it_computes_in_the_clear() {
        let mut clear = Box::new(3);
        let x = Box::values(&[-5, 0, 9, 4]);
        assert_eq!(integers(&now(clear.is_negative(&x, 5)).unwrap()), [1, 0, 0, 0]);
        assert_eq!(integers(&now(clear.is_zero(&x, 5)).unwrap()), [0, 1, 0, 0]);
        assert_eq!(integers(&now(clear.truncate(&x, 5, 1)).unwrap()), [-3, 0, 4, 2]);
        assert_eq!(integers(&now(clear.to_bits(&Box::values(&[-3]), 4)).unwrap()), [1, 0, 1, 1]);
        let square = x.clone().reshaped(2, 2);
        assert_eq!(integers(&now(clear.matmul(&square, &square)).unwrap()), [25, 0, -9, 16]);
        assert_eq!(integers(&now(clear.dot(&square, &square)).unwrap()), [25, 97]);
        assert_eq!((clear.rounds(), clear.products()), (6, 6));
    }

    #[test]
    #[should_panic(expected = "more than 3 bits")]
    fn a_broken_promise_is_found() {
        let _ = now(Box::new(3).is_negative(&Box::values(&[4]), 3));
    }
}
