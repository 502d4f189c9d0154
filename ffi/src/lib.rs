//! The C interface. `include/veilkit.h` is made from the declarations here.
//!
//! Every function checks its pointers (`edge.rs`), calls the bridge, and turns what comes back into a status (`status.rs`). Nothing
//! unwinds into C. The names are C's, so they are not those of Rust.
//!
//! # Safety
//! What each function asks of its caller, as the header says: a pointer is null, or points to memory of the type and length that
//! the call says, which nobody writes meanwhile; a handle is null, or was made by this library and not freed. The checks find null
//! and misaligned pointers, impossible lengths and handles of another kind; they cannot find the rest.
#![allow(non_camel_case_types)]
#![deny(unsafe_op_in_unsafe_fn)]
// The promise is the same for every function: above, and in the header.
#![allow(clippy::missing_safety_doc)]
// C has no structs of arguments here: each parameter is one of the operation.
#![allow(clippy::too_many_arguments)]

mod buffer;
mod edge;
pub mod elgamal;
pub mod mpc;
mod numbers;
pub mod paillier;
pub mod shamir;
mod status;
mod watch;

pub use buffer::{veilkit_buffer, veilkit_buffer_free, veilkit_bytes};
pub use numbers::{veilkit_numbers, veilkit_pick};
pub use status::*;
pub use watch::*;
