//! What the tests of the public API share.
#![allow(dead_code, unreachable_pub, clippy::print_stdout, reason = "tests: each uses its part, and reports")]

pub mod alloc;
pub mod malformed;
pub mod random;
pub mod safe_primes;
pub mod vectors;
