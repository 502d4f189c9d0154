//! The secret key, the public key, and the release budget.
use super::packing::{poly_len, read_poly, write_poly};
use super::{KEY_ID_LEN, SEED_LEN, UNIFORM_STREAM, facts_len, invalid, params, read_facts, read_key_id};
use crate::ckks::context::Context;
use crate::ckks::keys::{KeyHalf, PublicKey, SecretKey};
use crate::ckks::release::{ReleaseBudget, ReleasePolicy};
use crate::codec::{Decode, Encode, Kind, Reader, Writer};
use crate::error::Result;
use crate::ring::sample::expand_uniform;
use crate::secret::Secret;

impl Encode for SecretKey {
    const KIND: Kind = Kind::CkksSecretKey;

    fn params_id(&self) -> u32 {
        self.context().params().id()
    }

    fn body_len(&self) -> usize {
        facts_len(self.context()) + SEED_LEN
    }

    fn write_body(&self, out: &mut Writer) {
        params::write(self.context().params(), out);
        // EXPOSE: this is what the encoding of a secret key is.
        out.bytes(self.seed.expose_secret());
    }
}

impl Decode<&Context> for SecretKey {
    fn read_body(body: &mut Reader<'_>, params_id: u32, context: &Context) -> Result<Self> {
        read_facts(body, params_id, context)?;
        let seed = Secret::try_init_with(|| body.array::<SEED_LEN>("secret key: seed"))?;
        Ok(Self::from_seed(context, seed))
    }
}

impl Encode for PublicKey {
    const KIND: Kind = Kind::CkksPublicKey;

    fn params_id(&self) -> u32 {
        self.context().params().id()
    }

    fn body_len(&self) -> usize {
        let qp = self.context().qp();
        facts_len(self.context()) + KEY_ID_LEN + SEED_LEN + poly_len(qp, self.context().q().len() + 1)
    }

    fn write_body(&self, out: &mut Writer) {
        params::write(self.context().params(), out);
        out.bytes(self.id().as_bytes()).bytes(&self.seed);
        write_poly(self.context().q(), &self.b.q, out);
        write_poly(self.context().p(), &self.b.p, out);
    }
}

impl Decode<&Context> for PublicKey {
    fn read_body(body: &mut Reader<'_>, params_id: u32, context: &Context) -> Result<Self> {
        read_facts(body, params_id, context)?;
        let (id, seed) = (read_key_id(body)?, body.array::<SEED_LEN>("public key: seed")?);
        let (qp, rows) = (context.qp(), context.q().len() + 1);
        let b = KeyHalf::split(read_poly(qp, rows, body, "public key: a residue")?);
        let a = KeyHalf::split(expand_uniform(&seed, UNIFORM_STREAM, qp, rows));
        Ok(Self { context: context.clone(), id, seed, b, a })
    }
}

impl Encode for ReleaseBudget {
    const KIND: Kind = Kind::CkksReleaseBudget;

    fn params_id(&self) -> u32 {
        self.context().params().id()
    }

    fn body_len(&self) -> usize {
        facts_len(self.context()) + KEY_ID_LEN + 1 + 4 + 4
    }

    fn write_body(&self, out: &mut Writer) {
        params::write(self.context().params(), out);
        let bits = u8::try_from(self.policy().statistical_bits()).expect("at most 60 bits");
        out.bytes(self.key().as_bytes()).u8(bits).u32(self.policy().releases()).u32(self.left());
    }
}

impl Decode<&Context> for ReleaseBudget {
    fn read_body(body: &mut Reader<'_>, params_id: u32, context: &Context) -> Result<Self> {
        read_facts(body, params_id, context)?;
        let (key, bits) = (read_key_id(body)?, body.u8("release budget: statistical bits")?);
        let (releases, left) = (body.u32("release budget: releases")?, body.u32("release budget: left")?);
        let policy = ReleasePolicy::new(bits.into(), releases);
        let policy = policy.map_err(|_| invalid("release budget: bits or releases"))?;
        Self::from_parts(context, key, policy, left)
            .ok_or(invalid("release budget: more left than there were"))
    }
}
