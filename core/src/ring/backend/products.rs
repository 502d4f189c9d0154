//! What is done word by word over vectors with 64-bit words, for every backend that has them.
//!
//! Products are put together from halves: words are below 2^61, so the two middle products have a sum below 2^62, and
//! sums of four of those still fit.

/// The kernels over 64-bit words, from the vectors and what is done with them in the module around.
macro_rules! wide {
    ($features:literal) => {
        use super::{
            Factors, Vector, load, minus, mul_halves, mul_low, plus, reduce_once, splat, splat_factor, store,
            transpose, upper,
        };
        use crate::ring::{
            Modulus,
            backend::passes::{passes, radix},
            transform::{Factor, Twiddles},
        };

        /// Products are below four times the prime.
        const LOG_BOUND: u32 = 2;
        /// The bits of a word.
        const WORD: u32 = 64;

        passes!($features);

        /// `y w mod q`, below 4 q, for any y.
        #[inline]
        #[target_feature(enable = $features)]
        fn mul_loose(y: Vector, f: Factors, minus_q: Vector) -> Vector {
            plus(mul_low(y, f.w), mul_low(mul_high(y, f.quotient), minus_q))
        }

        /// `x + y w` and `x - y w`, with the product below 4 q.
        #[inline]
        #[target_feature(enable = $features)]
        fn loose_butterfly(x: Vector, y: Vector, f: Factors, minus_q: Vector) -> (Vector, Vector) {
            let y = mul_loose(y, f, minus_q);
            (plus(x, y), minus(x, y))
        }

        /// `x mod q`, below 4 q, for any x.
        #[inline]
        #[target_feature(enable = $features)]
        fn remainder(x: Vector, ratio: Vector, minus_q: Vector) -> Vector {
            plus(x, mul_low(mul_high(x, ratio), minus_q))
        }

        /// Words have no bits above.
        #[inline(always)]
        fn within_word(x: Vector) -> Vector {
            x
        }

        /// The high words of the products, or up to 2 less: what the low halves would add is left out. As a quotient
        /// this costs the product up to two more q.
        #[inline]
        #[target_feature(enable = $features)]
        fn mul_high(a: Vector, b: Vector) -> Vector {
            let (a1, b1) = (upper(a), upper(b));
            let middle = plus(upper(mul_halves(a, b1)), upper(mul_halves(a1, b)));
            plus(mul_halves(a1, b1), middle)
        }

        /// Rows.
        pub(super) mod rows {
            use super::super::{
                Factors, Vector, and, load, minus, mul_halves, mul_low, plus, prefetch, raised, reduce_once,
                shift_left, shift_right, splat, splat_factor, store, upper, where_above,
            };
            use super::{mul_high, mul_loose, remainder};
            use crate::ring::{backend::products::products, transform::Factor};

            products!($features);
        }
    };
}

macro_rules! products {
    ($features:literal) => {
        use crate::ring::{Modulus, backend::rows as plain};

        #[target_feature(enable = $features)]
        pub(in super::super) fn add_to(modulus: &Modulus, out: &mut [u64], a: &[u64], b: &[u64]) {
            plain::add_to(modulus, out, a, b);
        }

        #[target_feature(enable = $features)]
        pub(in super::super) fn add(modulus: &Modulus, a: &mut [u64], b: &[u64]) {
            plain::add(modulus, a, b);
        }

        #[target_feature(enable = $features)]
        pub(in super::super) fn sub_to(modulus: &Modulus, out: &mut [u64], a: &[u64], b: &[u64]) {
            plain::sub_to(modulus, out, a, b);
        }

        #[target_feature(enable = $features)]
        pub(in super::super) fn sub(modulus: &Modulus, a: &mut [u64], b: &[u64]) {
            plain::sub(modulus, a, b);
        }

        #[target_feature(enable = $features)]
        pub(in super::super) fn neg(modulus: &Modulus, a: &mut [u64]) {
            plain::neg(modulus, a);
        }

        /// What reductions need of the prime.
        #[derive(Clone, Copy)]
        struct Prime {
            q: Vector,
            twice: Vector,
            four_times: Vector,
            minus_q: Vector,
            /// `floor(2^64 / q)`.
            ratio: Vector,
        }

        impl Prime {
            #[target_feature(enable = $features)]
            fn new(modulus: &Modulus) -> Self {
                let q = modulus.value();
                Self {
                    q: splat(q),
                    twice: splat(2 * q),
                    four_times: splat(4 * q),
                    minus_q: splat(q.wrapping_neg()),
                    ratio: splat(modulus.quotient(1, 64)),
                }
            }
        }

        /// What the reduction of a product of residues needs: for a prime of n bits, its product with
        /// `floor(2^(n + 62) / q)` is taken after n - 2 bits are dropped.
        #[derive(Clone, Copy)]
        struct Barrett {
            prime: Prime,
            fraction: Vector,
            dropped: Vector,
            raised: Vector,
        }

        impl Barrett {
            #[target_feature(enable = $features)]
            fn new(modulus: &Modulus) -> Self {
                let bits = modulus.bits();
                Self {
                    prime: Prime::new(modulus),
                    fraction: splat(modulus.fraction(bits + 62)),
                    dropped: splat(u64::from(bits - 2)),
                    raised: splat(u64::from(66 - bits)),
                }
            }
        }

        fn factor(modulus: &Modulus, w: u64) -> Factor {
            Factor { w, quotient: modulus.quotient(w, 64) }
        }

        /// From below 4 q to below q.
        #[inline]
        #[target_feature(enable = $features)]
        fn settle(x: Vector, p: Prime) -> Vector {
            reduce_once(reduce_once(x, p.twice), p.q)
        }

        /// From below 8 q to below q.
        #[inline]
        #[target_feature(enable = $features)]
        fn settle_sum(x: Vector, p: Prime) -> Vector {
            settle(reduce_once(x, p.four_times), p)
        }

        /// The parts of a product of words below 2^61: low, middle and high, which count 1, 2^32 and 2^64.
        #[inline]
        #[target_feature(enable = $features)]
        fn parts(a: Vector, b: Vector) -> [Vector; 3] {
            let (a1, b1) = (upper(a), upper(b));
            let middle = plus(mul_halves(a, b1), mul_halves(a1, b));
            [mul_halves(a, b), middle, mul_halves(a1, b1)]
        }

        /// The product of two residues, below 4 q: the quotient is too small by less than 4.
        #[inline]
        #[target_feature(enable = $features)]
        fn product(a: Vector, b: Vector, p: Barrett) -> Vector {
            let [l, m, h] = parts(a, b);
            let low = plus(l, raised(m));
            let high = plus(h, upper(plus(m, upper(l))));
            let leading = plus(shift_left(high, p.raised), shift_right(low, p.dropped));
            plus(low, mul_low(mul_high(leading, p.fraction), p.prime.minus_q))
        }

        #[target_feature(enable = $features)]
        pub(in super::super) fn mul_to(modulus: &Modulus, out: &mut [u64], a: &[u64], b: &[u64]) {
            let p = Barrett::new(modulus);
            let inputs = a.as_chunks().0.iter().zip(b.as_chunks().0);
            for (out, (a, b)) in out.as_chunks_mut().0.iter_mut().zip(inputs) {
                store(out, settle(product(load(a), load(b), p), p.prime));
            }
        }

        #[target_feature(enable = $features)]
        pub(in super::super) fn mul(modulus: &Modulus, a: &mut [u64], b: &[u64]) {
            let p = Barrett::new(modulus);
            for (a, b) in a.as_chunks_mut().0.iter_mut().zip(b.as_chunks().0) {
                store(a, settle(product(load(a), load(b), p), p.prime));
            }
        }

        #[target_feature(enable = $features)]
        pub(in super::super) fn mul_add(modulus: &Modulus, acc: &mut [u64], a: &[u64], b: &[u64]) {
            let p = Barrett::new(modulus);
            let inputs = a.as_chunks().0.iter().zip(b.as_chunks().0);
            for (acc, (a, b)) in acc.as_chunks_mut().0.iter_mut().zip(inputs) {
                store(acc, settle_sum(plus(load(acc), product(load(a), load(b), p)), p.prime));
            }
        }

        /// A sum of products, its parts added up by themselves.
        #[derive(Clone, Copy)]
        struct Sum {
            /// The low parts modulo 2^64.
            low: Vector,
            /// The upper halves of the low parts.
            carried: Vector,
            middle: Vector,
            high: Vector,
        }

        impl Sum {
            #[inline]
            #[target_feature(enable = $features)]
            fn zero() -> Self {
                let zero = splat(0);
                Self { low: zero, carried: zero, middle: zero, high: zero }
            }

            #[inline]
            #[target_feature(enable = $features)]
            fn add(&mut self, a: Vector, b: Vector) {
                let [l, m, h] = parts(a, b);
                self.low = plus(self.low, l);
                self.carried = plus(self.carried, upper(l));
                self.middle = plus(self.middle, m);
                self.high = plus(self.high, h);
            }

            /// Makes room for four more.
            #[inline]
            #[target_feature(enable = $features)]
            fn carry(&mut self, half: Vector) {
                self.high = plus(self.high, upper(self.middle));
                self.middle = and(self.middle, half);
            }

            /// The sum modulo q. `power` is 2^64.
            #[inline]
            #[target_feature(enable = $features)]
            fn reduce(mut self, half: Vector, power: Factors, p: Prime) -> Vector {
                self.carry(half);
                // What the low parts add up to without their upper halves is below 2^64.
                let rest = minus(self.low, raised(self.carried));
                let middle = plus(plus(self.middle, self.carried), upper(rest));
                let high = plus(self.high, upper(middle));
                let low = plus(self.low, raised(self.middle));
                settle_sum(plus(mul_loose(high, power, p.minus_q), remainder(low, p.ratio, p.minus_q)), p)
            }
        }

        /// So many words of each term are added up at once.
        const PIECE: usize = 16;
        const HALF: u64 = 0xffff_ffff;

        #[target_feature(enable = $features)]
        pub(in super::super) fn sum_of_products(
            modulus: &Modulus,
            out: &mut [u64],
            terms: &[(&[u64], &[u64])],
        ) {
            let (p, half) = (Prime::new(modulus), splat(HALF));
            let power = splat_factor(factor(modulus, modulus.reduce_wide(1 << 64)));
            for (i, out) in out.as_chunks_mut::<PIECE>().0.iter_mut().enumerate() {
                let mut sums = [Sum::zero(); PIECE / 8];
                for four in terms.chunks(4) {
                    for (a, b) in four {
                        ahead::<PIECE>(a, i);
                        ahead::<PIECE>(b, i);
                        let (a, b) = (&a.as_chunks::<PIECE>().0[i], &b.as_chunks::<PIECE>().0[i]);
                        for ((sum, a), b) in sums.iter_mut().zip(a.as_chunks().0).zip(b.as_chunks().0) {
                            sum.add(load(a), load(b));
                        }
                    }
                    for sum in &mut sums {
                        sum.carry(half);
                    }
                }
                for (out, sum) in out.as_chunks_mut().0.iter_mut().zip(sums) {
                    store(out, sum.reduce(half, power, p));
                }
            }
        }

        /// Asks for what comes some pieces after this one: there are more rows at once than machines look ahead in.
        #[inline(always)]
        fn ahead<const PIECE: usize>(row: &[u64], piece: usize) {
            if let Some(piece) = row.as_chunks::<PIECE>().0.get(piece + AHEAD / PIECE) {
                piece.as_chunks().0.iter().for_each(prefetch);
            }
        }

        /// By how many words.
        const AHEAD: usize = 128;

        #[target_feature(enable = $features)]
        pub(in super::super) fn pair_of_sums(
            modulus: &Modulus,
            [out0, out1]: [&mut [u64]; 2],
            terms: &[(&[u64], [&[u64]; 2])],
            more: [Option<(&[u64], u64)>; 2],
        ) {
            let (p, half) = (Prime::new(modulus), splat(HALF));
            let power = splat_factor(factor(modulus, modulus.reduce_wide(1 << 64)));
            let outs = out0.as_chunks_mut().0.iter_mut().zip(out1.as_chunks_mut().0);
            for (i, (out0, out1)) in outs.enumerate() {
                let mut sums = [Sum::zero(); 2];
                for four in terms.chunks(4) {
                    for (a, b) in four {
                        let a = load(&a.as_chunks().0[i]);
                        for (sum, b) in sums.iter_mut().zip(b) {
                            ahead::<8>(b, i);
                            sum.add(a, load(&b.as_chunks().0[i]));
                        }
                    }
                    for sum in &mut sums {
                        sum.carry(half);
                    }
                }
                for ((mut sum, more), out) in sums.into_iter().zip(more).zip([out0, out1]) {
                    if let Some((x, w)) = more {
                        ahead::<8>(x, i);
                        sum.add(load(&x.as_chunks().0[i]), splat(w));
                    }
                    store(out, sum.reduce(half, power, p));
                }
            }
        }

        #[target_feature(enable = $features)]
        pub(in super::super) fn linear(
            modulus: &Modulus,
            out: &mut [u64],
            terms: &[&[u64]],
            weights: &[u64],
            _limits: &[u64],
        ) {
            let (p, half) = (Prime::new(modulus), splat(HALF));
            let power = splat_factor(factor(modulus, modulus.reduce_wide(1 << 64)));
            for (i, out) in out.as_chunks_mut::<PIECE>().0.iter_mut().enumerate() {
                let mut sums = [Sum::zero(); PIECE / 8];
                for (four, weights) in terms.chunks(4).zip(weights.chunks(4)) {
                    for (y, w) in four.iter().zip(weights) {
                        ahead::<PIECE>(y, i);
                        let w = splat(*w);
                        for (sum, y) in sums.iter_mut().zip(y.as_chunks::<PIECE>().0[i].as_chunks().0) {
                            sum.add(load(y), w);
                        }
                    }
                    for sum in &mut sums {
                        sum.carry(half);
                    }
                }
                for (out, sum) in out.as_chunks_mut().0.iter_mut().zip(sums) {
                    store(out, sum.reduce(half, power, p));
                }
            }
        }

        #[target_feature(enable = $features)]
        pub(in super::super) fn scale(modulus: &Modulus, a: &mut [u64], w: u64) {
            let (p, f) = (Prime::new(modulus), splat_factor(factor(modulus, w)));
            for a in a.as_chunks_mut().0 {
                store(a, settle(mul_loose(load(a), f, p.minus_q), p));
            }
        }

        #[target_feature(enable = $features)]
        pub(in super::super) fn add_scaled(modulus: &Modulus, acc: &mut [u64], a: &[u64], w: u64) {
            let (p, f) = (Prime::new(modulus), splat_factor(factor(modulus, w)));
            for (acc, a) in acc.as_chunks_mut().0.iter_mut().zip(a.as_chunks().0) {
                store(acc, settle_sum(plus(load(acc), mul_loose(load(a), f, p.minus_q)), p));
            }
        }

        #[target_feature(enable = $features)]
        pub(in super::super) fn sub_and_scale(modulus: &Modulus, a: &mut [u64], b: &[u64], w: u64) {
            let (p, f) = (Prime::new(modulus), splat_factor(factor(modulus, w)));
            for (a, b) in a.as_chunks_mut().0.iter_mut().zip(b.as_chunks().0) {
                let difference = minus(plus(load(a), p.q), load(b));
                store(a, settle(mul_loose(difference, f, p.minus_q), p));
            }
        }

        #[target_feature(enable = $features)]
        pub(in super::super) fn lift(modulus: &Modulus, out: &mut [u64], a: &[u64], from: u64) {
            let p = Prime::new(modulus);
            let (half, correction) = (splat(from >> 1), splat(modulus.neg(modulus.reduce(from))));
            for (out, a) in out.as_chunks_mut().0.iter_mut().zip(a.as_chunks().0) {
                let x = load(a);
                let positive = plus(x, where_above(x, half, correction));
                store(out, settle(remainder(positive, p.ratio, p.minus_q), p));
            }
        }
    };
}

pub(super) use {products, wide};
