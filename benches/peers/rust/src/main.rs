//! Times veilkit or its Rust peers, one thread, CPU time. Prints one JSON object a line: {op, peer, us}.
use std::time::Duration;

use cpu_time::ThreadTime;

mod elgamal;
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
    println!(r#"{{"op": "{op}", "peer": "{peer}", "us": {}}}"#, median_us(work, repeats));
}

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("veilkit") => {
            veilkit_ops::run();
            elgamal::veilkit();
        }
        Some("peers") => {
            peers::run();
            elgamal::peers();
        }
        _ => {
            eprintln!("usage: peers-bench veilkit|peers");
            std::process::exit(2);
        }
    }
}
