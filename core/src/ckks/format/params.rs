//! Parameters.
use super::invalid;
use crate::ckks::params::Params;
use crate::ckks::security::Security;
use crate::codec::{self, Decode, Encode, Kind, Reader, Writer};
use crate::error::{Error, ErrorKind, Result};

/// Bytes before the bits of the moduli.
const FIXED: usize = 6;

pub(super) fn body_len(params: &Params) -> usize {
    FIXED + params.moduli_bits().len() + params.special_bits().len()
}

pub(super) fn write(params: &Params, out: &mut Writer) {
    let byte =
        |value: u32| u8::try_from(value).expect("bits of primes, and degrees as powers of two, are small");
    // At most 72 moduli: 24 bits or more each, 1747 bits in all.
    let count = |value: usize| u8::try_from(value).expect("fewer than 256 moduli");
    out.u8(byte(params.degree().ilog2())).u8(byte(params.scale_bits())).u8(params.security().code());
    out.u8(count(params.digits()))
        .u8(count(params.moduli_bits().len()))
        .u8(count(params.special_bits().len()));
    for bits in params.moduli_bits().iter().chain(params.special_bits()) {
        out.u8(byte(*bits));
    }
}

fn read(body: &mut Reader<'_>) -> Result<Params> {
    let (log_degree, scale_bits) = (body.u8("params: degree")?, body.u8("params: scale")?);
    let (security, digits) = (body.u8("params: security")?, body.u8("params: digits")?);
    let [moduli, special] = body.array("params: moduli")?;
    let mut bits = |count: u8| -> Result<Vec<u32>> {
        Ok(body
            .bytes(count.into(), "params: bits of a modulus")?
            .iter()
            .map(|bits| u32::from(*bits))
            .collect())
    };
    let (moduli, special) = (bits(moduli)?, bits(special)?);
    let degree = 1_usize.checked_shl(log_degree.into()).ok_or(invalid("params: degree"))?;
    let known = Security::ALL.into_iter().find(|known| known.code() == security);
    let known = known.ok_or(invalid("params: security"))?;
    Params::new(degree, &moduli, &special, scale_bits.into())
        .and_then(|params| params.with_digits(digits.into()))
        .and_then(|params| params.with_security(known))
        .map_err(|error| invalid(error.what()))
}

impl Params {
    /// The parameters of an encoded object of this scheme, whichever it is: what a [`Context`](super::Context) must have to
    /// read it.
    ///
    /// # Errors
    /// `InvalidEncoding` or `UnsupportedVersion` for other bytes, `ParamsMismatch` when the header names other parameters. The rest of the
    /// object is not looked at.
    pub fn of_encoding(bytes: &[u8]) -> Result<Self> {
        let (kind, params_id, mut body) = codec::open(bytes)?;
        let kinds = [
            Kind::CkksParams,
            Kind::CkksPublicKey,
            Kind::CkksSecretKey,
            Kind::CkksCiphertext,
            Kind::CkksArray,
            Kind::CkksEvaluationKeys,
            Kind::CkksReleaseBudget,
        ];
        if !kinds.iter().any(|known| *known as u16 == kind) {
            return Err(invalid("header: no object of CKKS"));
        }
        let params = read(&mut body)?;
        if params.id() != params_id {
            return Err(Error::new(ErrorKind::ParamsMismatch, "header: params id"));
        }
        Ok(params)
    }
}

impl Encode for Params {
    const KIND: Kind = Kind::CkksParams;

    fn params_id(&self) -> u32 {
        self.id()
    }

    fn body_len(&self) -> usize {
        body_len(self)
    }

    fn write_body(&self, out: &mut Writer) {
        write(self, out);
    }
}

impl Decode for Params {
    fn read_body(body: &mut Reader<'_>, _params_id: u32, (): ()) -> Result<Self> {
        read(body)
    }
}
