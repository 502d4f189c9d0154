//! The first two rounds: everybody says hello with a fresh key, and everybody shows everybody what it heard.
//!
//! A hello is signed by the sender's identity key over the hash of the set-up, which holds the plan's: whoever says it accepts
//! the plan. The echo holds all hellos as heard, signatures included, so that a party that said different hellos to different
//! parties is named by its own two signatures before anything that depends on an input is sent.
use super::{
    frame::{Address, FrameKind},
    keys::{FreshKey, PUBLIC_LEN, PairKeys},
    setup::Setup,
};
use crate::{
    codec::{Reader, Writer},
    error::{Error, ErrorKind, Result},
    mpc::identity::{IdentityKey, SIGNATURE_LEN, Signature},
    party::PartyId,
    transcript::{Digest, Transcript},
};

/// The bytes of a hello.
pub(super) const HELLO_LEN: usize = PUBLIC_LEN + SIGNATURE_LEN;

/// A party's fresh key, and its signature that says: I take part in this session with this key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hello {
    pub(super) public: [u8; PUBLIC_LEN],
    signature: Signature,
}

impl Hello {
    pub(super) fn sign(setup: &Setup, me: PartyId, identity: &IdentityKey, key: &FreshKey) -> Self {
        let public = key.public();
        Self { public, signature: identity.sign(&Self::digest(setup, me, &public)) }
    }

    fn digest(setup: &Setup, party: PartyId, public: &[u8; PUBLIC_LEN]) -> Digest {
        Transcript::new("veilkit v1 mpc hello")
            .append("setup", setup.hash())
            .append("plan", setup.plan())
            .append("party", &party.get().to_le_bytes())
            .append("key", public)
            .digest()
    }

    /// # Errors
    /// `VerificationFailed`, blaming nobody.
    pub(super) fn verify(&self, setup: &Setup, party: PartyId) -> Result<()> {
        let identity =
            setup.identity(party).ok_or(Error::new(ErrorKind::UnknownParty, "hello").blame(party))?;
        identity
            .verify(&Self::digest(setup, party, &self.public), &self.signature)
            .map_err(|_| Error::new(ErrorKind::VerificationFailed, "hello: signature"))
    }

    fn write(&self, out: &mut Writer) {
        out.bytes(&self.public).bytes(&self.signature.to_bytes());
    }

    pub(super) fn to_content(&self) -> Vec<u8> {
        let mut out = Writer::with_capacity(HELLO_LEN);
        self.write(&mut out);
        core::mem::take(&mut *out.into_bytes())
    }

    /// # Errors
    /// `InvalidEncoding`, `TrailingBytes`.
    pub(super) fn from_content(content: &[u8]) -> Result<Self> {
        let mut reader = Reader::new(content);
        let hello = Self::read(&mut reader)?;
        reader.finish()?;
        Ok(hello)
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self> {
        let public = reader.array("hello: key")?;
        Ok(Self { public, signature: Signature::from_bytes(reader.array("hello: signature")?) })
    }
}

/// All hellos, in order.
pub(super) fn echo(hellos: &[Hello]) -> Vec<u8> {
    let mut out = Writer::with_capacity(HELLO_LEN * hellos.len());
    hellos.iter().for_each(|hello| hello.write(&mut out));
    core::mem::take(&mut *out.into_bytes())
}

/// Compares what another party heard with what I heard.
///
/// # Errors
/// `VerificationFailed`, naming a party that signed two different hellos; or the one that shows a hello which nobody signed.
pub(super) fn compare(setup: &Setup, mine: &[Hello], theirs: PartyId, echo: &[u8]) -> Result<()> {
    let cheat = |what, party: PartyId| Error::new(ErrorKind::VerificationFailed, what).blame(party);
    let mut reader = Reader::new(echo);
    for (hello, party) in mine.iter().zip(setup.parties()) {
        let other = Hello::read(&mut reader).map_err(|_| cheat("echo: length", theirs))?;
        if other.public != hello.public {
            return Err(match other.verify(setup, *party) {
                Ok(()) => cheat("hello: a party said two different ones", *party),
                Err(_) => cheat("echo: evidence that does not hold", theirs),
            });
        }
    }
    reader.finish().map_err(|_| cheat("echo: length", theirs))
}

/// The keys with each other party, by position; none with myself.
///
/// # Errors
/// `VerificationFailed`, naming a party with a key of small order.
pub(super) fn keys(
    setup: &Setup,
    position: usize,
    key: &FreshKey,
    hellos: &[Hello],
) -> Result<Vec<Option<PairKeys>>> {
    let mut transcript = Transcript::new("veilkit v1 mpc roster");
    transcript.append("setup", setup.hash());
    hellos.iter().for_each(|hello| {
        transcript.append("key", &hello.public);
    });
    let roster = transcript.digest();
    let me = (setup.parties()[position], &hellos[position].public);
    let pair = |(at, (party, hello)): (usize, (&PartyId, &Hello))| {
        if at == position {
            return Ok(None);
        }
        let agreed = key.agree(*party, &hello.public)?;
        Ok(Some(PairKeys::derive(setup, &roster, me, (*party, &hello.public), &agreed)))
    };
    setup.parties().iter().zip(hellos).enumerate().map(pair).collect()
}

/// Where a hello goes.
pub(super) fn address(setup: &Setup, me: PartyId) -> Address {
    Address { setup: *setup.hash(), kind: FrameKind::Hello, sender: me, receiver: None, round: 0 }
}
