//! Every operation against arithmetic on the numbers themselves, with the bound that goes with the result.
use std::sync::OnceLock;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use super::*;

mod laws;

/// A context with its keys.
pub(super) struct Keys {
    pub(super) secret: SecretKey,
    pub(super) public: PublicKey,
}

/// A generator that always gives the same.
pub(super) fn rng(seed: u8) -> ChaCha20Rng {
    ChaCha20Rng::from_seed([seed; 32])
}

impl Keys {
    pub(super) fn new(params: &Params) -> Self {
        let context = Context::new(params).unwrap();
        let secret = SecretKey::generate(&context, &mut rng(1));
        let public = secret.public_key(&mut rng(2));
        Self { secret, public }
    }
}

/// Keys of the parameters of depth 2.
pub(super) fn keys() -> &'static Keys {
    static KEYS: OnceLock<Keys> = OnceLock::new();
    KEYS.get_or_init(|| Keys::new(&Params::depth_2()))
}
