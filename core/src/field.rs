//! Prime fields for sharing and multi-party protocols.
