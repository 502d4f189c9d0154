//! Threshold decryption of Paillier with the system's randomness: dealing, shares, decryption.
pub use veilkit::paillier::threshold::{DecryptionShare, KeyShare, Setup, SetupSpec};
use veilkit::{
    Result,
    codec::{Decode, Encode},
    paillier::threshold::{Dealer, Encrypted, combine, combine_integers},
    progress::Observer,
};

use crate::{
    paillier::{EncryptedArray, Numbers, PackedArray, Params, ParamsSpec, ProvenPublicKey, SecretKey},
    random::OsRandom,
};

/// What a dealer gives out.
pub struct Dealt {
    /// The public key, with its proof.
    pub public_key: ProvenPublicKey,
    /// For everybody.
    pub setup: Setup,
    /// One for each party.
    pub key_shares: Vec<KeyShare>,
}

/// The key that is dealt.
pub enum Source<'a> {
    /// A new one.
    Fresh(ParamsSpec),
    /// One of safe primes that exists already, and goes on to exist.
    Existing(&'a SecretKey),
}

/// Deals a key.
///
/// # Errors
/// `InvalidParams`; `Cancelled`.
pub fn deal(
    source: Source<'_>,
    spec: &SetupSpec,
    rng: &mut OsRandom,
    observer: &mut dyn Observer,
) -> Result<Dealt> {
    spec.check()?; // before the long search for primes
    let dealer = match source {
        Source::Fresh(params) => Dealer::generate(Params::new(params)?, rng, observer)?,
        Source::Existing(key) => Dealer::from_secret_key(SecretKey::from_bytes(&key.to_bytes(), ())?)?,
    };
    let public_key = dealer.secret_key().prove_public_key()?;
    let (setup, key_shares) = dealer.deal(spec, rng, observer)?;
    Ok(Dealt { public_key, setup, key_shares })
}

/// What can be decrypted.
#[derive(Clone, Copy)]
pub enum Target<'a> {
    /// One number for each ciphertext.
    Array(&'a EncryptedArray),
    /// Many.
    Packed(&'a PackedArray),
}

impl Target<'_> {
    /// As [`DecryptionShare::create`].
    ///
    /// # Errors
    /// As there.
    pub fn share(
        self,
        share: &KeyShare,
        session: &[u8],
        rng: &mut OsRandom,
        observer: &mut dyn Observer,
    ) -> Result<DecryptionShare> {
        match self {
            Self::Array(array) => DecryptionShare::create(share, array, session, rng, observer),
            Self::Packed(array) => DecryptionShare::create(share, array, session, rng, observer),
        }
    }

    /// As [`DecryptionShare::verify`].
    ///
    /// # Errors
    /// As there.
    pub fn verify(self, share: &DecryptionShare, setup: &Setup, session: &[u8]) -> Result<()> {
        match self {
            Self::Array(array) => share.verify(setup, array, session),
            Self::Packed(array) => share.verify(setup, array, session),
        }
    }

    /// Floats for fixed point, integers at scale 0.
    ///
    /// # Errors
    /// As [`combine`].
    pub fn combine(
        self,
        setup: &Setup,
        shares: &[DecryptionShare],
        session: &[u8],
        observer: &mut dyn Observer,
    ) -> Result<Numbers> {
        match self {
            Self::Array(array) => numbers(array, array.scale(), setup, shares, session, observer),
            Self::Packed(array) => numbers(array, array.scale(), setup, shares, session, observer),
        }
    }
}

fn numbers(
    array: &impl Encrypted,
    scale: u32,
    setup: &Setup,
    shares: &[DecryptionShare],
    session: &[u8],
    observer: &mut dyn Observer,
) -> Result<Numbers> {
    match scale {
        0 => combine_integers(setup, array, shares, session, observer).map(Numbers::Integers),
        _ => combine(setup, array, shares, session, observer).map(Numbers::Floats),
    }
}
