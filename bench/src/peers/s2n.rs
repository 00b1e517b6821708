//! s2n-quic, with rustls. A connection with one stream is a connection.

use std::net::SocketAddr;
use std::time::Duration;

use s2n_quic::provider::io::tokio::{Builder, Provider};
use s2n_quic::provider::limits::Limits;
use s2n_quic::provider::tls::rustls;
use s2n_quic::stream::BidirectionalStream;

use super::held::Held;
use crate::Outcome;
use crate::options::Options;
use crate::peer::{self, Opening, any_port, socket};

/// The name that the certificate is for.
const NAME: &str = "localhost";
/// s2n-quic counts the headers of IP and UDP, too.
const HEADERS: u16 = 28;

pub(crate) type Stream = Held<BidirectionalStream, s2n_quic::connection::Handle>;

pub(crate) struct Server {
    server: s2n_quic::Server,
    certificate: String,
}

impl peer::Server for Server {
    type Stream = Stream;

    async fn bind(options: &Options) -> Outcome<Self> {
        let made = rcgen::generate_simple_self_signed([NAME.to_owned()])?;
        let (certificate, key) = (made.cert.pem(), made.signing_key.serialize_pem());
        let tls = rustls::Server::builder().with_certificate(&certificate, &key)?.build()?;
        let server = s2n_quic::Server::builder()
            .with_tls(tls)?
            .with_io(io(options, options.addr)?)?
            .with_limits(limits()?)?
            .start()?;
        Ok(Self { server, certificate })
    }

    fn addr(&self) -> Outcome<SocketAddr> {
        Ok(self.server.local_addr()?)
    }

    fn certificate(&self) -> Option<String> {
        Some(self.certificate.clone())
    }

    async fn accept(&mut self) -> Outcome<Opening<Stream>> {
        let mut connection = self.server.accept().await.ok_or("the server is closed")?;
        Ok(Box::pin(async move {
            let stream = connection.accept_bidirectional_stream().await?.ok_or("no stream came")?;
            Ok(Held::new(stream, connection.handle()))
        }))
    }
}

/// All its connections share a socket.
pub(crate) struct Client(s2n_quic::Client);

impl peer::Client for Client {
    type Stream = Stream;

    async fn new(options: &Options) -> Outcome<Self> {
        let certificate = options.certificate.as_ref().ok_or("which certificate?")?;
        let tls = rustls::Client::builder().with_certificate(certificate)?.build()?;
        let client = s2n_quic::Client::builder()
            .with_tls(tls)?
            .with_io(io(options, any_port(options.addr))?)?
            .with_limits(limits()?)?
            .start()?;
        Ok(Self(client))
    }

    async fn connect(&self, addr: SocketAddr) -> Outcome<Stream> {
        let asked = s2n_quic::client::Connect::new(addr).with_server_name(NAME);
        let mut connection = self.0.connect(asked).await?;
        let stream = connection.open_bidirectional_stream().await?;
        Ok(Held::new(stream, connection.handle()))
    }
}

fn io(options: &Options, addr: SocketAddr) -> Outcome<Provider> {
    let mut builder = Builder::default().with_rx_socket(socket(addr)?)?;
    if let Some(mtu) = options.mtu {
        let mtu = mtu + HEADERS;
        builder = builder.with_max_mtu(mtu)?.with_base_mtu(mtu)?.with_initial_mtu(mtu)?;
    }
    Ok(builder.build()?)
}

/// Ten thousand idle connections must stay.
fn limits() -> Outcome<Limits> {
    Ok(Limits::new().with_max_idle_timeout(Duration::from_secs(600))?)
}
