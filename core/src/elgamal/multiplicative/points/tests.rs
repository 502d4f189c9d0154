//! Laws, misuse and bytes.
use rand_chacha::ChaCha20Rng;

use super::*;

fn rng(name: &str) -> ChaCha20Rng {
    Transcript::new("veilkit v1 test").append("elgamal points", name.as_bytes()).rng()
}

fn keys() -> Keypair {
    Keypair::generate(&mut rng("key")).unwrap()
}

fn message(name: &str) -> Point {
    Point::hash_to_group(Transcript::new("veilkit v1 test").append("message", name.as_bytes()))
}

#[test]
fn operations_follow_the_points() {
    let (public, secret) = keys().into_parts();
    let (a, b) = (message("a"), message("b"));
    let (x, y) = (public.encrypt(&a, &mut rng("x")), public.encrypt(&b, &mut rng("y")));
    let opened = |ciphertext: Result<Ciphertext>| secret.decrypt(&ciphertext.unwrap()).unwrap();
    assert!(secret.decrypt(&x).unwrap() == a);
    assert!(opened(public.add(&x, &y)) == a + b && opened(public.sub(&x, &y)) == a - b);
    let scalar = Scalar::from_u64(77);
    assert!(opened(public.mul_scalar(&x, &scalar)) == a * scalar);
    let again = public.rerandomize(&x, &mut rng("again")).unwrap();
    assert!(again.points() != x.points() && secret.decrypt(&again).unwrap() == a);
    let nothing = public.encrypt(&Point::identity(), &mut rng("nothing"));
    assert!(bool::from(secret.decrypt(&nothing).unwrap().is_identity()));
}

#[test]
fn points_are_of_their_context_and_data_alone() {
    let point = hash_to_point(b"context", b"data");
    assert!(point == hash_to_point(b"context", b"data"));
    for (context, data) in [(&b"context"[..], &b"datb"[..]), (b"data", b"context"), (b"contextd", b"ata")] {
        assert!(point != hash_to_point(context, data));
    }
}

#[test]
fn keys_do_not_mix() {
    let (public, secret) = keys().into_parts();
    let other = Keypair::generate(&mut rng("other")).unwrap();
    let foreign = other.public_key().encrypt(&message("a"), &mut rng("x"));
    assert_eq!(public.add(&foreign, &foreign).unwrap_err().kind(), ErrorKind::ParamsMismatch);
    assert_eq!(secret.decrypt(&foreign).map(|_| ()).unwrap_err().kind(), ErrorKind::ParamsMismatch);
    assert!(*other.secret_key() != secret && *other.public_key() != public);
}

#[test]
fn bytes_come_back_and_bad_ones_are_refused() {
    let (public, secret) = keys().into_parts();
    assert!(PublicKey::from_bytes(&public.to_bytes(), ()).unwrap() == public);
    assert!(SecretKey::from_bytes(&secret.to_bytes(), ()).unwrap() == secret);
    let sum = {
        let a = public.encrypt(&message("a"), &mut rng("x"));
        public.sub(&a, &a).unwrap()
    };
    let bytes = sum.unlink(&mut rng("send")).to_bytes();
    let read = |bytes: &[u8]| Unlinked::<Ciphertext>::from_bytes(bytes, &public);
    assert!(bool::from(secret.decrypt(read(&bytes).unwrap().array()).unwrap().is_identity()));
    let kind = |at: usize, byte: u8| {
        let mut bytes = bytes.to_vec();
        bytes[at..at + 32].fill(byte);
        read(&bytes).unwrap_err().kind()
    };
    assert_eq!(kind(9, 0), ErrorKind::ParamsMismatch);
    assert_eq!(kind(9 + 32, 0), ErrorKind::InvalidEncoding);
    assert_eq!(kind(9 + 32, 0xff), ErrorKind::InvalidEncoding);
    assert_eq!(kind(9 + 64, 1), ErrorKind::InvalidEncoding);
    for byte in [0, 0xff] {
        let mut key = public.to_bytes().to_vec();
        key[9..].fill(byte);
        assert_eq!(PublicKey::from_bytes(&key, ()).unwrap_err().kind(), ErrorKind::InvalidEncoding);
        let mut key = secret.to_bytes().to_vec();
        key[9..].fill(byte);
        assert_eq!(SecretKey::from_bytes(&key, ()).unwrap_err().kind(), ErrorKind::InvalidEncoding);
    }
    assert!(PublicKey::from_point(Point::identity()).is_err());
}
