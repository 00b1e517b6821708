//! What looks at running lucids, where there are such sockets.

#[cfg(unix)]
pub(crate) use with_sockets::{ss, top};
#[cfg(not(unix))]
pub(crate) use without::{ss, top};

#[cfg(unix)]
mod with_sockets {
    pub(crate) use crate::ss::run as ss;
    pub(crate) use crate::top::run as top;
}

#[cfg(not(unix))]
mod without {
    use std::time::Duration;

    use crate::exit::{Exit, Failure};
    use crate::report::Report;

    /// # Errors
    /// Always.
    pub(crate) async fn ss(_pid: Option<u32>, _report: &Report) -> Result<(), Failure> {
        Err(absent())
    }

    /// # Errors
    /// Always.
    pub(crate) async fn top(_pid: Option<u32>, _every: Duration, _report: &Report) -> Result<(), Failure> {
        Err(absent())
    }

    fn absent() -> Failure {
        Failure::new(Exit::Other, "running lucids can't be looked at on this system")
            .because("it has no Unix sockets that only their owner can open")
            .try_this("record the run with --record, or serve --metrics for Prometheus")
    }
}
