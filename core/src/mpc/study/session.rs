//! A study from its start to its report.
use super::{
    networked::Networked,
    plan::{Plan, Protocol},
    report::Report,
    run::Run,
    statistics,
    table::Table,
};
use crate::{
    error::{Error, ErrorKind, Result},
    field::Fp192,
    mpc::{
        arithmetic::Comparison,
        identity::IdentityKey,
        outbox::Step,
        session::{Channel, Corrupt, Journal, Seed, Session, Setup},
        shamir_box::{Malicious, SemiHonest},
    },
    party::PartyId,
};
use rand_core::CryptoRng;

/// Computes everything that a plan asks for, over any box: this party's side of it.
///
/// # Errors
/// Those of the box; `VerificationFailed` naming a party whose sums no rows within the columns' ranges have.
pub async fn run<B: Comparison>(arithmetic: &mut B, plan: &Plan, table: &Table) -> Result<Report> {
    let mut run = Run::new(arithmetic, plan, table);
    let mut results = Vec::with_capacity(plan.functions().len());
    for function in plan.functions() {
        results.push(statistics::compute(&mut run, function).await?);
    }
    Ok(Report { results })
}

/// Enters a study. The step holds the hello, which signs the plan: whoever has another plan is refused before anything about rows
/// is sent.
///
/// Admit the plan to the [`Ledger`](super::Ledger) before, and keep a [`Journal`] if the study is to survive a crash.
///
/// # Errors
/// `ParamsMismatch` for a table that was checked against another plan, and as [`Session::start`].
/// # Security
/// A seed is for one session. A plan is for one run: its session number must be new.
pub fn start(
    plan: &Plan,
    me: PartyId,
    key: &IdentityKey,
    seed: &Seed,
    table: Table,
) -> Result<(Session<Report>, Step<Report>)> {
    start_with(plan, me, key, seed, table, None)
}

/// As [`start`], for a party that cheats.
pub(crate) fn start_with(
    plan: &Plan,
    me: PartyId,
    key: &IdentityKey,
    seed: &Seed,
    table: Table,
    corrupt: Option<Corrupt>,
) -> Result<(Session<Report>, Step<Report>)> {
    let program = program(plan, table)?;
    Session::start_cheating(&plan.setup(), me, key, seed, program, corrupt, true)
}

/// Takes a study up again after a crash, with the same rows.
///
/// # Errors
/// As [`Session::resume`]; `ParamsMismatch` for a table that was checked against another plan.
pub fn resume(
    plan: &Plan,
    me: PartyId,
    key: &IdentityKey,
    journal: &Journal,
    rng: &mut impl CryptoRng,
    table: Table,
) -> Result<(Session<Report>, Step<Report>)> {
    let program = program(plan, table)?;
    Session::resume(&plan.setup(), me, key, journal, rng, program)
}

type Program = core::pin::Pin<Box<dyn Future<Output = Result<Report>> + Send>>;

/// The whole protocol of a study.
pub(super) fn program(plan: &Plan, table: Table) -> Result<impl FnOnce(Channel) -> Program + use<>> {
    if table.plan() != plan.hash() {
        return Err(Error::new(ErrorKind::ParamsMismatch, "table: checked against another plan"));
    }
    let (plan, network) = (plan.clone(), plan.spec().network);
    Ok(move |channel| -> Program {
        match plan.protocol() {
            Protocol::ShamirSemiHonest => Box::pin(async move {
                let inner = SemiHonest::<Fp192>::new(channel).await?;
                run(&mut Networked { inner, network }, &plan, &table).await
            }),
            Protocol::ShamirMalicious => Box::pin(async move {
                let inner = Malicious::<Fp192>::new(channel).await?;
                run(&mut Networked { inner, network }, &plan, &table).await
            }),
        }
    })
}

impl Plan {
    /// What the messages of the study are bound to: the plan's hash, its session number and its parties.
    pub fn setup(&self) -> Setup {
        let parties = self.spec().parties.clone();
        Setup::new(*self.hash(), self.session(), parties).expect("checked: 3 to 50 parties, each once")
    }
}
