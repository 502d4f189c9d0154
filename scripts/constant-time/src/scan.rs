//! Divisions and variable-time comparisons in the disassembly of the functions that handle secrets.
use std::io::{BufRead, stdin};

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

/// Code of the standard library whose divisions are of lengths and positions, which are public.
const OF_LENGTHS: &[&str] = &["/library/core/src/slice/", "/library/core/src/iter/", "/library/alloc/src/"];
/// Code of the standard library that works for its caller: the caller's line is what counts.
const OF_CALLERS: &[&str] = &[
    "/library/core/src/num/",
    "/library/core/src/internal_macros.rs",
    "/library/std/src/num/f64.rs",
    "/library/core/src/ops/",
    "/library/core/src/intrinsics/",
    "/library/core/src/cmp.rs",
];

/// A finding: the function, what it does, and the line it comes from.
#[derive(Debug, PartialEq, Eq)]
struct Finding {
    function: String,
    instruction: String,
    /// `path:line`, after inlining.
    at: String,
}

impl Finding {
    /// The source line, where it can be read.
    fn source(&self) -> String {
        let read = || {
            let (path, line) = self.at.rsplit_once(':')?;
            let text = std::fs::read_to_string(path).ok()?;
            text.lines().nth(line.parse::<usize>().ok()?.checked_sub(1)?).map(|line| line.trim().to_owned())
        };
        read().unwrap_or_default()
    }
}

/// A line of the list: what is allowed on it.
struct Rule {
    file: String,
    /// Part of the source line; or where `file` is `fn`, of the function's name.
    text: String,
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

/// Reads the output of `objdump -d -C -l --inlines` from standard input. `allowed` is a file of [`Rule`]s.
pub(crate) fn run(allowed: &str) -> bool {
    let rules = match std::fs::read_to_string(allowed) {
        Ok(text) => parse_rules(&text),
        Err(error) => {
            println!("{allowed}: {error}");
            return false;
        }
    };
    // Keeps the planted functions in the program.
    let divided = planted_division(core::hint::black_box(7), core::hint::black_box(2));
    let equal = planted_comparison(core::hint::black_box(b"abc"), core::hint::black_box(b"abd"));
    assert!(divided == 3 && !equal);

    let (functions, findings) = scan(stdin().lock().lines().map(|line| line.unwrap_or_default()));
    let mut used = vec![false; rules.len()];
    let (mut planted, mut wrong) = (Vec::new(), 0);
    for finding in &findings {
        let source = finding.source();
        if let Some(name) = PLANTED.iter().find(|name| finding.function.contains(*name)) {
            planted.push(*name);
        } else if let Some(rule) = rules.iter().position(|rule| rule.allows(finding, &source)) {
            used[rule] = true;
        } else {
            println!("FAILED {}: {}\n    {}: {source}", finding.function, finding.instruction, finding.at);
            wrong += 1;
        }
    }
    let missed: Vec<_> = PLANTED.iter().filter(|name| !planted.contains(name)).collect();
    for name in &missed {
        println!("FAILED: {name} was not found");
    }
    for (rule, _) in rules.iter().zip(&used).filter(|(_, used)| !**used) {
        println!("note: nothing to allow any more in {}: {}", rule.file, rule.text);
    }
    let allowed = findings.len() - planted.len() - wrong;
    println!(
        "{functions} functions scanned, {allowed} divisions and comparisons of public values, {wrong} others"
    );
    functions > 30 && wrong == 0 && missed.is_empty()
}

impl Rule {
    fn allows(&self, finding: &Finding, source: &str) -> bool {
        let path = finding.at.rsplit_once(':').map_or("", |(path, _)| path);
        match &self.file[..] {
            "fn" => finding.function.contains(&self.text),
            file => path.ends_with(file) && source.contains(&self.text),
        }
    }
}

/// `end of the path | part of the source line | reason`, or `fn | part of the function's name | reason`, on each line; `#` starts a comment. Without a reason nothing
/// is allowed.
fn parse_rules(text: &str) -> Vec<Rule> {
    let rule = |line: &str| {
        let parts: Vec<&str> = line.split(" | ").map(str::trim).collect();
        match parts[..] {
            [file, text, reason] if ![file, text, reason].contains(&"") => {
                Some(Rule { file: file.to_owned(), text: text.to_owned() })
            }
            _ => None,
        }
    };
    text.lines().filter(|line| !line.starts_with('#')).filter_map(rule).collect()
}

/// The number of functions looked at, and the findings.
fn scan(lines: impl Iterator<Item = String>) -> (usize, Vec<Finding>) {
    let (mut functions, mut findings, mut function) = (0, Vec::new(), None);
    // The lines that the next instruction comes from, innermost first.
    let mut frames: Vec<String> = Vec::new();
    for line in lines {
        if let Some((_, name)) = line.strip_suffix(">:").and_then(|line| line.split_once(" <")) {
            function = is_scanned(name).then(|| name.to_owned());
            functions += usize::from(function.is_some());
            frames.clear();
        } else if let Some(frame) = line.strip_prefix("inlined by ") {
            frames.push(place(frame));
        } else if line.starts_with('/') {
            frames = vec![place(&line)];
        } else if let (Some(function), Some(instruction)) = (&function, line.split('\t').nth(1))
            && let Some(at) = variable_time(instruction, &frames, function.starts_with(ROWS))
        {
            findings.push(Finding {
                function: function.clone(),
                instruction: instruction.trim().to_owned(),
                at,
            });
        }
    }
    (functions, findings)
}

/// `path:line` at the start of what objdump says.
fn place(frame: &str) -> String {
    frame.split_whitespace().next().unwrap_or_default().to_owned()
}

/// Of this program only the rows, since functions of the core may be inlined there, and what is planted here.
fn is_scanned(function: &str) -> bool {
    SCANNED.iter().any(|prefix| function.contains(prefix))
        && !function.contains("_vartime")
        && (!function.starts_with("veilkit_constant_time::")
            || function.starts_with(ROWS)
            || PLANTED.iter().any(|planted| function.contains(planted)))
}

/// Where the instruction comes from, if its time depends on its operands or it calls something whose time does.
/// Rows may compare what they have opened.
fn variable_time(instruction: &str, frames: &[String], in_row: bool) -> Option<String> {
    let mnemonic = instruction.split_whitespace().next().unwrap_or_default();
    let runtime = ["__udivti3", "__umodti3", "__divti3", "__modti3", "__udivmodti4", "<fmod"];
    let divides = mnemonic.contains("div")
        || mnemonic.contains("sqrt")
        || runtime.iter().any(|function| instruction.contains(function));
    let compares = !in_row && (instruction.contains("<memcmp") || instruction.contains("<bcmp"));
    let first = |skip: &[&str]| {
        let own = frames.iter().find(|frame| !skip.iter().any(|part| frame.contains(part)));
        own.or(frames.last()).cloned().unwrap_or_default()
    };
    match (divides, compares) {
        (true, _) => Some(first(OF_CALLERS)).filter(|at| !OF_LENGTHS.iter().any(|part| at.contains(part))),
        (_, true) => Some(first(&["/library/"])),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALLS: &str = "0000 <veilkit::bigint::f>:
/src/bigint.rs:7
 1:\tdiv    %rcx
 2:\tadd    %rcx,%rax
/rustc/1/library/core/src/num/uint_macros.rs:9
inlined by /src/bigint.rs:8 (f)
 3:\tcall   10 <__umodti3>
/rustc/1/library/core/src/slice/cmp.rs:9
inlined by /src/bigint.rs:9 (f)
 4:\tcall   *0x1(%rip)        # 5 <memcmp@GLIBC>
/rustc/1/library/core/src/num/uint_macros.rs:9
inlined by /rustc/1/library/core/src/slice/iter.rs:4 (chunks)
inlined by /src/bigint.rs:10 (f)
 5:\tdiv    %rcx
";

    fn findings(text: &str) -> Vec<String> {
        scan(text.lines().map(str::to_owned)).1.into_iter().map(|finding| finding.at).collect()
    }

    #[test]
    fn divisions_and_comparisons_are_found_where_they_come_from() {
        assert_eq!(findings(CALLS), ["/src/bigint.rs:7", "/src/bigint.rs:8", "/src/bigint.rs:9"]);
    }

    #[test]
    fn other_functions_are_left_alone() {
        for function in ["core::fmt::f", "veilkit::bigint::pow_vartime", "veilkit_constant_time::main"] {
            assert_eq!(findings(&format!("0000 <{function}>:\n 1:\tdiv    %rcx\n")), Vec::<String>::new());
        }
    }

    #[test]
    fn a_rule_needs_a_reason_and_names_a_line() {
        let rules = parse_rules(
            "# x | y | z\na.rs | i / width | sizes\nb.rs | j / k\nc.rs | j / k | \nfn | choose | sizes",
        );
        assert_eq!(rules.len(), 2);
        let finding = |at: &str, function: &str| Finding {
            function: function.to_owned(),
            instruction: String::new(),
            at: at.to_owned(),
        };
        assert!(rules[0].allows(&finding("/src/a.rs:3", "f"), "let x = i / width;"));
        assert!(!rules[0].allows(&finding("/src/a.rs:3", "f"), "let x = i / secret;"));
        assert!(!rules[0].allows(&finding("/src/b.rs:3", "f"), "let x = i / width;"));
        assert!(rules[1].allows(&finding("/src/b.rs:3", "Plan::choose"), ""));
        assert!(!rules[1].allows(&finding("/src/b.rs:3", "f"), ""));
    }
}
