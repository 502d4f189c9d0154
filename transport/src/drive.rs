//! Takes a session to its end over a link.
use std::time::Duration;

use tokio::time::timeout;
use veilkit::{
    mpc::{Destination, Outgoing, Step, session::Session},
    party::PartyId,
};

use crate::{
    error::{Error, Result},
    link::Link,
};

/// How long to wait.
#[derive(Clone, Copy, Debug)]
pub struct Deadlines {
    /// For anything at all to arrive, while the session waits for messages.
    pub silence: Duration,
    /// After the output, for the others to acknowledge the last messages.
    pub farewell: Duration,
}

impl Default for Deadlines {
    /// Ten minutes of silence, one minute for farewells.
    fn default() -> Self {
        Self { silence: Duration::from_secs(600), farewell: Duration::from_secs(60) }
    }
}

/// Sends what the session has to say and hands it what arrives, to its output or its error.
///
/// `store` is called for each step with what went in and what came out, before anything of it is sent and before the senders are told that
/// their messages are safe: append [`Journal::entries`](veilkit::mpc::session::Journal::entries) of it to the session's journal there, durably; or do
/// nothing, for a session that will not be resumed.
///
/// After the output the session goes on answering until everybody has acknowledged everything, or farewells have taken too long.
///
/// # Errors
/// `Session` with whatever ends the session: after too much silence `MissingMessage`, naming those who were awaited. `Io` from
/// `store`. Those of the link.
pub async fn drive<O>(
    session: &mut Session<O>,
    first: Step<O>,
    link: &mut Link,
    deadlines: Deadlines,
    mut store: impl FnMut(&[(PartyId, Vec<u8>)], &[Outgoing]) -> std::io::Result<()>,
) -> Result<O> {
    let (mut step, mut arrived) = (first, Vec::new());
    loop {
        store(&arrived, &step.outgoing)?;
        arrived.iter().for_each(|(from, _)| link.acknowledge(*from, 1));
        send(link, step.outgoing)?;
        if let Some(output) = step.output {
            // The output is right whether or not the others hear the last words.
            let _ = timeout(deadlines.farewell, say_farewell(session, link, store)).await;
            return Ok(output);
        }
        let Ok(first) = timeout(deadlines.silence, link.receive()).await else {
            return Err(Error::Session(session.expire()));
        };
        arrived = vec![first?];
        while let Some(more) = link.try_receive() {
            arrived.push(more);
        }
        step = session.step(&arrived)?;
    }
}

fn send(link: &Link, outgoing: Vec<Outgoing>) -> Result<()> {
    for Outgoing { to, bytes } in outgoing {
        match to {
            Destination::One(to) => link.send(to, bytes)?,
            Destination::All => link.peers().iter().try_for_each(|peer| link.send(*peer, bytes.clone()))?,
        }
    }
    Ok(())
}

/// Answers parties that were restarted, until everybody has everything.
async fn say_farewell<O>(
    session: &mut Session<O>,
    link: &mut Link,
    mut store: impl FnMut(&[(PartyId, Vec<u8>)], &[Outgoing]) -> std::io::Result<()>,
) -> Result<()> {
    let mut changes = link.changes();
    while !link.is_settled() {
        tokio::select! {
            arrived = link.receive() => {
                let arrived = [arrived?];
                let step = session.step(&arrived)?;
                store(&arrived, &step.outgoing)?;
                link.acknowledge(arrived[0].0, 1);
                send(link, step.outgoing)?;
            }
            _ = changes.changed() => {}
        }
    }
    Ok(())
}
