//! One party's share of the decryption of one array.
use rand_core::CryptoRng;

use super::encrypted::Encrypted;
use super::key_share::KeyShare;
use super::proof::{Proof, Statement};
use super::setup::Setup;
use crate::error::{Error, ErrorKind, Result};
use crate::paillier::ciphertext::Ciphertext;
use crate::party::PartyId;
use crate::progress::{Observer, try_map_in_steps};
use crate::transcript::Digest;

/// Ciphertexts between two questions to the observer.
const STEP: usize = 4;

/// One party's share of the decryption of one array in one session: a part for each ciphertext, and one proof for all.
///
/// It opens nothing without the other parties' shares, so it may travel in the open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecryptionShare {
    pub(super) setup: Setup,
    pub(super) party: PartyId,
    /// c_i.
    pub(super) parts: Vec<Ciphertext>,
    pub(super) proof: Proof,
}

impl DecryptionShare {
    /// Makes the party's share. `session` names this decryption: a share fits no other.
    ///
    /// # Errors
    /// `ParamsMismatch` for an array under another key; `Cancelled` when the observer stops the work.
    /// # Timing
    /// Constant in the share of the key; varies with the number of ciphertexts.
    /// # Security
    /// Know where the array comes from: with enough shares, whoever has them reads it.
    pub fn create(
        share: &KeyShare,
        array: &impl Encrypted,
        session: &[u8],
        rng: &mut impl CryptoRng,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        let setup = share.setup();
        check_key(setup, array)?;
        let (key, modulus) = (setup.public_key(), setup.modulus());
        let (exponent, bits) = (share.exponent(), setup.exponents().scaled_bits);
        let parts = try_map_in_steps(array.list(), STEP, observer, |ciphertext| {
            let part = modulus.pow(&modulus.square(ciphertext.value()), &exponent, bits);
            Ok(Ciphertext::from_unit(part, key))
        })?;
        let statement = Statement {
            setup,
            session,
            party: share.party(),
            array: &array.digest(),
            ciphertexts: array.list(),
            parts: &parts,
        };
        let proof = Proof::prove(&statement, share, rng);
        Ok(Self { setup: setup.clone(), party: share.party(), parts, proof })
    }

    /// Whose share it is, by its own word.
    pub fn party(&self) -> PartyId {
        self.party
    }

    /// Checks the share alone. [`combine`](super::combine()) checks all that it is given.
    ///
    /// # Errors
    /// `ParamsMismatch` for an array under another key; `UnknownParty`; `VerificationFailed`, naming the party.
    /// # Timing
    /// Varies with share and array, which are public.
    pub fn verify(&self, setup: &Setup, array: &impl Encrypted, session: &[u8]) -> Result<()> {
        check_key(setup, array)?;
        self.verify_vartime(setup, array, &array.digest(), session)
    }

    /// # Errors
    /// `UnknownParty`; `VerificationFailed`, naming the party.
    pub(super) fn verify_vartime(
        &self,
        setup: &Setup,
        array: &impl Encrypted,
        digest: &Digest,
        session: &[u8],
    ) -> Result<()> {
        let wrong = Error::new(ErrorKind::VerificationFailed, "decryption share").blame(self.party);
        setup.verification_key(self.party)?;
        if self.parts.len() != array.list().len() {
            return Err(wrong);
        }
        let statement = Statement {
            setup,
            session,
            party: self.party,
            array: digest,
            ciphertexts: array.list(),
            parts: &self.parts,
        };
        self.proof.verify_vartime(&statement).map_err(|_| wrong)
    }
}

/// # Errors
/// `ParamsMismatch`.
pub(super) fn check_key(setup: &Setup, array: &impl Encrypted) -> Result<()> {
    match array.owner().id() == setup.public_key().id() {
        true => Ok(()),
        false => Err(Error::new(ErrorKind::ParamsMismatch, "array: encrypted under another key")),
    }
}
