use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hickory_server::Server;
use hickory_server::zone_handler::Catalog;
use tokio::net::UdpSocket;

use super::{Dns, parse_host};
use crate::ErrorCode;

#[path = "../../examples/support/zone.rs"]
mod zone;

/// A real name server on loopback. It answers as long as it is held.
async fn name_server(entries: &[&str]) -> (SocketAddr, Server<Catalog>) {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    let entries: Vec<_> = entries.iter().map(|entry| entry.parse().unwrap()).collect();
    (address, zone::answer(socket, &entries))
}

async fn refusal(dns: &Dns, name: &str) -> (ErrorCode, String) {
    let error = dns.addresses(name).await.unwrap_err();
    (error.code, error.message)
}

#[tokio::test]
async fn every_address_is_listed_ipv4_first() {
    let entries = ["www.test=2001:db8::1", "www.test=192.0.2.1", "www.test=192.0.2.2"];
    let (server, _held) = name_server(&entries).await;
    let mut found = Dns::with_nameserver(server).addresses("www.test").await.unwrap();
    assert!(found[0].is_ipv4() && found[1].is_ipv4() && found[2].is_ipv6(), "{found:?}");
    found.sort();
    let expected: Vec<IpAddr> =
        ["192.0.2.1", "192.0.2.2", "2001:db8::1"].iter().map(|ip| ip.parse().unwrap()).collect();
    assert_eq!(found, expected);
}

#[tokio::test]
async fn one_family_is_enough() {
    let (server, _held) = name_server(&["four.test=192.0.2.4", "six.test=2001:db8::6"]).await;
    let dns = Dns::with_nameserver(server);
    assert_eq!(dns.addresses("four.test").await.unwrap(), ["192.0.2.4".parse::<IpAddr>().unwrap()]);
    assert_eq!(dns.addresses("six.test.").await.unwrap(), ["2001:db8::6".parse::<IpAddr>().unwrap()]);
}

#[tokio::test]
async fn a_name_that_is_not_there_is_nxdomain() {
    let (server, _held) = name_server(&["www.test=192.0.2.1"]).await;
    let (code, message) = refusal(&Dns::with_nameserver(server), "ww.test").await;
    assert_eq!(code, ErrorCode::NameNotFound, "{message}");
    assert!(
        message.contains("`ww.test` does not exist") && message.contains(&server.to_string()),
        "{message}"
    );
}

#[tokio::test]
async fn a_name_without_addresses_is_said_to_exist() {
    let (server, _held) = name_server(&["mail.test="]).await;
    let (code, message) = refusal(&Dns::with_nameserver(server), "mail.test").await;
    assert_eq!(code, ErrorCode::NoAddresses, "{message}");
}

#[tokio::test]
async fn a_silent_name_server_is_named() {
    let silent = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = silent.local_addr().unwrap();
    let dns = Dns::with_nameserver(address).answer_within(Duration::from_millis(100));
    let (code, message) = refusal(&dns, "www.test").await;
    assert_eq!(code, ErrorCode::DnsNoAnswer, "{message}");
    assert!(message.contains(&address.to_string()) && message.contains("silent for 100ms"), "{message}");
}

#[tokio::test]
async fn what_is_no_host_name_is_never_asked() {
    // Nobody listens here: an answer at all shows that nobody was asked.
    let dns = Dns::with_nameserver(SocketAddr::from(([127, 0, 0, 1], 9))).answer_within(Duration::ZERO);
    let long_label = format!("{}.test", "a".repeat(64));
    let long_name = vec!["abcdefg"; 40].join(".");
    for name in [
        "",
        ".",
        "a..b",
        "a b",
        "-a.test",
        "a-.test",
        "a/b",
        "a\nb",
        "a\0b",
        "*.test",
        &long_label,
        &long_name,
    ] {
        let (code, message) = refusal(&dns, name).await;
        assert_eq!(code, ErrorCode::BadHostName, "{name:?}: {message}");
        assert!(!message.chars().any(char::is_control), "{message:?}");
    }
}

#[tokio::test]
async fn an_address_stands_for_itself_and_nobody_is_asked() {
    let dns = Dns::with_nameserver(SocketAddr::from(([127, 0, 0, 1], 9))).answer_within(Duration::ZERO);
    for address in ["192.0.2.1", "2001:db8::1"] {
        assert_eq!(dns.addresses(address).await.unwrap(), [address.parse::<IpAddr>().unwrap()]);
    }
}

#[test]
fn host_names_in_use_are_accepted() {
    for name in ["localhost", "example.org", "example.org.", "_dns.example.org", "3com.com", "bücher.example"]
    {
        assert!(parse_host(name).is_ok(), "{name}");
    }
}
