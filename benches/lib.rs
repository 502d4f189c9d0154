//! Benchmarks live in `benches/`, one file per part of veilkit: `cargo bench -p veilkit-benches --bench bigint`.
//!
//! They count the time that the processor spends on the measuring thread, not the time on the clock, so that other work
//! on the machine disturbs them less.
use core::time::Duration;

use criterion::Criterion;
use criterion::measurement::{Measurement, ValueFormatter, WallTime};
use rustix::time::{ClockId, Timespec, clock_gettime};

/// Processor time of the current thread.
pub struct CpuTime;

/// Criterion that measures [`CpuTime`]; for `criterion_group! { config = veilkit_benches::cpu_time(); .. }`.
pub fn cpu_time() -> Criterion<CpuTime> {
    Criterion::default().with_measurement(CpuTime)
}

impl Measurement for CpuTime {
    type Intermediate = Timespec;
    type Value = Duration;

    fn start(&self) -> Timespec {
        clock_gettime(ClockId::ThreadCPUTime)
    }

    fn end(&self, start: Timespec) -> Duration {
        let elapsed = clock_gettime(ClockId::ThreadCPUTime) - start;
        Duration::try_from(elapsed).expect("the clock does not run backwards")
    }

    fn add(&self, a: &Duration, b: &Duration) -> Duration {
        *a + *b
    }

    fn zero(&self) -> Duration {
        Duration::ZERO
    }

    fn to_f64(&self, value: &Duration) -> f64 {
        WallTime.to_f64(value)
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        WallTime.formatter()
    }
}
