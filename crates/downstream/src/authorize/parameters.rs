//! The parameters of a request whose client and redirect URI are proved.

use super::{Trusted, Wrong};
use crate::{ErrorCode, pkce, scope};
use domain::{AuthorizeRequest, Prompt, ProviderAlias, Wish};

/// The most bytes of `state` and `nonce`.
const ECHO_MAX: usize = 2048;

/// The most bytes of a login hint: an address is shorter.
const HINT_MAX: usize = 320;

/// Every parameter that Braid acts on. One that comes twice makes the request invalid.
const KNOWN: [&str; 21] = [
    "client_id",
    "redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "prompt",
    "max_age",
    "login_hint",
    "request",
    "request_uri",
    "registration",
    PROVIDER_HINTS[0],
    PROVIDER_HINTS[1],
    PROVIDER_HINTS[2],
    ACTIONS[0],
    ACTIONS[1],
    KEYCLOAK_ACTION,
];

/// The names of one parameter: Braid's, its spelling with a dash, and Keycloak's.
const PROVIDER_HINTS: [&str; 3] = ["provider_hint", "provider-hint", "kc_idp_hint"];

/// What the person is to do: Braid's parameter, and its spelling with a dash.
const ACTIONS: [&str; 2] = ["braid_action", "braid-action"];

/// Keycloak's.
const KEYCLOAK_ACTION: &str = "kc_action";

const fn invalid(description: &'static str) -> Wrong {
    Wrong(ErrorCode::InvalidRequest, description)
}

/// Whether a value that is handed back later is short and has no control characters.
pub(super) fn is_plain(text: &str) -> bool {
    text.len() <= ECHO_MAX && !text.chars().any(char::is_control)
}

impl Trusted<'_> {
    pub(super) fn read(&self) -> Result<AuthorizeRequest, Wrong> {
        self.refuse_what_has_no_answer()?;
        let scopes = self.scopes()?;
        let (mut prompt, create) = self.prompt()?;
        let wish = if create { Wish::Create } else { self.action().unwrap_or_default() };
        // An address and a second factor decide who gets into the account, so a session from before isn't enough to change them.
        prompt.login |= matches!(wish, Wish::ChangeAddress | Wish::SecondFactor);
        Ok(AuthorizeRequest {
            client: self.client.id.clone(),
            redirect_uri: self.redirect_uri.to_owned(),
            redirect_uri_was_given: true,
            state: self.state.map(String::from),
            nonce: self.nonce()?,
            scopes,
            code_challenge: self.code_challenge()?,
            prompt,
            max_age: self.max_age()?,
            login_hint: self.login_hint(),
            provider_hint: PROVIDER_HINTS.iter().find_map(|name| ProviderAlias::parse(self.get(name)?).ok()),
            wish,
        })
    }

    /// The value of a parameter, after repetitions were ruled out.
    fn get(&self, name: &str) -> Option<&str> {
        self.params.one(name).ok().flatten()
    }

    fn refuse_what_has_no_answer(&self) -> Result<(), Wrong> {
        if self.params.repeats_one_of(&KNOWN) {
            return Err(invalid("a parameter is repeated"));
        }
        if self.state.is_none() && self.params.has("state") {
            return Err(invalid("state is longer than 2048 bytes or has control characters"));
        }
        if self.params.has("request") {
            return Err(Wrong(ErrorCode::RequestNotSupported, "request objects are not supported"));
        }
        if self.params.has("request_uri") {
            return Err(Wrong(ErrorCode::RequestUriNotSupported, "request_uri is not supported"));
        }
        if self.params.has("registration") {
            return Err(Wrong(ErrorCode::RegistrationNotSupported, "registration is not supported"));
        }
        if self.params.has("resource") {
            return Err(Wrong(ErrorCode::InvalidTarget, "resource is not supported"));
        }
        match self.get("response_type") {
            Some("code") => {}
            Some(_) => return Err(Wrong(ErrorCode::UnsupportedResponseType, "only response_type=code is supported")),
            None => return Err(invalid("response_type is missing")),
        }
        match self.get("response_mode") {
            None | Some("query") => Ok(()),
            Some(_) => Err(invalid("only response_mode=query is supported")),
        }
    }

    fn scopes(&self) -> Result<Vec<String>, Wrong> {
        let mut scopes = scope::split(self.get("scope").unwrap_or_default());
        scopes.retain(|name| scope::SUPPORTED.contains(&name.as_str()) && scope::has(&self.client.scopes, name));
        if scope::has(&scopes, scope::OPENID) {
            Ok(scopes)
        } else {
            Err(Wrong(ErrorCode::InvalidScope, "scope must contain openid"))
        }
    }

    fn nonce(&self) -> Result<Option<String>, Wrong> {
        match self.get("nonce") {
            Some(nonce) if !is_plain(nonce) => Err(invalid("nonce is longer than 2048 bytes or has control characters")),
            nonce => Ok(nonce.map(String::from)),
        }
    }

    fn code_challenge(&self) -> Result<Option<String>, Wrong> {
        match (self.get("code_challenge"), self.get("code_challenge_method")) {
            (None, None) if self.client.pkce_required => Err(invalid("code_challenge is missing")),
            (None, None) => Ok(None),
            (None, Some(_)) => Err(invalid("code_challenge_method without code_challenge")),
            (Some(challenge), Some("S256")) if pkce::is_challenge(challenge) => Ok(Some(challenge.to_owned())),
            (Some(_), Some("S256")) => Err(invalid("code_challenge is not the base64url of 32 bytes")),
            (Some(_), _) => Err(invalid("only code_challenge_method=S256 is supported")),
        }
    }

    fn prompt(&self) -> Result<(Prompt, bool), Wrong> {
        let values = scope::split(self.get("prompt").unwrap_or_default());
        let (mut prompt, mut create) = (Prompt::default(), false);
        for value in &values {
            match value.as_str() {
                "none" => prompt.none = true,
                "login" => prompt.login = true,
                "consent" => prompt.consent = true,
                "select_account" => prompt.select_account = true,
                "create" => create = true,
                _ => return Err(invalid("prompt has an unknown value")),
            }
        }
        if prompt.none && values.len() > 1 {
            return Err(invalid("prompt=none goes with no other value"));
        }
        Ok((prompt, create))
    }

    /// An action that Braid doesn't have is ignored, as an unknown parameter is.
    fn action(&self) -> Option<Wish> {
        let own = ACTIONS.iter().find_map(|name| match self.get(name)? {
            "forgotten-password" => Some(Wish::Recover),
            "verify-address" => Some(Wish::VerifyAddress),
            "change-address" => Some(Wish::ChangeAddress),
            "second-factor" => Some(Wish::SecondFactor),
            _ => None,
        });
        own.or_else(|| match self.get(KEYCLOAK_ACTION)? {
            "VERIFY_EMAIL" => Some(Wish::VerifyAddress),
            "UPDATE_EMAIL" => Some(Wish::ChangeAddress),
            "CONFIGURE_TOTP" => Some(Wish::SecondFactor),
            _ => None,
        })
    }

    fn max_age(&self) -> Result<Option<u64>, Wrong> {
        let Some(text) = self.get("max_age") else {
            return Ok(None);
        };
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|_| digits).map(Some).ok_or_else(|| invalid("max_age is not a number of seconds"))
    }

    /// A hint that can't be one is dropped: it is no reason to refuse a login.
    fn login_hint(&self) -> Option<String> {
        let fits = |hint: &&str| hint.len() <= HINT_MAX && hint.chars().all(domain::text::is_visible);
        self.get("login_hint").filter(fits).map(String::from)
    }
}
