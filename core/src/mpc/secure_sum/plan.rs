//! What the parties agree on before a secure sum: who, what about, how many must stay, how large the numbers are.
use core::fmt::Write as _;
use std::sync::Arc;

use super::fixed_point::{self, MAX_FRACTION_BITS};
use crate::{
    codec::{Decode, Encode, Kind, Reader, Writer},
    error::{Error, ErrorKind, Result},
    mpc::{
        identity::{IDENTITY_LEN, Identity},
        session_id::SessionId,
    },
    party::PartyId,
    transcript::{Digest, Transcript},
};

/// The most parties of one sum.
pub const MAX_PARTIES: usize = 255;
/// The most numbers in one vector.
pub const MAX_LENGTH: usize = 1 << 20;
/// The most bytes of the purpose.
pub const MAX_PURPOSE_LEN: usize = 1024;

/// What a [`Plan`] is made from; not checked yet.
#[derive(Clone, Debug)]
pub struct PlanSpec {
    /// The number of this run.
    pub session: SessionId,
    /// Everybody who takes part, with their public keys, in any order. From 2 to 255, each key once.
    pub parties: Vec<(PartyId, Identity)>,
    /// How many parties must stay to the end: more than half of them.
    pub threshold: usize,
    /// The smallest number of parties whose sum may be revealed: at least `threshold`.
    pub min_survivors: usize,
    /// How many numbers each party submits.
    pub length: usize,
    /// Bits after the binary point, at most 60.
    pub fraction_bits: u32,
    /// The largest absolute value of one number of one party.
    pub max_abs: f64,
    /// What the sum is for, in words for people: at most 1,024 bytes. Every party signs it.
    pub purpose: String,
}

/// A checked plan. Cheap to clone. Its hash enters every signature and key, so no message fits another plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan(Arc<Inner>);

#[derive(Debug, PartialEq, Eq)]
struct Inner {
    session: SessionId,
    parties: Vec<PartyId>,
    identities: Vec<Identity>,
    threshold: usize,
    min_survivors: usize,
    length: usize,
    fraction_bits: u32,
    bound: u64,
    purpose: String,
    hash: Digest,
}

impl Plan {
    /// Checks the specification.
    ///
    /// # Errors
    /// `InvalidParams` naming the field; `DuplicateParty` when a number or a key appears twice.
    pub fn new(spec: PlanSpec) -> Result<Self> {
        let bound = if spec.fraction_bits <= MAX_FRACTION_BITS {
            fixed_point::encode_bound(spec.max_abs, spec.fraction_bits)?
        } else {
            return Err(invalid("plan: fraction_bits above 60"));
        };
        let PlanSpec {
            session, mut parties, threshold, min_survivors, length, fraction_bits, purpose, ..
        } = spec;
        parties.sort_by_key(|(party, _)| *party);
        let (parties, identities) = parties.into_iter().unzip();
        Self::checked(Inner {
            session,
            parties,
            identities,
            threshold,
            min_survivors,
            length,
            fraction_bits,
            bound,
            purpose,
            hash: [0; 32],
        })
    }

    fn checked(mut inner: Inner) -> Result<Self> {
        let parties = inner.parties.len();
        if !(2..=MAX_PARTIES).contains(&parties) {
            return Err(invalid("plan: parties, 2 to 255"));
        }
        for (position, party) in inner.parties.iter().enumerate().skip(1) {
            if inner.parties[position - 1] == *party {
                return Err(Error::new(ErrorKind::DuplicateParty, "plan: party number").blame(*party));
            }
            if inner.identities[..position].contains(&inner.identities[position]) {
                return Err(Error::new(ErrorKind::DuplicateParty, "plan: identity").blame(*party));
            }
        }
        // Two groups of honest parties with different views must never both reach the threshold.
        if inner.threshold > parties || 2 * inner.threshold <= parties {
            return Err(invalid("plan: threshold, more than half of the parties"));
        }
        if !(inner.threshold..=parties).contains(&inner.min_survivors) {
            return Err(invalid("plan: min_survivors, from the threshold to the number of parties"));
        }
        if !(1..=MAX_LENGTH).contains(&inner.length) {
            return Err(invalid("plan: length, 1 to 2^20"));
        }
        if inner.purpose.len() > MAX_PURPOSE_LEN {
            return Err(invalid("plan: purpose longer than 1,024 bytes"));
        }
        if u128::from(inner.bound) * parties as u128 >= 1 << 63 {
            return Err(invalid("plan: parties * max_abs * 2^fraction_bits reaches 2^63"));
        }
        let mut plan = Self(Arc::new(inner));
        let hash = Transcript::new("veilkit v1 secure-sum plan").append("plan", &plan.to_bytes()).digest();
        inner = Arc::into_inner(plan.0).expect("one owner so far");
        inner.hash = hash;
        plan = Self(Arc::new(inner));
        Ok(plan)
    }

    /// The hash of everything in the plan.
    pub fn hash(&self) -> &Digest {
        &self.0.hash
    }

    /// The number of this run.
    pub fn session(&self) -> SessionId {
        self.0.session
    }

    /// Everybody who takes part, ascending.
    pub fn parties(&self) -> &[PartyId] {
        &self.0.parties
    }

    /// The public key of a party.
    pub fn identity(&self, party: PartyId) -> Option<&Identity> {
        self.position(party).map(|position| self.identity_at(position))
    }

    /// How many parties must stay to the end.
    pub fn threshold(&self) -> usize {
        self.0.threshold
    }

    /// The smallest number of parties whose sum may be revealed.
    pub fn min_survivors(&self) -> usize {
        self.0.min_survivors
    }

    /// How many numbers each party submits.
    pub fn length(&self) -> usize {
        self.0.length
    }

    /// Bits after the binary point.
    pub fn fraction_bits(&self) -> u32 {
        self.0.fraction_bits
    }

    /// The largest absolute value of one number of one party.
    pub fn max_abs(&self) -> f64 {
        fixed_point::decode(i64::try_from(self.0.bound).expect("checked: below 2^63"), self.0.fraction_bits)
    }

    /// What the sum is for.
    pub fn purpose(&self) -> &str {
        &self.0.purpose
    }

    /// The bound of one number in units of `2^-fraction_bits`.
    pub(super) fn bound(&self) -> u64 {
        self.0.bound
    }

    pub(super) fn position(&self, party: PartyId) -> Option<usize> {
        self.0.parties.binary_search(&party).ok()
    }

    pub(super) fn party_at(&self, position: usize) -> PartyId {
        self.0.parties[position]
    }

    pub(super) fn identity_at(&self, position: usize) -> &Identity {
        &self.0.identities[position]
    }

    /// What everybody learns, for the plan and for the result.
    pub fn revealed(&self) -> String {
        format!(
            "Every party that stays learns the sum of {} number(s) per party over the parties whose input arrived (at \
             least {} of {}), and who these parties are. A party that leaves after round 2 could still learn it with \
             the relay's help. The relay alone learns who took part and how many bytes went by, and no sum.",
            self.length(),
            self.min_survivors(),
            self.parties().len()
        )
    }

    /// The plan in words: what is computed, what is revealed, and against whom it protects.
    pub fn explain(&self) -> String {
        let (n, t) = (self.parties().len(), self.threshold());
        let active = 2 * t - n - 1;
        let mut text = format!(
            "Secure sum of {} number(s) per party over {n} parties.\nPurpose: {:?}\n",
            self.length(),
            self.purpose()
        );
        let _ = write!(
            text,
            "Each number lies within +/-{} and is rounded to multiples of 2^-{}; the sum of what was rounded is \
             exact.\n\nRevealed. {}\n\n",
            self.max_abs(),
            self.fraction_bits(),
            self.revealed()
        );
        let _ = write!(
            text,
            "Privacy. Inputs stay hidden, beyond what the sum says, from the relay together with up to {} parties \
             that follow the protocol and pool what they see; and from a relay that alters, drops or invents \
             messages together with up to {active} parties that do anything. (Both kinds of shares of one party \
             would have to be opened by two groups of parties with different views, each with {t} signatures; the \
             colluders can sign in both, so that takes 2*{t} <= {n} + colluders.)\n\n",
            t - 1
        );
        let _ = writeln!(
            text,
            "Not promised. A party may submit any number within the range, and nobody can tell whether it is true. \
             There is no range proof yet: a party with altered software may submit numbers beyond the range and \
             spoil the sum. Whoever takes part can subtract the own input, and {} of {} survivors who pool theirs know \
             the remaining one{}. The sum itself says what it says: differences between sums over almost \
             the same patients reveal the patients by whom they differ. Any party or the relay can stop the run.",
            self.min_survivors() - 1,
            self.min_survivors(),
            if self.min_survivors() == 2 {
                ", and with two survivors each learns the other's input exactly"
            } else {
                ""
            }
        );
        text
    }
}

fn invalid(what: &'static str) -> Error {
    Error::new(ErrorKind::InvalidParams, what)
}

/// ```text
/// session [32] | threshold u16 | min_survivors u16 | length u32 | fraction_bits u8 | bound u64
/// purpose length u32, bytes | parties u32, each: number u16, identity [32], ascending by number
/// ```
impl Encode for Plan {
    const KIND: Kind = Kind::SecureSumPlan;

    fn params_id(&self) -> u32 {
        0
    }

    fn body_len(&self) -> usize {
        32 + 2 + 2 + 4 + 1 + 8 + 4 + self.0.purpose.len() + 4 + self.0.parties.len() * (2 + IDENTITY_LEN)
    }

    fn write_body(&self, out: &mut Writer) {
        let small = |value: usize| u16::try_from(value).expect("checked: at most 255");
        out.bytes(&self.0.session.0).u16(small(self.0.threshold)).u16(small(self.0.min_survivors));
        out.len(self.0.length);
        out.u8(u8::try_from(self.0.fraction_bits).expect("checked: at most 60")).u64(self.0.bound);
        out.len(self.0.purpose.len()).bytes(self.0.purpose.as_bytes());
        out.len(self.0.parties.len());
        for (party, identity) in self.0.parties.iter().zip(&self.0.identities) {
            out.u16(party.get()).bytes(&identity.to_bytes());
        }
    }
}

impl Decode for Plan {
    fn read_body(body: &mut Reader<'_>, _params_id: u32, (): ()) -> Result<Self> {
        let session = SessionId(body.array("plan: session")?);
        let threshold = usize::from(body.u16("plan: threshold")?);
        let min_survivors = usize::from(body.u16("plan: min_survivors")?);
        let length = usize::try_from(body.u32("plan: length")?).map_err(|_| invalid("plan: length"))?;
        let fraction_bits = u32::from(body.u8("plan: fraction_bits")?);
        if fraction_bits > MAX_FRACTION_BITS {
            return Err(invalid("plan: fraction_bits above 60"));
        }
        let bound = body.u64("plan: max_abs")?;
        if bound == 0 {
            return Err(invalid("plan: max_abs"));
        }
        let purpose_len = body.count(1, "plan: purpose")?;
        if purpose_len > MAX_PURPOSE_LEN {
            return Err(invalid("plan: purpose longer than 1,024 bytes"));
        }
        let purpose = core::str::from_utf8(body.bytes(purpose_len, "plan: purpose")?)
            .map_err(|_| Error::new(ErrorKind::InvalidEncoding, "plan: purpose is not UTF-8"))?
            .to_owned();
        let count = body.count(2 + IDENTITY_LEN, "plan: parties")?;
        if count > MAX_PARTIES {
            return Err(invalid("plan: parties, 2 to 255"));
        }
        let (mut parties, mut identities) = (Vec::with_capacity(count), Vec::with_capacity(count));
        for _ in 0..count {
            parties.push(PartyId::new(body.u16("plan: party number")?)?);
            identities.push(Identity::from_bytes(&body.array("plan: identity")?)?);
        }
        if !parties.is_sorted() {
            return Err(Error::new(ErrorKind::InvalidEncoding, "plan: parties are not in order"));
        }
        Self::checked(Inner {
            session,
            parties,
            identities,
            threshold,
            min_survivors,
            length,
            fraction_bits,
            bound,
            purpose,
            hash: [0; 32],
        })
    }
}
