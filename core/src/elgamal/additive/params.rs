//! Parameters: the one public scale of a key, and how large a result may become.
use super::discrete_log::DiscreteLog;
use crate::error::{Error, ErrorKind, Result};
use crate::transcript::Transcript;

/// What a person writes down; [`Params::new`] checks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParamsSpec {
    /// Bits after the binary point of every fixed-point number under this key, below `decode_bits`.
    pub fraction_bits: u32,
    /// A number for which no bound is declared is at most `2^value_bits` once encoded; at most `decode_bits`.
    pub value_bits: u32,
    /// The largest integer that decryption ever has to find is `2^decode_bits`, negative ones too; from 8 to 40.
    pub decode_bits: u32,
}

impl Default for ParamsSpec {
    /// 8 bits after the point; integers up to 2^20, fixed-point numbers up to 4096; results up to 2^32.
    fn default() -> Self {
        Self { fraction_bits: 8, value_bits: 20, decode_bits: 32 }
    }
}

/// Checked parameters.
///
/// | `decode_bits` | decryption of the largest result | sums of fixed-point numbers at 8 fraction bits, up to |
/// |---|---|---|
/// | 32, the default | about a millisecond | 16 million |
/// | 36 | about 20 milliseconds | 268 million |
/// | 40 | less than half a second | 4 thousand million |
///
/// # Security
/// The group is ristretto255, 126 bits against the best known attack on discrete logarithms. It does not withstand a quantum
/// computer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Params {
    fraction_bits: u32,
    value_bits: u32,
    decode_bits: u32,
}

const MIN_DECODE_BITS: u32 = 8;

impl Params {
    /// Checks `spec`.
    ///
    /// # Errors
    /// `InvalidParams`, naming the field.
    pub fn new(spec: ParamsSpec) -> Result<Self> {
        let ParamsSpec { fraction_bits, value_bits, decode_bits } = spec;
        if !(MIN_DECODE_BITS..=DiscreteLog::MAX_BOUND.ilog2()).contains(&decode_bits) {
            return Err(Error::new(ErrorKind::InvalidParams, "decode_bits: must be from 8 to 40"));
        }
        if value_bits > decode_bits {
            return Err(Error::new(ErrorKind::InvalidParams, "value_bits: at most decode_bits"));
        }
        if fraction_bits > value_bits {
            return Err(Error::new(ErrorKind::InvalidParams, "fraction_bits: at most value_bits"));
        }
        Ok(Self { fraction_bits, value_bits, decode_bits })
    }

    /// Bits after the binary point.
    pub fn fraction_bits(&self) -> u32 {
        self.fraction_bits
    }

    /// The base-2 logarithm of the largest encoded number without a declared bound.
    pub fn value_bits(&self) -> u32 {
        self.value_bits
    }

    /// The base-2 logarithm of the largest result.
    pub fn decode_bits(&self) -> u32 {
        self.decode_bits
    }

    /// The largest absolute value of a result.
    pub fn decode_bound(&self) -> u64 {
        1 << self.decode_bits
    }

    /// The first four bytes of the hash of the parameters.
    pub fn params_id(&self) -> u32 {
        let mut transcript = Transcript::new("veilkit v1 elgamal additive params");
        transcript
            .append("group", b"ristretto255")
            .append_u64("fraction bits", self.fraction_bits.into())
            .append_u64("value bits", self.value_bits.into())
            .append_u64("decode bits", self.decode_bits.into());
        let mut id = [0; 4];
        transcript.fill(&mut id);
        u32::from_le_bytes(id)
    }
}

impl Default for Params {
    fn default() -> Self {
        let ParamsSpec { fraction_bits, value_bits, decode_bits } = ParamsSpec::default();
        Self { fraction_bits, value_bits, decode_bits }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_specs_name_the_field() {
        assert_eq!(Params::new(ParamsSpec::default()), Ok(Params::default()));
        let refused = |fraction_bits, value_bits, decode_bits, field: &str| {
            let error = Params::new(ParamsSpec { fraction_bits, value_bits, decode_bits }).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidParams);
            assert!(error.what().starts_with(field), "{error}");
        };
        for bits in [0, 7, 41, u32::MAX] {
            refused(0, 0, bits, "decode_bits");
        }
        refused(0, 33, 32, "value_bits");
        refused(0, u32::MAX, 40, "value_bits");
        refused(21, 20, 32, "fraction_bits");
        refused(u32::MAX, 40, 40, "fraction_bits");
    }

    #[test]
    fn every_field_reaches_the_id() {
        let id = |fraction_bits, value_bits, decode_bits| {
            Params::new(ParamsSpec { fraction_bits, value_bits, decode_bits }).unwrap().params_id()
        };
        let ids = [id(8, 20, 32), id(9, 20, 32), id(8, 21, 32), id(8, 20, 33)];
        for (i, a) in ids.iter().enumerate() {
            assert!(ids[..i].iter().all(|b| a != b));
        }
    }
}
