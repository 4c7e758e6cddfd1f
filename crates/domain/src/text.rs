//! What may be shown of texts that came from outside.

/// The most characters that a name from outside may have. Longer ones are cut, never refused.
pub const NAME_MAX: usize = 100;

/// A name fit for a page or a mail: no control or direction-changing characters, single spaces, at most
/// [`NAME_MAX`] characters. `None` if nothing is left.
pub fn display_name(raw: &str) -> Option<String> {
    let cleaned: String = raw.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|&c| is_visible(c)).collect();
    let joined = cleaned.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    let short: String = joined.chars().take(NAME_MAX).collect();
    (!short.is_empty()).then_some(short)
}

/// Whether a character neither controls the line nor changes the direction of what follows, nor hides in it.
pub fn is_visible(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{00ad}' | '\u{061c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_loses_what_could_mislead() {
        assert_eq!(display_name("  Ada\r\n\tLovelace\u{202e} "), Some("Ada Lovelace".into()));
        assert_eq!(display_name("\u{200b}\u{0}"), None);
        assert_eq!(display_name(&"x".repeat(500)).map(|name| name.len()), Some(NAME_MAX));
    }
}
