//! Keys as JSON Web Keys, the way `phe` (python-paillier, `pheutil`) writes them.
//!
//! ```text
//! public key   {"kty": "DAJ", "alg": "PAI-GN1", "key_ops": ["encrypt"], "n": .., "kid": ..}
//! secret key   {"kty": "DAJ", "key_ops": ["decrypt"], "p": .., "q": .., "pub": {public key}, "kid": ..}
//! older        {"kty": "DAJ", "key_ops": ["decrypt"], "lambda": .., "mu": .., "pub": {public key}, "kid": ..}
//! ```
//!
//! Numbers are big-endian in base64url without padding. The text is read by `serde_json` and `base64ct`: a format of other
//! software, with its own rules for whitespace, order and unknown members, and no part of the canonical bytes of this crate.
//!
//! Neither scale nor base of the randomizers are in the text: the reader says the former, the latter follows from n
//! ([`interchange`](super::interchange)).
use base64ct::{Base64UrlUnpadded, Encoding};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::keys::{NOT_A_KEY, PublicKey, SecretKey};
use super::params::{Params, ParamsSpec};
use super::proven::UnprovenPublicKey;
use super::totient;
use crate::bigint::limbs;
use crate::error::{Error, ErrorKind, Result};

const KEY_TYPE: &str = "DAJ";
const ALGORITHM: &str = "PAI-GN1";
const ENCRYPT: &str = "encrypt";
const DECRYPT: &str = "decrypt";
/// More than any key takes: a comment in `kid` included.
const MAX_LEN: usize = 1 << 16;

/// The members of a public key. What a secret is made of is borrowed from the text: no copy is left behind.
#[derive(Deserialize, Serialize)]
struct PublicJwk<'a> {
    kty: &'a str,
    alg: &'a str,
    #[serde(default)]
    key_ops: Vec<&'a str>,
    n: &'a str,
    #[serde(skip_deserializing)]
    kid: &'a str,
}

#[derive(Deserialize, Serialize)]
struct SecretJwk<'a> {
    kty: &'a str,
    #[serde(default)]
    key_ops: Vec<&'a str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    p: Option<&'a str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    q: Option<&'a str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lambda: Option<&'a str>,
    #[serde(borrow, rename = "pub")]
    public: PublicJwk<'a>,
    #[serde(skip_deserializing)]
    kid: &'a str,
}

fn refused(what: &'static str) -> Error {
    Error::new(ErrorKind::InvalidEncoding, what)
}

impl UnprovenPublicKey {
    /// Reads a public key of `phe`, or the public part of a secret key.
    ///
    /// # Errors
    /// `InvalidEncoding`; `InvalidParams` for a modulus that has not 2048, 3072 or 4096 bits, or a bad scale.
    /// # Timing
    /// Varies with the key, which is public.
    /// # Security
    /// As [`UnprovenPublicKey::from_modulus`].
    ///
    /// # Example
    /// ```
    /// # fn main() -> veilkit::Result<()> {
    /// # use rand_chacha::rand_core::SeedableRng;
    /// # let mut rng = rand_chacha::ChaCha20Rng::from_seed([7; 32]); // in earnest: the operating system's generator
    /// use veilkit::paillier::{Keypair, Params, ParamsSpec, SecretKey, UnprovenPublicKey};
    ///
    /// let params = Params::new(ParamsSpec { modulus_bits: 2048, ..ParamsSpec::default() })?;
    /// let text = Keypair::generate(params, &mut rng)?.secret_key().to_jwk("made for phe");
    ///
    /// let secret = SecretKey::from_jwk(&text, 40, 88)?;
    /// let public = UnprovenPublicKey::from_jwk(&text, 40, 88)?.trust_without_proof();
    /// assert_eq!(secret.public_key(), &public);
    /// # Ok(())
    /// # }
    /// ```
    pub fn from_jwk(text: &str, fraction_bits: u32, value_bits: u32) -> Result<Self> {
        // A secret key has no modulus outside its public part.
        let (params, n) = match parse::<SecretJwk<'_>>(text) {
            Ok(secret) => modulus(&secret.public, fraction_bits, value_bits),
            Err(_) => modulus(&parse(text)?, fraction_bits, value_bits),
        }?;
        Self::from_modulus(params, &n)
    }
}

impl PublicKey {
    /// The modulus as `phe` reads it, with a comment. Base and scale are not part of it.
    pub fn to_jwk(&self, comment: &str) -> String {
        serde_json::to_string(&public_jwk(&encoded(&self.modulus_to_be_bytes()), comment))
            .expect("strings only")
    }
}

impl SecretKey {
    /// Reads a secret key of `phe`, made of two primes, or of the lambda of older versions.
    ///
    /// Its public key is the one that [`UnprovenPublicKey::from_jwk`] reads from the public part.
    ///
    /// # Errors
    /// `InvalidEncoding` for text that is none, or primes that do not make the modulus; `InvalidParams` for a modulus that has
    /// not 2048, 3072 or 4096 bits, or a bad scale.
    /// # Timing
    /// As [`SecretKey::from_primes`], and with lambda as `gcd(p-1, q-1)` says. The length of each number shows.
    pub fn from_jwk(text: &str, fraction_bits: u32, value_bits: u32) -> Result<Self> {
        let jwk: SecretJwk<'_> = parse(text)?;
        if jwk.kty != KEY_TYPE {
            return Err(refused("jwk: kty"));
        }
        if !jwk.key_ops.is_empty() && !jwk.key_ops.contains(&DECRYPT) {
            return Err(refused("jwk: key_ops"));
        }
        let (params, n) = modulus(&jwk.public, fraction_bits, value_bits)?;
        let [p, q] = match (jwk.p, jwk.q, jwk.lambda) {
            (Some(p), Some(q), _) => [decoded(p)?, decoded(q)?],
            (None, None, Some(lambda)) => primes_of(&params, &n, &decoded(lambda)?)?,
            _ => return Err(refused("jwk: neither p and q nor lambda")),
        };
        let key = Self::from_primes(params, &p, &q)?;
        // Both are public.
        if key.public_key().modulus_to_be_bytes() == n { Ok(key) } else { Err(NOT_A_KEY) }
    }

    /// The primes as `phe` reads them, with a comment: the whole secret, wiped when dropped. Base and scale are not part of it.
    pub fn to_jwk(&self, comment: &str) -> Zeroizing<String> {
        let primes = self.primes_to_be_bytes();
        let [p, q] = [&primes[0], &primes[1]].map(|prime| Zeroizing::new(encoded(prime)));
        let n = encoded(&self.public_key().modulus_to_be_bytes());
        let jwk = SecretJwk {
            kty: KEY_TYPE,
            key_ops: vec![DECRYPT],
            p: Some(&p),
            q: Some(&q),
            lambda: None,
            public: public_jwk(&n, comment),
            kid: comment,
        };
        // Room for all, escaped comments included, so that no copy is left behind by growing.
        let mut text =
            Zeroizing::new(Vec::with_capacity(n.len() + p.len() + q.len() + 12 * comment.len() + 256));
        serde_json::to_writer(&mut *text, &jwk).expect("strings only");
        Zeroizing::new(String::from_utf8(core::mem::take(&mut *text)).expect("JSON is UTF-8"))
    }
}

fn public_jwk<'a>(n: &'a str, kid: &'a str) -> PublicJwk<'a> {
    PublicJwk { kty: KEY_TYPE, alg: ALGORITHM, key_ops: vec![ENCRYPT], n, kid }
}

fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T> {
    match text.len() {
        0..=MAX_LEN => serde_json::from_str(text).map_err(|_| refused("jwk: not the JSON of such a key")),
        _ => Err(refused("jwk: too long")),
    }
}

/// The parameters that fit the modulus, and the modulus in as many bytes as it has.
fn modulus(jwk: &PublicJwk<'_>, fraction_bits: u32, value_bits: u32) -> Result<(Params, Vec<u8>)> {
    if jwk.kty != KEY_TYPE || jwk.alg != ALGORITHM {
        return Err(refused("jwk: kty or alg of the public key"));
    }
    let mut n = core::mem::take(&mut *decoded(jwk.n)?);
    let zeros = n.iter().take_while(|byte| **byte == 0).count();
    n.drain(..zeros);
    let modulus_bits = u32::try_from(limbs::bits_vartime(&limbs::from_be_bytes(&n))).unwrap_or(u32::MAX);
    let params = Params::new(ParamsSpec { modulus_bits, fraction_bits, value_bits })?;
    Ok((params, n))
}

fn primes_of(params: &Params, n: &[u8], lambda: &[u8]) -> Result<[Zeroizing<Vec<u8>>; 2]> {
    let mut lambda = limbs::from_be_bytes(lambda);
    if lambda.len() > params.modulus_limbs() {
        return Err(NOT_A_KEY);
    }
    lambda.resize(params.modulus_limbs(), 0);
    let primes = totient::factor(&limbs::from_be_bytes(n), &lambda)?;
    Ok(primes.map(|prime| limbs::to_be_bytes(&prime, params.modulus_bytes() / 2)))
}

fn encoded(number: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(number)
}

/// # Timing
/// Constant in the number; its length shows, and whether it is one.
fn decoded(text: &str) -> Result<Zeroizing<Vec<u8>>> {
    Base64UrlUnpadded::decode_vec(text)
        .map(Zeroizing::new)
        .map_err(|_| refused("jwk: not a base64url number"))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{params, public_key, secret_key};
    use super::*;
    use serde_json::{Value, json};

    fn number(number: &num_bigint::BigUint) -> String {
        encoded(&number.to_bytes_be())
    }

    fn secret() -> Value {
        serde_json::from_str(&secret_key().to_jwk("a \"comment\"")).unwrap()
    }

    fn read(jwk: &Value) -> Result<SecretKey> {
        SecretKey::from_jwk(&jwk.to_string(), 40, 88)
    }

    #[test]
    fn keys_come_back() {
        let key = read(&secret()).unwrap();
        assert_eq!(key.public_key().n(), public_key().n());
        assert_eq!(key.public_key().params(), &params());
        let text = public_key().to_jwk("a comment");
        let public = UnprovenPublicKey::from_jwk(&text, 40, 88).unwrap().trust_without_proof();
        assert_eq!(&public, key.public_key());
        assert_eq!(public.to_jwk("a comment"), text);
        assert_eq!(key.to_jwk("a \"comment\""), secret_key().to_jwk("a \"comment\""));
        let parts: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            (&parts["kty"], &parts["alg"], &parts["kid"]),
            (&json!("DAJ"), &json!("PAI-GN1"), &json!("a comment"))
        );
        assert_eq!((&parts["key_ops"], &secret()["key_ops"]), (&json!(["encrypt"]), &json!(["decrypt"])));
        let scaled = UnprovenPublicKey::from_jwk(&text, 0, 64).unwrap().trust_without_proof();
        assert_eq!((scaled.params().fraction_bits(), scaled.params().value_bits()), (0, 64));
    }

    #[test]
    fn older_keys_hold_lambda() {
        let [p, q] =
            [&secret_key().p, &secret_key().q].map(|factor| limbs::to_biguint_vartime(factor.limbs()));
        let phi = (p - 1_u8) * (q - 1_u8);
        for lambda in [phi.clone(), &phi / 2_u8] {
            let mut jwk = secret();
            let members = jwk.as_object_mut().unwrap();
            members.remove("p");
            members.remove("q");
            members.insert("lambda".into(), number(&lambda).into());
            members.insert("mu".into(), "AQAB".into());
            assert_eq!(read(&jwk).unwrap().primes_to_be_bytes(), secret_key().primes_to_be_bytes());
            jwk["lambda"] = number(&(lambda + 2_u8)).into();
            assert_eq!(read(&jwk).unwrap_err(), NOT_A_KEY);
        }
    }

    #[test]
    fn no_other_lambda_passes() {
        let n = limbs::to_biguint_vartime(public_key().n());
        let mut jwk = secret();
        let members = jwk.as_object_mut().unwrap();
        members.remove("p");
        members.remove("q");
        let small = [0_u8, 1, 2, 3, 4].map(num_bigint::BigUint::from);
        let powers = [1, 64, 2040].map(|bits| num_bigint::BigUint::from(1_u8) << bits);
        let near = [n.clone(), &n - 1_u8, &n + 1_u8, &n * 2_u8];
        for lambda in small.iter().chain(&powers).chain(&near) {
            jwk["lambda"] = number(lambda).into();
            assert!(read(&jwk).is_err(), "{lambda}");
        }
    }

    #[test]
    fn a_changed_text_is_refused_or_the_same_key() {
        use rand_chacha::ChaCha20Rng;
        use rand_core::{Rng, SeedableRng};

        const OTHERS: &[u8] = b" \"{}[]:,\\A-_0z";
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let text = secret_key().to_jwk("a \"comment\"").as_bytes().to_vec();
        let mut below = |bound: usize| usize::try_from(rng.next_u64() % bound as u64).expect("small");
        let mut refused = 0;
        for _ in 0..300 {
            let mut changed = text.clone();
            let at = below(changed.len());
            match below(4) {
                0 => changed[at] = OTHERS[below(OTHERS.len())],
                1 => _ = changed.remove(at),
                2 => changed.insert(at, OTHERS[below(OTHERS.len())]),
                _ => changed.truncate(at),
            }
            let changed = String::from_utf8(changed).expect("ASCII");
            match SecretKey::from_jwk(&changed, 40, 88) {
                Ok(key) => {
                    assert_eq!(key.primes_to_be_bytes(), secret_key().primes_to_be_bytes(), "{changed}")
                }
                Err(_) => refused += 1,
            }
        }
        assert!(refused > 200, "{refused} refused");
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let (n, p) = (public_key().modulus_to_be_bytes(), secret_key().primes_to_be_bytes()[0].to_vec());
        let with = |path: &[&str], value: Value| {
            let mut jwk = secret();
            let place = path.iter().fold(&mut jwk, |place, name| &mut place[*name]);
            *place = value;
            read(&jwk).map(|_| ()).unwrap_err().kind()
        };
        for (path, value) in [
            (&["kty"][..], json!("RSA")),
            (&["kty"], json!(7)),
            (&["key_ops"], json!(["encrypt"])),
            (&["p"], json!(encoded(&n))),
            (&["p"], json!(encoded(&p[1..]))),
            (&["p"], json!("")),
            (&["p"], json!("A")),
            (&["p"], json!("+/+/")),
            (&["p"], json!("AQAB=")),
            (&["p"], json!(null)),
            (&["p"], json!([1])),
            (&["q"], json!(encoded(&p))),
            (&["pub"], json!({})),
            (&["pub"], json!(7)),
            (&["pub", "kty"], json!("RSA")),
            (&["pub", "alg"], json!("PAI-GN2")),
            (&["pub", "n"], json!(encoded(&[&n[..255], &[n[255] ^ 2]].concat()))),
        ] {
            assert_eq!(with(path, value.clone()), ErrorKind::InvalidEncoding, "{path:?} {value}");
        }
        for n in [&n[1..], &[0], &[], &[1; 300]] {
            assert_eq!(with(&["pub", "n"], encoded(n).into()), ErrorKind::InvalidParams);
        }
        let text = secret_key().to_jwk("");
        for text in
            ["", "{", "[]", "null", "7", &text[1..], &[&text[..], "x"].concat(), &" ".repeat(MAX_LEN + 1)]
        {
            assert_eq!(SecretKey::from_jwk(text, 40, 88).unwrap_err().kind(), ErrorKind::InvalidEncoding);
            let public = UnprovenPublicKey::from_jwk(text, 40, 88);
            assert_eq!(public.unwrap_err().kind(), ErrorKind::InvalidEncoding);
        }
        let twice = text.replacen('{', "{\"kty\":\"DAJ\",", 1);
        assert_eq!(SecretKey::from_jwk(&twice, 40, 88).unwrap_err().kind(), ErrorKind::InvalidEncoding);
        assert_eq!(SecretKey::from_jwk(&text, 40, 30).unwrap_err().kind(), ErrorKind::InvalidParams);
    }
}
