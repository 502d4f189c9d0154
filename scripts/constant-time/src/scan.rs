//! Divisions and variable-time comparisons in the disassembly of the functions that handle secrets.
use std::{fmt::Write as _, io::BufRead, io::stdin};

/// Every function of ours is scanned, and those that we trust with secrets.
const SCANNED: &[&str] = &[
    "veilkit",
    "curve25519_dalek",
    "x25519_dalek",
    "ed25519_dalek",
    "subtle",
    "blake3",
    "chacha20",
    "poly1305",
    "crypto_bigint",
];
/// Functions that must be reported.
const PLANTED: &[&str] = &["planted_division", "planted_comparison"];

/// The rows of this program.
const ROWS: &str = "veilkit_constant_time::rows::";

/// A finding: the function and what it does.
#[derive(Debug, PartialEq, Eq)]
struct Finding {
    function: String,
    instruction: String,
}

/// Divides on purpose, by something the compiler cannot know.
#[inline(never)]
pub(crate) fn planted_division(a: u64, b: u64) -> u64 {
    a / b.max(1)
}

/// Compares on purpose with `bcmp`.
#[inline(never)]
pub(crate) fn planted_comparison(a: &[u8], b: &[u8]) -> bool {
    a == b
}

/// Reads a disassembly from standard input. `allowed` is a file of lines `function-text: reason`.
pub(crate) fn run(allowed: &str) -> bool {
    let allowed = match std::fs::read_to_string(allowed) {
        Ok(text) => parse_allowed(&text),
        Err(error) => {
            println!("{allowed}: {error}");
            return false;
        }
    };
    // Keeps the planted functions in the program.
    let divided = planted_division(core::hint::black_box(7), core::hint::black_box(2));
    let equal = planted_comparison(core::hint::black_box(b"abc"), core::hint::black_box(b"abd"));
    assert!(divided == 3 && !equal);

    let lines = stdin().lock().lines().map(|line| line.unwrap_or_default());
    let (functions, findings) = scan(lines);
    let mut used = vec![false; allowed.len()];
    let (mut planted, mut report) = (Vec::new(), String::new());
    for finding in &findings {
        if let Some(name) = PLANTED.iter().find(|name| finding.function.contains(*name)) {
            planted.push(*name);
        } else if let Some(rule) =
            allowed.iter().position(|(text, _)| finding.function.contains(text.as_str()))
        {
            used[rule] = true;
        } else {
            writeln!(report, "FAILED {}: {}", finding.function, finding.instruction)
                .expect("strings take everything");
        }
    }
    print!("{report}");
    for name in PLANTED.iter().filter(|name| !planted.contains(name)) {
        println!("FAILED: {name} was not found");
    }
    for ((text, _), _) in allowed.iter().zip(&used).filter(|(_, used)| !**used) {
        println!("note: nothing to allow any more in {text:?}");
    }
    println!(
        "{functions} functions scanned, {} findings of which {} are allowed by name, {} planted found",
        findings.len(),
        findings.len() - planted.len() - report.lines().count(),
        PLANTED.iter().filter(|name| planted.contains(name)).count(),
    );
    functions > 30 && report.is_empty() && PLANTED.iter().all(|name| planted.contains(name))
}

/// `text: reason` on each line; `#` starts a comment. A line without a reason allows nothing.
fn parse_allowed(text: &str) -> Vec<(String, String)> {
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(" | "))
        .map(|(function, reason)| (function.trim().to_owned(), reason.trim().to_owned()))
        .filter(|(function, reason)| !function.is_empty() && !reason.is_empty())
        .collect()
}

/// The number of functions looked at, and the findings.
fn scan(lines: impl Iterator<Item = String>) -> (usize, Vec<Finding>) {
    let (mut functions, mut findings, mut function) = (0, Vec::new(), None);
    for line in lines {
        if let Some((_, name)) = line.strip_suffix(">:").and_then(|line| line.split_once(" <")) {
            function = is_scanned(name).then(|| name.to_owned());
            functions += usize::from(function.is_some());
        } else if let (Some(function), Some(instruction)) = (&function, line.split('\t').nth(1))
            && is_variable_time(instruction, function.starts_with(ROWS))
        {
            findings.push(Finding { function: function.clone(), instruction: instruction.trim().to_owned() });
        }
    }
    (functions, findings)
}

/// Of this program only the rows, since functions of the core may be inlined there, and what is planted here.
fn is_scanned(function: &str) -> bool {
    SCANNED.iter().any(|prefix| function.contains(prefix))
        && !function.contains("_vartime")
        && (!function.starts_with("veilkit_constant_time::")
            || function.starts_with(ROWS)
            || PLANTED.iter().any(|planted| function.contains(planted)))
}

/// Whether the instruction's time depends on its operands, or it calls something whose time does. Rows may compare
/// what they have opened.
fn is_variable_time(instruction: &str, in_row: bool) -> bool {
    let mnemonic = instruction.split_whitespace().next().unwrap_or_default();
    let divides = mnemonic.contains("div") || mnemonic.contains("sqrt");
    let compares = !in_row && (instruction.contains("<memcmp") || instruction.contains("<bcmp"));
    let runtime = ["__udivti3", "__umodti3", "__divti3", "__modti3", "__udivmodti4", "<fmod"];
    divides || compares || runtime.iter().any(|function| instruction.contains(function))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(text: &str) -> Vec<String> {
        scan(text.lines().map(str::to_owned)).1.into_iter().map(|finding| finding.instruction).collect()
    }

    #[test]
    fn divisions_and_comparisons_are_found() {
        let text = "0000 <veilkit::bigint::f>:\n 1:\tdiv    %rcx\n 2:\tadd    %rcx,%rax\n 3:\tcall   10 <__umodti3>\n 4:\tcall   *0x1(%rip)        # 5 <memcmp@GLIBC>\n 5:\tdivsd  %xmm0,%xmm1\n";
        assert_eq!(findings(text).len(), 4);
    }

    #[test]
    fn other_functions_are_left_alone() {
        assert_eq!(findings("0000 <core::fmt::f>:\n 1:\tdiv    %rcx\n"), Vec::<String>::new());
        assert_eq!(
            findings("0000 <veilkit::bigint::pow_vartime>:\n 1:\tdiv    %rcx\n"),
            Vec::<String>::new()
        );
    }

    #[test]
    fn a_rule_needs_a_reason() {
        assert_eq!(parse_allowed("# x | y\nveilkit::a | public\nveilkit::b\nveilkit::c | \n").len(), 1);
    }
}
