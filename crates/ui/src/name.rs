//! Names from outside, made fit to be shown.

use domain::EmailAddress;
use domain::text::display_name;

/// A name for a page: cleaned and cut. If nothing is left, the fallback.
pub(crate) fn shown(raw: &str, fallback: &str) -> String {
    display_name(raw).unwrap_or_else(|| fallback.to_owned())
}

/// An operator's text without characters that can't be seen.
pub(crate) fn visible(raw: &str) -> String {
    raw.chars().filter(|c| domain::text::is_visible(*c)).collect()
}

/// The lines of an operator's text that have something in them.
pub(crate) fn paragraphs(raw: &str) -> Vec<String> {
    raw.lines().map(visible).map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

/// A name for a mail. Mail programs turn what looks like an address of a web page into a link, so a name that isn't
/// plainly a mail address loses its schemes and slashes, and its dots no longer join words.
pub(crate) fn mailed(raw: &str, fallback: &str) -> String {
    let name = shown(raw, fallback);
    if is_plain_address(&name) {
        return name;
    }
    let mut out = String::with_capacity(name.len());
    let mut rest = name.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '/' | '\\' => out.push(' '),
            // A link needs something right after the dot or the colon; a space there ends every such guess.
            '.' | ':' | '@' if rest.peek().is_some_and(|next| !next.is_whitespace()) => out.extend([c, ' ']),
            other => out.push(other),
        }
    }
    shown(&out, fallback)
}

/// Whether mail programs make nothing worse of it than “write to this address”.
fn is_plain_address(name: &str) -> bool {
    EmailAddress::parse(name).is_ok_and(|address| {
        let local = address.local();
        !local.to_ascii_lowercase().starts_with("www.")
            && local.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ph_68_a_name_is_no_link_in_a_mail() {
        assert_eq!(mailed("http://evil.example/win", "x"), "http: evil. example win");
        assert_eq!(mailed("www.evil.example/@campus.example", "x"), "www. evil. example @ campus. example");
        assert_eq!(mailed("https:\u{2028}//evil.example", "x"), "https: evil. example");
    }

    #[test]
    fn an_address_stays_as_it_is() {
        assert_eq!(mailed("ada.king+x@campus.example", "x"), "ada.king+x@campus.example");
        assert_eq!(mailed("Dr. Ada King", "x"), "Dr. Ada King");
    }

    #[test]
    fn nothing_left_is_the_fallback() {
        assert_eq!(shown("\u{202e}\r\n", "somebody"), "somebody");
        assert_eq!(mailed("///", "somebody"), "somebody");
    }
}
