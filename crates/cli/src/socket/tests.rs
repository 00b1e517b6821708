use super::*;

fn addresses() -> Vec<SocketAddr> {
    ["[::1]:5", "127.0.0.1:5"].map(|address| address.parse().expect("an address")).to_vec()
}

#[test]
fn a_name_with_both_kinds_of_address_is_tried_at_ipv4() {
    assert_eq!(choose(&addresses(), None), Some(addresses()[1]));
    assert_eq!(choose(&addresses()[..1], None), Some(addresses()[0]));
}

#[test]
fn the_local_address_decides_the_kind() {
    let local = "[::1]:0".parse().ok();
    assert_eq!(choose(&addresses(), local), Some(addresses()[0]));
    assert_eq!(choose(&addresses()[1..], local), None);
}
