//! Sealing and opening; what each part of a sealed share is bound to.
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

use super::*;
use crate::{field::Fp61, group::Scalar, shamir};

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

fn key() -> CustodianKey {
    CustodianKey::generate(&mut rng(1))
}

fn sample() -> (Share, SealedShare) {
    let dealt = shamir::split(b"secret", 2, 3, &mut rng(2)).unwrap();
    let sealed = seal(&dealt[1], &key().custodian("Ada").unwrap(), &mut rng(3)).unwrap();
    (dealt[1].clone(), sealed)
}

#[test]
fn every_kind_of_share_can_be_sealed() {
    fn check<T: Addressed + PartialEq>(share: &T) {
        let custodian = key().custodian("Ada").unwrap();
        let sealed = seal(share, &custodian, &mut rng(4)).unwrap();
        let back = SealedShare::from_bytes(&sealed.to_bytes(), ()).unwrap();
        assert_eq!(back, sealed);
        assert_eq!((back.index(), back.custodian()), (share.address(), &custodian));
        assert!(back.holds::<T>() && back.open::<T>(&key()).unwrap() == *share);
    }
    let mut rng = rng(5);
    let elements = [7, 8].map(Fp61::from_u64);
    check(&shamir::split(b"secret", 2, 3, &mut rng).unwrap()[0]);
    check(&shamir::paper::split(b"secret", 2, 3, &mut rng).unwrap()[1]);
    check(&feldman::split(&Scalar::from_u64(7), 2, 3, &mut rng).unwrap().1[2]);
    check(&pedersen::split(b"secret", 2, 3, &mut rng).unwrap().1[0]);
    check(&field::split(&elements, 2, 3, &mut rng).unwrap()[0]);
    check(&policy::split(b"secret", &"a and b".parse().unwrap(), &mut rng).unwrap()[1]);
    check(&packed::split(&elements, packed::Packing::new(1, 2, 3).unwrap(), &mut rng).unwrap()[0]);
}

#[test]
fn only_the_custodian_opens_and_only_as_it_was() {
    let (share, sealed) = sample();
    let kind = |sealed: &SealedShare, key: &CustodianKey| sealed.open::<Share>(key).unwrap_err().kind();
    let other = CustodianKey::generate(&mut rng(6));
    assert_eq!(kind(&sealed, &other), ErrorKind::ParamsMismatch);
    assert_eq!(sealed.open::<Card>(&key()).unwrap_err().kind(), ErrorKind::ParamsMismatch);
    assert!(!sealed.holds::<Card>());
    // Every part that is in the clear is bound.
    let changes: [&dyn Fn(&mut SealedShare); 6] = [
        &|s| s.set[3] ^= 1,
        &|s| s.index = PartyId::new(3).unwrap(),
        &|s| s.custodian = key().custodian("Bob").unwrap(),
        &|s| s.encapsulated[9] ^= 1,
        &|s| s.encapsulated = [0; 32],
        &|s| s.ciphertext.truncate(30),
    ];
    for change in changes {
        let mut changed = sealed.clone();
        change(&mut changed);
        assert_eq!(kind(&changed, &key()), ErrorKind::DecryptionFailed);
    }
    for at in 0..sealed.ciphertext.len() {
        let mut changed = sealed.clone();
        changed.ciphertext[at] ^= 0x40;
        assert_eq!(kind(&changed, &key()), ErrorKind::DecryptionFailed, "{at}");
    }
    // For another custodian, whose key would open it if it were rewritten.
    let mut rewritten = sealed.clone();
    rewritten.custodian = other.custodian("Ada").unwrap();
    assert_eq!(kind(&rewritten, &other), ErrorKind::DecryptionFailed);
    assert!(sealed.open::<Share>(&key()).unwrap() == share);
}

#[test]
fn a_sender_that_seals_another_share_than_it_says_is_found() {
    let dealt = shamir::split(b"secret", 2, 3, &mut rng(2)).unwrap();
    let other_set = shamir::split(b"secret", 2, 3, &mut rng(7)).unwrap();
    for wrong in [&dealt[2], &other_set[1]] {
        let mut sealed = sample().1;
        (sealed.encapsulated, sealed.ciphertext) =
            seal_bytes(&sealed.custodian, &sealed.associated(), &wrong.to_bytes(), &mut rng(8)).unwrap();
        let error = sealed.open::<Share>(&key()).unwrap_err();
        assert_eq!((error.kind(), error.culprits()[0].get()), (ErrorKind::VerificationFailed, 2));
    }
}

#[test]
fn weak_and_non_canonical_keys_are_refused() {
    let mut order_eight = [0; 32];
    order_eight.copy_from_slice(&hex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"));
    let p = hex("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
    let mut one = [0; 32];
    one[0] = 1;
    let mut high_bit = key().public();
    high_bit[31] |= 0x80;
    for bytes in [[0; 32], one, order_eight, p.try_into().unwrap(), [0xff; 32], high_bit] {
        let error = Custodian::new("Ada", &bytes).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidEncoding);
    }
    for name in ["", "a\nb", &"x".repeat(MAX_NAME_LEN + 1)] {
        assert_eq!(key().custodian(name).unwrap_err().kind(), ErrorKind::OutOfRange);
    }
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

#[test]
fn bytes_and_back() {
    let custodian = key().custodian("Prof. Gr\u{fc}n").unwrap();
    assert_eq!(Custodian::from_bytes(&custodian.to_bytes(), ()).unwrap(), custodian);
    assert!(CustodianKey::from_bytes(&key().to_bytes(), ()).unwrap() == key());
    let mut unclamped = key().to_bytes();
    unclamped[HEADER_LEN] |= 1;
    assert_eq!(CustodianKey::from_bytes(&unclamped, ()).unwrap_err().kind(), ErrorKind::InvalidEncoding);
    let bytes = sample().1.to_bytes();
    assert!((0..bytes.len()).all(|len| SealedShare::from_bytes(&bytes[..len], ()).is_err()));
    assert_eq!(format!("{:?}", key()), "CustodianKey { .. }");
}
