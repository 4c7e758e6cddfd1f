//! Seals what must not be readable, or exchangeable, in the database.
//!
//! Each value is sealed with AES-256-GCM under a key of its own, which HKDF-SHA-256 makes of a key of the ring and a random
//! salt; so there is no limit on how much one key of the ring may seal. What is sealed is bound to its place: realm, table,
//! id and version are authenticated with it.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};
use domain::RealmId;
use zeroize::{ZeroizeOnDrop, Zeroizing};

const FORMAT: u8 = 1;
const SALT_LEN: usize = 32;

/// One key of the ring.
#[derive(ZeroizeOnDrop)]
pub struct SealingKey {
    #[zeroize(skip)]
    id: String,
    bytes: [u8; 32],
}

impl SealingKey {
    /// A key of 32 random bytes. Its id is stored with everything that it seals, so that it is found again.
    pub fn new(id: impl Into<String>, bytes: [u8; 32]) -> Self {
        Self { id: id.into(), bytes }
    }
}

/// The keys that seal and open, newest first. The first one seals, all open.
pub struct Keyring {
    keys: Vec<SealingKey>,
}

impl Keyring {
    /// Whether these are the same keys in the same order.
    pub(crate) fn is(&self, other: &Self) -> bool {
        let same = |(own, other): (&SealingKey, &SealingKey)| own.id == other.id && own.bytes == other.bytes;
        self.keys.len() == other.keys.len() && self.keys.iter().zip(&other.keys).all(same)
    }
}

/// Why keys make no ring.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyringError {
    /// There is no key.
    #[error("the keyring has no key")]
    Empty,
    /// An id is empty or longer than 255 bytes.
    #[error("a key's id has 1 to 255 bytes")]
    BadId,
    /// Two keys have one id.
    #[error("two keys of the keyring have the id “{0}”")]
    SameId(String),
}

/// Why a value could not be sealed or opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// It is not in a form that this version knows.
    #[error("the sealed value has an unknown form")]
    Form,
    /// It was sealed with a key that is not in the ring.
    #[error("the keyring has no key “{0}”")]
    UnknownKey(String),
    /// It was changed, or belongs to another place.
    #[error("the sealed value was changed, or belongs elsewhere")]
    Damaged,
    /// The operating system gave no random bytes.
    #[error("there is no randomness")]
    NoRandomness,
}

/// The place that a sealed value belongs to.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) realm: &'a RealmId,
    pub(crate) table: &'static str,
    pub(crate) id: &'a str,
    pub(crate) version: i64,
}

/// Shows the names of the keys, never the keys.
impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.keys.iter().map(|key| &key.id)).finish()
    }
}

impl Keyring {
    /// A ring of these keys, newest first.
    pub fn new(keys: Vec<SealingKey>) -> Result<Self, KeyringError> {
        if keys.is_empty() {
            return Err(KeyringError::Empty);
        }
        let mut ids = std::collections::BTreeSet::new();
        for key in &keys {
            if !(1..=255).contains(&key.id.len()) {
                return Err(KeyringError::BadId);
            }
            if !ids.insert(key.id.as_str()) {
                return Err(KeyringError::SameId(key.id.clone()));
            }
        }
        Ok(Self { keys })
    }

    pub(crate) fn seal(&self, place: Place<'_>, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let key = self.keys.first().ok_or(SealError::Form)?;
        let mut salt = [0; SALT_LEN];
        SystemRandom::new().fill(&mut salt).map_err(|_| SealError::NoRandomness)?;
        let mut text = Zeroizing::new(plain.to_vec());
        let tag = key
            .cipher(&salt)?
            .seal_in_place_separate_tag(Nonce::assume_unique_for_key([0; NONCE_LEN]), Aad::from(place.bytes()), &mut text)
            .map_err(|_| SealError::Damaged)?;
        let id_len = u8::try_from(key.id.len()).map_err(|_| SealError::Form)?;
        Ok([&[FORMAT, id_len], key.id.as_bytes(), &salt, &text, tag.as_ref()].concat())
    }

    pub(crate) fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let (&[FORMAT, id_len], rest) = sealed.split_first_chunk().ok_or(SealError::Form)? else {
            return Err(SealError::Form);
        };
        let (id, rest) = rest.split_at_checked(usize::from(id_len)).ok_or(SealError::Form)?;
        let (salt, text) = rest.split_first_chunk::<SALT_LEN>().ok_or(SealError::Form)?;
        let key = self.keys.iter().find(|key| key.id.as_bytes() == id);
        let key = key.ok_or_else(|| SealError::UnknownKey(String::from_utf8_lossy(id).into_owned()))?;
        let mut text = Zeroizing::new(text.to_vec());
        let plain = key
            .cipher(salt)?
            .open_in_place(Nonce::assume_unique_for_key([0; NONCE_LEN]), Aad::from(place.bytes()), &mut text)
            .map_err(|_| SealError::Damaged)?
            .len();
        text.truncate(plain);
        Ok(text)
    }
}

impl SealingKey {
    fn cipher(&self, salt: &[u8; SALT_LEN]) -> Result<LessSafeKey, SealError> {
        let strong = Salt::new(HKDF_SHA256, salt).extract(&self.bytes);
        let derived = strong.expand(&[b"braid/seal/1"], &AES_256_GCM).map_err(|_| SealError::Form)?;
        Ok(LessSafeKey::new(UnboundKey::from(derived)))
    }
}

impl Place<'_> {
    /// Each part with its length, so that no two places read the same.
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for part in [self.realm.as_str(), self.table, self.id] {
            bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
            bytes.extend_from_slice(part.as_bytes());
        }
        bytes.extend_from_slice(&self.version.to_be_bytes());
        bytes
    }
}

/// 16 random bytes for the id of a row that nobody names.
pub(crate) fn row_id() -> Result<String, crate::StoreError> {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let mut bytes = [0; 16];
    SystemRandom::new().fill(&mut bytes).map_err(|_| crate::StoreError::NoRandomness)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests;
