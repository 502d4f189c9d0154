//! Bytes of keys. All integers are little-endian.
//!
//! ```text
//! params       modulus_bits u16 | fraction_bits u8 | value_bits u8
//! public key   params | n, modulus_bits / 8 bytes | h_s, modulus_bits / 4 bytes, or with a proof: see `proven`
//! secret key   params | p, modulus_bits / 16 bytes | q, the same | h, modulus_bits / 8 bytes
//! ```
//!
//! p > q, and `h_s = h^n mod n^2`. A base h of Jacobi symbol 1 is minus a square modulo a Blum integer, with short exponents;
//! one of symbol -1 belongs to a key of other software (see `interchange`).
use subtle::{Choice, ConstantTimeEq};

use super::check_primes;
use super::keys::{NOT_A_KEY, PublicKey, SecretKey};
use super::params::{Params, ParamsSpec};
use super::validate;
use crate::bigint::{Modulus, limbs};
use crate::codec::{Decode, Encode, Kind, Reader, Writer};
use crate::error::Result;
use crate::secret::declassify;

/// Bytes of the encoded parameters.
pub(super) const PARAMS_LEN: usize = 4;

pub(super) fn write_params(params: &Params, out: &mut Writer) {
    let [low, high, ..] = params.modulus_bits().to_le_bytes();
    let byte = |bits: u32| bits.to_le_bytes()[0];
    out.bytes(&[low, high, byte(params.fraction_bits()), byte(params.value_bits())]);
}

pub(super) fn read_params(body: &mut Reader<'_>) -> Result<Params> {
    let modulus_bits = body.u16("params: modulus_bits")?.into();
    let fraction_bits = body.u8("params: fraction_bits")?.into();
    let value_bits = body.u8("params: value_bits")?.into();
    Params::new(ParamsSpec { modulus_bits, fraction_bits, value_bits })
}

/// Without a proof: an [`UnprovenPublicKey`](super::UnprovenPublicKey) comes back.
impl Encode for PublicKey {
    const KIND: Kind = Kind::PaillierPublicKey;

    fn params_id(&self) -> u32 {
        self.params().params_id()
    }

    fn body_len(&self) -> usize {
        PARAMS_LEN + self.params().modulus_bytes() + self.params().ciphertext_bytes()
    }

    fn write_body(&self, out: &mut Writer) {
        write_params(self.params(), out);
        out.bytes(&limbs::to_le_bytes(self.n(), self.params().modulus_bytes()));
        out.bytes(&self.n_squared().to_le_bytes(self.h_s()));
    }
}

impl Encode for SecretKey {
    const KIND: Kind = Kind::PaillierSecretKey;

    fn params_id(&self) -> u32 {
        self.public_key().params().params_id()
    }

    fn body_len(&self) -> usize {
        PARAMS_LEN + 2 * self.public_key().params().modulus_bytes()
    }

    fn write_body(&self, out: &mut Writer) {
        let params = self.public_key().params();
        write_params(params, out);
        for prime in [self.p.limbs(), self.q.limbs()] {
            out.bytes(&limbs::to_le_bytes(prime, params.modulus_bytes() / 2));
        }
        out.bytes(&limbs::to_le_bytes(&self.h, params.modulus_bytes()));
    }
}

/// Checks that p and q are primes that make a key, and that h is its base.
///
/// # Timing
/// Constant in the key; whether it is accepted shows.
impl Decode for SecretKey {
    fn read_body(body: &mut Reader<'_>, _params_id: u32, (): ()) -> Result<Self> {
        let params = read_params(body)?;
        let half = params.modulus_bytes() / 2;
        let p = limbs::from_le_bytes(body.bytes(half, "secret key: p")?);
        let q = limbs::from_le_bytes(body.bytes(half, "secret key: q")?);
        let h = limbs::from_le_bytes(body.bytes(params.modulus_bytes(), "secret key: h")?);
        checked(params, &p, &q, &h)
    }
}

/// A key of numbers that came from elsewhere, as many limbs as the parameters say.
///
/// # Errors
/// `InvalidEncoding`.
/// # Timing
/// Constant in the key; whether it is accepted shows.
pub(super) fn checked(params: Params, p: &[u64], q: &[u64], h: &[u64]) -> Result<SecretKey> {
    if !is_key(&params, p, q, h)? {
        return Err(NOT_A_KEY);
    }
    let key = SecretKey::assemble(params, p, q, h)?;
    // -1 is minus a square too, but has no powers to choose from.
    let (n, h_s) = (key.public.n(), key.public.n_squared().to_limbs(key.public.h_s()));
    validate::check_base_vartime(&limbs::to_biguint_vartime(n), &limbs::to_biguint_vartime(&h_s))
        .map_err(|_| NOT_A_KEY)?;
    Ok(key)
}

fn is_key(params: &Params, p: &[u64], q: &[u64], h: &[u64]) -> Result<bool> {
    let mut n = zeroize::Zeroizing::new(vec![0; params.modulus_limbs()]);
    limbs::mul(&mut n, p, q);
    // With p, q below 2^(bits / 2), a full n makes both of full length.
    let full = !limbs::is_zero(&[n.last().copied().unwrap_or(0) >> 63]);
    let odd = |prime: &[u64]| limbs::eq(&[prime.first().copied().unwrap_or(0) & 1], &[1]);
    let form = full & odd(p) & odd(q) & limbs::lt(h, &n);
    if !declassify(form) || !check_primes::are_far_apart(p, q) {
        return Ok(false);
    }
    if !check_primes::is_probable_prime(p)? || !check_primes::is_probable_prime(q)? {
        return Ok(false);
    }
    let ([square_p, other_p], [square_q, other_q]) = (symbol(p, h)?, symbol(q, h)?);
    let foreign = (square_p & other_q) | (other_p & square_q);
    Ok(declassify(foreign) || (declassify(other_p & other_q) && check_primes::are_blum_primes(p, q)))
}

/// Whether h is a square, or a unit that is none, modulo a prime: Euler's criterion gives 1 or -1.
fn symbol(prime: &[u64], h: &[u64]) -> Result<[Choice; 2]> {
    let modulus = Modulus::new(prime).map_err(|_| NOT_A_KEY)?;
    let symbol = modulus.pow(&modulus.reduce(h), &super::keys::halve(prime), modulus.bits() - 1);
    Ok([symbol.ct_eq(&modulus.one()), symbol.ct_eq(&modulus.neg(&modulus.one()))])
}

#[cfg(test)]
mod tests {
    use num_bigint::BigUint;

    use super::super::UnprovenPublicKey;
    use super::super::testing::{other_key, params, public_key, rng, secret_key};
    use super::*;
    use crate::bigint::prime;
    use crate::codec::HEADER_LEN;
    use crate::error::ErrorKind;

    const N_AT: usize = HEADER_LEN + PARAMS_LEN;

    fn refusal(n: &BigUint, h_s: &BigUint) -> &'static str {
        let mut bytes = public_key().to_bytes().to_vec();
        let (mut n, mut h_s) = (n.to_bytes_le(), h_s.to_bytes_le());
        n.resize(256, 0);
        h_s.resize(512, 0);
        bytes[N_AT..N_AT + 256].copy_from_slice(&n);
        bytes[N_AT + 256..].copy_from_slice(&h_s);
        let error = UnprovenPublicKey::from_bytes(&bytes, ()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidEncoding, "{error}");
        error.what()
    }

    fn n() -> BigUint {
        limbs::to_biguint_vartime(public_key().n())
    }

    fn random_prime(bits: usize) -> BigUint {
        limbs::to_biguint_vartime(&prime::random_prime(bits, &mut rng(7)).unwrap())
    }

    #[test]
    fn public_keys_come_back() {
        let bytes = public_key().to_bytes();
        assert_eq!(bytes.len(), HEADER_LEN + 4 + 256 + 512);
        let key = UnprovenPublicKey::from_bytes(&bytes, ()).unwrap().trust_without_proof();
        assert_eq!(key, *public_key());
        assert_eq!((key.id(), key.to_bytes()), (public_key().id(), bytes));
        assert_ne!(key.id(), other_key().public_key().id());
    }

    #[test]
    fn bad_moduli_are_refused() {
        let good = BigUint::from(3_u8);
        let reason = |n: &BigUint| refusal(n, &good);
        let one = BigUint::from(1_u8);
        for n in [BigUint::ZERO, one.clone(), BigUint::from(15_u8), random_prime(2047)] {
            assert_eq!(reason(&n), "public key: n has not the announced size");
        }
        assert_eq!(reason(&(n() - &one)), "public key: n is even");
        assert_eq!(reason(&((&one << 2048) - &one)), "public key: n has a factor below 2^16");
        assert_eq!(reason(&random_prime(1024).pow(2)), "public key: n is a perfect power");
        assert_eq!(reason(&random_prime(2048)), "public key: n is prime");
        assert_eq!(reason(&(random_prime(2032) * 65_521_u32)), "public key: n has a factor below 2^16");
    }

    #[test]
    fn bad_bases_are_refused() {
        let (n, one) = (n(), BigUint::from(1_u8));
        let p = limbs::to_biguint_vartime(secret_key().p.limbs());
        assert_eq!(refusal(&n, &(&n * &n)), "public key: h_s is not below n^2");
        for base in [one.clone(), &n * &n - &one, &n + &one, &n - &one] {
            assert_eq!(refusal(&n, &base), "public key: h_s is 1 or -1 modulo n");
        }
        for base in [BigUint::ZERO, n.clone(), p * 5_u8] {
            assert_eq!(refusal(&n, &base), "public key: h_s is not coprime to n");
        }
    }

    #[test]
    fn secret_keys_come_back() {
        let bytes = secret_key().to_bytes();
        assert_eq!(bytes.len(), HEADER_LEN + 4 + 2 * 256);
        let key = SecretKey::from_bytes(&bytes, ()).unwrap();
        assert!(key == *secret_key() && key != *other_key());
        assert_eq!(key.public_key(), public_key());
        assert_eq!(key.to_bytes(), bytes);
        assert!(SecretKey::KIND.is_secret());
        assert_eq!(UnprovenPublicKey::from_bytes(&bytes, ()).unwrap_err().kind(), ErrorKind::InvalidEncoding);
    }

    #[test]
    fn bad_secret_keys_are_refused() {
        let refused = |p: &[u64], q: &[u64], h: &[u64]| {
            let mut out = Writer::with_capacity(600);
            out.bytes(&secret_key().to_bytes()[..N_AT]);
            out.bytes(&limbs::to_le_bytes(p, 128)).bytes(&limbs::to_le_bytes(q, 128));
            out.bytes(&limbs::to_le_bytes(h, 256));
            SecretKey::from_bytes(&out.into_bytes(), ()).unwrap_err() == NOT_A_KEY
        };
        let (p, q, h) = (secret_key().p.limbs(), secret_key().q.limbs(), &secret_key().h);
        let mut composite = p.to_vec();
        limbs::sub_assign(&mut composite, &[4]);
        let mut even = p.to_vec();
        limbs::sub_assign(&mut even, &[1]);
        let mut near = p.to_vec();
        near[0] ^= 0xf0;
        let mut minus_h = public_key().n().to_vec();
        limbs::sub_assign(&mut minus_h, h);
        assert!(refused(q, p, h), "p < q");
        assert!(refused(p, p, h), "p = q");
        assert!(refused(&composite, q, h), "p composite");
        assert!(refused(&even, q, h), "p even");
        assert!(refused(p, &near, h) && refused(&near, p, h), "q too near to p");
        assert!(refused(p, &[7], h), "q short");
        assert!(refused(p, &[0], h) && refused(&[0], &[0], h), "zero");
        assert!(refused(p, q, public_key().n()), "h = n");
        assert!(refused(p, q, &[0]), "h = 0");
        assert!(refused(p, q, &minus_h), "h is a square");
        assert!(refused(p, q, p), "h shares a factor with n");
    }

    #[test]
    fn parameters_are_checked() {
        let mut bytes = public_key().to_bytes().to_vec();
        bytes[HEADER_LEN + 1] = 4; // 1024 bits
        assert_eq!(UnprovenPublicKey::from_bytes(&bytes, ()).unwrap_err().kind(), ErrorKind::InvalidParams);
        bytes[HEADER_LEN + 1] = 8;
        bytes[HEADER_LEN + 2] = 39;
        assert_eq!(UnprovenPublicKey::from_bytes(&bytes, ()).unwrap_err().kind(), ErrorKind::ParamsMismatch);
        assert_eq!(params().params_id(), public_key().params_id());
    }
}
