//! Who shares a key, and what proves their shares: the same for everybody.
use core::fmt;
use std::sync::Arc;

use num_bigint::BigUint;

use super::super::keys::PublicKey;
use super::super::proofs::powers::append_key;
use crate::bigint::{Modulus, Residue, limbs};
use crate::error::{Error, ErrorKind, Result};
use crate::party::PartyId;
use crate::transcript::{Digest, Transcript};

/// The most parties.
pub const MAX_PARTIES: usize = 255;
/// The longest name in bytes.
pub const MAX_NAME_LEN: usize = 128;

/// What a person writes down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetupSpec {
    /// Who makes the key and deals the shares, and could decrypt everything alone.
    pub dealer: String,
    /// Who gets a share, in the order of their numbers from 1.
    pub parties: Vec<String>,
    /// How many of them decrypt together.
    pub threshold: usize,
}

impl SetupSpec {
    /// Checks it, as [`Dealer::deal`](super::Dealer::deal) does.
    ///
    /// # Errors
    /// `InvalidParams` unless `2 <= threshold <= parties <= 255`, and for a name that is empty, longer than 128 bytes, has
    /// control characters or belongs to two parties.
    pub fn check(&self) -> Result<()> {
        let refused = |what| Err(Error::new(ErrorKind::InvalidParams, what));
        if self.parties.len() > MAX_PARTIES {
            return refused("parties: at most 255");
        }
        if !(2..=self.parties.len()).contains(&self.threshold) {
            return refused("threshold: from 2 to the number of parties");
        }
        let bad = |name: &String| {
            name.is_empty() || name.len() > MAX_NAME_LEN || name.chars().any(char::is_control)
        };
        if bad(&self.dealer) {
            return refused("dealer: name");
        }
        for (at, name) in self.parties.iter().enumerate() {
            if bad(name) {
                return refused("parties: name");
            }
            if self.parties[..at].contains(name) {
                return refused("parties: two of one name");
            }
        }
        Ok(())
    }
}

/// A shared key: who dealt it, who has a share, how many of them decrypt, and the verification keys. Clones share everything.
///
/// Public, and to be authenticated like a public key: compare [`Setup::id`] with the other parties.
///
/// # Security
/// The dealer is trusted for all of it.
#[derive(Clone)]
pub struct Setup(Arc<Inner>);

struct Inner {
    spec: SetupSpec,
    key: PublicKey,
    /// v: a square.
    base: Residue,
    /// v_i.
    verification_keys: Vec<Residue>,
    /// The factorial of the number of parties.
    factorial: BigUint,
    id: Digest,
}

impl Setup {
    /// `spec` is checked; the verification keys are as many as the parties, and units.
    pub(super) fn assemble(spec: SetupSpec, key: &PublicKey, verification_keys: Vec<Residue>) -> Self {
        let mut transcript = Transcript::new("veilkit v1 paillier threshold setup");
        append_key(&mut transcript, key)
            .append("dealer", spec.dealer.as_bytes())
            .append_u64("threshold", spec.threshold as u64);
        for (name, verification_key) in spec.parties.iter().zip(&verification_keys) {
            transcript
                .append("party", name.as_bytes())
                .append("verification key", &key.n_squared().to_le_bytes(verification_key));
        }
        let id = transcript.digest();
        let (base, factorial) = (base(key), factorial(spec.parties.len()));
        Self(Arc::new(Inner { spec, key: key.clone(), base, verification_keys, factorial, id }))
    }

    /// The key that numbers are encrypted under.
    pub fn public_key(&self) -> &PublicKey {
        &self.0.key
    }

    /// Who dealt the shares and could decrypt everything alone.
    pub fn dealer(&self) -> &str {
        &self.0.spec.dealer
    }

    /// Who has a share, in the order of their numbers from 1.
    pub fn parties(&self) -> &[String] {
        &self.0.spec.parties
    }

    /// How many parties decrypt together.
    pub fn threshold(&self) -> usize {
        self.0.spec.threshold
    }

    /// The hash of everything in it.
    pub fn id(&self) -> Digest {
        self.0.id
    }

    /// v_i of a party.
    ///
    /// # Errors
    /// `UnknownParty`.
    pub(super) fn verification_key(&self, party: PartyId) -> Result<&Residue> {
        let key = self.0.verification_keys.get(usize::from(party.get()) - 1);
        key.ok_or(Error::new(ErrorKind::UnknownParty, "party: has no share").blame(party))
    }

    pub(super) fn verification_keys(&self) -> &[Residue] {
        &self.0.verification_keys
    }

    pub(super) fn base(&self) -> &Residue {
        &self.0.base
    }

    pub(super) fn factorial(&self) -> &BigUint {
        &self.0.factorial
    }

    pub(super) fn exponents(&self) -> Exponents {
        Exponents::new(self.public_key(), self.parties().len())
    }

    pub(super) fn modulus(&self) -> &Modulus {
        self.0.key.n_squared()
    }
}

impl PartialEq for Setup {
    fn eq(&self, other: &Self) -> bool {
        self.0.id == other.0.id
    }
}

impl Eq for Setup {}

impl fmt::Debug for Setup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Setup")
            .field("dealer", &self.dealer())
            .field("parties", &self.parties())
            .field("threshold", &self.threshold())
            .field("key", &self.public_key())
            .finish_non_exhaustive()
    }
}

/// v, a square that nobody chose: with overwhelming probability it generates all squares modulo n^2.
///
/// DEVIATION(\[DJ01\] §4.1): there the dealer draws it.
pub(super) fn base(key: &PublicKey) -> Residue {
    let mut transcript = Transcript::new("veilkit v1 paillier threshold base");
    append_key(&mut transcript, key);
    let mut bytes = vec![0; key.params().ciphertext_bytes() + 16];
    transcript.fill(&mut bytes);
    let modulus = key.n_squared();
    modulus.square(&modulus.reduce(&limbs::from_le_bytes(&bytes)))
}

pub(super) fn factorial(count: usize) -> BigUint {
    (1..=count).fold(BigUint::from(1_u8), |product, factor| product * factor)
}

/// The public lengths of exponents.
#[derive(Clone, Copy)]
pub(super) struct Exponents {
    /// Bits of `D s_i`.
    pub(super) scaled_bits: usize,
    /// Limbs of `D s_i`.
    pub(super) scaled_limbs: usize,
}

impl Exponents {
    pub(super) fn new(key: &PublicKey, parties: usize) -> Self {
        // s_i < nm < n^2.
        let factorial = limbs::bits_vartime(&limbs::from_biguint_vartime(&factorial(parties)));
        let scaled_bits = 2 * key.n().len() * limbs::LIMB_BITS + factorial;
        Self { scaled_bits, scaled_limbs: limbs::limbs_for(scaled_bits) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(dealer: &str, parties: &[&str], threshold: usize) -> Option<&'static str> {
        let parties = parties.iter().map(|name| (*name).to_owned()).collect();
        let error = SetupSpec { dealer: dealer.to_owned(), parties, threshold }.check().err()?;
        assert_eq!(error.kind(), ErrorKind::InvalidParams);
        Some(error.what())
    }

    #[test]
    fn what_cannot_work_is_refused() {
        assert_eq!(outcome("d", &["a", "b"], 2), None);
        assert_eq!(outcome("a", &["a", "b", "c"], 2), None, "the dealer may have a share");
        let threshold = Some("threshold: from 2 to the number of parties");
        for (parties, count) in
            [(&["a", "b"][..], 0), (&["a", "b"], 1), (&["a", "b"], 3), (&["a"], 1), (&[], 0)]
        {
            assert_eq!(outcome("d", parties, count), threshold);
        }
        let long = "x".repeat(129);
        for bad in ["", "a\n", &long] {
            assert_eq!(outcome(bad, &["a", "b"], 2), Some("dealer: name"));
            assert_eq!(outcome("d", &["a", bad], 2), Some("parties: name"));
        }
        assert_eq!(outcome(&long[1..], &["a", &long[1..]], 2), None);
        assert_eq!(outcome("d", &["a", "b", "a"], 2), Some("parties: two of one name"));
        let names: Vec<String> = (0..256).map(|number| number.to_string()).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        assert_eq!(outcome("d", &names, 2), Some("parties: at most 255"));
        assert_eq!(outcome("d", &names[1..], 255), None);
    }

    #[test]
    fn factorials() {
        assert_eq!(factorial(0), BigUint::from(1_u8));
        assert_eq!(factorial(5), BigUint::from(120_u8));
        assert_eq!(factorial(MAX_PARTIES).bits(), 1676);
    }
}
