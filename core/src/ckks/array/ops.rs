//! Element by element: sums, differences, products, with arrays and with numbers.
use super::EncryptedArray;
use super::apply::{canonical, encode, required};
use super::plain::PlainArray;
use super::plan::{Meet, Meeting};
use crate::ckks::{Ciphertext, EvaluationKeys, Plaintext};
use crate::error::Result;
use crate::progress::{Observer, try_map_in_steps};
use crate::shape::Shape;

/// Two operands at one level in one layout.
struct Together {
    left: EncryptedArray,
    right: EncryptedArray,
}

const PRODUCT: &str = "multiply: no level left: choose parameters with more moduli";

/// # Element by element
///
/// Shapes follow numpy's broadcasting. Keys are needed where something is repeated or moved, and for products of encrypted
/// arrays. All may fail with `ShapeMismatch`, `ParamsMismatch` for other parameters, `HeadroomExhausted` where no level is
/// left or the moduli cannot hold the result, `MissingKey`, and `Cancelled` when the observer stops the work.
impl EncryptedArray {
    /// The sum of two arrays.
    ///
    /// # Errors
    /// As for all.
    pub fn add(
        &self,
        other: &Self,
        keys: Option<&EvaluationKeys>,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        self.together(other, Meet::Sum, keys, observer)?.combined(observer, Ciphertext::add)
    }

    /// The difference of two arrays.
    ///
    /// # Errors
    /// As for all.
    pub fn sub(
        &self,
        other: &Self,
        keys: Option<&EvaluationKeys>,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        self.together(other, Meet::Sum, keys, observer)?.combined(observer, Ciphertext::sub)
    }

    /// The product of two arrays. One level.
    ///
    /// # Errors
    /// As for all.
    pub fn mul(
        &self,
        other: &Self,
        keys: Option<&EvaluationKeys>,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        self.require_levels(1, PRODUCT)?;
        other.require_levels(1, PRODUCT)?;
        let evaluation_keys = required(keys)?;
        let both = self.together(other, Meet::Product, keys, observer)?;
        both.left.require_levels(1, PRODUCT)?;
        both.combined(observer, |a, b| Ok(canonical(evaluation_keys.multiply(a, b)?)))
    }

    /// The square of each element, faster than a product. One level.
    ///
    /// # Errors
    /// As for all.
    pub fn square(&self, keys: Option<&EvaluationKeys>, observer: &mut dyn Observer) -> Result<Self> {
        self.require_levels(1, PRODUCT)?;
        let keys = required(keys)?;
        self.each(observer, |ciphertext| Ok(canonical(keys.square(ciphertext)?)))
    }

    /// The negative of each element.
    ///
    /// # Errors
    /// `Cancelled`.
    pub fn neg(&self, observer: &mut dyn Observer) -> Result<Self> {
        self.each(observer, |ciphertext| Ok(ciphertext.neg()))
    }

    /// The complex conjugate of each element.
    ///
    /// # Errors
    /// `MissingKey`; `Cancelled`.
    pub fn conjugate(&self, keys: Option<&EvaluationKeys>, observer: &mut dyn Observer) -> Result<Self> {
        if !self.complex {
            return Ok(self.clone());
        }
        let keys = required(keys)?;
        self.each(observer, |ciphertext| keys.conjugate(ciphertext))
    }

    /// Plus known numbers.
    ///
    /// # Errors
    /// As for all.
    pub fn add_plain(
        &self,
        plain: &PlainArray,
        keys: Option<&EvaluationKeys>,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        if let Some(value) = self.constant_everywhere(plain)? {
            return self.each(observer, |ciphertext| ciphertext.add_constant(value));
        }
        self.with_plain(plain, Meet::Sum, keys, observer, |ciphertext, plain| ciphertext.add_plain(plain))
    }

    /// Minus known numbers.
    ///
    /// # Errors
    /// As for all.
    pub fn sub_plain(
        &self,
        plain: &PlainArray,
        keys: Option<&EvaluationKeys>,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        if let Some(value) = self.constant_everywhere(plain)? {
            return self.each(observer, |ciphertext| ciphertext.add_constant(-value));
        }
        self.with_plain(plain, Meet::Sum, keys, observer, |ciphertext, plain| ciphertext.sub_plain(plain))
    }

    /// Known numbers minus the array.
    ///
    /// # Errors
    /// As for all.
    pub fn rsub_plain(
        &self,
        plain: &PlainArray,
        keys: Option<&EvaluationKeys>,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        self.neg(observer)?.add_plain(plain, keys, observer)
    }

    /// Times known numbers. One level, but none for one integer up to 65,536.
    ///
    /// # Errors
    /// As for all.
    pub fn mul_plain(
        &self,
        plain: &PlainArray,
        keys: Option<&EvaluationKeys>,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        if let Some(factor) = plain.as_constant() {
            let shape = self.shape().broadcast(plain.shape())?;
            if let Some(view) = self.layout.view(&shape) {
                return self.relabelled(view).times_constant(factor, PRODUCT, observer);
            }
        }
        self.require_levels(1, PRODUCT)?;
        self.with_plain(plain, Meet::Product, keys, observer, |ciphertext, plain| {
            Ok(canonical(ciphertext.mul_plain_and_rescale(plain)?))
        })
    }

    /// The array stretched to a shape, by the rules of broadcasting.
    ///
    /// # Errors
    /// As for all.
    pub fn broadcast_to(
        &self,
        shape: &Shape,
        keys: Option<&EvaluationKeys>,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        self.stretched(shape, Meet::Sum, keys, observer)
    }

    /// The number, if it is one real number for every slot of the array.
    fn constant_everywhere(&self, plain: &PlainArray) -> Result<Option<f64>> {
        let alike = self.layout.is_full() && self.shape().broadcast(plain.shape())? == *self.shape();
        Ok(plain.as_constant().filter(|_| alike))
    }

    fn stretched(
        &self,
        shape: &Shape,
        how: Meet,
        keys: Option<&EvaluationKeys>,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        // Refuses what does not broadcast.
        self.shape().indices_in(shape)?;
        if self.shape() == shape {
            return Ok(self.clone());
        }
        let (fit, layout) = Meeting::stretch(&self.layout, shape, how)?;
        self.fitted(&fit, &layout, keys, observer)
    }

    fn together(
        &self,
        other: &Self,
        how: Meet,
        keys: Option<&EvaluationKeys>,
        observer: &mut dyn Observer,
    ) -> Result<Together> {
        self.check_alike(other)?;
        let plan = Meeting::new(&self.layout, &other.layout, how)?;
        let left = self.fitted(&plan.left, &plan.layout, keys, observer)?;
        let right = other.fitted(&plan.right, &plan.layout, keys, observer)?;
        let level = left.level().min(right.level());
        Ok(Together { left: left.at_level(level, observer)?, right: right.at_level(level, observer)? })
    }

    fn with_plain(
        &self,
        plain: &PlainArray,
        how: Meet,
        keys: Option<&EvaluationKeys>,
        observer: &mut dyn Observer,
        work: impl Fn(&Ciphertext, &Plaintext) -> Result<Ciphertext> + Sync,
    ) -> Result<Self> {
        let shape = self.shape().broadcast(plain.shape())?;
        let array = self.stretched(&shape, how, keys, observer)?;
        let plain = plain.broadcast_to(&shape)?;
        let slots = plain.slots(&array.layout);
        let pairs: Vec<_> = array.ciphertexts.iter().zip(&slots).collect();
        let level = array.level();
        let ciphertexts = try_map_in_steps(&pairs, 1, observer, |(ciphertext, slots)| {
            work(ciphertext, &encode(&array.context, slots, level, plain.bound())?)
        })?;
        Ok(Self { ciphertexts, complex: self.complex || plain.is_complex(), ..array.without_ciphertexts() })
    }
}

impl Together {
    fn combined(
        &self,
        observer: &mut dyn Observer,
        work: impl Fn(&Ciphertext, &Ciphertext) -> Result<Ciphertext> + Sync,
    ) -> Result<EncryptedArray> {
        let ciphertexts = self.left.pairwise(&self.right, observer, work)?;
        let complex = self.left.complex || self.right.complex;
        Ok(EncryptedArray { ciphertexts, complex, ..self.left.without_ciphertexts() })
    }
}
