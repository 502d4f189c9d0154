//! Policy to canonical text.
use core::fmt;

use super::tree::{Child, Node, Policy};

/// How tightly the surroundings bind.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Inside {
    Anything,
    All,
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_node(&self.0, Inside::Anything, f)
    }
}

fn write_node(node: &Node, inside: Inside, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let Node::Gate { needed, children } = node else {
        let Node::Seat(name) = node else { return Ok(()) };
        return f.write_str(name);
    };
    if children.iter().any(|child| child.weight != 1) || (*needed != 1 && *needed != children.len()) {
        write!(f, "{needed} of (")?;
        write_list(children, ", ", Inside::Anything, f)?;
        f.write_str(")")
    } else if *needed == children.len() {
        // `and` never stands directly in another `and`, which would be one.
        write_list(children, " and ", Inside::All, f)
    } else if inside == Inside::All {
        f.write_str("(")?;
        write_list(children, " or ", Inside::Anything, f)?;
        f.write_str(")")
    } else {
        write_list(children, " or ", Inside::Anything, f)
    }
}

fn write_list(
    children: &[Child],
    separator: &str,
    inside: Inside,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    for (place, child) in children.iter().enumerate() {
        if place > 0 {
            f.write_str(separator)?;
        }
        write_node(&child.node, inside, f)?;
        if child.weight != 1 {
            write!(f, " * {}", child.weight)?;
        }
    }
    Ok(())
}
