//! Writes `vectors/`: `cargo run --features vectors --example vectors -- FOLDER`. Every byte follows from the seeds in
//! here; `scripts/vectors` calls it.
#![allow(clippy::disallowed_methods, missing_docs, reason = "a program that writes files")]

mod bad;
mod file;
mod paillier;
mod shamir;

use std::path::Path;

fn main() {
    let folder = std::env::args().nth(1).expect("usage: vectors FOLDER");
    for file in [shamir::files(), paillier::files()].into_iter().flatten() {
        let path = Path::new(&folder).join(file.path);
        std::fs::create_dir_all(path.parent().expect("a file is in a folder"))
            .expect("the folder can be made");
        std::fs::write(path, file.to_json()).expect("the file can be written");
    }
}
