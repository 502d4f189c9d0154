//! The transform between the coefficients and the slots, as plain code over eight numbers at a time.
//!
//! With `M = N / 2` and `d_k = c_k + i c_(k+M)`, slot j holds `d(zeta^(5^j))`, for `zeta^(5^j M) = i`. So d is taken modulo
//! the factors of `X^M - i`: block b of m blocks holds d modulo `X^(M/m) - w(m, b)^2`, and splits by
//! `X^2L - w^2 = (X^L - w)(X^L + w)` with
//! `w(m, b) = zeta^(5^r(b) M / 2m)`, where r reverses the log2(m) bits of b. Two such steps are one butterfly of four, as
//! `w(2m, 2b + 1) = -i w(2m, 2b)` for m > 1 (and `+i` for m = 1). When blocks of eight are left, an 8x8 tile of eight
//! blocks is turned, so that the last three steps have a block in each lane: with the blocks `t M/64 + b` for
//! t = 0..8 in a tile, results of one lane row stand beside each other in the order of the slots, and the tile
//! belongs at the reverse of b. No pass is spent on putting slots in order.
//!
//! The order of operations is fixed and there is no fused multiplication: every machine gives the same bits.

/// Eight numbers.
pub(super) type Lanes = [f64; 8];

/// Eight complex numbers.
#[derive(Clone, Copy)]
pub(super) struct Eight {
    pub(super) re: Lanes,
    pub(super) im: Lanes,
}

/// The factors of the transform, each in the order of use.
pub(super) struct Twiddles {
    /// For butterflies of four, block after block and stage after stage: `w(m, b)`, `w(2m, 2b)` and their product.
    pub(super) fours: Vec<[(f64, f64); 3]>,
    /// Of the one step that is left over when the number of steps before the tiles is odd: `w(1, 0)`.
    pub(super) first: Option<(f64, f64)>,
    /// For tile b: `w(M/8, .)`, `w(M/4, 2.)`, their product, `w(M/2, 4.)` and `w(M/2, 4. + 2)`.
    pub(super) tiles: Vec<[Eight; 5]>,
}

/// The lowest three bits in reverse order.
pub(super) const REVERSED: [usize; 8] = [0, 4, 2, 6, 1, 5, 3, 7];

#[inline(always)]
fn map(f: impl Fn(usize) -> f64) -> Lanes {
    let mut out = [0.0; 8];
    for (i, x) in out.iter_mut().enumerate() {
        *x = f(i);
    }
    out
}

impl Eight {
    #[inline(always)]
    fn splat((re, im): (f64, f64)) -> Self {
        Self { re: [re; 8], im: [im; 8] }
    }

    #[inline(always)]
    fn load(re: &Lanes, im: &Lanes) -> Self {
        Self { re: *re, im: *im }
    }

    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        Self { re: map(|i| self.re[i] + other.re[i]), im: map(|i| self.im[i] + other.im[i]) }
    }

    #[inline(always)]
    fn minus(self, other: Self) -> Self {
        Self { re: map(|i| self.re[i] - other.re[i]), im: map(|i| self.im[i] - other.im[i]) }
    }

    #[inline(always)]
    fn times(self, w: Self) -> Self {
        Self {
            re: map(|i| self.re[i] * w.re[i] - self.im[i] * w.im[i]),
            im: map(|i| self.re[i] * w.im[i] + self.im[i] * w.re[i]),
        }
    }

    /// Times the conjugate.
    #[inline(always)]
    fn over(self, w: Self) -> Self {
        Self {
            re: map(|i| self.re[i] * w.re[i] + self.im[i] * w.im[i]),
            im: map(|i| self.im[i] * w.re[i] - self.re[i] * w.im[i]),
        }
    }

    /// `self + i other`.
    #[inline(always)]
    fn plus_i(self, other: Self) -> Self {
        Self { re: map(|i| self.re[i] - other.im[i]), im: map(|i| self.im[i] + other.re[i]) }
    }

    /// `self - i other`.
    #[inline(always)]
    fn minus_i(self, other: Self) -> Self {
        Self { re: map(|i| self.re[i] + other.im[i]), im: map(|i| self.im[i] - other.re[i]) }
    }

    #[inline(always)]
    fn scaled(self, by: f64) -> Self {
        Self { re: map(|i| self.re[i] * by), im: map(|i| self.im[i] * by) }
    }
}

/// Two steps down from `x` modulo `X^4L - w1^4`.
#[inline(always)]
fn split(x: [Eight; 4], [w1, w2, w3]: [Eight; 3]) -> [Eight; 4] {
    let (a, b, c) = (x[2].times(w1), x[1].times(w2), x[3].times(w3));
    let (t0, t2, t1, t3) = (x[0].plus(a), x[0].minus(a), b.plus(c), b.minus(c));
    [t0.plus(t1), t0.minus(t1), t2.minus_i(t3), t2.plus_i(t3)]
}

/// Four times the inverse of [`split`].
#[inline(always)]
fn join(z: [Eight; 4], [w1, w2, w3]: [Eight; 3]) -> [Eight; 4] {
    let (t0, t1, t2, d) = (z[0].plus(z[1]), z[0].minus(z[1]), z[2].plus(z[3]), z[2].minus(z[3]));
    [t0.plus(t2), t1.plus_i(d).over(w2), t0.minus(t2).over(w1), t1.minus_i(d).over(w3)]
}

/// Eight arrays of a complex block that has been cut in `P` equal parts: `(re, im)` of each part in chunks of eight.
#[inline(always)]
fn parts<'a, const P: usize>(
    re: &'a mut [Lanes],
    im: &'a mut [Lanes],
) -> [(&'a mut [Lanes], &'a mut [Lanes]); P] {
    let length = re.len() / P;
    let mut parts = re.chunks_exact_mut(length).zip(im.chunks_exact_mut(length));
    core::array::from_fn(|_| parts.next().unwrap_or_default())
}

/// One pass of butterflies of four over blocks of `4 L` numbers.
#[inline(always)]
fn fours(
    re: &mut [Lanes],
    im: &mut [Lanes],
    twiddles: &[[(f64, f64); 3]],
    butterfly: impl Fn([Eight; 4], [Eight; 3]) -> [Eight; 4],
) {
    let length = re.len() / twiddles.len();
    for ((re, im), w) in re.chunks_exact_mut(length).zip(im.chunks_exact_mut(length)).zip(twiddles) {
        let w = w.map(Eight::splat);
        let [(r0, i0), (r1, i1), (r2, i2), (r3, i3)] = parts(re, im);
        let first = r0.iter_mut().zip(i0).zip(r1.iter_mut().zip(i1));
        let second = r2.iter_mut().zip(i2).zip(r3.iter_mut().zip(i3));
        for (((r0, i0), (r1, i1)), ((r2, i2), (r3, i3))) in first.zip(second) {
            let x = [Eight::load(r0, i0), Eight::load(r1, i1), Eight::load(r2, i2), Eight::load(r3, i3)];
            let y = butterfly(x, w);
            for ((r, i), y) in [(r0, i0), (r1, i1), (r2, i2), (r3, i3)].into_iter().zip(y) {
                (*r, *i) = (y.re, y.im);
            }
        }
    }
}

/// One step over the whole, for an odd number of steps.
#[inline(always)]
fn twos(re: &mut [Lanes], im: &mut [Lanes], butterfly: impl Fn(Eight, Eight) -> [Eight; 2]) {
    let [(r0, i0), (r1, i1)] = parts(re, im);
    for ((r0, i0), (r1, i1)) in r0.iter_mut().zip(i0).zip(r1.iter_mut().zip(i1)) {
        let [x, y] = butterfly(Eight::load(r0, i0), Eight::load(r1, i1));
        (*r0, *i0, *r1, *i1) = (x.re, x.im, y.re, y.im);
    }
}

/// The blocks that a butterfly of four covers, stage by stage: how many there are before each.
fn stages(twiddles: &Twiddles, length: usize) -> impl Iterator<Item = usize> {
    let start = if twiddles.first.is_some() { 2 } else { 1 };
    core::iter::successors(Some(start), |blocks| Some(4 * blocks)).take_while(move |blocks| *blocks < length)
}

/// Coefficients to slots. `re` and `im` have as many chunks of eight as there are blocks before the tiles.
#[inline(always)]
pub(super) fn project(twiddles: &Twiddles, re: &mut [Lanes], im: &mut [Lanes]) {
    if let Some(w) = twiddles.first {
        let w = Eight::splat(w);
        twos(re, im, |x, y| {
            let y = y.times(w);
            [x.plus(y), x.minus(y)]
        });
    }
    let mut left = &twiddles.fours[..];
    for blocks in stages(twiddles, re.len()) {
        let (now, later) = left.split_at(blocks);
        left = later;
        if blocks == 1 {
            fours(re, im, now, |x, w| {
                let [z0, z1, z2, z3] = split(x, w);
                [z0, z1, z3, z2]
            });
        } else {
            fours(re, im, now, split);
        }
    }
    each_pair(twiddles.tiles.len(), |here, there| {
        let one = tile_to_slots(load_rows(re, im, here), &twiddles.tiles[here]);
        if here != there {
            let other = tile_to_slots(load_rows(re, im, there), &twiddles.tiles[there]);
            store_rows(re, im, here, other);
        }
        store_rows(re, im, there, one);
    });
}

/// Slots to coefficients.
#[inline(always)]
pub(super) fn embed(twiddles: &Twiddles, re: &mut [Lanes], im: &mut [Lanes]) {
    #[expect(clippy::cast_precision_loss, reason = "a power of two")]
    let scale = 1.0 / (8 * re.len()) as f64;
    each_pair(twiddles.tiles.len(), |here, there| {
        let one = slots_to_tile(load_rows(re, im, here), &twiddles.tiles[there], scale);
        if here != there {
            let other = slots_to_tile(load_rows(re, im, there), &twiddles.tiles[here], scale);
            store_rows(re, im, here, other);
        }
        store_rows(re, im, there, one);
    });
    let mut left = &twiddles.fours[..];
    let mut passes = [0; 16];
    let mut count = 0;
    for blocks in stages(twiddles, re.len()) {
        passes[count] = blocks;
        count += 1;
    }
    for blocks in passes[..count].iter().rev() {
        let (earlier, now) = left.split_at(left.len() - blocks);
        left = earlier;
        if *blocks == 1 {
            fours(re, im, now, |[z0, z1, z3, z2], w| join([z0, z1, z2, z3], w));
        } else {
            fours(re, im, now, join);
        }
    }
    if let Some(w) = twiddles.first {
        let w = Eight::splat(w);
        twos(re, im, |x, y| [x.plus(y), x.minus(y).over(w)]);
    }
}

/// Calls with every `i <= r(i)` below a power of two, where r reverses bits.
#[inline(always)]
fn each_pair(count: usize, mut f: impl FnMut(usize, usize)) {
    let shift = usize::BITS - count.ilog2();
    for i in 0..count {
        let j = i.reverse_bits() >> shift;
        if i <= j {
            f(i, j);
        }
    }
}

/// The eight rows of tile b: chunks `b + t M/64`, in the order of r(t).
#[inline(always)]
fn load_rows(re: &[Lanes], im: &[Lanes], b: usize) -> [Eight; 8] {
    let stride = re.len() / 8;
    REVERSED.map(|t| Eight::load(&re[t * stride + b], &im[t * stride + b]))
}

#[inline(always)]
fn store_rows(re: &mut [Lanes], im: &mut [Lanes], b: usize, rows: [Eight; 8]) {
    let stride = re.len() / 8;
    for (t, row) in REVERSED.into_iter().zip(rows) {
        re[t * stride + b] = row.re;
        im[t * stride + b] = row.im;
    }
}

#[inline(always)]
fn turned(rows: [Eight; 8]) -> [Eight; 8] {
    core::array::from_fn(|c| Eight { re: map(|t| rows[t].re[c]), im: map(|t| rows[t].im[c]) })
}

/// The last three steps: eight blocks of eight coefficients to eight slots each.
#[inline(always)]
fn tile_to_slots(rows: [Eight; 8], [w1, w2, w3, w4, w5]: &[Eight; 5]) -> [Eight; 8] {
    let x = turned(rows);
    let w = [*w1, *w2, *w3];
    let even = split([x[0], x[2], x[4], x[6]], w);
    let odd = split([x[1], x[3], x[5], x[7]], w);
    let (a, c) = (odd[0].times(*w4), odd[2].times(*w5));
    let (b, d) = (odd[1].times(*w4), odd[3].times(*w5));
    [
        even[0].plus(a),
        even[0].minus(a),
        even[1].minus_i(b),
        even[1].plus_i(b),
        even[2].plus(c),
        even[2].minus(c),
        even[3].minus_i(d),
        even[3].plus_i(d),
    ]
}

/// The inverse of [`tile_to_slots`] times `8 scale`.
#[inline(always)]
fn slots_to_tile(z: [Eight; 8], [w1, w2, w3, w4, w5]: &[Eight; 5], scale: f64) -> [Eight; 8] {
    let z = z.map(|z| z.scaled(scale));
    // odd parts: i (z2 - z3) = 2 b
    let i_times = |x: Eight| Eight { re: map(|i| -x.im[i]), im: x.re };
    let even = [z[0].plus(z[1]), z[2].plus(z[3]), z[4].plus(z[5]), z[6].plus(z[7])];
    let odd = [
        z[0].minus(z[1]).over(*w4),
        i_times(z[2].minus(z[3])).over(*w4),
        z[4].minus(z[5]).over(*w5),
        i_times(z[6].minus(z[7])).over(*w5),
    ];
    let w = [*w1, *w2, *w3];
    let ([x0, x2, x4, x6], [x1, x3, x5, x7]) = (join(even, w), join(odd, w));
    turned([x0, x1, x2, x3, x4, x5, x6, x7])
}
