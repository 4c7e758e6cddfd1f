//! The keys that seal secrets at rest.

use super::fields::Fields;
use super::problem::Problems;
use super::surroundings::Surroundings;
use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use domain::Secret;
use persistence::{Keyring, SealingKey};

const HOW_TO_MAKE_ONE: &str = "run `braid keyring new --out keyring.key`; it makes a key and says what to write here";

/// How long a key is, in bytes.
const KEY_BYTES: usize = 32;

/// The keyring of the file. `None` if there is none that works; then that was reported.
pub(super) fn keyring(root: &mut Fields, around: &Surroundings<'_>, problems: &mut Problems<'_>) -> Option<Keyring> {
    let span = root.span;
    let entries = root.mappings("keyring", "a key of the keyring", problems);
    if entries.is_empty() {
        problems.at(span, "there is no keyring, so nothing could be sealed in the database", HOW_TO_MAKE_ONE);
        return None;
    }
    let count = entries.len();
    let keys: Vec<SealingKey> = entries.into_iter().filter_map(|entry| key(entry, around, problems)).collect();
    if keys.len() != count {
        return None;
    }
    match Keyring::new(keys) {
        Ok(keyring) => Some(keyring),
        Err(error) => {
            problems.at(span, error.to_string(), "give every key of `keyring` an id of its own, of 1 to 255 bytes");
            None
        }
    }
}

fn key(mut fields: Fields, around: &Surroundings<'_>, problems: &mut Problems<'_>) -> Option<SealingKey> {
    let span = fields.span;
    let id = fields.text("id", "a short name that never changes", problems);
    let text = match fields.take("key") {
        Some(node) => around.secret(node, "key", problems).map(|key| key.value),
        None => around.referred(&mut fields, "key", span, problems).map(Secret::new),
    };
    fields.end(problems);
    let (id, text) = (id?, text?);
    let bytes = decode(text.reveal().trim());
    let found = bytes.as_ref().map(|bytes| format!("it has {} bytes", bytes.len()));
    let Some(bytes) = bytes.and_then(|bytes| <[u8; KEY_BYTES]>::try_from(bytes).ok()) else {
        let found = found.unwrap_or_else(|| "it is not base64".to_owned());
        problems.at(id.span, format!("a key is {KEY_BYTES} bytes in base64; {found}"), HOW_TO_MAKE_ONE);
        return None;
    };
    Some(SealingKey::new(id.value, bytes))
}

/// Base64 of either alphabet, with or without padding.
fn decode(text: &str) -> Option<Vec<u8>> {
    let lenient = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let engines = [&alphabet::STANDARD, &alphabet::URL_SAFE].map(|alphabet| GeneralPurpose::new(alphabet, lenient));
    engines.iter().find_map(|engine| engine.decode(text).ok())
}
