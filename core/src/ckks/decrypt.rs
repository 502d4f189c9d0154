//! Decryption for the holder of the key.
//!
//! `c0 + c1 s` is the scaled message with its noise. The bounds say how large it can be, so only as many moduli as hold
//! that are worked with: one, for most results.
use core::fmt;

use zeroize::Zeroizing;

use super::ciphertext::{Ciphertext, check_fits};
use super::encoder::Complex;
use super::keys::SecretKey;
use crate::error::{Error, ErrorKind, Result};
use crate::ring::{Coefficients, Poly, Values};

/// A decrypted vector, for the holder of the key alone. Wiped when dropped.
///
/// # Security
/// The last bits of these numbers are noise that depends on the secret key: whoever sees a ciphertext and what it
/// exactly decrypts to can compute the key (Li, Micciancio, ePrint 2020/1533). So this has no encoding and prints nothing.
/// What others are to see goes through a release, which hides the noise.
pub struct Private {
    re: Zeroizing<Vec<f64>>,
    im: Zeroizing<Vec<f64>>,
    error: f64,
}

impl SecretKey {
    /// Decrypts.
    ///
    /// # Errors
    /// `ParamsMismatch` for a ciphertext of another key; `HeadroomExhausted` when its message may be too large for its modulus.
    /// # Timing
    /// Constant up to the integers that are decoded; the floating-point transform does the same for all numbers. Varies with
    /// the public bounds.
    /// # Security
    /// The result must not leave the holder of the key, see [`Private`].
    pub fn decrypt(&self, ciphertext: &Ciphertext) -> Result<Private> {
        let rows = self.rows_for(ciphertext)?;
        let phase = self.phase(ciphertext, rows);
        let (re, im) = self.to_slots(&phase, ciphertext.scale);
        Ok(Private { re, im, error: ciphertext.error() })
    }

    /// The fewest moduli that hold the scaled message and the noise.
    pub(in crate::ckks) fn rows_for(&self, ciphertext: &Ciphertext) -> Result<usize> {
        let Ciphertext { context, scale, bounds, .. } = ciphertext;
        self.context().check(context, "ciphertext: of other parameters")?;
        if ciphertext.key != self.id() {
            return Err(Error::new(ErrorKind::ParamsMismatch, "ciphertext: made under another key"));
        }
        check_fits(context, ciphertext.level(), *scale, bounds)?;
        let level = (0..ciphertext.level()).find(|level| bounds.fits(*scale, context.log2_modulus(*level)));
        Ok(level.unwrap_or(ciphertext.level()) + 1)
    }

    /// `c0 + c1 s` modulo the first moduli.
    pub(in crate::ckks) fn phase(
        &self,
        ciphertext: &Ciphertext,
        rows: usize,
    ) -> Zeroizing<Poly<Coefficients>> {
        let q = self.context().q();
        // EXPOSE: arithmetic in constant time.
        let s = self.values.expose_secret();
        let mut phase = Poly::<Values>::unset(q.degree(), rows);
        for (i, (row, prime)) in phase.iter_mut().zip(q.primes()).enumerate() {
            prime.mul_to(row, ciphertext.c1.row(i), s.row(i));
            prime.add(row, ciphertext.c0.row(i));
        }
        Zeroizing::new(q.inverse(phase))
    }

    /// The slots of a polynomial with small coefficients: real parts and imaginary parts.
    pub(in crate::ckks) fn to_slots(
        &self,
        phase: &Poly<Coefficients>,
        scale: f64,
    ) -> (Zeroizing<Vec<f64>>, Zeroizing<Vec<f64>>) {
        let context = self.context();
        let rows: Vec<&[u64]> = phase.iter().collect();
        let mut re = Zeroizing::new(vec![0.0; phase.degree()]);
        context.recombination(rows.len()).to_numbers(&rows, 1.0 / scale, &mut re);
        let mut im = Zeroizing::new(re[phase.degree() / 2..].to_vec());
        re.truncate(phase.degree() / 2);
        context.encoder().project(&mut re, &mut im);
        (re, im)
    }
}

impl Private {
    /// The real parts of all slots.
    pub fn to_real(&self) -> Vec<f64> {
        self.re.to_vec()
    }

    /// All slots.
    pub fn to_complex(&self) -> Vec<Complex> {
        self.re.iter().zip(self.im.iter()).map(|(re, im)| Complex::new(*re, *im)).collect()
    }

    /// By how much each number can differ from what exact arithmetic would have given. Public.
    pub fn error(&self) -> f64 {
        self.error
    }
}

impl fmt::Debug for Private {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Private").field("error", &self.error).finish_non_exhaustive()
    }
}
