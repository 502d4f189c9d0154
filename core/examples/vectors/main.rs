//! Writes `vectors/`: `cargo run --features vectors --example vectors -- FOLDER`. Every byte follows from the seeds in
//! here; `scripts/vectors` calls it. What each test expects comes from the procedures that also check it, save for
//! the kinds of errors, which stand here.
#![allow(
    clippy::disallowed_methods,
    clippy::too_many_lines,
    missing_docs,
    reason = "a program that writes files"
)]

mod bad;
mod ckks;
mod ckks_encoder;
mod custody;
mod dkg;
mod elgamal;
mod elgamal_proofs;
mod elgamal_statements;
mod file;
mod holders;
mod identity;
mod mpc_session;
mod paillier;
mod paillier_threshold;
#[path = "../../tests/vectors/procedures.rs"]
mod procedures;
mod ring;
mod secure_sum;
mod shamir;
mod study;
#[path = "../../tests/support/mod.rs"]
mod support;

use std::path::Path;

fn main() {
    let folder = std::env::args().nth(1).expect("usage: vectors FOLDER");
    for file in [
        shamir::files(),
        custody::files(),
        holders::files(),
        paillier::files(),
        paillier_threshold::files(),
        ckks::files(),
        elgamal::files(),
        elgamal_proofs::files(),
        elgamal_statements::files(),
        dkg::files(),
        secure_sum::files(),
        identity::files(),
        mpc_session::files(),
        study::files(),
        ckks_encoder::files(),
        ring::files(),
    ]
    .into_iter()
    .flatten()
    {
        let path = Path::new(&folder).join(file.path);
        std::fs::create_dir_all(path.parent().expect("a file is in a folder"))
            .expect("the folder can be made");
        std::fs::write(path, file.into_json()).expect("the file can be written");
    }
}
