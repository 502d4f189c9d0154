//! `veilkit-relay`: forwards sealed messages between parties that can only connect outbound.
#![allow(clippy::print_stdout)] // the address that it listens on is its output
use std::{net::SocketAddr, path::PathBuf, process::ExitCode, sync::Arc, time::Duration};

use tokio::net::TcpListener;
use veilkit_transport::relay::{Limits, Relay};

const HELP: &str = "\
veilkit-relay: forwards sealed messages between the parties of veilkit's sessions.

It sees who meets, when, and how many bytes go by; it reads nothing. It keeps messages in memory until they arrive.

Usage: veilkit-relay [options]
  --listen ADDRESS       where to listen (127.0.0.1:7433; port 0 takes any)
  --certificate FILE     serve wss: a chain of certificates, PEM
  --key FILE             its private key, PEM
  --rooms N              sessions at a time (1024)
  --connections N        connections at a time (8192)
  --room-mebibytes N     of messages that wait in one session (512)
  --idle-minutes N       after which an unused session is forgotten (1440)
  -h, --help             this text
  -V, --version          the version";

struct Options {
    listen: SocketAddr,
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
    limits: Limits,
}

fn options() -> Result<Option<Options>, lexopt::Error> {
    use lexopt::prelude::*;
    let mut options = Options {
        listen: ([127, 0, 0, 1], 7433).into(),
        certificate: None,
        key: None,
        limits: Limits::default(),
    };
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("listen") => options.listen = parser.value()?.parse()?,
            Long("certificate") => options.certificate = Some(parser.value()?.into()),
            Long("key") => options.key = Some(parser.value()?.into()),
            Long("rooms") => options.limits.rooms = parser.value()?.parse()?,
            Long("connections") => options.limits.connections = parser.value()?.parse()?,
            Long("room-mebibytes") => {
                let mebibytes: u16 = parser.value()?.parse()?;
                options.limits.room_bytes = usize::from(mebibytes) << 20;
            }
            Long("idle-minutes") => {
                let minutes: u32 = parser.value()?.parse()?;
                options.limits.idle = Duration::from_secs(60 * u64::from(minutes));
            }
            Short('h') | Long("help") => {
                println!("{HELP}");
                return Ok(None);
            }
            Short('V') | Long("version") => {
                println!("veilkit-relay {}", env!("CARGO_PKG_VERSION"));
                return Ok(None);
            }
            other => return Err(other.unexpected()),
        }
    }
    Ok(Some(options))
}

fn start(options: &Options) -> Result<Arc<Relay>, String> {
    let read = |path: &PathBuf| std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()));
    let certificate = match (&options.certificate, &options.key) {
        (Some(chain), Some(key)) => Some((read(chain)?, read(key)?)),
        (None, None) => None,
        _ => return Err("--certificate and --key belong together".into()),
    };
    let certificate = certificate.as_ref().map(|(chain, key)| (chain.as_slice(), key.as_slice()));
    Relay::new(options.limits, certificate).map(Arc::new).map_err(|error| error.to_string())
}

async fn serve(options: &Options) -> Result<(), String> {
    let relay = start(options)?;
    let listener = TcpListener::bind(options.listen).await.map_err(|error| error.to_string())?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    println!("veilkit-relay listens on {address}");
    tokio::select! {
        () = relay.serve(listener) => Ok(()),
        stopped = tokio::signal::ctrl_c() => stopped.map_err(|error| error.to_string()),
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let served = match options() {
        Ok(None) => return ExitCode::SUCCESS,
        Ok(Some(options)) => serve(&options).await,
        Err(error) => Err(error.to_string()),
    };
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("veilkit-relay: {error}");
            ExitCode::FAILURE
        }
    }
}
