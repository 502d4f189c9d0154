//! Thousands of malformed inputs for one decoder, generated from valid ones, and what every decoder owes for each:
//!
//! - no panic, and an answer within 50 ms (inputs up to 64 KiB);
//! - never more memory than twice the input and 64 KiB;
//! - prefixes, trailing bytes, other kinds and other versions are refused;
//! - what is accepted encodes to the same bytes again, and a scripted use of it does not panic either.
//!
//! [`malformed!`](crate::malformed) makes the whole check a test in one line.
use std::{
    fmt::Write as _,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    time::{Duration, Instant},
};

use rand_core::Rng;
use veilkit::{Result, codec::HEADER_LEN};

use super::{alloc::peak_of, random::rng};

/// The longest a decoder may take, in the release build.
pub const LIMIT: Duration = Duration::from_millis(50);
/// How much longer it may take with debug assertions.
const SLOWER: u32 = if cfg!(debug_assertions) { 4 } else { 1 };
/// After this long without an answer the decoder hangs.
const HANG: Duration = Duration::from_secs(20);
/// Bytes at the start of each sample where every field of every width is tried.
const FIELDS: usize = 96;

/// One decoder under test.
pub struct Check<D, U> {
    /// For the report.
    pub name: &'static str,
    /// Valid encodings, from the smallest to a typical one.
    pub samples: Vec<Vec<u8>>,
    /// How many inputs there must be at least; fewer than 10,000 only where one decoding takes milliseconds.
    pub floor: usize,
    /// The longest that one decoding may take in the release build: [`LIMIT`], if nothing speaks for more.
    pub limit: Duration,
    /// Decodes and gives the value with its encoding.
    pub decode: D,
    /// Uses an accepted value.
    pub exercise: U,
}

/// What was tried.
#[derive(Debug, Default, Clone, Copy)]
pub struct Report {
    /// All inputs.
    pub inputs: usize,
    /// Those that were accepted.
    pub accepted: usize,
    /// The most memory that any of them took beyond twice its length.
    pub excess: usize,
    /// The slowest.
    pub slowest: Duration,
}

/// An input that a decoder did not treat as it must.
#[derive(Debug)]
pub struct Fault {
    /// What went wrong.
    pub what: String,
    /// Which family of inputs.
    pub family: &'static str,
    /// The input, in hex.
    pub input: String,
}

/// One input and whether it must be refused.
struct Input {
    family: &'static str,
    bytes: Vec<u8>,
    refuse: bool,
}

impl<T, D, U> Check<D, U>
where
    D: Fn(&[u8]) -> Result<(T, Vec<u8>)> + Send + 'static,
    U: Fn(T) + Send + 'static,
{
    /// Runs every input, with a watch on hangs.
    pub fn run(self) -> std::result::Result<Report, Fault> {
        let (name, inputs) = (self.name, Arc::new(generate(self.name, &self.samples, self.floor)));
        let (at, (done, result)) = (Arc::new(AtomicUsize::new(0)), mpsc::channel());
        let worker = { (Arc::clone(&inputs), Arc::clone(&at)) };
        std::thread::spawn(move || {
            let (inputs, at) = worker;
            // The test may have given up on us: then nobody listens.
            let _ = done.send(self.all(&inputs, &at));
        });
        let mut last = usize::MAX;
        let report = loop {
            match result.recv_timeout(HANG) {
                Ok(result) => break result?,
                Err(mpsc::RecvTimeoutError::Disconnected) => panic!("{name}: the check itself panicked"),
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    let now = at.load(Ordering::SeqCst);
                    if now == last {
                        return Err(Fault::new("hangs".into(), &inputs[now]));
                    }
                    last = now;
                }
            }
        };
        println!(
            "{name}: {} inputs, {} accepted, slowest {:?}, at most {} bytes beyond twice the input",
            report.inputs, report.accepted, report.slowest, report.excess
        );
        Ok(report)
    }

    fn all(&self, inputs: &[Input], at: &AtomicUsize) -> std::result::Result<Report, Fault> {
        for sample in &self.samples {
            let accepted = (self.decode)(sample).is_ok_and(|(_, again)| again == *sample);
            assert!(accepted, "{}: a sample is not valid", self.name);
        }
        let mut report = Report { inputs: inputs.len(), ..Report::default() };
        for (number, input) in inputs.iter().enumerate() {
            at.store(number, Ordering::SeqCst);
            self.one(input, &mut report).map_err(|what| Fault::new(what, input))?;
        }
        Ok(report)
    }

    fn one(&self, input: &Input, report: &mut Report) -> std::result::Result<(), String> {
        let attempt = || {
            let start = cpu_time();
            let (answer, peak) = peak_of(|| catch_unwind(AssertUnwindSafe(|| (self.decode)(&input.bytes))));
            (answer, peak, cpu_time().saturating_sub(start))
        };
        let (answer, peak, mut took) = attempt();
        let answer = answer.map_err(|_| "the decoder panics".to_owned())?;
        let limit = self.limit * SLOWER;
        // The machine may be busy: only what is slow each time is slow.
        for _ in 0..4 {
            if took > limit {
                took = took.min(attempt().2);
            }
        }
        let excess = peak.saturating_sub(2 * input.bytes.len());
        (report.slowest, report.excess) = (report.slowest.max(took), report.excess.max(excess));
        if took > limit && input.bytes.len() <= 64 * 1024 {
            return Err(format!("the decoder takes {took:?}"));
        }
        if excess > 64 * 1024 {
            return Err(format!("the decoder takes {peak} bytes of memory"));
        }
        match answer {
            Err(error) if error.what().is_empty() => Err("the error names nothing".into()),
            Err(_) => Ok(()),
            Ok(_) if input.refuse => Err("the input is accepted".into()),
            Ok((_, again)) if again != input.bytes => Err("accepted, but encodes to other bytes".into()),
            Ok((value, _)) => {
                report.accepted += 1;
                catch_unwind(AssertUnwindSafe(|| (self.exercise)(value)))
                    .map_err(|_| "accepted, but its use panics".into())
            }
        }
    }
}

/// The time that this thread has had a core for, where the system tells; else the time that has passed.
fn cpu_time() -> Duration {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    let read = || {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        text.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
    };
    read().unwrap_or_else(|| START.get_or_init(Instant::now).elapsed())
}

impl Fault {
    fn new(what: String, input: &Input) -> Self {
        let mut hex = String::new();
        for byte in input.bytes.iter().take(4096) {
            write!(hex, "{byte:02x}").expect("strings take everything");
        }
        Self { what, family: input.family, input: hex }
    }
}

/// Every family; the last one fills up to `floor`.
fn generate(name: &'static str, samples: &[Vec<u8>], floor: usize) -> Vec<Input> {
    assert!(
        !samples.is_empty() && samples.iter().all(|sample| sample.len() >= HEADER_LEN),
        "{name}: samples"
    );
    let mut all = Vec::new();
    let is_sample = |bytes: &[u8]| samples.iter().any(|sample| sample == bytes);
    let mut add = |family, bytes: Vec<u8>, refuse| {
        if !is_sample(&bytes) {
            all.push(Input { family, bytes, refuse });
        }
    };
    let rng = &mut rng(name);
    // A decoder that takes milliseconds gets the families that need its whole work from one sample only.
    let cheap = floor >= 10_000;

    for (number, sample) in samples.iter().enumerate() {
        for len in prefix_lengths(sample.len()) {
            add("prefix", sample[..len].to_vec(), true);
        }
        for extra in 1..=64 {
            add("trailing zeros", [&sample[..], &vec![0; extra]].concat(), true);
            add("trailing bytes", [&sample[..], &random_bytes(rng, extra)].concat(), true);
        }
        add("doubled", [&sample[..], sample].concat(), true);
        add("doubled body", [&sample[..], &sample[HEADER_LEN..]].concat(), sample.len() > HEADER_LEN);
        for version in (0..=255).filter(|version| *version != sample[2]) {
            add("version", with(sample, 2, &[version]), true);
        }
        for kind in (0..0x0800).chain(0x8000..0x8800).map(u16::to_le_bytes) {
            if kind != sample[3..5] {
                add("kind", with(sample, 3, &kind), true);
            }
        }
        for bit in 0..8 * HEADER_LEN {
            add("header bit", flipped(sample, bit), bit < 40);
        }
        if number > 0 && !cheap {
            continue;
        }
        for bit in 8 * HEADER_LEN..8 * sample.len().min(if cheap { 256 } else { 40 }) {
            add("bit", flipped(sample, bit), false);
        }
        for at in 5..sample.len().min(if cheap { FIELDS } else { 32 }) {
            for bytes in boundary_fields(&sample[at..], !cheap) {
                add("field", with(sample, at, &bytes), false);
            }
        }
        // Numbers at the end of the body, such as the last limb of a residue.
        for width in [1, 2, 4, 8, 32].into_iter().filter(|width| HEADER_LEN + width <= sample.len()) {
            for fill in [0, 1, 0x7f, 0x80, 0xff] {
                add("last bytes", with(sample, sample.len() - width, &vec![fill; width]), false);
            }
        }
    }

    for len in 0..64 {
        add("random", random_bytes(rng, len), true);
        add("zeros", vec![0; len], true);
    }
    let mut number = 0;
    while all.len() < floor || number < 64 {
        number += 1;
        let (a, b) = (pick(rng, samples), pick(rng, samples));
        let (family, bytes) = match number % 4 {
            0 => {
                let mut bytes = a.clone();
                for _ in 0..=below(rng, 4) {
                    bytes = flipped(&bytes, below(rng, 8 * bytes.len()));
                }
                ("random bits", bytes)
            }
            1 => {
                let (end, start) = (below(rng, a.len() + 1), below(rng, b.len() + 1));
                ("splice", [&a[..end], &b[start..]].concat())
            }
            2 => {
                let at = HEADER_LEN + below(rng, a.len() - HEADER_LEN + 1);
                let len = below(rng, (a.len() - at).min(64) + 1);
                ("random bytes", with(a, at, &random_bytes(rng, len)))
            }
            _ => {
                let len = below(rng, 512);
                ("random body", [&a[..HEADER_LEN], &random_bytes(rng, len)].concat())
            }
        };
        if !is_sample(&bytes) {
            all.push(Input { family, bytes, refuse: false });
        }
    }
    all
}

/// Every length below 4 KiB, else 512 of them.
fn prefix_lengths(len: usize) -> impl Iterator<Item = usize> {
    (0..len).step_by(if len <= 4096 { 1 } else { len / 512 })
}

/// The numbers at which lengths, counts and indices go wrong, in every width, and the neighbours of what is there.
fn boundary_fields(field: &[u8], few: bool) -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    for width in [1_usize, 2, 4, 8].into_iter().filter(|width| *width <= field.len() && (!few || *width == 4))
    {
        let mut value = [0; 8];
        value[..width].copy_from_slice(&field[..width]);
        let value = u64::from_le_bytes(value);
        let bounds =
            [0, 1, 1 << 7, 0xff, 1 << 15, 0xffff, (1 << 31) - 1, 1 << 31, 0xffff_ffff, 1 << 63, u64::MAX];
        for new in
            bounds.into_iter().chain([value.wrapping_sub(1), value.wrapping_add(1), value << 1, value << 3])
        {
            let bytes = new.to_le_bytes()[..width].to_vec();
            if bytes != field[..width] && !out.contains(&bytes) {
                out.push(bytes);
            }
        }
    }
    out
}

fn with(sample: &[u8], at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut out = sample.to_vec();
    out[at..at + bytes.len()].copy_from_slice(bytes);
    out
}

fn flipped(sample: &[u8], bit: usize) -> Vec<u8> {
    let mut out = sample.to_vec();
    out[bit / 8] ^= 1 << (bit % 8);
    out
}

fn below(rng: &mut impl Rng, bound: usize) -> usize {
    usize::try_from(rng.next_u64() % bound.max(1) as u64).expect("below a usize")
}

fn pick<'a>(rng: &mut impl Rng, samples: &'a [Vec<u8>]) -> &'a Vec<u8> {
    &samples[below(rng, samples.len())]
}

fn random_bytes(rng: &mut impl Rng, len: usize) -> Vec<u8> {
    let mut out = vec![0; len];
    rng.fill_bytes(&mut out);
    out
}

/// Silences the messages of the panics that the check provokes; they are reported with their input.
pub fn quiet_panics() {
    static QUIET: Mutex<bool> = Mutex::new(false);
    let mut quiet = QUIET.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if !std::mem::replace(&mut *quiet, true) {
        let loud = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if std::thread::current().name().is_some() {
                loud(info);
            }
        }));
    }
}

/// Tests a decoder: `malformed!(name, Type, samples, |value| use of it)`, then if needed `context: .., floor: .., limit: ..`.
#[macro_export]
macro_rules! malformed {
    ($name:ident, $type:ty, $samples:expr, $exercise:expr) => {
        malformed!($name, $type, $samples, $exercise, context: (), floor: 10_000, limit: $crate::support::malformed::LIMIT);
    };
    ($name:ident, $type:ty, $samples:expr, $exercise:expr, context: $context:expr, floor: $floor:expr, limit: $limit:expr) => {
        #[test]
        fn $name() {
            $crate::support::malformed::quiet_panics();
            let check = $crate::support::malformed::Check {
                name: stringify!($name),
                samples: $samples,
                floor: $floor,
                limit: $limit,
                decode: |bytes: &[u8]| {
                    <$type as veilkit::codec::Decode<_>>::from_bytes(bytes, $context)
                        .map(|value| { let again = veilkit::codec::Encode::to_bytes(&value).to_vec(); (value, again) })
                },
                exercise: $exercise,
            };
            let floor = check.floor;
            let report = check.run().unwrap_or_else(|fault| panic!("{fault:?}"));
            assert!(report.inputs >= floor, "{} inputs", report.inputs);
        }
    };
}
