//! An authoritative DNS server over a zone in memory: what it doesn't hold doesn't exist (NXDOMAIN).

use std::net::IpAddr;
use std::str::FromStr;
use std::sync::Arc;

use hickory_server::Server;
use hickory_server::net::runtime::TokioRuntimeProvider;
use hickory_server::proto::rr::rdata::{SOA, TXT};
use hickory_server::proto::rr::{LowerName, Name, RData, Record};
use hickory_server::store::in_memory::InMemoryZoneHandler;
use hickory_server::zone_handler::{AxfrPolicy, Catalog, ZoneType};
use tokio::net::UdpSocket;

const SERIAL: u32 = 1;
const TTL_SECONDS: u32 = 60;

/// A name and one of its addresses, or `NAME=`: a name that exists and has none.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    name: Name,
    address: Option<IpAddr>,
}

impl FromStr for Entry {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bad = |why: String| format!("`{text}` is not NAME=IP: {why}");
        let (name, address) = text.split_once('=').ok_or_else(|| bad("it has no `=`".into()))?;
        let name = Name::from_utf8(name).map_err(|error| bad(error.to_string()))?;
        let address = match address {
            "" => None,
            ip => Some(ip.parse().map_err(|error| bad(format!("{ip}: {error}")))?),
        };
        Ok(Self { name: name.append_domain(&Name::root()).map_err(|error| bad(error.to_string()))?, address })
    }
}

/// Starts answering on `socket`, until the server is dropped.
pub(crate) fn answer(socket: UdpSocket, entries: &[Entry]) -> Server<Catalog> {
    let root = Name::root();
    let soa = SOA::new(root.clone(), root.clone(), SERIAL, 3600, 600, 86_400, TTL_SECONDS);
    let mut zone =
        InMemoryZoneHandler::<TokioRuntimeProvider>::empty(root.clone(), ZoneType::Primary, AxfrPolicy::Deny);
    zone.upsert_mut(Record::from_rdata(root.clone(), TTL_SECONDS, RData::SOA(soa)), SERIAL);
    for Entry { name, address } in entries {
        let data = match address {
            Some(address) => RData::from(*address),
            None => RData::TXT(TXT::new(vec!["no address".to_owned()])),
        };
        zone.upsert_mut(Record::from_rdata(name.clone(), TTL_SECONDS, data), SERIAL);
    }
    let mut catalog = Catalog::new();
    catalog.upsert(LowerName::new(&root), vec![Arc::new(zone)]);
    let mut server = Server::new(catalog);
    server.register_socket(socket);
    server
}
