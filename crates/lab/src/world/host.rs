//! The hosts: an endpoint each, known by the port of its UDP address.

use std::net::SocketAddr;

use lucid_conn::Config;
use lucid_conn::engine::{Endpoint, Input, Setup, Time};
use lucid_sim::split_seed;

use super::CLIENTS;
use crate::contender::Contender;
use crate::scenario::Scenario;

/// The TCP port at which servers listen.
pub(super) const PORT: u16 = 80;
/// The UDP port of the first host.
const FIRST: u16 = 1000;
const MOST_CONNECTIONS: usize = 65_536;

/// An endpoint, and when it wants to be woken.
pub(super) struct Host {
    pub(super) endpoint: Endpoint,
    pub(super) wait: Option<Time>,
}

/// The clients' host, then the server of each group.
pub(super) fn all(scenario: &Scenario) -> Vec<Host> {
    let contenders = || scenario.groups.iter().map(|group| &group.contender);
    let clients = contenders().next().map(|contender| host(scenario, CLIENTS, contender, false));
    let servers = contenders().enumerate().map(|(n, contender)| host(scenario, n + 1, contender, true));
    clients.into_iter().chain(servers).collect()
}

fn host(scenario: &Scenario, number: usize, contender: &Contender, listens: bool) -> Host {
    let config = Config { ..contender.config(&scenario.path) };
    let secret = u128::from(split_seed(scenario.seed, &format!("host {number}"))).to_le_bytes();
    let mut endpoint = Endpoint::new(Setup { config, secret, max_connections: MOST_CONNECTIONS });
    if let Some(make) = contender.make() {
        endpoint = endpoint.with_controller(make);
    }
    if listens {
        // A new endpoint has nothing that could stand in the way.
        let _ = endpoint.handle(Time::ZERO, Input::Listen { port: PORT, backlog: MOST_CONNECTIONS });
    }
    Host { endpoint, wait: None }
}

/// The address of a host.
pub(super) fn address(host: usize) -> SocketAddr {
    SocketAddr::from(([10, 0, 0, 1], FIRST.saturating_add(u16::try_from(host).unwrap_or(u16::MAX))))
}

/// The host at an address.
pub(super) fn at(address: SocketAddr) -> usize {
    usize::from(address.port() - FIRST)
}
