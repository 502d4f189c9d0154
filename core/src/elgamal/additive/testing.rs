//! What the tests of this module share: two keys, made once.
use std::sync::OnceLock;

use rand_chacha::ChaCha20Rng;

use super::{Keypair, Params, PublicKey, SecretKey};
use crate::transcript::Transcript;

/// A generator that gives the same numbers for the same name.
pub(super) fn rng(name: &str) -> ChaCha20Rng {
    Transcript::new("veilkit v1 test").append("elgamal", name.as_bytes()).rng()
}

/// The key of most tests.
pub(super) fn secret_key() -> &'static SecretKey {
    static KEY: OnceLock<Keypair> = OnceLock::new();
    KEY.get_or_init(|| Keypair::generate(Params::default(), &mut rng("key")).unwrap()).secret_key()
}

/// The public half of [`secret_key`].
pub(super) fn public_key() -> &'static PublicKey {
    secret_key().public_key()
}

/// A key that has nothing to do with [`secret_key`].
pub(super) fn other_key() -> &'static SecretKey {
    static KEY: OnceLock<Keypair> = OnceLock::new();
    KEY.get_or_init(|| Keypair::generate(Params::default(), &mut rng("other key")).unwrap()).secret_key()
}
