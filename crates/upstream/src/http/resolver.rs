//! Names become addresses once, and the addresses that were checked are the ones that are connected to. So a name can't
//! show a public address to the check and an internal one to the connection.

use super::GuardError;
use super::guard::is_public;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

/// The answer of a look-up, once it is there.
pub(super) type Looking = Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>>;

/// Turns a name into addresses.
pub(super) trait Lookup: Send + Sync + 'static {
    fn lookup(&self, name: String) -> Looking;
}

/// The system's resolver.
pub(super) struct System;

impl Lookup for System {
    fn lookup(&self, name: String) -> Looking {
        Box::pin(async move { Ok(tokio::net::lookup_host((name, 0)).await?.collect()) })
    }
}

/// Gives out addresses only if all of them are public.
pub(super) struct PublicOnly(Arc<dyn Lookup>);

impl PublicOnly {
    pub(super) fn new(lookup: impl Lookup) -> Self {
        Self(Arc::new(lookup))
    }
}

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let looking = self.0.lookup(name.as_str().to_owned());
        Box::pin(async move {
            let found = looking.await?;
            if found.is_empty() || !found.iter().all(|address| is_public(address.ip())) {
                return Err(GuardError::Internal.into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    /// Gives one answer after the other.
    struct Script(Mutex<Vec<Vec<&'static str>>>);

    impl Lookup for Script {
        fn lookup(&self, _name: String) -> Looking {
            let next = self.0.lock().unwrap().remove(0);
            let found = next.iter().map(|ip| SocketAddr::new(ip.parse().unwrap(), 0)).collect();
            Box::pin(std::future::ready(Ok(found)))
        }
    }

    async fn resolve(resolver: &PublicOnly) -> Option<Vec<String>> {
        let found = resolver.resolve("idp.example".parse().unwrap()).await.ok()?;
        Some(found.map(|address| address.ip().to_string()).collect())
    }

    fn script(answers: Vec<Vec<&'static str>>) -> PublicOnly {
        PublicOnly::new(Script(Mutex::new(answers)))
    }

    #[tokio::test]
    async fn web_52_a_rebound_name_is_refused_when_it_turns_internal() {
        let resolver = script(vec![vec!["93.184.215.14"], vec!["127.0.0.1"], vec!["93.184.215.14"]]);
        assert_eq!(resolve(&resolver).await, Some(vec!["93.184.215.14".into()]));
        assert_eq!(resolve(&resolver).await, None);
        assert!(resolve(&resolver).await.is_some());
    }

    #[tokio::test]
    async fn web_52_a_name_that_turns_out_to_be_internal_is_not_connected_to() {
        let inside = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        inside.set_nonblocking(true).unwrap();
        let client = reqwest::Client::builder().no_proxy().dns_resolver(script(vec![vec!["127.0.0.1"]])).build().unwrap();
        let port = inside.local_addr().unwrap().port();
        let refused = client.get(format!("http://idp.example:{port}/")).send().await.unwrap_err();
        let told = format!("{refused:?}");
        assert!(told.contains("Internal"), "{told}");
        assert!(inside.accept().is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock));
    }

    #[tokio::test]
    async fn web_52_one_internal_address_spoils_the_name() {
        for internal in ["10.0.0.1", "::1", "::ffff:169.254.169.254", "fd00::1"] {
            assert_eq!(resolve(&script(vec![vec!["93.184.215.14", internal]])).await, None, "{internal}");
            assert_eq!(resolve(&script(vec![vec![internal, "2606:4700::1"]])).await, None, "{internal}");
        }
        assert_eq!(resolve(&script(vec![vec![]])).await, None);
    }
}
