//! A provider on a loopback socket that answers as told, and writes down what it was asked.

use serde_json::Value;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What a path answers.
#[derive(Clone)]
pub(crate) enum Reply {
    Full {
        status: u16,
        headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
    },
    /// Takes the request and never answers.
    Hang,
    /// Takes the request and breaks the connection off.
    Reset,
    /// Says that much will come, sends one byte, and waits.
    Trickle,
    /// Sends without an end.
    Endless,
    /// Sends headers without an end.
    EndlessHeaders,
}

impl Reply {
    pub(crate) fn json(body: &Value) -> Self {
        Self::text(200, "application/json", body.to_string())
    }

    pub(crate) fn text(status: u16, media: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::Full { status, headers: vec![("content-type", media.to_owned())], body: body.into() }
    }

    pub(crate) fn redirect(status: u16, to: &str) -> Self {
        Self::Full { status, headers: vec![("location", to.to_owned())], body: Vec::new() }
    }

    pub(crate) fn with_header(mut self, name: &'static str, value: &str) -> Self {
        if let Self::Full { headers, .. } = &mut self {
            headers.push((name, value.to_owned()));
        }
        self
    }
}

/// A request as it came over the wire.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: String,
}

#[derive(Default)]
struct State {
    replies: HashMap<String, Reply>,
    seen: Vec<Seen>,
    connections: usize,
}

#[derive(Clone)]
pub(crate) struct Fake {
    pub(crate) origin: String,
    state: Arc<Mutex<State>>,
}

impl Fake {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let fake = Self { origin, state: Arc::default() };
        let state = fake.state.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                state.lock().unwrap().connections += 1;
                tokio::spawn(serve(stream, state.clone()));
            }
        });
        fake
    }

    pub(crate) fn answer(&self, path: &str, reply: Reply) {
        self.state.lock().unwrap().replies.insert(path.to_owned(), reply);
    }

    pub(crate) fn asked(&self, path: &str) -> Vec<Seen> {
        self.state.lock().unwrap().seen.iter().filter(|seen| seen.path == path).cloned().collect()
    }

    pub(crate) fn connections(&self) -> usize {
        self.state.lock().unwrap().connections
    }

    pub(crate) fn asked_anything(&self) -> bool {
        !self.state.lock().unwrap().seen.is_empty()
    }
}

async fn serve(mut stream: TcpStream, state: Arc<Mutex<State>>) {
    let mut rest = Vec::new();
    while let Some(seen) = read(&mut stream, &mut rest).await {
        let reply = {
            let mut state = state.lock().unwrap();
            let reply = state.replies.get(&seen.path).cloned();
            state.seen.push(seen);
            reply.unwrap_or_else(|| Reply::text(404, "text/plain", "not here"))
        };
        if write(&mut stream, reply).await.is_err() {
            return;
        }
    }
}

async fn read(stream: &mut TcpStream, rest: &mut Vec<u8>) -> Option<Seen> {
    let end = loop {
        if let Some(at) = rest.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        if stream.read_buf(rest).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(rest.drain(..end).collect()).unwrap();
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (method, path) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: HashMap<String, String> =
        lines.filter_map(|line| line.split_once(": ")).map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    while rest.len() < length {
        stream.read_buf(rest).await.ok()?;
    }
    let body = String::from_utf8(rest.drain(..length).collect()).unwrap();
    Some(Seen { method, path, headers, body })
}

async fn write(stream: &mut TcpStream, reply: Reply) -> std::io::Result<()> {
    match reply {
        Reply::Full { status, headers, body } => {
            let mut head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n", body.len());
            for (name, value) in headers {
                write!(head, "{name}: {value}\r\n").unwrap();
            }
            stream.write_all(&[head.as_bytes(), b"\r\n", &body].concat()).await
        }
        Reply::Hang => std::future::pending().await,
        Reply::Reset => {
            stream.set_zero_linger()?;
            Err(std::io::ErrorKind::ConnectionReset.into())
        }
        Reply::Trickle => {
            stream.write_all(b"HTTP/1.1 200 X\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{").await?;
            std::future::pending().await
        }
        Reply::Endless => {
            stream.write_all(b"HTTP/1.1 200 X\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n").await?;
            loop {
                stream.write_all(b"10\r\n[[[[[[[[[[[[[[[[\r\n").await?;
            }
        }
        Reply::EndlessHeaders => {
            stream.write_all(b"HTTP/1.1 200 X\r\n").await?;
            loop {
                stream.write_all(b"x-filler: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n").await?;
            }
        }
    }
}
