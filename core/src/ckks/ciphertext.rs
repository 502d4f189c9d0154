//! Ciphertexts, and products that wait for relinearization.
use core::fmt;

use super::bounds::Bounds;
use super::context::Context;
use super::keys::KeyId;
use crate::error::{Error, ErrorKind, Result};
use crate::ring::{Poly, Values};

/// An encrypted vector of N/2 numbers: `c0 + c1 s = scale m + e` for the secret s, the message m and a small error e.
///
/// The level says how often it can be rescaled. The [bounds](Bounds) are public and hold for whatever was done to get it.
///
/// # Security
/// It hides the message (IND-CPA), not what was computed: that of others' secrets, and of models, is hidden only once a result is
/// [released](super::SecretKey).
#[derive(Clone, PartialEq)]
pub struct Ciphertext {
    pub(in crate::ckks) context: Context,
    pub(in crate::ckks) key: KeyId,
    pub(in crate::ckks) c0: Poly<Values>,
    pub(in crate::ckks) c1: Poly<Values>,
    pub(in crate::ckks) scale: f64,
    pub(in crate::ckks) bounds: Bounds,
    /// What c1 expands from, in a fresh ciphertext made with the secret key.
    pub(in crate::ckks) seed: Option<[u8; 32]>,
}

/// A product of two ciphertexts, which decrypts with 1, s and `s^2`: `c0 + c1 s + c2 s^2`.
///
/// It can be added to others of its kind; relinearization makes a [`Ciphertext`] of it.
#[derive(Clone, PartialEq)]
pub struct Product {
    pub(in crate::ckks) context: Context,
    pub(in crate::ckks) key: KeyId,
    pub(in crate::ckks) c0: Poly<Values>,
    pub(in crate::ckks) c1: Poly<Values>,
    pub(in crate::ckks) c2: Poly<Values>,
    pub(in crate::ckks) scale: f64,
    pub(in crate::ckks) bounds: Bounds,
}

/// What both have, and may be shown of them.
macro_rules! public_facts {
    ($type:ident) => {
        impl $type {
            /// The context that it belongs to.
            pub fn context(&self) -> &Context {
                &self.context
            }

            /// The secret key that decrypts it.
            pub fn key(&self) -> KeyId {
                self.key
            }

            /// How often it can be rescaled.
            pub fn level(&self) -> usize {
                self.c0.rows() - 1
            }

            /// The scale of the message; of a product, that of its factors multiplied.
            pub fn scale(&self) -> f64 {
                self.scale
            }

            /// The public bounds on message and noise.
            pub fn bounds(&self) -> &Bounds {
                &self.bounds
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($type))
                    .field("key", &self.key)
                    .field("level", &self.level())
                    .field("scale", &self.scale)
                    .field("bounds", &self.bounds)
                    .finish_non_exhaustive()
            }
        }
    };
}
public_facts!(Ciphertext);
public_facts!(Product);

impl Ciphertext {
    /// By how much a decrypted slot can differ from the message.
    pub fn error(&self) -> f64 {
        self.bounds.decoded_error(self.context.params().degree(), self.scale)
    }

    /// Whether it travels with a seed in place of its second half.
    pub fn is_seeded(&self) -> bool {
        self.seed.is_some()
    }

    /// The same, once it is certain that the message fits the modulus and that something is hidden.
    pub(in crate::ckks) fn checked(self) -> Result<Self> {
        check_fits(&self.context, self.level(), self.scale, &self.bounds)?;
        if is_zero(&self.c1) {
            return Err(transparent());
        }
        Ok(self)
    }
}

/// A ciphertext of which nothing depends on the key any more.
pub(in crate::ckks) fn transparent() -> Error {
    Error::new(
        ErrorKind::OutOfRange,
        "result: it would not depend on the key, so everybody could read it: do not multiply by zero, or subtract a ciphertext from itself",
    )
}

/// Refuses a message that the modulus of the level cannot hold.
pub(in crate::ckks) fn check_fits(
    context: &Context,
    level: usize,
    scale: f64,
    bounds: &Bounds,
) -> Result<()> {
    if bounds.fits(scale, context.log2_modulus(level)) {
        Ok(())
    } else {
        Err(Error::new(
            ErrorKind::HeadroomExhausted,
            "result: it could be too large for the modulus of this level: rescale before, declare smaller bounds, or choose parameters with more moduli",
        ))
    }
}

/// Whether nothing is left. Ciphertexts are public, so this stops at the first word that is not zero.
pub(in crate::ckks) fn is_zero(poly: &Poly<Values>) -> bool {
    poly.words().iter().all(|word| *word == 0)
}
