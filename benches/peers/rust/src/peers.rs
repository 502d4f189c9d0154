//! The Rust peers: `fast-paillier` over GMP, `blahaj` and `vsss-rs`.
use std::hint::black_box;

use fast_paillier::{DecryptionKey, backend::Integer};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

use veilkit::bigint::prime::random_prime;

use crate::report;

pub fn run() {
    paillier();
    shamir();
}

fn prime(bits: usize, seed: u8) -> Integer {
    let limbs = random_prime(bits, &mut ChaCha20Rng::from_seed([seed; 32])).expect("a valid size");
    let big_endian: Vec<u8> = limbs.iter().rev().flat_map(|limb| limb.to_be_bytes()).collect();
    Integer::from_bytes_msf(&big_endian)
}

fn paillier() {
    let mut rng = rand_core_06::OsRng;
    for (bits, name) in [(1024, "2048"), (1536, "3072")] {
        // Ordinary primes instead of its safe ones: only the size matters for the time.
        let key = DecryptionKey::from_primes(prime(bits, 1), prime(bits, 2)).expect("two primes");
        let message = Integer::from(12345_u32);
        let (ciphertext, _) = key.encryption_key().encrypt_with_random(&mut rng, &message).expect("encryption");
        if name == "2048" {
            report("fast-paillier", "paillier/2048/encrypt", 30, || {
                black_box(key.encryption_key().encrypt_with_random(&mut rng, &message).expect("encryption"));
            });
        }
        report("fast-paillier", &format!("paillier/{name}/decrypt"), 30, || {
            black_box(key.decrypt(&ciphertext).expect("decryption"));
        });
    }
}

fn shamir() {
    let mut rng = ChaCha20Rng::from_seed([1; 32]);
    let secret: Vec<u8> = (0..1 << 20).map(|i: u32| i.to_le_bytes()[0]).collect();

    let sharks = blahaj::Sharks(3);
    let shares: Vec<blahaj::Share> = sharks.dealer_rng(&secret, &mut rng).take(5).collect();
    report("blahaj", "shamir/1MiB/split", 11, || {
        black_box(sharks.dealer_rng(&secret, &mut rng).take(5).collect::<Vec<_>>());
    });
    report("blahaj", "shamir/1MiB/recover", 11, || {
        black_box(sharks.recover(&shares[1..4]).expect("three shares"));
    });

    let shares = vsss_rs::Gf256::split_bytes(3, 5, &secret, &mut rng).expect("3 of 5");
    report("vsss-rs", "shamir/1MiB/split", 11, || {
        black_box(vsss_rs::Gf256::split_bytes(3, 5, &secret, &mut rng).expect("3 of 5"));
    });
    report("vsss-rs", "shamir/1MiB/recover", 11, || {
        black_box(vsss_rs::Gf256::combine_bytes(&shares[1..4]).expect("three shares"));
    });
}
