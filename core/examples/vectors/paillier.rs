//! Paillier keys.
use num_bigint::BigUint;
use serde_json::json;
use veilkit::{
    ErrorKind::{InvalidEncoding, InvalidParams, ParamsMismatch},
    Result,
    bigint::limbs,
    codec::{Decode, Encode, HEADER_LEN},
    paillier::{Keypair, Params, ParamsSpec, PublicKey, SecretKey},
};

use super::{
    bad::Bad,
    file::{File, OWN, encoded, rng, seed},
};

pub(crate) fn files() -> Vec<File> {
    vec![keygen(), bad_public_key(), bad_secret_key()]
}

/// The key of the tests: 2048 bits.
pub(crate) fn keypair() -> Keypair {
    generate(ParamsSpec { modulus_bits: 2048, ..ParamsSpec::default() })
}

fn generate(spec: ParamsSpec) -> Keypair {
    let params = Params::new(spec).expect("the parameters are valid");
    Keypair::generate(params, &mut rng(seed(&name(spec)))).expect("keys can be made")
}

fn name(spec: ParamsSpec) -> String {
    format!("paillier {} {} {}", spec.modulus_bits, spec.fraction_bits, spec.value_bits)
}

fn keygen() -> File {
    let mut file = File::new("paillier/keygen.json", "paillier/keygen", OWN, json!({}));
    let default = ParamsSpec::default();
    for spec in [
        ParamsSpec { modulus_bits: 2048, ..default },
        ParamsSpec { modulus_bits: 2048, fraction_bits: 0, value_bits: 64 },
        default,
    ] {
        let inputs = json!({
            "modulus_bits": spec.modulus_bits, "fraction_bits": spec.fraction_bits, "value_bits": spec.value_bits,
        });
        let keys = generate(spec);
        let expected = json!({
            "paillier_public_key": encoded(keys.public_key()), "paillier_secret_key": encoded(keys.secret_key()),
        });
        file.valid(&format!("{} bits", spec.modulus_bits), &[], inputs, Some(seed(&name(spec))), expected);
    }
    file
}

/// Where the fields of keys with 2048 bits are.
const PARAMS: usize = HEADER_LEN;
const BODY: usize = HEADER_LEN + 4;
const N: usize = 256;

fn little_endian(number: &BigUint, len: usize) -> Vec<u8> {
    let mut bytes = number.to_bytes_le();
    bytes.resize(len, 0);
    bytes
}

fn bad_public_key() -> File {
    let decode = |bytes: &[u8]| -> Result<()> { PublicKey::from_bytes(bytes, ()).map(drop) };
    let keys = keypair();
    let (key, one) = (keys.public_key(), BigUint::from(1_u8));
    let valid = key.to_bytes().to_vec();
    let path = "paillier/bad_public_key.json";
    let mut bad = Bad::new(path, "decode/paillier_public_key", json!({}), valid.clone(), &decode);
    bad.params_id(ParamsMismatch);
    bad.edit("1024 bits: below 112-bit security", "Params", PARAMS, &1024_u16.to_le_bytes(), InvalidParams);
    bad.edit("0 bits", "Params", PARAMS, &[0, 0], InvalidParams);
    bad.edit("65,535 bits", "Params", PARAMS, &[255, 255], InvalidParams);
    bad.edit("3072 bits announced, 2048 given", "Params", PARAMS, &3072_u16.to_le_bytes(), InvalidEncoding);
    bad.edit("fraction longer than the value", "Params", PARAMS + 2, &[120, 100], InvalidParams);
    bad.edit("value of 128 bits", "Params", PARAMS + 3, &[128], InvalidParams);
    bad.edit("another scale than the params id says", "Params", PARAMS + 2, &[41], ParamsMismatch);

    let n = limbs::to_biguint_vartime(key.n());
    let secret = keys.secret_key().to_bytes();
    let p = BigUint::from_bytes_le(&secret[BODY..BODY + N / 2]);
    let with_n = |n: &BigUint| [&valid[..BODY], &little_endian(n, N), &valid[BODY + N..]].concat();
    let small = BigUint::from(65_521_u32);
    let top: BigUint = &one << 2047;
    let odd_multiple = |factor: &BigUint| -> BigUint {
        let multiple: BigUint = (&top / factor + 1_u8) * factor;
        if multiple.bit(0) { multiple } else { multiple + factor }
    };
    let prime = smallest_prime();
    for (comment, n) in [
        ("n is 0", BigUint::ZERO),
        ("n is 1", one.clone()),
        ("n is even", &n + &one),
        ("n has 2047 bits", (n.clone() >> 1) | &one),
        ("n has one bit only", top.clone()),
        ("n is a multiple of 3", odd_multiple(&BigUint::from(3_u8))),
        ("n is a multiple of 65,521, the largest prime below 2^16", odd_multiple(&small)),
        ("n is the square of a prime", p.pow(2)),
        ("n is prime", prime),
    ] {
        bad.case(comment, "Modulus", with_n(&n), InvalidEncoding);
    }
    let with_base = |h: &BigUint| [&valid[..BODY + N], &little_endian(h, 2 * N)].concat();
    let square = n.pow(2);
    for (comment, base) in [
        ("h_s is 0", BigUint::ZERO),
        ("h_s is 1: no randomness at all", one.clone()),
        ("h_s is 1 modulo n", &n + &one),
        ("h_s is -1 modulo n", &n - &one),
        ("h_s is n", n.clone()),
        ("h_s is a multiple of a factor of n", &p * 5_u8),
        ("h_s is n^2", square.clone()),
        ("h_s is n^2 + 2: not canonical", &square + 2_u8),
        ("h_s is all ones", (BigUint::from(1_u8) << (16 * N)) - 1_u8),
    ] {
        bad.case(comment, "Base", with_base(&base), InvalidEncoding);
    }
    bad.finish()
}

/// The smallest prime of 2048 bits.
fn smallest_prime() -> BigUint {
    let mut candidate = (BigUint::from(1_u8) << 2047) + 1_u8;
    while !veilkit::bigint::prime::is_probable_prime_vartime(
        &limbs::from_biguint_vartime(&candidate),
        &mut rng([1; 32]),
    ) {
        candidate += 2_u8;
    }
    candidate
}

fn bad_secret_key() -> File {
    let decode = |bytes: &[u8]| -> Result<()> { SecretKey::from_bytes(bytes, ()).map(drop) };
    let keys = keypair();
    let valid = keys.secret_key().to_bytes().to_vec();
    let path = "paillier/bad_secret_key.json";
    let mut bad = Bad::new(path, "decode/paillier_secret_key", json!({}), valid.clone(), &decode);
    bad.params_id(ParamsMismatch);
    bad.edit("1024 bits: below 112-bit security", "Params", PARAMS, &1024_u16.to_le_bytes(), InvalidParams);
    bad.edit("another scale than the params id says", "Params", PARAMS + 2, &[41], ParamsMismatch);
    let (p, q, h) = (&valid[BODY..BODY + N / 2], &valid[BODY + N / 2..BODY + N], &valid[BODY + N..]);
    let plus = |number: &[u8], by: u32| little_endian(&(BigUint::from_bytes_le(number) + by), N / 2);
    let minus_one = |of: &[&[u8]]| {
        let n = of.iter().map(|factor| BigUint::from_bytes_le(factor)).product::<BigUint>();
        little_endian(&(n - 1_u8), N)
    };
    let zero = vec![0; N / 2];
    let ones = vec![255; N / 2];
    for (comment, p, q, h) in [
        ("p and q are exchanged", q, p, h),
        ("p is q", p, p, h),
        ("p is 0", &zero, q, h),
        ("q is 0", p, &zero, h),
        ("q is even", p, &plus(q, 1), h),
        ("p is not prime", &plus(p, 4), q, h),
        ("q is not prime", p, &plus(q, 4), h),
        ("p is all ones", &ones, q, h),
        ("h is 0", p, q, &vec![0; N]),
        ("h is a square", p, q, &little_endian(&BigUint::from(4_u8), N)),
        ("h is not below n", p, q, &vec![255; N]),
        ("h is a multiple of p", p, q, &little_endian(&BigUint::from_bytes_le(p), N)),
    ] {
        bad.case(comment, "Key", [&valid[..BODY], p, q, h].concat(), InvalidEncoding);
    }
    let accepted = [&valid[..BODY + N], &minus_one(&[p, q])].concat();
    // -1 is minus a square: a base like any other, of order 2.
    assert!(decode(&accepted).is_err(), "h = -1 gives no randomness");
    bad.case("h is -1: no randomness", "Key", accepted, InvalidEncoding);
    bad.finish()
}
