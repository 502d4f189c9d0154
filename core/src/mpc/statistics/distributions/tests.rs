//! Against figures of mpmath 1.3 at 60 digits (`gammainc`, `betainc`, `erfc`) and of scipy 1.17.1 (`stats.t.ppf`,
//! `stats.norm.ppf`, `stats.chi2.ppf`, `stats.f.ppf`; `stats.f.sf` for the larger degrees of freedom).
#![allow(clippy::excessive_precision, reason = "figures as their sources print them")]

use super::*;

#[track_caller]
fn close(what: &str, got: f64, expected: f64) {
    assert!((got - expected).abs() <= 1e-12 * expected.abs(), "{what}: {got:e}, not {expected:e}");
}

#[test]
fn normal_tails() {
    for (x, p) in [
        (1e-9, 9.999_999_992_021_154_4e-1),
        (0.1, 9.203_443_254_459_420_3e-1),
        (0.5, 6.170_750_774_519_737_9e-1),
        (1.0, 3.173_105_078_629_141e-1),
        (1.96, 4.999_579_029_644_087_2e-2),
        (3.0, 2.699_796_063_260_189_1e-3),
        (6.0, 1.973_175_290_075_396_3e-9),
        (10.0, 1.523_970_604_832_105_2e-23),
        (20.0, 5.507_248_237_212_467_4e-89),
        (37.0, 1.145_114_244_504_915_4e-299),
    ] {
        close("two sides", normal_two_sided(x), p);
        close("two sides", normal_two_sided(-x), p);
        close("above", normal_sf(x), p / 2.0);
        close("above", normal_sf(-x), 1.0 - p / 2.0);
    }
    assert_eq!(normal_sf(0.0), 0.5);
    assert_eq!((normal_sf(f64::INFINITY), normal_sf(f64::NEG_INFINITY)), (0.0, 1.0));
}

#[test]
fn student_tails() {
    for (t, degrees, p) in [
        (1e-6, 1.0, 9.999_993_633_802_276_3e-1),
        (0.5, 1.0, 7.048_327_646_991_334_5e-1),
        (12.7, 1.0, 5.002_432_768_934_416e-2),
        (1e8, 1.0, 6.366_197_723_675_813_2e-9),
        (2.0, 0.5, 4.455_148_901_831_312_3e-1),
        (0.3, 2.5, 7.873_423_714_951_972_1e-1),
        (2.2, 7.25, 6.242_021_994_062_618_5e-2),
        (40.0, 7.0, 1.590_217_998_485_037e-9),
        (1.7, 30.0, 9.947_787_558_851_688_5e-2),
        (1.8, 30.0, 8.192_506_860_874_028_6e-2),
        (1.96, 1e3, 5.027_318_495_574_871_8e-2),
        (8.0, 1e4, 1.382_120_872_906_538_2e-15),
        (35.0, 1e5, 9.351_666_339_599_061_8e-267),
        (2.0, 1e6, 4.550_053_385_131_920_8e-2),
        (1e-3, 1e9, 9.992_021_155_723_773_5e-1),
        (1.5, 1e9, 1.336_144_028_534_152_7e-1),
        (30.0, 1e9, 9.815_419_687_967_461_6e-198),
    ] {
        close("two sides", student_t_two_sided(-t, degrees), p);
        close("above", student_t_sf(t, degrees), p / 2.0);
        close("above", student_t_sf(-t, degrees), 1.0 - p / 2.0);
    }
}

#[test]
fn chi_square_tails() {
    for (x, degrees, p) in [
        (1e-12, 1.0, 9.999_992_021_154_392e-1),
        (0.455, 1.0, 4.999_700_481_493_370_3e-1),
        (3.84, 1.0, 5.004_352_124_870_510_3e-2),
        (700.0, 1.0, 2.990_226_975_124_620_3e-154),
        (0.1, 0.1, 1.177_564_361_143_319_4e-1),
        (5.0, 5.0, 4.158_801_869_955_079_2e-1),
        (7.0, 5.0, 2.206_403_079_367_107_9e-1),
        (1e-3, 10.0, 1.0),
        (100.0, 10.0, 5.449_701_982_920_529_3e-17),
        (95.0, 100.0, 6.225_792_918_781_735_3e-1),
        (103.0, 100.0, 3.985_532_960_265_525_5e-1),
        (200.0, 100.0, 1.178_450_072_097_942_2e-8),
        (1e4, 1e4, 4.981_193_659_661_826_4e-1),
        (1.1e4, 1e4, 3.618_329_558_096_479_3e-12),
        (9.5e3, 1e4, 9.998_356_138_356_411_8e-1),
        (1.002e6, 1e6, 7.871_866_138_612_963_3e-2),
        (1.0001e9, 1e9, 1.267_561_199_493_555_7e-2),
        (9.999e8, 1e9, 9.873_282_933_337_394_9e-1),
    ] {
        close("above", chi_square_sf(x, degrees), p);
    }
}

#[test]
fn f_tails() {
    for (x, numerator, denominator, p) in [
        (1.0, 1.0, 1.0, 0.5),
        (0.01, 3.0, 7.0, 9.984_952_470_401_117e-1),
        (4.5, 3.0, 7.0, 4.638_114_607_873_416_3e-2),
        (4.5, 7.5, 2.25, 1.713_693_740_631_059_5e-1),
        (200.0, 5.0, 100.0, 2.043_831_493_329_355_7e-50),
        (1.0, 100.0, 100.0, 0.5),
        (1.3, 1e4, 1e4, 1.664_908_087_304_982_3e-39),
        (1.01, 1e5, 1e6, 0.016_769_291_307_162_076),
        (3.0, 4.0, 1e9, 1.735_126_568_283_990_4e-2),
        (100.0, 4.0, 1e9, 2.781_742_179_056_191_3e-85),
        (0.5, 1e6, 3.0, 0.888_389_045_123_338_3),
        (1e5, 2.0, 2.0, 9.999_900_000_999_99e-6),
        (1e-8, 0.5, 0.5, 0.994_606_473_993_509_8),
    ] {
        close("above", f_sf(x, numerator, denominator), p);
    }
}

#[test]
fn quantiles() {
    for (p, x) in [
        (0.975, 1.959_963_984_540_054),
        (0.995, 2.575_829_303_548_900_4),
        (0.1, -1.281_551_565_544_600_4),
        (1e-10, -6.361_340_902_404_056),
        (1e-300, -37.047_096_299_361_2),
    ] {
        close("normal", normal_quantile(p), x);
    }
    for (p, degrees, x) in [
        (0.975, 1.0, 12.706_204_736_174_694),
        (0.975, 2.5, 3.574_654_842_003_681_7),
        (0.995, 30.0, 2.749_995_653_567_225_4),
        (0.025, 7.25, -2.348_194_849_105_371_7),
        (0.9, 1e6, 1.281_552_412_129_939),
        (0.5001, 5.0, 2.634_305_560_701_236e-4),
        (1e-10, 3.0, -2_225.769_284_683_093),
        (1e-300, 40.0, -186_620_412.897_109_15),
    ] {
        close("t", student_t_quantile(p, degrees), x);
    }
    for (p, degrees, x) in [
        (0.95, 1.0, 3.841_458_820_694_124),
        (0.05, 1.0, 3.932_140_000_019_522e-3),
        (0.99, 10.0, 23.209_251_158_954_356),
        (0.5, 0.1, 1.114_775_688_149_251_2e-6),
        (0.025, 1e4, 9_724.718_377_389_798),
        (1e-10, 3.0, 5.209_397_621_434_48e-7),
    ] {
        close("chi-square", chi_square_quantile(p, degrees), x);
    }
    for (p, numerator, denominator, x) in [
        (0.95, 3.0, 7.0, 4.346_831_399_907_814),
        (0.05, 3.0, 7.0, 0.112_527_166_026_107_53),
        (0.99, 1.0, 1e6, 6.634_921_929_465_655),
        (0.5, 7.5, 2.25, 1.257_857_034_932_436_3),
        (1e-6, 2.0, 30.0, 1.000_000_533_333_700_8e-6),
    ] {
        close("F", f_quantile(p, numerator, denominator), x);
    }
}

#[test]
fn quantiles_undo_tails() {
    for p in [1e-200, 1e-12, 0.01, 0.3, 0.5, 0.8, 0.99] {
        for degrees in [0.2, 1.0, 2.0, 9.5, 300.0, 1e7] {
            let (t, x) = (student_t_quantile(p, degrees), chi_square_quantile(p, degrees));
            let f = f_quantile(p, degrees, 12.0);
            if p < 0.01 {
                assert!(degrees < 2.0 || (student_t_sf(-t, degrees) / p - 1.0).abs() < 1e-10);
                continue;
            }
            for upper in [student_t_sf(t, degrees), chi_square_sf(x, degrees), f_sf(f, degrees, 12.0)] {
                // The last digit of the quantile moves the probability by the root of the degrees.
                assert!((1.0 - upper - p).abs() < 1e-14 * (1.0 + degrees.sqrt()), "{p} {degrees}: {upper}");
            }
        }
    }
}

#[test]
fn ends_of_the_domain() {
    let ends = |quantile: &dyn Fn(f64) -> f64| (quantile(0.0), quantile(1.0));
    assert_eq!(ends(&normal_quantile), (f64::NEG_INFINITY, f64::INFINITY));
    assert_eq!(ends(&|p| student_t_quantile(p, 3.0)), (f64::NEG_INFINITY, f64::INFINITY));
    assert_eq!(ends(&|p| chi_square_quantile(p, 3.0)), (0.0, f64::INFINITY));
    assert_eq!((normal_quantile(0.5), student_t_quantile(0.5, 4.0)), (0.0, 0.0));
    assert_eq!((chi_square_sf(-1.0, 2.0), f_sf(0.0, 1.0, 2.0)), (1.0, 1.0));
    assert_eq!((chi_square_sf(f64::INFINITY, 2.0), f_sf(f64::INFINITY, 1.0, 2.0)), (0.0, 0.0));
    for bad in [f64::NAN, -0.1, 1.1] {
        assert!(normal_quantile(bad).is_nan() && student_t_quantile(bad, 2.0).is_nan());
        assert!(chi_square_quantile(bad, 2.0).is_nan() && f_quantile(bad, 2.0, 2.0).is_nan());
    }
    for bad in [f64::NAN, -1.0, 0.0, f64::INFINITY] {
        assert!(student_t_sf(1.0, bad).is_nan() && student_t_quantile(0.9, bad).is_nan());
        assert!(chi_square_sf(1.0, bad).is_nan() && f_sf(1.0, 2.0, bad).is_nan());
        assert!(f_quantile(0.9, bad, 2.0).is_nan() && chi_square_quantile(0.9, bad).is_nan());
    }
    assert!(normal_sf(f64::NAN).is_nan() && student_t_sf(f64::NAN, 2.0).is_nan());
    assert!(chi_square_sf(f64::NAN, 2.0).is_nan() && f_sf(f64::NAN, 2.0, 3.0).is_nan());
}
