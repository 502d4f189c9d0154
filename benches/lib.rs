//! Benchmarks live in `benches/`, one file per part of veilkit: `cargo bench -p veilkit-benches --bench bigint`.
