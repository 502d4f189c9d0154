//! Public keys as they travel: with the proof that they are well-formed, or without.
//!
//! ```text
//! proven key     params | n | h, modulus_bits / 8 bytes | proof of the modulus
//! the proof      w u16 | a, 16 bytes | b, 16 bytes | 8 roots z_j | 128 roots x_i, modulus_bits / 8 bytes each
//! unproven key   params | n | h_s, modulus_bits / 4 bytes
//! ```
//!
//! `h_s = h^n mod n^2` is computed by the reader, so nothing has to be proven about it.
use super::encoding::{PARAMS_LEN, read_params, write_params};
use super::keys::{PublicKey, SecretKey, published};
use super::params::Params;
use super::proofs::modulus::{ModulusProof, Statement};
use super::validate;
use crate::bigint::{Modulus, Residue, limbs};
use crate::codec::{Decode, Encode, Kind, Reader, Writer};
use crate::error::{Error, ErrorKind, Result};

/// A public key with a proof that it is well-formed: what a key's holder publishes, and what others read.
///
/// Whoever decodes one knows that n = pq with different primes `p = q = 3 mod 4` above 2^16, that every ciphertext holds
/// exactly one number modulo n, and that the randomizers are powers of `h_s = h^n` with `h = -x^2 mod n` for some x; a
/// false key passes with probability 2^-128 for each hash that its maker computes.
///
/// # Units
/// 35,375 bytes at 2048 bits, 53,039 at 3072, 70,703 at 4096.
///
/// # Security
/// It says nothing about who holds the key: authenticate the bytes. It does not say that both primes are large either; the
/// holder of a key could publish its primes just as well.
///
/// # Example
/// ```
/// # fn main() -> veilkit::Result<()> {
/// # use rand_chacha::rand_core::SeedableRng;
/// # let mut rng = rand_chacha::ChaCha20Rng::from_seed([7; 32]); // in earnest: the operating system's generator
/// use veilkit::codec::{Decode, Encode};
/// use veilkit::paillier::{Keypair, Params, ParamsSpec, ProvenPublicKey};
///
/// let params = Params::new(ParamsSpec { modulus_bits: 2048, ..ParamsSpec::default() })?;
/// let keys = Keypair::generate(params, &mut rng)?;
/// let sent = keys.secret_key().prove_public_key()?.to_bytes();
///
/// let received = ProvenPublicKey::from_bytes(&sent, ())?;
/// assert_eq!(received.public_key(), keys.public_key());
/// # Ok(())
/// # }
/// ```
///
/// # Source
/// \[CGGMP21\] ePrint 2021/060, Fig. 16; \[GRSB18\] ePrint 2018/057, §3.2; \[DJN10\] §4.2, where h belongs to the public key.
#[derive(Clone, Debug)]
pub struct ProvenPublicKey {
    key: PublicKey,
    modulus: Modulus,
    h: Residue,
    proof: ModulusProof,
}

impl ProvenPublicKey {
    /// The key.
    pub fn public_key(&self) -> &PublicKey {
        &self.key
    }

    /// The key without its proof.
    pub fn into_public_key(self) -> PublicKey {
        self.key
    }
}

impl SecretKey {
    /// Whether [`SecretKey::prove_public_key`] can prove the public key: not that of a key of other software.
    pub fn is_provable(&self) -> bool {
        self.public_key().has_short_exponents()
    }

    /// The public key with a proof that it is well-formed; the same bytes each time. Takes some tenths of a second.
    ///
    /// # Errors
    /// `InvalidParams` for a key of other software: [`SecretKey::with_provable_base`] may help. `VerificationFailed` when the
    /// computation went wrong: nothing leaves that could give away the primes.
    /// # Timing
    /// Constant in the key.
    /// # Security
    /// The proof holds no secret. It publishes h, as DJN10 §4.2 does, next to `h_s = h^n`.
    pub fn prove_public_key(&self) -> Result<ProvenPublicKey> {
        if !self.is_provable() {
            return Err(Error::new(
                ErrorKind::InvalidParams,
                "secret key: made by other software, its public key cannot be proven",
            ));
        }
        let key = self.public_key().clone();
        let modulus = Modulus::new(key.n())?;
        let h = modulus.reduce(&published(&self.h));
        let statement = Statement { params: key.params(), modulus: &modulus, h: &h };
        let proof = ModulusProof::prove(self, &statement)?;
        proof.verify_vartime(&statement)?;
        Ok(ProvenPublicKey { key, modulus, h, proof })
    }
}

impl Encode for ProvenPublicKey {
    const KIND: Kind = Kind::PaillierProvenPublicKey;

    fn params_id(&self) -> u32 {
        self.key.params_id()
    }

    fn body_len(&self) -> usize {
        let params = self.key.params();
        PARAMS_LEN + 2 * params.modulus_bytes() + ModulusProof::encoded_len(params)
    }

    fn write_body(&self, out: &mut Writer) {
        write_params(self.key.params(), out);
        out.bytes(&limbs::to_le_bytes(self.key.n(), self.modulus.byte_len()));
        out.bytes(&self.modulus.to_le_bytes(&self.h));
        self.proof.write(&self.modulus, out);
    }
}

/// Checks the proof.
impl Decode for ProvenPublicKey {
    fn read_body(body: &mut Reader<'_>, _params_id: u32, (): ()) -> Result<Self> {
        let params = read_params(body)?;
        let n = read_modulus_vartime(body, &params)?;
        let modulus = Modulus::new(&n)?;
        let h = modulus
            .from_le_bytes(body.bytes(params.modulus_bytes(), "public key: h")?)
            .map_err(|_| Error::new(ErrorKind::InvalidEncoding, "public key: h is not below n"))?;
        let proof = ModulusProof::read(&modulus, body)?;
        proof.verify_vartime(&Statement { params: &params, modulus: &modulus, h: &h })?;
        let squared = Modulus::square_of(&modulus)?;
        let h_s = squared.to_limbs(&squared.pow_vartime(&squared.reduce(&modulus.to_limbs(&h)), &n));
        validate::check_base_vartime(&limbs::to_biguint_vartime(&n), &limbs::to_biguint_vartime(&h_s))?;
        Ok(Self { key: PublicKey::assemble(params, &n, &h_s)?, modulus, h, proof })
    }
}

/// Reads n and checks what can be checked without a proof.
fn read_modulus_vartime(body: &mut Reader<'_>, params: &Params) -> Result<zeroize::Zeroizing<Vec<u64>>> {
    let n = limbs::from_le_bytes(body.bytes(params.modulus_bytes(), "public key: n")?);
    validate::check_modulus_vartime(params, &limbs::to_biguint_vartime(&n))?;
    Ok(n)
}

/// A public key that came without a proof, checked as far as that goes.
///
/// # Security
/// A key with a known weakness can be made to pass: n with several primes that are not large, an `h_s` that is no n-th
/// power. Whoever made the key, and whoever could have replaced it on the way, is trusted with everything that is
/// encrypted under it; that is no loss where that person may decrypt anyway. A protocol in which other parties' secrets
/// depend on n needs a [`ProvenPublicKey`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnprovenPublicKey(PublicKey);

impl UnprovenPublicKey {
    /// The key, trusted without a proof.
    pub fn trust_without_proof(self) -> PublicKey {
        self.0
    }
}

impl From<PublicKey> for UnprovenPublicKey {
    fn from(key: PublicKey) -> Self {
        Self(key)
    }
}

impl Encode for UnprovenPublicKey {
    const KIND: Kind = Kind::PaillierPublicKey;

    fn params_id(&self) -> u32 {
        self.0.params_id()
    }

    fn body_len(&self) -> usize {
        self.0.body_len()
    }

    fn write_body(&self, out: &mut Writer) {
        self.0.write_body(out);
    }
}

/// Checks the key; see [`UnprovenPublicKey`] for what that does not prove.
impl Decode for UnprovenPublicKey {
    fn read_body(body: &mut Reader<'_>, _params_id: u32, (): ()) -> Result<Self> {
        let params = read_params(body)?;
        let n = read_modulus_vartime(body, &params)?;
        let h_s = limbs::from_le_bytes(body.bytes(params.ciphertext_bytes(), "public key: h_s")?);
        validate::check_base_vartime(&limbs::to_biguint_vartime(&n), &limbs::to_biguint_vartime(&h_s))?;
        PublicKey::assemble(params, &n, &h_s).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{other_key, public_key, secret_key};
    use super::*;
    use crate::codec::HEADER_LEN;

    #[test]
    fn proven_keys_come_back() {
        let proven = secret_key().prove_public_key().unwrap();
        let bytes = proven.to_bytes();
        assert_eq!(bytes.len(), 35_375);
        let again = ProvenPublicKey::from_bytes(&bytes, ()).unwrap();
        assert_eq!(*again.to_bytes(), *bytes);
        assert_eq!(again.into_public_key(), *public_key());
        assert_eq!(*secret_key().prove_public_key().unwrap().to_bytes(), *bytes);
    }

    #[test]
    fn the_two_forms_are_told_apart() {
        let (proven, unproven) =
            (secret_key().prove_public_key().unwrap().to_bytes(), public_key().to_bytes());
        let kind = |error: Error| error.kind();
        assert_eq!(kind(ProvenPublicKey::from_bytes(&unproven, ()).unwrap_err()), ErrorKind::InvalidEncoding);
        assert_eq!(kind(UnprovenPublicKey::from_bytes(&proven, ()).unwrap_err()), ErrorKind::InvalidEncoding);
        let key = UnprovenPublicKey::from_bytes(&unproven, ()).unwrap();
        assert_eq!(*key.to_bytes(), *unproven);
        assert_eq!(key.trust_without_proof(), *public_key());
    }

    /// What the proof does not say is checked beside it: -1 is minus a square, but has no powers to choose from.
    #[test]
    fn the_proof_is_not_all() {
        let key = secret_key();
        let mut h = key.public_key().n().to_vec();
        limbs::sub_assign(&mut h, &[1]);
        let weak = SecretKey::assemble(*key.public_key().params(), key.p.limbs(), key.q.limbs(), &h).unwrap();
        let bytes = weak.prove_public_key().unwrap().to_bytes();
        let refusal = |bytes: &[u8]| ProvenPublicKey::from_bytes(bytes, ()).unwrap_err().what();
        assert_eq!(refusal(&bytes), "public key: h_s is 1 or -1 modulo n");
        let mut multiple = key.prove_public_key().unwrap().to_bytes().to_vec();
        multiple[HEADER_LEN + 4..][..256].fill(0xff); // 2^2048 - 1 is a multiple of 3
        assert_eq!(refusal(&multiple), "public key: n has a factor below 2^16");
    }

    /// The h of one key in the bytes of another, n of another, and a multiple of h by a fourth power.
    #[test]
    fn parts_of_other_keys_are_refused() {
        let (mut a, b) = (secret_key().prove_public_key().unwrap(), other_key().prove_public_key().unwrap());
        let bytes = a.to_bytes();
        let (n, h) = (HEADER_LEN + 4, HEADER_LEN + 4 + 256);
        for part in [n..h, h..h + 256, h + 256..bytes.len()] {
            let mut mixed = bytes.to_vec();
            mixed[part.clone()].copy_from_slice(&b.to_bytes()[part]);
            let kind = ProvenPublicKey::from_bytes(&mixed, ()).unwrap_err().kind();
            assert!(matches!(kind, ErrorKind::VerificationFailed | ErrorKind::InvalidEncoding));
        }
        a.h = a.modulus.mul(&a.h, &a.modulus.reduce(&[16]));
        let error = ProvenPublicKey::from_bytes(&a.to_bytes(), ()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::VerificationFailed);
    }
}
