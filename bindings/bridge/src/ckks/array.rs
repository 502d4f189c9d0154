//! Encrypted arrays with the keys that they compute with.
use std::sync::Arc;

use veilkit::{
    Error, ErrorKind, Result,
    ckks::{
        ArrayTransform, EncryptedArray, EncryptionKey, EvaluationKeys, MatrixProduct, PlainArray, Polynomial,
    },
    progress::Observer,
    shape::{Pick, Shape},
};

use crate::random::OsRandom;

/// An encrypted array, with evaluation keys if they are at hand. Results carry on what their operands carry.
#[derive(Clone)]
pub struct Array {
    array: EncryptedArray,
    keys: Option<Arc<EvaluationKeys>>,
}

/// Operations fail as those of [`EncryptedArray`] with the same names.
impl Array {
    /// An array without keys.
    pub fn new(array: EncryptedArray) -> Self {
        Self { array, keys: None }
    }

    /// Encrypts numbers.
    ///
    /// # Errors
    /// As there.
    pub fn encrypt(
        key: &impl EncryptionKey,
        values: &PlainArray,
        rng: &mut OsRandom,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        EncryptedArray::encrypt(key, values, rng, observer).map(Self::new)
    }

    /// The array with these keys.
    ///
    /// # Errors
    /// `ParamsMismatch` unless they belong to its key.
    pub fn attach(&self, keys: &Arc<EvaluationKeys>) -> Result<Self> {
        if keys.key() != self.array.key() || keys.context() != self.array.context() {
            return Err(Error::new(ErrorKind::ParamsMismatch, "evaluation keys: of another secret key"));
        }
        Ok(Self { array: self.array.clone(), keys: Some(keys.clone()) })
    }

    /// The array itself.
    pub fn array(&self) -> &EncryptedArray {
        &self.array
    }

    /// The keys, if there are any.
    pub fn keys(&self) -> Option<&Arc<EvaluationKeys>> {
        self.keys.as_ref()
    }

    fn with(&self, array: EncryptedArray) -> Self {
        Self { array, keys: self.keys.clone() }
    }

    fn one(
        &self,
        call: impl FnOnce(&EncryptedArray, Option<&EvaluationKeys>) -> Result<EncryptedArray>,
    ) -> Result<Self> {
        Ok(self.with(call(&self.array, self.keys.as_deref())?))
    }

    fn two(
        &self,
        other: &Self,
        call: impl FnOnce(&EncryptedArray, &EncryptedArray, Option<&EvaluationKeys>) -> Result<EncryptedArray>,
    ) -> Result<Self> {
        let keys = self.keys.as_ref().or(other.keys.as_ref());
        let array = call(&self.array, &other.array, keys.map(|keys| &**keys))?;
        Ok(Self { array, keys: keys.cloned() })
    }

    /// # Errors
    /// As there.
    pub fn add(&self, other: &Self, observer: &mut dyn Observer) -> Result<Self> {
        self.two(other, |a, b, keys| a.add(b, keys, observer))
    }

    /// # Errors
    /// As there.
    pub fn sub(&self, other: &Self, observer: &mut dyn Observer) -> Result<Self> {
        self.two(other, |a, b, keys| a.sub(b, keys, observer))
    }

    /// # Errors
    /// As there.
    pub fn mul(&self, other: &Self, observer: &mut dyn Observer) -> Result<Self> {
        self.two(other, |a, b, keys| a.mul(b, keys, observer))
    }

    /// # Errors
    /// As there.
    pub fn matmul(&self, other: &Self, observer: &mut dyn Observer) -> Result<Self> {
        self.two(other, |a, b, keys| a.matmul(b, keys, observer))
    }

    /// # Errors
    /// As there.
    pub fn square(&self, observer: &mut dyn Observer) -> Result<Self> {
        self.one(|array, keys| array.square(keys, observer))
    }

    /// # Errors
    /// As there.
    pub fn neg(&self, observer: &mut dyn Observer) -> Result<Self> {
        self.one(|array, _| array.neg(observer))
    }

    /// # Errors
    /// As there.
    pub fn conjugate(&self, observer: &mut dyn Observer) -> Result<Self> {
        self.one(|array, keys| array.conjugate(keys, observer))
    }

    /// # Errors
    /// As there.
    pub fn add_plain(&self, plain: &PlainArray, observer: &mut dyn Observer) -> Result<Self> {
        self.one(|array, keys| array.add_plain(plain, keys, observer))
    }

    /// # Errors
    /// As there.
    pub fn sub_plain(&self, plain: &PlainArray, observer: &mut dyn Observer) -> Result<Self> {
        self.one(|array, keys| array.sub_plain(plain, keys, observer))
    }

    /// # Errors
    /// As there.
    pub fn rsub_plain(&self, plain: &PlainArray, observer: &mut dyn Observer) -> Result<Self> {
        self.one(|array, keys| array.rsub_plain(plain, keys, observer))
    }

    /// # Errors
    /// As there.
    pub fn mul_plain(&self, plain: &PlainArray, observer: &mut dyn Observer) -> Result<Self> {
        self.one(|array, keys| array.mul_plain(plain, keys, observer))
    }

    /// The matrix product with numbers, which stand on the left if `reflected`.
    ///
    /// # Errors
    /// As there.
    pub fn matmul_plain(
        &self,
        plain: &PlainArray,
        reflected: bool,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        self.one(|array, keys| match reflected {
            false => array.matmul_plain(plain, keys, observer),
            true => array.rmatmul_plain(plain, keys, observer),
        })
    }

    /// # Errors
    /// As there.
    pub fn sum(&self, axis: Option<usize>, observer: &mut dyn Observer) -> Result<Self> {
        self.one(|array, keys| array.sum(axis, keys, observer))
    }

    /// # Errors
    /// As there.
    pub fn mean(&self, axis: Option<usize>, observer: &mut dyn Observer) -> Result<Self> {
        self.one(|array, keys| array.mean(axis, keys, observer))
    }

    /// # Errors
    /// As there.
    pub fn var(&self, axis: Option<usize>, ddof: usize, observer: &mut dyn Observer) -> Result<Self> {
        self.one(|array, keys| array.var(axis, ddof, keys, observer))
    }

    /// # Errors
    /// As there.
    pub fn slice(&self, picks: &[Pick], observer: &mut dyn Observer) -> Result<Self> {
        self.one(|array, keys| array.slice(picks, keys, observer))
    }

    /// # Errors
    /// As there.
    pub fn transpose(&self, axes: &[usize]) -> Result<Self> {
        self.one(|array, _| array.transpose(axes))
    }

    /// # Errors
    /// As there.
    pub fn reshape(&self, extents: &[usize], observer: &mut dyn Observer) -> Result<Self> {
        let shape = Shape::new(extents)?;
        self.one(|array, keys| array.reshape(&shape, keys, observer))
    }

    /// # Errors
    /// As there.
    pub fn broadcast_to(&self, extents: &[usize], observer: &mut dyn Observer) -> Result<Self> {
        let shape = Shape::new(extents)?;
        self.one(|array, keys| array.broadcast_to(&shape, keys, observer))
    }

    /// # Errors
    /// As there.
    pub fn roll(&self, shift: i64, axis: Option<usize>, observer: &mut dyn Observer) -> Result<Self> {
        self.one(|array, keys| array.roll(shift, axis, keys, observer))
    }

    /// # Errors
    /// As there.
    pub fn transform(&self, by: &ArrayTransform, observer: &mut dyn Observer) -> Result<Self> {
        self.one(|array, keys| array.transform(by, keys, observer))
    }

    /// # Errors
    /// As there.
    pub fn matmul_by(&self, other: &Self, by: &MatrixProduct, observer: &mut dyn Observer) -> Result<Self> {
        self.two(other, |a, b, keys| a.matmul_by(b, by, keys, observer))
    }

    /// # Errors
    /// As there.
    pub fn concatenate(arrays: &[&Self], axis: usize, observer: &mut dyn Observer) -> Result<Self> {
        let keys = arrays.iter().find_map(|array| array.keys.as_ref());
        let list: Vec<&EncryptedArray> = arrays.iter().map(|array| &array.array).collect();
        let array = EncryptedArray::concatenate(&list, axis, keys.map(|keys| &**keys), observer)?;
        Ok(Self { array, keys: keys.cloned() })
    }

    /// # Errors
    /// As there.
    pub fn polynomial(&self, polynomial: &Polynomial, observer: &mut dyn Observer) -> Result<Self> {
        self.one(|array, keys| array.polynomial(polynomial, keys, observer))
    }

    /// # Errors
    /// As there.
    pub fn within(&self, bound: f64, observer: &mut dyn Observer) -> Result<Self> {
        self.one(|array, _| array.within(bound, observer))
    }
}
