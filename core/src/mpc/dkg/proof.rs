//! Proof of possession: the party knows the logarithm of its constant term.
//!
//! C. Schnorr, J. Cryptology 4, 1991; the challenge binds set-up, party and term.
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::codec::{Reader, Writer};
use crate::error::Result;
use crate::field::Field;
use crate::group::{Point, Scalar};
use crate::party::PartyId;
use crate::transcript::{Digest, Transcript};

/// A proof that `term = x G` for an x that the party knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Possession {
    commitment: Point,
    response: Scalar,
}

impl Possession {
    pub(super) const LEN: usize = 64;

    pub(super) fn prove(setup: &Digest, party: PartyId, secret: &Scalar, rng: &mut impl CryptoRng) -> Self {
        let term = Point::mul_generator(secret);
        let nonce = Zeroizing::new(Scalar::random(rng));
        let commitment = Point::mul_generator(&nonce);
        let response = *nonce + challenge(setup, party, &term, &commitment) * *secret;
        Self { commitment, response }
    }

    /// Whether `response G = commitment + c term`.
    pub(super) fn holds(&self, setup: &Digest, party: PartyId, term: &Point) -> bool {
        let challenge = challenge(setup, party, term, &self.commitment);
        Point::mul_generator(&self.response) == self.commitment + *term * challenge
    }

    pub(super) fn write(&self, out: &mut Writer) {
        self.commitment.write(out);
        self.response.write(out);
    }

    pub(super) fn read(body: &mut Reader<'_>) -> Result<Self> {
        Ok(Self {
            commitment: Point::read(body, "possession: commitment")?,
            response: Scalar::read(body, "possession: response")?,
        })
    }
}

fn challenge(setup: &Digest, party: PartyId, term: &Point, commitment: &Point) -> Scalar {
    let mut transcript = Transcript::new("veilkit v1 dkg possession");
    transcript
        .append("setup", setup)
        .append_u64("party", party.get().into())
        .append("term", &term.to_bytes())
        .append("commitment", &commitment.to_bytes());
    Scalar::random(&mut transcript.rng())
}
