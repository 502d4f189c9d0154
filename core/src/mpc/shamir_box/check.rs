//! The check of the malicious box: every product and input at once, the key staying secret.
//!
//! Let `[z_k]`, `[r z_k]` be all pairs since the last check. With coins that nobody could foresee,
//! `w = sum of alpha_k z_k` and `u = sum of alpha_k (r z_k)` satisfy `u = r w` in an honest run. A cheat's errors make
//! `T = u - r w = sum of alpha_k (e_k - r d_k)`, where `d_k` and `e_k`, what a cheat has added to a value and to its tag, do not
//! depend on r and alpha. If any of them is not zero, T is zero with a chance of at most `2 / |F|` (\[CGHIKLN18\],
//! the lemma on the verification stage).
//!
//! That protocol opens r to compare, which ends the computation. Here `u = r w` is verified as a product, with a random
//! `[a]` and its `[c] = [r a]` that were made before the coins, by the sacrifice of \[KOS16\], triple generation: `sigma = rho w + a` is
//! opened, which a hides, and `T' = rho u + c - sigma r = rho T + (c - r a)` is zero only if T is or if the coin rho hits one value.
//! So an error in c or in the multiplication cannot be chosen to make up for T, which it would have to know: that
//! would be a way to test guesses about values. T' is compared to zero without telling it: times a random `[s]`, and opened
//! (\[CGHIKLN18\], "CheckZero").
//!
//! The first round also compares what the parties have heard: a party that told different ones different things is found, though
//! not named.
//!
//! # Errors of one check
//! `2 / |F|` for T, `1 / |F|` for rho, `1 / |F|` for s being zero, `1 / |F|` for an error that happens to cancel `s T'`; and
//! what it takes to tell the coins' stream from random numbers.
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{
    Authenticated, BoxField, Malicious,
    engine::{NOT_ONE_POLYNOMIAL, Opening},
};
use crate::{
    error::{Error, ErrorKind, Result},
    mpc::arithmetic::Shared,
    ring::Xof,
    secret::declassify,
    transcript::{Digest, Transcript},
};

/// Shares of a random value and of its product with the key, for one check.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(super) struct Spare<F: BoxField> {
    pub(super) value: F,
    pub(super) product: F,
}

/// How many spare products are made at once.
const SPARES: usize = 64;

const DIGEST_LEN: usize = size_of::<Digest>();

impl<F: BoxField> Malicious<F> {
    /// Verifies all pairs since the last time.
    pub(super) async fn verify(&mut self) -> Result<()> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let pending = core::mem::take(&mut self.pending);
        let spare = self.spare().await?;
        let hidden = self.engine.random(coins::<F>() + 1).await?;
        let (coins, factor) = (hidden.rows_of(0..coins::<F>()), hidden.rows_of(coins::<F>()..hidden.len()));
        let mut stream = self.toss(&coins).await?;

        let mut rho = [F::ZERO];
        F::draw(|words| stream.fill(words), &mut rho);
        let combined = combined(&mut stream, &pending);
        let computing = self.engine.computing();
        let masked = Shared::column(vec![combined.value * rho[0] + spare.value]);
        let sigma = self.engine.open("check: masked sum", &masked, &computing, Opening::Verified).await?;
        let sigma = sigma.map_or(F::ZERO, |sigma| sigma[0]);

        let difference = combined.mac * rho[0] + spare.product - sigma * self.key();
        let product = Shared::column(vec![difference * factor.shares()[0]]);
        let product = self.engine.reduce_at_once(product).await?;
        let opened = self.engine.open("check: zero", &product, &computing, Opening::Verified).await?;
        if opened.is_some_and(|opened| !declassify(opened[0].ct_eq(&F::ZERO))) {
            return Err(Error::new(ErrorKind::VerificationFailed, "check: a product is wrong"));
        }
        Ok(())
    }

    /// A random value times the key, from the stock.
    async fn spare(&mut self) -> Result<Spare<F>> {
        if self.spare.is_empty() {
            let values = self.engine.random(SPARES).await?;
            let products = values.scaled(self.key());
            let products = self.engine.reduce(products).await?;
            let pairs = values.shares().iter().zip(products.shares());
            self.spare.extend(pairs.map(|(value, product)| Spare { value: *value, product: *product }));
        }
        Ok(self.spare.pop().expect("just made"))
    }

    /// Opens coins, and compares what was heard.
    ///
    /// # Errors
    /// `VerificationFailed` when the coins' shares do not lie on polynomials, or when the parties have heard different things.
    async fn toss(&mut self, coins: &Shared<F>) -> Result<Xof> {
        let heard = self.engine.heard();
        let message = [&heard[..], &F::to_message(coins.shares())].concat();
        let outgoing = self.engine.to_peers(message);
        let from = self.engine.peers_mask();
        let came = self.engine.channel.exchange("check: coins", outgoing, &from).await?;
        let scheme = &self.engine.scheme;
        let mut transcript = Transcript::new("veilkit v1 shamir box coins");
        transcript.append_u64("check", self.checks);
        self.checks += 1;
        if scheme.computes() {
            let mut vectors = Vec::with_capacity(scheme.computing);
            for (party, message) in came.iter().enumerate().take(scheme.computing) {
                if party == scheme.me {
                    vectors.push(coins.shares().to_vec());
                    continue;
                }
                let short = || self.engine.channel.cheat("check: not as many coins as asked for", party);
                let message = message.as_ref().and_then(|message| message.split_first_chunk::<DIGEST_LEN>());
                let (digest, shares) = message.ok_or_else(short)?;
                if *digest != heard {
                    return Err(Error::new(
                        ErrorKind::VerificationFailed,
                        "check: parties heard different messages",
                    ));
                }
                vectors.push(F::from_message(shares, coins.len(), "check").map_err(|_| short())?);
            }
            let vectors: Vec<&[F]> = vectors.iter().map(Vec::as_slice).collect();
            let opened = scheme.verified(&vectors, NOT_ONE_POLYNOMIAL)?;
            transcript.append("coins", &F::to_message(&opened));
        }
        Ok(Xof::new(&transcript.key(), 0))
    }
}

/// The elements that have 256 bits together.
fn coins<F: BoxField>() -> usize {
    256_usize.div_ceil(F::BITS as usize)
}

/// The sum of all pairs, each times a random factor of its own.
fn combined<F: BoxField>(stream: &mut Xof, pending: &[Shared<Authenticated<F>>]) -> Authenticated<F> {
    const CHUNK: usize = 256;
    let mut factors = [F::ZERO; CHUNK];
    let mut sum = Authenticated::default();
    for piece in pending.iter().flat_map(|pairs| pairs.shares().chunks(CHUNK)) {
        let factors = &mut factors[..piece.len()];
        F::draw(|words| stream.fill(words), factors);
        let terms = |part: fn(&Authenticated<F>) -> F| {
            F::sum_of_products(piece.iter().zip(factors.iter()).map(|(pair, factor)| (part(pair), *factor)))
        };
        sum = sum + Authenticated { value: terms(|x| x.value), mac: terms(|x| x.mac) };
    }
    sum
}
