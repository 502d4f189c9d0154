//! What lattice parameters are allowed: the largest `log2(QP)` for each degree.
//!
//! For uniform ternary secrets and errors of standard deviation 3.2. 2018: Albrecht et al., "Homomorphic Encryption
//! Security Standard", tables 1 and 2. 2024: Bossuat et al., "Security Guidelines for Implementing Homomorphic
//! Encryption", ePrint 2024/463; it is the lower one for degrees up to 2^15.
use core::fmt;

use crate::ring::MIN_LOG_DEGREE;

/// How hard it is to decrypt without the key, by the best attacks known when the tables were made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Security {
    /// 128 bits against classical computers: the lower of the 2018 and the 2024 limits.
    #[default]
    Classical128,
    /// 128 bits against quantum computers (2018). Every named set fulfils it.
    Quantum128,
    /// 192 bits against classical computers (2018).
    Classical192,
    /// 256 bits against classical computers (2018).
    Classical256,
}

impl Security {
    /// Every level.
    pub const ALL: [Self; 4] = [Self::Classical128, Self::Quantum128, Self::Classical192, Self::Classical256];

    /// The most bits that the product of all primes may have, those for key switching included; `None` for a degree
    /// that is no power of two from 2^10 to 2^16.
    pub fn max_log2_qp(self, degree: usize) -> Option<u32> {
        let limits = match self {
            Self::Classical128 => [26, 53, 106, 214, 430, 868, 1747],
            Self::Quantum128 => [25, 51, 101, 202, 411, 827, 1663],
            Self::Classical192 => [19, 37, 75, 152, 305, 611, 1199],
            Self::Classical256 => [14, 29, 58, 118, 237, 476, 929],
        };
        let index = degree.checked_ilog2()?.checked_sub(MIN_LOG_DEGREE)?;
        limits.get(usize::try_from(index).ok()?).copied().filter(|_| degree.is_power_of_two())
    }

    /// What encodings and hashes call it.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Classical128 => 0,
            Self::Quantum128 => 1,
            Self::Classical192 => 2,
            Self::Classical256 => 3,
        }
    }
}

impl fmt::Display for Security {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Classical128 => "128 bits, classical (stricter of the 2018 and 2024 tables)",
            Self::Quantum128 => "128 bits, quantum (2018 table)",
            Self::Classical192 => "192 bits, classical (2018 table)",
            Self::Classical256 => "256 bits, classical (2018 table)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_degrees_of_the_table_have_limits() {
        for security in Security::ALL {
            for degree in [0, 1, 512, 1000, 1025, 12_288, 1 << 17, usize::MAX] {
                assert_eq!(security.max_log2_qp(degree), None, "{degree}");
            }
            let limits: Vec<u32> = (10..=16).map(|log| security.max_log2_qp(1 << log).unwrap()).collect();
            // Twice the degree carries twice the bits, or nearly.
            assert!(
                limits.windows(2).all(|pair| (1.9..2.2).contains(&(f64::from(pair[1]) / f64::from(pair[0]))))
            );
        }
    }

    #[test]
    fn stronger_levels_allow_less() {
        for degree in (10..=16).map(|log| 1_usize << log) {
            let limits = Security::ALL.map(|security| security.max_log2_qp(degree).unwrap());
            assert!(limits.windows(2).all(|pair| pair[0] > pair[1]), "{degree}");
        }
    }

    #[test]
    fn codes_are_positions() {
        for (i, security) in Security::ALL.iter().enumerate() {
            assert_eq!(usize::from(security.code()), i);
        }
    }
}
