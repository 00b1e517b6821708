//! quinn: QUIC with TLS 1.3 by rustls and ring, or without encryption. A connection with one stream is a connection.

use std::net::SocketAddr;
use std::sync::Arc;

use quinn::{
    ClientConfig, Connection, Endpoint, EndpointConfig, RecvStream, SendStream, ServerConfig, TokioRuntime,
    TransportConfig,
};
use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use tokio::io::Join;

use super::plain;
use crate::Outcome;
use crate::options::Options;
use crate::peer::{self, Opening, any_port, socket};

/// What quinn is called without encryption.
pub(crate) const PLAIN: &str = "quinn-plain";
/// The name that the certificate is for.
const NAME: &str = "localhost";

pub(crate) type Stream = crate::peers::held::Held<Join<RecvStream, SendStream>, Connection>;

pub(crate) struct Server {
    endpoint: Endpoint,
    certificate: Option<String>,
}

impl peer::Server for Server {
    type Stream = Stream;

    async fn bind(options: &Options) -> Outcome<Self> {
        let (mut config, certificate) = match options.peer.as_str() {
            PLAIN => (plain::server(), None),
            _ => encrypted()?,
        };
        config.transport_config(transport(options));
        let socket = socket(options.addr)?;
        let endpoint =
            Endpoint::new(endpoint_config(options)?, Some(config), socket, Arc::new(TokioRuntime))?;
        Ok(Self { endpoint, certificate })
    }

    fn addr(&self) -> Outcome<SocketAddr> {
        Ok(self.endpoint.local_addr()?)
    }

    fn certificate(&self) -> Option<String> {
        self.certificate.clone()
    }

    async fn accept(&mut self) -> Outcome<Opening<Stream>> {
        let incoming = self.endpoint.accept().await.ok_or("the endpoint is closed")?;
        Ok(Box::pin(async {
            let connection = incoming.await?;
            let (send, recv) = connection.accept_bi().await?;
            Ok(Stream::new(tokio::io::join(recv, send), connection))
        }))
    }
}

/// A server's configuration, and its certificate as PEM.
fn encrypted() -> Outcome<(ServerConfig, Option<String>)> {
    let made = rcgen::generate_simple_self_signed([NAME.to_owned()])?;
    let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let config = ServerConfig::with_single_cert(vec![made.cert.der().clone()], key.into())?;
    Ok((config, Some(made.cert.pem())))
}

/// All its connections share a socket.
pub(crate) struct Client(Endpoint);

impl peer::Client for Client {
    type Stream = Stream;

    async fn new(options: &Options) -> Outcome<Self> {
        let mut config = match options.peer.as_str() {
            PLAIN => plain::client(),
            _ => trusting(options.certificate.as_ref().ok_or("which certificate?")?)?,
        };
        config.transport_config(transport(options));
        let socket = socket(any_port(options.addr))?;
        let mut endpoint = Endpoint::new(endpoint_config(options)?, None, socket, Arc::new(TokioRuntime))?;
        endpoint.set_default_client_config(config);
        Ok(Self(endpoint))
    }

    async fn connect(&self, addr: SocketAddr) -> Outcome<Stream> {
        let connection = self.0.connect(addr, NAME)?.await?;
        let (send, recv) = connection.open_bi().await?;
        Ok(Stream::new(tokio::io::join(recv, send), connection))
    }
}

/// A client's configuration that trusts this certificate.
fn trusting(certificate: &str) -> Outcome<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(certificate.as_bytes())?)?;
    Ok(ClientConfig::with_root_certificates(Arc::new(roots))?)
}

fn transport(options: &Options) -> Arc<TransportConfig> {
    let mut transport = TransportConfig::default();
    // Ten thousand idle connections must stay.
    transport.max_idle_timeout(None);
    if let Some(mtu) = options.mtu {
        transport.initial_mtu(mtu).min_mtu(mtu).mtu_discovery_config(None);
    }
    Arc::new(transport)
}

fn endpoint_config(options: &Options) -> Outcome<EndpointConfig> {
    let mut config = EndpointConfig::default();
    if let Some(mtu) = options.mtu {
        config.max_udp_payload_size(mtu)?;
    }
    Ok(config)
}
