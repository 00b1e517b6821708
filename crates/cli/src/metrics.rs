//! Metrics for Prometheus, over HTTP.

mod page;
mod sample;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{ALLOW, CONTENT_TYPE};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};

use crate::exit::{Exit, Failure};
use crate::live::gather::Watched;
use sample::Sample;

/// So many may ask at once. Whoever comes then waits until another is served.
const MAX_CLIENTS: usize = 8;
/// Whoever asks says so within this time, or goes.
const PATIENCE: Duration = Duration::from_secs(10);
/// The process may be out of file descriptors for a while.
const AFTER_AN_ERROR: Duration = Duration::from_millis(200);

/// The text format's version: what Prometheus takes for granted if nothing is said.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Metrics that are served until this is dropped.
pub(crate) struct Metrics {
    pub(crate) address: SocketAddr,
    serving: JoinHandle<()>,
}

impl Metrics {
    /// Serves them at `/metrics`. What they say is gathered when it is asked for.
    ///
    /// # Errors
    /// With [`Exit::Unreachable`]: nothing can be served on that address.
    pub(crate) async fn serve(address: SocketAddr, watched: Watched) -> Result<Self, Failure> {
        let unbound = |error| {
            Failure::new(Exit::Unreachable, format!("cannot serve metrics on {address}"))
                .because(error)
                .try_this("choose another address with --metrics; port 0 takes a free one")
        };
        let listener = TcpListener::bind(address).await.map_err(unbound)?;
        let address = listener.local_addr().map_err(unbound)?;
        Ok(Self { address, serving: tokio::spawn(serve_all(listener, watched)) })
    }
}

impl Drop for Metrics {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve_all(listener: TcpListener, watched: Watched) {
    let mut clients = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept(), if clients.len() < MAX_CLIENTS => match accepted {
                Ok((stream, _)) => {
                    let watched = watched.clone();
                    let service = service_fn(move |request| answer(request, watched.clone()));
                    let mut http = http1::Builder::new();
                    http.timer(TokioTimer::new()).header_read_timeout(PATIENCE);
                    let client = http.serve_connection(TokioIo::new(stream), service);
                    clients.spawn(async { drop(client.await) });
                }
                Err(_) => tokio::time::sleep(AFTER_AN_ERROR).await,
            },
            Some(_) = clients.join_next() => {}
        }
    }
}

async fn answer(request: Request<Incoming>, watched: Watched) -> Result<Response<Full<Bytes>>, Infallible> {
    let mut response = match (request.uri().path(), request.method()) {
        ("/metrics", &Method::GET | &Method::HEAD) => Response::new(page::text(Sample::take(&watched).await)),
        ("/metrics", _) => refusal(StatusCode::METHOD_NOT_ALLOWED, "only GET\n"),
        _ => refusal(StatusCode::NOT_FOUND, "metrics are at /metrics\n"),
    };
    response.headers_mut().insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static(TEXT));
    if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        response.headers_mut().insert(ALLOW, hyper::header::HeaderValue::from_static("GET, HEAD"));
    }
    Ok(response.map(|text| Full::new(Bytes::from(text))))
}

fn refusal(status: StatusCode, why: &str) -> Response<String> {
    let mut response = Response::new(why.to_owned());
    *response.status_mut() = status;
    response
}
