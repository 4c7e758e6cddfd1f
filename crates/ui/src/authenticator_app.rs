//! How a key gets into an authenticator application: as an address, as a picture of that address, and as letters to type.

use domain::Secret;
use qrcodegen::{QrCode, QrCodeEcc};
use std::fmt::Write as _;

/// The light edge that a reader needs around the picture, in modules (ISO/IEC 18004 §9.1).
const QUIET_ZONE: i32 = 4;

/// The address that authenticator applications open, with the algorithm, digits and period that they all assume (Key URI Format).
pub(crate) fn address(realm: &str, account: &str, seed: &Secret) -> String {
    let (realm, account) = (percent_encoded(realm), percent_encoded(account));
    format!("otpauth://totp/{realm}:{account}?secret={}&issuer={realm}", seed.reveal())
}

/// The key in groups of four.
pub(crate) fn groups(seed: &Secret) -> Vec<String> {
    let letters: Vec<char> = seed.reveal().chars().collect();
    letters.chunks(4).map(|group| group.iter().collect()).collect()
}

/// A QR code as the parts of an SVG that only the page knows how to place.
pub(crate) struct Picture {
    /// Its width and height, in modules.
    pub(crate) size: i32,
    /// The dark modules, as the data of a path.
    pub(crate) path: String,
}

impl Picture {
    /// None: so much text fits into no picture.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
        let mut path = String::new();
        for y in 0..code.size() {
            let mut x = 0;
            while x < code.size() {
                let dark = (x..code.size()).take_while(|x| code.get_module(*x, y)).count();
                if dark > 0 {
                    let _ = write!(path, "M{} {}h{dark}v1h-{dark}z", x + QUIET_ZONE, y + QUIET_ZONE);
                }
                x = x.saturating_add(i32::try_from(dark).unwrap_or(i32::MAX)).saturating_add(1);
            }
        }
        Some(Self { size: code.size() + 2 * QUIET_ZONE, path })
    }
}

/// All but the unreserved characters, as `%XX` of their UTF-8 bytes (RFC 3986 §2).
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_keeps_names_apart_from_its_own_marks() {
        let address = address("Acme: Co & Söhne?", "ada+x@campus.example", &Secret::new("JBSWY3DP"));
        let issuer = "Acme%3A%20Co%20%26%20S%C3%B6hne%3F";
        assert_eq!(address, format!("otpauth://totp/{issuer}:ada%2Bx%40campus.example?secret=JBSWY3DP&issuer={issuer}"));
    }

    #[test]
    fn the_key_is_shown_in_groups() {
        assert_eq!(groups(&Secret::new("ABCDEFGHIJ")), ["ABCD", "EFGH", "IJ"]);
    }

    #[test]
    fn a_picture_has_the_dark_modules_of_its_code_inside_a_light_edge() {
        let text = "otpauth://totp/x:y?secret=ABCDEFGH";
        let picture = Picture::of(text).unwrap();
        let code = QrCode::encode_text(text, QrCodeEcc::Medium).unwrap();
        assert_eq!(picture.size, code.size() + 8);
        assert!(picture.path.starts_with("M4 4h7v1h-7z"), "the first finder pattern: {}", picture.path);
        let dark = (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (x, y))).filter(|(x, y)| code.get_module(*x, *y));
        let drawn: i32 = picture.path.split('h').filter_map(|part| part.split_once('v')?.0.parse::<i32>().ok()).sum();
        assert_eq!(drawn, i32::try_from(dark.count()).unwrap());
        assert!(Picture::of(&"x".repeat(5000)).is_none());
    }
}
