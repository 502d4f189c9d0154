#![no_main]
use veilkit::mpc::study::{Plan, Table};
use veilkit_fuzz::decode;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    decode(bytes, (), |plan: Plan| {
        assert!(plan.explain().len() > plan.purpose().len());
        // The ends of each range are inside of it, and a missing value is no value.
        let (mut lows, mut highs, missing) = (Vec::new(), Vec::new(), [f64::NAN]);
        for column in plan.columns() {
            lows.push([column.range().0]);
            highs.push([column.range().1]);
        }
        for rows in [&lows, &highs] {
            let rows: Vec<&[f64]> = rows.iter().map(|row| &row[..]).collect();
            Table::new(&plan, &rows).expect("a row within the ranges");
        }
        Table::new(&plan, &vec![&missing[..]; lows.len()]).expect("a row without values");
    });
});
