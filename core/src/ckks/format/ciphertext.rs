//! Ciphertexts.
use super::packing::{poly_len, read_poly, write_poly};
use super::{
    KEY_ID_LEN, SEED_LEN, UNIFORM_STREAM, facts_len, invalid, params, read_facts, read_flag, read_key_id,
    read_size,
};
use crate::ckks::bounds::{Bounds, Noise};
use crate::ckks::ciphertext::{Ciphertext, is_zero};
use crate::ckks::context::Context;
use crate::codec::{Decode, Encode, Kind, Reader, Writer};
use crate::error::Result;
use crate::ring::sample::expand_uniform;

/// Bytes of level, flag, scale and bounds.
const NUMBERS_LEN: usize = 1 + 1 + 4 * 8;

impl Encode for Ciphertext {
    const KIND: Kind = Kind::CkksCiphertext;

    fn params_id(&self) -> u32 {
        self.context().params().id()
    }

    fn body_len(&self) -> usize {
        let poly = poly_len(self.context().q(), self.c0.rows());
        let second = if self.is_seeded() { SEED_LEN } else { poly };
        facts_len(self.context()) + KEY_ID_LEN + NUMBERS_LEN + poly + second
    }

    fn write_body(&self, out: &mut Writer) {
        params::write(self.context().params(), out);
        out.bytes(self.key().as_bytes());
        out.u8(u8::try_from(self.level()).expect("fewer than 256 moduli")).u8(u8::from(self.is_seeded()));
        let (bounds, noise) = (self.bounds(), self.bounds().noise());
        for number in [self.scale(), bounds.message(), noise.slots, noise.coefficients] {
            out.u64(number.to_bits());
        }
        write_poly(self.context().q(), &self.c0, out);
        match &self.seed {
            Some(seed) => _ = out.bytes(seed),
            None => write_poly(self.context().q(), &self.c1, out),
        }
    }
}

impl Decode<&Context> for Ciphertext {
    fn read_body(body: &mut Reader<'_>, params_id: u32, context: &Context) -> Result<Self> {
        read_facts(body, params_id, context)?;
        let (key, level) = (read_key_id(body)?, usize::from(body.u8("ciphertext: level")?));
        if level > context.params().depth() {
            return Err(invalid("ciphertext: level"));
        }
        let seeded = read_flag(body, "ciphertext: seeded")?;
        let scale = read_size(body, "ciphertext: scale")?;
        let message = read_size(body, "ciphertext: bound of the message")?;
        let slots = read_size(body, "ciphertext: bound of the noise")?;
        let noise = Noise { slots, coefficients: read_size(body, "ciphertext: bound of the noise")? };
        // Honest operations give no less noise than one error, and no coefficients longer than the largest slot.
        let least = Noise::least(context.params().degree());
        let enough = noise.slots >= least.slots && noise.coefficients >= least.coefficients;
        let honest = scale >= 1.0 && enough && noise.coefficients <= noise.slots;
        let bounds = Bounds::new(message, noise)
            .filter(|bounds| honest && bounds.fits(scale, context.log2_modulus(level)));
        let bounds = bounds.ok_or(invalid("ciphertext: scale or bounds that cannot be"))?;
        let (q, rows) = (context.q(), level + 1);
        let c0 = read_poly(q, rows, body, "ciphertext: a residue")?;
        let (c1, seed) = if seeded {
            let seed = body.array::<SEED_LEN>("ciphertext: seed")?;
            (expand_uniform(&seed, UNIFORM_STREAM, q, rows), Some(seed))
        } else {
            (read_poly(q, rows, body, "ciphertext: a residue")?, None)
        };
        if is_zero(&c1) {
            return Err(invalid("ciphertext: it hides nothing"));
        }
        Ok(Self { context: context.clone(), key, c0, c1, scale, bounds, seed })
    }
}
