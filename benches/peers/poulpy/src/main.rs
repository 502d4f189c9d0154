//! Times Poulpy's CKKS, one thread, CPU time: `peers-poulpy P1|P2|P3`. Prints one JSON object a line: {op, peer, us}, or
//! another unit in the place of `us`.
//!
//! Poulpy has no chain of primes: a ciphertext is a number of bits, in words of `base2k` bits. Each set here has as many
//! bits as carry the work of the set of primes with that name, and keys with the fewest digits that security allows.
use std::{collections::HashMap, hint::black_box, time::Duration};

use cpu_time::ThreadTime;
use poulpy_ckks::{
    api::CKKSInnerSumOps, layouts::CKKSCiphertextOwned, layouts::CKKSPlaintextOwned, prelude::*,
};
use poulpy_core::{
    GLWEAutomorphismKeyEncryptSk, GLWETensorKeyEncryptSk,
    api::{
        GLWEAutomorphismKeyPreparedFactory, GLWESecretPreparedFactory, GLWESecretSampling,
        GLWETensorKeyPreparedFactory,
    },
    layouts::{
        BackendGLWESecret, GGLWELayout, GLWEAutomorphismKeyAlloc, GLWEAutomorphismKeyLayout,
        GLWEAutomorphismKeyPrepared, GLWELayout, GLWESecretAlloc, GLWETensorKeyAlloc, GLWETensorKeyLayout,
        GLWETensorKeyPrepared, Rank, TorusPrecision, k_digit_of, prepared::GLWESecretPrepared,
    },
};
use poulpy_cpu_avx512::NTT3x42Ifma as Ifma;
use poulpy_hal::{
    api::{ScratchOwnedAlloc, ScratchOwnedBorrow},
    layouts::{Backend, GaloisElement, Module, ScratchOwned},
    source::Source,
};

type Buffer = <Ifma as Backend>::OwnedBuf;

struct Set {
    name: &'static str,
    degree: usize,
    base2k: usize,
    words: usize,
    scale_bits: usize,
    words_a_digit: usize,
}

const SETS: [Set; 3] = [
    Set { name: "P1", degree: 8192, base2k: 50, words: 3, scale_bits: 40, words_a_digit: 1 },
    Set { name: "P2", degree: 16384, base2k: 52, words: 6, scale_bits: 40, words_a_digit: 2 },
    Set { name: "P3", degree: 32768, base2k: 52, words: 12, scale_bits: 50, words_a_digit: 4 },
];

/// Bits of a plaintext above its scale.
const HEADROOM: usize = 10;

impl Set {
    fn bits(&self) -> usize {
        self.base2k * self.words
    }

    fn ciphertext(&self, bits: usize) -> GLWELayout {
        let (degree, base2k) = (self.degree.into(), self.base2k.into());
        GLWELayout { n: degree, base2k, k: bits.into(), rank: Rank(1) }
    }

    fn plaintext(&self) -> CKKSLayout {
        let meta = GLWEPlaintextMeta {
            scale: Scale::Log(self.scale_bits),
            slots: SlotsKind::Complex,
            log_sparsity: 0,
        };
        CKKSLayout { glwe_layout: self.ciphertext(self.scale_bits + HEADROOM), meta }
    }

    fn digit(&self) -> TorusPrecision {
        k_digit_of(self.base2k, self.words_a_digit)
    }

    fn guard(&self) -> TorusPrecision {
        (self.words_a_digit * self.base2k + self.degree.ilog2() as usize).into()
    }

    fn relinearization(&self) -> GLWETensorKeyLayout {
        let dnum = GGLWELayout::dnum_for_input(self.bits().into(), self.digit());
        let (n, base2k, k_aux) = (self.degree.into(), self.base2k.into(), self.guard());
        GLWETensorKeyLayout { n, base2k, dnum, k_aux, rank: Rank(1), k_digit: self.digit() }
    }

    fn rotation(&self) -> GLWEAutomorphismKeyLayout {
        let dnum = GGLWELayout::dnum_for_input(self.bits().into(), self.digit());
        let (n, base2k, k_aux) = (self.degree.into(), self.base2k.into(), self.guard());
        GLWEAutomorphismKeyLayout { n, base2k, dnum, k_aux, rank: Rank(1), k_digit: self.digit() }
    }

    fn report(&self, op: &str, unit: &str, value: f64) {
        println!(r#"{{"op": "ckks/{}/{op}", "peer": "poulpy", "{unit}": {value}}}"#, self.name);
    }

    fn time(&self, op: &str, repeats: usize, mut work: impl FnMut()) {
        let mut times: Vec<Duration> = (0..repeats)
            .map(|_| {
                let start = ThreadTime::now();
                work();
                start.elapsed()
            })
            .collect();
        times.sort_unstable();
        self.report(op, "us", times[repeats / 2].as_secs_f64() * 1e6);
    }
}

/// What a run works with.
struct Bench {
    set: &'static Set,
    module: Module<Ifma>,
    scratch: ScratchOwned<Ifma>,
    raw: BackendGLWESecret<Ifma>,
    secret: GLWESecretPrepared<Buffer, Ifma>,
    mask: Source,
    noise: Source,
}

fn main() {
    let name = std::env::args().nth(1);
    let Some(set) = SETS.iter().find(|set| Some(set.name) == name.as_deref()) else {
        eprintln!("usage: peers-poulpy P1|P2|P3");
        std::process::exit(2);
    };
    Bench::new(set).run();
}

impl Bench {
    fn new(set: &'static Set) -> Self {
        let module = Module::<Ifma>::new(set.degree as u64);
        let infos = set.ciphertext(set.bits());
        let mut largest = module.ckks_ciphertext_alloc_from_glwe_infos(&infos);
        largest.set_meta(set.plaintext().meta);
        let (tensor, rotation) = (set.relinearization(), set.rotation());
        let bytes = module.ckks_all_ops_with_atk_tmp_bytes(&largest, &set.plaintext(), &tensor, &rotation);
        let encoding =
            CKKSEncodingHostOps::<Ifma, f64>::ckks_encoding_host_tmp_bytes(&module, set.degree / 2);
        let mut raw = module.glwe_secret_alloc_from_infos(&infos);
        module.glwe_secret_fill_ternary_prob(&mut raw, 2.0 / 3.0, &mut Source::new([1; 32]));
        let mut secret = module.glwe_secret_prepared_alloc_from_infos(&infos);
        module.glwe_secret_prepare(&mut secret, &raw);
        let scratch = ScratchOwned::alloc(bytes.max(encoding));
        Self { set, module, scratch, raw, secret, mask: Source::new([2; 32]), noise: Source::new([3; 32]) }
    }

    fn relinearization_key(&mut self) -> GLWETensorKeyPrepared<Buffer, Ifma> {
        let layout = self.set.relinearization();
        let mut key = self.module.glwe_tensor_key_alloc_from_infos(&layout);
        let (noise, mask) = (&mut self.noise, &mut self.mask);
        self.module.glwe_tensor_key_encrypt_sk(&mut key, &self.raw, noise, mask, &mut self.scratch.borrow());
        let mut prepared = self.module.glwe_tensor_key_prepared_alloc_from_infos(&layout);
        self.module.glwe_tensor_key_prepare(&mut prepared, &key, &mut self.scratch.borrow());
        prepared
    }

    fn rotation_key(&mut self, element: i64) -> GLWEAutomorphismKeyPrepared<Buffer, Ifma> {
        let layout = self.set.rotation();
        let mut key = self.module.glwe_automorphism_key_alloc_from_infos(&layout);
        let (noise, mask, scratch) = (&mut self.noise, &mut self.mask, &mut self.scratch.borrow());
        self.module.glwe_automorphism_key_encrypt_sk(&mut key, element, &self.raw, noise, mask, scratch);
        let mut prepared = self.module.glwe_automorphism_key_prepared_alloc_from_infos(&layout);
        self.module.glwe_automorphism_key_prepare(&mut prepared, &key, &mut self.scratch.borrow());
        prepared
    }

    fn ciphertext(&self, bits: usize) -> CKKSCiphertextOwned<Ifma> {
        self.module.ckks_ciphertext_alloc_from_glwe_infos(&self.set.ciphertext(bits))
    }

    fn encode(&mut self, values: &[f64]) -> CKKSPlaintextOwned<Ifma> {
        let layout = self.set.plaintext();
        let mut plain = self.module.ckks_plaintext_alloc(
            self.set.degree.into(),
            self.set.base2k.into(),
            layout.glwe_layout.k,
        );
        plain.set_meta(layout.meta);
        let zeros = vec![0.0; values.len()];
        let scratch = &mut self.scratch.borrow();
        self.module.ckks_encode_slots_host_into(&mut plain, values, &zeros, scratch).expect("encodes");
        plain
    }

    fn encrypt(&mut self, values: &[f64]) -> CKKSCiphertextOwned<Ifma> {
        let plain = self.encode(values);
        let mut sealed = self.ciphertext(self.set.bits());
        let (noise, mask, scratch) = (&mut self.noise, &mut self.mask, &mut self.scratch.borrow());
        self.module
            .ckks_encrypt_sk(&mut sealed, &plain, &self.secret, noise, mask, scratch)
            .expect("encrypts");
        sealed
    }

    fn decrypt(&mut self, sealed: &CKKSCiphertextOwned<Ifma>) -> Vec<f64> {
        let layout = self.set.plaintext();
        let mut plain = self.module.ckks_plaintext_alloc(
            self.set.degree.into(),
            self.set.base2k.into(),
            layout.glwe_layout.k,
        );
        plain.set_meta(layout.meta);
        self.module
            .ckks_decrypt(&mut plain, sealed, &self.secret, &mut self.scratch.borrow())
            .expect("decrypts");
        let (mut re, mut im) = (vec![0.0; self.set.degree / 2], vec![0.0; self.set.degree / 2]);
        let scratch = &mut self.scratch.borrow();
        self.module.ckks_decode_slots_host_into(&plain, &mut re, &mut im, scratch).expect("decodes");
        re
    }

    fn run(mut self) {
        let set = self.set;
        let (x, y) = (values(set.degree / 2, 1), values(set.degree / 2, 2));
        let tensor = self.relinearization_key();
        let sums =
            self.module.ckks_inner_sum_galois_elements(set.degree.into(), 0, set.degree.ilog2() as usize - 1);
        let mut keys = HashMap::new();
        for element in sums.into_iter().chain([self.module.galois_element(1)]) {
            let key = self.rotation_key(element);
            keys.insert(element, key);
        }
        set.report("memory after key generation", "mib", peak_mib());
        set.time("relinearization key", 5, || {
            black_box(self.relinearization_key());
        });
        let (a, b, plain) = (self.encrypt(&x), self.encrypt(&y), self.encode(&y));
        set.time("encode+encrypt (secret key)", 21, || {
            black_box(self.encrypt(&x));
        });
        let fresh = self.decrypt(&a);
        set.report("largest fresh error", "error", distance(&fresh, &x));
        set.time("decrypt+decode", 21, || {
            black_box(self.decrypt(&a));
        });
        let mut sum = self.ciphertext(set.bits());
        set.time("add", 101, || {
            self.module.ckks_add_into(&mut sum, &a, &b, &mut self.scratch.borrow()).expect("adds");
        });
        let mut product = self.ciphertext(set.bits() - set.scale_bits);
        set.time("mul+relinearize+rescale", 21, || {
            self.module
                .ckks_mul_into(&mut product, &a, &b, &tensor, &mut self.scratch.borrow())
                .expect("multiplies");
        });
        let expected: Vec<f64> = x.iter().zip(&y).map(|(x, y)| x * y).collect();
        let decrypted = self.decrypt(&product);
        set.report("largest product error", "error", distance(&decrypted, &expected));
        let mut scaled = self.ciphertext(set.bits() - set.scale_bits);
        set.time("mul_plain+rescale", 21, || {
            let scratch = &mut self.scratch.borrow();
            self.module.ckks_mul_pt_vec_into(&mut scaled, &a, &plain, scratch).expect("multiplies");
        });
        let mut turned = self.ciphertext(set.bits());
        set.time("rotate by 1", 21, || {
            self.module
                .ckks_rotate_into(1, &mut turned, &a, &keys, &mut self.scratch.borrow())
                .expect("rotates");
        });
        set.time("dot4096", 5, || {
            let scratch = &mut self.scratch.borrow();
            self.module.ckks_mul_into(&mut product, &a, &b, &tensor, scratch).expect("multiplies");
            self.module.ckks_inner_sum_assign(0, 12, false, &mut product, &keys, scratch).expect("sums");
        });
    }
}

/// Numbers between -1 and 1.
fn values(count: usize, seed: u64) -> Vec<f64> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    };
    (0..count).map(|_| next()).collect()
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

fn peak_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
    line.trim().trim_end_matches(" kB").parse::<f64>().expect("a number") / 1024.0
}
