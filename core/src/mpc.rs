//! Multi-party protocols as state machines without input or output.
