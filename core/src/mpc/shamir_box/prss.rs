//! Pseudo-random sharings: a key for each set of `t` computing parties, held by everybody outside it.
//!
//! For a set A let `f_A` be the polynomial of degree t with value 1 at zero and 0 at the places of A. The sum of
//! `psi_A f_A`, with `psi_A` from A's key, is a sharing of the sum of all `psi_A`, and party j can compute its share of it: where
//! it does not hold the key, it is in A, and the term is zero. If A are the corrupted parties, nothing is known
//! to them about `psi_A`. In the same way the sum of `psi_(A,i) x^i f_A` for i from 1 to t is a sharing of zero of degree 2t.
//!
//! # Source
//! \[CDI05\]: pseudo-random secret sharing, and pseudo-random zero-sharing for degree 2t.
use rand_core::Rng;
use zeroize::Zeroizing;

use super::{
    BoxField,
    scheme::{Scheme, point, powers},
};
use crate::{
    error::{Error, ErrorKind, Result},
    field::BulkField,
    mpc::{arithmetic::Shared, session::Channel},
    ring::Xof,
    transcript::Transcript,
};

/// The most sets for which keys are agreed.
pub(super) const MAX_SETS: u64 = 35;

const KEY_LEN: usize = 32;

/// The keys that I hold, as streams.
pub(super) struct Prss<F> {
    sets: Vec<Set<F>>,
}

struct Set<F> {
    values: Xof,
    zeros: Xof,
    /// `f_A` at my place.
    factor: F,
    /// `x^i f_A` at my place for i from 1 to t.
    zero_factors: Vec<F>,
}

/// The sets of `degree` computing parties, as bits, in ascending order.
fn sets(computing: usize, degree: usize) -> impl Iterator<Item = u32> {
    (0_u32..1 << computing).filter(move |set| set.count_ones() as usize == degree)
}

fn contains(set: u32, position: usize) -> bool {
    set >> position & 1 == 1
}

/// Whether there are few enough sets: `C(2t + 1, t)` is 3, 10, 35, 126, ..
pub(super) fn is_small(degree: usize) -> bool {
    let choose = (1..=degree as u64).fold(1, |product, i| product * (degree as u64 + 1 + i) / i);
    choose <= MAX_SETS
}

impl<F: BoxField> Prss<F> {
    /// Agrees on the keys.
    ///
    /// # Errors
    /// `VerificationFailed` when two holders of a key have different ones; nobody can be named.
    pub(super) async fn agree(channel: &mut Channel, scheme: &Scheme<F>) -> Result<Self> {
        let keys = match scheme.degree {
            1 => pairwise(channel, scheme),
            _ => dealt(channel, scheme).await?,
        };
        Ok(Self::new(scheme, &keys))
    }

    fn new(scheme: &Scheme<F>, keys: &[(u32, Zeroizing<[u8; KEY_LEN]>)]) -> Self {
        let sets = keys.iter().map(|(set, key)| {
            let x: F = point(scheme.me);
            let members = (0..scheme.computing).filter(|position| contains(*set, *position)).map(point::<F>);
            let factor = members.fold(F::ONE, |product, y| {
                let inverse = y.invert().expect("no place is zero");
                product * (y - x) * inverse
            });
            let powers = powers::<F>(scheme.me, scheme.degree + 1);
            let zero_factors = powers[1..].iter().map(|power| *power * factor).collect();
            Set { values: Xof::new(key, 0), zeros: Xof::new(key, 1), factor, zero_factors }
        });
        Self { sets: sets.collect() }
    }

    /// My shares of random values.
    pub(super) fn random(&mut self, len: usize) -> Shared<F> {
        let mut out = Shared::zeros(len, 1);
        for set in &mut self.sets {
            add_stream(out.shares_mut(), &mut set.values, &[set.factor]);
        }
        out
    }

    /// My shares of zeros of twice the degree.
    pub(super) fn zeros(&mut self, len: usize) -> Shared<F> {
        let mut out = Shared::zeros(len, 1);
        self.add_zeros(out.shares_mut());
        out
    }

    fn add_zeros(&mut self, out: &mut [F]) {
        for set in &mut self.sets {
            add_stream(out, &mut set.zeros, &set.zero_factors);
        }
    }

    /// My shares of random values, of the degree and of twice the degree.
    pub(super) fn doubles(&mut self, len: usize) -> (Shared<F>, Shared<F>) {
        let short = self.random(len);
        let mut wide = short.clone();
        self.add_zeros(wide.shares_mut());
        (short, wide)
    }
}

/// Adds to each element the next ones of a stream, one for each factor, times these.
fn add_stream<F: BulkField>(out: &mut [F], stream: &mut Xof, factors: &[F]) {
    const CHUNK: usize = 512;
    let mut fresh = Shared::zeros(CHUNK.min(out.len()), 1);
    for piece in out.chunks_mut(CHUNK) {
        for factor in factors {
            let fresh = &mut fresh.shares_mut()[..piece.len()];
            F::draw(|words| stream.fill(words), fresh);
            F::add_multiple(piece, *factor, fresh);
        }
    }
}

/// Among three computing parties each key has two holders, who have one in common already.
fn pairwise<F: BulkField>(channel: &Channel, scheme: &Scheme<F>) -> Vec<(u32, Zeroizing<[u8; KEY_LEN]>)> {
    let held = sets(scheme.computing, 1).filter(|set| scheme.computes() && !contains(*set, scheme.me));
    held.map(|set| {
        let peer = scheme.peers().find(|peer| !contains(set, *peer)).expect("two parties outside the set");
        (set, channel.pairwise_key(peer, "shamir box"))
    })
    .collect()
}

/// The first holder of each key draws it and sends it to the others; then every two compare what they have in common.
async fn dealt<F: BoxField>(
    channel: &mut Channel,
    scheme: &Scheme<F>,
) -> Result<Vec<(u32, Zeroizing<[u8; KEY_LEN]>)>> {
    let me = scheme.me;
    let first = |set: u32| (0..scheme.computing).find(|position| !contains(set, *position));
    let held: Vec<u32> = match scheme.computes() {
        true => sets(scheme.computing, scheme.degree).filter(|set| !contains(*set, me)).collect(),
        false => Vec::new(),
    };
    let mut keys: Vec<(u32, Zeroizing<[u8; KEY_LEN]>)> = Vec::with_capacity(held.len());
    for set in &held {
        let mut key = Zeroizing::new([0; KEY_LEN]);
        if first(*set) == Some(me) {
            channel.rng().fill_bytes(&mut *key);
        }
        keys.push((*set, key));
    }

    let mut outgoing = vec![None; scheme.parties];
    let mut from = vec![false; scheme.parties];
    if scheme.computes() {
        for peer in scheme.peers() {
            let led = keys.iter().filter(|(set, _)| first(*set) == Some(me) && !contains(*set, peer));
            let message: Vec<u8> = led.flat_map(|(_, key)| key.iter().copied()).collect();
            outgoing[peer] = (!message.is_empty()).then_some(message);
            from[peer] = held.iter().any(|set| first(*set) == Some(peer));
        }
    }
    let came = channel.exchange("keys", outgoing, &from).await?;
    for (peer, message) in came.iter().enumerate() {
        let Some(message) = message.as_ref().filter(|_| peer != me) else { continue };
        let theirs: Vec<&mut (u32, Zeroizing<[u8; KEY_LEN]>)> =
            keys.iter_mut().filter(|(set, _)| first(*set) == Some(peer)).collect();
        let (chunks, rest) = message.as_chunks::<KEY_LEN>();
        if chunks.len() != theirs.len() || !rest.is_empty() {
            return Err(channel.cheat("keys: not as many as there are sets", peer));
        }
        for ((_, key), chunk) in theirs.into_iter().zip(chunks) {
            **key = *chunk;
        }
    }

    let digest = |peer: usize| {
        let mut common = Transcript::new("veilkit v1 shamir box keys");
        keys.iter().filter(|(set, _)| !contains(*set, peer)).for_each(|(_, key)| {
            common.append("key", &**key);
        });
        common.digest()
    };
    let mut outgoing = vec![None; scheme.parties];
    let mut from = vec![false; scheme.parties];
    if scheme.computes() {
        for peer in scheme.peers() {
            outgoing[peer] = Some(digest(peer).to_vec());
            from[peer] = true;
        }
    }
    let came = channel.exchange("keys: comparison", outgoing, &from).await?;
    for (peer, message) in came.iter().enumerate().filter(|(peer, _)| *peer != me) {
        if message.as_ref().is_some_and(|message| message[..] != digest(peer)[..]) {
            return Err(Error::new(ErrorKind::VerificationFailed, "keys: two parties have different ones"));
        }
    }
    Ok(keys)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::{Field, Fp61};

    /// All parties' keys, from the numbers of the sets.
    fn local<F: BoxField>(parties: usize, seed: u8) -> Vec<(Scheme<F>, Prss<F>)> {
        let one = |me| {
            let scheme = Scheme::new(parties, me).unwrap();
            let held =
                sets(scheme.computing, scheme.degree).filter(|set| scheme.computes() && !contains(*set, me));
            let keys: Vec<_> = held
                .map(|set| {
                    let mut key = Zeroizing::new([seed; KEY_LEN]);
                    key[..4].copy_from_slice(&set.to_le_bytes());
                    (set, key)
                })
                .collect();
            let prss = Prss::new(&scheme, &keys);
            (scheme, prss)
        };
        (0..parties).map(one).collect()
    }

    #[test]
    fn few_sets_are_up_to_eight_parties() {
        let counts = [1, 2, 3].map(|degree| sets(2 * degree + 1, degree).count());
        assert_eq!(counts, [3, 10, 35]);
        assert_eq!([1, 2, 3, 4, 24].map(is_small), [true, true, true, false, false]);
    }

    fn views(all: &[Shared<Fp61>]) -> Vec<&[Fp61]> {
        all.iter().map(Shared::shares).collect()
    }

    #[test]
    fn shares_lie_on_polynomials() {
        for parties in [3, 5, 7, 8] {
            let mut all = local::<Fp61>(parties, 1);
            let computing = all[0].0.computing;
            let (mut short, mut wide, mut zeros) = (Vec::new(), Vec::new(), Vec::new());
            for (_, prss) in &mut all[..computing] {
                let double = prss.doubles(300);
                short.push(double.0);
                wide.push(double.1);
                zeros.push(prss.zeros(300));
            }
            let scheme = &all[0].0;
            let values = scheme.verified(&views(&short), "short").unwrap();
            assert_eq!(scheme.wide(&views(&wide)), values);
            assert_eq!(scheme.wide(&views(&zeros)), vec![Fp61::ZERO; 300]);
            assert!(scheme.verified(&views(&wide), "wide").is_err(), "the degree is twice as high");
            assert!(values.iter().all(|value| *value != Fp61::ZERO));
        }
    }
}
