//! Rows of scalars sealed to one receiver inside of a message for all; their opening when the receiver complains.
use std::collections::BTreeMap;

use rand_core::CryptoRng;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::ShareMessage;
use crate::{
    codec::{Reader, Writer},
    error::Result,
    field::Field,
    group::{Point, Scalar},
    party::PartyId,
    secret::declassify,
    shamir::sealed::{Custodian, CustodianKey, ENCAPSULATED_LEN, SEAL_LEN, open_bytes, seal_bytes},
    transcript::{Digest, Transcript},
};

/// The bytes of a sealed row of this many scalars.
pub(in crate::mpc) fn sealed_row_len(width: usize) -> usize {
    ENCAPSULATED_LEN + width * Scalar::ENCODED_LEN + SEAL_LEN
}

/// Whether the row is the one that was committed to.
pub(in crate::mpc) fn fits(row: &[Scalar], generators: &[Point], committed: &Point) -> bool {
    row.len() == generators.len() && declassify(Point::multi_mul(row, generators).ct_eq(committed))
}

/// Where a sealed row belongs.
#[derive(Clone, Copy)]
pub(in crate::mpc) struct Place<'a> {
    pub(in crate::mpc) plan: &'a Digest,
    pub(in crate::mpc) round: u8,
    pub(in crate::mpc) sender: PartyId,
    pub(in crate::mpc) receiver: PartyId,
}

impl Place<'_> {
    /// What binds a sealed row to its place.
    fn digest(self) -> Digest {
        Transcript::new("veilkit v1 sealed row")
            .append("plan", self.plan)
            .append_u64("round", u64::from(self.round))
            .append_u64("sender", u64::from(self.sender.get()))
            .append_u64("receiver", u64::from(self.receiver.get()))
            .digest()
    }

    /// Seals a row with the randomness that the seed gives: whoever knows seed and row makes the same bytes.
    pub(in crate::mpc) fn seal(self, to: &Custodian, seed: &[u8; 32], row: &[Scalar]) -> Result<Vec<u8>> {
        let mut plain = Writer::with_capacity(row.len() * Scalar::ENCODED_LEN);
        row.iter().for_each(|scalar| scalar.write(&mut plain));
        let mut rng = Transcript::new("veilkit v1 sealed row seed").append("seed", seed).rng();
        let (encapsulated, ciphertext) = seal_bytes(to, &self.digest(), &plain.into_bytes(), &mut rng)?;
        Ok([&encapsulated[..], &ciphertext].concat())
    }

    /// Reads a row that was sealed here; `None` for one that is not what it should be, by its sender's doing.
    pub(in crate::mpc) fn open(
        self,
        key: &CustodianKey,
        to: &Custodian,
        sealed: &[u8],
    ) -> Option<Zeroizing<Vec<Scalar>>> {
        let mut sealed = Reader::new(sealed);
        let encapsulated = sealed.array("message: sealed row").ok()?;
        let ciphertext = sealed.bytes(sealed.remaining(), "message: sealed row").ok()?;
        let plain = open_bytes(key, to, &self.digest(), &encapsulated, ciphertext).ok()?;
        let mut plain = Reader::new(&plain);
        let mut row = Zeroizing::new(Vec::with_capacity(plain.remaining() / Scalar::ENCODED_LEN));
        while plain.remaining() > 0 {
            row.push(Scalar::read(&mut plain, "message: sealed row").ok()?);
        }
        Some(row)
    }
}

/// The seeds and contents of the rows that a party sealed, by receiver: what it needs to answer complaints.
#[derive(Default)]
pub(in crate::mpc) struct Openings(BTreeMap<PartyId, SeedAndRow>);

type SeedAndRow = (Zeroizing<[u8; 32]>, Zeroizing<Vec<Scalar>>);

impl Openings {
    /// Appends a row that only the custodian can read, and keeps its opening.
    ///
    /// # Errors
    /// As [`seal_bytes`].
    pub(in crate::mpc) fn seal(
        &mut self,
        place: Place<'_>,
        to: &Custodian,
        row: Zeroizing<Vec<Scalar>>,
        out: &mut Writer,
        rng: &mut impl CryptoRng,
    ) -> Result<()> {
        let mut seed = Zeroizing::new([0; 32]);
        rng.fill_bytes(&mut *seed);
        out.bytes(&place.seal(to, &seed, &row)?);
        self.0.insert(place.receiver, (seed, row));
        Ok(())
    }

    /// `seed [32] | row`: makes public what was sealed to a receiver.
    pub(super) fn write(&self, receiver: PartyId, out: &mut Writer) {
        let (seed, row) = &self.0[&receiver];
        out.bytes(&**seed);
        row.iter().for_each(|scalar| scalar.write(out));
    }
}

/// Points, then one sealed row for each receiver: the body of a first round.
pub(in crate::mpc) struct Dealt {
    pub(in crate::mpc) points: Vec<Point>,
    rows: Vec<u8>,
    row_len: usize,
}

impl Dealt {
    /// # Errors
    /// Those of decoding; the sender signed for them.
    pub(in crate::mpc) fn read(
        message: &ShareMessage,
        points: usize,
        rows: usize,
        width: usize,
    ) -> Result<Self> {
        let row_len = sealed_row_len(width);
        message.parse(|body| {
            let points = Point::read_many_nonidentity(body, points, "message: point")?;
            let rows = body.bytes(rows * row_len, "message: rows")?.to_vec();
            Ok(Self { points, rows, row_len })
        })
    }

    /// The sealed row of a receiver, by its place.
    pub(in crate::mpc) fn row(&self, place: usize) -> &[u8] {
        &self.rows[place * self.row_len..(place + 1) * self.row_len]
    }
}
