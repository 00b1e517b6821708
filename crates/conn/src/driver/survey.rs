//! All connections of an endpoint, looked at while it works.

use super::core::Core;
use super::endpoint::Endpoint;
use crate::engine::{ConnId, Counts, Info};

/// So many connections are looked at before others have the endpoint again: that takes some 50 us, or some 200 if all of them
/// rest.
const SLICE: usize = 64;

/// A connection, seen at one moment.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Its number.
    pub conn: ConnId,
    /// What `ss -ti` would show.
    pub info: Info,
    /// All that the send buffer takes is in it: a writer has to wait.
    pub is_send_buffer_full: bool,
}

impl Endpoint {
    /// All connections in the order of their numbers, a slice at a time, each as it is when its slice's turn comes. Between two
    /// slices the endpoint does its work, however many connections there are; of a connection that ended meanwhile nothing
    /// is said, nor of one that is new.
    ///
    /// It changes nothing: one that rests rests on.
    pub fn survey(&self) -> impl Iterator<Item = Vec<Seen>> + Send + use<> {
        let ids = self.shared().lock().engine.ids();
        let (endpoint, mut done) = (self.clone(), 0);
        std::iter::from_fn(move || {
            let slice = &ids[done..ids.len().min(done + SLICE)];
            done += slice.len();
            if slice.is_empty() {
                return None;
            }
            let core = endpoint.shared().lock();
            Some(slice.iter().filter_map(|&conn| core.see(conn)).collect())
        })
    }

    /// What happened on all connections that there ever were. No count is ever lower than before.
    #[must_use]
    pub fn totals(&self) -> Counts {
        self.shared().lock().engine.totals()
    }
}

impl Core {
    fn see(&self, conn: ConnId) -> Option<Seen> {
        let info = self.engine.info(conn)?;
        let is_send_buffer_full = info.flight_size > 0 && self.engine.room(conn) == 0;
        Some(Seen { conn, info, is_send_buffer_full })
    }
}
