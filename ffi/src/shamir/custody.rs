//! Shares for people: on paper, as words, sealed to their custodians.
use veilkit_bridge::{
    Error, ErrorKind,
    codec::{Decode, Encode},
    custody::{self, AnyShare, Card, Custodian, CustodianKey, SealedShare},
};

use super::{decode, encode, veilkit_share_info};
use crate::{
    buffer::{veilkit_buffer, veilkit_bytes},
    edge::{Fallible, Kind, fill, fill_each, free, give, handle, make, slice, text},
    status::veilkit_status,
};

/// A custodian's secret key, which opens what is sealed to it.
pub struct veilkit_custodian_key {
    _opaque: [u8; 0],
}

impl Kind for veilkit_custodian_key {
    type Value = CustodianKey;
    const TAG: u32 = 0x5653_0001;
}

/// What can be seen of a share of any kind.
pub(super) fn info(share: &[u8]) -> Fallible<veilkit_share_info> {
    let share = AnyShare::from_bytes(share)?;
    let (threshold, shares) = match &share {
        AnyShare::Bytes(share) => (share.params().threshold(), share.params().shares()),
        AnyShare::Verifiable(share) => (share.params().threshold(), share.params().shares()),
        AnyShare::Key(share) => (share.params().threshold(), share.params().shares()),
        AnyShare::Card(share) => (share.params().threshold(), share.params().shares()),
        AnyShare::Policy(_) | AnyShare::Packed(_) => (0, 0),
    };
    let short = |count| u16::try_from(count).unwrap_or(u16::MAX);
    Ok(veilkit_share_info { index: share.index().get(), threshold: short(threshold), shares: short(shares) })
}

/// Splits a short secret into shares for paper. `out` has room for `shares` buffers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_shamir_split_cards(
    secret: *const u8,
    len: usize,
    threshold: u16,
    shares: u16,
    out: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        fill_each(out, shares.into(), || {
            let secret = slice(secret, len, "secret")?;
            Ok(encode(&custody::split_cards(secret, threshold.into(), shares.into())?))
        })
    }
}

/// Gives the secret of cards back.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_shamir_combine_cards(
    shares: *const veilkit_bytes,
    count: usize,
    out: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { fill(out, || Ok(custody::combine_cards(&decode::<Card>(shares, count)?)?)) }
}

/// A share of any kind as words to write down.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_shamir_to_words(
    share: *const u8,
    len: usize,
    out: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { fill(out, || Ok(AnyShare::from_bytes(slice(share, len, "share")?)?.to_words()?)) }
}

/// Reads the words of a share.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_shamir_from_words(
    text: *const u8,
    len: usize,
    out: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { fill(out, || Ok(AnyShare::from_words(crate::edge::text(text, len, "text")?)?.to_bytes())) }
}

/// A share of any kind as text for a QR code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_shamir_to_text(
    share: *const u8,
    len: usize,
    out: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { fill(out, || Ok(AnyShare::from_bytes(slice(share, len, "share")?)?.to_text()?)) }
}

/// Reads the text of a QR code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_shamir_from_text(
    text: *const u8,
    len: usize,
    out: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { fill(out, || Ok(AnyShare::from_text(crate::edge::text(text, len, "text")?)?.to_bytes())) }
}

/// Makes a key.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_custodian_key_generate(
    out: *mut *mut veilkit_custodian_key,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { make(out, || Ok(custody::generate_custodian_key()?)) }
}

/// Frees the key and wipes it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_custodian_key_free(key: *mut veilkit_custodian_key) {
    // SAFETY: the crate's contract.
    unsafe { free(key) }
}

/// Reads and checks an encoded key.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_custodian_key_from_bytes(
    data: *const u8,
    len: usize,
    out: *mut *mut veilkit_custodian_key,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { make(out, || Ok(CustodianKey::from_bytes(slice(data, len, "data")?, ())?)) }
}

/// The canonical encoding. It is secret.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_custodian_key_to_bytes(
    key: *const veilkit_custodian_key,
    out: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { fill(out, || Ok(handle(key, "key")?.to_bytes())) }
}

/// The custodian with this key and a name, encoded: what others seal to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_custodian_key_custodian(
    key: *const veilkit_custodian_key,
    name: *const u8,
    len: usize,
    out: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { fill(out, || Ok(handle(key, "key")?.custodian(text(name, len, "name")?)?.to_bytes())) }
}

/// The custodian with a name and a public key of 32 bytes, encoded.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_custodian(
    name: *const u8,
    name_len: usize,
    key: *const u8,
    key_len: usize,
    out: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        fill(out, || {
            let key = slice(key, key_len, "key")?.try_into();
            let key =
                key.map_err(|_| Error::new(ErrorKind::InvalidEncoding, "custodian: key not 32 bytes"))?;
            Ok(Custodian::new(text(name, name_len, "name")?, key)?.to_bytes())
        })
    }
}

/// The name of an encoded custodian.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_custodian_name(
    custodian: *const u8,
    len: usize,
    out: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        fill(out, || Ok(Custodian::from_bytes(slice(custodian, len, "custodian")?, ())?.name().to_owned()))
    }
}

/// The public key of an encoded custodian: 32 bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_custodian_public_key(
    custodian: *const u8,
    len: usize,
    out: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { fill(out, || Ok(*Custodian::from_bytes(slice(custodian, len, "custodian")?, ())?.key())) }
}

/// Seals a share of any kind, so that only the custodian can open it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_shamir_seal(
    share: *const u8,
    len: usize,
    custodian: *const u8,
    custodian_len: usize,
    out: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        fill(out, || {
            let custodian = Custodian::from_bytes(slice(custodian, custodian_len, "custodian")?, ())?;
            Ok(AnyShare::from_bytes(slice(share, len, "share")?)?.seal(&custodian)?.to_bytes())
        })
    }
}

/// Opens a sealed share.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_shamir_open(
    sealed: *const u8,
    len: usize,
    key: *const veilkit_custodian_key,
    out: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        fill(out, || {
            let sealed = SealedShare::from_bytes(slice(sealed, len, "sealed")?, ())?;
            Ok(AnyShare::open(&sealed, handle(key, "key")?)?.to_bytes())
        })
    }
}

/// The number of the share that is sealed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_shamir_sealed_index(
    sealed: *const u8,
    len: usize,
    out: *mut u16,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { give(out, || Ok(SealedShare::from_bytes(slice(sealed, len, "sealed")?, ())?.index().get())) }
}

/// Who can open a sealed share, encoded.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_shamir_sealed_custodian(
    sealed: *const u8,
    len: usize,
    out: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        fill(out, || Ok(SealedShare::from_bytes(slice(sealed, len, "sealed")?, ())?.custodian().to_bytes()))
    }
}
