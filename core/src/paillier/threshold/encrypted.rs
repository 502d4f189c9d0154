//! What can be decrypted together: encrypted arrays, packed or not.
use zeroize::Zeroizing;

use crate::codec::Encode;
use crate::error::Result;
use crate::paillier::array::EncryptedArray;
use crate::paillier::ciphertext::Ciphertext;
use crate::paillier::keys::PublicKey;
use crate::paillier::packed::PackedArray;
use crate::paillier::plaintext::Plaintext;
use crate::paillier::unlinked::Unlinked;
use crate::transcript::{Digest, Transcript};

/// An [`EncryptedArray`] or a [`PackedArray`]; closed to other crates.
pub trait Encrypted: Sealed {}

/// What [`combine`](super::combine()) needs of them.
pub trait Sealed: Sync {
    /// The key that it is encrypted under.
    fn owner(&self) -> &PublicKey;

    /// The ciphertexts.
    fn list(&self) -> &[Ciphertext];

    /// The hash of the array and all public facts about it.
    fn digest(&self) -> Digest;

    /// Refuses fixed-point numbers.
    fn require_integers(&self) -> Result<()>;

    /// The numbers in the plaintexts of all ciphertexts.
    fn numbers(&self, plaintexts: &[Plaintext]) -> Result<Zeroizing<Vec<f64>>>;

    /// The integers in the plaintexts of all ciphertexts.
    fn integers(&self, plaintexts: &[Plaintext]) -> Result<Zeroizing<Vec<i128>>>;
}

macro_rules! encrypted {
    ($array:ty) => {
        impl Encrypted for $array {}

        impl Sealed for $array {
            fn owner(&self) -> &PublicKey {
                self.public_key()
            }

            fn list(&self) -> &[Ciphertext] {
                self.ciphertexts()
            }

            fn digest(&self) -> Digest {
                let mut transcript = Transcript::new("veilkit v1 paillier threshold array");
                // The bytes are hashed and go nowhere.
                transcript.append("array", &Unlinked::assume(self.clone()).to_bytes()).digest()
            }

            fn require_integers(&self) -> Result<()> {
                self.check_integers()
            }

            fn numbers(&self, plaintexts: &[Plaintext]) -> Result<Zeroizing<Vec<f64>>> {
                self.decode(plaintexts)
            }

            fn integers(&self, plaintexts: &[Plaintext]) -> Result<Zeroizing<Vec<i128>>> {
                self.decode_integers(plaintexts)
            }
        }
    };
}

encrypted!(EncryptedArray);
encrypted!(PackedArray);
