//! Bytes. All integers are little-endian; numbers modulo n^2 have `modulus_bits / 4` bytes.
//!
//! ```text
//! set-up            key id, 16 bytes | threshold u8 | parties u8 | dealer: length u8, name
//!                   for each party: length u8, name | v_i
//! key share         set-up id, 32 bytes | party u16 | s_i, modulus_bits / 4 bytes
//! decryption share  set-up id, 32 bytes | party u16 | parts u32 | the parts | e, 16 bytes | z: see `Exponents`, and 32 bytes more
//! ```
use super::decryption_share::DecryptionShare;
use super::key_share::KeyShare;
use super::proof::Proof;
use super::setup::{Setup, SetupSpec};
use crate::bigint::{Residue, limbs};
use crate::codec::{Decode, Encode, Kind, Reader, Writer};
use crate::error::{Error, ErrorKind, Result};
use crate::paillier::ciphertext::Ciphertext;
use crate::paillier::keys::PublicKey;
use crate::party::PartyId;

const KEY_ID_LEN: usize = 16;
const SETUP_ID_LEN: usize = 32;

fn write_name(name: &str, out: &mut Writer) {
    out.u8(u8::try_from(name.len()).expect("names have at most 128 bytes")).bytes(name.as_bytes());
}

fn read_name(body: &mut Reader<'_>, what: &'static str) -> Result<String> {
    let len = body.u8(what)?.into();
    let name = core::str::from_utf8(body.bytes(len, what)?);
    name.map(str::to_owned).map_err(|_| Error::new(ErrorKind::InvalidEncoding, what))
}

impl Encode for Setup {
    const KIND: Kind = Kind::PaillierThresholdSetup;

    fn params_id(&self) -> u32 {
        self.public_key().params().params_id()
    }

    fn body_len(&self) -> usize {
        let party = |name: &String| 1 + name.len() + self.public_key().params().ciphertext_bytes();
        KEY_ID_LEN + 2 + 1 + self.dealer().len() + self.parties().iter().map(party).sum::<usize>()
    }

    fn write_body(&self, out: &mut Writer) {
        let byte = |number: usize| u8::try_from(number).expect("at most 255 parties");
        out.bytes(self.public_key().id().as_bytes())
            .u8(byte(self.threshold()))
            .u8(byte(self.parties().len()));
        write_name(self.dealer(), out);
        for (name, verification_key) in self.parties().iter().zip(self.verification_keys()) {
            write_name(name, out);
            out.bytes(&self.modulus().to_le_bytes(verification_key));
        }
    }
}

/// The dealer is trusted for what cannot be checked: that the verification keys are those of shares of this key.
impl Decode<&PublicKey> for Setup {
    fn read_body(body: &mut Reader<'_>, _params_id: u32, key: &PublicKey) -> Result<Self> {
        if body.bytes(KEY_ID_LEN, "set-up: key id")? != key.id().as_bytes() {
            return Err(Error::new(ErrorKind::ParamsMismatch, "set-up: of another key"));
        }
        let threshold = body.u8("set-up: threshold")?.into();
        let count = usize::from(body.u8("set-up: parties")?);
        let dealer = read_name(body, "set-up: dealer")?;
        let (mut parties, mut verification_keys) = (Vec::new(), Vec::new());
        for _ in 0..count {
            parties.push(read_name(body, "set-up: party")?);
            verification_keys.extend(key.read_ciphertexts(body, 1)?);
        }
        let spec = SetupSpec { dealer, parties, threshold };
        spec.check().map_err(|error| Error::new(ErrorKind::InvalidEncoding, error.what()))?;
        let verification_keys =
            verification_keys.iter().map(|key| key.value().clone()).collect::<Vec<Residue>>();
        Ok(Self::assemble(spec, key, verification_keys))
    }
}

fn read_place(body: &mut Reader<'_>, setup: &Setup) -> Result<PartyId> {
    if body.bytes(SETUP_ID_LEN, "share: set-up id")? != setup.id() {
        return Err(Error::new(ErrorKind::ParamsMismatch, "share: of another set-up"));
    }
    let party = PartyId::new(body.u16("share: party")?)
        .map_err(|_| Error::new(ErrorKind::InvalidEncoding, "share: party"))?;
    setup.verification_key(party)?;
    Ok(party)
}

impl Encode for KeyShare {
    const KIND: Kind = Kind::PaillierKeyShare;

    fn params_id(&self) -> u32 {
        self.setup().params_id()
    }

    fn body_len(&self) -> usize {
        SETUP_ID_LEN + 2 + self.setup().public_key().params().ciphertext_bytes()
    }

    fn write_body(&self, out: &mut Writer) {
        out.bytes(&self.setup().id()).u16(self.party().get());
        out.bytes(&limbs::to_le_bytes(self.value(), self.setup().public_key().params().ciphertext_bytes()));
    }
}

/// Checks that the share fits its verification key.
impl Decode<&Setup> for KeyShare {
    fn read_body(body: &mut Reader<'_>, _params_id: u32, setup: &Setup) -> Result<Self> {
        let party = read_place(body, setup)?;
        let len = setup.public_key().params().ciphertext_bytes();
        Self::checked(setup, party, limbs::from_le_bytes(body.bytes(len, "key share: value")?))
    }
}

impl Encode for DecryptionShare {
    const KIND: Kind = Kind::PaillierDecryptionShare;

    fn params_id(&self) -> u32 {
        self.setup.params_id()
    }

    fn body_len(&self) -> usize {
        let part = self.setup.public_key().params().ciphertext_bytes();
        SETUP_ID_LEN + 2 + 4 + part * self.parts.len() + self.proof.encoded_len()
    }

    fn write_body(&self, out: &mut Writer) {
        out.bytes(&self.setup.id()).u16(self.party.get()).len(self.parts.len());
        self.parts.iter().for_each(|part| _ = out.bytes(&self.setup.modulus().to_le_bytes(part.value())));
        self.proof.write(out);
    }
}

/// Reads the share; [`combine`](super::combine()) checks it.
impl Decode<&Setup> for DecryptionShare {
    fn read_body(body: &mut Reader<'_>, _params_id: u32, setup: &Setup) -> Result<Self> {
        let party = read_place(body, setup)?;
        let params = setup.public_key().params();
        let count = body.count(params.ciphertext_bytes(), "decryption share: parts")?;
        let parts: Vec<Ciphertext> = setup.public_key().read_ciphertexts(body, count)?;
        let proof = Proof::read(setup, body)?;
        Ok(Self { setup: setup.clone(), party, parts, proof })
    }
}
