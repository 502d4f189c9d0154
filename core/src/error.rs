//! One error type for the whole core: a stable number, a fixed text, and the parties to blame.
use core::fmt;

use crate::party::{Culprits, PartyId};

/// What went wrong. Each number keeps its meaning for good; tens are families.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum ErrorKind {
    /// A parameter is outside what the scheme allows.
    InvalidParams = 10,
    /// Two objects belong to different parameters, keys or sessions.
    ParamsMismatch = 11,
    /// A value of the caller is not a number, or lies outside the declared range.
    OutOfRange = 12,
    /// Array shapes do not fit each other.
    ShapeMismatch = 13,
    /// The evaluation keys do not hold the key that this operation needs.
    MissingKey = 14,

    /// Bytes from elsewhere are not a canonical encoding of what was asked for.
    InvalidEncoding = 20,
    /// The encoding's version is not known here.
    UnsupportedVersion = 21,
    /// Bytes are left over after a complete object.
    TrailingBytes = 22,

    /// Decryption did not give a valid message. No detail, ever.
    DecryptionFailed = 30,
    /// A signature, proof, digest or consistency check does not hold. No detail beyond the culprits.
    VerificationFailed = 31,

    /// The operation could exceed the room that the plaintext has left.
    HeadroomExhausted = 43,

    /// Too few shares, or too few surviving parties.
    TooFewShares = 50,
    /// The same party or share appears twice.
    DuplicateParty = 51,
    /// A party that is not part of the set-up.
    UnknownParty = 52,
    /// A message of this round is missing.
    MissingMessage = 53,
    /// The session has ended, by an error or by its result.
    SessionPoisoned = 54,

    /// The operating system gave no randomness (raised by the bindings).
    RandomnessUnavailable = 90,
    /// A bug in veilkit was caught at the boundary (raised by the bindings).
    Panic = 91,
    /// The caller asked long work to stop.
    Cancelled = 92,
}

impl ErrorKind {
    /// Every kind with its name, for tables in the bindings.
    pub const ALL: &'static [(Self, &'static str)] = &[
        (Self::InvalidParams, "InvalidParams"),
        (Self::ParamsMismatch, "ParamsMismatch"),
        (Self::OutOfRange, "OutOfRange"),
        (Self::ShapeMismatch, "ShapeMismatch"),
        (Self::MissingKey, "MissingKey"),
        (Self::InvalidEncoding, "InvalidEncoding"),
        (Self::UnsupportedVersion, "UnsupportedVersion"),
        (Self::TrailingBytes, "TrailingBytes"),
        (Self::DecryptionFailed, "DecryptionFailed"),
        (Self::VerificationFailed, "VerificationFailed"),
        (Self::HeadroomExhausted, "HeadroomExhausted"),
        (Self::TooFewShares, "TooFewShares"),
        (Self::DuplicateParty, "DuplicateParty"),
        (Self::UnknownParty, "UnknownParty"),
        (Self::MissingMessage, "MissingMessage"),
        (Self::SessionPoisoned, "SessionPoisoned"),
        (Self::RandomnessUnavailable, "RandomnessUnavailable"),
        (Self::Panic, "Panic"),
        (Self::Cancelled, "Cancelled"),
    ];

    /// The stable number.
    pub fn code(self) -> u32 {
        self as u32
    }

    /// The stable name, as written in this enum.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("Unknown", |(_, name)| name)
    }
}

/// An error: its kind, a fixed text naming the argument or the check, and the parties to blame, the rotation that has no
/// key, or the column of a table.
///
/// The text never contains a value, so nothing secret and nothing of the caller's data can leave by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    what: &'static str,
    culprits: Culprits,
    step: Option<i64>,
    column: Option<usize>,
}

/// The result of every fallible call.
pub type Result<T> = core::result::Result<T, Error>;

impl Error {
    /// An error that blames nobody.
    pub const fn new(kind: ErrorKind, what: &'static str) -> Self {
        Self { kind, what, culprits: Culprits::none(), step: None, column: None }
    }

    /// The same error, blaming these parties.
    #[must_use]
    pub fn blame(mut self, culprits: impl Into<Culprits>) -> Self {
        self.culprits = culprits.into();
        self
    }

    /// The same error, naming the number of slots that a rotation without a key goes to the left.
    #[must_use]
    pub const fn at_step(mut self, step: i64) -> Self {
        self.step = Some(step);
        self
    }

    /// The same error, naming a column of a table by its position.
    #[must_use]
    pub const fn at_column(mut self, column: usize) -> Self {
        self.column = Some(column);
        self
    }

    /// What went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The argument or the check, in words.
    pub fn what(&self) -> &'static str {
        self.what
    }

    /// The parties to blame; empty when nobody can be named.
    pub fn culprits(&self) -> &[PartyId] {
        self.culprits.as_slice()
    }

    /// The rotation to the left, in slots, for which there is no key; `None` when the error is not about one.
    pub fn step(&self) -> Option<i64> {
        self.step
    }

    /// The position of the column of a table, from 0; `None` when the error is not about one.
    pub fn column(&self) -> Option<usize> {
        self.column
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.kind.name(), self.kind.code(), self.what)?;
        let mut separator = "; party ";
        for party in self.culprits() {
            write!(f, "{separator}{}", party.get())?;
            separator = ", ";
        }
        if let Some(step) = self.step {
            write!(f, "; step {step}")?;
        }
        if let Some(column) = self.column {
            write!(f, "; column {column}")?;
        }
        Ok(())
    }
}

impl core::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_is_complete_and_unique() {
        for (i, (kind, name)) in ErrorKind::ALL.iter().enumerate() {
            assert_eq!(kind.name(), *name);
            assert_eq!(format!("{kind:?}"), *name);
            assert!(ErrorKind::ALL[..i].iter().all(|(other, _)| other.code() < kind.code()), "{name}");
        }
    }

    #[test]
    fn display_names_the_culprits() {
        let party = |n| PartyId::new(n).unwrap();
        let error = Error::new(ErrorKind::VerificationFailed, "share digest")
            .blame([party(4), party(2)].into_iter().collect::<Culprits>());
        assert_eq!(error.to_string(), "VerificationFailed (31): share digest; party 2, 4");
    }

    #[test]
    fn display_names_the_column() {
        let error = Error::new(ErrorKind::OutOfRange, "table");
        assert_eq!((error.column(), error.to_string()), (None, "OutOfRange (12): table".into()));
        let error = error.at_column(2);
        assert_eq!((error.column(), error.to_string()), (Some(2), "OutOfRange (12): table; column 2".into()));
    }

    #[test]
    fn display_names_the_step() {
        let error = Error::new(ErrorKind::MissingKey, "rotate");
        assert_eq!((error.step(), error.to_string()), (None, "MissingKey (14): rotate".into()));
        let error = error.at_step(-3);
        assert_eq!((error.step(), error.to_string()), (Some(-3), "MissingKey (14): rotate; step -3".into()));
    }
}
