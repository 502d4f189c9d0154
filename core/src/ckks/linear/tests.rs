//! Linear transforms of ciphertexts beside the same on numbers.
use core::ops::ControlFlow;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use super::diagonals::absolute;
use super::{Diagonals, LinearTransform, MatrixProduct, pack_matrix};
use crate::ckks::{
    Bounds, Ciphertext, Complex, Context, EncryptionKey, EvaluationKeys, KeyRequest, Noise, Params,
    Plaintext, SecretKey,
};
use crate::error::ErrorKind;

struct Setting {
    context: Context,
    secret_key: SecretKey,
    rng: ChaCha20Rng,
}

impl Setting {
    fn new(params: &Params) -> Self {
        let mut rng = ChaCha20Rng::from_seed([4; 32]);
        let context = Context::new(params).unwrap();
        let secret_key = SecretKey::generate(&context, &mut rng);
        Self { context, secret_key, rng }
    }

    fn keys(&mut self, rotations: &[i64]) -> EvaluationKeys {
        let request = KeyRequest::new().relinearization().rotations(rotations);
        EvaluationKeys::generate(&self.secret_key, &request, &mut self.rng, &mut ()).unwrap()
    }

    fn slots(&self) -> usize {
        self.context.params().slots()
    }

    fn top(&self) -> usize {
        self.context.params().depth()
    }

    fn encrypt(&mut self, values: &[Complex]) -> Ciphertext {
        let (top, scale) = (self.top(), self.context.scale_at(self.top()));
        let plaintext = Plaintext::encode_complex(&self.context, values, top, scale, 1.0).unwrap();
        self.secret_key.encrypt(&plaintext, &mut self.rng).unwrap()
    }

    /// Within the tracked bound of what is expected, which repeats.
    fn check(&self, result: &Ciphertext, expected: &[Complex]) {
        assert_eq!(result.scale(), self.context.scale_at(result.level()));
        let slots = self.secret_key.decrypt(result).unwrap().to_complex();
        let off = |(a, b): (&Complex, &Complex)| (a.re - b.re).hypot(a.im - b.im);
        let worst = slots.iter().zip(expected.iter().cycle()).map(off).fold(0.0, f64::max);
        assert!(worst <= result.error() && worst < 1e-5, "{worst} {}", result.error());
        let largest = expected.iter().map(|v| v.re.hypot(v.im)).fold(0.0, f64::max);
        assert!(largest <= result.bounds().message() * (1.0 + 1e-9));
    }
}

/// Of absolute value at most 1.
fn numbers(count: usize, seed: u64) -> Vec<Complex> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f64 / (1u64 << 24) as f64 - 0.5
    };
    (0..count).map(|_| Complex::new(next(), next())).collect()
}

fn product(a: &[Complex], b: &[Complex], rows: usize, inner: usize, columns: usize) -> Vec<Complex> {
    let entry = |n: usize| {
        let (i, j) = (n / columns, n % columns);
        (0..inner).fold(Complex::default(), |sum, k| {
            let (a, b) = (a[i * inner + k], b[k * columns + j]);
            Complex::new(sum.re + a.re * b.re - a.im * b.im, sum.im + a.re * b.im + a.im * b.re)
        })
    };
    (0..rows * columns).map(entry).collect()
}

fn padded(values: &[Complex], length: usize) -> Vec<Complex> {
    values.iter().copied().chain(core::iter::repeat(Complex::default())).take(length).collect()
}

#[test]
fn matrices_times_vectors() {
    let mut setting = Setting::new(&Params::depth_2());
    let (slots, top) = (setting.slots(), setting.top());
    for (rows, columns) in [(1, 1), (1, 50), (20, 20), (33, 5), (3, 64)] {
        let (entries, v) = (numbers(rows * columns, 1), numbers(columns, 2));
        let expected = product(&entries, &v, rows, columns, 1);

        let diagonals = Diagonals::of_matrix(&entries, rows, columns, slots).unwrap();
        let transform = LinearTransform::new(&setting.context, &diagonals, top, &mut ()).unwrap();
        let keys = setting.keys(&transform.rotations());
        // What is in other slots has no effect.
        let mut values = numbers(slots, 3);
        values[..columns].copy_from_slice(&v);
        let x = setting.encrypt(&values);
        let y = transform.apply(&keys, &x, &mut ()).unwrap();
        assert_eq!(y.level(), top - 1);
        setting.check(&y, &padded(&expected, slots));

        let diagonals = Diagonals::of_matrix_repeated(&entries, rows, columns, slots).unwrap();
        let transform = LinearTransform::new(&setting.context, &diagonals, top, &mut ()).unwrap();
        let keys = setting.keys(&transform.rotations());
        let values: Vec<_> = padded(&v, diagonals.period()).into_iter().cycle().take(slots).collect();
        let x = setting.encrypt(&values);
        let y = transform.apply(&keys, &x, &mut ()).unwrap();
        setting.check(&y, &padded(&expected, diagonals.result_period()));
    }
}

#[test]
fn real_matrix_at_a_lower_level() {
    let mut setting = Setting::new(&Params::depth_2());
    let (slots, rows, columns) = (setting.slots(), 7, 4);
    let entries: Vec<_> = (0..28).map(|i| Complex::from(f64::from(i) - 13.5)).collect();
    let v = [1.0, -0.5, 0.25, 0.75].map(Complex::from);
    let diagonals = Diagonals::of_matrix(&entries, rows, columns, slots).unwrap();
    let transform = LinearTransform::new(&setting.context, &diagonals, 1, &mut ()).unwrap();
    assert_eq!(transform.level(), 1);
    let keys = setting.keys(&transform.rotations());
    let x = setting.encrypt(&v);
    let y = transform.apply(&keys, &x.at_level(1).unwrap(), &mut ()).unwrap();
    setting.check(&y, &padded(&product(&entries, &v, rows, columns, 1), slots));
    // A ciphertext of a higher level is lowered; its scale remains a little off.
    let y = transform.apply(&keys, &x, &mut ()).unwrap();
    assert_eq!(y.level(), 0);
    let error = transform.apply(&keys, &y, &mut ()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::HeadroomExhausted);
    assert!(error.what().starts_with("transform: "));
}

/// Switching keys before the weights, the weights, and three roundings after them: to the last bit, since what is divided
/// by the last modulus is far below the rounding that follows.
#[test]
fn noise_of_a_transform() {
    let mut setting = Setting::new(&Params::depth_2());
    let (slots, top) = (setting.slots(), setting.top());
    let diagonals = Diagonals::of_permutation(8, |row| (row + 1) % 8);
    let transform = LinearTransform::new(&setting.context, &diagonals, top, &mut ()).unwrap();
    assert_eq!(transform.rotations(), [1]);
    let keys = setting.keys(&[1]);
    let a = setting.encrypt(&[Complex::from(0.5)]);
    let a = Ciphertext { bounds: Bounds::new(a.bounds().message(), Noise::NONE).unwrap(), ..a };
    let found = transform.apply(&keys, &a, &mut ()).unwrap();

    let (params, scale) = (setting.context.params(), setting.context.scale_at(top));
    let weights = vec![Complex::from(1.0); slots];
    let largest = absolute(weights[0]);
    let weights = Plaintext::encode_complex(&setting.context, &weights, top, scale, largest).unwrap();
    let (degree, divisor) = (params.degree(), params.moduli()[top] as f64);
    let rounding = Noise::rounding(degree);
    let roundings = rounding.plus(rounding).plus(rounding);
    let expected = |switching: Noise, roundings: Noise| {
        let products = a.bounds().with_noise(switching).mul(a.scale(), weights.bounds(), scale);
        let (before, after) = (a.scale() * scale, a.scale() * scale / divisor);
        products.with_noise(roundings).rescale(degree, divisor, before, after).noise()
    };
    let switching = keys.plan(top).noise();
    assert_eq!(found.bounds().noise(), expected(switching, roundings));
    assert_ne!(found.bounds().noise(), expected(Noise::NONE, roundings));
    assert_ne!(found.bounds().noise(), expected(switching, rounding.plus(rounding)));
}

#[test]
fn plain_matrices_times_encrypted_ones() {
    let mut setting = Setting::new(&Params::depth_2());
    let (slots, top) = (setting.slots(), setting.top());
    for d in [1, 2, 8, 16] {
        let (a, b) = (numbers(d * d, 5), numbers(d * d, 6));
        let expected = product(&a, &b, d, d, d);
        let left = Diagonals::of_left_product(&a, d, slots).unwrap();
        let right = Diagonals::of_right_product(&b, d, slots).unwrap();
        for (diagonals, encrypted) in [(left, &b), (right, &a)] {
            let transform = LinearTransform::new(&setting.context, &diagonals, top, &mut ()).unwrap();
            let keys = setting.keys(&transform.rotations());
            let x = setting.encrypt(&pack_matrix(encrypted, d, d, d, slots).unwrap());
            setting.check(&transform.apply(&keys, &x, &mut ()).unwrap(), &expected);
        }
    }
}

#[test]
fn encrypted_matrices_times_encrypted_ones() {
    let mut setting = Setting::new(&Params::depth_4());
    let (slots, top) = (setting.slots(), setting.top());
    // The last one is padded: 3 x 5 times 5 x 7.
    for (rows, inner, columns, d) in [(1, 1, 1, 1), (4, 4, 4, 4), (8, 8, 8, 8), (3, 5, 7, 8)] {
        let (a, b) = (numbers(rows * inner, 7), numbers(inner * columns, 8));
        let multiplier = MatrixProduct::new(&setting.context, d, top, &mut ()).unwrap();
        let keys = setting.keys(&multiplier.rotations());
        let left = setting.encrypt(&pack_matrix(&a, rows, inner, d, slots).unwrap());
        let right = setting.encrypt(&pack_matrix(&b, inner, columns, d, slots).unwrap());
        let result = multiplier.multiply(&keys, &left, &right, &mut ()).unwrap();
        assert_eq!(result.level(), top - MatrixProduct::DEPTH);
        let expected = product(&a, &b, rows, inner, columns);
        setting.check(&result, &pack_matrix(&expected, rows, columns, d, slots).unwrap());
    }
}

#[test]
fn twenty_turns_in_blocks() {
    let mut setting = Setting::new(&Params::depth_4());
    let (slots, d) = (setting.slots(), 32);
    let (a, b) = (numbers(d * d, 9), numbers(d * d, 10));
    let multiplier = MatrixProduct::new(&setting.context, d, 3, &mut ()).unwrap();
    let keys = setting.keys(&multiplier.rotations());
    let [left, right] = [&a, &b].map(|m| {
        let fresh = setting.encrypt(&pack_matrix(m, d, d, d, slots).unwrap());
        fresh.at_level(3).unwrap()
    });
    let result = multiplier.multiply(&keys, &left, &right, &mut ()).unwrap();
    setting.check(&result, &product(&a, &b, d, d, d));
}

#[test]
fn matrices_that_are_none() {
    let (slots, bad) = (16, Complex::new(0.0, f64::NAN));
    let one = Complex::from(1.0);
    for make in [Diagonals::of_matrix, Diagonals::of_matrix_repeated] {
        let kind =
            |entries: &[Complex], rows, columns| make(entries, rows, columns, slots).map_err(|e| e.kind());
        for (rows, columns, count) in
            [(0, 4, 0), (4, 0, 0), (2, 2, 3), (17, 1, 17), (1, 17, 17), (usize::MAX, 2, 4)]
        {
            assert_eq!(
                kind(&vec![one; count], rows, columns),
                Err(ErrorKind::ShapeMismatch),
                "{rows} {columns}"
            );
        }
        assert_eq!(kind(&[one, bad], 1, 2), Err(ErrorKind::OutOfRange));
        assert!(kind(&[one; 16], 1, 16).is_ok() && kind(&[one; 16], 16, 1).is_ok());
    }
    for make in [Diagonals::of_left_product, Diagonals::of_right_product] {
        let kind = |entries: &[Complex], dimension| make(entries, dimension, slots).map_err(|e| e.kind());
        for (dimension, count) in [(0, 0), (3, 9), (8, 64), (4, 15), (usize::MAX, 1)] {
            assert_eq!(kind(&vec![one; count], dimension), Err(ErrorKind::ShapeMismatch), "{dimension}");
        }
        assert_eq!(kind(&[one, one, one, bad], 2), Err(ErrorKind::OutOfRange));
        assert!(kind(&[one; 16], 4).is_ok());
    }
}

#[test]
fn matrix_products_can_be_stopped() {
    let mut setting = Setting::new(&Params::depth_4());
    let multiplier = MatrixProduct::new(&setting.context, 4, 3, &mut ()).unwrap();
    let keys = setting.keys(&multiplier.rotations());
    let packed = pack_matrix(&numbers(16, 1), 4, 4, 4, setting.slots()).unwrap();
    let matrix = setting.encrypt(&packed);
    // Once for each part that reports: two transforms, then the products.
    for last in 0..3 {
        let mut calls = 0;
        let mut stop = |_: usize, _: usize| {
            calls += 1;
            if calls > last { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let stopped = multiplier.multiply(&keys, &matrix, &matrix, &mut stop).unwrap_err();
        assert_eq!(stopped.kind(), ErrorKind::Cancelled, "{last}");
    }
}

#[test]
fn refuses() {
    let mut setting = Setting::new(&Params::depth_2());
    let (slots, top) = (setting.slots(), setting.top());
    let entries = numbers(16, 11);
    let diagonals = Diagonals::of_matrix(&entries, 4, 4, slots).unwrap();
    let kind =
        |level| LinearTransform::new(&setting.context, &diagonals, level, &mut ()).err().unwrap().kind();
    assert_eq!([kind(0), kind(top + 1)], [ErrorKind::HeadroomExhausted, ErrorKind::OutOfRange]);
    let of_other_slots = Diagonals::of_matrix(&entries, 4, 4, 3 * slots).unwrap();
    let error = LinearTransform::new(&setting.context, &of_other_slots, top, &mut ()).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::ShapeMismatch);
    let zero = Diagonals::of_matrix(&[Complex::default()], 1, 1, slots).unwrap();
    let error = LinearTransform::new(&setting.context, &zero, top, &mut ()).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::ShapeMismatch);
    let error = MatrixProduct::new(&setting.context, 4, 2, &mut ()).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::HeadroomExhausted);
    let error = MatrixProduct::new(&setting.context, 128, 2, &mut ()).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::ShapeMismatch);
    for (rows, columns, d) in [(2, 8, 8), (16, 1, 8), (4, 4, 3), (4, 4, 128)] {
        assert_eq!(
            pack_matrix(&entries, rows, columns, d, slots).err().map(|e| e.kind()),
            match (rows, columns, d) {
                (2, 8, 8) => None,
                _ => Some(ErrorKind::ShapeMismatch),
            }
        );
    }

    for (rows, columns, count) in [(1, 16, 16), (0, 4, 0), (4, 0, 0), (0, 0, 0), (2, 2, 3)] {
        let refused = pack_matrix(&entries[..count], rows, columns, 8, slots).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::ShapeMismatch, "{rows} {columns}");
    }
    let error = MatrixProduct::new(&setting.context, 4, top + 1, &mut ()).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::OutOfRange);

    let mut stop =
        |done: usize, _: usize| if done > 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
    let stopped = LinearTransform::new(&setting.context, &diagonals, top, &mut stop).err().unwrap();
    assert_eq!(stopped.kind(), ErrorKind::Cancelled);
    let transform = LinearTransform::new(&setting.context, &diagonals, top, &mut ()).unwrap();
    let x = setting.encrypt(&numbers(4, 12));
    let rotations = transform.rotations();
    let keys = setting.keys(&rotations);
    let mut stop = |_: usize, _: usize| ControlFlow::Break(());
    assert_eq!(transform.apply(&keys, &x, &mut stop).unwrap_err().kind(), ErrorKind::Cancelled);
    transform.apply(&keys, &x, &mut ()).unwrap();
    // Of other parameters, and of another secret key.
    let mut foreign = Setting::new(&Params::depth_4());
    let theirs = foreign.encrypt(&numbers(4, 12));
    assert_eq!(transform.apply(&keys, &theirs, &mut ()).unwrap_err().kind(), ErrorKind::ParamsMismatch);
    let their_keys = foreign.keys(&transform.rotations());
    assert_eq!(transform.apply(&their_keys, &theirs, &mut ()).unwrap_err().kind(), ErrorKind::ParamsMismatch);
    let stranger = SecretKey::generate(&setting.context, &mut ChaCha20Rng::from_seed([5; 32]));
    let scale = setting.context.scale_at(top);
    let theirs = stranger.encrypt_values_at(&[0.5], top, scale, 1.0, &mut setting.rng).unwrap();
    assert_eq!(transform.apply(&keys, &theirs, &mut ()).unwrap_err().kind(), ErrorKind::ParamsMismatch);
    // Each key is needed, and the error names the step.
    for missing in &rotations {
        let others: Vec<i64> = rotations.iter().copied().filter(|step| step != missing).collect();
        let keys = setting.keys(&others);
        let error = transform.apply(&keys, &x, &mut ()).unwrap_err();
        assert_eq!((error.kind(), error.step()), (ErrorKind::MissingKey, Some(*missing)));
    }
}
