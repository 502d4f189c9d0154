//! Each equation of the verifier alone, by proofs that break no other; false statements; proofs for other statements.
use std::sync::OnceLock;

use num_bigint::BigUint;

use super::super::super::params::ParamsSpec;
use super::super::super::testing::{other_key, params, rng, secret_key};
use super::*;
use crate::bigint::prime::random_blum_prime;

fn big(limbs: &[u64]) -> BigUint {
    limbs::to_biguint_vartime(limbs)
}

/// A modulus with primes that are 3 modulo 4, and h.
struct Case {
    params: Params,
    modulus: Modulus,
    primes: Vec<BigUint>,
    h: Residue,
}

impl Case {
    fn new(primes: &[&BigUint], h: &BigUint) -> Self {
        let n: BigUint = primes.iter().copied().product();
        let modulus = Modulus::new(&limbs::from_biguint_vartime(&n)).unwrap();
        let h = modulus.reduce(&limbs::from_biguint_vartime(h));
        Self { params: params(), modulus, primes: primes.iter().copied().cloned().collect(), h }
    }

    /// The primes of the test key with another h.
    fn of_key(h: &BigUint) -> Self {
        let [p, q] = [&secret_key().p, &secret_key().q].map(|factor| big(factor.limbs()));
        Self::new(&[&p, &q], h)
    }

    fn honest() -> Self {
        Self::of_key(&big(&secret_key().h))
    }

    fn statement(&self) -> Statement<'_> {
        Statement { params: &self.params, modulus: &self.modulus, h: &self.h }
    }

    fn n(&self) -> BigUint {
        big(self.modulus.as_limbs())
    }

    /// The number that has the given residue modulo each prime.
    fn join(&self, of_prime: impl Fn(&BigUint) -> BigUint) -> BigUint {
        let parts = self.primes.iter().map(|p| {
            let rest = self.n() / p;
            of_prime(p) * &rest * rest.modinv(p).expect("different primes")
        });
        parts.sum::<BigUint>() % self.n()
    }

    fn is_square(&self, y: &BigUint) -> bool {
        let one = BigUint::from(1_u8);
        self.primes.iter().all(|p| y.modpow(&((p - 1_u8) / 2_u8), p) == one)
    }

    /// Answers what can be answered, with 1 as the root where there is none; gives the number of right answers.
    fn forge(&self, w: u16) -> (ModulusProof, [usize; 2]) {
        let (n, statement) = (self.n(), self.statement());
        let value = |y: &Residue| big(&self.modulus.to_limbs(y));
        let element = |x: BigUint| self.modulus.reduce(&limbs::from_biguint_vartime(&x));
        let mut right = [0, 0];
        let mut proof = ModulusProof {
            w,
            a: [0; BITS_LEN],
            b: [0; BITS_LEN],
            nth_roots: Vec::new(),
            fourth_roots: Vec::new(),
        };
        for v in statement.to_nth_root(w) {
            let v = value(&v);
            let z = self.join(|p| match n.modinv(&(p - 1_u8)) {
                Some(inverse) => v.modpow(&inverse, p),
                None => BigUint::from(1_u8),
            });
            right[0] += usize::from(z.modpow(&n, &n) == v);
            proof.nth_roots.push(element(z));
        }
        for (i, y) in statement.to_fourth_root(w).iter().enumerate() {
            let mut root = BigUint::from(1_u8);
            for bits in 0..4_u8 {
                let (a, b) = (bits & 1, bits >> 1);
                let product = value(y) * value(&self.h).pow(a.into()) * BigUint::from(w).pow(b.into()) % &n;
                if self.is_square(&product) {
                    root = self.join(|p| {
                        let square_root = |y: &BigUint| y.modpow(&((p + 1_u8) / 4_u8), p);
                        square_root(&square_root(&product))
                    });
                    right[1] += 1;
                    proof.a[i / 8] |= a << (i % 8);
                    proof.b[i / 8] |= b << (i % 8);
                    break;
                }
            }
            proof.fourth_roots.push(element(root));
        }
        (proof, right)
    }

    fn small(&self, accept: impl Fn(&BigUint) -> bool) -> u16 {
        (2..u16::MAX).find(|w| accept(&BigUint::from(*w))).expect("a small number")
    }

    fn refuses(&self, proof: &ModulusProof) -> bool {
        proof.verify_vartime(&self.statement()).is_err_and(|error| error == REFUSED)
    }
}

fn honest_proof() -> &'static ModulusProof {
    static PROOF: OnceLock<ModulusProof> = OnceLock::new();
    PROOF.get_or_init(|| ModulusProof::prove(secret_key(), &Case::honest().statement()).unwrap())
}

#[test]
fn honest_proofs_are_accepted_and_are_those_of_the_definition() {
    let case = Case::honest();
    honest_proof().verify_vartime(&case.statement()).unwrap();
    let (again, right) = case.forge(honest_proof().w);
    assert_eq!((again == *honest_proof(), right), (true, [NTH_ROOTS, FOURTH_ROOTS]));
}

#[test]
fn every_root_and_bit_counts() {
    let case = Case::honest();
    let two = case.modulus.reduce(&[2]);
    let changed = |change: &dyn Fn(&mut ModulusProof)| {
        let mut proof = honest_proof().clone();
        change(&mut proof);
        proof
    };
    for j in 0..NTH_ROOTS {
        assert!(
            case.refuses(&changed(&|proof| case.modulus.mul_assign(&mut proof.nth_roots[j], &two))),
            "{j}"
        );
    }
    for i in 0..FOURTH_ROOTS {
        assert!(case.refuses(&changed(&|proof| proof.a[i / 8] ^= 1 << (i % 8))), "{i}");
        assert!(case.refuses(&changed(&|proof| proof.b[i / 8] ^= 1 << (i % 8))), "{i}");
        assert!(
            case.refuses(&changed(&|proof| case.modulus.mul_assign(&mut proof.fourth_roots[i], &two))),
            "{i}"
        );
    }
    assert!(case.refuses(&changed(&|proof| proof.w += 1)));
}

#[test]
fn proofs_hold_for_one_statement() {
    let mut case = Case::honest();
    case.params = Params::new(ParamsSpec { modulus_bits: 2048, fraction_bits: 39, value_bits: 88 }).unwrap();
    assert!(case.refuses(honest_proof()), "another scale");
    // h times a fourth power, which the roots of the same challenges would prove as well.
    let sixteen = case.modulus.reduce(&[16]);
    let mut case = Case::honest();
    case.modulus.mul_assign(&mut case.h, &sixteen);
    assert!(case.refuses(honest_proof()), "another base");
    let [p, q] = [&other_key().p, &other_key().q].map(|factor| big(factor.limbs()));
    assert!(Case::new(&[&p, &q], &big(&other_key().h)).refuses(honest_proof()), "another modulus");
}

#[test]
fn everything_reaches_the_challenges() {
    let case = Case::honest();
    let mut others = [Case::honest(), Case::of_key(&16_u8.into())];
    others[0].params =
        Params::new(ParamsSpec { modulus_bits: 2048, fraction_bits: 39, value_bits: 88 }).unwrap();
    let first = |case: &Case, w| case.statement().to_fourth_root(w).remove(0);
    let base = first(&case, 5);
    assert!(base != first(&others[0], 5) && base != first(&others[1], 5) && base != first(&case, 6));
    assert!(base != case.statement().to_nth_root(5)[0]);
    let all = case.statement().to_fourth_root(5);
    assert!(all.iter().enumerate().all(|(i, y)| !all[..i].contains(y)));
}

/// h of Jacobi symbol -1, with w chosen so that every challenge can be answered: only the symbol tells.
#[test]
fn bases_need_the_right_symbol() {
    let n = Case::honest().n();
    let h = Case::honest().small(|h| jacobi_vartime(h, &n) == -1);
    let case = Case::of_key(&h.into());
    let w = case.small(|w| jacobi_vartime(w, &n) == 1 && !case.is_square(w));
    let (proof, right) = case.forge(w);
    assert_eq!(right, [NTH_ROOTS, FOURTH_ROOTS]);
    assert!(case.refuses(&proof));
}

/// Zero is a fourth power, and zero times any challenge is zero: only the check for units tells.
#[test]
fn zero_is_no_unit() {
    let case = Case::honest();
    let (mut proof, right) = case.forge(0);
    assert_eq!(right[0], NTH_ROOTS);
    proof.b = [0xff; BITS_LEN];
    proof.fourth_roots = vec![case.modulus.zero(); FOURTH_ROOTS];
    assert!(case.refuses(&proof));
}

/// h = x^2: every n-th root is there, and half of the fourth roots are.
#[test]
fn squares_are_no_base() {
    let case = Case::of_key(&BigUint::from(5_u8).pow(2));
    let w = case.small(|w| jacobi_vartime(w, &case.n()) == -1);
    let (proof, right) = case.forge(w);
    assert_eq!(right[0], NTH_ROOTS);
    assert!((30..=98).contains(&right[1]), "{right:?}");
    assert!(case.refuses(&proof));
}

#[test]
fn three_primes_are_too_many() {
    let prime = |bits, seed| big(&random_blum_prime(bits, &mut rng(seed)).unwrap());
    let (p, q, r) = (prime(684, 11), prime(682, 12), prime(682, 13));
    let case = Case::new(&[&p, &q, &r], &4_u8.into());
    let h = case.small(|h| jacobi_vartime(h, &case.n()) == 1 && !case.is_square(h));
    let case = Case::new(&[&p, &q, &r], &h.into());
    let w = case.small(|w| jacobi_vartime(w, &case.n()) == -1);
    let (proof, right) = case.forge(w);
    assert_eq!(right[0], NTH_ROOTS);
    assert!((30..=98).contains(&right[1]), "{right:?}");
    assert!(case.refuses(&proof));
}

/// p = 1 modulo q, so n-th powers have no unique roots: encryption under such a key is no bijection.
#[test]
fn primes_must_not_divide_each_other_less_one() {
    let q = big(&random_blum_prime(1000, &mut rng(14)).unwrap());
    let mut generator = rng(15);
    let p = (1_u32..)
        .map(|k| ((BigUint::from(1_u8) << 46) + k) * &q * 2_u8 + 1_u8)
        .filter(|p: &BigUint| p.bit(1))
        .find(|p| crate::bigint::prime::is_probable_prime_vartime(&p.to_u64_digits(), &mut generator))
        .unwrap();
    let case = Case::new(&[&p, &q], &(&p * &q - 4_u8));
    let w = case.small(|w| jacobi_vartime(w, &case.n()) == -1);
    let (proof, right) = case.forge(w);
    assert_eq!(right, [0, FOURTH_ROOTS]);
    assert!(case.refuses(&proof));
}
