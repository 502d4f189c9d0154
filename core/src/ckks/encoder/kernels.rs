//! The transform between the coefficients and the slots, as plain code over eight numbers at a time.
//!
//! With `M = N / 2` and `d_k = c_k + i c_(k+M)`, slot j holds `d(zeta^(5^j))`, for `zeta^(5^j M) = i`. So d is taken modulo
//! the factors of `X^M - i`: block b of m blocks holds d modulo `X^(M/m) - w(m, b)^2` and splits by
//! `X^2L - w^2 = (X^L - w)(X^L + w)`, where `w(m, b) = zeta^(5^r(b) M / 2m)` and r reverses the log2(m) bits of b. Two such
//! steps are one butterfly of four, as `w(2m, 2b + 1) = -i w(2m, 2b)` for m > 1 (and `+i` for m = 1). When blocks of eight
//! are left, all is put in the order of reversed bits. That brings slots where they belong, and the last three steps,
//! one butterfly of eight, have a block in each lane.
//!
//! The order of operations is fixed and there is no fused multiplication: every machine gives the same bits.

use super::rounding::power_of_two;

/// Eight numbers in memory.
pub(super) type Lanes = [f64; 8];

/// Eight numbers in registers.
pub(super) trait Vector: Copy {
    fn splat(x: f64) -> Self;
    fn load(x: &Lanes) -> Self;
    fn store(self, x: &mut Lanes);
    fn plus(self, other: Self) -> Self;
    fn minus(self, other: Self) -> Self;
    fn times(self, other: Self) -> Self;
}

/// Eight complex numbers.
#[derive(Clone, Copy)]
struct Eight<V> {
    re: V,
    im: V,
}

/// The factors of the transform, each in the order of use.
pub(super) struct Twiddles {
    /// For butterflies of four, block after block and stage after stage: `w(m, b)`, `w(2m, 2b)` and their product.
    pub(super) fours: Vec<[(f64, f64); 3]>,
    /// Of the one step that is left over when the number of steps before the last three is odd: `w(1, 0)`.
    pub(super) first: Option<(f64, f64)>,
    /// For eight blocks of eight: `w(M/8, .)`, `w(M/4, 2.)`, their product, `w(M/2, 4.)` and `w(M/2, 4. + 2)`.
    pub(super) eights: Vec<[(Lanes, Lanes); 5]>,
}

/// The lowest three bits in reverse order.
const REVERSED: [usize; 8] = [0, 4, 2, 6, 1, 5, 3, 7];

impl<V: Vector> Eight<V> {
    #[inline(always)]
    fn splat((re, im): (f64, f64)) -> Self {
        Self { re: V::splat(re), im: V::splat(im) }
    }

    #[inline(always)]
    fn load(re: &Lanes, im: &Lanes) -> Self {
        Self { re: V::load(re), im: V::load(im) }
    }

    #[inline(always)]
    fn store(self, re: &mut Lanes, im: &mut Lanes) {
        self.re.store(re);
        self.im.store(im);
    }

    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        Self { re: self.re.plus(other.re), im: self.im.plus(other.im) }
    }

    #[inline(always)]
    fn minus(self, other: Self) -> Self {
        Self { re: self.re.minus(other.re), im: self.im.minus(other.im) }
    }

    #[inline(always)]
    fn times(self, w: Self) -> Self {
        Self {
            re: self.re.times(w.re).minus(self.im.times(w.im)),
            im: self.re.times(w.im).plus(self.im.times(w.re)),
        }
    }

    /// Times the conjugate.
    #[inline(always)]
    fn over(self, w: Self) -> Self {
        Self {
            re: self.re.times(w.re).plus(self.im.times(w.im)),
            im: self.im.times(w.re).minus(self.re.times(w.im)),
        }
    }

    /// i times it over w.
    #[inline(always)]
    fn turned_over(self, w: Self) -> Self {
        Self {
            re: self.re.times(w.im).minus(self.im.times(w.re)),
            im: self.re.times(w.re).plus(self.im.times(w.im)),
        }
    }

    /// `self + i other`.
    #[inline(always)]
    fn plus_i(self, other: Self) -> Self {
        Self { re: self.re.minus(other.im), im: self.im.plus(other.re) }
    }

    /// `self - i other`.
    #[inline(always)]
    fn minus_i(self, other: Self) -> Self {
        Self { re: self.re.plus(other.im), im: self.im.minus(other.re) }
    }

    #[inline(always)]
    fn scaled(self, by: V) -> Self {
        Self { re: self.re.times(by), im: self.im.times(by) }
    }
}

/// What a butterfly of four does. A trait and not a closure, so that it is inlined where the instructions are.
trait Butterfly {
    fn apply<V: Vector>(x: [Eight<V>; 4], w: [Eight<V>; 3]) -> [Eight<V>; 4];
}

/// Two steps down from `x` modulo `X^4L - w1^2`.
struct Split;

/// Four times the inverse of [`Split`].
struct Join;

/// The same for the whole, where `w(2, 1) = i w(2, 0)`.
struct Whole<B>(B);

impl Butterfly for Split {
    #[inline(always)]
    fn apply<V: Vector>(x: [Eight<V>; 4], [w1, w2, w3]: [Eight<V>; 3]) -> [Eight<V>; 4] {
        let (a, b, c) = (x[2].times(w1), x[1].times(w2), x[3].times(w3));
        let (t0, t2, t1, t3) = (x[0].plus(a), x[0].minus(a), b.plus(c), b.minus(c));
        [t0.plus(t1), t0.minus(t1), t2.minus_i(t3), t2.plus_i(t3)]
    }
}

impl Butterfly for Join {
    #[inline(always)]
    fn apply<V: Vector>(z: [Eight<V>; 4], [w1, w2, w3]: [Eight<V>; 3]) -> [Eight<V>; 4] {
        let (t0, t1, t2, d) = (z[0].plus(z[1]), z[0].minus(z[1]), z[2].plus(z[3]), z[2].minus(z[3]));
        [t0.plus(t2), t1.plus_i(d).over(w2), t0.minus(t2).over(w1), t1.minus_i(d).over(w3)]
    }
}

impl Butterfly for Whole<Split> {
    #[inline(always)]
    fn apply<V: Vector>(x: [Eight<V>; 4], w: [Eight<V>; 3]) -> [Eight<V>; 4] {
        let [z0, z1, z2, z3] = Split::apply(x, w);
        [z0, z1, z3, z2]
    }
}

impl Butterfly for Whole<Join> {
    #[inline(always)]
    fn apply<V: Vector>([z0, z1, z3, z2]: [Eight<V>; 4], w: [Eight<V>; 3]) -> [Eight<V>; 4] {
        Join::apply([z0, z1, z2, z3], w)
    }
}

/// One pass of butterflies of four over blocks of `4 L` numbers.
#[inline(always)]
fn fours<V: Vector, B: Butterfly>(re: &mut [Lanes], im: &mut [Lanes], twiddles: &[[(f64, f64); 3]]) {
    // Blocks and their number are powers of two.
    let length = re.len() >> twiddles.len().ilog2();
    for ((re, im), w) in re.chunks_exact_mut(length).zip(im.chunks_exact_mut(length)).zip(twiddles) {
        let w = [Eight::<V>::splat(w[0]), Eight::splat(w[1]), Eight::splat(w[2])];
        let ((r01, r23), (i01, i23)) = (re.split_at_mut(length / 2), im.split_at_mut(length / 2));
        let ((r0, r1), (r2, r3)) = (r01.split_at_mut(length / 4), r23.split_at_mut(length / 4));
        let ((i0, i1), (i2, i3)) = (i01.split_at_mut(length / 4), i23.split_at_mut(length / 4));
        let first = r0.iter_mut().zip(i0).zip(r1.iter_mut().zip(i1));
        let second = r2.iter_mut().zip(i2).zip(r3.iter_mut().zip(i3));
        for (((r0, i0), (r1, i1)), ((r2, i2), (r3, i3))) in first.zip(second) {
            let x = [Eight::load(r0, i0), Eight::load(r1, i1), Eight::load(r2, i2), Eight::load(r3, i3)];
            let [y0, y1, y2, y3] = B::apply(x, w);
            y0.store(r0, i0);
            y1.store(r1, i1);
            y2.store(r2, i2);
            y3.store(r3, i3);
        }
    }
}

/// One step down over the whole.
#[inline(always)]
fn split_whole<V: Vector>(re: &mut [Lanes], im: &mut [Lanes], w: (f64, f64)) {
    let w = Eight::<V>::splat(w);
    let ((r0, r1), (i0, i1)) = (re.split_at_mut(re.len() / 2), im.split_at_mut(im.len() / 2));
    for ((r0, i0), (r1, i1)) in r0.iter_mut().zip(i0).zip(r1.iter_mut().zip(i1)) {
        let (x, y) = (Eight::load(r0, i0), Eight::load(r1, i1).times(w));
        let (x, y) = (x.plus(y), x.minus(y));
        x.store(r0, i0);
        y.store(r1, i1);
    }
}

/// Twice the inverse of [`split_whole`].
#[inline(always)]
fn join_whole<V: Vector>(re: &mut [Lanes], im: &mut [Lanes], w: (f64, f64)) {
    let w = Eight::<V>::splat(w);
    let ((r0, r1), (i0, i1)) = (re.split_at_mut(re.len() / 2), im.split_at_mut(im.len() / 2));
    for ((r0, i0), (r1, i1)) in r0.iter_mut().zip(i0).zip(r1.iter_mut().zip(i1)) {
        let (x, y) = (Eight::load(r0, i0), Eight::load(r1, i1));
        let (x, y) = (x.plus(y), x.minus(y).over(w));
        x.store(r0, i0);
        y.store(r1, i1);
    }
}

/// The blocks that a butterfly of four covers, stage by stage: how many there are before each.
fn stages(twiddles: &Twiddles, length: usize) -> impl Iterator<Item = usize> {
    let start = if twiddles.first.is_some() { 2 } else { 1 };
    core::iter::successors(Some(start), |blocks| Some(4 * blocks)).take_while(move |blocks| *blocks < length)
}

/// Coefficients to slots. `re` and `im` have as many chunks of eight as there are blocks before the last three steps.
#[inline(always)]
pub(super) fn project<V: Vector>(twiddles: &Twiddles, re: &mut [Lanes], im: &mut [Lanes]) {
    if let Some(w) = twiddles.first {
        split_whole::<V>(re, im, w);
    }
    let mut left = &twiddles.fours[..];
    for blocks in stages(twiddles, re.len()) {
        let (now, later) = left.split_at(blocks);
        left = later;
        if blocks == 1 {
            fours::<V, Whole<Split>>(re, im, now);
        } else {
            fours::<V, Split>(re, im, now);
        }
    }
    reverse(re);
    reverse(im);
    for (b, w) in twiddles.eights.iter().enumerate() {
        store_rows::<V>(re, im, b, eights_to_slots(load_rows(re, im, b), load_factors(w)));
    }
}

/// Slots to coefficients.
#[inline(always)]
pub(super) fn embed<V: Vector>(twiddles: &Twiddles, re: &mut [Lanes], im: &mut [Lanes]) {
    let scale = V::splat(power_of_two(-3 - re.len().ilog2().cast_signed()));
    for (b, w) in twiddles.eights.iter().enumerate() {
        store_rows::<V>(re, im, b, slots_to_eights(load_rows(re, im, b), load_factors(w), scale));
    }
    reverse(re);
    reverse(im);
    let mut left = &twiddles.fours[..];
    let mut blocks = re.len() / 4;
    while !left.is_empty() {
        let (earlier, now) = left.split_at(left.len() - blocks);
        left = earlier;
        if blocks == 1 {
            fours::<V, Whole<Join>>(re, im, now);
        } else {
            fours::<V, Join>(re, im, now);
        }
        blocks /= 4;
    }
    if let Some(w) = twiddles.first {
        join_whole::<V>(re, im, w);
    }
}

/// Puts every number at the reverse of the bits of its index, an 8x8 tile at a time: index `64 t L + 8 b + c`, with L the
/// number of tiles, gets `64 r(c) L + 8 r(b) + r(t)`.
#[inline(always)]
fn reverse(x: &mut [Lanes]) {
    let tiles = x.len() / 8;
    let shift = usize::BITS - tiles.ilog2();
    for here in 0..tiles {
        let there = here.reverse_bits() >> shift;
        if here <= there {
            let (one, other) = (turned(x, here), turned(x, there));
            for (t, (one, other)) in one.into_iter().zip(other).enumerate() {
                x[t * tiles + here] = other;
                x[t * tiles + there] = one;
            }
        }
    }
}

/// The tile of the chunks `t L + b`, with rows and columns exchanged and both reversed.
#[inline(always)]
fn turned(x: &[Lanes], b: usize) -> [Lanes; 8] {
    let tiles = x.len() / 8;
    let mut turned = [[0.0; 8]; 8];
    for (t, lane) in REVERSED.into_iter().enumerate() {
        for (row, x) in REVERSED.into_iter().zip(x[t * tiles + b]) {
            turned[row][lane] = x;
        }
    }
    turned
}

#[inline(always)]
fn load_rows<V: Vector>(re: &[Lanes], im: &[Lanes], b: usize) -> [Eight<V>; 8] {
    let stride = re.len() / 8;
    let mut rows = [Eight::splat((0.0, 0.0)); 8];
    for (t, row) in rows.iter_mut().enumerate() {
        *row = Eight::load(&re[t * stride + b], &im[t * stride + b]);
    }
    rows
}

#[inline(always)]
fn load_factors<V: Vector>([w1, w2, w3, w4, w5]: &[(Lanes, Lanes); 5]) -> [Eight<V>; 5] {
    let load = Eight::load;
    [load(&w1.0, &w1.1), load(&w2.0, &w2.1), load(&w3.0, &w3.1), load(&w4.0, &w4.1), load(&w5.0, &w5.1)]
}

#[inline(always)]
fn store_rows<V: Vector>(re: &mut [Lanes], im: &mut [Lanes], b: usize, rows: [Eight<V>; 8]) {
    let stride = re.len() / 8;
    for (t, row) in rows.into_iter().enumerate() {
        row.store(&mut re[t * stride + b], &mut im[t * stride + b]);
    }
}

/// The last three steps for eight blocks of eight coefficients, each in a lane. Rows stand in reverse order.
#[inline(always)]
fn eights_to_slots<V: Vector>(
    [x0, x4, x2, x6, x1, x5, x3, x7]: [Eight<V>; 8],
    [w1, w2, w3, w4, w5]: [Eight<V>; 5],
) -> [Eight<V>; 8] {
    let even = Split::apply([x0, x2, x4, x6], [w1, w2, w3]);
    let odd = Split::apply([x1, x3, x5, x7], [w1, w2, w3]);
    let (a, b) = (odd[0].times(w4), odd[1].times(w4));
    let (c, d) = (odd[2].times(w5), odd[3].times(w5));
    let (z0, z1, z2, z3) = (even[0].plus(a), even[0].minus(a), even[1].minus_i(b), even[1].plus_i(b));
    let (z4, z5, z6, z7) = (even[2].plus(c), even[2].minus(c), even[3].minus_i(d), even[3].plus_i(d));
    [z0, z4, z2, z6, z1, z5, z3, z7]
}

/// The inverse of [`eights_to_slots`] times `8 scale`.
#[inline(always)]
fn slots_to_eights<V: Vector>(
    [z0, z4, z2, z6, z1, z5, z3, z7]: [Eight<V>; 8],
    [w1, w2, w3, w4, w5]: [Eight<V>; 5],
    scale: V,
) -> [Eight<V>; 8] {
    let [z0, z1, z2, z3] = [z0.scaled(scale), z1.scaled(scale), z2.scaled(scale), z3.scaled(scale)];
    let [z4, z5, z6, z7] = [z4.scaled(scale), z5.scaled(scale), z6.scaled(scale), z7.scaled(scale)];
    let even = [z0.plus(z1), z2.plus(z3), z4.plus(z5), z6.plus(z7)];
    let (a, b) = (z0.minus(z1).over(w4), z2.minus(z3).turned_over(w4));
    let (c, d) = (z4.minus(z5).over(w5), z6.minus(z7).turned_over(w5));
    let [x0, x2, x4, x6] = Join::apply(even, [w1, w2, w3]);
    let [x1, x3, x5, x7] = Join::apply([a, b, c, d], [w1, w2, w3]);
    [x0, x4, x2, x6, x1, x5, x3, x7]
}
