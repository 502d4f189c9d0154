//! Times veilkit or its Rust peers, one thread, CPU time. Prints one JSON object a line: {op, peer, us}, or another unit
//! in the place of `us`.
use std::time::Duration;

use cpu_time::ThreadTime;

mod ckks;
mod elgamal;
mod mpc;
mod peers;
mod veilkit_ops;

fn median_us(mut work: impl FnMut(), repeats: usize) -> f64 {
    let mut times: Vec<Duration> = (0..repeats)
        .map(|_| {
            let start = ThreadTime::now();
            work();
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[repeats / 2].as_secs_f64() * 1e6
}

/// Runs `work` and prints the median of its CPU time.
fn report(peer: &str, op: &str, repeats: usize, work: impl FnMut()) {
    print(peer, op, "us", median_us(work, repeats));
}

fn print(peer: &str, op: &str, unit: &str, value: f64) {
    println!(r#"{{"op": "{op}", "peer": "{peer}", "{unit}": {value}}}"#);
}

fn main() {
    let what = std::env::args().nth(1).unwrap_or_default();
    if let Some(params) = ckks::params(&what) {
        return ckks::veilkit(&what, &params);
    }
    match &what[..] {
        "veilkit" => {
            veilkit_ops::run();
            elgamal::veilkit();
        }
        "peers" => {
            peers::run();
            elgamal::peers();
        }
        "mpc" => mpc::run(&std::env::args().nth(2).unwrap_or_default()),
        _ => {
            eprintln!("usage: peers-bench veilkit|peers|P1|P2|P3|mpc [part of a row's name]");
            std::process::exit(2);
        }
    }
}
