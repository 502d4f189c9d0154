//! The table from error kinds to the families that languages turn into exception classes.
use veilkit::ErrorKind;

/// A group of error kinds that a caller handles in one way; the tens of the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// 10 to 19: the caller's own values do not fit.
    Parameter,
    /// 20 to 29: bytes from elsewhere are wrong.
    Encoding,
    /// 30 to 39: decryption or a cryptographic check failed.
    Crypto,
    /// 40 to 49: the operation cannot be done on these ciphertexts.
    Evaluation,
    /// 50 to 59: a protocol or a set of shares is incomplete or broken.
    Protocol,
    /// 90 to 99: the machine, a bug, or a stop by the caller.
    Platform,
}

impl Family {
    /// Every family, in order of its codes.
    pub const ALL: &'static [Self] =
        &[Self::Parameter, Self::Encoding, Self::Crypto, Self::Evaluation, Self::Protocol, Self::Platform];

    /// The family of a kind.
    pub fn of(kind: ErrorKind) -> Self {
        match kind.code() {
            10..20 => Self::Parameter,
            20..30 => Self::Encoding,
            30..40 => Self::Crypto,
            40..50 => Self::Evaluation,
            50..60 => Self::Protocol,
            _ => Self::Platform,
        }
    }

    /// The stable name, the stem of the class names.
    pub fn name(self) -> &'static str {
        match self {
            Self::Parameter => "Parameter",
            Self::Encoding => "Encoding",
            Self::Crypto => "Crypto",
            Self::Evaluation => "Evaluation",
            Self::Protocol => "Protocol",
            Self::Platform => "Platform",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_the_family_of_its_tens() {
        for (kind, name) in ErrorKind::ALL {
            let expected = match kind.code() / 10 {
                1 => Family::Parameter,
                2 => Family::Encoding,
                3 => Family::Crypto,
                4 => Family::Evaluation,
                5 => Family::Protocol,
                9 => Family::Platform,
                _ => panic!("{name} has a code outside every family"),
            };
            assert_eq!(Family::of(*kind), expected, "{name}");
        }
    }
}
