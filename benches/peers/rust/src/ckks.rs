//! CKKS: veilkit's side of the table, one set of parameters in each run, so that peaks of memory are its own.
use std::hint::black_box;

use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use veilkit::ckks::{Context, EncryptionKey, EvaluationKeys, KeyRequest, Params, Plaintext, SecretKey};

use crate::{print, report};

/// Parameters by name: moduli as the peers have them, and as many special primes as security leaves room for.
pub fn params(name: &str) -> Option<Params> {
    let (degree, first, others, special, scale_bits) = match name {
        "P1" => (8192, 60, 2, &[60][..], 40),
        "P2" => (16384, 60, 6, &[60; 2][..], 40),
        "P3" => (32768, 60, 11, &[50; 5][..], 50),
        _ => return None,
    };
    let moduli: Vec<u32> = [first].into_iter().chain([scale_bits; 11].into_iter().take(others)).collect();
    Some(Params::new(degree, &moduli, special, scale_bits).expect("parameters within the tables"))
}

/// Numbers between -1 and 1.
fn values(count: usize, seed: u64) -> Vec<f64> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    };
    (0..count).map(|_| next()).collect()
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

fn peak_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
    line.trim().trim_end_matches(" kB").parse::<f64>().expect("a number") / 1024.0
}

pub fn veilkit(name: &str, params: &Params) {
    let op = |what: &str| format!("ckks/{name}/{what}");
    let time =
        |what: &str, repeats: usize, work: &mut dyn FnMut()| report("veilkit", &op(what), repeats, work);
    let mut rng = ChaCha20Rng::from_seed([4; 32]);
    let context = Context::new(params).expect("a context");
    let secret = SecretKey::generate(&context, &mut rng);
    let public = secret.public_key(&mut rng);
    let request = KeyRequest::new().relinearization().powers_of_two();
    let keys = EvaluationKeys::generate(&secret, &request, &mut rng, &mut ()).expect("keys");
    print("veilkit", &op("memory after key generation"), "mib", peak_mib());
    let sizes = params.describe();
    for (what, bytes) in [
        ("bytes of a ciphertext", sizes.ciphertext_bytes),
        ("bytes of a ciphertext (secret key)", sizes.seeded_ciphertext_bytes),
        ("bytes of the relinearization key", sizes.relinearization_key_bytes),
        (
            "bytes of keys for rotations by powers of two",
            params.slots().ilog2() as usize * sizes.rotation_key_bytes,
        ),
    ] {
        print("veilkit", &op(what), "bytes", bytes as f64);
    }
    let relinearization = KeyRequest::new().relinearization();
    time("relinearization key", 5, &mut || {
        black_box(EvaluationKeys::generate(&secret, &relinearization, &mut rng, &mut ()).expect("a key"));
    });

    let (x, y) = (values(params.slots(), 1), values(params.slots(), 2));
    let expected: Vec<f64> = x.iter().zip(&y).map(|(x, y)| x * y).collect();
    time("encode+encrypt (public key)", 21, &mut || {
        black_box(public.encrypt_values(&x, 1.0, &mut rng).expect("encrypts"));
    });
    time("encode+encrypt (secret key)", 21, &mut || {
        black_box(secret.encrypt_values(&x, 1.0, &mut rng).expect("encrypts"));
    });
    let sealed = secret.encrypt_values(&x, 1.0, &mut rng).expect("encrypts");
    let other = secret.encrypt_values(&y, 1.0, &mut rng).expect("encrypts");
    let product = keys.multiply(&sealed, &other).expect("multiplies");
    let real = |ciphertext| secret.decrypt(ciphertext).expect("decrypts").to_real();
    print("veilkit (secret key)", &op("largest fresh error"), "error", distance(&real(&sealed), &x));
    print(
        "veilkit (secret key)",
        &op("largest product error"),
        "error",
        distance(&real(&product), &expected),
    );

    let a = public.encrypt_values(&x, 1.0, &mut rng).expect("encrypts");
    let b = public.encrypt_values(&y, 1.0, &mut rng).expect("encrypts");
    print("veilkit", &op("largest fresh error"), "error", distance(&real(&a), &x));
    time("decrypt+decode", 21, &mut || {
        black_box(secret.decrypt(&a).expect("decrypts").to_real());
    });
    time("add", 101, &mut || {
        black_box(a.add(&b).expect("adds"));
    });
    let mut sum = a.clone();
    report("veilkit (in place)", &op("add"), 101, || {
        sum.add_assign(&b).expect("adds");
    });
    time("mul+relinearize+rescale", 21, &mut || {
        black_box(keys.multiply(&a, &b).expect("multiplies"));
    });
    let product = keys.multiply(&a, &b).expect("multiplies");
    print("veilkit", &op("largest product error"), "error", distance(&real(&product), &expected));
    let plain = Plaintext::encode(&context, &y, a.level(), a.scale(), 1.0).expect("encodes");
    time("mul_plain+rescale", 21, &mut || {
        black_box(a.mul_plain_and_rescale(&plain).expect("multiplies"));
    });
    time("rotate by 1", 21, &mut || {
        black_box(keys.rotate(&a, 1).expect("rotates"));
    });
    let request = KeyRequest::new().relinearization().sums(4096);
    let keys = EvaluationKeys::generate(&secret, &request, &mut rng, &mut ()).expect("keys");
    time("dot4096", 5, &mut || {
        black_box(keys.dot(&a, &b, 4096).expect("multiplies"));
    });
}
