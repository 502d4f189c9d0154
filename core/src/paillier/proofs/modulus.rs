//! Proof that a public key is well-formed: n = pq for primes `p = q = 3 mod 4` with `gcd(n, phi(n)) = 1`, and
//! `h = -x^2 mod n` for some x.
//!
//! CGGMP21: Canetti, Gennaro, Goldfeder, Makriyannis, Peled, ePrint 2021/060, Fig. 16, with the n-th roots after GRSB18:
//! Goldberg, Reyzin, Sagga, Baldimtsi, ePrint 2018/057, §3.2, and the verifier's trial division as there. The verifier
//! knows already that n is odd, no prime, no perfect power and has no factor below 2^16. Letters as in CGGMP21:
//!
//! 1. `w` is a small number; every `y_i` and `v_j` is the hash of n, h and w, read as an element modulo n.
//! 2. `z_j^n = v_j mod n` for j = 1..8.
//! 3. The Jacobi symbol of h is 1.
//! 4. `x_i^4 = h^(a_i) w^(b_i) y_i mod n` with bits `a_i`, `b_i`, for i = 1..128.
//!
//! DEVIATION(CGGMP21 Fig. 16): h stands for -1 in step 4, which makes the same roots prove the form of h; fewer n-th
//! roots are needed, because small factors are excluded; the two steps have challenges of their own.
//!
//! # Soundness
//! Let P be what is claimed. If P is wrong, no proof is accepted but with probability 2^-128 for each hash that is tried:
//!
//! - Some prime d divides n and phi(n): at most one unit in d is an n-th power, and d > 2^16, so eight uniform `v_j` all
//!   have roots with probability below 2^-128. From here on n has no square factor and `gcd(n, phi(n)) = 1`.
//! - The fourth powers have index `prod gcd(4, p - 1)`, over the primes p of n, in the units. With two or more primes
//!   that is at least 8, unless n = pq with `p = q = 3 mod 4`. The elements `h^a w^b` meet at most four cosets: at
//!   most half of all `y_i` can be answered.
//! - n = pq is as claimed, the index is 4, the fourth powers are the squares, and the cosets form the group Z_2 x Z_2. Those
//!   that `h^a w^b` meet are the subgroup that h and w generate. It is the whole group, or at most half of it; so h is no
//!   square, but has Jacobi symbol 1, as -1 has. Hence -h is a square.
//!
//! # Zero knowledge
//! For an honest key `h^a w^b` meets each coset once. So `x_i`, `a_i`, `b_i`, `z_j` chosen uniformly give uniform
//! `y_i = x_i^4 h^-a w^-b` and `v_j = z_j^n`, which is the simulator. The fourth root that is published is the one that is
//! itself a fourth power, the same for each run.
//!
//! # Security
//! Not proven: that both primes are large. Whoever makes a key can publish its primes just as well.
use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroizing;

use super::super::factor::{Factor, garner};
use super::super::keys::{SecretKey, halve, published};
use super::super::params::Params;
use super::super::validate::jacobi_vartime;
use crate::bigint::{Modulus, Residue, limbs};
use crate::codec::{Reader, Writer};
use crate::error::{Error, ErrorKind, Result};
use crate::progress::try_map;
use crate::secret::declassify;
use crate::transcript::Transcript;

/// Challenges with fourth roots, each answered by a false prover with probability 1/2.
const FOURTH_ROOTS: usize = 128;
/// Challenges with n-th roots, each answered by a false prover with probability below 2^-16.
const NTH_ROOTS: usize = 8;
/// Bytes of the bits `a_i` or `b_i`.
const BITS_LEN: usize = FOURTH_ROOTS / 8;
/// Bytes drawn beyond the length of n, so that challenges are uniform but for 2^-128.
const SPARE: usize = 16;

const REFUSED: Error = Error::new(ErrorKind::VerificationFailed, "public key: proof of the modulus");

/// What is proven: a modulus and the base of its randomizers before it is raised to the power n.
pub(in super::super) struct Statement<'a> {
    pub(in super::super) params: &'a Params,
    pub(in super::super) modulus: &'a Modulus,
    pub(in super::super) h: &'a Residue,
}

/// The proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct ModulusProof {
    /// A number of Jacobi symbol -1.
    w: u16,
    /// The bits `a_i`, lowest first.
    a: [u8; BITS_LEN],
    /// The bits `b_i`, lowest first.
    b: [u8; BITS_LEN],
    /// The roots `z_j`.
    nth_roots: Vec<Residue>,
    /// The roots `x_i`.
    fourth_roots: Vec<Residue>,
}

impl Statement<'_> {
    /// Challenges of one kind.
    fn challenges(&self, w: u16, label: &'static str, count: usize) -> Vec<Residue> {
        let mut transcript = Transcript::new("veilkit v1 paillier modulus proof");
        transcript
            .append_u64("params id", self.params.params_id().into())
            .append("n", &limbs::to_le_bytes(self.modulus.as_limbs(), self.modulus.byte_len()))
            .append("h", &self.modulus.to_le_bytes(self.h))
            .append_u64("w", w.into());
        let challenge = |i: usize| {
            let mut transcript = transcript.clone();
            transcript.append_u64(label, i as u64);
            let mut bytes = vec![0; self.modulus.byte_len() + SPARE];
            transcript.fill(&mut bytes);
            self.modulus.reduce(&limbs::from_le_bytes(&bytes))
        };
        (0..count).map(challenge).collect()
    }

    fn to_nth_root(&self, w: u16) -> Vec<Residue> {
        self.challenges(w, "nth root", NTH_ROOTS)
    }

    fn to_fourth_root(&self, w: u16) -> Vec<Residue> {
        self.challenges(w, "fourth root", FOURTH_ROOTS)
    }
}

impl ModulusProof {
    /// Bytes of a proof.
    pub(in super::super) fn encoded_len(params: &Params) -> usize {
        2 + 2 * BITS_LEN + (NTH_ROOTS + FOURTH_ROOTS) * params.modulus_bytes()
    }

    pub(in super::super) fn write(&self, modulus: &Modulus, out: &mut Writer) {
        out.u16(self.w).bytes(&self.a).bytes(&self.b);
        for root in self.nth_roots.iter().chain(&self.fourth_roots) {
            out.bytes(&modulus.to_le_bytes(root));
        }
    }

    pub(in super::super) fn read(modulus: &Modulus, body: &mut Reader<'_>) -> Result<Self> {
        let w = body.u16("modulus proof: w")?;
        let a = body.array("modulus proof: a")?;
        let b = body.array("modulus proof: b")?;
        let mut roots = |count| {
            let root = |_| modulus.from_le_bytes(body.bytes(modulus.byte_len(), "modulus proof: root")?);
            (0..count).map(root).collect::<Result<Vec<_>>>()
        };
        Ok(Self { w, a, b, nth_roots: roots(NTH_ROOTS)?, fourth_roots: roots(FOURTH_ROOTS)? })
    }

    /// Proves that the key is well-formed. The proof is the same each time.
    ///
    /// # Errors
    /// `VerificationFailed` when the computation went wrong: a wrong root would give away the primes.
    /// # Timing
    /// Constant in p and q.
    pub(in super::super) fn prove(key: &SecretKey, statement: &Statement<'_>) -> Result<Self> {
        let n = limbs::to_biguint_vartime(statement.modulus.as_limbs());
        let w = (2..u16::MAX).find(|w| jacobi_vartime(&(*w).into(), &n) == -1).ok_or(REFUSED)?;
        let (p, q) =
            (Roots::new(&key.p, &key.h, w, key.q.limbs()), Roots::new(&key.q, &key.h, w, key.p.limbs()));
        // Here the roots become public.
        let join =
            |of_p: &Residue, of_q: &Residue| statement.modulus.reduce(&published(&join(key, of_p, of_q)));
        let nth_roots = try_map(&statement.to_nth_root(w), &mut (), |v| {
            let v = statement.modulus.to_limbs(v);
            Ok(join(&p.nth_root(&v), &q.nth_root(&v)))
        })?;
        let answers = try_map(&statement.to_fourth_root(w), &mut (), |y| {
            let y = statement.modulus.to_limbs(y);
            let ((mut x_p, square_p), (mut x_q, square_q)) = (p.fourth_root(&y), q.fourth_root(&y));
            let b = square_p ^ square_q;
            let a = !square_p ^ (b & !p.w_is_square);
            p.adjust(&mut x_p, a, b);
            q.adjust(&mut x_q, a, b);
            Ok((declassify(a), declassify(b), join(&x_p, &x_q)))
        })?;
        let (mut a, mut b) = ([0; BITS_LEN], [0; BITS_LEN]);
        for (i, (a_i, b_i, _)) in answers.iter().enumerate() {
            a[i / 8] |= u8::from(*a_i) << (i % 8);
            b[i / 8] |= u8::from(*b_i) << (i % 8);
        }
        let fourth_roots = answers.into_iter().map(|(_, _, x)| x).collect();
        Ok(Self { w, a, b, nth_roots, fourth_roots })
    }

    /// Checks the proof, for a modulus that passed [`check_modulus_vartime`](super::super::validate).
    ///
    /// # Errors
    /// `VerificationFailed`.
    /// # Timing
    /// Varies with statement and proof, which are public.
    pub(in super::super) fn verify_vartime(&self, statement: &Statement<'_>) -> Result<()> {
        let (modulus, h) = (statement.modulus, statement.h);
        let (vs, ys) = (statement.to_nth_root(self.w), statement.to_fourth_root(self.w));
        let w = modulus.reduce(&[self.w.into()]);
        let units: Vec<&Residue> = vs.iter().chain(&ys).chain([h, &w]).collect();
        if !modulus.are_units_vartime(&units) {
            return Err(REFUSED);
        }
        let big = |element: &Residue| limbs::to_biguint_vartime(&modulus.to_limbs(element));
        if jacobi_vartime(&big(h), &limbs::to_biguint_vartime(modulus.as_limbs())) != 1 {
            return Err(REFUSED);
        }
        let bit = |bits: &[u8; BITS_LEN], i: usize| bits[i / 8] >> (i % 8) & 1 == 1;
        for (i, (x, mut y)) in self.fourth_roots.iter().zip(ys).enumerate() {
            if bit(&self.a, i) {
                modulus.mul_assign(&mut y, h);
            }
            if bit(&self.b, i) {
                modulus.mul_assign(&mut y, &w);
            }
            if modulus.square(&modulus.square(x)) != y {
                return Err(REFUSED);
            }
        }
        let has_root = |(z, v): (&Residue, &Residue)| modulus.pow_vartime(z, modulus.as_limbs()) == *v;
        if self.nth_roots.len() == vs.len() && self.nth_roots.iter().zip(&vs).all(has_root) {
            Ok(())
        } else {
            Err(REFUSED)
        }
    }
}

/// The element modulo n that is `of_p` modulo p and `of_q` modulo q. As q < p, `of_q` is below p already.
fn join(key: &SecretKey, of_p: &Residue, of_q: &Residue) -> Zeroizing<Vec<u64>> {
    let (p, low) = (&key.p.prime, key.q.prime.to_limbs(of_q));
    let mut quotient = p.sub(of_p, &p.reduce(&low));
    p.mul_assign(&mut quotient, &key.p.other_inverse);
    garner(&low, key.q.limbs(), &p.to_limbs(&quotient))
}

/// Roots modulo one prime p.
struct Roots<'a> {
    prime: &'a Modulus,
    /// `((p+1)/4)^2 mod (p-1)/2`: a fourth root of each square, by Euler's criterion.
    fourth: Zeroizing<Box<[u64]>>,
    /// `n^-1 mod p-1`.
    nth: Zeroizing<Vec<u64>>,
    h_root: Residue,
    w_root: Residue,
    w_is_square: Choice,
}

impl<'a> Roots<'a> {
    fn new(factor: &'a Factor, h: &[u64], w: u16, other: &[u64]) -> Self {
        let prime = &factor.prime;
        let half = halve(factor.limbs());
        let modulus = Modulus::new(&half).expect("half of a prime that is 3 modulo 4 is odd");
        let mut quarter = halve(&half);
        limbs::add_assign(&mut quarter, &[1]);
        let fourth = modulus.to_limbs(&modulus.square(&modulus.reduce(&quarter)));
        // n = q modulo p - 1. Modulo (p-1)/2 there is an inverse; made odd, it is one modulo p - 1 too.
        let (inverse, _) = modulus.inverse_or_any(&modulus.reduce(other));
        let mut nth = Zeroizing::new(modulus.to_limbs(&inverse).to_vec());
        nth.resize(half.len(), 0);
        let mut odd = nth.clone();
        limbs::add_assign(&mut odd, &half);
        let even = limbs::is_zero(&[nth[0] & 1]);
        limbs::conditional_assign(&mut nth, &odd, even);
        let mut roots = Self {
            prime,
            fourth,
            nth,
            h_root: prime.one(),
            w_root: prime.one(),
            w_is_square: Choice::from(0),
        };
        (roots.h_root, _) = roots.fourth_root(h);
        (roots.w_root, roots.w_is_square) = roots.fourth_root(&[w.into()]);
        roots
    }

    fn nth_root(&self, v: &[u64]) -> Residue {
        self.prime.pow(&self.prime.reduce(v), &self.nth, self.prime.bits())
    }

    /// A power of y whose fourth power is y where y is a square, else -y; and whether it is one.
    fn fourth_root(&self, y: &[u64]) -> (Residue, Choice) {
        let y = self.prime.reduce(y);
        let root = self.prime.pow(&y, &self.fourth, self.prime.bits());
        let is_square = self.prime.square(&self.prime.square(&root)).ct_eq(&y);
        (root, is_square)
    }

    /// Turns the power of y into that of `h^a w^b y`.
    fn adjust(&self, root: &mut Residue, a: Choice, b: Choice) {
        for (factor, choice) in [(&self.h_root, a), (&self.w_root, b)] {
            let product = self.prime.mul(root, factor);
            root.conditional_assign(&product, choice);
        }
    }
}

#[cfg(test)]
mod tests;
