//! A party that lies: it enters studies through a relay with its own key and rows, and in each of them says something wrong in one
//! kind of message. Everything that it sends is well formed, signed and sealed.
//!
//! Standard input and output carry JSON lines. It says its public identity, reads an order (the relay's address, its number, its
//! rows by column, and for each study the plan, the kind of message and the lie), takes part in all studies at once, and says for
//! each how it ended and which kinds of messages it sent.
#![allow(clippy::print_stdout)] // its reports are its output
use std::{io::BufRead, process::ExitCode, time::Duration};

use serde::Deserialize;
use serde_json::json;
use tokio::time::timeout;
use veilkit::{
    codec::Decode,
    mpc::{
        Destination, IdentityKey, Outgoing, Step,
        session::{Seed, Session},
        study::{self, Plan, Report, Table},
        testing::cheating::{self, Lie},
    },
    party::PartyId,
    transcript::Transcript,
};
use veilkit_transport::{
    Deadlines, Link, Room, drive,
    relay::{self, Options},
};

#[derive(Deserialize)]
struct Order {
    url: String,
    party: u16,
    silence: f64,
    table: Vec<Vec<f64>>,
    runs: Vec<Run>,
}

#[derive(Clone, Deserialize)]
struct Run {
    plan: String,
    label: String,
    lie: Told,
}

/// What is told in the messages of that kind.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Told {
    /// What the protocol says.
    Truth,
    /// Something else than the truth to everybody.
    Wrong,
    /// Something else than the truth to one party only.
    ToOne,
    /// A byte too few.
    Short,
    /// Something that is no number of the field.
    NoNumber,
    /// Two hellos, both signed: one to each of the others.
    TwoHellos,
}

impl Told {
    fn lie(self) -> Option<Lie> {
        match self {
            Self::Truth | Self::TwoHellos => None,
            Self::Wrong => Some(Lie::Wrong),
            Self::ToOne => Some(Lie::ToOne),
            Self::Short => Some(Lie::Short),
            Self::NoNumber => Some(Lie::NoNumber),
        }
    }
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What a generator is drawn from: the system's randomness.
fn random(purpose: &'static str) -> Result<Transcript, Failure> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    let mut transcript = Transcript::new(purpose);
    transcript.append("random", &bytes);
    Ok(transcript)
}

fn seed() -> Result<Seed, Failure> {
    Ok(Seed::generate(&mut random("veilkit example cheating party seed")?.rng()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Result<Vec<u8>, Failure> {
    let digits = text.as_bytes().chunks(2);
    digits.map(|pair| Ok(u8::from_str_radix(std::str::from_utf8(pair)?, 16)?)).collect()
}

/// The party as it is towards one half of the others, which hears nothing of what it is towards the other half.
struct Face {
    session: Session<Report>,
    towards: Vec<PartyId>,
}

impl Face {
    fn say(&self, outgoing: Vec<Outgoing>, link: &Link) -> Result<(), Failure> {
        for Outgoing { to, bytes } in outgoing {
            for peer in
                self.towards.iter().filter(|peer| to == Destination::All || to == Destination::One(**peer))
            {
                link.send(*peer, bytes.clone())?;
            }
        }
        Ok(())
    }
}

/// Takes part with two faces, each with a hello of its own, until neither of them can go on.
async fn equivocate(
    mut enter: impl FnMut() -> Result<(Session<Report>, Step<Report>), Failure>,
    link: &mut Link,
    silence: Duration,
) -> Result<String, Failure> {
    let peers = link.peers().to_vec();
    let mut faces = Vec::new();
    for towards in peers.chunks(peers.len().div_ceil(2)) {
        let (session, first) = enter()?;
        let face = Face { session, towards: towards.to_vec() };
        face.say(first.outgoing, link)?;
        faces.push(face);
    }
    let mut last = String::new();
    while !faces.is_empty() {
        let Ok(arrived) = timeout(silence, link.receive()).await else { break };
        let arrived = arrived?;
        link.acknowledge(arrived.0, 1);
        let mut going_on = Vec::new();
        for mut face in faces {
            match face.session.step(std::slice::from_ref(&arrived)) {
                Ok(step) => {
                    face.say(step.outgoing, link)?;
                    going_on.push(face);
                }
                Err(error) => last = error.to_string(),
            }
        }
        faces = going_on;
    }
    Ok(last)
}

/// One study: how it ended, and the kinds of messages that were sent in it.
async fn take_part(
    run: &Run,
    order: &Order,
    key: &IdentityKey,
) -> Result<(String, Vec<&'static str>), Failure> {
    let plan = Plan::from_bytes(&from_hex(&run.plan)?, ())?;
    let me = PartyId::new(order.party)?;
    let columns: Vec<&[f64]> = order.table.iter().map(Vec::as_slice).collect();
    let table = || Table::new(&plan, &columns);
    let enter = || study::start(&plan, me, key, &seed()?, table()?).map_err(Failure::from);
    let setup = plan.setup();
    let parties = setup.parties().iter().filter_map(|party| Some((*party, *setup.identity(*party)?)));
    let room = Room::new(plan.session(), parties.collect())?;
    let options = Options { url: order.url.clone(), room, me, key: key.clone(), authorities: None };
    let mut link = relay::connect(options)?;
    let silence = Duration::from_secs_f64(order.silence);
    if let Told::TwoHellos = run.lie {
        return Ok((equivocate(enter, &mut link, silence).await?, Vec::new()));
    }
    let (mut session, first) = match run.lie.lie() {
        Some(lie) => cheating::start(&plan, me, key, &seed()?, table()?, (&run.label, lie))?,
        None => enter()?,
    };
    let deadlines = Deadlines { silence, farewell: Duration::from_secs(2) };
    let ended = match drive(&mut session, first, &mut link, deadlines, |_, _| Ok(())).await {
        Ok(_) => "with figures".to_owned(),
        Err(error) => error.to_string(),
    };
    Ok((ended, session.traffic().labels.into_keys().collect()))
}

async fn cheat() -> Result<(), Failure> {
    let key = IdentityKey::generate(&mut random("veilkit example cheating party key")?.rng());
    println!("{}", json!({ "kind": "identity", "identity": hex(&key.identity().to_bytes()) }));
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    let order: std::sync::Arc<Order> = serde_json::from_str::<Order>(&line)?.into();
    let mut tasks = Vec::new();
    for run in order.runs.clone() {
        let (order, key) = (order.clone(), key.clone());
        tasks.push(tokio::spawn(async move { take_part(&run, &order, &key).await }));
    }
    for (number, task) in tasks.into_iter().enumerate() {
        let (ended, labels) = task.await??;
        println!("{}", json!({ "kind": "cheated", "run": number, "ended": ended, "labels": labels }));
    }
    Ok(())
}

#[tokio::main]
async fn main() -> ExitCode {
    match cheat().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cheating party: {error}");
            ExitCode::FAILURE
        }
    }
}
