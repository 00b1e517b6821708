//! Host names to addresses.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hickory_resolver::config::{
    ConnectionConfig, LookupIpStrategy, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts,
};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::rr::Name;
use hickory_resolver::{ResolverBuilder, TokioResolver};
use thiserror::Error;
use tokio::time::timeout;

use crate::message::Printable;
use crate::{ErrorCode, ServiceError};

/// How long a look-up may take, all retries and name servers together.
const PATIENCE: Duration = Duration::from_secs(10);

/// Looks up A and AAAA records, and lists every address found, IPv4 first.
#[derive(Clone)]
pub struct Dns {
    /// Or why there is none, said when a look-up is asked for: the other services go on.
    resolver: Result<TokioResolver, String>,
    /// Who is asked, for error messages.
    asked: String,
    patience: Duration,
}

/// Why a name has no addresses.
#[derive(Debug, Error)]
enum LookupError {
    #[error("`{}` can't be a host name: {why}; write one such as example.org", Printable(.name))]
    BadName { name: String, why: &'static str },
    #[error("`{}` does not exist (NXDOMAIN from {asked}); check the spelling", Printable(.name))]
    NotFound { name: String, asked: String },
    #[error("`{}` exists but has no address, neither A nor AAAA; it may be only a mail domain", Printable(.name))]
    NoAddresses { name: String },
    #[error("no answer about `{}` from {asked} ({why}); check that the name server runs and can be reached", Printable(.name))]
    NoAnswer { name: String, asked: String, why: String },
    #[error("{asked} could not resolve `{}` ({why}); try another name server", Printable(.name))]
    Failed { name: String, asked: String, why: String },
}

impl Dns {
    /// Asks as the system is configured: its hosts file, its name servers, its search domains.
    pub fn system() -> Self {
        let resolver = TokioResolver::builder_tokio().and_then(|builder| build(builder, ResolveHosts::Auto));
        Self::new(resolver, "the system's name servers".to_owned())
    }

    /// Asks this name server only, over UDP, and over TCP for what doesn't fit.
    pub fn with_nameserver(server: SocketAddr) -> Self {
        let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
            connection.port = server.port();
            connection
        });
        let server_config = NameServerConfig::new(server.ip(), true, connections.into());
        let config = ResolverConfig::from_name_servers(vec![server_config]);
        let builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
        Self::new(build(builder, ResolveHosts::Never), format!("the name server {server}"))
    }

    /// Gives up on a look-up after `patience` (ten seconds if never called).
    pub fn answer_within(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    fn new(resolver: Result<TokioResolver, NetError>, asked: String) -> Self {
        Self { resolver: resolver.map_err(|error| error.to_string()), asked, patience: PATIENCE }
    }

    /// Every address of `name`; never empty. Bounded in time. An address stands for itself.
    pub(crate) async fn addresses(&self, name: &str) -> Result<Vec<IpAddr>, ServiceError> {
        self.look_up(name).await.map_err(ServiceError::from)
    }

    async fn look_up(&self, name: &str) -> Result<Vec<IpAddr>, LookupError> {
        if let Ok(address) = name.parse() {
            return Ok(vec![address]);
        }
        let parsed = parse_host(name)?;
        let resolver = self.resolver.as_ref().map_err(|why| self.failed(name, why.clone()))?;
        let late = |_| self.no_answer(name, format!("silent for {:?}", self.patience));
        let found = timeout(self.patience, resolver.lookup_ip(parsed)).await.map_err(late)?;
        let addresses: Vec<IpAddr> = found.map_err(|error| self.sort(name, &error))?.iter().collect();
        if addresses.is_empty() {
            return Err(LookupError::NoAddresses { name: name.to_owned() });
        }
        Ok(addresses)
    }

    fn sort(&self, name: &str, error: &NetError) -> LookupError {
        match error {
            error if error.is_nx_domain() => {
                LookupError::NotFound { name: name.to_owned(), asked: self.asked.clone() }
            }
            NetError::Dns(DnsError::NoRecordsFound(_)) => LookupError::NoAddresses { name: name.to_owned() },
            NetError::Timeout | NetError::Io(_) | NetError::NoConnections | NetError::Busy => {
                self.no_answer(name, error.to_string())
            }
            _ => self.failed(name, error.to_string()),
        }
    }

    fn no_answer(&self, name: &str, why: String) -> LookupError {
        LookupError::NoAnswer { name: name.to_owned(), asked: self.asked.clone(), why }
    }

    fn failed(&self, name: &str, why: String) -> LookupError {
        LookupError::Failed { name: name.to_owned(), asked: self.asked.clone(), why }
    }
}

impl std::fmt::Debug for Dns {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dns").field("asked", &self.asked).field("patience", &self.patience).finish()
    }
}

fn build(
    mut builder: ResolverBuilder<TokioRuntimeProvider>,
    hosts: ResolveHosts,
) -> Result<TokioResolver, NetError> {
    let options: &mut ResolverOpts = builder.options_mut();
    options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
    options.use_hosts_file = hosts;
    options.timeout = Duration::from_secs(2);
    builder.build()
}

/// RFC 1123 2.1: labels of letters, digits and inner hyphens, 63 bytes each, 253 in all. Underscores
/// pass, since such names are in use; international names are taken in their ASCII form.
fn parse_host(text: &str) -> Result<Name, LookupError> {
    let bad = |why| LookupError::BadName { name: text.to_owned(), why };
    let bare = text.strip_suffix('.').unwrap_or(text);
    if bare.is_empty() {
        return Err(bad("it is empty"));
    }
    let name =
        Name::from_utf8(text).map_err(|_| bad("a part of it is empty, too long or not a host name"))?;
    let ascii = name.to_ascii();
    if ascii.trim_end_matches('.').len() > 253 {
        return Err(bad("it has more than 253 bytes"));
    }
    if name.iter().any(|label| !is_host_label(label)) {
        return Err(bad("its parts may hold letters, digits and inner hyphens only"));
    }
    Ok(name)
}

fn is_host_label(label: &[u8]) -> bool {
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    label.iter().all(allowed) && !label.starts_with(b"-") && !label.ends_with(b"-")
}

impl From<LookupError> for ServiceError {
    fn from(error: LookupError) -> Self {
        let code = match error {
            LookupError::BadName { .. } => ErrorCode::BadHostName,
            LookupError::NotFound { .. } => ErrorCode::NameNotFound,
            LookupError::NoAddresses { .. } => ErrorCode::NoAddresses,
            LookupError::NoAnswer { .. } => ErrorCode::DnsNoAnswer,
            LookupError::Failed { .. } => ErrorCode::DnsFailed,
        };
        Self::new(code, error.to_string())
    }
}

#[cfg(test)]
mod tests;
