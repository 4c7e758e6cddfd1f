//! The provider: discovery, keys, and a token endpoint that signs what the code says.

use crate::Failed;
use crate::clock::Stopwatch;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;

/// A provider on a port of its own.
pub(crate) struct Provider {
    address: SocketAddr,
    key: Arc<EcdsaKeyPair>,
}

impl Provider {
    pub(crate) fn start() -> Result<Self, Failed> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let key = Arc::new(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?);
        let served = Self { address, key: Arc::clone(&key) };
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let provider = Self { address, key: Arc::clone(&key) };
                std::thread::spawn(move || provider.serve(&stream));
            }
        });
        Ok(served)
    }

    pub(crate) fn issuer(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Microseconds that one signature takes here.
    pub(crate) fn signature_cost(&self) -> Result<f64, Failed> {
        const SIGNATURES: u32 = 2_000;
        let watch = Stopwatch::start();
        for _ in 0..SIGNATURES {
            self.sign("message")?;
        }
        Ok(watch.milliseconds() * 1e3 / f64::from(SIGNATURES))
    }

    fn sign(&self, text: &str) -> Result<String, Failed> {
        let signature = self.key.sign(&SystemRandom::new(), text.as_bytes())?;
        Ok(format!("{text}.{}", BASE64.encode(signature)))
    }

    /// Answers requests until the connection is closed; a broken one ends itself.
    fn serve(&self, stream: &TcpStream) -> Option<()> {
        let mut reader = BufReader::new(stream);
        loop {
            let mut head = String::new();
            reader.read_line(&mut head).ok().filter(|read| *read > 0)?;
            let mut length = 0;
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).ok()?;
                if let Some(found) = line.to_lowercase().strip_prefix("content-length:") {
                    length = found.trim().parse().ok()?;
                }
                if line == "\r\n" {
                    break;
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).ok()?;
            let answer = self.answer(head.split(' ').nth(1)?, &String::from_utf8_lossy(&body)).ok()?;
            let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", answer.len());
            // One write: a head that travels alone would wait for its acknowledgement.
            let mut stream = stream;
            stream.write_all(format!("{head}{answer}").as_bytes()).ok()?;
        }
    }

    fn answer(&self, path: &str, body: &str) -> Result<String, Failed> {
        let issuer = self.issuer();
        Ok(match path {
            "/.well-known/openid-configuration" => serde_json::json!({
                "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"), "token_endpoint": format!("{issuer}/token"),
                "jwks_uri": format!("{issuer}/jwks"), "response_types_supported": ["code"], "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["ES256"],
            }),
            "/jwks" => {
                let point = self.key.public_key().as_ref();
                let (x, y) = point.get(1..).unwrap_or_default().split_at_checked(32).ok_or("not a P-256 point")?;
                serde_json::json!({ "keys": [{ "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": "1", "x": BASE64.encode(x), "y": BASE64.encode(y) }] })
            }
            _ => {
                // The code is the nonce: a provider would have kept it with the code.
                let nonce = body.split('&').find_map(|pair| pair.strip_prefix("code=")).ok_or("no code")?;
                serde_json::json!({ "access_token": "unused", "token_type": "Bearer", "id_token": self.id_token(nonce)? })
            }
        }
        .to_string())
    }

    fn id_token(&self, nonce: &str) -> Result<String, Failed> {
        let now = server::now().as_seconds();
        let header = serde_json::json!({ "alg": "ES256", "kid": "1" });
        let claims = serde_json::json!({
            "iss": self.issuer(), "sub": "ada", "aud": "braid", "iat": now, "exp": now + 300, "nonce": nonce,
            "email": "ada@campus.example", "email_verified": true, "given_name": "Ada", "family_name": "Lovelace",
        });
        self.sign(&format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(claims.to_string())))
    }
}
