//! What fits the plaintext space of a key.
use super::params::Params;
use crate::error::{Error, ErrorKind, Result};
pub(super) use crate::magnitude::Format;

impl Format {
    /// Refuses what could wrap around: the bound must be below `2^(modulus_bits - 2)`, which is at most
    /// (n - 1) / 2, and the scale within the bits of the modulus.
    ///
    /// # Errors
    /// `HeadroomExhausted`.
    pub(super) fn within(self, params: &Params) -> Result<Self> {
        if self.bound.is_below_pow2(params.modulus_bits() - 2) && self.scale <= params.modulus_bits() {
            Ok(self)
        } else {
            Err(Error::new(ErrorKind::HeadroomExhausted, "result: could exceed the plaintext space"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::magnitude::Magnitude;
    use super::*;

    fn format(scale: u32, bound: u128) -> Format {
        Format { scale, bound: Magnitude::new(bound) }
    }

    #[test]
    fn the_last_bit_counts() {
        let params = Params::default();
        let below = Format { scale: 0, bound: Magnitude::pow2(3069).unwrap() };
        assert!(below.within(&params).is_ok());
        assert_eq!(below.times(2).unwrap().within(&params).unwrap_err().kind(), ErrorKind::HeadroomExhausted);
        assert!(format(3072, 0).within(&params).is_ok() && format(3073, 0).within(&params).is_err());
    }
}
