//! The serving end.

use std::io::{self, Read};
use std::net::SocketAddr;

use serde::Serialize;

use crate::options::Options;
use crate::peer::{Opening, Server, Stream};
use crate::{Outcome, requests};

/// The line that says that it listens.
#[derive(Serialize)]
struct Listening {
    addr: SocketAddr,
    certificate: Option<String>,
}

pub(crate) async fn run<S: Server>(options: &Options) -> Outcome {
    let mut server = S::bind(options).await?;
    listening(server.addr()?, server.certificate())?;
    loop {
        tokio::spawn(attend(server.accept().await?));
    }
}

/// Says so, and from then on ends with its input: whoever started it can't forget to end it.
pub(crate) fn listening(addr: SocketAddr, certificate: Option<String>) -> Outcome {
    println!("{}", serde_json::to_string(&Listening { addr, certificate })?);
    std::thread::spawn(|| {
        let _broken_or_closed = io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    Ok(())
}

/// A connection that breaks is the client's to tell.
async fn attend<S: Stream>(opening: Opening<S>) {
    if let Ok(mut stream) = opening.await {
        let _ended = requests::answer(&mut stream).await;
    }
}
