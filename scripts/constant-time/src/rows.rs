//! The table: one row for each function and secret, and how it is run.
mod arrays;
mod bigint;
mod ckks;
mod ckks_keys;
mod ckks_release;
mod custody;
mod elgamal;
mod field;
mod mpc;
mod mpc_box;
mod mpc_functions;
mod mpc_ring;
mod mpc_seen;
mod mpc_study;
mod paillier;
mod paillier_threshold;
mod prime;
mod ring;
mod secret;
mod shamir;
mod transcript;

use crate::memcheck;

/// One function with one secret marked.
pub(crate) struct Row {
    /// Rows of a group share the group's planted leaks.
    group: &'static str,
    function: &'static str,
    /// What is marked.
    secret: &'static str,
    /// Whether the function leaks on purpose.
    planted: bool,
    run: fn(),
}

const fn row(group: &'static str, function: &'static str, secret: &'static str, run: fn()) -> Row {
    Row { group, function, secret, planted: false, run }
}

const fn planted(group: &'static str, function: &'static str, secret: &'static str, run: fn()) -> Row {
    Row { group, function, secret, planted: true, run }
}

const GROUPS: &[&[Row]] = &[
    secret::ROWS,
    transcript::ROWS,
    bigint::ROWS,
    field::ROWS,
    prime::ROWS,
    ring::ROWS,
    mpc::ROWS,
    mpc_box::ROWS,
    mpc_ring::ROWS,
    mpc_functions::ROWS,
    mpc_study::ROWS,
    paillier::ROWS,
    paillier_threshold::ROWS,
    arrays::ROWS,
    ckks_release::ROWS,
    elgamal::ROWS,
    shamir::ROWS,
    custody::ROWS,
    ckks_keys::ROWS,
    ckks::ROWS,
];

/// Runs the rows of the groups whose name starts with `prefix`, and tells whether all of them are as they must be.
pub(crate) fn run(prefix: &str) -> bool {
    if !memcheck::is_running() {
        println!("not under valgrind: nothing would be seen");
        return false;
    }
    let (mut clean, mut caught, mut wrong) = (0, 0, 0);
    for group in GROUPS.iter().filter(|rows| rows[0].group.starts_with(prefix)) {
        if !group.iter().any(|row| row.planted) || group.iter().all(|row| row.planted) {
            println!("FAILED {}: a group needs rows and a planted leak", group[0].group);
            wrong += 1;
        }
        for row in *group {
            memcheck::start();
            (row.run)();
            let errors = memcheck::errors();
            let verdict = match (row.planted, errors) {
                (false, 0) => "clean",
                (false, _) => "FAILED",
                (true, 0) => "FAILED: planted leak missed",
                (true, _) => "planted leak caught",
            };
            println!("{:<12} {:<44} {:<28} {verdict} ({errors} errors)", row.group, row.function, row.secret);
            match (row.planted, errors) {
                (false, 0) => clean += 1,
                (true, 1..) => caught += 1,
                _ => wrong += 1,
            }
        }
    }
    println!("{clean} rows clean, {caught} planted leaks caught, {wrong} wrong");
    wrong == 0 && clean > 0 && caught > 0
}
