//! Dealing, from the root down.
use rand_chacha::ChaCha20Rng;
use rand_core::{CryptoRng, Rng};
use zeroize::Zeroizing;

use super::{
    share::{BLINDER_LEN, Share},
    tree::{Node, Policy},
};
use crate::{
    error::{Error, ErrorKind, Result},
    shamir::{SetId, bare, split::expand},
};

/// The longest secret, 1 MiB. Of something longer, share the key that encrypts it.
pub const MAX_SECRET_LEN: usize = 1 << 20;

/// Splits a secret by a policy: one share for each seat, in their order.
///
/// # Errors
/// `OutOfRange` when the secret is empty or longer than [`MAX_SECRET_LEN`].
/// # Timing
/// Constant in the secret; varies with its length and the policy.
/// # Security
/// `rng` gives one 256-bit seed; ChaCha20 expands it.
/// # Source
/// \[BL88\]: each gate shares its value among its children with a polynomial of degree `needed - 1`, \[Sha79\].
pub fn split(secret: &[u8], policy: &Policy, rng: &mut impl CryptoRng) -> Result<Vec<Share>> {
    if secret.is_empty() || secret.len() > MAX_SECRET_LEN {
        return Err(Error::new(ErrorKind::OutOfRange, "secret: empty, or longer than 1 MiB"));
    }
    let mut rng = expand(rng);
    let mut set_id = SetId::default();
    rng.fill_bytes(&mut set_id);
    let mut payloads = Vec::new();
    deal(&policy.0, Zeroizing::new(secret.to_vec()), &mut rng, &mut payloads);
    let mut shares: Vec<Share> = policy
        .seats()
        .into_iter()
        .zip(payloads)
        .map(|((seat, _), payload)| {
            let mut blinder = Zeroizing::new([0; BLINDER_LEN]);
            rng.fill_bytes(&mut *blinder);
            Share { set_id, policy: policy.clone(), seat, blinder, payload, commitments: [].into() }
        })
        .collect();
    let commitments: Vec<_> = shares.iter().map(Share::commit).collect();
    let commitments: std::sync::Arc<[_]> = commitments.into();
    for share in &mut shares {
        share.commitments = commitments.clone();
    }
    Ok(shares)
}

/// Shares a node's value among its seats; appends one payload for each.
fn deal(
    node: &Node,
    value: Zeroizing<Vec<u8>>,
    rng: &mut ChaCha20Rng,
    payloads: &mut Vec<Zeroizing<Vec<u8>>>,
) {
    let Node::Gate { needed, children } = node else {
        payloads.push(value);
        return;
    };
    let total = children.iter().map(|child| child.weight).sum();
    let dealt = bare::deal(&value, *needed, total, rng);
    let mut dealt = dealt.into_iter();
    for child in children {
        let mut joined = Zeroizing::new(Vec::with_capacity(child.weight * value.len()));
        for share in dealt.by_ref().take(child.weight) {
            joined.extend_from_slice(&share);
        }
        deal(&child.node, joined, rng, payloads);
    }
}
