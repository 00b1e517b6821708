//! The server: any number of clients, until a signal.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use lucid_apps::{Calc, Dns, FileService, Services};
use lucid_conn::{Endpoint, Listener, Stream};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::blame;
use crate::exit::Failure;
use crate::live::Watchable;
use crate::patience::Patient;
use crate::report::Report;
use crate::settings::Serve;
use crate::signals::Signals;
use crate::socket;
use crate::views::Views;

/// How long a client may be silent between requests, or in the middle of one. One that lost its power or its
/// network would otherwise keep its place for ever.
const IDLE: Duration = Duration::from_secs(300);
/// How long clients that are being served may take to finish after a signal.
const GRACE: Duration = Duration::from_secs(5);
/// How long their connections may then take to close.
const LINGER: Duration = Duration::from_secs(2);

/// What every connection is served with.
struct Server {
    services: Services,
    views: Views,
    report: Arc<Report>,
}

/// Serves until a signal; then lets running clients finish, for a while.
///
/// # Errors
/// It can't begin to serve.
pub(crate) async fn run(
    serve: &Serve,
    views: &Views,
    report: &Arc<Report>,
    signals: &mut Signals,
) -> Result<(), Failure> {
    let services = services(serve)?;
    let endpoint = socket::bind(serve, views).await?;
    let refused = |error| blame::unbound(&serve.listen, &error);
    let listener = endpoint.listen(Listener::BACKLOG).map_err(refused)?;
    let counted_header = serve.endpoint.config.counted_header;
    let watchable = Watchable::begin(serve.watch, &endpoint, counted_header).await?;
    report.listening(endpoint.local_addr().map_err(refused)?);
    report.seed(serve.endpoint.seed);
    report.socket(&endpoint.socket());
    watchable.tell(report);

    let server = Arc::new(Server { services, views: views.clone(), report: Arc::clone(report) });
    let mut clients = JoinSet::new();
    let signal = loop {
        tokio::select! {
            Ok((stream, peer)) = listener.accept() => {
                clients.spawn(Arc::clone(&server).client(stream, peer));
            }
            Some(_) = clients.join_next() => {}
            signal = signals.next() => break signal,
        }
    };
    let left = clients.len();
    report.stopping(signal, &format!("no more clients, and {left} may finish (once more: at once)"));
    drop(listener);
    tokio::select! {
        () = finish(&endpoint, clients) => {}
        _second = signals.next() => {}
    }
    socket::finish_recording(&serve.endpoint, &endpoint)
}

fn services(serve: &Serve) -> Result<Services, Failure> {
    let files = FileService::open(&serve.root).map_err(|error| {
        let failure = blame::local(format!("cannot serve the files in {}", serve.root.display()), &error);
        failure.try_this("name an existing directory with --root")
    })?;
    let dns = serve.nameserver.map_or_else(Dns::system, Dns::with_nameserver);
    Ok(Services { files: files.allow_put(serve.allow_put), calc: Calc::default(), dns })
}

/// Who has not finished in time is let go of: an end in the middle, which the client notices.
async fn finish(endpoint: &Endpoint, mut clients: JoinSet<()>) {
    let _late = timeout(GRACE, async { while clients.join_next().await.is_some() {} }).await;
    clients.shutdown().await;
    let _late = timeout(LINGER, endpoint.idle()).await;
}

impl Server {
    /// Serves one connection until its client closes it, and lets go of it: it closes in the background.
    async fn client(self: Arc<Self>, stream: Stream, peer: SocketAddr) {
        let conn = stream.id();
        let mut stream = Patient::new(stream, IDLE);
        let on_task = |task: &lucid_apps::Task| {
            self.views.say(format!("(task) {task}"));
            self.report.asked(conn, peer, task);
        };
        match lucid_apps::serve(&mut stream, &self.services, on_task).await {
            Ok(summary) => self.report.served(conn, peer, &summary),
            Err(error) => self.report.lost(conn, peer, &error),
        }
    }
}
