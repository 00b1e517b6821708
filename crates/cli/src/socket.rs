//! From settings to an endpoint: names resolved, faults, views and recording in place.

use std::fs::File;
use std::net::SocketAddr;
use std::path::Path;

use lucid_conn::{Builder, Endpoint, Stream};
use tokio::net::lookup_host;

use crate::blame;
use crate::exit::Failure;
use crate::settings::{Ask, EndpointSettings, Serve};
use crate::views::Views;

/// An endpoint on the address to serve on.
pub(crate) async fn bind(serve: &Serve, views: &Views) -> Result<Endpoint, Failure> {
    let addresses = resolve(&serve.listen).await?;
    let builder = builder(&serve.endpoint, views)?;
    let builder = match serve.max_connections {
        Some(max) => builder.max_connections(max),
        None => builder,
    };
    builder.bind(&addresses[..]).await.map_err(|error| blame::unbound(&serve.listen, &error))
}

/// An endpoint that talks to the server alone, and the server's address; no connection yet.
pub(crate) async fn open(ask: &Ask, views: &Views) -> Result<(Endpoint, SocketAddr), Failure> {
    let addresses = resolve(&ask.server).await?;
    let server = choose(&addresses, ask.bind)
        .ok_or_else(|| blame::unresolved(&ask.server, "it has no address of the kind that --bind names"))?;
    let builder = builder(&ask.endpoint, views)?;
    let builder = match ask.bind {
        Some(local) => builder.local(local),
        None => builder,
    };
    let opened = builder.towards(server);
    Ok((opened.map_err(|error| blame::unopened(&ask.server, ask.bind, &error))?, server))
}

/// A connection to the server.
pub(crate) async fn connect(ask: &Ask, endpoint: &Endpoint, server: SocketAddr) -> Result<Stream, Failure> {
    let connected = endpoint.connect(server).await;
    connected.map_err(|error| blame::unopened(&ask.server, ask.bind, &error))
}

/// The address to try: of the local one's family; else IPv4, which servers listen on unless told otherwise.
fn choose(addresses: &[SocketAddr], bind: Option<SocketAddr>) -> Option<SocketAddr> {
    match bind {
        Some(local) => addresses.iter().find(|address| address.is_ipv4() == local.is_ipv4()).copied(),
        None => addresses.iter().min_by_key(|address| address.is_ipv6()).copied(),
    }
}

async fn resolve(address: &str) -> Result<Vec<SocketAddr>, Failure> {
    let found: Vec<_> =
        lookup_host(address).await.map_err(|error| blame::unresolved(address, error))?.collect();
    if found.is_empty() { Err(blame::unresolved(address, "it has no address")) } else { Ok(found) }
}

/// Ends the recording, if there is one.
///
/// # Errors
/// What kept it from being written whole.
pub(crate) fn finish_recording(settings: &EndpointSettings, endpoint: &Endpoint) -> Result<(), Failure> {
    // A capture's own recording is whole, or the capture isn't: that is said then.
    match (endpoint.finish_recording(), &settings.record) {
        (Err(error), Some(path)) => {
            Err(blame::local(format!("the recording {} is not whole", path.display()), &error))
        }
        _ => Ok(()),
    }
}

fn builder(settings: &EndpointSettings, views: &Views) -> Result<Builder, Failure> {
    let EndpointSettings { config, faults, seed, impair, record, record_payload, pcap, .. } = settings;
    let mut builder = Endpoint::builder().config(config.clone());
    if !faults.is_perfect() {
        builder = builder.faults(faults.clone(), seed.get(), *impair);
    }
    if views.is_watching() || (views.notes_faults() && !faults.is_perfect()) {
        let views = views.clone();
        builder = builder.observer(move |event| views.watch(event));
    }
    let denied =
        |path: &Path, error| blame::local(format!("cannot write the recording {}", path.display()), &error);
    if let Some(path) = record {
        let file = File::create(path).map_err(|error| denied(path, error))?;
        builder = if *record_payload { builder.record(file) } else { builder.record_without_payload(file) };
    } else if let Some(path) = pcap
        && let Some(sink) = views.sink().map_err(|error| denied(path, error))?
    {
        builder = builder.record(sink);
    }
    Ok(builder)
}

#[cfg(test)]
mod tests;
