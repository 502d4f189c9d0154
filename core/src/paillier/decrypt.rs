//! Decryption by the Chinese remainder theorem, checked against faults.
//!
//! For `c = (1 + n m) h_s^a` and n = pq, Fermat's theorem gives `c^(p-1) = 1 - n m mod p^2`, so
//! `m = ((c^(p-1) - 1) / p) / -q mod p`, and the same with p and q exchanged. Paillier, EUROCRYPT '99, §7.
//!
//! A fault in one half of such a computation gives away a factor of n, through one wrong result (Boneh, DeMillo,
//! Lipton, EUROCRYPT '97). Before the result leaves, `c^(p-1) + n m = 1 mod p^2` is checked for both primes with the
//! final m, and that the powers were those of c. A fault in an exponentiation breaks Fermat's theorem, and with it
//! this equation, unless it hits one of about 2^1000 cases.
use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroizing;

use super::ciphertext::Ciphertext;
use super::factor::{Factor, garner};
use super::keys::SecretKey;
use super::plaintext::Plaintext;
use crate::bigint::{Residue, limbs};
use crate::error::{Error, ErrorKind, Result};
use crate::progress::{Observer, try_map};
use crate::secret::declassify;

/// The steps after which a test flips a bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// c modulo the square of the prime.
    Base,
    /// Its power.
    Power,
    /// The message modulo the prime.
    Half,
    /// The message.
    Message,
}

impl SecretKey {
    /// Decrypts one number.
    ///
    /// # Errors
    /// `ParamsMismatch` for a ciphertext of another key; `DecryptionFailed` when the computation went wrong.
    /// # Timing
    /// Constant in the key, the ciphertext and the plaintext.
    /// # Security
    /// Paillier encryption is malleable: whoever may choose ciphertexts and learn what they decrypt to reads
    /// everything. Decrypt for the owner of the data only.
    pub fn decrypt(&self, ciphertext: &Ciphertext) -> Result<Plaintext> {
        self.decrypt_with_faults(ciphertext, |_, _, _| ())
    }

    /// Decrypts many numbers, on every core with the `parallel` feature.
    ///
    /// # Errors
    /// As [`SecretKey::decrypt`]; `Cancelled` when the observer stops the work.
    /// # Timing
    /// Constant in the key, the ciphertexts and the plaintexts; varies with their number.
    pub fn decrypt_many(&self, list: &[Ciphertext], observer: &mut dyn Observer) -> Result<Vec<Plaintext>> {
        try_map(list, observer, |ciphertext| self.decrypt(ciphertext))
    }

    fn decrypt_with_faults(
        &self,
        ciphertext: &Ciphertext,
        fault: impl Fn(Step, bool, &mut [u64]),
    ) -> Result<Plaintext> {
        self.public.check_ciphertexts([ciphertext])?;
        let c = self.public.n_squared().to_limbs(ciphertext.value());
        let of_p = self.p.decrypt(&c, |step, limbs| fault(step, true, limbs));
        let of_q = self.q.decrypt(&c, |step, limbs| fault(step, false, limbs));

        // As q < p, the half modulo q is below p already.
        let mut quotient =
            self.p.prime.sub(&self.p.prime.reduce(&of_p.message), &self.p.prime.reduce(&of_q.message));
        self.p.prime.mul_assign(&mut quotient, &self.p.other_inverse);
        let mut message = garner(&of_q.message, self.q.limbs(), &self.p.prime.to_limbs(&quotient));
        fault(Step::Message, true, &mut message);

        let sound = of_p.same_base
            & of_q.same_base
            & self.p.confirms(&of_p.power, &message)
            & self.q.confirms(&of_q.power, &message)
            & limbs::lt(&message, self.public.n());
        if declassify(sound) {
            Ok(Plaintext::from_reduced(&message, &self.public))
        } else {
            Err(Error::new(ErrorKind::DecryptionFailed, "ciphertext"))
        }
    }
}

/// What one prime gives.
struct Half {
    /// c^(p-1) modulo p^2.
    power: Residue,
    /// m modulo p.
    message: Zeroizing<Vec<u64>>,
    /// The power was that of c.
    same_base: Choice,
}

impl Factor {
    fn decrypt(&self, c: &[u64], fault: impl Fn(Step, &mut [u64])) -> Half {
        let mut base = self.squared.reduce(c);
        fault(Step::Base, base.limbs_mut());
        let mut power = self.squared.pow(&base, &self.order, self.prime.bits());
        fault(Step::Power, power.limbs_mut());
        let same_base = base.ct_eq(&self.squared.reduce(c));
        // L(u) = (u - 1) / p, exactly.
        let mut multiple = self.squared.to_limbs(&power);
        limbs::sub_assign(&mut multiple, &[1]);
        let quotient = self.prime.reduce(&limbs::div_exact(&multiple, &self.exact));
        let negative = self.prime.mul(&quotient, &self.other_inverse);
        let mut message = Zeroizing::new(self.prime.to_limbs(&self.prime.neg(&negative)).to_vec());
        fault(Step::Half, &mut message);
        Half { power, message, same_base }
    }

    /// Whether `power + n m = 1 mod p^2`.
    fn confirms(&self, power: &Residue, message: &[u64]) -> Choice {
        let product = self.squared.mul(&self.n, &self.squared.reduce(message));
        self.squared.add(power, &product).ct_eq(&self.squared.one())
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{encrypted, secret_key};
    use super::*;

    /// One flipped bit in either half, at any step, gives an error and nothing else.
    #[test]
    fn faults_never_give_a_result() {
        let c = encrypted(-123_456);
        let whole = secret_key().decrypt(&c).unwrap();
        for step in [Step::Base, Step::Power, Step::Half, Step::Message] {
            for half_of_p in [true, false] {
                for bit in [0, 63, 500, 1000] {
                    let flip = |at: Step, of_p: bool, limbs: &mut [u64]| {
                        if at == step && (of_p == half_of_p || at == Step::Message) {
                            limbs[bit / 64] ^= 1 << (bit % 64);
                        }
                    };
                    let error = secret_key().decrypt_with_faults(&c, flip).unwrap_err();
                    assert_eq!(
                        error,
                        Error::new(ErrorKind::DecryptionFailed, "ciphertext"),
                        "{step:?} {bit}"
                    );
                }
            }
        }
        assert_eq!(secret_key().decrypt(&c).unwrap(), whole);
    }

    #[test]
    fn many_keep_their_order() {
        let list = [4, -5, 6].map(encrypted);
        let numbers: Vec<_> = secret_key().decrypt_many(&list, &mut ()).unwrap();
        let expected = [4, -5, 6].map(super::super::testing::plain);
        assert!(numbers.iter().zip(&expected).all(|(a, b)| a == b) && numbers.len() == 3);
    }

    #[test]
    fn work_stops_when_asked() {
        let list = [1, 2].map(encrypted);
        let mut stop = |_: usize, _: usize| core::ops::ControlFlow::Break(());
        assert_eq!(secret_key().decrypt_many(&list, &mut stop).unwrap_err().kind(), ErrorKind::Cancelled);
    }
}
