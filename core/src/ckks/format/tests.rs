//! Every kind there and back, and what must be refused.
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use super::*;
use crate::ckks::Noise;
use crate::ckks::{
    Ciphertext, EncryptionKey, Params, PublicKey, ReleaseBudget, ReleasePolicy, SecretKey, Security,
};
use crate::codec::{Decode, Encode, HEADER_LEN};
use crate::secret::Secret;

struct Set {
    context: Context,
    key: SecretKey,
    public: PublicKey,
    rng: ChaCha20Rng,
}

fn set() -> Set {
    let mut rng = ChaCha20Rng::seed_from_u64(9);
    let context = Context::new(&Params::new(4096, &[31, 24], &[33], 24).unwrap()).unwrap();
    let key = SecretKey::generate(&context, &mut rng);
    let public = key.public_key(&mut rng);
    Set { context, key, public, rng }
}

fn same<T: for<'a> Decode<&'a Context> + PartialEq>(value: &T, context: &Context) -> usize {
    let bytes = value.to_bytes();
    assert!(T::from_bytes(&bytes, context).unwrap() == *value);
    assert_eq!(Params::of_encoding(&bytes).unwrap(), *context.params());
    bytes.len()
}

fn refused<T: for<'a> Decode<&'a Context>>(bytes: &[u8], context: &Context) -> ErrorKind {
    let Err(error) = T::from_bytes(bytes, context) else { panic!("accepted") };
    error.kind()
}

fn with(bytes: &[u8], at: usize, value: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[at..at + value.len()].copy_from_slice(value);
    bytes
}

#[test]
fn parameters() {
    let odd = Params::new(16_384, &[60, 40, 40, 40], &[60, 50], 40).unwrap().with_digits(3).unwrap();
    let quantum = Params::depth_4().with_security(Security::Quantum128).unwrap();
    for params in [Params::sums(), Params::depth_16(), odd, quantum] {
        let bytes = params.to_bytes();
        assert_eq!(Params::from_bytes(&bytes, ()).unwrap(), params);
        assert_eq!(Params::of_encoding(&bytes).unwrap(), params);
        for at in HEADER_LEN..bytes.len() {
            for changed in [0, 1, bytes[at] ^ 1, 0x80, 0xff] {
                if let Ok(other) = Params::from_bytes(&with(&bytes, at, &[changed]), ()) {
                    assert_eq!(other, params);
                }
            }
        }
    }
}

#[test]
fn everything_there_and_back() {
    let Set { context, key, public, rng } = &mut set();
    let facts = HEADER_LEN + 9;
    assert_eq!(same(key, context), facts + 32);
    let (row_0, row_1, special) = (4096 / 8 * 31, 4096 / 8 * 24, 4096 / 8 * 33);
    assert_eq!(same(public, context), facts + 16 + 32 + row_0 + row_1 + special);
    let numbers = facts + 16 + 2 + 32;
    let seeded = key.encrypt_values(&[1.0, -2.0], 2.0, rng).unwrap();
    assert_eq!(same(&seeded, context), numbers + row_0 + row_1 + 32);
    let fresh = public.encrypt_values_at(&[0.5], 0, context.scale_at(0), 1.0, rng).unwrap();
    assert_eq!(same(&fresh, context), numbers + 2 * row_0);
    let sum = seeded.add(&seeded).unwrap();
    assert_eq!(same(&sum, context), numbers + 2 * (row_0 + row_1));
    let mut budget = ReleaseBudget::new(key, ReleasePolicy::new(35, 100).unwrap());
    budget.write_off(2);
    assert_eq!(same(&budget, context), facts + 16 + 9);
}

#[test]
fn what_was_read_works() {
    let Set { context, key, public, rng } = &mut set();
    let key = SecretKey::from_bytes(&key.to_bytes(), context).unwrap();
    let public = PublicKey::from_bytes(&public.to_bytes(), context).unwrap();
    for ciphertext in
        [key.encrypt_values(&[1.5], 2.0, rng).unwrap(), public.encrypt_values(&[1.5], 2.0, rng).unwrap()]
    {
        let read = Ciphertext::from_bytes(&ciphertext.to_bytes(), context).unwrap();
        let values = key.decrypt(&read.add(&ciphertext).unwrap()).unwrap().to_real();
        assert!((values[0] - 3.0).abs() < 0.01 && values[1].abs() < 0.01);
    }
}

#[test]
fn other_parameters_and_keys_are_told_apart() {
    let Set { context, key, public, rng } = &mut set();
    let other = Context::new(&Params::new(4096, &[32, 24], &[33], 24).unwrap()).unwrap();
    let ciphertext = key.encrypt_values(&[1.0], 1.0, rng).unwrap().to_bytes();
    assert_eq!(refused::<SecretKey>(&key.to_bytes(), &other), ErrorKind::ParamsMismatch);
    assert_eq!(refused::<PublicKey>(&public.to_bytes(), &other), ErrorKind::ParamsMismatch);
    assert_eq!(refused::<Ciphertext>(&ciphertext, &other), ErrorKind::ParamsMismatch);
    // The header of one, the parameters of another.
    let mixed = with(&ciphertext, HEADER_LEN + 6, &[32]);
    assert_eq!(refused::<Ciphertext>(&mixed, context), ErrorKind::ParamsMismatch);
    assert_eq!(Params::of_encoding(&mixed).unwrap_err().kind(), ErrorKind::ParamsMismatch);
    let foreign = crate::codec::Kind::PaillierPublicKey as u16;
    let foreign = with(&ciphertext, 3, &foreign.to_le_bytes());
    assert_eq!(Params::of_encoding(&foreign).unwrap_err().kind(), ErrorKind::InvalidEncoding);
}

#[test]
fn ciphertexts_that_cannot_be() {
    let Set { context, public, rng, .. } = &mut set();
    let ciphertext = public.encrypt_values(&[1.0], 1.0, rng).unwrap();
    let bytes = ciphertext.to_bytes();
    let level = HEADER_LEN + 9 + 16;
    let (scale, message, slots, length) = (level + 2, level + 10, level + 18, level + 26);
    let rows = level + 34;
    let invalid = |bytes: &[u8], what: &str| {
        assert_eq!(refused::<Ciphertext>(bytes, context), ErrorKind::InvalidEncoding, "{what}");
    };
    invalid(&with(&bytes, level, &[2]), "a level above the top");
    invalid(&with(&bytes, level, &[0xff]), "the highest level");
    invalid(&with(&bytes, level + 1, &[2]), "a flag that is none");
    for bad in [f64::NAN, f64::INFINITY, -1.0, -0.0, 0.0, 0.5, 1e300] {
        invalid(&with(&bytes, scale, &bad.to_le_bytes()), "scale");
    }
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, -0.0, f64::MAX] {
        for at in [message, slots, length] {
            let both = with(&with(&bytes, slots, &bad.to_le_bytes()), length, &bad.to_le_bytes());
            invalid(&with(&both, at, &bad.to_le_bytes()), "bounds");
        }
    }
    // Less noise than any honest ciphertext has.
    let least = Noise::least(4096);
    invalid(&with(&bytes, slots, &(least.slots * 0.999).to_le_bytes()), "noise in slots");
    invalid(&with(&bytes, length, &(least.coefficients * 0.999).to_le_bytes()), "noise in coefficients");
    let least =
        with(&with(&bytes, slots, &least.slots.to_le_bytes()), length, &least.coefficients.to_le_bytes());
    assert!(Ciphertext::from_bytes(&least, context).is_ok());
    // The first residue as large as its prime, and all ones.
    let q = context.params().moduli()[0].to_le_bytes();
    let top = bytes[rows + 3] & 0x80;
    invalid(&with(&bytes, rows, &[q[0], q[1], q[2], q[3] | top]), "a residue that is its prime");
    invalid(&with(&bytes, rows, &[0xff; 8]), "residues of ones");
    let half = (bytes.len() - rows) / 2;
    invalid(&with(&bytes, rows + half, &vec![0; half]), "a second half of zeros");
}

#[test]
fn keys_and_budgets_that_cannot_be() {
    let Set { context, key, public, .. } = &mut set();
    let bytes = public.to_bytes();
    let last = bytes.len() - 3;
    assert_eq!(refused::<PublicKey>(&with(&bytes, last, &[0xff; 3]), context), ErrorKind::InvalidEncoding);
    let budget = ReleaseBudget::new(key, ReleasePolicy::new(40, 7).unwrap()).to_bytes();
    let bits = HEADER_LEN + 9 + 16;
    for (at, value) in [(bits, 29), (bits, 61), (bits + 1, 0), (bits + 1, 6), (bits + 5, 8), (bits + 8, 1)] {
        let bytes = with(&budget, at, &[value]);
        assert_eq!(refused::<ReleaseBudget>(&bytes, context), ErrorKind::InvalidEncoding, "{at} {value}");
    }
    for at in [bits + 1, bits + 5] {
        assert!(
            ReleaseBudget::from_bytes(&with(&budget, at, &[if at == bits + 1 { 8 } else { 0 }]), context)
                .is_ok()
        );
    }
}

/// The key is that of its seed: nothing else is stored.
#[test]
fn a_secret_key_is_its_seed() {
    let context = set().context;
    let key = SecretKey::from_seed(&context, Secret::init_with(|| [3; 32]));
    assert_eq!(key.to_bytes()[HEADER_LEN + 9..], [3; 32]);
}
