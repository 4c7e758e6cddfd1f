//! What the realm's hub derives from one secret that all its nodes share: keys for handles, form tokens, upstream trips and
//! mail codes. Nothing of it is stored.

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{Digest, ExchangeId, Secret, SessionKey};
use subtle::ConstantTimeEq as _;

/// Digits of the short code that is typed from another device.
const CODE_DIGITS: u32 = 8;

/// The keys of one realm.
pub(crate) struct HubKeys(hmac::Key);

impl HubKeys {
    pub(crate) fn new(secret: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    fn derive(&self, label: &str, parts: &[&[u8]]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(label.as_bytes());
        for part in parts {
            context.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            context.update(part);
        }
        let mut out = [0; 32];
        out.iter_mut().zip(context.sign().as_ref()).for_each(|(to, from)| *to = *from);
        out
    }

    fn text(&self, label: &str, parts: &[&[u8]]) -> Secret {
        Secret::new(URL_SAFE_NO_PAD.encode(self.derive(label, parts)))
    }

    /// The key that seals one handle.
    pub(crate) fn handle_key(&self, salt: &[u8]) -> [u8; 32] {
        self.derive("handle", &[salt])
    }

    /// The form token of one login in one browser.
    pub(crate) fn form_token(&self, login: SessionKey, browser: &Digest) -> Secret {
        self.text("form", &[login.as_bytes(), browser.as_str().as_bytes()])
    }

    /// Whether a form brought the right token.
    pub(crate) fn form_token_is(&self, login: SessionKey, browser: &Digest, given: Option<&Secret>) -> bool {
        let right = self.form_token(login, browser);
        given.is_some_and(|given| given.reveal().as_bytes().ct_eq(right.reveal().as_bytes()).into())
    }

    /// The `nonce` of one trip.
    pub(crate) fn nonce(&self, login: SessionKey, exchange: ExchangeId) -> Secret {
        self.text("nonce", &[login.as_bytes(), exchange.as_bytes()])
    }

    /// The PKCE verifier of one trip.
    pub(crate) fn verifier(&self, login: SessionKey, exchange: ExchangeId) -> Secret {
        self.text("verifier", &[login.as_bytes(), exchange.as_bytes()])
    }

    /// The `state` of one trip: which login, which trip, and a seal over both and the provider.
    pub(crate) fn state(&self, login: SessionKey, exchange: ExchangeId, provider: &str) -> Secret {
        let seal = self.derive("state", &[login.as_bytes(), exchange.as_bytes(), provider.as_bytes()]);
        Secret::new(format!("{login}.{exchange}.{}", URL_SAFE_NO_PAD.encode(seal)))
    }

    /// The login and trip of a `state` that this realm made for this provider.
    pub(crate) fn read_state(&self, state: &str, provider: &str) -> Option<(SessionKey, ExchangeId)> {
        let mut parts = state.split('.');
        let login = SessionKey::parse(parts.next()?).ok()?;
        let exchange = ExchangeId::parse(parts.next()?).ok()?;
        let right = self.state(login, exchange, provider);
        bool::from(right.reveal().as_bytes().ct_eq(state.as_bytes())).then_some((login, exchange))
    }

    /// The short code of a mail's token: for whoever opens the mail on another device. Stored nowhere.
    pub(crate) fn mail_code(&self, token: &Digest) -> Secret {
        let bytes = self.derive("mail-code", &[token.as_str().as_bytes()]);
        let number = bytes.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        Secret::new(format!("{:0width$}", number % 10_u64.pow(CODE_DIGITS), width = CODE_DIGITS as usize))
    }

    /// Whether that is the token's short code.
    pub(crate) fn mail_code_is(&self, token: &Digest, given: &Secret) -> bool {
        self.mail_code(token).reveal().as_bytes().ct_eq(given.reveal().as_bytes()).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids() -> (SessionKey, ExchangeId) {
        (SessionKey::from_bytes([1; 16]), ExchangeId::from_bytes([2; 16]))
    }

    #[test]
    fn ph_32_a_state_is_good_for_its_provider_only() {
        let keys = HubKeys::new(&[7; 32]);
        let (login, exchange) = ids();
        let state = keys.state(login, exchange, "campus");
        assert_eq!(keys.read_state(state.reveal(), "campus"), Some((login, exchange)));
        assert_eq!(keys.read_state(state.reveal(), "social"), None);
        assert_eq!(HubKeys::new(&[8; 32]).read_state(state.reveal(), "campus"), None);
        assert_eq!(keys.read_state(&format!("{}x", state.reveal()), "campus"), None);
    }

    #[test]
    fn a_mail_code_has_eight_digits_and_belongs_to_one_token() {
        let keys = HubKeys::new(&[7; 32]);
        let (one, other) = (Digest::of_bytes(b"1"), Digest::of_bytes(b"2"));
        let code = keys.mail_code(&one);
        assert!(code.reveal().len() == 8 && code.reveal().bytes().all(|byte| byte.is_ascii_digit()));
        assert!(keys.mail_code_is(&one, &code) && !keys.mail_code_is(&other, &code));
    }

    #[test]
    fn web_9_a_form_token_is_bound_to_login_and_browser() {
        let keys = HubKeys::new(&[7; 32]);
        let (browser, other) = (Digest::of_bytes(b"1"), Digest::of_bytes(b"2"));
        let token = keys.form_token(ids().0, &browser);
        assert!(keys.form_token_is(ids().0, &browser, Some(&token)));
        assert!(!keys.form_token_is(ids().0, &other, Some(&token)));
        assert!(!keys.form_token_is(SessionKey::from_bytes([9; 16]), &browser, Some(&token)));
        assert!(!keys.form_token_is(ids().0, &browser, None));
    }

    #[test]
    fn trips_share_no_secret() {
        let keys = HubKeys::new(&[7; 32]);
        let (login, exchange) = ids();
        let other = ExchangeId::from_bytes([3; 16]);
        assert_ne!(keys.nonce(login, exchange), keys.nonce(login, other));
        assert_ne!(keys.verifier(login, exchange), keys.verifier(login, other));
        assert_ne!(keys.nonce(login, exchange), keys.verifier(login, exchange));
    }
}
