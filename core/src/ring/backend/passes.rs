//! The transforms over vectors of eight words, for every backend that has them.
//!
//! Several stages happen at once in registers: the last six on blocks of 64 words, which are transposed in between, and
//! above them three or two for each pass over memory. A block is finished before the next one is begun, so that what
//! fits in a cache stays there.
//!
//! Products are below `u = 2^LOG_BOUND q`. Words between the stages are below `u << ROOM`, which fits in `WORD` bits:
//!
//! - With ROOM 6 no stage forward reduces. The first adds 16 u, so that none of 16 stages falls below zero, and each
//!   goes up or down by less than u. Bits above `WORD` may be anything, for products do not look at them.
//! - With ROOM 2 every other stage reduces, with 1 every one.
//!
//! Backwards sums grow by a bit with each stage. With ROOM 6 only what is a sum of sums of sums is reduced.

/// Runs `(i j k)`: the butterfly of vectors i and j with factor k, one after the other.
macro_rules! butterflies {
    ($butterfly:ident, $v:ident, $f:ident, $p:ident, $(($i:literal $j:literal $k:literal))*) => {
        $( ($v[$i], $v[$j]) = $butterfly::<ROOM>($v[$i], $v[$j], $f[$k], $p); )*
    };
}

/// The factors of three stages below a node of the heap, for all lanes alike: numbered like a heap of their own, from 1.
macro_rules! factors {
    ($t:ident, $node:expr) => {{
        let (one, two, four) = ($node, 2 * $node, 4 * $node);
        [
            splat_factor($t.get(one)),
            splat_factor($t.get(one)),
            splat_factor($t.get(two)),
            splat_factor($t.get(two + 1)),
            splat_factor($t.get(four)),
            splat_factor($t.get(four + 1)),
            splat_factor($t.get(four + 2)),
            splat_factor($t.get(four + 3)),
        ]
    }};
}

/// The same after transposition: the lanes are the eight nodes three stages further down.
macro_rules! lane_factors {
    ($t:ident, $node:expr) => {{
        let (one, two, four) = ($node, 2 * $node, 4 * $node);
        [
            load_factors($t.lanes(one)),
            load_factors($t.lanes(one)),
            load_factors($t.lanes(two)),
            load_factors($t.lanes(two + 1)),
            load_factors($t.lanes(four)),
            load_factors($t.lanes(four + 1)),
            load_factors($t.lanes(four + 2)),
            load_factors($t.lanes(four + 3)),
        ]
    }};
}

macro_rules! passes {
    ($features:literal) => {
        use crate::ring::backend::passes::{butterflies, factors, lane_factors};

        #[inline]
        #[target_feature(enable = $features)]
        fn load_factors((w, quotient): (&[u64; 8], &[u64; 8])) -> Factors {
            Factors { w: load(w), quotient: load(quotient) }
        }

        /// What every butterfly needs of the prime.
        #[derive(Clone, Copy)]
        struct Constants {
            q: Vector,
            minus_q: Vector,
            /// What products are below.
            bound: Vector,
            /// What is added so that differences do not fall below zero.
            slack: Vector,
            /// `floor(2^WORD / q)`.
            ratio: Vector,
        }

        impl Constants {
            #[target_feature(enable = $features)]
            fn new<const ROOM: u32>(modulus: &Modulus) -> Self {
                let q = modulus.value();
                let bound = q << LOG_BOUND;
                let slack = if ROOM == 6 { bound << 4 } else { bound };
                Self {
                    q: splat(q),
                    minus_q: splat(q.wrapping_neg()),
                    bound: splat(bound),
                    slack: splat(slack),
                    ratio: splat(modulus.quotient(1, WORD)),
                }
            }
        }

        /// By how many bits words may exceed the bound: 6, 2 or 1.
        fn room(modulus: &Modulus) -> u32 {
            match WORD - LOG_BOUND - modulus.bits() {
                6.. => 6,
                2.. => 2,
                _ => 1,
            }
        }

        #[target_feature(enable = $features)]
        pub(super) fn forward(modulus: &Modulus, twiddles: &Twiddles, a: &mut [u64]) {
            let a = a.as_chunks_mut().0;
            match room(modulus) {
                6 => forward_block::<6>(a, 1, twiddles, Constants::new::<6>(modulus)),
                2 => forward_block::<2>(a, 1, twiddles, Constants::new::<2>(modulus)),
                _ => forward_block::<1>(a, 1, twiddles, Constants::new::<1>(modulus)),
            }
        }

        #[target_feature(enable = $features)]
        pub(super) fn inverse(
            modulus: &Modulus,
            twiddles: &Twiddles,
            last: &[Factor; 2],
            a: &mut [u64],
            from: Option<&[u64]>,
        ) {
            let (a, from) = (a.as_chunks_mut().0, from.map(|from| from.as_chunks().0));
            match room(modulus) {
                6 => inverse_all::<6>(a, from, twiddles, last, Constants::new::<6>(modulus)),
                _ => inverse_all::<1>(a, from, twiddles, last, Constants::new::<1>(modulus)),
            }
        }

        /// Cooley and Tukey's butterfly, reduced before with ROOM 1 and 2.
        #[inline]
        #[target_feature(enable = $features)]
        fn reducing<const ROOM: u32>(x: Vector, y: Vector, f: Factors, p: Constants) -> (Vector, Vector) {
            let x = match ROOM {
                1 => reduce_once(x, p.bound),
                2 => reduce_once(x, plus(p.bound, p.bound)),
                _ => x,
            };
            butterfly::<ROOM>(x, y, f, p)
        }

        /// The same, reduced before with ROOM 1 only.
        #[inline]
        #[target_feature(enable = $features)]
        fn lazy<const ROOM: u32>(x: Vector, y: Vector, f: Factors, p: Constants) -> (Vector, Vector) {
            butterfly::<ROOM>(if ROOM == 1 { reduce_once(x, p.bound) } else { x }, y, f, p)
        }

        #[inline]
        #[target_feature(enable = $features)]
        fn butterfly<const ROOM: u32>(x: Vector, y: Vector, f: Factors, p: Constants) -> (Vector, Vector) {
            if ROOM == 6 {
                return loose_butterfly(x, y, f, p.minus_q);
            }
            let y = within_word(mul_loose(y, f, p.minus_q));
            (plus(x, y), minus(plus(x, p.bound), y))
        }

        /// Gentleman and Sande's butterfly, the sum reduced with ROOM 1.
        #[inline]
        #[target_feature(enable = $features)]
        fn inverting<const ROOM: u32>(x: Vector, y: Vector, f: Factors, p: Constants) -> (Vector, Vector) {
            let (sum, product) = (plus(x, y), mul_loose(minus(plus(x, p.slack), y), f, p.minus_q));
            if ROOM == 6 { (sum, product) } else { (reduce_once(sum, p.bound), within_word(product)) }
        }

        /// The last butterfly: divided by the degree, and fully reduced.
        #[inline]
        #[target_feature(enable = $features)]
        fn dividing(x: Vector, y: Vector, [sums, differences]: [Factors; 2], p: Constants) -> (Vector, Vector) {
            let sum = mul_loose(plus(x, y), sums, p.minus_q);
            let difference = mul_loose(minus(plus(x, p.slack), y), differences, p.minus_q);
            (from_bound(within_word(sum), p), from_bound(within_word(difference), p))
        }

        /// From below the bound to below q.
        #[inline]
        #[target_feature(enable = $features)]
        fn from_bound(mut x: Vector, p: Constants) -> Vector {
            if LOG_BOUND == 2 {
                x = reduce_once(x, plus(p.q, p.q));
            }
            reduce_once(x, p.q)
        }

        /// From below `bound << ROOM` to below q.
        #[inline]
        #[target_feature(enable = $features)]
        fn settle<const ROOM: u32>(x: Vector, p: Constants) -> Vector {
            let x = match ROOM {
                1 => reduce_once(x, p.bound),
                2 => reduce_once(reduce_once(x, plus(p.bound, p.bound)), p.bound),
                _ => remainder(x, p.ratio, p.minus_q),
            };
            from_bound(x, p)
        }

        /// With ROOM 6, from below `bound << from` to below four times the bound: what sums of sums need.
        #[inline]
        #[target_feature(enable = $features)]
        fn shrink<const ROOM: u32>(mut x: Vector, from: u32, p: Constants) -> Vector {
            if ROOM == 6 {
                x = within_word(x);
                let two = plus(p.bound, p.bound);
                let four = plus(two, two);
                let eight = plus(four, four);
                if from == 5 {
                    x = reduce_once(x, p.slack);
                }
                x = reduce_once(reduce_once(x, eight), four);
            }
            x
        }

        /// Everything below a node.
        #[target_feature(enable = $features)]
        fn forward_block<const ROOM: u32>(a: &mut [[u64; 8]], node: usize, t: &Twiddles, p: Constants) {
            let radix = radix(a.len());
            let stride = a.len() / radix;
            let f = factors!(t, node);
            if radix == 8 {
                for i in 0..stride {
                    let mut v: [Vector; 8] = core::array::from_fn(|k| load(&a[k * stride + i]));
                    if ROOM == 6 && node == 1 {
                        for x in &mut v[..4] {
                            *x = plus(*x, p.slack);
                        }
                    }
                    butterflies!(reducing, v, f, p, (0 4 1) (1 5 1) (2 6 1) (3 7 1));
                    butterflies!(lazy, v, f, p, (0 2 2) (1 3 2) (4 6 3) (5 7 3));
                    butterflies!(reducing, v, f, p, (0 1 4) (2 3 5) (4 5 6) (6 7 7));
                    for (k, v) in v.into_iter().enumerate() {
                        store(&mut a[k * stride + i], v);
                    }
                }
            } else {
                for i in 0..stride {
                    let mut v: [Vector; 4] = core::array::from_fn(|k| load(&a[k * stride + i]));
                    if ROOM == 6 && node == 1 {
                        for x in &mut v[..2] {
                            *x = plus(*x, p.slack);
                        }
                    }
                    butterflies!(reducing, v, f, p, (0 2 1) (1 3 1));
                    butterflies!(lazy, v, f, p, (0 1 2) (2 3 3));
                    for (k, v) in v.into_iter().enumerate() {
                        store(&mut a[k * stride + i], v);
                    }
                }
            }
            if stride == 8 {
                forward_within::<ROOM>(a, radix * node, t, p);
            } else {
                for (i, block) in a.chunks_exact_mut(stride).enumerate() {
                    forward_block::<ROOM>(block, radix * node + i, t, p);
                }
            }
        }

        /// The last six stages, on blocks of 64 words, then full reduction.
        #[target_feature(enable = $features)]
        fn forward_within<const ROOM: u32>(a: &mut [[u64; 8]], node: usize, t: &Twiddles, p: Constants) {
            for (i, block) in a.as_chunks_mut::<8>().0.iter_mut().enumerate() {
                let f = factors!(t, node + i);
                let mut v: [Vector; 8] = core::array::from_fn(|k| load(&block[k]));
                butterflies!(reducing, v, f, p, (0 4 1) (1 5 1) (2 6 1) (3 7 1));
                butterflies!(lazy, v, f, p, (0 2 2) (1 3 2) (4 6 3) (5 7 3));
                butterflies!(reducing, v, f, p, (0 1 4) (2 3 5) (4 5 6) (6 7 7));
                let mut v = transpose(v);
                let f = lane_factors!(t, node + i);
                butterflies!(lazy, v, f, p, (0 4 1) (1 5 1) (2 6 1) (3 7 1));
                butterflies!(reducing, v, f, p, (0 2 2) (1 3 2) (4 6 3) (5 7 3));
                butterflies!(lazy, v, f, p, (0 1 4) (2 3 5) (4 5 6) (6 7 7));
                for x in &mut v {
                    *x = settle::<ROOM>(*x, p);
                }
                let v = transpose(v);
                for (k, v) in v.into_iter().enumerate() {
                    store(&mut block[k], v);
                }
            }
        }

        /// Everything, from the lowest stages to the division by the degree.
        #[target_feature(enable = $features)]
        fn inverse_all<const ROOM: u32>(
            a: &mut [[u64; 8]],
            from: Option<&[[u64; 8]]>,
            t: &Twiddles,
            last: &[Factor; 2],
            p: Constants,
        ) {
            inverse_below::<ROOM>(a, from, 1, t, p);
            let stride = a.len() / radix(a.len());
            let (f, last) = (factors!(t, 1), [splat_factor(last[0]), splat_factor(last[1])]);
            if radix(a.len()) == 8 {
                for i in 0..stride {
                    let mut v: [Vector; 8] = core::array::from_fn(|k| load(&a[k * stride + i]));
                    butterflies!(inverting, v, f, p, (0 1 4) (2 3 5) (4 5 6) (6 7 7));
                    butterflies!(inverting, v, f, p, (0 2 2) (1 3 2) (4 6 3) (5 7 3));
                    for k in 0..4 {
                        let (x, y) = dividing(v[k], v[k + 4], last, p);
                        store(&mut a[k * stride + i], x);
                        store(&mut a[(k + 4) * stride + i], y);
                    }
                }
            } else {
                for i in 0..stride {
                    let mut v: [Vector; 4] = core::array::from_fn(|k| load(&a[k * stride + i]));
                    butterflies!(inverting, v, f, p, (0 1 2) (2 3 3));
                    for k in 0..2 {
                        let (x, y) = dividing(v[k], v[k + 2], last, p);
                        store(&mut a[k * stride + i], x);
                        store(&mut a[(k + 2) * stride + i], y);
                    }
                }
            }
        }

        /// Everything below a node but the node's own pass.
        #[target_feature(enable = $features)]
        fn inverse_below<const ROOM: u32>(
            a: &mut [[u64; 8]],
            from: Option<&[[u64; 8]]>,
            node: usize,
            t: &Twiddles,
            p: Constants,
        ) {
            let radix = radix(a.len());
            let stride = a.len() / radix;
            if stride == 8 {
                inverse_within::<ROOM>(a, from, radix * node, t, p);
            } else {
                for (i, block) in a.chunks_exact_mut(stride).enumerate() {
                    let from = from.map(|from| &from[i * stride..(i + 1) * stride]);
                    inverse_below::<ROOM>(block, from, radix * node + i, t, p);
                    inverse_pass::<ROOM>(block, radix * node + i, t, p);
                }
            }
        }

        #[target_feature(enable = $features)]
        fn inverse_pass<const ROOM: u32>(a: &mut [[u64; 8]], node: usize, t: &Twiddles, p: Constants) {
            let stride = a.len() / radix(a.len());
            let f = factors!(t, node);
            if radix(a.len()) == 8 {
                for i in 0..stride {
                    let mut v: [Vector; 8] = core::array::from_fn(|k| load(&a[k * stride + i]));
                    butterflies!(inverting, v, f, p, (0 1 4) (2 3 5) (4 5 6) (6 7 7));
                    butterflies!(inverting, v, f, p, (0 2 2) (1 3 2) (4 6 3) (5 7 3));
                    butterflies!(inverting, v, f, p, (0 4 1) (1 5 1) (2 6 1) (3 7 1));
                    v[0] = shrink::<ROOM>(v[0], 5, p);
                    for (k, v) in v.into_iter().enumerate() {
                        store(&mut a[k * stride + i], v);
                    }
                }
            } else {
                for i in 0..stride {
                    let mut v: [Vector; 4] = core::array::from_fn(|k| load(&a[k * stride + i]));
                    butterflies!(inverting, v, f, p, (0 1 2) (2 3 3));
                    butterflies!(inverting, v, f, p, (0 2 1) (1 3 1));
                    v[0] = shrink::<ROOM>(v[0], 4, p);
                    for (k, v) in v.into_iter().enumerate() {
                        store(&mut a[k * stride + i], v);
                    }
                }
            }
        }

        /// The first six stages, on blocks of 64 words.
        #[target_feature(enable = $features)]
        fn inverse_within<const ROOM: u32>(
            a: &mut [[u64; 8]],
            from: Option<&[[u64; 8]]>,
            node: usize,
            t: &Twiddles,
            p: Constants,
        ) {
            for (i, block) in a.as_chunks_mut::<8>().0.iter_mut().enumerate() {
                let f = lane_factors!(t, node + i);
                let words = from.map_or(&*block, |from| &from.as_chunks().0[i]);
                let mut v = transpose(core::array::from_fn(|k| load(&words[k])));
                butterflies!(inverting, v, f, p, (0 1 4) (2 3 5) (4 5 6) (6 7 7));
                butterflies!(inverting, v, f, p, (0 2 2) (1 3 2) (4 6 3) (5 7 3));
                butterflies!(inverting, v, f, p, (0 4 1) (1 5 1) (2 6 1) (3 7 1));
                v[0] = shrink::<ROOM>(v[0], 5, p);
                let mut v = transpose(v);
                let f = factors!(t, node + i);
                butterflies!(inverting, v, f, p, (0 1 4) (2 3 5) (4 5 6) (6 7 7));
                butterflies!(inverting, v, f, p, (0 2 2) (1 3 2) (4 6 3) (5 7 3));
                butterflies!(inverting, v, f, p, (0 4 1) (1 5 1) (2 6 1) (3 7 1));
                v[0] = shrink::<ROOM>(v[0], 5, p);
                for (k, v) in v.into_iter().enumerate() {
                    store(&mut block[k], v);
                }
            }
        }
    };
}

/// Into how many parts a pass cuts a block of so many vectors: eight or four, such that eights are reached in the end.
pub(super) fn radix(vectors: usize) -> usize {
    if vectors.ilog2().is_multiple_of(3) { 8 } else { 4 }
}

pub(super) use {butterflies, factors, lane_factors, passes};
