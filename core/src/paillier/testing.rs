//! What the tests of this module share: two keys, made once.
use std::sync::OnceLock;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use super::{Ciphertext, EncryptionKey, Keypair, Params, ParamsSpec, Plaintext, PublicKey, SecretKey};

/// A generator that gives the same numbers in each run.
pub(super) fn rng(seed: u8) -> ChaCha20Rng {
    ChaCha20Rng::from_seed([seed; 32])
}

/// The smallest parameters.
pub(super) fn params() -> Params {
    Params::new(ParamsSpec { modulus_bits: 2048, ..ParamsSpec::default() }).unwrap()
}

/// The key of most tests.
pub(super) fn secret_key() -> &'static SecretKey {
    static KEY: OnceLock<Keypair> = OnceLock::new();
    KEY.get_or_init(|| Keypair::generate(params(), &mut rng(1)).unwrap()).secret_key()
}

/// The public half of [`secret_key`].
pub(super) fn public_key() -> &'static PublicKey {
    secret_key().public_key()
}

/// A key that has nothing to do with [`secret_key`].
pub(super) fn other_key() -> &'static SecretKey {
    static KEY: OnceLock<Keypair> = OnceLock::new();
    KEY.get_or_init(|| Keypair::generate(params(), &mut rng(2)).unwrap()).secret_key()
}

/// A number as a plaintext of [`public_key`].
pub(super) fn plain(value: i128) -> Plaintext {
    Plaintext::from_i128(value, public_key())
}

/// An encrypted number under [`public_key`].
pub(super) fn encrypted(value: i128) -> Ciphertext {
    public_key().encrypt(&plain(value), &mut rng(3)).unwrap()
}

/// The number in a ciphertext under [`public_key`].
pub(super) fn decrypted(ciphertext: &Ciphertext) -> i128 {
    secret_key().decrypt(ciphertext).unwrap().to_i128(public_key()).unwrap().into_option().unwrap()
}
