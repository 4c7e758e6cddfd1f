//! Somebody's phone with an authenticator application: it makes codes as RFC 6238 says, from the key that a page gave it.

use crate::Answer;
use aws_lc_rs::hmac;
use domain::{OneTimeSecret, Secret, one_time};
use std::collections::BTreeMap;
use url::Url;

/// For how many seconds a code is shown.
const STEP: i64 = 30;

/// One account in the application.
#[derive(Clone)]
pub struct Phone {
    /// The key, as it was read.
    pub seed: Secret,
    /// The service that it is for, as the application shows it.
    pub issuer: String,
    /// The account there, as the application shows it.
    pub account: String,
    /// The newest code that was typed, in steps since 1970.
    used: i64,
}

impl Phone {
    /// Opens the link of the page that sets up an application.
    pub fn reads(page: &Answer) -> Self {
        let link = page.link("open it on this device").expect("a page with a key");
        let url = Url::parse(&link).unwrap();
        assert_eq!((url.scheme(), url.host_str()), ("otpauth", Some("totp")), "{link}");
        let parameters: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
        let path = url.path().trim_start_matches('/').replace('+', "%2B");
        let label = form_urlencoded::parse(path.as_bytes()).next().unwrap().0.into_owned();
        let (issuer, account) = label.split_once(':').unwrap();
        assert_eq!(issuer, parameters["issuer"], "applications look at both");
        let seed = Secret::new(parameters["secret"].clone());
        Self { seed, issuer: issuer.to_owned(), account: account.to_owned(), used: 0 }
    }

    /// One with a key of its own, which nobody else knows yet, and what Braid keeps of it.
    pub fn fresh() -> (Self, OneTimeSecret) {
        let seed = one_time::seed_from(&server::fresh_entropy().expand("a test's key"));
        let phone = Self { seed: seed.clone(), issuer: String::new(), account: String::new(), used: 0 };
        (phone, OneTimeSecret { seed, used: 0 })
    }

    /// The code that it shows now, or the next one if that was typed before. Braid takes the codes of one step around now, so the second one
    /// is good at once, and a third one isn't.
    pub fn code(&mut self) -> String {
        let now = server::now().as_seconds() / STEP;
        self.used = now.max(self.used + 1);
        assert!(self.used <= now + 1, "a third code within so short a time isn't good yet");
        self.code_at(self.used)
    }

    /// Whether it shows a code, now or in half a minute, that was never typed.
    pub fn has_a_code(&self) -> bool {
        self.used <= server::now().as_seconds() / STEP
    }

    /// The code that was typed last.
    pub fn same_code(&self) -> String {
        self.code_at(self.used)
    }

    /// A code that isn't right, now or soon.
    pub fn wrong_code(&self) -> String {
        let now = server::now().as_seconds() / STEP;
        let right: Vec<String> = (now - 3..now + 4).map(|step| self.code_at(step)).collect();
        (0..10).map(|number| format!("{number:06}")).find(|code| !right.contains(code)).unwrap()
    }

    fn code_at(&self, step: i64) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &one_time::bytes_of(&self.seed).unwrap());
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let tag = tag.as_ref();
        let offset = usize::from(tag[tag.len() - 1] & 0xf);
        let four: [u8; 4] = tag[offset..offset + 4].try_into().unwrap();
        format!("{:06}", (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000)
    }
}
