//! What is still needed beside the seats that are there.
use std::sync::Arc;

use super::tree::{Child, Node, Policy};
use crate::party::PartyId;

impl Policy {
    /// The rule that is left when these seats are there: who else is needed. `None` when they satisfy the policy.
    ///
    /// Seats that can no longer help, such as those below a gate that is satisfied, are not in it.
    ///
    /// # Example
    /// ```
    /// use veilkit::{PartyId, shamir::policy::Policy};
    ///
    /// let rule: Policy = "2 of (doctor, doctor, surgeon) and administrator".parse()?;
    /// let missing = rule.missing(&[PartyId::new(1)?]).expect("one doctor is not enough");
    /// assert_eq!(missing.to_string(), "(doctor or surgeon) and administrator");
    /// # Ok::<(), veilkit::Error>(())
    /// ```
    pub fn missing(&self, seats: &[PartyId]) -> Option<Self> {
        let mut there = (1_u16..).map(|number| seats.iter().any(|seat| seat.get() == number));
        rest(&self.0, &mut there).map(|root| Self(Arc::new(root)))
    }
}

/// What is left of a node; takes one item for each seat.
fn rest(node: &Node, there: &mut impl Iterator<Item = bool>) -> Option<Node> {
    let (needed, children) = match node {
        Node::Seat(_) => return (!there.next().unwrap_or(false)).then(|| node.clone()),
        Node::Gate { needed, children } => (*needed, children),
    };
    let (mut found, mut left) = (0, Vec::new());
    for child in children {
        match rest(&child.node, there) {
            None => found += child.weight,
            Some(node) => left.push(Child { weight: child.weight, node }),
        }
    }
    let needed = needed.checked_sub(found).filter(|needed| *needed > 0)?;
    // What counts for more than is needed counts for all that is needed.
    left.iter_mut().for_each(|child| child.weight = child.weight.min(needed));
    let any = left.iter().all(|child| child.weight == needed);
    let all = left.iter().map(|child| child.weight).sum::<usize>() == needed;
    let needed = match (any, all) {
        (true, _) => 1,
        (false, true) => left.len(),
        (false, false) => needed,
    };
    if any || all {
        left.iter_mut().for_each(|child| child.weight = 1);
    }
    Some(Node::gate(needed, left).expect("a part of a policy keeps its limits, and what is left suffices"))
}
