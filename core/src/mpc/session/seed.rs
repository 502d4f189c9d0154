//! Where all of a party's randomness in a session comes from.
use core::fmt;

use rand_chacha::ChaCha20Rng;
use rand_core::CryptoRng;
use subtle::{Choice, ConstantTimeEq};
use zeroize::{ZeroizeOnDrop, Zeroizing};

use super::setup::Setup;
use crate::{
    codec::{Decode, Encode, Kind, Reader, Writer},
    error::Result,
    party::PartyId,
    transcript::Transcript,
};

/// The bytes of a seed.
pub(super) const SEED_LEN: usize = 32;

/// 256 bits from which a party draws everything in one session, so that the session can be run through again.
///
/// # Security
/// One seed is for one session. Whoever starts a session twice with one seed and other inputs, or other messages of the
/// peers, gives two messages under one key: a session that was begun is taken up by its journal only.
pub struct Seed(Zeroizing<[u8; SEED_LEN]>);

impl Seed {
    /// Draws a seed.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut seed = Zeroizing::new([0; SEED_LEN]);
        rng.fill_bytes(&mut *seed);
        Self(seed)
    }

    fn start(&self, setup: &Setup, me: PartyId, purpose: &'static str) -> Transcript {
        let mut transcript = Transcript::new("veilkit v1 mpc seed");
        transcript
            .append("setup", setup.hash())
            .append("party", &me.get().to_le_bytes())
            .append("purpose", purpose.as_bytes())
            .append("seed", &*self.0);
        transcript
    }

    /// A generator for one purpose of a party in a session.
    pub(super) fn rng(&self, setup: &Setup, me: PartyId, purpose: &'static str) -> ChaCha20Rng {
        self.start(setup, me, purpose).rng()
    }

    /// A key for one purpose of a party in a session.
    pub(super) fn key(&self, setup: &Setup, me: PartyId, purpose: &'static str) -> Zeroizing<[u8; 32]> {
        self.start(setup, me, purpose).key()
    }

    /// The seed in a journal.
    pub(super) fn read(body: &mut Reader<'_>) -> Result<Self> {
        body.array("seed").map(|seed| Self(Zeroizing::new(seed)))
    }

    /// Writes [`SEED_LEN`] bytes.
    pub(super) fn write(&self, out: &mut Writer) {
        out.bytes(&*self.0);
    }
}

impl Clone for Seed {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl ZeroizeOnDrop for Seed {}

impl ConstantTimeEq for Seed {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.0.as_slice().ct_eq(other.0.as_slice())
    }
}

impl PartialEq for Seed {
    fn eq(&self, other: &Self) -> bool {
        self.ct_eq(other).into()
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(..)")
    }
}

/// `seed [32]`
impl Encode for Seed {
    const KIND: Kind = Kind::MpcSeed;

    fn params_id(&self) -> u32 {
        0
    }

    fn body_len(&self) -> usize {
        SEED_LEN
    }

    fn write_body(&self, out: &mut Writer) {
        self.write(out);
    }
}

impl Decode for Seed {
    fn read_body(body: &mut Reader<'_>, _params_id: u32, (): ()) -> Result<Self> {
        Self::read(body)
    }
}
