//! Agreement with `crypto-bigint` and with published groups, at the sizes that Paillier uses.
use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, Odd};
use num_bigint::BigUint;
use proptest::prelude::*;

use super::convert::{from_boxed, to_boxed};
use super::limbs::{self, bits_vartime, limbs_for};
use super::random::{random_bits, random_residue};
use super::testing::{big, integer, odd_modulus, rng, value, with_each_backend};
use super::{FixedBase, Modulus, Residue};

/// The prime of the 2048-bit MODP group 14, [RFC 3526] section 3: `2^2048 - 2^1984 - 1 + 2^64 (floor(2^1918 pi) + 124476)`.
const RFC3526_2048: &[u8] =
    b"FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD\
EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED\
EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F\
83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B\
E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510\
15728E5A8AACAA68FFFFFFFFFFFFFFFF";

fn rfc3526() -> BigUint {
    BigUint::parse_bytes(RFC3526_2048, 16).unwrap()
}

/// `crypto-bigint`'s element for one of ours.
fn boxed(modulus: &Modulus, residue: &Residue) -> BoxedMontyForm {
    let n: Odd<BoxedUint> = Odd::new((*to_boxed(modulus.as_limbs())).clone()).unwrap();
    BoxedMontyForm::new((*to_boxed(&modulus.to_limbs(residue))).clone(), &BoxedMontyParams::new(n))
}

/// Checks every operation of two elements and an exponent against `crypto-bigint`.
fn agree(modulus: &Modulus, a: &Residue, b: &Residue, exponent: &[u64]) {
    let (x, y) = (boxed(modulus, a), boxed(modulus, b));
    let same = |ours: &Residue, theirs: &BoxedMontyForm, what: &str| {
        assert_eq!(
            value(modulus, ours),
            big(&from_boxed(&theirs.retrieve())),
            "{what}, {} bits",
            modulus.bits()
        );
    };
    same(&modulus.add(a, b), &x.add(&y), "add");
    same(&modulus.sub(a, b), &x.sub(&y), "sub");
    same(&modulus.neg(a), &x.neg(), "neg");
    same(&modulus.mul(a, b), &x.mul(&y), "mul");
    same(&modulus.square(a), &x.square(), "square");
    let bits = 64 * exponent.len();
    let power = x.pow(&to_boxed(exponent));
    same(&modulus.pow(a, exponent, bits), &power, "pow");
    same(&modulus.pow_vartime(a, exponent), &power, "pow_vartime");
    let (ours, theirs) = (modulus.invert(a), x.invert());
    assert_eq!(bool::from(ours.is_some()), theirs.is_some().to_bool(), "invert");
    if let (Some(ours), Some(theirs)) = (Option::<Residue>::from(ours), theirs.into_option()) {
        same(&ours, &theirs, "invert");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn small_moduli_agree_with_crypto_bigint(
        n in odd_modulus(1..=8), a in integer(1..=8), b in integer(1..=8), exponent in integer(1..=3),
    ) {
        with_each_backend(&n, |modulus| agree(modulus, &modulus.reduce(&a), &modulus.reduce(&b), &exponent));
    }
}

#[test]
fn large_moduli_agree_with_crypto_bigint() {
    let mut rng = rng(5);
    for bits in [1024, 1031, 1536, 2048, 2049, 3072, 3073, 4096, 5000, 6144, 7168, 7169, 7600, 8191, 8192] {
        let mut n = random_bits(bits, &mut rng);
        n[0] |= 1;
        n[(bits - 1) / 64] |= 1 << ((bits - 1) % 64);
        with_each_backend(&n, |modulus| {
            assert_eq!((modulus.bits(), modulus.width()), (bits, limbs_for(bits)));
            let mut rng = super::testing::rng(6);
            let (a, b) = (random_residue(modulus, &mut rng), random_residue(modulus, &mut rng));
            agree(modulus, &a, &b, &random_bits(64, &mut rng));
            let minus_one = modulus.neg(&modulus.one());
            agree(modulus, &minus_one, &minus_one, &[u64::MAX]);
            agree(modulus, &modulus.zero(), &a, &[3]);
            let wide = random_bits(2 * bits + 77, &mut rng);
            assert_eq!(value(modulus, &modulus.reduce(&wide)), big(&wide) % big(&n));
        });
    }
}

#[test]
fn powers_in_a_published_group() {
    let p = rfc3526();
    let q: BigUint = (&p - 1_u32) / 2_u32;
    with_each_backend(&p.to_u64_digits(), |modulus| {
        assert_eq!(modulus.bits(), 2048);
        let g = modulus.reduce(&[2]);
        // 2 generates the subgroup of order q, a prime.
        assert!(modulus.pow(&g, &q.to_u64_digits(), 2047) == modulus.one());
        let half: BigUint = &q >> 1;
        assert!(modulus.pow(&g, &half.to_u64_digits(), 2047) != modulus.one());
        let mut rng = rng(7);
        let fixed = FixedBase::new(modulus, &g, 2048, FixedBase::DEFAULT_WINDOW);
        for bits in [1, 224, 1024, 2047, 2048] {
            let exponent = random_bits(bits, &mut rng);
            let expected = BigUint::from(2_u32).modpow(&big(&exponent), &p);
            assert_eq!(value(modulus, &modulus.pow(&g, &exponent, bits)), expected);
            assert_eq!(value(modulus, &modulus.pow_vartime(&g, &exponent)), expected);
            assert_eq!(value(modulus, &fixed.pow(modulus, &exponent)), expected);
        }
    });
}

#[test]
fn a_published_safe_prime_is_recognised() {
    let mut rng = rng(8);
    let p = rfc3526();
    let q: BigUint = (&p - 1_u32) / 2_u32;
    assert!(super::prime::is_probable_prime_vartime(&q.to_u64_digits(), &mut rng));
    let square = (&p * &p).to_u64_digits();
    assert_eq!(bits_vartime(&square), 4096);
    assert!(!super::prime::is_probable_prime_vartime(&square, &mut rng));
    assert!(!super::prime::is_probable_prime_vartime(&limbs::from_biguint_vartime(&(&p * &q)), &mut rng));
}

#[test]
fn exact_division_recovers_the_quotient_of_a_decryption() {
    // L(u) = (u - 1) / p for u = 1 mod p below p^2.
    let p = rfc3526();
    let quotient = BigUint::from(3_u32).modpow(&(&p >> 5), &p);
    let u = (&quotient * &p).to_u64_digits();
    let inverse = super::InverseMod2k::new(&p.to_u64_digits(), 32).unwrap();
    assert_eq!(big(&limbs::div_exact(&u, &inverse)), quotient);
}
