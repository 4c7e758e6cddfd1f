//! One-time codes (RFC 6238 over RFC 4226): which step a code belongs to.

use aws_lc_rs::hmac;
use domain::one_time::{DIGITS, STEP_SECONDS, bytes_of};
use domain::{Secret, Timestamp};
use subtle::ConstantTimeEq as _;

/// The steps around now that a code makes, oldest first; usually one, or none. The one before and the one after count too: clocks aren't
/// all alike, and typing takes time (RFC 6238 §5.2). A key that is none makes no code.
pub(crate) fn steps_of(seed: &Secret, code: &Secret, now: Timestamp) -> Vec<i64> {
    let Some(bytes) = bytes_of(seed) else { return Vec::new() };
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &bytes);
    let current = step_at(now);
    let made = [current - 1, current, current + 1].map(|step| (step, code_at(&key, step)));
    // All are compared, whichever is right.
    let right = made.map(|(step, made)| (step, bool::from(made.reveal().as_bytes().ct_eq(code.reveal().as_bytes()))));
    right.into_iter().filter(|(_, right)| *right).map(|(step, _)| step).collect()
}

/// The step of a moment.
fn step_at(now: Timestamp) -> i64 {
    now.as_seconds().div_euclid(i64::try_from(STEP_SECONDS).unwrap_or(i64::MAX))
}

/// The code of a step (RFC 4226 §5.3).
fn code_at(key: &hmac::Key, step: i64) -> Secret {
    let tag = hmac::sign(key, &step.to_be_bytes());
    let bytes = tag.as_ref();
    let offset = bytes.last().map_or(0, |last| usize::from(last & 0x0f));
    let number = bytes.iter().skip(offset).take(4).fold(0_u32, |number, byte| number << 8 | u32::from(*byte)) & 0x7fff_ffff;
    Secret::new(format!("{:0width$}", number % 1_000_000, width = DIGITS))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// “12345678901234567890” in base32, the key of both RFCs.
    const SEED: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    fn steps(code: &str, seconds: i64) -> Vec<i64> {
        steps_of(&Secret::new(SEED), &Secret::new(code), Timestamp::from_seconds(seconds))
    }

    /// RFC 6238, appendix B, the rows of SHA-1, of which six digits are shown here.
    #[test]
    fn the_codes_are_those_of_the_standard() {
        let rows = [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ];
        for (seconds, code) in rows {
            assert_eq!(steps(code, seconds), [seconds / 30], "{seconds}");
        }
    }

    #[test]
    fn a_code_counts_one_step_early_and_one_step_late() {
        let step = 1_234_567_890 / 30;
        for (seconds, counts) in [(-31, false), (-30, true), (29, true), (59, true), (60, false)] {
            let found = steps("005924", step * 30 + seconds);
            assert_eq!(found, if counts { vec![step] } else { vec![] }, "{seconds} seconds from the beginning of its step");
        }
    }

    #[test]
    fn what_is_no_code_or_no_key_makes_none() {
        for code in ["", "00592", "0059240", "005925", "٠٠٥٩٢٤"] {
            assert_eq!(steps(code, 1_234_567_890), Vec::<i64>::new(), "{code}");
        }
        let now = Timestamp::from_seconds(1_234_567_890);
        assert_eq!(steps_of(&Secret::new("no key"), &Secret::new("005924"), now), Vec::<i64>::new());
    }
}
