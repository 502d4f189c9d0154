//! Prime-order groups.
