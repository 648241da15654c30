//! Who speaks: the address of a client, through proxies that are trusted to say it.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::sync::Once;

use axum::http::HeaderMap;

/// First bits that a network of nothing but proxies names, of IPv4 and IPv6: one segment. Whatever
/// is wider holds clients, as a hospital's whole `10.0.0.0/8` does; proxies have such a network to
/// themselves only where a cluster gives each of them any address of it.
const SEGMENT_BITS: (u32, u32) = (24, 64);

/// And fewer than these no cluster has to itself.
const LEAST_BITS: (u32, u32) = (8, 16);

/// An address, or a network of addresses as `192.0.2.0/28`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    base: IpAddr,
    bits: u32,
}

impl Network {
    /// Whether it is wider than one segment: clients are most likely in it, and taken for proxies.
    pub fn is_wide(&self) -> bool {
        self.is_wider_than(SEGMENT_BITS)
    }

    /// Whether it is too wide to hold nothing but proxies wherever it is.
    pub fn is_too_wide(&self) -> bool {
        self.is_wider_than(LEAST_BITS)
    }

    fn is_wider_than(&self, (v4, v6): (u32, u32)) -> bool {
        self.bits < if self.base.is_ipv4() { v4 } else { v6 }
    }

    /// Whether an address belongs to it.
    pub fn contains(&self, address: IpAddr) -> bool {
        bits(address) == bits(self.base)
            && masked(address, self.bits) == masked(self.base, self.bits)
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let fault =
            || format!("\"{text}\" is neither an address nor a network such as 192.0.2.0/28");
        let (base, length) = match text.trim().split_once('/') {
            Some((base, length)) => (base, Some(length)),
            None => (text.trim(), None),
        };
        let base: IpAddr = base.parse().map_err(|_| fault())?;
        let longest = bits(base);
        let bits = match length {
            Some(length) => length.parse().map_err(|_| fault())?,
            None => longest,
        };
        if bits > longest {
            return Err(fault());
        }
        Ok(Self { base, bits })
    }
}

/// Networks, written with commas between them; nothing at all is none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Networks(Vec<Network>);

impl std::ops::Deref for Networks {
    type Target = [Network];

    fn deref(&self) -> &[Network] {
        &self.0
    }
}

impl FromStr for Networks {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // As settings are left empty in files of variables.
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        text.split(',')
            .map(str::parse)
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

/// The client of a request that came from `peer`: the last address in `X-Forwarded-For` that
/// is not one of the trusted proxies. Whatever a client writes there itself stands further left
/// (OWASP ASVS 5.0, 4.1.3).
pub(crate) fn address(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut client = peer.to_canonical();
    // As bytes: a client could otherwise spoil, with one that is no text, what the proxy wrote
    // behind it.
    let named: Vec<&[u8]> = headers
        .get_all("x-forwarded-for")
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
        .collect();
    for name in named.into_iter().rev() {
        if !is_trusted(client) {
            break;
        }
        let Some(address) = named_address(name) else {
            UNREADABLE.call_once(|| {
                tracing::warn!(
                    "a trusted proxy sends an X-Forwarded-For that cannot be read: its clients share its \
                     address, and wait for each other's attempts to sign in (said once)"
                );
            });
            break;
        };
        client = address.to_canonical();
    }
    client
}

/// Whether it was said that a proxy's header cannot be read; every request would say it again.
static UNREADABLE: Once = Once::new();

/// An address as proxies write it: some add the port, and then brackets around one of IPv6.
fn named_address(name: &[u8]) -> Option<IpAddr> {
    let name = std::str::from_utf8(name).ok()?.trim();
    let with_port = || name.parse::<SocketAddr>().ok().map(|address| address.ip());
    let in_brackets = || name.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    name.parse().ok().or_else(with_port).or_else(in_brackets)
}

/// The network of an address, for the audit: enough to recognise a place, not a person.
pub(crate) fn network(address: IpAddr) -> String {
    match masked(address, if address.is_ipv4() { 24 } else { 48 }) {
        (true, base) => format!("{}/24", std::net::Ipv4Addr::from(base as u32)),
        (false, base) => format!("{}/48", std::net::Ipv6Addr::from(base)),
    }
}

/// What attempts are counted by: an IPv6 client has a whole /64 to itself.
pub(crate) fn counted(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(_) => std::net::Ipv6Addr::from(masked(address, 64).1).to_string(),
    }
}

fn bits(address: IpAddr) -> u32 {
    if address.is_ipv4() { 32 } else { 128 }
}

/// Whether it is IPv4, and its first `length` bits, the rest zero.
fn masked(address: IpAddr, length: u32) -> (bool, u128) {
    let (is_v4, value) = match address {
        IpAddr::V4(address) => (true, u128::from(address.to_bits())),
        IpAddr::V6(address) => (false, address.to_bits()),
    };
    let rest = bits(address) - length.min(bits(address));
    (
        is_v4,
        value
            .checked_shr(rest)
            .unwrap_or(0)
            .checked_shl(rest)
            .unwrap_or(0),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(forwarded: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        headers
    }

    fn client_of(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let trusted: Vec<Network> = trusted.iter().map(|text| text.parse().unwrap()).collect();
        address(peer.parse().unwrap(), &headers(forwarded), &trusted).to_string()
    }

    #[test]
    fn asvs_4_1_3_only_a_trusted_proxy_may_name_a_client() {
        assert_eq!(client_of("192.0.2.1", &["198.51.100.7"], &[]), "192.0.2.1");
        assert_eq!(
            client_of("192.0.2.1", &["198.51.100.7"], &["10.0.0.0/8"]),
            "192.0.2.1"
        );
        assert_eq!(
            client_of("10.1.2.3", &["198.51.100.7"], &["10.0.0.0/8"]),
            "198.51.100.7"
        );
    }

    #[test]
    fn asvs_4_1_3_what_the_client_wrote_itself_does_not_count() {
        let trusted = ["10.0.0.0/8"];
        assert_eq!(
            client_of("10.1.2.3", &["1.1.1.1, 198.51.100.7"], &trusted),
            "198.51.100.7"
        );
        assert_eq!(
            client_of("10.1.2.3", &["1.1.1.1", "198.51.100.7, 10.9.9.9"], &trusted),
            "198.51.100.7"
        );
        assert_eq!(client_of("10.1.2.3", &["nonsense"], &trusted), "10.1.2.3");
        assert_eq!(
            client_of("::ffff:10.1.2.3", &["2001:db8::1"], &trusted),
            "2001:db8::1"
        );
    }

    #[test]
    fn a_proxy_may_write_ports_and_brackets() {
        let trusted = ["10.0.0.0/8"];
        for (written, meant) in [
            ("198.51.100.7:41234", "198.51.100.7"),
            ("[2001:db8::1]:41234", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("1.1.1.1, 198.51.100.7:80, 10.9.9.9:80", "198.51.100.7"),
            ("198.51.100.7, unknown", "10.1.2.3"),
            ("[198.51.100.7", "10.1.2.3"),
        ] {
            assert_eq!(client_of("10.1.2.3", &[written], &trusted), meant);
        }
    }

    #[test]
    fn asvs_4_1_3_what_is_no_text_does_not_hide_what_the_proxy_wrote_behind_it() {
        let mut headers = headers(&["1.1.1.1"]);
        let value = axum::http::HeaderValue::from_bytes(b"\xff, 198.51.100.7").unwrap();
        headers.append("x-forwarded-for", value);
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        let client = address("10.1.2.3".parse().unwrap(), &headers, &trusted);
        assert_eq!(client.to_string(), "198.51.100.7");
    }

    #[test]
    fn networks_are_read_or_refused() {
        for good in ["10.0.0.0/8", "::1", "2001:db8::/32", "127.0.0.1"] {
            let network: Network = good.parse().unwrap();
            assert!(!network.is_too_wide(), "{good}");
        }
        for (network, is_wide) in [
            ("192.0.2.7", false),
            ("192.0.2.0/24", false),
            ("192.0.2.0/23", true),
            ("10.0.0.0/8", true),
            ("::1", false),
            ("2001:db8::/64", false),
            ("2001:db8::/63", true),
        ] {
            let read: Network = network.parse().unwrap();
            assert_eq!(read.is_wide(), is_wide, "{network}");
        }
        for wide in ["0.0.0.0/0", "0.0.0.0/7", "::/0", "2000::/15", "::/15"] {
            let network: Network = wide.parse().unwrap();
            assert!(network.is_too_wide(), "{wide}");
        }
        for bad in [
            "",
            "10.0.0.0/33",
            "::/129",
            "host",
            "10.0.0.0/",
            "10.0.0.0/-1",
        ] {
            assert!(bad.parse::<Network>().is_err(), "{bad}");
        }
        let all: Network = "0.0.0.0/0".parse().unwrap();
        assert!(all.contains("203.0.113.9".parse().unwrap()));
        assert!(!all.contains("::1".parse().unwrap()));
    }

    #[test]
    fn the_audit_knows_networks_only() {
        assert_eq!(network("203.0.113.77".parse().unwrap()), "203.0.113.0/24");
        assert_eq!(
            network("2001:db8:1:2::3".parse().unwrap()),
            "2001:db8:1::/48"
        );
        assert_eq!(
            counted("2001:db8:1:2::3".parse().unwrap()),
            "2001:db8:1:2::"
        );
    }
}
