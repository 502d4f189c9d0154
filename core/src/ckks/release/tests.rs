//! Releases hide the key, count, and keep their promises about errors.
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use super::*;
use crate::ckks::{Context, EncryptionKey, Params};

const SCALE: f64 = (1_u64 << 35) as f64;

struct Set {
    key: SecretKey,
    ciphertext: Ciphertext,
    values: Vec<f64>,
    rng: ChaCha20Rng,
}

fn set(scale: f64) -> Set {
    let mut rng = ChaCha20Rng::seed_from_u64(5);
    let context = Context::new(&Params::new(4096, &[50], &[50], 45).unwrap()).unwrap();
    let key = SecretKey::generate(&context, &mut rng);
    let values: Vec<f64> = (0..2048).map(|k| f64::from(k % 17) / 17.0 - 0.5).collect();
    let ciphertext = key.encrypt_values_at(&values, 0, scale, 1.0, &mut rng).unwrap();
    Set { key, ciphertext, values, rng }
}

fn budget(key: &SecretKey, bits: u32, releases: u32) -> ReleaseBudget {
    ReleaseBudget::new(key, ReleasePolicy::new(bits, releases).unwrap())
}

/// The attack of Li and Micciancio: the decrypted slots, encoded again, are `c0 + c1 s`. How many values of s it finds.
fn recovered(set: &Set, slots: &[Complex]) -> usize {
    let (context, ciphertext) = (set.key.context(), &set.ciphertext);
    let (mut re, mut im): (Vec<f64>, Vec<f64>) = slots.iter().map(|slot| (slot.re, slot.im)).unzip();
    context.encoder().embed(&mut re, &mut im);
    re.extend(im);
    let mut integers = vec![0; re.len()];
    context.encoder().to_integers(&re, ciphertext.scale(), &mut integers).unwrap();
    let mut phase = context.q().forward(context.q().from_signed(1, &integers));
    context.q().sub(&mut phase, &ciphertext.c0);
    let modulus = context.q().primes()[0].modulus();
    let secret = set.key.values.expose_secret();
    let found =
        phase.row(0).iter().zip(ciphertext.c1.row(0)).map(|(a, b)| modulus.mul(*a, modulus.invert(*b)));
    found.zip(secret.row(0)).filter(|(found, secret)| found == *secret).count()
}

#[test]
fn decryption_gives_the_key_away_and_release_does_not() {
    let mut set = set(SCALE);
    let all: Vec<usize> = (0..2048).collect();
    let raw = set.key.decrypt(&set.ciphertext).unwrap().to_complex();
    assert_eq!(recovered(&set, &raw), 4096);
    let mut budget = budget(&set.key, 30, 1);
    let released =
        set.key.release_complex(&mut budget, &set.ciphertext, &all, f64::INFINITY, &mut set.rng).unwrap();
    assert_eq!(recovered(&set, released.values()), 0);
}

#[test]
fn released_values_are_within_their_bound() {
    let mut set = set(SCALE * 1024.0);
    let mut budget = budget(&set.key, 30, 3);
    let slots = [7, 0, 2047, 1000];
    let released = set.key.release(&mut budget, &set.ciphertext, &slots, 1e-2, &mut set.rng).unwrap();
    assert!(released.error_bound() < 1e-3, "{}", released.error_bound());
    let off = |values: &[f64]| {
        values.iter().zip(slots).map(|(value, slot)| (value - set.values[slot]).abs()).fold(0.0, f64::max)
    };
    let largest = off(released.values());
    assert!(largest <= released.error_bound() && largest > released.error_bound() / 200.0, "{largest}");
    // Other noise each time.
    let again = set.key.release(&mut budget, &set.ciphertext, &slots, 1e-2, &mut set.rng).unwrap();
    assert!(again.values().iter().zip(released.values()).all(|(a, b)| a != b));
    assert!(off(again.values()) <= released.error_bound());
    let complex = set.key.release_complex(&mut budget, &set.ciphertext, &slots, 1e-2, &mut set.rng).unwrap();
    assert!(complex.values().iter().all(|value| value.im != 0.0 && value.im.abs() <= complex.error_bound()));
    assert!(complex.error_bound() > released.error_bound());
    assert_eq!(complex.into_values().len(), 4);
}

#[test]
fn a_budget_is_counted_and_ends() {
    let mut set = set(SCALE);
    let mut budget = budget(&set.key, 30, 2);
    for left in [1, 0] {
        set.key.release(&mut budget, &set.ciphertext, &[0], 1.0, &mut set.rng).unwrap();
        assert_eq!(budget.left(), left);
    }
    let error = set.key.release(&mut budget, &set.ciphertext, &[0], 1.0, &mut set.rng).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::HeadroomExhausted);
    let error = set.key.release_complex(&mut budget, &set.ciphertext, &[0], 1.0, &mut set.rng).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::HeadroomExhausted);
}

#[test]
fn refusals_cost_nothing() {
    let mut set = set(SCALE);
    let mut budget = budget(&set.key, 30, 2);
    let mut refused = |key: &SecretKey, slots: &[usize], at_most: f64, rng: &mut ChaCha20Rng| {
        let error = key.release(&mut budget, &set.ciphertext, slots, at_most, rng).unwrap_err();
        assert_eq!(budget.left(), 2);
        error.kind()
    };
    let rng = &mut set.rng;
    assert_eq!(refused(&set.key, &[], 1.0, rng), ErrorKind::ShapeMismatch);
    for slots in [&[2048][..], &[usize::MAX], &[1, 2, 1]] {
        assert_eq!(refused(&set.key, slots, 1.0, rng), ErrorKind::OutOfRange);
    }
    for at_most in [0.0, 1e-9, -1.0, f64::NAN] {
        assert_eq!(refused(&set.key, &[0], at_most, rng), ErrorKind::OutOfRange);
    }
    let other = SecretKey::generate(set.key.context(), rng);
    assert_eq!(refused(&other, &[0], 1.0, rng), ErrorKind::ParamsMismatch);
    // The budget of this key, a ciphertext of the other.
    let foreign = other.encrypt_values_at(&[1.0], 0, SCALE, 1.0, rng).unwrap();
    let error = set.key.release(&mut budget, &foreign, &[0], 1.0, rng).unwrap_err();
    assert_eq!((error.kind(), budget.left()), (ErrorKind::ParamsMismatch, 2));
    // The other's ciphertext and key, but this budget.
    let error = other.release(&mut budget, &foreign, &[0], f64::INFINITY, rng).unwrap_err();
    assert_eq!((error.kind(), budget.left()), (ErrorKind::ParamsMismatch, 2));
}

/// With so many bits more the same release is exact enough, with one less it is not.
#[test]
fn refusals_say_how_long_the_scale_must_be() {
    let release = |scale_bits: u32, at_most: f64| {
        let mut rng = ChaCha20Rng::seed_from_u64(6);
        let context = Context::new(&Params::new(8192, &[60], &[60], scale_bits).unwrap()).unwrap();
        let key = SecretKey::generate(&context, &mut rng);
        let ciphertext = key.public_key(&mut rng).encrypt_values(&[0.5, -0.25], 1.0, &mut rng).unwrap();
        key.release(&mut budget(&key, 30, 100), &ciphertext, &[0, 1], at_most, &mut rng)
    };
    for (scale_bits, at_most) in [(36, 0.25), (40, 0.01), (51, 0.001)] {
        let error = release(scale_bits, at_most).unwrap_err();
        let (_, bits) = error.what().split_once("raise scale_bits by ").unwrap();
        let bits: u32 = bits.split_once(',').unwrap().0.parse().unwrap();
        assert!(release(scale_bits + bits - 1, at_most).is_err());
        assert!(release(scale_bits + bits, at_most).unwrap().error_bound() <= at_most);
    }
    for at_most in [1e-9, 0.0, -1.0, f64::NAN] {
        assert!(release(50, at_most).unwrap_err().what().contains("no scale_bits below 60"), "{at_most}");
    }
}

#[test]
fn what_may_have_been_released_is_written_off() {
    let set = set(SCALE);
    let mut budget = budget(&set.key, 40, 5);
    budget.write_off(3);
    assert_eq!(budget.left(), 2);
    budget.write_off(u32::MAX);
    assert_eq!((budget.left(), budget.policy().releases()), (0, 5));
}

#[test]
fn limits_of_policies() {
    for (bits, releases) in [(30, 1), (30, u32::MAX), (50, 10_000), (60, 10)] {
        let policy = ReleasePolicy::new(bits, releases).unwrap();
        assert_eq!((policy.statistical_bits(), policy.releases()), (bits, releases));
    }
    for (bits, releases) in [(29, 1), (61, 1), (0, 1), (u32::MAX, 1), (30, 0), (50, 20_000), (60, 20)] {
        assert_eq!(ReleasePolicy::new(bits, releases).unwrap_err().kind(), ErrorKind::InvalidParams);
    }
}
