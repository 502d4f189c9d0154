//! veilkit's side of the table.
use std::hint::black_box;

use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use veilkit::paillier::{Ciphertext, EncryptionKey, Keypair, Params, ParamsSpec, Plaintext, PublicKey};
use veilkit::shamir;

use crate::report;

pub fn run() {
    let mut rng = ChaCha20Rng::from_seed([2; 32]);
    for bits in [2048, 3072] {
        let params = Params::new(ParamsSpec { modulus_bits: bits, ..ParamsSpec::default() }).expect("a known size");
        let (public, secret) = Keypair::generate(params, &mut rng).expect("a key").into_parts();
        public.prepare();
        let message = Plaintext::from_i128(12345, &public);
        let ciphertext = public.encrypt(&message, &mut rng).expect("encryption");
        if bits == 2048 {
            report("veilkit", "paillier/2048/encrypt", 100, || {
                black_box(public.encrypt(&message, &mut rng).expect("encryption"));
            });
            report("veilkit (key holder)", "paillier/2048/encrypt", 100, || {
                black_box(secret.encrypt(&message, &mut rng).expect("encryption"));
            });
            sum(&public, &ciphertext);
        }
        dot(bits, &public, &ciphertext);
        report("veilkit", &format!("paillier/{bits}/decrypt"), 30, || {
            black_box(secret.decrypt(&ciphertext).expect("decryption"));
        });
    }
    sharing(&mut rng);
}

fn many(public: &PublicKey, ciphertext: &Ciphertext) -> Vec<Ciphertext> {
    (1..=1000).map(|weight| public.mul_plain_vartime(ciphertext, weight).expect("a small weight")).collect()
}

fn sum(public: &PublicKey, ciphertext: &Ciphertext) {
    let many = many(public, ciphertext);
    let many: Vec<&Ciphertext> = many.iter().collect();
    report("veilkit", "paillier/2048/sum1000", 7, || {
        black_box(public.sum(&many).expect("a sum"));
    });
}

fn dot(bits: u32, public: &PublicKey, ciphertext: &Ciphertext) {
    let many = many(public, ciphertext);
    let many: Vec<&Ciphertext> = many.iter().collect();
    let op = format!("paillier/{bits}/dot1000x32");
    // 32-bit weights, spread by an odd constant.
    let weights: Vec<i128> = (1..=1000_u32).map(|i| i128::from(i.wrapping_mul(0x9e37_79b1))).collect();
    report("veilkit (secret weights)", &op, 3, || {
        black_box(public.dot(&many, &weights, 32).expect("a dot product"));
    });
    report("veilkit (public weights)", &op, 3, || {
        black_box(public.dot_vartime(&many, &weights).expect("a dot product"));
    });
}

fn sharing(rng: &mut ChaCha20Rng) {
    let secret: Vec<u8> = (0..1 << 20).map(|i: u32| i.to_le_bytes()[0]).collect();
    let shares = shamir::split(&secret, 3, 5, rng).expect("3 of 5");
    report("veilkit", "shamir/1MiB/split", 11, || {
        black_box(shamir::split(&secret, 3, 5, rng).expect("3 of 5"));
    });
    report("veilkit", "shamir/1MiB/recover", 11, || {
        black_box(shamir::combine(&shares[1..4]).expect("three shares"));
    });
}
