//! A plan in words, for the people who sign it.
use core::fmt::Write as _;

use super::{
    column::{Column, ColumnKind},
    function::Function,
    plan::{Plan, Protocol},
};

impl Plan {
    /// The plan in words: what is computed from what, against whom it protects, what is revealed and to whom, what is
    /// not promised.
    pub fn explain(&self) -> String {
        let mut text = String::new();
        let parties = self.parties().map(|party| party.get().to_string()).collect::<Vec<_>>().join(", ");
        let _ = writeln!(
            text,
            "Joint study of parties {parties}, with up to {} rows each.\nPurpose: {:?}\n\nColumns.",
            self.max_rows(),
            self.purpose()
        );
        for column in self.columns() {
            let _ = writeln!(text, "- {:?}: {}", column.name(), described(column));
        }
        let _ = writeln!(
            text,
            "\nProtection. {}\n\nRevealed, beyond what the results themselves say:",
            self.protection()
        );
        for function in self.functions() {
            let _ =
                writeln!(text, "- {} of {}: {}.", function.name(), self.named(function), function.revealed());
        }
        let _ = writeln!(text, "{}", self.policy_in_words());
        let _ = write!(
            text,
            "\nNot promised. A party may submit any rows within the ranges, and nobody can tell whether they are true. A receiver \
             can subtract its own rows from the results, and several receivers all of theirs. Any party can stop the study, \
             also after it has seen results. Results about almost the same rows tell, by their difference, about the rows by which \
             they differ: within this plan, where values are missing in one column and not in another; between studies each \
             party's own ledger guards its rows, if the party keeps one. Differential privacy is not part of a plan.\n"
        );
        text
    }

    fn protection(&self) -> String {
        let n = self.parties().len();
        let t = (n - 1) / 2;
        // The boxes' comparisons mask with 40 more bits than what they hide has.
        let what = "Rows never leave their party. Sums and counts of them are shared among the parties";
        let protection = match self.protocol() {
            Protocol::ShamirSemiHonest => format!(
                "{what}, so that up to {t} of {n} parties that pool what they see learn nothing else, as long as all \
                 parties follow the protocol: a party that deviates can make the results wrong unseen, and learn about the others' rows."
            ),
            Protocol::ShamirMalicious => format!(
                "{what}, so that up to {t} of {n} parties learn nothing else, whatever they do: a cheat ends the study without a result, \
                 undetected with a chance below 2^-180 for each check. A party whose sums no rows within the ranges can have is named; \
                 most other cheats cannot be pinned on one party."
            ),
        };
        format!("{protection} Each comparison hides what it opens up to a statistical distance of 2^-40.")
    }

    fn named(&self, function: &Function) -> String {
        let name = |at: &usize| format!("{:?}", self.columns()[*at].name());
        function.columns().iter().map(name).collect::<Vec<_>>().join(", ")
    }

    fn policy_in_words(&self) -> String {
        let policy = self.policy();
        let receivers =
            policy.receivers.iter().map(|party| party.get().to_string()).collect::<Vec<_>>().join(", ");
        let mut text = format!(
            "\nPolicy. Only parties {receivers} see results, and how many rows each is about. Every party learns of each set of \
             columns whether a result may leave: it must be about at least {} row(s), of at least {} parties.",
            policy.min_cohort, policy.min_parties
        );
        if policy.min_cell > 1 {
            let _ = write!(
                text,
                " In tables no count from 1 to {} is shown, nor the counts from which it could be computed; every party learns \
                 which are not shown.",
                policy.min_cell - 1
            );
        }
        let _ = write!(
            text,
            " Values of single rows {}.",
            if policy.allow_extremes {
                "may be shown: minimum, maximum, top-k, and quantiles at the ends"
            } else {
                "are not shown where fewer than the smallest shown count of rows lie beyond them"
            }
        );
        text
    }
}

fn described(column: &Column) -> String {
    let (low, high) = column.range();
    let unit = if column.unit().is_empty() { String::new() } else { format!(" {}", column.unit()) };
    match column.kind() {
        ColumnKind::Numeric { resolution, .. } => {
            format!("a number from {low} to {high}{unit}, rounded to multiples of {resolution}")
        }
        ColumnKind::Integer { .. } => format!("a whole number from {low} to {high}{unit}"),
        ColumnKind::Category { levels } => format!("one of {levels:?}"),
        ColumnKind::Time { resolution, .. } => {
            format!("a time up to {high}{unit}, rounded to multiples of {resolution}")
        }
        ColumnKind::Event => "whether the event was seen".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mpc::study::testing::{category, numeric, spec};

    #[test]
    fn everything_that_people_sign_is_said() {
        let columns = vec![numeric("systolic", 50.0, 250.0, 0.5), category("site", &["north", "south"])];
        let functions = vec![Function::Variance { column: 0 }, Function::GroupBy { column: 0, by: 1 }];
        let mut spec = spec(5, columns, functions);
        (spec.policy.min_cohort, spec.policy.min_cell, spec.policy.min_parties) = (20, 5, 3);
        (spec.policy.allow_extremes, spec.protocol) = (false, Protocol::ShamirMalicious);
        spec.policy.receivers.truncate(2);
        let text = Plan::new(spec.clone()).unwrap().explain();
        for said in [
            "parties 1, 2, 3, 4, 5",
            "up to 1000 rows",
            "\"a test\"",
            "\"systolic\": a number from 50 to 250, rounded to multiples of 0.5",
            "[\"north\", \"south\"]",
            "up to 2 of 5 parties learn nothing else, whatever they do",
            "- variance of \"systolic\": the variance and not the mean",
            "- group-by of \"systolic\", \"site\": of each group",
            "Only parties 1, 2 see results",
            "at least 20 row(s), of at least 3 parties",
            "no count from 1 to 4 is shown",
            "are not shown where fewer",
            "Differential privacy is not part",
        ] {
            assert!(text.contains(said), "{said}\n{text}");
        }
        spec.protocol = Protocol::ShamirSemiHonest;
        assert!(Plan::new(spec).unwrap().explain().contains("as long as all parties follow"));
    }
}
