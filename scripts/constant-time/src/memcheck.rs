//! Requests to valgrind: what is secret, what is public, how many errors so far.
//!
//! The instruction sequences are those of `valgrind/valgrind.h`; outside valgrind they do nothing.
#![allow(unsafe_code, reason = "valgrind listens to an instruction sequence")]

use core::sync::atomic::{AtomicUsize, Ordering};

use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use rand_core::{Infallible, Rng, TryCryptoRng, TryRng};

const RUNNING_ON_VALGRIND: usize = 0x1001;
const COUNT_ERRORS: usize = 0x1201;
const MAKE_MEM_UNDEFINED: usize = 0x4d43_0001;
const MAKE_MEM_DEFINED: usize = 0x4d43_0002;

fn request(code: usize, address: usize, len: usize) -> usize {
    let arguments = [code, address, len, 0, 0, 0];
    let mut answer = 0_usize;
    // SAFETY: the rotations add up to a whole turn and the exchange has no effect; valgrind reads the arguments and
    // changes only its notes on which bytes are defined.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        core::arch::asm!(
            "rol rdi, 3", "rol rdi, 13", "rol rdi, 61", "rol rdi, 51", "xchg rbx, rbx",
            in("rax") arguments.as_ptr(), inout("rdx") answer,
        );
    }
    // SAFETY: as above.
    #[cfg(target_arch = "aarch64")]
    unsafe {
        core::arch::asm!(
            "ror x12, x12, #3", "ror x12, x12, #13", "ror x12, x12, #51", "ror x12, x12, #61", "orr x10, x10, x10",
            in("x4") arguments.as_ptr(), inout("x3") answer,
        );
    }
    let _ = &mut answer;
    core::hint::black_box(arguments);
    answer
}

/// Whether valgrind runs this program.
pub(crate) fn is_running() -> bool {
    request(RUNNING_ON_VALGRIND, 0, 0) > 0
}

/// The errors that memcheck has counted since [`start`].
pub(crate) fn errors() -> usize {
    request(COUNT_ERRORS, 0, 0) - START.load(Ordering::SeqCst)
}

/// Counts errors from here on: what came before prepared the secrets.
pub(crate) fn start() {
    START.store(request(COUNT_ERRORS, 0, 0), Ordering::SeqCst);
}

static START: AtomicUsize = AtomicUsize::new(0);

/// Marks the value's own bytes as secret. What it points to is not touched.
pub(crate) fn secret<T: ?Sized>(value: &mut T) {
    let (address, len) = (core::ptr::from_mut(value).cast::<u8>().addr(), size_of_val(value));
    request(MAKE_MEM_UNDEFINED, address, len);
}

/// Marks the limbs of an odd integer as secret, save for its lowest bit and its top limb, which tell that it is odd
/// and how long it is.
pub(crate) fn secret_odd(limbs: &mut [u64]) {
    let len = limbs.len();
    secret(&mut limbs[..len - 1]);
    limbs[0] |= 1;
}

/// Marks the value's own bytes as public.
pub(crate) fn public<T: ?Sized>(value: &mut T) {
    let (address, len) = (core::ptr::from_mut(value).cast::<u8>().addr(), size_of_val(value));
    request(MAKE_MEM_DEFINED, address, len);
}

/// The value, as bytes that the compiler cannot see through and that are public.
pub(crate) fn opened<T: Copy>(mut value: T) -> T {
    public(&mut value);
    value
}

/// A fixed generator whose output is public.
pub(crate) fn public_rng() -> ChaCha20Rng {
    ChaCha20Rng::from_seed([7; 32])
}

/// Fixed limbs, the same for the same name, with the top bit set.
pub(crate) fn limbs(name: u64, len: usize) -> Vec<u64> {
    let mut rng = ChaCha20Rng::seed_from_u64(name);
    let mut limbs: Vec<u64> = (0..len).map(|_| rng.next_u64()).collect();
    if let Some(top) = limbs.last_mut() {
        *top |= 1 << 63;
    }
    limbs
}

/// As [`limbs`], secret.
pub(crate) fn secret_limbs(name: u64, len: usize) -> Vec<u64> {
    let mut limbs = limbs(name, len);
    secret(limbs.as_mut_slice());
    limbs
}

/// Fixed bytes, secret.
pub(crate) fn secret_bytes(len: usize) -> Vec<u8> {
    let mut bytes = vec![0; len];
    public_rng().fill_bytes(&mut bytes);
    secret(bytes.as_mut_slice());
    bytes
}

/// A fixed generator whose whole output is secret.
pub(crate) struct SecretRng(ChaCha20Rng);

impl SecretRng {
    pub(crate) fn new() -> Self {
        Self(public_rng())
    }
}

impl TryRng for SecretRng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut out = self.0.next_u32();
        secret(&mut out);
        Ok(out)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut out = self.0.next_u64();
        secret(&mut out);
        Ok(out)
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill_bytes(out);
        secret(out);
        Ok(())
    }
}

impl TryCryptoRng for SecretRng {}
