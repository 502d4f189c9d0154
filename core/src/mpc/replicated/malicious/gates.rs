//! Products of shared bits, and what is kept of them until they are checked.
use zeroize::{Zeroize, Zeroizing};

use super::Malicious;
use crate::{
    error::Result,
    mpc::replicated::{
        circuits::{Bits, Gates},
        link::Link,
        products,
        word::Lanes,
    },
};

/// So many words of products wait for a check at most.
pub(super) const MOST_PENDING: usize = 1 << 17;

/// A word of products, as seen by a party. For the party whose summand is this one's `next` one, it knows what that party's message
/// must be but for what only that party and the third know; and the other way round for the party before.
#[derive(Clone, Copy, Default)]
pub(super) struct Gate {
    pub(super) x: Bits,
    pub(super) y: Bits,
    /// For the party after: what it said, without the product of the summands in common and the mask in common.
    pub(super) of_after: Lanes,
    /// For the party before: the mask in common.
    pub(super) of_before: Lanes,
}

impl Zeroize for Gate {
    fn zeroize(&mut self) {
        self.x.zeroize();
        self.y.zeroize();
        self.of_after.zeroize();
        self.of_before.zeroize();
    }
}

/// Multiplies bits, and keeps what the proof about it needs.
pub(super) async fn multiply(
    link: &mut Link,
    gates: &mut Zeroizing<Vec<Gate>>,
    x: &[Bits],
    y: &[Bits],
) -> Result<Vec<Bits>> {
    let first = gates.len();
    gates.extend(x.iter().zip(y).map(|(x, y)| Gate { x: *x, y: *y, ..Gate::default() }));
    let (shares, message) = link.masked(x.len(), products::by_entry(x, y), |place, mine, next| {
        gates[first + place].of_before = mine;
        gates[first + place].of_after = next;
    });
    let shares = link.complete("and", shares, message).await?;
    for (gate, share) in gates[first..].iter_mut().zip(&shares) {
        gate.of_after = gate.of_after + share.next + gate.x.next * gate.y.next;
    }
    Ok(shares)
}

impl Gates for Malicious {
    async fn and(&mut self, x: &[Bits], y: &[Bits]) -> Result<Vec<Bits>> {
        let products = multiply(&mut self.link, &mut self.gates, x, y).await?;
        if self.gates.len() > MOST_PENDING {
            self.check_gates().await?;
        }
        Ok(products)
    }
}
