//! What every target does: decode, encode again, use. What a decoder needs comes from `vectors/`.
use std::sync::OnceLock;

use serde_json::Value;
use veilkit::{
    Result,
    ckks::{self, Context, EncryptionKey, EvaluationKeys, KeyRequest},
    codec::{Decode, Encode},
    elgamal::{
        additive,
        multiplicative::{integers, points},
    },
    mpc::{
        IdentityKey,
        secure_sum::{Input, Plan, Session},
        session::{self as protocol, Channel, Journal},
        testing::parties::Cast,
    },
    paillier::{PublicKey, UnprovenPublicKey, threshold::Setup},
};

/// Decodes the bytes as `T`; what is accepted must encode to the same bytes, and is then used.
///
/// # Panics
/// When it encodes to other bytes.
pub fn decode<T: Decode<C> + Encode, C>(bytes: &[u8], context: C, exercise: impl FnOnce(T)) {
    match T::from_bytes(bytes, context) {
        Ok(value) => {
            assert_eq!(*value.to_bytes(), bytes, "accepted, but encodes to other bytes");
            exercise(value);
        }
        Err(error) => assert!(!error.what().is_empty(), "an error names what is wrong"),
    }
}

/// The key of the arrays in `vectors/`.
pub fn paillier_key() -> &'static PublicKey {
    static KEY: OnceLock<PublicKey> = OnceLock::new();
    KEY.get_or_init(|| {
        let file = parse(include_str!("../../vectors/paillier/encrypt.json"));
        let key: UnprovenPublicKey = read(&file["tests"][0]["inputs"]["paillier_public_key"]);
        key.trust_without_proof()
    })
}

/// The shared key of the decryption shares in `vectors/`.
pub fn paillier_setup() -> &'static Setup {
    static SETUP: OnceLock<Setup> = OnceLock::new();
    SETUP.get_or_init(|| {
        let file = parse(include_str!("../../vectors/paillier_threshold/combine.json"));
        let inputs = &file["tests"][0]["inputs"];
        let key: UnprovenPublicKey = read(&inputs["paillier_public_key"]);
        let setup = bytes(&inputs["paillier_threshold_setup"]);
        Setup::from_bytes(&setup, &key.trust_without_proof()).expect("a valid encoding")
    })
}

/// The same numbers each time.
pub fn rng() -> rand_chacha::ChaCha20Rng {
    rand_chacha::rand_core::SeedableRng::from_seed([7; 32])
}

/// A secret key for the parameters of the CKKS ciphertexts in `vectors/`.
pub fn ckks_key() -> &'static ckks::SecretKey {
    static KEY: OnceLock<ckks::SecretKey> = OnceLock::new();
    KEY.get_or_init(|| {
        let file = parse(include_str!("../../vectors/ckks/decrypt.json"));
        let bytes = bytes(&file["tests"][0]["inputs"]["ckks_secret_key"]);
        let params = ckks::Params::of_encoding(&bytes).expect("parameters");
        let context = Context::new(&params).expect("a context");
        ckks::SecretKey::from_bytes(&bytes, &context).expect("a vector is valid")
    })
}

/// Keys for computing under [`ckks_key`].
pub fn ckks_evaluation_keys() -> &'static EvaluationKeys {
    static KEYS: OnceLock<EvaluationKeys> = OnceLock::new();
    KEYS.get_or_init(|| {
        let request = KeyRequest::new().relinearization().conjugation().rotations(&[1]);
        EvaluationKeys::generate(ckks_key(), &request, &mut rng(), &mut ()).expect("keys")
    })
}

/// Everything that can be done with a CKKS ciphertext.
pub fn use_ckks(keys: &EvaluationKeys, ciphertext: &ckks::Ciphertext) {
    let _ = ciphertext.add(ciphertext);
    let _ = ciphertext.sub(ciphertext);
    let _ = ciphertext.mul_constant(0.5, 4.0);
    let _ = ciphertext.rescale();
    let _ = keys.multiply(ciphertext, ciphertext);
    let _ = ciphertext.square().and_then(|product| keys.relinearize(&product));
    let _ = keys.rotate(ciphertext, 1);
    let _ = keys.conjugate(ciphertext);
    let _ = ckks_key().decrypt(ciphertext).map(|values| values.to_complex());
    assert_eq!(ckks_key().id(), EncryptionKey::id(ckks_key()));
}

/// The key of the additive ElGamal arrays in `vectors/`.
pub fn elgamal_key() -> &'static additive::PublicKey {
    static KEY: OnceLock<additive::PublicKey> = OnceLock::new();
    KEY.get_or_init(|| {
        let file = parse(include_str!("../../vectors/elgamal/additive_encrypt.json"));
        read(&file["tests"][0]["inputs"]["elgamal_additive_public_key"])
    })
}

/// The key of the integer ElGamal ciphertexts in `vectors/`.
pub fn elgamal_integer_key() -> &'static integers::PublicKey {
    static KEY: OnceLock<integers::PublicKey> = OnceLock::new();
    KEY.get_or_init(|| {
        let file = parse(include_str!("../../vectors/elgamal/integer_encrypt.json"));
        read(&file["tests"][0]["inputs"]["elgamal_integer_public_key"])
    })
}

/// The key of the point ElGamal ciphertexts in `vectors/`.
pub fn elgamal_point_key() -> &'static points::PublicKey {
    static KEY: OnceLock<points::PublicKey> = OnceLock::new();
    KEY.get_or_init(|| {
        let file = parse(include_str!("../../vectors/elgamal/bad_point_ciphertext.json"));
        read(&file["tests"][0]["inputs"]["elgamal_point_public_key"])
    })
}

/// Party 2 of the run in `vectors/`, before its first step.
pub fn session() -> Session {
    static RUN: OnceLock<(Plan, IdentityKey)> = OnceLock::new();
    let (plan, key) = RUN.get_or_init(|| {
        let file = parse(include_str!("../../vectors/secure_sum/run.json"));
        let inputs = &file["tests"][0]["inputs"];
        (read(&inputs["secure_sum_plan"]), read(&inputs["mpc_identity_key"][1]))
    });
    let input = Input::integers(plan, &vec![1; plan.length()]).expect("small numbers");
    let mut rng = <rand_chacha::ChaCha20Rng as rand_chacha::rand_core::SeedableRng>::from_seed([7; 32]);
    Session::start(plan, plan.parties()[1], key, input, &mut rng).expect("the plan is valid").0
}

/// What the parties of a protocol's session say: a number each.
///
/// # Errors
/// `VerificationFailed` for a message that is no number.
pub async fn talk(mut channel: Channel) -> Result<u64> {
    let mine = vec![u8::try_from(channel.me()).expect("few parties") + 1];
    let all = channel.broadcast("talk", mine).await?;
    let number = |from: usize, message: &[u8]| match message {
        [number] => Ok(u64::from(*number)),
        _ => Err(channel.cheat("talk: length", from)),
    };
    all.iter().enumerate().map(|(from, message)| number(from, message)).sum()
}

fn cast() -> &'static Cast {
    static CAST: OnceLock<Cast> = OnceLock::new();
    CAST.get_or_init(|| Cast::new(3, b"fuzz"))
}

/// The second party of a protocol's session, before it has heard anything.
pub fn protocol_session() -> protocol::Session<u64> {
    let Cast { setup, keys, seeds } = cast();
    protocol::Session::start(setup, setup.parties()[1], &keys[1], &seeds[1], talk).expect("a member").0
}

/// Takes up a journal as the second party, whatever comes of it.
pub fn resume_session(journal: &Journal) {
    let Cast { setup, keys, .. } = cast();
    let _ = protocol::Session::resume(setup, setup.parties()[1], &keys[1], journal, &mut rng(), talk);
}

fn parse(text: &str) -> Value {
    serde_json::from_str(text).expect("vectors are JSON")
}

fn bytes(hex: &Value) -> Vec<u8> {
    let hex = hex.as_str().expect("a string");
    let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex");
    (0..hex.len()).step_by(2).map(byte).collect()
}

fn read<T: Decode>(hex: &Value) -> T {
    T::from_bytes(&bytes(hex), ()).expect("a valid encoding")
}
