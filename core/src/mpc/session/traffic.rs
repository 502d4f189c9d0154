//! What a session has sent so far.
use std::collections::BTreeMap;

/// What went out in the rounds of one name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LabelTraffic {
    /// How many rounds.
    pub rounds: u32,
    /// How many messages, one for each receiver.
    pub messages: u64,
    /// The bytes of their plaintexts.
    pub payload_bytes: u64,
}

/// What a session has sent so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// The rounds begun, with those of the handshake.
    pub rounds: u32,
    /// How many messages went out, one for each receiver.
    pub messages: u64,
    /// The bytes of their plaintexts.
    pub payload_bytes: u64,
    /// The bytes on the wire: with addresses and seals, without what the transport adds.
    pub sent_bytes: u64,
    /// The bytes on the wire that came in, without repetitions.
    pub received_bytes: u64,
    /// The protocol's rounds by their names.
    pub labels: BTreeMap<&'static str, LabelTraffic>,
}

impl Traffic {
    /// Begins a round of the protocol.
    pub(super) fn begin(&mut self, label: &'static str) {
        self.rounds += 1;
        self.labels.entry(label).or_default().rounds += 1;
    }

    /// Counts a message to one receiver.
    pub(super) fn sent(&mut self, label: Option<&'static str>, payload: usize, frame: usize) {
        self.messages += 1;
        self.payload_bytes += payload as u64;
        self.sent_bytes += frame as u64;
        if let Some(label) = label {
            let entry = self.labels.entry(label).or_default();
            entry.messages += 1;
            entry.payload_bytes += payload as u64;
        }
    }
}
