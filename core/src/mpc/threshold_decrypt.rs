//! Decryption by `threshold` of the parties that share a key, each share with its proof.
//!
//! One round: every party that takes part makes a [`DecryptionShare`] for the same array and hands it to whoever may know the
//! result; [`combine`] checks the proofs and names the parties whose shares are wrong.
//!
//! # Security
//! A share is not signed: hand it over on an authentic channel, else whoever carries it can alter it and its maker is blamed.
//! There is nothing to say twice: a share made again, after a crash or from a backup, is about the same array and has fresh
//! proofs; it tells nothing that the first did not. Whoever has `threshold` shares learns the result. A share tells nothing about the key or about other ciphertexts. Agree on
//! the array first: its hash is in the proofs, and a party should look at where the array comes from before it makes
//! a share.
//! # Source
//! Y. Desmedt, Y. Frankel, CRYPTO 1989; the proof that the share is right: D. Chaum, T. Pedersen, CRYPTO 1992.
use std::collections::BTreeMap;

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::dkg::{GroupKey, KeyShare};
use crate::codec::{Decode, Encode, Kind, Reader, Writer};
use crate::elgamal::additive::proofs::{
    Batch, Context, Equations, Proof, prove_equal_logarithms, verify_equal_logarithms,
};
use crate::elgamal::additive::{DiscreteLog, EncryptedArray};
use crate::error::{Error, ErrorKind, Result};
use crate::field::Field;
use crate::field::batch;
use crate::group::{Point, Scalar};
use crate::party::{Culprits, PartyId};
use crate::progress::{Observer, try_map};
use crate::transcript::{Digest, Transcript};

#[cfg(test)]
mod tests;

/// One party's share of the decryption of one array: for each element `x_i` times its blinder, and the proof of it.
///
/// Handed over on an authentic channel; it opens nothing without the other parties' shares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecryptionShare {
    party: PartyId,
    /// The hash of key and array.
    request: Digest,
    parts: Vec<(Point, Proof)>,
}

/// What all shares of one decryption are about.
fn request(group: &GroupKey, array: &EncryptedArray) -> Result<Digest> {
    if array.public_key().point() != group.public_point() {
        return Err(Error::new(ErrorKind::ParamsMismatch, "array: encrypted under another key"));
    }
    let mut transcript = Transcript::new("veilkit v1 threshold decryption request");
    transcript.append("group key", &group.id()).append("key", array.public_key().id().as_bytes());
    for ciphertext in array.ciphertexts() {
        let (blinder, payload) = ciphertext.points();
        transcript.append("blinder", &blinder.to_bytes()).append("payload", &payload.to_bytes());
    }
    Ok(transcript.digest())
}

/// The session of the caller, the request and the party, for the element at this place.
fn place(session: &[u8], request: &Digest, party: PartyId, at: usize) -> Context {
    let mut transcript = Transcript::new("veilkit v1 threshold decryption share");
    transcript.append("session", session).append("request", request).append_u64("element", at as u64);
    Context::new(&transcript.digest()).by(party)
}

impl DecryptionShare {
    /// Makes this party's share.
    ///
    /// # Errors
    /// `ParamsMismatch` for an array under another key.
    /// # Timing
    /// Constant in the share of the key; varies with the number of elements.
    pub fn create(
        share: &KeyShare,
        array: &EncryptedArray,
        session: &[u8],
        rng: &mut impl CryptoRng,
    ) -> Result<Self> {
        let request = request(share.group(), array)?;
        let own = share.group().share_point(share.party())?;
        let mut parts = Vec::with_capacity(array.ciphertexts().len());
        for (at, ciphertext) in array.ciphertexts().iter().enumerate() {
            let (blinder, _) = ciphertext.points();
            let part = blinder * *share.value();
            let context = place(session, &request, share.party(), at);
            let bases = [Point::generator(), blinder];
            // A neutral blinder hides nothing: its part is neutral too, and a proof over another base says enough.
            let bases = if blinder.is_identity().into() { [Point::generator(); 2] } else { bases };
            let target = if blinder.is_identity().into() { own } else { part };
            let proof = prove_equal_logarithms(bases, [own, target], share.value(), &context, rng)?;
            parts.push((part, proof));
        }
        Ok(Self { party: share.party(), request, parts })
    }

    /// Whose share it is.
    pub fn party(&self) -> PartyId {
        self.party
    }

    /// What must hold.
    fn equations(&self, group: &GroupKey, array: &EncryptedArray, session: &[u8]) -> Result<Equations> {
        const WRONG: Error = Error::new(ErrorKind::VerificationFailed, "decryption share");
        let own = group.share_point(self.party)?;
        if self.request != request(group, array)? || self.parts.len() != array.ciphertexts().len() {
            return Err(WRONG);
        }
        let mut all = Equations::default();
        for (at, (ciphertext, (part, proof))) in array.ciphertexts().iter().zip(&self.parts).enumerate() {
            let (blinder, _) = ciphertext.points();
            let neutral = bool::from(blinder.is_identity());
            if neutral && !bool::from(part.is_identity()) {
                return Err(WRONG);
            }
            let bases = [Point::generator(), if neutral { Point::generator() } else { blinder }];
            let targets = [own, if neutral { own } else { *part }];
            let context = place(session, &self.request, self.party, at);
            all.extend(verify_equal_logarithms(bases, targets, proof, &context)?);
        }
        Ok(all)
    }
}

/// The integers of an array of integers, from the shares of at least `threshold` parties.
///
/// # Errors
/// `DuplicateParty`, `UnknownParty`; `VerificationFailed`, naming every party whose share is wrong; `TooFewShares`;
/// `ParamsMismatch` for an array under another key or of other numbers; `OutOfRange` when a result is beyond the array's
/// bound; `Cancelled`.
/// # Timing
/// Varies with shares and results, which are about to be known.
pub fn combine(
    group: &GroupKey,
    array: &EncryptedArray,
    shares: &[DecryptionShare],
    session: &[u8],
    rng: &mut impl CryptoRng,
    observer: &mut dyn Observer,
) -> Result<Zeroizing<Vec<i64>>> {
    request(group, array)?;
    array.check_integers()?;
    let mut by_party = BTreeMap::new();
    for share in shares {
        group.share_point(share.party)?;
        if by_party.insert(share.party, share).is_some() {
            return Err(Error::new(ErrorKind::DuplicateParty, "shares").blame(share.party));
        }
    }
    check_all(group, array, &by_party, session, rng)?;
    if by_party.len() < group.threshold() {
        return Err(Error::new(ErrorKind::TooFewShares, "shares: fewer than the threshold"));
    }
    let used: Vec<&DecryptionShare> = by_party.into_values().take(group.threshold()).collect();
    let factors = lagrange_at_zero(&used.iter().map(|share| share.party).collect::<Vec<_>>())?;
    let bound = array.bound().to_u128().and_then(|bound| u64::try_from(bound).ok());
    let bound = bound.expect("arrays are within the decode bound");
    let places: Vec<usize> = (0..array.ciphertexts().len()).collect();
    let open = |at: &usize| {
        let (_, payload) = array.ciphertexts()[*at].points();
        let parts: Vec<Point> = used.iter().map(|share| share.parts[*at].0).collect();
        let point = payload - Point::multi_mul_vartime(&factors, &parts);
        DiscreteLog::shared().find_vartime(&point, bound, &mut ())
    };
    try_map(&places, observer, open).map(Zeroizing::new)
}

fn check_all(
    group: &GroupKey,
    array: &EncryptedArray,
    shares: &BTreeMap<PartyId, &DecryptionShare>,
    session: &[u8],
    rng: &mut impl CryptoRng,
) -> Result<()> {
    let mut batch = Batch::new();
    let mut culprits = Vec::new();
    let mut parties = Vec::new();
    for (party, share) in shares {
        match share.equations(group, array, session) {
            Ok(equations) if !share.parts.is_empty() => {
                parties.push(*party);
                batch.push(equations);
            }
            Ok(_) => (),
            Err(_) => culprits.push(*party),
        }
    }
    if !batch.is_empty() && batch.verify(rng).is_err() {
        culprits.extend(batch.wrong().into_iter().map(|number| parties[number]));
    }
    match culprits.is_empty() {
        true => Ok(()),
        false => {
            let culprits: Culprits = culprits.into_iter().collect();
            Err(Error::new(ErrorKind::VerificationFailed, "shares: proof").blame(culprits))
        }
    }
}

/// The factors that give a polynomial's value at zero from its values at these distinct numbers.
fn lagrange_at_zero(parties: &[PartyId]) -> Result<Vec<Scalar>> {
    let number = |party: &PartyId| Scalar::from_u64(party.get().into());
    let others =
        |party: &PartyId| parties.iter().filter(move |other| *other != party).map(number).collect::<Vec<_>>();
    let below = |party: &PartyId| {
        others(party).into_iter().fold(Scalar::ONE, |product, other| product * (other - number(party)))
    };
    let mut factors: Vec<Scalar> = parties.iter().map(below).collect();
    batch::invert(&mut factors)?;
    for (factor, party) in factors.iter_mut().zip(parties) {
        *factor = others(party).into_iter().fold(*factor, |product, other| product * other);
    }
    Ok(factors)
}

/// `party u16 | request [32] | elements u32 | point [32] and proof [97] each`
impl Encode for DecryptionShare {
    const KIND: Kind = Kind::DecryptionShare;

    fn params_id(&self) -> u32 {
        Scalar::ID
    }

    fn body_len(&self) -> usize {
        2 + 32 + 4 + self.parts.iter().map(|(_, proof)| 32 + proof.len()).sum::<usize>()
    }

    fn write_body(&self, out: &mut Writer) {
        out.u16(self.party.get()).bytes(&self.request).len(self.parts.len());
        for (point, proof) in &self.parts {
            point.write(out);
            proof.write(out);
        }
    }
}

impl Decode for DecryptionShare {
    fn read_body(body: &mut Reader<'_>, _params_id: u32, (): ()) -> Result<Self> {
        let party = PartyId::new(body.u16("decryption share: party")?)
            .map_err(|_| Error::new(ErrorKind::InvalidEncoding, "decryption share: party"))?;
        let request = body.array("decryption share: request")?;
        let count = body.count(128, "decryption share: elements")?;
        let part = |_| Ok((Point::read(body, "decryption share: point")?, Proof::read(body)?));
        let parts = (0..count).map(part).collect::<Result<_>>()?;
        Ok(Self { party, request, parts })
    }
}
