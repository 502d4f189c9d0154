//! Canonical bytes: the only place that reads or writes them.
//!
//! ```text
//! "VK" | version u8 | kind u16 | params id u32 | body
//! ```
//!
//! Integers are little-endian and of fixed width. Lengths are checked before memory is taken, values must be
//! canonical, nothing may be left over. Each value that decodes encodes to the same bytes again.
use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind, Result};

/// The bytes of the header.
pub const HEADER_LEN: usize = 9;
const MAGIC: [u8; 2] = *b"VK";
const VERSION: u8 = 1;
/// Set in the number of every kind that holds secret material.
const SECRET: u16 = 0x8000;

/// What an encoding holds. Numbers keep their meaning for good; secret kinds have the top bit set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub enum Kind {
    /// [`paillier`](crate::paillier): a public key.
    PaillierPublicKey = 0x0101,
    /// [`paillier`](crate::paillier): an encrypted array.
    PaillierArray = 0x0102,
    /// [`paillier`](crate::paillier): an encrypted array with many values in each ciphertext.
    PaillierPackedArray = 0x0103,
    /// [`paillier`](crate::paillier): a public key with a proof that it is well-formed.
    PaillierProvenPublicKey = 0x0104,
    /// [`paillier`](crate::paillier): encrypted numbers with the proof that they lie in a range.
    PaillierSubmission = 0x0105,
    /// [`paillier`](crate::paillier): a proof that two ciphertexts hold the same number.
    PaillierEqualityProof = 0x0106,
    /// [`paillier`](crate::paillier): a proof that a ciphertext holds a product.
    PaillierProductProof = 0x0107,
    /// [`paillier::threshold`](crate::paillier::threshold): who shares a key.
    PaillierThresholdSetup = 0x0108,
    /// [`paillier::threshold`](crate::paillier::threshold): a party's share of a decryption.
    PaillierDecryptionShare = 0x0109,
    /// [`paillier`](crate::paillier): a secret key.
    PaillierSecretKey = SECRET | 0x0101,
    /// [`paillier::threshold`](crate::paillier::threshold): a party's share of a key.
    PaillierKeyShare = SECRET | 0x0108,
    /// [`shamir`](crate::shamir): a share of a byte string.
    ShamirShare = SECRET | 0x0201,
    /// [`shamir`](crate::shamir): a share of field elements.
    ShamirFieldShare = SECRET | 0x0202,
    /// [`shamir`](crate::shamir): a share with a Feldman commitment.
    ShamirFeldmanShare = SECRET | 0x0203,
    /// [`shamir`](crate::shamir): a share with a Pedersen commitment.
    ShamirPedersenShare = SECRET | 0x0204,
    /// [`shamir`](crate::shamir): a Feldman commitment.
    ShamirFeldmanCommitment = 0x0203,
    /// [`shamir`](crate::shamir): a Pedersen commitment.
    ShamirPedersenCommitment = 0x0204,
    /// [`shamir`](crate::shamir): a short share, for paper.
    ShamirCard = SECRET | 0x0205,
    /// [`shamir`](crate::shamir): a share of packed field elements.
    ShamirPackedShare = SECRET | 0x0206,
    /// [`shamir`](crate::shamir): a custodian's name and public key.
    ShamirCustodian = 0x0207,
    /// [`shamir`](crate::shamir): a custodian's secret key.
    ShamirCustodianKey = SECRET | 0x0207,
    /// [`shamir`](crate::shamir): a share that only its custodian can open.
    ShamirSealedShare = 0x0208,
    /// [`shamir`](crate::shamir): who together may have a secret.
    ShamirPolicy = 0x0209,
    /// [`shamir`](crate::shamir): the share of one seat of a policy.
    ShamirPolicyShare = SECRET | 0x0209,
    /// [`elgamal::additive`](crate::elgamal::additive): a public key.
    ElGamalAdditivePublicKey = 0x0401,
    /// [`elgamal::additive`](crate::elgamal::additive): an encrypted array.
    ElGamalAdditiveArray = 0x0402,
    /// [`elgamal::additive::proofs`](crate::elgamal::additive::proofs): a proof that is linear in its secrets.
    ElGamalAdditiveProof = 0x0403,
    /// [`elgamal::additive::proofs`](crate::elgamal::additive::proofs): a proof about a bit.
    ElGamalAdditiveBitProof = 0x0404,
    /// [`elgamal::additive::proofs`](crate::elgamal::additive::proofs): a proof about a range.
    ElGamalAdditiveRangeProof = 0x0405,
    /// [`elgamal::additive::proofs`](crate::elgamal::additive::proofs): a ballot.
    ElGamalAdditiveBallot = 0x0406,
    /// [`elgamal::additive`](crate::elgamal::additive): a secret key.
    ElGamalAdditiveSecretKey = SECRET | 0x0401,
    /// [`elgamal::multiplicative::integers`](crate::elgamal::multiplicative::integers): a public key.
    ElGamalIntegerPublicKey = 0x0411,
    /// [`elgamal::multiplicative::integers`](crate::elgamal::multiplicative::integers): a ciphertext.
    ElGamalIntegerCiphertext = 0x0412,
    /// [`elgamal::multiplicative::integers`](crate::elgamal::multiplicative::integers): a secret key.
    ElGamalIntegerSecretKey = SECRET | 0x0411,
    /// [`elgamal::multiplicative::points`](crate::elgamal::multiplicative::points): a public key.
    ElGamalPointPublicKey = 0x0421,
    /// [`elgamal::multiplicative::points`](crate::elgamal::multiplicative::points): a ciphertext.
    ElGamalPointCiphertext = 0x0422,
    /// [`elgamal::multiplicative::points`](crate::elgamal::multiplicative::points): a secret key.
    ElGamalPointSecretKey = SECRET | 0x0421,
    /// [`ckks`](crate::ckks): parameters.
    CkksParams = 0x0501,
    /// [`ckks`](crate::ckks): a public key.
    CkksPublicKey = 0x0502,
    /// [`ckks`](crate::ckks): a ciphertext.
    CkksCiphertext = 0x0503,
    /// [`ckks`](crate::ckks): keys for computing.
    CkksEvaluationKeys = 0x0504,
    /// [`ckks`](crate::ckks): an encrypted array.
    CkksArray = 0x0506,
    /// [`ckks`](crate::ckks): a secret key.
    CkksSecretKey = SECRET | 0x0502,
    /// [`ckks`](crate::ckks): how often a secret key may still release.
    CkksReleaseBudget = SECRET | 0x0505,
    /// [`mpc`](crate::mpc): the plan of a secure sum.
    SecureSumPlan = 0x0301,
    /// [`mpc`](crate::mpc): a message of a secure sum.
    SecureSumMessage = 0x0302,
    /// [`mpc`](crate::mpc): the plan of a resharing.
    ResharingPlan = 0x0303,
    /// [`mpc`](crate::mpc): the plan of a repair.
    RepairPlan = 0x0304,
    /// [`mpc`](crate::mpc): a message of a resharing or a repair.
    ShareMessage = 0x0305,
    /// [`mpc::dkg`](crate::mpc::dkg): a message.
    DkgMessage = 0x0311,
    /// [`mpc::dkg`](crate::mpc::dkg): the public facts of a shared key.
    DkgGroupKey = 0x0312,
    /// [`mpc::dkg`](crate::mpc::dkg): a party's share of a key.
    DkgKeyShare = SECRET | 0x0312,
    /// [`mpc::threshold_decrypt`](crate::mpc::threshold_decrypt): a party's share of a decryption.
    DecryptionShare = 0x0313,
    /// [`mpc::study`](crate::mpc::study): a plan.
    MpcPlan = 0x0321,
    /// [`mpc::study`](crate::mpc::study): what a party's rows were asked already.
    MpcLedger = SECRET | 0x0325,
    /// [`mpc`](crate::mpc): a party's long-term identity key.
    MpcIdentityKey = SECRET | 0x0301,
    /// [`mpc::session`](crate::mpc::session): a message as a transport carries it.
    MpcFrame = 0x0322,
    /// [`mpc::session`](crate::mpc::session): what a party needs to take a session up again.
    MpcJournal = SECRET | 0x0323,
    /// [`mpc::session`](crate::mpc::session): a party's randomness in one session.
    MpcSeed = SECRET | 0x0324,
}

impl Kind {
    /// Whether encodings of this kind hold secret material.
    pub fn is_secret(self) -> bool {
        self as u16 & SECRET != 0
    }
}

/// A value with a canonical encoding.
pub trait Encode {
    /// What the encoding holds.
    const KIND: Kind;

    /// The first bytes of the hash of the parameters, against accidents; 0 where there are none.
    fn params_id(&self) -> u32;

    /// The exact length of the body in bytes.
    fn body_len(&self) -> usize;

    /// Writes the body, `body_len` bytes.
    fn write_body(&self, out: &mut Writer);

    /// The complete encoding, wiped when dropped.
    fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut out = Writer(Zeroizing::new(Vec::with_capacity(HEADER_LEN + self.body_len())));
        out.bytes(&MAGIC).u8(VERSION).u16(Self::KIND as u16).u32(self.params_id());
        self.write_body(&mut out);
        debug_assert_eq!(out.0.len(), HEADER_LEN + self.body_len(), "length of {:?}", Self::KIND);
        out.0
    }
}

/// A value that can be read back; `C` is what the reader must already hold, such as a public key.
pub trait Decode<C = ()>: Encode + Sized {
    /// Reads and checks the body. `params_id` is the header's.
    ///
    /// # Errors
    /// `InvalidEncoding` or a more exact kind; never a panic, and no memory beyond what the bytes can fill.
    fn read_body(body: &mut Reader<'_>, params_id: u32, context: C) -> Result<Self>;

    /// Reads a complete encoding.
    ///
    /// # Errors
    /// `InvalidEncoding`, `UnsupportedVersion`, `TrailingBytes`, `ParamsMismatch`.
    fn from_bytes(bytes: &[u8], context: C) -> Result<Self> {
        let mut reader = Reader(bytes);
        let params_id = reader.header(Self::KIND)?;
        let value = Self::read_body(&mut reader, params_id, context)?;
        reader.finish()?;
        if value.params_id() != params_id {
            return Err(Error::new(ErrorKind::ParamsMismatch, "header: params id"));
        }
        Ok(value)
    }
}

/// The number of the kind and the params id in a header, and what follows it.
pub(crate) fn open(bytes: &[u8]) -> Result<(u16, u32, Reader<'_>)> {
    let mut reader = Reader(bytes);
    let (kind, params_id) = reader.any_header()?;
    Ok((kind, params_id, reader))
}

/// Appends canonical bytes to a buffer that was reserved in full, so that no copy of a secret is left behind.
pub struct Writer(Zeroizing<Vec<u8>>);

impl Writer {
    /// A writer for bodies inside other encodings, such as signed messages.
    pub fn with_capacity(capacity: usize) -> Self {
        Self(Zeroizing::new(Vec::with_capacity(capacity)))
    }

    /// What was written.
    pub fn into_bytes(self) -> Zeroizing<Vec<u8>> {
        self.0
    }

    /// Writes bytes as they are.
    pub fn bytes(&mut self, value: &[u8]) -> &mut Self {
        debug_assert!(self.0.len() + value.len() <= self.0.capacity(), "the body is longer than announced");
        self.0.extend_from_slice(value);
        self
    }

    /// Writes one byte.
    pub fn u8(&mut self, value: u8) -> &mut Self {
        self.bytes(&[value])
    }

    /// Writes two bytes.
    pub fn u16(&mut self, value: u16) -> &mut Self {
        self.bytes(&value.to_le_bytes())
    }

    /// Writes four bytes.
    pub fn u32(&mut self, value: u32) -> &mut Self {
        self.bytes(&value.to_le_bytes())
    }

    /// Writes eight bytes.
    pub fn u64(&mut self, value: u64) -> &mut Self {
        self.bytes(&value.to_le_bytes())
    }

    /// Writes a length as four bytes.
    ///
    /// # Panics
    /// Above 2^32 - 1: types that are encoded keep their lengths below.
    pub fn len(&mut self, value: usize) -> &mut Self {
        self.u32(u32::try_from(value).expect("encoded lengths fit 32 bits"))
    }
}

/// Takes canonical bytes from a slice.
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// A reader for bodies inside other encodings.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The bytes that are left.
    pub fn remaining(&self) -> usize {
        self.0.len()
    }

    /// Reads a header of this kind and returns its params id.
    fn header(&mut self, kind: Kind) -> Result<u32> {
        match self.any_header()? {
            (found, params_id) if found == kind as u16 => Ok(params_id),
            _ => Err(Error::new(ErrorKind::InvalidEncoding, "header: another kind of object")),
        }
    }

    /// Reads a header and returns the number of its kind and its params id.
    fn any_header(&mut self) -> Result<(u16, u32)> {
        if self.array::<2>("header: magic")? != MAGIC {
            return Err(Error::new(ErrorKind::InvalidEncoding, "header: magic"));
        }
        if self.u8("header: version")? != VERSION {
            return Err(Error::new(ErrorKind::UnsupportedVersion, "header: version"));
        }
        Ok((self.u16("header: kind")?, self.u32("header: params id")?))
    }

    /// Takes `len` bytes. `what` names the field in the error.
    ///
    /// # Errors
    /// `InvalidEncoding` when there are fewer.
    pub fn bytes(&mut self, len: usize, what: &'static str) -> Result<&'a [u8]> {
        let (taken, rest) =
            self.0.split_at_checked(len).ok_or(Error::new(ErrorKind::InvalidEncoding, what))?;
        self.0 = rest;
        Ok(taken)
    }

    /// Takes `N` bytes.
    ///
    /// # Errors
    /// As [`Reader::bytes`].
    pub fn array<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N]> {
        let mut out = [0; N];
        out.copy_from_slice(self.bytes(N, what)?);
        Ok(out)
    }

    /// Takes one byte.
    ///
    /// # Errors
    /// As [`Reader::bytes`].
    pub fn u8(&mut self, what: &'static str) -> Result<u8> {
        Ok(self.array::<1>(what)?[0])
    }

    /// Takes two bytes.
    ///
    /// # Errors
    /// As [`Reader::bytes`].
    pub fn u16(&mut self, what: &'static str) -> Result<u16> {
        Ok(u16::from_le_bytes(self.array(what)?))
    }

    /// Takes four bytes.
    ///
    /// # Errors
    /// As [`Reader::bytes`].
    pub fn u32(&mut self, what: &'static str) -> Result<u32> {
        Ok(u32::from_le_bytes(self.array(what)?))
    }

    /// Takes eight bytes.
    ///
    /// # Errors
    /// As [`Reader::bytes`].
    pub fn u64(&mut self, what: &'static str) -> Result<u64> {
        Ok(u64::from_le_bytes(self.array(what)?))
    }

    /// Takes a count of items of `item_len` bytes each and checks that the bytes for all of them are there,
    /// so that a length field alone can never make the reader take memory.
    ///
    /// # Errors
    /// `InvalidEncoding` when there are fewer bytes.
    pub fn count(&mut self, item_len: usize, what: &'static str) -> Result<usize> {
        let count = self.u32(what)?;
        usize::try_from(count)
            .ok()
            .filter(|count| count.checked_mul(item_len.max(1)).is_some_and(|bytes| bytes <= self.0.len()))
            .ok_or(Error::new(ErrorKind::InvalidEncoding, what))
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// `TrailingBytes` when bytes are left.
    pub fn finish(self) -> Result<()> {
        match self.0 {
            [] => Ok(()),
            _ => Err(Error::new(ErrorKind::TrailingBytes, "bytes after the object")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq)]
    struct List(Vec<u16>);

    impl Encode for List {
        const KIND: Kind = Kind::PaillierPublicKey;
        fn params_id(&self) -> u32 {
            7
        }
        fn body_len(&self) -> usize {
            4 + 2 * self.0.len()
        }
        fn write_body(&self, out: &mut Writer) {
            out.len(self.0.len());
            for item in &self.0 {
                out.u16(*item);
            }
        }
    }

    impl Decode for List {
        fn read_body(body: &mut Reader<'_>, _params_id: u32, (): ()) -> Result<Self> {
            let count = body.count(2, "list: length")?;
            (0..count).map(|_| body.u16("list: item")).collect::<Result<_>>().map(List)
        }
    }

    fn kind_of(bytes: &[u8]) -> ErrorKind {
        List::from_bytes(bytes, ()).unwrap_err().kind()
    }

    #[test]
    fn layout_is_fixed() {
        let bytes = List(vec![1, 0x0203]).to_bytes();
        assert_eq!(*bytes, [b'V', b'K', 1, 1, 1, 7, 0, 0, 0, 2, 0, 0, 0, 1, 0, 3, 2]);
        assert_eq!(List::from_bytes(&bytes, ()).unwrap(), List(vec![1, 0x0203]));
    }

    #[test]
    fn every_prefix_and_suffix_is_refused() {
        let bytes = List(vec![1, 2, 3]).to_bytes();
        for len in 0..bytes.len() {
            assert_eq!(kind_of(&bytes[..len]), ErrorKind::InvalidEncoding, "{len}");
        }
        assert_eq!(kind_of(&[&bytes[..], &[0]].concat()), ErrorKind::TrailingBytes);
    }

    #[test]
    fn header_fields_are_checked() {
        let with = |at: usize, value: u8| {
            let mut bytes = List(vec![]).to_bytes().to_vec();
            bytes[at] = value;
            kind_of(&bytes)
        };
        assert_eq!(with(0, b'v'), ErrorKind::InvalidEncoding);
        assert_eq!(with(2, 2), ErrorKind::UnsupportedVersion);
        assert_eq!(with(3, 9), ErrorKind::InvalidEncoding);
        assert_eq!(with(5, 8), ErrorKind::ParamsMismatch);
    }

    #[test]
    fn a_length_field_takes_no_memory() {
        let mut bytes = List(vec![]).to_bytes().to_vec();
        bytes[HEADER_LEN..HEADER_LEN + 4].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(kind_of(&bytes), ErrorKind::InvalidEncoding);
    }
}
