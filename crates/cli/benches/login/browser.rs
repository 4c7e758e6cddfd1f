//! The browser and the client: one login from the authorize request to the tokens.

use crate::Failed;
use crate::provider::Provider;
use domain::Digest;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

const VERIFIER: &str = "a-verifier-of-43-characters-at-the-very-least";

/// One browser, with the client behind it.
pub(crate) struct Browser {
    address: SocketAddr,
    issuer: String,
    connection: Option<Connection>,
    cookie: String,
}

impl Browser {
    pub(crate) fn new(address: SocketAddr, provider: &Provider) -> Self {
        Self { address, issuer: provider.issuer(), connection: None, cookie: String::new() }
    }

    fn connection(&mut self) -> Result<&mut Connection, Failed> {
        if self.connection.is_none() {
            self.connection = Some(Connection::open(self.address)?);
        }
        self.connection.as_mut().ok_or_else(|| "no connection".into())
    }

    /// Signs in through the provider and trades the code. No browser session is kept, so that every login goes the whole way.
    pub(crate) fn sign_in(&mut self) -> Result<(), Failed> {
        let path = format!(
            "/authorize?response_type=code&client_id=client&scope=openid+email&redirect_uri=http://localhost:9/callback&state=s&code_challenge_method=S256&code_challenge={}&provider_hint=stub",
            Digest::of_bytes(VERIFIER.as_bytes()).as_str()
        );
        let cookie = self.cookie.clone();
        let answer = self.connection()?.get(&path, &cookie)?;
        if let Some(browser) = answer.cookie("browser") {
            self.cookie = browser;
        }
        let upstream = answer.location()?;
        if !upstream.starts_with(&self.issuer) {
            return Err(format!("expected the provider, got {upstream}").into());
        }
        let of = |name: &str| {
            upstream
                .split(['?', '&'])
                .find_map(|pair| pair.strip_prefix(&format!("{name}=")).map(String::from))
                .ok_or("the provider was asked without it")
        };
        let callback = format!("/broker/stub/callback?code={}&state={}", of("nonce")?, of("state")?);
        let cookie = self.cookie.clone();
        let client = self.connection()?.get(&callback, &cookie)?.location()?;
        let code =
            client.split(['?', '&']).find_map(|pair| pair.strip_prefix("code=")).ok_or_else(|| format!("no code in {client}"))?;
        let form = format!(
            "grant_type=authorization_code&code={code}&redirect_uri=http%3A%2F%2Flocalhost%3A9%2Fcallback&code_verifier={VERIFIER}&client_id=client&client_secret=another-secret-for-the-bench"
        );
        let answer = self.connection()?.post("/token", &form)?;
        if answer.status == 200 {
            Ok(())
        } else {
            Err(format!("the token endpoint said {}: {}", answer.status, answer.body).into())
        }
    }

    /// Reads the realm's keys: the cheapest request there is.
    pub(crate) fn read_keys(&mut self) -> Result<(), Failed> {
        let answer = self.connection()?.get("/jwks", "")?;
        if answer.status == 200 { Ok(()) } else { Err("no keys".into()) }
    }
}

/// A kept connection.
pub(crate) struct Connection {
    reader: BufReader<TcpStream>,
    host: String,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn location(&self) -> Result<String, Failed> {
        let found = self.headers.iter().find(|(name, _)| name == "location");
        found
            .map(|(_, value)| value.clone())
            .ok_or_else(|| format!("status {} without a location: {}", self.status, self.body).into())
    }

    /// The `name=value` of a cookie that was set.
    pub(crate) fn cookie(&self, kind: &str) -> Option<String> {
        let lines = self.headers.iter().filter(|(name, _)| name == "set-cookie");
        lines.filter_map(|(_, line)| line.split(';').next()).find(|pair| pair.contains(&format!("-{kind}="))).map(String::from)
    }
}

impl Connection {
    pub(crate) fn open(address: SocketAddr) -> Result<Self, Failed> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self { reader: BufReader::new(stream), host: format!("localhost:{}", address.port()) })
    }

    pub(crate) fn get(&mut self, path: &str, cookie: &str) -> Result<Answer, Failed> {
        let host = &self.host;
        let request = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\ncookie: {cookie}\r\n\r\n");
        self.send(&request)
    }

    pub(crate) fn post(&mut self, path: &str, form: &str) -> Result<Answer, Failed> {
        let (host, length) = (&self.host, form.len());
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {length}\r\n\r\n{form}"
        );
        self.send(&request)
    }

    fn send(&mut self, request: &str) -> Result<Answer, Failed> {
        self.reader.get_mut().write_all(request.as_bytes())?;
        let mut line = String::new();
        self.reader.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or("no status line")?;
        let mut headers = Vec::new();
        loop {
            let mut line = String::new();
            self.reader.read_line(&mut line)?;
            match line.trim_end().split_once(": ") {
                Some((name, value)) => headers.push((name.to_lowercase(), value.to_owned())),
                None => break,
            }
        }
        let length =
            headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, value)| value.parse().ok()).unwrap_or(0);
        let mut body = vec![0; length];
        self.reader.read_exact(&mut body)?;
        Ok(Answer { status, headers, body: String::from_utf8_lossy(&body).into_owned() })
    }
}
