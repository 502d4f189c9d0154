//! Proofs about logarithms: that a party knows one, and that a shared point is what two keys of the run agree on.
//!
//! C. Schnorr, J. Cryptology 4, 1991; D. Chaum, T. Pedersen, CRYPTO 1992. The challenges bind set-up, parties and points.
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::codec::{Reader, Writer};
use crate::error::Result;
use crate::field::Field;
use crate::group::{Point, Scalar};
use crate::party::PartyId;
use crate::transcript::{Digest, Transcript};

/// What a party shows that it knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// The constant term of its polynomial.
    Term,
    /// Its key of the run.
    RunKey,
}

/// A proof that `point = x G` for an x that the party knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Possession {
    commitment: Point,
    response: Scalar,
}

impl Possession {
    pub(super) const LEN: usize = 64;

    pub(super) fn prove(
        setup: &Digest,
        party: PartyId,
        what: Known,
        secret: &Scalar,
        rng: &mut impl CryptoRng,
    ) -> Self {
        let point = Point::mul_generator(secret);
        let nonce = Zeroizing::new(Scalar::random(rng));
        let commitment = Point::mul_generator(&nonce);
        let response = *nonce + possession_challenge(setup, party, what, &point, &commitment) * *secret;
        Self { commitment, response }
    }

    /// Whether `response G = commitment + c point`.
    pub(super) fn holds(&self, setup: &Digest, party: PartyId, what: Known, point: &Point) -> bool {
        let challenge = possession_challenge(setup, party, what, point, &self.commitment);
        Point::mul_generator(&self.response) == self.commitment + *point * challenge
    }

    pub(super) fn write(&self, out: &mut Writer) {
        self.commitment.write(out);
        self.response.write(out);
    }

    pub(super) fn read(body: &mut Reader<'_>) -> Result<Self> {
        Ok(Self {
            commitment: Point::read(body, "possession: commitment")?,
            response: Scalar::read(body, "possession: response")?,
        })
    }
}

fn possession_challenge(
    setup: &Digest,
    party: PartyId,
    what: Known,
    point: &Point,
    commitment: &Point,
) -> Scalar {
    let mut transcript = Transcript::new("veilkit v1 dkg possession");
    transcript
        .append("setup", setup)
        .append_u64("party", party.get().into())
        .append("of", if what == Known::Term { b"term" } else { b"run key" })
        .append("point", &point.to_bytes())
        .append("commitment", &commitment.to_bytes());
    Scalar::random(&mut transcript.rng())
}

/// Who proves an agreement about whom, and both keys of the run.
#[derive(Clone, Copy)]
pub(super) struct Pair<'a> {
    pub(super) setup: &'a Digest,
    pub(super) prover: PartyId,
    pub(super) other: PartyId,
    pub(super) own_key: Point,
    pub(super) other_key: Point,
}

/// The point that two keys of the run agree on, with the proof that `own_key = x G` and `shared = x other_key`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Agreement {
    pub(super) shared: Point,
    commitments: [Point; 2],
    response: Scalar,
}

impl Agreement {
    pub(super) const LEN: usize = 128;

    /// The nonce follows from the secret and what is proven: the same proof each time.
    pub(super) fn prove(pair: Pair<'_>, secret: &Scalar) -> Self {
        let shared = pair.other_key * *secret;
        let mut transcript = pair.transcript("veilkit v1 dkg agreement nonce", &shared);
        let nonce =
            Zeroizing::new(Scalar::random(&mut transcript.append("secret", &secret.to_bytes()).rng()));
        let commitments = [Point::mul_generator(&nonce), pair.other_key * *nonce];
        let response = *nonce + agreement_challenge(pair, &shared, &commitments) * *secret;
        Self { shared, commitments, response }
    }

    /// Whether `response G = commitments[0] + c own_key` and `response other_key = commitments[1] + c shared`.
    pub(super) fn holds(&self, pair: Pair<'_>) -> bool {
        let challenge = agreement_challenge(pair, &self.shared, &self.commitments);
        Point::mul_generator(&self.response) == self.commitments[0] + pair.own_key * challenge
            && pair.other_key * self.response == self.commitments[1] + self.shared * challenge
    }

    pub(super) fn write(&self, out: &mut Writer) {
        self.shared.write(out);
        self.commitments.iter().for_each(|point| point.write(out));
        self.response.write(out);
    }

    pub(super) fn read(body: &mut Reader<'_>) -> Result<Self> {
        let mut point = || Point::read(body, "agreement: point");
        let (shared, commitments) = (point()?, [point()?, point()?]);
        Ok(Self { shared, commitments, response: Scalar::read(body, "agreement: response")? })
    }
}

impl Pair<'_> {
    fn transcript(self, name: &'static str, shared: &Point) -> Transcript {
        let mut transcript = Transcript::new(name);
        transcript
            .append("setup", self.setup)
            .append_u64("prover", self.prover.get().into())
            .append_u64("other", self.other.get().into())
            .append("own key", &self.own_key.to_bytes())
            .append("other key", &self.other_key.to_bytes())
            .append("shared", &shared.to_bytes());
        transcript
    }
}

fn agreement_challenge(pair: Pair<'_>, shared: &Point, commitments: &[Point; 2]) -> Scalar {
    let mut transcript = pair.transcript("veilkit v1 dkg agreement", shared);
    for commitment in commitments {
        transcript.append("commitment", &commitment.to_bytes());
    }
    Scalar::random(&mut transcript.rng())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scalar(value: u64) -> Scalar {
        Scalar::from_u64(value)
    }

    /// An agreement in which each equation can be made to hold by itself.
    fn forged(
        pair: Pair<'_>,
        shared: Point,
        commitments: [Point; 2],
        nonce: Scalar,
        secret: Scalar,
    ) -> Agreement {
        let response = nonce + agreement_challenge(pair, &shared, &commitments) * secret;
        Agreement { shared, commitments, response }
    }

    #[test]
    fn each_equation_of_an_agreement_counts() {
        let party = |number| PartyId::new(number).unwrap();
        let (own, other, nonce) = (scalar(5), Point::mul_generator(&scalar(7)), scalar(9));
        let pair = Pair {
            setup: &[1; 32],
            prover: party(1),
            other: party(2),
            own_key: Point::mul_generator(&own),
            other_key: other,
        };
        let honest = Agreement::prove(pair, &own);
        assert!(honest.holds(pair) && honest.shared == other * own);
        assert_eq!(honest, Agreement::prove(pair, &own));
        let commitments = [Point::mul_generator(&nonce), other * nonce];
        assert!(forged(pair, other * own, commitments, nonce, own).holds(pair));
        // Another shared point: only the first holds.
        assert!(!forged(pair, other * scalar(6), commitments, nonce, own).holds(pair));
        // Another key of one's own: only the second holds.
        assert!(!forged(pair, other * scalar(6), commitments, nonce, scalar(6)).holds(pair));
        // The proof is for this run, by this party, about that one.
        for wrong in [
            Pair { setup: &[2; 32], ..pair },
            Pair { prover: party(3), ..pair },
            Pair { other: party(3), ..pair },
            Pair { own_key: other, ..pair },
            Pair { other_key: pair.own_key, ..pair },
        ] {
            assert!(!honest.holds(wrong));
        }
    }

    #[test]
    fn a_possession_is_of_one_kind_of_one_party_in_one_run() {
        let party = |number| PartyId::new(number).unwrap();
        let (secret, mut rng) = (scalar(5), Transcript::new("veilkit v1 test").rng());
        let point = Point::mul_generator(&secret);
        let honest = Possession::prove(&[1; 32], party(1), Known::Term, &secret, &mut rng);
        let holds = |proof: &Possession| proof.holds(&[1; 32], party(1), Known::Term, &point);
        assert!(holds(&honest));
        assert!(!holds(&Possession { response: honest.response + Scalar::ONE, ..honest.clone() }));
        assert!(!holds(&Possession { commitment: honest.commitment + point, ..honest.clone() }));
        assert!(!honest.holds(&[2; 32], party(1), Known::Term, &point));
        assert!(!honest.holds(&[1; 32], party(2), Known::Term, &point));
        assert!(!honest.holds(&[1; 32], party(1), Known::RunKey, &point));
        assert!(!honest.holds(&[1; 32], party(1), Known::Term, &(point + point)));
        // Without the commitment in the challenge, or without the point, anybody could make a proof afterwards.
        let challenge =
            |point, commitment| possession_challenge(&[1; 32], party(1), Known::Term, &point, &commitment);
        assert!(challenge(point, honest.commitment) != challenge(point, point));
        assert!(challenge(point, honest.commitment) != challenge(honest.commitment, honest.commitment));
    }

    #[test]
    fn all_points_of_an_agreement_are_in_its_challenge() {
        let party = |number| PartyId::new(number).unwrap();
        let [own_key, other_key, shared, first, second, another] =
            [1, 2, 3, 4, 5, 6].map(|value| Point::mul_generator(&scalar(value)));
        let pair = Pair { setup: &[1; 32], prover: party(1), other: party(2), own_key, other_key };
        let challenge = agreement_challenge(pair, &shared, &[first, second]);
        for other in [
            agreement_challenge(Pair { own_key: another, ..pair }, &shared, &[first, second]),
            agreement_challenge(Pair { other_key: another, ..pair }, &shared, &[first, second]),
            agreement_challenge(pair, &another, &[first, second]),
            agreement_challenge(pair, &shared, &[another, second]),
            agreement_challenge(pair, &shared, &[first, another]),
        ] {
            assert!(challenge != other);
        }
    }
}
