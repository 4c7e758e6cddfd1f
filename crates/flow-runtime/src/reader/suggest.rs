//! Words for advice: quoting, lists, and “did you mean”.

/// A word longer than this isn't a typing mistake.
const LONGEST: usize = 64;

/// The candidate that somebody probably meant, if one is close.
fn closest<'a>(word: &str, candidates: &[&'a str]) -> Option<&'a str> {
    if word.is_empty() || word.len() > LONGEST {
        return None;
    }
    let word = word.to_lowercase().replace(['_', ' '], "-");
    let distance = |candidate: &&str| strsim::osa_distance(&word, &candidate.to_lowercase());
    let best = candidates.iter().copied().min_by_key(distance)?;
    let near = word.chars().count().max(best.chars().count()).div_ceil(3);
    (distance(&best) <= near).then_some(best)
}

/// Advice for a word that isn't one of the candidates.
pub fn instead_of(word: &str, candidates: &[&str]) -> String {
    match closest(word, candidates) {
        Some(best) => format!("did you mean `{best}`?"),
        None => format!("use {}", one_of(candidates)),
    }
}

/// `a`, `b` or `c`, in backticks.
pub(super) fn one_of(candidates: &[&str]) -> String {
    let quoted: Vec<String> = candidates.iter().map(|candidate| format!("`{candidate}`")).collect();
    match quoted.split_last() {
        None => "nothing".to_owned(),
        Some((only, [])) => only.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
    }
}

/// A text from the file, fit for a message: in backticks, on one line, not long.
pub(super) fn quoted(text: &str) -> String {
    let short: String = text.chars().take(LONGEST).map(|c| if domain::text::is_visible(c) { c } else { '\u{fffd}' }).collect();
    let more = if text.chars().nth(LONGEST).is_some() { "…" } else { "" };
    format!("`{short}{more}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_word_is_suggested_and_a_far_one_is_not() {
        let names = ["cookie", "provider", "register"];
        assert_eq!(instead_of("cokie", &names), "did you mean `cookie`?");
        assert_eq!(instead_of("Provider", &names), "did you mean `provider`?");
        assert_eq!(instead_of("teapot", &names), "use `cookie`, `provider` or `register`");
        assert_eq!(instead_of(&"x".repeat(10_000), &["x"]), "use `x`");
    }

    #[test]
    fn a_quoted_text_is_short_and_cannot_control_a_terminal() {
        assert_eq!(quoted("a\u{1b}[31m"), "`a\u{fffd}[31m`");
        assert_eq!(quoted(&"x".repeat(70)), format!("`{}…`", "x".repeat(64)));
    }
}
