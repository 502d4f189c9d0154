//! Circuits on planes of shared bits, of logarithmic depth.
//!
//! A vector of nodes holds the words of node 0, then those of node 1, and so on, `blocks` words each.
use super::{pair::Pair, word::Lanes};
use crate::error::Result;

/// Shares of 64 bits.
pub(super) type Bits = Pair<Lanes>;

/// Whoever multiplies shared bits.
pub(super) trait Gates: Send {
    /// The products bit by bit.
    fn and(&mut self, x: &[Bits], y: &[Bits]) -> impl Future<Output = Result<Vec<Bits>>> + Send;
}

/// The carry out of nodes that generate (`g`) or propagate (`p`) one, lowest first. `p` begins with node 1: what goes into node 0
/// is no carry.
///
/// A tree: ceil(log2(nodes)) rounds and at most `2 nodes - 2` products of bits.
pub(super) async fn carry(
    gates: &mut impl Gates,
    g: Vec<Bits>,
    p: Vec<Bits>,
    blocks: usize,
) -> Result<Vec<Bits>> {
    let (mut g, mut p) = (g, p);
    while g.len() > blocks {
        let nodes = g.len() / blocks;
        let pairs = nodes / 2;
        let node = |nodes: &[Bits], i: usize| nodes[i * blocks..(i + 1) * blocks].to_vec();
        // Above node j in pair j: p (2 j + 1) with g (2 j), and with p (2 j) unless j is 0.
        let upper: Vec<Bits> = (0..pairs).flat_map(|j| node(&p, 2 * j)).collect();
        let mut lower: Vec<Bits> = (0..pairs).flat_map(|j| node(&g, 2 * j)).collect();
        lower.extend((1..pairs).flat_map(|j| node(&p, 2 * j - 1)));
        let mut left = upper.clone();
        left.extend_from_slice(&upper[blocks..]);
        let products = gates.and(&left, &lower).await?;
        let (carried, passed) = products.split_at(pairs * blocks);
        let mut next: Vec<Bits> = (0..pairs).flat_map(|j| node(&g, 2 * j + 1)).collect();
        next.iter_mut().zip(carried).for_each(|(g, carried)| *g = *g + *carried);
        let mut through = passed.to_vec();
        if nodes % 2 == 1 {
            next.extend(node(&g, nodes - 1));
            through.extend(node(&p, nodes - 2));
        }
        (g, p) = (next, through);
    }
    Ok(g)
}

/// The carries out of node 0, out of nodes 0 and 1, and so on. `p` begins with node 1.
///
/// ceil(log2(nodes)) rounds, `nodes / 2` pairs of products in each.
pub(super) async fn carries(
    gates: &mut impl Gates,
    g: Vec<Bits>,
    p: Vec<Bits>,
    blocks: usize,
) -> Result<Vec<Bits>> {
    let (mut g, mut p) = (g, p);
    let nodes = g.len().checked_div(blocks).unwrap_or(0);
    let mut span = 1;
    while span < nodes {
        // Nodes in the upper half of each stretch of 2 span take what comes out of its lower half.
        let uppers: Vec<usize> = (0..nodes).filter(|i| i / span % 2 == 1).collect();
        let below = |i: usize| i / span * span - 1;
        let words = |of: &[Bits], i: usize| of[i * blocks..(i + 1) * blocks].to_vec();
        let passing: Vec<usize> = uppers.iter().copied().filter(|i| i / span > 1).collect();
        let mut left: Vec<Bits> = uppers.iter().flat_map(|i| words(&p, i - 1)).collect();
        let mut right: Vec<Bits> = uppers.iter().flat_map(|i| words(&g, below(*i))).collect();
        left.extend(passing.iter().flat_map(|i| words(&p, i - 1)));
        right.extend(passing.iter().flat_map(|i| words(&p, below(*i) - 1)));
        let products = gates.and(&left, &right).await?;
        let (carried, passed) = products.split_at(uppers.len() * blocks);
        for (i, carried) in uppers.iter().zip(carried.chunks_exact(blocks)) {
            g[i * blocks..(i + 1) * blocks]
                .iter_mut()
                .zip(carried)
                .for_each(|(g, carried)| *g = *g + *carried);
        }
        for (i, passed) in passing.iter().zip(passed.chunks_exact(blocks)) {
            p[(i - 1) * blocks..i * blocks].copy_from_slice(passed);
        }
        span *= 2;
    }
    Ok(g)
}

/// The product of all nodes. ceil(log2(nodes)) rounds and `nodes - 1` products of bits.
pub(super) async fn all(gates: &mut impl Gates, nodes: Vec<Bits>, blocks: usize) -> Result<Vec<Bits>> {
    let mut nodes = nodes;
    while nodes.len() > blocks {
        let pairs = nodes.len() / blocks / 2;
        let (left, rest) = nodes.split_at(pairs * blocks);
        let (right, odd) = rest.split_at(pairs * blocks);
        let mut products = gates.and(left, right).await?;
        products.extend_from_slice(odd);
        nodes = products;
    }
    Ok(nodes)
}
