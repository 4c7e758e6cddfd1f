//! Durations as they stand in YAML: `90s`, `15m`, `2h`, `1d`.

use std::time::Duration;

/// Seconds in each unit, the largest first.
const UNITS: &[(char, u64)] = &[('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

/// Reads a duration. One that is too large to count is the longest there is, so it is out of any bounds.
pub(super) fn parse(text: &str) -> Option<Duration> {
    let &(unit, seconds) = UNITS.iter().find(|(unit, _)| text.ends_with(*unit))?;
    let digits = text.strip_suffix(unit)?;
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some(Duration::from_secs(digits.parse::<u64>().unwrap_or(u64::MAX).saturating_mul(seconds)))
}

/// Writes a duration in the largest unit that fits.
pub(crate) fn written(duration: Duration) -> String {
    let total = duration.as_secs();
    let fits = |(_, seconds): &&(char, u64)| total > 0 && total.is_multiple_of(*seconds);
    let (unit, seconds) = UNITS.iter().find(fits).copied().unwrap_or(('s', 1));
    format!("{}{unit}", total.checked_div(seconds).unwrap_or(total))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_a_number_and_a_unit() {
        for (text, seconds) in [("90s", 90), ("15m", 900), ("2h", 7_200), ("1d", 86_400), ("0s", 0)] {
            assert_eq!(parse(text), Some(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "s", "15", "15 m", "-1m", "+1m", "1.5h", "15min", "1h30m", "１５m", "15M", "P1D"] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse("99999999999999999999999999d"), Some(Duration::from_secs(u64::MAX)));
    }

    #[test]
    fn durations_are_written_in_the_unit_that_fits() {
        for (seconds, text) in [(0, "0s"), (90, "90s"), (900, "15m"), (7_200, "2h"), (86_400, "1d"), (90_000, "25h")] {
            assert_eq!(written(Duration::from_secs(seconds)), text);
        }
    }
}
