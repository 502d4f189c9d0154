//! Every test vector, through the public API.
#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "tests read files and report")]

#[path = "vectors/procedures.rs"]
mod procedures;
mod support;

use serde_json::{Map, Value};
use support::vectors::{File, Test, files};
use veilkit::ErrorKind;

/// Runs one test: the procedure gives what is expected, or refuses as expected.
fn check(algorithm: &str, test: &Test) -> Result<(), String> {
    let answer = procedures::run(algorithm, test);
    match (&answer, &test.error) {
        (Ok(output), None) if test.result == "valid" => {
            let expected = Value::Object(test.expected.clone());
            let same = *output == expected;
            same.then_some(()).ok_or_else(|| format!("gives {output}, not {expected}"))
        }
        (Err(error), Some(refusal)) if test.result == "invalid" => {
            let culprits: Vec<u16> = error.culprits().iter().map(|party| party.get()).collect();
            let same = error.kind().name() == refusal.name
                && error.kind().code() == refusal.code
                && culprits == refusal.culprits;
            same.then_some(()).ok_or_else(|| format!("{error}, not {} {:?}", refusal.name, refusal.culprits))
        }
        (Ok(_), _) => Err("is accepted".into()),
        (Err(error), _) => Err(format!("is refused: {error}")),
    }
}

#[test]
fn every_vector_holds() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for (path, file) in files() {
        for test in &file.tests {
            count += 1;
            if let Err(what) = check(&file.algorithm, test) {
                let what = what.chars().take(400).collect::<String>();
                wrong.push(format!("{} {} ({}): {what}", path.display(), test.id, test.comment));
            }
        }
    }
    println!("{count} tests");
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn files_follow_the_schema() {
    for (path, File { algorithm, schema, source, tests, .. }) in files() {
        let path = path.display();
        assert_eq!(schema, "schema/tests.json", "{path}");
        assert!(algorithm.contains('/') && !source.is_empty() && !tests.is_empty(), "{path}");
        for (i, test) in tests.iter().enumerate() {
            assert_eq!(test.id, i + 1, "{path}");
            assert_eq!(test.result == "invalid", test.error.is_some(), "{path} {}", test.id);
            assert!(
                ["valid", "invalid"].contains(&&test.result[..]) && !test.comment.is_empty(),
                "{path} {}",
                test.id
            );
            assert!(test.seed.as_ref().is_none_or(|seed| seed.len() == 64), "{path} {}", test.id);
            if let Some(refusal) = &test.error {
                let known = ErrorKind::ALL
                    .iter()
                    .any(|(kind, name)| *name == refusal.name && kind.code() == refusal.code);
                assert!(known, "{path} {}: {} {}", test.id, refusal.name, refusal.code);
            }
        }
    }
}

#[test]
fn a_wrong_vector_is_found() {
    let (_, file) = files().into_iter().find(|(_, file)| file.algorithm == "shamir/combine").expect("a file");
    let valid = file.tests.iter().find(|test| test.result == "valid").expect("a valid test");
    let invalid = file.tests.iter().find(|test| test.result == "invalid").expect("an invalid test");
    let found = |edit: &dyn Fn(&mut Test), test: &Test| {
        let mut test = test.clone();
        edit(&mut test);
        check(&file.algorithm, &test).is_err()
    };
    assert!(!found(&|_| (), valid) && !found(&|_| (), invalid));
    assert!(found(&|test| test.expected = Map::new(), valid));
    assert!(found(&|test| test.result = "invalid".into(), valid));
    assert!(found(&|test| test.error.as_mut().expect("an error").code += 1, invalid));
    assert!(found(&|test| test.error.as_mut().expect("an error").culprits.push(9), invalid));
    assert!(found(&|test| test.inputs = valid.inputs.clone(), invalid));
}
