//! Secure sums: identities, plans, and sessions that take and give messages. The program carries them.
use std::sync::{Mutex, PoisonError};

use veilkit_bridge::{
    Error, ErrorKind, PartyId, Result,
    codec::{Decode, Encode},
    secure_sum::{
        self, Destination, Identity, IdentityKey, Input, Plan, PlanSpec, Session, SessionId, Step, SumOutput,
    },
};

use crate::{
    buffer::{veilkit_buffer, veilkit_bytes},
    edge::{
        Fallible, Fault, Kind, boxed, copy_out, fill, free, give, handle, make, optional, put, slice, status,
        text,
    },
    status::veilkit_status,
    watch::{run, veilkit_watch},
};

/// A party's long-term signing key.
pub struct veilkit_identity_key {
    _opaque: [u8; 0],
}

impl Kind for veilkit_identity_key {
    type Value = IdentityKey;
    const TAG: u32 = 0x564d_0001;
}

/// What the parties of a secure sum agree on.
pub struct veilkit_sum_plan {
    _opaque: [u8; 0],
}

impl Kind for veilkit_sum_plan {
    type Value = Plan;
    const TAG: u32 = 0x564d_0002;
}

/// One party's side of a secure sum. Unlike other handles it changes; an error ends it for good.
pub struct veilkit_sum_session {
    _opaque: [u8; 0],
}

impl Kind for veilkit_sum_session {
    type Value = Mutex<Session>;
    const TAG: u32 = 0x564d_0003;
}

/// What a step of a session gives: messages to send, and in the end the sum.
pub struct veilkit_sum_step {
    _opaque: [u8; 0],
}

impl Kind for veilkit_sum_step {
    type Value = Step;
    const TAG: u32 = 0x564d_0004;
}

/// A party and its public key.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct veilkit_party {
    /// Its number, from 1.
    pub number: u16,
    /// What veilkit_identity_key_identity gave it.
    pub identity: [u8; 32],
}

/// A message that arrived.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct veilkit_message {
    /// The party that sent it, as the transport knows it.
    pub from: u16,
    /// The message.
    pub bytes: veilkit_bytes,
}

/// What goes into a plan.
#[repr(C)]
pub struct veilkit_sum_plan_spec {
    /// The number of this run, 32 bytes that were never used before; NULL to draw one.
    pub session: *const u8,
    /// Everybody who takes part.
    pub parties: *const veilkit_party,
    /// How many.
    pub party_count: usize,
    /// How many parties must stay to the end.
    pub threshold: usize,
    /// The smallest number of parties whose sum may be revealed.
    pub min_survivors: usize,
    /// How many numbers each party submits.
    pub length: usize,
    /// Bits after the binary point.
    pub fraction_bits: u32,
    /// The largest absolute value of one number of one party.
    pub max_abs: f64,
    /// What the sum is for, as text.
    pub purpose: *const u8,
    /// Its length.
    pub purpose_len: usize,
}

fn identity(bytes: &[u8]) -> Result<Identity> {
    let bytes = bytes.try_into();
    Identity::from_bytes(bytes.map_err(|_| Error::new(ErrorKind::InvalidEncoding, "identity: not 32 bytes"))?)
}

/// Makes a key.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_identity_key_generate(
    out: *mut *mut veilkit_identity_key,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { make(out, || Ok(secure_sum::generate_identity()?)) }
}

/// Frees the key and wipes it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_identity_key_free(key: *mut veilkit_identity_key) {
    // SAFETY: the crate's contract.
    unsafe { free(key) }
}

/// Reads and checks an encoded key.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_identity_key_from_bytes(
    data: *const u8,
    len: usize,
    out: *mut *mut veilkit_identity_key,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { make(out, || Ok(IdentityKey::from_bytes(slice(data, len, "data")?, ())?)) }
}

/// The canonical encoding. It is secret.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_identity_key_to_bytes(
    key: *const veilkit_identity_key,
    out: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { fill(out, || Ok(handle(key, "key")?.to_bytes())) }
}

/// The public half: 32 bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_identity_key_identity(
    key: *const veilkit_identity_key,
    out: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { fill(out, || Ok(handle(key, "key")?.identity().to_bytes())) }
}

/// Signs a message for one context: 64 bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_identity_key_sign(
    key: *const veilkit_identity_key,
    context: *const u8,
    context_len: usize,
    message: *const u8,
    len: usize,
    out: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        fill(out, || {
            let (context, message) =
                (slice(context, context_len, "context")?, slice(message, len, "message")?);
            Ok(handle(key, "key")?.sign_message(context, message).to_bytes())
        })
    }
}

/// Checks a signature of a message in a context by the owner of a public key of 32 bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_identity_verify(
    identity: *const u8,
    identity_len: usize,
    context: *const u8,
    context_len: usize,
    message: *const u8,
    len: usize,
    signature: *const u8,
    signature_len: usize,
) -> veilkit_status {
    status(|| {
        // SAFETY: the crate's contract.
        unsafe {
            let identity = self::identity(slice(identity, identity_len, "identity")?)?;
            let (context, message) =
                (slice(context, context_len, "context")?, slice(message, len, "message")?);
            let signature = slice(signature, signature_len, "signature")?;
            Ok(secure_sum::verify_signature(&identity, context, message, signature)?)
        }
    })
}

/// Checks what the parties agree on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_sum_plan_new(
    spec: *const veilkit_sum_plan_spec,
    out: *mut *mut veilkit_sum_plan,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        make(out, || {
            let spec = optional(spec, "spec")?.ok_or(Fault::Argument("spec", "null pointer"))?;
            let session = match spec.session.is_null() {
                true => secure_sum::random_session()?,
                false => {
                    let mut id = [0; 32];
                    id.copy_from_slice(slice(spec.session, 32, "spec: session")?);
                    SessionId(id)
                }
            };
            let party = |party: &veilkit_party| Ok((PartyId::new(party.number)?, identity(&party.identity)?));
            let parties = slice(spec.parties, spec.party_count, "spec: parties")?;
            Ok(Plan::new(PlanSpec {
                session,
                parties: parties.iter().map(party).collect::<Result<_>>()?,
                threshold: spec.threshold,
                min_survivors: spec.min_survivors,
                length: spec.length,
                fraction_bits: spec.fraction_bits,
                max_abs: spec.max_abs,
                purpose: text(spec.purpose, spec.purpose_len, "spec: purpose")?.to_owned(),
            })?)
        })
    }
}

/// Frees the plan.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_sum_plan_free(plan: *mut veilkit_sum_plan) {
    // SAFETY: the crate's contract.
    unsafe { free(plan) }
}

/// Reads and checks an encoded plan.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_sum_plan_from_bytes(
    data: *const u8,
    len: usize,
    out: *mut *mut veilkit_sum_plan,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { make(out, || Ok(Plan::from_bytes(slice(data, len, "data")?, ())?)) }
}

/// The canonical encoding, to give to the other parties.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_sum_plan_to_bytes(
    plan: *const veilkit_sum_plan,
    out: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { fill(out, || Ok(handle(plan, "plan")?.to_bytes())) }
}

/// The plan in words: what is revealed, and to whom.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_sum_plan_explain(
    plan: *const veilkit_sum_plan,
    out: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { fill(out, || Ok(handle(plan, "plan")?.explain())) }
}

/// Enters a plan with a party's numbers, and gives the messages of the first round.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_sum_session_start(
    plan: *const veilkit_sum_plan,
    me: u16,
    key: *const veilkit_identity_key,
    values: *const f64,
    len: usize,
    session: *mut *mut veilkit_sum_session,
    step: *mut *mut veilkit_sum_step,
) -> veilkit_status {
    status(|| {
        // SAFETY: the crate's contract.
        unsafe {
            put(session, core::ptr::null_mut(), "session")?;
            put(step, core::ptr::null_mut(), "step")?;
            let (plan, key) = (handle(plan, "plan")?, handle(key, "key")?);
            let input = Input::reals(plan, slice(values, len, "values")?)?;
            let started = Session::start(plan, PartyId::new(me)?, key, input)?;
            put(session, boxed(Mutex::new(started.0)), "session")?;
            put(step, boxed(started.1), "step")
        }
    })
}

/// Frees the session and wipes it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_sum_session_free(session: *mut veilkit_sum_session) {
    // SAFETY: the crate's contract.
    unsafe { free(session) }
}

/// Takes everything that arrived in the current round, and moves on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_sum_session_step(
    session: *const veilkit_sum_session,
    messages: *const veilkit_message,
    count: usize,
    watch: *const veilkit_watch,
    out: *mut *mut veilkit_sum_step,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        make(out, || {
            let session = handle(session, "session")?;
            let messages = slice(messages, count, "messages")?;
            let arrived = messages.iter().map(|message| arrived(message)).collect::<Fallible<Vec<_>>>()?;
            run(watch, 2, |observer, _| {
                session.lock().unwrap_or_else(PoisonError::into_inner).step(&arrived, observer)
            })
        })
    }
}

unsafe fn arrived(message: &veilkit_message) -> Fallible<(PartyId, Vec<u8>)> {
    // SAFETY: the caller's promise is passed on.
    let bytes = unsafe { slice(message.bytes.data, message.bytes.len, "messages")? };
    Ok((PartyId::new(message.from)?, bytes.to_vec()))
}

/// The round whose messages the session waits for, from 1; 0 when it is over.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_sum_session_round(
    session: *const veilkit_sum_session,
    out: *mut u32,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        give(out, || {
            let session = handle(session, "session")?;
            Ok(session.lock().unwrap_or_else(PoisonError::into_inner).round().into())
        })
    }
}

/// Frees the step.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_sum_step_free(step: *mut veilkit_sum_step) {
    // SAFETY: the crate's contract.
    unsafe { free(step) }
}

/// How many messages are to be sent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_sum_step_message_count(
    step: *const veilkit_sum_step,
    out: *mut usize,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { give(out, || Ok(handle(step, "step")?.outgoing.len())) }
}

/// A message to send, by its position from 0, and its receiver; 0 for all other parties.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_sum_step_message(
    step: *const veilkit_sum_step,
    at: usize,
    to: *mut u16,
    out: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe {
        fill(out, || {
            put(to, 0, "to")?;
            let message =
                handle(step, "step")?.outgoing.get(at).ok_or(Fault::Argument("at", "no such message"))?;
            if let Destination::One(party) = message.to {
                put(to, party.get(), "to")?;
            }
            Ok(&message.bytes)
        })
    }
}

unsafe fn output<'a>(step: *const veilkit_sum_step) -> Fallible<&'a SumOutput> {
    const EARLY: Error = Error::new(ErrorKind::MissingMessage, "step: the sum is not there yet");
    // SAFETY: the caller's promise is passed on.
    Ok(unsafe { handle(step, "step")? }.output.as_ref().ok_or(EARLY)?)
}

/// Whether the sum is there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_sum_step_is_last(
    step: *const veilkit_sum_step,
    out: *mut bool,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { give(out, || Ok(handle(step, "step")?.output.is_some())) }
}

/// The sums; `len` is the plan's length. VEILKIT_STATUS_MISSING_MESSAGE before the last step.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_sum_step_sums(
    step: *const veilkit_sum_step,
    values: *mut f64,
    len: usize,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    status(|| unsafe { copy_out(&output(step)?.values(), values, len, "values") })
}

/// How many parties' numbers are in the sums.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_sum_step_survivor_count(
    step: *const veilkit_sum_step,
    out: *mut usize,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { give(out, || Ok(output(step)?.survivors().len())) }
}

/// Whose numbers are in the sums; `len` is what veilkit_sum_step_survivor_count said.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_sum_step_survivors(
    step: *const veilkit_sum_step,
    parties: *mut u16,
    len: usize,
) -> veilkit_status {
    status(|| {
        // SAFETY: the crate's contract.
        unsafe {
            let survivors: Vec<u16> = output(step)?.survivors().iter().map(|party| party.get()).collect();
            copy_out(&survivors, parties, len, "parties")
        }
    })
}

/// What was revealed to whom, in words.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn veilkit_sum_step_revealed(
    step: *const veilkit_sum_step,
    out: *mut veilkit_buffer,
) -> veilkit_status {
    // SAFETY: the crate's contract.
    unsafe { fill(out, || Ok(output(step)?.revealed().to_owned())) }
}
