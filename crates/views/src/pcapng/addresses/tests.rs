//! No two UDP addresses share an IP address, and whoever can keeps its own.

use super::*;

/// Who stands for this peer, and what is said of that.
fn stands(addresses: &mut Addresses, peer: &str) -> (String, Option<String>) {
    let (between, note) = addresses.between(peer.parse().unwrap(), true);
    let address = match between {
        Between::V4 { source, destination } => {
            assert_eq!(source, OWN_V4);
            destination.to_string()
        }
        Between::V6 { source, destination } => {
            assert_eq!(source, OWN_V6);
            destination.to_string()
        }
    };
    (address, note)
}

#[test]
fn a_peer_has_its_own_address_as_long_as_no_other_has_it() {
    let mut addresses = Addresses::default();
    let table = [
        ("10.0.0.1:1000", "10.0.0.1", None),
        ("10.0.0.1:2000", "198.18.0.2", Some("198.18.0.2 stands for 10.0.0.1:2000")),
        ("127.0.0.1:3000", "198.18.0.3", Some("198.18.0.3 stands for 127.0.0.1:3000")),
        ("127.0.0.1:4000", "198.18.0.4", Some("198.18.0.4 stands for 127.0.0.1:4000")),
        ("192.0.2.1:5000", "198.18.0.5", Some("198.18.0.5 stands for 192.0.2.1:5000")),
        ("198.18.0.2:6000", "198.18.0.6", Some("198.18.0.6 stands for 198.18.0.2:6000")),
        ("[fe80::1]:7000", "fe80::1", None),
        ("[::1]:8000", "2001:db8:0:1::7", Some("2001:db8:0:1::7 stands for [::1]:8000")),
        // Known by now, and nothing more is to be said.
        ("10.0.0.1:2000", "198.18.0.2", None),
        ("10.0.0.1:1000", "10.0.0.1", None),
    ];
    for (peer, address, note) in table {
        assert_eq!(stands(&mut addresses, peer), (address.to_owned(), note.map(str::to_owned)));
    }
}

#[test]
fn what_comes_from_a_peer_has_the_addresses_turned() {
    let mut addresses = Addresses::default();
    let (peer, out) = ("10.0.0.1:1".parse().unwrap(), Ipv4Addr::new(10, 0, 0, 1));
    assert_eq!(addresses.between(peer, true).0, Between::V4 { source: OWN_V4, destination: out });
    assert_eq!(addresses.between(peer, false).0, Between::V4 { source: out, destination: OWN_V4 });
}
