//! Short shares: no commitments, but a check value that is shared along with the secret.
use core::fmt;

use rand_core::{CryptoRng, Rng};
use subtle::{Choice, ConstantTimeEq};
use zeroize::{ZeroizeOnDrop, Zeroizing};

use crate::{
    codec::{Decode, Encode, Kind, Reader, Writer},
    error::{Error, ErrorKind, Result},
    party::PartyId,
    secret::declassify,
    shamir::{
        bare,
        correct::correct,
        params::{Params, require_distinct},
        split::expand,
    },
    transcript::Transcript,
};

/// The longest secret of a card in bytes.
pub const MAX_SECRET_LEN: usize = 1024;
/// Tells the cards of different sets apart. Public.
pub type CardSetId = [u8; 4];

/// The key of the check value.
const KEY_LEN: usize = 12;
/// The check value.
const CHECK_LEN: usize = 4;

/// One holder's share, short enough for paper. Secret: `threshold` of them are the secret.
#[derive(Clone)]
pub struct Card {
    set_id: CardSetId,
    params: Params,
    index: PartyId,
    /// A share of secret, key and check value.
    payload: Zeroizing<Vec<u8>>,
}

/// Splits a secret into short shares, any `threshold` of which give it back.
///
/// # Errors
/// `InvalidParams` unless `2 <= threshold <= shares <= 255`; `OutOfRange` when the secret is empty or longer than
/// [`MAX_SECRET_LEN`].
/// # Timing
/// Constant in the secret; varies with its length, `threshold` and `shares`.
/// # Security
/// As [`shamir::split`](crate::shamir::split), except that a wrong card is noticed by a check value of 32 bits only.
/// Below the threshold neither the check value nor its key is known, so that no guess can be tested with them.
pub fn split(secret: &[u8], threshold: usize, shares: usize, rng: &mut impl CryptoRng) -> Result<Vec<Card>> {
    let params = Params::for_bytes(threshold, shares)?;
    if secret.is_empty() || secret.len() > MAX_SECRET_LEN {
        return Err(Error::new(ErrorKind::OutOfRange, "secret: empty, or longer than 1,024 bytes"));
    }
    let mut rng = expand(rng);
    let mut set_id = CardSetId::default();
    rng.fill_bytes(&mut set_id);
    let mut key = Zeroizing::new([0; KEY_LEN]);
    rng.fill_bytes(&mut *key);
    let mut whole = Zeroizing::new(Vec::with_capacity(secret.len() + KEY_LEN + CHECK_LEN));
    whole.extend_from_slice(secret);
    whole.extend_from_slice(&*key);
    whole.extend_from_slice(&*check(secret, &*key));
    let payloads = bare::deal(&whole, threshold, shares, &mut rng);
    let cards = params.indices().zip(payloads);
    Ok(cards.map(|(index, payload)| Card { set_id, params, index, payload }).collect())
}

/// Gives the secret back, if every card given is right.
///
/// # Errors
/// `TooFewShares`; `DuplicateParty`; `ParamsMismatch` for cards of different sets; `VerificationFailed` when a card is
/// wrong, naming those that are if there are at least two more right cards than the threshold for each.
/// # Timing
/// Constant in the cards and the secret, as long as they do not contradict each other; varies with their number.
pub fn combine(cards: &[Card]) -> Result<Zeroizing<Vec<u8>>> {
    let Some(first) = cards.first() else {
        return Err(Error::new(ErrorKind::TooFewShares, "cards: none"));
    };
    let header = |card: &Card| (card.set_id, card.params, card.payload.len());
    if cards.iter().any(|card| header(card) != header(first)) {
        return Err(Error::new(ErrorKind::ParamsMismatch, "cards: of different sets"));
    }
    require_distinct(cards.iter().map(Card::index))?;
    let position = |card: &Card| usize::from(card.index.get()) - 1;
    let values: Vec<(usize, &[u8])> = cards.iter().map(|card| (position(card), &card.payload[..])).collect();
    let (mut whole, wrong) = bare::combine(first.params.threshold(), &values)?;
    if wrong.is_some() {
        let shares: Vec<(PartyId, &[u8])> =
            cards.iter().map(|card| (card.index, &card.payload[..])).collect();
        let culprits =
            correct(&shares, first.params.threshold()).map(|(_, culprits)| culprits).unwrap_or_default();
        return Err(Error::new(ErrorKind::VerificationFailed, "cards: not of one dealing").blame(culprits));
    }
    let len = whole.len() - KEY_LEN - CHECK_LEN;
    let (secret, rest) = whole.split_at(len);
    let (key, value) = rest.split_at(KEY_LEN);
    if !declassify(check(secret, key)[..].ct_eq(value)) {
        return Err(Error::new(ErrorKind::VerificationFailed, "cards: check value"));
    }
    whole.truncate(len);
    Ok(whole)
}

fn check(secret: &[u8], key: &[u8]) -> Zeroizing<[u8; CHECK_LEN]> {
    let mut value = Zeroizing::new([0; CHECK_LEN]);
    Transcript::new("veilkit v1 shamir card").append("key", key).append("secret", secret).fill(&mut *value);
    value
}

impl Card {
    /// The dealing that the card belongs to.
    pub fn set_id(&self) -> CardSetId {
        self.set_id
    }

    /// How many cards there are and how many are needed.
    pub fn params(&self) -> Params {
        self.params
    }

    /// The number of the card, from 1.
    pub fn index(&self) -> PartyId {
        self.index
    }
}

impl ZeroizeOnDrop for Card {}

impl fmt::Debug for Card {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Card")
            .field("index", &self.index)
            .field("params", &self.params)
            .finish_non_exhaustive()
    }
}

impl ConstantTimeEq for Card {
    fn ct_eq(&self, other: &Self) -> Choice {
        let header = |card: &Self| (card.set_id, card.params, card.index);
        Choice::from(u8::from(header(self) == header(other))) & self.payload.ct_eq(&other.payload)
    }
}

impl PartialEq for Card {
    fn eq(&self, other: &Self) -> bool {
        self.ct_eq(other).into()
    }
}

/// ```text
/// Card: set id [4] | threshold u8 | count u8 | index u8 | length u16 | payload
/// ```
impl Encode for Card {
    const KIND: Kind = Kind::ShamirCard;

    fn params_id(&self) -> u32 {
        0
    }

    fn body_len(&self) -> usize {
        self.set_id.len() + 3 + 2 + self.payload.len()
    }

    fn write_body(&self, out: &mut Writer) {
        let byte = |number: usize| u8::try_from(number).expect("cards have at most 255 holders");
        out.bytes(&self.set_id);
        out.u8(byte(self.params.threshold())).u8(byte(self.params.shares()));
        out.u8(byte(usize::from(self.index.get())));
        out.u16(u16::try_from(self.payload.len()).expect("at most 1,040 bytes")).bytes(&self.payload);
    }
}

impl Decode for Card {
    fn read_body(body: &mut Reader<'_>, _params_id: u32, (): ()) -> Result<Self> {
        let set_id = body.array("card: set id")?;
        let (threshold, count) = (body.u8("card: threshold")?, body.u8("card: count")?);
        let params = Params::for_bytes(usize::from(threshold), usize::from(count))
            .map_err(|_| Error::new(ErrorKind::InvalidEncoding, "card: threshold"))?;
        let index = PartyId::new(u16::from(body.u8("card: index")?))
            .ok()
            .filter(|index| params.require_index(*index).is_ok())
            .ok_or(Error::new(ErrorKind::InvalidEncoding, "card: index"))?;
        let len = usize::from(body.u16("card: length")?);
        let extra = KEY_LEN + CHECK_LEN;
        if !(extra + 1..=extra + MAX_SECRET_LEN).contains(&len) {
            return Err(Error::new(ErrorKind::InvalidEncoding, "card: length"));
        }
        let payload = Zeroizing::new(body.bytes(len, "card: payload")?.to_vec());
        Ok(Self { set_id, params, index, payload })
    }
}
