//! Tests and models over a box in the clear, against figures that scipy 1.17.1, statsmodels 0.15.0, lifelines 0.30.3 and numpy
//! 2.4.6 give for the pooled rows.
//!
//! `MPG`, `WEIGHT`, `POWER`, `MANUAL`: *Motor Trend* 1974, the data set `mtcars` of R. `WEEKS`, `RELAPSE`: Freireich et al., *Blood* 21,
//! 1963, 6-mercaptopurine in the first 21 rows and placebo in the others.
#![allow(clippy::excessive_precision, reason = "figures as their sources print them")]

use super::super::{
    Coefficient, Column, ColumnKind, Function, Outcome, Plan, PlanSpec, Table, Undetermined, Value,
    function::Ties,
    models::{KaplanMeier, LinearRegression},
    run,
    testing::{category, numeric, spec},
};
use crate::{
    field::Fp192,
    mpc::{
        session::Seed,
        study::{Protocol, simulate, testing::keys},
        testing::{Clear, now},
    },
    transcript::Transcript,
};

const MPG: [f64; 32] = [
    21.0, 21.0, 22.8, 21.4, 18.7, 18.1, 14.3, 24.4, 22.8, 19.2, 17.8, 16.4, 17.3, 15.2, 10.4, 10.4, 14.7,
    32.4, 30.4, 33.9, 21.5, 15.5, 15.2, 13.3, 19.2, 27.3, 26.0, 30.4, 15.8, 19.7, 15.0, 21.4,
];
const POWER: [f64; 32] = [
    110.0, 110.0, 93.0, 110.0, 175.0, 105.0, 245.0, 62.0, 95.0, 123.0, 123.0, 180.0, 180.0, 180.0, 205.0,
    215.0, 230.0, 66.0, 52.0, 65.0, 97.0, 150.0, 150.0, 245.0, 175.0, 66.0, 91.0, 113.0, 264.0, 175.0, 335.0,
    109.0,
];
const WEIGHT: [f64; 32] = [
    2.62, 2.875, 2.32, 3.215, 3.44, 3.46, 3.57, 3.19, 3.15, 3.44, 3.44, 4.07, 3.73, 3.78, 5.25, 5.424, 5.345,
    2.2, 1.615, 1.835, 2.465, 3.52, 3.435, 3.84, 3.845, 1.935, 2.14, 1.513, 3.17, 2.77, 3.57, 2.78,
];
const MANUAL: [f64; 32] = [
    1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0,
    0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0,
];
const WEEKS: [f64; 42] = [
    6.0, 6.0, 6.0, 6.0, 7.0, 9.0, 10.0, 10.0, 11.0, 13.0, 16.0, 17.0, 19.0, 20.0, 22.0, 23.0, 25.0, 32.0,
    32.0, 34.0, 35.0, 1.0, 1.0, 2.0, 2.0, 3.0, 4.0, 4.0, 5.0, 5.0, 8.0, 8.0, 8.0, 8.0, 11.0, 11.0, 12.0,
    12.0, 15.0, 17.0, 22.0, 23.0,
];
const RELAPSE: [f64; 42] = [
    1.0, 1.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0,
    1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0,
];

/// `statsmodels.api.OLS(mpg, add_constant([wt, hp])).fit()`; R prints the same to its 5 digits in `lm(mpg ~ wt + hp)`.
const LINEAR: [(f64, f64, f64); 3] = [
    (37.227_270_116_447_05, 1.598_787_537_999_373_7, 2.565_458_511_983_115_5e-20),
    (-3.877_830_742_404_667_4, 0.632_733_494_377_393_5, 1.119_647_136_200_055e-6),
    (-0.031_772_946_982_162_53, 0.009_029_709_675_855_783, 1.451_228_531_568_866_1e-3),
];
/// `statsmodels.api.Logit(am, add_constant([wt, hp])).fit(tol=1e-12)`
const LOGISTIC: [(f64, f64, f64); 3] = [
    (18.866_298_717_204_17, 7.443_558_427_981_708, 0.011_258_202_740_762_71),
    (-8.083_475_182_444_655, 3.068_675_275_390_584, 0.008_433_816_061_290_879),
    (0.036_255_596_082_216_64, 0.017_734_154_331_947_02, 0.040_914_654_210_383_934),
];
/// `statsmodels.api.PHReg(weeks, arm, status=relapse, ties="breslow").fit()` with times rounded up to multiples of 5.
const COX_IN_FIVES: [(f64, f64, f64); 1] =
    [(1.402_091_310_858_351, 0.406_979_734_910_135_56, 5.708_200_041_860_543e-4)];
/// `lifelines.CoxPHFitter().fit(frame, "weeks", "relapse", fit_options={"precision": 1e-12})` with the same times.
const EFRON_IN_FIVES: [(f64, f64, f64); 1] =
    [(1.620_412_633_496_585, 0.411_848_662_410_736_75, 8.337_506_542_077_934e-5)];

fn cars() -> Vec<Column> {
    vec![
        numeric("mpg", 5.0, 50.0, 0.1),
        numeric("weight", 1.0, 8.0, 0.001),
        Column::new("power", "hp", ColumnKind::Integer { low: 20, high: 600 }).unwrap(),
        category("gearbox", &["automatic", "manual"]),
    ]
}

fn patients() -> Vec<Column> {
    vec![
        Column::new("weeks", "", ColumnKind::Time { high: 40.0, resolution: 1.0 }).unwrap(),
        Column::new("relapse", "", ColumnKind::Event).unwrap(),
        category("arm", &["6-MP", "placebo"]),
        Column::new("thirds", "", ColumnKind::Integer { low: 0, high: 2 }).unwrap(),
        category("third", &["first", "second", "last"]),
    ]
}

fn arm() -> [f64; 42] {
    core::array::from_fn(|row| f64::from(u8::from(row >= 21)))
}

fn thirds() -> [f64; 42] {
    core::array::from_fn(|row| [0.0, 1.0, 2.0][row % 3])
}

/// The results over pooled rows, by a box in the clear that is wide enough for fixed point.
fn outcomes(spec: PlanSpec, columns: &[&[f64]]) -> Vec<Outcome> {
    let plan = Plan::new(spec).unwrap();
    let table = Table::new(&plan, columns).unwrap();
    now(run(&mut Clear::<Fp192>::new(1), &plan, &table)).unwrap().results
}

fn of_cars(function: Function) -> Value {
    outcomes(spec(3, cars(), vec![function]), &[&MPG, &WEIGHT, &POWER, &MANUAL]).remove(0).value
}

fn of_patients(function: Function, min_cell: u64) -> Value {
    let mut spec = spec(3, patients(), vec![function]);
    (spec.policy.min_cell, spec.policy.min_cohort) = (min_cell, min_cell);
    outcomes(spec, &[&WEEKS, &RELAPSE, &arm(), &thirds(), &thirds()]).remove(0).value
}

#[track_caller]
fn close(found: f64, expected: f64, relative: f64) {
    assert!((found - expected).abs() <= relative * expected.abs(), "{found:e}, not {expected:e}");
}

/// Value, standard error, p-value.
#[track_caller]
fn same(found: &[Coefficient], expected: &[(f64, f64, f64)], relative: f64) {
    assert_eq!(found.len(), expected.len());
    for (found, (value, standard_error, p_value)) in found.iter().zip(expected) {
        close(found.value, *value, relative);
        close(found.standard_error, *standard_error, relative);
        close(found.p_value, *p_value, 100.0 * relative);
        close(found.statistic, value / standard_error, 2.0 * relative);
    }
}

#[test]
fn t_tests_follow_scipy() {
    let Value::TTest(test) = of_cars(Function::TTest { column: 0, by: 3 }) else { panic!() };
    assert_eq!((test.n, &test.levels[1][..]), ([19, 13], "manual"));
    close(test.difference, -7.244_939_271_255_056, 1e-13);
    close(test.variances[0], 14.699_298_245_614_033, 1e-13);
    close(test.variances[1], 38.025_769_230_769_22, 1e-13);
    // scipy.stats.ttest_ind(automatic, manual, equal_var=False), and with equal_var=True
    close(test.welch.statistic, -3.767_123_145_144_923, 1e-12);
    close(test.welch.degrees, 18.332_251_638_400_464, 1e-12);
    close(test.welch.p_value, 1.373_638_333_071_036_2e-3, 1e-11);
    close(test.welch.interval.0, -11.280_194_355_040_159, 1e-11);
    close(test.welch.interval.1, -3.209_684_187_469_954_4, 1e-11);
    close(test.pooled.statistic, -4.106_126_983_100_689, 1e-12);
    assert_eq!(test.pooled.degrees, 30.0);
    close(test.pooled.p_value, 2.850_207_439_350_685e-4, 1e-11);
    close(test.pooled.interval.0, -10.848_368_970_861_241, 1e-11);
}

#[test]
fn a_t_test_of_a_small_or_empty_group_is_refused() {
    for other in [0, 1, 4] {
        let levels: Vec<f64> = (0..32).map(|row| f64::from(u8::from(row < other))).collect();
        let mut spec = spec(3, cars(), vec![Function::TTest { column: 0, by: 3 }]);
        (spec.policy.min_cell, spec.policy.min_cohort) = if other == 4 { (5, 5) } else { (1, 1) };
        assert_eq!(outcomes(spec, &[&MPG, &WEIGHT, &POWER, &levels])[0].value, Value::Refused);
    }
}

fn linear(columns: &[&[f64]]) -> Value {
    let functions = vec![Function::LinearRegression { outcome: 0, predictors: vec![1, 2] }];
    outcomes(spec(3, cars(), functions), columns).remove(0).value
}

#[test]
fn linear_regression_follows_statsmodels() {
    let Value::LinearRegression(found) = linear(&[&MPG, &WEIGHT, &POWER, &MANUAL]) else { panic!() };
    same(&found.coefficients, &LINEAR, 1e-10);
    let names: Vec<_> = found.coefficients.iter().map(|coefficient| &coefficient.name[..]).collect();
    assert_eq!(names, ["intercept", "weight", "power"]);
    let LinearRegression {
        residual_variance,
        r_squared,
        adjusted_r_squared,
        f_statistic,
        f_p_value,
        degrees,
        ..
    } = found;
    close(residual_variance, 6.725_784_646_257_453, 1e-11);
    close(r_squared, 0.826_785_451_882_791_4, 1e-11);
    close(adjusted_r_squared, 0.814_839_620_978_156_3, 1e-11);
    close(f_statistic, 69.211_213_391_777_72, 1e-11);
    close(f_p_value, 9.109_054_385_221_977e-12, 1e-9);
    assert_eq!(degrees, (2, 29));
    close(found.coefficients[1].interval.0, -5.171_916_040_675_518_5, 1e-10);
}

#[test]
fn predictors_that_depend_on_each_other_are_found() {
    let twice: Vec<f64> = WEIGHT.iter().map(|weight| (weight * 100.0).round()).collect();
    let hundredths: Vec<f64> = twice.iter().map(|weight| weight / 100.0).collect();
    for other in [twice, vec![200.0; 32]] {
        let found = linear(&[&MPG, &hundredths, &other, &MANUAL]);
        assert_eq!(found, Value::Undetermined(Undetermined::Singular));
    }
}

fn logistic(outcome: &[f64], iterations: usize, min_cell: u64) -> Value {
    let mut spec = spec(
        3,
        cars(),
        vec![Function::LogisticRegression { outcome: 3, predictors: vec![1, 2], iterations }],
    );
    (spec.policy.min_cell, spec.policy.min_cohort) = (min_cell, min_cell);
    outcomes(spec, &[&MPG, &WEIGHT, &POWER, outcome]).remove(0).value
}

#[test]
fn logistic_regression_follows_statsmodels() {
    let Value::LogisticRegression(found) = logistic(&MANUAL, 12, 1) else { panic!() };
    same(&found.coefficients, &LOGISTIC, 1e-8);
    close(found.log_likelihood, -5.029_555_236_133_495, 1e-9);
    assert_eq!(found.iterations, 12);
}

#[test]
fn logistic_regression_says_why_there_is_none() {
    assert_eq!(logistic(&MANUAL, 3, 1), Value::Undetermined(Undetermined::NotConverged));
    // Light cars and heavy cars.
    let split: Vec<f64> = WEIGHT.iter().map(|weight| f64::from(u8::from(*weight < 3.0))).collect();
    assert_eq!(logistic(&split, 50, 1), Value::Undetermined(Undetermined::Separation));
    let rare: Vec<f64> = (0..32).map(|row| f64::from(u8::from(row < 3))).collect();
    assert_eq!(logistic(&rare, 12, 5), Value::Refused);
}

/// `numpy.linalg.eigh(numpy.cov([mpg, wt, hp]))`
#[test]
fn principal_components_follow_numpy() {
    let found = of_cars(Function::Pca { columns: vec![0, 1, 2], components: 2 });
    let Value::PrincipalComponents(found) = found else { panic!() };
    assert_eq!((found.variances.len(), found.components.len()), (2, 2));
    close(found.variances[0], 4_723.235_240_178_192, 1e-12);
    close(found.variances[1], 14.682_039_350_090_625, 1e-11);
    close(found.explained[0], 0.996_852_530_612_668_7, 1e-12);
    let expected = [
        [-0.068_278_970_707_668_7, 0.009_410_062_155_180_92, 0.997_621_888_738_081_8],
        [0.986_881_340_869_613_2, -0.145_996_975_762_853_42, 0.068_920_984_551_121_5],
    ];
    for (found, expected) in found.components.iter().flatten().zip(expected.iter().flatten()) {
        close(*found, *expected, 1e-9);
    }
}

fn curves(by: Option<usize>, bins: usize, min_cell: u64) -> KaplanMeier {
    match of_patients(Function::KaplanMeier { time: 0, event: 1, by, bins }, min_cell) {
        Value::KaplanMeier(found) => found,
        other => panic!("{other:?}"),
    }
}

/// `lifelines.KaplanMeierFitter().fit(weeks, relapse)` in each arm, `lifelines.statistics.multivariate_logrank_test`.
#[test]
fn survival_follows_lifelines() {
    let found = curves(Some(2), 40, 1);
    let [treated, placebo] = &found.curves[..] else { panic!() };
    assert_eq!((treated.median, placebo.median, &treated.level[..]), (23.0, 8.0, "6-MP"));
    assert_eq!((treated.at_risk[5], treated.events[5], treated.censored[5]), (21, 3, 1));
    for (week, survival, low, high) in [
        (6, 0.857_142_857_142_857, 0.619_717_955_265_983_8, 0.951_551_747_646_996_9),
        (10, 0.752_941_176_470_587_8, 0.503_199_510_799_956_4, 0.889_361_835_169_265_1),
        (23, 0.448_179_271_708_683_27, 0.188_052_005_959_232_33, 0.680_142_628_495_241_2),
        (40, 0.448_179_271_708_683_27, 0.188_052_005_959_232_33, 0.680_142_628_495_241_2),
    ] {
        close(treated.survival[week - 1], survival, 1e-13);
        close(treated.interval[week - 1].0, low, 1e-12);
        close(treated.interval[week - 1].1, high, 1e-12);
    }
    // Greenwood after the first interval is the binomial standard error.
    close(treated.standard_error[5], (18.0 * 3.0 / 9261.0_f64).sqrt(), 1e-13);
    assert_eq!(
        (placebo.survival[22], placebo.interval[22], placebo.survival[0]),
        (0.0, (0.0, 0.0), 1.0 - 2.0 / 21.0)
    );
    let test = found.log_rank.unwrap();
    close(test.statistic, 16.792_940_989_216_547, 1e-9);
    close(test.p_value, 4.168_809_109_334_511e-5, 1e-8);
    assert_eq!(test.degrees, 1);

    let test = curves(Some(4), 40, 1).log_rank.unwrap();
    close(test.statistic, 0.716_380_589_169_182_2, 1e-9);
    close(test.p_value, 0.698_940_057_842_742_8, 1e-9);
    assert_eq!(test.degrees, 2);
    assert!(curves(None, 8, 1).log_rank.is_none());
}

/// The same with times rounded up to multiples of 5.
#[test]
fn bins_round_times_up() {
    let found = curves(Some(2), 8, 1);
    let treated = &found.curves[0];
    assert_eq!(treated.times, [5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 35.0, 40.0]);
    let survival = [
        1.0,
        0.761_904_761_904_761_9,
        0.703_296_703_296_703_2,
        0.639_360_639_360_639_4,
        0.456_686_170_971_885_24,
    ];
    survival.iter().zip(&treated.survival).for_each(|(expected, found)| close(*found, *expected, 1e-13));
    close(treated.interval[4].0, 0.193_509_647_977_975, 1e-12);
    close(found.log_rank.unwrap().statistic, 17.890_905_674_570_63, 1e-9);
}

#[test]
fn small_intervals_are_joined() {
    let found = curves(None, 40, 5);
    let curve = &found.curves[0];
    let small = |counts: &[u64]| counts.iter().any(|count| (1..5).contains(count));
    assert!(!small(&curve.events) && !small(&curve.censored) && !small(&curve.at_risk), "{curve:?}");
    assert!(curve.times.len() > 2, "{curve:?}");
    let left = curve.at_risk.last().unwrap() - curve.events.last().unwrap() - curve.censored.last().unwrap();
    assert!(!small(&[left]));
    // The test does not need the bins to be shown.
    close(curves(Some(2), 40, 5).log_rank.unwrap().statistic, 16.792_940_989_216_547, 1e-9);
    assert_eq!(
        of_patients(Function::KaplanMeier { time: 0, event: 1, by: Some(2), bins: 40 }, 22),
        Value::Refused
    );
}

#[test]
fn without_events_there_is_no_test_and_no_model() {
    let none = [0.0; 42];
    let functions = vec![
        Function::KaplanMeier { time: 0, event: 1, by: Some(2), bins: 40 },
        cox_of(&[2], 40, 7, Ties::Breslow),
        Function::KaplanMeier { time: 0, event: 1, by: Some(4), bins: 40 },
    ];
    let mut spec = spec(3, patients(), functions);
    spec.policy.min_cohort = 1;
    // Nobody in the second third: its group is left out.
    let groups: Vec<f64> = thirds().iter().map(|third| if *third == 1.0 { 2.0 } else { *third }).collect();
    let found = outcomes(spec, &[&WEEKS, &none, &arm(), &groups, &groups]);
    let Value::KaplanMeier(curves) = &found[0].value else { panic!() };
    assert!(curves.log_rank.is_none() && curves.curves[0].median.is_infinite());
    assert_eq!(curves.curves[1].interval[39], (1.0, 1.0));
    assert_eq!(found[1].value, Value::Undetermined(Undetermined::NoEvents));
    let Value::KaplanMeier(curves) = &found[2].value else { panic!() };
    assert_eq!((curves.curves.len(), curves.curves[1].at_risk[0]), (3, 0));
}

fn cox_of(predictors: &[usize], bins: usize, iterations: usize, ties: Ties) -> Function {
    Function::Cox { time: 0, event: 1, predictors: predictors.to_vec(), bins, iterations, ties }
}

fn cox(predictors: &[usize], bins: usize, iterations: usize, min_cell: u64) -> Value {
    of_patients(cox_of(predictors, bins, iterations, Ties::Breslow), min_cell)
}

fn coefficients(value: Value) -> Vec<Coefficient> {
    match value {
        Value::CoxRegression(found) => found.coefficients,
        other => panic!("{other:?}"),
    }
}

/// `statsmodels.api.PHReg(weeks, predictors, status=relapse, ties="breslow").fit()`
#[test]
fn cox_regression_follows_statsmodels() {
    let found = coefficients(cox(&[2], 40, 7, 1));
    same(&found, &[(1.509_191_412_585_878_3, 0.409_564_406_366_741_3, 2.288_197_990_734_674_8e-4)], 1e-8);
    let found = coefficients(cox(&[2, 3], 40, 7, 1));
    let expected = [
        (1.543_434_682_099_567_5, 0.413_859_957_893_191_24, 1.919_632_127_789_691_3e-4),
        (-0.241_187_294_099_943_2, 0.227_279_284_144_834_98, 0.288_601_982_591_731_86),
    ];
    same(&found, &expected, 1e-8);
    // Times rounded up to multiples of 5.
    let found = coefficients(cox(&[2], 8, 7, 1));
    same(&found, &COX_IN_FIVES, 1e-8);
}

/// `lifelines.CoxPHFitter().fit(frame, "weeks", "relapse", fit_options={"precision": 1e-12})`
#[test]
fn ties_of_efron_follow_lifelines() {
    let efron =
        |predictors: &[usize], bins, most| of_patients(cox_of(predictors, bins, 7, Ties::Efron { most }), 1);
    let expected = [
        (1.609_703_778_154_720_5, 0.417_274_898_451_941_9, 1.144_787_574_832_378e-4),
        (-0.249_191_106_326_151_4, 0.227_193_674_924_935, 0.272_719_047_768_560_8),
    ];
    // Four events in one week, nine in one of the bins of five; more terms than that change nothing.
    for most in [4, 11] {
        same(&coefficients(efron(&[2, 3], 40, most)), &expected, 1e-8);
    }
    same(&coefficients(efron(&[2], 8, 9)), &EFRON_IN_FIVES, 1e-8);
    for (bins, most) in [(40, 3), (8, 8), (8, 1)] {
        assert_eq!(efron(&[2], bins, most), Value::Undetermined(Undetermined::TooManyTies));
    }
}

#[test]
fn cox_regression_says_why_there_is_none() {
    assert_eq!(cox(&[2], 40, 2, 1), Value::Undetermined(Undetermined::NotConverged));
    assert_eq!(cox(&[2], 40, 7, 31), Value::Refused); // 30 events
    // Everybody with the event in one arm, and the others observed beyond.
    let mut spec = spec(3, patients(), vec![cox_of(&[2], 40, 50, Ties::Breslow)]);
    spec.policy.min_cohort = 1;
    let weeks: Vec<f64> = (0..42).map(|row| if row < 21 { 30.0 } else { f64::from(row - 20) }).collect();
    let value = outcomes(spec, &[&weeks, &arm(), &arm(), &thirds(), &thirds()]).remove(0).value;
    assert_eq!(value, Value::Undetermined(Undetermined::Separation));
}

/// Every third row at each of three parties, over the real boxes; rows and widths of the parties differ from the pooled ones, and so do
/// the last digits.
fn joint(protocol: Protocol, columns: Vec<Column>, functions: Vec<Function>, rows: &[&[f64]]) -> Vec<Value> {
    let mut spec = spec(3, columns, functions);
    spec.protocol = protocol;
    let plan = Plan::new(spec).unwrap();
    let own = |party: usize| -> Vec<Vec<f64>> {
        rows.iter().map(|column| column.iter().skip(party).step_by(3).copied().collect()).collect()
    };
    let table =
        |party| Table::new(&plan, &own(party).iter().map(|column| &column[..]).collect::<Vec<_>>()).unwrap();
    let mut rng = Transcript::new("veilkit test study models").rng();
    let seeds: Vec<_> = (0..3).map(|_| Seed::generate(&mut rng)).collect();
    let sides = simulate(&plan, &keys(3), &seeds, (0..3).map(table).collect()).unwrap();
    assert_eq!(sides[0].report, sides[1].report);
    sides[2].report.results.iter().map(|outcome| outcome.value.clone()).collect()
}

#[test]
fn shamir_boxes_give_the_same_figures() {
    for protocol in [Protocol::ShamirSemiHonest, Protocol::ShamirMalicious] {
        let functions = vec![
            Function::TTest { column: 0, by: 3 },
            Function::LinearRegression { outcome: 0, predictors: vec![1, 2] },
            Function::LogisticRegression { outcome: 3, predictors: vec![1, 2], iterations: 10 },
            Function::Pca { columns: vec![0, 1, 2], components: 1 },
        ];
        let found = joint(protocol, cars(), functions, &[&MPG, &WEIGHT, &POWER, &MANUAL]);
        let [
            Value::TTest(test),
            Value::LinearRegression(linear),
            Value::LogisticRegression(logistic),
            Value::PrincipalComponents(components),
        ] = &found[..]
        else {
            panic!("{found:?}")
        };
        close(test.welch.p_value, 1.373_638_333_071_036_2e-3, 1e-11);
        same(&linear.coefficients, &LINEAR, 1e-10);
        same(&logistic.coefficients, &LOGISTIC, 1e-8);
        close(components.variances[0], 4_723.235_240_178_192, 1e-12);

        let functions = vec![
            Function::KaplanMeier { time: 0, event: 1, by: Some(2), bins: 8 },
            cox_of(&[2], 8, 7, Ties::Breslow),
        ];
        let found = joint(protocol, patients(), functions, &[&WEEKS, &RELAPSE, &arm(), &thirds(), &thirds()]);
        let [Value::KaplanMeier(curves), Value::CoxRegression(cox)] = &found[..] else { panic!("{found:?}") };
        close(curves.log_rank.unwrap().statistic, 17.890_905_674_570_63, 1e-9);
        assert_eq!(curves.curves[0].events, [0, 5, 1, 1, 2, 0, 0, 0]);
        same(&cox.coefficients, &COX_IN_FIVES, 1e-8);
    }
}

#[test]
fn shamir_boxes_give_the_same_hazards_with_ties() {
    let functions = vec![cox_of(&[2], 8, 7, Ties::Efron { most: 9 })];
    let rows: [&[f64]; 5] = [&WEEKS, &RELAPSE, &arm(), &thirds(), &thirds()];
    let found = joint(Protocol::ShamirSemiHonest, patients(), functions, &rows);
    let [Value::CoxRegression(efron)] = &found[..] else { panic!("{found:?}") };
    same(&efron.coefficients, &EFRON_IN_FIVES, 1e-8);
}
