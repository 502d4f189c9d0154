//! Operations on whole vectors of field elements.
use super::Field;
use crate::{
    error::{Error, ErrorKind, Result},
    secret::declassify,
};

/// Adds `right` to `left`, element by element.
///
/// # Errors
/// `ShapeMismatch` when the lengths differ.
pub fn add_assign<F: Field>(left: &mut [F], right: &[F]) -> Result<()> {
    zip(left, right, |a, b| a + b)
}

/// Subtracts `right` from `left`, element by element.
///
/// # Errors
/// `ShapeMismatch` when the lengths differ.
pub fn sub_assign<F: Field>(left: &mut [F], right: &[F]) -> Result<()> {
    zip(left, right, |a, b| a - b)
}

/// Multiplies `left` by `right`, element by element.
///
/// # Errors
/// `ShapeMismatch` when the lengths differ.
pub fn mul_assign<F: Field>(left: &mut [F], right: &[F]) -> Result<()> {
    zip(left, right, |a, b| a * b)
}

/// Multiplies every element by `factor`.
pub fn scale<F: Field>(values: &mut [F], factor: F) {
    for value in values {
        *value = *value * factor;
    }
}

/// Replaces every element by its inverse, with a single inversion.
///
/// # Errors
/// `OutOfRange` when an element is zero; then nothing has changed.
/// # Timing
/// Constant in the values, save for whether one of them is zero.
/// # Source
/// P. Montgomery, "Speeding the Pollard and elliptic curve methods of factorization", 1987, section 10.3.1.
pub fn invert<F: Field>(values: &mut [F]) -> Result<()> {
    let mut product = F::ONE;
    let mut before = Vec::with_capacity(values.len());
    for value in values.iter() {
        before.push(product);
        product = product * *value;
    }
    let inverse = product.invert();
    if !declassify(inverse.is_some()) {
        return Err(Error::new(ErrorKind::OutOfRange, "inverse of zero"));
    }
    let mut inverse = inverse.unwrap_or(F::ZERO);
    for (value, before) in values.iter_mut().zip(&mut before).rev() {
        let next = inverse * *value;
        *value = inverse * *before;
        inverse = next;
        before.zeroize();
    }
    Ok(())
}

fn zip<F: Field>(left: &mut [F], right: &[F], op: impl Fn(F, F) -> F) -> Result<()> {
    if left.len() != right.len() {
        return Err(Error::new(ErrorKind::ShapeMismatch, "vectors of different lengths"));
    }
    for (a, b) in left.iter_mut().zip(right) {
        *a = op(*a, *b);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::Fp61;

    fn elements(values: &[u64]) -> Vec<Fp61> {
        values.iter().map(|v| Fp61::from_u64(*v)).collect()
    }

    #[test]
    fn operations_go_element_by_element() {
        let mut values = elements(&[1, 2, 3]);
        add_assign(&mut values, &elements(&[10, 20, 30])).unwrap();
        assert_eq!(values, elements(&[11, 22, 33]));
        mul_assign(&mut values, &elements(&[2, 3, 4])).unwrap();
        sub_assign(&mut values, &elements(&[1, 1, 1])).unwrap();
        scale(&mut values, Fp61::from_u64(10));
        assert_eq!(values, elements(&[210, 650, 1310]));
    }

    #[test]
    fn lengths_must_agree() {
        let error = add_assign(&mut elements(&[1]), &elements(&[1, 2])).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ShapeMismatch);
    }

    #[test]
    fn inversion_of_many_is_inversion_of_each() {
        let mut values = elements(&[1, 2, 3, u64::MAX, 1 << 60]);
        let expected: Vec<Fp61> = values.iter().map(|v| v.invert().unwrap()).collect();
        invert(&mut values).unwrap();
        assert_eq!(values, expected);
        invert::<Fp61>(&mut []).unwrap();
    }

    #[test]
    fn zero_has_no_inverse() {
        let mut values = elements(&[5, 0, 7]);
        assert_eq!(invert(&mut values).unwrap_err().kind(), ErrorKind::OutOfRange);
        assert_eq!(values, elements(&[5, 0, 7]));
    }
}
