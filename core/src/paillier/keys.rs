//! Key types. [`generate`](super::generate) and [`encoding`](super::encoding) are the only makers.
use core::fmt;
use std::sync::{Arc, OnceLock};

use subtle::{Choice, ConstantTimeEq};
use zeroize::{ZeroizeOnDrop, Zeroizing};

use super::factor::{Factor, combine_squares};
use super::params::Params;
use super::validate::jacobi_vartime;
use crate::bigint::limbs;
use crate::bigint::{FixedBase, Modulus, Residue};
use crate::error::{Error, ErrorKind, Result};
use crate::secret::declassify;
use crate::transcript::Transcript;

/// Bits of the exponent that one table row of [`FixedBase`] covers.
pub(super) const WINDOW: usize = FixedBase::DEFAULT_WINDOW;

/// Which key a value belongs to: the first 16 bytes of a hash of the whole public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeyId([u8; 16]);

impl KeyId {
    /// The bytes of the identifier.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// A public key: the modulus n and the base `h_s` of the randomizers. Clones share everything.
///
/// The first encryption builds a table of powers of `h_s`, at most 2 MiB; it costs about as much as 20 encryptions.
///
/// # Security
/// One from elsewhere is read as a [`ProvenPublicKey`](super::ProvenPublicKey), or, trusting its maker, as an
/// [`UnprovenPublicKey`](super::UnprovenPublicKey).
#[derive(Clone)]
pub struct PublicKey(Arc<PublicParts>);

struct PublicParts {
    params: Params,
    id: KeyId,
    n: Vec<u64>,
    /// (n - 1) / 2.
    half_n: Vec<u64>,
    n_squared: Modulus,
    h_s: Residue,
    exponent_bits: usize,
    table: OnceLock<FixedBase>,
}

/// Bits beyond n of an exponent that is uniform modulo every order, but for 2^-128.
const UNIFORM_BITS: usize = 128;

impl PublicKey {
    /// Puts together what was generated or checked.
    pub(super) fn assemble(params: Params, n: &[u64], h_s: &[u64]) -> Result<Self> {
        let n_squared = Modulus::square_of(&Modulus::new(n)?)?;
        let h_s_residue = Option::from(n_squared.residue(h_s))
            .ok_or(Error::new(ErrorKind::InvalidEncoding, "public key: h_s is not below n^2"))?;
        let mut transcript = Transcript::new("veilkit v1 paillier key");
        transcript
            .append_u64("params id", params.params_id().into())
            .append("n", &limbs::to_le_bytes(n, params.modulus_bytes()))
            .append("h_s", &limbs::to_le_bytes(h_s, params.ciphertext_bytes()));
        let mut id = [0; 16];
        transcript.fill(&mut id);
        let bits = n.len() * limbs::LIMB_BITS;
        // Minus a square modulo a Blum integer has Jacobi symbol 1, and so has its n-th power: n is odd.
        let short = jacobi_vartime(&limbs::to_biguint_vartime(h_s), &limbs::to_biguint_vartime(n)) == 1;
        Ok(Self(Arc::new(PublicParts {
            params,
            id: KeyId(id),
            n: n.to_vec(),
            half_n: halve(n).to_vec(),
            n_squared,
            h_s: h_s_residue,
            exponent_bits: if short { bits / 2 } else { bits + UNIFORM_BITS },
            table: OnceLock::new(),
        })))
    }

    /// The parameters.
    pub fn params(&self) -> &Params {
        &self.0.params
    }

    /// What names this key in values made under it.
    pub fn id(&self) -> KeyId {
        self.0.id
    }

    /// The modulus n, least significant limb first.
    pub fn n(&self) -> &[u64] {
        &self.0.n
    }

    /// (n - 1) / 2, the largest magnitude of a plaintext.
    pub fn half_n(&self) -> &[u64] {
        &self.0.half_n
    }

    pub(super) fn n_squared(&self) -> &Modulus {
        &self.0.n_squared
    }

    pub(super) fn h_s(&self) -> &Residue {
        &self.0.h_s
    }

    /// Builds the table of powers now rather than at the first encryption.
    pub fn prepare(&self) {
        self.table();
    }

    pub(super) fn table(&self) -> &FixedBase {
        let exponent_bits = self.exponent_bits();
        self.0.table.get_or_init(|| FixedBase::new(self.n_squared(), self.h_s(), exponent_bits, WINDOW))
    }

    /// Bits of a randomizer's exponent: half of the modulus for a base of the form `-x^2`; for the base of a key of other
    /// software, which has Jacobi symbol -1, more than the whole (see [`interchange`](super::interchange)).
    pub(super) fn exponent_bits(&self) -> usize {
        self.0.exponent_bits
    }

    /// Whether the base of the randomizers is one for short exponents.
    pub(super) fn has_short_exponents(&self) -> bool {
        self.0.exponent_bits < self.0.n.len() * limbs::LIMB_BITS
    }

    /// Refuses values of another key.
    pub(super) fn check(&self, key: KeyId, what: &'static str) -> Result<()> {
        if key == self.0.id { Ok(()) } else { Err(Error::new(ErrorKind::ParamsMismatch, what)) }
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.id == other.0.id && self.0.n == other.0.n && bool::from(self.0.h_s.ct_eq(&other.0.h_s))
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PublicKey")
            .field("modulus_bits", &self.0.params.modulus_bits())
            .field("id", &self.0.id)
            .finish_non_exhaustive()
    }
}

/// A secret key: the primes p > q, and what follows from them. Wiped when dropped, never printed.
pub struct SecretKey {
    pub(super) public: PublicKey,
    /// The base of the randomizers modulo n, before it is raised to the power n.
    pub(super) h: Zeroizing<Vec<u64>>,
    pub(super) p: Factor,
    pub(super) q: Factor,
    /// q^-2 modulo p^2.
    pub(super) q_squared_inverse: Residue,
}

pub(super) const NOT_A_KEY: Error =
    Error::new(ErrorKind::InvalidEncoding, "secret key: p and q do not make a key");

impl SecretKey {
    /// Puts together what was generated or checked: primes p > q of equal length, and h.
    pub(super) fn assemble(params: Params, p: &[u64], q: &[u64], h: &[u64]) -> Result<Self> {
        let (p, q) = (Factor::new(p, q)?, Factor::new(q, p)?);
        let mut n = Zeroizing::new(vec![0; params.modulus_limbs()]);
        limbs::mul(&mut n, p.limbs(), q.limbs());
        let q_squared_inverse = p.invert_square_of(&q);
        let h_s = combine_squares(&p, &q, &q_squared_inverse, &p.nth_power(h, &q), &q.nth_power(h, &p));
        Ok(Self {
            public: PublicKey::assemble(params, &published(&n), &published(&h_s))?,
            h: Zeroizing::new(h.to_vec()),
            p,
            q,
            q_squared_inverse,
        })
    }

    /// The public key that belongs to this one.
    pub fn public_key(&self) -> &PublicKey {
        &self.public
    }

    /// The integer modulo n^2 that is `of_p` modulo p^2 and `of_q` modulo q^2.
    pub(super) fn combine(&self, of_p: &Residue, of_q: &Residue) -> Zeroizing<Vec<u64>> {
        combine_squares(&self.p, &self.q, &self.q_squared_inverse, of_p, of_q)
    }
}

impl ConstantTimeEq for SecretKey {
    fn ct_eq(&self, other: &Self) -> Choice {
        let same_size = self.public.params() == other.public.params();
        Choice::from(u8::from(same_size))
            & limbs::eq(self.p.limbs(), other.p.limbs())
            & limbs::eq(self.q.limbs(), other.q.limbs())
            & limbs::eq(&self.h, &other.h)
    }
}

impl PartialEq for SecretKey {
    fn eq(&self, other: &Self) -> bool {
        self.ct_eq(other).into()
    }
}

impl ZeroizeOnDrop for SecretKey {}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretKey").field("public", &self.public).finish_non_exhaustive()
    }
}

/// A secret key and its public key.
#[derive(Debug)]
pub struct Keypair {
    pub(super) secret_key: SecretKey,
}

impl Keypair {
    /// The public key.
    pub fn public_key(&self) -> &PublicKey {
        self.secret_key.public_key()
    }

    /// The secret key.
    pub fn secret_key(&self) -> &SecretKey {
        &self.secret_key
    }

    /// Both keys.
    pub fn into_parts(self) -> (PublicKey, SecretKey) {
        (self.secret_key.public_key().clone(), self.secret_key)
    }
}

/// A part of the public key, computed from the secret one: here it becomes public.
pub(super) fn published(limbs: &[u64]) -> Vec<u64> {
    let bit = |limb: u64, at: u32| u64::from(declassify(!limbs::is_zero(&[limb >> at & 1]))) << at;
    limbs.iter().map(|limb| (0..u64::BITS).fold(0, |open, at| open | bit(*limb, at))).collect()
}

/// Half of an integer, rounded down.
pub(super) fn halve(number: &[u64]) -> Zeroizing<Vec<u64>> {
    let half = |i: usize| number[i] >> 1 | number.get(i + 1).map_or(0, |next| next << 63);
    Zeroizing::new((0..number.len()).map(half).collect())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{public_key, secret_key};

    #[test]
    fn debug_shows_public_facts_only() {
        let key = secret_key();
        let shown = format!("{key:?} {:?}", key.public_key());
        assert!(shown.starts_with("SecretKey { public: PublicKey { modulus_bits: 2048"), "{shown}");
        for limb in key.p.limbs().iter().chain(key.q.limbs()).chain(key.h.iter()) {
            assert!(!shown.contains(&limb.to_string()) && !shown.contains(&format!("{limb:x}")));
        }
    }

    #[test]
    fn table_is_as_large_as_documented() {
        public_key().prepare();
        assert_eq!(public_key().table().table_bytes(), 57 * 64 * 512);
    }

    #[test]
    fn clones_share_the_table() {
        let clone = public_key().clone();
        assert!(core::ptr::eq(clone.table(), public_key().table()));
    }
}
