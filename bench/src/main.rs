//! The same works over lucid and over its peers: one process serves, another one works and says as JSON what it
//! measured. `cargo xtask bench` runs the pairs and compares.
//!
//! ```text
//! bench <peer> serve  127.0.0.1:0                      says where it listens; ends when its input does
//! bench <peer> <work> 127.0.0.1:5000 [--bytes N] [--count N] [--certificate PEM]
//! bench link   relay  127.0.0.1:5000 [--rate 100mbit] [--delay-us 10000] [--loss 1%]  a link in front of a server
//!     --mtu 1452             datagrams of exactly this size, where the peer can
//!     --threads 2            tokio's multi-thread runtime with so many workers, rather than its current-thread one
//!     --window 65536         lucid only: so many bytes are under way, and buffers for twice as many
//!     --record headers       lucid only: this end records the run, without payload; or with it: payload
//!     --limit 60             seconds after which it gives up
//! ```

#![expect(clippy::disallowed_methods, reason = "it measures by the real clock")]

mod link;
mod options;
mod peer;
mod peers;
mod requests;
mod server;
mod usage;
mod works;

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use options::{Options, Role};
use peer::{Client, Server};
use peers::{kcp, kernel, lucid, quic, s2n, udp, utp};

type Outcome<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Outcome {
    // Whatever runs on another thread may see them for as long as the process lives.
    let options: &'static Options = Box::leak(Box::new(Options::parse(std::env::args().skip(1))?));
    usage::open_as_many_files_as_allowed()?;
    let runtime = match options.threads {
        None => tokio::runtime::Builder::new_current_thread().enable_all().build()?,
        Some(threads) => {
            tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build()?
        }
    };
    runtime.block_on(async {
        match options.peer.as_str() {
            "kernel" => play::<kernel::Server, kernel::Client>(options).await,
            "lucid" => play::<lucid::Server, lucid::Client>(options).await,
            "udp" => play::<udp::Server, udp::Client>(options).await,
            "quinn" | quic::PLAIN => play::<quic::Server, quic::Client>(options).await,
            "s2n" => play::<s2n::Server, s2n::Client>(options).await,
            "utp" => play::<utp::Server, utp::Client>(options).await,
            "kcp" => play::<kcp::Server, kcp::Client>(options).await,
            "link" => link::run(options).await,
            unknown => Err(format!("no peer is called {unknown}").into()),
        }
    })
}

async fn play<S: Server, C: Client>(options: &'static Options) -> Outcome {
    match &options.role {
        Role::Relay => Err("only the peer link relays".into()),
        Role::Serve => server::run::<S>(options).await,
        Role::Work(work) => {
            end_after(options.limit);
            // As a task: where there are workers, one of them does it, as it does a server's connections.
            let measured = tokio::spawn(works::run::<C>(*work, options)).await??;
            println!("{}", serde_json::to_string(&measured)?);
            Ok(())
        }
    }
}

/// A peer that hangs ends the process, even if it holds the only thread of the runtime.
fn end_after(limit: Duration) {
    std::thread::spawn(move || {
        std::thread::sleep(limit);
        eprintln!("not done after {} s", limit.as_secs());
        std::process::exit(1);
    });
}
