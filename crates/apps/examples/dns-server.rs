//! A small authoritative DNS server for demos and tests.
//!
//! `dns-server [--listen ADDR] NAME=IP ...` answers A and AAAA questions over UDP from the entries
//! given, says NXDOMAIN to all others, and prints the address it listens on as its first line.
//! `NAME=` is a name that exists and has no address. It runs until it is killed.

use std::env;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::process::ExitCode;

use tokio::net::UdpSocket;

#[path = "support/zone.rs"]
mod zone;

#[tokio::main]
async fn main() -> ExitCode {
    match run(env::args().skip(1)).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("dns-server: {error}\nusage: dns-server [--listen ADDR:PORT] NAME=IP ...");
            ExitCode::FAILURE
        }
    }
}

async fn run(mut arguments: impl Iterator<Item = String>) -> Result<(), String> {
    let mut listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let mut entries = Vec::new();
    while let Some(argument) = arguments.next() {
        if argument == "--listen" {
            let address = arguments.next().ok_or("--listen needs an address")?;
            listen = address.parse().map_err(|error| format!("--listen {address}: {error}"))?;
        } else {
            entries.push(argument.parse()?);
        }
    }
    let socket = UdpSocket::bind(listen).await.map_err(|error| format!("can't bind {listen}: {error}"))?;
    let bound = socket.local_addr().map_err(|error| error.to_string())?;
    let mut server = zone::answer(socket, &entries);
    writeln!(io::stdout(), "{bound}").map_err(|error| format!("can't print the address: {error}"))?;
    server.block_until_done().await.map_err(|error| error.to_string())
}
