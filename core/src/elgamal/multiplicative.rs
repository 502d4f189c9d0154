//! Multiplicative ElGamal: what others may multiply and divide unread.
//!
//! Two groups, and so two kinds of plaintext:
//! - [`integers`]: positive integers, in the quadratic residues of the RFC 7919 groups; products and ratios of small
//!   integers come out exact;
//! - [`points`]: elements of ristretto255, for protocols that work on group elements.
//!
//! # Security
//! The textbook scheme encrypts any integer modulo p, and then everybody sees from a ciphertext whether the plaintext is a
//! square modulo p. Here every plaintext is in the group of prime order, and so is every part of every
//! ciphertext that is accepted.
pub mod integers;
pub mod points;
