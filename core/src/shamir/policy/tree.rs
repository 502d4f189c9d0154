//! Policies as trees of threshold gates.
use std::sync::Arc;

use crate::{
    error::{Error, ErrorKind, Result},
    party::PartyId,
    transcript::{Digest, Transcript},
};

/// The longest text of a policy in bytes.
pub const MAX_TEXT_LEN: usize = 4096;
/// How deep gates may nest.
pub const MAX_DEPTH: usize = 8;
/// The most seats.
pub const MAX_SEATS: usize = 255;
/// The most values that one seat may hold: the product of the weights above it.
pub(super) const MAX_VALUES: usize = 255;

/// Who together may have the secret. Cheap to clone.
///
/// Two policies are equal when they print the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy(pub(super) Arc<Node>);

/// A gate or a seat. Gates have at least two children, or one that weighs more than its gate needs less one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    Seat(String),
    Gate { needed: usize, children: Vec<Child> },
}

/// A node under a gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Child {
    pub(super) weight: usize,
    pub(super) node: Node,
}

impl Child {
    pub(super) fn new(node: Node) -> Self {
        Self { weight: 1, node }
    }
}

impl Node {
    /// A gate in canonical form: one child that suffices alone stands for itself, and `and` in `and` is one `and`.
    pub(super) fn gate(needed: usize, children: Vec<Child>) -> Result<Self> {
        let invalid = |what| Err(Error::new(ErrorKind::InvalidParams, what));
        let total = total(&children);
        if needed == 0 {
            return invalid("policy: 0 of");
        }
        if children.iter().any(|child| child.weight == 0) {
            return invalid("policy: weight 0");
        }
        if total > 255 {
            return invalid("policy: the weights under a gate exceed 255");
        }
        if needed > total {
            return invalid("policy: more needed than there is");
        }
        let children = match <[Child; 1]>::try_from(children) {
            Ok([only]) if only.weight == 1 => return Ok(only.node),
            Ok(only) => only.into(),
            Err(children) => children,
        };
        let mut flat = Vec::with_capacity(children.len());
        let is_all = needed == total && children.iter().all(|child| child.weight == 1);
        let is_any = needed == 1 && children.iter().all(|child| child.weight == 1);
        for child in children {
            match child.node {
                Self::Gate { needed: inner, children: grandchildren }
                    if child.weight == 1
                        && grandchildren.iter().all(|child| child.weight == 1)
                        && (is_all && inner == grandchildren.len() || is_any && inner == 1) =>
                {
                    flat.extend(grandchildren);
                }
                node => flat.push(Child { weight: child.weight, node }),
            }
        }
        let needed = if is_all { flat.len() } else { needed };
        if self::total(&flat) > 255 {
            return invalid("policy: the weights under a gate exceed 255");
        }
        Ok(Self::Gate { needed, children: flat })
    }

    /// The gates on the longest path.
    fn depth(&self) -> usize {
        match self {
            Self::Seat(_) => 0,
            Self::Gate { children, .. } => {
                1 + children.iter().map(|child| child.node.depth()).max().unwrap_or(0)
            }
        }
    }

    /// Calls with each seat's name and number of values, in order.
    fn each_seat<'a>(&'a self, values: usize, see: &mut impl FnMut(&'a str, usize)) {
        match self {
            Self::Seat(name) => see(name, values),
            Self::Gate { children, .. } => {
                for child in children {
                    child.node.each_seat(values.saturating_mul(child.weight), see);
                }
            }
        }
    }

    /// Whether the seats that are there suffice; takes one item for each seat.
    fn is_satisfied(&self, there: &mut impl Iterator<Item = bool>) -> bool {
        match self {
            Self::Seat(_) => there.next().unwrap_or(false),
            Self::Gate { needed, children } => {
                let weight = |child: &Child| if child.node.is_satisfied(there) { child.weight } else { 0 };
                children.iter().map(weight).sum::<usize>() >= *needed
            }
        }
    }

    /// The fewest seats that suffice.
    fn smallest(&self) -> usize {
        match self {
            Self::Seat(_) => 1,
            Self::Gate { needed, children } => {
                // The fewest seats for each weight up to what is needed: a knapsack.
                let mut fewest = vec![usize::MAX; needed + 1];
                fewest[0] = 0;
                for child in children {
                    let seats = child.node.smallest();
                    for weight in (0..=*needed).rev().filter(|weight| *weight > 0) {
                        let before = fewest[weight.saturating_sub(child.weight)];
                        fewest[weight] = fewest[weight].min(before.saturating_add(seats));
                    }
                }
                fewest[*needed]
            }
        }
    }
}

fn total(children: &[Child]) -> usize {
    children.iter().fold(0, |sum: usize, child| sum.saturating_add(child.weight))
}

impl Policy {
    /// Checks the size of the whole tree.
    pub(super) fn checked(root: Node) -> Result<Self> {
        let invalid = |what| Err(Error::new(ErrorKind::InvalidParams, what));
        if root.depth() > MAX_DEPTH {
            return invalid("policy: nested more than 8 deep");
        }
        let (mut seats, mut most) = (0, 0);
        root.each_seat(1, &mut |_, values| {
            seats += 1;
            most = most.max(values);
        });
        if seats > MAX_SEATS {
            return invalid("policy: more than 255 seats");
        }
        if most > MAX_VALUES {
            return invalid("policy: the weights above a seat multiply to more than 255");
        }
        Ok(Self(Arc::new(root)))
    }

    /// The seats and their names, in order.
    pub fn seats(&self) -> Vec<(PartyId, &str)> {
        let mut names = Vec::new();
        self.0.each_seat(1, &mut |name, _| names.push(name));
        (1..).map(|number| PartyId::new(number).expect("counted from 1")).zip(names).collect()
    }

    /// How many values the share of each seat holds: the product of the weights above it.
    pub(super) fn values(&self) -> Vec<usize> {
        let mut all = Vec::new();
        self.0.each_seat(1, &mut |_, values| all.push(values));
        all
    }

    /// Whether these seats together may have the secret. Numbers that no seat has do not count.
    pub fn is_satisfied_by(&self, seats: &[PartyId]) -> bool {
        let mut there = (1_u16..).map(|number| seats.iter().any(|seat| seat.get() == number));
        self.0.is_satisfied(&mut there)
    }

    /// The fewest seats that together may have the secret.
    pub fn smallest(&self) -> usize {
        self.0.smallest()
    }

    /// The name of the rule: a hash of its canonical text.
    pub fn hash(&self) -> Digest {
        Transcript::new("veilkit v1 shamir policy").append("text", self.to_string().as_bytes()).digest()
    }
}
