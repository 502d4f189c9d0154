//! Constant-time modular integers of 1024 to 8192 bits.
