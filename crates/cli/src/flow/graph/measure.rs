//! How wide a text is at most, in whatever font the picture is seen, and where it is broken into lines.

/// The widest that a text of this size can be, in pixels.
pub(super) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(ems).sum::<f64>() * size
}

/// A generous share of the font's size for one character.
fn ems(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' => 0.38,
        ' ' | 'f' | 'r' | 't' | '(' | ')' | '-' | '/' => 0.45,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 1.02,
        'A'..='Z' => 0.8,
        c if c.is_ascii() => 0.66,
        _ => 1.15,
    }
}

/// The text in lines that fit, broken between words, and inside words that are too long for a line.
pub(super) fn lines(text: &str, size: f64, widest: f64) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if width(&longer, size) <= widest {
            line = longer;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        for c in word.chars() {
            if !line.is_empty() && width(&line, size) + ems(c) * size > widest {
                lines.push(std::mem::take(&mut line));
            }
            line.push(c);
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fit_and_lose_nothing() {
        for text in ["one two three four", "averyveryverylongwordwithoutanyspace", "漢字漢字漢字 WWWWW", ""] {
            let broken = lines(text, 14.0, 90.0);
            assert!(broken.iter().all(|line| width(line, 14.0) <= 90.0), "{broken:?}");
            assert_eq!(broken.concat().replace(' ', ""), text.replace(' ', ""));
        }
    }
}
