//! What parameters mean, before anything is generated.
use core::fmt;

use super::bounds::{Bounds, Noise};
use super::chain;
use super::key_switch::digit_bounds;
use super::params::Params;
use super::release::ReleasePolicy;
use super::security::Security;
use crate::error::{Error, ErrorKind, Result};

/// Security, sizes and precision of parameters. Sizes are in bytes, of the residues alone: encodings add some tens of bytes.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Description {
    /// The number of coefficients.
    pub degree: usize,
    /// The complex numbers in a ciphertext.
    pub slots: usize,
    /// Multiplications that can follow each other.
    pub depth: usize,
    /// About the binary logarithm of the scale.
    pub scale_bits: u32,
    /// The level of security.
    pub security: Security,
    /// The binary logarithm of the product of all moduli.
    pub log2_qp: f64,
    /// The most that the security level allows.
    pub max_log2_qp: u32,
    /// Digits of key switching.
    pub digits: usize,
    /// A fresh ciphertext made with the public key.
    pub ciphertext_bytes: usize,
    /// A fresh ciphertext made with the secret key: one half of it is a seed.
    pub seeded_ciphertext_bytes: usize,
    /// A ciphertext at the last level, such as a result.
    pub result_bytes: usize,
    /// The public key.
    pub public_key_bytes: usize,
    /// The key for relinearization.
    pub relinearization_key_bytes: usize,
    /// The key for one rotation.
    pub rotation_key_bytes: usize,
    /// The binary logarithm of the largest result.
    pub log2_result: u32,
    /// The binary logarithm of the usual error of a fresh ciphertext that was made with the public key.
    pub log2_fresh_error: f64,
    /// The binary logarithm of the worst error of a number that is released from a fresh ciphertext, the numbers of which are at
    /// most 1: one number, [`RELEASES`](Description::RELEASES) releases of the key,
    /// [`MIN_STATISTICAL_BITS`](ReleasePolicy::MIN_STATISTICAL_BITS). Above 0 nothing is left of it.
    pub log2_release_error: f64,
    /// The same after as many squarings as there are levels.
    pub log2_last_release_error: f64,
}

/// Bytes of a seed.
const SEED_BYTES: usize = 32;
/// The standard deviation of fresh errors, `sqrt(21 / 2)`.
const ERROR_DEVIATION: f64 = 3.24;

impl Description {
    /// How many releases of a key descriptions are for.
    pub const RELEASES: u32 = 100;

    pub(super) fn new(params: &Params) -> Self {
        let degree = params.degree();
        // A degree is a multiple of 8, so that packed rows fill whole bytes.
        let poly_bytes = |bits: &[u32]| bits.iter().map(|bits| degree / 8 * *bits as usize).sum::<usize>();
        let (of_q, of_p) = (poly_bytes(params.moduli_bits()), poly_bytes(params.special_bits()));
        let switching_key_bytes = params.digits() * (of_q + of_p + SEED_BYTES);
        let policy = ReleasePolicy::new(ReleasePolicy::MIN_STATISTICAL_BITS, Self::RELEASES);
        let policy = policy.expect("a policy that exists");
        let released = |squarings| params.release_error(&policy, 1, squarings).map_or(0.0, f64::log2);
        Self {
            degree,
            slots: params.slots(),
            depth: params.depth(),
            scale_bits: params.scale_bits(),
            security: params.security(),
            log2_qp: params.log2_qp(),
            max_log2_qp: params.security().max_log2_qp(degree).unwrap_or(0),
            digits: params.digits(),
            ciphertext_bytes: 2 * of_q,
            seeded_ciphertext_bytes: of_q + SEED_BYTES,
            result_bytes: 2 * poly_bytes(&params.moduli_bits()[..1]),
            public_key_bytes: of_q + poly_bytes(&params.special_bits()[..1]) + SEED_BYTES,
            relinearization_key_bytes: switching_key_bytes,
            rotation_key_bytes: switching_key_bytes,
            log2_result: params.moduli_bits()[0] - params.scale_bits() - 1,
            log2_fresh_error: fresh_deviation(params).log2() - f64::from(params.scale_bits()),
            log2_release_error: released(0),
            log2_last_release_error: released(params.depth()),
        }
    }
}

/// The standard deviation in a slot of `(u e + e0 + s e1) / p_0 + r0 + s r1`, where u and s are uniform ternary (CKKS17
/// §3.4), and r0 and r1 are what rounding leaves.
fn fresh_deviation(params: &Params) -> f64 {
    let n = chain::float(params.degree() as u64);
    let errors = ERROR_DEVIATION / chain::float(params.special_moduli()[0]);
    let (errors, rounding) = (errors.powi(2) * (n * 4.0 / 3.0 + 1.0), (n * 2.0 / 3.0 + 1.0) / 12.0);
    (n * (errors + rounding)).sqrt()
}

impl Params {
    /// By how much numbers of at most 1 can be off when they are released: `slots` real numbers at once, from a ciphertext made
    /// with the public key and squared so many times, each of which takes a level. In the worst case, and before there are keys.
    ///
    /// # Errors
    /// `OutOfRange` for more squarings than [`Params::depth`], for no slots, or for more than there are.
    pub fn release_error(&self, policy: &ReleasePolicy, slots: usize, squarings: usize) -> Result<f64> {
        let (degree, depth) = (self.degree(), self.depth());
        let last = depth.checked_sub(squarings).ok_or(Error::new(
            ErrorKind::OutOfRange,
            "multiplications: no more than the depth of the parameters",
        ))?;
        if !(1..=self.slots()).contains(&slots) {
            return Err(Error::new(ErrorKind::OutOfRange, "slots: from 1 to as many as there are"));
        }
        let scale = |level| self.scale_at(level).expect("a level of these parameters");
        let special = chain::float(self.special_moduli()[0]);
        let mut bounds = Bounds::encoded(degree, 1.0, scale(depth)).encrypted_to_public_key(degree, special);
        for level in (last + 1..=depth).rev() {
            let digits: Vec<f64> = digit_bounds(self, level).collect();
            let divisor = chain::float(self.moduli()[level]);
            let square = bounds.mul(scale(level), &bounds, scale(level));
            let switched = square.with_noise(Noise::key_switch(degree, &digits));
            bounds = switched.rescale(degree, divisor, scale(level) * scale(level), scale(level - 1));
        }
        Ok(policy.error_bound(degree, &bounds, scale(last), slots, 1))
    }
}

impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { degree, slots, depth, scale_bits, digits, max_log2_qp, .. } = self;
        writeln!(
            f,
            "CKKS, degree {degree}: {slots} complex or real slots, {depth} multiplications in a row"
        )?;
        writeln!(f, "security              {}: {:.1} of {max_log2_qp} bits", self.security, self.log2_qp)?;
        writeln!(
            f,
            "precision             scale 2^{scale_bits}, results up to 2^{}, fresh errors near 2^{:.0}",
            self.log2_result, self.log2_fresh_error
        )?;
        self.write_release(f)?;
        let sizes = [
            ("ciphertext", self.ciphertext_bytes),
            ("  by the secret key", self.seeded_ciphertext_bytes),
            ("  at the last level", self.result_bytes),
            ("public key", self.public_key_bytes),
            ("relinearization key", self.relinearization_key_bytes),
            ("one rotation key", self.rotation_key_bytes),
        ];
        for (name, bytes) in sizes {
            writeln!(f, "{name:<21} {}", Bytes(bytes))?;
        }
        write!(f, "key switching         {digits} digits")
    }
}

impl Description {
    fn write_release(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = |log2_error: f64| (-log2_error).floor();
        let (fresh, last) = (bits(self.log2_release_error), bits(self.log2_last_release_error));
        write!(f, "release               ")?;
        match fresh > 0.0 {
            true => write!(f, "{fresh:.0} bits after the point remain")?,
            false => write!(f, "no room: {:.0} bits of the scale are missing", 1.0 - fresh)?,
        }
        match self.depth {
            0 => {}
            depth => {
                let left = if last > 0.0 { format!("{last:.0}") } else { "none".into() };
                let plural = if depth == 1 { "" } else { "s" };
                write!(f, ", {left} after {depth} multiplication{plural}")?;
            }
        }
        writeln!(f, " (worst case, {} releases)", Self::RELEASES)
    }
}

/// A number of bytes, for people.
struct Bytes(usize);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = chain::float(self.0 as u64);
        if bytes < 1e6 { write!(f, "{:.0} kB", bytes / 1e3) } else { write!(f, "{:.1} MB", bytes / 1e6) }
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;

    use super::*;
    use crate::ckks::{
        Ciphertext, Context, EncryptionKey, EvaluationKeys, KeyRequest, ReleaseBudget, SecretKey,
    };

    #[test]
    fn sizes_add_up() {
        let d = Params::depth_2().describe();
        assert_eq!(d.ciphertext_bytes, 2 * 8192 * 140 / 8);
        assert_eq!(d.seeded_ciphertext_bytes, 8192 * 140 / 8 + 32);
        assert_eq!(d.result_bytes, 2 * 8192 * 60 / 8);
        assert_eq!(d.public_key_bytes, 8192 * 200 / 8 + 32);
        assert_eq!(d.rotation_key_bytes, 3 * (8192 * 200 / 8 + 32));
        assert_eq!((d.log2_result, d.max_log2_qp), (19, 202));
    }

    #[test]
    fn fourteen_rotations_at_degree_32768_fit_150_megabytes() {
        let params =
            Params::new(1 << 15, &[60, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50], &[60; 4], 50).unwrap();
        assert!(params.describe().rotation_key_bytes * 14 < 150_000_000);
    }

    /// What is said of releases before there are keys is what they do.
    #[test]
    fn releases_are_as_exact_as_described() {
        for params in [Params::released_sums(), Params::released_depth_4()] {
            let described = params.describe();
            let rng = &mut ChaCha20Rng::seed_from_u64(1);
            let context = Context::new(&params).unwrap();
            let key = SecretKey::generate(&context, rng);
            let request = KeyRequest::new().relinearization();
            let keys = EvaluationKeys::generate(&key, &request, rng, &mut ()).unwrap();
            let policy = ReleasePolicy::new(30, Description::RELEASES).unwrap();
            let mut budget = ReleaseBudget::new(&key, policy);
            let mut released = |x: &Ciphertext| key.release(&mut budget, x, &[0], 1.0, &mut *rng).unwrap();
            let public = key.public_key(&mut ChaCha20Rng::seed_from_u64(2));
            let mut x = public.encrypt_values(&[0.5], 1.0, &mut ChaCha20Rng::seed_from_u64(3)).unwrap();
            let fresh = released(&x);
            assert!((fresh.error_bound().log2() - described.log2_release_error).abs() < 1e-9);
            for _ in 0..params.depth() {
                x = keys.square(&x).unwrap();
            }
            let last = released(&x);
            assert!((last.error_bound().log2() - described.log2_last_release_error).abs() < 1e-6);
            assert!((last.values()[0] - 0.5_f64.powi(1 << params.depth())).abs() <= last.error_bound());
        }
        let (params, policy) = (Params::sums(), ReleasePolicy::new(30, 1).unwrap());
        for (slots, squarings) in [(0, 0), (2049, 0), (1, 1), (1, usize::MAX)] {
            let refused = params.release_error(&policy, slots, squarings).unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::OutOfRange);
        }
        // What their documentation says.
        assert!(Params::released_sums().describe().log2_release_error < -11.0);
        assert!(Params::sums().describe().log2_release_error > 0.0);
    }

    #[test]
    fn reads_well() {
        let shown = Params::depth_2().describe().to_string();
        let expected = "\
CKKS, degree 8192: 4096 complex or real slots, 2 multiplications in a row
security              128 bits, quantum (2018 table): 200.0 of 202 bits
precision             scale 2^40, results up to 2^19, fresh errors near 2^-29
release               no room: 5 bits of the scale are missing, none after 2 multiplications (worst case, 100 releases)
ciphertext            287 kB
  by the secret key   143 kB
  at the last level   123 kB
public key            205 kB
relinearization key   614 kB
one rotation key      614 kB
key switching         3 digits";
        assert_eq!(shown, expected);
        let released = Params::released_sums().describe().to_string();
        let line = "release               11 bits after the point remain, 10 after 1 multiplication (worst case, 100 releases)";
        assert!(released.contains(line), "{released}");
    }
}
