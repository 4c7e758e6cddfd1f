//! Where a request came from: the address that tries are counted by.

use crate::settings::Network;
use axum::http::HeaderMap;
use std::net::{IpAddr, Ipv6Addr};

impl Network {
    fn covers(&self, address: IpAddr) -> bool {
        let (network, address, bits) = match (self.address, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => (u128::from(network.to_bits()), u128::from(address.to_bits()), 32_u32),
            (IpAddr::V6(network), IpAddr::V6(address)) => (network.to_bits(), address.to_bits(), 128),
            _ => return false,
        };
        let shift = bits.saturating_sub(u32::from(self.prefix));
        network.checked_shr(shift).unwrap_or(0) == address.checked_shr(shift).unwrap_or(0)
    }
}

/// The network of the client: its IPv4 address, or the /64 of its IPv6 address. `X-Forwarded-For` is read from the right,
/// and only as far as it was written by trusted proxies; what can't be read counts as the proxy itself.
pub(crate) fn of(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> String {
    match client(peer, headers, trusted) {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

/// Whether a request comes from this machine, or from one of these networks. What somebody forwarded whom nobody trusts comes from
/// nowhere.
pub(crate) fn is_near(peer: IpAddr, headers: &HeaderMap, trusted: &[Network], near: &[Network]) -> bool {
    let forwarded = ["x-forwarded-for", "x-real-ip", "forwarded", "via"].iter().any(|name| headers.contains_key(*name));
    let is_trusted = trusted.iter().any(|proxy| proxy.covers(peer.to_canonical()));
    let client = client(peer, headers, trusted);
    let is_near = client.is_loopback() || near.iter().any(|network| network.covers(client));
    is_near && (!forwarded || is_trusted)
}

fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|proxy| proxy.covers(address.to_canonical()));
    let mut client = peer.to_canonical();
    let lines: Vec<&str> = headers.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok()).collect();
    for hop in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
        match hop.trim().parse::<IpAddr>() {
            Ok(address) if is_trusted(client) => client = address.to_canonical(),
            _ => break,
        }
    }
    client
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, forwarded: &[&str]) -> String {
        let trusted = [Network { address: "10.0.0.0".parse().unwrap(), prefix: 8 }];
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        of(peer.parse().unwrap(), &headers, &trusted)
    }

    #[test]
    fn web_29_only_trusted_proxies_are_believed() {
        assert_eq!(seen("198.51.100.7", &["203.0.113.1"]), "198.51.100.7");
        assert_eq!(seen("10.1.2.3", &["203.0.113.1"]), "203.0.113.1");
        assert_eq!(seen("10.1.2.3", &["1.1.1.1, 203.0.113.1"]), "203.0.113.1");
        assert_eq!(seen("10.1.2.3", &["1.1.1.1, 203.0.113.1, 10.9.9.9"]), "203.0.113.1");
        assert_eq!(seen("10.1.2.3", &["1.1.1.1", "203.0.113.1"]), "203.0.113.1");
        assert_eq!(seen("10.1.2.3", &["garbage"]), "10.1.2.3");
        assert_eq!(seen("::ffff:10.1.2.3", &["2001:db8:1:2:3::4"]), "2001:db8:1:2::/64");
    }
}
