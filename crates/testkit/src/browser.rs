//! Browsers: a cookie jar each, forms as people send them, and redirects followed.
//!
//! Every answer that a browser gets is checked on the way: its headers, its cookies, and that nothing broke.

use crate::cookies::Jar;
use crate::{Answer, Form, ORIGIN, Provider};
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, Request};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use tower::ServiceExt as _;

/// The most redirects in a row.
const HOPS: usize = 12;

/// A browser. A clone is another window that goes its own way from here.
#[derive(Clone)]
pub struct Browser {
    router: Router,
    providers: BTreeMap<String, Provider>,
    /// Its cookies.
    pub jar: Jar,
    /// Where its requests come from.
    pub network: IpAddr,
    /// Whether answers that tell of a fault of Braid's are expected.
    pub expects_faults: bool,
    is_program: bool,
}

impl Browser {
    pub(crate) fn new(router: Router, providers: BTreeMap<String, Provider>) -> Self {
        Self {
            router,
            providers,
            jar: Jar::default(),
            network: IpAddr::V4(Ipv4Addr::new(198, 51, 100, 7)),
            expects_faults: false,
            is_program: false,
        }
    }

    /// A program: no cookies, no headers of browsers.
    pub(crate) fn into_program(self) -> Self {
        Self { is_program: true, jar: Jar::default(), ..self }
    }

    /// The same browser, asking another node from now on.
    pub fn goes_to(&mut self, other: &Self) {
        self.router = other.router.clone();
    }

    /// Asks for an address and follows redirects within Braid; outside it stops.
    pub async fn open(&mut self, url: &str) -> Answer {
        let answer = self.get(url).await;
        self.follow(answer).await
    }

    /// Asks for an address and follows redirects, through providers too, where the person signs in as the test said.
    pub async fn visit(&mut self, url: &str) -> Answer {
        let answer = self.open(url).await;
        self.through(answer).await
    }

    /// Goes on at the provider where the browser is, and comes back.
    pub async fn through(&mut self, mut answer: Answer) -> Answer {
        for _ in 0..HOPS {
            let Some(provider) = self.providers.values().find(|provider| answer.at.starts_with(&provider.issuer)) else {
                return answer;
            };
            let back = provider.receives(&answer.at);
            answer = self.open(&back).await;
        }
        panic!("no end of providers at {}", answer.at)
    }

    /// Presses the button with this `action` and these fields filled in, and goes where it leads.
    pub async fn submit(&mut self, page: &Answer, action: &str, fields: &[(&str, &str)]) -> Answer {
        let sent = self.send_form(page, action, fields).await;
        let answer = self.follow(sent).await;
        self.through(answer).await
    }

    /// Presses the button, and takes the answer as it is.
    pub async fn send_form(&mut self, page: &Answer, action: &str, fields: &[(&str, &str)]) -> Answer {
        let has_all = |form: &Form| fields.iter().all(|(name, _)| form.field(name).is_some());
        let forms = page.forms();
        let found = forms.iter().find_map(|form| {
            let at = form.buttons.iter().position(|button| button.value == action)?;
            (has_all(form) || fields.is_empty()).then_some((form.clone(), at))
        });
        let (mut form, at) = found.unwrap_or_else(|| panic!("no button “{action}” on {}: {}", page.at, page.text()));
        for (name, value) in fields {
            form.set(name, value);
        }
        self.send(&form, at).await
    }

    /// Chooses a provider on the page.
    pub async fn choose(&mut self, page: &Answer, provider: &str) -> Answer {
        let answer = self.leave_for(page, provider).await;
        self.through(answer).await
    }

    /// Chooses a provider on the page, and stops there.
    pub async fn leave_for(&mut self, page: &Answer, provider: &str) -> Answer {
        let form = page.forms().into_iter().find(|form| form.field("provider") == Some(provider));
        let form = form.unwrap_or_else(|| panic!("{provider} isn't offered on {}: {}", page.at, page.text()));
        let answer = self.send(&form, 0).await;
        self.follow(answer).await
    }

    /// Presses the button with this label.
    pub async fn press(&mut self, page: &Answer, label: &str) -> Answer {
        let found = page.form_with(|button| button.label == label);
        let (form, at) = found.unwrap_or_else(|| panic!("no button “{label}” on {}: {}", page.at, page.text()));
        self.go(&form, at).await
    }

    /// Sends a form by one of its buttons, and takes the answer as it is.
    pub async fn send(&mut self, form: &Form, button: usize) -> Answer {
        let pairs = form.pressed(button);
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.post(&form.action, &pairs).await
    }

    /// Sends a form by one of its buttons, and goes where it leads.
    pub async fn go(&mut self, form: &Form, button: usize) -> Answer {
        let answer = self.send(form, button).await;
        let answer = self.follow(answer).await;
        self.through(answer).await
    }

    /// One GET.
    pub async fn get(&mut self, url: &str) -> Answer {
        self.request(Method::GET, url, &[], None).await
    }

    /// One GET with more headers.
    pub async fn get_with(&mut self, url: &str, headers: &[(&str, &str)]) -> Answer {
        self.request(Method::GET, url, headers, None).await
    }

    /// One HEAD.
    pub async fn head(&mut self, url: &str) -> Answer {
        self.request(Method::HEAD, url, &[], None).await
    }

    /// One POST of a form, as a browser sends it from one of our pages. Under `no-referrer` browsers say `Origin: null`.
    pub async fn post(&mut self, url: &str, form: &[(&str, &str)]) -> Answer {
        let headers = if self.is_program { vec![] } else { vec![("origin", "null"), ("sec-fetch-site", "same-origin")] };
        self.post_with(url, form, &headers).await
    }

    /// One POST of a form with exactly these headers.
    pub async fn post_with(&mut self, url: &str, form: &[(&str, &str)], headers: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        self.request(Method::POST, url, headers, Some(body)).await
    }

    /// One request. A path is one of Braid's.
    pub async fn request(&mut self, method: Method, url: &str, headers: &[(&str, &str)], body: Option<String>) -> Answer {
        let path = url.strip_prefix(ORIGIN).unwrap_or(url);
        assert!(path.starts_with('/'), "not an address of Braid's: {url}");
        let mut request = Request::builder().method(&method).uri(path);
        if !headers.iter().any(|(name, _)| *name == "host") {
            request = request.header("host", ORIGIN.strip_prefix("http://").unwrap());
        }
        if let Some(cookies) = self.jar.header().filter(|_| !headers.iter().any(|(name, _)| *name == "cookie")) {
            request = request.header("cookie", cookies);
        }
        if body.is_some() && !headers.iter().any(|(name, _)| *name == "content-type") {
            request = request.header("content-type", "application/x-www-form-urlencoded");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let peer = ConnectInfo(SocketAddr::new(self.network, 50_000));
        let request = request.extension(peer).body(body.map_or_else(Body::empty, Body::from)).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, 1 << 20).await.unwrap();
        let at = format!("{ORIGIN}{path}");
        let body = String::from_utf8(bytes.to_vec()).unwrap();
        let answer = Answer { at, status: parts.status, headers: parts.headers, body };
        self.take(&answer);
        answer
    }

    /// What is true of every answer.
    fn take(&mut self, answer: &Answer) {
        assert!(self.expects_faults || !answer.status.is_server_error(), "INV-10: {} {}", answer.status, answer.text());
        let starts = |name: &str, value: &str| assert!(answer.header(name).starts_with(value), "WEB-22: {name} at {}", answer.at);
        starts("strict-transport-security", "max-age=31536000; includeSubDomains");
        starts("x-content-type-options", "nosniff");
        starts("referrer-policy", "no-referrer");
        starts("cross-origin-opener-policy", "same-origin");
        starts("cross-origin-resource-policy", "same-origin");
        starts("permissions-policy", "camera=()");
        starts("content-security-policy", "default-src 'none'");
        assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"), "WEB-20: {}", answer.at);
        assert!(!answer.headers.contains_key("access-control-allow-origin"), "OIDC-OP-23: {}", answer.at);
        for line in answer.headers.get_all("set-cookie") {
            assert!(!self.is_program, "a program gets no cookie");
            self.jar.set(line.to_str().unwrap());
        }
    }

    async fn follow(&mut self, mut answer: Answer) -> Answer {
        for _ in 0..HOPS {
            let Some(location) = answer.location().map(String::from).or_else(|| answer.refresh()) else { return answer };
            if answer.location().is_some() {
                assert_eq!(answer.status, 303, "OIDC-OP-19: a redirect never sends a form on");
            }
            let inside = location.starts_with('/') || location.strip_prefix(ORIGIN).is_some_and(|rest| rest.starts_with('/'));
            if !inside {
                return Answer { at: location, body: String::new(), ..answer };
            }
            answer = self.get(&location).await;
        }
        panic!("INV-12: no end of redirects at {}", answer.at)
    }
}
