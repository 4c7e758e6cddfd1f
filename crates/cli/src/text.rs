//! How values are written for people at a terminal and for programs.

use domain::Timestamp;
use domain::text::is_visible;

const SECONDS_A_DAY: i64 = 86_400;

/// A point in time as programs read it (RFC 3339, UTC, whole seconds).
pub(crate) fn date(at: Timestamp) -> String {
    let (days, seconds) = (at.as_seconds().div_euclid(SECONDS_A_DAY), at.as_seconds().rem_euclid(SECONDS_A_DAY));
    let (year, month, day) = civil(days);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// The Gregorian date of a day, counted from 1970-01-01. Years begin in March here, so that a leap day is the last of its year.
fn civil(days: i64) -> (i64, i64, i64) {
    /// Days from 0000-03-01 to 1970-01-01.
    const EPOCH: i64 = 719_468;
    /// Days of 400 years.
    const ERA: i64 = 146_097;
    let days = days + EPOCH;
    let (era, day_of_era) = (days.div_euclid(ERA), days.rem_euclid(ERA));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / (ERA - 1)) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let (year, month) = if month < 10 { (0, month + 3) } else { (1, month - 9) };
    (year + year_of_era + era * 400, month, day)
}

/// A value from elsewhere on one line: nothing in it controls the terminal or looks like another line.
pub(crate) fn shown(text: &str) -> String {
    text.chars().map(|c| if is_visible(c) { c } else { '?' }).collect()
}

/// Rows under a head, in columns. What is in them can't control the terminal.
pub(crate) fn table<const COLUMNS: usize>(head: [&str; COLUMNS], rows: &[[String; COLUMNS]]) -> String {
    let head = head.map(str::to_owned);
    let rows: Vec<[String; COLUMNS]> =
        std::iter::once(&head).chain(rows).map(|row| row.clone().map(|cell| shown(&cell))).collect();
    let mut widths = [0; COLUMNS];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let line = |row: &[String; COLUMNS]| {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_709_251_200, "2024-03-01T00:00:00Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (1_795_344_522, "2026-11-22T10:48:42Z"),
        ] {
            assert_eq!(date(Timestamp::from_seconds(seconds)), text);
        }
    }

    #[test]
    fn a_table_is_in_columns_and_controls_no_terminal() {
        let rows = [["a".to_owned(), "long\u{1b}[2J\nmore".to_owned()], ["longer".to_owned(), "b".to_owned()]];
        let text = table(["ONE", "TWO"], &rows);
        assert!(text.starts_with("ONE     TWO\na       long") && text.ends_with("\nlonger  b"), "{text}");
        assert_eq!((text.contains('\u{1b}'), text.lines().count()), (false, 3), "{text:?}");
    }
}
