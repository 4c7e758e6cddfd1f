//! Handles: how a login is named in a URL. Until its first event a login is nothing but its handle, a sealed authorize request.

use crate::hub_keys::HubKeys;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{AuthorizeRequest, Digest, Entropy, SessionKey, Timestamp};
use flow_runtime::{Pinned, Start};
use serde::{Deserialize, Serialize};

const SALT: usize = 16;

/// How a login is named in a URL.
#[derive(Debug, Clone)]
pub(crate) enum Handle {
    /// A login that is stored.
    Stored(SessionKey),
    /// A login that may not be stored yet.
    Sealed {
        /// The row that it would get.
        key: SessionKey,
        /// What is in it.
        content: Box<Content>,
    },
}

/// What a sealed handle holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Content {
    request: AuthorizeRequest,
    browser: Digest,
    seed: [u8; 32],
    started_at: Timestamp,
    /// What the login begins with, so that its first form meets the page that it was drawn for.
    pinned: Option<Pinned>,
}

impl Content {
    pub(crate) fn new(
        request: AuthorizeRequest,
        browser: Digest,
        pinned: Option<Pinned>,
        started_at: Timestamp,
        entropy: &Entropy,
    ) -> Self {
        Self { request, browser, seed: entropy.expand("login"), started_at, pinned }
    }

    pub(crate) fn pinned(&self) -> Option<&Pinned> {
        self.pinned.as_ref()
    }

    /// How the login begins: the same for every look at the same handle.
    pub(crate) fn start(&self, key: SessionKey) -> Start {
        let Self { request, browser, started_at, .. } = self.clone();
        Start { key, browser, request, started_at }
    }

    pub(crate) fn request(&self) -> &AuthorizeRequest {
        &self.request
    }

    pub(crate) fn seed(&self) -> Entropy {
        Entropy::from_bytes(self.seed)
    }

    /// Seals the login into the text of a handle.
    pub(crate) fn seal(&self, keys: &HubKeys, entropy: &Entropy) -> Option<(String, SessionKey)> {
        let salt = entropy.id("handle");
        let mut text = serde_json::to_vec(self).ok()?;
        let key = cipher(keys, &salt)?;
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key([0; 12]), Aad::empty(), &mut text).ok()?;
        let text = URL_SAFE_NO_PAD.encode([salt.as_slice(), &text].concat());
        let row = row_of(&text);
        Some((text, row))
    }
}

impl Handle {
    /// Reads a handle from a URL. None if this realm never gave it out.
    pub(crate) fn read(keys: &HubKeys, text: &str) -> Option<Self> {
        if let Ok(key) = SessionKey::parse(text) {
            return Some(Self::Stored(key));
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (salt, sealed) = bytes.split_at_checked(SALT)?;
        let mut sealed = sealed.to_vec();
        let plain = cipher(keys, salt)?.open_in_place(Nonce::assume_unique_for_key([0; 12]), Aad::empty(), &mut sealed).ok()?;
        let content = serde_json::from_slice(plain).ok()?;
        Some(Self::Sealed { key: row_of(text), content: Box::new(content) })
    }

    pub(crate) fn key(&self) -> SessionKey {
        match self {
            Self::Stored(key) | Self::Sealed { key, .. } => *key,
        }
    }
}

/// Each handle has a key of its own, so its one nonce is used once.
fn cipher(keys: &HubKeys, salt: &[u8]) -> Option<LessSafeKey> {
    UnboundKey::new(&AES_256_GCM, &keys.handle_key(salt)).ok().map(LessSafeKey::new)
}

/// The first half of the handle's digest.
fn row_of(text: &str) -> SessionKey {
    let digest = URL_SAFE_NO_PAD.decode(Digest::of_bytes(text.as_bytes()).as_str()).unwrap_or_default();
    let mut key = [0; 16];
    key.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    SessionKey::from_bytes(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{ClientId, Prompt, Wish};

    fn content() -> Content {
        let request = AuthorizeRequest {
            client: ClientId::parse("app").unwrap(),
            redirect_uri: "https://app.example/callback".into(),
            redirect_uri_was_given: true,
            state: Some("s".into()),
            nonce: None,
            scopes: vec!["openid".into()],
            code_challenge: None,
            prompt: Prompt::default(),
            max_age: None,
            login_hint: None,
            provider_hint: None,
            wish: Wish::SignIn,
        };
        Content::new(request, Digest::of_bytes(b"browser"), None, Timestamp::from_seconds(1), &Entropy::from_bytes([3; 32]))
    }

    #[test]
    fn a_handle_reads_back_to_the_same_login() {
        let keys = HubKeys::new(&[1; 32]);
        let (text, key) = content().seal(&keys, &Entropy::from_bytes([4; 32])).unwrap();
        let Some(Handle::Sealed { key: read, content: back }) = Handle::read(&keys, &text) else { panic!("not read") };
        assert_eq!((read, back.start(key).request), (key, content().request));
    }

    #[test]
    fn a_changed_or_foreign_handle_is_none() {
        let keys = HubKeys::new(&[1; 32]);
        let (text, _) = content().seal(&keys, &Entropy::from_bytes([4; 32])).unwrap();
        assert!(Handle::read(&HubKeys::new(&[2; 32]), &text).is_none());
        assert!(Handle::read(&keys, &text.replacen(|c: char| c.is_ascii_lowercase(), "A", 1)).is_none());
        assert!(Handle::read(&keys, "").is_none());
    }
}
