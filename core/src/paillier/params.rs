//! Parameters: the size of the modulus, and the one public scale of a key.
use crate::error::{Error, ErrorKind, Result};
use crate::transcript::Transcript;

/// What a person writes down; [`Params::new`] checks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParamsSpec {
    /// Bits of the modulus n: 2048, 3072 or 4096.
    pub modulus_bits: u32,
    /// Bits after the binary point of every fixed-point number under this key, at most 120.
    pub fraction_bits: u32,
    /// Bits of one encoded number with its sign, above `fraction_bits` and at most 127.
    pub value_bits: u32,
}

impl Default for ParamsSpec {
    /// 3072-bit modulus, 40 bits after the point, numbers below 2^47.
    fn default() -> Self {
        Self { modulus_bits: 3072, fraction_bits: 40, value_bits: 88 }
    }
}

/// Checked parameters.
///
/// The scale belongs to the key, never to a value: a scale chosen per value tells how large the value is.
///
/// | modulus | security against factoring (NIST SP 800-57 Part 1) | bytes of a ciphertext |
/// |---|---|---|
/// | 2048 bits | 112 bits, not for data that must stay secret beyond 2030 | 512 |
/// | 3072 bits | 128 bits, the default | 768 |
/// | 4096 bits | more than 128 bits | 1024 |
///
/// # Security
/// None of these withstands a quantum computer, so ciphertexts stored today may be read one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Params {
    modulus_bits: u32,
    fraction_bits: u32,
    value_bits: u32,
}

/// The widest encoded number.
const MAX_VALUE_BITS: u32 = 127;
/// The longest fraction.
const MAX_FRACTION_BITS: u32 = 120;
/// The allowed sizes of the modulus.
const MODULUS_BITS: [u32; 3] = [2048, 3072, 4096];

// The product of two of the widest numbers, summed over every element that an array can have, fits the smallest
// modulus many times over.
const _: () = assert!(2 * MAX_VALUE_BITS + u32::BITS < MODULUS_BITS[0] / 4);

impl Params {
    /// Checks `spec`.
    ///
    /// # Errors
    /// `InvalidParams`, naming the field.
    pub fn new(spec: ParamsSpec) -> Result<Self> {
        let ParamsSpec { modulus_bits, fraction_bits, value_bits } = spec;
        if !MODULUS_BITS.contains(&modulus_bits) {
            return Err(Error::new(ErrorKind::InvalidParams, "modulus_bits: must be 2048, 3072 or 4096"));
        }
        if fraction_bits > MAX_FRACTION_BITS {
            return Err(Error::new(ErrorKind::InvalidParams, "fraction_bits: at most 120"));
        }
        if value_bits > MAX_VALUE_BITS || value_bits <= fraction_bits {
            return Err(Error::new(
                ErrorKind::InvalidParams,
                "value_bits: must be above fraction_bits and at most 127",
            ));
        }
        Ok(Self { modulus_bits, fraction_bits, value_bits })
    }

    /// Bits of the modulus n.
    pub fn modulus_bits(&self) -> u32 {
        self.modulus_bits
    }

    /// Bits after the binary point.
    pub fn fraction_bits(&self) -> u32 {
        self.fraction_bits
    }

    /// Bits of one encoded number with its sign: its absolute value is below `2^(value_bits - 1)`.
    pub fn value_bits(&self) -> u32 {
        self.value_bits
    }

    /// Bits of the secret exponent of a randomizer, half of the modulus (DJN10 §4.2).
    pub fn exponent_bits(&self) -> u32 {
        self.modulus_bits / 2
    }

    /// Bytes of n, of a plaintext and, twice, of a ciphertext.
    pub fn modulus_bytes(&self) -> usize {
        self.modulus_limbs() * 8
    }

    /// Bytes of one encoded ciphertext.
    pub fn ciphertext_bytes(&self) -> usize {
        2 * self.modulus_bytes()
    }

    /// 64-bit limbs of n; the sizes are multiples of 128 bits, so the primes fill whole limbs too.
    pub(crate) fn modulus_limbs(&self) -> usize {
        match self.modulus_bits {
            2048 => 32,
            3072 => 48,
            _ => 64,
        }
    }

    /// The first four bytes of the hash of the parameters.
    pub fn params_id(&self) -> u32 {
        let mut transcript = Transcript::new("veilkit v1 paillier params");
        transcript
            .append_u64("modulus bits", self.modulus_bits.into())
            .append_u64("fraction bits", self.fraction_bits.into())
            .append_u64("value bits", self.value_bits.into());
        let mut id = [0; 4];
        transcript.fill(&mut id);
        u32::from_le_bytes(id)
    }
}

impl Default for Params {
    fn default() -> Self {
        let ParamsSpec { modulus_bits, fraction_bits, value_bits } = ParamsSpec::default();
        Self { modulus_bits, fraction_bits, value_bits }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_spec_is_valid() {
        assert_eq!(Params::new(ParamsSpec::default()), Ok(Params::default()));
        assert_eq!(Params::default().modulus_bits(), 3072);
    }

    #[test]
    fn limbs_fit_the_bits() {
        for bits in MODULUS_BITS {
            let params = Params::new(ParamsSpec { modulus_bits: bits, ..ParamsSpec::default() }).unwrap();
            assert_eq!(params.modulus_limbs() * 64, bits as usize);
            assert_eq!(params.modulus_limbs() % 2, 0);
        }
    }

    #[test]
    fn bad_specs_name_the_field() {
        let refused = |modulus_bits, fraction_bits, value_bits, field: &str| {
            let error = Params::new(ParamsSpec { modulus_bits, fraction_bits, value_bits }).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidParams);
            assert!(error.what().starts_with(field), "{error}");
        };
        for bits in [0, 1, 15, 1024, 2047, 2049, 8192, u32::MAX] {
            refused(bits, 40, 88, "modulus_bits");
        }
        refused(2048, 121, 127, "fraction_bits");
        refused(2048, u32::MAX, 88, "fraction_bits");
        refused(2048, 40, 40, "value_bits");
        refused(2048, 40, 128, "value_bits");
        refused(2048, 0, 0, "value_bits");
    }

    #[test]
    fn every_field_reaches_the_id() {
        let id = |modulus_bits, fraction_bits, value_bits| {
            Params::new(ParamsSpec { modulus_bits, fraction_bits, value_bits }).unwrap().params_id()
        };
        let ids = [id(2048, 40, 88), id(3072, 40, 88), id(2048, 41, 88), id(2048, 40, 89)];
        for (i, a) in ids.iter().enumerate() {
            assert!(ids[..i].iter().all(|b| a != b));
        }
    }
}
