//! Constant-time evidence on the release build; run by `scripts/ci/constant-time`.
//!
//! `rows` (under valgrind's memcheck): each row marks one secret as undefined memory and calls one function. Memcheck
//! reports every branch and every address that depends on undefined memory, so a clean row has none. Each group has
//! planted leaks, which must be reported, or the group proves nothing.
//!
//! `scan` (reads `objdump -d -C -l --inlines`): no division and no variable-time comparison in the functions that handle secrets,
//! since memcheck does not see those; a planted division and a planted `bcmp` must be found.
#![allow(clippy::print_stdout, reason = "a command-line tool")]

mod memcheck;
mod rows;
mod scan;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let passed = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["rows"] => rows::run(""),
        ["rows", group] => rows::run(group),
        ["scan", allowed] => scan::run(allowed),
        _ => {
            println!("usage: veilkit-constant-time rows [group] | scan ALLOWED < disassembly");
            false
        }
    };
    if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
