//! Keys that two parties agree on, and messages sealed under them: every derivation of a session is in this file.
use chacha20poly1305::{AeadInOut, ChaCha20Poly1305, KeyInit, Nonce, Tag, aead::inout::InOutBuf};
use rand_chacha::ChaCha20Rng;
use subtle::Choice;
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::{Zeroize, Zeroizing};

use super::{
    frame::{Address, PREFIX_LEN},
    mailbox::Plaintext,
    setup::Setup,
};
use crate::{
    error::{Error, ErrorKind, Result},
    party::PartyId,
    secret::{declassify, published},
    transcript::{Digest, Transcript},
};

/// The bytes of a public key.
pub(super) const PUBLIC_LEN: usize = 32;
/// The bytes that a seal adds.
pub(super) const TAG_LEN: usize = 16;

/// A fresh X25519 key pair for one session.
pub(super) struct FreshKey(StaticSecret);

impl FreshKey {
    pub(super) fn generate(rng: &mut ChaCha20Rng) -> Self {
        Self(StaticSecret::random_from_rng(rng))
    }

    pub(super) fn public(&self) -> [u8; PUBLIC_LEN] {
        published(PublicKey::from(&self.0).to_bytes())
    }

    /// What this key and the peer's public key agree on.
    ///
    /// # Errors
    /// `VerificationFailed`, naming the peer, for a key of small order: it signed one that makes the result known to everybody.
    /// # Timing
    /// Constant in the secret key.
    pub(super) fn agree(&self, peer: PartyId, public: &[u8; PUBLIC_LEN]) -> Result<Zeroizing<[u8; 32]>> {
        let agreed = self.0.diffie_hellman(&PublicKey::from(*public));
        match declassify(Choice::from(u8::from(agreed.was_contributory()))) {
            true => Ok(Zeroizing::new(agreed.to_bytes())),
            false => Err(Error::new(ErrorKind::VerificationFailed, "hello: key of small order").blame(peer)),
        }
    }
}

/// What two parties share once everybody's hello is there.
pub(super) struct PairKeys {
    /// Seals my own echo and messages.
    pub(super) outgoing: Directed,
    /// Opens the peer's.
    pub(super) incoming: Directed,
    /// What protocols derive their own keys from.
    pub(super) pairwise: Zeroizing<[u8; 32]>,
}

/// The keys from one party to another.
pub(super) struct Directed {
    pub(super) echo: SealKey,
    pub(super) message: SealKey,
}

/// A party with its fresh public key.
pub(super) type Half<'a> = (PartyId, &'a [u8; PUBLIC_LEN]);

impl PairKeys {
    /// Derives everything from what two parties agreed on. The keys of the echo depend on the pair's own hellos only: a party
    /// that said different hellos to others is to be named, not unheard. All others depend on everybody's hello, `roster`.
    pub(super) fn derive(
        setup: &Setup,
        roster: &Digest,
        me: Half<'_>,
        peer: Half<'_>,
        agreed: &[u8; 32],
    ) -> Self {
        let directed = |sender: Half<'_>, receiver: Half<'_>| {
            let start = |domain| {
                let mut transcript = Transcript::new(domain);
                transcript
                    .append("setup", setup.hash())
                    .append("sender", &sender.0.get().to_le_bytes())
                    .append("sender key", sender.1)
                    .append("receiver", &receiver.0.get().to_le_bytes())
                    .append("receiver key", receiver.1);
                transcript
            };
            let echo = start("veilkit v1 mpc echo").append("agreed", agreed).key();
            let message =
                start("veilkit v1 mpc message").append("roster", roster).append("agreed", agreed).key();
            Directed { echo: SealKey::new(&echo), message: SealKey::new(&message) }
        };
        let (low, high) = if me.0 < peer.0 { (me, peer) } else { (peer, me) };
        let pairwise = Transcript::new("veilkit v1 mpc pair")
            .append("setup", setup.hash())
            .append("roster", roster)
            .append("low", &low.0.get().to_le_bytes())
            .append("high", &high.0.get().to_le_bytes())
            .append("agreed", agreed)
            .key();
        Self { outgoing: directed(me, peer), incoming: directed(peer, me), pairwise }
    }
}

/// A key for one purpose of a protocol.
pub(super) fn labelled(pairwise: &[u8; 32], label: &'static str) -> Zeroizing<[u8; 32]> {
    Transcript::new("veilkit v1 mpc pairwise")
        .append("label", label.as_bytes())
        .append("pair", pairwise)
        .key()
}

/// A key from one party to another. It seals one message in each round, and the round is the nonce.
pub(super) struct SealKey(ChaCha20Poly1305);

impl SealKey {
    fn new(key: &[u8; 32]) -> Self {
        Self(ChaCha20Poly1305::new(key.into()))
    }

    /// Turns a message into a frame where it stands, if its buffer has room for [`OVERHEAD`](super::OVERHEAD) more bytes; else in
    /// a new one, and wipes it.
    ///
    /// # Errors
    /// `OutOfRange` for a message of nearly 2^32 bytes and more.
    pub(super) fn seal(&self, address: &Address, mut message: Vec<u8>) -> Result<Vec<u8>> {
        let len = message.len();
        if message.capacity() - len < PREFIX_LEN + TAG_LEN {
            let frame = self.seal_copy(address, &message);
            message.zeroize();
            return frame;
        }
        message.resize(PREFIX_LEN + len, 0);
        message.copy_within(..len, PREFIX_LEN);
        self.seal_behind_prefix(address, message)
    }

    /// Turns a copy of a message into a frame.
    ///
    /// # Errors
    /// As [`SealKey::seal`].
    pub(super) fn seal_copy(&self, address: &Address, message: &[u8]) -> Result<Vec<u8>> {
        let mut frame = Vec::with_capacity(PREFIX_LEN + message.len() + TAG_LEN);
        frame.resize(PREFIX_LEN, 0);
        frame.extend_from_slice(message);
        self.seal_behind_prefix(address, frame)
    }

    fn seal_behind_prefix(&self, address: &Address, frame: Vec<u8>) -> Result<Vec<u8>> {
        let mut frame = Zeroizing::new(frame);
        let prefix = address.prefix(frame.len() - PREFIX_LEN + TAG_LEN)?;
        frame[..PREFIX_LEN].copy_from_slice(&prefix);
        let tag = self
            .0
            .encrypt_inout_detached(&nonce(address.round), &prefix, (&mut frame[PREFIX_LEN..]).into())
            .expect("a message is shorter than 2^32 bytes");
        frame.extend_from_slice(&tag);
        Ok(core::mem::take(&mut *frame))
    }

    /// Checks the tag and decrypts into a new buffer.
    ///
    /// # Errors
    /// `DecryptionFailed`, blaming nobody: damage on the way looks the same.
    /// # Timing
    /// Constant in the key and the content; varies with the number of bytes and with whether the tag holds.
    pub(super) fn open(&self, address: &Address, content: &[u8]) -> Result<Plaintext> {
        let failed = || Error::new(ErrorKind::DecryptionFailed, "frame: seal");
        let (sealed, tag) = content.split_last_chunk::<TAG_LEN>().ok_or_else(failed)?;
        let mut opened = Zeroizing::new(vec![0; sealed.len()]);
        let buffer = InOutBuf::new(sealed, &mut opened).map_err(|_| failed())?;
        self.0
            .decrypt_inout_detached(
                &nonce(address.round),
                &address.prefix(content.len())?,
                buffer,
                &Tag::from(*tag),
            )
            .map_err(|_| failed())?;
        Ok(opened)
    }
}

fn nonce(round: u32) -> Nonce {
    let mut nonce = Nonce::default();
    nonce[..4].copy_from_slice(&round.to_le_bytes());
    nonce
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mpc::{session::frame::FrameKind, testing::parties};

    fn pair() -> (PairKeys, PairKeys, Address) {
        let setup = parties::Cast::new(2, b"keys").setup;
        let mut rng = Transcript::new("veilkit test keys").rng();
        let (a, b) = (FreshKey::generate(&mut rng), FreshKey::generate(&mut rng));
        let [one, two] = [setup.parties()[0], setup.parties()[1]];
        let keys = |me: (PartyId, &FreshKey), peer: (PartyId, &FreshKey)| {
            let agreed = me.1.agree(peer.0, &peer.1.public()).unwrap();
            PairKeys::derive(&setup, &[3; 32], (me.0, &me.1.public()), (peer.0, &peer.1.public()), &agreed)
        };
        let address = Address {
            setup: *setup.hash(),
            kind: FrameKind::Message,
            sender: one,
            receiver: Some(two),
            round: 7,
        };
        (keys((one, &a), (two, &b)), keys((two, &b), (one, &a)), address)
    }

    #[test]
    fn a_message_is_sealed_in_place_where_there_is_room() {
        let (one, two, address) = pair();
        let mut roomy = Vec::with_capacity(5 + PREFIX_LEN + TAG_LEN);
        roomy.extend_from_slice(b"share");
        let at = roomy.as_ptr();
        let frame = one.outgoing.message.seal(&address, roomy).unwrap();
        assert_eq!(frame.as_ptr(), at);
        assert_eq!(frame, one.outgoing.message.seal(&address, b"share".to_vec()).unwrap());
        assert_eq!(frame[..PREFIX_LEN], address.prefix(5 + TAG_LEN).unwrap());
        assert_eq!(**two.incoming.message.open(&address, &frame[PREFIX_LEN..]).unwrap(), *b"share");
        assert_eq!(one.pairwise, two.pairwise);
    }

    #[test]
    fn a_seal_holds_for_its_address_key_and_bytes_only() {
        let (one, two, address) = pair();
        let frame = one.outgoing.message.seal(&address, b"share".to_vec()).unwrap();
        let content = &frame[PREFIX_LEN..];
        let refused = |key: &SealKey, address: &Address, content: &[u8]| {
            assert_eq!(key.open(address, content).unwrap_err().kind(), ErrorKind::DecryptionFailed);
        };
        refused(&two.incoming.echo, &address, content);
        refused(&one.outgoing.echo, &address, content);
        refused(&two.outgoing.message, &address, content);
        refused(&two.incoming.message, &Address { round: 8, ..address }, content);
        refused(&two.incoming.message, &Address { receiver: None, ..address }, content);
        refused(&two.incoming.message, &Address { setup: [0; 32], ..address }, content);
        refused(&two.incoming.message, &Address { kind: FrameKind::Echo, ..address }, content);
        for len in 0..content.len() {
            refused(&two.incoming.message, &address, &content[..len]);
        }
        for bit in 0..8 * content.len() {
            let mut altered = content.to_vec();
            altered[bit / 8] ^= 1 << (bit % 8);
            refused(&two.incoming.message, &address, &altered);
        }
    }

    #[test]
    fn a_key_of_small_order_names_its_owner() {
        let setup = parties::Cast::new(2, b"keys").setup;
        let mut rng = Transcript::new("veilkit test keys").rng();
        let error = FreshKey::generate(&mut rng).agree(setup.parties()[1], &[0; 32]).unwrap_err();
        assert_eq!((error.kind(), error.culprits()), (ErrorKind::VerificationFailed, &setup.parties()[1..]));
    }
}
