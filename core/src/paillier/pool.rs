//! Randomizers made ahead of time, when nobody waits.
use rand_core::CryptoRng;

use super::encrypt::EncryptionKey;
use super::keys::{KeyId, PublicKey};
use super::randomizer::Randomizer;
use crate::error::{Error, ErrorKind, Result};
use crate::progress::Observer;

/// A store of ready randomizers for one key. Each is handed out once; what is left is wiped.
///
/// # Security
/// A copy of the process's memory, such as after `fork`, holds the same randomizers: fill after forking.
#[derive(Debug)]
pub struct RandomizerPool {
    key: KeyId,
    ready: Vec<Randomizer>,
}

impl RandomizerPool {
    /// An empty pool for `key`.
    pub fn new(key: &PublicKey) -> Self {
        Self { key: key.id(), ready: Vec::new() }
    }

    /// Adds `count` randomizers, made with the public or the secret key.
    ///
    /// # Errors
    /// `ParamsMismatch` for another key; `Cancelled` when the observer stops the work, and the pool is as before.
    pub fn fill(
        &mut self,
        key: &impl EncryptionKey,
        count: usize,
        rng: &mut impl CryptoRng,
        observer: &mut dyn Observer,
    ) -> Result<()> {
        if key.public_key().id() != self.key {
            return Err(Error::new(ErrorKind::ParamsMismatch, "pool: made for another key"));
        }
        self.ready.append(&mut key.randomizers(count, rng, observer)?);
        Ok(())
    }

    /// Takes one randomizer out; none when the pool is empty.
    pub fn take(&mut self) -> Option<Randomizer> {
        self.ready.pop()
    }

    /// The number of randomizers left.
    pub fn len(&self) -> usize {
        self.ready.len()
    }

    /// Whether none is left.
    pub fn is_empty(&self) -> bool {
        self.ready.is_empty()
    }
}
