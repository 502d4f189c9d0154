//! What is public about a column: its name, its unit, its type, and the values that it may hold.
use crate::{
    error::{Error, ErrorKind, Result},
    secret::mask,
};

/// The most bytes of a name, a unit or a level.
pub const MAX_NAME_LEN: usize = 255;
/// The most levels of a category.
pub const MAX_LEVELS: usize = 256;
/// The most steps of the resolution from one end of a range to the other.
pub const MAX_STEPS: u64 = 1 << 32;

/// The type of a column.
#[derive(Clone, Debug, PartialEq)]
pub enum ColumnKind {
    /// A measurement within a plausible range. Values are rounded to `resolution`.
    Numeric {
        /// The smallest plausible value.
        low: f64,
        /// The largest plausible value.
        high: f64,
        /// The step to which values are rounded, such as 0.1.
        resolution: f64,
    },
    /// A whole number within a plausible range.
    Integer {
        /// The smallest plausible value.
        low: i64,
        /// The largest plausible value.
        high: i64,
    },
    /// One of several levels. A value is the level's position, from 0.
    Category {
        /// The names of the levels, each once.
        levels: Vec<String>,
    },
    /// The time from a start to an event or to the end of the observation; never negative.
    Time {
        /// The longest plausible time.
        high: f64,
        /// The step to which times are rounded.
        resolution: f64,
    },
    /// Whether the event was seen: 1, or 0 when the observation ended before.
    Event,
}

/// 1.5 * 2^52.
pub(super) const WHOLE: f64 = 6_755_399_441_055_744.0;

/// 2^53.
const WHOLE_STEPS: f64 = 9_007_199_254_740_992.0;

/// A column of the joint table. Public, and the same at every party.
///
/// # Units
/// Inside a study a value is a whole number `v`, the nearest to `(x - centre) / resolution`. The centre lies in the middle of
/// the range, so that squares stay small; categories and events have centre 0 and resolution 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    name: String,
    unit: String,
    kind: ColumnKind,
    centre: f64,
    resolution: f64,
    bounds: (i64, i64),
}

impl Column {
    /// Describes a column.
    ///
    /// # Errors
    /// `InvalidParams` for an empty or long name, a range that is empty or not finite, a resolution that is not positive or
    /// finer than 2^-32 of the range or than 2^-53 of its numbers, fewer than two levels or the same level twice.
    pub fn new(name: &str, unit: &str, kind: ColumnKind) -> Result<Self> {
        if name.is_empty() || name.len() > MAX_NAME_LEN {
            return Err(invalid("column: name, 1 to 255 bytes"));
        }
        if unit.len() > MAX_NAME_LEN {
            return Err(invalid("column: unit longer than 255 bytes"));
        }
        let (centre, resolution, bounds) = match &kind {
            ColumnKind::Numeric { low, high, resolution } => grid(*low, *high, *resolution)?,
            ColumnKind::Time { high, resolution } => grid(0.0, *high, *resolution)?,
            ColumnKind::Integer { low, high } => {
                let steps = high.checked_sub(*low).and_then(|steps| u64::try_from(steps).ok());
                // Beyond 2^53 a floating-point number no longer holds every integer.
                let exact = low.unsigned_abs().max(high.unsigned_abs()) <= 1 << 53;
                match steps {
                    Some(1..=MAX_STEPS) if exact => grid(*low as f64, *high as f64, 1.0)?,
                    _ => return Err(invalid("column: range, not empty and at most 2^32 wide, within 2^53")),
                }
            }
            ColumnKind::Category { levels } => {
                let fits = |level: &String| !level.is_empty() && level.len() <= MAX_NAME_LEN;
                let distinct = levels.iter().enumerate().all(|(i, level)| !levels[..i].contains(level));
                if !(2..=MAX_LEVELS).contains(&levels.len()) || !distinct || !levels.iter().all(fits) {
                    return Err(invalid("column: levels, 2 to 256, each once, of 1 to 255 bytes"));
                }
                (0.0, 1.0, (0, i64::try_from(levels.len() - 1).expect("at most 255")))
            }
            ColumnKind::Event => (0.0, 1.0, (0, 1)),
        };
        Ok(Self { name: name.to_owned(), unit: unit.to_owned(), kind, centre, resolution, bounds })
    }

    /// The column's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The unit of its values; empty where there is none.
    pub fn unit(&self) -> &str {
        &self.unit
    }

    /// Its type.
    pub fn kind(&self) -> &ColumnKind {
        &self.kind
    }

    /// How many levels a category has, 2 for an event; `None` for numbers.
    pub fn levels(&self) -> Option<usize> {
        match &self.kind {
            ColumnKind::Category { levels } => Some(levels.len()),
            ColumnKind::Event => Some(2),
            _ => None,
        }
    }

    /// The name of a level.
    pub fn level_name(&self, level: usize) -> String {
        match &self.kind {
            ColumnKind::Category { levels } => levels.get(level).cloned().unwrap_or_default(),
            _ => level.to_string(),
        }
    }

    /// Whether its values are numbers that may be added: everything but categories of more than two levels.
    pub fn is_numeric(&self) -> bool {
        self.levels().is_none_or(|levels| levels == 2)
    }

    /// The step to which values are rounded.
    pub fn resolution(&self) -> f64 {
        self.resolution
    }

    /// The value that the whole number 0 stands for.
    pub fn centre(&self) -> f64 {
        self.centre
    }

    /// The smallest and the largest whole number that stands for a value: at most 0 and at least 0.
    pub fn bounds(&self) -> (i64, i64) {
        self.bounds
    }

    /// The smallest and the largest value.
    pub fn range(&self) -> (f64, f64) {
        match &self.kind {
            ColumnKind::Numeric { low, high, .. } => (*low, *high),
            ColumnKind::Time { high, .. } => (0.0, *high),
            _ => (self.decode(self.bounds.0), self.decode(self.bounds.1)),
        }
    }

    /// The value that a whole number stands for.
    pub fn decode(&self, value: i64) -> f64 {
        self.centre + value as f64 * self.resolution
    }

    /// The whole number for a value, ties to even, and 1; or 0 and 0 for a missing one. And whether it is one of these: neither beyond
    /// the range nor, for a category, event or integer, a fraction.
    ///
    /// # Timing
    /// No branch depends on the value.
    pub(super) fn encode(&self, value: f64) -> (i64, i64, bool) {
        let (low, high) = self.range();
        let mask = |bit: bool| mask(u64::from(bit));
        let inside = mask(value >= low) & mask(value <= high);
        let known = f64::from_bits(value.to_bits() & inside);
        // Numbers from 2^52 to 2^53 are whole: adding one of them rounds, and the last bits count.
        let scaled = (known - self.centre) / self.resolution + WHOLE;
        let nearest = scaled.to_bits().wrapping_sub(WHOLE.to_bits()).cast_signed();
        let fine = matches!(self.kind, ColumnKind::Numeric { .. } | ColumnKind::Time { .. });
        let accepted = inside & (mask(fine) | mask(self.decode(nearest) == known));
        let missing = mask(value.is_nan());
        (nearest & accepted.cast_signed(), (accepted & 1).cast_signed(), (accepted | missing) & 1 == 1)
    }

    /// The smallest whole number that stands for `edge` or more, one above the bounds when there is none.
    pub(super) fn ceiling(&self, edge: f64) -> i64 {
        let (low, high) = self.bounds;
        // An edge on the grid may come out a rounding error above its whole number.
        let at = ((edge - self.centre) / self.resolution - 1e-6).ceil();
        to_grid(at.clamp(low as f64, high as f64 + 1.0))
    }
}

/// Centre, resolution and bounds of a range.
fn grid(low: f64, high: f64, resolution: f64) -> Result<(f64, f64, (i64, i64))> {
    let finite = low.is_finite() && high.is_finite() && (high - low).is_finite();
    if !finite || low >= high {
        return Err(invalid("column: range, finite and not empty"));
    }
    let steps = (high - low) / resolution;
    if !(resolution > 0.0 && (1.0..=MAX_STEPS as f64).contains(&steps)) {
        return Err(invalid("column: resolution, from 2^-32 of the range to all of it"));
    }
    // Beyond 2^53 steps from zero a floating-point number no longer holds every value of the grid.
    if low.abs().max(high.abs()) / resolution > WHOLE_STEPS {
        return Err(invalid("column: resolution, too fine for numbers so far from zero"));
    }
    let centre = low + (steps / 2.0).floor() * resolution;
    let bounds = (to_grid((low - centre) / resolution), to_grid((high - centre) / resolution));
    Ok((centre, resolution, bounds))
}

/// The nearest whole number.
#[expect(clippy::cast_possible_truncation, reason = "at most 2^32, checked where the column was made")]
fn to_grid(value: f64) -> i64 {
    value.round() as i64
}

fn invalid(what: &'static str) -> Error {
    Error::new(ErrorKind::InvalidParams, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numeric(low: f64, high: f64, resolution: f64) -> Result<Column> {
        Column::new("x", "mmHg", ColumnKind::Numeric { low, high, resolution })
    }

    #[test]
    fn values_meet_the_grid() {
        let column = numeric(50.0, 250.0, 0.1).unwrap();
        assert_eq!((column.centre(), column.bounds()), (150.0, (-1000, 1000)));
        for (value, expected) in [(50.0, -1000), (250.0, 1000), (150.04, 0), (150.06, 1), (120.3, -297)] {
            assert_eq!(column.encode(value), (expected, 1, true), "{value}");
            assert!((column.decode(expected) - value).abs() <= 0.05 + 1e-9);
        }
        assert_eq!(column.encode(f64::NAN), (0, 0, true));
        for bad in [49.9, 250.1, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(column.encode(bad), (0, 0, false));
        }
    }

    #[test]
    fn numbers_far_from_zero_keep_their_grid() {
        let column = numeric(8e8, 8e8 + 1.0, 1e-7).unwrap();
        assert_eq!(column.encode(8e8 + 0.25), (-2_500_000, 1, true));
    }

    #[test]
    fn a_range_of_an_odd_number_of_steps_keeps_its_ends() {
        let column = Column::new("age", "years", ColumnKind::Integer { low: 18, high: 121 }).unwrap();
        assert_eq!((column.bounds(), column.range()), ((-51, 52), (18.0, 121.0)));
        assert!(!column.encode(40.5).2);
        for age in 18..=121 {
            assert_eq!(column.decode(column.encode(f64::from(age)).0), f64::from(age));
        }
    }

    #[test]
    fn edges_on_the_grid_stay_there() {
        let column = numeric(0.0, 1.0, 0.1).unwrap();
        let cases = [(0.3, -2), (0.1 + 0.2, -2), (0.31, -1), (-5.0, -5), (1.0, 5), (1.05, 6), (9.0, 6)];
        for (edge, expected) in cases {
            assert_eq!(column.ceiling(edge), expected, "{edge}");
        }
    }

    #[test]
    fn bad_descriptions_are_refused() {
        let nan = f64::NAN;
        let bad = [
            (1.0, 1.0, 0.1),
            (2.0, 1.0, 0.1),
            (nan, 1.0, 0.1),
            (0.0, f64::INFINITY, 0.1),
            (-f64::MAX, f64::MAX, 1.0),
            (0.0, 1.0, 0.0),
            (0.0, 1.0, -0.1),
            (0.0, 1.0, nan),
            (0.0, 1.0, 2.0),
            (0.0, 1.0, 1e-10),
            (1e9, 1e9 + 1.0, 1e-7),
            (-1e9 - 1.0, -1e9, 1e-7),
        ];
        for (low, high, resolution) in bad {
            assert_eq!(numeric(low, high, resolution).unwrap_err().kind(), ErrorKind::InvalidParams);
        }
        let kind = |kind| Column::new("x", "", kind).map_err(|error| error.kind());
        let levels =
            |levels: &[&str]| ColumnKind::Category { levels: levels.iter().map(|&l| l.into()).collect() };
        for bad in [
            levels(&["a"]),
            levels(&["a", "a"]),
            levels(&["a", ""]),
            ColumnKind::Integer { low: 3, high: 3 },
            ColumnKind::Integer { low: i64::MIN, high: i64::MAX },
            ColumnKind::Integer { low: 1 << 60, high: (1 << 60) + 5 },
            ColumnKind::Time { high: 0.0, resolution: 1.0 },
        ] {
            assert_eq!(kind(bad), Err(ErrorKind::InvalidParams));
        }
        assert!(Column::new("", "", ColumnKind::Event).is_err());
        assert!(Column::new(&"x".repeat(256), "", ColumnKind::Event).is_err());
        let category = kind(levels(&["a", "b", "c"])).unwrap();
        assert_eq!(
            (category.levels(), category.is_numeric(), category.level_name(2)),
            (Some(3), false, "c".into())
        );
        assert!(kind(ColumnKind::Event).unwrap().is_numeric());
    }
}
