//! The words of an expression.

use super::Unreadable;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Name(String),
    Text(String),
    Number(usize),
    /// One of `( ) [ ] , . ! && || == !=`.
    Sign(&'static str),
}

/// Longer signs stand before those that they begin with.
const SIGNS: [&str; 11] = ["&&", "||", "==", "!=", "!", "(", ")", "[", "]", ",", "."];

/// The tokens, each with its first byte.
pub(super) fn tokens(text: &str) -> Result<Vec<(usize, Token)>, Unreadable> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let at = text.len().saturating_sub(rest.len());
        let (token, after) = match first {
            '\'' | '"' => quoted(rest, first, at)?,
            '0'..='9' => number(rest, at)?,
            'a'..='z' | 'A'..='Z' | '_' => {
                let (name, after) = split(rest, |c| c.is_ascii_alphanumeric() || c == '_');
                (Token::Name(name.to_owned()), after)
            }
            _ => sign(rest, at)?,
        };
        tokens.push((at, token));
        rest = after.trim_start();
    }
    Ok(tokens)
}

fn split(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !belongs(c)).unwrap_or(text.len()))
}

fn number(rest: &str, at: usize) -> Result<(Token, &str), Unreadable> {
    let (digits, after) = split(rest, |c| c.is_ascii_digit());
    let number = digits.parse().ok().filter(|_| digits.len() <= 6);
    number.map(|number| (Token::Number(number), after)).ok_or_else(|| Unreadable { at, what: "that number is too large".into() })
}

fn sign(rest: &str, at: usize) -> Result<(Token, &str), Unreadable> {
    let found = SIGNS.iter().find_map(|sign| Some((Token::Sign(sign), rest.strip_prefix(sign)?)));
    found.ok_or_else(|| Unreadable { at, what: "this character has no meaning here".into() })
}

fn quoted(rest: &str, quote: char, at: usize) -> Result<(Token, &str), Unreadable> {
    let mut text = String::new();
    let mut chars = rest.char_indices().skip(1);
    while let Some((place, c)) = chars.next() {
        match c {
            c if c == quote => {
                let after = rest.get(place.saturating_add(1)..).unwrap_or_default();
                return Ok((Token::Text(text), after));
            }
            '\\' => match chars.next() {
                Some((_, c)) if c == '\\' || c == '\'' || c == '"' => text.push(c),
                _ => {
                    return Err(Unreadable {
                        at: at.saturating_add(place),
                        what: "only \\\\, \\' and \\\" can be escaped".into(),
                    });
                }
            },
            c => text.push(c),
        }
    }
    Err(Unreadable { at, what: "this text has no end".into() })
}
