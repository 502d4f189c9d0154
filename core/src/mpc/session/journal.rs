//! What a party keeps so that it can take a session up again after a crash.
use core::fmt;

use super::{
    frame::{Frame, FrameKind},
    keys::TAG_LEN,
    seed::{SEED_LEN, Seed},
    setup::{Setup, params_id},
};
use crate::{
    codec::{Decode, Encode, HEADER_LEN, Kind, Reader, Writer},
    error::{Error, ErrorKind, Result},
    mpc::outbox::Outgoing,
    party::PartyId,
    transcript::Digest,
};

/// The seed of a session, everything that arrived in it, and marks of what was sent, in order.
///
/// It is made to be appended to: the encoding of a new journal is the beginning of a file, [`Journal::entries`] gives the
/// bytes that every step adds, and [`Journal::recover`] reads the whole. They must be safe on disk **before** what the step gave is sent; then whatever happens, the party
/// says the same again byte for byte.
///
/// # Security
/// Whoever has a journal has the party's secrets of this session. Delete it when the session is over.
#[derive(PartialEq)]
pub struct Journal {
    setup: Digest,
    me: PartyId,
    seed: Seed,
    entries: Vec<Entry>,
}

#[derive(Debug, PartialEq)]
enum Entry {
    Received { from: PartyId, bytes: Vec<u8> },
    Sent(Mark),
}

/// A message that was sent: where it went, and its tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mark {
    /// `None`: everybody.
    to: Option<PartyId>,
    kind: u8,
    round: u32,
    tag: [u8; TAG_LEN],
}

impl Mark {
    /// `to u16, 0 for everybody | kind u8 | round u32 | tag [16]`
    const LEN: usize = 7 + TAG_LEN;

    /// The mark of a message of the handshake or of the protocol; `None` for questions and answers, which differ each time.
    ///
    /// # Errors
    /// Those of a frame that does not parse.
    pub(super) fn of(outgoing: &Outgoing) -> Result<Option<Self>> {
        let (address, content) = Frame::parse(&outgoing.bytes)?;
        if matches!(address.kind, FrameKind::Query | FrameKind::Answer) {
            return Ok(None);
        }
        let tag = *content
            .last_chunk()
            .ok_or(Error::new(ErrorKind::InvalidEncoding, "journal: a message without a tag"))?;
        Ok(Some(Self { to: address.receiver, kind: address.kind as u8, round: address.round, tag }))
    }

    fn write(&self, out: &mut Writer) {
        out.u16(self.to.map_or(0, PartyId::get)).u8(self.kind).u32(self.round).bytes(&self.tag);
    }

    fn read(body: &mut Reader<'_>) -> Result<Self> {
        let to = PartyId::new(body.u16("journal: receiver")?).ok();
        let kind = body.u8("journal: kind")?;
        if kind > FrameKind::Message as u8 {
            return Err(Error::new(ErrorKind::InvalidEncoding, "journal: kind"));
        }
        Ok(Self { to, kind, round: body.u32("journal: round")?, tag: body.array("journal: tag")? })
    }
}

/// In front of what was received.
const RECEIVED: u8 = 0;
/// In front of the mark of what was sent.
const SENT: u8 = 1;

impl Entry {
    fn len(&self) -> usize {
        1 + match self {
            Self::Received { bytes, .. } => 6 + bytes.len(),
            Self::Sent(_) => Mark::LEN,
        }
    }

    fn write(&self, out: &mut Writer) {
        match self {
            Self::Received { from, bytes } => out.u8(RECEIVED).u16(from.get()).len(bytes.len()).bytes(bytes),
            Self::Sent(mark) => {
                mark.write(out.u8(SENT));
                out
            }
        };
    }

    fn read(body: &mut Reader<'_>) -> Result<Self> {
        match body.u8("journal: entry")? {
            RECEIVED => {
                let from = PartyId::new(body.u16("journal: sender")?)
                    .map_err(|_| Error::new(ErrorKind::InvalidEncoding, "journal: sender is zero"))?;
                let len = body.count(1, "journal: length")?;
                Ok(Self::Received { from, bytes: body.bytes(len, "journal: message")?.to_vec() })
            }
            SENT => Mark::read(body).map(Self::Sent),
            _ => Err(Error::new(ErrorKind::InvalidEncoding, "journal: entry")),
        }
    }
}

impl Journal {
    /// The beginning of a journal, to be kept before the session is started.
    ///
    /// # Errors
    /// `UnknownParty` if `me` does not take part.
    pub fn new(setup: &Setup, me: PartyId, seed: &Seed) -> Result<Self> {
        match setup.position(me) {
            Some(_) => Ok(Self { setup: *setup.hash(), me, seed: seed.clone(), entries: Vec::new() }),
            None => Err(Error::new(ErrorKind::UnknownParty, "me: not in the set-up").blame(me)),
        }
    }

    /// The bytes to append for a step: what went into it, and marks of what came out. Append them before anything is sent.
    ///
    /// # Errors
    /// `InvalidEncoding` for an outgoing message that no session made; `OutOfRange` for a message of 2^32 bytes and more.
    pub fn entries(incoming: &[(PartyId, Vec<u8>)], outgoing: &[Outgoing]) -> Result<Vec<u8>> {
        let marks = outgoing.iter().filter_map(|message| Mark::of(message).transpose());
        let marks: Vec<Mark> = marks.collect::<Result<_>>()?;
        let received = incoming.iter().map(|(_, bytes)| 7 + bytes.len()).sum::<usize>();
        let mut out = Writer::with_capacity(received + marks.len() * (1 + Mark::LEN));
        for (from, bytes) in incoming {
            if u32::try_from(bytes.len()).is_err() {
                return Err(Error::new(ErrorKind::OutOfRange, "journal: a message of 2^32 bytes and more"));
            }
            out.u8(RECEIVED).u16(from.get()).len(bytes.len()).bytes(bytes);
        }
        marks.iter().for_each(|mark| mark.write(out.u8(SENT)));
        Ok(core::mem::take(&mut *out.into_bytes()))
    }

    /// Reads a file that a crash may have cut short: an entry that is not complete was never acted upon, and is left out. Gives the
    /// journal and how many bytes of the file it has; cut the file there before anything is appended.
    ///
    /// # Errors
    /// Those of decoding, for anything that no crash can have caused.
    pub fn recover(bytes: &[u8]) -> Result<(Self, usize)> {
        let short = || Error::new(ErrorKind::InvalidEncoding, "journal: its beginning");
        let start = HEADER_LEN + Self::START_LEN;
        let len = bytes.get(start - 8..start).and_then(|len| len.first_chunk()).ok_or_else(short)?;
        let len = usize::try_from(u64::from_le_bytes(*len)).ok();
        let mut used = len.and_then(|len| start.checked_add(len)).ok_or_else(short)?;
        let mut journal = Self::from_bytes(bytes.get(..used).ok_or_else(short)?, ())?;
        while let Some(whole) = next_entry(&bytes[used..]) {
            let mut body = Reader::new(&bytes[used..used + whole]);
            journal.entries.push(Entry::read(&mut body)?);
            body.finish()?;
            used += whole;
        }
        Ok((journal, used))
    }

    /// The bytes of a body without entries.
    const START_LEN: usize = 32 + 2 + SEED_LEN + 8;

    fn entries_len(&self) -> usize {
        self.entries.iter().map(Entry::len).sum()
    }

    /// Whose journal it is.
    pub fn me(&self) -> PartyId {
        self.me
    }

    pub(super) fn seed(&self) -> &Seed {
        &self.seed
    }

    pub(super) fn setup(&self) -> &Digest {
        &self.setup
    }

    pub(super) fn received(&self) -> impl Iterator<Item = (PartyId, &[u8])> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Received { from, bytes } => Some((*from, bytes.as_slice())),
            Entry::Sent(_) => None,
        })
    }

    pub(super) fn sent(&self) -> impl Iterator<Item = &Mark> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Received { .. } => None,
            Entry::Sent(mark) => Some(mark),
        })
    }
}

/// The length of the first entry; `None` when it is not complete. One of no known sort counts as one byte, and is refused when
/// it is read.
fn next_entry(bytes: &[u8]) -> Option<usize> {
    let len = match *bytes.first()? {
        RECEIVED => {
            let len = bytes.get(3..7)?.first_chunk::<4>()?;
            usize::try_from(u32::from_le_bytes(*len)).ok()?.checked_add(7)?
        }
        SENT => 1 + Mark::LEN,
        _ => 1,
    };
    (len <= bytes.len()).then_some(len)
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journal")
            .field("me", &self.me)
            .field("entries", &self.entries.len())
            .finish_non_exhaustive()
    }
}

/// `setup [32] | me u16 | seed [32] | length of the entries u64 | entries`; an entry is
/// `0 | from u16 | length u32 | message` or `1 | to u16, 0 for everybody | kind u8 | round u32 | tag [16]`.
impl Encode for Journal {
    const KIND: Kind = Kind::MpcJournal;

    fn params_id(&self) -> u32 {
        params_id(&self.setup)
    }

    fn body_len(&self) -> usize {
        Self::START_LEN + self.entries_len()
    }

    fn write_body(&self, out: &mut Writer) {
        out.bytes(&self.setup).u16(self.me.get());
        self.seed.write(out);
        out.u64(self.entries_len() as u64);
        self.entries.iter().for_each(|entry| entry.write(out));
    }
}

impl Decode for Journal {
    fn read_body(body: &mut Reader<'_>, _params_id: u32, (): ()) -> Result<Self> {
        let setup = body.array("journal: setup")?;
        let me = PartyId::new(body.u16("journal: party")?)
            .map_err(|_| Error::new(ErrorKind::InvalidEncoding, "journal: party is zero"))?;
        let seed = Seed::read(body)?;
        let wrong = || Error::new(ErrorKind::InvalidEncoding, "journal: length of the entries");
        let len = usize::try_from(body.u64("journal: length of the entries")?).map_err(|_| wrong())?;
        let mut rest = Reader::new(body.bytes(len, "journal: length of the entries")?);
        let mut entries = Vec::new();
        while rest.remaining() > 0 {
            entries.push(Entry::read(&mut rest)?);
        }
        Ok(Self { setup, me, seed, entries })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mpc::{outbox::Destination, session::frame::Address, testing::parties::Cast};

    fn file() -> (Vec<u8>, Vec<usize>) {
        let cast = Cast::new(2, b"journal");
        let [a, b] = [0, 1].map(|at| cast.setup.parties()[at]);
        let address = Address {
            setup: *cast.setup.hash(),
            kind: FrameKind::Message,
            sender: a,
            receiver: Some(b),
            round: 2,
        };
        let bytes = Frame { address, content: vec![7; 40] }.to_bytes().to_vec();
        let sent = Outgoing { to: Destination::One(b), bytes };
        let mut file = Journal::new(&cast.setup, a, &cast.seeds[0]).unwrap().to_bytes().to_vec();
        let mut ends = vec![file.len()];
        file.extend(Journal::entries(&[(b, vec![1, 2, 3])], &[]).unwrap());
        ends.push(file.len());
        file.extend(Journal::entries(&[(b, vec![])], &[]).unwrap());
        ends.push(file.len());
        file.extend(Journal::entries(&[], &[sent]).unwrap());
        ends.push(file.len());
        (file, ends)
    }

    #[test]
    fn a_file_that_was_cut_keeps_its_whole_entries() {
        let (file, ends) = file();
        for len in 0..=file.len() {
            let whole = ends.iter().rposition(|end| *end <= len);
            match (Journal::recover(&file[..len]), whole) {
                (Ok((journal, used)), Some(whole)) => {
                    assert_eq!((journal.entries.len(), used), (whole, ends[whole]), "{len}");
                    // What was recovered can be kept as one object, and appended to.
                    let mut again = journal.to_bytes().to_vec();
                    assert!(Journal::from_bytes(&again, ()).unwrap() == journal);
                    again.extend_from_slice(&file[used..]);
                    assert_eq!(Journal::recover(&again).unwrap().0.entries.len(), ends.len() - 1);
                }
                (Err(_), None) => {}
                (other, _) => panic!("{len}: {other:?}"),
            }
        }
    }

    #[test]
    fn what_no_crash_causes_is_refused() {
        let (file, ends) = file();
        // An entry of no known sort; a sender and a receiver's kind that do not exist.
        for (at, bytes) in [(ends[0], &[2][..]), (ends[0] + 1, &[0, 0]), (ends[2], &[9]), (ends[2] + 3, &[3])]
        {
            let mut wrong = file.clone();
            wrong[at..at + bytes.len()].copy_from_slice(bytes);
            assert_eq!(Journal::recover(&wrong).unwrap_err().kind(), ErrorKind::InvalidEncoding, "{at}");
        }
        let foreign = Outgoing { to: Destination::All, bytes: vec![1, 2, 3] };
        assert!(Journal::entries(&[], &[foreign]).is_err());
    }

    #[test]
    fn it_prints_nothing_secret() {
        let (journal, _) = Journal::recover(&file().0).unwrap();
        assert_eq!(format!("{journal:?}"), "Journal { me: PartyId(1), entries: 3, .. }");
    }
}
