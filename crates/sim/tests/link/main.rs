//! The link as its users see it: through the public interface alone.
#![expect(clippy::unwrap_used, reason = "in a test, to fail is to say so")]

mod golden;
mod packet;
mod promises;
