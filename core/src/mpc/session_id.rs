//! The number of one run of a protocol.
use rand_core::CryptoRng;

/// The number of one run of a protocol. Nobody may use one twice, so it is drawn at random.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SessionId(pub [u8; 32]);

impl SessionId {
    /// Draws a number that nobody drew before.
    pub fn random(rng: &mut impl CryptoRng) -> Self {
        let mut id = [0; 32];
        rng.fill_bytes(&mut id);
        Self(id)
    }
}
