//! Arithmetic modulo the primes of a ring. Valgrind knows no AVX-512, so that the backends here are those without it; over
//! 64-bit words AVX-512 runs the same code as AVX2. The kernels with multiplications of 52 bits (AVX-512 IFMA) do not run
//! here at all: only the scan for divisions and comparisons sees them.
use core::hint::black_box;

use rand_core::Rng;
use veilkit::ring::{Backend, Modulus, Prime, largest_primes};

use super::{Row, planted, row};
use crate::memcheck::{opened, public_rng, secret};

pub(super) const ROWS: &[Row] = &[
    row("prime", "Prime: forward, inverse", "coefficients, values", transforms),
    row("prime", "Prime: add, sub, neg, add_to, sub_to", "residues", sums),
    row("prime", "Prime: mul, mul_to, mul_add, sum_of_products, pair_of_sums", "residues", products),
    row("prime", "Prime: scale, add_scaled, sub_and_scale", "residues", constants),
    row("prime", "Prime: linear, lift", "residues", conversions),
    row("prime", "Modulus: reduce, add, sub, mul, invert", "residues", single),
    planted("prime", "planted: reduction by a comparison", "residues", comparison),
    planted("prime", "planted: table of multiples", "residues", table),
];

const DEGREE: usize = 1024;

/// Primes of several sizes, on every backend that valgrind runs.
fn primes() -> Vec<Prime> {
    let mut found = Vec::new();
    for bits in [40, 60, 61] {
        let q = largest_primes(DEGREE, bits, 1, &[]).expect("there are many")[0];
        for backend in Backend::available(&Modulus::new(q).expect("a prime")) {
            found.push(Prime::on(backend, DEGREE, q).expect("it is available"));
        }
    }
    found
}

/// Fixed residues, secret.
fn residues(modulus: &Modulus) -> Vec<u64> {
    let mut rng = public_rng();
    let mut row: Vec<u64> = (0..DEGREE).map(|_| modulus.reduce(rng.next_u64())).collect();
    secret(row.as_mut_slice());
    row
}

/// The first word, public.
fn first(row: &[u64]) -> u64 {
    opened(black_box(row)[0])
}

fn transforms() {
    for prime in primes() {
        let a = residues(prime.modulus());
        let mut b = a.clone();
        prime.forward(&mut b);
        prime.inverse(&mut b);
        assert_eq!(first(&b), first(&a));
    }
}

fn sums() {
    for prime in primes() {
        let a = residues(prime.modulus());
        let (mut b, mut c) = (a.clone(), a.clone());
        prime.neg(&mut b);
        prime.add(&mut b, &a);
        assert_eq!(first(&b), 0);
        prime.sub(&mut c, &a);
        assert_eq!(first(&c), 0);
        prime.add_to(&mut b, &a, &c);
        prime.sub_to(&mut c, &a, &b);
        assert_eq!(first(&c), 0);
    }
}

fn products() {
    for prime in primes() {
        let a = residues(prime.modulus());
        let (mut square, mut twice, mut b) = (a.clone(), a.clone(), a.clone());
        prime.mul(&mut square, &a);
        prime.mul_to(&mut twice, &a, &a);
        prime.mul_add(&mut twice, &a, &a);
        prime.sum_of_products(&mut b, &[(&a, &a), (&a, &a)]);
        assert_eq!(first(&b), first(&twice));
        let mut c = a.clone();
        prime.pair_of_sums([&mut b, &mut c], &[(&a, [&a, &a])], [Some((&square, 1)), None]);
        assert_eq!(first(&c), first(&square));
        assert_eq!(first(&b), first(&twice));
        prime.sub(&mut twice, &square);
        assert_eq!(first(&square), first(&twice));
    }
}

fn constants() {
    for prime in primes() {
        let a = residues(prime.modulus());
        let mut b = a.clone();
        prime.scale(&mut b, 3);
        prime.add_scaled(&mut b, &a, prime.value() - 2);
        prime.sub_and_scale(&mut b, &a, 5);
        assert_eq!(first(&b), 0);
    }
}

fn conversions() {
    for prime in primes() {
        let a = residues(prime.modulus());
        let (mut b, mut c) = (a.clone(), a.clone());
        for limits in [[prime.value(); 3], [1 << 61, prime.value(), 1 << 61]] {
            prime.linear(&mut b, &[&a, &a, &a], &[1, 2, prime.value() - 3], &limits);
            assert_eq!(first(&b), 0);
        }
        prime.lift(&mut c, &a, prime.modulus());
        assert_eq!(first(&c), first(&a));
        // Of more than twice the prime: reduced on the way.
        let longest = Modulus::new((1 << 61) - 1).expect("a prime");
        let long = residues(&longest);
        prime.lift(&mut b, &long, &longest);
        prime.lift(&mut c, &long, &longest);
        prime.sub(&mut c, &b);
        assert_eq!(first(&c), 0);
    }
}

fn single() {
    for prime in primes() {
        let (modulus, a) = (prime.modulus(), residues(prime.modulus())[0]);
        let one = modulus.mul(a, modulus.invert(a));
        let two = modulus.add(one, modulus.sub(modulus.reduce(a), modulus.sub(a, one)));
        assert_eq!(opened(black_box(two)), 2);
    }
}

fn comparison() {
    let q = black_box(12_289);
    for x in residues(&Modulus::new(q).expect("a prime")) {
        if black_box(x + x >= q) {
            black_box(q);
        }
    }
}

fn table() {
    let multiples = black_box([0_u64, 12_289, 24_578, 36_867]);
    for x in residues(&Modulus::new(12_289).expect("a prime")) {
        black_box(multiples[usize::try_from(x & 3).expect("small")]);
    }
}
