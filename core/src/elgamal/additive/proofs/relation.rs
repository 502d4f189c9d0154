//! Proofs that targets are given sums of multiples of bases by secret scalars, which the prover knows.
//!
//! Letters of the sources: w nonces, t commitments, c challenge, s responses; target `P_i = sum_j x_j B_ij`, commitment
//! `t_i = sum_j w_j B_ij`, response `s_j = w_j + c x_j`, and the verifier checks `sum_j s_j B_ij = t_i + c P_i`.
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::context::Context;
use super::equations::{Equations, WRONG};
use crate::codec::{Decode, Encode, Kind, Reader, Writer};
use crate::elgamal::additive::PublicKey;
use crate::error::{Error, ErrorKind, Result};
use crate::field::Field;
use crate::group::{Point, Scalar};
use crate::transcript::Transcript;

/// What a [`Proof`] claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// The prover knows the plaintext.
    Plaintext,
    /// The plaintext is a public integer.
    Value,
    /// Two points are the same multiple of two bases.
    EqualLogarithms,
    /// Two ciphertexts hold the same.
    EqualPlaintexts,
    /// A ciphertext was decrypted correctly.
    Decryption,
    /// A ciphertext was encrypted to another key by the holder of the first.
    HandOver,
    /// A ciphertext is a linear function of others.
    Linear,
}

impl Claim {
    const ALL: [Self; 7] = [
        Self::Plaintext,
        Self::Value,
        Self::EqualLogarithms,
        Self::EqualPlaintexts,
        Self::Decryption,
        Self::HandOver,
        Self::Linear,
    ];

    /// The number that stands for the claim in bytes and transcripts.
    fn code(self) -> u8 {
        match self {
            Self::Plaintext => 1,
            Self::Value => 2,
            Self::EqualLogarithms => 3,
            Self::EqualPlaintexts => 4,
            Self::Decryption => 5,
            Self::HandOver => 6,
            Self::Linear => 7,
        }
    }

    /// How many equations and how many secrets it has.
    fn shape(self) -> (usize, usize) {
        match self {
            Self::Plaintext => (2, 2),
            Self::Value | Self::EqualLogarithms | Self::Decryption | Self::Linear => (2, 1),
            Self::EqualPlaintexts => (4, 3),
            Self::HandOver => (3, 2),
        }
    }
}

/// A base, with its table where there is one.
#[derive(Clone, Copy)]
pub(super) enum Base<'a> {
    Generator,
    Key(&'a PublicKey),
    Point(Point),
}

impl Base<'_> {
    pub(super) fn point(self) -> Point {
        match self {
            Self::Generator => Point::generator(),
            Self::Key(key) => key.point(),
            Self::Point(point) => point,
        }
    }

    fn bytes(self) -> [u8; Point::ENCODED_LEN] {
        match self {
            Self::Generator => Point::generator_bytes(),
            Self::Key(key) => *key.point_bytes(),
            Self::Point(point) => point.to_bytes(),
        }
    }

    /// Constant-time in the scalar.
    pub(super) fn mul(self, scalar: &Scalar) -> Point {
        match self {
            Self::Generator => Point::mul_generator(scalar),
            Self::Key(key) => key.table().mul(scalar),
            Self::Point(point) => point * *scalar,
        }
    }
}

/// A target and the bases of its sum, each with the number of the secret that multiplies it.
pub(super) struct Row<'a> {
    pub(super) target: Point,
    pub(super) terms: Vec<(usize, Base<'a>)>,
}

/// A statement: what is claimed about which points.
pub(super) struct Relation<'a> {
    claim: Claim,
    rows: Vec<Row<'a>>,
    /// Public bytes that belong to the statement and are in no row, such as a claimed integer.
    facts: Vec<u8>,
}

impl<'a> Relation<'a> {
    pub(super) fn new(claim: Claim, rows: Vec<Row<'a>>, facts: Vec<u8>) -> Self {
        debug_assert_eq!(rows.len(), claim.shape().0, "{claim:?}");
        Self { claim, rows, facts }
    }

    /// The statement in its context.
    fn transcript(&self, context: &Context) -> Transcript {
        let mut transcript = context.transcript("veilkit v1 elgamal proof");
        transcript.append_u64("claim", self.claim.code().into()).append("facts", &self.facts);
        for row in &self.rows {
            transcript.append("target", &row.target.to_bytes());
            for (secret, base) in &row.terms {
                transcript.append_u64("secret", *secret as u64).append("base", &base.bytes());
            }
        }
        transcript
    }

    /// Proves the statement. What the secrets do not fulfil the verifier refuses.
    ///
    /// The nonces come from a hash of statement, secrets and 32 random bytes: a weak generator alone gives nothing away.
    ///
    /// # Timing
    /// Constant in the secrets.
    pub(super) fn prove(&self, secrets: &[Scalar], context: &Context, rng: &mut impl CryptoRng) -> Proof {
        let mut transcript = self.transcript(context);
        let mut nonce_rng = nonce_rng(&transcript, secrets, &fresh_bytes(rng));
        let nonces: Zeroizing<Vec<Scalar>> =
            Zeroizing::new(secrets.iter().map(|_| Scalar::random(&mut nonce_rng)).collect());
        let halves: Zeroizing<Vec<Scalar>> = Zeroizing::new(nonces.iter().map(Scalar::half).collect());
        let commit = |row: &Row<'_>| {
            let parts = row.terms.iter().map(|(secret, base)| base.mul(&halves[*secret]));
            parts.fold(Point::identity(), |sum, part| sum + part)
        };
        let halves: Vec<Point> = self.rows.iter().map(commit).collect();
        let challenge = challenge_of_encoded(&mut transcript, Point::encode_doubles(&halves));
        let commitments = halves.iter().map(Point::double).collect();
        let responses =
            nonces.iter().zip(secrets).map(|(nonce, secret)| *nonce + challenge * *secret).collect();
        Proof { claim: self.claim, commitments, responses }
    }

    /// What must hold for `proof`.
    ///
    /// # Errors
    /// `VerificationFailed` for a proof of another claim.
    pub(super) fn equations(&self, proof: &Proof, context: &Context) -> Result<Equations> {
        if proof.claim != self.claim {
            return Err(WRONG);
        }
        let challenge = challenge(&mut self.transcript(context), &proof.commitments);
        let mut equations = Equations::default();
        for (row, commitment) in self.rows.iter().zip(&proof.commitments) {
            let terms = row.terms.iter().map(|(secret, base)| (proof.responses[*secret], base.point()));
            let known = [(-Scalar::ONE, *commitment), (-challenge, row.target)];
            equations.push(terms.chain(known).collect());
        }
        Ok(equations)
    }
}

/// The challenge that follows from the statement and the commitments.
pub(super) fn challenge(transcript: &mut Transcript, commitments: &[Point]) -> Scalar {
    challenge_of_encoded(transcript, commitments.iter().map(Point::to_bytes))
}

/// [`challenge`] of commitments in their standard encoding.
pub(super) fn challenge_of_encoded(
    transcript: &mut Transcript,
    commitments: impl IntoIterator<Item = [u8; Point::ENCODED_LEN]>,
) -> Scalar {
    for commitment in commitments {
        transcript.append("commitment", &commitment);
    }
    Scalar::random(&mut transcript.rng())
}

/// The randomness that goes into the nonces of one proof.
pub(super) fn fresh_bytes(rng: &mut impl CryptoRng) -> Zeroizing<[u8; 32]> {
    let mut fresh = Zeroizing::new([0; 32]);
    rng.fill_bytes(&mut *fresh);
    fresh
}

/// A generator of nonces.
pub(super) fn nonce_rng(
    statement: &Transcript,
    secrets: &[Scalar],
    fresh: &[u8; 32],
) -> rand_chacha::ChaCha20Rng {
    let mut transcript = statement.clone();
    transcript.append("nonces", fresh);
    for secret in secrets {
        transcript.append("witness", &*Zeroizing::new(secret.to_bytes()));
    }
    transcript.rng()
}

/// A proof of a [`Claim`] about public points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    claim: Claim,
    commitments: Vec<Point>,
    responses: Vec<Scalar>,
}

impl Proof {
    /// What it claims.
    pub fn claim(&self) -> Claim {
        self.claim
    }

    /// The bytes inside other encodings.
    pub(crate) fn len(&self) -> usize {
        1 + 32 * (self.commitments.len() + self.responses.len())
    }

    pub(crate) fn write(&self, out: &mut Writer) {
        out.u8(self.claim.code());
        self.commitments.iter().for_each(|point| point.write(out));
        self.responses.iter().for_each(|scalar| scalar.write(out));
    }

    pub(crate) fn read(body: &mut Reader<'_>) -> Result<Self> {
        let code = body.u8("proof: claim")?;
        let claim = Claim::ALL.into_iter().find(|claim| claim.code() == code);
        let claim = claim.ok_or(Error::new(ErrorKind::InvalidEncoding, "proof: claim"))?;
        let (rows, secrets) = claim.shape();
        let commitments =
            (0..rows).map(|_| Point::read(body, "proof: commitment")).collect::<Result<Vec<_>>>()?;
        let responses =
            (0..secrets).map(|_| Scalar::read(body, "proof: response")).collect::<Result<Vec<_>>>()?;
        Ok(Self { claim, commitments, responses })
    }

    #[cfg(test)]
    pub(super) fn parts_mut(&mut self) -> (&mut Vec<Point>, &mut Vec<Scalar>) {
        (&mut self.commitments, &mut self.responses)
    }
}

/// `claim u8 | commitments [32] each | responses [32] each`; how many follows from the claim.
impl Encode for Proof {
    const KIND: Kind = Kind::ElGamalAdditiveProof;

    fn params_id(&self) -> u32 {
        Scalar::ID
    }

    fn body_len(&self) -> usize {
        self.len()
    }

    fn write_body(&self, out: &mut Writer) {
        self.write(out);
    }
}

impl Decode for Proof {
    fn read_body(body: &mut Reader<'_>, _params_id: u32, (): ()) -> Result<Self> {
        Self::read(body)
    }
}
